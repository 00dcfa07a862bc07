"""評価区分の目安: which grade the plan's own rating of its indicators comes to, and why it comes to none.

A suggestion is no judgement: people judge. The rates and bands are the plan's (`domain/rating.py`). Meguru's own:

- An indicator says something of a year only by an actual of that year; an older one is shown, and suggests nothing.
- Of several indicators those that have a grade speak. Where they agree, their grade is the suggestion; where they
  differ, each is shown and none is suggested: how they weigh against each other is for people to say.
- A grade that differs from the suggestion wants a comment; without one it is taken all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.fiscal_year import FiscalYear
from domain.indicator import Indicator, IndicatorDirection, IndicatorValue, ValueType
from domain.rating import Band, Rate, RatePreset, Rating, rate
from domain.series import definition_of, is_actual, time_of, year_of


class NoSuggestion(StrEnum):
    """Why there is no grade to suggest (目安なし): first what concerns the plan or the measure, then an indicator."""

    NO_RATING = "no_rating"
    NO_INDICATOR = "no_indicator"
    NONE_RATED = "none_rated"  # several indicators, each with a reason of its own
    GRADES_DIFFER = "grades_differ"
    NO_DIRECTION = "no_direction"
    NO_ACTUAL = "no_actual"
    ACTUAL_OF_ANOTHER_YEAR = "actual_of_another_year"
    AWAITS_APPROVAL = "awaits_approval"  # the report gives the year's value, and is not approved yet
    NO_TARGET = "no_target"
    NO_BASELINE = "no_baseline"
    NOT_COMPUTABLE = "not_computable"


@dataclass(frozen=True)
class Reached:
    """The band of a rate in %: at least `at_least` (None: whatever is below), less than `below` (None: no limit)."""

    at_least: Decimal | None
    below: Decimal | None


@dataclass(frozen=True)
class IndicatorSuggestion:
    """What one indicator suggests for a year. `rate` is shown also where it suggests nothing (`why_not`)."""

    indicator: Indicator
    rate: Rate | None
    reached: Reached | None
    why_not: NoSuggestion | None

    @property
    def grade(self) -> str:
        """The code of a grade of the plan, "" where there is a reason for none."""
        return self.rate.grade or "" if self.rate and self.why_not is None else ""


@dataclass(frozen=True)
class Suggestion:
    """What the indicators of a measure suggest for a year: `grade` "" and the reason, or a grade and None."""

    of_each: tuple[IndicatorSuggestion, ...]
    grade: str
    why_not: NoSuggestion | None

    @property
    def rated(self) -> int:
        """How many indicators the suggestion rests on."""
        return sum(bool(one.grade) for one in self.of_each)

    @property
    def is_expected(self) -> bool:
        """Whether it rests on an expected value (見込)."""
        return any(one.grade and one.rate and one.rate.is_expected for one in self.of_each)

    def differs(self, grade: str) -> bool:
        return bool(self.grade and grade and grade != self.grade)

    def wants_comment(self, grade: str, comment: str) -> bool:
        """Whether a judgement should say why it is not the suggested one, and does not."""
        return self.differs(grade) and not comment.strip()


def suggested(
    indicators: Sequence[Indicator],
    rating: Rating | None,
    year: FiscalYear,
    awaiting_approval: frozenset[str] = frozenset(),
) -> Suggestion:
    """What a measure's indicators suggest for a year. `awaiting_approval`: codes whose value is reported, no more."""
    if rating is None or not rating.bands:
        return Suggestion((), "", NoSuggestion.NO_RATING)
    if not indicators:
        return Suggestion((), "", NoSuggestion.NO_INDICATOR)
    each = tuple(_of(one, rating, year, one.code in awaiting_approval) for one in indicators)
    grades = {one.grade for one in each if one.grade}
    if len(grades) == 1:
        return Suggestion(each, grades.pop(), None)
    if grades:
        return Suggestion(each, "", NoSuggestion.GRADES_DIFFER)
    return Suggestion(each, "", each[0].why_not if len(each) == 1 else NoSuggestion.NONE_RATED)


def _of(indicator: Indicator, rating: Rating, year: FiscalYear, is_awaiting: bool) -> IndicatorSuggestion:
    found = rate(indicator, rating, year)
    if found is None:
        why = _missing(indicator, rating, year)
        if why is NoSuggestion.NO_ACTUAL and is_awaiting:
            why = NoSuggestion.AWAITS_APPROVAL
        return IndicatorSuggestion(indicator, None, None, why)
    reached = _reached(found.percent, rating.bands)
    if year_of(found.actual) == year.starts_in:
        return IndicatorSuggestion(indicator, found, reached, None)
    why = NoSuggestion.AWAITS_APPROVAL if is_awaiting else NoSuggestion.ACTUAL_OF_ANOTHER_YEAR
    return IndicatorSuggestion(indicator, found, reached, why)


def _reached(percent: Decimal, bands: Sequence[Band]) -> Reached:
    """The band as `rating.grade_of` finds it: the last one catches whatever is below the one before it."""
    above: Decimal | None = None
    for band in bands[:-1]:
        if percent >= band.at_least:
            return Reached(band.at_least, above)
        above = band.at_least
    return Reached(None, above)


def _missing(indicator: Indicator, rating: Rating, year: FiscalYear) -> NoSuggestion:
    """What keeps a rate from being computed: of several the first."""
    if indicator.direction is IndicatorDirection.NONE:
        return NoSuggestion.NO_DIRECTION
    told = [
        v
        for v in indicator.values
        if is_actual(v) and v.value is not None and (time := time_of(v)) is not None and time <= year.last_day
    ]
    if not told:
        return NoSuggestion.NO_ACTUAL
    latest = max(told, key=lambda v: time_of(v) or year.last_day)
    has_target = _is_told(indicator, latest, ValueType.TARGET)
    has_baseline = _is_told(indicator, latest, ValueType.BASELINE)
    if not has_target and not (indicator.direction is IndicatorDirection.MAINTAIN and has_baseline):
        return NoSuggestion.NO_TARGET
    needs_baseline = rating.rate is not RatePreset.ACTUAL_OVER_TARGET and indicator.direction in (
        IndicatorDirection.HIGHER,
        IndicatorDirection.LOWER,
    )
    return NoSuggestion.NO_BASELINE if needs_baseline and not has_baseline else NoSuggestion.NOT_COMPUTABLE


def _is_told(indicator: Indicator, like: IndicatorValue, type_: ValueType) -> bool:
    """Whether a value of a type is known in the terms of the definition that another value is of."""
    mine = definition_of(indicator, like)
    return any(
        v.type is type_ and v.value is not None and definition_of(indicator, v) == mine for v in indicator.values
    )
