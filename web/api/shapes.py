"""From the record's rows to what the API gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import TypeVar

from db import tables as t
from domain import questions
from domain.plan import PlanDefinition, Term
from domain.text import Bilingual
from records import listing, review_pages
from records.board import Board, BoardReport, BoardRow
from records.reporting import ReportInHand
from web.api import schemas

Row = TypeVar("Row")
Shape = TypeVar("Shape")


def list_of(page: listing.Page[Row], query: schemas.ListQuery, shape: Callable[[Row], Shape]) -> schemas.ListOf[Shape]:
    end = query.offset + len(page.items)
    return schemas.ListOf(
        items=[shape(row) for row in page.items],
        total=page.total,
        next_offset=end if page.items and end < page.total else None,
    )


def plan_item(plan: t.Plan, definition: PlanDefinition) -> schemas.PlanItem:
    return schemas.PlanItem(
        **dict(plan_ref(plan)),
        first_fiscal_year=definition.first_fiscal_year,
        last_fiscal_year=definition.last_fiscal_year,
    )


def plan(plan: t.Plan, definition: PlanDefinition, in_force: t.Edition, editions: list[t.Edition]) -> schemas.Plan:
    return schemas.Plan(
        **dict(plan_item(plan, definition)),
        edition=_edition(in_force),
        editions=[_edition(e) for e in editions],
        levels=[
            schemas.Level(code=level.code, label=_bilingual(level.label), is_reported=level.is_reported)
            for level in definition.levels
        ],
        classes=[schemas.MeasureClass(code=c.code, label=_bilingual(c.label)) for c in definition.classes],
        terms=[_term(term) for term in definition.terms],
        rounds=[
            schemas.PlannedRound(
                code=r.code,
                name=_bilingual(r.name),
                opens_month=r.opens.month,
                opens_day=r.opens.day,
                due_after_business_days=r.due_after_days,
            )
            for r in definition.rounds
        ],
        grades=[schemas.Grade(code=g.code, label=_bilingual(g.label)) for g in definition.grades],
    )


def plan_ref(plan: t.Plan) -> schemas.PlanRef:
    return schemas.PlanRef(
        code=plan.code,
        name=_name(plan.name, plan.name_en),
        mark=_name(plan.mark, plan.mark_en) if plan.mark else None,
    )


def measure(placed: listing.PlacedMeasure) -> schemas.Measure:
    return schemas.Measure(
        **dict(_measure_ref(placed.node)),
        above=[_node_ref(node) for node in placed.above],
        department=_department(placed.department),
    )


def round_item(placed: listing.PlacedRound, definition: PlanDefinition) -> schemas.RoundItem:
    row = placed.round
    return schemas.RoundItem(
        id=_id(row.id),
        code=row.code,
        name=_bilingual(definition.round_of(row.code).name),
        plan=plan_ref(placed.plan),
        fiscal_year=row.fiscal_year,
        cycle_state=placed.cycle.state if placed.cycle else None,
        opened_on=row.opened_on,
        due_on=row.due_on,
        closed_on=row.closed_on,
    )


def round_(
    placed: listing.PlacedRound, definition: PlanDefinition, question_set: questions.QuestionSet
) -> schemas.Round:
    return schemas.Round(
        **dict(round_item(placed, definition)),
        question_set=schemas.QuestionSet(
            code=question_set.code,
            version=question_set.version,
            questions=[_question(q) for q in question_set.questions],
        ),
    )


def request_item(board: Board, row: BoardRow) -> schemas.RequestItem:
    step = row.next_step
    return schemas.RequestItem(
        id=_id(row.request.id),
        round=row.request.round_id,
        plan=plan_ref(board.plan),
        fiscal_year=board.round.fiscal_year,
        department=_department(row.department),
        opened_on=row.request.opened_on,
        total=row.total,
        answered=row.answered,
        approved=row.approved,
        exempted=row.exempted,
        late=row.late,
        turn=row.turn,
        next_step=schemas.NextStep(kind=step.step.kind, to=step.step.to, at=step.at.astimezone(UTC)) if step else None,
    )


def request(board: Board, row: BoardRow) -> schemas.Request:
    return schemas.Request(**dict(request_item(board, row)), reports=[_requested_report(r) for r in row.reports])


def report(held: ReportInHand) -> schemas.Report:
    row = held.report
    return schemas.Report(
        id=_id(row.id),
        request=row.request_id,
        round=row.round_id,
        plan=plan_ref(held.plan),
        fiscal_year=held.round.fiscal_year,
        measure=_measure_ref(held.node),
        state=row.state,
        is_exempted=row.is_exempted,
        exempted_reason=row.exempted_reason,
        answers=row.answers,
        revision=row.revision,
        due_on=row.due_on,
        submitted_on=row.submitted_on,
        edited_at=row.edited_at,
        return_comment=row.return_comment,
        return_remarks=[schemas.ReturnRemark(**one) for one in row.return_remarks],
        returns=row.returns,
    )


def document(placed: listing.PlacedDocument) -> schemas.Document:
    row = placed.document
    return schemas.Document(
        id=_id(row.id),
        plan=plan_ref(placed.plan),
        fiscal_year=placed.fiscal_year,
        kind=row.kind,
        format=row.format,
        file_name=row.file_name,
        media_type=row.media_type,
        digest=row.digest,
        issued_on=row.issued_on,
        rendered_at=row.rendered_at,
    )


def review_item(placed: review_pages.PlacedReview) -> schemas.ReviewItem:
    row = placed.review
    return schemas.ReviewItem(
        id=_id(row.id),
        plan=plan_ref(placed.plan),
        term=_term(placed.term),
        edition=_edition(placed.edition),
        state=row.state,
        outcome=row.outcome,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        made_edition=_edition(placed.made) if placed.made else None,
    )


def review(
    placed: review_pages.PlacedReview, progress: review_pages.Progress, documents: Sequence[listing.PlacedDocument]
) -> schemas.Review:
    return schemas.Review(
        **dict(review_item(placed)),
        counts=schemas.ReviewCounts(
            proposals_asked=progress.asked,
            proposals_handed_in=progress.handed_in,
            opinions=progress.opinions,
            opinions_unanswered=progress.unanswered,
            measures=progress.measures,
            measures_decided=progress.decided,
            contradictions=progress.refused,
            criteria=progress.criteria,
            criteria_answered=progress.answered,
        ),
        documents=[document(one) for one in documents],
    )


def _term(term: Term) -> schemas.Term:
    return schemas.Term(
        code=term.code,
        name=_bilingual(term.name),
        first_fiscal_year=term.first_fiscal_year,
        last_fiscal_year=term.last_fiscal_year,
    )


def _edition(edition: t.Edition) -> schemas.Edition:
    return schemas.Edition(
        code=edition.code,
        name=_name(edition.name, edition.name_en),
        decided=edition.decided,
        effective_on=edition.effective_on,
    )


def _question(question: questions.Question) -> schemas.Question:
    return schemas.Question(
        id=question.id,
        kind=question.kind,
        label=_bilingual(question.label),
        help=_bilingual(question.help),
        example=_bilingual(question.example),
        unit=_bilingual(question.unit),
        choices=[schemas.Choice(code=c.code, label=_bilingual(c.label)) for c in question.choices],
        required=question.required,
        required_when=_condition(question.required_when),
        shown_when=_condition(question.shown_when),
        limit=question.limit,
    )


def _condition(condition: questions.Condition | None) -> schemas.Condition | None:
    return schemas.Condition(question=condition.question, among=list(condition.among)) if condition else None


def _requested_report(listed: BoardReport) -> schemas.RequestedReport:
    row = listed.report
    return schemas.RequestedReport(
        id=_id(row.id),
        measure=_measure_ref(listed.node),
        state=row.state,
        is_exempted=row.is_exempted,
        due_on=row.due_on,
        is_late=listed.is_late,
        business_days_late=listed.days_late,
        submitted_on=row.submitted_on,
        revision=row.revision,
    )


def _node_ref(node: t.Node) -> schemas.NodeRef:
    return schemas.NodeRef(code=node.code, title=_name(node.title, node.title_en))


def _measure_ref(node: t.Node) -> schemas.MeasureRef:
    return schemas.MeasureRef(**dict(_node_ref(node)), measure_class=node.measure_class)


def _department(department: t.Department | None) -> schemas.DepartmentRef | None:
    if department is None:
        return None
    return schemas.DepartmentRef(code=department.code, name=_name(department.name, department.name_en))


def _bilingual(text: Bilingual) -> schemas.Name:
    return _name(text.ja, text.en)


def _name(ja: str, en: str) -> schemas.Name:
    return schemas.Name(ja=ja, en=en or None)


def _id(stored: int | None) -> int:
    assert stored is not None
    return stored
