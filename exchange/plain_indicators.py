"""The indicators in somebody's own table: in the rows of the measures, or one a row on a sheet of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from domain.indicator import Indicator, IndicatorDirection, IndicatorKind, IndicatorValue, ValueType
from domain.text import Bilingual, half_width
from exchange import choices, figures, table_wording, typed, wording
from exchange.figures import Figure, Time
from exchange.grid import as_text
from exchange.plain_cells import code_of, text_of
from exchange.plain_sheet import PlainRow, PlainSheet
from exchange.plain_tree import Branch
from exchange.remarks import Place
from exchange.table_mapping import IndicatorColumns, ValueColumn
from exchange.tables import Findings, plain_heading

_READ_FROM_VALUES = Bilingual(
    "表に望ましい方向の記載がないため、基準値と目標値の大小から読み取りました。",
    "The table does not say which way is better: read from its baseline and target.",
)
_READ_FROM_WORDS = Bilingual(
    "目標値に添えられた「以上」「以下」から読み取りました。",
    "Read from the words beside the target: at least, at most.",
)
DIRECTION_BASES = (_READ_FROM_VALUES, _READ_FROM_WORDS)
"""What stands beside a direction that no table stated."""


@dataclass(frozen=True)
class Told:
    """An indicator as one row tells it. `places`: where each of its values stands, beside `values`."""

    branch: Branch | None
    name: str
    unit: str
    direction: IndicatorDirection
    kind: IndicatorKind
    code: str
    values: tuple[IndicatorValue, ...]
    direction_basis: Bilingual
    place: Place = field(compare=False)
    places: tuple[Place, ...] = field(compare=False)


class Group:
    """One group of columns; `read` gives what a row says in it."""

    def __init__(self, columns: IndicatorColumns, sheet: PlainSheet, findings: Findings) -> None:
        self._columns = columns
        self._sheet = sheet
        self._findings = findings
        self._values = [
            (type_, column, _time_of(column, sheet))
            for type_, listed in (
                (ValueType.BASELINE, columns.baseline),
                (ValueType.TARGET, columns.targets),
                (ValueType.EXPECTED, columns.expected),
                (ValueType.FINAL, columns.actuals),
            )
            for column in listed
        ]
        self._without_year: set[str] = set()

    def read(self, row: PlainRow, branch: Branch | None) -> Told | None:
        """The indicator in a row; None where there is none, or where a row above says the same cells."""
        name = text_of(self._sheet, row, self._columns.name, self._findings)
        own = [c for c in self._columns.columns if c != self._columns.node and not self._sheet.is_repeated(row, c)]
        if not any(self._sheet.value(row, column) is not None for column in own):
            return None
        place = self._sheet.place(row.row, self._columns.name)
        if not name:
            if any(self._sheet.value(row, column.column) is not None for _, column, _ in self._values):
                self._findings.mistakes.append(table_wording.NO_INDICATOR_NAME.at(place))
            return None
        unit = text_of(self._sheet, row, self._columns.unit, self._findings).strip("()（）")
        found = list(self._figures(row, unit))
        unit = unit or next((figure.unit for _, figure, _ in found if figure.unit), "")
        unit = "%" if half_width(unit) == "%" else unit
        values = [value for value, _, _ in found]
        direction, basis = self._direction(row, found)
        return Told(
            branch=branch,
            name=" ".join(name.split()),
            unit=unit,
            direction=direction,
            kind=self._kind(row, name, unit),
            code=code_of(self._sheet, row, self._columns.code, self._findings),
            values=tuple(values),
            direction_basis=basis,
            place=place,
            places=tuple(place for _, _, place in found),
        )

    def _figures(self, row: PlainRow, unit: str) -> Iterable[tuple[IndicatorValue, Figure, Place]]:
        for type_, column, time in self._values:
            value = self._sheet.value(row, column.column)
            if value is None:
                continue
            place = self._sheet.place(row.row, column.column)
            try:
                figure = figures.figure(value, unit)
            except typed.Unreadable as mistake:
                self._findings.mistakes.append(mistake.wording.at(place, **mistake.values))
                continue
            if figure is None:
                continue
            self._findings.warnings += [said.at(place, **about) for said, about in figure.notes]
            if self._sheet.is_repeated(row, column.column) and not self._sheet.is_repeated(row, self._columns.name):
                self._findings.warnings.append(table_wording.VALUE_FROM_ABOVE.at(place, value=as_text(value)))
            when = figure.time or (Time(fiscal_year=column.year) if column.year else None)
            when = when or self._time_in_row(row, column) or time
            if not when and type_ in (ValueType.EXPECTED, ValueType.FINAL):
                self._refuse_without_year(column.column)
            told = IndicatorValue(figure.value, type_, when.at, when.fiscal_year, printed=figure.printed)
            yield told, figure, place

    def _refuse_without_year(self, column: str) -> None:
        """An actual value counts only with its year; said once for a column."""
        if column not in self._without_year:
            self._without_year.add(column)
            place = self._sheet.place(None, column)
            self._findings.mistakes.append(table_wording.NO_YEAR.at(place, heading=self._sheet.heading(column)))

    def _time_in_row(self, row: PlainRow, column: ValueColumn) -> Time:
        value = self._sheet.value(row, column.year_column) if column.year_column else None
        if value is None:
            return Time()
        if isinstance(value, date):
            return Time(at=typed.day(value).value)
        found = figures.time_in(str(value))
        if not found:
            place = self._sheet.place(row.row, column.year_column)
            self._findings.mistakes.append(wording.NOT_A_YEAR.at(place, typed=str(value)))
        return found

    def _direction(
        self, row: PlainRow, found: Iterable[tuple[IndicatorValue, Figure, Place]]
    ) -> tuple[IndicatorDirection, Bilingual]:
        """As the row says it; else as its target or the step from the baseline to it shows it."""
        said = text_of(self._sheet, row, self._columns.direction, self._findings)
        if said:
            try:
                return figures.direction(said), Bilingual("")
            except typed.Unreadable as mistake:
                place = self._sheet.place(row.row, self._columns.direction)
                self._findings.mistakes.append(mistake.wording.at(place, **mistake.values))
                return IndicatorDirection.NONE, Bilingual("")
        bounds = [figure.bound for value, figure, _ in found if value.type is ValueType.TARGET and figure.bound]
        if bounds:
            return bounds[-1], _READ_FROM_WORDS
        numbers = {value.type: value.value for value, _, _ in found if value.value is not None}
        before, after = numbers.get(ValueType.BASELINE), numbers.get(ValueType.TARGET)
        if before is None or after is None:
            return IndicatorDirection.NONE, Bilingual("")
        if before == after:
            return IndicatorDirection.MAINTAIN, _READ_FROM_VALUES
        return (IndicatorDirection.HIGHER if after > before else IndicatorDirection.LOWER), _READ_FROM_VALUES

    def _kind(self, row: PlainRow, name: str, unit: str) -> IndicatorKind:
        said = text_of(self._sheet, row, self._columns.kind, self._findings)
        chosen = choices.chosen(IndicatorKind, said) if said else None
        if isinstance(chosen, IndicatorKind):
            return chosen
        if said:
            labels = "、".join(label.ja for label in choices.LABELS[IndicatorKind].values())
            place = self._sheet.place(row.row, self._columns.kind)
            hint = wording.did_you_mean(None)
            self._findings.mistakes.append(wording.NOT_A_CHOICE.at(place, typed=said, hint=hint, choices=labels))
        if unit in ("%", "割", "‰"):
            return IndicatorKind.RATIO
        return IndicatorKind.CUMULATIVE if "累計" in name + unit else IndicatorKind.COUNT


def _time_of(column: ValueColumn, sheet: PlainSheet) -> Time:
    """When the values of a column stand for, as the mapping or the heading says it."""
    return Time(fiscal_year=column.year) if column.year else figures.time_in(sheet.heading(column.column))


class Indicators:
    """All indicators of a table, each once; `finish` gives them their codes."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._told: dict[tuple[Branch | None, str], Told] = {}

    def add(self, told: Told) -> None:
        key = (told.branch, plain_heading(told.name))
        before = self._told.setdefault(key, told)
        if before != told:
            said = {"name": told.name, "row": before.place.row}
            self._findings.mistakes.append(table_wording.INDICATOR_TWICE.at(told.place, **said))

    def finish(self, edition: str) -> tuple[tuple[Indicator, ...], dict[str, Told]]:
        """The indicators in the order they were told, and by code where each was told."""
        counts: dict[Branch | None, int] = {}
        places: dict[str, Told] = {}
        found = []
        guessed = 0
        for (branch, _), told in self._told.items():
            counts[branch] = counts.get(branch, 0) + 1
            code = told.code or f"{branch.code if branch else 'plan'}-i{counts[branch]}"
            guessed += bool(told.direction_basis.ja)
            places.setdefault(code, told)
            found.append(
                Indicator(
                    code=code,
                    name=Bilingual(told.name),
                    unit=Bilingual(told.unit),
                    kind=told.kind,
                    direction=told.direction,
                    values=told.values,
                    edition=edition if branch else "",
                    node=branch.code if branch else "",
                    direction_basis=told.direction_basis,
                )
            )
        if guessed:
            self._findings.warnings.append(table_wording.DIRECTION_READ.at(Place(), count=guessed))
        return tuple(found), places
