"""What waits for an answer: reminding of it, and sending up what nobody answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from temporalio import activity

from activities.contracts import InquiryStep, MatterStep, ProcessStanding
from activities.cycle import calendar_from
from db.session import Database
from domain.calendar import JST
from domain.matter import MatterState
from records import inquiries, inquiry_mails, matters
from records.change import Change


class InquiryActivities:
    """`mail_domain` is that of the sender: Message-IDs are made under it."""

    def __init__(self, database: Database, mail_domain: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._mail_domain = mail_domain
        self._now = now

    @activity.defn
    def remind(self, step: InquiryStep) -> ProcessStanding:
        """Claim the mails that are due of what waits under a process."""
        with self._database.writing(step.municipality) as session:
            calendar, change = calendar_from(step.at.date()), Change("workflow", self._now())
            claimed = inquiry_mails.claim_due(session, change, step.workflow_id, step.at, calendar, self._mail_domain)
            has_ended = not inquiries.open_of_process(session, step.workflow_id)
            wake_at = inquiry_mails.next_wake(session, step.workflow_id, calendar)
            return ProcessStanding(has_ended, bool(claimed), wake_at)

    @activity.defn
    def remind_or_send_up(self, step: MatterStep) -> ProcessStanding:
        """Send a matter up if its body's time is over; claim the mails that are due."""
        with self._database.writing(step.municipality) as session:
            matter = matters.find(session, step.matter, lock=True)
            if matter.state is not MatterState.PENDING:
                return ProcessStanding(True, False, None)
            calendar, change = calendar_from(step.at.date()), Change("workflow", self._now())
            matters.go_up(session, change, matter, step.at.date(), calendar)
            claimed = inquiry_mails.claim_due(session, change, matter.workflow_id, step.at, calendar, self._mail_domain)
            wakes = (
                inquiry_mails.next_wake(session, matter.workflow_id, calendar),
                day_begins(matters.goes_up_on(session, matter, calendar)),
            )
            return ProcessStanding(False, bool(claimed), earliest(*wakes))


def day_begins(day: date | None) -> datetime | None:
    """The plan instant at which a day begins in Japan."""
    return None if day is None else datetime.combine(day, time(0), JST)


def earliest(*instants: datetime | None) -> datetime | None:
    return min((at for at in instants if at is not None), default=None)
