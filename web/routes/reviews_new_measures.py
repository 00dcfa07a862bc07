"""新規: measures that the next edition has and this one had not, of the planning division's own or as proposed."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from db import tables as t
from domain.proposal import content_field
from domain.revision import NewMeasure, Successor
from domain.text import Bilingual, typed_text
from records import review_decisions
from records.change import Conflict, NotFound
from records.review_decisions import DecidedMeanwhile
from web.context import ChangingPlanningPerson, PlanningPerson, Reading, Writing
from web.decision_pages import Deciding, new_page, sheet_page
from web.forms import decision_form
from web.forms.decision_form import NEW_FIELDS
from web.forms.posted import Posted, revision_seen
from web.paths import RowId
from web.refused import Typed, refused_by, say
from web.review_frame import to_review

router = APIRouter()


@router.get("/desk/reviews/{review_id}/new-measures")
def show_form(
    request: Request, person: PlanningPerson, session: Reading, review_id: RowId, proposal: str = ""
) -> Response:
    """An empty form, or one that a department's proposal fills."""
    deciding = Deciding(request, session, person, review_id)
    proposed = _proposed(deciding, proposal)
    typed = decision_form.fields_of_new(_as_proposed(deciding, proposed), deciding.sheet.definition)
    return new_page(deciding, typed, proposed=proposed)


@router.post("/desk/reviews/{review_id}/new-measures")
def add(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    review_id: RowId,
    posted: Posted,
) -> Response:
    deciding = Deciding(request, session, person, review_id, lock=True)
    proposed = _proposed(deciding, str(posted.get("proposal", "")))
    typed = decision_form.typed_of(posted, NEW_FIELDS)
    new, found = decision_form.understand_new(typed, None, deciding.choices)
    if new is None:
        problems = {name: say(request, code) for name, code in found.items()}
        return new_page(deciding, typed, proposed=proposed, problems=problems, status=422)
    try:
        review_decisions.decide_new(session, person.change, deciding.review, new, proposed.id if proposed else None)
    except Conflict as conflict:
        deciding.again()
        problems = {"": say(request, conflict.reason)}
        return new_page(deciding, typed, proposed=proposed, problems=problems, status=409)
    return to_review(review_id, "/decisions", "new_added")


@router.get("/desk/reviews/{review_id}/new-measures/{decision_id}")
def show_new(
    request: Request, person: PlanningPerson, session: Reading, review_id: RowId, decision_id: RowId
) -> Response:
    deciding = Deciding(request, session, person, review_id)
    one = deciding.new(decision_id)
    return new_page(
        deciding, decision_form.fields_of_new(one.new, deciding.sheet.definition), one=one, proposed=one.proposal
    )


@router.post("/desk/reviews/{review_id}/new-measures/{decision_id}")
def change(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    review_id: RowId,
    decision_id: RowId,
    posted: Posted,
) -> Response:
    deciding = Deciding(request, session, person, review_id, lock=True)
    one = deciding.new(decision_id)
    typed = decision_form.typed_of(posted, NEW_FIELDS)
    new, found = decision_form.understand_new(typed, one.new, deciding.choices)
    if new is None:
        problems = {name: say(request, code) for name, code in found.items()}
        return new_page(
            deciding,
            typed,
            one=one,
            proposed=one.proposal,
            problems=problems,
            seen=revision_seen(posted),
            status=422,
        )
    try:
        review_decisions.change_new(session, person.change, deciding.review, decision_id, new, revision_seen(posted))
    except (Conflict, DecidedMeanwhile) as error:
        reason = error.reason if isinstance(error, Conflict) else "decided_meanwhile"
        deciding.again()
        one = deciding.new(decision_id)
        problems = {"": say(request, reason)}
        meanwhile = isinstance(error, DecidedMeanwhile)
        return new_page(
            deciding, typed, one=one, proposed=one.proposal, problems=problems, meanwhile=meanwhile, status=409
        )
    return to_review(review_id, "/decisions", "new_saved")


@router.post("/desk/reviews/{review_id}/new-measures/{decision_id}/drop")
def drop(
    request: Request, person: ChangingPlanningPerson, session: Writing, review_id: RowId, decision_id: RowId
) -> Response:
    deciding = Deciding(request, session, person, review_id, lock=True)
    try:
        review_decisions.drop_new(session, person.change, deciding.review, decision_id)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "drop", decision_id, {})
        deciding.again()
        return sheet_page(deciding, refused=refused, status=409)
    return to_review(review_id, "/decisions", "new_dropped")


@router.post("/desk/reviews/{review_id}/proposals/{proposal_id}/decline")
def decline(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    review_id: RowId,
    proposal_id: RowId,
    reason: Typed = "",
) -> Response:
    """Not to take up what a department proposed anew; it reads the reason."""
    deciding = Deciding(request, session, person, review_id, lock=True)
    try:
        review_decisions.decline(session, person.change, deciding.review, proposal_id, typed_text(reason))
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "decline", proposal_id, {"reason": reason})
        deciding.again()
        status = 422 if conflict.reason == "reason_missing" else 409
        return sheet_page(deciding, refused=refused, status=status)
    return to_review(review_id, "/decisions", "declined")


def _proposed(deciding: Deciding, typed: str) -> t.NewMeasureProposal | None:
    """The open proposal that a form speaks of. Raises `NotFound` for one that is not there, or not open any more."""
    if not typed:
        return None
    found = next((p for p in deciding.sheet.open_proposals if str(p.id) == typed), None)
    if found is None:
        raise NotFound(f"open proposal {typed} of review {deciding.review.id}")
    return found


def _as_proposed(deciding: Deciding, proposed: t.NewMeasureProposal | None) -> NewMeasure:
    level = deciding.choices.levels[0]
    if proposed is None:
        return NewMeasure(Successor("", "", ""), level)
    session: Session = deciding.session
    parent = session.get(t.Node, proposed.parent_id) if proposed.parent_id else None
    field = content_field(deciding.sheet.definition, level)
    texts = {field: (Bilingual(proposed.content),)} if field and proposed.content else {}
    measure = Successor(
        code="",
        title=proposed.title,
        parent=parent.code if parent else "",
        measure_class=proposed.measure_class,
        texts=texts,
        department=session.get_one(t.Department, proposed.department_id).code,
    )
    return NewMeasure(measure, level, Bilingual(proposed.reason))
