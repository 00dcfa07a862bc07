"""Question sets: what is asked, how answers are tidied, and what keeps them from being submitted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.questions import (
    AnswerProblem,
    Choice,
    Condition,
    Problem,
    Question,
    QuestionKind,
    QuestionSet,
    applying,
    check,
    cleaned,
    number,
    shown,
)
from domain.text import Bilingual

LATE = Condition("progress", ("delayed", "not_started"))
FORM = QuestionSet(
    "form",
    1,
    (
        Question(
            "progress",
            Bilingual("進み具合"),
            QuestionKind.CHOICE,
            choices=tuple(Choice(code, Bilingual(code)) for code in ("on_track", "delayed", "not_started")),
            required=True,
        ),
        Question("achievements", Bilingual("実施したこと"), limit=10, required=True),
        Question("quantity", Bilingual("数値"), QuestionKind.NUMBER),
        Question("cause", Bilingual("理由"), required_when=LATE, shown_when=LATE),
        Question("study", Bilingual("調査の結果"), shown_when=Condition("class", ("research",)), required=True),
    ),
)
GOOD = {"progress": "on_track", "achievements": "講座を開いた。"}


def problems(measure_class: str = "", **answers: str) -> list[tuple[str, Problem]]:
    return [(p.question, p.problem) for p in check(FORM, {**GOOD, **answers}, measure_class)]


def test_good_answers_have_no_problems() -> None:
    assert problems() == []


def test_every_required_question_that_is_not_answered_is_named_in_the_order_of_the_form() -> None:
    assert [(p.question, p.problem) for p in check(FORM, {})] == [
        ("progress", Problem.MISSING),
        ("achievements", Problem.MISSING),
    ]


def test_a_late_measure_is_asked_for_the_cause_and_must_give_it() -> None:
    assert "cause" not in [q.id for q in shown(FORM, GOOD)]
    assert "cause" in [q.id for q in shown(FORM, {**GOOD, "progress": "delayed"})]
    assert problems(progress="delayed") == [("cause", Problem.MISSING)]
    assert problems(progress="delayed", cause="半導体の不足") == []


def test_a_research_measure_is_asked_what_was_studied() -> None:
    assert [q.id for q in shown(FORM, GOOD, "research")][-1] == "study"
    assert problems("research") == [("study", Problem.MISSING)]
    assert problems("priority") == []


def test_a_hidden_question_is_not_checked() -> None:
    assert problems(cause="") == []


def test_what_was_typed_into_a_field_that_was_hidden_later_is_not_submitted() -> None:
    typed = {**GOOD, "cause": "前の選択のときに書いた", "study": "対象外"}
    assert applying(FORM, typed) == GOOD
    assert applying(FORM, {**typed, "progress": "delayed"}, "research") == {**typed, "progress": "delayed"}


@pytest.mark.parametrize("key", ["quantitty", "class", ""])
def test_an_answer_to_a_question_that_does_not_exist_is_refused(key: str) -> None:
    assert problems(**{key: "x"}) == [(key, Problem.UNKNOWN_QUESTION)]


def test_a_choice_must_be_one_of_the_choices() -> None:
    assert problems(progress="予定どおり") == [("progress", Problem.NOT_A_CHOICE)]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("あ" * 10, True),
        ("あ" * 11, False),
        ("か\u3099" * 10, True),  # typed as two characters, counted as one
        ("あいうえお\nかきくけこ", True),
        ("𠮷" * 10, True),
        ("葛\U000e0100" * 10, True),  # a variant of a name's character
    ],
)
def test_characters_are_counted_as_people_count_them(text: str, fits: bool) -> None:
    assert problems(achievements=text) == ([] if fits else [("achievements", Problem.TOO_LONG)])


def test_a_text_that_is_too_long_says_by_how_much() -> None:
    assert check(FORM, {**GOOD, "achievements": "あ" * 13}) == (
        AnswerProblem("achievements", Problem.TOO_LONG, limit=10, length=13),
    )


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("128", "128"),
        ("１２８", "128"),
        ("1,234,567", "1234567"),
        ("１，２３４．５", "1234.5"),
        (" ３０　", "30"),
        ("-4", "-4"),
        ("－４", "-4"),
        ("−4", "-4"),
        ("+7", "7"),
        ("0.50", "0.50"),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, read: str) -> None:
    assert number(typed) == Decimal(read)
    assert cleaned(FORM, {"quantity": typed}) == {"quantity": read}
    assert problems(quantity=read) == []


@pytest.mark.parametrize(
    "typed",
    [
        "NaN",
        "sNaN",
        "inf",
        "-Infinity",
        "1e999999999",
        "1E5",
        "1_000",
        "12,34",
        "1,2",
        "4件",
        "約30",
        "٣",
        ".",
        "-",
        "1.2.3",
    ],
)
def test_what_is_no_number_is_refused_and_kept_as_typed(typed: str) -> None:
    assert number(typed) is None
    assert cleaned(FORM, {"quantity": typed}) == {"quantity": typed}
    assert problems(quantity=typed) == [("quantity", Problem.NOT_A_NUMBER)]


def test_a_text_is_kept_as_typed_but_for_line_ends_and_outer_blanks() -> None:
    assert cleaned(FORM, {"achievements": "　２０回\r\n①開催 \n"}) == {"achievements": "２０回\n①開催"}


def test_an_answer_of_blanks_is_no_answer() -> None:
    assert cleaned(FORM, {"achievements": " 　\n", "progress": "on_track"}) == {"progress": "on_track"}


def test_a_choice_typed_in_full_width_is_read() -> None:
    assert cleaned(FORM, {"progress": "ｄｅｌａｙｅｄ"}) == {"progress": "delayed"}
