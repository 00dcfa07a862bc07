"""The people of the hall at work while things break: staff submit through the API, heads approve and return."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from queue import Empty, Queue
from random import Random  # noqa: TID251 (a seed makes a run come again)

import httpx2
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

import wall_clock
from db import tables as t
from db.session import Database
from domain.progress_report import NotPossible
from domain.roles import Actor
from japan_calendar import business_calendar
from records import people, plans, reporting
from records.change import Change, Conflict, NotAllowed
from tests.chaos import hall
from tests.chaos.hall import Hall
from tests.chaos.installation import Installation

_ANSWERED_BY = 0.8
"""The part of the departments that answer; the others stay silent and are sent up the line."""
_RETURNED = 0.1
_NOBODYS_TOKEN = "meguru_none"


@dataclass
class Observed:
    """What the departments saw: how often each report was acknowledged, and answers that nobody should get."""

    acknowledged: Counter[int] = field(default_factory=Counter)
    tries: int = 0
    probes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Departments:
    """Works off the reports of the round in a few threads, spread over `seconds`."""

    def __init__(
        self,
        installation: Installation,
        webs: tuple[str, ...],
        database: Database,
        hall_: Hall,
        random: Random,
        approved: float,
    ) -> None:
        self.observed = Observed()
        self._installation, self._webs, self._database, self._hall = installation, webs, database, hall_
        self._random, self._approved = random, approved
        self._to_submit: Queue[tuple[int, int]] = Queue()
        self._departments: dict[int, int] = {}
        self._stop, self._hall_is_gone = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, reports: dict[int, int], seconds: float) -> None:
        """`reports`: the department of each."""
        answering = self._random.sample(sorted(reports), int(len(reports) * _ANSWERED_BY))
        for report in answering:
            self._to_submit.put((report, reports[report]))
        self._departments = reports
        pause = seconds / max(len(answering), 1)
        self._threads = [
            threading.Thread(target=self._submit_all, args=(Random(self._random.random()), pause * 2)) for _ in range(2)
        ]
        self._threads.append(threading.Thread(target=self._look_through, args=(Random(self._random.random()), pause)))
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Submit what is left, and go home."""
        self._stop.set()
        self._join()

    def give_up(self) -> None:
        """Go home: the run has come to a bad end."""
        self._hall_is_gone.set()
        self.finish()

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _submit_all(self, random: Random, pause: float) -> None:
        while True:
            try:
                report, department = self._to_submit.get_nowait()
            except Empty:
                if self._stop.is_set():
                    return
                self._stop.wait(pause)
                continue
            self._submit(random, report, department)
            self._stop.wait(pause * random.uniform(0.5, 1.5))

    def _submit(self, random: Random, report: int, department: int) -> None:
        """A careful client: the same key until there is an answer."""
        spell = self.observed.acknowledged[report]
        match random.randrange(20):
            case 0:
                self._probe("another department's", report, self._token_of_others(random, department), (403, 404))
            case 1:
                self._probe("nobody's", report, _NOBODYS_TOKEN, (401,))
            case 2:
                self._probe("incomplete", report, self._hall.tokens[department], (422,), {"progress": "on_track"})
        while not self._hall_is_gone.is_set():
            answer = self._post(random, report, self._hall.tokens[department], f"chaos-{report}-{spell}", hall.ANSWERS)
            if answer is None or answer.status_code >= 500:
                time.sleep(0.2)
                continue
            if answer.status_code != 200:
                self.observed.wrong.append(f"report {report}: {answer.status_code} {answer.text}")
                return
            self.observed.acknowledged[report] += 1
            return

    def _probe(
        self, what: str, report: int, token: str, expected: tuple[int, ...], answers: dict[str, str] = hall.ANSWERS
    ) -> None:
        """Something that must be refused; that nobody can tell now is no refusal and no mistake."""
        answer = self._post(self._random, report, token, f"probe-{what}-{report}", answers)
        if answer is None or answer.status_code >= 500:
            return
        self.observed.probes[what] += 1
        if answer.status_code not in expected:
            self.observed.wrong.append(f"{what} report {report}: {answer.status_code} {answer.text}")
        if what == "incomplete" and not _is_japanese(answer.text):
            self.observed.wrong.append(f"the refusal of report {report} says nothing in Japanese: {answer.text}")

    def _post(
        self, random: Random, report: int, token: str, key: str, answers: dict[str, str]
    ) -> httpx2.Response | None:
        self.observed.tries += 1
        try:
            return httpx2.post(
                f"{self._installation.url(random.choice(self._webs))}/api/v1/reports",
                json={"report": report, "answers": answers, "action": "submit"},
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Accept-Language": "ja"},
                timeout=40,
            )
        except httpx2.TransportError:
            return None

    def _token_of_others(self, random: Random, department: int) -> str:
        return self._hall.tokens[random.choice([d for d in self._hall.tokens if d != department])]

    def _look_through(self, random: Random, pause: float) -> None:
        """Section heads approve some of what lies before them and return some; a returned report comes again."""
        left: set[tuple[int, int]] = set()
        while not self._stop.wait(pause):
            try:
                waiting = [r for r in self._waiting() if r not in left]
                if not waiting:
                    continue
                report, spell = random.choice(waiting)
                fate = random.random()
                if fate < _RETURNED and spell < 2:
                    self._decide(report, is_return=True)
                    self._to_submit.put((report, self._departments[report]))
                elif fate < _RETURNED + self._approved:
                    self._decide(report, is_return=False)
                else:
                    left.add((report, spell))
            except (SQLAlchemyError, NotPossible, Conflict, NotAllowed):
                continue

    def _waiting(self) -> list[tuple[int, int]]:
        with self._database.reading(self._hall.municipality) as session:
            rows = session.exec(select(t.ProgressReport).where(col(t.ProgressReport.state) == "submitted"))
            return [(r.id, self.observed.acknowledged[r.id]) for r in rows if self.observed.acknowledged[r.id]]

    def _decide(self, report: int, *, is_return: bool) -> None:
        at = wall_clock.now()
        with self._database.writing(self._hall.municipality) as session:
            plan = plans.find(session, hall.PLAN)
            today = plans.clock_of(plan, at).today(at)
            head, change = self._head(session_of=report, today=today), Change("test", at)
            if is_return:
                calendar = business_calendar((hall.YEAR, hall.YEAR + 1))
                comment = "数を書いてください。"
                definition = plans.definition_of(plan)
                reporting.return_(session, change, head, report, comment, today, calendar, definition)
            else:
                reporting.approve(session, change, head, report, today)

    def _head(self, session_of: int, today: date) -> Actor:
        department = self._departments[session_of]
        with self._database.reading(self._hall.municipality) as session:
            head = session.exec(
                select(t.User)
                .join(t.Appointment, col(t.Appointment.user_id) == col(t.User.id))
                .where(t.Appointment.department_id == department, t.Appointment.rank == "section_head")
            ).one()
            return people.actor_of(session, head, today)


def _is_japanese(text: str) -> bool:
    return any("ぁ" <= letter <= "ん" for letter in text)
