"""Who a person is in the city hall, and what that lets them do.

Roles follow from appointments (rank in a department, with dates) and from the office a person holds
for the whole municipality. Everything here is inside one municipality.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.ladder import Rank


class Office(StrEnum):
    """An office for the whole municipality, beside any appointment."""

    NONE = "none"
    PLANNING = "planning"
    ADMINISTRATOR = "administrator"


def office_by_groups(offices: Sequence[tuple[str, Office]], groups: Collection[str], held: Office) -> Office:
    """The office of somebody who holds `held`, by the groups that a city's directory has them in.

    `offices` says which group gives which; the first that fits counts. An office that no group gives stays: it is
    not the directory's to take away. Meguru's own.
    """
    given = next((office for group, office in offices if group in groups), None)
    if given is not None:
        return given
    return Office.NONE if held in {office for _, office in offices} else held


class Role(StrEnum):
    STAFF = "staff"
    SECTION_HEAD = "section_head"
    PLANNING = "planning"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Appointment:
    """A person's rank in a department from `valid_from` until `valid_until` (None: open)."""

    department: int
    rank: Rank
    valid_from: date
    valid_until: date | None = None

    def is_valid(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


APPROVING = (Rank.SECTION_HEAD, Rank.DEPUTY_DIRECTOR, Rank.DIRECTOR)


@dataclass(frozen=True)
class Actor:
    """The signed-in person, as the rules see them. `appointments` are the valid ones of today.

    `predecessors` are the departments that the person's departments came from (機構改革).
    """

    user: int
    municipality: int
    office: Office
    appointments: tuple[Appointment, ...]
    predecessors: frozenset[int] = frozenset()

    @property
    def roles(self) -> frozenset[Role]:
        roles = {Role.SECTION_HEAD if a.rank in APPROVING else Role.STAFF for a in self.appointments}
        if self.office is Office.PLANNING:
            roles.add(Role.PLANNING)
        if self.office is Office.ADMINISTRATOR:
            roles.add(Role.ADMINISTRATOR)
        return frozenset(roles)

    @property
    def departments(self) -> frozenset[int]:
        return frozenset(a.department for a in self.appointments)

    @property
    def is_planning(self) -> bool:
        return self.office is Office.PLANNING

    @property
    def is_administrator(self) -> bool:
        return self.office is Office.ADMINISTRATOR

    def may_write_for(self, department: int) -> bool:
        """A department changes only its own."""
        return department in self.departments

    def is_asked_for(self, department: int) -> bool:
        """Whether the department's reports are this person's to write; superiors may, but see to it instead."""
        return any(a.department == department and a.rank not in APPROVING for a in self.appointments)

    def may_approve_for(self, department: int) -> bool:
        return any(a.department == department and a.rank in APPROVING for a in self.appointments)

    def may_see(self, department: int) -> bool:
        """A department sees only its own and what it took over; the planning division sees all of its municipality."""
        return self.is_planning or department in self.departments | self.predecessors
