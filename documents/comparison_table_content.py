"""What stands in a comparison table, arranged for reading: the one picture that all formats draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from documents.comparison_table import ComparedNode, ComparedRow, ComparisonTable, TitlePart
from documents.content import Count
from documents.edition_content import EditionRow, edition_labels, edition_row, kind_counts, kinds_text
from documents.labels import date_text, marks_line
from documents.writable import writable
from domain.lineage import LineageKind
from i18n import translate


@dataclass(frozen=True)
class Cell:
    """A node in one of the two columns. `lead` stands before it where it is not the same node as on the other side."""

    lead: str
    code: str
    is_code_changed: bool
    title: tuple[TitlePart, ...]


@dataclass(frozen=True)
class Row:
    """`is_heading`: above what departments report on. No cell: the node was not there before, or has ended."""

    level: str
    is_heading: bool
    is_changed: bool
    before: Cell | None
    after: Cell | None
    kinds: str
    reason: str


@dataclass(frozen=True)
class Content:
    """A comparison table ready to be laid out; what was not said already reads 「記載なし」."""

    language: str
    labels: dict[str, str]
    document_title: str
    municipality: str
    plan: str
    issued: date
    issued_on: str
    marks: tuple[str, ...]
    marks_line: str
    before: EditionRow
    after: EditionRow
    reason: str
    counts: tuple[Count, ...]
    note: str
    rows: tuple[Row, ...]


def content_of(table: ComparisonTable, only_changes: bool = False) -> Content:
    """Arranges a table. Characters no document can hold are dropped; everything else stays as written."""
    table = writable(table)
    language = table.language
    before, after = edition_row(table.before, language), edition_row(table.after, language)
    labels = _labels(table, before, after)
    shown = [row for row in table.rows if row.is_changed or not only_changes]
    return Content(
        language=language,
        labels=labels,
        document_title=" ".join(filter(None, (table.plan, labels["title"], after.name))),
        municipality=table.municipality,
        plan=table.plan,
        issued=table.issued_on,
        issued_on=date_text(language, table.issued_on),
        marks=table.marks,
        marks_line=marks_line(table.marks),
        before=before,
        after=after,
        reason=table.reason.strip() or labels["not_stated"],
        counts=kind_counts(table.tally, language),
        note=_note(language, len(table.rows) - len(shown)),
        rows=tuple(_row(row, language, labels) for row in shown),
    )


def _labels(table: ComparisonTable, before: EditionRow, after: EditionRow) -> dict[str, str]:
    """The headings and other fixed words of a table, by name."""
    language = table.language
    return {
        **edition_labels(language, table.measure_label),
        "title": translate(language, "新旧対照表"),
        "summary": translate(language, "改訂の概要"),
        "before_side": translate(language, "旧"),
        "after_side": translate(language, "新"),
        "before": translate(language, "旧：%(name)s", name=before.name),
        "after": translate(language, "新：%(name)s", name=after.name),
        "before_code": translate(language, "旧番号"),
        "after_code": translate(language, "新番号"),
        "level": translate(language, "階層"),
        "reason": translate(language, "理由"),
        "no_rows": translate(language, "変わったものはありません。"),
    }


def _note(language: str, left_out: int) -> str:
    if left_out:
        return translate(language, "変わった文字と番号に下線を引き、変わらない%(n)s件は省いています。", n=left_out)
    return translate(language, "変わった文字と番号に下線を引いています。")


def _row(row: ComparedRow, language: str, labels: dict[str, str]) -> Row:
    is_renumbered = LineageKind.RENUMBERED in row.kinds
    is_taken_up = row.before is not None and LineageKind.MERGED in row.kinds
    lead = f"{translate(language, '統合先')}: " if is_taken_up else ""
    reason = "\n".join(reason.strip() for reason in row.reasons if reason.strip())
    return Row(
        level=row.level,
        is_heading=not row.is_reported,
        is_changed=row.is_changed,
        before=_cell(row.before, "", is_renumbered),
        after=_cell(row.after, lead, is_renumbered),
        kinds=kinds_text(row.kinds, language),
        reason=reason or (labels["not_stated"] if row.is_changed else ""),
    )


def _cell(node: ComparedNode | None, lead: str, is_renumbered: bool) -> Cell | None:
    return Cell(lead, node.code, is_renumbered, node.title) if node else None
