"""What stands in a revised plan list, arranged for reading: the one picture that all formats draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from documents.content import Count
from documents.edition_content import EditionRow, edition_labels, edition_row, kind_counts, kinds_text
from documents.labels import date_text, marks_line
from documents.revised_plan import Correction, LogEntry, PlannedNode, RevisedPlan
from documents.writable import writable
from domain.lineage import LineageKind
from i18n import translate


@dataclass(frozen=True)
class Text:
    """A field of a node's content; no `label` where the column has it."""

    label: str
    text: str


@dataclass(frozen=True)
class Row:
    """A node. `changes` say what became of it, its former name and what was merged into it, a line each."""

    level: str
    is_heading: bool
    is_changed: bool
    code: str
    title: str
    measure_class: str
    department: str
    changes: tuple[str, ...]
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class LogRow:
    """An edition in the change log; no `counts` for the first."""

    edition: EditionRow
    is_shown: bool
    reason: str
    counts: tuple[Count, ...]
    corrections: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """A revised plan list ready to be laid out; what was not said already reads 「記載なし」."""

    language: str
    labels: dict[str, str]
    document_title: str
    municipality: str
    plan: str
    edition: EditionRow
    issued: date
    issued_on: str
    marks: tuple[str, ...]
    marks_line: str
    has_classes: bool
    rows: tuple[Row, ...]
    log: tuple[LogRow, ...]


def content_of(plan: RevisedPlan) -> Content:
    """Arranges a list. Characters no document can hold are dropped; everything else stays as written."""
    plan = writable(plan)
    language = plan.language
    fields = list(dict.fromkeys(text.label for node in plan.nodes for text in node.texts))
    edition = edition_row(plan.edition, language)
    labels = _labels(plan, fields)
    return Content(
        language=language,
        labels=labels,
        document_title=" ".join(filter(None, (plan.plan, labels["title"], edition.name))),
        municipality=plan.municipality,
        plan=plan.plan,
        edition=edition,
        issued=plan.issued_on,
        issued_on=date_text(language, plan.issued_on),
        marks=plan.marks,
        marks_line=marks_line(plan.marks),
        has_classes=plan.has_classes,
        rows=tuple(_row(node, language, labels, is_labelled=len(fields) > 1) for node in plan.nodes),
        log=tuple(_log_row(entry, language, labels) for entry in plan.log),
    )


def _labels(plan: RevisedPlan, fields: list[str]) -> dict[str, str]:
    """The headings and other fixed words of a list, by name."""
    language = plan.language
    in_force_from = date_text(language, plan.edition.effective_on)
    return {
        **edition_labels(language, plan.measure_label),
        "title": translate(language, "計画一覧") if plan.is_first else translate(language, "改訂後の計画一覧"),
        "nodes": translate(language, "計画の内容"),
        "level": translate(language, "階層"),
        "code": translate(language, "番号"),
        "name": translate(language, "名称"),
        "measure_class": translate(language, "区分"),
        "department": translate(language, "所管課"),
        "department_note": translate(language, "所管課は、適用開始の日（%(day)s）のものです。", day=in_force_from),
        "content": fields[0] if len(fields) == 1 else translate(language, "内容"),
        "no_nodes": translate(language, "対象となる%(level)sはありません。", level=plan.measure_label),
        "log": translate(language, "改訂履歴"),
        "corrections": translate(language, "正誤"),
        "shown": translate(language, "この一覧の版"),
    }


def _row(node: PlannedNode, language: str, labels: dict[str, str], is_labelled: bool) -> Row:
    """Where a plan says nothing of a measure it reads 「記載なし」; what a node cannot have stays empty."""
    not_stated = labels["not_stated"]
    return Row(
        level=node.level,
        is_heading=node.is_heading,
        is_changed=node.kinds not in (None, (LineageKind.CONTINUED,)) or bool(node.was or node.took_up),
        code=node.code,
        title=node.title,
        measure_class=node.measure_class or ("" if node.is_heading else not_stated),
        department=node.department or (not_stated if node.is_reported else ""),
        changes=_changes(node, language),
        texts=_texts(node, not_stated, is_labelled),
    )


def _texts(node: PlannedNode, not_stated: str, is_labelled: bool) -> tuple[Text, ...]:
    if node.is_reported and not node.texts:
        return (Text("", not_stated),)
    said = ((text.label if is_labelled else "", "\n".join(text.paragraphs).strip()) for text in node.texts)
    return tuple(Text(label, text or not_stated) for label, text in said)


def _changes(node: PlannedNode, language: str) -> tuple[str, ...]:
    if node.kinds is None:
        return ()
    was = (translate(language, "旧：%(name)s", name=node.was),) if node.was else ()
    took_up = (translate(language, "%(name)sを統合", name=name) for name in node.took_up)
    return (kinds_text(node.kinds, language), *was, *took_up)


def _log_row(entry: LogEntry, language: str, labels: dict[str, str]) -> LogRow:
    is_first = entry.tally is None
    return LogRow(
        edition=edition_row(entry.edition, language),
        is_shown=entry.is_shown,
        reason=entry.reason.strip() or (labels["none"] if is_first else labels["not_stated"]),
        counts=kind_counts(entry.tally, language) if entry.tally is not None else (),
        corrections=tuple(_correction(one, language) for one in entry.corrections),
    )


def _correction(correction: Correction, language: str) -> str:
    said = translate(
        language,
        "%(code)s：「%(before)s」を「%(after)s」に",
        code=correction.code,
        before=correction.before,
        after=correction.after,
    )
    return "\n".join(filter(None, (said, correction.reason.strip())))
