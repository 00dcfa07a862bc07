"""Asks on the terminal which column of a table is what (`meguru plan import TABLE --ask`); Enter takes the guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from cli_context import language
from domain.text import Bilingual
from exchange import mapping_guess, table_mapping
from exchange.grid import as_text
from exchange.plain_sheet import headings_of
from exchange.remarks import letter

if TYPE_CHECKING:
    from exchange.grid import Grid
    from exchange.mapping_guess import Guess, IndicatorGuess
    from exchange.table_mapping import TableMapping


_LIST_OF = re.compile(r"[\s　]*[（(]?(?:施策|事業|取組み?|指標)?[の・]?(?:体系表?|一覧表?|リスト)[）)]?$")
"""What stands after the plan's name above a table."""


class _Terminal:
    """Asks one thing at a time, until the answer can be used. Everything goes to standard error."""

    def __init__(self) -> None:
        self._language = language()
        self.console = Console(stderr=True)

    def say(self, ja: str, en: str) -> str:
        return Bilingual(ja, en).in_language(self._language)

    def text(self, ja: str, en: str, default: str | None, wrong: Callable[[str], str] = lambda _: "") -> str:
        while True:
            answer: str = typer.prompt(self.say(ja, en), default=default, err=True, type=str).strip()
            if not (complaint := wrong(answer)):
                return answer
            typer.echo(complaint, err=True)

    def yes(self, ja: str, en: str, *, default: bool) -> bool:
        return typer.confirm(self.say(ja, en), default=default, err=True)

    def columns(self, ja: str, en: str, headings: Mapping[int, str], guessed: Iterable[int | None]) -> list[int]:
        """Columns by their numbers or letters; 0: none."""
        default = ",".join(str(position) for position in guessed if position) or "0"
        answer = self.text(ja, en, default, lambda said: self._complaint(said, headings))
        return [p for part in _parts(answer) if (p := _position(part))]

    def column(self, ja: str, en: str, headings: Mapping[int, str], guessed: int | None) -> int | None:
        return next(iter(self.columns(ja, en, headings, [guessed])), None)

    def _complaint(self, said: str, headings: Mapping[int, str]) -> str:
        most = max(headings, default=1)
        if all((p := _position(part)) is not None and p <= most for part in _parts(said)) and said:
            return ""
        return self.say(
            f"1から{most}の番号か、0（なし）を書いてください。", f"Write numbers from 1 to {most}, or 0 for none."
        )


def _parts(answer: str) -> list[str]:
    return [part for part in answer.replace("、", ",").replace("，", ",").replace(" ", ",").split(",") if part]


def _position(part: str) -> int | None:
    """A column by its number (full-width too) or its letter; None: neither."""
    if part.isdecimal():
        return int(part)
    letters = part.upper()
    return next((p for p in range(1, 703) if letter(p) == letters), None)


def ask_mapping(grids: Sequence[Grid], file: Path, known: Mapping[str, Bilingual], fiscal_year: int) -> TableMapping:
    """The mapping as a person answers. `known`: the municipalities that are there already, name by code."""
    terminal = _Terminal()
    grid = _asked_sheet(terminal, grids)
    top, rows, headings = _asked_headings(terminal, grid)
    guess = mapping_guess.guess(headings)
    levels = _asked_levels(terminal, headings, guess)
    department = _asked_department(terminal, headings, guess)
    class_column = terminal.column("区分（重点など）の列", "Column of the class", headings, guess.measure_class)
    texts = terminal.columns("概要など文章の列（いくつでも）", "Columns of texts (any number)", headings, guess.texts)
    indicators = _asked_indicators(terminal, grids, grid, headings, guess)
    names = _Names(headings)
    return table_mapping.TableMapping(
        plan=_asked_plan(terminal, grid, top, file, known, fiscal_year),
        levels=levels,
        sheet=grid.name if len(grids) > 1 else "",
        heading_row=top,
        heading_rows=rows,
        measure_class=table_mapping.ClassColumn(names.of(class_column)) if class_column else None,
        texts=tuple(
            table_mapping.TextColumn(names.of(p), f"text-{i}", Bilingual(headings[p])) for i, p in enumerate(texts, 1)
        ),
        department=department,
        indicators=indicators,
    )


class _Names:
    """Positions as a mapping names them."""

    def __init__(self, headings: Mapping[int, str]) -> None:
        self._headings = headings

    def of(self, position: int | None) -> str:
        return mapping_guess.column_name(self._headings, position) if position else ""


def _asked_sheet(terminal: _Terminal, grids: Sequence[Grid]) -> Grid:
    shown = [grid for grid in grids if grid.rows] or list(grids)
    if len(shown) == 1:
        return shown[0]
    for i, grid in enumerate(shown, 1):
        typer.echo(f"  {i}  {grid.name}", err=True)
    guessed = str(shown.index(mapping_guess.main_sheet(shown)) + 1)

    def wrong(said: str) -> str:
        if said.isdecimal() and 1 <= int(said) <= len(shown):
            return ""
        return terminal.say(f"1から{len(shown)}の番号を書いてください。", f"Write a number from 1 to {len(shown)}.")

    answer = terminal.text("施策（事業）の一覧はどのシートですか", "Which sheet lists the measures", guessed, wrong)
    return shown[int(answer) - 1]


def _asked_headings(terminal: _Terminal, grid: Grid) -> tuple[int, int, dict[int, str]]:
    """The row of the headings, how many rows they take, and the headings; shown with what stands below them."""
    top = mapping_guess.heading_row(grid)

    def wrong(said: str) -> str:
        first, _, last = said.partition("-")
        good = first.isdecimal() and (not last or last.isdecimal())
        if good and 1 <= int(first) <= int(last or first) <= len(grid.rows):
            return ""
        return terminal.say(
            "行の番号を書いてください（2行なら 3-4）。", "Write the number of the row (3-4 for two rows)."
        )

    said = terminal.text(
        "見出しは何行目ですか（2行なら 3-4）", "Row of the headings (3-4 for two rows)", str(top), wrong
    )
    first, _, last = said.partition("-")
    top, rows = int(first), int(last or first) - int(first) + 1
    headings = headings_of(grid, top, rows)
    table = Table(
        "", "", terminal.say("見出し", "heading"), terminal.say("例", "samples"), box=None, pad_edge=False
    )  # fmt: skip
    for position in range(1, grid.width + 1):
        samples = mapping_guess.samples(grid, top + rows - 1, position)
        if position in headings or samples:
            shown = " / ".join(" ".join(as_text(value).split())[:24] for value in samples)
            table.add_row(str(position), letter(position), headings.get(position, ""), shown)
    terminal.console.print(table)
    return top, rows, {p: headings.get(p, "") for p in range(1, grid.width + 1)}


def _asked_levels(
    terminal: _Terminal, headings: Mapping[int, str], guess: Guess
) -> tuple[table_mapping.LevelColumns, ...]:
    chosen: list[int] = []
    while not chosen:
        chosen = terminal.columns(
            "計画の階層の列を上から順に（最後は、所管課が報告する施策・事業の名称）",
            "Columns of the levels from the top (the last one: the titles that departments report on)",
            headings,
            guess.levels,
        )
    names, levels = _Names(headings), []
    for i, position in enumerate(chosen):
        number = guess.numbers.get(position)
        if number or position == chosen[-1]:
            label = headings[position]
            number = terminal.column(f"「{label}」の番号の列", f"Column of the numbers of “{label}”", headings, number)
        label = headings[position].removesuffix("名称").removesuffix("名") or f"階層{i + 1}"
        code = "measure" if position == chosen[-1] else f"level-{i + 1}"
        levels.append(table_mapping.LevelColumns(code, Bilingual(label), names.of(position), names.of(number)))
    return tuple(levels)


def _asked_department(
    terminal: _Terminal, headings: Mapping[int, str], guess: Guess
) -> table_mapping.DepartmentColumns | None:
    name = terminal.column("所管課の列", "Column of the department", headings, guess.department)
    if not name:
        return None
    names = _Names(headings)
    asked = (
        ("email", "課の代表メールの列", "Column of the department's shared mailbox", guess.email),
        ("head", "所属長（課長）の氏名の列", "Column of the head's name", guess.head),
        ("head_email", "所属長（課長）のメールの列", "Column of the head's mail address", guess.head_email),
        ("staff", "担当者の氏名の列", "Column of the staff's name", guess.staff),
        ("staff_email", "担当者のメールの列", "Column of the staff's mail address", guess.staff_email),
    )
    said = {key: names.of(terminal.column(ja, en, headings, guessed)) for key, ja, en, guessed in asked}
    return table_mapping.DepartmentColumns(names.of(name), **said)


def _asked_indicators(
    terminal: _Terminal, grids: Sequence[Grid], main: Grid, headings: Mapping[int, str], guess: Guess
) -> tuple[table_mapping.IndicatorColumns, ...]:
    groups = []
    guesses: list[IndicatorGuess | None] = list(guess.indicators) or [None]
    for guessed in guesses:
        group = _asked_group(terminal, headings, guessed)
        if group is not None:
            groups.append(group)
    other = mapping_guess.indicator_sheet(grids, main)
    if other is not None and terminal.yes(
        f"「{other.name}」シートの指標も取り込みますか",
        f"Read the indicators of the sheet “{other.name}” too",
        default=True,
    ):
        top, rows, theirs = _asked_headings(terminal, other)
        node = terminal.column(
            "施策の番号か名称の列", "Column of the measure's number or title", theirs, mapping_guess.node_column(theirs)
        )
        found = next(iter(mapping_guess.guess(theirs).indicators), None)
        place = {"sheet": other.name, "node": _Names(theirs).of(node), "heading_row": top, "heading_rows": rows}
        group = _asked_group(terminal, theirs, found, **place) if node else None
        if group is not None:
            groups.append(group)
    return tuple(groups)


def _asked_group(
    terminal: _Terminal, headings: Mapping[int, str], guessed: IndicatorGuess | None, **place: object
) -> table_mapping.IndicatorColumns | None:
    name = terminal.column("指標名の列", "Column of the indicator's name", headings, guessed.name if guessed else None)
    if not name:
        return None
    names, found = _Names(headings), guessed or mapping_guess.IndicatorGuess(name)
    unit = terminal.column("単位の列", "Column of the unit", headings, found.unit)
    direction = terminal.column(
        "望ましい方向の列", "Column of the direction", headings, found.direction
    )  # fmt: skip
    asked = (
        ("baseline", "基準値の列", "Column of the baseline", guessed.baseline if guessed else ()),
        ("targets", "目標値の列（いくつでも）", "Columns of targets (any number)", guessed.targets if guessed else ()),
        (
            "actuals",
            "実績値の列（いくつでも）",
            "Columns of actual values (any number)",
            guessed.actuals if guessed else (),
        ),
    )
    values = {}
    for key, ja, en, likely in asked:
        positions = terminal.columns(ja, en, headings, likely)
        years = _asked_years(terminal, headings, positions) if key == "actuals" else {}
        values[key] = tuple(table_mapping.ValueColumn(names.of(p), years.get(p)) for p in positions)
    values["expected"] = tuple(table_mapping.ValueColumn(names.of(p)) for p in found.expected)
    return table_mapping.IndicatorColumns(
        names.of(name), names.of(unit), names.of(direction), **values, **place  # type: ignore[arg-type]  # the keys are names of its fields
    )  # fmt: skip


def _asked_years(terminal: _Terminal, headings: Mapping[int, str], positions: Sequence[int]) -> dict[int, int]:
    """The fiscal years of the columns whose headings name none."""
    return {
        p: _asked_year(terminal, f"「{headings[p]}」は何年度の値ですか", f"Fiscal year of “{headings[p]}”", None) or 0
        for p in mapping_guess.years_missing(headings, positions)
    }


def _asked_year(terminal: _Terminal, ja: str, en: str, default: int | None) -> int | None:
    def wrong(said: str) -> str:
        if said == "0" or table_mapping.year_in(said) is not None:
            return ""
        return terminal.say("2026 か 令和8年度 のように書いてください。", "Write it like 2026 or 令和8年度.")

    return table_mapping.year_in(terminal.text(ja, en, str(default) if default else None, wrong))


def _asked_plan(
    terminal: _Terminal, grid: Grid, top: int, file: Path, known: Mapping[str, Bilingual], fiscal_year: int
) -> table_mapping.PlanHeader:
    def no_code(said: str) -> str:
        if table_mapping.is_code(said):
            return ""
        return terminal.say(
            "半角の英小文字、数字、ハイフンで書いてください。", "Write small letters, digits and hyphens."
        )

    above = (as_text(value) for row in range(1, top) for value in grid.rows[row - 1] if value is not None)
    title = next((text.strip() for text in above if text.strip()), file.stem)
    stem = file.stem.lower().replace(" ", "-")
    name = terminal.text("計画の名称", "Name of the plan", _LIST_OF.sub("", title) or title)
    guessed = stem if table_mapping.is_code(stem) else "plan"
    code = terminal.text("計画のコード（半角の英数字とハイフン）", "Code of the plan", guessed, no_code)
    only = next(iter(known)) if len(known) == 1 else None
    city = terminal.text(
        "市町村のコード（半角の英数字とハイフン。例: midori）", "Code of the municipality", only, no_code
    )  # fmt: skip
    city_name = known[city] if city in known else Bilingual(terminal.text("市町村の名称", "Its name", None))
    first = None
    while first is None:
        first = _asked_year(terminal, "計画の最初の年度", "First fiscal year of the plan", fiscal_year)
    last = _asked_year(terminal, "最後の年度（書かれていなければ 0）", "Last fiscal year (0: not stated)", first + 4)
    return table_mapping.PlanHeader(
        code, Bilingual(name), table_mapping.MunicipalityHeader(city, city_name), first, last
    )  # fmt: skip
