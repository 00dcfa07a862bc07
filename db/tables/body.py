"""会議体: who sits where and when, and which department keeps a body's papers. The bodies are the plan's data."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from db.types import Scoped, coded
from domain.body import SeatBasis, SeatRole


class Secretariat(Scoped, table=True):
    """事務局: the department that keeps a body's papers and records what it decides (none: the planning division)."""

    __table_args__ = (UniqueConstraint("plan_id", "body", "valid_from"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    body: str
    department_id: int = Field(foreign_key="department.id")
    valid_from: date
    valid_until: date | None = None


class ProjectTeam(Scoped, table=True):
    """プロジェクトチーム: founded and dissolved with date, reason and the decision behind it.

    `…_by` is the code of the body that decided ("": none), `…_matter_id` the matter in which it did.
    """

    id: int = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="keyproject.id", index=True)
    name: str
    founded_on: date
    founded_reason: str
    founded_by: str = ""
    founded_matter_id: int | None = Field(default=None, foreign_key="matter.id")
    dissolved_on: date | None = None
    dissolved_reason: str = ""
    dissolved_by: str = ""
    dissolved_matter_id: int | None = Field(default=None, foreign_key="matter.id")


class Seat(Scoped, table=True):
    """A seat in a body (`body`, its code in the plan) or in a project team (`team_id` too).

    Somebody with an account (`user_id`), or a name alone (市長, an expert from outside: `name`, `email` or none).
    `post` is what they are called (職名); `department_id` for whom they sit, as DX推進リーダー do. `valid_until` is
    the last day (None: open). A seat whose holder is transferred wants a successor: `successor_wanted_on`, until
    `replaced_by_id` names the next seat or `left_reason` says why nobody follows.
    """

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    body: str
    team_id: int | None = Field(default=None, foreign_key="projectteam.id", index=True)
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    department_id: int | None = Field(default=None, foreign_key="department.id")
    name: str = ""
    email: str = ""
    post: str = ""
    role: SeatRole = Field(default=SeatRole.MEMBER, sa_type=coded(SeatRole))
    basis: SeatBasis = Field(default=SeatBasis.NOMINATION, sa_type=coded(SeatBasis))
    valid_from: date
    valid_until: date | None = None
    left_reason: str = ""
    successor_wanted_on: date | None = None
    replaced_by_id: int | None = Field(default=None, foreign_key="seat.id")
