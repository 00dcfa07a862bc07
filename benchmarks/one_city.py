"""A made-up city with one plan, brought in by the product's own importers, and its year under way. All is invented."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

from sqlmodel import Session, col, select

import plan_files
from activities.cycle import calendar_from
from db import tables as t
from demo import samples
from domain import collection
from domain.calendar import JST
from domain.clock import PlanClock
from domain.ladder import Rank
from domain.mail_ledger import Outcome
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
from letters import single
from records import cycles, mails, people, plans, reporting, round_mails, round_state
from records.change import Change
from records.organisation import import_organisation
from tests.sample_city import MARK

PLAN, YEAR, ROUND = "benchmark", 2026, "yearly"
OPENS_AT = datetime(YEAR, 4, 1, 9, 30, tzinfo=JST)
"""Half an hour after the round's first mails; a Wednesday."""
REAL_DAY = 86_400
ANSWERS = {"progress": "on_track", "achievements": "窓口に端末を置きました。", "next_step": "支所にも置きます。"}
_FOUNDED = date(2020, 4, 1)
_BELOW_A_GOAL = 10


def planner(city: str) -> str:
    """The address of somebody of the planning division."""
    return f"keikaku@{city}.example"


def staff(city: str, department: int) -> str:
    """The address of somebody who answers for a department, of which the first is 0."""
    return f"staff-{department}@{city}.example"


def import_city(
    session: Session, change: Change, city: str, measures: int, departments: int, code: str = PLAN
) -> t.Plan:
    """Import a plan and the organisation of the city; nothing is open yet."""
    plan = plans.import_definition(session, change, definition(city, measures, code), MARK)
    import_organisation(session, change, plan, _organisation(city, measures, departments, code))
    plans.set_clock(session, change, plan, PlanClock(OPENS_AT, change.at, REAL_DAY))
    return plan


def open_year(session: Session, change: Change, plan: t.Plan) -> None:
    """The year's round is open, its first mails are sent, and every other report is there."""
    clock = plans.clock_of(plan, change.at)
    today, calendar = clock.today(change.at), calendar_from(clock.today(change.at))
    cycle, _ = cycles.open_cycle(session, change, plan, YEAR, clock)
    cycles.freeze_owners(session, change, cycle, today)
    round_ = cycles.open_round(session, change, cycle, ROUND, today, calendar)
    ladder = round_state.rules_of(round_, plans.definition_of(plan)).ladder
    due, _ = collection.mails_due(round_state.load(session, round_, ladder, calendar), clock.plan_time(change.at))
    city = plans.municipality_of(session, plan).code
    for mail in round_mails.claim_all(session, change, due, today, f"{city}.example"):
        in_hand = round_mails.begin_attempt(session, change, mail, today)
        assert in_hand is not None, "the first mails of a round are owed"
        letter = single.of_round(in_hand, f"https://{city}.example")
        mails.finish_attempt(session, change, mail, Outcome.ACCEPTED, letter.subject, letter.body, "")
    _submit_every_other(session, change, round_, today)


def _submit_every_other(session: Session, change: Change, round_: t.CollectionRound, today: date) -> None:
    asked = (
        select(t.ProgressReport, t.User)
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
        .join(t.Appointment, col(t.Appointment.department_id) == col(t.UpdateRequest.department_id))
        .join(t.User, col(t.User.id) == col(t.Appointment.user_id))
        .where(t.ProgressReport.round_id == round_.id, t.Appointment.rank == Rank.STAFF)
        .order_by(col(t.ProgressReport.id))
    )
    for report, user in session.exec(asked).all()[::2]:
        change_of_user, actor = Change(user.email, change.at, user.id), people.actor_of(session, user, today)
        reporting.submit(session, change_of_user, actor, report.id, ANSWERS, report.revision, today)


def definition(city: str, measures: int, code: str = PLAN) -> PlanDefinition:
    """Goals with ten measures each. Form, ladder and grades are those of a real plan."""
    rules = _real_plan()
    goals = range((measures + _BELOW_A_GOAL - 1) // _BELOW_A_GOAL)
    nodes = (
        *(PlanNode(f"goal-{g}", "goal", f"目標{g}（サンプル）") for g in goals),
        *(
            PlanNode(_measure(m), "measure", f"窓口の改善{m}（サンプル）", parent=f"goal-{m // _BELOW_A_GOAL}")
            for m in range(measures)
        ),
    )
    return PlanDefinition(
        code=code,
        name=Bilingual("計測用計画（サンプル）", "Plan to measure with (sample)"),
        municipality=MunicipalityDefinition(city, Bilingual(f"{city}市（サンプル）", f"{city} City (sample)")),
        documents=(SourceDocument("none", Bilingual("サンプル", "sample")),),
        source=Source("none", Bilingual("サンプル", "sample")),
        levels=(
            Level("goal", Bilingual("目標", "Goal")),
            Level("measure", Bilingual("施策", "Measure"), is_reported=True),
        ),
        rounds=(
            RoundDefinition(
                code=ROUND,
                name=Bilingual("年度進捗報告", "Yearly progress report"),
                opens=CalendarDay(4, 1),
                due_after_days=8,
                return_due_days=2,
                ladder=rules.rounds[0].ladder,
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
                nodes=nodes,
            ),
        ),
        first_fiscal_year=2020,
        last_fiscal_year=2030,
        cycle_opens=CalendarDay(4, 1),
    )


@cache
def _real_plan() -> PlanDefinition:
    return plan_files.read_plan(samples.PLANS / "iizuka-ict.yaml")


def _organisation(city: str, measures: int, departments: int, code: str) -> OrganisationDefinition:
    sections = range(departments)
    return OrganisationDefinition(
        plan=code,
        departments=(
            DepartmentDefinition("division", Bilingual("部（サンプル）"), _FOUNDED),
            *(
                DepartmentDefinition(f"section-{d}", Bilingual(f"第{d}課（サンプル）"), _FOUNDED, parent="division")
                for d in sections
            ),
        ),
        people=(
            PersonDefinition(planner(city), Bilingual("計画担当（サンプル）"), office=Office.PLANNING),
            _person(f"director@{city}.example", "部長（サンプル）", "division", Rank.DIRECTOR),
            *(
                _person(f"head-{d}@{city}.example", f"課長{d}（サンプル）", f"section-{d}", Rank.SECTION_HEAD)
                for d in sections
            ),
            *(_person(staff(city, d), f"担当{d}（サンプル）", f"section-{d}", Rank.STAFF) for d in sections),
        ),
        responsibilities=tuple(
            ResponsibilityDefinition(_measure(m), f"section-{m % departments}") for m in range(measures)
        ),
    )


def _person(email: str, name: str, department: str, rank: Rank) -> PersonDefinition:
    return PersonDefinition(email, Bilingual(name), appointments=(AppointmentDefinition(department, rank),))


def _measure(number: int) -> str:
    return f"measure-{number}"
