"""Plans as stored: importing a definition, the edition in force, the plan's clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

import plan_files
from db import tables as t
from domain import changes
from domain.clock import PlanClock, real_clock
from domain.key_project import ProjectState
from domain.mail_ledger import FINAL
from domain.plan import PlanDefinition
from domain.text import Bilingual
from records import audit, outbox, plan_reading, plan_writing, question_versions
from records.change import Change, NotFound

_CLOCK_CHANGED = "plan.clock_changed"


def definition_of(plan: t.Plan) -> PlanDefinition:
    """What the plan says as a whole: without editions, indicators, achievements and links, which are rows."""
    return plan_files.from_json(plan.definition)


def find(session: Session, code: str) -> t.Plan:
    plan = session.exec(select(t.Plan).where(t.Plan.code == code)).first()
    if plan is None:
        raise NotFound(f"plan {code}")
    return plan


def every(session: Session) -> Sequence[t.Plan]:
    """All plans of the session's scope, by code."""
    return session.exec(select(t.Plan).order_by(t.Plan.code)).all()


def municipality_of(session: Session, plan: t.Plan) -> t.Municipality:
    return session.get_one(t.Municipality, plan.municipality_id)


def municipality_for(session: Session, definition: PlanDefinition) -> t.Municipality:
    """The municipality of a plan file, made when the installation does not know it yet."""
    wanted = definition.municipality
    found = session.exec(select(t.Municipality).where(t.Municipality.code == wanted.code)).first()
    if found is None:
        found = t.Municipality(code=wanted.code, name=wanted.name.ja, name_en=wanted.name.en)
        session.add(found)
        session.flush()
        # The chain's end exists before its first writers, who would otherwise both make it.
        session.add(t.AuditHead(municipality_id=found.id, sequence=0, digest=audit.GENESIS))
    return found


def changes_of(session: Session, definition: PlanDefinition) -> tuple[changes.Change, ...]:
    """What importing a definition would change of what is stored."""
    plan = session.exec(select(t.Plan).where(t.Plan.code == definition.code)).first()
    return tuple(changes.changes(plan_reading.read(session, plan) if plan else None, definition))


def import_definition(session: Session, change: Change, definition: PlanDefinition, mark: Bilingual) -> t.Plan:
    """Store a plan; importing the same file again changes nothing. Raises `DoesNotFit` (see `plan_writing`)."""
    plan = session.exec(select(t.Plan).where(t.Plan.code == definition.code)).first()
    if plan is not None and plan_reading.read(session, plan) == definition:
        return plan
    if plan is None:
        plan = t.Plan(code=definition.code, name="", definition={}, mark=mark.ja, mark_en=mark.en)
    asked = plan.definition.get("question_set")
    plan_writing.write(session, plan, definition)
    if asked is not None:
        question_versions.keep(session, change, plan, asked)
    audit.write(session, change, "plan.imported", f"plan/{plan.code}", editions=[e.code for e in definition.editions])
    return plan


def edition_in_force(session: Session, plan: t.Plan, day: date) -> t.Edition:
    """The edition in force on a day; before the first one takes effect, the first one.

    A draft (案) never takes the place of an edition that was decided; a plan that is a draft as a whole runs on it.
    """
    known = editions_of(session, plan)
    if not known:
        raise NotFound(f"edition of plan {plan.code}")
    return _in_force(known, day)


def editions_in_force(session: Session, day_of: Callable[[t.Plan], date]) -> dict[int, t.Edition]:
    """Plan → its edition in force on its day, of every plan that has one; a fixed number of queries."""
    known: dict[int, list[t.Edition]] = defaultdict(list)
    for edition in session.exec(select(t.Edition).order_by(col(t.Edition.effective_on))):
        known[edition.plan_id].append(edition)
    return {plan.id: _in_force(known[plan.id], day_of(plan)) for plan in every(session) if plan.id in known}


def _in_force(known: Sequence[t.Edition], day: date) -> t.Edition:
    """Of a plan's editions in their order."""
    editions = [e for e in known if not e.is_draft] or known
    return next((e for e in reversed(editions) if e.effective_on <= day), editions[0])


def nodes_of(session: Session, edition_id: int) -> Sequence[t.Node]:
    """All nodes of an edition in the order of the page."""
    query = select(t.Node).where(t.Node.edition_id == edition_id).order_by(col(t.Node.position))
    return session.exec(query).all()


def measures_of(session: Session, edition_id: int) -> list[t.Node]:
    """The nodes that departments report on: measures in most plans."""
    return [n for n in nodes_of(session, edition_id) if n.is_reported]


def above(session: Session, node: t.Node) -> list[t.Node]:
    """The nodes above one, the topmost first."""
    nodes: dict[int | None, t.Node] = {n.id: n for n in nodes_of(session, node.edition_id)}
    found: list[t.Node] = []
    parent = nodes.get(node.parent_id)
    while parent is not None:
        found.insert(0, parent)
        parent = nodes.get(parent.parent_id)
    return found


def owners_on(session: Session, edition_id: int, day: date) -> dict[int, t.Department]:
    """Measure → the department responsible for it on a day; a department that is gone by then is left out."""
    return owners_in(session, [edition_id], day)


def owners_in(session: Session, editions: Collection[int], day: date) -> dict[int, t.Department]:
    """As `owners_on`, of several editions at once."""
    query = (
        select(t.Node.id, t.Department)
        .select_from(t.Responsibility)
        .join(t.Node, col(t.Node.origin_id) == col(t.Responsibility.node_id))
        .join(t.Department, col(t.Department.id) == col(t.Responsibility.department_id))
        .where(
            col(t.Node.edition_id).in_(editions),
            t.Responsibility.valid_from <= day,
            or_(col(t.Responsibility.valid_until).is_(None), col(t.Responsibility.valid_until) >= day),
            or_(col(t.Department.valid_until).is_(None), col(t.Department.valid_until) >= day),
        )
        .order_by(col(t.Responsibility.id))
    )
    return dict(session.exec(query).all())


def editions_of(session: Session, plan: t.Plan) -> Sequence[t.Edition]:
    query = select(t.Edition).where(t.Edition.plan_id == plan.id).order_by(col(t.Edition.effective_on))
    return session.exec(query).all()


def clock_of(plan: t.Plan, instant: datetime) -> PlanClock:
    """The plan's clock; a plan without one of its own lives in real time."""
    if plan.clock_origin_at is None or plan.clock_started_at is None:
        return real_clock(instant)
    return PlanClock(plan.clock_origin_at, plan.clock_started_at, plan.clock_seconds_per_day)


def time_told(session: Session, plan: t.Plan) -> Callable[[datetime], datetime]:
    """What the plan's clock showed at an instant of the past: that of then, whatever clock the plan has now."""
    entries = session.exec(
        select(t.AuditEntry)
        .where(t.AuditEntry.subject == f"plan/{plan.code}", t.AuditEntry.action == _CLOCK_CHANGED)
        .order_by(col(t.AuditEntry.sequence).desc())
    ).all()
    clocks = [
        PlanClock(datetime.fromisoformat(e.detail["origin_at"]), e.at, e.detail["seconds_per_day"]) for e in entries
    ]

    def told(at: datetime) -> datetime:
        return next((clock for clock in clocks if clock.started_at <= at), real_clock(at)).plan_time(at)

    return told


def set_clock(session: Session, change: Change, plan: t.Plan, clock: PlanClock) -> None:
    """Give a plan another clock and tell every running process of it."""
    plan.clock_origin_at, plan.clock_started_at = clock.origin_at, clock.started_at
    plan.clock_seconds_per_day = clock.seconds_per_day
    session.add(plan)
    for workflow_id in _running(session, plan):
        outbox.tell_clock(session, change, workflow_id, clock)
    audit.write(
        session,
        change,
        _CLOCK_CHANGED,
        f"plan/{plan.code}",
        origin_at=clock.origin_at.isoformat(),
        seconds_per_day=clock.seconds_per_day,
    )


def _running(session: Session, plan: t.Plan) -> list[str]:
    """The processes of a plan that run; a key project that is only considered has none yet.

    Meetings and the search for successors run for as long as their inquiries wait, a digest until it has left.
    """
    found = [
        workflow_id
        for table in (t.AnnualCycle, t.PhaseReview, t.CollectionRound, t.KeyProject, t.Matter)
        for workflow_id in session.exec(
            select(table.workflow_id).where(
                table.plan_id == plan.id,
                col(table.closed_on).is_(None),
                *([table.state != ProjectState.CONSIDERED] if table is t.KeyProject else []),
            )
        )
    ]
    waiting = select(t.Inquiry.workflow_id).where(t.Inquiry.plan_id == plan.id, col(t.Inquiry.settled_on).is_(None))
    digests = select(t.Digest.workflow_id).where(t.Digest.plan_id == plan.id, col(t.Digest.state).not_in(FINAL))
    found += [*session.exec(waiting.order_by(col(t.Inquiry.id))), *session.exec(digests.order_by(col(t.Digest.id)))]
    return list(dict.fromkeys(found))
