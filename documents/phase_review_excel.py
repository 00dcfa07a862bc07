"""The phase review report as an Excel workbook: a sheet to read, and tables to filter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from documents.annual_report import Answered
from documents.phase_review_content import Content
from documents.phase_review_rows import CrossTable, DecisionRow, MeasureGroup
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

_SUMMARY_WIDTHS = (34, 22, 22, 22, 22, 22, 22, 12)
_FACT_WIDTHS = (_SUMMARY_WIDTHS[0], sum(_SUMMARY_WIDTHS[1:]))


def render(content: Content) -> bytes:
    """The workbook. Nothing that people wrote becomes a formula or a link."""
    written = BytesIO()
    with workbook(written, content.document_title, content.municipality, content.issued) as (book, styles):
        _summary(_sheet(book, content.labels["summary"]), content, styles)
        for name, table in _tables(content):
            _table(_sheet(book, name), content, table, styles)
    return written.getvalue()


def _sheet(book: Workbook, name: str) -> Worksheet:
    """A sheet by its name without the signs that Excel forbids there; no name is longer than 31 characters."""
    return book.add_worksheet("".join(c for c in name if c not in "[]:*?/\\'")[:31])


def _summary(sheet: Worksheet, content: Content, styles: Styles) -> None:
    labels = content.labels
    set_widths(sheet, _SUMMARY_WIDTHS)
    row = write_head(sheet, content.marks, content.document_title, styles)
    row = _facts(sheet, row, ((fact.name, fact.text) for fact in content.facts), styles)
    row = _facts(sheet, row, [(labels["outcome_reason"], content.outcome_reason)], styles)
    row = _titled(sheet, row, labels["standings"], styles)
    row = _facts(sheet, row, ((fact.name, fact.text) for fact in content.standing_meanings), styles)
    row = _cross(sheet, row + 1, content.standings, labels["total"], styles)
    row = _titled(sheet, row, labels["collection"], styles)
    row = _rounds(sheet, row, content, styles)
    row = _titled(sheet, row, labels["opinion_counts"], styles)
    row = _cross(sheet, row, content.opinion_counts, labels["total"], styles)
    row = _titled(sheet, row, labels["criteria"], styles)
    row = _facts(sheet, row, ((c.question, c.answer) for c in content.criteria), styles)
    row = _titled(sheet, row, labels["kind_counts"], styles)
    row = _kinds(sheet, row, content, styles)
    row = _titled(sheet, row, labels["next_edition"], styles)
    coming = content.next_edition
    if coming is None:
        write(sheet, row, 0, content.no_edition, styles.plain)
    else:
        _facts(sheet, row, ((fact.name, fact.text) for fact in coming), styles)
    print_across(sheet, content.marks_line)


def _titled(sheet: Worksheet, row: int, title: str, styles: Styles) -> int:
    write_title(sheet, row + 1, title, styles)
    return row + 2


def _facts(sheet: Worksheet, row: int, facts: Iterable[tuple[str, str]], styles: Styles) -> int:
    """Names with their texts, which may be long: each goes over the width of the sheet."""
    last = len(_SUMMARY_WIDTHS) - 1
    for fact in facts:
        name, text = fact
        write(sheet, row, 0, name, styles.name)
        sheet.merge_range(row, 1, row, last, "", styles.text)
        write(sheet, row, 1, text, styles.text)
        sheet.set_row(row, height(fact, _FACT_WIDTHS))
        row += 1
    return row


def _cross(sheet: Worksheet, row: int, counted: CrossTable, total: str, styles: Styles) -> int:
    names = (counted.corner, *counted.columns, total)
    write_row(sheet, row, names, styles.name)
    for line in counted.rows:
        row += 1
        write(sheet, row, 0, line.name, styles.text)
        write_numbers(sheet, row, (*line.counts, line.total), styles.number)
    row += 1
    write(sheet, row, 0, total, styles.total_name)
    write_numbers(sheet, row, (*counted.totals, counted.total), styles.total)
    return row + 1


def _rounds(sheet: Worksheet, row: int, content: Content, styles: Styles) -> int:
    labels, last = content.labels, len(_SUMMARY_WIDTHS) - 1
    names = [labels[name] for name in ("fiscal_year", "asked", "handed_in", "on_time", "mails")]
    sheet.merge_range(row, 4, row, last, "", styles.name)
    write_row(sheet, row, names, styles.name)
    for one in content.rounds:
        row += 1
        write(sheet, row, 0, one.year, styles.text)
        write_numbers(sheet, row, (one.asked, one.handed_in, one.on_time), styles.number)
        sheet.merge_range(row, 4, row, last, "", styles.text)
        write(sheet, row, 4, one.mails, styles.text)
    return row + 1


def _kinds(sheet: Worksheet, row: int, content: Content, styles: Styles) -> int:
    labels = content.labels
    write_row(sheet, row, (labels["kind"], labels["count"]), styles.name)
    for count in content.kind_counts:
        row += 1
        write(sheet, row, 0, count.label, styles.text)
        sheet.write_number(row, 1, count.measures, styles.number)
    row += 1
    write(sheet, row, 0, labels["total"], styles.total_name)
    sheet.write_number(row, 1, content.kind_total, styles.total)
    return row + 1


_Table = tuple[Sequence[tuple[str, int]], Sequence[Sequence[str]]]
"""Columns with their widths, and the rows."""


def _tables(content: Content) -> tuple[tuple[str, _Table], ...]:
    labels = content.labels
    return (
        (labels["by_measure"], _course(content)),
        (labels["indicators"], _indicators(content)),
        (labels["opinions"], _opinions(content)),
        (labels["decisions"], _decisions(content)),
        (labels["open_proposals"], _open_proposals(content)),
        (labels["bodies"], _bodies(content)),
    )


def _table(sheet: Worksheet, content: Content, table: _Table, styles: Styles) -> None:
    columns, rows = table
    head = write_head(sheet, content.marks, content.document_title, styles)
    names, widths = zip(*columns, strict=True)
    set_widths(sheet, widths)
    write_table(sheet, head, names, rows, widths, styles)
    if not rows:
        write(sheet, head + 1, 0, content.labels["not_stated"], styles.plain)
    prepare_table(sheet, head, len(rows), len(columns), fixed_columns=2)
    print_across(sheet, content.marks_line)


def _course(content: Content) -> _Table:
    names = ("code", "measure", "group", "department", "class", "fiscal_year", "standing", "progress", "grade")
    more = ("direction", "comment", "done", "achievements")
    rows = [row for group in content.groups for row in _years(group)]
    return _columns(content, (*names, *more), (9, 20, 20, 13, 9, 12, 11, 11, 9, 10, 20, 32, 20)), rows


def _years(group: MeasureGroup) -> Iterator[tuple[str, ...]]:
    """One row per measure and fiscal year."""
    for measure in group.measures:
        about = (measure.code, measure.title, group.heading, measure.department, measure.measure_class)
        for year in measure.years:
            judged = (year.grade, year.direction, year.comment)
            done = _lines(year.said)
            yield *about, year.year, year.standing, year.progress, *judged, done, measure.achievements


def _indicators(content: Content) -> _Table:
    names = ("indicator", "measure", "unit", "first_value", "last_value", "target")
    rows = [(i.indicator, i.measure, i.unit, i.first, i.last, i.target) for i in content.indicators]
    return _columns(content, names, (30, 26, 10, 24, 24, 20)), rows


def _opinions(content: Content) -> _Table:
    names = ("code", "source", "received_on", "about", "opinion", "answer", "reflection")
    rows = [(str(o.number), o.source, o.received_on, o.about, o.text, o.answer, o.reflection) for o in content.opinions]
    return _columns(content, names, (8, 16, 16, 24, 40, 40, 16)), rows


def _decisions(content: Content) -> _Table:
    """One row per measure of the edition under review, then the new ones."""
    names = ("code", "measure", "group", "proposed_by", "proposal", "kind", "becomes", "changes", "reason")
    rows = [_decision(content, group.heading, row) for group in content.decisions for row in group.rows]
    rows += [
        ("", "", a.group, a.proposed_by, "", a.kind, f"{a.code} {a.title}".strip(), a.measure_class, a.reason)
        for a in content.added
    ]
    return _columns(content, names, (9, 24, 24, 18, 32, 12, 26, 22, 30)), rows


def _decision(content: Content, group: str, row: DecisionRow) -> tuple[str, ...]:
    proposed_by = row.proposed_by or content.labels["not_stated"]
    decided = (row.kind, row.becomes, row.changes, row.reason)
    return (row.code, row.title, group, proposed_by, _lines(row.proposal), *decided)


def _open_proposals(content: Content) -> _Table:
    names = ("proposed", "proposed_by", "reason", "declined_reason")
    rows = [(p.title, p.department, p.reason, p.declined_reason) for p in content.open_proposals]
    return _columns(content, names, (34, 20, 40, 40)), rows


def _bodies(content: Content) -> _Table:
    names = ("body", "stage", "attempt", "met_on", "consulted", "body_comment")
    rows = [(b.body, b.stage, b.attempt, b.met_on, b.outcome, b.comment) for b in content.bodies]
    return _columns(content, names, (30, 14, 10, 20, 20, 50)), rows


def _columns(content: Content, names: Sequence[str], widths: Sequence[int]) -> Sequence[tuple[str, int]]:
    return [(content.labels[name], width) for name, width in zip(names, widths, strict=True)]


def _lines(said: Sequence[Answered]) -> str:
    return "\n".join("\n".join(filter(None, (one.question, one.answer))) for one in said)
