"""Every kind of mail that a plan sends, as it would look: with what an open round holds, else with samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from db import tables as t
from domain import mail_sample
from domain.calendar import BusinessCalendar
from domain.fiscal_year import FiscalYear
from domain.inquiry import Addressee, InquiryAnchor, InquiryKind
from domain.ladder import Anchor, Rank, StepKind
from domain.plan import PlanDefinition, RoundDefinition
from domain.text import titled
from japan_calendar import business_calendar
from records import inquiries, plans
from records.change import NotFound
from records.inquiry_mails import InquiryMailInHand
from records.inquiry_subjects import subject_of
from records.people import Recipient
from records.round_mails import ListedMeasure, RoundMail


@dataclass(frozen=True)
class MailKind:
    """A step that sends a mail: of a round (`round`) or of what waits outside the rounds (`inquiry`)."""

    code: str
    kind: StepKind
    to: Rank | Addressee
    round: RoundDefinition | None = None
    inquiry: InquiryKind | None = None


@dataclass(frozen=True)
class Previewed:
    """A mail as it would look. `is_sample`: nothing of the kind is open, so what it names is invented."""

    in_hand: RoundMail | InquiryMailInHand
    is_sample: bool


def kinds(definition: PlanDefinition) -> tuple[MailKind, ...]:
    """The steps of a plan's ladders, in their order."""
    of_rounds = [
        MailKind(f"{round_.code}/{step.code}", step.kind, step.to, round_)
        for round_ in definition.rounds
        for step in round_.ladder.steps
    ]
    ladders = definition.key_projects.ladders if definition.key_projects else {}
    of_inquiries = [
        MailKind(f"{kind.value}/{step.code}", step.kind, step.to, inquiry=kind)
        for kind, ladder in ladders.items()
        for step in ladder.steps
    ]
    return (*of_rounds, *of_inquiries)


def preview(
    session: Session, plan: t.Plan, kind: MailKind, reader: Recipient, language: str, at: datetime
) -> Previewed | None:
    """A mail of a kind to `reader`, in a language; None where nothing outside the rounds was ever asked."""
    if kind.round is not None:
        return _of_round(session, plan, kind, kind.round, replace(reader, language=language), at)
    return _of_inquiry(session, plan, kind, replace(reader, language=language), at)


def find(definition: PlanDefinition, code: str) -> MailKind:
    found = next((kind for kind in kinds(definition) if kind.code == code), None)
    if found is None:
        raise NotFound(f"mail {code}")
    return found


def _of_round(
    session: Session, plan: t.Plan, kind: MailKind, rules: RoundDefinition, reader: Recipient, at: datetime
) -> Previewed:
    today = plans.clock_of(plan, at).today(at)
    calendar = business_calendar(range(today.year - 1, today.year + 3))
    query = select(t.CollectionRound).where(t.CollectionRound.plan_id == plan.id, t.CollectionRound.code == rules.code)
    running = query.where(col(t.CollectionRound.closed_on).is_(None), col(t.CollectionRound.cycle_id).is_not(None))
    round_ = session.exec(running.order_by(col(t.CollectionRound.id).desc())).first()
    request = session.exec(_REQUESTS.where(t.UpdateRequest.round_id == round_.id)).first() if round_ else None
    city = session.get_one(t.Municipality, plan.municipality_id)
    if round_ is None or request is None:
        year = FiscalYear.of(today).starts_in
        due_on = calendar.shift(today, rules.due_after_days)
        sample = t.CollectionRound(
            plan_id=plan.id,
            fiscal_year=year,
            code=rules.code,
            workflow_id="",
            opened_on=today,
            due_on=due_on,
            question_set={},
        )
        name = mail_sample.DEPARTMENT
        department = t.Department(code="", name=name.ja, name_en=name.en, valid_from=today)
        nodes = plans.measures_of(session, plans.edition_in_force(session, plan, today).id)
        measures = [(node, due_on, "", 0) for node in nodes[: mail_sample.MEASURES]]
        return Previewed(_written(plan, city, kind, rules, reader, sample, department, measures, calendar, at), True)
    department_ = session.get(t.Department, request.department_id) if request.department_id else None
    reports = session.exec(_REPORTS.where(t.ProgressReport.request_id == request.id)).all()
    found = [(node, report.due_on, report.return_comment, report.id) for report, node in reports]
    return Previewed(
        _written(plan, city, kind, rules, reader, round_, department_, found, calendar, at, request.id), False
    )


_REQUESTS = select(t.UpdateRequest).order_by(col(t.UpdateRequest.id))
_REPORTS = (
    select(t.ProgressReport, t.Node)
    .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
    .order_by(col(t.Node.position))
)


def _written(
    plan: t.Plan,
    city: t.Municipality,
    kind: MailKind,
    rules: RoundDefinition,
    reader: Recipient,
    round_: t.CollectionRound,
    department: t.Department | None,
    measures: Sequence[tuple[t.Node, date, str, int]],
    calendar: BusinessCalendar,
    at: datetime,
    request: int = 0,
) -> RoundMail:
    """The mail on the day on which its step would send it."""
    step = next(step for step in rules.ladder.steps if kind.code == f"{rules.code}/{step.code}")
    comment = mail_sample.RETURN_COMMENT.in_language(reader.language)
    listed = []
    for node, due_on, said, report in measures:
        late = 0
        if step.anchor is Anchor.DUE:
            late = calendar.between(due_on, rules.ladder.falls_on(step, due_on, calendar))
        listed.append(ListedMeasure(node.code, titled(node, reader.language), due_on, late, said or comment, report))
    mail = _mail(reader, kind, at, request_id=request, rank=kind.to)
    return RoundMail(mail, city, plan, round_, department, tuple(listed))


def _of_inquiry(session: Session, plan: t.Plan, kind: MailKind, reader: Recipient, at: datetime) -> Previewed | None:
    query = select(t.Inquiry).where(t.Inquiry.plan_id == plan.id, t.Inquiry.kind == kind.inquiry)
    inquiry = session.exec(query.order_by(col(t.Inquiry.settled_on).is_not(None), col(t.Inquiry.id).desc())).first()
    if inquiry is None or kind.inquiry is None:
        return None
    ladder = inquiries.ladders_of(session, inquiry)[kind.inquiry]
    step = next(step for step in ladder.steps if kind.code == f"{kind.inquiry.value}/{step.code}")
    calendar = business_calendar(range(inquiry.due_on.year, inquiry.due_on.year + 2))
    late = max(step.business_days, 0) if step.anchor is InquiryAnchor.DUE else 0
    mail = _mail(reader, kind, at, inquiry_id=inquiry.id, addressee=step.to)
    city = session.get_one(t.Municipality, plan.municipality_id)
    subject = subject_of(session, inquiry, reader.language)
    days_late = calendar.between(inquiry.due_on, calendar.shift(inquiry.due_on, late)) if late else 0
    return Previewed(InquiryMailInHand(mail, city, plan, inquiry, subject, days_late, False, False, False), False)


def _mail(reader: Recipient, kind: MailKind, at: datetime, **of: Any) -> t.Mail:
    """A row that is never stored."""
    return t.Mail(
        step_key=kind.code,
        kind=kind.kind,
        recipient=reader.email,
        recipient_name=reader.name,
        language=reader.language,
        message_id="",
        claimed_on=at.date(),
        claimed_at=at,
        **of,
    )
