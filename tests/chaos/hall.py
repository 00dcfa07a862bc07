"""A made-up hall of many departments, each of which answers for one measure. Everything in it is invented."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlmodel import col, func, select

import plan_files
import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from demo import samples
from domain.calendar import JST
from domain.clock import PlanClock
from domain.evaluation import Direction
from domain.ladder import Anchor, Ladder, Rank, Step, StepKind
from domain.lineage import LineageKind, LineageLink
from domain.organisation import (
    AppointmentDefinition,
    DepartmentDefinition,
    OrganisationDefinition,
    PersonDefinition,
    ResponsibilityDefinition,
)
from domain.plan import (
    CalendarDay,
    Edition,
    Level,
    MunicipalityDefinition,
    PlanDefinition,
    PlanNode,
    RoundDefinition,
)
from domain.roles import Office
from domain.source import Source, SourceDocument
from domain.text import Bilingual
from japan_calendar import business_calendar
from records import cycles, desk, plans, sign_in
from records.change import Change
from records.organisation import import_organisation
from tests.sample_city import MARK

CITY, PLAN, YEAR = "arashi", "chaos", 2026
CYCLE = f"annual-cycle/{CITY}/{PLAN}/{YEAR}"
COLLECTION = f"collection/{CITY}/{PLAN}/{YEAR}/yearly"
OPENS_AT = datetime(YEAR, 4, 1, 8, tzinfo=JST)
"""One hour before the round's first mails; a Wednesday."""
DAYS = 22
"""From the opening to the last step of the ladder of a report that never comes, about."""
PLANNER = "keikaku@arashi.example"
ANSWERS = {"progress": "on_track", "achievements": "窓口に端末を置きました。", "next_step": "支所にも置きます。"}
_FOUNDED = date(2020, 4, 1)
_TEN = 10
"""Departments (課) of one division (部)."""
_LADDER = Ladder(
    (
        Step("notice-opening", StepKind.NOTICE, Anchor.OPENED, 0, Rank.STAFF),
        Step("notice-before-due", StepKind.NOTICE, Anchor.DUE, -3, Rank.STAFF),
        Step("reminder", StepKind.REMINDER, Anchor.DUE, 1, Rank.STAFF),
        Step("escalation-section-head", StepKind.ESCALATION, Anchor.DUE, 2, Rank.SECTION_HEAD),
        Step("escalation-director", StepKind.ESCALATION, Anchor.DUE, 4, Rank.DIRECTOR),
        Step("escalation-planning", StepKind.ESCALATION, Anchor.DUE, 6, Rank.PLANNING),
        Step("approval-request", StepKind.APPROVAL_REQUEST, Anchor.SUBMITTED, 1, Rank.SECTION_HEAD),
        Step("return", StepKind.RETURN, Anchor.RETURNED, 0, Rank.STAFF),
    ),
    time(9),
)
_DUE_AFTER_DAYS = 8


@dataclass(frozen=True)
class Hall:
    """What the harness must know of the hall: its number, and a token for each department's staff."""

    municipality: int
    tokens: dict[int, str]


def build(database: Database, departments: int, seconds_per_day: float) -> Hall:
    """The hall with its plan, whose clock shows the opening day; nothing is open yet."""
    at, definition = wall_clock.now(), _plan(departments)
    change = Change("test", at)
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definition).id
    with database.writing(municipality) as session:
        plan = plans.import_definition(session, change, definition, MARK)
        import_organisation(session, change, plan, _organisation(departments))
        plans.set_clock(session, change, plan, PlanClock(OPENS_AT, at, seconds_per_day))
        staff = session.exec(
            select(t.Appointment.department_id, t.User.email)
            .join(t.User, col(t.User.id) == col(t.Appointment.user_id))
            .where(t.Appointment.rank == Rank.STAFF)
        ).all()
        tokens = {department: sign_in.issue_api_token(session, email, "chaos", at) for department, email in staff}
    return Hall(municipality, tokens)


def revise(database: Database, hall: Hall, departments: int) -> None:
    """改訂 while the round runs: the next edition has another code and another title for every measure."""
    definition = _plan(departments)
    (first,) = definition.editions
    after = Edition(
        code="second",
        name=Bilingual("第2版（サンプル）", "Second edition (sample)"),
        decided="2026-04",
        effective_on=date(YEAR, 4, 9),
        nodes=tuple(PlanNode(f"new-{node.code}", "measure", f"{node.title}（改称）") for node in first.nodes),
        lineage=tuple(LineageLink(LineageKind.RENAMED, (node.code,), (f"new-{node.code}",)) for node in first.nodes),
    )
    with database.writing(hall.municipality) as session:
        change = Change("test", wall_clock.now())
        plans.import_definition(session, change, replace(definition, editions=(first, after)), MARK)


def plan_time(database: Database, hall: Hall) -> datetime:
    at = wall_clock.now()
    with database.reading(hall.municipality) as session:
        return plans.clock_of(plans.find(session, PLAN), at).plan_time(at)


def last_step_at(database: Database, hall: Hall) -> datetime:
    """By then every step has been taken for the reports that never came."""
    calendar, last = business_calendar((YEAR, YEAR + 1)), max(step.business_days for step in _LADDER.steps)
    with database.reading(hall.municipality) as session:
        due = session.exec(select(func.max(t.ProgressReport.due_on))).one()
    return datetime.combine(calendar.shift(due, last), time(10), JST)


def departments_of_reports(database: Database, hall: Hall) -> dict[int, int]:
    """The reports of the round with the department that each is asked of; none while it is not open."""
    with database.reading(hall.municipality) as session:
        rows = session.exec(
            select(t.ProgressReport.id, t.UpdateRequest.department_id).join(
                t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id)
            )
        )
        return {report: department for report, department in rows if department is not None}


def close_collection(database: Database, hall: Hall) -> None:
    """The planning division closes the round and evaluates every measure; the year's report is owed then."""
    at = wall_clock.now()
    with database.writing(hall.municipality) as session:
        change, planner = Change("test", at), session.exec(select(t.User).where(t.User.email == PLANNER)).one()
        cycle = session.exec(select(t.AnnualCycle)).one()
        today = plans.clock_of(plans.find(session, PLAN), at).today(at)
        cycles.begin_evaluation(session, change, cycle, today)
        for node in cycles.missing_evaluations(session, cycle):
            desk.evaluate(session, change, planner.id, cycle.id, node, "B", Direction.CONTINUE, "", today)
        cycles.finish_evaluation(session, change, cycle, today)


def _plan(departments: int) -> PlanDefinition:
    rules = plan_files.read_plan(samples.PLANS / "iizuka-ict.yaml")  # its form and its grades are real ones
    return PlanDefinition(
        code=PLAN,
        name=Bilingual("あらし市試験計画（サンプル）", "Test plan of Arashi City (sample)"),
        municipality=MunicipalityDefinition(CITY, Bilingual("あらし市（サンプル）", "Arashi City (sample)")),
        documents=(SourceDocument("none", Bilingual("サンプル", "sample")),),
        source=Source("none", Bilingual("サンプル", "sample")),
        levels=(Level("measure", Bilingual("施策", "Measure"), is_reported=True),),
        rounds=(
            RoundDefinition(
                code="yearly",
                name=Bilingual("年度進捗報告", "Yearly progress report"),
                opens=CalendarDay(4, 1),
                due_after_days=_DUE_AFTER_DAYS,
                return_due_days=2,
                ladder=_LADDER,
            ),
        ),
        question_set=rules.question_set,
        grades=rules.grades,
        editions=(
            Edition(
                code="first",
                name=Bilingual("第1版（サンプル）", "First edition (sample)"),
                decided="2020-03",
                effective_on=_FOUNDED,
                nodes=tuple(PlanNode(_measure(i), "measure", f"施策{i}（サンプル）") for i in range(departments)),
            ),
        ),
        first_fiscal_year=2020,
        last_fiscal_year=2030,
        cycle_opens=CalendarDay(4, 1),
    )


def _organisation(departments: int) -> OrganisationDefinition:
    divisions = range((departments + _TEN - 1) // _TEN)
    return OrganisationDefinition(
        plan=PLAN,
        departments=(
            *(DepartmentDefinition(f"division-{d}", Bilingual(f"第{d}部（サンプル）"), _FOUNDED) for d in divisions),
            *(
                DepartmentDefinition(
                    f"section-{i}", Bilingual(f"第{i}課（サンプル）"), _FOUNDED, parent=f"division-{i // _TEN}"
                )
                for i in range(departments)
            ),
        ),
        people=(
            PersonDefinition(PLANNER, Bilingual("計画担当（サンプル）"), office=Office.PLANNING),
            *(_person(f"director-{d}", "部長", f"division-{d}", Rank.DIRECTOR) for d in divisions),
            *(_person(f"head-{i}", "課長", f"section-{i}", Rank.SECTION_HEAD) for i in range(departments)),
            *(_person(f"staff-{i}", "担当", f"section-{i}", Rank.STAFF) for i in range(departments)),
        ),
        responsibilities=tuple(ResponsibilityDefinition(_measure(i), f"section-{i}") for i in range(departments)),
    )


def _person(name: str, title: str, department: str, rank: Rank) -> PersonDefinition:
    appointment = AppointmentDefinition(department, rank)
    return PersonDefinition(
        f"{name}@arashi.example", Bilingual(f"{title} {name}（サンプル）"), appointments=(appointment,)
    )


def _measure(number: int) -> str:
    return f"m-{number}"
