"""Pages of one city: alone in its database, and beside 1,740 others, each with a plan of 50 measures and an open round.

Requests go through the whole application, in one process, to the one database and to the other in turn. The city that
is looked at is the same, row by row (`benchmarks/country.py`); beside the others it stands in their middle.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import col, select

import wall_clock
from benchmarks import country, one_city
from benchmarks.country import Country
from benchmarks.figures import Figure, Of, Run, at_most
from benchmarks.statements import Statements, recorded, steps, without_index
from db import migrate
from db import tables as t
from db.session import Database
from records import sign_in
from settings import Settings
from tests.conftest import RememberingMailer
from tests.security.every_route import every_route
from web.app import create_app
from web.attempts import Attempts
from web.context import SESSION_COOKIE

_PLANS = 1_741
"""As many municipalities as Japan has."""
_SESSION_HOURS = 10
GROWTH = 1.1
"""What is read besides rows of the city: a few steps more for a deeper table."""
_LATER = timedelta(minutes=5)
"""Long enough after the sign-in that a request notes that the session is still used."""


@dataclass(frozen=True)
class Site:
    """The application over a database, with the browser of one city's planning division."""

    app: FastAPI
    database: Database
    browser: TestClient
    pages: Mapping[str, str]
    """Name → address, of those that are measured."""
    others: Mapping[str, str]
    """Route → address, of whatever else the planning division may open."""

    def open(self, page: str) -> None:
        self.app.state.attempts = Attempts()  # whoever looks up so much in a minute is more than one person
        answer = self.browser.get(self.pages.get(page) or self.others[page])
        assert answer.status_code < 500, f"{page}: {answer.status_code}"
        assert answer.status_code == 200 or page in self.others, f"{page}: {answer.status_code}"

    def seconds(self, page: str) -> float:
        began = time.perf_counter()
        self.open(page)
        return time.perf_counter() - began

    def statements(self, page: str) -> Statements:
        with recorded(self.database.engine) as found:
            self.open(page)
        return found

    def steps(self, page: str) -> int:
        return steps(self.database.engine, lambda: self.open(page))


@contextmanager
def opened(file: Path) -> Iterator[Database]:
    """A database that nobody is connected with afterwards, so that its file may be copied."""
    database = Database(f"sqlite:///{file}")
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def site(database: Database, of: Country, number: int, at: datetime) -> Iterator[Site]:
    """The application at an instant, opened by the planning division of one of the cities."""
    with database.writing(of.municipalities[number]) as session:
        user = session.exec(select(t.User).where(t.User.email == of.planner(number))).one()
        token = sign_in.start_session(session, user, at - _LATER, _SESSION_HOURS).token
        ids = {
            "code": one_city.PLAN,
            "format": "csv",
            "node_id": session.exec(select(t.Node.id).where(col(t.Node.is_reported)).order_by(col(t.Node.id))).first(),
            "cycle_id": session.exec(select(t.AnnualCycle.id)).first(),
            "round_id": session.exec(select(t.CollectionRound.id)).first(),
            "request_id": session.exec(select(t.UpdateRequest.id).order_by(col(t.UpdateRequest.id))).first(),
            "report_id": session.exec(select(t.ProgressReport.id).order_by(col(t.ProgressReport.id))).first(),
            "mail_id": session.exec(select(t.Mail.id).order_by(col(t.Mail.id))).first(),
            "department_id": session.exec(select(t.Department.id).order_by(col(t.Department.id))).first(),
        }
    app = create_app(Settings(), database, RememberingMailer())
    app.state.parts = replace(app.state.parts, now=lambda: at)
    pages = {
        "board": "/desk/board",
        "board of a round": f"/desk/cycles/{ids['cycle_id']}",
        "plan page": f"/plans/{one_city.PLAN}",
        "measure page": f"/plans/{one_city.PLAN}/measures/{ids['node_id']}",
        "search": "/search?q=窓口",
    }
    routes = [route for route in every_route(app) if route.method == "GET" and not route.is_api]
    others = {route.path: route.address(ids) for route in routes if ids.keys() >= set(route.parameters)}
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as browser:
        browser.cookies.set(SESSION_COOKIE, token)
        yield Site(app, database, browser, pages, others)


def measure(run: Run) -> list[Figure]:
    plans, times = run.size(_PLANS, 40), run.size(60, 8)
    at = wall_clock.now()
    with TemporaryDirectory(prefix="meguru-pages-") as folder, ExitStack() as stack:
        run.tell(f"{plans:,} municipalities")
        alone, beside = (Path(folder) / name for name in ("alone.sqlite", "beside.sqlite"))
        with opened(alone) as database:
            migrate.upgrade(database.engine)
            of_one = country.fill(database, 1, prepare=one_city.open_year, at=at)
        shutil.copy(alone, beside)
        with opened(beside) as database:
            of_many = country.multiply(database, plans)
        one = stack.enter_context(site(stack.enter_context(opened(alone)), of_one, 0, at + _LATER))
        many = stack.enter_context(site(stack.enter_context(opened(beside)), of_many, plans // 2, at + _LATER))
        figures = []
        for page in many.pages:
            run.tell(page)
            figures += _of_page(page, many, one, times, plans)
        run.tell("every page")
        several = [*many.pages, *(() if run.quick else many.others)]
        return [*figures, _grown_most(several, many, one, run), _without_index(several, many)]


def _of_page(page: str, many: Site, one: Site, times: int, plans: int) -> list[Figure]:
    for _ in range(2):  # the first visit writes the statements and reads templates
        many.open(page)
        one.open(page)
    pairs = [_pair(page, many, one, turn) for turn in range(times)]
    beside, alone = (_p95([pair[i] for pair in pairs]) * 1000 for i in range(2))
    queries = [len(each.statements(page).said) for each in (many, one)]
    return [
        Figure(f"{page}: p95 at {plans:,} plans", beside, "ms", at_most(2), alone, "one plan"),
        Figure(f"{page}: queries", queries[0], "", at_most(1), queries[1], "one plan"),
    ]


def _pair(page: str, many: Site, one: Site, turn: int) -> tuple[float, float]:
    """Who is asked first changes every time."""
    if turn % 2:
        alone = one.seconds(page)
        return many.seconds(page), alone
    return many.seconds(page), one.seconds(page)


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1]


def _grown_most(pages: Sequence[str], many: Site, one: Site, run: Run) -> Figure:
    """An index may be used and still lead through the rows of every city: the steps of the database tell."""
    work: dict[str, tuple[int, int]] = {}
    for page in pages:
        for each in (many, one):
            each.open(page)
        work[page] = many.steps(page), one.steps(page)
    name = max(work, key=lambda page: work[page][0] / max(work[page][1], 1))
    run.tell(f"grown most: {name}")
    steps_of_many, steps_of_one = work[name]
    kind = "database's steps for a page, of all pages the one that grew most"
    return Figure(kind, steps_of_many, "steps", at_most(GROWTH), max(steps_of_one, 1), "one plan")


def _without_index(pages: Sequence[str], many: Site) -> Figure:
    with recorded(many.database.engine) as found:
        for page in pages:
            many.open(page)
    whole = without_index(many.database.engine, found)
    return Figure("statements of pages that read a whole table", len(whole), "", at_most(0, Of.VALUE))
