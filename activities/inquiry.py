"""What waits for an answer: reminding of it, and sending up what nobody answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from sqlmodel import Session

from activities.contracts import InquiryStep, MatterStep, ProcessStanding
from activities.cycle import calendar_from
from activities.heartbeat import unbroken
from db.session import Database
from domain.calendar import JST, BusinessCalendar
from domain.matter import MatterState
from records import inquiries, inquiry_mails, matters, pauses
from records.change import Change

ASLEEP = ProcessStanding(False, False, None)
"""While the city is paused: nothing is claimed, nothing ends; on resuming every process is told."""


class InquiryActivities:
    """`mail_domain` is that of the sender: Message-IDs are made under it."""

    def __init__(self, database: Database, mail_domain: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._mail_domain = mail_domain
        self._now = now

    @unbroken
    def remind(self, step: InquiryStep) -> ProcessStanding:
        """Claim the mails that are due of what waits under a process."""
        with self._database.writing(step.municipality) as session:
            if pauses.current(session) is not None:
                return ASLEEP
            calendar, change = calendar_from(step.at.date()), Change("workflow", self._now())
            has_mail = claim(session, change, step.workflow_id, step.at, calendar, self._mail_domain)
            has_ended = not inquiries.open_of_process(session, step.workflow_id)
            wake_at = inquiry_mails.next_wake(session, step.workflow_id, calendar)
            return ProcessStanding(has_ended, has_mail, wake_at)

    @unbroken
    def remind_or_send_up(self, step: MatterStep) -> ProcessStanding:
        """Send a matter up if its body's time is over; claim the mails that are due."""
        with self._database.writing(step.municipality) as session:
            if pauses.current(session) is not None:
                return ASLEEP
            matter = matters.find(session, step.matter, lock=True)
            if matter.state is not MatterState.PENDING:
                return ProcessStanding(True, False, None)
            calendar, change = calendar_from(step.at.date()), Change("workflow", self._now())
            matters.go_up(session, change, matter, step.at.date(), calendar)
            has_mail = claim(session, change, matter.workflow_id, step.at, calendar, self._mail_domain)
            wakes = (
                inquiry_mails.next_wake(session, matter.workflow_id, calendar),
                day_begins(matters.goes_up_on(session, matter, calendar)),
            )
            return ProcessStanding(False, has_mail, earliest(*wakes))


def claim(
    session: Session, change: Change, workflow_id: str, at: datetime, calendar: BusinessCalendar, mail_domain: str
) -> bool:
    """Claim the mails of a process that are due; whether any wait to be handed over.

    Also those that an attempt claimed before it was killed: nobody else would hand them over.
    """
    inquiry_mails.claim_due(session, change, workflow_id, at, calendar, mail_domain)
    return bool(inquiry_mails.waiting(session, workflow_id))


def day_begins(day: date | None) -> datetime | None:
    """The plan instant at which a day begins in Japan."""
    return None if day is None else datetime.combine(day, time(0), JST)


def earliest(*instants: datetime | None) -> datetime | None:
    return min((at for at in instants if at is not None), default=None)
