"""All the sheets of a plan, in the order of a workbook, and who names whom."""

from __future__ import annotations

from exchange import fact_sheets as facts
from exchange import indicator_sheets as indicators
from exchange import key_project_sheets as key_projects
from exchange import plan_sheets as plan
from exchange import setting_sheets as settings
from exchange.columns import Sheet

SHEETS: tuple[Sheet, ...] = (
    plan.PLAN,
    plan.NODES,
    plan.LINEAGE,
    indicators.INDICATORS,
    indicators.VALUES,
    plan.EDITIONS,
    plan.TEXTS,
    plan.NODE_VIEWS,
    facts.ACHIEVEMENTS,
    facts.QUANTITIES,
    facts.DOCUMENTS,
    facts.RELATED_PLANS,
    facts.LINKS,
    facts.BODIES,
    facts.MEMBERS,
    facts.OPINION_SOURCES,
    facts.PRINCIPLES,
    facts.TERM_EVALUATIONS,
    facts.SURVEYS,
    facts.SURVEY_QUESTIONS,
    facts.SURVEY_ANSWERS,
    facts.GLOSSARY,
    facts.NOTES,
    settings.LEVELS,
    settings.CLASSES,
    settings.TERMS,
    settings.CRITERIA,
    settings.CONSULTATIONS,
    settings.NODE_FIELDS,
    settings.VIEWS,
    settings.VIEW_VALUES,
    settings.STAGES,
    settings.GRADES,
    settings.BANDS,
    settings.ROUNDS,
    settings.STEPS,
    settings.QUESTIONS,
    settings.QUESTION_CHOICES,
    key_projects.KEY_PROJECTS,
    key_projects.INQUIRY_STEPS,
    key_projects.CHECK_IN_QUESTIONS,
    key_projects.CHECK_IN_CHOICES,
)

BY_CODE = {sheet.code: sheet for sheet in SHEETS}

PARENTS_FIRST: tuple[Sheet, ...] = tuple(sorted(SHEETS, key=lambda sheet: len(sheet.above)))
"""Every sheet after the one its rows belong to."""


def children(sheet: Sheet) -> tuple[Sheet, ...]:
    return tuple(one for one in SHEETS if one.parent is sheet)
