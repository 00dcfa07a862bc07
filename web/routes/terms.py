"""期間の振り返り: what a term is evaluated as, for readers, and the page at the desk on which it is written."""

from __future__ import annotations

from collections.abc import Mapping, Set

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from documents.formats import Format
from domain import term_evaluation as rules
from domain.term_evaluation import Points, Standing
from domain.text import typed_text
from records import plan_pages, plans, term_evaluation_document, term_evaluations, term_evidence
from records.change import Conflict, NotAllowed, NotFound
from records.term_evaluations import TermSheet, WrittenMeanwhile
from web.attempts import RENDERING
from web.context import (
    ChangingPlanningPerson,
    Person,
    PlanningPerson,
    Reading,
    SignedInPerson,
    Writing,
    language_of,
    plan_day,
)
from web.downloads import made_response
from web.forms.posted import Posted
from web.glossary import Glossary
from web.pages import page
from web.refused import Typed, say

router = APIRouter()


@router.get("/plans/{code}/terms/{term}")
def show_term(request: Request, person: SignedInPerson, session: Reading, code: str, term: str) -> Response:
    """The evaluation as it was decided, else as the plan's document prints it; a draft is not shown."""
    frame = plan_pages.frame(session, code, person.at)
    sheet = term_evaluations.sheet_of(session, frame.plan, term)
    return page(
        request,
        "terms/term.html",
        frame=frame,
        part="terms",
        sheet=sheet,
        standing=sheet.standing,
        evidence=term_evidence.gather(session, sheet, language_of(request)),
        may_be_written=rules.may_be_written(sheet.term, frame.today),
        terms=rules.terms_of(frame.definition),
        glossary=Glossary(frame.definition.glossary, language_of(request)),
    )


@router.get("/plans/{code}/terms/{term}/document", dependencies=[RENDERING])
def show_document(
    request: Request,
    person: SignedInPerson,
    session: Reading,
    code: str,
    term: str,
    format: Format = Format.HTML,
    draft: str = "",
) -> Response:
    """The evaluation as a document; `draft`: what is being written, for the planning division."""
    plan = plans.find(session, code)
    sheet = term_evaluations.sheet_of(session, plan, term)
    if draft and not person.actor.is_planning:
        raise NotAllowed("draft of a term evaluation")
    today = plan_day(plan, person.at).today
    told = term_evaluation_document.gather(session, sheet, today, language_of(request), draft=bool(draft))
    document = term_evaluation_document.document(session, told)
    if format not in document.formats or (sheet.standing is Standing.OPEN and not draft):
        raise NotFound(f"evaluation of term {term} as {format.value}")
    return made_response(document, format, f"{plan.code}-term-{sheet.term.code}-{today.isoformat()}", told.language)


@router.get("/desk/plans/{code}/terms/{term}")
def show_desk(
    request: Request, person: PlanningPerson, session: Reading, code: str, term: str, done: str = ""
) -> Response:
    return _desk(request, session, person, _sheet(session, code, term), done=done)


@router.post("/desk/plans/{code}/terms/{term}")
def write(
    request: Request, person: ChangingPlanningPerson, session: Writing, code: str, term: str, posted: Posted
) -> Response:
    """Every button saves everything that was changed; nothing that somebody else wrote meanwhile is overwritten."""
    sheet = _sheet(session, code, term)
    today = plan_day(sheet.plan, person.at).today
    typed, problems, theirs = {}, {}, set()
    for theme in sheet.everything:
        good, to_do = (typed_text(str(posted.get(f"{what}.{theme.code}", ""))) for what in ("good", "to_do"))
        typed[theme.code] = (good, to_do)
        points = Points(rules.points_typed(good), rules.points_typed(to_do))
        if points == theme.written:
            continue
        seen = _version(str(posted.get(f"seen.{theme.code}", "")))
        try:
            term_evaluations.write(
                session, person.change, person.actor, sheet.plan, term, theme.code, points, seen, today
            )
        except WrittenMeanwhile:
            theirs.add(theme.code)
            problems[theme.code] = say(request, "theme_written_meanwhile")
        except Conflict as conflict:
            problems[theme.code] = say(request, conflict.reason)
    if problems:
        return _desk(
            request,
            session,
            person,
            _sheet(session, code, term),
            problems=problems,
            typed=typed,
            theirs=theirs,
            status=409 if theirs else 422,
        )
    return _back(sheet, "saved")


@router.post("/desk/plans/{code}/terms/{term}/take-over")
def take_over(request: Request, person: ChangingPlanningPerson, session: Writing, code: str, term: str) -> Response:
    sheet = _sheet(session, code, term)
    today = plan_day(sheet.plan, person.at).today
    try:
        term_evaluations.take_over(session, person.change, person.actor, sheet.plan, term, today)
    except Conflict as conflict:
        return _refused(request, session, person, sheet, conflict)
    return _back(sheet, "taken_over")


@router.post("/desk/plans/{code}/terms/{term}/decide")
def decide(
    request: Request, person: ChangingPlanningPerson, session: Writing, code: str, term: str, seen: Typed = ""
) -> Response:
    sheet = _sheet(session, code, term)
    today = plan_day(sheet.plan, person.at).today
    try:
        term_evaluations.decide(session, person.change, person.actor, sheet.plan, term, seen, today)
    except Conflict as conflict:
        return _refused(request, session, person, sheet, conflict)
    return _back(sheet, "decided")


@router.post("/desk/plans/{code}/terms/{term}/reopen")
def reopen(
    request: Request, person: ChangingPlanningPerson, session: Writing, code: str, term: str, reason: Typed = ""
) -> Response:
    sheet = _sheet(session, code, term)
    try:
        term_evaluations.reopen(session, person.change, person.actor, sheet.plan, term, reason)
    except Conflict as conflict:
        return _refused(request, session, person, sheet, conflict)
    return _back(sheet, "reopened")


def _refused(request: Request, session: Session, person: Person, sheet: TermSheet, conflict: Conflict) -> Response:
    session.rollback()
    field = "reason" if conflict.reason == "reason_missing" else "all"
    status = 422 if field == "reason" else 409
    problems = {field: say(request, conflict.reason)}
    return _desk(
        request, session, person, _sheet(session, sheet.plan.code, sheet.term.code), problems=problems, status=status
    )


def _desk(
    request: Request,
    session: Session,
    person: Person,
    sheet: TermSheet,
    *,
    problems: Mapping[str, str] | None = None,
    typed: Mapping[str, tuple[str, str]] | None = None,
    theirs: Set[str] = frozenset(),
    done: str = "",
    status: int = 200,
) -> Response:
    today = plan_day(sheet.plan, person.at).today
    written = {one.code: ("\n".join(one.written.good), "\n".join(one.written.to_do)) for one in sheet.everything}
    return page(
        request,
        "terms/desk.html",
        status,
        plan=sheet.plan,
        definition=sheet.definition,
        sheet=sheet,
        evidence=term_evidence.gather(session, sheet, language_of(request)),
        may_be_written=rules.may_be_written(sheet.term, today),
        problems=problems or {},
        typed=typed or written,
        theirs=theirs,
        done=done,
        today=today,
    )


def _sheet(session: Session, code: str, term: str) -> TermSheet:
    return term_evaluations.sheet_of(session, plans.find(session, code), term)


def _version(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _back(sheet: TermSheet, done: str) -> Response:
    return RedirectResponse(f"/desk/plans/{sheet.plan.code}/terms/{sheet.term.code}?done={done}", status_code=303)
