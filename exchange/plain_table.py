"""A plan out of somebody's own table: one row per measure, columns named as its owner likes (see `table_mapping`).

The table says what the plan contains; how its years run comes from the standard process. Every mistake is named with
sheet, row and column, all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from domain import organisation as organisation_rules
from domain import plan_rules
from domain.mistakes import Key
from domain.organisation import OrganisationDefinition
from domain.plan import (
    Edition,
    Level,
    MeasureClass,
    MunicipalityDefinition,
    NodeField,
    PlanDefinition,
    PlanNode,
)
from domain.source import Source, SourceDocument
from domain.text import Bilingual
from exchange import csv_grid, table_wording, wording, workbook_grids
from exchange.characters import plain_code
from exchange.grid import Grid
from exchange.plain_cells import text_of
from exchange.plain_indicators import Group, Indicators
from exchange.plain_people import People
from exchange.plain_sheet import PlainRow, PlainSheet, Wanted, find_sheet
from exchange.plain_tree import Branch, Line, Tree
from exchange.remarks import Place, WrongTable
from exchange.standard_process import standard_process
from exchange.table_mapping import IndicatorColumns, TableMapping
from exchange.table_result import DOCUMENT, PlainTable
from exchange.tables import Findings, plain_heading
from exchange.typed import nearest

Progress = Callable[[int, int], None]
"""Told how many rows of how many are read."""


def read_grids(name: str, content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook, or the one of a CSV file. Raises `WrongTable` for what is not safe to read."""
    stem, _, ending = name.rpartition(".")
    if ending.lower() in ("csv", "tsv", "txt"):
        return (csv_grid.read_grid(content, stem),)
    return workbook_grids.read_grids(content)


def read_table(grids: Sequence[Grid], mapping: TableMapping, name: str, progress: Progress | None = None) -> PlainTable:
    """The plan that a table describes. Raises `WrongTable` with every mistake, each with its place."""
    findings = Findings()
    wanted = Wanted(mapping.columns, mapping.sheet, mapping.heading_row, mapping.heading_rows)
    sheet = find_sheet(grids, wanted, findings)
    others = [(group, _sheet_of(grids, group, findings)) for group in mapping.indicators if group.sheet]
    if sheet is None:
        raise _wrong(findings)
    reading = _Reading(mapping, sheet, findings, name)
    total = len(sheet.rows) + sum(len(other.rows) for _, other in others if other)
    for done, _ in enumerate(reading.rows(others), 1):
        if progress is not None:
            progress(done, total)
    table = reading.table()
    if table is None or findings.mistakes:
        raise _wrong(findings)
    return table


def _wrong(findings: Findings) -> WrongTable:
    return WrongTable(dict.fromkeys(findings.mistakes), tuple(findings.warnings))


def _sheet_of(grids: Sequence[Grid], group: IndicatorColumns, findings: Findings) -> PlainSheet | None:
    wanted = Wanted(tuple(dict.fromkeys(group.columns)), group.sheet, group.heading_row, group.heading_rows)
    return find_sheet(grids, wanted, findings)


class _Reading:
    """One table while it is read."""

    def __init__(self, mapping: TableMapping, sheet: PlainSheet, findings: Findings, name: str) -> None:
        self._mapping = mapping
        self._sheet = sheet
        self._findings = findings
        self._name = name
        self._levels = {level.code: i for i, level in enumerate(mapping.levels)}
        self._groups = [(g, Group(g, sheet, findings)) for g in mapping.indicators if not g.sheet]
        self._tree = Tree(mapping.levels, sheet, [g.name for g, _ in self._groups], findings)
        self._people = People(mapping.department, sheet, findings) if mapping.department else None
        self._indicators = Indicators(findings)
        self._classes: dict[str, str] = {}

    def rows(self, others: Iterable[tuple[IndicatorColumns, PlainSheet | None]]) -> Iterator[PlainRow]:
        """Read row after row; each is handed out when it is done."""
        seen: dict[tuple[object, ...], int] = {}
        for row in self._sheet.rows:
            whole = tuple(row.value(position) for position in self._sheet.positions.values())
            first = seen.setdefault(whole, row.row)
            if first != row.row and not row.repeated:
                self._findings.warnings.append(wording.ROW_REPEATED.at(self._sheet.place(row.row), row=first))
            else:
                self._read(row)
            yield row
        self._tree.finish()
        for group, sheet in others:
            if sheet is not None:
                yield from self._read_sheet(group, sheet)

    def _read(self, row: PlainRow) -> None:
        line = self._tree.read(row)
        if line is None:
            return
        lowest = line.branches[-1]
        assert lowest is not None
        for text in self._mapping.texts:
            branch = line.branches[self._levels[text.level]] if text.level else lowest
            self._say(row, branch, text.column)
        if self._mapping.measure_class is not None:
            self._say(row, lowest, self._mapping.measure_class.column)
        self._read_department(row, line)
        told = [group.read(row, self._branch_of(columns, line)) for columns, group in self._groups]
        for one in filter(None, told):
            self._indicators.add(one)
        title = self._mapping.levels[-1].title
        if not line.is_new and not any(told) and not self._sheet.is_repeated(row, title):
            place = self._sheet.place(row.row, title)
            self._findings.warnings.append(table_wording.JOINED_ROWS.at(place, row=lowest.row, title=lowest.title))

    def _branch_of(self, columns: IndicatorColumns, line: Line) -> Branch | None:
        return line.branches[self._levels[columns.level] if columns.level else -1]

    def _say(self, row: PlainRow, branch: Branch | None, column: str) -> None:
        text = text_of(self._sheet, row, column, self._findings)
        if text and branch is not None:
            self._remember(row, branch, column, text)

    def _remember(self, row: PlainRow, branch: Branch, column: str, text: str) -> None:
        before, first_row = branch.said.setdefault(column, (text, row.row))
        if before != text:
            said = {"title": branch.title, "heading": self._sheet.heading(column), "row": first_row}
            self._findings.mistakes.append(table_wording.DIFFERS.at(self._sheet.place(row.row, column), **said))

    def _read_department(self, row: PlainRow, line: Line) -> None:
        if self._people is None or self._mapping.department is None:
            return
        department = self._people.read(row)
        reported = [
            b for b in line.branches if b and self._mapping.levels[b.level].code in self._mapping.reported_levels
        ]
        if department and reported:
            self._remember(row, reported[-1], self._mapping.department.name, department)
            self._people.answers_for(reported[-1], department)

    def _read_sheet(self, columns: IndicatorColumns, sheet: PlainSheet) -> Iterator[PlainRow]:
        group = Group(columns, sheet, self._findings)
        above = ""
        for row in sheet.rows:
            above = text_of(sheet, row, columns.node, self._findings) or above
            branch = self._named(row, columns, sheet, above)
            told = group.read(row, branch)
            if told is not None:
                if not above:
                    self._findings.warnings.append(table_wording.OF_THE_PLAN.at(told.place, name=told.name))
                self._indicators.add(told)
            yield row

    def _named(self, row: PlainRow, columns: IndicatorColumns, sheet: PlainSheet, reference: str) -> Branch | None:
        """The node that a row of indicators names; "" the plan as a whole."""
        if not reference:
            return None
        found = self._tree.find(reference)
        if columns.level:
            found = [b for b in found if b.level == self._levels[columns.level]]
        if len(found) == 1:
            return found[0]
        place = sheet.place(row.row, columns.node)
        if found:
            said = {"typed": reference, "count": len(found), "codes": "、".join(b.code for b in found)}
            self._findings.mistakes.append(table_wording.NODE_AMBIGUOUS.at(place, **said))
        else:
            hint = wording.did_you_mean(nearest(reference, [b.title for b in self._tree.all()]))
            said = {"typed": reference, "sheet": self._sheet.name, "hint": hint}
            self._findings.mistakes.append(table_wording.NODE_UNKNOWN.at(place, **said))
        return None

    def table(self) -> PlainTable | None:
        """Everything put together; None where the mistakes leave too little to be checked as a plan."""
        nodes = tuple(self._node(branch) for branch in self._tree.all())
        if self._findings.mistakes or not nodes:
            return None
        mapping = self._mapping
        indicators, told = self._indicators.finish(mapping.edition_code)
        places: dict[Key, Place] = {("node", b.code): self._place_of(b) for b in self._tree.all()}
        for code, one in told.items():
            places["indicator", code] = one.place
            places |= {("indicator", code, i): place for i, place in enumerate(one.places)}
        organisation = OrganisationDefinition(mapping.plan.code)
        if self._people is not None:
            self._warn_of_nobody()
            organisation = self._people.finish(mapping.plan.code, mapping.edition_code, mapping.effective_on)
            places |= {("organisation", name): place for name, place in self._people.places.items()}
        definition = self._definition(nodes)
        definition = replace(definition, indicators=indicators)
        table = PlainTable(definition, organisation, tuple(self._findings.warnings), places)
        if wrong := (*plan_rules.mistakes(definition), *organisation_rules.mistakes(organisation)):
            raise table.located(definition, wrong)
        return table

    def _place_of(self, branch: Branch) -> Place:
        return self._sheet.place(branch.row, self._mapping.levels[branch.level].title)

    def _warn_of_nobody(self) -> None:
        assert self._mapping.department is not None
        column = self._mapping.department.name
        levels = [self._levels[code] for code in self._mapping.reported_levels]
        without = [b.code for b in self._tree.all() if b.level in levels and column not in b.said]
        if without:
            examples = "、".join(without[:5]) + ("…" if len(without) > 5 else "")
            place = self._sheet.place(None, column)
            said = table_wording.NO_DEPARTMENT.at(place, count=len(without), examples=examples)
            self._findings.warnings.append(said)

    def _node(self, branch: Branch) -> PlanNode:
        texts = {}
        for text in self._mapping.texts:
            if text.column in branch.said and branch.level == self._level_of(text.level):
                said, _ = branch.said[text.column]
                texts[text.code] = tuple(Bilingual(part) for part in said.split("\n") if part.strip())
        return PlanNode(
            code=branch.code,
            level=self._mapping.levels[branch.level].code,
            title=branch.title,
            title_en=branch.title_en,
            parent=branch.parent.code if branch.parent else "",
            measure_class=self._class_of(branch),
            texts=texts,
        )

    def _level_of(self, code: str) -> int:
        return self._levels[code] if code else len(self._levels) - 1

    def _class_of(self, branch: Branch) -> str:
        column = self._mapping.measure_class
        if column is None or column.column not in branch.said:
            return ""
        said, row = branch.said[column.column]
        if not column.codes:
            return self._classes.setdefault(said, plain_code(said))
        codes = {plain_heading(words): (words, code) for words, code in column.codes.items()}
        if plain_heading(said) not in codes:
            hint = wording.did_you_mean(nearest(said, column.codes))
            place = self._sheet.place(row, column.column)
            self._findings.mistakes.append(table_wording.CLASS_UNKNOWN.at(place, typed=said, hint=hint))
            return ""
        words, code = codes[plain_heading(said)]
        self._classes[words] = code
        return code

    def _definition(self, nodes: tuple[PlanNode, ...]) -> PlanDefinition:
        mapping, process = self._mapping, standard_process()
        plan = mapping.plan
        lowest = mapping.levels[-1].code
        labels: dict[str, str] = {}  # of several words for one class, the mapping's first
        codes = mapping.measure_class.codes if mapping.measure_class else {}
        for words, code in (*codes.items(), *self._classes.items()):
            labels.setdefault(code, words)
        return PlanDefinition(
            code=plan.code,
            name=plan.name,
            municipality=MunicipalityDefinition(plan.municipality.code, plan.municipality.name),
            documents=(SourceDocument(DOCUMENT, Bilingual(self._name)),),
            source=Source(DOCUMENT, Bilingual(self._sheet.name)),
            levels=tuple(Level(lv.code, lv.label, lv.code in mapping.reported_levels) for lv in mapping.levels),
            rounds=process.rounds,
            question_set=process.question_set,
            grades=process.grades,
            editions=(
                Edition(
                    code=mapping.edition_code,
                    name=mapping.edition.name,
                    decided=mapping.edition.decided,
                    effective_on=mapping.effective_on,
                    nodes=nodes,
                ),
            ),
            first_fiscal_year=plan.first_fiscal_year,
            last_fiscal_year=plan.last_fiscal_year,
            cycle_opens=plan.cycle_opens or process.cycle_opens,
            classes=tuple(MeasureClass(code, Bilingual(words)) for code, words in labels.items()),
            rating=process.rating,
            node_fields=tuple(NodeField(t.code, t.label, levels=(t.level or lowest,)) for t in mapping.texts),
        )
