"""What people do in a year of a replay: most answer in time, some late, one report comes back, planning evaluates.

Who does what when is Meguru's own and the same in every replay; the departments take turns over the years. The days
follow the plan's rules: the opening of its round and the days until reports are due.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain.evaluation import Direction
from domain.kick_off import opens_on, round_opens_on
from domain.ladder import Rank
from domain.plan import PlanDefinition
from domain.progress_report import EDITABLE, ReportState
from domain.roles import Office
from japan_calendar import business_calendar
from records import cycles, desk, people, plans, reporting
from records.round_state import question_set_of
from replay.agenda import Entry, Moment, at_once, on
from replay.answers import MARK, Answers, Asked, mended

_RETURNED, _LATE, _VERY_LATE = 0, 1, 2
"""The parts that change hands from year to year: whose report comes back, who is reminded, who is escalated."""

_IN_TIME = ((0.2, 0), (0.35, 2), (0.5, 0), (0.65, 2))
"""The turns of those who answer in time: the share of the time they are given, and business days until approval."""
_TOO_LATE = ((2, 0), (5, 1))
"""The turns after those: business days after the due date, and until approval."""
_TURN_OF_PART = {_RETURNED: 1, _LATE: len(_IN_TIME), _VERY_LATE: len(_IN_TIME) + 1}
"""The others take the turns in time one after the other."""

_COMMENTS = (
    "予定を上回って進んでいます。",
    "予定のとおり進んでいます。次の年度も同じ進め方で続けます。",
    "遅れの原因ははっきりしています。次の年度の前半に取り戻します。",
    "進め方を改める必要があります。次の年度の初めに体制を見直します。",
)


@dataclass(frozen=True)
class _Asked:
    """A department that is asked in a year, with the part it plays.

    The rows that each of its reports needs are held here: a session forgets what nobody holds, and reads it again.
    """

    part: int
    department: int
    plan: t.Plan
    round: t.CollectionRound
    reports: tuple[tuple[t.ProgressReport, t.Node], ...]

    @property
    def turn(self) -> int:
        return _TURN_OF_PART.get(self.part, self.part % len(_IN_TIME))


@dataclass(frozen=True)
class PlayedYear:
    """A fiscal year of a plan. Its acts find by themselves what the record holds by then."""

    plan: PlanDefinition
    fiscal_year: int
    answers: Answers

    def entries(self) -> Iterator[Entry]:
        """The year's agenda, from the opening of its cycle to the end of its evaluation."""
        calendar = business_calendar(range(self.fiscal_year, self.fiscal_year + 3))
        by_calendar = opens_on(self.plan, self.fiscal_year, calendar)
        rules = self.plan.rounds[0]
        opens = round_opens_on(self.plan, rules.code, self.fiscal_year, calendar)
        due = calendar.shift(opens, rules.due_after_days)
        yield on(by_calendar, 8, 30) if by_calendar else on(opens, 8, 30, self.open_by_hand)
        in_time = [(calendar.shift(opens, 1 + round(share * rules.due_after_days)), days) for share, days in _IN_TIME]
        too_late = [(calendar.shift(due, late), days) for late, days in _TOO_LATE]
        for turn, (answered, until_approval) in enumerate((*in_time, *too_late)):
            approved = calendar.shift(answered, until_approval)
            yield on(answered, 14, 20, at_once(partial(self.answer, turn=turn)))
            yield on(approved, 16, 40, at_once(self.approve))
            if turn == _TURN_OF_PART[_RETURNED]:
                yield on(calendar.shift(approved, 3), 14, 20, self.mend)
                yield on(calendar.shift(approved, 3), 16, 40, at_once(self.approve))
        yield on(calendar.shift(due, 7), 10, 20, self.close_collection)
        yield on(calendar.shift(due, 8), 15, 20, at_once(self.evaluate))
        yield on(calendar.shift(due, 9), 11, 20, self.finish)

    def open_by_hand(self, session: Session, moment: Moment) -> None:
        """The planning division opens the cycle of a plan whose calendar does not."""
        plan = plans.find(session, self.plan.code)
        clock = plans.clock_of(plan, moment.at)
        cycles.open_cycle(session, moment.change(planner(session)), plan, self.fiscal_year, clock)

    def answer(self, session: Session, moment: Moment, turn: int) -> None:
        """The departments whose turn it is submit all they owe."""
        for asked in self._asked(session, *EDITABLE):
            if asked.turn == turn and asked.reports:
                questions = question_set_of(asked.round)
                editions = {e.id: e.code for e in plans.editions_of(session, asked.plan)}
                said = [(r, self.answers.of(self._measure(n, editions), questions)) for r, n in asked.reports]
                submit(session, moment, asked.department, said)

    def approve(self, session: Session, moment: Moment) -> None:
        """The heads approve what waits for them, but one report a year is sent back (差戻し), once."""
        for asked in self._asked(session, ReportState.SUBMITTED):
            reports = [report for report, _ in asked.reports]
            if not reports:
                continue
            head = holder(session, asked.department, Rank.SECTION_HEAD, moment.today)
            actor, change = people.actor_of(session, head, moment.today), moment.change(head)
            if asked.part == _RETURNED and not any(r.returns for r in reports):
                comment = f"{MARK}いつ、だれに行ったかが分かるように書き足してください。"
                back, *reports = reports
                reporting.return_(session, change, actor, back.id, comment, moment.today, moment.calendar, self.plan)
            for report in reports:
                reporting.approve(session, change, actor, report.id, moment.today)

    def mend(self, session: Session, moment: Moment) -> None:
        """What came back is completed and submitted again."""
        for asked in self._asked(session, ReportState.RETURNED):
            if asked.reports:
                questions = question_set_of(asked.round)
                said = [(report, mended(report.answers, questions)) for report, _ in asked.reports]
                submit(session, moment, asked.department, said)

    def close_collection(self, session: Session, moment: Moment) -> None:
        """The planning division ends the collection: from now on the year is evaluated."""
        change = moment.change(planner(session))
        cycles.begin_evaluation(session, change, self._cycle(session), moment.today)

    def evaluate(self, session: Session, moment: Moment) -> None:
        """The planning division evaluates every measure by the progress that was reported."""
        cycle, evaluator = self._cycle(session), planner(session)
        change, grades = moment.change(evaluator), self.plan.grades
        everything = self._asked(session, *ReportState)
        said = {report.node_id: report.answers for asked in everything for report, _ in asked.reports}
        missing = cycles.missing_evaluations(session, cycle)
        for node in missing:
            step = self._steps_down(said.get(node, {}))
            grade = grades[min(step, len(grades) - 1)].code if grades else ""
            direction = Direction.CONTINUE if step < 2 else Direction.IMPROVE
            comment = MARK + _COMMENTS[min(step, len(_COMMENTS) - 1)]
            desk.evaluate(session, change, evaluator.id, cycle.id, node, grade, direction, comment, moment.today)

    def finish(self, session: Session, moment: Moment) -> None:
        """The planning division ends the evaluation: the workflow writes the documents and closes the year."""
        change = moment.change(planner(session))
        cycles.finish_evaluation(session, change, self._cycle(session), moment.today)

    def _cycle(self, session: Session) -> t.AnnualCycle:
        cycle = cycles.cycle_of(session, plans.find(session, self.plan.code), self.fiscal_year)
        assert cycle is not None, self.fiscal_year
        return cycle

    def _asked(self, session: Session, *states: ReportState) -> list[_Asked]:
        """The departments that the year's round asks, with their reports in these states.

        What nobody is responsible for is nobody's to answer.
        """
        plan = plans.find(session, self.plan.code)
        of_year = (t.CollectionRound.plan_id == plan.id, t.CollectionRound.fiscal_year == self.fiscal_year)
        requests = session.exec(
            select(t.UpdateRequest, t.CollectionRound)
            .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.UpdateRequest.round_id))
            .where(*of_year, col(t.CollectionRound.cycle_id).is_not(None))
            .where(col(t.UpdateRequest.department_id).is_not(None))
            .order_by(col(t.UpdateRequest.id))
        ).all()
        reports = session.exec(
            select(t.ProgressReport, t.Node)
            .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
            .where(col(t.ProgressReport.round_id).in_({round_.id for _, round_ in requests}))
            .where(col(t.ProgressReport.state).in_(states), col(t.ProgressReport.is_exempted).is_(False))
            .order_by(col(t.ProgressReport.id))
        ).all()
        return [
            _Asked(
                part=(position + self.fiscal_year) % len(requests),
                department=request.department_id or 0,
                plan=plan,
                round=round_,
                reports=tuple((report, node) for report, node in reports if report.request_id == request.id),
            )
            for position, (request, round_) in enumerate(requests)
        ]

    def _measure(self, node: t.Node, editions: Mapping[int, str]) -> Asked:
        return Asked(
            life=node.origin_id or node.id,
            edition=editions[node.edition_id],
            code=node.code,
            title=node.title,
            measure_class=node.measure_class or "",
            fiscal_year=self.fiscal_year,
        )

    def _steps_down(self, answers: Mapping[str, str]) -> int:
        """How far from the best choice of progress an answer stands; 1, as planned, where the plan asks for none."""
        asked = next((q for q in self.plan.question_set.questions if q.id == "progress"), None)
        codes = [choice.code for choice in asked.choices] if asked else []
        said = answers.get("progress", "")
        return codes.index(said) if said in codes else 1


def reports_of(
    session: Session, request: t.UpdateRequest, states: Collection[ReportState] = tuple(ReportState)
) -> list[t.ProgressReport]:
    query = select(t.ProgressReport).where(t.ProgressReport.request_id == request.id)
    found = session.exec(query.order_by(col(t.ProgressReport.id)))
    return [r for r in found if r.state in states and not r.is_exempted]


def submit(
    session: Session, moment: Moment, department: int, said: Iterable[tuple[t.ProgressReport, Mapping[str, str]]]
) -> None:
    staff = holder(session, department, Rank.STAFF, moment.today)
    actor, change = people.actor_of(session, staff, moment.today), moment.change(staff)
    for report, answers in said:
        reporting.submit(session, change, actor, report.id, answers, report.revision, moment.today)


def planner(session: Session) -> t.User:
    """Who acts for the planning division."""
    query = select(t.User).where(t.User.office == Office.PLANNING, col(t.User.is_active)).order_by(t.User.email)
    return session.exec(query.limit(1)).one()


def holder(session: Session, department: int, rank: Rank, day: date) -> t.User:
    """Who holds a rank of a department on a day: the first, where several do."""
    query = (
        select(t.User)
        .join(t.Appointment, col(t.Appointment.user_id) == col(t.User.id))
        .where(t.Appointment.department_id == department, t.Appointment.rank == rank, t.Appointment.valid_from <= day)
        .where(or_(col(t.Appointment.valid_until).is_(None), col(t.Appointment.valid_until) >= day))
        .order_by(col(t.Appointment.id))
        .limit(1)
    )
    return session.exec(query).one()
