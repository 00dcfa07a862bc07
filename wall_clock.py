"""The one place that asks the world what time it is; everything else is given an instant."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
