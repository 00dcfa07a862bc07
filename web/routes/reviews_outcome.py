"""The end of a review's decisions: revision or not, under which head; and taking the edition back before its day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from db import tables as t
from domain.fiscal_year import FiscalYear
from domain.phase_review import EditionHead, ReviewOutcome, ReviewState, is_closing_review
from domain.text import Bilingual, half_width, typed_day, typed_text
from records import document_archive, next_edition, plans, review_decisions, reviews
from records.change import Conflict
from records.reviews import NotDecided
from web.context import ChangingPlanningPerson, PlanningPerson, Reading, Writing
from web.forms.posted import Posted
from web.paths import RowId
from web.refused import Refused, refused_by, say
from web.review_frame import ReviewFrame, frame_of, review_page, to_review

router = APIRouter()

_FIELDS = ("outcome", "reason", "code", "name", "name_en", "decided", "effective_on", "why", "why_en")
_HEAD = _FIELDS[2:]
_FIELD_OF = {
    "outcome_missing": "outcome",
    "no_edition_after_the_last_term": "outcome",
    "no_revision_reason_missing": "reason",
    "edition_head_missing": "code",
    "edition_code_missing": "code",
    "edition_code_taken": "code",
    "edition_name_missing": "name",
    "decided_not_a_month": "decided",
    "effective_not_ahead": "effective_on",
    "effective_not_after_edition": "effective_on",
}


@router.get("/desk/reviews/{review_id}/outcome")
def show_outcome(
    request: Request, person: PlanningPerson, session: Reading, review_id: RowId, done: str = ""
) -> Response:
    return _page(request, session, frame_of(session, person, review_id), done=done)


@router.post("/desk/reviews/{review_id}/outcome")
def save_outcome(
    request: Request, person: ChangingPlanningPerson, session: Writing, review_id: RowId, posted: Posted
) -> Response:
    """Keep what is typed, complete or not; on demand finish the decisions with it."""
    frame = frame_of(session, person, review_id, lock=True)
    typed = {name: typed_text(str(posted.get(name, ""))) for name in _FIELDS}
    if typed["outcome"] not in set(ReviewOutcome):
        return _page(request, session, frame, typed=typed, problems=_say(request, ["outcome_missing"]), status=422)
    outcome = ReviewOutcome(typed["outcome"])
    head = _head(typed)
    if outcome is ReviewOutcome.REVISION and head is None and any(typed[name] for name in _HEAD):
        problems = {"effective_on": say(request, "day_not_readable")}
        return _page(request, session, frame, typed=typed, problems=problems, status=422)
    review = frame.review
    try:
        if (outcome, typed["reason"], head) != (review.outcome, review.outcome_reason, reviews.head_of(review)):
            reviews.set_outcome(session, person.change, review, outcome, typed["reason"], head)
    except Conflict as conflict:
        session.rollback()
        return _page(request, session, frame, typed=typed, problems={"": say(request, conflict.reason)}, status=409)
    if posted.get("then") != "finish":
        return to_review(review_id, "/outcome", "saved")
    try:
        reviews.finish_deciding(session, person.change, frame.review, frame.day.today)
    except NotDecided as error:
        found = _say(request, error.problems)
        return _page(request, session, frame, problems=found, is_refused=True, status=409)
    return to_review(review_id, done="decided")


@router.get("/desk/reviews/{review_id}/undo")
def confirm_undoing(request: Request, person: PlanningPerson, session: Reading, review_id: RowId) -> Response:
    return _undo_page(request, session, frame_of(session, person, review_id))


@router.post("/desk/reviews/{review_id}/undo")
def undo(request: Request, person: ChangingPlanningPerson, session: Writing, review_id: RowId) -> Response:
    frame = frame_of(session, person, review_id, lock=True)
    try:
        next_edition.undo(session, person.change, frame.review, frame.day.today)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "undo", review_id, {})
        return _undo_page(request, session, frame, refused, 409)
    return to_review(review_id, done="undone")


def _page(
    request: Request,
    session: Session,
    frame: ReviewFrame,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    is_refused: bool = False,
    done: str = "",
    status: int = 200,
) -> Response:
    review = frame.review
    left = reviews.problems_of(session, review, frame.day.today) if review.state is ReviewState.DECIDING else ()
    is_closing = is_closing_review(frame.definition, frame.term)
    return review_page(
        request,
        "reviews/outcome.html",
        frame,
        status,
        typed=typed or _stored(session, frame, is_closing=is_closing),
        problems=problems or {},
        left=_say(request, left),
        refusals=review_decisions.refusals_of(session, review),
        is_refused=is_refused,
        is_closing=is_closing,
        outcomes=[ReviewOutcome.NO_REVISION] if is_closing else list(ReviewOutcome),
        head=reviews.head_of(review),
        may_decide=review.state is ReviewState.DECIDING,
        done=done,
    )


def _undo_page(
    request: Request, session: Session, frame: ReviewFrame, refused: Refused | None = None, status: int = 200
) -> Response:
    review = frame.review
    made = session.get_one(t.Edition, review.made_edition_id) if review.made_edition_id else None
    return review_page(
        request,
        "reviews/undo.html",
        frame,
        status,
        made=made if review.state is ReviewState.AWAITING_EFFECT else None,
        measures=len(plans.measures_of(session, made.id)) if made else 0,
        documents=document_archive.listed(session, review),
        refused=refused,
    )


def _head(typed: Mapping[str, str]) -> EditionHead | None:
    """The head that the fields say; None where its day cannot be read."""
    effective_on = typed_day(typed["effective_on"])
    if effective_on is None:
        return None
    return EditionHead(
        code=half_width(typed["code"]),
        name=Bilingual(typed["name"], typed["name_en"]),
        decided=half_width(typed["decided"]),
        effective_on=effective_on,
        reason=Bilingual(typed["why"], typed["why_en"]),
    )


def _stored(session: Session, frame: ReviewFrame, *, is_closing: bool) -> dict[str, str]:
    review, head = frame.review, reviews.head_of(frame.review)
    outcome = review.outcome.value if review.outcome else ReviewOutcome.NO_REVISION.value if is_closing else ""
    found = {"outcome": outcome, "reason": review.outcome_reason}
    if head is not None:
        return found | {
            "code": head.code,
            "name": head.name.ja,
            "name_en": head.name.en,
            "decided": head.decided,
            "effective_on": head.effective_on.isoformat(),
            "why": head.reason.ja,
            "why_en": head.reason.en,
        }
    return found | dict.fromkeys(_HEAD, "") | _suggested(session, frame)


def _suggested(session: Session, frame: ReviewFrame) -> dict[str, str]:
    """Meguru's own: decided this month, in force from the first day of the next fiscal year.

    Named after its month where the edition under review is.
    """
    today = frame.day.today
    month = f"{today:%Y-%m}"
    before = session.get_one(t.Edition, frame.review.edition_id)
    code = month if before.code == before.decided else ""
    effective_on = FiscalYear(FiscalYear.of(today).starts_in + 1).first_day
    return {"decided": month, "code": code, "effective_on": effective_on.isoformat()}


def _say(request: Request, codes: Sequence[str]) -> dict[str, str]:
    """Field → problem in words; what belongs to no field of the page goes by its code."""
    return {_FIELD_OF.get(code, code): say(request, code) for code in codes}
