"""What there is to judge a measure by, beside its reports: everything of the year that says something of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain.calendar import BusinessCalendar
from domain.evaluation import Stage
from domain.fiscal_year import FiscalYear
from domain.indicator import Indicator
from domain.key_project import CheckInState
from domain.ladder import StepKind
from domain.mail_ledger import MailState
from domain.plan import PlanDefinition
from domain.punctuality import Timeliness
from domain.reported_figure import FigureSaid, said_of
from domain.suggestion import Suggestion
from records import indicators, punctuality, suggestions
from records.evaluation_sheet import MeasureToEvaluate
from records.indicators import Series
from records.punctuality import Asking


@dataclass(frozen=True)
class EarlierYear:
    """What the measure was judged to be in an earlier year, by the stages that judged it."""

    fiscal_year: int
    judgements: Mapping[Stage, t.Evaluation]


@dataclass(frozen=True)
class ProjectOfMeasure:
    """A key project that works towards the measure, with its check-ins and trials of the year."""

    project: t.KeyProject
    check_ins: tuple[t.CheckIn, ...]
    trials: tuple[t.Trial, ...]


@dataclass(frozen=True)
class Effort:
    """What it took to have one report. `late` counts business days after the day it was owed, 0 in time.

    `reminders` and `escalations` count the mails sent that asked for this measure, whatever else they asked for.
    """

    asking: Asking
    timeliness: Timeliness
    late: int
    reminders: int
    escalations: int


@dataclass(frozen=True)
class Evidence:
    """`figures` are the indicators of which the report says something itself."""

    series: tuple[Series, ...]
    suggestion: Suggestion
    figures: tuple[tuple[Indicator, FigureSaid], ...]
    earlier: tuple[EarlierYear, ...]
    projects: tuple[ProjectOfMeasure, ...]
    opinions: tuple[t.Opinion, ...]
    efforts: tuple[Effort, ...]


def of_measure(
    session: Session,
    cycle: t.AnnualCycle,
    definition: PlanDefinition,
    measure: MeasureToEvaluate,
    today: date,
    calendar: BusinessCalendar,
) -> Evidence:
    """All of it; the number of queries depends on nothing."""
    series = indicators.of_life(session, measure.node)
    answers = measure.report.answers if measure.is_handed_in and measure.report else {}
    figures = ((one.indicator, said_of(one.indicator.code, answers)) for one in series)
    return Evidence(
        series=series,
        suggestion=suggestions.of_measures(session, cycle, definition, [measure])[measure.node.id],
        figures=tuple((indicator, said) for indicator, said in figures if said.value),
        earlier=_earlier(session, cycle, definition, measure.node),
        projects=_projects(session, measure.node, FiscalYear(cycle.fiscal_year)),
        opinions=_opinions(session, measure.node),
        efforts=_efforts(session, cycle, measure.node, today, calendar),
    )


def _earlier(
    session: Session, cycle: t.AnnualCycle, definition: PlanDefinition, node: t.Node
) -> tuple[EarlierYear, ...]:
    """The term's earlier years, the latest first; of a plan without terms all there are."""
    term = definition.term_of(cycle.fiscal_year)
    rows = session.exec(
        select(t.AnnualCycle.fiscal_year, t.Evaluation)
        .join(t.AnnualCycle, col(t.AnnualCycle.id) == col(t.Evaluation.cycle_id))
        .join(t.Node, col(t.Node.id) == col(t.Evaluation.node_id))
        .where(
            t.AnnualCycle.plan_id == cycle.plan_id,
            t.Node.origin_id == node.origin_id,
            t.AnnualCycle.fiscal_year < cycle.fiscal_year,
            t.AnnualCycle.fiscal_year >= (term.first_fiscal_year if term else 0),
        )
        .order_by(col(t.AnnualCycle.fiscal_year).desc())
    )
    found: dict[int, dict[Stage, t.Evaluation]] = defaultdict(dict)
    for fiscal_year, evaluation in rows:
        found[fiscal_year][evaluation.stage] = evaluation
    return tuple(EarlierYear(year, judgements) for year, judgements in found.items())


def _projects(session: Session, node: t.Node, year: FiscalYear) -> tuple[ProjectOfMeasure, ...]:
    serving = select(t.ProjectNode.project_id).where(t.ProjectNode.node_id == node.origin_id)
    check_ins: dict[int, list[t.CheckIn]] = defaultdict(list)
    for check_in in session.exec(
        select(t.CheckIn)
        .where(
            col(t.CheckIn.project_id).in_(serving),
            t.CheckIn.state == CheckInState.SUBMITTED,
            col(t.CheckIn.submitted_on).between(year.first_day, year.last_day),
        )
        .order_by(col(t.CheckIn.number))
    ):
        check_ins[check_in.project_id].append(check_in)
    trials: dict[int, list[t.Trial]] = defaultdict(list)
    for trial in session.exec(
        select(t.Trial)
        .where(
            col(t.Trial.project_id).in_(serving),
            col(t.Trial.started_on) <= year.last_day,
            or_(col(t.Trial.ended_on).is_(None), col(t.Trial.ended_on) >= year.first_day),
        )
        .order_by(col(t.Trial.number))
    ):
        trials[trial.project_id].append(trial)
    known = session.exec(select(t.KeyProject).where(col(t.KeyProject.id).in_(serving)).order_by(t.KeyProject.code))
    return tuple(ProjectOfMeasure(one, tuple(check_ins[one.id]), tuple(trials[one.id])) for one in known)


def _opinions(session: Session, node: t.Node) -> tuple[t.Opinion, ...]:
    """Those on the measure in any edition in which it lived as itself, answered or not, the latest first."""
    about = (
        select(t.OpinionNode.opinion_id)
        .join(t.Node, col(t.Node.id) == col(t.OpinionNode.node_id))
        .where(t.Node.origin_id == node.origin_id)
    )
    query = select(t.Opinion).where(col(t.Opinion.id).in_(about))
    return tuple(session.exec(query.order_by(col(t.Opinion.received_on).desc(), col(t.Opinion.id).desc())))


def _efforts(
    session: Session, cycle: t.AnnualCycle, node: t.Node, today: date, calendar: BusinessCalendar
) -> tuple[Effort, ...]:
    asked = punctuality.of_measure(session, cycle, node)
    sent: dict[int, Counter[StepKind]] = defaultdict(Counter)
    for mail in session.exec(
        select(t.Mail).where(
            col(t.Mail.request_id).in_([one.request.id for one in asked]), t.Mail.state == MailState.SENT
        )
    ):
        if mail.request_id is not None and node.id in mail.measures:
            sent[mail.request_id][mail.kind] += 1
    return tuple(_effort(one, sent[one.request.id], today, calendar) for one in asked)


def _effort(asking: Asking, mails: Counter[StepKind], today: date, calendar: BusinessCalendar) -> Effort:
    timeliness = asking.asked.timeliness(today)
    came = asking.asked.first_on or min(asking.round.closed_on or today, today)
    is_late = timeliness in (Timeliness.LATE, Timeliness.MISSING)
    late = calendar.between(asking.asked.owed_on, came) if is_late and came > asking.asked.owed_on else 0
    return Effort(asking, timeliness, late, mails[StepKind.REMINDER], mails[StepKind.ESCALATION])
