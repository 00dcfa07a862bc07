"""Renders pages: templates, language, and the filters that show days and years."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import i18n
from documents.labels import date_text, month_text
from documents.series import number_text, quantity_text, time_text
from domain.calendar import JST
from domain.rating import rounded
from domain.text import named, titled
from mail.compose import day_in_words, fiscal_year_in_words
from web import guide, labels
from web.attachment_words import size_in_words
from web.citations import cited
from web.context import language_of
from web.form_words import form_problem_in_words
from web.mail_words import remedy_in_words
from web.paths import board_of

TEMPLATE_FOLDERS = [Path(__file__).parent / "templates"]
"""Where templates are looked for; the demo adds a folder of its own."""


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the person's language. Templates always know `request`, `person` and `language`."""
    language = language_of(request)
    person = getattr(request.state, "person", None)
    content = (
        environment(language).get_template(template).render(request=request, person=person, language=language, **values)
    )
    return HTMLResponse(content, status_code=status)


@cache
def environment(language: str) -> Environment:
    """The template environment of a language: autoescaped, undefined names are errors."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATE_FOLDERS),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.install_gettext_translations(i18n.translations(language), newstyle=True)  # type: ignore[attr-defined]  # the i18n extension adds it
    made.globals["guide_for"] = guide.page_for
    made.filters["day"] = lambda day: day_in_words(_local(day), language)
    made.filters["era_day"] = lambda day: date_text(language, day)
    made.filters["era_month"] = lambda month: month_text(language, date.fromisoformat(f"{month}-01"))
    made.filters["value_time"] = lambda value: time_text(value, language)
    made.filters["file_size"] = size_in_words
    made.filters["number"] = number_text
    made.filters["quantity"] = quantity_text
    made.filters["signed"] = lambda number: f"{number:+,f}"
    made.filters["rate"] = rounded
    made.filters["cited"] = cited
    made.filters["minute"] = lambda at: f"{day_in_words(_local(at), language)} {at.astimezone(JST):%H:%M}"
    made.filters["fiscal_year"] = lambda year: fiscal_year_in_words(year, language)
    made.filters["in_language"] = lambda text: text.in_language(language)
    made.filters["named"] = lambda row: named(row, language)
    made.filters["titled"] = lambda node: titled(node, language)
    made.filters["board_of"] = board_of
    made.filters["label"] = lambda code: labels.label(code, language)
    made.filters["step"] = lambda state: labels.review_step_in_words(state, language)
    made.filters["standing"] = lambda standing: labels.standing_in_words(standing, language)
    made.filters["refusal"] = lambda refusal: labels.refusal_in_words(refusal, language)
    made.filters["happened"] = lambda one: labels.happened_in_words(one.action, one.about, one.outcome, language)
    made.filters["remedy"] = lambda reason: remedy_in_words(reason, language)
    made.filters["form_problem"] = lambda code: form_problem_in_words(code, language)
    made.filters["document_kind"] = lambda kind: labels.document_in_words(kind, language)
    return made


def _local(moment: date | datetime) -> date:
    return moment.astimezone(JST).date() if isinstance(moment, datetime) else moment
