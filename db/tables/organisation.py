"""The municipality, its departments, its people and who holds which rank when."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import Scoped, coded
from domain.ladder import Rank
from domain.roles import Office


class Municipality(SQLModel, table=True):
    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    name_en: str = ""


class Department(Scoped, table=True):
    """部署. `email` is the shared mailbox, used where nobody holds the rank a mail is meant for."""

    __table_args__ = (UniqueConstraint("municipality_id", "code"),)

    id: int = Field(default=None, primary_key=True)
    code: str
    name: str
    name_en: str = ""
    email: str = ""
    valid_from: date
    valid_until: date | None = None


class User(Scoped, table=True):
    """A person with an account. No `password_hash`: signs in with one-time mail codes."""

    __table_args__ = (UniqueConstraint("municipality_id", "email"),)

    id: int = Field(default=None, primary_key=True)
    email: str = Field(index=True)
    name: str
    name_en: str = ""
    language: str = "ja"
    office: Office = Field(default=Office.NONE, sa_type=coded(Office))
    password_hash: str | None = None
    is_active: bool = True


class Appointment(Scoped, table=True):
    """Who holds which rank in which department, from when until when."""

    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    department_id: int = Field(foreign_key="department.id", index=True)
    rank: Rank = Field(sa_type=coded(Rank))
    valid_from: date
    valid_until: date | None = None
