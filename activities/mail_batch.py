"""A batch of mails on its way: a few are with the mail server at a time, and one writer keeps the ledger."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from db import tables as t
from domain.mail_ledger import MailState, Outcome
from mail.compose import Letter
from mail.send import Handed

_AT_ONCE = 5
"""Connections to the mail server at a time: a slow server must not make a round wait in line."""
_IN_HAND = 10
"""Mails that are with the mail server, on their way there, or just back: whose fate a kill would leave unknown.

More than connections, so that the ledger is written for several at a time and no connection waits for it.
"""

InHand = t.Mail | t.Digest


@dataclass(frozen=True)
class Begun:
    """A mail or a digest that is marked as being handed over, and what it says."""

    row: InHand
    letter: Letter


@dataclass(frozen=True)
class Ended:
    """One that is back from the mail server."""

    begun: Begun
    handed: Handed


@dataclass
class Batch:
    """Mails or digests by their ids, and how they are begun, handed over and written down.

    `write` is one transaction: it writes down what has ended, and begins those of the ids that are still to be sent.
    """

    waiting: deque[int]
    write: Callable[[Sequence[Ended], Sequence[int]], tuple[list[MailState], list[Begun]]]
    hand_over: Callable[[Begun], Awaitable[Handed]]
    ends: list[MailState] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    _is_server_there: bool = False
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def send(self) -> None:
        """Until all are at their end, or wait on because the mail server is not there.

        While the ledger is written the mails under way go on: what ends meanwhile shares the next transaction. One
        mail's trouble is not the others'; it is in `errors`.
        """
        under_way: set[asyncio.Task[Ended]] = set()
        ended: list[Ended] = []
        while self.waiting or under_way or ended:
            begun = await self._write(ended, self._next(len(under_way)))
            under_way |= {asyncio.create_task(self._handed_over(one)) for one in begun}
            ended = []
            if under_way:
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                ended = [task.result() for task in done if not task.exception()]
                self.errors += filter(None, (task.exception() for task in done))

    def _next(self, under_way: int) -> list[int]:
        """The first goes alone: it finds out whether the mail server can be reached."""
        room = (_IN_HAND if self._is_server_there else 1) - under_way
        return [self.waiting.popleft() for _ in range(min(room, len(self.waiting)))]

    async def _write(self, ended: Sequence[Ended], ids: Sequence[int]) -> list[Begun]:
        """In one transaction; where that fails, each in one of its own."""
        try:
            states, begun = await asyncio.to_thread(self.write, ended, ids)
        except Exception as error:
            if len(ended) + len(ids) == 1:
                self.errors.append(error)
                return []
            alone = [await self._write(*one) for one in (*(([e], ()) for e in ended), *(((), [i]) for i in ids))]
            return [one for begun in alone for one in begun]
        self.ends += states
        return begun

    async def _handed_over(self, begun: Begun) -> Ended:
        async with self._gate:
            handed = await self.hand_over(begun)
        if handed.outcome is Outcome.NOT_REACHED:
            self._hold_back()
        else:
            self._is_server_there = True
        return Ended(begun, handed)

    def _hold_back(self) -> None:
        """A mail server that cannot be reached is not asked for every mail."""
        self.ends += [MailState.QUEUED] * len(self.waiting)
        self.waiting.clear()
