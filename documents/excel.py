"""The annual report as an Excel workbook: the counts, and one row per measure to filter and to print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO

from xlsxwriter.worksheet import Worksheet

from documents.annual_report import ReportedMeasure, ReportSection
from documents.content import Chart, Content
from documents.workbook import (
    Styles,
    height,
    prepare_table,
    print_across,
    set_widths,
    workbook,
    write,
    write_head,
    write_numbers,
    write_row,
    write_table,
    write_title,
)

_NARROW, _MIDDLE, _WIDE = 9, 14, 26
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def render(content: Content) -> bytes:
    """The workbook. Nothing that people wrote becomes a formula or a link."""
    written = BytesIO()
    with workbook(written, content.document_title, content.municipality, content.issued) as (book, styles):
        _summary_sheet(book.add_worksheet(content.labels["summary"][:31]), content, styles)
        for number, section in enumerate(content.sections, 1):
            _section_sheet(book.add_worksheet(sheet_name(section.heading, number)), section, content, styles)
        _measures_sheet(book.add_worksheet(content.labels["measure_list"][:31]), content, styles)
    return written.getvalue()


def _summary_sheet(sheet: Worksheet, content: Content, styles: Styles) -> None:
    labels = content.labels
    answers = len(content.chart.answers) if content.chart else 0
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, max(answers, 2) + 1, 19)
    row = write_head(sheet, content.marks, content.document_title, styles)
    for name, said in (
        (labels["municipality"], content.municipality),
        (labels["plan"], content.plan),
        (labels["edition"], content.edition),
        (labels["fiscal_year"], content.fiscal_year),
        (labels["term"], content.term),
        (labels["issued_on"], content.issued_on),
    ):
        write(sheet, row, 0, name, styles.name)
        write(sheet, row, 1, said, styles.plain)
        row += 1
    row = _tallies(sheet, row + 1, content, styles)
    if content.chart:
        _chart_table(sheet, row + 1, content.chart, labels, styles)
    print_across(sheet, content.marks_line)


def _tallies(sheet: Worksheet, row: int, content: Content, styles: Styles) -> int:
    """The counts of the year; returns the row after them."""
    labels = content.labels
    write_row(sheet, row, (labels["group"], labels["item"], labels["count"]), styles.name)
    for tally in content.tallies:
        for count in tally.counts:
            row += 1
            write_row(sheet, row, (tally.title, count.label), styles.text)
            sheet.write_number(row, 2, count.measures, styles.number)
    row += 1
    write_row(sheet, row, (labels["all_measures"], ""), styles.total_name)
    sheet.write_number(row, 2, content.total, styles.total)
    return row + 1


def _chart_table(sheet: Worksheet, row: int, chart: Chart, labels: dict[str, str], styles: Styles) -> None:
    write_title(sheet, row, labels["chart"], styles)
    row += 1
    signed = (f"{sign} {answer}" for sign, answer in zip(chart.signs, chart.answers, strict=True))
    write_row(sheet, row, (labels["policy"], *signed, labels["total"]), styles.name)
    for line in chart.rows:
        row += 1
        write(sheet, row, 0, line.policy, styles.text)
        write_numbers(sheet, row, (*line.counts, line.total), styles.number)
    row += 1
    write(sheet, row, 0, labels["total"], styles.total_name)
    write_numbers(sheet, row, (*chart.totals, chart.total), styles.total)


def sheet_name(heading: str, number: int) -> str:
    """A heading as Excel allows it: 31 characters, none of its seven signs; with a number, so that no two are alike."""
    return f"{number} {_FORBIDDEN.sub(' ', heading)}"[:31].strip("'")


def _section_sheet(sheet: Worksheet, section: ReportSection, content: Content, styles: Styles) -> None:
    """A section's tables one below the other."""
    row = write_head(sheet, content.marks, section.heading, styles)
    for note in section.notes:
        write(sheet, row, 0, note, styles.plain)
        row += 1
    columns = max((len(table.columns) for table in section.tables), default=1)
    widths = (30, 30, *(_MIDDLE + 4,) * (columns - 2))
    set_widths(sheet, widths)
    for table in section.tables:
        write_title(sheet, row + 1, table.caption, styles)
        row = write_table(sheet, row + 2, table.columns, (), widths[: len(table.columns)], styles)
        for cells in table.rows:
            _section_row(sheet, row, cells, table.numbers_from, styles)
            sheet.set_row(row, height(cells, widths[: len(cells)]))
            row += 1
    print_across(sheet, content.marks_line)


def _section_row(sheet: Worksheet, row: int, cells: Sequence[str], numbers_from: int, styles: Styles) -> None:
    for column, cell in enumerate(cells):
        if column >= numbers_from and cell.isascii() and cell.isdigit():
            sheet.write_number(row, column, int(cell), styles.number)
        else:
            write(sheet, row, column, cell, styles.text)


def _measures_sheet(sheet: Worksheet, content: Content, styles: Styles) -> None:
    labels = content.labels
    measures = [measure for policy in content.policies for goal in policy.goals for measure in goal.measures]
    questions = list(dict.fromkeys(said.question for measure in measures for said in measure.answers))
    columns = (
        (labels["code"], _NARROW),
        (labels["measure"], _WIDE - 6),
        *((labels[level], _MIDDLE) for level in ("policy", "goal") if labels[level]),
        (labels["department"], _MIDDLE),
        (labels["report_state"], _NARROW + 1),
        (labels["progress"], _NARROW + 2),
        *((question, _WIDE) for question in questions),
        (labels["grade"], _NARROW - 2),
        (labels["direction"], _NARROW),
        (labels["comment"], _WIDE),
    )
    head = write_head(sheet, content.marks, content.document_title, styles)
    names, widths = zip(*columns, strict=True)
    set_widths(sheet, widths)
    write_table(sheet, head, names, [_cells(measure, questions, labels) for measure in measures], widths, styles)
    if not measures:
        write(sheet, head + 1, 0, labels["no_measures"], styles.plain)
    prepare_table(sheet, head, len(measures), len(columns), fixed_columns=2)
    print_across(sheet, content.marks_line)


def _cells(measure: ReportedMeasure, questions: Sequence[str], labels: dict[str, str]) -> tuple[str, ...]:
    """One measure as a row. A question its form did not ask says so, unlike one left unanswered."""
    answers: dict[str, list[str]] = {}
    for said in measure.answers:
        answers.setdefault(said.question, []).append(said.answer)
    return (
        measure.code,
        measure.title,
        *(above or labels["not_stated"] for level, above in _above(measure) if labels[level]),
        measure.department,
        measure.report_state,
        measure.progress,
        *("\n".join(answers.get(question, [labels["not_asked"]])) for question in questions),
        measure.grade,
        measure.direction,
        measure.comment,
    )


def _above(measure: ReportedMeasure) -> tuple[tuple[str, str], ...]:
    """What stands above a measure, by the label of its column; a plan without such a level has no column."""
    return ("policy", measure.policy), ("goal", measure.goal)
