"""A plan as data: its levels, terms, rounds, questions, editions, indicators and what stands beside its measures.

A plan file (`plans/*.yaml`) is one `PlanDefinition`; a further city needs a file, no code. The classes
refuse unknown keys when a file is read (`yaml_files.py`); `domain/plan_rules.py` finds what contradicts itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.evaluation import Stage
from domain.indicator import Indicator
from domain.key_project import KeyProjectRules
from domain.ladder import Ladder
from domain.lineage import LineageLink
from domain.questions import QuestionSet
from domain.rating import Rating
from domain.reference import (
    Body,
    GlossaryTerm,
    OpinionSource,
    Principle,
    RelatedPlan,
    Survey,
    TermEvaluation,
    Vision,
)
from domain.source import Source, SourceDocument
from domain.text import Bilingual

_NONE = Bilingual("")

REVIEW_ROUND = "review"
"""The code of the round in which departments make their proposals for a review; no yearly round may have it."""


@dataclass(frozen=True)
class MunicipalityDefinition:
    code: str
    name: Bilingual


@dataclass(frozen=True)
class Level:
    """階層: one level of the plan's tree, such as 基本方針, 基本目標, 個別施策. Any number of them, in order.

    Departments report on the nodes of a level that `is_reported`.
    """

    code: str
    label: Bilingual
    is_reported: bool = False


class TimeRule(StrEnum):
    """Until when a class of measures must be where (飯塚市地域情報化計画 第4章2)."""

    DONE_IN_TERM = "done_in_term"  # 当期内に取り組む
    WEIGHED_IN_TERM = "weighed_in_term"  # 当期内に検討を終え、次期までに取り組む
    STUDIED_IN_TERM = "studied_in_term"  # 当期内に調査研究し、結果に基づき移行する


@dataclass(frozen=True)
class MeasureClass:
    """区分 such as 重点・推進・調査研究, with the classes that a measure may move to."""

    code: str
    label: Bilingual
    meaning: Bilingual = _NONE
    time_rule: TimeRule | None = None
    moves_to: tuple[str, ...] = ()
    source: Source | None = None


@dataclass(frozen=True)
class Term:
    """前期・中期・後期: a named span of fiscal years."""

    code: str
    name: Bilingual
    first_fiscal_year: int
    last_fiscal_year: int
    source: Source | None = None


@dataclass(frozen=True)
class Criterion:
    """A point of view from which a plan is reviewed."""

    code: str
    label: Bilingual


@dataclass(frozen=True)
class CalendarDay:
    """A month and day inside a fiscal year; work moves to the next business day."""

    month: int
    day: int


@dataclass(frozen=True)
class ConsultationRule:
    """付議: a body (`Body.code`) that a review's decisions pass, as 二次評価 or 外部評価 where the plan says so."""

    body: str
    stage: Stage | None = None


@dataclass(frozen=True)
class ReviewRule:
    """見直し: the fiscal years in which the plan is reviewed, and from which points of view.

    `opens` None: a review opens by hand only. Departments have `due_after_days` business days for their proposals;
    reminders go up the ladder of the plan's first round. The decisions pass the `consultations` in their order.
    """

    fiscal_years: tuple[int, ...]
    only_if_needed: bool
    criteria: tuple[Criterion, ...]
    source: Source | None = None
    opens: CalendarDay | None = None
    due_after_days: int = 10
    consultations: tuple[ConsultationRule, ...] = ()


@dataclass(frozen=True)
class RoundDefinition:
    """How one collection round of a year runs. Days are business days.

    `due_after_days` counts from the opening, `return_due_days` from a return. `attaches_workbook`: the mail that
    opens the round carries the department's own workbook, for those who answer in Excel (Meguru's own).
    """

    code: str
    name: Bilingual
    opens: CalendarDay
    due_after_days: int
    return_due_days: int
    ladder: Ladder
    attaches_workbook: bool = False


@dataclass(frozen=True)
class MailRules:
    """How the plan's mails that can wait (事前通知, 督促) may be gathered; escalations and returns always go at once.

    `gathers_by_default`: one digest a day for whoever said nothing else. Meguru's own: no source speaks of it.
    """

    gathers_by_default: bool = False
    person_may_choose: bool = True


@dataclass(frozen=True)
class Grade:
    code: str
    label: Bilingual
    meaning: Bilingual


@dataclass(frozen=True)
class ViewValue:
    code: str
    label: Bilingual
    subtitle: Bilingual = _NONE


@dataclass(frozen=True)
class View:
    """A list across the tree by which nodes are seen: 行革の視点, リーディングプロジェクト."""

    code: str
    label: Bilingual
    values: tuple[ViewValue, ...]
    source: Source | None = None


@dataclass(frozen=True)
class NodeView:
    """Where a node stands in a view. No `value` or no `activities`: the source leaves the place empty (記載なし)."""

    view: str
    value: str = ""
    activities: tuple[str, ...] = ()


@dataclass(frozen=True)
class NodeField:
    """A field of a node's page, such as 目指す姿; `caption` tells those who write it what belongs there.

    `levels` are the codes of the levels that have it, none: every level.
    """

    code: str
    label: Bilingual
    caption: Bilingual = _NONE
    levels: tuple[str, ...] = ()
    source: Source | None = None


@dataclass(frozen=True)
class PlanNode:
    """A policy, goal, measure or initiative of one edition. Codes are unique per edition only.

    `texts` holds paragraphs by the code of a `NodeField`; `related_plans` codes of `RelatedPlan`.
    A field that is left out is 記載なし.
    """

    code: str
    level: str
    title: str
    title_en: str = ""
    parent: str = ""
    measure_class: str = ""
    texts: Mapping[str, tuple[Bilingual, ...]] = field(default_factory=dict)
    views: tuple[NodeView, ...] = ()
    related_plans: tuple[str, ...] = ()
    note: Bilingual = _NONE
    source: Source | None = None


@dataclass(frozen=True)
class Edition:
    """策定・改訂: the plan as decided in a month (`decided`, YYYY-MM, "" 記載なし), in force from `effective_on`.

    `lineage` says what became of each node of the edition before. A node above the reported levels that keeps
    code and title need not be named there.
    """

    code: str
    name: Bilingual
    decided: str
    effective_on: date
    nodes: tuple[PlanNode, ...]
    lineage: tuple[LineageLink, ...] = ()
    reason: Bilingual = _NONE
    is_draft: bool = False
    source: Source | None = None

    def children(self, parent: str) -> tuple[PlanNode, ...]:
        return tuple(n for n in self.nodes if n.parent == parent)

    def node(self, code: str) -> PlanNode | None:
        return next((n for n in self.nodes if n.code == code), None)


@dataclass(frozen=True)
class NodeAddress:
    """One node of a plan: its code counts only together with its edition."""

    edition: str
    code: str


@dataclass(frozen=True)
class ProgressStage:
    """How far something has come by the words of the source: considered, on trial, in use."""

    code: str
    label: Bilingual


@dataclass(frozen=True)
class Quantity:
    """A figure inside a status, with its unit and what it counts."""

    value: Decimal
    unit: Bilingual
    of: Bilingual


@dataclass(frozen=True)
class Achievement:
    """実施状況・取組実績: what was done, of a node or of the plan, in a term or a fiscal year."""

    text: Bilingual
    node: NodeAddress | None = None
    term: str = ""
    fiscal_year: int | None = None
    stage: str = ""
    quantities: tuple[Quantity, ...] = ()
    note: Bilingual = _NONE
    source: Source | None = None


class LinkKind(StrEnum):
    """What a node has to do with a node of another plan."""

    REPORTED_IN = "reported_in"  # one and the same work: reported once, there
    CONTRIBUTES_TO = "contributes_to"  # its report appears there too
    SERVES = "serves"  # 上位計画: what it is there for


@dataclass(frozen=True)
class NodeLink:
    """A node's link to a node of another plan of the same municipality (ワンスオンリー)."""

    node: NodeAddress
    kind: LinkKind
    plan: str
    other: NodeAddress
    note: Bilingual = _NONE


@dataclass(frozen=True)
class PlanDefinition:
    """計画. The years are None where the source gives none; `cycle_opens` None: a cycle opens by hand only.

    `is_public`: the city shows the plan on its public pages, where the installation has them. `evaluation_stages`:
    who judges each measure of a year, in this order.
    """

    code: str
    name: Bilingual
    municipality: MunicipalityDefinition
    documents: tuple[SourceDocument, ...]
    source: Source
    levels: tuple[Level, ...]
    rounds: tuple[RoundDefinition, ...]
    question_set: QuestionSet
    grades: tuple[Grade, ...]
    editions: tuple[Edition, ...]
    first_fiscal_year: int | None = None
    last_fiscal_year: int | None = None
    cycle_opens: CalendarDay | None = None
    contact: Bilingual = _NONE
    vision: Vision | None = None
    terms: tuple[Term, ...] = ()
    review: ReviewRule | None = None
    classes: tuple[MeasureClass, ...] = ()
    rating: Rating | None = None
    node_fields: tuple[NodeField, ...] = ()
    views: tuple[View, ...] = ()
    stages: tuple[ProgressStage, ...] = ()
    achievements: tuple[Achievement, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    links: tuple[NodeLink, ...] = ()
    related_plans: tuple[RelatedPlan, ...] = ()
    bodies: tuple[Body, ...] = ()
    opinion_sources: tuple[OpinionSource, ...] = ()
    principles: tuple[Principle, ...] = ()
    term_evaluations: tuple[TermEvaluation, ...] = ()
    surveys: tuple[Survey, ...] = ()
    key_projects: KeyProjectRules | None = None
    glossary: tuple[GlossaryTerm, ...] = ()
    notes: tuple[Bilingual, ...] = ()
    is_public: bool = False
    mails: MailRules = MailRules()
    evaluation_stages: tuple[Stage, ...] = (Stage.PRIMARY,)

    def round_of(self, code: str) -> RoundDefinition:
        """A round of the year, or the one of a review, which runs like the plan's first round."""
        if code == REVIEW_ROUND and self.review is not None:
            name = Bilingual("見直しの提案", "Proposals for the review")
            opens = self.review.opens or self.rounds[0].opens
            return replace(self.rounds[0], code=code, name=name, opens=opens, due_after_days=self.review.due_after_days)
        return next(r for r in self.rounds if r.code == code)

    def term(self, code: str) -> Term | None:
        return next((t for t in self.terms if t.code == code), None)

    def term_of(self, fiscal_year: int) -> Term | None:
        return next((t for t in self.terms if t.first_fiscal_year <= fiscal_year <= t.last_fiscal_year), None)

    def runs_in(self, fiscal_year: int) -> bool:
        """Whether the year lies in the plan's period, as far as the plan says when it begins and ends."""
        begun = self.first_fiscal_year is None or self.first_fiscal_year <= fiscal_year
        return begun and (self.last_fiscal_year is None or fiscal_year <= self.last_fiscal_year)

    @property
    def reported_levels(self) -> frozenset[str]:
        return frozenset(level.code for level in self.levels if level.is_reported)

    def label_of(self, level: str) -> Bilingual:
        return next((lv.label for lv in self.levels if lv.code == level), Bilingual(level))

    def class_of(self, code: str) -> MeasureClass | None:
        return next((c for c in self.classes if c.code == code), None)

    def edition(self, code: str) -> Edition | None:
        return next((e for e in self.editions if e.code == code), None)

    def document_of(self, source: Source) -> SourceDocument | None:
        """The document of a source; one that names none stands in the plan's own."""
        wanted = source.document or self.source.document
        return next((d for d in self.documents if d.code == wanted), None)
