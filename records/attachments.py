"""添付ファイル in the record: attaching, removing and reading them.

Whoever may write the report may attach and remove while it is owed; whoever raised a matter, while it waits. Whoever
may see the report or the matter may read them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db import tables as t
from domain import attachment as rules
from domain.attachment import FileProblem, Lying, UnfitFile
from domain.progress_report import ReportState
from domain.project_rights import ProjectRights
from domain.roles import Actor
from records import audit, matters, reporting
from records.change import Change, NotAllowed, NotFound


@dataclass(frozen=True)
class ReceivedFile:
    """A file as it came: `name` as the browser sent it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not attached; `name` is fit to be shown."""

    name: str
    problem: FileProblem


@dataclass(frozen=True)
class Received:
    """What became of the files of one upload: the good ones are kept whatever the others are."""

    stored: tuple[t.Attachment, ...] = ()
    refused: tuple[RefusedFile, ...] = ()


@dataclass(frozen=True)
class AttachedFile:
    """An attachment in a list, with who attached it."""

    attachment: t.Attachment
    attached_by: t.User

    @property
    def is_picture(self) -> bool:
        return self.attachment.media_type in rules.PICTURES


def attach_to_report(
    session: Session, change: Change, actor: Actor, report_id: int, files: Iterable[ReceivedFile]
) -> Received:
    """Raises `NotFound`, `NotAllowed`, `NotPossible`, `Conflict`: as saving a draft does."""
    held = reporting.held_for_writing(session, actor, report_id, "attach")
    there = _lying(session, _of_report(held.report.id))
    received = _received(session, change, files, there, report=held.report.id)
    for one in received.stored:
        audit.write(session, change, "report.attached", reporting.subject(held), name=one.name, digest=one.digest)
    return received


def attach_to_matter(
    session: Session, change: Change, rights: ProjectRights, matter: t.Matter, files: Iterable[ReceivedFile]
) -> Received:
    """Raises `NotAllowed`, `Conflict("matter_closed")`."""
    _check_matter(session, rights, matter)
    received = _received(session, change, files, _lying(session, _of_matter(matter.id)), matter=matter.id)
    for one in received.stored:
        audit.write(session, change, "matter.attached", matter.workflow_id, name=one.name, digest=one.digest)
    return received


def remove_from_report(session: Session, change: Change, actor: Actor, report_id: int, attachment_id: int) -> None:
    """Raises `NotFound`, `NotAllowed`, `NotPossible`, `Conflict`: as saving a draft does."""
    held = reporting.held_for_writing(session, actor, report_id, "remove")
    gone = _remove(session, _of_report(held.report.id), attachment_id)
    audit.write(
        session, change, "report.attachment_removed", reporting.subject(held), name=gone.name, digest=gone.digest
    )


def remove_from_matter(
    session: Session, change: Change, rights: ProjectRights, matter: t.Matter, attachment_id: int
) -> None:
    """Raises `NotFound`, `NotAllowed`, `Conflict("matter_closed")`."""
    _check_matter(session, rights, matter)
    gone = _remove(session, _of_matter(matter.id), attachment_id)
    audit.write(session, change, "matter.attachment_removed", matter.workflow_id, name=gone.name, digest=gone.digest)


def of_report(session: Session, report: t.ProgressReport) -> tuple[AttachedFile, ...]:
    """In the order in which they were attached."""
    return of_reports(session, [report.id])[report.id]


def of_reports(session: Session, reports: Collection[int]) -> defaultdict[int, tuple[AttachedFile, ...]]:
    """Report → its attachments; nothing for those that have none."""
    found: defaultdict[int, tuple[AttachedFile, ...]] = defaultdict(tuple)
    for one in _listed(session, select(t.Attachment.id).where(col(t.Attachment.report_id).in_(reports))):
        found[one.attachment.report_id or 0] += (one,)
    return found


def handed_in(session: Session, report: t.ProgressReport | None) -> tuple[AttachedFile, ...]:
    """The attachments of a report as others than its department count them: nothing of a draft."""
    if report is None or report.is_exempted or report.state is ReportState.DRAFT:
        return ()
    return of_report(session, report)


def of_matter(session: Session, matter: t.Matter) -> tuple[AttachedFile, ...]:
    """In the order in which they were attached."""
    return tuple(_listed(session, select(t.Attachment.id).where(t.Attachment.matter_id == matter.id)))


def find(session: Session, attachment_id: int, actor: Actor) -> t.Attachment:
    """An attachment that the actor may read. Raises `NotFound` also where it is not theirs to see."""
    found = session.get(t.Attachment, attachment_id)
    if found is None:
        raise NotFound(f"attachment {attachment_id}")
    if found.report_id is not None:
        reporting.find(session, found.report_id, actor)
    return found  # a matter is open to everybody of its municipality


def content(session: Session, attachment: t.Attachment) -> bytes:
    """The bytes of an attachment that was found before."""
    query = select(t.AttachmentContent.content).where(t.AttachmentContent.attachment_id == attachment.id)
    return session.exec(query).one()


def _check_matter(session: Session, rights: ProjectRights, matter: t.Matter) -> None:
    if not rights.may_decide:
        raise NotAllowed("attach to a matter")
    matters.waiting_stage(session, matter)


def _of_report(report_id: int) -> SelectOfScalar[t.Attachment]:
    return select(t.Attachment).where(t.Attachment.report_id == report_id)


def _of_matter(matter_id: int) -> SelectOfScalar[t.Attachment]:
    return select(t.Attachment).where(t.Attachment.matter_id == matter_id)


def _lying(session: Session, query: SelectOfScalar[t.Attachment]) -> list[Lying]:
    return [Lying(one.size, one.digest) for one in session.exec(query)]


def _received(
    session: Session,
    change: Change,
    files: Iterable[ReceivedFile],
    there: Sequence[Lying],
    *,
    report: int | None = None,
    matter: int | None = None,
) -> Received:
    assert change.user is not None
    lying = list(there)
    stored: list[t.Attachment] = []
    refused: list[RefusedFile] = []
    for file in files:
        name = rules.file_name(file.name)
        try:
            file_type = rules.examined(name, file.content, lying)
        except UnfitFile as unfit:
            refused.append(RefusedFile(rules.printable(name), unfit.problem))
            continue
        attachment = t.Attachment(
            report_id=report,
            matter_id=matter,
            name=name,
            media_type=file_type.media_type,
            size=len(file.content),
            digest=rules.digest_of(file.content),
            attached_at=change.at,
            attached_by_id=change.user,
        )
        session.add(attachment)
        session.flush()
        session.add(t.AttachmentContent(attachment_id=attachment.id, content=file.content))
        lying.append(Lying(attachment.size, attachment.digest))
        stored.append(attachment)
    session.flush()
    return Received(tuple(stored), tuple(refused))


def _remove(session: Session, query: SelectOfScalar[t.Attachment], attachment_id: int) -> t.Attachment:
    found = session.exec(query.where(t.Attachment.id == attachment_id)).first()
    if found is None:
        raise NotFound(f"attachment {attachment_id}")
    of_it = select(t.AttachmentContent).where(t.AttachmentContent.attachment_id == found.id)
    session.delete(session.exec(of_it).one())
    session.flush()  # the bytes first: they point at the row
    session.delete(found)
    session.flush()
    return found


def _listed(session: Session, ids: SelectOfScalar[int]) -> Iterable[AttachedFile]:
    query = (
        select(t.Attachment, t.User)
        .join(t.User, col(t.User.id) == col(t.Attachment.attached_by_id))
        .where(col(t.Attachment.id).in_(ids))
        .order_by(col(t.Attachment.id))
    )
    return (AttachedFile(attachment, user) for attachment, user in session.exec(query))
