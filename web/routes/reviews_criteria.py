"""見直しの観点: what the review says from each point of view, for the whole plan."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.phase_review import ReviewState
from domain.text import typed_text
from records import opinion_lists, review_pages, reviews
from records.opinions import Intake
from web.context import ChangingPlanningPerson, PlanningPerson, Reading, Writing
from web.forms.posted import Posted
from web.paths import RowId
from web.refused import say
from web.review_frame import ReviewFrame, frame_of, review_page

router = APIRouter()

_WRITABLE = (ReviewState.PROPOSING, ReviewState.DECIDING)


@router.get("/desk/reviews/{review_id}/criteria")
def show_criteria(
    request: Request, person: PlanningPerson, session: Reading, review_id: RowId, done: str = ""
) -> Response:
    return _page(request, session, frame_of(session, person, review_id), done=done)


@router.post("/desk/reviews/{review_id}/criteria")
def answer_criteria(
    request: Request, person: ChangingPlanningPerson, session: Writing, review_id: RowId, posted: Posted
) -> Response:
    """Every button saves everything that was changed; nothing that somebody else wrote meanwhile is overwritten."""
    frame = frame_of(session, person, review_id, lock=True)
    known = _answers(session, frame.review)
    stored = {code: known[code].answer if code in known else "" for code in _criteria(frame)}
    typed = {code: typed_text(str(posted.get(f"answer.{code}", answer))) for code, answer in stored.items()}
    changed = {code: text for code, text in typed.items() if text != stored[code]}
    if changed and frame.review.state not in _WRITABLE:
        problems = {"": say(request, "review_not_deciding")}
        return _page(request, session, frame, typed=typed, problems=problems, status=409)
    theirs = {
        code
        for code in changed
        if code in known and str(posted.get(f"seen.{code}", "")) != known[code].answered_at.isoformat()
    }
    for code, text in changed.items():
        if code not in theirs:
            reviews.answer_criterion(session, person.change, frame.review, code, text)
    if theirs:
        problems = dict.fromkeys(sorted(theirs), say(request, "answered_meanwhile"))
        return _page(request, session, frame, typed=typed, problems=problems, theirs=theirs, status=409)
    place = str(posted.get("save", ""))
    anchor = f"#{place}" if place in typed else ""
    return RedirectResponse(f"/desk/reviews/{review_id}/criteria?done=saved{anchor}", status_code=303)


def _page(
    request: Request,
    session: Session,
    frame: ReviewFrame,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    theirs: set[str] | None = None,
    done: str = "",
    status: int = 200,
) -> Response:
    answers = _answers(session, frame.review)
    snapshot = reviews.snapshot_of(frame.review)
    return review_page(
        request,
        "reviews/criteria.html",
        frame,
        status,
        answers=answers,
        typed=typed or {code: answers[code].answer if code in answers else "" for code in _criteria(frame)},
        problems=problems or {},
        theirs=theirs or set(),
        may_write=frame.review.state in _WRITABLE,
        progress=review_pages.progress_by_year(snapshot) if snapshot else {},
        grades=review_pages.grades_by_year(snapshot) if snapshot else {},
        grade_labels={g.code: g.label for g in frame.definition.grades},
        opinions=opinion_lists.counts(session, Intake(frame.plan, frame.review)),
        done=done,
    )


def _criteria(frame: ReviewFrame) -> list[str]:
    return [c.code for c in frame.definition.review.criteria] if frame.definition.review else []


def _answers(session: Session, review: t.PhaseReview) -> dict[str, t.CriterionAnswer]:
    return {a.criterion: a for a in reviews.criterion_answers(session, review)}
