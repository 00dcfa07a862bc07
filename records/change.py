"""Who changes something, and when; and the refusals a change can meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.mistakes import Mistake


@dataclass(frozen=True)
class Change:
    """The author of a change as the audit log names it, and the instant (UTC)."""

    by: str
    at: datetime
    user: int | None = None


class NotFound(Exception):
    """There is no such thing in this municipality."""


class NotAllowed(Exception):
    """The person may not do this."""


class Conflict(Exception):
    """The state of things does not allow the change. `reason` is a code the web layer says in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DoesNotFit(Exception):
    """A file contradicts what is recorded already. The transaction must not be committed."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(m.message for m in mistakes))
        self.mistakes = tuple(mistakes)
