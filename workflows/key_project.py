"""A key project: no plan of years, but a question at the team's own cadence, and whenever something happens."""

from __future__ import annotations

from temporalio import workflow

from activities.contracts import ProcessStanding, ProjectStep
from activities.key_project import KeyProjectActivities
from domain.orders import ProjectOrder
from workflows.activity_options import DATABASE, DOCUMENTS
from workflows.recorded_process import RecordedProcess


@workflow.defn
class KeyProjectWorkflow(RecordedProcess):
    """From the founding of its team until the project has ended and the team is dissolved: many years perhaps."""

    @workflow.init
    def __init__(self, order: ProjectOrder) -> None:
        super().__init__(order.municipality, workflow.info().workflow_id, order.clock)
        self.order = order

    @workflow.run
    async def run(self, order: ProjectOrder) -> None:
        # Check: ask the team where it stands, when its cadence or an event calls for it; remind of what is missing.
        if not await self.until_it_is_over():
            workflow.continue_as_new(ProjectOrder(order.municipality, order.project, self.clock))
        # Act: what the project was, from its first hypothesis to its end; written anew until its team is dissolved.
        while not await self._is_written_down():
            await workflow.wait_condition(lambda: self.told)

    async def do_what_is_due(self) -> ProcessStanding:
        return await workflow.execute_activity_method(KeyProjectActivities.ask_and_remind, self._step(), **DATABASE)

    async def _is_written_down(self) -> bool:
        """Whether the report that is kept now tells of the team's end too."""
        self.told = False
        is_last = await workflow.execute_activity_method(KeyProjectActivities.has_dissolved, self._step(), **DATABASE)
        await workflow.execute_activity_method(KeyProjectActivities.render_report, self._step(), **DOCUMENTS)
        return is_last

    def _step(self) -> ProjectStep:
        return ProjectStep(self.municipality, self.order.project, self.now())
