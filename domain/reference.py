"""What a plan says beside its measures: vision, bodies, related plans, surveys, glossary. Stored and shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.body import MembershipRule
from domain.source import Source
from domain.text import Bilingual

_NONE = Bilingual("")


@dataclass(frozen=True)
class Vision:
    """将来像: the picture of a year that the plan works towards (None: the source names no year)."""

    title: Bilingual
    year: int | None = None
    summary: Bilingual = _NONE
    source: Source | None = None


class PlanRelation(StrEnum):
    UPPER = "upper"  # 上位計画
    IMPLEMENTATION = "implementation"  # 実施計画: where the projects of the plan run
    RELATED = "related"  # 関連する個別計画
    PREDECESSOR = "predecessor"  # 前身の計画
    ANNEX = "annex"  # 別冊
    BASIS = "basis"  # 国の計画など、基づくもの


@dataclass(frozen=True)
class RelatedPlan:
    """Another plan that this one names. `plan` is its code where Meguru holds it too."""

    code: str
    name: Bilingual
    relation: PlanRelation
    first_fiscal_year: int | None = None
    last_fiscal_year: int | None = None
    plan: str = ""
    note: Bilingual = _NONE
    source: Source | None = None


class BodyKind(StrEnum):
    BODY = "body"  # 会議体
    TEAM = "team"  # プロジェクトチーム
    SECTION = "section"  # 事務局・担当課
    OFFICE = "office"  # 役職・人材


@dataclass(frozen=True)
class Body:
    """会議体・推進体制. Without `members` the source names none; `is_standing` False: founded as needed.

    `chair` and `secretariat` in the words of the source ("": 記載なし), the people are seats of the record. The dates
    are the first and the last day of the body (None: open).
    """

    code: str
    name: Bilingual
    kind: BodyKind
    role: Bilingual
    members: tuple[MembershipRule, ...] = ()
    chair: Bilingual = _NONE
    secretariat: Bilingual = _NONE
    is_standing: bool = True
    assists: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    note: Bilingual = _NONE
    source: Source | None = None


@dataclass(frozen=True)
class OpinionSource:
    """From whom opinions come: citizens, businesses, universities."""

    code: str
    label: Bilingual
    source: Source | None = None


@dataclass(frozen=True)
class Principle:
    title: Bilingual
    source: Source | None = None


@dataclass(frozen=True)
class TermEvaluation:
    """A theme looked back upon at the end of a term, without a grade: what went well, what is still to do.

    `node` "": the term as a whole, and `to_do` is the outlook.
    """

    term: str
    edition: str
    node: str
    good: tuple[Bilingual, ...]
    to_do: tuple[Bilingual, ...]
    source: Source | None = None


@dataclass(frozen=True)
class SurveyAnswer:
    """Its share in % where printed, else the `approximate` words of the source; `group`: of whom, "" all.

    `code` and `group_code` stay the same from survey to survey, however the text is printed; `nodes`: what of the
    plan it tells about, in the codes of the survey's edition.
    """

    text: Bilingual
    share: Decimal | None = None
    approximate: Bilingual = _NONE
    rank: int | None = None
    group: Bilingual = _NONE
    code: str = ""
    group_code: str = ""
    nodes: tuple[str, ...] = ()
    source: Source | None = None


@dataclass(frozen=True)
class SurveyQuestion:
    """設問. `about_vision`: it asks how near the plan's vision is; `nodes`: themes and states that it asks about."""

    code: str
    text: Bilingual
    answers: tuple[SurveyAnswer, ...]
    about_vision: bool = False
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Survey:
    """アンケート・意識調査. `fiscal_year` of the survey; `respondents` None: 記載なし.

    Surveys of one `series` ask the same and are compared; `edition` is the one whose codes its links to nodes are.
    """

    code: str
    name: Bilingual
    questions: tuple[SurveyQuestion, ...]
    series: str = ""
    edition: str = ""
    fiscal_year: int | None = None
    respondents: int | None = None
    allows_several_answers: bool = False
    note: Bilingual = _NONE
    source: Source | None = None


@dataclass(frozen=True)
class GlossaryTerm:
    """用語. `also` are other spellings of it that the plan's texts use."""

    term: str
    meaning: Bilingual
    term_en: str = ""
    also: tuple[str, ...] = ()
    note: Bilingual = _NONE
    source: Source | None = None
