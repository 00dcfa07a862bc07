"""What was sent, said and changed: the mail ledger, the outbox, the audit chain, the documents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import Scoped, UtcDateTime, coded
from domain.inquiry import Addressee
from domain.ladder import Rank, StepKind
from domain.mail_ledger import MailState


class Mail(Scoped, table=True):
    """The ledger: one row per (request or inquiry, step, recipient), claimed before anything is sent.

    A mail of a round has a `request_id` and goes to a `rank`, one of an inquiry an `inquiry_id` and an `addressee`.
    """

    __table_args__ = (
        UniqueConstraint("request_id", "step_key", "recipient"),
        UniqueConstraint("inquiry_id", "step_key", "recipient"),
    )

    id: int = Field(default=None, primary_key=True)
    request_id: int | None = Field(default=None, foreign_key="updaterequest.id", index=True)
    inquiry_id: int | None = Field(default=None, foreign_key="inquiry.id", index=True)
    step_key: str
    kind: StepKind = Field(sa_type=coded(StepKind))
    rank: Rank | None = Field(default=None, sa_type=coded(Rank))
    addressee: Addressee | None = Field(default=None, sa_type=coded(Addressee))
    recipient: str
    recipient_name: str = ""
    language: str = "ja"
    measures: list[int] = Field(default_factory=list, sa_type=JSON)
    state: MailState = Field(default=MailState.QUEUED, sa_type=coded(MailState), index=True)
    attempts: int = 0
    unknown_ends: int = 0
    message_id: str = Field(unique=True)
    subject: str = ""
    body: str = ""
    error: str = ""
    claimed_on: date
    claimed_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    digest_id: int | None = Field(default=None, foreign_key="digest.id", index=True)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When a person dealt with what had not arrived: sent it again, or settled it otherwise (`settled_note`)."""
    settled_note: str = ""


class Digest(Scoped, table=True):
    """まとめメール: what could wait of a plan's day for one recipient, sent as one mail.

    Its mails stay rows of the ledger and end as the digest does; `state` follows the ledger's rules for a reminder.
    `digest_on` is the day on the clock of the plan `plan_id`, the one whose mail was gathered first.
    """

    __table_args__ = (UniqueConstraint("municipality_id", "recipient", "digest_on"),)

    id: int = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id")
    recipient: str
    recipient_name: str = ""
    language: str = "ja"
    digest_on: date
    workflow_id: str = Field(unique=True)
    state: MailState = Field(default=MailState.QUEUED, sa_type=coded(MailState), index=True)
    attempts: int = 0
    unknown_ends: int = 0
    message_id: str = Field(unique=True)
    subject: str = ""
    body: str = ""
    error: str = ""
    gathered_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Outbox(Scoped, table=True):
    """What Temporal must still be told; written with the change itself, relayed in order of `id`.

    `name` is a workflow type to start (`is_start`) or a signal; `payload` its one argument. `trace` is the trace of the
    request or job that wrote it, as the header `traceparent` of W3C Trace Context says it; empty: nothing is traced.
    """

    id: int = Field(default=None, primary_key=True)
    workflow_id: str = Field(index=True)
    is_start: bool = False
    name: str
    payload: dict[str, Any] = Field(sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)
    relayed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    note: str = ""
    trace: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Lease(SQLModel, table=True):
    """Who does a job that only one process may do at a time, and until when."""

    name: str = Field(primary_key=True)
    holder: str
    until: datetime = Field(sa_type=UtcDateTime)


class AuditEntry(Scoped, table=True):
    """監査記録: one link of the municipality's chain; `digest` covers the entry and the one before."""

    __table_args__ = (UniqueConstraint("municipality_id", "sequence"),)

    id: int = Field(default=None, primary_key=True)
    sequence: int
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    previous: str
    digest: str


class AuditHead(Scoped, table=True):
    """The end of a municipality's audit chain; locked by whoever appends."""

    id: int = Field(default=None, primary_key=True)
    municipality_id: int = Field(default=None, foreign_key="municipality.id", unique=True)
    sequence: int
    digest: str


class Document(Scoped, table=True):
    """A document as rendered; rendering again replaces it, the audit log keeps the digests.

    It belongs to one of the four: a cycle, a review, a key project (its last report), a meeting (its papers).
    """

    __table_args__ = (
        UniqueConstraint("cycle_id", "kind", "format"),
        UniqueConstraint("review_id", "kind", "format"),
        UniqueConstraint("project_id", "kind", "format"),
        UniqueConstraint("meeting_id", "kind", "format"),
    )

    id: int = Field(default=None, primary_key=True)
    cycle_id: int | None = Field(default=None, foreign_key="annualcycle.id")
    review_id: int | None = Field(default=None, foreign_key="phasereview.id")
    project_id: int | None = Field(default=None, foreign_key="keyproject.id")
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id")
    kind: str
    format: str
    file_name: str
    media_type: str
    content: bytes
    digest: str
    issued_on: date
    rendered_at: datetime = Field(sa_type=UtcDateTime)
    form_problem: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Why the city's own form was not used (`TemplateProblem`); empty: it was, or there is none."""
