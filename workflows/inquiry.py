"""One inquiry that waits by itself: a successor for a seat, a meeting with its invitations and minutes."""

from __future__ import annotations

from temporalio import workflow

from activities.contracts import InquiryStep, ProcessStanding
from activities.inquiry import InquiryActivities
from domain.orders import InquiryOrder
from workflows.activity_options import DATABASE
from workflows.recorded_process import RecordedProcess


@workflow.defn
class InquiryWorkflow(RecordedProcess):
    """From the day something is asked until it is settled."""

    @workflow.init
    def __init__(self, order: InquiryOrder) -> None:
        super().__init__(order.municipality, order.workflow_id, order.clock)
        self.order = order

    @workflow.run
    async def run(self, order: InquiryOrder) -> None:
        if not await self.until_it_is_over():
            workflow.continue_as_new(InquiryOrder(order.municipality, order.workflow_id, self.clock))

    async def do_what_is_due(self) -> ProcessStanding:
        step = InquiryStep(self.municipality, self.workflow_id, self.now())
        return await workflow.execute_activity_method(InquiryActivities.remind, step, **DATABASE)
