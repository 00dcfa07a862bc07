"""Loads the sample city of the demo (`plans/samples/`). Never used outside the demo and tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.clock import PlanClock
from domain.evaluation import CycleState
from domain.fiscal_year import FiscalYear
from domain.identifiers import annual_cycle_id, collection_id
from domain.ladder import Rank
from domain.progress_report import ReportState
from domain.roles import Office
from domain.text import Bilingual
from japan_calendar import business_calendar
from records import cycles, plans
from records.change import Change

PLANS = Path(__file__).parent.parent / "plans"
_EVER = date(2018, 4, 1)
"""From when the sample departments and appointments are valid: the first day of the plan."""


def load(
    database: Database, name: str, at: datetime, seconds_per_day: float, hash_password: Callable[[str], str]
) -> int:
    """Import a plan with its sample people, last year's answers and an open year; the plan's id."""
    definition = plan_files.read_plan(PLANS / f"{name}.yaml")
    sample = yaml.safe_load((PLANS / "samples" / f"{name}.yaml").read_text(encoding="utf-8"))
    change = Change("demo", at)
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definition).id
    with database.writing(municipality) as session:
        plan = plans.import_definition(session, change, definition, Bilingual(**sample["mark"]))
        departments = _departments(session, sample["departments"])
        _people(session, sample["people"], departments, cache(hash_password))
        nodes = {n.code: n for n in plans.measures_of(session, plans.edition_in_force(session, plan, _EVER).id)}
        owners = {r["measure"]: departments[r["department"]] for r in sample["responsibilities"]}
        for code, department in owners.items():
            session.add(t.Responsibility(node_id=nodes[code].id, department_id=department.id, valid_from=_EVER))
        _last_year(session, plan, sample["last_year"], nodes, owners)
        clock = PlanClock(sample["clock"]["origin_at"], at, seconds_per_day)
        plans.set_clock(session, change, plan, clock)
        cycles.open_cycle(session, change, plan, sample["clock"]["fiscal_year"], clock, collect_now=True)
        return plan.id


def _departments(session: Session, rows: list[dict[str, Any]]) -> dict[str, t.Department]:
    made = {
        row["code"]: t.Department(
            code=row["code"], name=row["name"]["ja"], name_en=row["name"]["en"], email=row["email"], valid_from=_EVER
        )
        for row in rows
    }
    session.add_all(made.values())
    session.flush()
    return made


def _people(
    session: Session,
    rows: list[dict[str, Any]],
    departments: dict[str, t.Department],
    hash_password: Callable[[str], str],
) -> None:
    for row in rows:
        user = t.User(
            email=row["email"],
            name=row["name"]["ja"],
            name_en=row["name"]["en"],
            language=row["language"],
            office=Office(row["office"]),
            password_hash=hash_password(row["password"]) if "password" in row else None,
        )
        session.add(user)
        session.flush()
        for held in row["appointments"]:
            department = departments[held["department"]]
            session.add(
                t.Appointment(user_id=user.id, department_id=department.id, rank=Rank(held["rank"]), valid_from=_EVER)
            )


def _last_year(
    session: Session,
    plan: t.Plan,
    last_year: dict[str, Any],
    nodes: dict[str, t.Node],
    owners: dict[str, t.Department],
) -> None:
    """A closed year with simulated answers, so that each form can show last year's beside the field."""
    fiscal_year = FiscalYear(last_year["fiscal_year"])
    rules = plans.definition_of(plan).rounds[0]
    calendar = business_calendar((fiscal_year.starts_in, fiscal_year.starts_in + 1, fiscal_year.starts_in + 2))
    opened_on = calendar.on_or_after(fiscal_year.day(rules.opens.month, rules.opens.day))
    city = session.get_one(t.Municipality, plan.municipality_id).code
    cycle = t.AnnualCycle(
        plan_id=plan.id,
        fiscal_year=fiscal_year.starts_in,
        edition_id=next(iter(nodes.values())).edition_id,
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
        owner = owners[code]
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
