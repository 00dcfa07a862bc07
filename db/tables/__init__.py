"""All tables. Use as `from db import tables as t`: a table may share its name with a value of `domain`."""

from db.tables.access import ApiToken, ExternalIdentity, IdempotencyKey, LoginCode, SignedInSession
from db.tables.attachment import Attachment, AttachmentContent
from db.tables.body import ProjectTeam, Seat, Secretariat
from db.tables.collection import (
    AnnualCycle,
    CollectionRound,
    CycleMeasure,
    Evaluation,
    ProgressReport,
    Submission,
    UpdateRequest,
)
from db.tables.document_template import DocumentTemplate
from db.tables.inquiry import Inquiry
from db.tables.key_project import (
    CheckIn,
    EventCall,
    KeyProject,
    ProjectFigure,
    ProjectIndicator,
    ProjectNode,
    RouteDecision,
    Trial,
    TriggerEvent,
)
from db.tables.matter import Matter, MatterStage, Meeting, MeetingItem
from db.tables.opinion import Opinion, OpinionNode
from db.tables.organisation import Appointment, Department, DepartmentSuccession, Municipality, User
from db.tables.pause import Pause
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
    QuestionSetVersion,
    Responsibility,
    Side,
    Upload,
)
from db.tables.preference import MailPreference, SavedView
from db.tables.record import AuditEntry, AuditHead, Digest, Document, Lease, Mail, Outbox
from db.tables.review import Consultation, CriterionAnswer, MeasureDecision, NewMeasureProposal, PhaseReview
from db.tables.term_evaluation import TermEvaluation

__all__ = [
    "Achievement",
    "AnnualCycle",
    "ApiToken",
    "Appointment",
    "Attachment",
    "AttachmentContent",
    "AuditEntry",
    "AuditHead",
    "CheckIn",
    "CollectionRound",
    "Consultation",
    "CriterionAnswer",
    "CycleMeasure",
    "Department",
    "DepartmentSuccession",
    "Digest",
    "Document",
    "DocumentTemplate",
    "Edition",
    "Evaluation",
    "EventCall",
    "ExternalIdentity",
    "IdempotencyKey",
    "Indicator",
    "IndicatorValue",
    "Inquiry",
    "KeyProject",
    "Lease",
    "Lineage",
    "LineageEnd",
    "LoginCode",
    "Mail",
    "MailPreference",
    "Matter",
    "MatterStage",
    "MeasureDecision",
    "Meeting",
    "MeetingItem",
    "Municipality",
    "NewMeasureProposal",
    "Node",
    "NodeLink",
    "Opinion",
    "OpinionNode",
    "Outbox",
    "Pause",
    "PhaseReview",
    "Plan",
    "ProgressReport",
    "ProjectFigure",
    "ProjectIndicator",
    "ProjectNode",
    "ProjectTeam",
    "QuestionSetVersion",
    "Responsibility",
    "RouteDecision",
    "SavedView",
    "Seat",
    "Secretariat",
    "Side",
    "SignedInSession",
    "Submission",
    "TermEvaluation",
    "Trial",
    "TriggerEvent",
    "UpdateRequest",
    "Upload",
    "User",
]
