"""What the document of a term's evaluation says, gathered from the record."""

from __future__ import annotations

from datetime import date
from functools import partial

from sqlmodel import Session

from documents import project_labels
from documents.gathered import GatheredDocument
from documents.survey_results import results_of
from documents.term_evaluation import (
    AchievedYear,
    CheckedProject,
    EvaluatedTheme,
    SurveyTold,
    TermEvaluation,
    TriedOut,
)
from domain import survey as survey_rules
from domain.plan import PlanDefinition
from domain.reference import Survey
from domain.term_evaluation import Standing
from domain.text import named, titled
from i18n import translate
from records import comparison_table, document_templates, plans, term_evidence
from records.term_evaluations import TermSheet, Theme
from records.term_evidence import ProjectOfTerm, ThemeEvidence

_KIND = "term-evaluation"


def document(session: Session, told: TermEvaluation) -> GatheredDocument:
    """An evaluation as a document, to be set in the city's own form if it has one."""
    from documents import term_evaluation_render  # loads typst and docxtpl: only who asks for it waits for them

    own = document_templates.own(session, _KIND, told.language)
    return GatheredDocument(_KIND, term_evaluation_render.FORMATS, partial(term_evaluation_render.render, told), own)


def gather(
    session: Session, sheet: TermSheet, issued_on: date, language: str, *, draft: bool = False
) -> TermEvaluation:
    """The evaluation as readers see it; `draft`: what is being written at the desk, marked as such."""
    evidence = term_evidence.gather(session, sheet, language)
    standing = Standing.OPEN if draft else sheet.standing
    marks = comparison_table.marks_of(sheet.plan, language)
    if standing is Standing.OPEN:
        marks = (*marks, translate(language, "下書き（決定前）"))
    level = sheet.themes[0].node.level if sheet.themes and sheet.themes[0].node else ""
    return TermEvaluation(
        language=language,
        municipality=named(plans.municipality_of(session, sheet.plan), language),
        plan=named(sheet.plan, language),
        term=sheet.term.name.in_language(language),
        first_fiscal_year=sheet.term.first_fiscal_year,
        last_fiscal_year=sheet.term.last_fiscal_year,
        theme_label=sheet.definition.label_of(level).in_language(language),
        standing=standing,
        decided_on=sheet.decided_on if standing is Standing.DECIDED else None,
        issued_on=issued_on,
        themes=tuple(_theme(one, evidence.themes[one.code], standing, language) for one in sheet.themes),
        achievements=tuple(
            AchievedYear(y.fiscal_year, y.precedes, tuple(a.said.text.in_language(language) for a in y.achieved))
            for y in evidence.achievements
        ),
        projects=tuple(
            CheckedProject(p.project.code, titled(p.project, language), len(p.check_ins), len(p.trials))
            for p in evidence.projects
        ),
        trials=tuple(trial for p in evidence.projects for trial in _trials(p, language)),
        surveys=tuple(survey_told(sheet.definition, s, language) for s in evidence.surveys),
        outlook=tuple(point.in_language(language) for point in sheet.whole.to_do(standing)),
        marks=marks,
    )


def survey_told(definition: PlanDefinition, survey: Survey, language: str) -> SurveyTold:
    """A survey with its results, the one of its series before it beside."""
    earlier = survey_rules.before(definition.surveys, survey)
    return SurveyTold(
        name=survey.name.in_language(language),
        fiscal_year=survey.fiscal_year,
        respondents=survey.respondents,
        allows_several_answers=survey.allows_several_answers,
        compared_with=earlier.name.in_language(language) if earlier else "",
        questions=results_of(survey, earlier, language),
        note=survey.note.in_language(language),
    )


def _theme(theme: Theme, evidence: ThemeEvidence, standing: Standing, language: str) -> EvaluatedTheme:
    assert theme.node is not None, "the whole is no theme"
    return EvaluatedTheme(
        code=theme.node.code,
        title=titled(theme.node, language),
        good=tuple(point.in_language(language) for point in theme.good(standing)),
        to_do=tuple(point.in_language(language) for point in theme.to_do(standing)),
        states=tuple(f"{s.node.code} {titled(s.node, language)}" for s in evidence.states),
        reports=evidence.reports,
        check_ins=evidence.check_ins,
        trials=evidence.trials,
        questions=sum(len(survey.questions) for survey in evidence.surveys),
    )


def _trials(one: ProjectOfTerm, language: str) -> list[TriedOut]:
    return [
        TriedOut(
            project=titled(one.project, language),
            title=trial.title,
            started_on=trial.started_on,
            ended_on=trial.ended_on,
            hypothesis=trial.hypothesis,
            done=trial.done,
            result=project_labels.label(trial.result, language) if trial.result else "",
            learning=trial.learning,
            next=trial.next,
            abolishes=trial.abolishes,
        )
        for trial in one.trials
    ]
