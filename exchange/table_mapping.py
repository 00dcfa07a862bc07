"""Which column of somebody's own table is what: a small YAML file beside the table, written once and used each year.

Columns are named by their headings, as they stand in the table; where two are alike or one has none, by their letter
(`C列` or `column C`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, TypeAdapter

import yaml_files
from domain.fiscal_year import FiscalYear
from domain.mistakes import Key, Mistake, doubled
from domain.plan import CalendarDay
from domain.text import Bilingual
from exchange import typed


def _name(said: object) -> object:
    return {"ja": said} if isinstance(said, str) else said


def year_in(text: str) -> int | None:
    """A fiscal year as offices write it: 2025, 令和7年度, R7; None where it is none."""
    try:
        found: int = typed.fiscal_year(text).value
    except typed.Unreadable:
        return None
    return found


def _year(said: object) -> object:
    return (year_in(said) or said) if isinstance(said, str) else said


def _column(said: object) -> object:
    return {"column": said} if isinstance(said, str) else said


def _list(said: object) -> object:
    return [said] if isinstance(said, (str, dict)) else said


Name = Annotated[Bilingual, BeforeValidator(_name)]
Year = Annotated[int, BeforeValidator(_year)]


@dataclass(frozen=True)
class MunicipalityHeader:
    code: str
    name: Name


@dataclass(frozen=True)
class PlanHeader:
    """What a table does not say of its plan. Without years the plan's period is 記載なし."""

    code: str
    name: Name
    municipality: MunicipalityHeader
    first_fiscal_year: Year | None = None
    last_fiscal_year: Year | None = None
    cycle_opens: CalendarDay | None = None


@dataclass(frozen=True)
class EditionHeader:
    """策定・改訂版. Without `effective_on` it is in force from the plan's first day; its code is then that year.

    `decided` is a month (YYYY-MM).
    """

    code: str = ""
    name: Name = field(default_factory=lambda: Bilingual("策定", "As formulated"))
    decided: str = ""
    effective_on: date | None = None


@dataclass(frozen=True)
class LevelColumns:
    """A level of the plan with the columns of its titles and codes; codes that the table lacks are made.

    Where no level `is_reported`, departments report on the lowest one.
    """

    code: str
    label: Name
    title: str
    number: str = ""
    title_en: str = ""
    is_reported: bool = False


@dataclass(frozen=True)
class ClassColumn:
    """区分. `codes`: what the column says → the code of the class; without it the words themselves are the codes."""

    column: str
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TextColumn:
    """A column of texts, such as 施策の概要, of the nodes of a level ("": the lowest)."""

    column: str
    code: str
    label: Name
    level: str = ""


@dataclass(frozen=True)
class DepartmentColumns:
    """所管課 and who works there. Departments that are not known yet begin with the edition."""

    name: str
    email: str = ""
    head: str = ""
    head_email: str = ""
    staff: str = ""
    staff_email: str = ""


@dataclass(frozen=True)
class ValueColumn:
    """A column of numbers. The year: as said here, else in the row's `year_column`, else as the heading says it."""

    column: str
    year: Year | None = None
    year_column: str = ""


Values = Annotated[
    tuple[Annotated[ValueColumn, BeforeValidator(_column)], ...],
    BeforeValidator(_list),
]


@dataclass(frozen=True)
class IndicatorColumns:
    """指標: one group of columns. In the rows of the nodes, or one a row on a `sheet` that names the node in `node`.

    They belong to the nodes of `level` ("": the lowest; on a sheet of their own to whatever `node` names).
    """

    name: str
    unit: str = ""
    direction: str = ""
    kind: str = ""
    code: str = ""
    baseline: Values = ()
    targets: Values = ()
    expected: Values = ()
    actuals: Values = ()
    level: str = ""
    sheet: str = ""
    node: str = ""
    heading_row: int | None = None
    heading_rows: int = 1

    @property
    def values(self) -> tuple[ValueColumn, ...]:
        return (*self.baseline, *self.targets, *self.expected, *self.actuals)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the group."""
        own = (self.name, self.unit, self.direction, self.kind, self.code, self.node)
        return tuple(filter(None, (*own, *(v.column for v in self.values), *(v.year_column for v in self.values))))


@dataclass(frozen=True)
class TableMapping:
    """The whole mapping. `sheet` "": the one that has the columns; headings may take several rows."""

    plan: PlanHeader
    levels: tuple[LevelColumns, ...]
    edition: EditionHeader = field(default_factory=EditionHeader)
    sheet: str = ""
    heading_row: int | None = None
    heading_rows: int = 1
    measure_class: Annotated[ClassColumn | None, BeforeValidator(_column)] = None
    texts: tuple[TextColumn, ...] = ()
    department: DepartmentColumns | None = None
    indicators: tuple[IndicatorColumns, ...] = ()

    @property
    def effective_on(self) -> date:
        if self.edition.effective_on is not None:
            return self.edition.effective_on
        return FiscalYear(self.plan.first_fiscal_year or 0).first_day

    @property
    def edition_code(self) -> str:
        return self.edition.code or str(self.plan.first_fiscal_year or self.effective_on.year)

    @property
    def reported_levels(self) -> tuple[str, ...]:
        return tuple(lv.code for lv in self.levels if lv.is_reported) or (self.levels[-1].code,)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the main sheet."""
        said: list[str] = []
        for level in self.levels:
            said += (level.title, level.number, level.title_en)
        if self.measure_class is not None:
            said.append(self.measure_class.column)
        said += (text.column for text in self.texts)
        if (d := self.department) is not None:
            said += (d.name, d.email, d.head, d.head_email, d.staff, d.staff_email)
        said += (column for group in self.indicators if not group.sheet for column in group.columns)
        return tuple(dict.fromkeys(filter(None, said)))


_MAPPING = TypeAdapter(TableMapping)


def read_mapping(file: Path) -> TableMapping:
    """The mapping in a YAML file. Raises `yaml_files.WrongFile` naming every mistake by file, line and key."""
    return yaml_files.read(file, _MAPPING, mistakes)


def written(mapping: TableMapping) -> str:
    """The mapping as YAML, to be read again next year."""
    told = _plain(_MAPPING.dump_python(mapping, mode="json", exclude_defaults=True))
    text: str = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=110)
    return "# Which column of the table is what (meguru plan import TABLE --mapping THIS_FILE).\n" + text


def _plain(told: Any) -> Any:
    """As short as it may be written: a name without English, a column without a year, are texts."""
    if isinstance(told, dict):
        if told.keys() in ({"ja"}, {"column"}):
            return next(iter(told.values()))
        return {key: _plain(value) for key, value in told.items()}
    return [_plain(one) for one in told] if isinstance(told, list) else told


_CODE = re.compile(r"[a-z0-9][a-z0-9_-]*")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def is_code(text: str) -> bool:
    """Whether a text may be the code of a plan or a municipality: it stands in addresses."""
    return _CODE.fullmatch(text) is not None


def mistakes(mapping: TableMapping) -> Iterable[Mistake]:
    """What the types cannot see."""
    yield from _header_mistakes(mapping)
    if not mapping.levels:
        yield Mistake(("levels",), "must not be empty")
    yield from doubled(("levels",), [level.code for level in mapping.levels])
    yield from doubled(("texts",), [text.code for text in mapping.texts])
    levels = {level.code for level in mapping.levels}
    for i, text in enumerate(mapping.texts):
        if text.level and text.level not in levels:
            yield Mistake(("texts", i, "level"), f"there is no level {text.level!r}")
    for i, group in enumerate(mapping.indicators):
        if group.level and group.level not in levels:
            yield Mistake(("indicators", i, "level"), f"there is no level {group.level!r}")
        if group.sheet and not group.node:
            yield Mistake(("indicators", i, "node"), "name the column that says to which row an indicator belongs")
        if group.node and not group.sheet:
            yield Mistake(("indicators", i, "sheet"), "name the sheet of the indicators")
    yield from _unnamed(mapping)


def _header_mistakes(mapping: TableMapping) -> Iterable[Mistake]:
    plan, edition = mapping.plan, mapping.edition
    own: Key = ("plan",)
    city: Key = (*own, "municipality")
    for at, one in ((own, plan), (city, plan.municipality)):
        if not is_code(one.code):
            yield Mistake((*at, "code"), f"{one.code!r} is no code: small letters, digits and hyphens")
        if not one.name.ja.strip():
            yield Mistake((*at, "name"), "must not be empty")
    if plan.first_fiscal_year and plan.last_fiscal_year and plan.last_fiscal_year < plan.first_fiscal_year:
        yield Mistake(("plan", "last_fiscal_year"), "the plan ends before it starts")
    if edition.effective_on is None and plan.first_fiscal_year is None:
        yield Mistake(("plan", "first_fiscal_year"), "say it, or the edition's effective_on")
    if edition.decided and not _MONTH.fullmatch(edition.decided):
        yield Mistake(("edition", "decided"), f"{edition.decided!r} is no month: write YYYY-MM")


_MUST_NAME = {"levels": ("code", "title"), "texts": ("code", "column"), "indicators": ("name",)}


def _unnamed(mapping: TableMapping) -> Iterable[Mistake]:
    for key, needed in _MUST_NAME.items():
        for i, one in enumerate(getattr(mapping, key)):
            yield from (
                Mistake((key, i, name), "must not be empty") for name in needed if not getattr(one, name).strip()
            )
    if mapping.department is not None and not mapping.department.name.strip():
        yield Mistake(("department", "name"), "must not be empty")
