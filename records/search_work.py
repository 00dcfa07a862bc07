"""What a search looks through, kind by kind: what departments, bodies, teams and citizens wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from db import tables as t
from documents.formats import Format
from domain.evaluation import CycleState
from domain.key_project import CheckInState
from domain.opinion import source_label
from domain.progress_report import ReportState
from domain.text import Bilingual
from records.search_sources import Entry, Kind, Look, Page, body_name, coded, titled

_DECIDED = (CycleState.CLOSING, CycleState.CLOSED)


def reports(look: Look) -> Iterator[Entry]:
    """The texts of reports and proposals. A draft is nobody's word yet: only the department that writes it finds it."""
    query = (
        sqlalchemy.select(
            *(col(t.ProgressReport.id), col(t.ProgressReport.answers), col(t.UpdateRequest.department_id)),
            *(t.CollectionRound, t.Node),
        )
        .select_from(t.ProgressReport)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .where(*_readable(look))
        .order_by(col(t.CollectionRound.fiscal_year).desc(), col(t.ProgressReport.id).desc())
    )
    places = (t.Node.code, t.Node.title, t.Node.title_en)
    for report, answers, department, round_, node in look.rows(query, *places, as_json=[t.ProgressReport.answers]):
        if not look.may_see(department):
            continue
        yield Entry(
            Kind.REPORT,
            Page.REPORT,
            str(report),
            Bilingual(""),
            _said(round_.question_set, answers),
            (coded(node),),
            plan=look.plans[round_.plan_id],
            fiscal_year=round_.fiscal_year,
            department=look.departments.get(department),
            is_proposal=round_.review_id is not None,
        )


def attachments(look: Look) -> Iterator[Entry]:
    """By file name: those of reports and proposals as their texts, then those of matters."""
    of_reports = (
        sqlalchemy.select(t.Attachment, col(t.UpdateRequest.department_id), t.CollectionRound, t.Node)
        .join(t.ProgressReport, col(t.ProgressReport.id) == col(t.Attachment.report_id))
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
        .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
        .where(*_readable(look))
        .order_by(col(t.Attachment.id).desc())
    )
    for file, department, round_, node in look.rows(
        of_reports, t.Attachment.name, t.Node.code, t.Node.title, t.Node.title_en
    ):
        if look.may_see(department):
            yield Entry(
                Kind.ATTACHMENT,
                Page.REPORT,
                f"{file.report_id}#attachment-{file.id}",
                Bilingual(file.name),
                context=(coded(node),),
                plan=look.plans[round_.plan_id],
                fiscal_year=round_.fiscal_year,
                department=look.departments.get(department),
                is_proposal=round_.review_id is not None,
            )
    of_matters = (
        sqlalchemy.select(t.Attachment, t.Matter)
        .join(t.Matter, col(t.Matter.id) == col(t.Attachment.matter_id))
        .order_by(col(t.Attachment.id).desc())
    )
    for file, matter in look.rows(of_matters, t.Attachment.name, t.Matter.title):
        yield Entry(
            Kind.ATTACHMENT,
            Page.MATTER,
            f"{matter.id}#attachment-{file.id}",
            Bilingual(file.name),
            context=(Bilingual(matter.title),),
            plan=look.plans[matter.plan_id],
            on=matter.raised_on,
        )


def evaluations(look: Look) -> Iterator[Entry]:
    """For the planning division all. For a department what is decided on the measures it reported on, and whatever
    stands in the report of a closed year, which everybody may read."""
    query = (
        sqlalchemy.select(t.Evaluation, t.AnnualCycle, t.Node)
        .join(t.AnnualCycle, col(t.AnnualCycle.id) == col(t.Evaluation.cycle_id))
        .join(t.Node, col(t.Node.id) == col(t.Evaluation.node_id))
        .order_by(col(t.AnnualCycle.fiscal_year).desc(), col(t.Evaluation.id).desc())
    )
    if not look.actor.is_planning:
        query = query.where(col(t.AnnualCycle.state).in_(_DECIDED))
    published, reported = _published_reports(look), _reported(look)
    places = (t.Evaluation.comment, t.Node.code, t.Node.title, t.Node.title_en)
    for evaluation, cycle, node in look.rows(query, *places):
        if look.actor.is_planning:
            page, key = Page.WORKBENCH, f"{cycle.id}/{node.id}"
        elif (cycle.id, node.id) in reported:
            page, key = Page.MEASURE, str(node.id)
        elif cycle.id in published and cycle.state is CycleState.CLOSED:
            page, key = Page.DOCUMENT, str(published[cycle.id])
        else:
            continue
        yield Entry(
            Kind.EVALUATION,
            page,
            key,
            Bilingual(""),
            (Bilingual(evaluation.comment),),
            (coded(node),),
            plan=look.plans[cycle.plan_id],
            fiscal_year=cycle.fiscal_year,
        )


def opinions(look: Look) -> Iterator[Entry]:
    """Text and answer; names and contacts are not looked at. Others than the planning division find what is answered,
    where it is shown: with the measure it is about."""
    query = sqlalchemy.select(t.Opinion).order_by(col(t.Opinion.received_on).desc(), col(t.Opinion.id).desc())
    about: dict[int, int] = {}
    if not look.actor.is_planning:
        links = select(t.OpinionNode.opinion_id, t.OpinionNode.node_id).order_by(col(t.OpinionNode.id).desc())
        about = dict(look.session.exec(links).all())
        query = query.where(col(t.Opinion.reflection).is_not(None))
    for (opinion,) in look.rows(query, t.Opinion.text, t.Opinion.answer):
        if not look.actor.is_planning and opinion.id not in about:
            continue
        page, key = (Page.OPINION, opinion.id) if look.actor.is_planning else (Page.MEASURE, about[opinion.id])
        yield Entry(
            Kind.OPINION,
            page,
            str(key),
            source_label(look.definitions[opinion.plan_id], opinion.source),
            (Bilingual(opinion.text), Bilingual(opinion.answer)),
            plan=look.plans[opinion.plan_id],
            on=opinion.received_on,
        )


def projects(look: Look) -> Iterator[Entry]:
    said = (t.KeyProject.hypothesis, t.KeyProject.beneficiaries, t.KeyProject.goal, t.KeyProject.path)
    query = sqlalchemy.select(t.KeyProject).order_by(col(t.KeyProject.id).desc())
    for (project,) in look.rows(query, t.KeyProject.title, t.KeyProject.title_en, *said):
        texts = (project.hypothesis, project.beneficiaries, project.goal, project.path)
        yield Entry(
            Kind.PROJECT,
            Page.PROJECT,
            str(project.id),
            titled(project),
            tuple(Bilingual(text) for text in texts),
            plan=look.plans[project.plan_id],
        )


def check_ins(look: Look) -> Iterator[Entry]:
    """What was sent in; a draft is its team's."""
    query = (
        sqlalchemy.select(t.CheckIn, t.KeyProject)
        .join(t.KeyProject, col(t.KeyProject.id) == col(t.CheckIn.project_id))
        .where(col(t.CheckIn.state) == CheckInState.SUBMITTED)
        .order_by(col(t.CheckIn.submitted_on).desc(), col(t.CheckIn.id).desc())
    )
    places = (t.KeyProject.title, t.KeyProject.title_en)
    for check_in, project in look.rows(query, *places, as_json=[t.CheckIn.answers]):
        yield Entry(
            Kind.CHECK_IN,
            Page.CHECK_IN,
            str(check_in.id),
            Bilingual(""),
            _said(check_in.question_set, check_in.answers),
            (titled(project),),
            plan=look.plans[project.plan_id],
            number=check_in.number,
            on=check_in.submitted_on,
        )


def trials(look: Look) -> Iterator[Entry]:
    query = (
        sqlalchemy.select(t.Trial, t.KeyProject)
        .join(t.KeyProject, col(t.KeyProject.id) == col(t.Trial.project_id))
        .order_by(col(t.Trial.id).desc())
    )
    said = (t.Trial.hypothesis, t.Trial.done, t.Trial.learning, t.Trial.next, t.Trial.abolishes)
    places = (t.KeyProject.title, t.KeyProject.title_en)
    for trial, project in look.rows(query, t.Trial.title, *said, *places):
        texts = (trial.hypothesis, trial.done, trial.learning, trial.next, trial.abolishes)
        yield Entry(
            Kind.TRIAL,
            Page.TRIAL,
            str(trial.id),
            Bilingual(trial.title),
            tuple(Bilingual(text) for text in texts),
            (titled(project),),
            plan=look.plans[project.plan_id],
            number=trial.number,
        )


def matters(look: Look) -> Iterator[Entry]:
    """A matter by what it asks, then by what its bodies said to it."""
    query = (
        sqlalchemy.select(t.Matter, col(t.MatterStage.comment), col(t.MatterStage.minutes))
        .outerjoin(t.MatterStage, col(t.MatterStage.matter_id) == col(t.Matter.id))
        .order_by(col(t.Matter.id).desc(), col(t.MatterStage.position))
    )
    said = (t.Matter.question, t.Matter.papers, t.MatterStage.comment, t.MatterStage.minutes)
    for matter, comment, minutes in look.rows(query, t.Matter.title, *said):
        texts = (matter.question, matter.papers, comment or "", minutes or "")
        yield Entry(
            Kind.MATTER,
            Page.MATTER,
            str(matter.id),
            Bilingual(matter.title),
            tuple(Bilingual(text) for text in texts),
            plan=look.plans[matter.plan_id],
            number=matter.number,
            on=matter.raised_on,
        )


def meetings_(look: Look) -> Iterator[Entry]:
    """A meeting by its body, place, notes and minutes, and by the headings of its agenda; not by its papers."""
    query = (
        sqlalchemy.select(t.Meeting, col(t.MeetingItem.title), col(t.MeetingItem.note))
        .outerjoin(t.MeetingItem, col(t.MeetingItem.meeting_id) == col(t.Meeting.id))
        .order_by(col(t.Meeting.held_on).desc(), col(t.Meeting.id).desc(), col(t.MeetingItem.position))
    )
    for meeting, topic, note in look.rows(query):
        texts = (topic or "", note or "", meeting.place, meeting.note, meeting.minutes)
        yield Entry(
            Kind.MEETING,
            Page.MEETING,
            str(meeting.id),
            body_name(look, meeting),
            tuple(Bilingual(text) for text in texts),
            plan=look.plans[meeting.plan_id],
            on=meeting.held_on,
        )


def _readable(look: Look) -> Iterator[ColumnElement[bool]]:
    """Which reports a person may find. `may_see` decides afterwards; what it would refuse must not use up the rows."""
    yield col(t.ProgressReport.is_exempted).is_(False)
    mine = col(t.UpdateRequest.department_id).in_(look.actor.departments)
    yield or_(col(t.ProgressReport.state) != ReportState.DRAFT, mine)
    if not look.actor.is_planning:
        yield col(t.UpdateRequest.department_id).in_(look.actor.departments | look.actor.predecessors)


def _said(question_set: Mapping[str, Any], answers: Mapping[str, str]) -> tuple[Bilingual, ...]:
    """What was answered in words, in the order of the questions."""
    asked = [q["id"] for q in question_set["questions"] if q.get("kind", "text") == "text"]
    return tuple(Bilingual(answers[one]) for one in asked if answers.get(one))


def _published_reports(look: Look) -> dict[int, int]:
    """Cycle → the page of its report."""
    query = select(t.Document.cycle_id, t.Document.id).where(
        col(t.Document.cycle_id).is_not(None),
        t.Document.kind == "annual-report",
        t.Document.format == Format.HTML.value,
    )
    return {cycle: row for cycle, row in look.session.exec(query) if cycle is not None}


def _reported(look: Look) -> set[tuple[int, int]]:
    """Cycle and measure of the reports that the person's departments may see: their evaluation stands beside them."""
    theirs = look.actor.departments | look.actor.predecessors
    query = (
        sqlalchemy.select(col(t.CollectionRound.cycle_id), col(t.ProgressReport.node_id))
        .join(t.ProgressReport, col(t.ProgressReport.round_id) == col(t.CollectionRound.id))
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
        .where(col(t.UpdateRequest.department_id).in_(theirs))
    )
    return {(cycle, node) for cycle, node in look.session.execute(query) if cycle is not None}
