"""What a review decides, in words: of each measure beside its department's proposal, and of new ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session, select

from db import tables as t
from documents.labels import lineage_labels
from documents.phase_review_report import AddedMeasure, DecidedMeasure, OpenProposal, Proposal
from domain.lineage import LineageKind
from domain.plan import PlanNode
from domain.questions import shown
from domain.review_snapshot import standing_of
from domain.revision import Decision, Fate, Successor, heirs_of, kind_of
from domain.text import Bilingual, named
from i18n import translate
from records import annual_report
from records.review_decisions import DecisionSheet, MeasureInReview
from records.words import standing_labels


def kinds_of(labels: Mapping[LineageKind, str]) -> tuple[str, ...]:
    """The kinds of decisions in the order in which they are counted."""
    return tuple(labels[kind] for kind in LineageKind)


class DecisionWords:
    """The decisions of one review in words. Not `is_revised`: every measure stays as it is, whatever was decided."""

    def __init__(self, session: Session, sheet: DecisionSheet, language: str, *, is_revised: bool) -> None:
        self.sheet = sheet
        self.language = language
        self.is_revised = is_revised
        self.kinds = lineage_labels(language)
        self.nodes = {node.code: node for node in sheet.edition.nodes}
        self.classes = {c.code: c.label.in_language(language) for c in sheet.definition.classes}
        self.fields = {f.code: f.label.in_language(language) for f in sheet.definition.node_fields}
        self.decided = {d.measure: d for d in sheet.revision.decisions}
        departments = session.exec(select(t.Department)).all()
        self.departments = {d.id: named(d, language) for d in departments}
        self.departments_by_code = {d.code: named(d, language) for d in departments}

    def measures(self) -> tuple[DecidedMeasure, ...]:
        return tuple(self._measure(one) for one in self.sheet.measures)

    def added(self) -> tuple[AddedMeasure, ...]:
        if not self.is_revised:
            return ()
        return tuple(
            AddedMeasure(
                code=one.new.measure.code,
                title=self._title(one.new.measure),
                above=self._above(one.new.measure.parent),
                kind=self.kinds[LineageKind.NEW],
                measure_class=self._class(one.new.measure.measure_class),
                reason=one.new.reason.in_language(self.language),
                proposed_by=self.departments[one.proposal.department_id] if one.proposal else "",
            )
            for one in self.sheet.new
        )

    def not_taken_up(self, proposals: Sequence[t.NewMeasureProposal]) -> tuple[OpenProposal, ...]:
        """New measures that departments proposed and that do not come; nothing of what they withdrew themselves."""
        taken_up = {one.row.proposal_id for one in self.sheet.new} if self.is_revised else set()
        return tuple(
            OpenProposal(
                title="\n".join(filter(None, (wanted.title, wanted.content))),
                department=self.departments[wanted.department_id],
                reason=wanted.reason,
                declined_reason=wanted.declined_reason,
            )
            for wanted in proposals
            if wanted.id not in taken_up and not wanted.is_withdrawn
        )

    def _measure(self, one: MeasureInReview) -> DecidedMeasure:
        told = DecidedMeasure(
            code=one.measure.code,
            title=self._title(one.measure),
            above=self._above(one.measure.parent),
            kind="",
            is_changed=False,
            proposal=self._proposal(one),
        )
        if not self.is_revised:
            return replace(told, kind=translate(self.language, "現行のまま"))
        decision = one.decision
        if decision is None or not _is_whole(decision):
            return told
        kind, changes = kind_of(one.measure, decision), tuple(self._changes(one.measure, decision))
        return replace(
            told,
            kind=self.kinds[kind],
            is_changed=kind is not LineageKind.CONTINUED or bool(changes),
            becomes=tuple(self._heading(heir) for heir in heirs_of(decision, self.decided)),
            changes=changes,
            reason=decision.reason.in_language(self.language),
        )

    def _changes(self, measure: PlanNode, decision: Decision) -> Iterator[str]:
        """What changes of a measure that continues, beside its name and number."""
        if decision.fate is not Fate.CONTINUE:
            return
        (heir,) = decision.successors
        if heir.measure_class != measure.measure_class:
            stated = translate(self.language, "記載なし")
            before, after = (self._class(code) or stated for code in (measure.measure_class, heir.measure_class))
            yield translate(self.language, "区分：%(before)s → %(after)s", before=before, after=after)
        if heir.parent != measure.parent:
            above = " › ".join(self._above(heir.parent)) or heir.parent
            yield translate(self.language, "位置づけ：%(above)s", above=above)
        for code, paragraphs in heir.texts.items():
            if tuple(paragraphs) != tuple(measure.texts.get(code, ())):
                yield translate(self.language, "「%(field)s」を改める", field=self.fields.get(code, code))
        if heir.department:
            department = self.departments_by_code.get(heir.department, heir.department)
            yield translate(self.language, "所管課：%(department)s", department=department)

    def _proposal(self, one: MeasureInReview) -> Proposal | None:
        if one.proposal is None:
            return None
        report, answers = one.proposal.report, one.proposal.answers
        standing = standing_of(report.state, is_exempted=report.is_exempted, has_answers=bool(answers))
        asked = shown(one.proposal.questions, answers, one.measure.measure_class)
        return Proposal(
            department=named(one.proposal.department, self.language) if one.proposal.department else "",
            standing=standing_labels(self.language)[standing],
            said=tuple(
                annual_report.answered(question, answers[question.id], self.language)
                for question in asked
                if answers.get(question.id)
            ),
        )

    def _above(self, parent: str) -> tuple[str, ...]:
        """ "code title" of the nodes over a measure, from the top; they are the same in both editions."""
        found: list[str] = []
        node = self.nodes.get(parent)
        while node is not None:
            found.insert(0, f"{node.code} {self._title(node)}")
            node = self.nodes.get(node.parent)
        return tuple(found)

    def _heading(self, heir: Successor) -> str:
        return f"{heir.code} {self._title(heir)}".strip()

    def _title(self, titled: PlanNode | Successor) -> str:
        return Bilingual(titled.title, titled.title_en).in_language(self.language)

    def _class(self, code: str) -> str:
        return self.classes.get(code, code)


def _is_whole(decision: Decision) -> bool:
    """Whether it says what becomes of the measure: decisions are kept also while they contradict themselves."""
    return decision.fate is not Fate.CONTINUE or len(decision.successors) == 1
