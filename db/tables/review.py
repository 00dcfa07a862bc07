"""見直し: the review of a term with its criteria, decisions and consultations, and what departments propose anew.

What departments propose of a measure is a `ProgressReport` in the review's round (`CollectionRound.review_id`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from db.types import Scoped, UtcDateTime, coded
from domain.evaluation import Stage
from domain.phase_review import ConsultationOutcome, ReviewOutcome, ReviewState


class PhaseReview(Scoped, table=True):
    """The review of one term of a plan. Opened once, whoever asks: `UNIQUE(plan, term)`.

    `edition_id` is the edition under review, `snapshot` the term as it was found, `edition_head` what the next
    edition shall be called (`domain/phase_review.py::EditionHead`), `made_edition_id` the edition that was made.
    Opinions are taken from `opinions_from` until `opinions_until` (both included); the public form is shown to
    everybody while `takes_public_opinions`.
    """

    __table_args__ = (UniqueConstraint("plan_id", "term"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    term: str
    fiscal_year: int
    edition_id: int = Field(foreign_key="edition.id")
    workflow_id: str = Field(unique=True)
    state: ReviewState = Field(default=ReviewState.OPENING, sa_type=coded(ReviewState))
    opened_on: date
    opened_by: str
    snapshot: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    takes_public_opinions: bool = False
    opinions_from: date | None = None
    opinions_until: date | None = None
    outcome: ReviewOutcome | None = Field(default=None, sa_type=coded(ReviewOutcome))
    outcome_reason: str = ""
    edition_head: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    made_edition_id: int | None = Field(default=None, foreign_key="edition.id")
    closed_on: date | None = None


class CriterionAnswer(Scoped, table=True):
    """What a review says from one point of view, for the whole plan."""

    __table_args__ = (UniqueConstraint("review_id", "criterion"),)

    id: int = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="phasereview.id")
    criterion: str
    answer: str
    answered_at: datetime = Field(sa_type=UtcDateTime)
    answered_by_id: int = Field(foreign_key="user.id")


class MeasureDecision(Scoped, table=True):
    """What is decided of one measure (`decision` is a `domain/revision.py::Decision`), or of a new one.

    A new measure has no `node_id`; its `decision` is a `NewMeasure`, and `proposal_id` what it came from, if anything.
    `revision` grows with every save, so that two people who decide at once notice each other.
    """

    __table_args__ = (UniqueConstraint("review_id", "node_id"),)

    id: int = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="phasereview.id", index=True)
    node_id: int | None = Field(default=None, foreign_key="node.id")
    proposal_id: int | None = Field(default=None, foreign_key="newmeasureproposal.id", unique=True)
    decision: dict[str, Any] = Field(sa_type=JSON)
    revision: int = 1
    decided_at: datetime = Field(sa_type=UtcDateTime)
    decided_by_id: int | None = Field(default=None, foreign_key="user.id")


class NewMeasureProposal(Scoped, table=True):
    """A measure that a department would like to see in the next edition, under `parent_id` of the one before.

    `declined_reason`: the planning division does not take it up; withdrawn by the department itself: `is_withdrawn`.
    """

    id: int = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="phasereview.id", index=True)
    department_id: int = Field(foreign_key="department.id", index=True)
    parent_id: int | None = Field(default=None, foreign_key="node.id")
    title: str
    measure_class: str = ""
    content: str = ""
    reason: str = ""
    is_withdrawn: bool = False
    declined_reason: str = ""
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    proposed_by_id: int = Field(foreign_key="user.id")


class Consultation(Scoped, table=True):
    """付議: one body's turn in a review. After a return the bodies are asked again: `attempt` counts from 1.

    `body` is the code in the plan, `body_name` as it was called then; `outcome` None: not recorded yet.
    """

    __table_args__ = (UniqueConstraint("review_id", "attempt", "position"),)

    id: int = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="phasereview.id", index=True)
    attempt: int = 1
    position: int
    body: str
    body_name: str
    stage: Stage | None = Field(default=None, sa_type=coded(Stage))
    met_on: date | None = None
    outcome: ConsultationOutcome | None = Field(default=None, sa_type=coded(ConsultationOutcome))
    comment: str = ""
    recorded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recorded_by_id: int | None = Field(default=None, foreign_key="user.id")
