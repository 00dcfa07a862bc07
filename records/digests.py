"""The digests (まとめメール): each goes through what a mail of the ledger does, and its mails end as it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db import tables as t
from domain import mail_ledger
from domain.ladder import StepKind
from domain.mail_ledger import FINAL, MailState, Outcome
from records import audit, inquiry_mails, mails, round_mails
from records.change import Change, NotFound
from records.inquiry_mails import InquiryMailInHand
from records.round_mails import RoundMail

_KIND = StepKind.REMINDER
"""By whose rules a digest goes: one of unknown fate is tried once more."""

Part = RoundMail | InquiryMailInHand


@dataclass(frozen=True)
class DigestInHand:
    """Everything that is needed to write a digest: each of its mails that is still owed."""

    digest: t.Digest
    municipality: t.Municipality
    parts: tuple[Part, ...]


def begin(session: Session, change: Change, digest_id: int) -> DigestInHand | None:
    """Mark a digest and its mails as being handed over; None when there is nothing to do.

    What is not owed any more is left out; a digest of which nothing is left becomes obsolete.
    """
    waiting = _waiting_with(session, digest_id)
    digest = next((one for one in waiting if one.id == digest_id), None)
    if digest is None:
        return None
    if digest.state is MailState.INFLIGHT and not _may_be_tried_again(session, change, digest):
        return None
    if not digest.unknown_ends and not _is_the_one_that_leaves(session, change, digest, waiting):
        return None
    parts = _owed(session, change, digest)
    if not parts:
        _end(session, change, digest, MailState.OBSOLETE)
        return None
    digest.state, digest.attempts = MailState.INFLIGHT, digest.attempts + 1
    session.add(digest)
    for part in parts:
        part.mail.state, part.mail.attempts = MailState.INFLIGHT, part.mail.attempts + 1
        session.add(part.mail)
    return DigestInHand(digest, session.get_one(t.Municipality, digest.municipality_id), parts)


def finish_attempt(
    session: Session, change: Change, digest_id: int, outcome: Outcome, subject: str, body: str, error: str
) -> MailState:
    """Write down how the attempt ended, in the digest and in each of its mails."""
    digest = session.exec(select(t.Digest).where(t.Digest.id == digest_id).with_for_update()).one()
    if not mail_ledger.is_news(digest.state, outcome):
        return digest.state
    state = mail_ledger.after_attempt(outcome, _KIND, digest.unknown_ends)
    is_unknown = outcome is Outcome.AMBIGUOUS
    sent_at = change.at if state is MailState.SENT else None
    rows: list[t.Digest | t.Mail] = [digest, *_mails_of(session, digest)]
    for row in rows:
        row.unknown_ends += is_unknown
        row.subject, row.body, row.error, row.sent_at = subject, body, error, sent_at
        session.add(row)
    _end(session, change, digest, state, outcome=outcome.value)
    return state


def find(session: Session, digest_id: int) -> t.Digest:
    found = session.get(t.Digest, digest_id)
    if found is None:
        raise NotFound(f"digest {digest_id}")
    return found


def _waiting_with(session: Session, digest_id: int) -> Sequence[t.Digest]:
    """The digests of one recipient that are not at their end, locked in one order by whoever comes."""
    recipient = select(t.Digest.recipient).where(t.Digest.id == digest_id).scalar_subquery()
    query = select(t.Digest).where(t.Digest.recipient == recipient, col(t.Digest.state).not_in(FINAL))
    return session.exec(query.order_by(col(t.Digest.id)).with_for_update()).all()


def _may_be_tried_again(session: Session, change: Change, digest: t.Digest) -> bool:
    """What becomes of a digest that was cut off by a kill: nobody knows whether it left."""
    state = mail_ledger.after_unknown(_KIND, digest.unknown_ends)
    rows: list[t.Digest | t.Mail] = [digest, *_mails_of(session, digest)]
    for row in rows:
        row.unknown_ends += 1
        session.add(row)
    if state is MailState.QUEUED:
        audit.write(session, change, "digest.unknown", f"digest/{digest.id}", then=state.value)
    _end(session, change, digest, state)
    return state is MailState.QUEUED


def _is_the_one_that_leaves(
    session: Session, change: Change, digest: t.Digest, of_recipient: Sequence[t.Digest]
) -> bool:
    """Whether this is the latest digest that waits; that one takes what the others hold.

    After days without a mail server a person gets one digest, not one for each day. One that may have left already
    keeps what is its own. Plans on clocks of their own (demo) do not meet.
    """
    waiting = [
        one
        for one in of_recipient
        if one.state is MailState.QUEUED and not one.unknown_ends and _have_one_clock(session, one, digest)
    ]
    latest = max(waiting, key=lambda one: one.digest_on)
    for older in waiting:
        if older is latest:
            continue
        for mail in _mails_of(session, older):
            mail.digest_id = latest.id
            session.add(mail)
            audit.write(session, change, "mail.gathered", f"mail/{mail.id}", gathered_in=latest.id)
        session.flush()
        _end(session, change, older, MailState.OBSOLETE, superseded_by=latest.id)
    return latest is digest


def _have_one_clock(session: Session, one: t.Digest, other: t.Digest) -> bool:
    first, second = (session.get_one(t.Plan, digest.plan_id) for digest in (one, other))
    return (first.clock_origin_at, first.clock_started_at, first.clock_seconds_per_day) == (
        second.clock_origin_at,
        second.clock_started_at,
        second.clock_seconds_per_day,
    )


def _owed(session: Session, change: Change, digest: t.Digest) -> tuple[Part, ...]:
    """The mails of a digest that still ask for something; the others are owed to nobody any more."""
    found: list[Part] = []
    for mail in _mails_of(session, digest):
        of = inquiry_mails if mail.request_id is None else round_mails
        part: Part | None = of.part_of_digest(session, mail.id, change.at)
        if part is None:
            mails.make_obsolete(session, change, mail)
        else:
            found.append(part)
    return tuple(found)


def _mails_of(session: Session, digest: t.Digest) -> Sequence[t.Mail]:
    """The mails of a digest that are not at their end."""
    query = select(t.Mail).where(t.Mail.digest_id == digest.id, col(t.Mail.state).not_in(FINAL))
    return session.exec(query.order_by(col(t.Mail.id)).with_for_update()).all()


def _end(session: Session, change: Change, digest: t.Digest, state: MailState, **because: object) -> None:
    """Give a digest and its mails the state that its attempt ended in; waiting on, its mails stay gathered."""
    digest.state = state
    session.add(digest)
    is_final = state is not MailState.QUEUED
    for mail in _mails_of(session, digest):
        mail.state = state if is_final else MailState.GATHERED
        session.add(mail)
        if is_final:
            audit.write(session, change, f"mail.{state.value}", f"mail/{mail.id}", gathered_in=digest.id)
    if is_final:  # days of waiting for a mail server are no news each time
        audit.write(session, change, f"digest.{state.value}", f"digest/{digest.id}", **because)
