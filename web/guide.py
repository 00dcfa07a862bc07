"""The user guide inside the app: which of its pages tells of which screen. `make guide` builds it into `help/`."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "help"

ADDRESS = "/help"

# The first that fits counts, so the narrower comes first.
_TELLS_OF = (
    ("/requests", "staff"),
    ("/reports", "staff"),
    ("/approvals", "section-head"),
    ("/settings", "mails"),
    ("/desk/mails", "mails"),
    ("/desk/audit", "administrator"),
    ("/desk/reviews", "review"),
    ("/desk/projects", "projects"),
    ("/desk/seats", "secretariat"),
    ("/desk", "planning"),
    ("/admin", "administrator"),
    ("/organisation", "administrator"),
    ("/forms", "planning"),
    ("/matters", "secretariat"),
    ("/meetings", "secretariat"),
    ("/projects", "projects"),
    ("/check-ins", "projects"),
    ("/public", "citizen"),
)


def page_for(path: str) -> str:
    """Address of the page of the guide that tells of the screen at a path; the first page where none does."""
    found = next((name for start, name in _TELLS_OF if path == start or path.startswith(f"{start}/")), "")
    return f"{ADDRESS}/{found}/" if found else f"{ADDRESS}/"
