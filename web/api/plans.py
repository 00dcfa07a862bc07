"""Plans and their measures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from records import listing, plans
from web.api import schemas, shapes
from web.api.access import Caller, Reading
from web.api.problems import documented
from web.context import plan_day

router = APIRouter(tags=["plans"])


@router.get("/plans", responses=documented(401, 422))
def list_plans(session: Reading, query: Annotated[schemas.ListQuery, Query()]) -> schemas.ListOf[schemas.PlanItem]:
    """The plans of the municipality, by code."""
    page = listing.all_plans(session, query.span)
    return shapes.list_of(page, query, lambda plan: shapes.plan_item(plan, plans.definition_of(plan)))


@router.get("/plans/{code}", responses=documented(401, 404, 422))
def get_plan(session: Reading, person: Caller, code: schemas.Code) -> schemas.Plan:
    """One plan with its editions, terms and rounds."""
    plan = plans.find(session, code)
    in_force = plans.edition_in_force(session, plan, plan_day(plan, person.at).today)
    return shapes.plan(plan, plans.definition_of(plan), in_force, listing.editions(session, plan))


@router.get("/plans/{code}/measures", responses=documented(401, 404, 422))
def list_measures(
    session: Reading, person: Caller, code: schemas.Code, query: Annotated[schemas.ListQuery, Query()]
) -> schemas.ListOf[schemas.Measure]:
    """The measures of the edition in force today, in the order of the plan."""
    plan = plans.find(session, code)
    today = plan_day(plan, person.at).today
    edition = plans.edition_in_force(session, plan, today)
    return shapes.list_of(query.span.of(listing.measures(session, edition.id or 0, today)), query, shapes.measure)
