"""The mails of inquiries (照会): claimed as their ladders say, owed for as long as nobody has answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from itertools import groupby

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from db import tables as t
from domain import inquiry as rules
from domain.calendar import BusinessCalendar
from domain.inquiry import Addressee, InquiryKind, InquiryMail
from domain.ladder import StepKind
from domain.mail_ledger import WAITING, MailState
from domain.meeting import MeetingState
from japan_calendar import business_calendar
from records import addressees, gathering, inquiries, mails, plans
from records.change import Change, NotFound
from records.inquiry_subjects import MeetingSubject, Subject, subject_of
from records.people import Recipient

CANCELLED = "meeting-cancelled"
"""The step that takes invitations back. It stands in no ladder: nobody waits for it."""

_IN_HAND = (
    select(t.Mail, t.Municipality, t.Plan, t.Inquiry)
    .join(t.Inquiry, col(t.Inquiry.id) == col(t.Mail.inquiry_id))
    .join(t.Plan, col(t.Plan.id) == col(t.Inquiry.plan_id))
    .join(t.Municipality, col(t.Municipality.id) == col(t.Plan.municipality_id))
    .where(col(t.Mail.id) == bindparam("mail"))
)
_IN_HAND_FOR_WRITING = _IN_HAND.with_for_update(of=t.Mail)
_OF_PROCESS = (
    select(t.Mail)
    .join(t.Inquiry, col(t.Inquiry.id) == col(t.Mail.inquiry_id))
    .where(t.Inquiry.workflow_id == bindparam("process"))
    .where(col(t.Mail.state).in_(bindparam("states", expanding=True)))
    .order_by(col(t.Mail.id))
)
_MAY_HAVE_LEFT = (MailState.SENT, MailState.UNKNOWN, MailState.INFLIGHT)


@dataclass(frozen=True)
class InquiryMailInHand:
    """Everything a template needs to write one mail.

    `days_late` are business days after the inquiry's due date. `is_to_office`: it goes to a shared mailbox.
    `is_repeated`: its recipient was sent a notice of the same inquiry before; `is_asked_anew`: of an earlier inquiry
    about the same thing only, such as a meeting that has been moved since.
    """

    mail: t.Mail
    municipality: t.Municipality
    plan: t.Plan
    inquiry: t.Inquiry
    subject: Subject
    days_late: int
    is_to_office: bool
    is_repeated: bool
    is_asked_anew: bool


def claim_due(
    session: Session, change: Change, workflow_id: str, at: datetime, calendar: BusinessCalendar, mail_domain: str
) -> list[int]:
    """Claim every mail that a process's inquiries owe at the plan time `at`; the ids of the new rows.

    The steps are marked as taken in the same transaction; one that was claimed before keeps its rows. A meeting that
    was cancelled owes word of it to whoever may have been invited: call this once more after it is settled.
    """
    today = at.date()
    claimed = _cancellations(session, change, workflow_id, today, mail_domain)
    still_open = {row.id: row for row in inquiries.open_of_process(session, workflow_id, lock=True)}
    ladders = _ladders(session, list(still_open.values()))
    due, taken = rules.mails_due(map(inquiries.value_of, still_open.values()), ladders, calendar, at)
    for inquiry, steps in groupby(due, key=lambda mail: mail.inquiry):
        claimed += _claimed(session, change, still_open[inquiry], list(steps), today, mail_domain)
    for value in taken:
        still_open[value.id].done = list(value.done)
        session.add(still_open[value.id])

    def queued() -> Sequence[t.Mail]:
        return session.exec(_OF_PROCESS, params={"process": workflow_id, "states": WAITING}).all()

    mails.enter(session, change, claimed, queued, lambda newer, older: True)
    return [mail.id for rows in claimed for mail in rows]


def waiting(session: Session, workflow_id: str) -> list[int]:
    """The mails of a process that are not at their end, also where the answer has come: then their turn ends them.

    Those that a digest has are not its own to send.
    """
    states = [MailState.QUEUED, MailState.INFLIGHT]
    own = session.exec(
        _OF_PROCESS.where(col(t.Mail.digest_id).is_(None)), params={"process": workflow_id, "states": states}
    )
    return [mail.id for mail in own]


def next_wake(session: Session, workflow_id: str, calendar: BusinessCalendar) -> datetime | None:
    """The plan instant at which a process's next mail falls due, or None when no more will."""
    still_open = inquiries.open_of_process(session, workflow_id)
    return rules.next_wake(map(inquiries.value_of, still_open), _ladders(session, still_open), calendar)


def begin_attempt(session: Session, change: Change, mail_id: int, today: date) -> InquiryMailInHand | None:
    """Mark a mail as being handed over, if it is still to be sent; None when there is nothing to do."""
    found = session.execute(_IN_HAND_FOR_WRITING, {"mail": mail_id}).first()
    if found is None:
        return None
    mail, municipality, plan, inquiry = found
    wish = gathering.wishes(session, (mail.recipient,)).get(mail.recipient)
    gathered = partial(gathering.gather, session, change, mail, plan, _sends_at(session, inquiry), wish, inquiry.kind)
    subject = mails.begin(session, change, mail, partial(_asked, session, mail, inquiry, today), gathered)
    return _in_hand(session, mail, municipality, plan, inquiry, subject, today) if subject is not None else None


def part_of_digest(session: Session, mail_id: int, at: datetime) -> InquiryMailInHand | None:
    """A mail (locked) that a digest brings at an instant, if it is still to be sent."""
    mail, municipality, plan, inquiry = session.execute(_IN_HAND_FOR_WRITING, {"mail": mail_id}).one()
    today = plans.clock_of(plan, at).today(at)
    subject = _asked(session, mail, inquiry, today)
    return _in_hand(session, mail, municipality, plan, inquiry, subject, today) if subject is not None else None


def find(session: Session, mail_id: int, language: str = "ja") -> InquiryMailInHand:
    """A mail as the ledger has it, with what it is about, answered or not."""
    found = session.execute(_IN_HAND, {"mail": mail_id}).first()
    if found is None:
        raise NotFound(f"mail {mail_id}")
    mail, municipality, plan, inquiry = found
    subject = subject_of(session, inquiry, language)
    return _in_hand(session, mail, municipality, plan, inquiry, subject, mail.claimed_on)


def of_subject(session: Session, inquiry: t.Inquiry) -> Sequence[t.Mail]:
    """Every mail that was ever claimed about what an inquiry is about, newest first: what pages list."""
    same = (
        col(t.Inquiry.check_in_id) == inquiry.check_in_id,
        col(t.Inquiry.stage_id) == inquiry.stage_id,
        col(t.Inquiry.seat_id) == inquiry.seat_id,
        col(t.Inquiry.meeting_id) == inquiry.meeting_id,
    )
    query = select(t.Mail).join(t.Inquiry, col(t.Inquiry.id) == col(t.Mail.inquiry_id)).where(*same)
    return session.exec(query.order_by(col(t.Mail.id).desc())).all()


def _sends_at(session: Session, inquiry: t.Inquiry) -> time:
    return inquiries.ladders_of(session, inquiry).get(inquiry.kind, rules.InquiryLadder()).send_at


def _ladders(session: Session, of_process: Sequence[t.Inquiry]) -> rules.Ladders:
    """The ladders of a process: all it asks belongs to one plan."""
    return inquiries.ladders_of(session, of_process[0]) if of_process else {}


def _claimed(
    session: Session,
    change: Change,
    inquiry: t.Inquiry,
    steps: Sequence[InquiryMail],
    today: date,
    mail_domain: str,
) -> list[list[t.Mail]]:
    """New rows for the steps of one inquiry. Whom several of them reach at once gets the most serious alone."""
    known = set(session.exec(select(t.Mail.step_key).where(t.Mail.inquiry_id == inquiry.id)))
    reached: set[str] = set()
    claimed = []
    gentlest_first = sorted(steps, key=lambda step: list(StepKind).index(step.kind))
    for step in gentlest_first[::-1]:
        found = addressees.recipients_of(session, inquiry, step.to, today)
        left = [recipient for recipient in found if recipient.email not in reached]
        if step.step_key in known or (found and not left):
            continue
        reached |= {recipient.email for recipient in left}
        said = {"inquiry_id": inquiry.id, "step_key": step.step_key, "kind": step.kind, "addressee": step.to}
        claimed.append(mails.addressed(change, left, today, mail_domain, **said))
    return claimed[::-1]


def _cancellations(
    session: Session, change: Change, workflow_id: str, today: date, mail_domain: str
) -> list[list[t.Mail]]:
    """Word to those whom an invitation may have reached, under the newest inquiry of a meeting that was cancelled."""
    cancelled = (
        select(t.Inquiry)
        .join(t.Meeting, col(t.Meeting.id) == col(t.Inquiry.meeting_id))
        .where(t.Inquiry.workflow_id == workflow_id)
        .where(t.Meeting.state == MeetingState.CANCELLED, t.Meeting.held_on >= today)
        .order_by(col(t.Inquiry.id))
    )
    claimed = []
    for inquiry in {row.meeting_id: row for row in session.exec(cancelled)}.values():
        told = [mail for mail in of_subject(session, inquiry) if mail.kind is StepKind.NOTICE]
        if any(mail.step_key == CANCELLED for mail in told):
            continue
        invited = {
            mail.recipient: Recipient(mail.recipient, mail.recipient_name, mail.language)
            for mail in reversed(told)
            if mail.state in _MAY_HAVE_LEFT or mail.unknown_ends
        }
        if invited:
            said = {"inquiry_id": inquiry.id, "step_key": CANCELLED, "addressee": Addressee.MEMBERS}
            recipients = list(invited.values())
            claimed.append(mails.addressed(change, recipients, today, mail_domain, kind=StepKind.NOTICE, **said))
    return claimed


def _asked(session: Session, mail: t.Mail, inquiry: t.Inquiry, today: date) -> Subject | None:
    """What the mail asks for, None when that is owed to nobody any more."""
    subject = subject_of(session, inquiry, mail.language)
    if isinstance(subject, MeetingSubject) and mail.kind is StepKind.NOTICE:
        is_asked = _is_news(session, mail, subject.meeting, today)
    else:
        is_asked = inquiry.settled_on is None
    return subject if is_asked else None


def _is_news(session: Session, mail: t.Mail, meeting: t.Meeting, today: date) -> bool:
    """Whether an invitation, or word that a meeting is cancelled, still is worth sending, answered or not.

    A meeting that is asked about anew has other invitations now.
    """
    said = MeetingState.CANCELLED if mail.step_key == CANCELLED else MeetingState.PLANNED
    newest = inquiries.about(session, InquiryKind.MEETING, meeting.id)
    return meeting.state is said and today <= meeting.held_on and newest is not None and newest.id == mail.inquiry_id


def _in_hand(
    session: Session,
    mail: t.Mail,
    municipality: t.Municipality,
    plan: t.Plan,
    inquiry: t.Inquiry,
    subject: Subject,
    today: date,
) -> InquiryMailInHand:
    calendar = business_calendar(range(inquiry.due_on.year, today.year + 1))
    office = select(t.Department.id).where(
        t.Department.email == mail.recipient, t.Department.name == mail.recipient_name
    )
    told = {
        earlier.inquiry_id
        for earlier in of_subject(session, inquiry)
        if earlier.id < mail.id
        and (earlier.recipient, earlier.kind, earlier.state) == (mail.recipient, StepKind.NOTICE, MailState.SENT)
    }
    return InquiryMailInHand(
        mail,
        municipality,
        plan,
        inquiry,
        subject,
        days_late=calendar.between(inquiry.due_on, today),
        is_to_office=session.exec(office).first() is not None,
        is_repeated=inquiry.id in told,
        is_asked_anew=bool(told - {inquiry.id}) and inquiry.id not in told,
    )
