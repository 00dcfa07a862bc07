"""The plan file of Tokorozawa's comprehensive plan, held against what its two documents print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from domain.indicator import Indicator, IndicatorDirection, IndicatorValue, ValueType
from domain.plan import Edition, PlanDefinition
from domain.questions import Question, check, shown
from domain.reference import PlanRelation
from domain.source import Source
from domain.text import Bilingual
from plan_files import from_json, read_plan, to_json
from yaml_files import WrongFile

FILE = Path(__file__).parents[2] / "plans" / "tokorozawa-comprehensive.yaml"

CHAPTERS = {
    "人と人との絆を紡ぐまち": (
        "地域づくり 地域福祉 障害者福祉 高齢者福祉 生涯学習・社会教育 危機管理・防災 防犯・消費生活 交通安全"
    ),
    "子どもが大切にされるまち": "子ども支援 子ども福祉 子育て環境 青少年健全育成 学校教育",
    "健幸(けんこう)長寿のまち": "健康づくり 早期発見・疾病予防 地域医療 医療保険・医療情報 スポーツ推進",
    "みどりあふれる持続可能なエコタウン": "低炭素社会 みどり・生物 循環型社会 大気・水環境等",
    "魅力・元気・文化を誇れるまち": (
        "産業基盤 産業競争力・成長力 観光・にぎわい 産業人材・雇用 国際化・多文化共生 文化芸術・伝統文化"
    ),
    "自然と調和する住みよいまち": "土地利用 市街地整備 道路 交通政策 水道 下水道 住宅・住環境",
    "未来(あす)を見つめたまちづくり": "人権の尊重 市民参加・情報共有 人材育成・組織体制 行政経営 財政運営",
}
LEADING_PROJECTS = [
    ("絆を紡ぐまちづくり", "住み慣れたまちで暮らせる「絆」のまちづくり"),
    ("子どもが大切にされるまちづくり", "まちぐるみで見守る子どもの成長"),
    ("元気でいきいき“健幸（けんこう）長寿のまち”の実現", "「歩いて」「楽しんで」感じる健幸長寿"),
    ("人と自然が共生するまち“エコタウン所沢”の実現", "自然と共生した持続可能なエコタウン"),
    ("所沢ブランドの推進とまちの活性化", "みどりと文化を伝える「所沢ブランド」の発信"),
]

# code, unit, the figure as printed in the document of 2021 and in that of 2024, and the times they are printed with:
#   day    1 April of the document's year        2023   a fiscal year in the document of 2024 only
#   years  fiscal 2020 and fiscal 2023           -      no time in either
SERIES = """
women-council-total             人        31         33  day
women-council-women             人         8         10  day
women-council-ratio             ％      25.8       30.3  day
women-admin-committees-total    人        36         35  day
women-admin-committees-women    人         5          7  day
women-admin-committees-ratio    ％      13.8         20  day
women-attached-bodies-total     人       940        823  day
women-attached-bodies-women     人       294        241  day
women-attached-bodies-ratio     ％      31.3       29.3  day
women-committees-total-total    人       976        858  day
women-committees-total-women    人       299        248  day
women-committees-total-ratio    ％      30.6       28.9  day
women-bucho-total               人        19         19  day
women-bucho-women               人         3          3  day
women-bucho-ratio               ％      15.7       15.8  day
women-jicho-total               人        42         28  day
women-jicho-women               人         4          5  day
women-jicho-ratio               ％       9.5       17.9  day
women-kacho-total               人       108        120  day
women-kacho-women               人        14         18  day
women-kacho-ratio               ％      12.9         15  day
women-hosa-total                人        38         41  day
women-hosa-women                人         4          7  day
women-hosa-ratio                ％      10.5       17.1  day
women-kakaricho-total           人       446        447  day
women-kakaricho-women           人       146        146  day
women-kakaricho-ratio           ％      32.7       32.7  day
women-staff-total               人     1,409      1,461  day
women-staff-women               人       431        482  day
women-staff-ratio               ％      30.5       33.0  day
consult-phone                   件       751        950  years
consult-counselling             件       133        204  years
consult-anything                件        38        108  years
consult-total                   件       922      1,262  years
seminar-jobs                    人        11         28  years
seminar-selfdefence             人        14         11  years
purple-ribbon                   人       410        718  years
datedv-mihara                   人       210        240  years
peace-talk-sessions             回         6         14  2023
peace-talk-people               人       433      1,182  2023
pop-decatur                     人    72,174     67,477  -
pop-changzhou                   人 5,278,121  5,375,000  -
pop-anyang                      人   551,136    546,534  -
koho-copies                     部   167,642    171,949  -
koho-print-price                円      0.43      0.623  -
koho-delivery-price             円      11.5       12.5  -
daisy-koho                      部       504        444  -
daisy-waste                     部        41         37  -
daisy-health                    部        41         37  -
braille-koho                    部       156        120  -
braille-waste                   部        13         10  -
braille-health                  部        13         10  -
hp-access                       件 36,670,586 31,187,591 -
hotmail-users                   件    29,458     30,209  -
hotmail-sent                    件     2,528      1,971  -
databroadcast-updates           件        37         52  -
flat-area                       ㎡    588.97     612.01  -
"""
Time = tuple[date | None, int | None]
NO_TIME: Time = (None, None)
TIMES: Mapping[str, tuple[Time, Time]] = {
    "day": ((date(2021, 4, 1), None), (date(2024, 4, 1), None)),
    "years": ((None, 2020), (None, 2023)),
    "2023": (NO_TIME, (None, 2023)),
    "-": (NO_TIME, NO_TIME),
}
ROWS_OF_TOTALS = {
    "women-committees-total-total": ("women-admin-committees-total", "women-attached-bodies-total"),
    "women-committees-total-women": ("women-admin-committees-women", "women-attached-bodies-women"),
    "consult-total": ("consult-phone", "consult-counselling", "consult-anything"),
}


@pytest.fixture(scope="module")
def plan() -> PlanDefinition:
    return read_plan(FILE)


@pytest.fixture(scope="module")
def edition(plan: PlanDefinition) -> Edition:
    (only,) = plan.editions
    return only


@pytest.fixture(scope="module")
def indicators(plan: PlanDefinition) -> dict[str, Indicator]:
    return {i.code: i for i in plan.indicators}


@pytest.fixture(scope="module")
def two_points(plan: PlanDefinition) -> list[Indicator]:
    return [i for i in plan.indicators if len(i.values) == 2]


def inside(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every part of a definition, with its place."""
    yield path, value
    if isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from inside(item, f"{path}.{i}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from inside(getattr(value, field.name), f"{path}.{field.name}")


def time_of(value: IndicatorValue) -> Time:
    return value.at, value.fiscal_year


def as_number(printed: str) -> Decimal:
    return Decimal(printed.replace(",", ""))


# The plan and its tree


def test_the_plan_runs_ten_years_from_fiscal_2019(plan: PlanDefinition) -> None:
    assert (plan.first_fiscal_year, plan.last_fiscal_year) == (2019, 2028)
    assert (plan.name.ja, plan.municipality.code) == ("第6次所沢市総合計画", "tokorozawa")


def test_the_end_of_the_early_term_is_not_pretended_to_be_known(plan: PlanDefinition, edition: Edition) -> None:
    assert plan.terms == ()
    assert (edition.name.ja, edition.decided, edition.effective_on) == ("前期基本計画", "", date(2019, 4, 1))


def test_the_plan_has_7_chapters_and_40_sections(plan: PlanDefinition, edition: Edition) -> None:
    assert [(level.code, level.label.ja, level.is_reported) for level in plan.levels] == [
        ("chapter", "章", False),
        ("section", "節", True),
    ]
    assert Counter(n.level for n in edition.nodes) == {"chapter": 7, "section": 40}
    chapters = [n for n in edition.nodes if n.level == "chapter"]
    assert [len(edition.children(c.code)) for c in chapters] == [8, 5, 5, 4, 6, 7, 5]


def test_every_chapter_and_section_has_its_printed_title_and_number(edition: Edition) -> None:
    expected = []
    for number, (chapter, sections) in enumerate(CHAPTERS.items(), 1):
        expected.append((str(number), "", chapter))
        expected += [(f"{number}-{i}", str(number), section) for i, section in enumerate(sections.split(), 1)]
    assert [(n.code, n.parent, n.title) for n in edition.nodes] == expected


def test_every_title_has_an_english_one_of_its_own(edition: Edition) -> None:
    english = [n.title_en for n in edition.nodes]
    assert all(english)
    assert len(set(english)) == len(english)


def test_the_five_leading_projects_stand_across_the_chapters_and_no_section_is_placed_in_one(
    plan: PlanDefinition, edition: Edition
) -> None:
    (view,) = plan.views
    assert (view.code, view.label.ja) == ("leading-project", "リーディングプロジェクト")
    assert [(v.label.ja, v.subtitle.ja) for v in view.values] == LEADING_PROJECTS
    assert [n.code for n in edition.nodes if n.views] == []


def test_the_future_city_image_names_no_year(plan: PlanDefinition) -> None:
    assert plan.vision is not None
    assert plan.vision.title.ja == "絆、自然、文化 元気あふれる『よきふるさと所沢』"
    assert plan.vision.year is None


def test_the_other_layers_and_the_gender_equality_plan_stand_beside_it(plan: PlanDefinition) -> None:
    related = [(r.name.ja, r.relation, r.first_fiscal_year, r.last_fiscal_year) for r in plan.related_plans]
    assert related == [
        ("基本構想", PlanRelation.UPPER, None, None),
        ("実施計画", PlanRelation.IMPLEMENTATION, None, None),
        ("第4次所沢市男女共同参画計画", PlanRelation.RELATED, 2019, 2028),
    ]


# The indicators


def test_57_series_have_a_value_in_both_documents(two_points: list[Indicator]) -> None:
    assert len(two_points) == 57
    assert {tuple(v.source.document for v in i.values if v.source) for i in two_points} == {("r3", "r6")}


def test_the_line_account_is_all_that_has_one_value_only(plan: PlanDefinition) -> None:
    single = {i.code: [v.printed for v in i.values] for i in plan.indicators if len(i.values) != 2}
    assert single == {"line-users": ["6,696"], "line-sent": ["1,835"]}


def test_every_series_has_the_printed_unit_figures_and_times(two_points: list[Indicator]) -> None:
    expected = []
    for line in SERIES.split("\n")[1:-1]:
        code, unit, old, new, times = line.split()
        expected.append((code, unit, old, new, *TIMES[times]))
    found = [
        (i.code, i.unit.ja, i.values[0].printed, i.values[1].printed, time_of(i.values[0]), time_of(i.values[1]))
        for i in two_points
    ]
    assert found == expected


def test_every_value_is_the_number_that_is_printed(plan: PlanDefinition) -> None:
    wrong = [i.code for i in plan.indicators for v in i.values if v.value != as_number(v.printed)]
    assert wrong == []


def test_38_series_have_a_printed_time_at_both_points_and_no_other_is_filled_in(two_points: list[Indicator]) -> None:
    timed = Counter(sum(time_of(v) != NO_TIME for v in i.values) for i in two_points)
    assert timed == {2: 38, 1: 2, 0: 17}


def test_the_ten_shares_of_women_are_better_when_higher_and_nothing_else_has_a_direction(
    plan: PlanDefinition,
) -> None:
    by_direction = {
        direction: [i.code for i in plan.indicators if i.direction is direction] for direction in IndicatorDirection
    }
    assert len(by_direction.pop(IndicatorDirection.HIGHER)) == 10
    assert len(by_direction.pop(IndicatorDirection.NONE)) == 49
    assert set(map(tuple, by_direction.values())) == {()}
    told = [i.code for i in plan.indicators if i.direction_basis.ja]
    assert told == [i.code for i in plan.indicators if i.kind == "ratio"]


def test_each_figure_is_of_the_kind_that_the_tables_words_say(indicators: dict[str, Indicator]) -> None:
    assert Counter(i.kind.value for i in indicators.values()) == {
        "count": 26,
        "ratio": 10,
        "yearly_total": 19,
        "monthly_mean": 1,
        "amount": 3,
    }
    assert indicators["koho-copies"].kind == "monthly_mean"
    assert [i.code for i in indicators.values() if i.kind == "amount"] == [
        "koho-print-price",
        "koho-delivery-price",
        "flat-area",
    ]


def test_every_total_equals_its_rows_in_both_documents(indicators: dict[str, Indicator]) -> None:
    assert {i.code: i.sum_of for i in indicators.values() if i.sum_of} == ROWS_OF_TOTALS
    for total, rows in ROWS_OF_TOTALS.items():
        for point in (0, 1):
            numbers = [indicators[row].values[point].value or 0 for row in rows]
            assert sum(numbers) == indicators[total].values[point].value, (total, point)


def test_a_row_that_no_longer_adds_up_to_its_total_is_refused(tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8")
    row = "{fiscal_year: 2023, value: 204,"
    assert text.count(row) == 1
    file = tmp_path / "wrong.yaml"
    file.write_text(text.replace(row, "{fiscal_year: 2023, value: 205,"), encoding="utf-8")
    with pytest.raises(WrongFile, match="1262 is not the sum of its rows, 1263"):
        read_plan(file)


def test_every_printed_ratio_is_its_part_of_its_total_cut_or_rounded(indicators: dict[str, Indicator]) -> None:
    cut = []
    for ratio in (i for i in indicators.values() if i.kind == "ratio"):
        assert (ratio.part, ratio.total) == (ratio.code[:-5] + "women", ratio.code[:-5] + "total")
        points = zip(ratio.values, indicators[ratio.part].values, indicators[ratio.total].values, strict=True)
        for printed, part, total in points:
            assert printed.value
            assert part.value
            assert total.value
            exact = part.value * 100 / total.value
            assert abs(exact - printed.value) < Decimal("0.1"), ratio.code
            down, half_up = (exact.quantize(Decimal("0.1"), rounding=r) for r in (ROUND_DOWN, ROUND_HALF_UP))
            assert printed.value in (down, half_up), ratio.code
            if printed.value != half_up:
                cut.append((ratio.code, printed.printed, bool(printed.note.ja)))
    assert cut == [
        ("women-admin-committees-ratio", "13.8", True),
        ("women-bucho-ratio", "15.7", True),
        ("women-kacho-ratio", "12.9", True),
        ("women-staff-ratio", "30.5", True),
    ]


def test_a_changed_way_of_rounding_is_a_note_and_no_break(indicators: dict[str, Indicator]) -> None:
    heads = indicators["women-bucho-ratio"]
    for people in (indicators[heads.part], indicators[heads.total]):
        assert people.values[0].value == people.values[1].value
    assert heads.note.ja
    assert not any(v.break_reason.ja for v in heads.values)


def test_the_renamed_recording_and_the_mail_service_linked_with_line_break_their_series(plan: PlanDefinition) -> None:
    broken = [
        (i.code, v.source.document if v.source else "", "デジ版" in v.break_reason.ja, "LINE" in v.break_reason.ja)
        for i in plan.indicators
        for v in i.values
        if v.break_reason.ja
    ]
    assert broken == [
        ("daisy-koho", "r6", True, False),
        ("daisy-waste", "r6", True, False),
        ("daisy-health", "r6", True, False),
        ("hotmail-users", "r6", False, True),
        ("hotmail-sent", "r6", False, True),
    ]


def test_no_indicator_stands_with_a_section_because_the_text_links_none(plan: PlanDefinition) -> None:
    assert {(i.edition, i.node) for i in plan.indicators} == {("", "")}


def test_there_is_a_rating_but_no_target_to_rate_by(plan: PlanDefinition) -> None:
    assert plan.rating is not None
    assert plan.rating.rate == "progress_from_baseline"
    assert [(int(b.at_least), b.grade) for b in plan.rating.bands] == [(100, "A"), (80, "B"), (60, "C"), (0, "D")]
    assert {v.type for i in plan.indicators for v in i.values} == {ValueType.FINAL}


# Sources and texts


def test_the_two_documents_are_told_apart_by_their_inner_dates(plan: PlanDefinition) -> None:
    assert {d.code: d.as_of for d in plan.documents} == {"r6": date(2024, 4, 1), "r3": date(2021, 4, 1)}


def test_every_fact_names_a_document_that_there_is_and_a_heading(plan: PlanDefinition, edition: Edition) -> None:
    assert plan.vision is not None
    own = [plan.source, plan.vision.source, edition.source]
    own += [v.source for v in plan.views] + [r.source for r in plan.related_plans] + [p.source for p in plan.principles]
    own += [v.source for i in plan.indicators for v in i.values]
    assert None not in own
    sources = [(path, s) for path, s in inside(plan) if isinstance(s, Source)]
    assert len(sources) == len(own)
    documents = {d.code for d in plan.documents}
    assert [path for path, s in sources if s.document not in documents or not (s.heading.ja and s.heading.en)] == []


def test_every_japanese_text_of_the_file_has_english_beside_it(plan: PlanDefinition) -> None:
    texts = [(path, text) for path, text in inside(plan) if isinstance(text, Bilingual)]
    assert [path for path, text in texts if bool(text.ja) != bool(text.en)] == []


def test_every_series_has_names_of_its_own_in_both_languages(plan: PlanDefinition) -> None:
    for names in ([i.name.ja for i in plan.indicators], [i.name.en for i in plan.indicators]):
        assert len(set(names)) == len(plan.indicators)


def test_the_plan_survives_the_way_into_the_database_and_back(plan: PlanDefinition) -> None:
    assert from_json(to_json(plan)) == plan


# The form of a section


def test_every_question_has_a_help_text_and_an_example_that_fits(plan: PlanDefinition) -> None:
    def is_too_long(q: Question) -> bool:
        return bool(q.limit) and max(len(q.example.ja), len(q.example.en)) > q.limit

    assert [q.id for q in plan.question_set.questions if not (q.help.ja and q.example.ja) or is_too_long(q)] == []


@pytest.mark.parametrize(
    ("progress", "figures", "cooperation", "asked"),
    [
        ("on_track", "none", "none", []),
        ("on_track", "unchanged", "none", ["figures_detail"]),
        ("on_track", "worse", "none", ["figures_detail", "figures_cause"]),
        ("on_track", "none", "planned", ["cooperation_detail"]),
        ("partly_delayed", "none", "none", ["cause"]),
        ("not_started", "better", "done", ["figures_detail", "figures_cause", "cooperation_detail", "cause"]),
    ],
)
def test_a_section_is_asked_only_for_what_its_choices_call_for(
    plan: PlanDefinition, progress: str, figures: str, cooperation: str, asked: list[str]
) -> None:
    answers = {"progress": progress, "figures": figures, "cooperation": cooperation}
    answers |= {"achievements": "説明会を2回開きました。", "next_step": "5月に残る2地区で開きます。"}
    optional = {"figures_detail", "figures_cause", "cooperation_detail", "cause"}
    assert [q.id for q in shown(plan.question_set, answers) if q.id in optional] == asked
    assert [p.question for p in check(plan.question_set, answers)] == asked


def test_next_years_schedule_is_the_promise_that_is_asked_back(plan: PlanDefinition) -> None:
    recalling = {q.recalls: q.id for q in plan.question_set.questions if q.recalls}
    assert recalling == {q.id: "promise_outcome" for q in plan.question_set.questions if q.promise}
    assert list(recalling) == ["next_step"]
