"""The plan's time, told to a Temporal server that lives in today.

The record of a replay lives in the plan's time altogether: its plan has no clock of its own, so a plan day is the day
of the instant, and every instant written (submitted, sent, audited, on a document) is one of the replayed years. Only
the server, which starts now and cannot be told otherwise, lives elsewhere. Two places know that: the order of each
process gets the clock that maps the server's time to the plan's (`TellsPlanTime`), and activities ask the hour at
which the server called them (`PlanTime.now`). No time passes while an activity runs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from temporalio import activity
from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    WorkflowHandle,
)

from domain.clock import PlanClock


class PlanTime:
    """What time it is in the plan: `moment` where people act, else the hour at which an activity was called."""

    def __init__(self, clock: PlanClock) -> None:
        self.clock = clock
        self.moment = clock.origin_at

    def now(self) -> datetime:
        if activity.in_activity():
            return self.clock.plan_time(activity.info().current_attempt_scheduled_time)
        return self.moment


class TellsPlanTime(Interceptor):
    """Gives every process that the relay starts the clock that leads from the server's time to the plan's."""

    def __init__(self, clock: PlanClock) -> None:
        self._clock = clock

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Outbound(next, self._clock)


class _Outbound(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, clock: PlanClock) -> None:
        super().__init__(next)
        self._clock = clock

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        (order,) = input.args
        input.args = [{**order, "clock": self._clock}]
        return await super().start_workflow(input)
