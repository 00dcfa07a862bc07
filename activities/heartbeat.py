"""Tells Temporal that an activity is alive, so that another worker takes over soon after a kill."""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ActivityOutboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

_EVERY_SECONDS = 4

unbroken = activity.defn(no_thread_cancel_exception=True)
"""An activity in a thread of its own. What it does is a transaction or two: it is never broken off in between."""


class Heartbeats(Interceptor):
    """Every activity beats for as long as it runs; none has to see to it itself."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Beating(super().intercept_activity(next))


class _Beating(ActivityInboundInterceptor):
    def init(self, outbound: ActivityOutboundInterceptor) -> None:
        self._outbound = outbound
        super().init(outbound)

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        beating = asyncio.create_task(self._beat())
        try:
            return await super().execute_activity(input)
        finally:
            beating.cancel()

    async def _beat(self) -> None:
        while True:
            # Not `activity.heartbeat`: where the activity is a thread, that waits for this very loop.
            self._outbound.heartbeat()
            await asyncio.sleep(_EVERY_SECONDS)
