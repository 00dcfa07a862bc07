"""The board: per department who answered, who is late, whose turn it is and what happens next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from sqlmodel import Session, col, select

from db import tables as t
from domain import collection
from domain.calendar import BusinessCalendar
from domain.collection import NextStep, Obligation, ObligationState
from domain.mail_ledger import TROUBLE
from domain.pause import counted_day
from records import pauses, plans, round_mails, round_state, rounds


class Turn(StrEnum):
    """Whose turn it is."""

    DEPARTMENT = "department"
    SECTION_HEAD = "section_head"
    PLANNING = "planning"
    NOBODY = "nobody"


class Show(StrEnum):
    """Which departments of a board are looked at."""

    ALL = "all"
    LATE = "late"
    APPROVAL = "approval"
    MAIL = "mail"


@dataclass(frozen=True)
class BoardReport:
    """One measure on the board. `days_late` are business days after the due date."""

    report: t.ProgressReport
    node: t.Node
    is_owed: bool
    is_late: bool
    days_late: int


@dataclass(frozen=True)
class BoardRow:
    """One department's request. Counts are measures."""

    request: t.UpdateRequest
    department: t.Department | None
    reports: tuple[BoardReport, ...]
    answered: int
    approved: int
    exempted: int
    late: int
    turn: Turn
    next_step: NextStep | None
    mails: tuple[t.Mail, ...]
    mail_trouble: int

    @property
    def total(self) -> int:
        return len(self.reports)

    @property
    def outstanding(self) -> int:
        """What the department still owes."""
        return self.total - self.answered - self.exempted

    @property
    def is_withdrawn(self) -> bool:
        """Whether the request was taken back, and nothing was asked of the department again since."""
        return self.request.withdrawn_on is not None

    @property
    def awaiting_approval(self) -> int:
        return self.answered - self.approved

    @property
    def due_on(self) -> date | None:
        """The earliest due date of what is still owed."""
        owed = (r.report.due_on for r in self.reports if r.is_owed)
        return min(owed, default=None)

    @property
    def days_late(self) -> int:
        """Business days by which the longest overdue measure is late."""
        return max((r.days_late for r in self.reports), default=0)

    @property
    def share(self) -> Fraction | None:
        """The part that is answered of what is asked; None: nothing is asked any more."""
        asked = self.total - self.exempted
        return Fraction(self.answered, asked) if asked else None

    def belongs_to(self, show: Show) -> bool:
        match show:
            case Show.ALL:
                return True
            case Show.LATE:
                return self.late > 0
            case Show.APPROVAL:
                return self.awaiting_approval > 0
            case Show.MAIL:
                return self.mail_trouble > 0


@dataclass(frozen=True)
class Board:
    plan: t.Plan
    round: t.CollectionRound
    rows: tuple[BoardRow, ...]

    @property
    def total(self) -> int:
        return sum(row.total for row in self.rows)

    @property
    def answered(self) -> int:
        return sum(row.answered for row in self.rows)

    @property
    def late(self) -> int:
        return sum(row.late for row in self.rows)

    @property
    def approved(self) -> int:
        return sum(row.approved for row in self.rows)

    @property
    def awaiting_approval(self) -> int:
        return sum(row.awaiting_approval for row in self.rows)

    @property
    def exempted(self) -> int:
        return sum(row.exempted for row in self.rows)

    @property
    def outstanding(self) -> int:
        return sum(row.outstanding for row in self.rows)

    @property
    def mail_trouble(self) -> int:
        return sum(row.mail_trouble for row in self.rows)

    def rows_to(self, show: Show) -> tuple[BoardRow, ...]:
        return tuple(row for row in self.rows if row.belongs_to(show))


@dataclass(frozen=True)
class PlacedRound:
    """A round with the time of its plan, and the business days around it."""

    plan: t.Plan
    round: t.CollectionRound
    plan_time: datetime
    calendar: BusinessCalendar


def of_round(session: Session, round_: t.CollectionRound, plan_time: datetime, calendar: BusinessCalendar) -> Board:
    """The board of a round at a plan time; the number of queries does not depend on its size."""
    return of_rounds(session, (PlacedRound(rounds.plan_of(session, round_), round_, plan_time, calendar),))[0]


def of_rounds(session: Session, several: Sequence[PlacedRound]) -> tuple[Board, ...]:
    """The boards of rounds, in their order; the number of queries depends neither on their number nor on their size."""
    ids = [placed.round.id for placed in several]
    by_request: dict[int, list[tuple[t.ProgressReport, t.Node]]] = defaultdict(list)
    obligations: dict[int, list[Obligation]] = defaultdict(list)
    for report, node in session.exec(
        select(t.ProgressReport, t.Node)
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .where(col(t.ProgressReport.round_id).in_(ids))
        .order_by(col(t.Node.position))
    ):
        by_request[report.request_id].append((report, node))
        obligations[report.round_id].append(round_state.obligation_of(report))
    requests: dict[int, list[tuple[t.UpdateRequest, t.Department | None]]] = defaultdict(list)
    for request, department in session.exec(
        select(t.UpdateRequest, t.Department)
        .outerjoin(t.Department, col(t.Department.id) == col(t.UpdateRequest.department_id))
        .where(col(t.UpdateRequest.round_id).in_(ids))
        .order_by(col(t.UpdateRequest.id))
    ):
        requests[request.round_id].append((request, department))
    sent: dict[int | None, list[t.Mail]] = defaultdict(list)
    for mail in round_mails.of_rounds(session, ids):
        sent[mail.request_id].append(mail)
    paused_since = pauses.paused_since(session)
    found = []
    for placed in several:
        state = collection.Round(
            tuple(obligations[placed.round.id]),
            round_state.rules_of(placed.round, plans.definition_of(placed.plan)).ladder,
            placed.calendar,
            placed.round.closed_on is not None,
            paused_since=paused_since,
        )
        coming = collection.next_steps(state, placed.plan_time)
        counted_on = counted_day(paused_since, placed.plan_time.date())
        rows = tuple(
            _row(
                request, department, by_request[request.id], sent[request.id], state, coming.get(request.id), counted_on
            )
            for request, department in requests[placed.round.id]
            if by_request[request.id]
        )
        found.append(Board(placed.plan, placed.round, rows))
    return tuple(found)


def _row(
    request: t.UpdateRequest,
    department: t.Department | None,
    reports: list[tuple[t.ProgressReport, t.Node]],
    sent: list[t.Mail],
    state: collection.Round,
    next_step: NextStep | None,
    today: date,
) -> BoardRow:
    """`today` is the day by which lateness counts."""
    obligations = [(round_state.obligation_of(report), report, node) for report, node in reports]

    def count(*states: ObligationState) -> int:
        return sum(o.state in states for o, _, _ in obligations)

    listed = tuple(
        BoardReport(
            report,
            node,
            is_owed := o.state is ObligationState.OWED and not state.closed,
            is_late := is_owed and o.due_on < today,
            state.calendar.between(o.due_on, today) if is_late else 0,
        )
        for o, report, node in obligations
    )
    return BoardRow(
        request=request,
        department=department,
        reports=listed,
        answered=count(ObligationState.AWAITING_APPROVAL, ObligationState.APPROVED),
        approved=count(ObligationState.APPROVED),
        exempted=count(ObligationState.EXEMPTED),
        late=sum(r.is_late for r in listed),
        turn=_turn(department, [o for o, _, _ in obligations], state),
        next_step=next_step,
        mails=tuple(sent),
        mail_trouble=sum(mail.state in TROUBLE for mail in sent),
    )


def _turn(department: t.Department | None, obligations: list[Obligation], state: collection.Round) -> Turn:
    if state.closed or all(o.state in collection.SETTLED for o in obligations):
        return Turn.NOBODY
    if department is None:
        return Turn.PLANNING
    if any(o.state is ObligationState.OWED for o in obligations):
        return Turn.DEPARTMENT
    return Turn.SECTION_HEAD
