"""`make chaos SEED=n FAULTS=n DB=sqlite|postgresql`: one run or several, each with a line of JSON; the last sums up."""

from __future__ import annotations

import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from tests.chaos.run import Plan, play


def main(
    seed: Annotated[int, typer.Option(help="The first seed; a run of the same seed breaks the same things.")] = 1,
    runs: Annotated[int, typer.Option(help="How many runs, each with the next seed.", min=1)] = 1,
    faults: Annotated[int, typer.Option(help="Faults in each run.", min=3)] = 25,
    database: Annotated[Literal["sqlite", "postgresql"], typer.Option()] = "sqlite",
    requests: Annotated[int, typer.Option(help="Departments that are asked.", min=1)] = 200,
    webs: Annotated[int, typer.Option(min=1)] = 1,
    workers: Annotated[int, typer.Option(min=1)] = 1,
    schedulers: Annotated[int, typer.Option(min=1)] = 1,
    folder: Annotated[Path | None, typer.Option(help="Keep databases and logs here.")] = None,
) -> None:
    """Break everything while a round of reports runs, and look whether what must hold still holds."""
    lines = []
    for one in range(seed, seed + runs):
        plan = Plan(one, faults, database, requests, webs=webs, workers=workers, schedulers=schedulers)
        kept = folder or Path(tempfile.mkdtemp(prefix="meguru-chaos-"))
        place = kept / f"{one}-{database}"
        place.mkdir(parents=True)
        result = play(plan, place, partial(_tell, one))
        lines.append(result.summary())
        typer.echo(json.dumps(lines[-1], ensure_ascii=False))
        if not result.is_ok:
            _tell(one, f"what contradicts it is in {place}")
    if runs > 1:
        typer.echo(json.dumps(_together(lines), ensure_ascii=False))
    raise typer.Exit(0 if all(line["ok"] for line in lines) else 1)


def _tell(seed: int, said: str) -> None:
    typer.echo(f"[{seed}] {said}", err=True)


def _together(lines: list[dict]) -> dict:  # type: ignore[type-arg]  # JSON
    counted = ("submissions_acknowledged", "mails", "extra_copies", "unknown_ends", "seconds")
    return {
        "seeds": [line["seed"] for line in lines],
        "faults": sum(line["faults"] for line in lines),
        "invariants": {name: all(line["invariants"].get(name) for line in lines) for name in lines[0]["invariants"]},
        "figures": {name: sum(line["figures"][name] for line in lines) for name in counted}
        | {
            "most_copies": max(line["figures"]["most_copies"] for line in lines),
            "longest_drain_seconds": max(line["figures"]["drain_seconds"] for line in lines),
        },
        "ok": all(line["ok"] for line in lines),
    }


if __name__ == "__main__":
    typer.run(main)
