"""見直し at the desk: where a review stands, the term as it was found, what departments propose."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from db import tables as t
from domain.phase_review import ReviewState
from domain.review_snapshot import Standing
from records import board, document_archive, review_decisions, review_pages, reviews
from records.change import Conflict
from web.board_pages import opened_request, review_board
from web.board_query import Asked
from web.context import ChangingPlanningPerson, PlanningPerson, Reading, Writing
from web.paths import RowId
from web.refused import Refused, refused_by
from web.review_frame import ReviewFrame, frame_of, review_page, to_review

router = APIRouter()


@router.get("/desk/reviews/{review_id}")
def show_review(
    request: Request, person: PlanningPerson, session: Reading, review_id: RowId, done: str = ""
) -> Response:
    frame = frame_of(session, person, review_id)
    review = frame.review
    made = session.get_one(t.Edition, review.made_edition_id) if review.made_edition_id else None
    return review_page(
        request,
        "reviews/review.html",
        frame,
        progress=review_pages.progress_of(session, review, review_decisions.sheet_of(session, review)),
        makes_no_edition=review_pages.makes_no_edition(session, review),
        made=made,
        may_undo=review.state is ReviewState.AWAITING_EFFECT and made is not None,
        waiting=[c for c in reviews.current_consultations(session, review) if c.outcome is None],
        documents=document_archive.listed(session, review),
        happened=review_pages.steps_of(session, review),
        done=done,
    )


@router.get("/desk/reviews/{review_id}/term")
def show_term(request: Request, person: PlanningPerson, session: Reading, review_id: RowId) -> Response:
    frame = frame_of(session, person, review_id)
    return review_page(
        request,
        "reviews/term.html",
        frame,
        snapshot=reviews.snapshot_of(frame.review),
        standings=list(Standing),
        grades={g.code: g for g in frame.definition.grades},
    )


@router.get("/desk/reviews/{review_id}/proposals")
def show_proposals(
    request: Request,
    person: PlanningPerson,
    session: Reading,
    review_id: RowId,
    asked: Asked,
    done: str = "",
    open: str = "",
) -> Response:
    """The board of what departments propose for a review."""
    return review_board(request, person, session, review_id, asked=asked, done=done, opened=opened_request(open))


@router.get("/desk/reviews/{review_id}/close-proposals")
def confirm_closing_proposals(request: Request, person: PlanningPerson, session: Reading, review_id: RowId) -> Response:
    return _close_page(request, session, frame_of(session, person, review_id))


@router.post("/desk/reviews/{review_id}/close-proposals")
def close_proposals(request: Request, person: ChangingPlanningPerson, session: Writing, review_id: RowId) -> Response:
    frame = frame_of(session, person, review_id, lock=True)
    try:
        reviews.begin_deciding(session, person.change, frame.review, frame.day.today)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "close", review_id, {})
        return _close_page(request, session, frame, refused, 409)
    return to_review(review_id, "/decisions", "proposals_closed")


def _close_page(
    request: Request, session: Session, frame: ReviewFrame, refused: Refused | None = None, status: int = 200
) -> Response:
    round_ = reviews.round_of(session, frame.review)
    shown = board.of_round(session, round_, frame.day.time, frame.day.calendar) if round_ else None
    return review_page(request, "reviews/close_proposals.html", frame, status, board=shown, refused=refused)
