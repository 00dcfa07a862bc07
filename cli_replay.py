"""`meguru replay PLAN`: a plan's past, played on a server that skips time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli_context import fail

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from domain.plan import PlanDefinition
    from replay.summary import Summary

BUNDLED = Path(__file__).parent / "plans"
_INTERRUPTED = 130


def replay(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="Code of a bundled plan, or a plan file (YAML).")],
    until: Annotated[
        datetime | None, typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Stop after this day of the plan.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write mails, documents, the record and summary.json there.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Play a plan's past with sample people: real workflows, mails and documents, on a record of its own.

    Without --out no document is rendered and nothing is left behind. The configured database is not touched.
    """
    import gc

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from replay import run
    from replay.beginning import CannotBePlayed, first_day, last_day
    from replay.output import NotOurs

    definition = _definition(plan)
    try:
        begins, ends = first_day(definition), last_day(definition, until.date() if until else None)
        columns = (TextColumn("{task.fields[day]}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
            bar = progress.add_task(definition.code, total=(ends - begins).days, day=begins)

            def told(day: date) -> None:
                progress.update(bar, completed=(day - begins).days, day=day)

            gc.freeze()  # what is loaded by now stays: the collector need not look through it again and again
            with _ended_at_once_by_ctrl_c():
                summary = run.replay(definition, ends, out, told)
    except (CannotBePlayed, NotOurs) as error:
        fail(str(error))
    typer.echo(summary.to_json() if as_json else "\n".join(_in_words(summary, out)))
    if summary.record.unfinished:
        fail(f"{summary.record.unfinished} things were still to be told or sent at the end")


@contextmanager
def _ended_at_once_by_ctrl_c() -> Iterator[None]:
    """Ctrl-C ends the skipping server too: a worker that closes in good order would wait for it in vain."""
    before = signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _definition(plan: str) -> PlanDefinition:
    import plan_files
    from yaml_files import WrongFile

    bundled = BUNDLED / f"{plan}.yaml"
    file = bundled if bundled.exists() else Path(plan)
    if not file.exists():
        fail(f"there is no bundled plan and no file {plan}: see meguru plan list")
    try:
        return plan_files.read_plan(file)
    except WrongFile as error:
        fail(str(error))


def _in_words(summary: Summary, out: Path | None) -> list[str]:
    record = summary.record
    lines = [f"{summary.plan}: {summary.first_day} to {summary.last_day}"]
    for edition in record.editions:
        told = ", ".join(f"{kind} {count}" for kind, count in edition.lineage.items())
        lines.append(f"edition {edition.code}: {len(edition.measures)} measures{f' ({told})' if told else ''}")
    lines.append("years: " + ", ".join(f"{year} {state}" for year, state in record.cycles.items()))
    lines.append("mails: " + ", ".join(f"{kind} {count}" for kind, count in record.mails.items()))
    lines.append(f"documents: {len(summary.documents)}")
    lines.append("seconds: " + ", ".join(f"{part} {seconds}" for part, seconds in summary.seconds.items()))
    return [*lines, f"see {out / summary.plan} and {out / 'summary.json'}"] if out else lines
