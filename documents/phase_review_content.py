"""What stands in a phase review report, arranged for reading: the one picture that all formats draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from documents.annual_report import Answered
from documents.content import Count
from documents.labels import date_text, fiscal_year_text, marks_line
from documents.phase_review_labels import labels_of
from documents.phase_review_report import (
    AddedMeasure,
    CollectedYear,
    ConsultedBody,
    DecidedMeasure,
    OpenProposal,
    PhaseReviewReport,
    Proposal,
    ReceivedOpinion,
    ReviewedMeasure,
    ReviewedYear,
    StandingKind,
)
from documents.phase_review_rows import (
    AddedRow,
    BodyRow,
    CrossRow,
    CrossTable,
    DecisionGroup,
    DecisionRow,
    Fact,
    IndicatorRow,
    MeasureGroup,
    MeasureSection,
    OpinionRow,
    RoundRow,
    YearRow,
)
from documents.writable import writable
from domain.review_snapshot import IndicatorMovement
from i18n import translate


@dataclass(frozen=True)
class Content:
    """A phase review report ready to be laid out; what is not known already reads 「記載なし」.

    `next_edition` None: `no_edition` says why there is none.
    """

    language: str
    labels: dict[str, str]
    document_title: str
    running_title: str
    municipality: str
    plan: str
    term: str
    edition: str
    issued: date
    issued_on: str
    marks: tuple[str, ...]
    marks_line: str
    facts: tuple[Fact, ...]
    outcome: str
    outcome_reason: str
    standing_meanings: tuple[Fact, ...]
    standings: CrossTable
    groups: tuple[MeasureGroup, ...]
    indicators: tuple[IndicatorRow, ...]
    rounds: tuple[RoundRow, ...]
    opinion_counts: CrossTable
    opinions: tuple[OpinionRow, ...]
    criteria: tuple[Answered, ...]
    kind_counts: tuple[Count, ...]
    kind_total: int
    decisions: tuple[DecisionGroup, ...]
    added: tuple[AddedRow, ...]
    open_proposals: tuple[OpenProposal, ...]
    bodies: tuple[BodyRow, ...]
    next_edition: tuple[Fact, ...] | None
    no_edition: str


def content_of(report: PhaseReviewReport) -> Content:
    """Arranges a report. Characters no document can hold are dropped; everything else stays as written."""
    report = writable(report)
    words = _Words(report)
    labels = words.labels
    outcome = report.outcome or labels["not_decided"]
    decided = [*(d.kind for d in report.decisions), *(a.kind for a in report.added)]
    kinds = _counted(report.kinds, [kind or labels["not_decided"] for kind in decided])
    return Content(
        language=report.language,
        labels=labels,
        document_title=" ".join(filter(None, (report.plan, report.term, labels["title"]))),
        running_title=" ".join(filter(None, (report.term, labels["title"]))),
        municipality=report.municipality,
        plan=report.plan,
        term=words.stated(report.term),
        edition=words.stated(report.edition),
        issued=report.issued_on,
        issued_on=date_text(report.language, report.issued_on),
        marks=report.marks,
        marks_line=marks_line(report.marks),
        facts=words.facts(outcome),
        outcome=outcome,
        outcome_reason=words.stated(report.outcome_reason),
        standing_meanings=tuple(Fact(s.label, s.meaning) for s in report.standings),
        standings=words.standings(report.standings, report.measures),
        groups=tuple(
            MeasureGroup(_heading(above), tuple(words.measure(m) for m in found))
            for above, found in _grouped(report.measures)
        ),
        indicators=tuple(words.indicator(i) for i in report.indicators),
        rounds=tuple(words.round(r) for r in report.rounds),
        opinion_counts=words.opinion_counts(report.opinions),
        opinions=tuple(words.opinion(i, o) for i, o in enumerate(report.opinions, 1)),
        criteria=tuple(Answered(c.question, words.stated(c.answer)) for c in report.criteria),
        kind_counts=kinds,
        kind_total=sum(count.measures for count in kinds),
        decisions=tuple(
            DecisionGroup(_heading(above), tuple(words.decision(d) for d in found))
            for above, found in _grouped(report.decisions)
        ),
        added=tuple(words.added(a) for a in report.added),
        open_proposals=tuple(words.open_proposal(p) for p in report.open_proposals),
        bodies=tuple(words.body(b) for b in report.bodies),
        next_edition=words.next_edition(),
        no_edition=labels["no_edition"] if report.is_revised is False else labels["edition_open"],
    )


class _Words:
    """Puts the parts of one report into words of its language."""

    def __init__(self, report: PhaseReviewReport) -> None:
        self.report = report
        self.language = report.language
        self.labels = labels_of(report.language, report.measure_label)

    def stated(self, text: str) -> str:
        return text.strip() or self.labels["not_stated"]

    def day(self, day: date | None) -> str:
        return date_text(self.language, day) if day is not None else self.labels["not_stated"]

    def facts(self, outcome: str) -> tuple[Fact, ...]:
        report, labels = self.report, self.labels
        found = (
            (labels["municipality"], report.municipality),
            (labels["plan"], report.plan),
            (labels["term"], self.stated(report.term)),
            (labels["edition"], self.stated(report.edition)),
            (labels["issued_on"], self.day(report.issued_on)),
            (labels["taken_on"], self.day(report.taken_on)),
            (labels["outcome"], outcome),
            (labels["opinions_window"], self._window()),
        )
        return tuple(Fact(*fact) for fact in found)

    def _window(self) -> str:
        first, last = self.report.opinions_from, self.report.opinions_until
        if first is None:
            return self.labels["not_stated"]
        if last is None:
            return translate(self.language, "%(first)sから", first=self.day(first))
        return translate(self.language, "%(first)sから%(last)sまで", first=self.day(first), last=self.day(last))

    def standings(self, kinds: Sequence[StandingKind], measures: Sequence[ReviewedMeasure]) -> CrossTable:
        counted = [(year.fiscal_year, year.standing) for measure in measures for year in measure.years]
        years = sorted({year for year, _ in counted})
        table = _cross(self.labels["fiscal_year"], years, [kind.label for kind in kinds], counted)
        named = (replace(row, name=fiscal_year_text(self.language, int(row.name))) for row in table.rows)
        return replace(table, rows=tuple(named))

    def measure(self, measure: ReviewedMeasure) -> MeasureSection:
        return MeasureSection(
            code=measure.code,
            title=measure.title,
            department=self.stated(measure.department),
            measure_class=self.stated(measure.measure_class),
            achievements=self.stated("\n".join(measure.achievements)),
            years=tuple(self._year(year) for year in measure.years),
        )

    def _year(self, year: ReviewedYear) -> YearRow:
        grade, direction, comment = year.grade, year.direction, year.comment.strip()
        judged = translate(self.language, "、").join(filter(None, (grade, direction)))
        return YearRow(
            year=fiscal_year_text(self.language, year.fiscal_year),
            standing=self.stated(year.standing),
            progress=self.stated(year.progress),
            grade=self.stated(grade),
            direction=self.stated(direction),
            comment=self.stated(comment),
            evaluation=self.stated("\n".join(filter(None, (judged, comment)))),
            said=self._said(year.said),
        )

    def _said(self, said: Sequence[Answered]) -> tuple[Answered, ...]:
        given = tuple(Answered(s.question, s.answer.strip()) for s in said if s.answer.strip())
        return given or (Answered("", self.labels["not_stated"]),)

    def indicator(self, moved: IndicatorMovement) -> IndicatorRow:
        return IndicatorRow(
            indicator=" ".join(filter(None, (moved.code, moved.name))),
            measure=self.stated(moved.measure),
            unit=self.stated(moved.unit),
            first=self._value(moved.first, moved.first_at),
            last=self._value(moved.last, moved.last_at),
            target=self.stated(moved.target),
        )

    def _value(self, value: str, at: str) -> str:
        if not value or not at:
            return self.stated(value)
        return translate(self.language, "%(value)s（%(at)s）", value=value, at=at)

    def round(self, year: CollectedYear) -> RoundRow:
        sent = (translate(self.language, "%(kind)s %(mails)d通", kind=m.kind, mails=m.mails) for m in year.mails)
        return RoundRow(
            year=fiscal_year_text(self.language, year.fiscal_year),
            asked=year.asked,
            handed_in=year.handed_in,
            on_time=year.on_time,
            mails=self.stated(translate(self.language, "、").join(sent)),
        )

    def opinion_counts(self, opinions: Sequence[ReceivedOpinion]) -> CrossTable:
        open_, unknown = self.labels["not_answered"], self.labels["not_stated"]
        counted = [(opinion.source or unknown, opinion.reflection or open_) for opinion in opinions]
        return _cross(self.labels["source"], self.report.sources, [*self.report.reflections, open_], counted)

    def opinion(self, number: int, opinion: ReceivedOpinion) -> OpinionRow:
        return OpinionRow(
            number=number,
            source=self.stated(opinion.source),
            received_on=self.day(opinion.received_on),
            about=self.stated("\n".join(opinion.about)),
            text=self.stated(opinion.text),
            answer=self.stated(opinion.answer),
            reflection=opinion.reflection or self.labels["not_answered"],
        )

    def decision(self, decided: DecidedMeasure) -> DecisionRow:
        arrows = tuple(translate(self.language, "→ %(becomes)s", becomes=becomes) for becomes in decided.becomes)
        return DecisionRow(
            code=decided.code,
            title=decided.title,
            kind=decided.kind or self.labels["not_decided"],
            is_changed=decided.is_changed,
            becomes="\n".join(decided.becomes),
            changes="\n".join(decided.changes),
            details="\n".join((*(arrows if decided.is_changed else ()), *decided.changes)),
            proposed_by=self._proposed_by(decided.proposal),
            proposal=self._said(decided.proposal.said if decided.proposal else ()),
            reason=self.stated(decided.reason),
        )

    def _proposed_by(self, proposal: Proposal | None) -> str:
        if proposal is None:
            return ""
        said = {"department": self.stated(proposal.department), "standing": self.stated(proposal.standing)}
        return translate(self.language, "%(department)s（%(standing)s）", **said)

    def added(self, measure: AddedMeasure) -> AddedRow:
        return AddedRow(
            code=measure.code,
            title=measure.title,
            kind=measure.kind,
            group=self.stated(_heading(measure.above)),
            measure_class=self.stated(measure.measure_class),
            reason=self.stated(measure.reason),
            proposed_by=self.stated(measure.proposed_by),
        )

    def open_proposal(self, proposal: OpenProposal) -> OpenProposal:
        return OpenProposal(
            title=proposal.title,
            department=self.stated(proposal.department),
            reason=self.stated(proposal.reason),
            declined_reason=proposal.declined_reason.strip() or self.labels["not_decided"],
        )

    def body(self, body: ConsultedBody) -> BodyRow:
        return BodyRow(
            body=body.name,
            stage=self.stated(body.stage),
            attempt=translate(self.language, "%(number)d回目", number=body.attempt),
            met_on=self.day(body.met_on),
            outcome=body.outcome or self.labels["not_decided"],
            comment=self.stated(body.comment),
        )

    def next_edition(self) -> tuple[Fact, ...] | None:
        edition, labels = self.report.next_edition, self.labels
        if edition is None:
            return None
        return (
            Fact(labels["edition_code"], edition.code),
            Fact(labels["edition_name"], self.stated(edition.name)),
            Fact(labels["decided"], self.stated(edition.decided)),
            Fact(labels["effective_on"], self.day(edition.effective_on)),
            Fact(labels["edition_reason"], self.stated(edition.reason)),
        )


_Placed = TypeVar("_Placed", ReviewedMeasure, DecidedMeasure)


def _grouped(measures: Sequence[_Placed]) -> list[tuple[tuple[str, ...], list[_Placed]]]:
    """Measures by what stands above them, each group in the place of its first measure."""
    found: dict[tuple[str, ...], list[_Placed]] = {}
    for measure in measures:
        found.setdefault(measure.above, []).append(measure)
    return list(found.items())


def _heading(above: Sequence[str]) -> str:
    return " › ".join(above)


def _counted(order: Sequence[str], found: Sequence[str]) -> tuple[Count, ...]:
    """Counts in the given order, zeros left out; what the order does not know comes last."""
    counted = Counter(found)
    return tuple(Count(label, counted[label]) for label in dict.fromkeys((*order, *found)) if counted[label])


def _cross(
    corner: str, rows: Sequence[Hashable], columns: Sequence[str], counted: Sequence[tuple[Hashable, str]]
) -> CrossTable:
    """Counts in the given order, zeros shown; what the order does not know comes last."""
    numbers = Counter(counted)
    names = list(dict.fromkeys((*rows, *(name for name, _ in counted))))
    heads = list(dict.fromkeys((*columns, *(head for _, head in counted))))
    lines = [(str(name), tuple(numbers[name, head] for head in heads)) for name in names]
    return CrossTable(
        corner=corner,
        columns=tuple(heads),
        rows=tuple(CrossRow(name, counts, sum(counts)) for name, counts in lines),
        totals=tuple(sum(counts[i] for _, counts in lines) for i in range(len(heads))),
        total=len(counted),
    )
