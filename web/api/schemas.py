"""What the API takes and gives. Names of plan data come in both languages, codes as they are stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from domain.evaluation import CycleState
from domain.ladder import Rank, StepKind
from domain.phase_review import ReviewOutcome, ReviewState
from domain.progress_report import ReportState
from domain.questions import QuestionKind
from records.board import Turn
from records.listing import Span

T = TypeVar("T")

_LARGEST = 2**31 - 1
"""The largest number a key column takes."""

BY_ID, BY_MEASURE = "by_id", "by_measure"
"""The two ways to name a report; pydantic puts them into the path of a mistake."""


def _whole(value: Any) -> Any:
    """JSON knows one kind of number, so 5.0 is 5; every other value is left to the checks that follow."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_Number = Annotated[int, Field(ge=0, le=_LARGEST), BeforeValidator(_whole)]
_Key = Annotated[int, Field(ge=1, le=_LARGEST), BeforeValidator(_whole)]
Id = Annotated[int, Path(ge=1, le=_LARGEST)]
Code = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
_Text = Annotated[str, Field(max_length=20_000, pattern=r"^[^\x00]*$")]
_QuestionId = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


class _Given(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Taken(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ListQuery(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=200)
    offset: int = Field(default=0, ge=0, le=_LARGEST)

    @property
    def span(self) -> Span:
        return Span(self.offset, self.limit)


class CycleQuery(ListQuery):
    """Which part of a list, of which plan and fiscal year."""

    plan: str | None = Field(default=None, description="Code of a plan.", max_length=100, pattern=r"^[^\x00-\x1f]*$")
    fiscal_year: int | None = Field(default=None, description="The year in which it starts.", ge=1, le=9999)


class ListOf(_Given, Generic[T]):
    items: list[T]
    total: int
    next_offset: int | None = Field(description="Where the next part starts; null when there is none.")


class Name(_Given):
    ja: str
    en: str | None = Field(description="Null where nobody wrote it.")


class PlanRef(_Given):
    code: str
    name: Name
    mark: Name | None = Field(description="Set when the plan holds sample data; show it wherever the data appears.")


class Edition(_Given):
    """An edition: the plan as decided in a month (`YYYY-MM`)."""

    code: str
    name: Name
    decided: str
    effective_on: date


class PlanItem(PlanRef):
    first_fiscal_year: int | None = Field(description="Null where the plan does not say.")
    last_fiscal_year: int | None = Field(description="Null where the plan does not say.")


class Level(_Given):
    code: str
    label: Name
    is_reported: bool = Field(description="Whether departments report on the nodes of this level.")


class MeasureClass(_Given):
    code: str
    label: Name


class Term(_Given):
    code: str
    name: Name
    first_fiscal_year: int
    last_fiscal_year: int


class PlannedRound(_Given):
    code: str
    name: Name
    opens_month: int
    opens_day: int
    due_after_business_days: int


class Grade(_Given):
    code: str
    label: Name


class Plan(PlanItem):
    edition: Edition = Field(description="The edition in force today.")
    editions: list[Edition]
    levels: list[Level]
    classes: list[MeasureClass]
    terms: list[Term]
    rounds: list[PlannedRound]
    grades: list[Grade]


class NodeRef(_Given):
    code: str
    title: Name


class MeasureRef(NodeRef):
    measure_class: str | None = Field(description="Code of a class; null where the plan does not say.")


class DepartmentRef(_Given):
    code: str
    name: Name


class Measure(MeasureRef):
    above: list[NodeRef] = Field(description="What the measure stands under, the topmost first.")
    department: DepartmentRef | None = Field(description="Null where nobody is responsible today.")


class RoundItem(_Given):
    id: int
    code: str
    name: Name
    plan: PlanRef
    fiscal_year: int
    cycle_state: CycleState | None
    opened_on: date
    due_on: date
    closed_on: date | None


class Condition(_Given):
    """Holds when the answer to `question` is one of `among`; the question `class` is the measure's class."""

    question: str
    among: list[str]


class Choice(_Given):
    code: str
    label: Name


class Question(_Given):
    id: str
    kind: QuestionKind
    label: Name
    help: Name
    example: Name
    unit: Name
    choices: list[Choice]
    required: bool
    required_when: Condition | None
    shown_when: Condition | None
    limit: int = Field(description="The most characters of a text; 0: no limit.")


class QuestionSet(_Given):
    code: str
    version: int
    questions: list[Question]


class Round(RoundItem):
    question_set: QuestionSet


class NextStep(_Given):
    """What happens if nobody does anything."""

    kind: StepKind
    to: Rank
    at: AwareDatetime = Field(description="In the plan's own time, UTC.")


class RequestItem(_Given):
    """The request to one department. Counts are measures."""

    id: int
    round: int
    plan: PlanRef
    fiscal_year: int
    department: DepartmentRef | None = Field(description="Null: nobody is responsible; the planning division decides.")
    opened_on: date
    total: int
    answered: int
    approved: int
    exempted: int
    late: int
    turn: Turn
    next_step: NextStep | None


class RequestedReport(_Given):
    id: int
    measure: MeasureRef
    state: ReportState
    is_exempted: bool
    due_on: date
    is_late: bool
    business_days_late: int
    submitted_on: date | None
    revision: int


class Request(RequestItem):
    reports: list[RequestedReport]


class ReturnRemark(_Given):
    """What a return asked to mend in one answer. `question` is its id, `answer` what it was when it was returned."""

    question: str
    answer: str
    remark: str


class Report(_Given):
    """A progress report. `answers` are the draft until it is submitted; numbers are texts in plain digits."""

    id: int
    request: int
    round: int
    plan: PlanRef
    fiscal_year: int
    measure: MeasureRef
    state: ReportState
    is_exempted: bool
    exempted_reason: str
    answers: dict[str, str]
    revision: int
    due_on: date
    submitted_on: date | None
    edited_at: datetime | None
    return_comment: str
    return_remarks: list[ReturnRemark]
    returns: int


class ReportOfMeasure(_Taken):
    """Names a report by the round and the measure's code."""

    round: _Key
    measure_code: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]


def _way(value: Any) -> str:
    return BY_MEASURE if isinstance(value, (dict, ReportOfMeasure)) else BY_ID


class ReportWriting(_Taken):
    """Saves or submits a report. `answers` replace all that was there, keyed by the round's question ids.

    Where the measure has indicators, `indicator.{code}` is the year's value and `indicator-type.{code}` says whether
    it is `expected` or `final`. What else a value calls for is named by the refusal: `indicator-confirmed.{code}`
    (`yes`) after a big jump, `indicator-cause.{code}` and `indicator-remedy.{code}` below the target.
    """

    report: Annotated[
        Annotated[_Key, Tag(BY_ID)] | Annotated[ReportOfMeasure, Tag(BY_MEASURE)],
        Discriminator(_way),
        Field(description="The id of the report, or the round and the measure's code."),
    ]
    answers: dict[_QuestionId, _Text] = Field(
        max_length=200, description="Question id → answer. A choice is given by its code, a number as a text."
    )
    revision: _Number | None = Field(
        default=None, description="The revision you read; a stale one is refused with 409. Without it: the current one."
    )
    action: Literal["draft", "submit"]


class Document(_Given):
    id: int
    plan: PlanRef
    fiscal_year: int
    kind: str
    format: str
    file_name: str
    media_type: str
    digest: str = Field(description="SHA-256 of the content, in hexadecimal.")
    issued_on: date
    rendered_at: AwareDatetime


class ReviewOpening(_Taken):
    """Opens the review of a term."""

    term: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$", description="Code of a term.")]


class ReviewItem(_Given):
    """The review of one term. `state` says what is awaited; `closed_on` null: it is running."""

    id: int
    plan: PlanRef
    term: Term
    edition: Edition = Field(description="The edition under review.")
    state: ReviewState
    outcome: ReviewOutcome | None
    opened_on: date
    closed_on: date | None
    made_edition: Edition | None = Field(description="The edition that was made; null: none, or not yet.")


class ReviewCounts(_Given):
    """How far a review has come."""

    proposals_asked: int
    proposals_handed_in: int
    opinions: int
    opinions_unanswered: int
    measures: int
    measures_decided: int
    contradictions: int = Field(description="Of the decisions so far, beside measures that are not decided yet.")
    criteria: int
    criteria_answered: int


class Review(ReviewItem):
    counts: ReviewCounts
    documents: list[Document]
