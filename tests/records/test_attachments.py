"""添付ファイル in the record: who may attach, remove and read them, what is written down, and what stays out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from sqlmodel import Session, select

from db import tables as t
from domain.attachment import MOST, FileProblem
from domain.matter import MatterOutcome
from domain.progress_report import NotPossible, ReportState
from domain.roles import Actor
from domain.text import Bilingual
from records import attachments, audit, matters, meeting_papers, meetings, people, search
from records.attachments import Received, ReceivedFile
from records.change import Change, Conflict, NotAllowed, NotFound
from records.search_sources import Kind
from tests import some_files as files
from tests.city import OPENED_AT, OPENED_ON, City
from tests.project_city import AT, CALENDAR, TODAY, ProjectCity
from tests.project_city_fixtures import project_city, project_city_template
from tests.records.test_meetings import COMMITTEE, planned

__all__ = ["project_city", "project_city_template"]

MEASURE = "1-1-1"
PHOTO = ReceivedFile("案内板.png", files.png())
PAPER = ReceivedFile("C:\\fakepath\\集計.xlsx", files.XLSX)


def acting(city: City, session: Session, who: str) -> tuple[Change, Actor]:
    user = city.user(who)
    return Change(user.email, OPENED_AT, user.id), people.actor_of(session, user, OPENED_ON)


def attach(
    city: City, sent: Iterable[ReceivedFile], who: str = "information_staff", report: int | None = None
) -> Received:
    with city.database.writing(city.user(who).municipality_id) as session:
        change, actor = acting(city, session, who)
        return attachments.attach_to_report(session, change, actor, report or city.reports[MEASURE], sent)


def names(city: City) -> list[str]:
    with city.database.reading(city.municipality) as session:
        report = session.get_one(t.ProgressReport, city.reports[MEASURE])
        return [file.attachment.name for file in attachments.of_report(session, report)]


def put(city: City, state: ReportState) -> None:
    with city.database.writing(city.municipality) as session:
        report = session.get_one(t.ProgressReport, city.reports[MEASURE])
        report.state = state
        session.add(report)


def test_files_are_kept_as_they_came_with_who_and_when(real_city: City) -> None:
    received = attach(real_city, [PHOTO, PAPER])
    assert [one.name for one in received.stored] == ["案内板.png", "集計.xlsx"]
    with real_city.database.reading(real_city.municipality) as session:
        _, reader = acting(real_city, session, "information_head")
        report = session.get_one(t.ProgressReport, real_city.reports[MEASURE])
        photo, paper = attachments.of_report(session, report)
        assert photo.is_picture
        assert not paper.is_picture
        assert (photo.attached_by.name, photo.attachment.attached_at) == ("佐藤 花子", OPENED_AT)
        found = attachments.find(session, paper.attachment.id, reader)
        assert attachments.content(session, found) == PAPER.content
        assert found.size == len(PAPER.content)


def test_the_good_files_of_an_upload_are_kept_and_the_others_told(real_city: City) -> None:
    sent = [ReceivedFile("偽物.png", files.SVG), PHOTO, ReceivedFile("写し.png", PHOTO.content), PAPER]
    received = attach(real_city, sent)
    assert names(real_city) == ["案内板.png", "集計.xlsx"]
    assert [(one.name, one.problem) for one in received.refused] == [
        ("偽物.png", FileProblem.OTHER_CONTENT),
        ("写し.png", FileProblem.ATTACHED_ALREADY),
    ]
    again = attach(real_city, [PHOTO])
    assert [one.problem for one in again.refused] == [FileProblem.ATTACHED_ALREADY]
    assert len(names(real_city)) == 2


def test_the_files_of_one_upload_count_together(real_city: City) -> None:
    sent = [ReceivedFile(f"{n}.txt", str(n).encode()) for n in range(MOST + 2)]
    received = attach(real_city, sent)
    assert len(received.stored) == MOST
    assert [one.problem for one in received.refused] == [FileProblem.TOO_MANY] * 2


def test_what_was_attached_and_removed_is_in_the_audit_log_and_its_bytes_are_gone(real_city: City) -> None:
    (photo,) = attach(real_city, [PHOTO]).stored
    report = real_city.reports[MEASURE]
    with real_city.database.writing(real_city.municipality) as session:
        change, actor = acting(real_city, session, "information_colleague")
        attachments.remove_from_report(session, change, actor, report, photo.id)
    with real_city.database.reading(real_city.municipality) as session:
        assert session.exec(select(t.Attachment)).all() == []
        assert session.exec(select(t.AttachmentContent)).all() == []
        entries = [e for e in session.exec(select(t.AuditEntry)) if e.action.startswith("report.attach")]
        assert [e.action for e in entries] == ["report.attached", "report.attachment_removed"]
        assert [e.detail for e in entries] == [{"name": "案内板.png", "digest": photo.digest}] * 2
        assert {e.subject.rpartition("/")[2] for e in entries} == {MEASURE}
        assert audit.verify(session).broken_at is None


def test_superiors_and_the_planning_division_read_but_do_not_attach(real_city: City) -> None:
    (photo,) = attach(real_city, [PHOTO], "information_head").stored  # of the department: may write, as in the form
    with pytest.raises(NotAllowed):
        attach(real_city, [PAPER], "planning")
    with real_city.database.reading(real_city.municipality) as session:
        for who in ("planning", "information_director", "information_chief"):
            assert attachments.find(session, photo.id, acting(real_city, session, who)[1]) == photo


@pytest.mark.parametrize("who", ["citizens_staff", "citizens_head", "administrator"])
def test_another_department_neither_attaches_nor_reads_nor_removes(real_city: City, who: str) -> None:
    (photo,) = attach(real_city, [PHOTO]).stored
    with pytest.raises(NotFound):
        attach(real_city, [PAPER], who)
    with real_city.database.writing(real_city.municipality) as session:
        change, actor = acting(real_city, session, who)
        with pytest.raises(NotFound):
            attachments.find(session, photo.id, actor)
        with pytest.raises(NotFound):
            attachments.remove_from_report(session, change, actor, real_city.reports[MEASURE], photo.id)
    assert names(real_city) == ["案内板.png"]


def test_the_files_of_another_city_do_not_exist(real_city: City) -> None:
    (theirs,) = attach(real_city, [PHOTO], "neighbour_staff", real_city.neighbours_report).stored
    with real_city.database.writing(real_city.municipality) as session:
        for who in ("planning", "information_staff", "administrator"):
            change, actor = acting(real_city, session, who)
            with pytest.raises(NotFound):
                attachments.find(session, theirs.id, actor)
        with pytest.raises(NotFound):
            attachments.attach_to_report(session, change, actor, real_city.neighbours_report, [PHOTO])


def test_a_file_is_removed_only_from_the_report_it_lies_beside(real_city: City) -> None:
    (photo,) = attach(real_city, [PHOTO]).stored
    with real_city.database.writing(real_city.municipality) as session:
        change, actor = acting(real_city, session, "information_staff")
        with pytest.raises(NotFound):
            attachments.remove_from_report(session, change, actor, real_city.reports["1-2-1"], photo.id)
    assert names(real_city) == ["案内板.png"]


@pytest.mark.parametrize("state", [ReportState.SUBMITTED, ReportState.APPROVED, ReportState.CONFIRMED])
def test_what_was_handed_in_keeps_its_files(real_city: City, state: ReportState) -> None:
    (photo,) = attach(real_city, [PHOTO]).stored
    put(real_city, state)
    with pytest.raises(NotPossible):
        attach(real_city, [PAPER])
    with real_city.database.writing(real_city.municipality) as session:
        change, actor = acting(real_city, session, "information_staff")
        with pytest.raises(NotPossible):
            attachments.remove_from_report(session, change, actor, real_city.reports[MEASURE], photo.id)
    put(real_city, ReportState.RETURNED)
    attach(real_city, [PAPER])
    assert names(real_city) == ["案内板.png", "集計.xlsx"]


def test_the_files_of_a_draft_are_no_evidence_yet(real_city: City) -> None:
    attach(real_city, [PHOTO])

    def evidence() -> int:
        with real_city.database.reading(real_city.municipality) as session:
            return len(attachments.handed_in(session, session.get(t.ProgressReport, real_city.reports[MEASURE])))

    assert evidence() == 0
    put(real_city, ReportState.SUBMITTED)
    assert evidence() == 1


# --- matters -------------------------------------------------------------------------------------


def attach_to_matter(city: ProjectCity, matter: int, sent: Iterable[ReceivedFile], who: str) -> Received:
    with city.writing() as (session, _):
        row, rights = matters.find(session, matter, lock=True), city.rights(session, who)
        return attachments.attach_to_matter(session, city.change(who), rights, row, sent)


def test_who_raised_a_matter_attaches_to_it_and_everybody_of_the_city_reads(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("広げる範囲", date(2026, 6, 24))
    received = attach_to_matter(project_city, matter, [PHOTO, ReceivedFile("偽物.pdf", files.HTML)], "leader")
    assert [one.problem for one in received.refused] == [FileProblem.OTHER_CONTENT]
    (photo,) = received.stored
    for who in ("member", "outsider", "administrator"):
        with pytest.raises(NotAllowed):
            attach_to_matter(project_city, matter, [PAPER], who)
        with project_city.reading() as (session, _):
            assert attachments.find(session, photo.id, project_city.actor(session, who)) == photo
    with project_city.writing() as (session, _):
        row, rights = matters.find(session, matter), project_city.rights(session, "sub_leader")
        attachments.remove_from_matter(session, project_city.change("sub_leader"), rights, row, photo.id)
        assert attachments.of_matter(session, row) == ()
        done = [e.action for e in session.exec(select(t.AuditEntry)) if e.action.startswith("matter.attach")]
        assert done == ["matter.attached", "matter.attachment_removed"]


def test_a_matter_that_was_answered_keeps_its_files(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("広げる範囲", date(2026, 6, 24))
    (photo,) = attach_to_matter(project_city, matter, [PHOTO], "leader").stored
    with project_city.writing() as (session, _):
        change, actor = project_city.change(), project_city.actor(session, "planning")
        row = matters.find(session, matter)
        matters.answer(session, change, actor, row, MatterOutcome.APPROVED, "", "", TODAY, TODAY, CALENDAR)
        rights = project_city.rights(session, "leader")
        with pytest.raises(Conflict, match="matter_closed"):
            attachments.attach_to_matter(session, change, rights, row, [PAPER])
        with pytest.raises(Conflict, match="matter_closed"):
            attachments.remove_from_matter(session, change, rights, row, photo.id)


def test_the_papers_of_a_meeting_name_the_files_of_a_matter(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("広げる範囲", date(2026, 6, 24))
    attach_to_matter(project_city, matter, [PHOTO, PAPER], "leader")
    meeting = planned(project_city, body=COMMITTEE)
    with project_city.reading() as (session, _):
        papers = meeting_papers.gather_papers(session, meetings.find(session, meeting), TODAY)
    blocks = [block for item in papers.items for block in item.blocks if block.heading == "説明資料"]
    assert [(fact.name, fact.text) for fact in blocks[0].facts] == [("添付ファイル", "案内板.png\n集計.xlsx")]


def test_a_file_of_a_matter_is_found_by_its_name(project_city: ProjectCity) -> None:
    matter = project_city.raise_matter("広げる範囲", date(2026, 6, 24))
    (photo,) = attach_to_matter(project_city, matter, [PHOTO], "leader").stored
    with project_city.reading() as (session, _):
        actor = project_city.actor(session, "outsider")
        groups = search.search(session, actor, "案内板 png", AT, Bilingual, Kind.ATTACHMENT)
    assert [entry.key for group in groups for entry in group.entries] == [f"{matter}#attachment-{photo.id}"]
