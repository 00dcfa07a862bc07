"""How much waits and since when: figures of the record that are cheap enough to be asked for every few seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from db import tables as t
from domain.mail_ledger import TROUBLE, WAITING, MailState
from domain.progress_report import EDITABLE
from records import plans


@dataclass(frozen=True)
class CityGauges:
    """Of one municipality: requests with a report past its due date, rounds not closed, entries of the audit chain."""

    overdue: int
    rounds: int
    audit_entries: int


@dataclass(frozen=True)
class Gauges:
    """`…_since`: instant of the oldest that waits, None where none does. `cities` by the code of the municipality.

    `unsettled`: mails that failed or of unknown end, not settled by anybody while the answer is still waited for.
    """

    outbox: int
    outbox_since: datetime | None
    mails: Mapping[MailState, int]
    mail_since: datetime | None
    unsettled: int
    cities: Mapping[str, CityGauges]


def read(session: Session, at: datetime) -> Gauges:
    """Of all municipalities."""
    waiting = select(func.count(), func.min(t.Outbox.created_at)).where(col(t.Outbox.relayed_at).is_(None))
    outbox, outbox_since = session.exec(waiting).one()
    by_state = dict(session.exec(select(t.Mail.state, func.count()).group_by(col(t.Mail.state))).all())
    queued = select(func.min(t.Mail.claimed_at)).where(col(t.Mail.state).in_(WAITING))
    return Gauges(
        outbox,
        outbox_since,
        {state: by_state.get(state, 0) for state in MailState},
        session.exec(queued).one(),
        _unsettled(session),
        _cities(session, at),
    )


def _unsettled(session: Session) -> int:
    mails = (
        select(func.count())
        .select_from(t.Mail)
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.Mail.request_id), isouter=True)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.UpdateRequest.round_id), isouter=True)
        .join(t.Inquiry, col(t.Inquiry.id) == col(t.Mail.inquiry_id), isouter=True)
        .where(
            col(t.Mail.state).in_(TROUBLE),
            col(t.Mail.settled_at).is_(None),
            or_(
                col(t.Mail.request_id).is_not(None) & col(t.CollectionRound.closed_on).is_(None),
                col(t.Mail.inquiry_id).is_not(None) & col(t.Inquiry.settled_on).is_(None),
            ),
        )
    )
    return session.exec(mails).one()


def _cities(session: Session, at: datetime) -> dict[str, CityGauges]:
    codes = dict(session.exec(select(t.Municipality.id, t.Municipality.code)).all())
    entries = dict(session.exec(select(t.AuditHead.municipality_id, t.AuditHead.sequence)).all())
    open_rounds = (
        select(t.CollectionRound.municipality_id, func.count())
        .where(col(t.CollectionRound.closed_on).is_(None))
        .group_by(col(t.CollectionRound.municipality_id))
    )
    rounds, overdue = dict(session.exec(open_rounds).all()), _overdue(session, at)
    return {
        code: CityGauges(overdue[id_], rounds.get(id_, 0), entries.get(id_, 0)) for id_, code in sorted(codes.items())
    }


def _overdue(session: Session, at: datetime) -> Counter[int]:
    """Municipality → requests that owe a report since yesterday or longer, by the clock of their plan."""
    owed = (
        select(t.CollectionRound.plan_id, t.CollectionRound.municipality_id, func.min(t.ProgressReport.due_on))
        .join(t.ProgressReport, col(t.ProgressReport.round_id) == col(t.CollectionRound.id))
        .where(
            col(t.CollectionRound.closed_on).is_(None),
            col(t.ProgressReport.state).in_(EDITABLE),
            col(t.ProgressReport.is_exempted).is_(False),
        )
        .group_by(
            col(t.ProgressReport.request_id), col(t.CollectionRound.plan_id), col(t.CollectionRound.municipality_id)
        )
    )
    oldest = session.exec(owed).all()
    asked = {plan_id for plan_id, _, _ in oldest}
    days = {plan.id: plans.clock_of(plan, at).today(at) for plan in plans.every(session) if plan.id in asked}
    return Counter(city for plan_id, city, due_on in oldest if due_on < days[plan_id])
