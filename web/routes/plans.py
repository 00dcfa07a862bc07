"""The plans of the municipality: their tree, and each measure's years."""

from __future__ import annotations

from collections import defaultdict

from fastapi import APIRouter, Request, Response

from db import tables as t
from domain.plan import Level
from records import measure_history, plans
from records.change import NotFound
from web.context import Reading, SignedInPerson, language_of, plan_day
from web.pages import page
from web.paths import RowId

router = APIRouter()


@router.get("/plans")
def show_plans(request: Request, person: SignedInPerson, session: Reading) -> Response:
    found = [(plan, plans.definition_of(plan)) for plan in plans.all_of(session)]
    return page(request, "plans/list.html", plans=found)


@router.get("/plans/{code}")
def show_plan(request: Request, person: SignedInPerson, session: Reading, code: str, edition: str = "") -> Response:
    plan = plans.find(session, code)
    today = plan_day(plan, person.at).today
    in_force = plans.edition_in_force(session, plan, today)
    editions = plans.editions_of(session, plan)
    shown = next((e for e in editions if e.code == edition), None) if edition else in_force
    if shown is None:
        raise NotFound(f"edition {edition} of plan {code}")
    nodes = plans.nodes_of(session, shown.id)
    children: dict[int | None, list[t.Node]] = defaultdict(list)
    for node in nodes:
        children[node.parent_id].append(node)
    return page(
        request,
        "plans/plan.html",
        plan=plan,
        definition=plans.definition_of(plan),
        editions=editions,
        in_force=in_force,
        edition=shown,
        children=children,
        measures=sum(n.level is Level.MEASURE for n in nodes),
        owners=plans.owners_on(session, shown.id, today),
        today=today,
    )


@router.get("/plans/{code}/measures/{node_id}")
def show_measure(request: Request, person: SignedInPerson, session: Reading, code: str, node_id: RowId) -> Response:
    plan = plans.find(session, code)
    node = measure_history.find_measure(session, plan, node_id)
    today = plan_day(plan, person.at).today
    known = measure_history.years_of(session, node_id)
    visible = measure_history.visible_to(person.actor, known)
    language = language_of(request)
    definition = plans.definition_of(plan)
    return page(
        request,
        "plans/measure.html",
        plan=plan,
        definition=definition,
        node=node,
        edition=session.get_one(t.Edition, node.edition_id),
        above=plans.above(session, node),
        owner=plans.owners_on(session, node.edition_id, today).get(node_id),
        years=[(year, year.said(node, language) if year.is_handed_in else ()) for year in visible],
        hidden=len(known) - len(visible),
        grades={g.code: g for g in definition.grades},
        may_see_evaluation=lambda year: measure_history.may_see_evaluation(person.actor, year),
    )
