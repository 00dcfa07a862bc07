"""The names by which Temporal knows our processes: deterministic, so that nothing starts twice."""

from __future__ import annotations

from datetime import date

TASK_QUEUE = "meguru"

ANNUAL_CYCLE = "AnnualCycleWorkflow"
COLLECTION = "CollectionWorkflow"
PHASE_REVIEW = "PhaseReviewWorkflow"
KEY_PROJECT = "KeyProjectWorkflow"
MATTER = "MatterWorkflow"
INQUIRY = "InquiryWorkflow"

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


def key_project_id(municipality: str, plan: str, code: str) -> str:
    return f"key-project/{municipality}/{plan}/{code}"


def matter_id(municipality: str, plan: str, number: int) -> str:
    return f"matter/{municipality}/{plan}/{number}"


def meeting_id(municipality: str, plan: str, meeting: str) -> str:
    """One sitting of a body; `meeting` tells it from the plan's others."""
    return f"meeting/{municipality}/{plan}/{meeting}"


def successor_id(municipality: str, plan: str, seat: int, wanted_on: date) -> str:
    """The search for who follows in a seat; a seat may want a successor twice."""
    return f"successor/{municipality}/{plan}/{seat}/{wanted_on.isoformat()}"
