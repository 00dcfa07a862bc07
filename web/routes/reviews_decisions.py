"""決定: the sheet of all measures of a review, and what is decided of each."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from records import review_decisions
from records.change import Conflict
from records.review_decisions import DecidedMeanwhile
from web.context import ChangingPlanningPerson, PlanningPerson, Reading, Writing
from web.decision_pages import Deciding, measure_page, sheet_page
from web.forms import decision_form
from web.forms.posted import Posted, revision_seen
from web.paths import RowId
from web.refused import Typed, refused_by, say
from web.review_frame import to_review

router = APIRouter()


@router.get("/desk/reviews/{review_id}/decisions")
def show_sheet(
    request: Request, person: PlanningPerson, session: Reading, review_id: RowId, show: str = "", done: str = ""
) -> Response:
    return sheet_page(Deciding(request, session, person, review_id), show=show, done=done)


@router.post("/desk/reviews/{review_id}/decisions")
def accept_proposals(
    request: Request, person: ChangingPlanningPerson, session: Writing, review_id: RowId, rest: Typed = ""
) -> Response:
    """Decide at once what nobody has decided yet: as proposed, and on demand the rest as it is."""
    deciding = Deciding(request, session, person, review_id, lock=True)
    try:
        review_decisions.accept_proposals(session, person.change, deciding.review, rest_continues=rest == "continue")
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "accept", review_id, {})
        deciding.again()
        return sheet_page(deciding, refused=refused, status=409)
    return to_review(review_id, "/decisions", "accepted")


@router.get("/desk/reviews/{review_id}/decisions/{node_id}")
def show_measure(
    request: Request, person: PlanningPerson, session: Reading, review_id: RowId, node_id: RowId, done: str = ""
) -> Response:
    return measure_page(Deciding(request, session, person, review_id), node_id, done=done)


@router.post("/desk/reviews/{review_id}/decisions/{node_id}")
def decide(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    review_id: RowId,
    node_id: RowId,
    posted: Posted,
) -> Response:
    deciding = Deciding(request, session, person, review_id, lock=True)
    one = deciding.measure(node_id)
    typed = decision_form.typed_of(posted, decision_form.FIELDS)
    decision, found = decision_form.understand(typed, one.measure, deciding.base(one), deciding.choices)
    if decision is None:
        problems = {name: say(request, code) for name, code in found.items()}
        return measure_page(deciding, node_id, typed=typed, problems=problems, seen=revision_seen(posted), status=422)
    try:
        review_decisions.decide(session, person.change, deciding.review, node_id, decision, revision_seen(posted))
    except (Conflict, DecidedMeanwhile) as error:
        meanwhile = isinstance(error, DecidedMeanwhile)
        reason = error.reason if isinstance(error, Conflict) else "decided_meanwhile"
        deciding.again()
        problems = {"": say(request, reason)}
        return measure_page(deciding, node_id, typed=typed, problems=problems, meanwhile=meanwhile, status=409)
    measures = [m.node.id for m in deciding.sheet.measures]
    following = measures[measures.index(node_id) + 1 :]
    if posted.get("then") == "next" and following:
        return to_review(review_id, f"/decisions/{following[0]}", "saved")
    return to_review(review_id, "/decisions", "saved")
