"""The names by which Temporal knows our processes: deterministic, so that nothing starts twice."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

TASK_QUEUE = "meguru"

ANNUAL_CYCLE = "AnnualCycleWorkflow"
COLLECTION = "CollectionWorkflow"
PHASE_REVIEW = "PhaseReviewWorkflow"
KEY_PROJECT = "KeyProjectWorkflow"
MATTER = "MatterWorkflow"
INQUIRY = "InquiryWorkflow"
DIGEST = "DigestWorkflow"
MAIL = "MailWorkflow"

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


def digest_id(municipality: str, recipient: str, day: date) -> str:
    """The digest of a day for one address, which is not shown to Temporal."""
    return f"digest/{municipality}/{sha256(recipient.encode()).hexdigest()[:16]}/{day.isoformat()}"


def mail_id(mail: int) -> str:
    """A mail of a round that is sent again, by its number in the ledger."""
    return f"mail/{mail}"
