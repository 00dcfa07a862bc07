"""The mail ledger: what a mail goes through, whatever it is about. Each attempt is two transactions: begin, finish.

What is claimed, for whom and how long it is owed is said where it is known: `round_mails` for the requests of a
collection round, `inquiry_mails` for what waits outside the rounds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import make_msgid
from typing import Any, TypeVar

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from db import tables as t
from domain import mail_ledger
from domain.ladder import StepKind
from domain.mail_ledger import FINAL, WAITING, MailState, Outcome
from records import audit
from records.change import Change, NotFound
from records.people import Recipient

UP_THE_LINE = (StepKind.NOTICE, StepKind.REMINDER, StepKind.ESCALATION)
"""Mails of which a later one makes an earlier one idle."""

_NOBODY = Recipient("", "", "ja")
# What is asked for every mail is put into words once: SQLAlchemy takes longer to build a statement than to run it.
_FOR_WRITING = (
    select(t.Mail)
    .where(col(t.Mail.id).in_(bindparam("mails", expanding=True)))
    .order_by(col(t.Mail.id))
    .with_for_update()
)

Asked = TypeVar("Asked")


@dataclass(frozen=True)
class Ended:
    """How the attempt at a mail (or a digest, of which `mail` is the id then) ended, and what it said."""

    mail: int
    outcome: Outcome
    subject: str
    body: str
    error: str


def addressed(
    change: Change, recipients: Sequence[Recipient], today: date, mail_domain: str, **said: Any
) -> list[t.Mail]:
    """One row of a step (`said`: its subject, key and kind) for each recipient.

    Where there is nobody to send to, there is a row all the same, as failed, so that a person sees it.
    """
    return [
        t.Mail(
            **said,
            recipient=recipient.email,
            recipient_name=recipient.name,
            language=recipient.language,
            state=MailState.QUEUED if recipient.email else MailState.FAILED,
            error="" if recipient.email else "there is nobody to send this to",
            message_id=make_msgid(domain=mail_domain),
            claimed_on=today,
            claimed_at=change.at,
        )
        for recipient in recipients or (_NOBODY,)
    ]


def enter(
    session: Session,
    change: Change,
    claimed: Sequence[list[t.Mail]],
    waiting: Callable[[], Sequence[t.Mail]],
    says_again: Callable[[t.Mail, t.Mail], bool],
) -> None:
    """Enter claimed rows, step by step, and retire what each supersedes.

    After an outage only the latest word up the line leaves: of what still waits (`waiting`, asked once the rows are
    there), an older mail to the same recipient is obsolete where the newer one `says_again` all that it (named second)
    would still ask. The database enforces UNIQUE(subject, step, recipient).
    """
    if not claimed:
        return
    session.add_all(mail for rows in claimed for mail in rows)
    session.flush()
    queued: dict[tuple[int | None, int | None], list[t.Mail]] = defaultdict(list)
    for mail in waiting():
        queued[mail.request_id, mail.inquiry_id].append(mail)
    for rows in claimed:
        for mail in rows:
            audit.write(session, change, "mail.claimed", f"mail/{mail.id}", step=mail.step_key, **_about(mail))
        _retire(session, change, rows, queued[rows[0].request_id, rows[0].inquiry_id], says_again)


def begin(
    session: Session, change: Change, mail: t.Mail, asked: Callable[[], Asked], gathered: Callable[[], bool]
) -> Asked | None:
    """Mark a mail (locked by the caller) as being handed over; what it still asks, or None when nothing is to be sent.

    A mail that is found inflight was cut off by a kill: nobody knows whether it left. One that a digest has, or that
    is `gathered` into one now, is the digest's to send.
    """
    if mail.state in FINAL or mail.digest_id is not None:
        return None
    if mail.state is MailState.INFLIGHT:
        mail.state = mail_ledger.after_unknown(mail.kind, mail.unknown_ends)
        mail.unknown_ends += 1
        audit.write(session, change, "mail.unknown", f"mail/{mail.id}", then=mail.state.value)
        session.add(mail)
        if mail.state is MailState.UNKNOWN:
            return None
    still = asked()
    if not still:
        make_obsolete(session, change, mail)
        return None
    if gathered():
        return None
    mail.state, mail.attempts = MailState.INFLIGHT, mail.attempts + 1
    session.add(mail)
    return still


def finish_attempt(
    session: Session, change: Change, mail_id: int, outcome: Outcome, subject: str, body: str, error: str
) -> MailState:
    """Write down how one attempt ended, as `finish_attempts` does."""
    [state] = finish_attempts(session, change, [Ended(mail_id, outcome, subject, body, error)])
    return state


def finish_attempts(session: Session, change: Change, ends: Sequence[Ended]) -> list[MailState]:
    """Write down how attempts ended; the state of each mail then."""
    rows = {mail.id: mail for mail in session.exec(_FOR_WRITING, params={"mails": [end.mail for end in ends]})}
    return [_finish(session, change, rows[end.mail], end) for end in ends]


def _finish(session: Session, change: Change, mail: t.Mail, end: Ended) -> MailState:
    if not mail_ledger.is_news(mail.state, end.outcome):
        return mail.state
    mail.state = mail_ledger.after_attempt(end.outcome, mail.kind, mail.unknown_ends)
    mail.unknown_ends += end.outcome is Outcome.AMBIGUOUS
    mail.subject, mail.body, mail.error = end.subject, end.body, end.error
    if mail.state is MailState.SENT:
        mail.sent_at = change.at
    session.add(mail)
    if mail.state is not MailState.QUEUED:  # days of waiting for a mail server are no news each time
        audit.write(session, change, f"mail.{mail.state.value}", f"mail/{mail.id}", outcome=end.outcome.value)
    return mail.state


def make_obsolete(session: Session, change: Change, mail: t.Mail, **because: Any) -> None:
    """Nobody is owed this mail any more."""
    mail.state = MailState.OBSOLETE
    session.add(mail)
    audit.write(session, change, "mail.obsolete", f"mail/{mail.id}", **because)


def find(session: Session, mail_id: int) -> t.Mail:
    """A mail as the ledger has it."""
    mail = session.get(t.Mail, mail_id)
    if mail is None:
        raise NotFound(f"mail {mail_id}")
    return mail


def _retire(
    session: Session,
    change: Change,
    newer: Sequence[t.Mail],
    waiting: Iterable[t.Mail],
    says_again: Callable[[t.Mail, t.Mail], bool],
) -> None:
    """Of what waits of the same subject, end what the newer rows say again."""
    by_recipient = {mail.recipient: mail for mail in newer if mail.kind in UP_THE_LINE}
    for queued in waiting:
        mail = by_recipient.get(queued.recipient)
        if mail is None or queued.id >= newer[0].id or queued.state not in WAITING:
            continue
        if says_again(mail, queued):
            make_obsolete(session, change, queued, superseded_by=mail.id)


def _about(mail: t.Mail) -> dict[str, int | None]:
    """The subject of a mail, as the audit log names it."""
    return {"request": mail.request_id} if mail.inquiry_id is None else {"inquiry": mail.inquiry_id}
