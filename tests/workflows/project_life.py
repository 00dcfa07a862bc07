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
from domain.clock import PlanClock
from domain.key_project import Cadence, RouteOutcome, RouteStep, TrialResult
from domain.ladder import Rank
from domain.matter import MatterOutcome
from domain.organisation import (
    AppointmentDefinition,
    DepartmentDefinition,
    OrganisationDefinition,
    PersonDefinition,
)
from domain.project_rights import ProjectRights
from domain.roles import Actor, Office
from domain.text import Bilingual
from domain.trial import TrialTexts
from records import (
    check_ins,
    key_projects,
    matters,
    people,
    plans,
    seats,
    secretariats,
    teams,
    transfers,
    trials,
)
from records.change import Change
from records.key_projects import ProjectTexts
from records.organisation import import_organisation
from records.seats import Sitter
from records.teams import TeamDecision, TeamMember
from replay.agenda import Act, Entry, Moment, on
from replay.player import running
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
) -> City:
    """Play an agenda up to the end of a day; `watch` looks at the city while its processes still run.

    `by_clock` adds what needs the clock that the processes were given.
    """
    municipality = store(database)
    mailer = mailer or RememberingMailer()

    async def run() -> City:
        async with running(database, municipality, BEGINS_AT, mailer, formats) as player:
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


def plan_in(session: Session) -> t.Plan:
    return plans.find(session, PLAN.code)


def project_in(session: Session) -> t.KeyProject:
    return next(p for p in key_projects.of_plan(session, plan_in(session)) if p.code == CODE)


def user(session: Session, email: str) -> t.User:
    return session.exec(select(t.User).where(t.User.email == email)).one()


def by(session: Session, moment: Moment, email: str) -> tuple[Change, ProjectRights]:
    """A change by somebody, with the rights they have in the project that day."""
    person = user(session, email)
    actor = people.actor_of(session, person, moment.today)
    return moment.change(person), teams.rights_of(session, project_in(session), actor, moment.today)


def actor_in(session: Session, moment: Moment, email: str) -> Actor:
    return people.actor_of(session, user(session, email), moment.today)


def begin(cadence: Cadence = Cadence.WEEKLY) -> list[Entry]:
    """The project is opened, and its team founded a week later."""

    def open_(session: Session, moment: Moment) -> None:
        edition = plans.edition_in_force(session, plan_in(session), moment.today)
        state = next(n for n in plans.nodes_of(session, edition.id) if n.code == "1-1")
        assert state.origin_id is not None
        key_projects.open_project(
            session,
            moment.change(user(session, PLANNER)),
            plan_in(session),
            CODE,
            ProjectTexts("サンプル：画面越しの窓口", "窓口に来られない人も、画面越しに用事が済む", "来庁の難しい人"),
            "一つの窓口で週20件",
            "予約なしで画面越しに受ける",
            [state.origin_id],
            moment.today,
            cadence=cadence,
            mark="サンプル",
        )

    def found(session: Session, moment: Moment) -> None:
        members = [
            TeamMember(SeatRole.LEADER, user(session, LEADER).id),
            TeamMember(SeatRole.SUB_LEADER, user(session, SUB_LEADER).id),
            TeamMember(SeatRole.MEMBER, user(session, MEMBER).id),
        ]
        teams.found(
            session,
            moment.change(user(session, PLANNER)),
            project_in(session),
            "画面越しの窓口チーム（サンプル）",
            members,
            TeamDecision("課をまたぐため", "strategy-conference"),
            moment.today,
            moment.today,
        )

    return [on(BEGINS_AT.date(), 10, 20, open_), on(FOUNDED_ON, 10, 20, found)]


def answer(session: Session, moment: Moment) -> None:
    """The team answers the check-in that waits, if any."""
    check_in = check_ins.open_of(session, project_in(session))
    if check_in is not None:
        change, rights = by(session, moment, MEMBER)
        check_ins.submit(session, change, rights, check_in, ANSWERS, check_in.revision, moment.today)


def answered_daily(first: date, last: date, but_not: Callable[[date], bool] = lambda _: False) -> Iterator[Entry]:
    """Somebody looks every afternoon but on some days, and answers what waits."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if not but_not(day):
            yield on(day, 15, 20, answer)


def check_every(cadence: Cadence) -> Act:
    def set_(session: Session, moment: Moment) -> None:
        change, _ = by(session, moment, LEADER)
        key_projects.set_cadence(session, change, project_in(session), cadence, moment.today)

    return set_


def tried(title: str, began: date, result: TrialResult, learning: str, abolishes: str = "") -> Act:
    """A trial is written down when it has ended."""

    def write(session: Session, moment: Moment) -> None:
        change, rights = by(session, moment, MEMBER)
        texts = TrialTexts(
            title, "これなら使える", began, moment.today, "二週間試した", result, learning, "別のやり方", abolishes
        )
        trials.record(session, change, rights, project_in(session), texts, moment.today)

    return write


def raise_matter(title: str, step: RouteStep, wanted_by: date) -> Act:
    def raise_(session: Session, moment: Moment) -> None:
        change, rights = by(session, moment, SUB_LEADER)
        matters.raise_matter(
            session,
            change,
            rights,
            plan_in(session),
            title,
            "このように進めてよいか",
            "二つの試行の結果",
            wanted_by,
            moment.today,
            moment.calendar,
            project=project_in(session),
            proposal=step,
        )

    return raise_


TO_STOP = RouteStep(RouteOutcome.STOP, "入口が日常の仕事になった")


def set_the_clock_anew(clock: PlanClock) -> Act:
    """Every running process is told what it knew: the clock that leads from the server's time to the plan's."""

    def set_(session: Session, moment: Moment) -> None:
        plan = plan_in(session)
        plans.set_clock(session, moment.change(user(session, PLANNER)), plan, clock)
        plan.clock_origin_at = plan.clock_started_at = None  # the record of a replay lives in the plan's time
        session.add(plan)

    return set_


def body_answers(number: int, outcome: MatterOutcome, comment: str = "") -> Act:
    def answer_(session: Session, moment: Moment) -> None:
        matter = next(m for m in matters.of_plan(session, plan_in(session)) if m.number == number)
        change, _ = by(session, moment, PLANNER)
        actor = actor_in(session, moment, PLANNER)
        matters.answer(
            session, change, actor, matter, outcome, comment, "議事録", moment.today, moment.today, moment.calendar
        )

    return answer_


def transferred(email: str, to: str, rank: Rank) -> Act:
    """Somebody goes to another department on the day."""

    def transfer(session: Session, moment: Moment) -> None:
        change, _ = by(session, moment, PLANNER)
        here, there = people.department_of_code(session, "citizens"), people.department_of_code(session, to)
        transfers.transfer(session, change, user(session, email), [(here, rank)], [(there, rank)], moment.today)

    return transfer


def succeeded(email: str, successor: str) -> Act:
    def replace(session: Session, moment: Moment) -> None:
        change, _ = by(session, moment, SUB_LEADER)
        leaver = user(session, email).id
        seat = next(
            s for s in session.exec(select(t.Seat)) if s.user_id == leaver and s.team_id and not s.replaced_by_id
        )
        seats.replace(session, change, seat, Sitter(user=user(session, successor).id), moment.today)

    return replace


def dissolved(reason: str) -> Act:
    def dissolve(session: Session, moment: Moment) -> None:
        change, _ = by(session, moment, PLANNER)
        (team,) = teams.of_project(session, project_in(session))
        decision = TeamDecision(reason, "strategy-conference")
        teams.dissolve(session, change, project_in(session), team, decision, moment.today, moment.today)

    return dissolve
