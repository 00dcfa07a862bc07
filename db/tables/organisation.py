"""The municipality, its departments and what becomes of them, its people and who holds which rank when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import Scoped, UtcDateTime, coded
from domain.ladder import Rank
from domain.reorganisation import SuccessionKind
from domain.roles import Office


class Municipality(SQLModel, table=True):
    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    name_en: str = ""


class Department(Scoped, table=True):
    """部署. `email` is the shared mailbox, used where nobody holds the rank a mail is meant for.

    `parent_id` is the department it belongs to (部 of a 課), None for one at the top or where that is not known.
    """

    __table_args__ = (UniqueConstraint("municipality_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    code: str
    name: str
    name_en: str = ""
    email: str = ""
    parent_id: int | None = Field(default=None, foreign_key="department.id")
    valid_from: date
    valid_until: date | None = None


class DepartmentSuccession(Scoped, table=True):
    """機構改革: what becomes of a department from `begins_on`; a row per successor (None: it is dissolved).

    `measures` are the origins of the measures that go to this successor of a split. `done_at` None: its day has
    not come, nothing has changed yet.
    """

    __table_args__ = (UniqueConstraint("department_id", "begins_on", "successor_id"),)

    id: int = Field(default=None, primary_key=True)
    department_id: int = Field(foreign_key="department.id", index=True)
    successor_id: int | None = Field(default=None, foreign_key="department.id", index=True)
    kind: SuccessionKind = Field(sa_type=coded(SuccessionKind))
    begins_on: date
    reason: str = ""
    measures: list[int] = Field(default_factory=list, sa_type=JSON)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class User(Scoped, table=True):
    """A person with an account. No `password_hash`: signs in with one-time mail codes.

    `left_on`: the account is closed since that day because the person left, and opens again with a new appointment
    (None: not so; who is blocked stays blocked).
    """

    __table_args__ = (UniqueConstraint("municipality_id", "email"),)

    id: int = Field(default=None, primary_key=True)
    email: str = Field(index=True)
    name: str
    name_en: str = ""
    language: str = "ja"
    office: Office = Field(default=Office.NONE, sa_type=coded(Office))
    password_hash: str | None = None
    is_active: bool = True
    left_on: date | None = None


class Appointment(Scoped, table=True):
    """Who holds which rank in which department, from when until when.

    `left_at` is the instant at which its end was acted upon: what the person was signed in with has ended.
    """

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    department_id: int = Field(foreign_key="department.id", index=True)
    rank: Rank = Field(sa_type=coded(Rank))
    valid_from: date
    valid_until: date | None = None
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
