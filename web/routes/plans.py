"""The plans of the municipality: the tree of each edition, and what one of its nodes is and was."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from domain.opinion import source_label
from records import change_log, indicators, lineage, measure_history, opinion_lists, plan_pages, plans
from web.context import Reading, SignedInPerson, language_of
from web.glossary import Glossary
from web.mine import mine_of
from web.pages import page
from web.paths import RowId
from web.series_view import series_views

router = APIRouter()


@router.get("/plans")
def show_plans(request: Request, person: SignedInPerson, session: Reading) -> Response:
    cards = plan_pages.cards(session, person.at)
    return page(request, "plans/list.html", cards=cards, mine=mine_of(session, person))


@router.get("/plans/{code}")
def show_plan(
    request: Request, person: SignedInPerson, session: Reading, code: str, edition: str = "", done: str = ""
) -> Response:
    frame = plan_pages.frame(session, code, person.at)
    shown = frame.edition(edition)
    tree = plan_pages.tree(session, shown.id)
    return page(
        request,
        "plans/plan.html",
        frame=frame,
        part="tree",
        edition=shown,
        details=lineage.edition_of(shown),
        tree=tree,
        nodes=plan_pages.everything(tree),
        views=plan_pages.views_of(frame.definition, tree),
        owners=plans.owners_on(session, shown.id, frame.today),
        glossary=Glossary(frame.definition.glossary, language_of(request)),
        changes=change_log.changes_of_plan(session, frame.plan),
        unrevised=change_log.unrevised(session, frame.plan),
        done=done,
    )


@router.get("/plans/{code}/measures/{node_id}")
def show_measure(request: Request, person: SignedInPerson, session: Reading, code: str, node_id: RowId) -> Response:
    """A node of any level; those that departments report on show their years as well."""
    frame = plan_pages.frame(session, code, person.at)
    node = measure_history.find_node(session, frame.plan, node_id)
    language = language_of(request)
    edition = next(e for e in frame.editions if e.id == node.edition_id)
    tree = plan_pages.tree(session, edition.id)
    placed = next(p for p in plan_pages.everything(tree) if p.row.id == node_id)
    told = lineage.read(session, frame.plan)
    life = told.life_of(node)
    stood = {(station.edition, station.code) for station in life.stations}
    known = measure_history.years_of(session, node)
    visible = measure_history.visible_to(person.actor, known)
    return page(
        request,
        "plans/measure.html",
        frame=frame,
        part="measure",
        node=node,
        placed=placed,
        edition=edition,
        above=plan_pages.above(tree, node),
        views=plan_pages.views_of(frame.definition, tree),
        fields=plan_pages.fields_in_use(session, frame.plan),
        owner=plans.owners_on(session, edition.id, frame.today).get(node_id),
        lineage=told,
        steps=told.steps(life),
        namesakes=told.namesakes(life),
        links=plan_pages.links_of_life(session, node),
        series=series_views(indicators.of_life(session, node), frame.definition, frame.today),
        achievements=plan_pages.by_time(plan_pages.achievements_of_life(session, node), frame.definition),
        evaluations=[e for e in frame.definition.term_evaluations if (e.edition, e.node) in stood],
        opinions=opinion_lists.of_measure(session, node),
        opinion_source=source_label,
        years=[(year, year.said(node, language) if year.is_handed_in else ()) for year in visible],
        hidden=len(known) - len(visible),
        may_see_evaluation=lambda year: measure_history.may_see_evaluation(person.actor, year),
        definition_of=plans.definition_of,
        known_plans={p.code for p in plans.every(session)},
        glossary=Glossary(frame.definition.glossary, language),
    )
