"""What contradicts itself in indicators: names of nothing, targets of nobody's direction, totals that do not add up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from domain.indicator import Indicator, IndicatorDirection, IndicatorKind, IndicatorValue, ValueType
from domain.mistakes import Key, Mistake, doubled
from domain.rating import Rating
from domain.series import PrintedRatio, printed_as


def mistakes(indicators: Sequence[Indicator], nodes: Mapping[str, Collection[str]]) -> list[Mistake]:
    """`nodes`: edition code → codes of its nodes."""
    known = {i.code: i for i in indicators}
    found = doubled(("indicators",), [i.code for i in indicators])
    for i, indicator in enumerate(indicators):
        at: Key = ("indicators", i)
        found += _place_mistakes(at, indicator, nodes)
        found += [
            Mistake((*at, key), f"there is no indicator {code!r}")
            for key, codes in (("part", [indicator.part]), ("total", [indicator.total]), ("sum_of", indicator.sum_of))
            for code in codes
            if code and code not in known
        ]
        if indicator.kind is not IndicatorKind.RATIO and (indicator.part or indicator.total):
            found.append(Mistake((*at, "kind"), "only a ratio has a part and a total"))
        found += _value_mistakes(at, indicator)
        found += _sum_mistakes(at, indicator, known)
        found += _ratio_mistakes(at, indicator, known)
    return found


def _place_mistakes(at: Key, indicator: Indicator, nodes: Mapping[str, Collection[str]]) -> list[Mistake]:
    if not indicator.node and not indicator.edition:
        return []
    if indicator.edition not in nodes:
        return [Mistake((*at, "edition"), f"there is no edition {indicator.edition!r}")]
    if indicator.node not in nodes[indicator.edition]:
        return [Mistake((*at, "node"), f"edition {indicator.edition} has no node {indicator.node!r}")]
    return []


def _value_mistakes(at: Key, indicator: Indicator) -> list[Mistake]:
    found: list[Mistake] = []
    seen: set[tuple[object, ...]] = set()
    for j, value in enumerate(indicator.values):
        place: Key = (*at, "values", j)
        if value.at is not None and value.fiscal_year is not None:
            found.append(Mistake((*place, "at"), "a value is of a day or of a fiscal year, not of both"))
        if (value.upper is not None) != (indicator.direction is IndicatorDirection.RANGE and _is_target(value)):
            found.append(Mistake((*place, "upper"), "the target of a range, and nothing else, has an upper limit"))
        elif value.upper is not None and value.value is not None and value.upper < value.value:
            found.append(Mistake((*place, "upper"), "lies below the lower limit"))
        period = (value.type, value.at, value.fiscal_year, _document(value))
        if period in seen:
            found.append(Mistake(place, "there are two values of this type for one time"))
        seen.add(period)
    return found


def _is_target(value: IndicatorValue) -> bool:
    return value.type is ValueType.TARGET


def _document(value: IndicatorValue) -> tuple[str, str]:
    return (value.source.document if value.source else "", value.label)


def _sum_mistakes(at: Key, indicator: Indicator, known: Mapping[str, Indicator]) -> list[Mistake]:
    """A total must equal its rows wherever all of them have a value of the same type and time."""
    rows = [known[code] for code in indicator.sum_of if code in known]
    if not rows or len(rows) != len(indicator.sum_of):
        return []
    found = []
    for j, value in enumerate(indicator.values):
        parts = [_same_time(row, value) for row in rows]
        numbers = [p.value for p in parts if p is not None and p.value is not None]
        if value.value is not None and len(numbers) == len(rows) and sum(numbers) != value.value:
            found.append(Mistake((*at, "values", j), f"{value.value} is not the sum of its rows, {sum(numbers)}"))
    return found


def _ratio_mistakes(at: Key, indicator: Indicator, known: Mapping[str, Indicator]) -> list[Mistake]:
    """A percentage must come from its part and total, rounded or cut, wherever both have a value of the same time."""
    part, total = known.get(indicator.part), known.get(indicator.total)
    if part is None or total is None or indicator.unit.ja not in ("％", "%"):
        return []
    found = []
    for j, value in enumerate(indicator.values):
        one, whole = _same_time(part, value), _same_time(total, value)
        numbers = (one.value if one else None, whole.value if whole else None)
        if printed_as(value.value, *numbers) is PrintedRatio.DIFFERS:
            found.append(Mistake((*at, "values", j), f"{value.value} is not {numbers[0]} of {numbers[1]} in percent"))
    return found


def _same_time(row: Indicator, value: IndicatorValue) -> IndicatorValue | None:
    wanted = (value.type, value.at, value.fiscal_year, _document(value))
    return next((v for v in row.values if (v.type, v.at, v.fiscal_year, _document(v)) == wanted), None)


def rating_mistakes(rating: Rating | None, grades: Sequence[str]) -> list[Mistake]:
    if rating is None:
        return []
    found = [
        Mistake(("rating", "bands", i, "grade"), f"there is no grade {band.grade!r}")
        for i, band in enumerate(rating.bands)
        if band.grade not in grades
    ]
    limits = [band.at_least for band in rating.bands]
    if limits != sorted(limits, reverse=True) or len(set(limits)) != len(limits):
        found.append(Mistake(("rating", "bands"), "stand from the highest to the lowest"))
    return found
