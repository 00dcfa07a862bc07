"""A collection round as rows: asking departments, and closing. Of a year's cycle or of a review, alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session

from db import tables as t
from domain.collection import RoundEvent, RoundEventKind
from records import outbox, round_mails
from records.change import Change, NotFound


def find(session: Session, round_id: int) -> t.CollectionRound:
    round_ = session.get(t.CollectionRound, round_id)
    if round_ is None:
        raise NotFound(f"round {round_id}")
    return round_


def plan_of(session: Session, round_: t.CollectionRound) -> t.Plan:
    return session.get_one(t.Plan, round_.plan_id)


def ask(session: Session, round_: t.CollectionRound, owners: Iterable[tuple[int, int | None]]) -> int:
    """One request per department, one report per measure, given as (measure, department); the number of requests.

    Where nobody is responsible (None), the request stays with the planning division.
    """
    requests: dict[int | None, int] = {}
    for measure_id, department_id in owners:
        if department_id not in requests:
            request = t.UpdateRequest(round_id=round_.id, department_id=department_id, opened_on=round_.opened_on)
            session.add(request)
            session.flush()
            requests[department_id] = request.id
        session.add(
            t.ProgressReport(
                round_id=round_.id,
                request_id=requests[department_id],
                node_id=measure_id,
                due_on=round_.due_on,
                since_on=round_.opened_on,
            )
        )
    return len(requests)


def close(session: Session, change: Change, round_: t.CollectionRound, today: date) -> None:
    """What was not submitted is taken as it stands. Closing again changes nothing."""
    if round_.closed_on is not None:
        return
    round_.closed_on = today
    session.add(round_)
    round_mails.drop_waiting(session, change, round_.id)
    outbox.tell_round(session, change, round_.workflow_id, RoundEvent(0, RoundEventKind.CLOSED, today))
