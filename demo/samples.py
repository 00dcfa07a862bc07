"""Loads the sample city of the demo (`plans/samples/`). Never used outside the demo and tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session, select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database, narrow
from domain.clock import PlanClock
from domain.evaluation import CycleState
from domain.fiscal_year import FiscalYear
from domain.identifiers import annual_cycle_id, collection_id
from domain.organisation import OrganisationDefinition
from domain.progress_report import ReportState
from domain.roles import Office
from domain.text import Bilingual
from japan_calendar import business_calendar
from organisation_files import read_organisation
from records import cycles, people, plans
from records.change import Change
from records.organisation import import_organisation

PLANS = Path(__file__).parent.parent / "plans"


def load(
    database: Database, name: str, at: datetime, seconds_per_day: float, hash_password: Callable[[str], str]
) -> int:
    """Import a plan with its sample people, last year's answers and an open year; the plan's id."""
    definition = plan_files.read_plan(PLANS / f"{name}.yaml")
    sample = _sample(name)
    change = Change("demo", at)
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definition).id
    with database.writing(municipality) as session:
        plan = plans.import_definition(session, change, definition, Bilingual(**sample["mark"]))
        import_organisation(session, change, plan, _organisation(name))
        _set_passwords(session, passwords(name), cache(hash_password))
        _last_year(session, plan, sample["last_year"])
        clock = PlanClock(sample["clock"]["origin_at"], at, seconds_per_day)
        plans.set_clock(session, change, plan, clock)
        cycles.open_cycle(session, change, plan, sample["clock"]["fiscal_year"], clock, collect_now=True)
        return plan.id


def load_other_cities(database: Database, at: datetime, hash_password: Callable[[str], str]) -> None:
    """The other plans that come with Meguru, each city with one sample person who may look at everything."""
    sample, change = _sample("other-cities"), Change("demo", at)
    for city in sample["cities"]:
        definitions = [plan_files.read_plan(PLANS / f"{name}.yaml") for name in city["plans"]]
        with database.writing(EVERY_MUNICIPALITY) as session:
            narrow(session, plans.municipality_for(session, definitions[0]).id)
            for definition in definitions:
                plans.import_definition(session, change, definition, Bilingual(**sample["mark"]))
            hashed = hash_password(sample["password"])
            user = people.create_user(session, change, city["email"], city["name"]["ja"], Office.PLANNING, hashed)
            user.name_en = city["name"]["en"]


def passwords(name: str) -> dict[str, str]:
    """The sample people's passwords by mail address; who is not in it signs in with codes sent by mail."""
    sample, others = _sample(name), _sample("other-cities")
    own = (person.email for person in _organisation(name).people)
    found = {email: sample["password"] for email in own if email not in sample["without_password"]}
    return found | {city["email"]: others["password"] for city in others["cities"]}


def _sample(name: str) -> dict[str, Any]:
    sample: dict[str, Any] = yaml.safe_load((PLANS / "samples" / f"{name}.yaml").read_text(encoding="utf-8"))
    return sample


def _organisation(name: str) -> OrganisationDefinition:
    return read_organisation(PLANS / "samples" / f"{name}.organisation.yaml")


def _set_passwords(session: Session, passwords: dict[str, str], hash_password: Callable[[str], str]) -> None:
    for user in session.exec(select(t.User)):
        if user.email in passwords:
            user.password_hash = hash_password(passwords[user.email])
            session.add(user)


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
