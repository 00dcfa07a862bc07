"""期間の振り返り: at the end of a term each theme is looked back upon, without a grade.

所沢市DX推進基本方針 3. これまでの振り返り: theme by theme, from what was done and from the survey of citizens; process
and trials count as well as results. Meguru's own: from when it is written, and what must stand before it is decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.fiscal_year import FiscalYear
from domain.plan import PlanDefinition, Term
from domain.reference import TermEvaluation
from domain.text import length, typed_text

LONGEST_POINT = 300
MOST_POINTS = 20


class Standing(StrEnum):
    """Whose word the evaluation of a term is, as it is shown to readers."""

    DECIDED = "decided"  # written and decided in Meguru
    PRINTED = "printed"  # told by the plan's own document
    OPEN = "open"  # neither: nothing to show yet


def standing_of(*, is_decided: bool, is_printed: bool) -> Standing:
    """What the city decided goes before what the plan's document printed; a draft is nobody's word yet."""
    if is_decided:
        return Standing.DECIDED
    return Standing.PRINTED if is_printed else Standing.OPEN


@dataclass(frozen=True)
class Points:
    """What is written of one theme: what went well, what is still to do; one sentence each."""

    good: tuple[str, ...] = ()
    to_do: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.good and not self.to_do


def terms_of(definition: PlanDefinition) -> tuple[Term, ...]:
    """The terms that are evaluated theme by theme; a plan with a review rule looks back in its reviews instead."""
    return definition.terms if definition.review is None else ()


def find_term(definition: PlanDefinition, code: str) -> Term | None:
    return next((term for term in terms_of(definition) if term.code == code), None)


def may_be_written(term: Term, today: date) -> bool:
    """From the first day of the term's last fiscal year on: before, there is no term to look back upon."""
    return today >= FiscalYear(term.last_fiscal_year).first_day


def first_day(term: Term) -> date:
    return FiscalYear(term.first_fiscal_year).first_day


def last_day(term: Term) -> date:
    return FiscalYear(term.last_fiscal_year).last_day


def precedes(term: Term, fiscal_year: int | None) -> bool:
    """Whether something was done before the term began: it is told with the term, and said to be earlier."""
    return fiscal_year is not None and fiscal_year < term.first_fiscal_year


def printed(definition: PlanDefinition, term: Term) -> dict[str, TermEvaluation]:
    """What the plan itself says of a term, by the code of the theme; "" the outlook for the term as a whole."""
    return {e.node: e for e in definition.term_evaluations if e.term == term.code}


def points_typed(text: str) -> tuple[str, ...]:
    """The points of a field, one a line; the sign that people put before a point is left out."""
    lines = (line.strip().lstrip("・●○◯*").strip() for line in typed_text(text).split("\n"))
    return tuple(line for line in lines if line)


def problem_of(points: Points) -> str | None:
    """Why points cannot be kept, as the code of a problem."""
    for several in (points.good, points.to_do):
        if len(several) > MOST_POINTS:
            return "too_many_points"
        if any(length(point) > LONGEST_POINT for point in several):
            return "point_too_long"
    return None


def undecidable(themes: Iterable[tuple[str, Points]]) -> tuple[str, ...]:
    """The codes of the themes for which nothing is written yet: a term is decided when there are none."""
    return tuple(code for code, points in themes if points.is_empty)


def years_of(term: Term, years: Sequence[int | None]) -> tuple[int | None, ...]:
    """The fiscal years that a term's account tells, in order: its own, with earlier ones; None: no year is stated.

    What came after the term is no part of it.
    """
    told = {year for year in years if year is None or year <= term.last_fiscal_year}
    told |= set(range(term.first_fiscal_year, term.last_fiscal_year + 1))
    return tuple(sorted(told, key=lambda year: (year is None, year or 0)))
