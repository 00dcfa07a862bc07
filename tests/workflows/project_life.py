"""A Tokorozawa with one key project, in skipped time, by an agenda of dated acts. Everybody in it is invented."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session, col, select
from temporalio.client import Client, WorkflowHistory

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database, narrow
from documents.formats import Format
from domain.body import SeatRole
from domain.calendar import JST
from domain.clock import SECONDS_PER_DAY, PlanClock
from domain.key_project import Cadence, EventKind, RouteOutcome, RouteStep, TrialResult
from domain.ladder import Rank
from domain.matter import MatterOutcome
from domain.organisation import (
    AppointmentDefinition,
    DepartmentDefinition,
    OrganisationDefinition,
    PersonDefinition,
)
from domain.roles import Office
from domain.text import Bilingual
from domain.trial import TrialTexts
from records import people, plans, seats, secretariats
from records.change import Change
from records.key_projects import ProjectTexts
from records.organisation import import_organisation
from records.seats import Sitter
from records.teams import TeamDecision
from replay.agenda import Act, Entry, Moment, on
from replay.player import running
from replay.project_acts import Cast, ProjectActs
from tests.conftest import RememberingMailer

PLAN = plan_files.read_plan(Path(__file__).parents[2] / "plans" / "tokorozawa-dx.yaml")
BEGINS_AT = datetime(2026, 4, 1, tzinfo=JST)
FOUNDED_ON = date(2026, 4, 8)
CODE = "S-1"
PROJECT = f"key-project/tokorozawa/tokorozawa-dx/{CODE}"

PLANNER = "kikaku@tokorozawa.example"
LEADER = "leader@tokorozawa.example"
SUB_LEADER = "sub@tokorozawa.example"
MEMBER = "member@tokorozawa.example"
SUCCESSOR = "successor@tokorozawa.example"
CHAIR = "chair@tokorozawa.example"
OFFICE = "digital@tokorozawa.example"

ANSWERS = {
    "state": "moving",
    "tried": "窓口一つで二週間試しました。",
    "learnt": "隣に職員がいると使えます。",
    "decision_wanted": "continue",
    "next_step": "週二日、職員が隣に付きます。",
}


T = TypeVar("T")


@dataclass
class City:
    """The city after its agenda was played, with the histories of its processes, run after run."""

    database: Database
    municipality: int
    mailer: RememberingMailer
    histories: dict[str, list[WorkflowHistory]] = field(repr=False)

    def read(self, what: Callable[[Session], T]) -> T:
        with self.database.reading(self.municipality) as session:
            return what(session)

    def mails(self, recipient: str, word: str = "") -> list[tuple[date, str]]:
        """What reached somebody, by plan day and subject, in order."""
        return self.read(
            lambda session: [
                (mail.claimed_on, mail.subject)
                for mail in session.exec(select(t.Mail).order_by(col(t.Mail.id)))
                if mail.recipient == recipient and word in mail.subject and mail.sent_at is not None
            ]
        )


def store(database: Database) -> int:
    """The plan and its people in an empty database; the municipality."""
    change = Change("test", BEGINS_AT)
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, PLAN).id
        narrow(session, municipality)
        plan = plans.import_definition(session, change, PLAN, Bilingual("模擬データ", "simulated"))
        import_organisation(session, change, plan, ORGANISATION)
        digital = people.department_of_code(session, "digital")
        secretariats.set(session, change, plan, "strategy-committee", digital, BEGINS_AT.date())
        for body in ("strategy-committee", "strategy-conference", "policy-council"):
            chair = Sitter(name=f"{body}の長（サンプル）", email=f"{body}.{CHAIR}", post="模擬")
            seats.take(session, change, plan, body, chair, BEGINS_AT.date(), role=SeatRole.CHAIR)
    return municipality


def _person(email: str, name: str, department: str, rank: Rank) -> PersonDefinition:
    appointments = (AppointmentDefinition(department, rank),)
    return PersonDefinition(email, Bilingual(f"{name}（サンプル）"), "ja", Office.NONE, appointments)


ORGANISATION = OrganisationDefinition(
    plan=PLAN.code,
    departments=tuple(
        DepartmentDefinition(
            code, Bilingual(f"{name}（サンプル）"), date(2024, 4, 1), email=f"{code}@tokorozawa.example"
        )
        for code, name in (("digital", "デジタル戦略課"), ("citizens", "市民窓口課"), ("elsewhere", "ほかの課"))
    ),
    people=(
        PersonDefinition(PLANNER, Bilingual("企画担当（サンプル）"), "ja", Office.PLANNING),
        _person(LEADER, "次長", "citizens", Rank.DEPUTY_DIRECTOR),
        _person(SUB_LEADER, "副リーダー", "citizens", Rank.SECTION_HEAD),
        _person(MEMBER, "担当者", "citizens", Rank.STAFF),
        _person(SUCCESSOR, "後任の次長", "elsewhere", Rank.DEPUTY_DIRECTOR),
        _person(OFFICE, "事務局の担当者", "digital", Rank.STAFF),
    ),
)


def play(
    database: Database,
    agenda: Sequence[Entry],
    until: date,
    *,
    watch: Callable[[City], None] = lambda _: None,
    processes: Sequence[str] = (PROJECT,),
    formats: tuple[Format, ...] = (),
    by_clock: Callable[[PlanClock], Sequence[Entry]] = lambda _: (),
    mailer: RememberingMailer | None = None,
    seconds_per_day: float = SECONDS_PER_DAY,
) -> City:
    """Play an agenda up to the end of a day; `watch` looks at the city while its processes still run.

    `by_clock` adds what needs the clock that the processes were given.
    """
    municipality = store(database)
    mailer = mailer or RememberingMailer()

    async def run() -> City:
        async with running(
            database, municipality, BEGINS_AT, mailer, formats, seconds_per_day=seconds_per_day
        ) as player:
            acts = [*agenda, *by_clock(player.time.clock)]
            await player.play(acts, datetime.combine(until, datetime.max.time(), JST), lambda _: None)
            city = City(database, municipality, mailer, {})
            watch(city)
            for process in processes:
                city.histories[process] = await _runs(player.client, process)
            return city

    return asyncio.run(run())


async def _runs(client: Client, process: str) -> list[WorkflowHistory]:
    """The history of every run of a process, the first one first."""
    found: list[WorkflowHistory] = []
    run: str | None = None
    while not found or run:
        history = await client.get_workflow_handle(process, run_id=run).fetch_history()
        found.insert(0, history)
        run = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return found


CAST = Cast(PLANNER, (LEADER, SUB_LEADER, MEMBER))
ACTS = ProjectActs(PLAN.code, CODE, CAST)
TO_STOP = RouteStep(RouteOutcome.STOP, "入口が日常の仕事になった")

answer = ACTS.answer(ANSWERS)
check_every = ACTS.check_every
succeeded = ACTS.succeeded


def project_in(session: Session) -> t.KeyProject:
    return ACTS.project_in(session)


def begin(cadence: Cadence = Cadence.WEEKLY) -> list[Entry]:
    """The project is opened, and its team founded a week later."""
    texts = ProjectTexts("サンプル：画面越しの窓口", "窓口に来られない人も、画面越しに用事が済む", "来庁の難しい人")
    opened = ACTS.open(texts, "一つの窓口で週20件", "予約なしで画面越しに受ける", ["1-1"], cadence)
    founded = ACTS.found("画面越しの窓口チーム（サンプル）", TeamDecision("課をまたぐため", "strategy-conference"))
    return [on(BEGINS_AT.date(), 10, 20, opened), on(FOUNDED_ON, 10, 20, founded)]


def answered_daily(first: date, last: date, but_not: Callable[[date], bool] = lambda _: False) -> Iterator[Entry]:
    """Somebody looks every afternoon but on some days, and answers what waits."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if not but_not(day):
            yield on(day, 15, 20, answer)


def day_by_day(first: date, last: date) -> Iterator[Entry]:
    """Nothing but days that pass: the server that skips time has half a minute for each skip, however much it does."""

    def nothing(session: Session, moment: Moment) -> None:
        pass

    for number in range((last - first).days + 1):
        yield on(first + timedelta(days=number), 12, 10, nothing)


def tried(title: str, began: date, ended: date, result: TrialResult, learning: str, abolishes: str = "") -> Act:
    """A trial is written down when it has ended."""
    texts = TrialTexts(title, "これなら使える", began, ended, "二週間試した", result, learning, "別のやり方", abolishes)
    return ACTS.tried(texts)


def raise_matter(title: str, step: RouteStep, wanted_by: date) -> Act:
    return ACTS.raise_matter(title, "このように進めてよいか", "二つの試行の結果", step, wanted_by)


def body_answers(number: int, outcome: MatterOutcome) -> Act:
    return ACTS.body_answers(number, outcome, "", "議事録")


def transferred(email: str, to: str, rank: Rank) -> Act:
    return ACTS.transferred(email, "citizens", to, rank)


def dissolved(reason: str) -> Act:
    return ACTS.dissolve(TeamDecision(reason, "strategy-conference"))


def happened(kind: EventKind, calls_on: date, *, here: bool = False) -> Act:
    return ACTS.happened(kind, "模擬のきっかけ", "", calls_on, here=here)


def set_the_clock_anew(clock: PlanClock) -> Act:
    """Every running process is told what it knew: the clock that leads from the server's time to the plan's."""

    def set_(session: Session, moment: Moment) -> None:
        plan = ACTS.plan_in(session)
        plans.set_clock(session, moment.change(ACTS.user(session, PLANNER)), plan, clock)
        plan.clock_origin_at = plan.clock_started_at = None  # the record of a replay lives in the plan's time
        session.add(plan)

    return set_
