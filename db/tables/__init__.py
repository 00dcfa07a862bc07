"""All tables. Use as `from db import tables as t`: a table may share its name with a value of `domain`."""

from db.tables.access import ApiToken, IdempotencyKey, LoginCode, SignedInSession
from db.tables.collection import (
    AnnualCycle,
    CollectionRound,
    CycleMeasure,
    Evaluation,
    ProgressReport,
    Submission,
    UpdateRequest,
)
from db.tables.organisation import Appointment, Department, Municipality, User
from db.tables.planning import Edition, Node, Plan, Responsibility
from db.tables.record import AuditEntry, AuditHead, Document, Lease, Mail, Outbox

__all__ = [
    "AnnualCycle",
    "ApiToken",
    "Appointment",
    "AuditEntry",
    "AuditHead",
    "CollectionRound",
    "CycleMeasure",
    "Department",
    "Document",
    "Edition",
    "Evaluation",
    "IdempotencyKey",
    "Lease",
    "LoginCode",
    "Mail",
    "Municipality",
    "Node",
    "Outbox",
    "Plan",
    "ProgressReport",
    "Responsibility",
    "SignedInSession",
    "Submission",
    "UpdateRequest",
    "User",
]
