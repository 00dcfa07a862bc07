"""The demo's past: what came before its first morning, played once by `replay/`; from there the living cities go on.

It is played in a process of its own (`python -m demo.past RECORD INBOX BASE_URL SECONDS_PER_DAY`), which prints how far
it has come with which plan.
"""

from __future__ import annotations

import email
import logging
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from email.utils import parsedate_to_datetime
from functools import cache, partial
from pathlib import Path

import plan_files
import wall_clock
from db import migrate
from db.session import EVERY_MUNICIPALITY, Database
from demo import samples
from demo.mailbox import Mailbox
from demo.samples import SENDER, LivingPlan
from domain.clock import PlanClock
from domain.plan import PlanDefinition
from records import plans, processes, sign_in
from records.change import Change
from replay.beginning import first_day_of_year
from replay.output import FolderMailer
from replay.players import mark_of
from replay.run import play_year

_BESIDE = "past"


def make(
    record: Path, inbox: Path, base_url: str, seconds_per_day: float, told: Callable[[str, int, date], None]
) -> None:
    """Make the demo's record and its inbox: the past of every plan, and what is under way on its first morning.

    All is made in a folder beside and the record is moved to its place last: where there is a record, it is whole.
    `told` hears how far each plan has come: its code, how many percent, the day.
    """
    beside = record.parent / _BESIDE
    for left_by_an_interrupted_start in (beside, inbox):
        shutil.rmtree(left_by_an_interrupted_start, ignore_errors=True)
    beside.mkdir(parents=True)
    played, mailer = beside / record.name, FolderMailer(SENDER, beside / "mails")
    database = Database(f"sqlite:///{played}", is_throwaway=True)
    migrate.upgrade(database.engine)
    living = [
        (one, replace(plan_files.read_plan(samples.PLANS / f"{one.code}.yaml"), is_public=True))
        for one in samples.living_plans()
    ]
    for one, plan in living:
        hears = partial(_tell, told, one, first_day_of_year(plan, one.played_from))
        until = one.played_until
        play_year(database, plan, one.played_from, mailer, base_url=base_url, until=until, told=hears)
    hash_password = cache(sign_in.hash_password)  # slow on purpose, and the same for all
    for one, plan in living:
        _go_on(database, one, plan, seconds_per_day, hash_password)
    database.dispose()
    _fill(inbox, beside / "mails")
    played.replace(record)
    shutil.rmtree(beside)


def _tell(told: Callable[[str, int, date], None], plan: LivingPlan, begins: date, day: date) -> None:
    told(plan.code, 100 * (day - begins) // (plan.played_until - begins), day)


def _go_on(
    database: Database,
    living: LivingPlan,
    plan: PlanDefinition,
    seconds_per_day: float,
    hash_password: Callable[[str], str],
) -> None:
    """From the played past to a plan that lives: passwords, a clock of its own, processes for what is under way.

    The replay has made the editions; what the book tells beside them (the status of a term, headings, notes, links)
    comes with the plan file.
    """
    at = wall_clock.now()
    change = Change("demo", at)
    with database.reading(EVERY_MUNICIPALITY) as session:
        city = plans.find(session, plan.code).municipality_id
    with database.writing(city) as session:
        stored = plans.import_definition(session, change, plan, mark_of(plan))
        samples.give_passwords(session, plan.code, hash_password)
        clock = PlanClock(living.origin_at, at, seconds_per_day)
        processes.start_again(session, change, stored, clock)
        plans.set_clock(session, change, stored, clock)


def _fill(inbox: Path, mails: Path) -> None:
    """Put the played mails into the box: in a replay, a mail's date is the plan's time, and files are named by it."""
    box = Mailbox(inbox, lambda _: wall_clock.now())
    for file in sorted(mails.iterdir()):
        content = file.read_bytes()
        box.keep(content, parsedate_to_datetime(email.message_from_bytes(content)["Date"]))


def _end_with_all_children(*_: object) -> None:
    """Whoever interrupts the past throws it away: nothing in it is worth an orderly end."""
    os.killpg(0, signal.SIGKILL)


def main(record: str, inbox: str, base_url: str, seconds_per_day: str) -> None:
    signal.signal(signal.SIGTERM, _end_with_all_children)  # the demo starts each part as the leader of a group
    logging.basicConfig(level=logging.WARNING)

    def told(plan: str, percent: int, day: date) -> None:
        print(f"{plan} {percent}% {day}", flush=True)

    make(Path(record), Path(inbox), base_url, float(seconds_per_day), told)


if __name__ == "__main__":
    main(*sys.argv[1:])
