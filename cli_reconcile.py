"""`meguru reconcile`: whether Temporal does what the record says is owed, and what is done where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli_context import fail, load_settings, open_database

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from collections.abc import Sequence

    from reconcile import Difference


def reconcile(
    mend: Annotated[bool, typer.Option("--mend", help="Mend what differs; without it, it is only shown.")] = False,
    anew: Annotated[
        bool,
        typer.Option(
            "--anew",
            help="With --mend: begin every process anew, for a record older than Temporal. End the worker before.",
        ),
    ] = False,
    wait_seconds: Annotated[
        float, typer.Option(help="Seconds until a second look: what differs only for a moment is none.", min=0)
    ] = 3,
) -> None:
    """Compare the record with Temporal's processes. Mending repeats no mail: what was claimed is not claimed again."""
    import asyncio

    from temporalio.service import RPCError

    if anew and not mend:
        fail("--anew ends and begins every process: say --mend too")
    try:
        agrees = asyncio.run(_reconcile(mend, anew, wait_seconds))
    except (RuntimeError, RPCError) as error:
        fail(f"Temporal at {load_settings().temporal_address} does not answer ({error}): see meguru doctor")
    if not agrees:
        raise typer.Exit(1)


async def _reconcile(mend: bool, anew: bool, wait_seconds: float) -> bool:
    """Whether record and Temporal agree at the end."""
    from rich.console import Console
    from rich.progress import Progress

    import wall_clock
    from reconcile import Reconciliation
    from temporal_client import connect

    database = open_database()
    both = Reconciliation(database, await connect(load_settings()), wall_clock.now)
    if anew:
        found = both.all_anew()
    else:
        count, found = await both.lasting_differences(wait_seconds)
        if not found:
            typer.echo(f"record and Temporal agree: {count} processes")
            return True
    _show(found)
    if not mend:
        typer.echo("mend with: meguru reconcile --mend", err=True)
        return False
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("mending", total=len({one.of.workflow_id for one in found}))
        mended = await both.mend(found, lambda: progress.advance(task))
    typer.echo(f"{mended} processes mended; the worker goes on with them")
    return True


def _show(found: Sequence[Difference]) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    name = Column("process", overflow="fold")  # a name that is cut off could not be looked up
    table = Table(name, "difference", "in Temporal", "mended by")
    for one in found:
        table.add_row(one.workflow_id, one.fault.value, one.found, _remedy(one))
    Console().print(table)


def _remedy(one: Difference) -> str:
    if not one.of.is_owed:
        return "ending it"
    return "beginning it anew" if one.workflow_id == one.of.workflow_id else "beginning its year or review anew"
