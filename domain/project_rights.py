"""Who may do what in a key project: its team writes, its leaders decide, the coordinating section accompanies both.

Each section and team runs its own DX, the coordinating section supports (所沢市DX推進基本方針 6. 推進体制); that it may
write in a team's place is Meguru's own default.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.body import LEADING, SeatRole


@dataclass(frozen=True)
class ProjectRights:
    """`roles` are the person's seats in the project's team today; `coordinates`: one of the coordinating section."""

    roles: frozenset[SeatRole]
    coordinates: bool

    @property
    def is_member(self) -> bool:
        return bool(self.roles)

    @property
    def leads(self) -> bool:
        return bool(self.roles & set(LEADING))

    @property
    def may_write(self) -> bool:
        """Check-ins, trials, figures, the cadence, events of this project."""
        return self.is_member or self.coordinates

    @property
    def may_decide(self) -> bool:
        """What the team decides itself, and what it raises to a body."""
        return self.leads or self.coordinates
