"""Gathering a term for its review: reports, evaluations, indicators, mails and opinions as they stand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session, col, func, select

from db import tables as t
from documents.series import number_text, time_text
from domain.fiscal_year import FiscalYear
from domain.indicator import IndicatorValue, ValueType
from domain.mail_ledger import MailState
from domain.plan import PlanDefinition, Term
from domain.questions import shown
from domain.review_snapshot import (
    IndicatorMovement,
    MailCount,
    MeasureOfTerm,
    MeasureYear,
    RoundOfTerm,
    SaidThen,
    Snapshot,
    Standing,
    standing_of,
)
from domain.text import named
from records import annual_report, indicators, measure_history, plan_reading, plans
from records.measure_history import YearOfMeasure
from records.round_state import question_set_of

_LANGUAGE = "ja"  # of the plan's document, which the snapshot goes with


def gather(session: Session, review: t.PhaseReview, term: Term, today: date) -> Snapshot:
    """The term as it stands on a plan day."""
    plan = session.get_one(t.Plan, review.plan_id)
    edition = session.get_one(t.Edition, review.edition_id)
    definition = plan_reading.read(session, plan)
    owners = plans.owners_on(session, edition.id, today)
    years = range(term.first_fiscal_year, term.last_fiscal_year + 1)
    statuses = _statuses(definition, edition.code, term.code)
    nodes: Mapping[int | None, t.Node] = {n.id: n for n in plans.nodes_of(session, edition.id)}
    reported = [n for n in nodes.values() if n.is_reported]
    history = measure_history.years_of_each(session, reported)
    measures = tuple(
        MeasureOfTerm(
            code=node.code,
            title=node.title,
            above=_above(nodes, node),
            measure_class=node.measure_class or "",
            department=named(owners[node.id], _LANGUAGE) if node.id in owners else "",
            years=_years(node, history[node.id], years),
            achievements=statuses.get(node.code, ()),
        )
        for node in reported
    )
    return Snapshot(
        term=term.code,
        edition=edition.code,
        first_fiscal_year=term.first_fiscal_year,
        last_fiscal_year=term.last_fiscal_year,
        taken_on=today,
        measures=measures,
        indicators=_movements(session, plan, years),
        rounds=tuple(_round(session, plan, year) for year in years),
        opinions=_opinions(session, plan, years),
    )


def _above(nodes: Mapping[int | None, t.Node], node: t.Node) -> tuple[str, ...]:
    found: list[str] = []
    over = nodes.get(node.parent_id)
    while over is not None:
        found.insert(0, f"{over.code} {over.title}")
        over = nodes.get(over.parent_id)
    return tuple(found)


def _years(node: t.Node, history: Sequence[YearOfMeasure], years: range) -> tuple[MeasureYear, ...]:
    by_year = {y.round.fiscal_year: y for y in reversed(history) if y.is_of_the_same_work}
    return tuple(_year(year, by_year.get(year), node) for year in years)


def _year(fiscal_year: int, found: YearOfMeasure | None, node: t.Node) -> MeasureYear:
    if found is None:
        return MeasureYear(fiscal_year, Standing.NOT_ASKED)
    report, evaluation = found.report, found.evaluation
    questions = question_set_of(found.round)
    said = [
        (q.id, annual_report.answered(q, report.answers.get(q.id, ""), _LANGUAGE))
        for q in shown(questions, report.answers, node.measure_class or "")
        if report.answers.get(q.id)
    ]
    return MeasureYear(
        fiscal_year=fiscal_year,
        standing=standing_of(report.state, is_exempted=report.is_exempted, has_answers=bool(report.answers)),
        department=named(found.department, _LANGUAGE) if found.department else "",
        said=tuple(SaidThen(a.question, a.answer) for q, a in said if q != "progress"),
        progress=next((a.answer for q, a in said if q == "progress"), ""),
        grade=evaluation.grade if evaluation else "",
        direction=evaluation.direction.value if evaluation else "",
        comment=evaluation.comment if evaluation else "",
    )


def _statuses(definition: PlanDefinition, edition: str, term: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in definition.achievements:
        if one.node is not None and one.node.edition == edition and one.term == term:
            found[one.node.code].append(one.text.ja)
    return {code: tuple(texts) for code, texts in found.items()}


def _movements(session: Session, plan: t.Plan, years: range) -> tuple[IndicatorMovement, ...]:
    found = []
    for series in indicators.of_rows(session, indicators.listed(session, plan)):
        told = series.indicator
        actual = [v for v in told.values if v.type in (ValueType.EXPECTED, ValueType.FINAL) and _within(v, years)]
        targets = [v for v in told.values if v.type is ValueType.TARGET]
        first, last = (actual[0], actual[-1]) if actual else (None, None)
        found.append(
            IndicatorMovement(
                code=told.code,
                name=told.name.ja,
                unit=told.unit.ja,
                measure=f"{series.node.code} {series.node.title}" if series.node else "",
                first=_number(first),
                first_at=time_text(first, _LANGUAGE) if first else "",
                last=_number(last),
                last_at=time_text(last, _LANGUAGE) if last else "",
                target=_number(targets[-1]) if targets else "",
            )
        )
    return tuple(found)


def _number(value: IndicatorValue | None) -> str:
    return "" if value is None or value.value is None else number_text(value.value)


def _within(value: IndicatorValue, years: range) -> bool:
    if value.fiscal_year is not None:
        return value.fiscal_year in years
    return value.at is not None and FiscalYear.of(value.at).starts_in in years


def _round(session: Session, plan: t.Plan, fiscal_year: int) -> RoundOfTerm:
    of_year = (
        t.CollectionRound.plan_id == plan.id,
        t.CollectionRound.fiscal_year == fiscal_year,
        col(t.CollectionRound.cycle_id).is_not(None),
    )
    reports = session.exec(
        select(t.ProgressReport)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .where(*of_year, col(t.ProgressReport.is_exempted).is_(False))
    ).all()
    sent = session.exec(
        select(t.Mail.kind)
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.Mail.request_id))
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.UpdateRequest.round_id))
        .where(*of_year, t.Mail.state == MailState.SENT)
    ).all()
    handed_in = _first_handed_in(session, reports)
    return RoundOfTerm(
        fiscal_year=fiscal_year,
        asked=len(reports),
        handed_in=len(handed_in),
        on_time=sum(handed_in[r.id] <= r.due_on for r in reports if r.id in handed_in),
        mails=tuple(MailCount(str(kind), n) for kind, n in sorted(Counter(sent).items())),
    )


def _first_handed_in(session: Session, reports: Sequence[t.ProgressReport]) -> dict[int, date]:
    """Report → the day it was first handed in: a return later does not make it late."""
    query = (
        select(t.Submission.report_id, func.min(col(t.Submission.submitted_on)))
        .where(col(t.Submission.report_id).in_([r.id for r in reports]))
        .group_by(col(t.Submission.report_id))
    )
    return dict(session.exec(query).all())


def _opinions(session: Session, plan: t.Plan, years: range) -> int:
    first, last = FiscalYear(years[0]).first_day, FiscalYear(years[-1]).last_day
    query = select(func.count(col(t.Opinion.id))).where(
        t.Opinion.plan_id == plan.id, t.Opinion.received_on >= first, t.Opinion.received_on <= last
    )
    return session.exec(query).one()
