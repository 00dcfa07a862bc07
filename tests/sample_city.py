"""The sample city as tests want it: a written last year, FY2020 open, and nothing that a workflow has done yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from demo import samples
from domain.calendar import JST
from domain.clock import PlanClock
from domain.evaluation import CycleState
from domain.fiscal_year import FiscalYear
from domain.identifiers import annual_cycle_id, collection_id
from domain.progress_report import ReportState
from domain.text import Bilingual
from japan_calendar import business_calendar
from organisation_files import read_organisation
from records import cycles, plans
from records.change import Change
from records.organisation import import_organisation

FISCAL_YEAR = 2020
BEGINS_AT = datetime(2021, 1, 15, 9, tzinfo=JST)
"""The morning on which the round of the open year opens."""
MARK = Bilingual(
    "部署名・氏名はサンプル、報告の内容は模擬データで、実在の組織・人物・実績とは関係ありません。",
    "Departments and people are samples and the reports are simulated data, unrelated to any real organisation, "
    "person or result.",
)


def load(
    database: Database, name: str, at: datetime, seconds_per_day: float, hash_password: Callable[[str], str]
) -> int:
    """Import a plan with its sample people, last year's answers and an open year; the plan's id."""
    definition = plan_files.read_plan(samples.PLANS / f"{name}.yaml")
    change = Change("demo", at)
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definition).id
    with database.writing(municipality) as session:
        plan = plans.import_definition(session, change, definition, MARK)
        organisation = read_organisation(samples.PLANS / "samples" / f"{name}.organisation.yaml")
        import_organisation(session, change, plan, organisation)
        samples.give_passwords(session, name, hash_password)
        _last_year(session, plan, samples.sample(name)["last_year"])
        clock = PlanClock(BEGINS_AT, at, seconds_per_day)
        plans.set_clock(session, change, plan, clock)
        cycles.open_cycle(session, change, plan, FISCAL_YEAR, clock, collect_now=True)
        return plan.id


def _last_year(session: Session, plan: t.Plan, last_year: dict[str, Any]) -> None:
    """A closed year with simulated answers, so that each form can show last year's beside the field."""
    fiscal_year = FiscalYear(last_year["fiscal_year"])
    edition = plans.edition_in_force(session, plan, fiscal_year.first_day)
    nodes = {n.code: n for n in plans.measures_of(session, edition.id)}
    owners = plans.owners_on(session, edition.id, fiscal_year.first_day)
    rules = plans.definition_of(plan).rounds[0]
    calendar = business_calendar((fiscal_year.starts_in, fiscal_year.starts_in + 1, fiscal_year.starts_in + 2))
    opened_on = calendar.on_or_after(fiscal_year.day(rules.opens.month, rules.opens.day))
    city = session.get_one(t.Municipality, plan.municipality_id).code
    cycle = t.AnnualCycle(
        plan_id=plan.id,
        fiscal_year=fiscal_year.starts_in,
        edition_id=edition.id,
        workflow_id=annual_cycle_id(city, plan.code, fiscal_year.starts_in),
        state=CycleState.CLOSED,
        opened_on=fiscal_year.first_day,
        opened_by="demo",
        closed_on=fiscal_year.last_day,
    )
    session.add(cycle)
    session.flush()
    round_ = t.CollectionRound(
        plan_id=plan.id,
        fiscal_year=fiscal_year.starts_in,
        cycle_id=cycle.id,
        code=rules.code,
        workflow_id=collection_id(city, plan.code, fiscal_year.starts_in, rules.code),
        opened_on=opened_on,
        due_on=calendar.shift(opened_on, rules.due_after_days),
        closed_on=fiscal_year.last_day,
        question_set=plan.definition["question_set"],
    )
    session.add(round_)
    session.flush()
    requests: dict[int, t.UpdateRequest] = {}
    for code, answers in last_year["answers"].items():
        owner = owners[nodes[code].id]
        if owner.id not in requests:
            requests[owner.id] = t.UpdateRequest(round_id=round_.id, department_id=owner.id, opened_on=opened_on)
            session.add(requests[owner.id])
            session.flush()
        session.add(t.CycleMeasure(cycle_id=cycle.id, node_id=nodes[code].id, department_id=owner.id))
        session.add(
            t.ProgressReport(
                round_id=round_.id,
                request_id=requests[owner.id].id,
                node_id=nodes[code].id,
                state=ReportState.CONFIRMED,
                answers={key: str(value) for key, value in answers.items()},
                revision=1,
                due_on=round_.due_on,
                since_on=round_.due_on,
                submitted_on=round_.due_on,
            )
        )
