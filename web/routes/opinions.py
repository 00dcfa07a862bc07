"""Opinions at the desk: the window, opinions by hand and from a CSV, the list with its filters, links and answers.

Every page of a list stands twice: for a review, and for a plan's standing intake.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain import opinion as rules
from domain.clock import jst_day
from domain.opinion import Reflection, WindowState, window_state
from domain.phase_review import ReviewState
from domain.text import typed_day
from exchange import files, opinion_csv
from exchange.opinion_csv import ReadOpinions, TakenAlong
from exchange.remarks import WrongTable
from records import opinion_lists, opinions, people, plans, uploads
from records.change import Conflict, NotFound
from records.listing import Span
from records.opinion_lists import Show
from records.opinions import Intake, WrongOpinion
from web.attempts import RENDERING
from web.context import (
    ChangingPlanningPerson,
    Person,
    PlanningPerson,
    Reading,
    Writing,
    language_of,
    parts_of,
    plan_day,
)
from web.downloads import document_response
from web.forms import opinion_form
from web.labels import label, problem_in_words
from web.opinion_words import FIELD_OF
from web.pages import page
from web.paths import RowId

router = APIRouter()

Typed = Annotated[str, Form()]

_OF_REVIEW, _OF_PLAN = "/desk/reviews/{review_id}/opinions", "/desk/plans/{code}/opinions"
_ON_A_PAGE = 50
_EVERY = Span(0, 1_000_000)


@router.get(_OF_REVIEW)
@router.get(_OF_PLAN)
def show_list(request: Request, person: PlanningPerson, session: Reading) -> Response:
    return _list(request, session, person, _intake(request, session))


@router.post("/desk/reviews/{review_id}/opinions/window")
def set_window(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    review_id: RowId,
    since: Typed = "",
    until: Typed = "",
    public: Typed = "",
) -> Response:
    typed = {"since": since, "until": until, "public": public}
    days = {name: typed_day(typed[name]) for name in ("since", "until")}
    problems = {
        name: problem_in_words("day_not_readable", language_of(request))
        for name, day in days.items()
        if day is None and typed[name].strip()
    }
    intake = opinions.intake_of_review(session, review_id)
    if problems:
        return _list(request, session, person, intake, "window", problems, typed, 422)
    try:
        opinions.set_window(
            session, person.change, person.actor, review_id, days["since"], days["until"], is_public=bool(public)
        )
    except Conflict as conflict:
        problems = {FIELD_OF.get(conflict.reason, ""): problem_in_words(conflict.reason, language_of(request))}
        return _list(request, session, person, intake, "window", problems, typed, 409)
    return _back(intake, "window")


@router.post(_OF_REVIEW)
@router.post(_OF_PLAN)
def record(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    received_on: Typed = "",
    source: Typed = "",
    text: Typed = "",
    author: Typed = "",
    contact: Typed = "",
    measure: Typed = "",
) -> Response:
    """An opinion by hand."""
    intake = _intake(request, session)
    today = plan_day(intake.plan, person.at).today
    typed = {"received_on": received_on, "source": source, "text": text, "author": author, "contact": contact}
    typed["measure"] = measure
    content = opinion_form.content_typed(typed, today)
    wrong = rules.problems_of(content, rules.sources_of(plans.definition_of(intake.plan)), today)
    problems = opinion_form.in_words(wrong, typed, language_of(request))
    if typed_day(received_on) is None:
        problems["received_on"] = problem_in_words("day_not_readable", language_of(request))
    if problems:
        return _list(request, session, person, intake, "record", problems, typed, 422)
    chosen = opinion_form.node_typed(measure, opinions.nodes_for(session, intake, today))
    nodes = [chosen.id] if chosen else []
    try:
        opinion = opinions.record(session, person.change, person.actor, intake, content, nodes, today)
    except Conflict as conflict:
        problems = {"": problem_in_words(conflict.reason, language_of(request))}
        return _list(request, session, person, intake, "record", problems, typed, 409)
    return RedirectResponse(f"/desk/opinions/{opinion.id}?done=recorded", status_code=303)


@router.get(f"{_OF_REVIEW}/template.csv")
@router.get(f"{_OF_PLAN}/template.csv")
def template(request: Request, person: PlanningPerson, session: Reading) -> Response:
    intake = _intake(request, session)
    return document_response(opinion_csv.template(), "text/csv", f"{intake.plan.code}-opinions-template.csv", keep=True)


@router.get(f"{_OF_REVIEW}/export.csv", dependencies=[RENDERING])
@router.get(f"{_OF_PLAN}/export.csv", dependencies=[RENDERING])
def export(request: Request, person: PlanningPerson, session: Reading) -> Response:
    """All opinions of the list with names, contacts and answers; in Japanese, as the template is."""
    intake = _intake(request, session)
    definition = plans.definition_of(intake.plan)
    rows = [
        TakenAlong(
            number=rules.receipt_number(one.opinion.received_on, one.opinion.id),
            received_on=one.opinion.received_on,
            channel=label(one.opinion.channel, "ja"),
            source=rules.source_label(definition, one.opinion.source).ja,
            content=opinions.content_of(one.opinion),
            nodes=[node.code for node in one.nodes],
            reflection=label(one.opinion.reflection, "ja") if one.opinion.reflection else "",
            answer=one.opinion.answer,
            answered_on=jst_day(one.opinion.answered_at) if one.opinion.answered_at else None,
        )
        for one in opinion_lists.listed(session, intake, Show(), _EVERY).items
    ]
    return document_response(opinion_csv.write(rows), "text/csv", f"{intake.plan.code}-opinions.csv", keep=True)


@router.post(f"{_OF_REVIEW}/uploads")
@router.post(f"{_OF_PLAN}/uploads")
def upload(
    request: Request, person: ChangingPlanningPerson, session: Writing, file: Annotated[UploadFile, File()]
) -> Response:
    """Read a file and show what it would bring; no opinion is stored yet."""
    intake = _intake(request, session)
    name, content = file.filename or "", file.file.read(files.LARGEST + 1)
    try:
        found = _read(session, person, intake, content)
    except WrongTable as wrong:
        return _list(request, session, person, intake, wrong=wrong, file_name=name, status=422)
    kept = uploads.keep(session, person.change, name, content)
    return page(
        request,
        "opinions/preview.html",
        intake=intake,
        address=_address(intake),
        definition=plans.definition_of(intake.plan),
        upload_id=kept.id,
        file_name=name,
        warnings=found.findings.warnings,
        brought=opinions.look_at(session, intake.plan, found.lines),
        source_label=rules.source_label,
    )


@router.post(f"{_OF_REVIEW}/uploads/{{upload_id}}")
@router.post(f"{_OF_PLAN}/uploads/{{upload_id}}")
def take_over(
    request: Request, person: ChangingPlanningPerson, session: Writing, upload_id: RowId, action: Typed = ""
) -> Response:
    """Store what was shown, all of it, or put it away."""
    intake = _intake(request, session)
    try:
        kept = uploads.find(session, person.change, upload_id)
    except NotFound:
        return _list(request, session, person, intake, done="gone", status=409)
    uploads.put_away(session, person.change)
    if action != "import":
        return _back(intake, "put_away")
    try:
        found = _read(session, person, intake, kept.content)
    except WrongTable as wrong:
        return _list(request, session, person, intake, wrong=wrong, file_name=kept.file_name, status=409)
    today = plan_day(intake.plan, person.at).today
    brought = opinions.bring(session, person.change, person.actor, intake, found.lines, today)
    return RedirectResponse(f"{_address(intake)}?done=imported&n={len(brought.new)}", status_code=303)


@router.get("/desk/opinions/{opinion_id}")
def show_opinion(
    request: Request, person: PlanningPerson, session: Reading, opinion_id: RowId, done: str = ""
) -> Response:
    return _opinion(request, session, person, opinion_id, done=done)


@router.post("/desk/opinions/{opinion_id}/answer")
def answer(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    opinion_id: RowId,
    answer: Typed = "",
    reflection: Typed = "",
) -> Response:
    typed = {"answer": answer, "reflection": reflection}
    try:
        opinions.answer(session, person.change, person.actor, opinion_id, answer, _reflection(reflection))
    except WrongOpinion as wrong:
        problems = opinion_form.in_words(wrong.problems, typed, language_of(request))
        return _opinion(request, session, person, opinion_id, problems=problems, typed=typed, status=422)
    except Conflict as conflict:
        problems = {"": problem_in_words(conflict.reason, language_of(request))}
        return _opinion(request, session, person, opinion_id, problems=problems, typed=typed, status=409)
    return RedirectResponse(f"/desk/opinions/{opinion_id}?done=answered", status_code=303)


@router.post("/desk/opinions/{opinion_id}/links")
def link(
    request: Request, person: ChangingPlanningPerson, session: Writing, opinion_id: RowId, node: Typed = ""
) -> Response:
    today = plan_day(opinions.intake_of(session, opinions.find(session, opinion_id)).plan, person.at).today
    if not (node.isascii() and node.isdigit() and len(node) < 10):
        problems = {"node": problem_in_words("opinion_node_missing", language_of(request))}
        return _opinion(request, session, person, opinion_id, problems=problems, status=422)
    opinions.link(session, person.change, person.actor, opinion_id, int(node), today)
    return RedirectResponse(f"/desk/opinions/{opinion_id}?done=linked", status_code=303)


@router.post("/desk/opinions/{opinion_id}/links/{node_id}/remove")
def unlink(person: ChangingPlanningPerson, session: Writing, opinion_id: RowId, node_id: RowId) -> Response:
    opinions.unlink(session, person.change, person.actor, opinion_id, node_id)
    return RedirectResponse(f"/desk/opinions/{opinion_id}?done=unlinked", status_code=303)


def _intake(request: Request, session: Session) -> Intake:
    """Where the page at hand collects opinions, by its address."""
    code, review_id = request.path_params.get("code"), request.path_params.get("review_id", "")
    if code is not None:
        return Intake(plans.find(session, code), None)
    if not (review_id.isascii() and review_id.isdigit() and len(review_id) < 10):
        raise NotFound(f"review {review_id}")
    return opinions.intake_of_review(session, int(review_id))


def _address(intake: Intake) -> str:
    return f"/desk/reviews/{intake.review.id}/opinions" if intake.review else f"/desk/plans/{intake.plan.code}/opinions"


def _back(intake: Intake, done: str) -> Response:
    return RedirectResponse(f"{_address(intake)}?done={done}", status_code=303)


def _read(session: Session, person: Person, intake: Intake, content: bytes) -> ReadOpinions:
    """The opinions in a file. Raises `WrongTable`."""
    today = plan_day(intake.plan, person.at).today
    codes = [node.code for node in opinions.nodes_for(session, intake, today)]
    return opinion_csv.read(content, rules.sources_of(plans.definition_of(intake.plan)), codes, today)


def _window(review: t.PhaseReview | None, today: date) -> WindowState:
    """How the public form of a review stands today."""
    if review is None or review.state is ReviewState.CLOSED:
        return WindowState.NONE
    return window_state(review.takes_public_opinions, review.opinions_from, review.opinions_until, today)


def _reflection(typed: str) -> Reflection | None:
    return Reflection(typed) if typed in list(Reflection) else None


def _shown(request: Request) -> tuple[Show, int, dict[str, str]]:
    """Which opinions the address asks for, from which page of the list, and how it says so."""
    asked = {name: request.query_params.get(name, "") for name in ("source", "status", "measure")}
    number, measure = request.query_params.get("page", ""), asked["measure"]
    show = Show(
        source=asked["source"],
        reflection=_reflection(asked["status"]),
        is_unanswered=asked["status"] == "unanswered",
        node_id=int(measure) if measure.isascii() and measure.isdigit() and len(measure) < 10 else None,
    )
    return show, max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 5 else 1, asked


def _list(
    request: Request,
    session: Session,
    person: Person,
    intake: Intake,
    refused: str = "",
    problems: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
    *,
    wrong: WrongTable | None = None,
    file_name: str = "",
    done: str = "",
) -> Response:
    """The list; `refused` is the form (window, record) that `problems` and `typed` belong to."""
    show, number, asked = _shown(request)
    today = plan_day(intake.plan, person.at).today
    definition = plans.definition_of(intake.plan)
    counts = opinion_lists.counts(session, intake)
    city = people.municipality_code(session, person.municipality)
    public_path = f"/opinions/{city}/{intake.plan.code}"
    review = intake.review
    standing = opinion_lists.counts(session, Intake(intake.plan, None)).total if review else 0
    values: dict[str, Any] = {
        "intake": intake,
        "plan": intake.plan,
        "review": review,
        "is_closed": review is not None and review.state is ReviewState.CLOSED,
        "definition": definition,
        "today": today,
        "address": _address(intake),
        "found": opinion_lists.listed(session, intake, show, Span((number - 1) * _ON_A_PAGE, _ON_A_PAGE)),
        "counts": counts,
        "standing": standing,
        "asked": asked,
        "number": number,
        "on_a_page": _ON_A_PAGE,
        "sources": rules.sources_of(definition),
        "source_label": rules.source_label,
        "reflections": list(Reflection),
        "nodes": opinions.nodes_for(session, intake, today),
        "window": _window(review, today),
        "public_path": public_path,
        "public_address": str(parts_of(request).settings.base_url).rstrip("/") + public_path,
        "refused": refused,
        "problems": problems or {},
        "typed": typed or {},
        "wrong": wrong,
        "file_name": file_name,
        "done": done or request.query_params.get("done", ""),
        "imported": request.query_params.get("n", ""),
        "limit": rules.LONGEST_TEXT,
    }
    return page(request, "opinions/list.html", status, **values)


def _opinion(
    request: Request,
    session: Session,
    person: Person,
    opinion_id: int,
    *,
    problems: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    done: str = "",
    status: int = 200,
) -> Response:
    opinion = opinions.find(session, opinion_id)
    intake = opinions.intake_of(session, opinion)
    definition = plans.definition_of(intake.plan)
    today = plan_day(intake.plan, person.at).today
    linked = opinion_lists.nodes_of(session, [opinion.id]).get(opinion.id, ())
    lives = {node.origin_id for node in linked}
    stored = {"answer": opinion.answer, "reflection": opinion.reflection or ""}
    return page(
        request,
        "opinions/opinion.html",
        status,
        opinion=opinion,
        number=rules.receipt_number(opinion.received_on, opinion.id),
        intake=intake,
        plan=intake.plan,
        address=_address(intake),
        is_closed=intake.review is not None and intake.review.state is ReviewState.CLOSED,
        source=rules.source_label(definition, opinion.source),
        recorder=session.get(t.User, opinion.recorded_by_id) if opinion.recorded_by_id else None,
        answerer=session.get(t.User, opinion.answered_by_id) if opinion.answered_by_id else None,
        linked=linked,
        nodes=[n for n in opinions.nodes_for(session, intake, today) if n.origin_id not in lives],
        reflections=list(Reflection),
        next_id=opinion_lists.next_unanswered(session, intake, opinion),
        problems=problems or {},
        typed=typed or stored,
        done=done,
        limit=rules.LONGEST_TEXT,
    )
