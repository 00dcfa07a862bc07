"""What Temporal owes by the record: the processes that should run, those that are over, and how to begin one anew.

Temporal's store may be lost, or older or newer than the record (a restored backup): the record decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from db import tables as t
from domain.digest import leaves_at
from domain.evaluation import CycleState
from domain.identifiers import (
    ANNUAL_CYCLE,
    DIGEST,
    INQUIRY,
    KEY_PROJECT,
    MAIL,
    MATTER,
    PHASE_REVIEW,
    RECORD,
    mail_id,
)
from domain.key_project import ProjectState
from domain.mail_ledger import FINAL
from domain.orders import (
    CycleEvent,
    CycleOrder,
    DigestOrder,
    InquiryOrder,
    MailOrder,
    MatterOrder,
    ProjectOrder,
    ReviewOrder,
)
from domain.phase_review import ReviewEventKind, ReviewState
from records import audit, outbox, plans, processes
from records.change import Change

_REVIEW_IS_PAST = {
    ReviewState.CONSULTING: (ReviewEventKind.DECIDED,),
    ReviewState.MAKING: (ReviewEventKind.DECIDED, ReviewEventKind.CONSULTED),
    ReviewState.AWAITING_EFFECT: (ReviewEventKind.DECIDED, ReviewEventKind.CONSULTED),
}
"""What a review that begins anew must hear again to come to where the record is; earlier it waits for people."""

Row = t.AnnualCycle | t.PhaseReview | t.KeyProject | t.Matter | t.Inquiry | t.Digest | t.Mail


@dataclass(frozen=True)
class Part:
    """A collection round: its process is started by that of its year or its review."""

    workflow_id: str
    is_owed: bool


@dataclass(frozen=True)
class Process:
    """A process that is started by itself; `is_owed`: by the record it should run now."""

    workflow_id: str
    is_owed: bool
    plan: int
    row: Row
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Beginning:
    """How Temporal is asked to begin a process: its type, its order, and what it is told in the same breath."""

    name: str
    order: dict[str, Any]
    events: list[dict[str, Any]] = field(default_factory=list)


def of_municipality(session: Session) -> list[Process]:
    """Every process of the session's municipality, those that are over too.

    Left out is what ends by itself once it has: mails and digests that have left.
    """
    parts = _rounds(session)
    return [
        *(
            Process(year.workflow_id, year.state is not CycleState.CLOSED, year.plan_id, year, parts[year.id, None])
            for year in session.exec(select(t.AnnualCycle).order_by(col(t.AnnualCycle.id)))
        ),
        *(
            Process(one.workflow_id, one.state is not ReviewState.CLOSED, one.plan_id, one, parts[None, one.id])
            for one in session.exec(select(t.PhaseReview).order_by(col(t.PhaseReview.id)))
        ),
        *_projects(session),
        *(
            Process(matter.workflow_id, matter.closed_on is None, matter.plan_id, matter)
            for matter in session.exec(select(t.Matter).order_by(col(t.Matter.id)))
        ),
        *_inquiries(session),
        *(
            Process(digest.workflow_id, True, digest.plan_id, digest)
            for digest in session.exec(select(t.Digest).where(col(t.Digest.state).not_in(FINAL)))
        ),
        *_mails_sent_again(session),
    ]


def begin_anew(session: Session, change: Change, process: Process) -> Beginning:
    """What a process that should run is to begin with, as the record stands.

    Nothing is lost or repeated: a process finds in the record what was still to be told it, and what the mail ledger
    holds is not claimed again.
    """
    plan = session.get_one(t.Plan, process.plan)
    clock = plans.clock_of(plan, change.at)
    processes.forget_what_waits(session, change, [process.workflow_id, *(part.workflow_id for part in process.parts)])
    audit.write(session, change, "plan.process_begun_anew", process.workflow_id)
    city, row = plan.municipality_id, process.row
    match row:
        case t.AnnualCycle():
            order = CycleOrder(city, row.id, clock, _collects_now(session, plan, row))
            ended = [CycleEvent(0, clock.today(change.at))] if row.state is CycleState.CLOSING else []
            return Beginning(ANNUAL_CYCLE, _written(order), [_written(event) for event in ended])
        case t.PhaseReview():
            return Beginning(PHASE_REVIEW, _written(ReviewOrder(city, row.id, clock)), _heard(session, row))
        case t.KeyProject():
            return Beginning(KEY_PROJECT, _written(ProjectOrder(city, row.id, clock)))
        case t.Matter():
            return Beginning(MATTER, _written(MatterOrder(city, row.id, clock)))
        case t.Inquiry():
            return Beginning(INQUIRY, _written(InquiryOrder(city, row.workflow_id, clock)))
        case t.Digest():
            return Beginning(DIGEST, _written(DigestOrder(city, row.id, leaves_at(row.digest_on, time.min), clock)))
        case t.Mail():
            return Beginning(MAIL, _written(MailOrder(city, row.id, clock)))


def waiting_to_start(session: Session) -> frozenset[str]:
    """The processes whose start the relay has still to hand over."""
    query = select(t.Outbox.workflow_id).where(col(t.Outbox.relayed_at).is_(None), t.Outbox.is_start)
    return frozenset(session.exec(query))


def _collects_now(session: Session, plan: t.Plan, year: t.AnnualCycle) -> bool:
    """Whether the year does not wait for the day of its round: it was asked not to, or the round is open already."""
    starts = select(t.Outbox).where(t.Outbox.workflow_id == year.workflow_id, t.Outbox.is_start)
    asked_not_to = any(row.payload.get("collect_now") for row in session.exec(starts))
    return asked_not_to or processes.was_opened_early(session, plan, year)


def _heard(session: Session, review: t.PhaseReview) -> list[dict[str, Any]]:
    """The last events that brought a review to its state, as they were told: what repeats them is known by its id."""
    wanted = _REVIEW_IS_PAST.get(review.state, ())
    rows = session.exec(
        select(t.Outbox)
        .where(t.Outbox.workflow_id == review.workflow_id, t.Outbox.name == RECORD)
        .order_by(col(t.Outbox.id))
    )
    last = {row.payload["kind"]: outbox.argument(row) for row in rows}
    return [last[kind.value] for kind in wanted]


def _rounds(session: Session) -> defaultdict[tuple[int | None, int | None], tuple[Part, ...]]:
    """The rounds of each cycle and each review: (cycle, None) or (None, review)."""
    found: defaultdict[tuple[int | None, int | None], tuple[Part, ...]] = defaultdict(tuple)
    for one in session.exec(select(t.CollectionRound).order_by(col(t.CollectionRound.id))):
        found[one.cycle_id, one.review_id] += (Part(one.workflow_id, one.closed_on is None),)
    return found


def _projects(session: Session) -> Iterator[Process]:
    """One that is only considered has no process yet; one that ended keeps it until its team is dissolved."""
    standing = select(t.ProjectTeam.project_id).where(col(t.ProjectTeam.dissolved_on).is_(None))
    with_a_team = set(session.exec(standing))
    for project in session.exec(select(t.KeyProject).order_by(col(t.KeyProject.id))):
        if project.state is not ProjectState.CONSIDERED:
            is_owed = project.state is ProjectState.RUNNING or project.id in with_a_team
            yield Process(project.workflow_id, is_owed, project.plan_id, project)


def _inquiries(session: Session) -> Iterable[Process]:
    """Several may wait under one process."""
    found: dict[str, Process] = {}
    by_themselves = col(t.Inquiry.kind).in_(processes.BY_THEMSELVES)
    for one in session.exec(select(t.Inquiry).where(by_themselves).order_by(col(t.Inquiry.id))):
        is_owed = one.settled_on is None or (one.workflow_id in found and found[one.workflow_id].is_owed)
        found[one.workflow_id] = Process(one.workflow_id, is_owed, one.plan_id, one)
    return found.values()


def _mails_sent_again(session: Session) -> Iterator[Process]:
    """Mails of a round that somebody wants sent again and that have not left."""
    query = (
        select(t.Mail, t.CollectionRound.plan_id)
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.Mail.request_id))
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.UpdateRequest.round_id))
        .where(col(t.Mail.state).not_in(FINAL), col(t.Mail.digest_id).is_(None))
    )
    started = set(session.exec(select(t.Outbox.workflow_id).where(t.Outbox.name == MAIL)))
    for mail, plan in session.exec(query):
        if mail_id(mail.id) in started:
            yield Process(mail_id(mail.id), True, plan, mail)


def _written(order: Any) -> dict[str, Any]:
    written: dict[str, Any] = TypeAdapter(type(order)).dump_python(order, mode="json")
    return written
