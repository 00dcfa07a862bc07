"""`meguru doctor`: what is wrong with an installation, and how to mend it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from collections.abc import Sequence

    from doctor import Finding


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For a program: a list of findings.")] = False,
) -> None:
    """Say what is wrong with this installation and how to mend it. The exit code is 1 when anything is."""
    found = _examine()
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        _show(found)
    if any(one.state == "wrong" for one in found):
        raise typer.Exit(1)


def _examine() -> Sequence[Finding]:
    import settings
    import wall_clock
    from doctor import Finding, State, examine

    try:
        values = settings.load()
    except settings.WrongSettings as error:
        return [Finding("settings", State.WRONG, str(error), "correct them in the environment; see docs/settings.md")]
    return [Finding("settings", State.FINE, "can be used"), *examine(values, wall_clock.now)]


def _show(found: Sequence[Finding]) -> None:
    """A line each, the state in words too: colour alone says nothing."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    colours = {"ok": "green", "look": "yellow", "wrong": "bold red"}
    for one in found:
        console.print(f"[{colours[one.state]}]{one.state:<6}[/] {one.part}: ", end="")
        console.print(one.said, markup=False)
        if one.remedy:
            console.print(f"       → {one.remedy}", markup=False)
    wrong = sum(one.state == "wrong" for one in found)
    console.print(f"{wrong} of {len(found)} are wrong" if wrong else "nothing is wrong")
