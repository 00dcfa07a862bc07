"""会議体: the papers that the bodies have, and what each of them decided, in their order."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from domain.phase_review import BODY_PAPERS, ConsultationOutcome, ReviewState
from domain.text import typed_day, typed_text
from records import document_archive, reviews
from records.change import Conflict
from web.context import ChangingPlanningPerson, PlanningPerson, Reading, Writing
from web.paths import RowId
from web.refused import Refused, Typed, refused_by, say
from web.review_frame import ReviewFrame, frame_of, review_page, to_review

router = APIRouter()


@router.get("/desk/reviews/{review_id}/bodies")
def show_bodies(
    request: Request, person: PlanningPerson, session: Reading, review_id: RowId, done: str = ""
) -> Response:
    return _page(request, session, frame_of(session, person, review_id), done=done)


@router.post("/desk/reviews/{review_id}/bodies/{consultation_id}")
def record(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    review_id: RowId,
    consultation_id: RowId,
    met_on: Typed = "",
    outcome: Typed = "",
    comment: Typed = "",
) -> Response:
    frame = frame_of(session, person, review_id, lock=True)
    typed = {"met_on": met_on, "outcome": outcome, "comment": comment}
    day, problems = typed_day(met_on), {}
    if day is None:
        problems["met_on"] = say(request, "day_not_readable")
    if outcome not in set(ConsultationOutcome):
        problems["outcome"] = say(request, "consultation_outcome_missing")
    if day is None or problems:
        return _page(request, session, frame, Refused("body", consultation_id, problems, typed), 422)
    decided, said, today = ConsultationOutcome(outcome), typed_text(comment), frame.day.today
    try:
        reviews.record_consultation(session, person.change, frame.review, consultation_id, decided, said, day, today)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "body", consultation_id, typed)
        return _page(request, session, frame, refused, 422 if "missing" in conflict.reason else 409)
    return to_review(review_id, "" if frame.review.state is not ReviewState.CONSULTING else "/bodies", _done(frame))


def _done(frame: ReviewFrame) -> str:
    states = {ReviewState.DECIDING: "returned", ReviewState.MAKING: "agreed"}
    return states.get(frame.review.state, "recorded")


def _page(
    request: Request,
    session: Session,
    frame: ReviewFrame,
    refused: Refused | None = None,
    status: int = 200,
    *,
    done: str = "",
) -> Response:
    turns = reviews.consultations_of(session, frame.review)
    latest = turns[-1].attempt if turns else 0
    current = [c for c in turns if c.attempt == latest]
    papers = [d for d in document_archive.listed(session, frame.review) if d.kind.startswith(BODY_PAPERS)]
    by_position: Mapping[int, list[object]] = {
        c.position: [d for d in papers if d.kind == f"{BODY_PAPERS}{c.position + 1}"] for c in current
    }
    asks = frame.review.state is ReviewState.CONSULTING
    return review_page(
        request,
        "reviews/bodies.html",
        frame,
        status,
        current=current,
        earlier=[c for c in turns if c.attempt < latest],
        turn=next((c for c in current if c.outcome is None), None) if asks else None,
        papers=by_position,
        outcomes=list(ConsultationOutcome),
        refused=refused,
        done=done,
    )
