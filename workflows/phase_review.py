"""The review of a term (見直し): what the term was, what departments propose, what is decided, the next edition."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time

from temporalio import workflow
from temporalio.workflow import ParentClosePolicy

from activities.contracts import ReviewStep
from activities.review import ReviewActivities
from domain.calendar import JST
from domain.clock import PlanClock
from domain.orders import CollectionOrder, ReviewOrder
from domain.phase_review import ReviewEvent, ReviewEventKind
from workflows.activity_options import DATABASE, DOCUMENTS
from workflows.collection import CollectionWorkflow


@workflow.defn
class PhaseReviewWorkflow:
    """People decide in the record; the review waits for them, and does what follows from what they decided."""

    @workflow.init
    def __init__(self, order: ReviewOrder) -> None:
        self.order = order
        self.clock: PlanClock = order.clock
        self.clock_changed = False
        self.unread: list[ReviewEvent] = []
        self.seen: set[int] = set()

    @workflow.run
    async def run(self, order: ReviewOrder) -> None:
        # What the term was, as it stands now.
        await self._freeze_term()
        # What the departments propose, until the planning division closes their round.
        await self._collect_proposals()
        while True:
            # What is decided, and what the bodies say to it.
            await self._until_agreed()
            # The next edition, if there is to be one, and the documents.
            effective_on = await self._make_edition()
            await self._render_documents()
            # Until its day the edition can be undone; then everything is decided anew.
            if effective_on is None or await self._took_effect(effective_on):
                break
        await self._close()

    @workflow.signal
    def record(self, events: list[ReviewEvent]) -> None:
        """The planning division or a body has decided, or an edition was undone."""
        self.unread.extend(event for event in events if event.id not in self.seen)
        self.seen.update(event.id for event in events)

    @workflow.signal
    def change_clock(self, clocks: list[PlanClock]) -> None:
        """The plan's clock was set anew (demo and replay)."""
        self.clock = clocks[-1]
        self.clock_changed = True

    async def _freeze_term(self) -> None:
        await workflow.execute_activity_method(ReviewActivities.freeze_term, self._step(), **DATABASE)

    async def _collect_proposals(self) -> None:
        round_ = await workflow.execute_activity_method(ReviewActivities.ask_for_proposals, self._step(), **DATABASE)
        await workflow.execute_child_workflow(
            CollectionWorkflow.run,
            CollectionOrder(self.order.municipality, round_.round, self.clock),
            id=round_.workflow_id,
            parent_close_policy=ParentClosePolicy.REQUEST_CANCEL,
        )

    async def _until_agreed(self) -> None:
        """Decided, with papers for the bodies; a body's return means deciding again."""
        while True:
            match (await self._next_event()).kind:
                case ReviewEventKind.DECIDED:
                    await workflow.execute_activity_method(ReviewActivities.render_papers, self._step(), **DOCUMENTS)
                case ReviewEventKind.CONSULTED:
                    return

    async def _make_edition(self) -> date | None:
        made = await workflow.execute_activity_method(ReviewActivities.make_edition, self._step(), **DATABASE)
        return made.effective_on

    async def _render_documents(self) -> None:
        await workflow.execute_activity_method(ReviewActivities.render_review, self._step(), **DOCUMENTS)

    async def _took_effect(self, effective_on: date) -> bool:
        await workflow.execute_activity_method(ReviewActivities.await_effect, self._step(), **DATABASE)
        if await self._undone_before(effective_on):
            return False
        # Undone in the last moment: the record knows it before the signal arrives.
        return await workflow.execute_activity_method(ReviewActivities.take_effect, self._step(), **DATABASE)

    async def _undone_before(self, effective_on: date) -> bool:
        while self._today() < effective_on:
            if self.unread and (await self._next_event()).kind is ReviewEventKind.UNDONE:
                return True
            self.clock_changed = False
            begins_at = datetime.combine(effective_on, time(0), JST)
            seconds = self.clock.seconds_until(begins_at, workflow.now())
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.clock_changed or bool(self.unread), timeout=seconds)
        return False

    async def _close(self) -> None:
        await workflow.execute_activity_method(ReviewActivities.close_review, self._step(), **DATABASE)

    async def _next_event(self) -> ReviewEvent:
        await workflow.wait_condition(lambda: bool(self.unread))
        return self.unread.pop(0)

    def _step(self) -> ReviewStep:
        return ReviewStep(self.order.municipality, self.order.review, self._today())

    def _today(self) -> date:
        return self.clock.today(workflow.now())
