"""The mail ledger: claim, attempt, result. Each function is one transaction (design: sending mail)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import make_msgid

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain import mail_ledger
from domain.collection import DueMail
from domain.ladder import StepKind
from domain.mail_ledger import FINAL, MailState, Outcome
from domain.progress_report import awaits_approval, is_owed
from domain.text import titled
from japan_calendar import business_calendar
from records import audit, people
from records.change import Change, NotFound
from records.people import Recipient

_NOBODY = Recipient("", "", "ja")
_UP_THE_LINE = (StepKind.NOTICE, StepKind.REMINDER, StepKind.ESCALATION)


@dataclass(frozen=True)
class ListedMeasure:
    """A measure as a mail lists it. `days_late` are business days after the due date."""

    code: str
    title: str
    due_on: date
    days_late: int
    return_comment: str
    report_id: int


@dataclass(frozen=True)
class MailInHand:
    """Everything a template needs to write one mail. `review` is set in the round of a review's proposals."""

    mail: t.Mail
    municipality: t.Municipality
    plan: t.Plan
    round: t.CollectionRound
    department: t.Department | None
    measures: tuple[ListedMeasure, ...]
    review: t.PhaseReview | None = None


def claim(session: Session, change: Change, due: DueMail, today: date, mail_domain: str) -> list[int]:
    """Claim one due mail for each of its recipients; returns the ids of all rows of this step.

    Only what is still owed is claimed. A step that was claimed before keeps its rows (a transfer in
    between must not add a copy; the database enforces UNIQUE(request, step, recipient)); measures that
    fell due under the same step but were relayed later get a mail of their own. Where there is nobody to
    send to, the row is there all the same, as failed, so that the board shows it.
    """
    request = session.get(t.UpdateRequest, due.request)
    assert request is not None, due
    known = session.exec(
        select(t.Mail).where(
            t.Mail.request_id == due.request,
            or_(t.Mail.step_key == due.step_key, col(t.Mail.step_key).startswith(f"{due.step_key}+", autoescape=True)),
        )
    ).all()
    said = {measure for mail in known for measure in mail.measures}
    measures = tuple(m for m in due.measures if m not in said)
    known_ids = [mail.id for mail in known]
    if not measures or not _concerned(session, due.kind, due.request, measures):
        return known_ids
    step_key = f"{due.step_key}+{len(said)}" if said else due.step_key
    rows = [
        t.Mail(
            request_id=due.request,
            step_key=step_key,
            kind=due.kind,
            rank=due.to,
            recipient=recipient.email,
            recipient_name=recipient.name,
            language=recipient.language,
            measures=list(measures),
            state=MailState.QUEUED if recipient.email else MailState.FAILED,
            error="" if recipient.email else "there is nobody to send this to",
            message_id=make_msgid(domain=mail_domain),
            claimed_on=today,
            claimed_at=change.at,
        )
        for recipient in people.recipients(session, request.department_id, due.to, today) or (_NOBODY,)
    ]
    session.add_all(rows)
    session.flush()
    for mail in rows:
        audit.write(session, change, "mail.claimed", f"mail/{mail.id}", step=step_key, request=due.request)
    _retire_superseded(session, change, rows)
    return known_ids + [mail.id for mail in rows]


def begin_attempt(session: Session, change: Change, mail_id: int, today: date) -> MailInHand | None:
    """Mark a mail as being handed over, if it is still to be sent; None when there is nothing to do.

    A mail that is found inflight was cut off by a kill: nobody knows whether it left.
    """
    mail = session.get(t.Mail, mail_id, with_for_update=True)
    if mail is None or mail.state in FINAL:
        return None
    if mail.state is MailState.INFLIGHT:
        mail.state = mail_ledger.after_unknown(mail.kind, mail.unknown_ends)
        mail.unknown_ends += 1
        audit.write(session, change, "mail.unknown", f"mail/{mail.id}", then=mail.state.value)
        session.add(mail)
        if mail.state is MailState.UNKNOWN:
            return None
    listed = _listed(session, mail, today)
    if not listed:
        mail.state = MailState.OBSOLETE
        session.add(mail)
        audit.write(session, change, "mail.obsolete", f"mail/{mail.id}")
        return None
    mail.state, mail.attempts = MailState.INFLIGHT, mail.attempts + 1
    session.add(mail)
    return _in_hand(session, mail, listed)


def finish_attempt(
    session: Session, change: Change, mail_id: int, outcome: Outcome, subject: str, body: str, error: str
) -> MailState:
    """Write down how the attempt ended."""
    mail = session.get(t.Mail, mail_id, with_for_update=True)
    assert mail is not None, mail_id
    if mail.state is MailState.SENT:  # an attempt that was thought dead ends late: sent stays sent
        return mail.state
    mail.state = mail_ledger.after_attempt(outcome, mail.kind, mail.unknown_ends)
    mail.unknown_ends += outcome is Outcome.AMBIGUOUS
    mail.subject, mail.body, mail.error = subject, body, error
    if mail.state is MailState.SENT:
        mail.sent_at = change.at
    session.add(mail)
    if mail.state is not MailState.QUEUED:  # days of waiting for a mail server are no news each time
        audit.write(session, change, f"mail.{mail.state.value}", f"mail/{mail.id}", outcome=outcome.value)
    return mail.state


def find(session: Session, mail_id: int, language: str = "ja") -> MailInHand:
    """A mail as the ledger has it, with every measure it names, owed or not; their titles in a language."""
    mail = session.get(t.Mail, mail_id)
    if mail is None:
        raise NotFound(f"mail {mail_id}")
    rows = session.exec(
        select(t.Node, t.ProgressReport)
        .join(t.ProgressReport, col(t.ProgressReport.node_id) == col(t.Node.id))
        .join(t.UpdateRequest, col(t.UpdateRequest.round_id) == col(t.ProgressReport.round_id))
        .where(t.UpdateRequest.id == mail.request_id, col(t.Node.id).in_(mail.measures))
        .order_by(col(t.Node.position))
    ).all()
    named = (ListedMeasure(n.code, titled(n, language), r.due_on, 0, "", r.id or 0) for n, r in rows)
    return _in_hand(session, mail, tuple(named))


def of_round(session: Session, round_id: int) -> Sequence[t.Mail]:
    """Every mail of a round, newest first."""
    query = (
        select(t.Mail)
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.Mail.request_id))
        .where(t.UpdateRequest.round_id == round_id)
        .order_by(col(t.Mail.id).desc())
    )
    return session.exec(query).all()


def drop_waiting(session: Session, change: Change, round_id: int) -> None:
    """What still waits for the mail server when a round closes is owed to nobody any more."""
    for mail in of_round(session, round_id):
        if mail.state is MailState.QUEUED:
            mail.state = MailState.OBSOLETE
            session.add(mail)
            audit.write(session, change, "mail.obsolete", f"mail/{mail.id}", because="round closed")


def _retire_superseded(session: Session, change: Change, newer: list[t.Mail]) -> None:
    """After an outage only the latest word up the line leaves: older ones still queued are obsolete."""
    by_recipient = {mail.recipient: mail for mail in newer if mail.kind in _UP_THE_LINE}
    if not by_recipient:
        return
    older = session.exec(
        select(t.Mail).where(
            t.Mail.request_id == newer[0].request_id,
            col(t.Mail.recipient).in_(by_recipient),
            t.Mail.state == MailState.QUEUED,
            col(t.Mail.kind).in_(_UP_THE_LINE),
            col(t.Mail.id).not_in([mail.id for mail in newer]),
        )
    )
    for queued in older:
        mail = by_recipient[queued.recipient]
        asked = _concerned(session, queued.kind, queued.request_id, queued.measures)
        if {report.node_id for report, _ in asked} <= set(mail.measures):
            queued.state = MailState.OBSOLETE
            session.add(queued)
            audit.write(session, change, "mail.obsolete", f"mail/{queued.id}", superseded_by=mail.id)


def _concerned(
    session: Session, kind: StepKind, request_id: int, measures: Sequence[int]
) -> list[tuple[t.ProgressReport, t.Node]]:
    """The reports such a mail would still ask for, with their measures, in the order of the page."""
    asks = awaits_approval if kind is StepKind.APPROVAL_REQUEST else is_owed
    rows = session.exec(
        select(t.ProgressReport, t.Node, t.CollectionRound)
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .where(t.ProgressReport.request_id == request_id, col(t.ProgressReport.node_id).in_(measures))
        .order_by(col(t.Node.position))
    )
    return [(r, n) for r, n, round_ in rows if asks(r.state, r.is_exempted, round_.closed_on is not None)]


def _listed(session: Session, mail: t.Mail, today: date) -> tuple[ListedMeasure, ...]:
    calendar = business_calendar((today.year - 1, today.year))
    listed = []
    for report, node in _concerned(session, mail.kind, mail.request_id, mail.measures):
        title, late = titled(node, mail.language), calendar.between(report.due_on, today)
        listed.append(ListedMeasure(node.code, title, report.due_on, late, report.return_comment, report.id))
    return tuple(listed)


def _in_hand(session: Session, mail: t.Mail, listed: tuple[ListedMeasure, ...]) -> MailInHand:
    plan, round_, municipality, department = session.exec(
        select(t.Plan, t.CollectionRound, t.Municipality, t.Department)
        .join(t.CollectionRound, col(t.CollectionRound.plan_id) == col(t.Plan.id))
        .join(t.UpdateRequest, col(t.UpdateRequest.round_id) == col(t.CollectionRound.id))
        .join(t.Municipality, col(t.Municipality.id) == col(t.Plan.municipality_id))
        .outerjoin(t.Department, col(t.Department.id) == col(t.UpdateRequest.department_id))
        .where(t.UpdateRequest.id == mail.request_id)
    ).one()
    review = session.get(t.PhaseReview, round_.review_id) if round_.review_id else None
    return MailInHand(mail, municipality, plan, round_, department, listed, review)
