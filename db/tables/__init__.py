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
from db.tables.opinion import Opinion, OpinionNode
from db.tables.organisation import Appointment, Department, DepartmentSuccession, Municipality, User
from db.tables.planning import (
    Achievement,
    Edition,
    Indicator,
    IndicatorValue,
    Lineage,
    LineageEnd,
    Node,
    NodeLink,
    Plan,
    Responsibility,
    Side,
    Upload,
)
from db.tables.record import AuditEntry, AuditHead, Document, Lease, Mail, Outbox
from db.tables.review import Consultation, CriterionAnswer, MeasureDecision, NewMeasureProposal, PhaseReview

__all__ = [
    "Achievement",
    "AnnualCycle",
    "ApiToken",
    "Appointment",
    "AuditEntry",
    "AuditHead",
    "CollectionRound",
    "Consultation",
    "CriterionAnswer",
    "CycleMeasure",
    "Department",
    "DepartmentSuccession",
    "Document",
    "Edition",
    "Evaluation",
    "IdempotencyKey",
    "Indicator",
    "IndicatorValue",
    "Lease",
    "Lineage",
    "LineageEnd",
    "LoginCode",
    "Mail",
    "MeasureDecision",
    "Municipality",
    "NewMeasureProposal",
    "Node",
    "NodeLink",
    "Opinion",
    "OpinionNode",
    "Outbox",
    "PhaseReview",
    "Plan",
    "ProgressReport",
    "Responsibility",
    "Side",
    "SignedInSession",
    "Submission",
    "UpdateRequest",
    "Upload",
    "User",
]
