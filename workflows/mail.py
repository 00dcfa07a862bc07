"""One mail of a round that somebody wants sent again."""

from __future__ import annotations

from temporalio import workflow

from activities.contracts import MailToSend
from activities.mailing import MailingActivities
from domain.orders import MailOrder
from workflows.activity_options import MAIL


@workflow.defn
class MailWorkflow:
    """Hands a mail over by the ledger's protocol, however long the mail server is away."""

    @workflow.run
    async def run(self, order: MailOrder) -> None:
        today = order.clock.plan_time(workflow.now()).date()
        mail = MailToSend(order.municipality, order.mail, today)
        await workflow.execute_activity_method(MailingActivities.send_again, mail, **MAIL)
