"""The kinds of documents that are filled into a Word template, and the trial that a city's own form goes through."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from docx.shared import Mm

from documents import (
    body_papers,
    comparison_table_content,
    comparison_table_render,
    content,
    handover_content,
    handover_render,
    key_project_content,
    key_project_labels,
    key_project_render,
    meeting_papers,
    phase_review_content,
    phase_review_labels,
    phase_review_render,
    revised_plan_content,
    revised_plan_render,
    term_evaluation_content,
    term_evaluation_render,
    word,
)
from documents.annual_report import AnnualReport
from documents.city_template import CityTemplate
from documents.comparison_table import ComparisonTable, EditionFacts
from documents.labels import labels_of
from documents.revised_plan import RevisedPlan
from documents.word_form import Picture, Properties, WordTemplate, fill, ready
from documents.word_safety import TemplateProblem, UnfitTemplate, check, says
from documents.word_sample import sample
from domain.lineage import tally
from i18n import N_, translate

_DAY = date(2026, 4, 1)
_PICTURE = Picture(
    b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTNV8AAAAABJRU5ErkJggg=="),
    "",
    Mm(10),
)
"""One white point: how large a picture is does not matter to a form."""
_MARK = "MARK-4c1f"
"""Stands for a mark in a trial, because it stands nowhere else."""

Context = dict[str, Any]


@dataclass(frozen=True)
class WordKind:
    """A kind: its name in the record, its title, Meguru's own template, the type of its content and its fixed words.

    `more` adds what is no part of the content: pictures and numbers of pages, where `is_full` says that there are any.
    """

    code: str
    title: str
    template: Path
    content: type
    labels: Callable[[str], dict[str, str]]
    more: Callable[[Context, bool], None] = lambda context, is_full: None

    def context(self, language: str, *, is_full: bool) -> Context:
        """What a sample of this kind gives a form to name."""
        given = {"language": language, "labels": self.labels(language)}
        if is_full:
            given |= {"marks": (_MARK,), "marks_line": _MARK}
        context: Context = ready(sample(self.content, translate(language, "見本"), is_full, given))
        self.more(context, is_full)
        return context


def tried(kind: WordKind, template: WordTemplate, language: str) -> bytes:
    """A sample with everything filled into a form. Raises `UnfitTemplate`: also where a sample with nothing fails."""
    properties = Properties(translate(language, kind.title), "", language, _DAY)
    fill(template, kind.context(language, is_full=False), properties)
    made = fill(template, kind.context(language, is_full=True), properties)
    if not says(made, _MARK):
        raise UnfitTemplate(TemplateProblem.MARKS_MISSING)
    return made


def examine(kind: WordKind, file: bytes, language: str) -> None:
    """Raises `UnfitTemplate` unless a file may be, and can be, the form of a kind in a language."""
    check(file)
    tried(kind, CityTemplate(file), language)


def _of_annual_report(language: str) -> dict[str, str]:
    return labels_of(sample(AnnualReport, "", False, {"language": language}))


def _edition() -> EditionFacts:
    edition: EditionFacts = sample(EditionFacts, "", False, {"decided": "2026-04"})
    return edition


def _of_comparison(language: str) -> dict[str, str]:
    given = {"language": language, "before": _edition(), "after": _edition(), "tally": tally(())}
    return comparison_table_content.content_of(sample(ComparisonTable, "", False, given)).labels


def _of_revised_plan(language: str) -> dict[str, str]:
    given = {"language": language, "edition": _edition()}
    return revised_plan_content.content_of(sample(RevisedPlan, "", False, given)).labels


def _of_meeting(language: str) -> dict[str, str]:
    papers = sample(meeting_papers.MeetingPapers, "", False, {"language": language})
    return meeting_papers.content_of(papers).labels


def _with_picture(name: str, context: Context, is_full: bool) -> None:
    context[name] = _PICTURE if is_full else ""


def _with_pages(context: Context, is_full: bool) -> None:
    context["pages"] = {item["number"]: 1 for item in context["items"]}


def _with_charts(context: Context, is_full: bool) -> None:
    for survey in context["surveys"]:
        for question in survey["questions"]:
            question["picture"] = _PICTURE


_KINDS = (
    WordKind(
        "annual-report",
        N_("年度進捗報告書"),
        word.TEMPLATE,
        content.Content,
        _of_annual_report,
        partial(_with_picture, "chart_picture"),
    ),
    WordKind(
        "phase-review-report",
        N_("見直し報告書"),
        phase_review_render.WORD_TEMPLATE,
        phase_review_content.Content,
        partial(phase_review_labels.labels_of, measure=""),
    ),
    WordKind(
        "comparison-table",
        N_("新旧対照表"),
        comparison_table_render.WORD_TEMPLATE,
        comparison_table_content.Content,
        _of_comparison,
    ),
    WordKind(
        "revised-plan",
        N_("改訂後の計画一覧"),
        revised_plan_render.WORD_TEMPLATE,
        revised_plan_content.Content,
        _of_revised_plan,
    ),
    WordKind(
        "body-papers",
        N_("見直しの会議資料"),
        body_papers.WORD_TEMPLATE,
        body_papers.PapersContent,
        partial(phase_review_labels.labels_of, measure=""),
    ),
    WordKind(
        "meeting-papers",
        N_("会議資料"),
        meeting_papers.WORD_TEMPLATE,
        meeting_papers.PapersContent,
        _of_meeting,
        _with_pages,
    ),
    WordKind(
        "key-project-report",
        N_("キープロジェクト報告書"),
        key_project_render.WORD_TEMPLATE,
        key_project_content.Content,
        key_project_labels.labels_of,
        partial(_with_picture, "route_picture"),
    ),
    WordKind(
        "term-evaluation",
        N_("期間の振り返り"),
        term_evaluation_render.WORD_TEMPLATE,
        term_evaluation_content.Content,
        partial(term_evaluation_content.labels_of, theme_label=""),
        _with_charts,
    ),
    WordKind(
        "handover",
        N_("事務引継書"),
        handover_render.WORD_TEMPLATE,
        handover_content.Content,
        handover_content.labels_of,
    ),
)
KINDS: Mapping[str, WordKind] = {kind.code: kind for kind in _KINDS}
