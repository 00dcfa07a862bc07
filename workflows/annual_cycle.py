"""One PDCA year of a plan."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time

from temporalio import workflow
from temporalio.workflow import ParentClosePolicy

from activities.contracts import CycleStep, FrozenCycle, PlannedRound, RoundOpening
from activities.cycle import CycleActivities
from activities.documents import DocumentActivities
from domain.calendar import JST
from domain.clock import PlanClock
from domain.orders import CollectionOrder, CycleEvent, CycleOrder
from workflows.activity_options import DATABASE, DOCUMENTS
from workflows.collection import CollectionWorkflow


@workflow.defn
class AnnualCycleWorkflow:
    @workflow.init
    def __init__(self, order: CycleOrder) -> None:
        self.order = order
        self.clock: PlanClock = order.clock
        self.clock_changed = False
        self.evaluated = False

    @workflow.run
    async def run(self, order: CycleOrder) -> None:
        # Plan: who answers for what this year.
        year = await self._freeze_owners()
        # Do: every round of the year, each until the planning division closes it.
        for round_ in year.rounds:
            await self._wait_for(round_)
            await self._collect(round_)
        # Check: people evaluate.
        await workflow.wait_condition(lambda: self.evaluated)
        # Act: the documents of the year, and its end.
        await self._render_documents()
        await self._close()

    @workflow.signal
    def record(self, events: list[CycleEvent]) -> None:
        """The planning division has finished the evaluation."""
        self.evaluated = True

    @workflow.signal
    def change_clock(self, clocks: list[PlanClock]) -> None:
        """The plan's clock was set anew (demo and replay)."""
        self.clock = clocks[-1]
        self.clock_changed = True

    async def _freeze_owners(self) -> FrozenCycle:
        return await workflow.execute_activity_method(CycleActivities.freeze_owners, self._step(), **DATABASE)

    async def _wait_for(self, round_: PlannedRound) -> None:
        """Until the round's day begins, unless it was opened by hand to collect at once."""
        while not self.order.collect_now and self._today() < round_.opens_on:
            self.clock_changed = False
            opens_at = datetime.combine(round_.opens_on, time(0), JST)
            seconds = self.clock.seconds_until(opens_at, workflow.now())
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.clock_changed, timeout=seconds)

    async def _collect(self, planned: PlannedRound) -> None:
        opening = RoundOpening(self.order.municipality, self.order.cycle, planned.code, self._today())
        round_ = await workflow.execute_activity_method(CycleActivities.open_round, opening, **DATABASE)
        await workflow.execute_child_workflow(
            CollectionWorkflow.run,
            CollectionOrder(self.order.municipality, round_.round, self.clock),
            id=round_.workflow_id,
            parent_close_policy=ParentClosePolicy.REQUEST_CANCEL,
        )

    async def _render_documents(self) -> None:
        await workflow.execute_activity_method(DocumentActivities.render_annual_report, self._step(), **DOCUMENTS)

    async def _close(self) -> None:
        await workflow.execute_activity_method(CycleActivities.close_cycle, self._step(), **DATABASE)

    def _step(self) -> CycleStep:
        return CycleStep(self.order.municipality, self.order.cycle, self._today())

    def _today(self) -> date:
        return self.clock.today(workflow.now())
