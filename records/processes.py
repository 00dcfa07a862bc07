"""Starting a plan's processes anew under a Temporal that does not know them: a replay's is gone with its server."""

from __future__ import annotations

from datetime import time

from sqlmodel import Session, col, or_, select, update

from db import tables as t
from domain.clock import PlanClock
from domain.digest import leaves_at
from domain.evaluation import CycleState
from domain.inquiry import InquiryKind
from domain.key_project import ProjectState
from domain.kick_off import round_opens_on
from domain.mail_ledger import FINAL
from domain.orders import CycleEvent, CycleOrder, DigestOrder, InquiryOrder, MatterOrder, ProjectOrder
from japan_calendar import business_calendar
from records import cycles, outbox, plans
from records.change import Change

BY_THEMSELVES = (InquiryKind.SUCCESSOR, InquiryKind.MEETING)
"""What has a process of its own while it waits; a check-in is its project's, a matter's turn the matter's."""


class ReviewUnderWay(Exception):
    """A review cannot be started anew: which decisions its process has heard of is written nowhere."""


def start_again(session: Session, change: Change, plan: t.Plan, clock: PlanClock) -> tuple[str, ...]:
    """Queue the start of everything of a plan that is under way, on a clock; the workflow ids.

    Nothing is lost: key projects, matters and inquiries hold no state (ADR 13), a round loads its own, and what the
    mail ledger holds is not claimed again. What the processes of before were still to be told, the new ones find in
    the record. Call it before anything new is queued for them, as by `plans.set_clock`: a process must be started
    before it can be told something. Raises `ReviewUnderWay`.
    """
    reviews = select(t.PhaseReview).where(t.PhaseReview.plan_id == plan.id, col(t.PhaseReview.closed_on).is_(None))
    if session.exec(reviews).first() is not None:
        raise ReviewUnderWay(plan.code)
    years, projects = _years(session, plan), _projects(session, plan)
    matters, inquiries, digests = _matters(session, plan), _inquiries(session, plan), _digests(session, plan)
    started = (
        *(year.workflow_id for year in years),
        *(project.workflow_id for project in projects),
        *(matter.workflow_id for matter in matters),
        *inquiries,
        *(digest.workflow_id for digest in digests),
    )
    rounds = (one.workflow_id for year in years for one in cycles.rounds_of(session, year))
    forget_what_waits(session, change, [*started, *rounds])
    city = plan.municipality_id
    for year in years:
        order = CycleOrder(city, year.id, clock, was_opened_early(session, plan, year))
        outbox.start_cycle(session, change, year.workflow_id, order)
        if year.state is CycleState.CLOSING:
            outbox.tell_cycle(session, change, year.workflow_id, CycleEvent(0, clock.today(change.at)))
    for project in projects:
        outbox.start_project(session, change, project.workflow_id, ProjectOrder(city, project.id, clock))
    for matter in matters:
        outbox.start_matter(session, change, matter.workflow_id, MatterOrder(city, matter.id, clock))
    for workflow_id in inquiries:
        outbox.start_inquiry(session, change, workflow_id, InquiryOrder(city, workflow_id, clock))
    for digest in digests:
        order_of_digest = DigestOrder(city, digest.id, leaves_at(digest.digest_on, time.min), clock)
        outbox.start_digest(session, change, digest.workflow_id, order_of_digest)
    session.flush()
    return started


def _years(session: Session, plan: t.Plan) -> list[t.AnnualCycle]:
    query = select(t.AnnualCycle).where(t.AnnualCycle.plan_id == plan.id, t.AnnualCycle.state != CycleState.CLOSED)
    return list(session.exec(query.order_by(col(t.AnnualCycle.id))))


def _projects(session: Session, plan: t.Plan) -> list[t.KeyProject]:
    """Those that run, and those that ended and whose team is still to be dissolved."""
    standing = select(t.ProjectTeam.project_id).where(col(t.ProjectTeam.dissolved_on).is_(None))
    is_under_way = or_(t.KeyProject.state == ProjectState.RUNNING, col(t.KeyProject.id).in_(standing))
    query = select(t.KeyProject).where(t.KeyProject.plan_id == plan.id, is_under_way)
    return list(session.exec(query.order_by(col(t.KeyProject.id))))


def _matters(session: Session, plan: t.Plan) -> list[t.Matter]:
    query = select(t.Matter).where(t.Matter.plan_id == plan.id, col(t.Matter.closed_on).is_(None))
    return list(session.exec(query.order_by(col(t.Matter.id))))


def _inquiries(session: Session, plan: t.Plan) -> list[str]:
    query = select(t.Inquiry.workflow_id).where(
        t.Inquiry.plan_id == plan.id, col(t.Inquiry.kind).in_(BY_THEMSELVES), col(t.Inquiry.settled_on).is_(None)
    )
    return list(dict.fromkeys(session.exec(query.order_by(col(t.Inquiry.id)))))


def _digests(session: Session, plan: t.Plan) -> list[t.Digest]:
    query = select(t.Digest).where(t.Digest.plan_id == plan.id, col(t.Digest.state).not_in(FINAL))
    return list(session.exec(query.order_by(col(t.Digest.id))))


def was_opened_early(session: Session, plan: t.Plan, year: t.AnnualCycle) -> bool:
    """Whether the round that runs was opened before its day: its process must not wait for that day again."""
    definition, calendar = plans.definition_of(plan), business_calendar(range(year.fiscal_year, year.fiscal_year + 2))
    return any(
        one.closed_on is None and one.opened_on < round_opens_on(definition, one.code, year.fiscal_year, calendar)
        for one in cycles.rounds_of(session, year)
    )


def forget_what_waits(session: Session, change: Change, processes: list[str]) -> None:
    """What processes were still to be told; those that begin anew find it in the record."""
    waiting = update(t.Outbox).where(col(t.Outbox.workflow_id).in_(processes), col(t.Outbox.relayed_at).is_(None))
    session.execute(waiting.values(relayed_at=change.at, note="started again"))
