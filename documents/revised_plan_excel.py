"""The revised plan list as an Excel workbook: every node to filter and to print, and the change log."""

from __future__ import annotations

from io import BytesIO

from xlsxwriter.worksheet import Worksheet

from documents.revised_plan_content import Content, LogRow, Row
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
)

_LOG_WIDTHS = (20, 20, 25, 10, 32, 28, 32)


def render(content: Content) -> bytes:
    written = BytesIO()
    with workbook(written, content.document_title, content.municipality, content.issued) as (book, styles):
        _nodes_sheet(book.add_worksheet(content.labels["title"][:31]), content, styles)
        _log_sheet(book.add_worksheet(content.labels["log"][:31]), content, styles)
    return written.getvalue()


def _nodes_sheet(sheet: Worksheet, content: Content, styles: Styles) -> None:
    labels = content.labels
    columns = (
        (labels["level"], 10),
        (labels["code"], 7),
        (labels["name"], 32),
        *(((labels["measure_class"], 11),) if content.has_classes else ()),
        (labels["department"], 15),
        (labels["kind"], 28),
        (labels["content"], 46),
    )
    names, widths = zip(*columns, strict=True)
    set_widths(sheet, widths)
    head = write_head(sheet, content.marks, content.document_title, styles)
    write(sheet, head - 1, 0, labels["department_note"], styles.plain)
    write_row(sheet, head, names, styles.name)
    for number, row in enumerate(content.rows, start=head + 1):
        texts = _texts(row, content)
        write_row(sheet, number, texts, styles.name if row.is_heading else styles.text)
        sheet.set_row(number, height(texts, widths))
    if not content.rows:
        write(sheet, head + 1, 0, labels["no_nodes"], styles.plain)
    prepare_table(sheet, head, len(content.rows), len(columns), fixed_columns=3)
    sheet.print_area(0, 0, head + max(len(content.rows), 1), len(columns) - 1)
    print_across(sheet, content.marks_line)


def _texts(row: Row, content: Content) -> tuple[str, ...]:
    said = "\n".join("\n".join(filter(None, (text.label, text.text))) for text in row.texts)
    return (
        row.level,
        row.code,
        row.title,
        *((row.measure_class,) if content.has_classes else ()),
        row.department,
        "\n".join(row.changes),
        said,
    )


def _log_sheet(sheet: Worksheet, content: Content, styles: Styles) -> None:
    labels = content.labels
    set_widths(sheet, _LOG_WIDTHS)
    head = write_head(sheet, content.marks, labels["log"], styles)
    keys = ("edition", "decided", "effective_on", "measures", "reason_of_revision", "counts", "corrections")
    names = [labels[key] for key in keys]
    write_row(sheet, head, names, styles.name)
    sheet.set_row(head, height(names, _LOG_WIDTHS))
    for number, entry in enumerate(content.log, start=head + 1):
        _write_entry(sheet, number, entry, labels, styles)
    prepare_table(sheet, head, len(content.log), len(names), fixed_columns=1)
    sheet.print_area(0, 0, head + len(content.log), len(names) - 1)
    print_across(sheet, content.marks_line)


def _write_entry(sheet: Worksheet, row: int, entry: LogRow, labels: dict[str, str], styles: Styles) -> None:
    edition = entry.edition
    name = "\n".join((edition.name, labels["shown"])) if entry.is_shown else edition.name
    counts = "\n".join(f"{count.label} {count.measures}" for count in entry.counts) or labels["none"]
    corrections = "\n".join(entry.corrections) or labels["none"]
    texts = (name, edition.decided, edition.effective_on, "", entry.reason, counts, corrections)
    write_row(sheet, row, texts, styles.text)
    sheet.write_number(row, 3, edition.measures, styles.number)
    sheet.set_row(row, height(texts, _LOG_WIDTHS))
