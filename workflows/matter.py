"""A matter on its way: reminded of before each body, and sent up where nobody answers."""

from __future__ import annotations

from temporalio import workflow

from activities.contracts import MatterStep, ProcessStanding
from activities.inquiry import InquiryActivities
from domain.orders import MatterOrder
from workflows.activity_options import DATABASE
from workflows.recorded_process import RecordedProcess


@workflow.defn
class MatterWorkflow(RecordedProcess):
    """From the day a matter is raised until a body has answered it, or it was withdrawn."""

    @workflow.init
    def __init__(self, order: MatterOrder) -> None:
        super().__init__(order.municipality, workflow.info().workflow_id, order.clock)
        self.order = order

    @workflow.run
    async def run(self, order: MatterOrder) -> None:
        if not await self.until_it_is_over():
            workflow.continue_as_new(MatterOrder(order.municipality, order.matter, self.clock))

    async def do_what_is_due(self) -> ProcessStanding:
        step = MatterStep(self.municipality, self.order.matter, self.now())
        return await workflow.execute_activity_method(InquiryActivities.remind_or_send_up, step, **DATABASE)
