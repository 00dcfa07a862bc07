"""指標の実績値: what a year's form asks about an indicator, and what its answer calls for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.indicator import Indicator, IndicatorDirection, IndicatorKind, IndicatorValue, ValueType
from domain.questions import Problem, QuestionSet, check, cleaned, shown
from domain.reported_figure import AskedFigure, asked_of
from domain.text import Bilingual

D, T = IndicatorDirection, ValueType
KEY, TYPE, CONFIRMED, CAUSE, REMEDY = (
    "indicator.n",
    "indicator-type.n",
    "indicator-confirmed.n",
    "indicator-cause.n",
    "indicator-remedy.n",
)


def value(number: str | None, year: int, type_: ValueType = T.FINAL, **more: object) -> IndicatorValue:
    told = IndicatorValue(None if number is None else Decimal(number), type_, fiscal_year=year)
    return replace(told, **more)  # type: ignore[arg-type]


def figure(*values: IndicatorValue, direction: IndicatorDirection = D.HIGHER) -> AskedFigure:
    one = Indicator("n", Bilingual("利用者数"), Bilingual("人"), IndicatorKind.COUNT, direction, values)
    return AskedFigure(one, 2020)


def missing(asked: AskedFigure, **answers: str) -> list[str]:
    """Which questions keep the answers from being submitted, by key."""
    question_set = QuestionSet("q", 1, asked.questions)
    typed = {KEY: answers.pop("n"), TYPE: "final", **answers}
    problems = check(question_set, cleaned(question_set, typed))
    assert {p.problem for p in problems} <= {Problem.MISSING}
    return [p.question for p in problems]


def test_nothing_is_asked_beyond_the_value_until_there_is_one() -> None:
    asked = figure(value("100", 2019), value("150", 2020, T.TARGET))
    question_set = QuestionSet("q", 1, asked.questions)
    assert [q.id for q in shown(question_set, {})] == [KEY]
    assert check(question_set, {}) == (), "a value that is not known yet holds nobody up"


def test_a_value_is_expected_or_final_and_must_say_so() -> None:
    question_set = QuestionSet("q", 1, figure().questions)
    assert [p.question for p in check(question_set, {KEY: "12"})] == [TYPE]


@pytest.mark.parametrize(
    ("direction", "target", "upper", "met", "short"),
    [
        (D.HIGHER, "120", None, ("120", "１２０", "130"), ("119", "119.9", "１１９")),
        (D.LOWER, "80", None, ("80", "70"), ("81",)),
        (D.MAINTAIN, "100", None, ("100", "120"), ("99",)),
        (D.RANGE, "90", "110", ("90", "110", "100"), ("89", "111")),
        (D.NONE, "120", None, ("60", "140"), ()),
    ],
)
def test_a_value_short_of_the_target_by_its_direction_must_say_why_and_what_is_done(
    direction: IndicatorDirection, target: str, upper: str | None, met: tuple[str, ...], short: tuple[str, ...]
) -> None:
    aim = value(target, 2020, T.TARGET, upper=None if upper is None else Decimal(upper))
    asked = figure(value("100", 2019), aim, direction=direction)
    assert [missing(asked, n=n) for n in met] == [[]] * len(met)
    assert [missing(asked, n=n) for n in short] == [[CAUSE, REMEDY]] * len(short)


def test_before_the_targets_year_cause_and_remedy_may_be_told_and_need_not() -> None:
    asked = figure(value("100", 2019), value("200", 2025, T.TARGET))
    question_set = QuestionSet("q", 1, asked.questions)
    assert [q.id for q in shown(question_set, {KEY: "110"})] == [KEY, TYPE, CAUSE, REMEDY]
    assert missing(asked, n="110") == []


@pytest.mark.parametrize(
    ("n", "asks"), [("150", False), ("50", False), ("151", True), ("49.9", True), ("１０００", True)]
)
def test_more_than_fifty_percent_from_the_last_value_wants_a_confirmation(n: str, *, asks: bool) -> None:
    asked = figure(value("10", 2018), value("100", 2019), direction=D.NONE)
    assert missing(asked, n=n) == ([CONFIRMED] if asks else [])
    assert missing(asked, n=n, **{CONFIRMED: "yes"}) == []


def test_from_zero_on_there_is_no_percentage_and_no_jump() -> None:
    assert missing(figure(value("0", 2019)), n="500") == []
    assert missing(figure(), n="500") == []


def test_a_redefined_indicator_is_held_against_nothing_from_before() -> None:
    break_ = value("1000", 2019, break_reason=Bilingual("数え方が変わったため"))
    asked = figure(value("10", 2017), value("12", 2018), break_, value("1200", 2021, T.TARGET))
    assert [v.value for v in asked.last_values] == [Decimal(1000)]
    old_target = figure(value("10", 2018), value("20", 2020, T.TARGET), break_)
    assert old_target.target is None


def test_the_last_values_are_the_three_latest_of_earlier_years_final_before_expected() -> None:
    asked = figure(
        value("1", 2015), value("2", 2016), value("3", 2017), value("4", 2018), value("5", 2018, T.EXPECTED),
        value(None, 2019), value("7", 2020, T.EXPECTED), value("8", 2021),
    )  # fmt: skip
    assert [(v.fiscal_year, v.value) for v in asked.last_values] == [
        (2018, Decimal(4)),
        (2017, Decimal(3)),
        (2016, Decimal(2)),
    ]


def test_a_final_value_of_the_plan_itself_leaves_nothing_to_ask_and_an_expected_one_the_final() -> None:
    one = figure().indicator
    assert asked_of(one, 2020, [T.FINAL]) is None
    expected = asked_of(one, 2020, [T.EXPECTED])
    assert expected is not None
    assert [c.code for c in expected.questions[1].choices] == ["final"]
    assert expected.value_in({KEY: "5", TYPE: "expected"}) is None
    assert expected.value_in({KEY: "5", TYPE: "final"}) == value("5", 2020)
