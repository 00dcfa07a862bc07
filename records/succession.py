"""What a reorganisation (機構改革) would move, without moving it: responsibilities, open reports, appointments.

`records/reorganisation.py` does what is found here, so that a preview says what will happen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain.progress_report import EDITABLE, ReportState
from domain.reorganisation import SuccessionKind

_DAY = timedelta(days=1)
_OPEN = (*EDITABLE, ReportState.SUBMITTED)
"""What somebody still has to act upon: an approved report stays with the department that made it."""


@dataclass(frozen=True)
class Heir:
    """A department that takes over; `measures` are the origins of what it takes of a split."""

    department: t.Department
    measures: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Succession:
    """What becomes of a department from the day `on`. The heirs may be departments that are not stored yet."""

    department: t.Department
    on: date
    kind: SuccessionKind
    heirs: tuple[Heir, ...]
    reason: str = ""

    @property
    def last_day(self) -> date:
        return self.on - _DAY

    @property
    def lives_on(self) -> bool:
        return any(heir.department is self.department for heir in self.heirs)

    def heir_of(self, origin: int) -> t.Department | None:
        """Who answers for a measure from then on; None: nobody (記載なし), for the planning division to decide."""
        if self.kind is not SuccessionKind.SPLIT:
            return self.heirs[0].department if self.heirs else None
        rest = self.department if self.lives_on else None
        return next((heir.department for heir in self.heirs if origin in heir.measures), rest)

    @property
    def heir_of_people(self) -> t.Department | None:
        """Where the people go who are not told otherwise.

        Meguru's own rule: a new name and a merger take everybody along with their rank, so that on 1 April
        somebody is there to write and to approve, and two heads of one department stay until a transfer says who
        leads it. Who goes where when a department is split or dissolved, nobody can know: their appointments
        there end, and transfers say what comes next.
        """
        if self.kind in (SuccessionKind.RENAMED, SuccessionKind.MERGED):
            return self.heirs[0].department
        return self.department if self.lives_on else None


@dataclass(frozen=True)
class MovingMeasure:
    """A responsibility that passes on. `node` is the measure as the plan shows it on that day."""

    responsibility: t.Responsibility
    plan: t.Plan
    node: t.Node
    heir: t.Department | None


@dataclass(frozen=True)
class MovingReport:
    """An open report that passes on."""

    report: t.ProgressReport
    round: t.CollectionRound
    plan: t.Plan
    node: t.Node
    heir: t.Department | None


@dataclass(frozen=True)
class MovingAppointment:
    """An appointment that passes on, or ends where there is no heir."""

    appointment: t.Appointment
    user: t.User
    heir: t.Department | None


@dataclass(frozen=True)
class Moves:
    """Everything a succession moves. What stays with a department that lives on is not in it."""

    measures: tuple[MovingMeasure, ...]
    reports: tuple[MovingReport, ...]
    appointments: tuple[MovingAppointment, ...]

    @property
    def left_alone(self) -> tuple[MovingMeasure, ...]:
        """The measures for which nobody answers afterwards."""
        return tuple(m for m in self.measures if m.heir is None)


def moves_of(session: Session, succession: Succession, *, lock: bool = False) -> Moves:
    """What the succession moves as things stand; `lock` keeps others from the reports until the transaction ends."""
    return Moves(
        tuple(m for m in _measures(session, succession) if m.heir is not succession.department),
        tuple(r for r in _reports(session, succession, lock) if r.heir is not succession.department),
        tuple(a for a in _appointments(session, succession) if a.heir is not succession.department),
    )


def work_of(session: Session, department: t.Department, on: date) -> Moves:
    """All that a department has in hand on a day: what would be left if it were dissolved."""
    return moves_of(session, Succession(department, on, SuccessionKind.DISSOLVED, ()))


def measures_of(session: Session, department: t.Department, on: date) -> tuple[tuple[t.Plan, t.Node], ...]:
    """What a department answers for or still owes when its succession begins: what a split must give away."""
    moves = work_of(session, department, on)
    pairs = [*((m.plan, m.node) for m in moves.measures), *((r.plan, r.node) for r in moves.reports)]
    found = {node.origin_id: (plan, node) for plan, node in reversed(pairs)}
    return tuple(sorted(found.values(), key=lambda pair: (pair[0].code, pair[1].position)))


def living_nodes(session: Session, origins: Iterable[int], day: date) -> dict[int, tuple[t.Plan, t.Node]]:
    """Origin → the measure as the edition in force on a day has it, or a later one; what was abolished is left out."""
    in_force: dict[int, date] = {}
    for edition in session.exec(select(t.Edition).order_by(col(t.Edition.effective_on))):
        if edition.plan_id not in in_force or edition.effective_on <= day:
            in_force[edition.plan_id] = edition.effective_on
    query = (
        select(t.Plan, t.Node, t.Edition)
        .join(t.Edition, col(t.Edition.plan_id) == col(t.Plan.id))
        .join(t.Node, col(t.Node.edition_id) == col(t.Edition.id))
        .where(col(t.Node.origin_id).in_(set(origins)), col(t.Node.is_reported))
        .order_by(col(t.Edition.effective_on))
    )
    found: dict[int, tuple[t.Plan, t.Node]] = {}
    for plan, node, edition in session.exec(query):
        if edition.effective_on >= in_force[plan.id]:
            assert node.origin_id is not None
            found.setdefault(node.origin_id, (plan, node))
    return found


def _measures(session: Session, succession: Succession) -> list[MovingMeasure]:
    query = select(t.Responsibility).where(
        t.Responsibility.department_id == succession.department.id,
        or_(
            col(t.Responsibility.valid_until).is_(None),
            col(t.Responsibility.valid_until) >= col(t.Responsibility.valid_from),
        ),
        or_(col(t.Responsibility.valid_until).is_(None), col(t.Responsibility.valid_until) >= succession.on),
    )
    rows = session.exec(query.order_by(col(t.Responsibility.id))).all()
    nodes = living_nodes(session, (r.node_id for r in rows), succession.on)
    moving = [MovingMeasure(r, *nodes[r.node_id], succession.heir_of(r.node_id)) for r in rows if r.node_id in nodes]
    return sorted(moving, key=lambda m: (m.plan.code, m.node.position))


def _reports(session: Session, succession: Succession, lock: bool) -> list[MovingReport]:
    query = (
        select(t.ProgressReport, t.CollectionRound, t.Node)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
        .where(
            t.UpdateRequest.department_id == succession.department.id,
            col(t.CollectionRound.closed_on).is_(None),
            col(t.ProgressReport.is_exempted).is_(False),
            col(t.ProgressReport.state).in_(_OPEN),
        )
        .order_by(col(t.CollectionRound.plan_id), col(t.CollectionRound.id), col(t.Node.position))
    )
    found = []
    for report, round_, node in session.exec(query.with_for_update(of=t.ProgressReport) if lock else query):
        assert node.origin_id is not None
        plan = session.get_one(t.Plan, round_.plan_id)
        found.append(MovingReport(report, round_, plan, node, succession.heir_of(node.origin_id)))
    return found


def _appointments(session: Session, succession: Succession) -> list[MovingAppointment]:
    query = (
        select(t.Appointment, t.User)
        .join(t.User, col(t.User.id) == col(t.Appointment.user_id))
        .where(t.Appointment.department_id == succession.department.id)
        .order_by(col(t.Appointment.id))
    )
    held = [(a, user) for a, user in session.exec(query) if is_held_from(a, succession.on)]
    return [MovingAppointment(a, user, succession.heir_of_people) for a, user in held]


def is_held_from(appointment: t.Appointment, day: date) -> bool:
    """Whether an appointment lasts beyond the day before; one that ends before it begins never counted."""
    last = appointment.valid_until
    return last is None or (last >= day and last >= appointment.valid_from)
