"""What the coming year will send, to whom and when, before anything is sent.

The year is rehearsed: its cycle and rounds are opened on their days by the very functions that open them, and what
was entered for those days (機構改革, 人事異動) takes effect by the functions of the scheduler. All of it happens in a
savepoint that is rolled back, so nothing is written, and nothing can differ from the real year but the answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from pydantic import TypeAdapter
from sqlmodel import Session, col, func, select

from db import tables as t
from documents.mail_calendar import CalendarMail, CalendarRound, Department, ListedMeasure, MailCalendar, Recipient
from domain import kick_off
from domain.calendar import JST
from domain.collection import Round, RoundEvent
from domain.fiscal_year import FiscalYear
from domain.phase_review import ReviewState, review_due, review_years
from domain.plan import REVIEW_ROUND, PlanDefinition, RoundDefinition
from domain.preview import PlannedMail, planned_mails
from domain.progress_report import ReportState
from domain.text import Bilingual, named, titled
from japan_calendar import business_calendar
from records import cycles, outbox, people, plans, reorganisation, reviews, round_state, transfers
from records.change import Change, Conflict
from records.words import rank_labels, step_labels

_EVENT = TypeAdapter(RoundEvent)
_ALL = 100_000
"""More events than a rehearsal can have."""


def of_year(session: Session, plan: t.Plan, fiscal_year: int, at: datetime, language: str) -> MailCalendar:
    """Every mail of a plan's fiscal year if nobody answers; `at` is the instant of asking.

    A year that is open is told from its opening: whom its rounds ask and until when as it stands on record, but as
    if nobody had answered. Raises `Conflict` with `outside_plan_period`, or `opened_by_hand_only` where no calendar
    says when the year begins. The session must be a writing one (SQLite lets no other in), though all is undone.
    """
    definition = plans.definition_of(plan)
    if not definition.runs_in(fiscal_year):
        raise Conflict("outside_plan_period")
    city = plans.municipality_of(session, plan)
    with _undone(session):
        rehearsal = _Rehearsal(session, plan, fiscal_year, at)
        cycle = rehearsal.cycle()
        rounds = rehearsal.rounds(cycle)
        return MailCalendar(
            language=language,
            municipality=named(city, language),
            municipality_code=city.code,
            plan=named(plan, language),
            plan_code=plan.code,
            fiscal_year=fiscal_year,
            opens_on=cycle.opened_on,
            asked_at=at,
            leaves_out_review=_leaves_out_review(definition, fiscal_year, rounds),
            kinds=step_labels(language),
            ranks=rank_labels(language),
            rounds=tuple(_round(round_, language) for round_ in rounds),
            mails=tuple(_mail(rehearsal, code, planned, language) for code, planned in _in_order(rounds)),
            marks=tuple(filter(None, (Bilingual(plan.mark, plan.mark_en).in_language(language),))),
        )


@contextmanager
def _undone(session: Session) -> Iterator[None]:
    """What happens inside never happened."""
    rehearsed = session.begin_nested()
    try:
        yield
    finally:
        rehearsed.rollback()


@dataclass(frozen=True)
class _Rehearsed:
    """A round as it opens, and what is known to happen to it afterwards."""

    rules: RoundDefinition
    row: t.CollectionRound
    opening: Round
    events: Sequence[RoundEvent]


class _Rehearsal:
    """A year played in the record. Days only go forward."""

    def __init__(self, session: Session, plan: t.Plan, fiscal_year: int, at: datetime) -> None:
        self.session = session
        self._plan = plan
        self._definition = plans.definition_of(plan)
        self._year = FiscalYear(fiscal_year)
        self._clock = plans.clock_of(plan, at)
        self._today = self._clock.today(at)
        # A year may be opened late, and a round may run on into the next but one.
        last = max(fiscal_year, self._today.year) + 3
        self._calendar = business_calendar(range(fiscal_year, last + 1))
        self._told_before = session.exec(select(func.max(t.Outbox.id))).one() or 0

    def cycle(self) -> t.AnnualCycle:
        """The cycle of the year: as it was opened, else as it will be."""
        cycle = cycles.cycle_of(self.session, self._plan, self._year.starts_in)
        if cycle is None:
            day = self._opens_on()
            self._let_changes_take_effect(day)
            cycle, _ = cycles.open_cycle(self.session, self._change(day), self._plan, self._year.starts_in, self._clock)
        cycles.freeze_owners(self.session, self._change(cycle.opened_on), cycle, cycle.opened_on)
        return cycle

    def rounds(self, cycle: t.AnnualCycle) -> tuple[_Rehearsed, ...]:
        """The rounds of the year in their order, then that of a review, unanswered."""
        openings: list[tuple[RoundDefinition, date, Callable[[date], t.CollectionRound | None]]] = [
            (rules, opens_on, partial(self._open_round, cycle, rules.code))
            for rules, opens_on in kick_off.rounds_ahead(
                self._definition, self._year.starts_in, cycle.opened_on, self._calendar, collect_now=False
            )
        ]
        if (review := self._review()) is not None:
            term, opens_on = review
            openings.append((self._definition.round_of(REVIEW_ROUND), opens_on, partial(self._open_review, term)))
        opened: dict[str, tuple[t.CollectionRound, Round]] = {}
        for rules, opens_on, open_ in sorted(openings, key=lambda opening: opening[1]):
            self._let_changes_take_effect(opens_on)
            row = open_(opens_on)
            if row is not None:
                self._forget_answers(row)
                ladder = round_state.rules_of(row, self._definition).ladder
                opened[rules.code] = row, round_state.load(self.session, row, ladder, self._calendar)
        self._let_changes_take_effect(self._year.last_day)
        return tuple(
            _Rehearsed(round_state.rules_of(row, self._definition), row, opening, self._told(row))
            for row, opening in (opened[rules.code] for rules, _, _ in openings if rules.code in opened)
        )

    def department_of(self, planned: PlannedMail) -> t.Department | None:
        request = self.session.get_one(t.UpdateRequest, planned.mail.request)
        return people.department(self.session, request.department_id) if request.department_id else None

    def recipients(self, planned: PlannedMail) -> list[people.Recipient]:
        """Who is told on the day of the mail, with the transfers that were entered until then."""
        day, department = planned.at.date(), self.department_of(planned)
        transfers.take_effect(self.session, self._change(day), day)
        return people.recipients(self.session, department.id if department else None, planned.step.to, day)

    def _opens_on(self) -> date:
        opens = kick_off.opens_on(self._definition, self._year.starts_in, self._calendar)
        if opens is None:
            raise Conflict("opened_by_hand_only")
        return self._at_the_latest_today(opens)

    def _open_round(self, cycle: t.AnnualCycle, code: str, on: date) -> t.CollectionRound:
        return cycles.open_round(self.session, self._change(on), cycle, code, on, self._calendar)

    def _review(self) -> tuple[str, date] | None:
        """The term whose review opens in this year, and when: as recorded, else by the calendar."""
        known = reviews.of_plan(self.session, self._plan)
        for review in known:
            if FiscalYear.of(review.opened_on) == self._year:
                return review.term, review.opened_on
        term = review_due(self._definition, [r.term for r in known], self._year.last_day, self._calendar)
        if term is None or self._definition.review is None or self._definition.review.opens is None:
            return None
        opens = self._definition.review.opens
        day = self._calendar.on_or_after(self._year.day(opens.month, opens.day))
        return term.code, self._at_the_latest_today(day)

    def _open_review(self, term: str, on: date) -> t.CollectionRound | None:
        for other in reviews.of_plan(self.session, self._plan):  # which will be through by then
            other.state = ReviewState.CLOSED
        try:
            review, _ = reviews.open_review(self.session, self._change(on), self._plan, term, self._clock)
        except Conflict as conflict:
            if conflict.reason != "edition_ahead":
                raise
            return None  # the next edition has been made already: there is nothing to review
        return reviews.ask_departments(self.session, self._change(on), review, on, self._calendar)

    def _at_the_latest_today(self, day: date) -> date:
        """When the calendar opens what it should have opened on a day: in the running year it makes up for it."""
        return max(day, self._today) if FiscalYear.of(self._today) == self._year else day

    def _forget_answers(self, row: t.CollectionRound) -> None:
        row.closed_on = None
        for report in self.session.exec(select(t.ProgressReport).where(t.ProgressReport.round_id == row.id)):
            if report.returns:  # which moved the date of what had been submitted
                report.due_on = row.due_on
            report.state, report.returns, report.since_on = ReportState.DRAFT, 0, row.opened_on
        self.session.flush()

    def _let_changes_take_effect(self, until: date) -> None:
        """The reorganisations that were entered, each on its own day as by the scheduler."""
        days = {r.succession.on for r in reorganisation.recorded(self.session) if r.done_at is None}
        for day in sorted(day for day in days if day <= until):
            reorganisation.take_effect_due(self.session, self._change(day))

    def _told(self, row: t.CollectionRound) -> list[RoundEvent]:
        """What the rehearsed changes would tell the round's process."""
        rows = outbox.waiting(self.session, self._told_before, _ALL)
        return [_EVENT.validate_python(outbox.argument(r)) for r in rows if r.workflow_id == row.workflow_id]

    def _change(self, day: date) -> Change:
        # At noon: a clock whose days take seconds cannot hit the first instant of a day.
        return Change("preview", self._clock.instant(datetime.combine(day, time(12), JST)))


def _in_order(rounds: Sequence[_Rehearsed]) -> list[tuple[str, PlannedMail]]:
    """The mails of all rounds by time, the gentlest first; a round of the year is closed when the next one opens."""
    found: list[tuple[str, PlannedMail]] = []
    for round_, following in zip(rounds, [*rounds[1:], None], strict=True):
        closing = None
        if following is not None and following.rules.code != REVIEW_ROUND:
            closing = datetime.combine(following.row.opened_on, time(), JST)
        seriousness = round_.rules.ladder.seriousness
        mails = sorted(
            planned_mails(round_.opening, round_.events, closing),
            key=lambda planned: (planned.at, seriousness(planned.step), planned.mail.request),
        )
        found += ((round_.rules.code, planned) for planned in mails)
    return sorted(found, key=lambda pair: pair[1].at)


def _leaves_out_review(definition: PlanDefinition, fiscal_year: int, rounds: Sequence[_Rehearsed]) -> bool:
    """Whether the plan is reviewed in the year, but nobody knows when: no calendar opens the review."""
    by_hand = definition.review is not None and definition.review.opens is None
    return by_hand and fiscal_year in review_years(definition) and all(r.rules.code != REVIEW_ROUND for r in rounds)


def _round(round_: _Rehearsed, language: str) -> CalendarRound:
    rules, row = round_.rules, round_.row
    return CalendarRound(rules.code, rules.name.in_language(language), row.opened_on, row.due_on, rules.ladder)


def _mail(rehearsal: _Rehearsal, round_code: str, planned: PlannedMail, language: str) -> CalendarMail:
    department = rehearsal.department_of(planned)
    nodes = rehearsal.session.exec(
        select(t.Node).where(col(t.Node.id).in_(planned.mail.measures)).order_by(col(t.Node.position))
    )
    return CalendarMail(
        at=planned.at,
        round=round_code,
        step=planned.step,
        department=Department(department.code, named(department, language)) if department else None,
        recipients=tuple(Recipient(r.name, r.email) for r in rehearsal.recipients(planned)),
        measures=tuple(ListedMeasure(node.code, titled(node, language)) for node in nodes),
    )
