"""What the term was for one measure: what a department reads beside its proposal, without looking elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from db import tables as t
from domain.plan import Term
from domain.text import Bilingual
from records import measure_history, plan_pages, reviews
from records.annual_report import PROGRESS_QUESTION
from records.measure_history import Said, YearOfMeasure
from records.reporting import ReportInHand


@dataclass(frozen=True)
class YearOfTerm:
    """One fiscal year; `report` None: the measure was not asked about. `evaluation` only once the year's is decided."""

    fiscal_year: int
    report: YearOfMeasure | None
    progress: str
    said: tuple[Said, ...]
    evaluation: t.Evaluation | None


@dataclass(frozen=True)
class TermOfMeasure:
    """`statuses` are what the plan's own document says was done (実施状況)."""

    term: Term
    years: tuple[YearOfTerm, ...]
    statuses: tuple[Bilingual, ...]


def of_proposal(session: Session, held: ReportInHand, language: str) -> TermOfMeasure | None:
    """The term under review as the record has it today; None for a report that is no proposal.

    A proposal is for the whole term, whichever department answered then. What is frozen for those who decide is the
    review's snapshot; this is live, so that last corrections show, and keeps a running evaluation to itself.
    """
    if held.round.review_id is None:
        return None
    review = reviews.find(session, held.round.review_id)
    term = reviews.term_of(session, review)
    history = [y for y in measure_history.years_of(session, held.node) if y.is_of_the_same_work]
    latest = {y.cycle.fiscal_year: y for y in reversed(history)}
    years = range(term.first_fiscal_year, term.last_fiscal_year + 1)
    return TermOfMeasure(
        term=term,
        years=tuple(_year(year, latest.get(year), held.node, language) for year in years),
        statuses=_statuses(session, held.node, term),
    )


def _year(fiscal_year: int, found: YearOfMeasure | None, node: t.Node, language: str) -> YearOfTerm:
    said = found.said(node, language) if found else ()
    return YearOfTerm(
        fiscal_year=fiscal_year,
        report=found,
        progress=next((s.answer for s in said if s.question_id == PROGRESS_QUESTION), ""),
        said=tuple(s for s in said if s.question_id != PROGRESS_QUESTION and s.answer),
        evaluation=found.evaluation if found and measure_history.is_evaluation_decided(found) else None,
    )


def _statuses(session: Session, node: t.Node, term: Term) -> tuple[Bilingual, ...]:
    told = plan_pages.achievements_of_life(session, node)
    years = range(term.first_fiscal_year, term.last_fiscal_year + 1)
    return tuple(a.said.text for a in told if a.said.term == term.code or a.said.fiscal_year in years)
