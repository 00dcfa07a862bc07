"""正誤: what was printed wrongly in the edition in force is put right by a further edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain import proposal
from domain.plan import PlanNode
from domain.revision import Successor
from domain.text import half_width, typed_text
from records import next_edition, plan_reading, plans
from records.change import Conflict, DoesNotFit
from records.reviews import NotDecided
from web.context import ChangingPlanningPerson, Person, PlanningPerson, Reading, Writing, language_of, plan_day
from web.forms.posted import Posted
from web.labels import refusal_in_words
from web.pages import page
from web.paths import RowId
from web.refused import say

router = APIRouter()

_FIELDS = ("code", "title", "title_en")
Chosen = Annotated[list[RowId] | None, Query()]


@router.get("/desk/plans/{code}/correction")
def show_form(
    request: Request, person: PlanningPerson, session: Reading, code: str, measure: Chosen = None
) -> Response:
    """The measures of the edition in force to choose from; with some chosen, the form that corrects them."""
    return _page(request, person, session, plans.find(session, code), measure or [])


@router.post("/desk/plans/{code}/correction")
def correct(request: Request, person: ChangingPlanningPerson, session: Writing, code: str, posted: Posted) -> Response:
    plan = plans.find(session, code)
    today = plan_day(plan, person.at).today
    chosen = [int(typed) for typed in map(str, posted.getlist("measure")) if typed.isascii() and typed.isdigit()]
    names = ["reason", *(f"{name}_{node}" for node in chosen for name in _FIELDS)]
    typed = {name: typed_text(str(posted.get(name, ""))) for name in names}
    in_force = plans.edition_in_force(session, plan, today)
    printed = _printed(session, plan, in_force)
    problems = {} if typed["reason"] else {"reason": say(request, "reason_missing")}
    corrected: dict[str, Successor] = {}
    for node in (n for n in plans.measures_of(session, in_force.id) if n.id in chosen):
        as_printed = proposal.as_it_is(printed[node.code])
        wrong = {f"{name}_{node.id}": f"{name}_missing" for name in ("code", "title") if not typed[f"{name}_{node.id}"]}
        problems |= {name: say(request, problem) for name, problem in wrong.items()}
        right = replace(
            as_printed,
            code=_code(typed[f"code_{node.id}"], node.code),
            title=typed[f"title_{node.id}"],
            title_en=typed[f"title_en_{node.id}"],
        )
        if right != as_printed:
            corrected[node.code] = right
    if problems:
        return _page(request, person, session, plan, chosen, typed, problems, 422)
    try:
        made = next_edition.correct(session, person.change, plan, corrected, typed["reason"], today)
    except (Conflict, NotDecided, DoesNotFit) as error:
        session.rollback()
        problems = _problems(request, error)
        return _page(request, person, session, plan, chosen, typed, problems, 409)
    return RedirectResponse(f"/plans/{code}?edition={made.code}&done=corrected#changes", status_code=303)


def _page(
    request: Request,
    person: Person,
    session: Session,
    plan: t.Plan,
    chosen: Sequence[int],
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    today = plan_day(plan, person.at).today
    edition = plans.edition_in_force(session, plan, today)
    measures = plans.measures_of(session, edition.id)
    as_printed = {f"{name}_{node.id}": getattr(node, name) for node in measures for name in _FIELDS}
    return page(
        request,
        "reviews/correction.html",
        status,
        plan=plan,
        definition=plans.definition_of(plan),
        today=today,
        edition=edition,
        measures=measures,
        chosen=[n for n in measures if n.id in chosen],
        typed={"reason": "", **as_printed, **(typed or {})},
        problems=problems or {},
    )


def _problems(request: Request, error: Conflict | NotDecided | DoesNotFit) -> dict[str, str]:
    match error:
        case Conflict():
            return {"": say(request, error.reason)}
        case NotDecided():
            told = [refusal_in_words(refusal, language_of(request)) for refusal in error.refusals]
            return {f"refusal-{i}": text for i, text in enumerate(told)}
    return {f"mistake-{i}": mistake.message for i, mistake in enumerate(error.mistakes)}


def _printed(session: Session, plan: t.Plan, edition: t.Edition) -> dict[str, PlanNode]:
    read = plan_reading.read(session, plan).edition(edition.code)
    assert read is not None, "an edition that is stored is read"
    return {n.code: n for n in read.nodes}


def _code(typed: str, printed: str) -> str:
    return typed if typed == printed else half_width(typed)
