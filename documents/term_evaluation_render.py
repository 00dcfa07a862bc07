"""Renders the evaluation of a term in the format that a reader asks for; it is made on demand and not stored."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from markupsafe import Markup

from documents import survey_chart
from documents.formats import Format
from documents.pages import page
from documents.survey_results import QuestionResult
from documents.term_evaluation import TermEvaluation
from documents.term_evaluation_content import Content, content_of
from documents.typesetting import typeset
from documents.word import PICTURE_WIDTH
from documents.word_form import Picture, Properties, WordTemplate, fill, ready

_TEMPLATES = Path(__file__).parent / "templates"
WORD_TEMPLATE = _TEMPLATES / "term_evaluation.docx"
FORMATS = (Format.HTML, Format.DOCX, Format.PDF)


def render(told: TermEvaluation, format: Format, *, word_template: WordTemplate = WORD_TEMPLATE) -> bytes:
    """The evaluation as a file, in one of `FORMATS`. `word_template` is the city's own form, if it has one."""
    content = content_of(told)
    match format:
        case Format.HTML:
            charts = {
                q.chart: Markup(_svg(q)) for q in _questions(content) if q.chart
            }  # the renderer has escaped texts
            return page("term_evaluation.html", report=content, labels=content.labels, charts=charts).encode()
        case Format.DOCX:
            return _word(content, word_template)
        case Format.PDF:
            return typeset(_TEMPLATES / "term_evaluation.typ", "report", _data(content), content.issued)
        case _:
            raise ValueError(f"the evaluation of a term is no {format.value}")


def _questions(content: Content) -> list[QuestionResult]:
    return [question for survey in content.surveys for question in survey.questions]


def _svg(question: QuestionResult) -> str:
    return survey_chart.svg(survey_chart.as_text(question.chart)) if question.chart else ""


def _data(content: Content) -> dict[str, Any]:
    """The content as JSON data; of a chart its picture and its description."""
    data = asdict(content) | {"issued": content.issued.isoformat()}
    for survey, said in zip(data["surveys"], content.surveys, strict=True):
        for question, told in zip(survey["questions"], said.questions, strict=True):
            question["chart_svg"] = _svg(told)
            question["chart"] = {"alternative": told.chart.alternative} if told.chart else None
    return data


def _word(content: Content, template: WordTemplate) -> bytes:
    context = ready(content)
    for survey, said in zip(context["surveys"], content.surveys, strict=True):
        for question, told in zip(survey["questions"], said.questions, strict=True):
            question["picture"] = _picture(told)
    properties = Properties(content.document_title, content.municipality, content.language, content.issued)
    return fill(template, context, properties)


def _picture(question: QuestionResult) -> Picture | str:
    if question.chart is None:
        return ""
    return Picture(survey_chart.png(question.chart), question.chart.alternative, PICTURE_WIDTH)
