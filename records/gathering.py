"""Gathering what can wait into the day's digest (まとめメール) of its recipient, for whoever wants it so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time
from email.utils import make_msgid

from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from db import tables as t
from domain import digest as rules
from domain.clock import PlanClock
from domain.identifiers import digest_id
from domain.inquiry import InquiryKind
from domain.mail_ledger import MailState
from domain.orders import DigestOrder
from japan_calendar import business_calendar
from records import audit, outbox, plans
from records.change import Change

# What is asked for every mail is put into words once: SQLAlchemy takes longer to build a statement than to run it.
_WANTED = (
    select(t.User.email, t.MailPreference.wants_digest)
    .join(t.MailPreference, t.User.id == t.MailPreference.user_id)  # type: ignore[arg-type]  # a comparison of columns
    .where(col(t.User.email).in_(bindparam("recipients", expanding=True)))
)
_OF_DAY = (
    select(t.Digest)
    .where(t.Digest.recipient == bindparam("recipient"), t.Digest.digest_on == bindparam("day"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def gather(
    session: Session,
    change: Change,
    mail: t.Mail,
    plan: t.Plan,
    sends_at: time,
    wish: bool | None,
    inquiry: InquiryKind | None = None,
) -> bool:
    """Leave a mail (locked by the caller) to its recipient's digest, if it can wait and they want that (`wish`).

    `sends_at` is the hour of the plan's mails, `inquiry` what kind of inquiry the mail is of, if of one.
    """
    if not rules.can_wait(mail.kind, inquiry, mail.unknown_ends):
        return False
    if not rules.is_gathered(plans.definition_of(plan).mails, wish):
        return False
    digest = _that_takes(session, change, mail, plan, sends_at)
    mail.state, mail.digest_id = MailState.GATHERED, digest.id
    session.add(mail)
    audit.write(session, change, "mail.gathered", f"mail/{mail.id}", gathered_in=digest.id)
    return True


def may_happen(session: Session) -> bool:
    """Whether anybody's mails are gathered at all, in the session's scope."""
    wished = session.exec(select(t.MailPreference).where(t.MailPreference.wants_digest)).first()
    return wished is not None or any(plans.definition_of(p).mails.gathers_by_default for p in plans.every(session))


def wishes(session: Session, recipients: Collection[str]) -> dict[str, bool]:
    """What the people of addresses chose; who chose nothing is not there, nor is a shared mailbox."""
    return dict(session.exec(_WANTED, params={"recipients": list(recipients)}).all())


def _that_takes(session: Session, change: Change, mail: t.Mail, plan: t.Plan, sends_at: time) -> t.Digest:
    """The digest that a mail joins: of today, while that has not been begun; else of the next business day."""
    clock = plans.clock_of(plan, change.at)
    at = clock.plan_time(change.at)
    calendar = business_calendar((at.year, at.year + 1))
    day = rules.digest_day(at, sends_at, calendar)
    while True:
        digest = session.exec(_OF_DAY, params={"recipient": mail.recipient, "day": day}).first()
        if digest is None:
            digest = _opened(session, change, mail, plan, day, sends_at, clock)
        if digest is not None and digest.state is MailState.QUEUED and not digest.unknown_ends:
            return digest
        if digest is not None:
            day = calendar.shift(day, 1)


def _opened(
    session: Session, change: Change, mail: t.Mail, plan: t.Plan, day: date, sends_at: time, clock: PlanClock
) -> t.Digest | None:
    """A new digest, whose process is started with it; None: somebody else has just opened it."""
    city = session.get_one(t.Municipality, mail.municipality_id)
    digest = t.Digest(
        municipality_id=city.id,
        plan_id=plan.id,
        recipient=mail.recipient,
        recipient_name=mail.recipient_name,
        language=mail.language,
        digest_on=day,
        workflow_id=digest_id(city.code, mail.recipient, day),
        message_id=make_msgid(domain=mail.message_id.rpartition("@")[2].rstrip(">")),
        gathered_at=change.at,
    )
    try:
        with session.begin_nested():
            session.add(digest)
    except IntegrityError:
        return None
    order = DigestOrder(city.id, digest.id, rules.leaves_at(day, sends_at), clock)
    outbox.start_digest(session, change, digest.workflow_id, order)
    audit.write(session, change, "digest.opened", f"digest/{digest.id}", on=day.isoformat())
    return digest
