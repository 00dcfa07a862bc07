"""The demo's past: the years before its own, played once by `replay/`, from which the living city then goes on.

It is played in a process of its own (`python -m demo.past RECORD INBOX BASE_URL SECONDS_PER_DAY`), which prints how far
it has come.
"""

from __future__ import annotations

import email
import logging
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import plan_files
import wall_clock
from db.session import EVERY_MUNICIPALITY, Database
from demo import samples
from demo.mailbox import Mailbox
from demo.samples import PLAN, SENDER
from domain.clock import PlanClock
from domain.fiscal_year import FiscalYear
from domain.plan import PlanDefinition
from records import cycles, plans, sign_in
from records.change import Change
from replay.beginning import first_day
from replay.output import RECORD
from replay.players import MARK
from replay.run import replay

_BESIDE = "past"


def make(
    record: Path, inbox: Path, base_url: str, seconds_per_day: float, told: Callable[[date, date, date], None]
) -> None:
    """Make the demo's record and its inbox: the past, and the year whose round opens at once.

    All is made in a folder beside and the record is moved to its place last: where there is a record, it is whole.
    `told` hears of the days that have come, between the first and the last.
    """
    plan, clock = plan_files.read_plan(samples.PLANS / f"{PLAN}.yaml"), samples.sample(PLAN)["clock"]
    begins, ends = first_day(plan), FiscalYear(clock["fiscal_year"]).first_day - timedelta(days=1)
    beside = record.parent / _BESIDE
    for left_by_an_interrupted_start in (beside, inbox):
        shutil.rmtree(left_by_an_interrupted_start, ignore_errors=True)
    replay(plan, ends, beside, lambda day: told(begins, day, ends), sender=SENDER, base_url=base_url)
    played = beside / PLAN
    _go_on(Database(f"sqlite:///{played / RECORD}"), plan, clock, seconds_per_day)
    _fill(inbox, played / "mails")
    (played / RECORD).replace(record)
    shutil.rmtree(beside)


def _go_on(database: Database, plan: PlanDefinition, clock: Mapping[str, Any], seconds_per_day: float) -> None:
    """From the replayed past to a city that lives: passwords, a clock of its own, an open year, neighbours.

    The replay has made the editions; what the book tells beside them (the status of the early term, headings, notes)
    comes with the plan file.
    """
    at = wall_clock.now()
    change = Change("demo", at)
    with database.reading(EVERY_MUNICIPALITY) as session:
        city = plans.find(session, PLAN).municipality_id
    with database.writing(city) as session:
        stored = plans.import_definition(session, change, plan, MARK)
        samples.give_passwords(session, PLAN, sign_in.hash_password)
        started = PlanClock(clock["origin_at"], at, seconds_per_day)
        plans.set_clock(session, change, stored, started)
        cycles.open_cycle(session, change, stored, clock["fiscal_year"], started, collect_now=True)
    samples.load_other_cities(database, at, sign_in.hash_password)
    database.dispose()


def _fill(inbox: Path, mails: Path) -> None:
    """Put the replayed mails into the box: in a replay, a mail's date is the plan's time."""
    box = Mailbox(inbox, wall_clock.now)
    for file in sorted(mails.iterdir()):
        content = file.read_bytes()
        box.keep(content, parsedate_to_datetime(email.message_from_bytes(content)["Date"]))


def _end_with_all_children(*_: object) -> None:
    """Whoever interrupts the past throws it away: nothing in it is worth an orderly end."""
    os.killpg(0, signal.SIGKILL)


def main(record: str, inbox: str, base_url: str, seconds_per_day: str) -> None:
    signal.signal(signal.SIGTERM, _end_with_all_children)  # the demo starts each part as the leader of a group
    logging.basicConfig(level=logging.WARNING)

    def told(begins: date, day: date, ends: date) -> None:
        print(f"{100 * (day - begins) // (ends - begins)}% {day}", flush=True)

    make(Path(record), Path(inbox), base_url, float(seconds_per_day), told)


if __name__ == "__main__":
    main(*sys.argv[1:])
