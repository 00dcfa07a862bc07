"""The letter of each mail of the ledger, in its recipient's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from email.utils import parseaddr
from typing import Any

from db import tables as t
from documents import meeting_ics
from documents.meeting_ics import Invitation
from documents.project_labels import label
from domain import matter as rules_of_matters
from domain.ladder import StepKind
from domain.meeting import MeetingState
from domain.plan import PlanDefinition
from domain.text import Bilingual, named, titled
from exchange import answer_workbook
from japan_calendar import business_calendar
from mail import compose
from mail.compose import Attachment, Letter
from records import plans
from records.inquiry_mails import InquiryMailInHand
from records.inquiry_subjects import CheckInSubject, MatterSubject, MeetingSubject, SeatSubject
from records.round_mails import RoundMail

LARGEST_WORKBOOK = 1024 * 1024
"""Bytes that a mail carries; a larger workbook is left on the page of the request (Meguru's own)."""


def of_round(in_hand: RoundMail, base_url: str) -> Letter:
    """What a request of a collection round says; the mail that opens one may bring the department's own workbook."""
    mail, plan = in_hand.mail, in_hand.plan
    definition = plans.definition_of(plan)
    department = in_hand.department
    workbook = _workbook(in_hand, base_url)
    letter = compose.write(
        mail.kind.value,
        mail.language,
        recipient_name=mail.recipient_name,
        municipality=named(in_hand.municipality, mail.language),
        plan=named(plan, mail.language),
        round=definition.round_of(in_hand.round.code).name.in_language(mail.language),
        fiscal_year=in_hand.round.fiscal_year,
        term=_term(in_hand, definition),
        department=named(department, mail.language) if department else compose.nobody(mail.language),
        measures=in_hand.measures,
        due_on=min(m.due_on for m in in_hand.measures),
        link=link_of_round(in_hand, base_url),
        mark=Bilingual(plan.mark, plan.mark_en).in_language(mail.language),
        workbook="" if in_hand.workbook is None else "attached" if workbook else "left_out",
    )
    return replace(letter, attachment=workbook)


def _workbook(in_hand: RoundMail, base_url: str) -> Attachment | None:
    if in_hand.workbook is None:
        return None
    content = answer_workbook.write(replace(in_hand.workbook, link=link_of_round(in_hand, base_url)))
    if len(content) > LARGEST_WORKBOOK:
        return None
    return Attachment(content, answer_workbook.MEDIA_TYPE, in_hand.workbook.file_name)


def _term(in_hand: RoundMail, definition: PlanDefinition) -> str:
    """The name of the term that is reviewed; "" where reports of a year are asked for."""
    term = definition.term(in_hand.review.term) if in_hand.review else None
    return term.name.in_language(in_hand.mail.language) if term else ""


def link_of_round(in_hand: RoundMail, base_url: str) -> str:
    """Straight to what is to be done: the form of a returned measure, what waits for approval, else the request."""
    if in_hand.mail.kind is StepKind.APPROVAL_REQUEST:
        return f"{base_url}/approvals?request={in_hand.mail.request_id}"
    if in_hand.mail.kind is StepKind.RETURN and len(in_hand.measures) == 1:
        return f"{base_url}/reports/{in_hand.measures[0].report_id}"
    return f"{base_url}/requests/{in_hand.mail.request_id}"


def of_inquiry(in_hand: InquiryMailInHand, base_url: str, sender: str, at: datetime) -> Letter:
    """What a mail of an inquiry says; an invitation brings the meeting for the calendar, made at the instant `at`."""
    subject, language, link = in_hand.subject, in_hand.mail.language, link_of_inquiry(in_hand, base_url)
    definition = plans.definition_of(in_hand.plan)
    match subject:
        case CheckInSubject():
            return _letter("check_in", in_hand, link, _check_in(subject, language))
        case MatterSubject():
            return _letter("matter", in_hand, link, _matter(subject, definition, language))
        case SeatSubject():
            return _letter("successor", in_hand, link, _successor(subject, definition, language))
        case MeetingSubject():
            letter = _letter("meeting", in_hand, link, _meeting(in_hand, subject, definition))
            if in_hand.mail.kind is not StepKind.NOTICE:
                return letter
            return replace(letter, attachment=_invitation(in_hand.mail, subject, definition, link, sender, at))


def link_of_inquiry(in_hand: InquiryMailInHand, base_url: str) -> str:
    """Straight to what is asked."""
    match in_hand.subject:
        case CheckInSubject(check_in=check_in):
            return f"{base_url}/check-ins/{check_in.id}"
        case MatterSubject(matter=matter):
            return f"{base_url}/matters/{matter.id}"
        case SeatSubject(seat=seat):
            return f"{base_url}/desk/seats/{seat.id}"
        case MeetingSubject(meeting=meeting):
            return f"{base_url}/meetings/{meeting.id}"


def _letter(name: str, in_hand: InquiryMailInHand, link: str, said: Mapping[str, Any]) -> Letter:
    mail, plan = in_hand.mail, in_hand.plan
    project = in_hand.subject.project
    mark = Bilingual(plan.mark, plan.mark_en).in_language(mail.language)
    return compose.write(
        name,
        mail.language,
        step=mail.kind.value,
        addressee=mail.addressee.value if mail.addressee else "",
        is_repeated=in_hand.is_repeated,
        recipient_name=mail.recipient_name,
        department=mail.recipient_name if in_hand.is_to_office else "",
        municipality=named(in_hand.municipality, mail.language),
        plan=named(plan, mail.language),
        project=titled(project, mail.language) if project else "",
        due_on=in_hand.inquiry.due_on,
        days_late=in_hand.days_late,
        link=link,
        mark=mark or (project.mark if project else ""),
        **said,
    )


def _check_in(subject: CheckInSubject, language: str) -> dict[str, Any]:
    event = subject.event
    return {
        "number": subject.check_in.number,
        "event": event.title if event else "",
        "event_kind": label(event.kind, language) if event else "",
        "happened_on": event.happened_on if event else None,
    }


def _matter(subject: MatterSubject, definition: PlanDefinition, language: str) -> dict[str, Any]:
    matter, stage, came_from = subject.matter, subject.stage, subject.came_from
    goes_up_on, above = _goes_up(stage, definition)
    return {
        "title": matter.title,
        "question": matter.question,
        "wanted_by": matter.wanted_by,
        "body": _body(definition, stage.body, stage.body_name, language),
        "origin": stage.origin.value,
        "came_from": _body(definition, came_from.body, came_from.body_name, language) if came_from else "",
        "goes_up_on": goes_up_on,
        "next_body": _body(definition, above, above, language),
    }


def _goes_up(stage: t.MatterStage, definition: PlanDefinition) -> tuple[date | None, str]:
    """When an unanswered matter leaves a body, and for which one."""
    if definition.key_projects is None:
        return None, ""
    rule = definition.key_projects.matter
    calendar = business_calendar((stage.due_on.year, stage.due_on.year + 1))
    on = rules_of_matters.goes_up_on(rule, stage.due_on, stage.body, calendar)
    return on, rules_of_matters.next_body(rule.line, stage.body)


def _successor(subject: SeatSubject, definition: PlanDefinition, language: str) -> dict[str, Any]:
    seat = subject.seat
    return {
        "group": subject.team.name if subject.team else _body(definition, seat.body, seat.body, language),
        "role": label(seat.role, language),
        "post": seat.post,
        "holder": subject.holder,
    }


def _meeting(in_hand: InquiryMailInHand, subject: MeetingSubject, definition: PlanDefinition) -> dict[str, Any]:
    meeting = subject.meeting
    return {
        "body": _body(definition, meeting.body, meeting.body_name, in_hand.mail.language),
        "held_on": meeting.held_on,
        "begins_at": f"{meeting.begins_at:%H:%M}",
        "ends_at": f"{meeting.ends_at:%H:%M}",
        "place": meeting.place,
        "agenda": subject.agenda,
        "note": meeting.note,
        "is_cancelled": meeting.state is MeetingState.CANCELLED,
        "is_changed": in_hand.is_asked_anew,
        "cancelled_reason": meeting.cancelled_reason,
    }


def _invitation(
    mail: t.Mail, subject: MeetingSubject, definition: PlanDefinition, link: str, sender: str, at: datetime
) -> Attachment:
    title = _body(definition, subject.meeting.body, subject.meeting.body_name, mail.language)
    entry = subject.entry(title, link, compose.domain_of(sender))
    invitation = Invitation(parseaddr(sender)[1], mail.recipient, mail.recipient_name)
    return Attachment(
        meeting_ics.meeting_ics(entry, at, mail.language, invitation),
        meeting_ics.MEDIA_TYPE,
        meeting_ics.FILE_NAME,
        {"method": meeting_ics.method_of(entry, invitation), "charset": "utf-8"},
    )


def _body(definition: PlanDefinition, code: str, as_called: str, language: str) -> str:
    """A body's name; in Japanese as it was called then."""
    body = next((body for body in definition.bodies if body.code == code), None)
    is_named = body is not None and (language != "ja" or as_called == code)
    return body.name.in_language(language) if body is not None and is_named else as_called
