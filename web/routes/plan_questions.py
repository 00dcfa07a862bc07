"""設問: what a plan's form asks, edited with the form beside it; its versions, and taking an old one again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from db import tables as t
from domain import question_rules
from domain.mistakes import Mistake
from domain.questions import QuestionSet
from domain.text import typed_text
from records import plan_settings, plans, question_versions
from records.annual_report import PROGRESS_QUESTION
from records.change import Conflict
from records.plan_settings import ChangedMeanwhile, NotValid
from web.context import ChangingPlanningPerson, PlanningPerson, Reading, Writing, language_of
from web.forms import question_form as forms
from web.forms.question_form import TypedQuestion
from web.forms.report_form import report_form
from web.pages import page
from web.refused import Refused, Typed, refused_by, say
from web.settings_words import ToldChange, changes_in_words, question_mistakes_in_words

router = APIRouter()


async def _posted(request: Request) -> FormData:
    return await request.form()


Posted = Annotated[FormData, Depends(_posted)]


@router.get("/desk/plans/{code}/questions")
def show_questions(
    request: Request, person: PlanningPerson, session: Reading, code: str, edit: str = "", done: str = ""
) -> Response:
    plan = plans.find(session, code)
    draft = plans.definition_of(plan).question_set
    known = next((forms.typed_of(q) for q in draft.questions if q.id == edit), None)
    return _page(request, session, plan, draft, known, edit if known else "", done=done)


@router.post("/desk/plans/{code}/questions")
def edit_questions(
    request: Request, person: ChangingPlanningPerson, session: Writing, code: str, posted: Posted
) -> Response:
    """Take over what was typed into the set that is being edited, then do what the button says; only "save" stores."""
    plan = plans.find(session, code)
    draft = forms.posted_draft_set(_text(posted, "draft"))
    if draft is None:
        now = plans.definition_of(plan).question_set
        refused = Refused("questions", "", {"": say(request, "draft_not_readable")})
        return _page(request, session, plan, now, None, "", posted, refused, status=422)
    editing, action = _text(posted, "editing"), _text(posted, "action")
    typed = forms.posted_question(posted, editing) if editing else None
    if typed is not None and action != "cancel":
        others = {q.id for q in draft.questions} - ({editing} if editing != forms.NEW else set())
        found = typed.problems(others, is_new=editing == forms.NEW)
        if found:
            problems = {field: say(request, reason) for field, reason in found.items()}
            refused = Refused("questions", "", problems)
            return _page(request, session, plan, draft, typed, editing, posted, refused, status=422)
        draft = forms.with_question(draft, typed.question)
    what, _, about = action.partition(":")
    match what:
        case "save":
            return _save(request, person, session, plan, draft, posted)
        case "up" | "down":
            draft = forms.moved(draft, about, -1 if what == "up" else 1)
        case "remove":
            draft = forms.without(draft, about)
        case "add":
            return _page(request, session, plan, draft, forms.blank(draft), forms.NEW, posted)
        case "edit" | "preview":
            wanted = about or (typed.id if typed else "")
            known = next((forms.typed_of(q) for q in draft.questions if q.id == wanted), None)
            return _page(request, session, plan, draft, known, wanted if known else "", posted)
    return _page(request, session, plan, draft, None, "", posted)


@router.post("/desk/plans/{code}/questions/preview")
def preview_questions(
    request: Request, person: ChangingPlanningPerson, session: Reading, code: str, posted: Posted
) -> Response:
    """The form as it is typed, for the page's script. Nothing is stored."""
    plan = plans.find(session, code)
    draft = forms.posted_draft_set(_text(posted, "draft")) or plans.definition_of(plan).question_set
    editing = _text(posted, "editing")
    if editing:
        typed = forms.posted_question(posted, editing)
        others = {q.id for q in draft.questions} - ({editing} if editing != forms.NEW else set())
        if not {"id", "label_ja"} & typed.problems(others, is_new=editing == forms.NEW).keys():
            draft = forms.with_question(draft, typed.question)
    return page(request, "desk/_question_preview.html", form=_form(request, draft, _text(posted, "class")))


@router.get("/desk/plans/{code}/questions/versions")
def show_versions(
    request: Request, person: PlanningPerson, session: Reading, code: str, before: str = "", after: str = ""
) -> Response:
    return _versions(request, session, plans.find(session, code), before, after)


@router.post("/desk/plans/{code}/questions/versions")
def take_again(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    code: str,
    version: Typed = "",
    seen: Typed = "",
    reason: Typed = "",
) -> Response:
    """An old version becomes a new one: what was asked in between stays in the list."""
    plan = plans.find(session, code)
    old = question_versions.question_set(session, plan, _number(version))
    typed = {"version": version, "reason": reason}
    try:
        made = plan_settings.change_questions(session, person.change, plan, _number(seen), old, typed_text(reason))
    except ChangedMeanwhile:
        session.rollback()
        refused = Refused("again", "", {"": say(request, "changed_meanwhile")}, typed)
        return _versions(request, session, plan, "", "", refused, 409)
    except NotValid as wrong:
        session.rollback()
        told = question_mistakes_in_words(wrong.mistakes, old, language_of(request))
        return _versions(request, session, plan, "", "", Refused("again", "", dict(told), typed), 422)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "again", "", typed)
        return _versions(request, session, plan, "", "", refused, 422)
    if made is None:
        refused = Refused("again", "", {"version": say(request, "nothing_different")}, typed)
        return _versions(request, session, plan, "", "", refused, 422)
    return RedirectResponse(f"/desk/plans/{code}/questions?done=saved", status_code=303)


def _save(
    request: Request,
    person: ChangingPlanningPerson,
    session: Session,
    plan: t.Plan,
    draft: QuestionSet,
    posted: FormData,
) -> Response:
    seen, reason = _number(_text(posted, "seen")), typed_text(_text(posted, "reason"))
    code = plan.code
    try:
        made = plan_settings.change_questions(session, person.change, plan, seen, draft, reason)
    except ChangedMeanwhile as meanwhile:
        session.rollback()
        theirs = changes_in_words(meanwhile.changes, language_of(request))
        refused = Refused("questions", "", {"": say(request, "changed_meanwhile")})
        return _page(request, session, plan, draft, None, "", posted, refused, theirs=theirs, status=409)
    except NotValid:
        session.rollback()  # the page says by itself what is wrong with the draft
        return _page(request, session, plan, draft, None, "", posted, status=422)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "questions", "", {})
        return _page(request, session, plan, draft, None, "", posted, refused, status=422)
    if made is None:
        refused = Refused("questions", "", {"": say(request, "nothing_different")})
        return _page(request, session, plan, draft, None, "", posted, refused, status=422)
    return RedirectResponse(f"/desk/plans/{code}/questions?done=saved", status_code=303)


def _page(
    request: Request,
    session: Session,
    plan: t.Plan,
    draft: QuestionSet,
    edited: TypedQuestion | None,
    editing: str,
    posted: FormData | None = None,
    refused: Refused | None = None,
    *,
    theirs: list[ToldChange] | None = None,
    done: str = "",
    status: int = 200,
) -> Response:
    """The editor. After somebody else's change was shown it goes on from theirs, with what was typed."""
    definition, language = plans.definition_of(plan), language_of(request)
    version = question_versions.current(session, plan)
    seen = _number(_text(posted, "seen")) if posted and theirs is None else version
    shown = forms.with_question(draft, edited.question) if edited and edited.texts.get("label_ja") else draft
    chosen = _text(posted, "class") if posted else next((c.code for c in definition.classes), "")
    unsaved = question_versions.differences(plan, definition.question_set, draft)
    return page(
        request,
        "desk/questions.html",
        status,
        plan=plan,
        definition=definition,
        draft=draft,
        draft_json=forms.draft_json(draft),
        seen=seen,
        version=version,
        running=_running(session, plan, language),
        edited=edited,
        editing=editing,
        new=forms.NEW,
        conditions=forms.conditions_offered(draft, definition.classes, edited.id) if edited else (),
        promises=_promises(draft, edited, language),
        progress=PROGRESS_QUESTION,
        mistakes=question_mistakes_in_words(_mistakes(plan, draft), draft, language),
        unsaved=changes_in_words(unsaved, language),
        reason=_text(posted, "reason") if posted else "",
        chosen_class=chosen,
        screen=_text(posted, "screen") if posted else "desktop",
        form=_form(request, shown, chosen),
        refused=refused,
        theirs=theirs or [],
        done=done,
    )


def _versions(
    request: Request,
    session: Session,
    plan: t.Plan,
    before: str,
    after: str,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    language, rows = language_of(request), question_versions.of_plan(session, plan)
    now = question_versions.current(session, plan)
    left, right = _number(before) or max(1, now - 1), _number(after) or now
    compared = (question_versions.question_set(session, plan, number) for number in (left, right))
    people = {row.id: session.get(t.User, row.made_by_id) if row.made_by_id else None for row in rows}
    return page(
        request,
        "desk/question_versions.html",
        status,
        plan=plan,
        rows=rows,
        made_by=people,
        now=now,
        left=left,
        right=right,
        changes=changes_in_words(question_versions.differences(plan, *compared), language),
        running=_running(session, plan, language),
        refused=refused,
    )


def _running(session: Session, plan: t.Plan, language: str) -> list[tuple[str, int, int | None]]:
    """Name, fiscal year and version of each round that collects now."""
    definition = plans.definition_of(plan)
    return [
        (definition.round_of(one.round.code).name.in_language(language), one.round.fiscal_year, one.version)
        for one in question_versions.running(session, plan)
    ]


def _promises(draft: QuestionSet, edited: TypedQuestion | None, language: str) -> list[tuple[str, str]]:
    """The questions whose answer of last year may be asked back, and the one that is, if it is none any more."""
    mine = (edited.id, edited.recalls) if edited else ("", "")
    return [
        (q.id, q.label.in_language(language))
        for q in draft.questions
        if (q.promise and q.id != mine[0]) or (mine[1] and q.id == mine[1])
    ]


def _form(request: Request, draft: QuestionSet, measure_class: str) -> object:
    return report_form(draft, {}, measure_class, language_of(request), None)


def _mistakes(plan: t.Plan, draft: QuestionSet) -> list[Mistake]:
    return question_rules.mistakes((), draft, {c.code for c in plans.definition_of(plan).classes})


def _text(posted: FormData | None, name: str) -> str:
    value = posted.get(name) if posted is not None else None
    return value if isinstance(value, str) else ""


def _number(text: str) -> int:
    """The number of a version; what is none is 0, which no version has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
