"""Papers for a body (会議資料): the draft that it decides on, in short, with room for what it says.

The papers are a phase review report seen by one body; they hold nothing that the report does not say.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from documents.annual_report import Answered
from documents.content import Count
from documents.formats import Format
from documents.labels import date_text
from documents.pages import TEMPLATES
from documents.phase_review_content import Content, content_of
from documents.phase_review_report import PhaseReviewReport
from documents.phase_review_rows import AddedRow, BodyRow, CrossTable, DecisionRow, Fact
from documents.typesetting import typeset
from documents.word_form import Properties, WordTemplate, fill, ready
from documents.writable import writable
from i18n import translate

WORD_TEMPLATE = TEMPLATES / "body_papers.docx"
FORMATS = (Format.DOCX, Format.PDF)


@dataclass(frozen=True)
class BodyPapers:
    """The papers of one turn of a body; `body` "": for no body in particular.

    `stage` is 「二次評価」, 「外部評価」 or "", `outcomes` are what a body may decide. Of `report.bodies` those that
    have decided are told as heard before.
    """

    report: PhaseReviewReport
    body: str = ""
    stage: str = ""
    attempt: int = 1
    met_on: date | None = None
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PapersContent:
    """Papers ready to be laid out."""

    language: str
    labels: dict[str, str]
    document_title: str
    running_title: str
    municipality: str
    plan: str
    issued: date
    issued_on: str
    marks: tuple[str, ...]
    marks_line: str
    body: str
    facts: tuple[Fact, ...]
    request: str
    figures: tuple[Fact, ...]
    criteria: tuple[Answered, ...]
    outcome: str
    outcome_reason: str
    kind_counts: tuple[Count, ...]
    kind_total: int
    changed: tuple[DecisionRow, ...]
    added: tuple[AddedRow, ...]
    unchanged: tuple[str, ...]
    next_edition: tuple[Fact, ...] | None
    no_edition: str
    opinion_total: int
    opinion_counts: CrossTable
    earlier: tuple[BodyRow, ...]
    outcomes: tuple[str, ...]


def render(papers: BodyPapers, format: Format, *, word_template: WordTemplate = WORD_TEMPLATE) -> bytes:
    """The papers as a file, in one of `FORMATS`. `word_template` is the city's own form, if it has one."""
    content = papers_content_of(papers)
    match format:
        case Format.DOCX:
            properties = Properties(content.document_title, content.municipality, content.language, content.issued)
            return fill(word_template, ready(content), properties)
        case Format.PDF:
            data = {**asdict(content), "issued": content.issued.isoformat()}
            return typeset(TEMPLATES / "body_papers.typ", "papers", data, content.issued)
        case _:
            raise ValueError(f"papers for a body are no {format.value}")


def papers_content_of(papers: BodyPapers) -> PapersContent:
    """Arranges the papers: what changes comes first, what stays as it is follows as a list."""
    papers = writable(papers)
    report = content_of(papers.report)
    labels = report.labels
    rows = [row for group in report.decisions for row in group.rows]
    return PapersContent(
        language=report.language,
        labels=labels,
        document_title=" ".join(filter(None, (report.plan, papers.report.term, labels["papers_title"], papers.body))),
        running_title=" ".join(filter(None, (papers.body, labels["papers_title"]))),
        municipality=report.municipality,
        plan=report.plan,
        issued=report.issued,
        issued_on=report.issued_on,
        marks=report.marks,
        marks_line=report.marks_line,
        body=papers.body,
        facts=_facts(papers, report),
        request=_request(papers.report),
        figures=_figures(papers.report, report),
        criteria=report.criteria,
        outcome=report.outcome,
        outcome_reason=report.outcome_reason,
        kind_counts=report.kind_counts,
        kind_total=report.kind_total,
        changed=tuple(row for row in rows if row.is_changed),
        added=report.added,
        unchanged=tuple(f"{row.code} {row.title}".strip() for row in rows if not row.is_changed),
        next_edition=report.next_edition,
        no_edition=report.no_edition,
        opinion_total=len(report.opinions),
        opinion_counts=report.opinion_counts,
        earlier=tuple(row for row, body in zip(report.bodies, papers.report.bodies, strict=True) if body.outcome),
        outcomes=papers.outcomes,
    )


def _facts(papers: BodyPapers, report: Content) -> tuple[Fact, ...]:
    language, labels = report.language, report.labels
    body = papers.body or labels["not_stated"]
    if papers.attempt > 1:
        body = translate(language, "%(body)s（%(number)d回目の付議）", body=body, number=papers.attempt)
    found = (
        (labels["body"], body),
        (labels["stage"], papers.stage or labels["not_stated"]),
        (labels["met_on"], date_text(language, papers.met_on) if papers.met_on else labels["not_decided"]),
        (labels["plan"], report.plan),
        (labels["term"], report.term),
        (labels["edition"], report.edition),
        (labels["issued_on"], report.issued_on),
    )
    return tuple(Fact(*fact) for fact in found)


def _request(report: PhaseReviewReport) -> str:
    """What is asked of the body."""
    names = {"plan": report.plan, "term": report.term, "edition": report.edition}
    if report.is_revised is False:
        return translate(
            report.language,
            "%(plan)sは、%(term)sの見直しの結果、改訂しないものとする案です。この案についてご審議をお願いします。",
            **names,
        )
    coming = report.next_edition
    if coming is None:
        return translate(report.language, "%(plan)sの%(term)sの見直しについて、決定案のご審議をお願いします。", **names)
    return translate(
        report.language,
        "%(plan)sの%(term)sの見直しにより「%(edition)s」を「%(name)s」に改め、%(day)sから適用する案です。"
        "この案についてご審議をお願いします。",
        **names,
        name=coming.name or coming.code,
        day=date_text(report.language, coming.effective_on),
    )


def _figures(report: PhaseReviewReport, content: Content) -> tuple[Fact, ...]:
    """The term in numbers, each with what it is a part of."""
    language, labels = report.language, content.labels
    standings = content.standings
    parts = (
        translate(language, "%(label)s %(count)d件", label=label, count=count)
        for label, count in zip(standings.columns, standings.totals, strict=True)
        if count
    )
    said = translate(language, "、").join(parts)
    reported = translate(language, "%(total)d件（%(parts)s）", total=standings.total, parts=said)
    collected = translate(
        language,
        "依頼%(asked)d件、提出%(handed_in)d件、うち期限内%(on_time)d件",
        asked=sum(year.asked for year in report.rounds),
        handed_in=sum(year.handed_in for year in report.rounds),
        on_time=sum(year.on_time for year in report.rounds),
    )
    return (
        Fact(labels["measure"], translate(language, "%(count)d件", count=len(report.measures))),
        Fact(labels["standings"], reported if standings.total else labels["not_stated"]),
        Fact(labels["collection"], collected if report.rounds else labels["not_stated"]),
        Fact(labels["opinions"], translate(language, "%(count)d件", count=len(report.opinions))),
    )
