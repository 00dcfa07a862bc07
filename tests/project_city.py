"""A city with key projects: the plan of Tokorozawa, three departments, one project that runs and two beside it.

`make_project_city(database)` fills a migrated, empty database. The plan lives in real time; `AT` is the morning at
which tests look, so a test that wants another day gives the application another `now`. Nothing of a workflow has
happened: what it would ask for, tests ask for by `ProjectCity.ask`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

from sqlmodel import Session, select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.body import SeatRole
from domain.calendar import JST
from domain.key_project import Cadence, CheckInReason, RouteStep
from domain.ladder import Rank
from domain.plan import MunicipalityDefinition, PlanDefinition
from domain.project_rights import ProjectRights
from domain.roles import Actor, Office
from domain.text import Bilingual
from domain.trial import TrialTexts
from japan_calendar import business_calendar
from records import check_ins, key_projects, matters, people, plans, sign_in, teams, trials
from records.change import Change
from records.key_projects import ProjectTexts
from records.teams import TeamDecision, TeamMember
from tests.city import PASSWORD, City, email_of

PLAN_FILE = Path(__file__).parents[1] / "plans" / "tokorozawa-dx.yaml"
PLAN = "tokorozawa-dx"
OPENED_ON = date(2026, 5, 11)
BEGUN_ON = date(2026, 5, 18)
"""The day the team was founded; the cadence is monthly."""
AT = datetime(2026, 6, 10, 9, 0, tzinfo=JST)
TODAY = AT.date()
CALENDAR = business_calendar(range(2025, 2030))
MARK = "サンプル"
_AT_FIRST = datetime(2026, 4, 1, 9, 0, tzinfo=JST)

DEPARTMENTS = {"citizens": "市民課", "information": "情報システム課", "general": "総務課"}
PEOPLE: Mapping[str, tuple[str, str | None, Rank | None, Office]] = {
    "leader": ("大野 恵子", "citizens", Rank.DEPUTY_DIRECTOR, Office.NONE),
    "sub_leader": ("小林 修", "information", Rank.SECTION_HEAD, Office.NONE),
    "member": ("伊藤 直樹", "citizens", Rank.STAFF, Office.NONE),
    "outsider": ("森 由美", "general", Rank.STAFF, Office.NONE),
    "secretary": ("西村 剛", "general", Rank.SECTION_HEAD, Office.NONE),
    "planning": ("中島 さくら", None, None, Office.PLANNING),
    "administrator": ("原田 賢治", None, None, Office.ADMINISTRATOR),
}
"""Who: name, department, rank, office. The first three are the team of the running project."""

TEXTS = ProjectTexts(
    title="画面越しの窓口",
    hypothesis="近くの施設から画面越しに相談できれば、市役所に来るのが難しい人も手続を済ませられる。",
    beneficiaries="市役所に来るのが難しい人",
    title_en="Counter by screen",
)
GOAL = "2030年までに、相談の半分を来庁なしで終える。"
PATH = "一つの施設で試し、使われ方を見てから広げる。"

ANSWERS = {
    "state": "searching",
    "tried": "一つの施設で二週間、画面越しの相談を受けました。12件でした。",
    "learnt": "隣に職員がいると、はじめての人も最後まで進めました。",
    "decision_wanted": "continue",
    "next_step": "職員が隣に付く日を週二日つくり、件数を比べます。",
}
"""Answers to a check-in that may be sent in."""


@dataclass(frozen=True)
class ProjectCity:
    """`project` runs with a team, `other` runs too, `considered` has no team yet; of the neighbour only its ids."""

    city: City
    project: int
    other: int
    considered: int
    team: int
    neighbours_project: int
    neighbours_check_in: int

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, t.KeyProject]]:
        """A transaction of the city, with the running project."""
        with self.city.database.writing(self.city.municipality) as session:
            yield session, key_projects.find(session, self.project)

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, t.KeyProject]]:
        with self.city.database.reading(self.city.municipality) as session:
            yield session, key_projects.find(session, self.project)

    def change(self, who: str = "planning", at: datetime = AT) -> Change:
        user = self.city.user(who)
        return Change(user.email, at, user.id)

    def actor(self, session: Session, who: str, day: date = TODAY) -> Actor:
        return people.actor_of(session, self.city.user(who), day)

    def rights(self, session: Session, who: str, day: date = TODAY) -> ProjectRights:
        """What somebody may do in the running project."""
        return teams.rights_of(session, key_projects.find(session, self.project), self.actor(session, who, day), day)

    def ask(self, on: date = TODAY, reason: CheckInReason = CheckInReason.CADENCE) -> int:
        """A check-in of the running project is asked for; its id."""
        with self.writing() as (session, project):
            return check_ins.ask(session, self.change(), project, reason, on, CALENDAR).id

    def answer(
        self,
        check_in: int,
        who: str = "member",
        answers: Mapping[str, str] | None = None,
        on: date = TODAY,
    ) -> None:
        """Send a check-in in, as it would be done on the page."""
        with self.writing() as (session, _):
            row = check_ins.find(session, check_in)
            rights = self.rights(session, who, on)
            check_ins.submit(session, self.change(who), rights, row, answers or ANSWERS, row.revision, on)

    def try_out(self, texts: TrialTexts, who: str = "member", on: date = TODAY) -> int:
        """Record a trial; its id."""
        with self.writing() as (session, project):
            return trials.record(session, self.change(who), self.rights(session, who, on), project, texts, on).id

    def raise_matter(
        self,
        title: str,
        wanted_by: date,
        proposal: RouteStep | None = None,
        who: str = "leader",
        on: date = TODAY,
    ) -> int:
        """The running project lays a question before the first body; the matter's id."""
        with self.writing() as (session, project):
            plan, rights = key_projects.plan_of(session, project), self.rights(session, who, on)
            question = f"「{title}」でよろしいか、ご審議ください。"
            matter = matters.raise_matter(
                session,
                self.change(who),
                rights,
                plan,
                title,
                question,
                "試行の結果を添えます。",
                wanted_by,
                on,
                CALENDAR,
                project=project,
                proposal=proposal,
            )
            return matter.id

    def node(self, code: str) -> t.Node:
        """A theme or a desired state of the plan."""
        with self.city.database.reading(self.city.municipality) as session:
            return _nodes(session, session.get_one(t.Plan, self.city.plan))[code]


def make_project_city(database: Database) -> ProjectCity:
    """The city of this module in an empty database, and a neighbour with a project of its own."""
    definition = plan_files.read_plan(PLAN_FILE)
    neighbour = _make(
        database,
        replace(
            definition,
            code="neighbour-dx",
            municipality=MunicipalityDefinition("neighbour", Bilingual("隣市", "Neighbour City")),
        ),
        {"neighbours_planning": ("別府 隣", None, None, Office.PLANNING)},
        ("neighbours_planning",),
    )
    found = _make(database, definition, PEOPLE, ("leader", "sub_leader", "member"))
    asked = neighbour.ask()
    return replace(
        found,
        city=replace(found.city, neighbour=neighbour.city.municipality),
        neighbours_project=neighbour.project,
        neighbours_check_in=asked,
    )


_ROLES = (SeatRole.LEADER, SeatRole.SUB_LEADER, SeatRole.MEMBER)


def _make(
    database: Database,
    definition: PlanDefinition,
    somebody: Mapping[str, tuple[str, str | None, Rank | None, Office]],
    team: tuple[str, ...],
) -> ProjectCity:
    first = Change("test", _AT_FIRST)
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definition).id
    with database.writing(municipality) as session:
        plan = plans.import_definition(
            session, first, definition, Bilingual("試験のための見本です。", "A sample for tests.")
        )
        departments = {
            code: t.Department(code=code, name=name, email=f"{code}@city.example", valid_from=_AT_FIRST.date())
            for code, name in DEPARTMENTS.items()
        }
        session.add_all(departments.values())
        session.flush()
        users = {who: _person(session, who, departments, *details) for who, details in somebody.items()}
        nodes = _nodes(session, plan)
        change = Change("test", datetime(2026, 5, 11, 9, 0, tzinfo=JST))

        def opened(code: str, texts: ProjectTexts, *states: str) -> t.KeyProject:
            served = [nodes[state].origin_id or 0 for state in states]
            return key_projects.open_project(
                session, change, plan, code, texts, GOAL, PATH, served, OPENED_ON, cadence=Cadence.MONTHLY, mark=MARK
            )

        project = opened("P1", TEXTS, "1-1", "1-3")
        other = opened("P2", ProjectTexts("届くお知らせ", "選んだ分野だけが届けば、読まれるお知らせが増える。"), "1-2")
        considered = opened("P3", ProjectTexts("なくせる業務さがし", "なくせる業務を先に探せば、人手が空く。"), "3-1")
        decision = TeamDecision("課をまたぐため", "strategy-conference")
        members = [TeamMember(role, users[who].id) for role, who in zip(_ROLES, team, strict=False)]
        founded = teams.found(session, change, project, "画面越しの窓口チーム", members, decision, BEGUN_ON, BEGUN_ON)
        outside = [TeamMember(SeatRole.LEADER, name="外部 太郎", email="expert@outside.example", post="専門人材")]
        teams.found(session, change, other, "お知らせチーム", outside, decision, BEGUN_ON, BEGUN_ON)
        city = City(
            database=database,
            municipality=municipality,
            neighbour=0,
            plan=plan.id,
            cycle=0,
            round=0,
            departments={code: row.id for code, row in departments.items()},
            requests={},
            reports={},
            neighbours_report=0,
            neighbours_request=0,
        )
        return ProjectCity(city, project.id, other.id, considered.id, founded.id, 0, 0)


def _person(
    session: Session,
    who: str,
    departments: Mapping[str, t.Department],
    name: str,
    department: str | None,
    rank: Rank | None,
    office: Office,
) -> t.User:
    user = t.User(email=email_of(who), name=name, office=office, password_hash=_hashed())
    session.add(user)
    session.flush()
    if department is not None and rank is not None:
        held = departments[department].id
        session.add(t.Appointment(user_id=user.id, department_id=held, rank=rank, valid_from=_AT_FIRST.date()))
        session.flush()
    return user


@cache
def _hashed() -> str:
    """A real hash costs 50 ms; all people share one."""
    return sign_in.hash_password(PASSWORD)


def _nodes(session: Session, plan: t.Plan) -> dict[str, t.Node]:
    edition = plans.edition_in_force(session, plan, TODAY)
    return {node.code: node for node in session.exec(select(t.Node).where(t.Node.edition_id == edition.id))}
