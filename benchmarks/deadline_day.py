"""The deadline day of more cities than any machine here can hold, reckoned minute by minute from what was measured.

`python -m benchmarks.deadline_day` reads `results.json` and writes the table of docs/scale.md. Each stage is a queue
that so many processes serve at the rate that one of them was measured at; what a stage has done, the next one gets.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

import typer

_FOLDER = Path(__file__).parent
_PAGE = _FOLDER.parent / "docs" / "scale.md"
_TABLE = re.compile(r"(?<=<!-- deadline day -->\n).*?(?=<!-- end of deadline day -->)", re.DOTALL)
_MUNICIPALITIES, _MEASURES, _DEPARTMENTS = 1_741, 50, 10
_ON_THE_LAST_DAY = 0.5
"""Of all reports; assumed, as are the hours below. The sources say nothing of when departments answer."""
_OF_EACH_HOUR = (0.04, 0.06, 0.08, 0.07, 0.05, 0.10, 0.15, 0.20, 0.25)
"""From nine in the morning until six: half of them in the last two hours and a half."""
_PATIENCE = 60
"""Seconds; whoever submits should never wait as long, and no workflow should be further behind."""


@dataclass(frozen=True)
class Stage:
    """What happens to each submission (or mail), and how many of them one process does in a second."""

    name: str
    per_second: float


@dataclass(frozen=True)
class Passed:
    """How a day went for a stage: the longest that anything waited (seconds)."""

    longest_wait: float
    leaving: tuple[float, ...]


def arrivals(reports: int) -> tuple[float, ...]:
    """Submissions of each minute from nine to six."""
    return tuple(reports * _ON_THE_LAST_DAY * share / 60 for share in _OF_EACH_HOUR for _ in range(60))


def pass_through(stage: Stage, processes: int, arriving: tuple[float, ...]) -> Passed:
    """First come, first served; what is left at the end is still done."""
    capacity, waiting, longest, leaving = stage.per_second * processes * 60, 0.0, 0.0, []
    minutes = list(arriving)
    while minutes or waiting > 1e-6:
        waiting += minutes.pop(0) if minutes else 0.0
        done = min(waiting, capacity)
        waiting -= done
        longest = max(longest, waiting / capacity * 60)
        leaving.append(done)
    return Passed(longest, tuple(leaving))


def processes_needed(stage: Stage, arriving: tuple[float, ...]) -> int:
    """The fewest with which nothing waits longer than a minute."""
    most = math.ceil(max(arriving) / 60 / stage.per_second)  # with so many nothing waits at all

    def is_enough(processes: int) -> bool:
        return pass_through(stage, processes, arriving).longest_wait <= _PATIENCE

    return 1 + bisect_left(range(1, most + 1), x=True, key=is_enough)


def stages(results: dict[str, dict[str, float]]) -> tuple[Stage, ...]:
    """What was measured, one process each."""
    drained = next(result["value"] for name, result in results.items() if "submissions drained in" in name)
    submissions = next(int(name.split()[0].replace(",", "")) for name in results if "submissions drained in" in name)
    return (
        Stage("web processes", results["submissions per second, 10 at once"]["value"]),
        Stage("installations (relay, worker, Temporal)", submissions / drained),
    )


def main() -> None:
    results = json.loads((_FOLDER / "results.json").read_text())
    mails = Stage("mail workers", results["mails to a local mail server"]["value"])
    rows = ["| | 1 × | 10 × | 100 × |", "|---|---|---|---|"]
    scales = [_MUNICIPALITIES * times for times in (1, 10, 100)]
    rows.append("| municipalities | " + " | ".join(f"{scale:,}" for scale in scales) + " |")
    rows.append(
        "| submissions of the day | " + " | ".join(f"{_reports(s) * _ON_THE_LAST_DAY:,.0f}" for s in scales) + " |"
    )
    peak = [max(arrivals(_reports(scale))) / 60 for scale in scales]
    rows.append("| submissions per second at the peak | " + " | ".join(f"{p:,.0f}" for p in peak) + " |")
    for stage in stages(results):
        one = [pass_through(stage, 1, arrivals(_reports(scale))).longest_wait for scale in scales]
        rows.append(f"| longest wait with one of the {stage.name} | " + " | ".join(_minutes(w) for w in one) + " |")
        needed = [processes_needed(stage, arrivals(_reports(scale))) for scale in scales]
        rows.append(f"| {stage.name} needed | " + " | ".join(f"{n:,}" for n in needed) + " |")
    hours = [scale * _DEPARTMENTS / mails.per_second / 3600 for scale in scales]
    rows.append("| hours until one worker has sent every first mail | " + " | ".join(f"{h:,.1f}" for h in hours) + " |")
    _PAGE.write_text(_TABLE.sub("\n".join(rows) + "\n", _PAGE.read_text()))
    typer.echo("\n".join(rows))


def _reports(municipalities: int) -> int:
    return municipalities * _MEASURES


def _minutes(seconds: float) -> str:
    return "none" if seconds < 1 else f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:,.0f} min"


if __name__ == "__main__":
    typer.run(main)
