"""The rows of the sheets put together into a plan's definition, and every mistake brought back to its cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from pydantic import TypeAdapter, ValidationError

from domain import plan_rules
from domain.mistakes import Key
from domain.plan import CalendarDay, PlanDefinition
from exchange import wording
from exchange.columns import MAPPING_KEY, NUMBER, Column, Kind, Path, Sheet
from exchange.grid import Grid
from exchange.plan_sheets import NODES, PLAN
from exchange.remarks import Place, Remark, WrongTable
from exchange.rows import Row
from exchange.rule_wording import in_words
from exchange.sheets import PARENTS_FIRST, children
from exchange.tables import Findings, find_tables
from exchange.typed_rows import TypedRow, TypedTables, name_of, read_rows

_DEFINITION = TypeAdapter(PlanDefinition)

Tree = dict[str, Any]
"""A thing of the definition before it is one: its fields as they would stand in a YAML file."""


def _nowhere(_: Key) -> Place:
    return Place()


@dataclass(frozen=True)
class Read:
    """A plan as read from a file, and what was read otherwise than it is written.

    `place_of` leads from a path of the definition to where it stands in the file: what only the record can refuse is
    named there too.
    """

    definition: PlanDefinition
    warnings: tuple[Remark, ...] = ()
    place_of: Callable[[Key], Place] = field(default=_nowhere, compare=False, repr=False)


def read_definition(grids: Sequence[Grid]) -> Read:
    """The plan that the sheets of a file describe. Raises `WrongTable` with every mistake, each with its place."""
    findings = Findings()
    tables = find_tables(grids, findings)
    assembly = _Assembly(read_rows(tables, findings), findings)
    definition = assembly.definition() if "plan" in tables else None
    if definition is None or findings.mistakes:
        raise WrongTable(dict.fromkeys(findings.mistakes), tuple(findings.warnings))
    return Read(definition, tuple(findings.warnings), assembly.place_of)


@dataclass
class _Node:
    """A row's thing while it is put together."""

    row: TypedRow
    tree: Tree
    path: Key


@dataclass
class _Assembly:
    read: TypedTables
    findings: Findings
    named: dict[tuple[str, Row], _Node] = field(default_factory=dict)
    at: dict[Key, _Node] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)
    """Sheets in which something stands in for what is missing."""

    def definition(self) -> PlanDefinition | None:
        """The definition, or None where what is wrong leaves too little to build one."""
        for sheet in PARENTS_FIRST:
            for row in self.read.rows.get(sheet.code, ()):
                self._attach(sheet, row)
        for node in self.at.values():
            self._complete(node)
        try:
            definition = _DEFINITION.validate_python(self.at[()].tree)
        except ValidationError as error:
            known = self._wrong_rows()
            for found in error.errors():
                place = self.place_of(tuple(found["loc"]))
                if (place.sheet, place.row) not in known:
                    self.findings.mistakes.append(wording.NOT_ACCEPTED.at(place, reason=found["msg"]))
            return None
        self._check(definition)
        return definition

    def _attach(self, sheet: Sheet, row: TypedRow) -> None:
        """Puts the thing of a row where it belongs; one that belongs nowhere has been named as a mistake."""
        parent = self._parent_of(sheet, row)
        if parent is None:
            return
        tree = {} if sheet.mapping else _tree(sheet, row.values)
        if sheet is PLAN:
            self._keep(sheet, _Node(row, tree, ()))
            return
        if _joins_nothing(sheet, row):
            self._complete(_Node(row, tree, ()))  # names all that is missing
            return
        field = (str(row.values[len(sheet.above)]), *sheet.field) if sheet.by else sheet.field
        holder = parent.tree
        for part in field[:-1]:
            holder = holder.setdefault(part, {})
        path: Key = (*parent.path, *field)
        if sheet.upright:
            holder[field[-1]] = tree
            self._keep(sheet, _Node(row, tree, path))
            return
        if sheet.mapping:
            self._attach_text(sheet, row, holder.setdefault(field[-1], {}), path)
            return
        things = holder.setdefault(field[-1], [])
        self._keep(sheet, _Node(row, tree, (*path, len(things))))
        things.append(tree)

    def _attach_text(self, sheet: Sheet, row: TypedRow, holder: dict[str, list[Tree]], path: Key) -> None:
        key = next(v for c, v in zip(sheet.columns, row.values, strict=True) if c.path == MAPPING_KEY)
        if key is None:
            self._missing(row, MAPPING_KEY)
            return
        things = holder.setdefault(key, [])
        tree = _tree(sheet, row.values)
        self.at[*path, key, len(things)] = _Node(row, tree, (*path, key, len(things)))
        if tree:  # without a word the field is there, and says nothing
            things.append({"ja": "", **tree})

    def _keep(self, sheet: Sheet, node: _Node) -> None:
        self.at[node.path] = node
        name = name_of(sheet, node.row.values)
        if name is not None:
            self.named.setdefault((sheet.code, name), node)

    def _parent_of(self, sheet: Sheet, row: TypedRow) -> _Node | None:
        if sheet is PLAN:
            return _Node(row, {}, ())
        above = row.values[: len(sheet.above)]
        if sheet.parent is None or sheet.parent.upright:
            return self._only_one(sheet.parent or PLAN, row)
        for i, (column, value) in enumerate(zip(sheet.above, above, strict=True)):
            if value is None and i not in row.wrong:
                said = wording.MISSING.at(row.table.place(row.row, i), heading=column.heading)
                self.findings.mistakes.append(said)
        found = self.named.get((sheet.parent.code, above))
        # A row that is there and belongs to nothing itself has been named.
        is_missing = above not in self.read.keys.get(sheet.parent.code, (above,))
        if found is None and is_missing and None not in above and not row.wrong & set(range(len(above))):
            place = row.table.place(row.row, len(above) - 1)
            codes = "、".join(map(str, above))
            hint = wording.did_you_mean(None)
            said = wording.CODE_UNKNOWN.at(place, code=codes, sheet=sheet.parent.name, hint=hint)
            self.findings.mistakes.append(said)
        return found

    def _only_one(self, sheet: Sheet, row: TypedRow) -> _Node | None:
        """The one thing of an upright sheet; where it holds nothing, what belongs to it is named."""
        found = self.at.get(sheet.field)
        if found is None and sheet is not PLAN:
            self.findings.mistakes.append(wording.OWNER_MISSING.at(row.table.place(row.row), sheet=sheet.name))
        return found

    def _complete(self, node: _Node) -> None:
        """Fills in what an empty cell means, names what must not be empty, and keeps the tree buildable."""
        sheet = node.row.table.sheet
        if sheet.mapping:
            return
        for path in sheet.always:
            _holder(node.tree, path, make=True)
        for child in children(sheet):
            holder = _holder(node.tree, child.field[:-1])
            if holder is not None and not (child.mapping or child.upright or child.by):
                holder.setdefault(child.field[-1], [])
        for i, column in enumerate(sheet.columns):
            holder = _holder(node.tree, column.holder)
            if i < len(sheet.above) or holder is None or column.path == NUMBER:
                continue
            is_empty = node.row.values[i] is None
            if column.required and (is_empty or i in node.row.wrong):
                self.incomplete.add(sheet.code)
            if column.required and is_empty:
                if i not in node.row.wrong:
                    self._missing(node.row, column.path)
                _put(node.tree, column.path, _stand_in(column))
            elif is_empty:
                _put_empty(node.tree, holder, column)
        self._pair_up(node)

    def _pair_up(self, node: _Node) -> None:
        """Makes lists of texts out of the Japanese and the English lines of a cell."""
        for i, column in enumerate(node.row.table.sheet.columns):
            if column.kind is not Kind.TEXTS or column.path[-1] != "ja":
                continue
            holder = _holder(node.tree, column.holder)
            if holder is None:
                continue
            lines = holder.get(column.path[-2], {})
            ja, en = lines.get("ja", ()), lines.get("en", ())
            if en and len(en) != len(ja):
                said = wording.LANGUAGES_DIFFER.at(node.row.table.place(node.row.row, i), ja=len(ja), en=len(en))
                self.findings.mistakes.append(said)
            pairs = zip(ja, en or ("",) * len(ja), strict=False)
            holder[column.path[-2]] = [{"ja": one, "en": other} for one, other in pairs]

    def _missing(self, row: TypedRow, path: Path) -> None:
        i = next(i for i, c in enumerate(row.table.sheet.columns) if c.path == path and i >= len(row.table.sheet.above))
        heading = row.table.sheet.columns[i].heading
        self.findings.mistakes.append(wording.MISSING.at(row.table.place(row.row, i), heading=heading))

    def _check(self, definition: PlanDefinition) -> None:
        """Adds what contradicts itself, except what only follows from mistakes already named."""
        wrong = self._wrong_rows()
        sheets = {sheet for sheet, _ in wrong}
        for mistake in plan_rules.mistakes(definition):
            place = self.place_of(mistake.path)
            if "lineage" in mistake.path and NODES.code in self.incomplete:
                continue
            named = (place.sheet, place.row) in wrong if place.row else place.sheet in sheets
            if not named:
                self.findings.mistakes.append(in_words(mistake.message, place))

    def _wrong_rows(self) -> set[tuple[str, int | None]]:
        return {(mistake.sheet, mistake.row) for mistake in self.findings.mistakes}

    def place_of(self, path: Key) -> Place:
        """The cell that a path of the definition leads to, or what comes nearest to it."""
        for cut in range(len(path), -1, -1):
            node = self.at.get(path[:cut])
            if node is None:
                continue
            table, rest = node.row.table, path[cut:]
            if not rest:
                return table.place(node.row.row)
            for i, column in enumerate(table.sheet.columns):
                if i >= len(table.sheet.above) and _leads(column.path, rest):
                    return table.place(node.row.row, i)
            for child in children(table.sheet):
                if rest == child.field:
                    found = self.read.tables.get(child.code)
                    return found.place() if found else Place(child.name.ja)
            below = next((one for at, one in self.at.items() if at[: len(path)] == path), None)
            return (below or node).row.table.place((below or node).row.row)
        return Place()


def _joins_nothing(sheet: Sheet, row: TypedRow) -> bool:
    """Whether a row lacks the code by which others name it, or says not to what it belongs."""
    lacks_key = bool(sheet.key) and sheet.key_column.required and row.values[sheet.key_at] is None
    return lacks_key or (bool(sheet.by) and row.values[len(sheet.above)] is None)


def _leads(column: Path, rest: Key) -> bool:
    """Whether a column holds what the rest of a path leads to, or a part of it, or the whole of which it is part."""
    shorter = min(len(column), len(rest))
    return tuple(column[:shorter]) == tuple(rest[:shorter])


def _tree(sheet: Sheet, values: Row) -> Tree:
    """The fields that the cells of a row fill; what is empty is left out."""
    tree: Tree = {}
    for i, (column, value) in enumerate(zip(sheet.columns, values, strict=True)):
        if i >= len(sheet.above) and value is not None and column.path not in (NUMBER, MAPPING_KEY):
            _put(tree, column.path, value)
    return tree


def _put(tree: Tree, path: Path, value: Any) -> None:
    for part in path[:-1]:
        tree = tree.setdefault(part, {})
    tree[path[-1]] = value


def _put_empty(tree: Tree, holder: Tree, column: Column) -> None:
    """What an empty cell stands for where the definition has no value of its own for it."""
    if column.kind is Kind.TEXT and len(column.path) > 1 and column.path[-1] == "ja":
        holder.setdefault(column.path[-2], {}).setdefault("ja", "")
    elif column.kind in (Kind.CODES, Kind.FISCAL_YEARS) or (column.kind is Kind.TEXTS and not column.is_bilingual):
        _put(tree, column.path, ())
    elif column.may_be_unknown:
        _put(tree, column.path, "" if column.kind in (Kind.MONTH, Kind.CODE) else None)


def _holder(tree: Tree, path: Path, *, make: bool = False) -> Tree | None:
    for part in path:
        found = tree.setdefault(part, {}) if make else tree.get(part)
        if found is None:
            return None
        tree = found
    return tree


def _stand_in(column: Column) -> Any:
    """Something in the place of what is missing or wrong, so that the rest can be checked all the same."""
    match column.kind:
        case Kind.CHOICE if column.choices:
            return next(iter(column.choices))
        case Kind.INTEGER | Kind.NUMBER | Kind.FISCAL_YEAR:
            return 1
        case Kind.YES_NO:
            return False
        case Kind.DAY:
            return date.min
        case Kind.MONTH_DAY:
            return CalendarDay(4, 1)
        case Kind.TIME:
            return time()
        case _:
            return ""
