"""What the annual progress report of a cycle says, gathered from the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

import i18n
from db import tables as t
from documents.annual_report import AnnualReport, Answered, ProgressCount, ReportedMeasure
from domain.plan import LinkKind, PlanDefinition
from domain.progress_report import ReportState
from domain.questions import Question, QuestionKind, QuestionSet, shown
from domain.text import Bilingual, named, titled
from records import cycle_year, cycles, linked_reports, plans, report_sections
from records.round_state import question_set_of
from records.words import direction_labels, report_state_in_words

PROGRESS_QUESTION = "progress"
"""The question whose answer says how far a measure has come."""


def gather(session: Session, cycle: t.AnnualCycle, today: date, language: str = "ja") -> AnnualReport:
    """The report of a cycle as the record stands; the last round of the year speaks for a measure."""
    plan = cycles.plan_of(session, cycle)
    definition = plans.definition_of(plan)
    edition = session.get(t.Edition, cycle.edition_id)
    municipality = session.get(t.Municipality, cycle.municipality_id)
    assert edition is not None
    assert municipality is not None
    nodes = {n.id: n for n in plans.nodes_of(session, cycle.edition_id)}
    measures = _measures(session, cycle, definition, nodes, language)
    order = _progress_order(cycle_questions(session, cycle, definition), language)
    term = definition.term_of(cycle.fiscal_year)
    return AnnualReport(
        language=language,
        municipality=named(municipality, language),
        plan=named(plan, language),
        edition=named(edition, language),
        fiscal_year=cycle.fiscal_year,
        term=term.name.in_language(language) if term else "",
        issued_on=today,
        **_level_labels(definition, nodes, language),
        measures=measures,
        progress_counts=_counts(measures, order),
        progress_order=order,
        sections=(
            *report_sections.of_views(session, cycle, definition, language),
            *report_sections.of_indicators(session, cycle, plan, definition, language),
        ),
        marks=tuple(filter(None, (Bilingual(plan.mark, plan.mark_en).in_language(language),))),
    )


def cycle_questions(session: Session, cycle: t.AnnualCycle, definition: PlanDefinition) -> tuple[Question, ...]:
    """The questions the cycle's last round asked; before any round, those of the plan."""
    rounds = cycles.rounds_of(session, cycle)
    return (question_set_of(rounds[-1]) if rounds else definition.question_set).questions


def answered(question: Question, answer: str, language: str) -> Answered:
    """One answer as people read it: the choice's label, the number with its unit."""
    text = question.choice_label(answer, language) if question.kind is QuestionKind.CHOICE else answer
    unit = question.unit.in_language(language) if answer and question.kind is QuestionKind.NUMBER else ""
    return Answered(question.label.in_language(language), f"{text} {unit}".strip())


def _measures(
    session: Session, cycle: t.AnnualCycle, definition: PlanDefinition, nodes: dict[int, t.Node], language: str
) -> tuple[ReportedMeasure, ...]:
    year = cycle_year.read(session, cycle)
    questions = cycle_questions(session, cycle, definition)
    directions = direction_labels(language)
    grades = {g.code: g.label.in_language(language) for g in definition.grades}
    found = []
    for node in (n for n in nodes.values() if n.is_reported):
        topmost, between = _above(nodes, node)
        report, evaluation = year.reports.get(node.id), year.evaluations.get(node.id)
        there, department = year.elsewhere.get(node.id), year.departments.get(node.id)
        asked_of = question_set_of(there.round).questions if there else questions
        said = report.answers if report and report.state is not ReportState.DRAFT else {}
        asked = _asked(asked_of, said, node)
        added = _contributions(year.linked.get(node.id, ()), language)
        found.append(
            ReportedMeasure(
                code=node.code,
                title=titled(node, language),
                policy=_names([topmost] if topmost else [], language),
                goal=_names(between, language),
                department=named(department, language) if department else "",
                report_state=report_state_in_words(report, language),
                progress=next((a.answer for q, a in asked_with(asked, said, language) if q == PROGRESS_QUESTION), ""),
                answers=(*(a for q, a in asked_with(asked, said, language) if q != PROGRESS_QUESTION), *added),
                grade=grades.get(evaluation.grade, "") if evaluation else "",
                direction=directions[evaluation.direction] if evaluation else "",
                comment=evaluation.comment if evaluation else "",
            )
        )
    return tuple(found)


def asked_with(asked: tuple[Question, ...], said: dict[str, str], language: str) -> list[tuple[str, Answered]]:
    return [(q.id, answered(q, said.get(q.id, ""), language)) for q in asked]


def _asked(questions: tuple[Question, ...], said: dict[str, str], node: t.Node) -> tuple[Question, ...]:
    return shown(QuestionSet("", 0, questions), said, node.measure_class or "")


def _contributions(linked: Sequence[linked_reports.LinkedReport], language: str) -> tuple[Answered, ...]:
    """What initiatives of other plans, linked into a measure, say of themselves: one line each."""
    found = []
    for one in linked:
        if one.kind is not LinkKind.CONTRIBUTES_TO or one.report.state is ReportState.DRAFT:
            continue
        asked = _asked(question_set_of(one.round).questions, one.report.answers, one.node)
        said = [a for _, a in asked_with(asked, one.report.answers, language) if a.answer]
        heading = f"{named(one.plan, language)} {one.node.code} {titled(one.node, language)}"
        lines = (
            i18n.translate(language, "%(question)s：%(answer)s", question=a.question, answer=a.answer) for a in said
        )
        found.append(Answered(heading, "\n".join(lines)))
    return tuple(found)


def _above(nodes: dict[int, t.Node], node: t.Node) -> tuple[t.Node | None, list[t.Node]]:
    """The topmost node above one, and those between the two."""
    found: list[t.Node] = []
    above = nodes.get(node.parent_id or 0)
    while above is not None:
        found.insert(0, above)
        above = nodes.get(above.parent_id or 0)
    return (found[0], found[1:]) if found else (None, [])


def _names(nodes: list[t.Node], language: str) -> str:
    return " › ".join(f"{n.code} {titled(n, language)}" for n in nodes)


def _level_labels(definition: PlanDefinition, nodes: dict[int, t.Node], language: str) -> dict[str, str]:
    """What the levels of the reported nodes are called, and of those above them ("": there is none)."""
    reported = [n for n in nodes.values() if n.is_reported]
    above = [_above(nodes, n) for n in reported]
    levels = {
        "policy_label": [top.level for top, _ in above if top],
        "goal_label": [between[-1].level for _, between in above if between],
        "measure_label": [n.level for n in reported],
    }
    return {
        name: definition.label_of(found[0]).in_language(language) if found else "" for name, found in levels.items()
    }


def _progress_order(questions: tuple[Question, ...], language: str) -> tuple[str, ...]:
    labels = (c.label.in_language(language) for q in questions if q.id == PROGRESS_QUESTION for c in q.choices)
    return (*labels, i18n.translate(language, "報告なし"))


def _counts(measures: tuple[ReportedMeasure, ...], order: tuple[str, ...]) -> tuple[ProgressCount, ...]:
    counted = Counter((m.policy, m.progress or order[-1]) for m in measures)
    return tuple(ProgressCount(policy, progress, n) for (policy, progress), n in counted.items())
