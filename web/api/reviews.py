"""The reviews of a plan's terms, for the planning division."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import Session

from records import document_archive, listing, plans, review_decisions, review_pages, reviews
from records.change import NotAllowed, NotFound
from records.idempotency import Answer
from web.api import schemas, shapes
from web.api.access import Caller, Reading
from web.api.once import IdempotencyKey, carried_out_once, repeatable
from web.api.problems import documented
from web.context import Person

router = APIRouter(tags=["reviews"])


def _planning(person: Caller) -> Person:
    """Who may read of reviews; for others they are not there."""
    if not person.actor.is_planning:
        raise NotFound("reviews")
    return person


@router.get("/plans/{code}/reviews", responses=documented(401, 404, 422), dependencies=[Depends(_planning)])
def list_reviews(
    session: Reading, code: schemas.Code, query: Annotated[schemas.ListQuery, Query()]
) -> schemas.ListOf[schemas.ReviewItem]:
    """The reviews of a plan, the latest first."""
    page = query.span.of(reviews.of_plan(session, plans.find(session, code)))
    return shapes.list_of(page, query, lambda row: shapes.review_item(review_pages.placed(session, row)))


@router.post(
    "/plans/{code}/reviews",
    response_model=schemas.Review,
    responses={
        200: repeatable("The review, opened now or running already."),
        **documented(401, 403, 404, 409, 413, 422),
    },
)
def open_review(
    request: Request, person: Caller, code: schemas.Code, body: schemas.ReviewOpening, key: IdempotencyKey
) -> Response:
    """Open the review of a term. One that was opened before is given as it stands."""
    if not person.actor.is_planning:
        raise NotAllowed("reviews")
    asked = json.dumps([f"POST /plans/{code}/reviews", body.model_dump(mode="json")], sort_keys=True)

    def act(session: Session) -> Answer:
        plan = plans.find(session, code)
        clock = plans.clock_of(plan, person.at)
        review, _ = reviews.open_review(session, person.change, plan, body.term, clock)
        return Answer(200, _review(session, review.id).model_dump_json())

    return carried_out_once(request, person, key, asked, act)


@router.get("/reviews/{id}", responses=documented(401, 404, 422), dependencies=[Depends(_planning)])
def get_review(session: Reading, id: schemas.Id) -> schemas.Review:
    """One review: where it stands, how far it has come, and its documents."""
    return _review(session, id)


def _review(session: Session, review_id: int) -> schemas.Review:
    review = reviews.find(session, review_id)
    progress = review_pages.progress_of(session, review, review_decisions.sheet_of(session, review))
    documents = [listing.place_document(session, d) for d in document_archive.listed(session, review)]
    return shapes.review(review_pages.placed(session, review), progress, documents)
