"""An indicator's series as a page shows it: every value with its change, the breaks, and the rate today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from documents.series import Break, as_of, breaks, in_order, is_drawn
from domain.indicator import Indicator, IndicatorValue
from domain.plan import PlanDefinition
from domain.rating import Formula, Rate, formula_of, rate
from domain.series import ValueChange, change_between, is_actual
from domain.source import Source
from records.indicators import Series


@dataclass(frozen=True)
class ValueRow:
    """A value in the table; `sign` is that of the break before it, `change` that from the actual before it."""

    value: IndicatorValue
    change: ValueChange | None
    sign: str


@dataclass(frozen=True)
class SeriesView:
    """A series with its table. `rate` and `formula` are None where the plan rates nothing or a number is unknown."""

    series: Series
    rows: tuple[ValueRow, ...]
    breaks: tuple[Break, ...]
    is_drawn: bool
    rate: Rate | None
    formula: Formula | None

    @property
    def indicator(self) -> Indicator:
        return self.series.indicator

    @property
    def sources(self) -> tuple[Source | None, ...]:
        """Where its values stand, each place once; one that names none stands where the indicator stands."""
        return tuple(dict.fromkeys(v.source or self.indicator.source for v in self.indicator.values))

    @property
    def has_types(self) -> bool:
        """Whether the table must say what kind of value each is: not when all are plain actuals."""
        return len({v.type for v in self.indicator.values}) > 1 or not all(map(is_actual, self.indicator.values))


def series_views(found: Sequence[Series], definition: PlanDefinition, today: date) -> tuple[SeriesView, ...]:
    return tuple(_view(one, definition, today) for one in found)


def _view(one: Series, definition: PlanDefinition, today: date) -> SeriesView:
    indicator, documents = one.indicator, definition.documents
    anew = breaks(indicator, documents)
    signs = {b.after: b.sign for b in anew}
    rows = []
    before: IndicatorValue | None = None
    for value in in_order(indicator, documents):
        change = None
        if is_actual(value):
            change = change_between(indicator, before, value, as_of(documents)) if before else None
            before = value
        rows.append(ValueRow(value, change, signs.get(value, "")))
    rated = rate(indicator, definition.rating, today) if definition.rating else None
    formula = formula_of(rated.preset, indicator.direction) if rated else None
    return SeriesView(one, tuple(rows), anew, is_drawn(indicator), rated, formula)
