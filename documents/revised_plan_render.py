"""Renders a revised plan list in the format that a reader asks for."""

from __future__ import annotations

from dataclasses import asdict

from documents import revised_plan_excel
from documents.formats import Format
from documents.pages import TEMPLATES, page
from documents.revised_plan import RevisedPlan
from documents.revised_plan_content import content_of
from documents.typesetting import typeset
from documents.word_form import Properties, WordTemplate, fill, ready

WORD_TEMPLATE = TEMPLATES / "revised_plan.docx"


def render(plan: RevisedPlan, format: Format, *, word_template: WordTemplate = WORD_TEMPLATE) -> bytes:
    """The list as a file. `word_template` is the city's own form, if it has one."""
    content = content_of(plan)
    match format:
        case Format.HTML:
            return page("revised_plan.html", document=content, labels=content.labels).encode()
        case Format.DOCX:
            properties = Properties(content.document_title, content.municipality, content.language, content.issued)
            return fill(word_template, ready(content), properties)
        case Format.PDF:
            data = {**asdict(content), "issued": content.issued.isoformat()}
            return typeset(TEMPLATES / "revised_plan.typ", "document", data, content.issued)
        case Format.XLSX:
            return revised_plan_excel.render(content)
