"""The rules of looking back upon a term: from when it is written, what counts as a point, when it may be decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain import term_evaluation as rules
from domain.plan import Term
from domain.term_evaluation import LONGEST_POINT, MOST_POINTS, Points, Standing
from domain.text import Bilingual
from tests.domain.small_plan import PLAN

TERM = Term("settling", Bilingual("定着期間"), 2022, 2025)


def test_a_term_is_looked_back_upon_from_its_last_fiscal_year_on() -> None:
    assert not rules.may_be_written(TERM, date(2025, 3, 31))
    assert rules.may_be_written(TERM, date(2025, 4, 1))
    assert rules.may_be_written(TERM, date(2030, 1, 1))


def test_a_plan_with_a_review_rule_looks_back_in_its_reviews() -> None:
    assert PLAN.terms
    assert PLAN.review is not None
    assert rules.terms_of(PLAN) == ()
    assert rules.terms_of(replace(PLAN, review=None)) == PLAN.terms


def test_a_point_stands_on_a_line_and_its_sign_is_left_out() -> None:
    assert rules.points_typed("・窓口を改めた\r\n\n  ● 次の点  \n") == ("窓口を改めた", "次の点")
    assert rules.points_typed("\n　\n") == ()


def test_points_have_their_limits() -> None:
    assert rules.problem_of(Points(("あ" * LONGEST_POINT,) * MOST_POINTS)) is None
    assert rules.problem_of(Points(to_do=("あ" * (LONGEST_POINT + 1),))) == "point_too_long"
    assert rules.problem_of(Points(("点",) * (MOST_POINTS + 1))) == "too_many_points"


def test_every_theme_needs_a_point_before_the_term_is_decided() -> None:
    themes = (("1", Points(("よい",))), ("2", Points()), ("3", Points(to_do=("課題",))))
    assert rules.undecidable(themes) == ("2",)


def test_what_was_done_before_the_term_is_told_as_earlier_and_what_came_after_is_not_told() -> None:
    assert rules.years_of(TERM, [2021, 2024, 2026, None]) == (2021, 2022, 2023, 2024, 2025, None)
    assert [rules.precedes(TERM, year) for year in (2021, 2022, None)] == [True, False, False]


def test_what_the_city_decided_goes_before_what_the_plan_prints() -> None:
    said = [rules.standing_of(is_decided=d, is_printed=p) for d, p in ((True, True), (False, True), (False, False))]
    assert said == [Standing.DECIDED, Standing.PRINTED, Standing.OPEN]
