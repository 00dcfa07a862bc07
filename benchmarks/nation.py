"""Every municipality of Japan on one machine: all open a round of 50 measures at once, and later all report on one day.

Opened by the scheduler's own function, relayed and carried out by the worker and the Temporal server that a city runs.
The reports of the deadline day are written into the database as the API leaves them there for the relay (what the API
itself costs is measured by `submissions`); from there on everything is the product's own.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import insert, update
from sqlmodel import Session, col, func, select
from temporalio.client import Client

import scheduler
import wall_clock
from benchmarks import country, one_city, pages
from benchmarks.country import Country
from benchmarks.figures import Figure, Of, Run, at_most
from benchmarks.installation import PlainInstallation
from benchmarks.usage import Usage
from db import migrate
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.clock import PlanClock
from domain.collection import ObligationState, RoundEvent, RoundEventKind
from domain.identifiers import RECORD
from domain.progress_report import ReportState
from temporal_client import DATA_CONVERTER
from workflows.collection import CollectionWorkflow

_MUNICIPALITIES, _FEW = 1_741, 100
_MEASURES, _DEPARTMENTS = 50, 10
_SUBMISSIONS = 50_000
_BOARDS = 20
_ASKED = 5
"""Cities whose workflow is asked afterwards whether it believes what the database says."""
_MINUTES = 15 * 60
_PARTS = ("temporal", "worker")
_REST = 0.1
"""Of one core: who uses less has done what there was to do."""
_EVENT = TypeAdapter(RoundEvent)


@dataclass(frozen=True)
class _Day:
    """How the deadline day went: seconds, what went wrong, and the slowest of twenty boards but one (ms)."""

    seconds: float
    errors: list[str]
    board: float


class _Nation:
    """An installation of so many cities, each with a plan whose round may open; the first mails are an hour away."""

    def __init__(self, folder: Path, municipalities: int) -> None:
        self.at = wall_clock.now()
        self.database = Database(f"sqlite:///{folder / 'meguru.sqlite'}")
        migrate.upgrade(self.database.engine)
        self.country: Country = country.fill(
            self.database, municipalities, measures=_MEASURES, departments=_DEPARTMENTS, at=self.at
        )
        with self.database.writing(EVERY_MUNICIPALITY) as session:
            clock = PlanClock(one_city.OPENS_AT.replace(hour=8, minute=0), self.at)
            session.execute(update(t.Plan).values(clock_origin_at=clock.origin_at))
        self.installation = PlainInstallation(folder, str(self.database.engine.url))
        self._folder = folder

    def start(self) -> None:
        for part in _PARTS:
            self.installation.start(part)
        self.installation.wait_until(lambda: "working on" in self._log("worker"), "the start")
        self._rest()

    def stop(self) -> None:
        self.installation.stop()
        self.database.dispose()

    @property
    def measures(self) -> int:
        return len(self.country.municipalities) * _MEASURES

    def open_rounds(self) -> float:
        """CPU seconds of all who take part."""
        before, own = self._cpu(), time.process_time()
        opened = scheduler.open_cycles_due(self.database, self.at)
        assert len(opened) == len(self.country.municipalities), "a cycle was not opened"
        own = time.process_time() - own
        self.installation.wait_until(
            lambda: self._rounds() == len(opened) and not self._waiting(), "the rounds", _MINUTES
        )
        self._rest()
        return self._cpu() - before + own

    def deadline_day(self, submissions: int) -> _Day:
        began = time.monotonic()
        self._submit(submissions)
        with ThreadPoolExecutor(1) as beside:
            looking: Future[float] = beside.submit(self._board)
            self.installation.wait_until(lambda: not self._waiting(), "the relay", _MINUTES)
            seconds = time.monotonic() - began
            board = looking.result()
        self._rest()
        return _Day(seconds, self._errors(), board)

    def memory(self) -> float:
        return sum(Usage.of(self.installation.pid(part)).memory for part in _PARTS)

    def _submit(self, submissions: int) -> None:
        """The same number of reports of each city, as far as that goes."""
        day = one_city.OPENS_AT.date()
        with self.database.writing(EVERY_MUNICIPALITY) as session:
            chosen = session.exec(
                select(
                    t.ProgressReport.id,
                    t.ProgressReport.municipality_id,
                    t.ProgressReport.node_id,
                    t.CollectionRound.workflow_id,
                )
                .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
                .order_by(col(t.ProgressReport.id) % _MEASURES, col(t.ProgressReport.id))
                .limit(submissions)
            ).all()
            rows = [
                {
                    "municipality_id": municipality,
                    "workflow_id": workflow_id,
                    "name": RECORD,
                    "payload": _EVENT.dump_python(
                        RoundEvent(0, RoundEventKind.SUBMITTED, day, measure=node), mode="json"
                    ),
                    "is_start": False,
                    "created_at": self.at,
                    "note": "",
                    "trace": "",
                }
                for _, municipality, node, workflow_id in chosen
            ]
            session.execute(insert(t.Outbox), rows)
            reports = [{"id": report, "state": ReportState.SUBMITTED, "submitted_on": day} for report, *_ in chosen]
            session.execute(update(t.ProgressReport), reports)

    def _board(self) -> float:
        with pages.site(self.database, self.country, len(self.country.municipalities) // 2, self.at) as site:
            took = []
            for _ in range(_BOARDS + 1):
                began = time.perf_counter()
                site.open("board")
                took.append((time.perf_counter() - began) * 1000)
        return sorted(took[1:])[-2]

    def _errors(self) -> list[str]:
        """What the relay could not deliver, what the worker complained of, and where a workflow believes otherwise."""
        with self._reading() as session:
            noted = session.exec(select(t.Outbox.workflow_id, t.Outbox.note).where(t.Outbox.note != "")).all()
        complaints = [line for line in self._log("worker").splitlines() if " ERROR " in line or "Error:" in line]
        return [*(" ".join(row) for row in noted), *complaints, *asyncio.run(self._disagreements())]

    async def _disagreements(self) -> list[str]:
        client = await Client.connect(self.installation.temporal_address, data_converter=DATA_CONVERTER)
        found, of_cities = [], self.country.municipalities
        for municipality in of_cities[:: max(len(of_cities) // _ASKED, 1)]:
            with self.database.reading(municipality) as session:
                (round_,) = session.exec(select(t.CollectionRound)).all()
                reports = session.exec(select(t.ProgressReport.node_id, t.ProgressReport.state)).all()
            believed = await client.get_workflow_handle(round_.workflow_id).query(CollectionWorkflow.state)
            assert believed is not None
            awaiting = {o.measure for o in believed.obligations if o.state is ObligationState.AWAITING_APPROVAL}
            if awaiting != {node for node, state in reports if state is ReportState.SUBMITTED}:
                found.append(f"{round_.workflow_id} believes otherwise than the database")
        return found

    def _rounds(self) -> int:
        with self._reading() as session:
            return session.exec(select(func.count()).select_from(t.CollectionRound)).one()

    def _waiting(self) -> bool:
        with self._reading() as session:
            return (
                session.exec(select(t.Outbox.id).where(col(t.Outbox.relayed_at).is_(None)).limit(1)).first() is not None
            )

    def _reading(self) -> AbstractContextManager[Session]:
        return self.database.reading(EVERY_MUNICIPALITY)

    def _log(self, part: str) -> str:
        return (self._folder / f"{part}.log").read_text(errors="replace")

    def _cpu(self) -> float:
        return sum(Usage.of(self.installation.pid(part)).cpu for part in _PARTS)

    def _rest(self) -> None:
        """Until nobody has anything more to do."""
        used = -1.0
        while self._cpu() - used > _REST:
            used = self._cpu()
            time.sleep(1)


def measure(run: Run) -> list[Figure]:
    many, few = run.size(_MUNICIPALITIES, 20), run.size(_FEW, 5)
    submissions = run.size(_SUBMISSIONS, 500)
    run.tell(f"{few} municipalities")
    with _nation(few) as nation:
        of_few = nation.open_rounds() * 1000 / nation.measures
    run.tell(f"{many:,} municipalities")
    with _nation(many) as nation:
        run.tell(f"{many:,} rounds are opened")
        of_many = nation.open_rounds() * 1000 / nation.measures
        memory = nation.memory()
        run.tell(f"{submissions:,} submissions")
        day = nation.deadline_day(submissions)
        memory = max(memory, nation.memory())
        for error in day.errors:
            run.tell(error)
    return [
        Figure(f"CPU per measure, opening {many:,} rounds", of_many, "ms", at_most(1.1), of_few, f"{few} rounds"),
        Figure("memory of Temporal's server and the worker", memory, "MB", at_most(2000, Of.VALUE)),
        Figure(f"errors while {submissions:,} submissions drain", len(day.errors), "", at_most(0, Of.VALUE)),
        Figure(f"board of one city while {submissions:,} drain, p95", day.board, "ms", at_most(200, Of.VALUE)),
        Figure(f"{submissions:,} submissions drained in", day.seconds, "s", at_most(_MINUTES, Of.VALUE)),
    ]


@contextmanager
def _nation(municipalities: int) -> Iterator[_Nation]:
    with tempfile.TemporaryDirectory(prefix="meguru-nation-") as folder:
        nation = _Nation(Path(folder), municipalities)
        try:
            nation.start()
            yield nation
        finally:
            nation.stop()
