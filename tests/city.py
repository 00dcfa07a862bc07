"""A small city for tests: two departments with their line of people, an open round, last year's answers, a neighbour.

`make_city(database)` fills a migrated, empty database. The plan lives in real time; `OPENED_AT` is the morning on
which its round opened, so a test that wants another day gives the application another `now`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.calendar import JST
from domain.clock import real_clock
from domain.ladder import Rank
from domain.plan import MunicipalityDefinition, PlanDefinition
from domain.roles import Office
from domain.text import Bilingual
from japan_calendar import business_calendar
from records import cycles, people, plans, reporting, sign_in
from records.change import Change

PLAN_FILE = Path(__file__).parents[1] / "plans" / "iizuka-ict.yaml"
OPENED_AT = datetime(2021, 1, 15, 9, 0, tzinfo=JST)
OPENED_ON = OPENED_AT.date()
DUE_ON = date(2021, 2, 15)
LAST_YEAR_AT = datetime(2020, 1, 15, 9, 0, tzinfo=JST)
CALENDAR = business_calendar(range(2019, 2024))
FOUNDED_ON = date(2018, 4, 1)
PASSWORD = "correct horse battery"
MARK = Bilingual("試験のための見本です。", "A sample for tests.")

MEASURES = {"information": ("1-1-1", "1-2-1", "1-2-4"), "citizens": ("1-2-3", "1-2-5")}
"""Department → the measures it answers for; nobody answers for the others."""

LAST_YEAR = {
    "progress": "on_track",
    "achievements": "昨年は電波の届き方を4か所で調べました。",
    "quantity_of": "調べた施設（か所）",
    "quantity": "4",
    "next_step": "7月までに施設ごとの接続数を集計します。",
}
COMPLETE = {
    "progress": "on_track",
    "promise_outcome": "7月に接続数を集計し、利用の少ない施設を決めました。",
    "achievements": "案内を掲示し、10月から全施設で使えるようにしました。",
    "quantity_of": "使える施設（か所）",
    "quantity": "１２",
    "next_step": "6月までに利用者の声を集め、設定を見直します。",
}
"""Answers that may be submitted; the quantity is typed in full width."""


@dataclass(frozen=True)
class City:
    """Ids by what they stand for. People: e-mail by role, such as `information_staff` or `planning`."""

    database: Database
    municipality: int
    neighbour: int
    plan: int
    cycle: int
    round: int
    departments: Mapping[str, int]
    requests: Mapping[str, int]
    reports: Mapping[str, int]
    neighbours_report: int
    neighbours_request: int

    def report(self, measure: str) -> t.ProgressReport:
        with self.database.reading(self.municipality) as session:
            return session.get_one(t.ProgressReport, self.reports[measure])

    def count(self, *tables: type[t.Outbox] | type[t.AuditEntry] | type[t.Submission]) -> tuple[int, ...]:
        """How many rows each table holds, in all municipalities."""
        with self.database.reading(EVERY_MUNICIPALITY) as session:
            return tuple(len(session.exec(select(table)).all()) for table in tables)

    def audited(self) -> list[str]:
        """What the audit log of the city says was done, in order."""
        with self.database.reading(self.municipality) as session:
            entries = session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence)))
            return [entry.action for entry in entries]

    def user(self, who: str) -> t.User:
        with self.database.reading(EVERY_MUNICIPALITY) as session:
            return session.exec(select(t.User).where(t.User.email == email_of(who))).one()

    def submit(self, measure: str, who: str, answers: Mapping[str, str] | None = None) -> None:
        """Submit a measure's report as it would be done on the page."""
        with self.database.writing(self.municipality) as session:
            _submit(session, self.reports[measure], self.user(who), answers or COMPLETE, OPENED_AT)


PEOPLE: Mapping[str, tuple[str, str | None, Rank | None, Office]] = {
    "information_staff": ("佐藤 花子", "information", Rank.STAFF, Office.NONE),
    "information_colleague": ("鈴木 健太", "information", Rank.STAFF, Office.NONE),
    "information_chief": ("高橋 美香", "information", Rank.SUBSECTION_CHIEF, Office.NONE),
    "information_head": ("田中 誠", "information", Rank.SECTION_HEAD, Office.NONE),
    "information_director": ("福田 邦夫", "information", Rank.DIRECTOR, Office.NONE),
    "citizens_staff": ("伊藤 直樹", "citizens", Rank.STAFF, Office.NONE),
    "citizens_head": ("山本 浩", "citizens", Rank.SECTION_HEAD, Office.NONE),
    "planning": ("中島 さくら", None, None, Office.PLANNING),
    "administrator": ("原田 賢治", None, None, Office.ADMINISTRATOR),
}
"""Who: name, department, rank, office."""
DEPARTMENTS = {"information": "情報政策課", "citizens": "市民窓口課"}


def email_of(who: str) -> str:
    return f"{who}@city.example"


def make_city(database: Database, definition: PlanDefinition | None = None) -> City:
    """The city of this module in an empty database; `definition`: its plan, if it is not the plan file's."""
    definition = definition or plan_files.read_plan(PLAN_FILE)
    other = replace(
        definition,
        code="neighbour-plan",
        municipality=MunicipalityDefinition("neighbour", Bilingual("隣市", "Neighbour City")),
    )
    neighbour = _make_municipality(
        database, other, {"neighbour_staff": ("別府 隣", "citizens", Rank.STAFF, Office.NONE)}
    )
    city = _make_municipality(database, definition, PEOPLE)
    return replace(
        city,
        neighbour=neighbour.municipality,
        neighbours_report=neighbour.reports["1-2-3"],
        neighbours_request=neighbour.requests["citizens"],
    )


def _make_municipality(
    database: Database,
    definition: PlanDefinition,
    somebody: Mapping[str, tuple[str, str | None, Rank | None, Office]],
) -> City:
    change = Change("test", LAST_YEAR_AT)
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definition).id or 0
    with database.writing(municipality) as session:
        plan = plans.import_definition(session, change, definition, MARK)
        departments = {
            code: t.Department(code=code, name=name, email=f"{code}@city.example", valid_from=FOUNDED_ON)
            for code, name in DEPARTMENTS.items()
        }
        session.add_all(departments.values())
        session.flush()
        users = {who: _person(session, who, *details, departments) for who, details in somebody.items()}
        nodes = {
            n.code: n.id for n in plans.measures_of(session, plans.edition_in_force(session, plan, OPENED_ON).id or 0)
        }
        for department, codes in MEASURES.items():
            for code in codes:
                owner = departments[department].id
                session.add(t.Responsibility(node_id=nodes[code], department_id=owner, valid_from=FOUNDED_ON))
        _last_year(session, plan, users)
        cycle, round_ = _open(session, plan, 2020, OPENED_AT)
        requests = {
            r.department_id: r.id or 0
            for r in session.exec(select(t.UpdateRequest).where(t.UpdateRequest.round_id == round_.id))
        }
        return City(
            database=database,
            municipality=municipality,
            neighbour=0,
            plan=plan.id or 0,
            cycle=cycle.id or 0,
            round=round_.id or 0,
            departments={code: row.id or 0 for code, row in departments.items()},
            requests={code: requests[row.id] for code, row in departments.items()},
            reports=_reports(session, round_),
            neighbours_report=0,
            neighbours_request=0,
        )


def _person(
    session: Session,
    who: str,
    name: str,
    department: str | None,
    rank: Rank | None,
    office: Office,
    departments: Mapping[str, t.Department],
) -> t.User:
    user = t.User(email=email_of(who), name=name, office=office, password_hash=_hashed(PASSWORD))
    session.add(user)
    session.flush()
    if department is not None and rank is not None:
        held = departments[department].id
        session.add(t.Appointment(user_id=user.id, department_id=held, rank=rank, valid_from=FOUNDED_ON))
        session.flush()
    return user


@cache
def _hashed(password: str) -> str:
    """A real hash costs 50 ms; all people share one."""
    return sign_in.hash_password(password)


def _last_year(session: Session, plan: t.Plan, users: Mapping[str, t.User]) -> None:
    """A closed year in which one measure was reported, by whoever is first."""
    cycle, round_ = _open(session, plan, 2019, LAST_YEAR_AT)
    user = next(iter(users.values()))
    measure = "1-1-1" if "information_staff" in users else "1-2-3"
    _submit(session, _reports(session, round_)[measure], user, LAST_YEAR, LAST_YEAR_AT)
    change, today = Change("test", LAST_YEAR_AT), date(2020, 3, 31)
    cycles.begin_evaluation(session, change, cycle, today)
    cycles.close_cycle(session, change, cycle, today)


def _open(session: Session, plan: t.Plan, fiscal_year: int, at: datetime) -> tuple[t.AnnualCycle, t.CollectionRound]:
    change = Change("test", at)
    cycle, _ = cycles.open_cycle(session, change, plan, fiscal_year, real_clock(at))
    cycles.freeze_owners(session, change, cycle, at.date())
    return cycle, cycles.open_round(session, change, cycle, "yearly", at.date(), CALENDAR)


def _submit(session: Session, report_id: int, user: t.User, answers: Mapping[str, str], at: datetime) -> None:
    actor = people.actor_of(session, user, at.date())
    revision = session.get_one(t.ProgressReport, report_id).revision
    reporting.submit(session, Change(user.email, at, user.id), actor, report_id, answers, revision, at.date())


def _reports(session: Session, round_: t.CollectionRound) -> dict[str, int]:
    query = select(t.Node.code, t.ProgressReport.id).join(
        t.ProgressReport, col(t.ProgressReport.node_id) == col(t.Node.id)
    )
    return {code: report or 0 for code, report in session.exec(query.where(t.ProgressReport.round_id == round_.id))}
