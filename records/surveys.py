"""Surveys of a plan that come in at the desk: added beside those of the plan file, or put in the place of one."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session, select

import plan_files
from db import tables as t
from domain import survey as rules
from domain.plan import PlanDefinition
from domain.reference import Survey
from domain.roles import Actor
from records import audit, plans
from records.change import Change, Conflict, NotAllowed, NotFound


def find(definition: PlanDefinition, code: str) -> Survey:
    """Raises `NotFound`."""
    found = next((s for s in definition.surveys if s.code == code), None)
    if found is None:
        raise NotFound(f"survey {code} of plan {definition.code}")
    return found


def last_of(definition: PlanDefinition, series: str = "") -> Survey | None:
    """The newest survey, of a series if one is named: the next one is filled in beside it."""
    several = [s for s in definition.surveys if not series or s.series == series]
    return next(iter(rules.in_order(several)), None)


def series_of(definition: PlanDefinition) -> tuple[Survey, ...]:
    """The newest survey of each series, the newest series first."""
    newest: dict[str, Survey] = {}
    for one in rules.in_order(definition.surveys):
        if one.series:
            newest.setdefault(one.series, one)
    return tuple(newest.values())


def keep(session: Session, change: Change, actor: Actor, plan: t.Plan, survey: Survey, *, replaces: bool) -> None:
    """Add a survey to the plan, or put it in the place of the one with its code.

    Raises `Conflict` with `survey_code_taken` where it would replace one without being asked to.
    """
    if not actor.is_planning:
        raise NotAllowed("surveys")
    session.exec(select(t.Plan.id).where(t.Plan.id == plan.id).with_for_update())
    session.refresh(plan)
    definition = plans.definition_of(plan)
    known = {s.code: s for s in definition.surveys}
    if survey.code in known and not replaces:
        raise Conflict("survey_code_taken")
    surveys = tuple(survey if s.code == survey.code else s for s in definition.surveys)
    if survey.code not in known:
        surveys = (*surveys, survey)
    plan.definition = plan_files.to_json(replace(definition, surveys=surveys))
    session.add(plan)
    session.flush()
    audit.write(
        session,
        change,
        "survey.replaced" if survey.code in known else "survey.added",
        f"{plan.code}/surveys/{survey.code}",
        questions=len(survey.questions),
        answers=sum(len(q.answers) for q in survey.questions),
    )
