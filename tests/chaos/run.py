"""One run: a round of a made-up hall from its opening to the report of the year, while everything breaks."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random  # noqa: TID251 (a seed makes a run come again)
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select
from temporalio.client import Client

import wall_clock
from db import tables as t
from db.session import Database
from domain.collection import Obligation, Round
from domain.evaluation import CycleState
from domain.mail_ledger import MailState
from temporal_client import DATA_CONVERTER
from tests.chaos import hall, invariants
from tests.chaos.departments import Departments
from tests.chaos.failpoints import Action, Failpoint
from tests.chaos.faults import Rig, deck
from tests.chaos.installation import Installation
from tests.chaos.invariants import Evidence
from tests.chaos.mail_server import Mood
from tests.chaos.store import Store, opened

Seen = TypeVar("Seen")

_DRAWN_FOR_EACH = 3
"""Faults that nobody felt are not counted, and not drawn for ever where there is nothing left to feel them."""
_TABLES_BEFORE_THE_KILL = 40
"""The migration is killed somewhere among the first so many tables."""


@dataclass(frozen=True)
class Plan:
    """What a run shall be; the same plan breaks the same things in the same order."""

    seed: int
    faults: int
    database: str = "sqlite"
    requests: int = 200
    seconds_per_day: float = 4
    webs: int = 1
    workers: int = 1
    schedulers: int = 1
    bug: str = ""
    only: tuple[str, ...] = ()
    """Names of faults; none: all there are."""
    is_whole: bool = True
    """Whether the ladder goes up to its end and the year is closed; else it ends when nothing waits any more."""
    approved: float = 0.5
    """The part of what lies before section heads that they approve; a tenth is returned."""


@dataclass
class Result:
    """`violations` by invariant; `felt` counts the faults that somebody felt, by name."""

    plan: Plan
    violations: dict[str, list[str]] = field(default_factory=dict)
    felt: Counter[str] = field(default_factory=Counter)
    figures: dict[str, Any] = field(default_factory=dict)
    evidence: Evidence | None = None

    @property
    def is_ok(self) -> bool:
        return bool(self.violations) and not any(self.violations.values())

    def summary(self) -> dict[str, Any]:
        return {
            "seed": self.plan.seed,
            "faults": sum(self.felt.values()),
            "database": self.plan.database,
            "invariants": {name: not said for name, said in self.violations.items()},
            "figures": self.figures,
            "felt": dict(sorted(self.felt.items())),
            "violations": {name: said[:5] for name, said in self.violations.items() if said},
            "ok": self.is_ok,
        }


def play(plan: Plan, folder: Path, tell: Callable[[str], None] = lambda _: None) -> Result:
    """Play a run in an empty folder, where its logs stay."""
    began = time.monotonic()
    with opened(plan.database, folder) as store:
        database = Database(store.url)
        installation = Installation(folder, store.url, plan.bug)
        try:
            result = _Run(plan, installation, store, database, tell).play()
        finally:
            installation.stop()
            database.dispose()
    result.figures["seconds"] = round(time.monotonic() - began)
    return result


class _Run:
    """The steps of a run, in their order."""

    def __init__(
        self, plan: Plan, installation: Installation, store: Store, database: Database, tell: Callable[[str], None]
    ) -> None:
        self._plan, self._installation, self._database, self._tell = plan, installation, database, tell
        self._random = Random(plan.seed)
        self._rig = Rig(installation, store, plan.seconds_per_day, self._random)
        self._result = Result(plan)
        self._webs = _numbered("web", plan.webs)

    def play(self) -> Result:
        self._migrate()
        self._start()
        departments = Departments(
            self._installation,
            self._webs,
            self._database,
            self._hall,
            Random(self._random.random()),
            self._plan.approved,
        )
        reports = hall.departments_of_reports(self._database, self._hall)
        departments.begin(reports, hall.DAYS * self._plan.seconds_per_day * 0.6)
        try:
            self._break_things()
            drain_seconds = self._drain()
        except BaseException:
            departments.give_up()
            raise
        departments.finish()
        if self._plan.is_whole:
            self._wait(self._the_last_step_is_past, "the last step of the ladder", 300)
        self._wait(self._is_quiet, "the end of all mails")
        believed, recorded = self._both_sides()
        if self._plan.is_whole:
            self._close_the_year()
        evidence = self._result.evidence = Evidence(
            database=self._database,
            hall=self._hall,
            observed=departments.observed,
            copies=self._installation.mail.copies,
            believed=believed,
            recorded=recorded,
            drain_seconds=drain_seconds,
            written=self._written(),
        )
        self._result.violations = invariants.judge(evidence)
        self._result.figures |= self._figures(evidence)
        return self._result

    def _migrate(self) -> None:
        """The schema, whose making is killed once: the second time it must come to its end."""
        skip = self._random.randrange(_TABLES_BEFORE_THE_KILL)
        self._installation.failpoints.arm(Failpoint.IN_MIGRATION, Action.EXIT, skip=skip)
        assert self._installation.run_to_its_end("migrate") != 0, "the migration was not killed"
        self._felt(f"exit {Failpoint.IN_MIGRATION}")
        assert self._installation.run_to_its_end("migrate") == 0, "a migration that was killed cannot be repeated"

    def _start(self) -> None:
        """All parts, and then the plan, whose year the schedulers open."""
        for name in ("temporal", *self._webs, *_numbered("worker", self._plan.workers)):
            self._installation.start(name)
        self._wait(lambda: all(self._installation.readiness(web) == "ok" for web in self._webs), "the start")
        self._hall = hall.build(self._database, self._plan.requests, self._plan.seconds_per_day)
        for name in _numbered("scheduler", self._plan.schedulers):
            self._installation.start(name)
        self._wait(lambda: len(hall.departments_of_reports(self._database, self._hall)) > 0, "the opening of the round")

    def _break_things(self) -> None:
        half = (self._plan.faults - 1) // 2
        drawn = (card for card in deck(self._rig.store, self._random) if self._is_wanted(card[0]))
        for name, fault in islice(drawn, _DRAWN_FOR_EACH * self._plan.faults):
            if sum(self._result.felt.values()) == self._plan.faults - 1:  # the last comes when the year is closed
                break
            if fault(self._rig):
                self._felt(name)
            if sum(self._result.felt.values()) == half + 1:
                self._perform(lambda: hall.revise(self._database, self._hall, self._plan.requests))
            time.sleep(self._random.uniform(0, 0.5))

    def _is_wanted(self, name: str) -> bool:
        return not self._plan.only or name in self._plan.only

    def _drain(self) -> float:
        """Seconds until nothing waits any more of what waited when the last fault was over."""
        self._rig.heal()
        healed, began = wall_clock.now(), time.monotonic()

        def nothing_is_left_of_it(session: Session) -> bool:
            row = select(t.Outbox.id).where(col(t.Outbox.relayed_at).is_(None), t.Outbox.created_at <= healed)
            mail = select(t.Mail.id).where(col(t.Mail.state).in_(_UNDER_WAY), t.Mail.claimed_at <= healed)
            return session.exec(row).first() is None and session.exec(mail).first() is None

        self._wait(lambda: self._reading(nothing_is_left_of_it), "the drain", 200)
        return time.monotonic() - began

    def _both_sides(self) -> tuple[Round, tuple[Obligation, ...]]:
        # What was killed last may still be coming up: what is drained quickly does not wait for it.
        self._wait(lambda: self._installation.readiness() == "ok", "Temporal")
        believed = asyncio.run(self._believed())
        return believed, self._reading(invariants.recorded)

    async def _believed(self) -> Round:
        client = await Client.connect(self._installation.temporal_address, data_converter=DATA_CONVERTER)
        state: Round = await client.get_workflow_handle(hall.COLLECTION).query("state", result_type=Round)
        return state

    def _close_the_year(self) -> None:
        """Its documents are written; the worker dies over them once."""
        point = Failpoint.IN_DOCUMENT
        self._installation.failpoints.arm(point, Action.EXIT)
        self._perform(lambda: hall.close_collection(self._database, self._hall))
        self._wait(lambda: self._installation.failpoints.has_fired(point), "the writing of the report")
        self._felt(f"exit {point}")
        self._wait(lambda: bool(self._installation.ended()), "the worker's death")
        self._rig.bring_up()
        self._wait(lambda: self._reading(_is_closed), "the end of the year")

    def _written(self) -> dict[str, str]:
        def documents(session: Session) -> dict[str, str]:
            rows = session.exec(select(t.Document).where(t.Document.kind == "annual-report"))
            return {d.format: d.content.decode() if d.format == "html" else "" for d in rows}

        return self._reading(documents)

    def _the_last_step_is_past(self) -> bool:
        return hall.plan_time(self._database, self._hall) > hall.last_step_at(self._database, self._hall)

    def _is_quiet(self) -> bool:
        def nothing_waits(session: Session) -> bool:
            row = session.exec(select(t.Outbox.id).where(col(t.Outbox.relayed_at).is_(None))).first()
            mail = session.exec(select(t.Mail.id).where(col(t.Mail.state).in_(_UNDER_WAY))).first()
            return row is None and mail is None

        return self._reading(nothing_waits)

    def _figures(self, evidence: Evidence) -> dict[str, Any]:
        states = Counter(mail.state for mail in evidence.mails)
        mail_server = self._installation.mail
        return {
            "requests": len({r.request_id for r in evidence.reports.values()}),
            "submissions_acknowledged": sum(evidence.observed.acknowledged.values()),
            "tries_to_submit": evidence.observed.tries,
            "refusals_seen": dict(evidence.observed.probes),
            "mails": len(evidence.mails),
            **{f"mails_{state.value}": states[state] for state in MailState if states[state]},
            "copies": sum(evidence.copies.values()),
            "extra_copies": sum(copies - 1 for copies in evidence.copies.values()),
            "most_copies": max(evidence.copies.values(), default=0),
            "unknown_ends": sum(mail.unknown_ends for mail in evidence.mails),
            "smtp": {mood.value: mail_server.felt[mood] for mood in Mood if mail_server.felt[mood]},
            "audit_entries": len(evidence.entries),
            "drain_seconds": round(evidence.drain_seconds, 1),
        }

    def _felt(self, name: str) -> None:
        self._result.felt[name] += 1
        self._tell(f"{sum(self._result.felt.values())}/{self._plan.faults}  {name}")

    def _perform(self, act: Callable[[], None]) -> None:
        """Somebody at the desk, who tries again when the database is away."""
        while True:
            try:
                return act()
            except SQLAlchemyError:
                time.sleep(0.5)

    def _reading(self, look: Callable[[Session], Seen]) -> Seen:
        with self._database.reading(self._hall.municipality) as session:
            return look(session)

    def _wait(self, condition: Callable[[], bool], what: str, seconds: float = 150) -> None:
        def holds() -> bool:
            try:
                return condition()
            except SQLAlchemyError:  # the database is away for a moment
                return False

        self._installation.wait_until(holds, what, seconds)


_UNDER_WAY = (MailState.QUEUED, MailState.GATHERED, MailState.INFLIGHT)


def _is_closed(session: Session) -> bool:
    return session.exec(select(t.AnnualCycle.state)).one() is CycleState.CLOSED


def _numbered(part: str, count: int) -> tuple[str, ...]:
    return (part, *(f"{part}-{n}" for n in range(2, count + 1)))
