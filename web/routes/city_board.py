"""The board of the city: all open rounds of all plans, narrowed, taken along, and changed several at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.text import named, typed_day, typed_text
from exchange import table_csv
from i18n import translate
from mail.compose import day_in_words
from records import board, board_view, city_board, mail_changes, reorganisation, rounds, several_requests
from records.board import Board
from records.change import Conflict, NotFound
from records.several_requests import ChosenRequest
from web.attempts import RENDERING
from web.board_query import Asked, BoardQuery, from_query, look, shows
from web.context import ChangingPlanningPerson, Person, PlanningPerson, Reading, Writing, language_of, plan_day
from web.downloads import document_response
from web.foreseen_pages import PREVIEW, Considered, foreseen_page
from web.pages import page
from web.paths import RowId
from web.refused import Refused, Typed, refused_by, say, without_reason
from web.view_pages import CITY_BOARD, kept_views

router = APIRouter()

_ADDRESS = "/desk/board"
_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NO_FORM = {"requests": "", "what": "extend", "due_on": "", "reason": ""}
Format = Literal["csv", "xlsx"]


@router.get(_ADDRESS)
def show_city_board(
    request: Request,
    person: PlanningPerson,
    session: Reading,
    asked: Asked,
    done: str = "",
    n: str = "",
    select: str = "",
) -> Response:
    """`select=all` marks every row that is shown, for what is to be changed together."""
    count = int(n) if n.isascii() and n.isdigit() else 0
    return _board(request, person, session, asked, done=done, count=count, marks_all=select == "all")


@router.get(_ADDRESS + "/export.{format}", dependencies=[RENDERING])
def take_city_board_along(
    request: Request, person: PlanningPerson, session: Reading, asked: Asked, format: Format
) -> Response:
    return _file(request, person, session, city_board.of_city(session, person.at), asked, format)


@router.get("/desk/rounds/{round_id}/export.{format}", dependencies=[RENDERING])
def take_round_along(
    request: Request, person: PlanningPerson, session: Reading, asked: Asked, round_id: RowId, format: Format
) -> Response:
    """The board of one round, open or closed, as it is shown."""
    round_ = rounds.find(session, round_id)
    day = plan_day(rounds.plan_of(session, round_), person.at)
    shown = board.of_round(session, round_, day.time, day.calendar)
    return _file(request, person, session, [shown], asked, format)


@router.post(_ADDRESS + "/change")
def change_several(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    requests: Annotated[tuple[str, ...], Form()] = (),
    what: Typed = "",
    due_on: Typed = "",
    reason: Typed = "",
    query: Typed = "",
    action: Typed = PREVIEW,
) -> Response:
    """Extend or exempt the chosen departments; unless it was confirmed, it is only shown what that would change."""
    asked = from_query(query)
    typed = {"requests": ",".join(requests), "what": what, "due_on": due_on, "reason": reason}
    new_due_on = typed_day(due_on)
    problems: dict[str, str] = {}  # in the order of the fields
    if not requests:
        problems["requests"] = say(request, "no_request_chosen")
    if what not in ("extend", "exempt"):
        problems["what"] = say(request, "what_to_change_missing")
    if what == "extend" and new_due_on is None:
        problems["due_on"] = say(request, "day_not_readable")
    problems |= without_reason(request, reason)
    if problems:
        return _board(request, person, session, asked, Refused("change", "several", problems, typed), 422)
    several = several_requests.chosen(session, [_row_id(one) for one in requests])

    def act() -> int:
        if what == "extend" and new_due_on is not None:
            return several_requests.extend(session, person.change, several, new_due_on, typed_text(reason))
        return several_requests.exempt(session, person.change, several, typed_text(reason))

    try:
        if action == PREVIEW:
            concerned = {one.round.id: one.round for one in several}.values()
            foreseen = mail_changes.of_act(session, concerned, person.at, act)
            kept = [*(("requests", one) for one in requests), ("what", what), ("due_on", due_on)]
            considered = _considered(
                request, several, new_due_on if what == "extend" else None, reason, [*kept, ("reason", reason)], asked
            )
            return foreseen_page(request, considered, foreseen)
        count = act()
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "change", "several", typed)
        return _board(request, person, session, asked, refused, 409)
    done = "extended" if what == "extend" else "exempted"
    return RedirectResponse(_with(asked, done=done, n=str(count)), status_code=303)


def _row_id(typed: str) -> int:
    """Raises `NotFound` for what no row of a database could have as its id."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):
        raise NotFound(f"request {typed}")
    return int(typed)


def _considered(
    request: Request,
    several: Sequence[ChosenRequest],
    due_on: date | None,
    reason: str,
    typed: list[tuple[str, str]],
    asked: BoardQuery,
) -> Considered:
    language = language_of(request)
    owing = [one for one in several if one.outstanding]
    passed_over = [one for one in several if not one.outstanding]
    facts = [(translate(language, "部署"), _names(owing, language))]
    if passed_over:
        facts.append((translate(language, "未提出がないため変わらない部署"), _names(passed_over, language)))
    if due_on:
        facts.append((translate(language, "新しい期限"), day_in_words(due_on, language)))
    facts.append((translate(language, "理由"), typed_text(reason)))
    n = len(owing)
    if due_on:
        title = translate(language, "選んだ%(n)s部署の期限を延ばす", n=n)
        confirm = translate(language, "この内容で期限を延長する")
    else:
        title = translate(language, "選んだ%(n)s部署の報告を免除する", n=n)
        confirm = translate(language, "この内容で免除する")
    back = _with(asked)
    return Considered(title, facts, confirm, f"{_ADDRESS}/change", back, [*typed, ("query", asked.query)])


def _names(several: Sequence[ChosenRequest], language: str) -> str:
    def name(one: ChosenRequest) -> str:
        return named(one.department, language) if one.department else translate(language, "所管課が未定の施策")

    each = (
        translate(
            language,
            "%(department)s（%(plan)s・%(n)s件）",
            department=name(one),
            plan=named(one.plan, language),
            n=one.outstanding,
        )
        for one in several
    )
    return translate(language, "、").join(each)


def _with(asked: BoardQuery, **more: str) -> str:
    parts = [asked.query, *(f"{name}={value}" for name, value in more.items())]
    return f"{_ADDRESS}?{'&'.join(filter(None, parts))}"


def _board(
    request: Request,
    person: Person,
    session: Session,
    asked: BoardQuery,
    refused: Refused | None = None,
    status: int = 200,
    *,
    done: str = "",
    count: int = 0,
    marks_all: bool = False,
) -> Response:
    language = language_of(request)
    seen = look(session, city_board.of_city(session, person.at), asked, _ADDRESS, language)
    typed = refused.typed if refused else _NO_FORM
    chosen = set(typed["requests"].split(","))
    return page(
        request,
        "desk/city_board.html",
        status,
        look=seen,
        shows=shows(language),
        views=kept_views(session, person, CITY_BOARD, _ADDRESS, asked.query),
        round_name=lambda of: city_board.round_name(of, language),
        sorts=board_view.Sort,
        typed=typed,
        marked={one.row.request.id for one in seen.rows if marks_all or str(one.row.request.id) in chosen},
        marks_all=marks_all,
        refused=refused,
        done=done,
        count=count,
    )


def _file(
    request: Request, person: Person, session: Session, boards: Sequence[Board], asked: BoardQuery, format: Format
) -> Response:
    """What is shown, to take along. Of simulated plans the file says so."""
    language = language_of(request)
    seen = look(session, boards, asked, _ADDRESS, language)
    table = city_board.table(seen.rows, language)
    today = reorganisation.city_day(session, person.at)
    marks = dict.fromkeys(
        one.board.plan.mark_en if language == "en" and one.board.plan.mark_en else one.board.plan.mark
        for one in seen.rows
    )
    if format == "csv":
        content = table_csv.write(table.columns, table.rows)
    else:
        from documents import table_files  # loads the writer of workbooks

        city = named(session.get_one(t.Municipality, person.municipality), language)
        content = table_files.excel(
            table_files.TableFile(city, city, today, (table,), tuple(mark for mark in marks if mark))
        )
    sample = "-sample" if any(marks) else ""
    name = f"board-{today.isoformat()}{sample}.{format}"
    return document_response(content, _MEDIA_TYPES[format], name, keep=True)
