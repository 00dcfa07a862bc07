"""Collection rounds and the requests to departments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlmodel import Session

from records import board, desk, listing, plans
from records.board import Board
from records.change import NotFound
from records.round_state import question_set_of
from web.api import schemas, shapes
from web.api.access import Caller, Reading
from web.api.problems import documented
from web.context import Person, plan_day

router = APIRouter(tags=["rounds"])


@router.get("/rounds", responses=documented(401, 422))
def list_rounds(session: Reading, query: Annotated[schemas.CycleQuery, Query()]) -> schemas.ListOf[schemas.RoundItem]:
    """The rounds in the order they were opened."""
    page = listing.rounds(session, query.span, query.plan, query.fiscal_year)
    return shapes.list_of(page, query, lambda placed: shapes.round_item(placed, plans.definition_of(placed.plan)))


@router.get("/rounds/{id}", responses=documented(401, 404, 422))
def get_round(session: Reading, id: schemas.Id) -> schemas.Round:
    """One round with the questions it asks."""
    placed = listing.find_round(session, id)
    return shapes.round_(placed, plans.definition_of(placed.plan), question_set_of(placed.round))


@router.get("/rounds/{id}/requests", responses=documented(401, 404, 422))
def list_requests(
    session: Reading, person: Caller, id: schemas.Id, query: Annotated[schemas.ListQuery, Query()]
) -> schemas.ListOf[schemas.RequestItem]:
    """The requests of a round that the person may see: who answered, who is late, whose turn it is."""
    shown = _board(session, person, id)
    rows = query.span.of(listing.visible_rows(shown, person.actor))
    return shapes.list_of(rows, query, lambda row: shapes.request_item(shown, row))


@router.get("/requests/{id}", responses=documented(401, 404, 422))
def get_request(session: Reading, person: Caller, id: schemas.Id) -> schemas.Request:
    """One request with the reports it asks for."""
    wanted, _ = desk.find_request(session, id)
    shown = _board(session, person, wanted.round_id)
    row = next((r for r in listing.visible_rows(shown, person.actor) if r.request.id == id), None)
    if row is None:
        raise NotFound(f"request {id}")
    return shapes.request(shown, row)


def _board(session: Session, person: Person, round_id: int) -> Board:
    placed = listing.find_round(session, round_id)
    day = plan_day(placed.plan, person.at)
    return board.of_round(session, placed.round, day.time, day.calendar)
