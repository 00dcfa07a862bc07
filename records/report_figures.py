"""指標の実績値 of a measure: asked for in its report, and once that is approved part of the series.

A value that the plan's own file gives for a year stands: the form does not ask for it again, and an approved report
does not touch it (the audit log says that its value was not taken). A value that came from a report gives way to the
one approved after it; a final one is taken back where the year is reported as expected again. A return takes nothing
away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from domain import questions, soft_warnings
from domain.indicator import Indicator, IndicatorValue, ValueType
from domain.questions import Answers, QuestionSet, number
from domain.reported_figure import REPORTS, SOURCE, AskedFigure, asked_of
from domain.series import is_actual, year_of
from domain.soft_warnings import Figure, SoftWarning
from records import audit, indicators
from records.change import Change
from records.indicators import Series
from records.round_state import question_set_of

_KEYS = "indicator."


def asked(session: Session, round_: t.CollectionRound, node: t.Node) -> tuple[AskedFigure, ...]:
    """The indicators of a measure whose value of the round's year is asked for; none in a review."""
    return () if round_.review_id is not None else _figures(round_, indicators.of_life(session, node))


def form_of(session: Session, round_: t.CollectionRound, node: t.Node) -> QuestionSet:
    """What the report of a measure asks: the questions of its round, then the values of its indicators."""
    return with_figures(question_set_of(round_), asked(session, round_, node))


def forms_of(session: Session, asked_of: Sequence[tuple[t.CollectionRound, t.Node]]) -> tuple[QuestionSet, ...]:
    """As `form_of`, of the measures of several reports in their order; the same few queries for many."""
    series = indicators.of_lives(session, [node for round_, node in asked_of if round_.review_id is None])
    return tuple(
        with_figures(question_set_of(round_), () if round_.review_id is not None else _figures(round_, series[node.id]))
        for round_, node in asked_of
    )


def with_figures(own: QuestionSet, figures: Sequence[AskedFigure]) -> QuestionSet:
    return QuestionSet(own.code, own.version, own.questions + tuple(q for f in figures for q in f.questions))


def given(figures: Sequence[AskedFigure], answers: Answers) -> dict[str, Figure]:
    """The values that were typed, by question; a text may name their target and last values too."""
    found = {}
    for figure in figures:
        value = number(answers.get(figure.key, ""))
        if value is not None:
            beside = (*figure.last_values, *((figure.target,) if figure.target else ()))
            known = tuple(number for v in beside for number in (v.value, v.upper) if number is not None)
            found[figure.key] = Figure(figure.indicator.name.ja, value, figure.indicator.unit.ja, known)
    return found


def second_look(
    session: Session, round_: t.CollectionRound, node: t.Node, answers: Answers, last_year_answers: Answers
) -> tuple[SoftWarning, ...]:
    """What is worth a second look before a report is submitted; a proposal of a review is not looked at."""
    if round_.review_id is not None:
        return ()
    figures = asked(session, round_, node)
    question_set = with_figures(question_set_of(round_), figures)
    cleaned = questions.applying(question_set, questions.cleaned(question_set, answers), node.measure_class or "")
    return soft_warnings.warnings(question_set, cleaned, last_year_answers, given(figures, cleaned))


def take_over(session: Session, change: Change, report: t.ProgressReport) -> None:
    """Make the values of an approved report part of their series. Repeating it changes nothing."""
    if not any(key.startswith(_KEYS) for key in report.answers):
        return
    round_, node = session.get_one(t.CollectionRound, report.round_id), session.get_one(t.Node, report.node_id)
    if round_.review_id is not None:
        return
    subject = f"{round_.workflow_id}/{node.code}"
    for one in indicators.of_life(session, node):
        code, figure = one.indicator.code, _asked(one.indicator, round_.fiscal_year)
        value = figure.value_in(report.answers) if figure else None
        if value is not None:
            _write(session, change, session.get_one(t.Plan, round_.plan_id), code, value, subject)
        elif report.answers.get(_KEYS + code):
            audit.write(session, change, "indicator.not_taken", subject, indicator=code, year=round_.fiscal_year)


@dataclass(frozen=True)
class ReportedValue:
    """A value that came from a report, by the code of its indicator."""

    indicator: str
    value: IndicatorValue


def reported(session: Session, plan: t.Plan) -> tuple[ReportedValue, ...]:
    """All values of a plan that came from reports: a plan file that does not know them must not lose them."""
    rows = session.exec(
        select(t.Indicator.code, t.IndicatorValue)
        .join(t.IndicatorValue, col(t.IndicatorValue.indicator_id) == col(t.Indicator.id))
        .where(t.Indicator.plan_id == plan.id)
        .order_by(col(t.IndicatorValue.id))
    )
    return tuple(
        ReportedValue(code, IndicatorValue(v.value, v.type, fiscal_year=v.fiscal_year))
        for code, v in rows
        if _is_row_reported(v)
    )


def bring_back(session: Session, plan: t.Plan, values: Sequence[ReportedValue]) -> None:
    """Put reported values beside what a plan file told anew, but for those of which it tells its own."""
    for one in values:
        row = _row(session, plan, one.indicator)
        if row is None:
            continue
        (series,) = indicators.of_rows(session, [row])
        same_year = (v for v in series.indicator.values if year_of(v) == one.value.fiscal_year)
        if not any(v.type is one.value.type for v in same_year):
            _add(session, plan, row, one.value)


def _figures(round_: t.CollectionRound, series: Sequence[Series]) -> tuple[AskedFigure, ...]:
    found = (_asked(one.indicator, round_.fiscal_year) for one in series)
    return tuple(figure for figure in found if figure is not None)


def _asked(indicator: Indicator, fiscal_year: int) -> AskedFigure | None:
    told = (
        v.type
        for v in indicator.values
        if is_actual(v) and v.value is not None and year_of(v) == fiscal_year and not _is_reported(v)
    )
    return asked_of(indicator, fiscal_year, told)


def _write(session: Session, change: Change, plan: t.Plan, code: str, value: IndicatorValue, subject: str) -> None:
    row = _row(session, plan, code)
    assert row is not None
    of_year = session.exec(
        select(t.IndicatorValue).where(
            t.IndicatorValue.indicator_id == row.id, t.IndicatorValue.fiscal_year == value.fiscal_year
        )
    )
    mine = {v.type: v for v in of_year if _is_row_reported(v)}
    same = mine.get(value.type)
    outdated = mine.get(ValueType.FINAL) if value.type is ValueType.EXPECTED else None
    if same is not None and same.value == value.value and outdated is None:
        return
    if outdated is not None:
        session.delete(outdated)
    before = None if same is None else same.value
    if same is None:
        _add(session, plan, row, value)
    else:
        same.value = value.value
        session.add(same)
    audit.write(
        session,
        change,
        "indicator.reported",
        subject,
        indicator=code,
        year=value.fiscal_year,
        type=value.type.value,
        value=_plain(value.value),
        before=_plain(before),
    )


def _add(session: Session, plan: t.Plan, row: t.Indicator, value: IndicatorValue) -> None:
    documents = plan.definition.get("documents", [])
    if not any(document["code"] == REPORTS.code for document in documents):
        plan.definition = {**plan.definition, "documents": [*documents, plan_files.to_json(REPORTS)]}
        session.add(plan)
    positions = session.exec(select(t.IndicatorValue.position).where(t.IndicatorValue.indicator_id == row.id))
    session.add(
        t.IndicatorValue(
            indicator_id=row.id,
            position=max(positions, default=-1) + 1,
            type=value.type,
            value=value.value,
            fiscal_year=value.fiscal_year,
            details={"source": plan_files.to_json(SOURCE)},
        )
    )
    session.flush()


def _row(session: Session, plan: t.Plan, code: str) -> t.Indicator | None:
    return session.exec(select(t.Indicator).where(t.Indicator.plan_id == plan.id, t.Indicator.code == code)).first()


def _is_reported(value: IndicatorValue) -> bool:
    return value.source is not None and value.source.document == REPORTS.code


def _is_row_reported(row: t.IndicatorValue) -> bool:
    source = row.details.get("source") or {}
    return bool(source.get("document") == REPORTS.code)


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
