"""The names by which Temporal knows our processes: deterministic, so that nothing starts twice."""

from __future__ import annotations

TASK_QUEUE = "meguru"

ANNUAL_CYCLE = "AnnualCycleWorkflow"
COLLECTION = "CollectionWorkflow"

RECORD = "record"
"""The signal that brings events to a process."""
CHANGE_CLOCK = "change_clock"


def annual_cycle_id(municipality: str, plan: str, fiscal_year: int) -> str:
    return f"annual-cycle/{municipality}/{plan}/{fiscal_year}"


def collection_id(municipality: str, plan: str, fiscal_year: int, round_code: str) -> str:
    return f"collection/{municipality}/{plan}/{fiscal_year}/{round_code}"
