"""The least that can keep a round's promises durable: one workflow with the ids still owed, and nothing else.

No calendar, no ladder, no returns, extensions or pauses; its wake-ups are given to it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow


@dataclass(frozen=True)
class BareOrder:
    """How many measures, and after how many seconds each step falls due."""

    measures: int
    steps: tuple[float, ...]


@workflow.defn
class BareRound:
    def __init__(self) -> None:
        self.owed: set[int] = set()
        self.answered: set[int] = set()
        self.closed = False

    @workflow.run
    async def run(self, order: BareOrder) -> None:
        self.owed = set(range(order.measures))
        began = workflow.now()
        for step in order.steps:
            left = step - (workflow.now() - began).total_seconds()
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.closed, timeout=max(left, 0.001))
            if self.closed:
                return
            await workflow.execute_activity(
                "remind", sorted(self.owed - self.answered), start_to_close_timeout=timedelta(minutes=1)
            )
        await workflow.wait_condition(lambda: self.closed)

    @workflow.signal
    def record(self, measures: list[int]) -> None:
        self.answered.update(measures)

    @workflow.signal
    def close(self) -> None:
        self.closed = True
