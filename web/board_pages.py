"""The pages that show the board of a round: of a year's rounds, and of a review's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response
from sqlmodel import Session

from db import tables as t
from domain.evaluation import CycleState
from records import board, cycles, document_archive, evaluation_sheet, overview, plans, reviews
from records.board import Board
from records.change import NotFound
from web.board_query import BoardQuery, look, shows
from web.context import Person, language_of, plan_day
from web.pages import page
from web.paths import board_of
from web.refused import Refused
from web.review_frame import frame_of, review_page
from web.view_pages import ROUND_BOARD, kept_views

EVERYTHING = BoardQuery()


def boards_of(person: Person, session: Session, cycle: t.AnnualCycle) -> dict[str, Any]:
    """The rounds of a cycle, the latest first, each as its board."""
    plan = cycles.plan_of(session, cycle)
    day = plan_day(plan, person.at)
    latest_first = reversed(cycles.rounds_of(session, cycle))
    return {
        "plan": plan,
        "definition": plans.definition_of(plan),
        "cycle": cycle,
        "is_collecting": cycle.state is CycleState.COLLECTING,
        "today": day.today,
        "boards": [board.of_round(session, round_, day.time, day.calendar) for round_ in latest_first],
    }


def cycle_board(
    request: Request,
    person: Person,
    session: Session,
    cycle: t.AnnualCycle,
    *,
    asked: BoardQuery = EVERYTHING,
    done: str = "",
    opened: int = 0,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    plan = cycles.plan_of(session, cycle)
    definition = plans.definition_of(plan)
    calendar = plan_day(plan, person.at).calendar
    measures = evaluation_sheet.of_cycle(session, cycle, definition, language_of(request))
    values = boards_of(person, session, cycle)
    return page(
        request,
        "desk/board.html",
        status,
        **values,
        awaited=overview.awaited_rounds(session, cycle, definition, calendar),
        documents=document_archive.listed(session, cycle),
        evaluated=sum(m.evaluation is not None for m in measures),
        measures=len(measures),
        **_looked_at(session, person, values["boards"], asked, f"/desk/cycles/{cycle.id}", language_of(request)),
        done=done,
        opened=opened,
        refused=refused,
    )


def review_board(
    request: Request,
    person: Person,
    session: Session,
    review_id: int,
    *,
    asked: BoardQuery = EVERYTHING,
    done: str = "",
    opened: int = 0,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    """What departments propose for a review. Raises `NotFound` before they are asked."""
    frame = frame_of(session, person, review_id)
    round_ = reviews.round_of(session, frame.review)
    if round_ is None:
        raise NotFound(f"the round of review {review_id}")
    shown = board.of_round(session, round_, frame.day.time, frame.day.calendar)
    return review_page(
        request,
        "desk/proposals.html",
        frame,
        status,
        board=shown,
        **_looked_at(session, person, [shown], asked, board_of(round_), language_of(request)),
        done=done,
        opened=opened,
        refused=refused,
    )


def board_of_round(
    request: Request, person: Person, session: Session, round_: t.CollectionRound, refused: Refused, status: int
) -> Response:
    """The page that shows a round, with a request's form as it was refused."""
    opened = int(refused.subject)
    if round_.cycle_id is not None:
        cycle = cycles.find(session, round_.cycle_id)
        return cycle_board(request, person, session, cycle, refused=refused, opened=opened, status=status)
    assert round_.review_id is not None, "a round belongs to a cycle or to a review"
    return review_board(request, person, session, round_.review_id, refused=refused, opened=opened, status=status)


def opened_request(typed: str) -> int:
    """Which request of a board is open, as its address says; 0: none."""
    return int(typed) if typed.isascii() and typed.isdigit() else 0


def _looked_at(
    session: Session, person: Person, boards: Sequence[Board], asked: BoardQuery, address: str, language: str
) -> dict[str, Any]:
    return {
        "look": look(session, boards, asked, address, language),
        "shows": shows(language),
        "views": kept_views(session, person, ROUND_BOARD, address, asked.query),
    }
