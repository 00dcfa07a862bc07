"""Mails that have not arrived, or may not have: why, and what a person does about it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from db import tables as t
from domain import mail_trouble as rules
from domain.mail_ledger import TROUBLE, WAITING
from domain.mail_trouble import TroubleReason
from domain.orders import MailOrder
from records import addressees, audit, mails, outbox, people, plans
from records.change import Change, Conflict, NotFound
from records.people import Recipient

_AGAIN = "~"
"""Comes after the step's own key, before the how manieth time it is sent again."""


@dataclass(frozen=True)
class Trouble:
    """A mail that a person should look at. `user`: who has its address."""

    mail: t.Mail
    plan: t.Plan
    reason: TroubleReason
    user: t.User | None

    @property
    def is_waiting(self) -> bool:
        return self.mail.state in WAITING


def of_municipality(session: Session, at: datetime) -> list[Trouble]:
    """What is in trouble while somebody still waits for the answer, newest first."""
    candidates = or_(col(t.Mail.state).in_(TROUBLE), col(t.Mail.state).in_(WAITING))
    of_rounds = (
        select(t.Mail, t.Plan)
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.Mail.request_id))
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.UpdateRequest.round_id))
        .join(t.Plan, col(t.Plan.id) == col(t.CollectionRound.plan_id))
        .where(candidates, col(t.Mail.settled_at).is_(None), col(t.CollectionRound.closed_on).is_(None))
    )
    of_inquiries = (
        select(t.Mail, t.Plan)
        .join(t.Inquiry, col(t.Inquiry.id) == col(t.Mail.inquiry_id))
        .join(t.Plan, col(t.Plan.id) == col(t.Inquiry.plan_id))
        .where(candidates, col(t.Mail.settled_at).is_(None), col(t.Inquiry.settled_on).is_(None))
    )
    users = {user.email: user for user in session.exec(select(t.User))}
    found = [
        Trouble(mail, plan, rules.reason_of(mail.state, mail.error), users.get(mail.recipient))
        for query in (of_rounds, of_inquiries)
        for mail, plan in session.exec(query)
        if rules.is_trouble(mail.state, mail.attempts, mail.claimed_at, at)
    ]
    return sorted(found, key=lambda trouble: -trouble.mail.id)


def by_plan(session: Session, at: datetime) -> dict[int, list[Trouble]]:
    """The same by plan id."""
    found: dict[int, list[Trouble]] = defaultdict(list)
    for trouble in of_municipality(session, at):
        found[trouble.plan.id].append(trouble)
    return found


def of_mail(session: Session, mail_id: int, at: datetime) -> Trouble | None:
    """The trouble that a mail is in, if a person should look at it."""
    return next((trouble for trouble in of_municipality(session, at) if trouble.mail.id == mail_id), None)


def not_reached_since(session: Session) -> datetime | None:
    """Since when mails wait because the mail server cannot be reached; None: none does."""
    waits = (col(t.Mail.state).in_(WAITING), col(t.Mail.error).startswith("connect:"))
    return session.exec(select(func.min(t.Mail.claimed_at)).where(*waits)).one()


def send_again(session: Session, change: Change, mail_id: int, has_not_arrived: bool, mail_domain: str) -> list[t.Mail]:
    """Send a mail once more, as a new row of the ledger: whether it is still owed is asked again before it leaves.

    One of unknown fate only where somebody has made sure that it `has_not_arrived`. It goes to the same address, or
    where that is nobody's any more, to whom the step has not reached. Raises `Conflict`: `mail_not_in_trouble`,
    `mail_arrived_perhaps`, `mail_goes_to_nobody`.
    """
    trouble = _in_trouble(session, mail_id, change.at)
    old = trouble.mail
    if trouble.is_waiting:
        raise Conflict("mail_not_in_trouble")
    if trouble.reason is TroubleReason.CUT and not has_not_arrived:
        raise Conflict("mail_arrived_perhaps")
    clock = plans.clock_of(trouble.plan, change.at)
    today = clock.today(change.at)
    of_step = _of_step(session, old)
    recipients = _recipients(session, old, change.at, trouble.plan)
    same = [recipient for recipient in recipients if recipient.email == old.recipient]
    known = {mail.recipient for mail in of_step}
    to = same or [recipient for recipient in recipients if recipient.email not in known]
    if not to:
        raise Conflict("mail_goes_to_nobody")
    times = len({mail.step_key for mail in of_step if _AGAIN in mail.step_key}) + 1
    rows = mails.addressed(
        change,
        to,
        today,
        mail_domain,
        request_id=old.request_id,
        inquiry_id=old.inquiry_id,
        step_key=f"{_step(old)}{_AGAIN}{times}",
        kind=old.kind,
        rank=old.rank,
        addressee=old.addressee,
        measures=old.measures,
    )
    session.add_all(rows)
    old.settled_at = change.at
    session.add(old)
    session.flush()
    for row in rows:
        audit.write(session, change, "mail.sent_again", f"mail/{row.id}", again_of=old.id)
    if old.inquiry_id is None:
        for row in rows:
            outbox.start_mail(session, change, MailOrder(row.municipality_id, row.id, clock))
    else:
        outbox.tell_process(session, change, session.get_one(t.Inquiry, old.inquiry_id).workflow_id, today)
    return rows


def settle(session: Session, change: Change, mail_id: int, note: str) -> None:
    """The matter of a mail was settled in another way, by telephone for instance.

    Raises `Conflict`: `mail_not_in_trouble`, `note_missing`.
    """
    mail = _in_trouble(session, mail_id, change.at).mail
    if not note:
        raise Conflict("note_missing")
    mail.settled_at, mail.settled_note = change.at, note
    session.add(mail)
    audit.write(session, change, "mail.settled", f"mail/{mail.id}", note=note)


def _in_trouble(session: Session, mail_id: int, at: datetime) -> Trouble:
    locked = session.exec(select(t.Mail).where(t.Mail.id == mail_id).with_for_update()).first()
    if locked is None:
        raise NotFound(f"mail {mail_id}")
    trouble = of_mail(session, mail_id, at)
    if trouble is None:
        raise Conflict("mail_not_in_trouble")
    return trouble


def _step(mail: t.Mail) -> str:
    return mail.step_key.partition(_AGAIN)[0]


def _of_step(session: Session, mail: t.Mail) -> list[t.Mail]:
    """The mails of the same step, also those that were sent again."""
    same = select(t.Mail).where(t.Mail.request_id == mail.request_id, t.Mail.inquiry_id == mail.inquiry_id)
    return [other for other in session.exec(same) if _step(other) == _step(mail)]


def _recipients(session: Session, mail: t.Mail, at: datetime, plan: t.Plan) -> list[Recipient]:
    """Whom the step would go to today."""
    today = plans.clock_of(plan, at).today(at)
    if mail.inquiry_id is not None and mail.addressee is not None:
        return addressees.recipients_of(session, session.get_one(t.Inquiry, mail.inquiry_id), mail.addressee, today)
    request = session.get_one(t.UpdateRequest, mail.request_id)
    assert mail.rank is not None
    return people.recipients(session, request.department_id, mail.rank, today)
