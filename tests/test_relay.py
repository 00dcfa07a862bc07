"""The relay: what the outbox holds reaches Temporal in order, whatever is down, and nobody waits behind another."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from sqlmodel import Session, select
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.collection import RoundEvent, RoundEventKind
from records import outbox
from records.change import Change
from relay import Relay

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CHANGE = Change("test", NOW)


@dataclass
class PretendTemporal:
    """Takes what a client is told and remembers it; `missing` workflows are not there, `is_down` is all of it."""

    missing: set[str] = field(default_factory=set)
    is_down: bool = False
    told: list[tuple[str, str, list[int]]] = field(default_factory=list)
    started: list[str] = field(default_factory=list)

    async def start_workflow(self, name: str, argument: Any, *, id: str, **_: Any) -> None:
        self._answer(id)
        self.started.append(id)

    def get_workflow_handle(self, workflow_id: str) -> _Handle:
        return _Handle(self, workflow_id)

    def _answer(self, workflow_id: str) -> None:
        if self.is_down:
            raise RPCError("down", RPCStatusCode.UNAVAILABLE, b"")
        if workflow_id in self.missing:
            raise RPCError("not found", RPCStatusCode.NOT_FOUND, b"")


@dataclass
class _Handle:
    temporal: PretendTemporal
    workflow_id: str

    async def signal(self, name: str, events: list[dict[str, Any]]) -> None:
        self.temporal._answer(self.workflow_id)
        self.temporal.told.append((self.workflow_id, name, [event["id"] for event in events]))


def relay(database: Database, temporal: PretendTemporal, now: datetime = NOW, holder: str = "one") -> Relay:
    return Relay(database, cast(Client, temporal), lambda: now, holder)


def tell(session: Session, workflow_id: str, measure: int) -> None:
    event = RoundEvent(0, RoundEventKind.SUBMITTED, date(2021, 1, 20), measure=measure)
    outbox.tell_round(session, CHANGE, workflow_id, event)
    session.flush()


def waiting(database: Database) -> int:
    with database.reading(EVERY_MUNICIPALITY) as session:
        return len(outbox.waiting(session, 0, 10_000))


def test_events_of_one_round_travel_together_in_order_and_carry_their_row_ids(
    sample_database: Database, city: int
) -> None:
    with sample_database.writing(city) as session:
        for measure in range(5):
            tell(session, "collection/a", measure)
    temporal = PretendTemporal()
    asyncio.run(relay(sample_database, temporal).drain())
    (workflow_id, name, ids) = next(told for told in temporal.told if told[0] == "collection/a")
    assert (workflow_id, name) == ("collection/a", "record")
    assert ids == sorted(ids)
    assert len(ids) == 5
    assert waiting(sample_database) == 0


def test_a_process_that_is_not_there_yet_keeps_its_rows_and_holds_up_nobody(
    sample_database: Database, city: int
) -> None:
    with sample_database.writing(city) as session:
        for measure in range(1_200):  # more than two batches in front of the other round's row
            tell(session, "collection/missing", measure)
        tell(session, "collection/there", 1)
    temporal = PretendTemporal(missing={"collection/missing"})
    asyncio.run(relay(sample_database, temporal).drain())
    assert "collection/there" in {told[0] for told in temporal.told}
    assert waiting(sample_database) == 1_200
    temporal.missing.clear()
    asyncio.run(relay(sample_database, temporal).drain())
    sent = [id_ for told in temporal.told if told[0] == "collection/missing" for id_ in told[2]]
    assert sent == sorted(sent)
    assert len(sent) == 1_200
    assert waiting(sample_database) == 0


def test_while_temporal_is_down_nothing_is_lost_and_afterwards_everything_arrives(sample_database: Database) -> None:
    temporal = PretendTemporal(is_down=True)
    before = waiting(sample_database)
    assert before > 0
    assert asyncio.run(relay(sample_database, temporal).drain()) == 0
    assert waiting(sample_database) == before
    temporal.is_down = False
    assert asyncio.run(relay(sample_database, temporal).drain()) == before
    assert temporal.started == ["annual-cycle/iizuka/iizuka-ict/2020"]


def test_a_message_to_a_process_that_is_over_is_laid_aside_with_a_note(sample_database: Database, city: int) -> None:
    over = "collection/iizuka/iizuka-ict/2019/yearly"  # last year's round is closed in the record
    with sample_database.writing(city) as session:
        tell(session, over, 1)
    temporal = PretendTemporal(missing={over})
    asyncio.run(relay(sample_database, temporal).drain())
    with sample_database.reading(city) as session:
        row = session.exec(select(t.Outbox).where(t.Outbox.workflow_id == over)).one()
    assert row.relayed_at == NOW
    assert row.note == "process has ended"


def test_of_two_relays_one_works_until_its_lease_runs_out(sample_database: Database) -> None:
    temporal = PretendTemporal()
    first, second = relay(sample_database, temporal), relay(sample_database, temporal, holder="two")
    later = relay(sample_database, temporal, NOW + timedelta(minutes=1), holder="two")
    assert first._hold_lease()
    assert not second._hold_lease()
    assert later._hold_lease(), "the first was killed: its lease has run out"
