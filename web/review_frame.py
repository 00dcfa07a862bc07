"""What every page of a review needs: the review, its plan and term, the plan's day, and where the review stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.phase_review import ReviewState
from domain.plan import PlanDefinition, Term
from records import plans, reviews
from web.context import Person, PlanDay, plan_day
from web.pages import page


@dataclass(frozen=True)
class ReviewFrame:
    review: t.PhaseReview
    plan: t.Plan
    definition: PlanDefinition
    term: Term
    day: PlanDay

    @property
    def steps(self) -> tuple[ReviewState, ...]:
        """The states that a review of this plan passes, in their order."""
        asks = self.definition.review is not None and bool(self.definition.review.consultations)
        return tuple(state for state in ReviewState if asks or state is not ReviewState.CONSULTING)


def frame_of(session: Session, person: Person, review_id: int, *, lock: bool = False) -> ReviewFrame:
    """A review with what belongs to it; locked by who will change it. Raises `NotFound`."""
    review = reviews.find(session, review_id, lock=lock)
    plan = reviews.plan_of(session, review)
    return ReviewFrame(
        review, plan, plans.definition_of(plan), reviews.term_of(session, review), plan_day(plan, person.at)
    )


def review_page(request: Request, template: str, frame: ReviewFrame, status: int = 200, **values: Any) -> Response:
    return page(
        request,
        template,
        status,
        frame=frame,
        review=frame.review,
        plan=frame.plan,
        definition=frame.definition,
        term=frame.term,
        today=frame.day.today,
        **values,
    )


def to_review(review_id: int, part: str = "", done: str = "") -> Response:
    """To a page of a review, which says what was done."""
    return RedirectResponse(f"/desk/reviews/{review_id}{part}" + (f"?done={done}" if done else ""), status_code=303)
