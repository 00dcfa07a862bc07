"""What stands in an annual report, arranged for reading: the one picture that all formats draw.

A renderer only lays out; it counts, groups and words nothing by itself, so no two formats disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from documents.annual_report import AnnualReport, Answered, ReportedMeasure, ReportSection
from documents.labels import date_text, fiscal_year_text, labels_of, marks_line
from documents.writable import writable


@dataclass(frozen=True)
class Count:
    label: str
    measures: int


@dataclass(frozen=True)
class Tally:
    """The measures of the year counted by one property."""

    title: str
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class ChartRow:
    policy: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class Chart:
    """Measures per policy by progress answer. Each answer carries a sign (①②…) that needs no colour."""

    alternative: str
    policy_label: str
    progress_label: str
    count_label: str
    signs: tuple[str, ...]
    answers: tuple[str, ...]
    rows: tuple[ChartRow, ...]
    totals: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class GoalSection:
    """`measure_level` is the level of its measures' headings: one below the last heading that is drawn, from 2 on."""

    heading: str
    measure_level: int
    measures: tuple[ReportedMeasure, ...]


@dataclass(frozen=True)
class PolicySection:
    heading: str
    goals: tuple[GoalSection, ...]


@dataclass(frozen=True)
class Content:
    """An annual report ready to be laid out; what was not said already reads 「記載なし」."""

    language: str
    labels: dict[str, str]
    document_title: str
    municipality: str
    plan: str
    edition: str
    fiscal_year: str
    term: str
    issued: date
    issued_on: str
    marks: tuple[str, ...]
    marks_line: str
    total: int
    tallies: tuple[Tally, ...]
    chart: Chart | None
    sections: tuple[ReportSection, ...]
    policies: tuple[PolicySection, ...]


def content_of(report: AnnualReport) -> Content:
    """Arranges a report. Characters no document can hold are dropped; everything else stays as written."""
    report = writable(report)
    labels = labels_of(report)
    fiscal_year = fiscal_year_text(report.language, report.fiscal_year)
    no_report = report.progress_order[-1] if report.progress_order else ""
    measures = tuple(_filled(measure, labels["not_stated"]) for measure in report.measures)
    return Content(
        language=report.language,
        labels=labels,
        document_title=" ".join(filter(None, (report.plan, fiscal_year, labels["title"]))),
        municipality=report.municipality,
        plan=report.plan,
        edition=report.edition or labels["not_stated"],
        fiscal_year=fiscal_year,
        term=report.term or labels["not_stated"],
        issued=report.issued_on,
        issued_on=date_text(report.language, report.issued_on),
        marks=report.marks,
        marks_line=marks_line(report.marks),
        total=len(measures),
        tallies=(
            _tally(
                labels["by_progress"], (m.progress or no_report for m in report.measures), labels, report.progress_order
            ),
            _tally(labels["by_direction"], (m.direction for m in measures), labels),
            _tally(labels["by_state"], (m.report_state for m in measures), labels),
        ),
        chart=_chart(report, labels),
        sections=report.sections,
        policies=_sections(report, measures),
    )


def _filled(measure: ReportedMeasure, not_stated: str) -> ReportedMeasure:
    return replace(
        measure,
        department=measure.department or not_stated,
        report_state=measure.report_state or not_stated,
        progress=measure.progress or not_stated,
        answers=tuple(Answered(said.question, said.answer.strip() or not_stated) for said in measure.answers),
        grade=measure.grade or not_stated,
        direction=measure.direction or not_stated,
        comment=measure.comment.strip() or not_stated,
    )


def _tally(title: str, values: Iterable[str], labels: dict[str, str], order: tuple[str, ...] = ()) -> Tally:
    """Counts in the given order (zeros shown); without one from frequent to rare, 「記載なし」 last."""
    counted = Counter(values)
    frequent = sorted((label for label, _ in counted.most_common()), key=lambda label: label == labels["not_stated"])
    return Tally(title, tuple(Count(label, counted[label]) for label in _ordered(order, frequent)))


def _ordered(order: tuple[str, ...], found: Iterable[str]) -> tuple[str, ...]:
    """The order, with what it does not know before its last entry, "no report"."""
    return tuple(dict.fromkeys((*order[:-1], *(label for label in found if label not in order), *order[-1:])))


def _chart(report: AnnualReport, labels: dict[str, str]) -> Chart | None:
    """The chart's numbers, or None when there is nothing to draw."""
    given = tuple(count for count in report.progress_counts if count.measures > 0)
    if not given or not report.policy_label:  # a plan without levels above its measures has nothing to compare
        return None
    answers = _ordered(report.progress_order, (count.progress for count in given))
    numbers: Counter[tuple[str, str]] = Counter()
    for count in given:
        numbers[count.policy, count.progress] += count.measures
    rows = []
    for policy in dict.fromkeys(count.policy for count in report.progress_counts):
        counts = tuple(numbers[policy, answer] for answer in answers)
        rows.append(ChartRow(policy or labels["not_stated"], counts, sum(counts)))
    return Chart(
        alternative=labels["chart_alternative"],
        policy_label=labels["policy"],
        progress_label=labels["progress"],
        count_label=labels["count"],
        signs=tuple(_sign(index) for index in range(len(answers))),
        answers=tuple(answer or labels["not_stated"] for answer in answers),
        rows=tuple(rows),
        totals=tuple(sum(row.counts[index] for row in rows) for index in range(len(answers))),
        total=sum(row.total for row in rows),
    )


def _sign(index: int) -> str:
    """① to ⑳, then (21) and so on."""
    return chr(0x2460 + index) if index < 20 else f"({index + 1})"


def _sections(report: AnnualReport, measures: tuple[ReportedMeasure, ...]) -> tuple[PolicySection, ...]:
    """Measures under their policy and goal, each in the order of its first measure."""
    grouped: dict[str, dict[str, list[ReportedMeasure]]] = {}
    for measure in measures:
        grouped.setdefault(measure.policy, {}).setdefault(measure.goal, []).append(measure)
    return tuple(
        PolicySection(
            _heading(report.policy_label, policy),
            tuple(
                GoalSection(_heading(report.goal_label, goal), 2 + bool(policy) + bool(goal), tuple(found))
                for goal, found in goals.items()
            ),
        )
        for policy, goals in grouped.items()
    )


def _heading(level: str, title: str) -> str:
    """ "" when the plan has no such level above the measure; then no heading is drawn."""
    return f"{level} {title}".strip() if title else ""
