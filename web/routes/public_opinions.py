"""意見フォーム: anybody may send an opinion on a plan while it is switched on; staff of other departments too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

import i18n
from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain import opinion as rules
from domain.opinion import OTHER_DEPARTMENT, WindowState
from domain.plan import PlanDefinition
from i18n import N_
from records import opinions, people, plans
from records.change import Change, Conflict, NotAllowed, NotFound
from records.opinions import Window
from web.addresses import refuse_foreign_pages
from web.attempts import attempts_of
from web.context import (
    NotSignedIn,
    Person,
    PlanDay,
    WrongCsrfToken,
    checked_csrf,
    language_of,
    parts_of,
    person_of,
    plan_day,
)
from web.forms import opinion_form
from web.pages import page

router = APIRouter()

Typed = Annotated[str, Form()]
OwnPage = Depends(refuse_foreign_pages)


class Sender(StrEnum):
    PUBLIC = "public"
    DEPARTMENT = "department"  # signed in, of a department of this city
    HOST = "host"  # signed in, but not for a department: may look at the page


@dataclass(frozen=True)
class Visit:
    """The plan at hand, who looks at it, and how its window stands for them."""

    city: t.Municipality
    plan: t.Plan
    definition: PlanDefinition
    day: PlanDay
    person: Person | None
    sender: Sender
    departments: tuple[t.Department, ...]
    window: Window
    nodes: tuple[t.Node, ...]

    @property
    def address(self) -> str:
        return f"/opinions/{quote(self.city.code, safe='')}/{quote(self.plan.code, safe='')}"

    @property
    def is_open(self) -> bool:
        return self.window.state is WindowState.OPEN


@router.get("/opinions/{municipality}/{plan}")
def show_form(request: Request, municipality: str, plan: str) -> Response:
    visit = _visit(request, municipality, plan)
    return _form(request, visit, {}) if visit.is_open else _closed(request, visit)


@router.post("/opinions/{municipality}/{plan}", dependencies=[OwnPage])
def send(
    request: Request,
    municipality: str,
    plan: str,
    source: Typed = "",
    text: Typed = "",
    author: Typed = "",
    contact: Typed = "",
    measure: Typed = "",
    department: Typed = "",
    website: Typed = "",
    csrf_token: Typed = "",
) -> Response:
    try:
        visit = _visit(request, municipality, plan)
    except NotFound:
        if not text:
            raise
        # As for a plan that never was; whoever was writing while it was switched off keeps what was typed.
        return page(request, "opinions/gone.html", 404, text=text)
    typed = {"source": source, "text": text, "author": author, "contact": contact}
    typed |= {"measure": measure, "department": department}
    if not visit.is_open:
        return _closed(request, visit, text, 409)
    if visit.sender is Sender.HOST:
        raise NotAllowed("opinions")
    content = opinion_form.content_typed(typed, visit.day.today)
    sources = rules.public_sources(visit.definition)
    if visit.sender is Sender.DEPARTMENT:
        own = next((d for d in visit.departments if str(d.id) == department), visit.departments[0])
        content = replace(content, source=OTHER_DEPARTMENT, author=own.name, contact="")
        sources = rules.sources_of(visit.definition)
    problems = opinion_form.in_words(rules.problems_of(content, sources, visit.day.today), typed, language_of(request))
    problems |= _other_problems(request, visit, measure, website, csrf_token)
    if problems:
        return _form(request, visit, typed, problems, 422)
    if not attempts_of(request).may_send_opinion(_sender_key(request, visit)):
        return _form(request, visit, typed, {"": _say(request, _TOO_OFTEN)}, 429)
    parts = parts_of(request)
    change = visit.person.change if visit.sender is Sender.DEPARTMENT and visit.person else _public(request)
    chosen = opinion_form.node_typed(measure, visit.nodes)
    try:
        with parts.database.writing(visit.city.id) as session:
            found = plans.find(session, visit.plan.code)
            nodes = [chosen.id] if chosen else []
            opinion = opinions.receive(session, change, found, content, nodes, visit.day.today)
            number = rules.receipt_number(opinion.received_on, opinion.id)
    except Conflict:
        return _closed(request, replace(visit, window=Window(WindowState.NONE)), text, 409)
    return RedirectResponse(f"{visit.address}/received?number={number}", status_code=303)


@router.get("/opinions/{municipality}/{plan}/received")
def show_received(request: Request, municipality: str, plan: str, number: Annotated[str, Query()] = "") -> Response:
    visit = _visit(request, municipality, plan)
    if not re.fullmatch(r"\d{8}-\d{1,10}", number, re.ASCII):
        raise NotFound("receipt")
    return page(request, "opinions/received.html", visit=visit, plan=visit.plan, number=number)


_TOO_OFTEN = N_("続けて送信されたため、一時的に止めています。15分ほど待ってから、もう一度送信してください。")
_SESSION_ENDED = N_("画面の有効期限が切れました。内容を確かめて、もう一度送信してください。")
_MEASURE_UNKNOWN = N_("施策を一覧から選び直してください。")
_NOT_FOR_PEOPLE = N_("入力しない欄に文字が入っていたため、空欄に戻しました。内容を確かめて、もう一度送信してください。")


def _other_problems(request: Request, visit: Visit, measure: str, website: str, csrf_token: str) -> dict[str, str]:
    found: dict[str, str] = {}
    if measure and opinion_form.node_typed(measure, visit.nodes) is None:
        found["measure"] = _say(request, _MEASURE_UNKNOWN)
    if website:
        found[""] = _say(request, _NOT_FOR_PEOPLE)
    if visit.person is not None:
        try:
            checked_csrf(visit.person, csrf_token)
        except WrongCsrfToken:
            found[""] = _say(request, _SESSION_ENDED)
    return found


def _visit(request: Request, municipality: str, plan_code: str) -> Visit:
    """Raises `NotFound` for what is no plan of this city, whatever plans other cities have.

    So it does for strangers where a plan is neither public nor asking: that it exists is not theirs to know.
    """
    if not (municipality.isprintable() and plan_code.isprintable()):
        raise NotFound("plan")
    parts = parts_of(request)
    try:
        person = person_of(request)
    except NotSignedIn:
        person = None
    with parts.database.reading(EVERY_MUNICIPALITY) as session:
        city = people.municipality(session, municipality)
    with parts.database.reading(city.id) as session:
        plan = plans.find(session, plan_code)
        day = plan_day(plan, parts.now())
        departments: tuple[t.Department, ...] = ()
        sender = Sender.PUBLIC
        if person is not None and person.municipality == city.id:
            if not person.actor.is_planning:
                departments = tuple(people.department(session, d) for d in sorted(person.actor.departments))
            sender = Sender.DEPARTMENT if departments else Sender.HOST
        window = opinions.window_of(session, plan, day.today, is_staff=sender is not Sender.PUBLIC)
        nodes: tuple[t.Node, ...] = ()
        if window.state is WindowState.OPEN:
            every = opinions.nodes_for(session, opinions.Intake(plan, window.review), day.today)
            nodes = tuple(node for node in every if node.is_reported)
        definition = plans.definition_of(plan)
        is_public = parts.settings.public_site and definition.is_public
        if sender is Sender.PUBLIC and window.state is WindowState.NONE and not is_public:
            raise NotFound("plan")
        return Visit(city, plan, definition, day, person, sender, departments, window, nodes)


def _form(
    request: Request,
    visit: Visit,
    typed: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        "opinions/form.html",
        status,
        visit=visit,
        plan=visit.plan,
        sources=rules.public_sources(visit.definition),
        typed={name: typed.get(name, "") for name in opinion_form.FIELDS},
        problems=problems or {},
        limit=rules.LONGEST_TEXT,
    )


def _closed(request: Request, visit: Visit, text: str = "", status: int = 200) -> Response:
    return page(request, "opinions/closed.html", status, visit=visit, plan=visit.plan, text=text)


def _public(request: Request) -> Change:
    return Change("public", parts_of(request).now())


def _sender_key(request: Request, visit: Visit) -> str:
    """A city hall may sit behind one address, so its people are counted one by one."""
    if visit.sender is Sender.DEPARTMENT and visit.person is not None:
        return f"user/{visit.person.user.id}"
    return request.client.host if request.client else ""


def _say(request: Request, text: str) -> str:
    return i18n.translate(language_of(request), text)
