"""What the report of a review and the papers for its bodies say, gathered from the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session, and_, col, or_, select

from db import tables as t
from documents.annual_report import Answered
from documents.body_papers import BodyPapers
from documents.labels import lineage_labels, month_text
from documents.phase_review_report import (
    CollectedYear,
    ComingEdition,
    ConsultedBody,
    MailsSent,
    PhaseReviewReport,
    ReceivedOpinion,
    ReviewedMeasure,
    ReviewedYear,
    StandingKind,
)
from domain import opinion as opinion_rules
from domain.fiscal_year import FiscalYear
from domain.phase_review import EditionHead, ReviewOutcome
from domain.plan import PlanDefinition, Term
from domain.review_snapshot import MeasureOfTerm, MeasureYear, RoundOfTerm, Standing
from domain.text import named, titled
from i18n import translate
from records import comparison_table, opinion_lists, plans, review_decisions, reviews
from records.decision_words import DecisionWords, kinds_of
from records.words import (
    consultation_outcome_labels,
    direction_labels,
    reflection_labels,
    review_outcome_labels,
    stage_labels,
    standing_labels,
    standing_meanings,
    step_labels,
)


def gather_report(session: Session, review: t.PhaseReview, issued_on: date, language: str = "ja") -> PhaseReviewReport:
    """The report of a review as the record stands. Of a review without a revision nothing is told as decided."""
    plan = reviews.plan_of(session, review)
    sheet = review_decisions.sheet_of(session, review)
    term, snapshot = reviews.term_of(session, review), reviews.snapshot_of(review)
    words = _TermWords(session, review, sheet.definition, language)
    decided = DecisionWords(session, sheet, language, is_revised=review.outcome is not ReviewOutcome.NO_REVISION)
    standings, meanings = standing_labels(language), standing_meanings(language)
    sources = opinion_rules.sources_of(sheet.definition)
    return PhaseReviewReport(
        language=language,
        municipality=named(plans.municipality_of(session, plan), language),
        plan=named(plan, language),
        term=term_text(term, language),
        edition=named(session.get_one(t.Edition, review.edition_id), language),
        issued_on=issued_on,
        measure_label=comparison_table.measure_label(sheet.definition, language),
        is_revised=None if review.outcome is None else review.outcome is ReviewOutcome.REVISION,
        outcome=review_outcome_labels(language)[review.outcome] if review.outcome else "",
        outcome_reason=review.outcome_reason,
        taken_on=snapshot.taken_on if snapshot else None,
        standings=tuple(StandingKind(standings[standing], meanings[standing]) for standing in Standing),
        measures=tuple(words.measure(m) for m in snapshot.measures) if snapshot else (),
        indicators=snapshot.indicators if snapshot else (),
        rounds=tuple(words.round(r) for r in snapshot.rounds) if snapshot else (),
        opinions_from=review.opinions_from,
        opinions_until=review.opinions_until,
        sources=tuple(source.label.in_language(language) for source in sources),
        reflections=tuple(reflection_labels(language).values()),
        opinions=_opinions(session, review, term, sheet.definition, language),
        criteria=_criteria(session, review, sheet.definition, language),
        kinds=kinds_of(lineage_labels(language)),
        decisions=decided.measures(),
        added=decided.added(),
        open_proposals=decided.not_taken_up(review_decisions.proposals_of_new(session, review)),
        bodies=tuple(_bodies(reviews.consultations_of(session, review), sheet.definition, language)),
        next_edition=_next_edition(review, language),
        marks=comparison_table.marks_of(plan, language),
    )


def gather_papers(
    session: Session,
    review: t.PhaseReview,
    consultation: t.Consultation | None,
    issued_on: date,
    language: str = "ja",
) -> BodyPapers:
    """The papers for a body's turn, with what bodies decided before it; None: for no body in particular."""
    report = gather_report(session, review, issued_on, language)
    outcomes = tuple(consultation_outcome_labels(language).values())
    if consultation is None:
        return BodyPapers(report, outcomes=outcomes)
    definition = plans.definition_of(reviews.plan_of(session, review))
    turn = (consultation.attempt, consultation.position)
    before = [c for c in reviews.consultations_of(session, review) if (c.attempt, c.position) < turn]
    return BodyPapers(
        report=replace(report, bodies=tuple(_bodies(before, definition, language))),
        body=_body_name(consultation, definition, language),
        stage=stage_labels(language)[consultation.stage] if consultation.stage else "",
        attempt=consultation.attempt,
        met_on=consultation.met_on,
        outcomes=outcomes,
    )


def term_text(term: Term, language: str) -> str:
    """A term with its fiscal years: 「前期（2018～2020年度）」."""
    name, first, last = term.name.in_language(language), term.first_fiscal_year, term.last_fiscal_year
    return translate(language, "%(term)s（%(first)d～%(last)d年度）", term=name, first=first, last=last)


class _TermWords:
    """Puts the frozen term, whose texts are Japanese, into words: in English as far as the plan has English."""

    def __init__(self, session: Session, review: t.PhaseReview, definition: PlanDefinition, language: str) -> None:
        nodes = plans.nodes_of(session, review.edition_id)
        self.titles = {node.title: titled(node, language) for node in nodes}
        self.said = {f"{node.code} {node.title}": f"{node.code} {titled(node, language)}" for node in nodes}
        self.said |= {d.name: named(d, language) for d in session.exec(select(t.Department))}
        for question in definition.question_set.questions:
            said = (question.label, *(choice.label for choice in question.choices))
            self.said |= {text.ja: text.in_language(language) for text in said}
        self.classes = {c.code: c.label.in_language(language) for c in definition.classes}
        self.grades = {grade.code: grade.label.in_language(language) for grade in definition.grades}
        self.standings = standing_labels(language)
        self.directions = {direction.value: label for direction, label in direction_labels(language).items()}
        self.steps = {step.value: label for step, label in step_labels(language).items()}

    def measure(self, measure: MeasureOfTerm) -> ReviewedMeasure:
        return ReviewedMeasure(
            code=measure.code,
            title=self.titles.get(measure.title, measure.title),
            above=tuple(self._in_words(heading) for heading in measure.above),
            measure_class=self.classes.get(measure.measure_class, measure.measure_class),
            department=self._in_words(measure.department),
            years=tuple(self._year(year) for year in measure.years),
            achievements=measure.achievements,
        )

    def _year(self, year: MeasureYear) -> ReviewedYear:
        return ReviewedYear(
            fiscal_year=year.fiscal_year,
            standing=self.standings[year.standing],
            progress=self._in_words(year.progress),
            grade=self.grades.get(year.grade, year.grade),
            direction=self.directions.get(year.direction, year.direction),
            comment=year.comment,
            said=tuple(Answered(self._in_words(s.question), s.answer) for s in year.said),
        )

    def round(self, round_: RoundOfTerm) -> CollectedYear:
        mails = tuple(MailsSent(self.steps.get(m.kind, m.kind), m.mails) for m in round_.mails)
        return CollectedYear(round_.fiscal_year, round_.asked, round_.handed_in, round_.on_time, mails)

    def _in_words(self, text: str) -> str:
        return self.said.get(text, text)


def _opinions(
    session: Session, review: t.PhaseReview, term: Term, definition: PlanDefinition, language: str
) -> tuple[ReceivedOpinion, ...]:
    """The opinions that came in the review's window, and those that came at any time of the term; without names."""
    first = FiscalYear(term.first_fiscal_year).first_day
    last = FiscalYear(term.last_fiscal_year).last_day
    came = and_(
        col(t.Opinion.review_id).is_(None), col(t.Opinion.received_on) >= first, col(t.Opinion.received_on) <= last
    )
    query = (
        select(t.Opinion)
        .where(t.Opinion.plan_id == review.plan_id, or_(col(t.Opinion.review_id) == review.id, came))
        .order_by(col(t.Opinion.received_on), col(t.Opinion.id))
    )
    rows = session.exec(query).all()
    nodes = opinion_lists.nodes_of(session, [row.id for row in rows])
    reflections = reflection_labels(language)
    return tuple(
        ReceivedOpinion(
            source=opinion_rules.source_label(definition, row.source).in_language(language),
            received_on=row.received_on,
            text=row.text,
            about=tuple(f"{node.code} {titled(node, language)}" for node in nodes.get(row.id, ())),
            answer=row.answer,
            reflection=reflections[row.reflection] if row.reflection else "",
        )
        for row in rows
    )


def _criteria(
    session: Session, review: t.PhaseReview, definition: PlanDefinition, language: str
) -> tuple[Answered, ...]:
    said = {row.criterion: row.answer for row in reviews.criterion_answers(session, review)}
    criteria = definition.review.criteria if definition.review else ()
    return tuple(Answered(c.label.in_language(language), said.get(c.code, "")) for c in criteria)


def _bodies(
    consultations: Sequence[t.Consultation], definition: PlanDefinition, language: str
) -> Iterator[ConsultedBody]:
    outcomes, stages = consultation_outcome_labels(language), stage_labels(language)
    for turn in consultations:
        yield ConsultedBody(
            name=_body_name(turn, definition, language),
            stage=stages[turn.stage] if turn.stage else "",
            attempt=turn.attempt,
            met_on=turn.met_on,
            outcome=outcomes[turn.outcome] if turn.outcome else "",
            comment=turn.comment,
        )


def _body_name(turn: t.Consultation, definition: PlanDefinition, language: str) -> str:
    """As it was called then; in English where the plan still calls it so."""
    names = {body.name.ja: body.name for body in definition.bodies if body.code == turn.body}
    return names[turn.body_name].in_language(language) if turn.body_name in names else turn.body_name


def _next_edition(review: t.PhaseReview, language: str) -> ComingEdition | None:
    head: EditionHead | None = reviews.head_of(review)
    if head is None or review.outcome is not ReviewOutcome.REVISION:
        return None
    return ComingEdition(
        code=head.code,
        name=head.name.in_language(language),
        decided=_month(head.decided, language),
        effective_on=head.effective_on,
        reason=head.reason.in_language(language),
    )


def _month(decided: str, language: str) -> str:
    """A month (YYYY-MM) in words; what is no month stays as it was typed."""
    try:
        return month_text(language, date.fromisoformat(f"{decided}-01"))
    except ValueError:
        return decided
