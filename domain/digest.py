"""まとめメール: which mails can wait for the day's digest, and when that leaves.

Meguru's own throughout: no source speaks of gathering mails. What is urgent never waits.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from domain.calendar import JST, BusinessCalendar
from domain.inquiry import InquiryKind
from domain.ladder import StepKind
from domain.plan import MailRules

LEAVES_AT = time(9, 30)
AFTER_SENDING = timedelta(minutes=30)
"""The digest leaves at 9:30 (JST), or this long after the hour at which the plan sends, if that is later."""

CAN_WAIT = (StepKind.NOTICE, StepKind.REMINDER)


def can_wait(kind: StepKind, inquiry: InquiryKind | None, unknown_ends: int) -> bool:
    """Whether a mail may be gathered at all; `inquiry` is what kind of inquiry it is of, if of one.

    Escalations, returns and requests for approval go at once. So does every mail of a meeting: it may be today. One
    that perhaps has left already is not gathered either: its second copy is its last.
    """
    return kind in CAN_WAIT and inquiry is not InquiryKind.MEETING and unknown_ends == 0


def is_gathered(rules: MailRules, wants_digest: bool | None) -> bool:
    """Whether somebody's mails of a plan are gathered; None: they have not said, or it is a shared mailbox."""
    if wants_digest is None or not rules.person_may_choose:
        return rules.gathers_by_default
    return wants_digest


def leaves_at(day: date, sends_at: time) -> datetime:
    """The plan instant at which the digest of a day leaves; `sends_at` is the hour of the plan's mails."""
    after_sending = datetime.combine(day, sends_at, JST) + AFTER_SENDING
    return max(datetime.combine(day, LEAVES_AT, JST), after_sending)


def digest_day(at: datetime, sends_at: time, calendar: BusinessCalendar) -> date:
    """The day whose digest a mail joins that is gathered at plan time `at`: a business day, today if it is in time."""
    today = at.astimezone(JST).date()
    day = calendar.on_or_after(today)
    return day if at < leaves_at(day, sends_at) else calendar.shift(day, 1)
