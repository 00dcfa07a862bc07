"""The desk of the planning division: each plan, its running cycles, and what the calendar opens next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from db import tables as t
from domain.calendar import BusinessCalendar
from domain.evaluation import CycleState, Stage
from domain.fiscal_year import FiscalYear
from domain.kick_off import Opening, next_opening, round_opens_on
from domain.mail_ledger import TROUBLE
from domain.plan import PlanDefinition
from domain.progress_report import EDITABLE, ReportState, is_owed
from japan_calendar import business_calendar
from records import cycles, plans


@dataclass(frozen=True)
class AwaitedRound:
    """A round of a running cycle that has not opened. `opens_on` None: as soon as the process begins."""

    code: str
    opens_on: date | None


@dataclass(frozen=True)
class CycleSummary:
    """One running cycle. Counts are measures; `next_due_on` is the next deadline still ahead."""

    cycle: t.AnnualCycle
    has_rounds: bool
    awaited: tuple[AwaitedRound, ...]
    total: int
    answered: int
    exempted: int
    late: int
    mail_trouble: int
    next_due_on: date | None
    measures: int
    evaluated: int


@dataclass(frozen=True)
class YearChoice:
    fiscal_year: int
    is_open: bool


@dataclass(frozen=True)
class PlanOverview:
    plan: t.Plan
    definition: PlanDefinition
    today: date
    running: tuple[CycleSummary, ...]
    closed: tuple[t.AnnualCycle, ...]
    next_opening: Opening | None
    years: tuple[YearChoice, ...]
    running_year: int


@dataclass(frozen=True)
class _Asked:
    """One report as counted here."""

    state: ReportState
    is_exempted: bool
    due_on: date
    closed: bool


def of_municipality(session: Session, at: datetime) -> tuple[PlanOverview, ...]:
    """Every plan; the number of queries depends neither on plans nor on departments nor on measures."""
    stored = session.exec(select(t.Plan).order_by(t.Plan.code)).all()
    by_plan: dict[int, list[t.AnnualCycle]] = defaultdict(list)
    for cycle in session.exec(select(t.AnnualCycle).order_by(col(t.AnnualCycle.fiscal_year).desc())):
        by_plan[cycle.plan_id].append(cycle)
    counts = _Counts(session)
    return tuple(_plan(plan, by_plan[plan.id], counts, at) for plan in stored)


def awaited_rounds(
    session: Session, cycle: t.AnnualCycle, definition: PlanDefinition, calendar: BusinessCalendar
) -> tuple[AwaitedRound, ...]:
    """The rounds that a running cycle has yet to open."""
    opened = {r.code for r in cycles.rounds_of(session, cycle)}
    return _awaited(cycle, definition, opened, _collecting_now(session, [cycle.workflow_id]), calendar)


class _Counts:
    """What is counted over all running cycles at once."""

    def __init__(self, session: Session) -> None:
        running = col(t.AnnualCycle.state) != CycleState.CLOSED
        self.rounds: dict[int, set[str]] = defaultdict(set)
        for cycle_id, code in session.exec(select(t.CollectionRound.cycle_id, t.CollectionRound.code)):
            if cycle_id is not None:
                self.rounds[cycle_id].add(code)
        self.reports: dict[int, list[_Asked]] = defaultdict(list)
        reports = (
            select(t.CollectionRound.cycle_id, t.ProgressReport.state, t.ProgressReport.is_exempted)
            .add_columns(col(t.ProgressReport.due_on), col(t.CollectionRound.closed_on))
            .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
            .join(t.AnnualCycle, col(t.AnnualCycle.id) == col(t.CollectionRound.cycle_id))
            .where(running)
        )
        for cycle_id, state, exempted, due_on, closed_on in session.execute(reports):
            self.reports[cycle_id].append(_Asked(state, exempted, due_on, closed_on is not None))
        mails = (
            select(t.CollectionRound.cycle_id, func.count())
            .join(t.UpdateRequest, col(t.UpdateRequest.round_id) == col(t.CollectionRound.id))
            .join(t.Mail, col(t.Mail.request_id) == col(t.UpdateRequest.id))
            .where(col(t.Mail.state).in_(TROUBLE))
            .group_by(col(t.CollectionRound.cycle_id))
        )
        self.mail_trouble = Counter(dict(session.exec(mails).all()))
        measures = select(t.CycleMeasure.cycle_id, func.count()).group_by(col(t.CycleMeasure.cycle_id))
        self.measures = Counter(dict(session.exec(measures).all()))
        evaluated = (
            select(t.Evaluation.cycle_id, func.count())
            .where(t.Evaluation.stage == Stage.PRIMARY)
            .group_by(col(t.Evaluation.cycle_id))
        )
        self.evaluated = Counter(dict(session.exec(evaluated).all()))
        self.collecting_now = _collecting_now(session, session.exec(select(t.AnnualCycle.workflow_id).where(running)))


def _collecting_now(session: Session, workflow_ids: Iterable[str]) -> frozenset[str]:
    """Which cycles were told to collect at once instead of waiting for the round's day."""
    orders = select(t.Outbox).where(col(t.Outbox.workflow_id).in_(list(workflow_ids)), col(t.Outbox.is_start))
    return frozenset(order.workflow_id for order in session.exec(orders) if order.payload.get("collect_now"))


def _plan(plan: t.Plan, known: list[t.AnnualCycle], counts: _Counts, at: datetime) -> PlanOverview:
    definition = plans.definition_of(plan)
    today = plans.clock_of(plan, at).today(at)
    running_year = FiscalYear.of(today).starts_in
    first = definition.first_fiscal_year or min((c.fiscal_year for c in known), default=running_year)
    last = definition.last_fiscal_year or running_year + 1  # a plan without an end: this year and the next
    calendar = business_calendar(range(min(today.year - 1, first), max(today.year, last) + 2))
    opened = {c.fiscal_year for c in known}
    return PlanOverview(
        plan=plan,
        definition=definition,
        today=today,
        running=tuple(
            _summary(c, definition, counts, today, calendar) for c in known if c.state is not CycleState.CLOSED
        ),
        closed=tuple(c for c in known if c.state is CycleState.CLOSED),
        next_opening=next_opening(definition, opened, today, calendar),
        years=tuple(YearChoice(year, year in opened) for year in range(first, last + 1)),
        running_year=running_year,
    )


def _summary(
    cycle: t.AnnualCycle, definition: PlanDefinition, counts: _Counts, today: date, calendar: BusinessCalendar
) -> CycleSummary:
    asked = counts.reports[cycle.id]
    owed = [r.due_on for r in asked if is_owed(r.state, r.is_exempted, r.closed)]
    return CycleSummary(
        cycle=cycle,
        has_rounds=bool(counts.rounds[cycle.id]),
        awaited=_awaited(cycle, definition, counts.rounds[cycle.id], counts.collecting_now, calendar),
        total=len(asked),
        answered=sum(not r.is_exempted and r.state not in EDITABLE for r in asked),
        exempted=sum(r.is_exempted for r in asked),
        late=sum(due_on < today for due_on in owed),
        mail_trouble=counts.mail_trouble[cycle.id],
        next_due_on=min((due_on for due_on in owed if due_on >= today), default=None),
        measures=counts.measures[cycle.id],
        evaluated=counts.evaluated[cycle.id],
    )


def _awaited(
    cycle: t.AnnualCycle,
    definition: PlanDefinition,
    opened: set[str],
    collecting_now: frozenset[str],
    calendar: BusinessCalendar,
) -> tuple[AwaitedRound, ...]:
    if cycle.state not in (CycleState.OPENING, CycleState.COLLECTING):
        return ()
    at_once = cycle.workflow_id in collecting_now
    return tuple(
        AwaitedRound(r.code, None if at_once else round_opens_on(definition, r.code, cycle.fiscal_year, calendar))
        for r in definition.rounds
        if r.code not in opened
    )
