"""Documents as stored; rendering one again replaces it, the audit log keeps its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import cast

from sqlalchemy import ColumnElement
from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import Session, and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from db import tables as t
from documents.formats import Format
from documents.gathered import SetDocument
from domain.phase_review import BODY_PAPERS, PUBLISHED
from domain.roles import Actor
from records import audit, meetings
from records.change import Change, NotFound

DocumentOwner = t.AnnualCycle | t.PhaseReview | t.KeyProject | t.Meeting
"""What a document belongs to."""

_COLUMNS = {
    t.AnnualCycle: t.Document.cycle_id,
    t.PhaseReview: t.Document.review_id,
    t.KeyProject: t.Document.project_id,
    t.Meeting: t.Document.meeting_id,
}


def store(
    session: Session,
    change: Change,
    of: DocumentOwner,
    kind: str,
    format_: Format,
    made: bytes | SetDocument,
    today: date,
) -> t.Document:
    """Keep a document of a cycle, a review, a key project or a meeting.

    That the city's own form could not be used is audited and stands beside the document.
    """
    content, problem = (made, None) if isinstance(made, bytes) else (made.content, made.problem)
    plan = session.get_one(t.Plan, of.plan_id)
    known = session.exec(
        select(t.Document).where(_belongs_to(of), t.Document.kind == kind, t.Document.format == format_.value)
    ).first()
    digest = hashlib.sha256(content).hexdigest()
    document = known or t.Document(
        cycle_id=of.id if isinstance(of, t.AnnualCycle) else None,
        review_id=of.id if isinstance(of, t.PhaseReview) else None,
        project_id=of.id if isinstance(of, t.KeyProject) else None,
        meeting_id=of.id if isinstance(of, t.Meeting) else None,
        kind=kind,
        format=format_.value,
        file_name=f"{kind}-{plan.code}-{_tells_apart(of)}.{format_.value}",
        media_type=format_.media_type,
        content=content,
        digest=digest,
        issued_on=today,
        rendered_at=change.at,
    )
    document.content, document.digest, document.issued_on, document.rendered_at = content, digest, today, change.at
    document.form_problem = problem.problem.value if problem else ""
    session.add(document)
    audit.write(session, change, "document.rendered", document.file_name, digest=digest)
    if problem is not None:
        code = problem.problem.value
        audit.write(session, change, "document.own_form_failed", document.file_name, problem=code, name=problem.what)
    return document


def listed(session: Session, of: DocumentOwner) -> Sequence[t.Document]:
    """The documents of one owner without their content, which may be large."""
    content = defer(cast(QueryableAttribute[bytes], t.Document.content), raiseload=True)
    query = select(t.Document).where(_belongs_to(of)).order_by(col(t.Document.id))
    return session.exec(query.options(content)).all()


def find(session: Session, document_id: int, actor: Actor) -> t.Document:
    """A document the actor may read. Raises `NotFound` also where it exists but is not theirs to read yet."""
    document = session.get(t.Document, document_id)
    if document is None or not _may_read(session, document, actor):
        raise NotFound(f"document {document_id}")
    return document


def is_for_everybody() -> ColumnElement[bool]:
    """Of a document joined with its review: of a review what is published, of a meeting nothing, else anything.

    Who else may read the papers of a meeting: `records/meetings.py::may_read_papers`.
    """
    is_published = and_(col(t.PhaseReview.state).in_(PUBLISHED), col(t.Document.kind).not_like(f"{BODY_PAPERS}%"))
    return and_(col(t.Document.meeting_id).is_(None), or_(col(t.Document.review_id).is_(None), is_published))


def _may_read(session: Session, document: t.Document, actor: Actor) -> bool:
    if actor.is_planning or session.exec(_for_everybody(document.id)).first():
        return True
    return any(meetings.may_read_papers(session, meeting, actor) for meeting in _laid_before(session, document))


def _laid_before(session: Session, document: t.Document) -> Sequence[t.Meeting]:
    """The meetings that a document is for: its own, or those with the body's turn at the review on their agenda."""
    if document.meeting_id is not None:
        return session.exec(select(t.Meeting).where(t.Meeting.id == document.meeting_id)).all()
    place = document.kind.removeprefix(BODY_PAPERS)
    if document.review_id is None or not place.isdigit():
        return ()
    query = (
        select(t.Meeting)
        .join(t.MeetingItem, col(t.MeetingItem.meeting_id) == col(t.Meeting.id))
        .join(t.Consultation, col(t.Consultation.id) == col(t.MeetingItem.consultation_id))
        .where(t.Consultation.review_id == document.review_id, t.Consultation.position == int(place) - 1)
    )
    return session.exec(query).all()


def _for_everybody(document_id: int) -> SelectOfScalar[int]:
    return (
        select(t.Document.id)
        .outerjoin(t.PhaseReview, col(t.PhaseReview.id) == col(t.Document.review_id))
        .where(t.Document.id == document_id, is_for_everybody())
    )


def _belongs_to(of: DocumentOwner) -> ColumnElement[bool]:
    return col(_COLUMNS[type(of)]) == of.id


def _tells_apart(of: DocumentOwner) -> str:
    """What names the owner in the names of its files."""
    match of:
        case t.KeyProject():
            return of.code
        case t.Meeting():
            return f"{of.body}-{of.held_on.isoformat()}"
        case _:
            return str(of.fiscal_year)
