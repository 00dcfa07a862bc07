"""Mistakes that such a system has had before, to be planted anew: the harness must catch each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from activities.mail_batch import Begun, Ended
from activities.mailing import MailingActivities
from db import tables as t
from domain.mail_ledger import Outcome
from mail.send import Handed, Mailer
from relay import Relay, _batches
from tests.chaos.failpoints import put
from web.request_size import LimitedRequests


class Bug(StrEnum):
    SENT_BEFORE_DELIVERED = "sent-before-delivered"
    DONE_BEFORE_SIGNALLED = "done-before-signalled"
    ACKNOWLEDGED_BEFORE_COMMITTED = "acknowledged-before-committed"


def plant(bug: Bug) -> None:
    """Put a mistake into the code of this process."""
    _PLANTS[bug]()


def _write_down_before_handing_over() -> None:
    """The ledger says that a mail was sent, and only then it is handed to the mail server."""
    hand_over = MailingActivities._hand_over

    async def wrong(self: MailingActivities, mailer: Mailer, begun: Begun) -> Handed:
        ended = Ended(begun, Handed(Outcome.ACCEPTED))
        await asyncio.to_thread(self._write, begun.row.municipality_id, _begin_nothing, [ended], ())
        return await hand_over(self, mailer, begun)

    put(MailingActivities, "_hand_over", wrong)


def _begin_nothing(*_: Any) -> list[Begun]:
    return []


def _mark_before_signalling() -> None:
    """The outbox says that Temporal was told, and only then it is told."""

    async def wrong(self: Relay, rows: list[t.Outbox]) -> int:
        for batch in _batches(rows):
            await asyncio.to_thread(self._mark, batch, "")
            await self._deliver(batch)
        return len(rows)

    put(Relay, "_relay_workflow", wrong)


def _answer_before_committing() -> None:
    """The person is told that the report was taken, and only then it is written."""
    call = LimitedRequests.__call__

    async def wrong(self: LimitedRequests, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path") != "/api/v1/reports" or scope.get("method") != "POST":
            await call(self, scope, receive, send)
            return
        message = await receive()
        while message.get("more_body"):
            more = await receive()
            message = {**more, "body": message["body"] + more["body"]}

        async def received() -> Any:
            return message

        async def unheard(_: Any) -> None:
            return None

        _LATER.add(asyncio.create_task(call(self, scope, received, unheard)))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b"{}"})

    put(LimitedRequests, "__call__", wrong)


_LATER: set[asyncio.Task[None]] = set()
_PLANTS: dict[Bug, Callable[[], None]] = {
    Bug.SENT_BEFORE_DELIVERED: _write_down_before_handing_over,
    Bug.DONE_BEFORE_SIGNALLED: _mark_before_signalling,
    Bug.ACKNOWLEDGED_BEFORE_COMMITTED: _answer_before_committing,
}
