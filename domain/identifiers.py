"""The names by which Temporal knows our processes: deterministic, so that nothing starts twice."""

from __future__ import annotations

TASK_QUEUE = "meguru"

ANNUAL_CYCLE = "AnnualCycleWorkflow"
COLLECTION = "CollectionWorkflow"
PHASE_REVIEW = "PhaseReviewWorkflow"

RECORD = "record"
"""The signal that brings events to a process."""
CHANGE_CLOCK = "change_clock"


def annual_cycle_id(municipality: str, plan: str, fiscal_year: int) -> str:
    return f"annual-cycle/{municipality}/{plan}/{fiscal_year}"


def collection_id(municipality: str, plan: str, fiscal_year: int, round_code: str) -> str:
    return f"collection/{municipality}/{plan}/{fiscal_year}/{round_code}"


def phase_review_id(municipality: str, plan: str, term: str) -> str:
    return f"phase-review/{municipality}/{plan}/{term}"


def proposals_id(municipality: str, plan: str, term: str) -> str:
    """The collection round of a review."""
    return f"collection/{municipality}/{plan}/{term}/review"
