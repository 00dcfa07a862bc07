"""会議: one sitting of a body."""

from __future__ import annotations

from enum import StrEnum


class MeetingState(StrEnum):
    PLANNED = "planned"  # its members are invited
    HELD = "held"  # what was decided is recorded
    CANCELLED = "cancelled"  # 中止
