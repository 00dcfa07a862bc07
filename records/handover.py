"""What a handover sheet (事務引継書) says of a person or a department, gathered from the record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlmodel import Session, col, select

from db import tables as t
from documents.annual_report import Answered
from documents.gathered import GatheredDocument
from documents.handover import ComingMail, HandedMeasure, HandedPost, HandoverSheet, OpenReport
from documents.labels import fiscal_year_text
from domain.clock import jst_day
from domain.evaluation import CycleState
from domain.progress_report import EDITABLE, ReportState
from domain.text import Bilingual, named, titled
from i18n import translate
from japan_calendar import business_calendar
from records import board, document_templates, measure_history, plans, reorganisation, rounds
from records.board import Board, BoardRow, Turn
from records.round_state import question_set_of
from records.succession import Succession, is_held_from
from records.words import direction_labels, rank_labels, report_state_labels, step_labels, turn_labels

_KIND = "handover"
_DAY = timedelta(days=1)
_DECIDED = (CycleState.CLOSING, CycleState.CLOSED)
"""Before that an evaluation is the planning division's draft."""


@dataclass(frozen=True)
class _OpenRound:
    """A round that takes reports, with the rows of the departments that the sheet is about."""

    board: Board
    name: str
    rows: tuple[BoardRow, ...]


def document(session: Session, sheet: HandoverSheet) -> GatheredDocument:
    """A sheet as a document, to be set in the city's own form if it has one."""
    from documents import handover_render  # loads typst and docxtpl: only who asks for a sheet waits for them

    own = document_templates.own(session, _KIND, sheet.language)
    return GatheredDocument(_KIND, handover_render.FORMATS, partial(handover_render.render, sheet), own)


def of_person(session: Session, user: t.User, on: date, at: datetime, language: str) -> HandoverSheet:
    """What a person hands over: the posts held on a day, and what those departments answer for and still owe now."""
    query = select(t.Appointment).where(t.Appointment.user_id == user.id).order_by(col(t.Appointment.valid_from))
    held = [a for a in session.exec(query) if a.valid_from <= on and is_held_from(a, on)]
    departments = [session.get_one(t.Department, a.department_id) for a in held]
    posts = tuple(_post(session, a, d, language) for a, d in zip(held, departments, strict=True))
    return _sheet(session, user, departments, posts, on, at, language)


def of_department(session: Session, department: t.Department, on: date, at: datetime, language: str) -> HandoverSheet:
    """What a department hands over to its successors."""
    heirs = _heirs(session, department, on)
    post = HandedPost(
        department=named(department, language),
        rank="",
        begins_on=department.valid_from,
        ends_on=department.valid_until or (heirs.on - _DAY if heirs and not heirs.lives_on else None),
        successor=_listed((named(h.department, language) for h in heirs.heirs), language) if heirs else "",
    )
    return _sheet(session, department, [department], (post,), on, at, language)


def last_day_of(session: Session, user: t.User, today: date) -> date:
    """The day a person's sheet is about: today while they hold a post, else the last day on which they did."""
    appointments = session.exec(select(t.Appointment).where(t.Appointment.user_id == user.id)).all()
    ends = [a.valid_until for a in appointments if a.valid_until is not None and a.valid_from <= a.valid_until]
    if any(a.valid_from <= today and is_held_from(a, today) for a in appointments) or not ends:
        return today
    return min(max(ends), today)


def _sheet(
    session: Session,
    of: t.User | t.Department,
    departments: Sequence[t.Department],
    posts: tuple[HandedPost, ...],
    on: date,
    at: datetime,
    language: str,
) -> HandoverSheet:
    ids = {d.id for d in departments}
    answered = [(plan, node) for plan in plans.every(session) for node in _answered(session, plan, ids, on)]
    rounds = list(_open_rounds(session, ids, at, language))
    marked = {plan.id: plan for plan in (*(plan for plan, _ in answered), *(r.board.plan for r in rounds))}
    marks = (Bilingual(plan.mark, plan.mark_en).in_language(language) for plan in marked.values())
    return HandoverSheet(
        language=language,
        municipality=named(session.get_one(t.Municipality, of.municipality_id), language),
        of=named(of, language),
        is_of_person=isinstance(of, t.User),
        on=on,
        issued_on=jst_day(at),
        posts=posts,
        measures=tuple(_measure(session, plan, node, language) for plan, node in answered),
        reports=tuple(_reports(session, rounds, language)),
        mails=tuple(_mails(rounds, language)),
        marks=tuple(dict.fromkeys(filter(None, marks))),
    )


def _post(session: Session, held: t.Appointment, department: t.Department, language: str) -> HandedPost:
    """Who comes is known where somebody's appointment to the same rank begins the day after."""
    successors: list[t.User] = []
    if held.valid_until is not None:
        day = held.valid_until + _DAY
        heirs = _heirs(session, department, held.valid_until)
        goes_on = heirs.heir_of_people if heirs is not None and heirs.on == day else department
        query = (
            select(t.User)
            .join(t.Appointment, col(t.Appointment.user_id) == col(t.User.id))
            .where(
                t.Appointment.department_id == (goes_on.id if goes_on else None),
                t.Appointment.rank == held.rank,
                t.Appointment.valid_from == day,
                t.User.id != held.user_id,
            )
            .order_by(t.User.email)
        )
        successors = list(session.exec(query))
    return HandedPost(
        department=named(department, language),
        rank=rank_labels(language)[held.rank],
        begins_on=held.valid_from,
        ends_on=held.valid_until,
        successor=_listed((named(user, language) for user in successors), language),
    )


def _heirs(session: Session, department: t.Department, on: date) -> Succession | None:
    """What becomes of the department next after a day, as far as it has been entered."""
    found = (r.succession for r in reorganisation.recorded(session, department.id))
    return next((s for s in found if s.on > on), None)


def _answered(session: Session, plan: t.Plan, departments: Collection[int], on: date) -> list[t.Node]:
    """The measures of a plan for which one of the departments answers on a day, in the order of the page."""
    edition = plans.edition_in_force(session, plan, on)
    owners = plans.owners_on(session, edition.id, on)
    return [n for n in plans.measures_of(session, edition.id) if n.id in owners and owners[n.id].id in departments]


def _measure(session: Session, plan: t.Plan, node: t.Node, language: str) -> HandedMeasure:
    years = measure_history.years_of(session, node)
    last = next((y for y in years if y.is_handed_in), None)
    judged = next((y for y in years if y.evaluation is not None and y.cycle.state in _DECIDED), None)
    evaluation = judged.evaluation if judged else None
    promises = {q.id for q in question_set_of(last.round).questions if q.promise} if last else set()
    said = last.said(node, language) if last else ()
    grades = {g.code: g.label.in_language(language) for g in plans.definition_of(plan).grades}
    return HandedMeasure(
        plan=named(plan, language),
        code=node.code,
        title=titled(node, language),
        promised_in=last.cycle.fiscal_year if last else None,
        promises=tuple(Answered(s.question, s.answer) for s in said if s.question_id in promises),
        evaluated_in=judged.cycle.fiscal_year if judged else None,
        grade=grades.get(evaluation.grade, evaluation.grade) if evaluation else "",
        direction=direction_labels(language)[evaluation.direction] if evaluation else "",
        comment=evaluation.comment if evaluation else "",
    )


def _open_rounds(session: Session, departments: Collection[int], at: datetime, language: str) -> Iterator[_OpenRound]:
    asked = select(t.UpdateRequest.round_id).where(col(t.UpdateRequest.department_id).in_(departments))
    query = select(t.CollectionRound).where(
        col(t.CollectionRound.id).in_(asked), col(t.CollectionRound.closed_on).is_(None)
    )
    for round_ in session.exec(query.order_by(col(t.CollectionRound.due_on), col(t.CollectionRound.id))).all():
        plan = rounds.plan_of(session, round_)
        time = plans.clock_of(plan, at).plan_time(at)
        shown = board.of_round(session, round_, time, business_calendar(range(time.year - 1, time.year + 3)))
        name = plans.definition_of(plan).round_of(round_.code).name.in_language(language)
        rows = tuple(row for row in shown.rows if row.department is not None and row.department.id in departments)
        if rows:
            yield _OpenRound(shown, f"{fiscal_year_text(language, round_.fiscal_year)} {name}", rows)


def _reports(session: Session, rounds: Sequence[_OpenRound], language: str) -> Iterator[OpenReport]:
    states, turns = report_state_labels(language), turn_labels(language)
    for round_ in rounds:
        for shown in (report for row in round_.rows for report in row.reports if not report.report.is_exempted):
            report, node = shown.report, shown.node
            is_draft = report.state in EDITABLE and report.edited_at is not None
            editor = session.get(t.User, report.edited_by_id) if is_draft and report.edited_by_id else None
            yield OpenReport(
                plan=named(round_.board.plan, language),
                round=round_.name,
                code=node.code,
                title=titled(node, language),
                state=states[report.state],
                due_on=report.due_on,
                is_late=shown.is_late,
                turn=turns[_turn(report.state)],
                saved_at=report.edited_at if is_draft else None,
                saved_by=named(editor, language) if editor else "",
            )


def _turn(state: ReportState) -> Turn:
    if state in EDITABLE:
        return Turn.DEPARTMENT
    return Turn.SECTION_HEAD if state is ReportState.SUBMITTED else Turn.NOBODY


def _mails(rounds: Sequence[_OpenRound], language: str) -> Iterator[ComingMail]:
    for round_ in rounds:
        for row in round_.rows:
            if row.next_step is not None:
                step = row.next_step.step
                kind, to = step_labels(language)[step.kind], rank_labels(language)[step.to]
                yield ComingMail(named(round_.board.plan, language), round_.name, row.next_step.at, kind, to)


def _listed(names: Iterable[str], language: str) -> str:
    return translate(language, "、").join(names)
