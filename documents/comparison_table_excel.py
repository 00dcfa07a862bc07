"""The comparison table as an Excel workbook: the table to filter and to print, and the revision in short."""

from __future__ import annotations

from io import BytesIO

from xlsxwriter.worksheet import Worksheet

from documents.comparison_table_content import Cell, Content, Row
from documents.workbook import (
    Styles,
    height,
    prepare_table,
    print_across,
    set_widths,
    workbook,
    write,
    write_head,
    write_row,
    write_words,
)

_WIDTHS = (10, 7, 34, 7, 34, 13, 34)


def render(content: Content) -> bytes:
    """The workbook; changed words are underlined inside their cells."""
    written = BytesIO()
    with workbook(written, content.document_title, content.municipality, content.issued) as (book, styles):
        _table_sheet(book.add_worksheet(content.labels["title"][:31]), content, styles)
        _summary_sheet(book.add_worksheet(content.labels["summary"][:31]), content, styles)
    return written.getvalue()


def _table_sheet(sheet: Worksheet, content: Content, styles: Styles) -> None:
    labels = content.labels
    set_widths(sheet, _WIDTHS)
    head = write_head(sheet, content.marks, content.document_title, styles)
    write(sheet, head - 1, 0, content.note, styles.plain)
    names = [labels[name] for name in ("level", "before_code", "before", "after_code", "after", "kind", "reason")]
    write_row(sheet, head, names, styles.name)
    sheet.set_row(head, height(names, _WIDTHS))
    for number, row in enumerate(content.rows, start=head + 1):
        _write(sheet, number, row, styles)
    if not content.rows:
        write(sheet, head + 1, 0, labels["no_rows"], styles.plain)
    prepare_table(sheet, head, len(content.rows), len(_WIDTHS), fixed_columns=0)
    sheet.print_area(0, 0, head + max(len(content.rows), 1), len(_WIDTHS) - 1)
    print_across(sheet, content.marks_line)


def _write(sheet: Worksheet, number: int, row: Row, styles: Styles) -> None:
    style = styles.name if row.is_heading else styles.text if row.is_changed else styles.soft
    looks = (style, styles.changed_name if row.is_heading else styles.changed_text)
    write(sheet, number, 0, row.level, style)
    for column, cell in ((1, row.before), (3, row.after)):
        code = ((cell.code, cell.is_code_changed),) if cell else ()
        write_words(sheet, number, column, code, looks, styles)
        write_words(sheet, number, column + 1, _words(cell), looks, styles)
    write(sheet, number, 5, row.kinds, style)
    write(sheet, number, 6, row.reason, style)
    texts = (row.level, *_texts(row.before), *_texts(row.after), row.kinds, row.reason)
    sheet.set_row(number, height(texts, _WIDTHS))


def _words(cell: Cell | None) -> list[tuple[str, bool]]:
    """The pieces of a node's title; none where there is no node."""
    return [(cell.lead, False), *((part.text, part.is_changed) for part in cell.title)] if cell else []


def _texts(cell: Cell | None) -> tuple[str, str]:
    return (cell.code if cell else "", "".join(text for text, _ in _words(cell)))


def _summary_sheet(sheet: Worksheet, content: Content, styles: Styles) -> None:
    labels = content.labels
    widths = (30, 44, 30, 34, 22)
    set_widths(sheet, widths)
    row = write_head(sheet, content.marks, content.document_title, styles)
    for name, said in ((labels["plan"], content.plan), (labels["issued_on"], content.issued_on)):
        write_row(sheet, row, (name, said), styles.text)
        row += 1
    row += 1
    names = ("", *(labels[name] for name in ("edition", "decided", "effective_on", "measures")))
    write_row(sheet, row, names, styles.name)
    for side, edition in ((labels["before_side"], content.before), (labels["after_side"], content.after)):
        row += 1
        write_row(sheet, row, (side, edition.name, edition.decided, edition.effective_on), styles.text)
        sheet.write_number(row, 4, edition.measures, styles.number)
    row += 2
    write(sheet, row, 0, labels["reason_of_revision"], styles.name)
    sheet.merge_range(row, 1, row, 4, "", styles.text)
    write(sheet, row, 1, content.reason, styles.text)
    sheet.set_row(row, height((content.reason,), (sum(widths[1:]),)))
    row += 2
    write_row(sheet, row, (labels["kind"], labels["count"]), styles.name)
    for count in content.counts:
        row += 1
        write(sheet, row, 0, count.label, styles.text)
        sheet.write_number(row, 1, count.measures, styles.number)
    print_across(sheet, content.marks_line)
