"""Whose mails a pause stops, and which due dates it moves to when: what is looked at before it begins or ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from sqlmodel import Session

from db import tables as t
from domain import collection, inquiry
from domain.calendar import JST, BusinessCalendar
from domain.collection import NextStep
from domain.inquiry import NextInquiryStep
from records import inquiries, pauses, plans, round_state, rounds
from records.inquiry_subjects import Subject, subject_of
from records.pauses import MovedReport


@dataclass(frozen=True)
class HeldRequest:
    """What a department is asked and what is due on one day.

    `becomes` is the due date after the pause, `next_step` the mail that comes next then (in a pause that is only
    considered: the mail that would not come). `is_new`: it came up during the pause and is told of at its end.
    """

    request: t.UpdateRequest
    department: t.Department | None
    round: t.CollectionRound
    round_name: str
    measures: int
    due_on: date
    becomes: date
    next_step: NextStep | None
    is_new: bool


@dataclass(frozen=True)
class HeldInquiry:
    """A check-in, matter, vacant seat or meeting that waits; the rest as in `HeldRequest`."""

    inquiry: t.Inquiry
    subject: Subject
    due_on: date
    becomes: date
    next_step: NextInquiryStep | None
    is_new: bool


@dataclass(frozen=True)
class HeldPlan:
    """All of one plan that a pause holds up."""

    plan: t.Plan
    requests: tuple[HeldRequest, ...]
    inquiries: tuple[HeldInquiry, ...]


def of_city(
    session: Session, at: datetime, today: date, calendar: BusinessCalendar, language: str
) -> tuple[HeldPlan, ...]:
    """What is held up, plan by plan: by the pause that lasts if it ended `today`, else by one that would begin now.

    Plans of which nothing waits are left out.
    """
    lasting = pauses.current(session)
    first, last = (lasting.begins_on, max(today, lasting.begins_on)) if lasting else (today, today)
    requests: dict[int, list[HeldRequest]] = defaultdict(list)
    reports = sorted(pauses.moved_reports(session, first, last, calendar), key=lambda moved: moved.report.round_id)
    for round_id, of_round in groupby(reports, key=lambda moved: moved.report.round_id):
        round_ = rounds.find(session, round_id)
        held = _requests(session, round_, list(of_round), at, calendar, language, first if lasting else None, last)
        requests[round_.plan_id] += held
    others: dict[int, list[HeldInquiry]] = defaultdict(list)
    for waiting in pauses.moved_inquiries(session, first, last, calendar):
        stands = waiting.after if lasting else waiting.before
        coming = inquiry.next_step(stands, inquiries.ladders_of(session, waiting.row), calendar)
        others[waiting.row.plan_id].append(
            HeldInquiry(
                waiting.row,
                subject_of(session, waiting.row, language),
                waiting.before.due_on,
                waiting.after.due_on,
                coming,
                is_new=lasting is not None and coming is not None and coming.at.date() <= last,
            )
        )
    every = ((plan, tuple(requests[plan.id]), tuple(others[plan.id])) for plan in plans.every(session))
    return tuple(HeldPlan(*held) for held in every if held[1] or held[2])


def _requests(
    session: Session,
    round_: t.CollectionRound,
    reports: Sequence[MovedReport],
    at: datetime,
    calendar: BusinessCalendar,
    language: str,
    paused_since: date | None,
    last: date,
) -> list[HeldRequest]:
    plan = rounds.plan_of(session, round_)
    definition = round_state.rules_of(round_, plans.definition_of(plan))
    # Which steps were taken is for the process to know: of a moved ladder, those up to the last day all were.
    after = plans.clock_of(plan, at).plan_time(at) if paused_since is None else datetime.combine(last, time.max, JST)
    held = []
    in_order = sorted(reports, key=lambda moved: (moved.report.request_id, moved.before.due_on))
    for (request_id, due_on), several in groupby(in_order, key=lambda m: (m.report.request_id, m.before.due_on)):
        found = list(several)
        request = session.get_one(t.UpdateRequest, request_id)
        stands = tuple(m.before if paused_since is None else m.after for m in found)
        state = collection.Round(stands, definition.ladder, calendar)
        held.append(
            HeldRequest(
                request,
                session.get(t.Department, request.department_id) if request.department_id else None,
                round_,
                definition.name.in_language(language),
                len(found),
                due_on,
                max(m.after.due_on for m in found),
                collection.next_step(state, request_id, after),
                is_new=paused_since is not None and any(m.before.since > paused_since for m in found),
            )
        )
    return held
