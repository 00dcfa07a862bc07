"""Soft warnings: what is worth a second look, and above all what is not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.questions import Question, QuestionKind, QuestionSet
from domain.soft_warnings import Figure, SoftWarningKind, contradiction, figures_given, warnings
from domain.text import Bilingual

QUESTIONS = QuestionSet(
    "report",
    1,
    (
        Question("progress", Bilingual("進み具合"), QuestionKind.CHOICE),
        Question("done", Bilingual("実績"), limit=400),
        Question("quantity_of", Bilingual("何の数か"), limit=60),
        Question("quantity", Bilingual("数値"), QuestionKind.NUMBER),
        Question("next", Bilingual("予定"), limit=300),
    ),
)
LONG = "窓口に端末を置き、使い方の講座を支所でも開きました。"
CASES = Figure("申請件数", Decimal(1234), "件", known=(Decimal(900), Decimal(2000)))


def kinds(answers: dict[str, str], last_year: dict[str, str] | None = None) -> list[tuple[str, SoftWarningKind]]:
    return [(w.question, w.kind) for w in warnings(QUESTIONS, answers, last_year or {})]


def test_a_full_answer_of_its_own_is_not_warned_about() -> None:
    answers = {
        "progress": "done",
        "done": LONG,
        "quantity_of": "講座（回）",
        "quantity": "3",
        "next": LONG + "来年も。",
    }
    assert kinds(answers, {"done": "昨年は講座の会場を決めました。", "quantity_of": "講座（回）"}) == []


@pytest.mark.parametrize("typed", [LONG, f" {LONG}\n", LONG.replace("、", "、\n"), LONG.replace("、", "、　")])
def test_the_same_text_as_last_year_is_named_however_it_is_set(typed: str) -> None:
    assert kinds({"done": typed}, {"done": LONG}) == [("done", SoftWarningKind.SAME_AS_LAST_YEAR)]


def test_the_same_text_in_other_widths_is_the_same_text() -> None:
    before, now = "ＩＣＴの講座を１２回、支所と公民館で開きました。", "ICTの講座を12回、支所と公民館で開きました。"
    assert kinds({"done": now}, {"done": before}) == [("done", SoftWarningKind.SAME_AS_LAST_YEAR)]


def test_an_empty_answer_like_last_years_empty_one_is_no_copy() -> None:
    assert kinds({"done": "", "next": "  "}, {"done": ""}) == []


def test_twenty_characters_are_short_and_twenty_one_are_not() -> None:
    assert kinds({"done": "あ" * 20}) == [("done", SoftWarningKind.SHORT)]
    assert kinds({"done": "あ" * 21}) == []


def test_what_is_asked_in_a_few_words_may_be_short_and_stay_the_same() -> None:
    assert (
        kinds({"quantity_of": "講座（回）", "progress": "done"}, {"quantity_of": "講座（回）", "progress": "done"})
        == []
    )


def test_a_number_of_the_text_is_held_against_the_quantity_that_its_unit_names() -> None:
    answers = {"done": f"{LONG}講座は15回でした。", "quantity_of": "開いた講座（回）", "quantity": "１２"}
    (found,) = warnings(QUESTIONS, answers, {})
    assert (found.question, found.kind, found.said) == ("done", SoftWarningKind.CONTRADICTS, "15回")
    assert found.figure == Figure("開いた講座", Decimal(12), "回")


def test_last_years_quantity_may_be_named_too() -> None:
    answers = {"done": f"{LONG}4回から増やしました。", "quantity_of": "開いた講座（回）", "quantity": "12"}
    assert kinds(answers, {"quantity": "4"}) == []
    assert kinds(answers, {"quantity": "5"}) == [("done", SoftWarningKind.CONTRADICTS)]


@pytest.mark.parametrize("written", ["15か所", "15カ所", "15ヶ所", "15ヵ所", "15箇所", "１５個所"])
def test_a_place_is_counted_however_it_is_spelt(written: str) -> None:
    assert contradiction(f"施設{written}で使えます。", Figure("施設", Decimal(12), "ヶ所")) == "15か所"


def test_the_unit_of_the_number_itself_counts_where_no_text_names_one() -> None:
    asked = QuestionSet("x", 1, (Question("n", Bilingual("人数"), QuestionKind.NUMBER, unit=Bilingual("人")),))
    assert figures_given(asked, {"n": "1,200"}) == {"n": Figure("", Decimal(1200), "人")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("今年度の申請は1,300件でした。", "1,300件"),
        ("今年度の申請は１，３００件でした。", "1,300件"),
        ("今年度の申請は1300 件でした。", "1300件"),
        ("申請件数は1,300でした。", "1,300"),
        ("申請件数が大きく伸びて1,300になりました。", "1,300"),
        ("申請は1万3千件でした。", "1万3千件"),
        ("申請は1.3万件でした。", "1.3万件"),
        ("申請は約1,500件でした。", "1,500件"),
        ("令和3年4月から受け付け、申請は1,300件でした。", "1,300件"),
        ("4月に50件、5月に60件を受け付けました。", "50件"),
    ],
)
def test_a_number_that_the_text_gives_for_the_figure_and_that_is_not_its_value_is_named(text: str, said: str) -> None:
    assert contradiction(text, CASES) == said


@pytest.mark.parametrize(
    "text",
    [
        "申請は1,234件でした。",
        "申請は１２３４件でした。",
        "申請は千件をこえました。",
        "申請は約1,200件でした。",
        "申請は1,200件余りでした。",
        "申請は1,200件以上でした。",
        "申請は0.1万件でした。",
        "申請は1,234件で、うち300件は夜間でした。",
        "うち300件は夜間の受付でした。",
        "申請件数は900件から1,234件に増えました。",
        "昨年度の900件より増えました。",
        "前年度比334件の増でした。",
        "334件増えました。",
        "申請を334件減らしました。",
        "目標の2,000件には届きませんでした。",
        "目標は1,500件です。",
        "令和3年度に受付を始めました。",
        "令和元年から、申請件数を2021年4月1日にさかのぼって数え直しました。",
        "R3.10.1から受け付けています。",
        "10月15日に受付を始め、第3回の説明会を12時30分に開きました。",
        "申請件数は、10月に公表しました。",
        "施策1-2-3として受け付けました。",
        "説明会を5回開き、80人が参加しました。",
        "毎月100件ほどを受け付けています。",
        "",
    ],
)
def test_a_number_of_something_else_contradicts_nothing(text: str) -> None:
    assert contradiction(text, CASES) == ""


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("年", 5, "令和3年に始め、2021年には全校に広げました。"),
        ("日", 12, "10月15日と11月3日に開きました。"),
        ("月", 6, "6月と10月に開きました。"),
        ("回", 4, "第12回の審議会で報告しました。"),
        ("か所", 12, "施設12カ所で使えます。"),
        ("か所", 12, "施設12箇所で使えます。"),
        ("％", 45, "利用率は45%になりました。"),
        ("%", Decimal("45.3"), "利用率は45％になりました。"),
        ("㎡", 300, "面積は300m2です。"),
        ("円", 12_345_678, "1,235万円を使いました。"),
        ("円", 120_000_000, "1億2,000万円を使いました。"),
        ("", 5, "説明会を8回開きました。"),
    ],
)
def test_dates_rounding_and_spellings_of_a_unit_are_understood(unit: str, value: Decimal, text: str) -> None:
    assert contradiction(text, Figure("利用", Decimal(value), unit)) == ""


def test_a_share_is_held_against_its_own_places() -> None:
    assert contradiction("利用率は47％です。", Figure("利用率", Decimal("45.3"), "%")) == "47%"


def test_every_text_is_looked_at_with_every_figure_in_the_order_of_the_form() -> None:
    answers = {"done": f"{LONG}申請は99件です。", "next": f"{LONG}80人をめざし、申請は98件にします。"}
    figures = {"cases": CASES, "people": Figure("参加者", Decimal(70), "人")}
    found = [(w.question, w.said) for w in warnings(QUESTIONS, answers, {}, figures)]
    assert found == [("done", "99件"), ("next", "98件"), ("next", "80人")]
