"""Tables as a city keeps them for itself: made up here, as cells, and what reading says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.indicator import Indicator
from domain.plan import PlanNode
from domain.text import Bilingual
from exchange.grid import Grid, Merge, Value
from exchange.plain_table import read_table
from exchange.remarks import Remark, WrongTable
from exchange.table_mapping import (
    DepartmentColumns,
    IndicatorColumns,
    LevelColumns,
    MunicipalityHeader,
    PlanHeader,
    TableMapping,
    TextColumn,
    ValueColumn,
)
from exchange.table_result import PlainTable

SHEET = "施策一覧"
HEADINGS = (
    "基本目標",
    "番号",
    "施策名",
    "所管課",
    "担当者メール",
    "指標名",
    "単位",
    "基準値（令和5年度）",
    "目標値",
    "令和6年度実績",
)
FIRST = 2
"""The row right below the headings."""

MAPPING = TableMapping(
    PlanHeader("green-plan", Bilingual("みどり計画"), MunicipalityHeader("midori", Bilingual("みどり市")), 2025, 2029),
    (
        LevelColumns("goal", Bilingual("基本目標"), "基本目標"),
        LevelColumns("measure", Bilingual("施策"), "施策名", number="番号"),
    ),
    department=DepartmentColumns("所管課", staff_email="担当者メール"),
    indicators=(
        IndicatorColumns(
            "指標名",
            "単位",
            baseline=(ValueColumn("基準値（令和5年度）"),),
            targets=(ValueColumn("目標値", 2029),),
            actuals=(ValueColumn("令和6年度実績"),),
        ),
    ),
)
GOOD: tuple[tuple[Value, ...], ...] = (
    ("安心なまち", "1-1", "見守りの充実", "福祉課", "f@c.example", "見守り協力者", "人", 10, 20, 18),
    ("安心なまち", "1-2", "防災訓練", "防災課", "b@c.example", "訓練の参加者", "人", 300, 500, 320),
    ("学べるまち", "2-1", "図書館の利用", "図書館", "t@c.example", "貸出冊数", "冊", 1000, 1200, 1100),
)


def row(**cells: Value) -> tuple[Value, ...]:
    """The first good row with some cells changed; a cell goes by its heading."""
    said = dict(zip(HEADINGS, GOOD[0], strict=True)) | cells
    return tuple(said[heading] for heading in HEADINGS)


def grid(
    rows: Sequence[Sequence[Value]] = GOOD,
    headings: Sequence[str | None] = HEADINGS,
    name: str = SHEET,
    merges: Sequence[Merge] = (),
) -> Grid:
    return Grid(name, (tuple(headings), *(tuple(r) for r in rows)), tuple(merges))


@dataclass(frozen=True)
class Reading:
    """What reading a table came to: a plan, or mistakes; and what was read otherwise than it is written."""

    table: PlainTable | None
    mistakes: tuple[Remark, ...]
    warnings: tuple[Remark, ...]

    @property
    def plan(self) -> PlainTable:
        assert self.table is not None, "\n".join(m.in_language("ja") for m in self.mistakes)
        return self.table

    @property
    def nodes(self) -> tuple[PlanNode, ...]:
        return self.plan.edition.nodes

    @property
    def codes(self) -> dict[str, str]:
        """Title → code."""
        return {node.title: node.code for node in self.nodes}

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return self.plan.definition.indicators

    def said(self) -> list[str]:
        """Every mistake in one line each: where it is, what is wrong, what to do."""
        return [mistake.in_language("ja") for mistake in self.mistakes]

    def noticed(self) -> list[str]:
        return [warning.in_language("ja") for warning in self.warnings]


def read(*grids: Grid, mapping: TableMapping = MAPPING) -> Reading:
    try:
        table = read_table(grids or (grid(),), mapping, "施策一覧.xlsx")
    except WrongTable as error:
        return Reading(None, error.mistakes, error.warnings)
    return Reading(table, (), table.warnings)


def read_rows(*rows: Sequence[Value], merges: Sequence[Merge] = (), mapping: TableMapping = MAPPING) -> Reading:
    return read(grid(rows, merges=merges), mapping=mapping)


def without(mapping: TableMapping, **columns: object) -> TableMapping:
    """A mapping with other parts."""
    return replace(mapping, **columns)  # type: ignore[arg-type]


WITH_TEXT = replace(MAPPING, texts=(TextColumn("概要", "content", Bilingual("概要")),))
