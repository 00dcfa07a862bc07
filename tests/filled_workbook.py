"""Filling in a department's own workbook as a person does: a cell by its measure and question."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

import openpyxl

from exchange.answer_workbook import ANSWER, KNOWN_BY


def filled(content: bytes, typed: Mapping[str, Mapping[str, object]]) -> bytes:
    """`typed`: what stands then in the cells of each measure, by its code and the id of the question."""
    book = openpyxl.load_workbook(BytesIO(content))
    for code, answers in typed.items():
        rows = {row[KNOWN_BY].value: row[ANSWER] for row in book[f"施策{code}"].iter_rows()}
        for question, value in answers.items():
            rows[question].value = value  # type: ignore[assignment]  # whatever a cell may hold
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def cell(content: bytes, code: str, question: str) -> str:
    """Where a measure's question is answered, as a page names it."""
    page = openpyxl.load_workbook(BytesIO(content))[f"施策{code}"]
    row = next(row for row in page.iter_rows() if row[KNOWN_BY].value == question)
    return f"「施策{code}」シートのD{row[ANSWER].row}"
