"""What departments are asked, as they see it: their open requests, one request, what awaits approval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db import tables as t
from domain import questions
from domain.ladder import Rank
from domain.pause import counted_day
from domain.progress_report import EDITABLE, ReportState, is_owed
from domain.questions import QuestionSet
from domain.roles import Actor
from domain.text import Bilingual
from records import pauses, people, reporting
from records.change import NotFound
from records.reporting import ReportInHand
from records.round_state import question_set_of

Today = Callable[[t.Plan], date]
"""What day it is for a plan."""


@dataclass(frozen=True)
class AskedMeasure:
    """One measure of a request. `editor` saved it last (None where nobody has).

    Of the `required` questions, by what is answered so far, `answered` have an answer.
    """

    report: t.ProgressReport
    node: t.Node
    is_owed: bool
    is_late: bool
    editor: t.User | None
    required: int = 0
    answered: int = 0

    @property
    def has_draft(self) -> bool:
        return self.report.state in EDITABLE and bool(self.report.answers)


@dataclass(frozen=True)
class AskedRequest:
    """A request with everything its list shows. `asked` are the people of the department who are to write."""

    request: t.UpdateRequest
    department: t.Department | None
    round: t.CollectionRound
    plan: t.Plan
    measures: tuple[AskedMeasure, ...]
    asked: tuple[Bilingual, ...]

    @property
    def owed(self) -> int:
        return sum(m.is_owed for m in self.measures)

    @property
    def late(self) -> int:
        return sum(m.is_late for m in self.measures)

    @property
    def next_to_do(self) -> AskedMeasure | None:
        """What to take up first: what was returned, then what is late, then the next in the order of the plan."""
        owed = [m for m in self.measures if m.is_owed]
        returned = [m for m in owed if m.report.state is ReportState.RETURNED]
        late = [m for m in owed if m.is_late]
        return next(iter((*returned, *late, *owed)), None)

    def number_of(self, measure: AskedMeasure) -> int:
        """Its place in the request: 3 of 6."""
        return self.measures.index(measure) + 1


@dataclass(frozen=True)
class PlaceInRequest:
    """A measure among those of its request: the ones before and after it, and that it is number 3 of 6."""

    before: AskedMeasure | None
    after: AskedMeasure | None
    number: int
    total: int


@dataclass(frozen=True)
class LastYear:
    """Last year's answers to the same measure, with the questions they answered."""

    fiscal_year: int
    answers: dict[str, str]
    question_set: QuestionSet


@dataclass(frozen=True)
class SubmittedReport:
    """A report that awaits approval, with what its approver wants to see beside it."""

    held: ReportInHand
    department: t.Department | None
    submitted_by: t.User | None
    last_year: LastYear | None


def open_for(session: Session, actor: Actor, today: Today) -> tuple[AskedRequest, ...]:
    """The requests of the actor's departments in rounds that still take reports, the most urgent first."""
    query = (
        select(t.UpdateRequest)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.UpdateRequest.round_id))
        .where(col(t.UpdateRequest.department_id).in_(actor.departments), col(t.CollectionRound.closed_on).is_(None))
    )
    found = _asked(session, query, today)
    return tuple(sorted(found, key=lambda r: (not r.owed, min(m.report.due_on for m in r.measures), r.plan.code)))


def find(session: Session, request_id: int, actor: Actor, today: Today) -> AskedRequest:
    """A request the actor may see. Raises `NotFound` also where it exists but is not theirs to see."""
    found = _asked(session, select(t.UpdateRequest).where(t.UpdateRequest.id == request_id), today)
    if not found or not reporting.may_see(actor, found[0].request):
        raise NotFound(f"request {request_id}")
    return found[0]


def place_in_request(session: Session, held: ReportInHand) -> PlaceInRequest:
    row: _Row = (held.request, None, held.round, held.plan)
    measures = _measures(session, [row], lambda _: held.report.due_on)[held.report.request_id]
    place = next(place for place, m in enumerate(measures) if m.report.id == held.report.id)
    before, after = measures[place - 1] if place else None, next(iter(measures[place + 1 :]), None)
    return PlaceInRequest(before, after, place + 1, len(measures))


def place_in_plan(session: Session, node: t.Node) -> tuple[t.Node, ...]:
    """The nodes above a measure, from the top."""
    above: list[t.Node] = []
    while node.parent_id is not None:
        node = session.get_one(t.Node, node.parent_id)
        above.insert(0, node)
    return tuple(n for n in above if not n.is_reported)


def last_year(session: Session, held: ReportInHand) -> LastYear | None:
    return _last_years(session, [held]).get(held.report.id)


def department_of(session: Session, held: ReportInHand) -> t.Department | None:
    """Who answers for the report; None while nobody does."""
    department = held.request.department_id
    return None if department is None else session.get_one(t.Department, department)


def editor_of(session: Session, held: ReportInHand) -> t.User | None:
    """Who saved the report last."""
    return session.get(t.User, held.report.edited_by_id) if held.report.edited_by_id else None


def awaiting_approval(session: Session, actor: Actor) -> tuple[SubmittedReport, ...]:
    """What the actor may approve now, in the order it was submitted; the same few queries for many."""
    query = (
        select(t.ProgressReport.id)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
        .where(
            t.ProgressReport.state == ReportState.SUBMITTED,
            col(t.ProgressReport.is_exempted).is_(False),
            col(t.CollectionRound.closed_on).is_(None),
        )
        .order_by(col(t.ProgressReport.submitted_on), col(t.ProgressReport.id))
    )
    if not actor.is_planning:
        query = query.where(col(t.UpdateRequest.department_id).in_(actor.departments))
    found = reporting.find_each(session, session.exec(query).all(), actor)
    return submitted_each(session, [held for held in found if reporting.may_approve(held, actor)])


def submitted(session: Session, held: ReportInHand) -> SubmittedReport:
    """A report as its approver reads it."""
    return submitted_each(session, [held])[0]


def submitted_each(session: Session, several: Sequence[ReportInHand]) -> tuple[SubmittedReport, ...]:
    """As `submitted`, of several reports in their order; the same few queries for many."""
    departments = _by_id(session, t.Department, {held.request.department_id for held in several})
    editors = _by_id(session, t.User, {held.report.edited_by_id for held in several})
    before = _last_years(session, several)
    return tuple(
        SubmittedReport(
            held,
            departments.get(held.request.department_id),
            editors.get(held.report.edited_by_id),
            before.get(held.report.id),
        )
        for held in several
    )


_Known = TypeVar("_Known", t.Department, t.User)


def _by_id(session: Session, table: type[_Known], ids: Collection[int | None]) -> dict[int | None, _Known]:
    return {row.id: row for row in session.exec(select(table).where(col(table.id).in_(ids)))}


def _last_years(session: Session, several: Sequence[ReportInHand]) -> dict[int, LastYear]:
    return {
        report: LastYear(asked_in.fiscal_year, found.answers, question_set_of(asked_in))
        for report, (found, asked_in) in reporting.last_year_of_each(session, several).items()
    }


_Row = tuple[t.UpdateRequest, t.Department | None, t.CollectionRound, t.Plan]


def _asked(session: Session, query: SelectOfScalar[t.UpdateRequest], today: Today) -> list[AskedRequest]:
    """The requests of a query; those whose measures all went elsewhere are left out."""
    ids = [request.id for request in session.exec(query)]
    found = session.exec(
        select(t.UpdateRequest, t.Department, t.CollectionRound)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.UpdateRequest.round_id))
        .outerjoin(t.Department, col(t.Department.id) == col(t.UpdateRequest.department_id))
        .where(col(t.UpdateRequest.id).in_(ids))
    ).all()
    rows: list[_Row] = [
        (request, department, round_, session.get_one(t.Plan, round_.plan_id)) for request, department, round_ in found
    ]
    measures = _measures(session, rows, today)
    return [
        AskedRequest(
            request,
            department,
            round_,
            plan,
            measures[request.id or 0],
            _asked_people(session, request, today(plan)),
        )
        for request, department, round_, plan in rows
        if measures[request.id or 0]
    ]


def _measures(session: Session, rows: Iterable[_Row], today: Today) -> dict[int, tuple[AskedMeasure, ...]]:
    paused_since = pauses.paused_since(session)
    by_request = {request.id or 0: (round_, plan) for request, _, round_, plan in rows}
    found = session.exec(
        select(t.ProgressReport, t.Node, t.User)
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .outerjoin(t.User, col(t.User.id) == col(t.ProgressReport.edited_by_id))
        .where(col(t.ProgressReport.request_id).in_(by_request))
        .order_by(col(t.Node.position))
    ).all()
    question_sets = {round_.id: question_set_of(round_) for round_, _ in by_request.values()}
    listed: dict[int, list[AskedMeasure]] = defaultdict(list)
    for report, node, editor in found:
        round_, plan = by_request[report.request_id]
        owed = is_owed(report.state, report.is_exempted, round_.closed_on is not None)
        late = owed and report.due_on < counted_day(paused_since, today(plan))
        required, answered = _answered(question_sets[round_.id], report, node) if owed else (0, 0)
        listed[report.request_id].append(AskedMeasure(report, node, owed, late, editor, required, answered))
    return {request: tuple(listed[request]) for request in by_request}


def _answered(question_set: QuestionSet, report: t.ProgressReport, node: t.Node) -> tuple[int, int]:
    """How many questions must be answered and how many of them are; the values of indicators are asked beside them."""
    required = questions.required_now(question_set, report.answers, node.measure_class or "")
    return len(required), sum(bool(report.answers.get(q.id)) for q in required)


def _asked_people(session: Session, request: t.UpdateRequest, today: date) -> tuple[Bilingual, ...]:
    found = people.recipients(session, request.department_id, Rank.STAFF, today)
    return tuple(recipient.known_as for recipient in found)
