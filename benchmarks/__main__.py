"""`make bench`: measures everything, prints the table, and writes `results.json` and the table of docs/performance.md.

`QUICK=1` takes less of everything; its figures say whether a benchmark works, not how fast Meguru is, and are not kept.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks import (
    documents_at_once,
    mails,
    nation,
    obligations,
    pages,
    replaying,
    review_pdf,
    rounds,
    starting,
    submissions,
)
from benchmarks.figures import Figure, Run

BENCHMARKS: tuple[ModuleType, ...] = (
    submissions,
    rounds,
    replaying,
    nation,
    review_pdf,
    documents_at_once,
    pages,
    mails,
    starting,
    obligations,
)
_FOLDER = Path(__file__).parent
_RESULTS = _FOLDER / "results.json"
_PAGE = _FOLDER.parent / "docs" / "performance.md"
_TABLE = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- end of figures -->)", re.DOTALL)


def main(
    only: Annotated[list[str] | None, typer.Argument(help="benchmarks by name; none: all")] = None,
    quick: Annotated[bool, typer.Option(envvar="QUICK")] = False,
) -> None:
    """Run the benchmarks; the figures of those that were not run stay as they were."""
    console = Console(stderr=True)
    figures: list[Figure] = []
    chosen = [module for module in BENCHMARKS if not only or _name(module) in only]
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=len(chosen))
        for module in chosen:

            def tell(doing: str, name: str = _name(module)) -> None:
                progress.update(bar, description=f"{name}: {doing}")

            tell("starts")
            began = time.monotonic()
            figures += module.measure(Run(quick, tell))
            progress.console.print(f"{_name(module)}: {time.monotonic() - began:.0f} s", highlight=False)
            progress.advance(bar)
    Console(width=160).print(_shown(figures))
    if not quick:
        results = json.loads(_RESULTS.read_text()) if only and _RESULTS.exists() else {}
        results |= {figure.name: _result(figure) for figure in figures}
        _RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
        _PAGE.write_text(_TABLE.sub(lambda _: _markdown(results), _PAGE.read_text()))


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _result(figure: Figure) -> dict[str, object]:
    return {
        "value": _rounded(figure.value),
        "against": None if figure.against is None else _rounded(figure.against),
        "ratio": None if figure.ratio is None else _rounded(figure.ratio),
        "goal": str(figure.goal),
        "met": figure.met,
        "unit": figure.unit,
        "other": figure.other,
    }


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def _markdown(results: dict[str, dict[str, object]]) -> str:
    rows = ["| figure | Meguru | against | ratio | goal | met |", "|---|---|---|---|---|---|"]
    for name, result in results.items():
        rows.append(f"| {name} | " + " | ".join(_cells(result)) + " |")
    return "\n".join(rows) + "\n"


def _shown(figures: list[Figure]) -> Table:
    table = Table("figure", "Meguru", "against", "ratio", "goal", "met")
    for figure in figures:
        table.add_row(figure.name, *_cells(_result(figure)))
    return table


def _cells(result: dict[str, object]) -> tuple[str, ...]:
    unit = f" {result['unit']}" if result["unit"] else ""
    against = "" if result["against"] is None else f"{result['against']:g}{unit} ({result['other']})"
    ratio = "" if result["ratio"] is None else f"{result['ratio']:g}"
    return f"{result['value']:g}{unit}", against, ratio, str(result["goal"]), "yes" if result["met"] else "**no**"


if __name__ == "__main__":
    typer.run(main)
