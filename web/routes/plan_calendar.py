"""年間予定: what the coming year brings, for one plan and for the city; and the dates that decide it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from db import tables as t
from documents import mail_calendar_render, year_calendar_ics
from documents.year_calendar import MovedEntry, YearCalendar
from domain.changes import Change, changes
from domain.fiscal_year import FiscalYear
from domain.plan_settings import PlanDates, dates_of, with_dates
from domain.text import half_width, typed_text
from mail.compose import domain_of
from records import plan_settings, plans, preview, reorganisation, year_calendar
from records.change import Conflict
from records.plan_settings import ChangedMeanwhile
from web.attempts import RENDERING
from web.context import ChangingPlanningPerson, Person, PlanningPerson, Writing, language_of, parts_of, plan_day
from web.downloads import document_response
from web.forms import dates_form as forms
from web.pages import page
from web.refused import Refused, refused_by, say
from web.settings_words import ToldChange, changes_in_words, mistakes_in_words

router = APIRouter()

_YEARS = range(1990, 2200)


async def _posted(request: Request) -> FormData:
    return await request.form()


Posted = Annotated[FormData, Depends(_posted)]

# A year is rehearsed in a session that may write (`records/preview.py`); all of it is undone, so nothing changes.


@router.get("/desk/calendar", dependencies=[RENDERING])
def show_city(request: Request, person: PlanningPerson, session: Writing, year: str = "") -> Response:
    wanted = _year(year, FiscalYear.of(reorganisation.city_day(session, person.at)).starts_in)
    calendar = year_calendar.of_city(session, wanted, person.at, language_of(request))
    return _calendar_page(request, calendar, None, "/desk/calendar")


@router.get("/desk/plans/{code}/calendar", dependencies=[RENDERING])
def show_calendar(
    request: Request, person: PlanningPerson, session: Writing, code: str, year: str = "", done: str = ""
) -> Response:
    plan = plans.find(session, code)
    calendar = _calendar_of(request, person, session, plan, year)
    return _calendar_page(request, calendar, plan, f"/desk/plans/{code}/calendar", done)


@router.get("/desk/plans/{code}/calendar.ics", dependencies=[RENDERING])
def take_calendar(request: Request, person: PlanningPerson, session: Writing, code: str, year: str = "") -> Response:
    plan, settings = plans.find(session, code), parts_of(request).settings
    calendar = _calendar_of(request, person, session, plan, year)
    base, host = str(settings.base_url).rstrip("/"), f"{code}.{domain_of(settings.smtp_sender)}"
    content = year_calendar_ics.render(calendar, base, host)
    name = f"{code}-{calendar.fiscal_year}.ics"
    return document_response(content, year_calendar_ics.MEDIA_TYPE, name, keep=True)


@router.get("/desk/plans/{code}/calendar/mails.xlsx", dependencies=[RENDERING])
def take_mails(request: Request, person: PlanningPerson, session: Writing, code: str, year: str = "") -> Response:
    """年間メール予定表: every mail of the year with its recipients. Without a year of its own there is none."""
    plan = plans.find(session, code)
    wanted = _year(year, _this_year(plan, person))
    try:
        mails = preview.of_year(session, plan, wanted, person.at, language_of(request))
    except Conflict:
        return RedirectResponse(f"/desk/plans/{code}/calendar?year={wanted}", status_code=303)
    content = mail_calendar_render.render(mails)["xlsx"]
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return document_response(content, media_type, f"{code}-mails-{wanted}.xlsx", keep=True)


@router.get("/desk/plans/{code}/calendar/dates", dependencies=[RENDERING])
def show_dates(request: Request, person: PlanningPerson, session: Writing, code: str, year: str = "") -> Response:
    plan = plans.find(session, code)
    wanted = _year(year, _this_year(plan, person) + 1)
    return _dates_page(request, person, session, plan, wanted)


@router.post("/desk/plans/{code}/calendar/dates")
def set_dates(
    request: Request, person: ChangingPlanningPerson, session: Writing, code: str, posted: Posted
) -> Response:
    """Show what other dates would move; once that was looked at, they are taken over."""
    plan = plans.find(session, code)
    year = _year(_text(posted, "year"), _this_year(plan, person) + 1)
    now = dates_of(plans.definition_of(plan))
    read = forms.posted_dates(posted, now)
    reason = typed_text(_text(posted, "reason"))
    if read.dates is None:
        problems = {name: say(request, problem) for name, problem in read.problems.items()}
        refused = Refused("dates", "", problems, read.typed)
        return _dates_page(request, person, session, plan, year, posted, refused, status=422)
    wrong = plan_settings.mistakes_in_dates(plan, read.dates)
    if wrong:
        told = " ".join(mistakes_in_words(wrong, language_of(request)))
        return _dates_page(request, person, session, plan, year, posted, Refused("dates", "", {"": told}), status=422)
    if _text(posted, "action") != "confirm":
        return _dates_page(request, person, session, plan, year, posted, is_looked_at=True)
    try:
        seen = forms.seen_dates(_text(posted, "seen"))
        changed = plan_settings.set_dates(session, person.change, plan, seen, read.dates, reason)
    except ChangedMeanwhile as meanwhile:
        session.rollback()
        theirs = changes_in_words(meanwhile.changes, language_of(request))
        refused = Refused("dates", "", {"": say(request, "changed_meanwhile")})
        return _dates_page(request, person, session, plan, year, posted, refused, theirs=theirs, status=409)
    except Conflict as conflict:
        refused = refused_by(request, session, conflict, "dates", "", {})
        return _dates_page(request, person, session, plan, year, posted, refused, is_looked_at=True, status=422)
    if not changed:
        refused = Refused("dates", "", {"": say(request, "nothing_different")})
        return _dates_page(request, person, session, plan, year, posted, refused, status=422)
    return RedirectResponse(f"/desk/plans/{code}/calendar?year={year}&done=saved", status_code=303)


def _calendar_of(request: Request, person: Person, session: Session, plan: t.Plan, year: str) -> YearCalendar:
    return year_calendar.of_plan(session, plan, _year(year, _this_year(plan, person)), person.at, language_of(request))


def _calendar_page(
    request: Request, calendar: YearCalendar, plan: t.Plan | None, address: str, done: str = ""
) -> Response:
    return page(
        request, "desk/calendar.html", calendar=calendar, plan=plan, address=address, months=calendar.months, done=done
    )


def _dates_page(
    request: Request,
    person: Person,
    session: Session,
    plan: t.Plan,
    year: int,
    posted: FormData | None = None,
    refused: Refused | None = None,
    *,
    is_looked_at: bool = False,
    theirs: list[ToldChange] | None = None,
    status: int = 200,
) -> Response:
    definition, language = plans.definition_of(plan), language_of(request)
    now = dates_of(definition)
    typed = forms.posted_dates(posted, now) if posted is not None else None
    dates = typed.dates if typed and is_looked_at else None
    moved: tuple[MovedEntry, ...] = ()
    changed: list[ToldChange] = []
    if dates is not None:
        moved = year_calendar.moves(session, plan, year, dates, person.at, language)
        changed = changes_in_words(_differences(plan, dates), language)
    seen = _text(posted, "seen") if posted is not None and not theirs else forms.seen_json(now)
    return page(
        request,
        "desk/calendar_dates.html",
        status,
        plan=plan,
        definition=definition,
        year=year,
        seen=seen,
        typed=typed.typed if typed else forms.typed_dates(now),
        reason=_text(posted, "reason") if posted is not None else "",
        running=plan_settings.running_rounds(session, plan, language),
        is_looked_at=is_looked_at,
        moved=moved,
        changed=changed,
        refused=refused,
        theirs=theirs or [],
    )


def _differences(plan: t.Plan, dates: PlanDates) -> tuple[Change, ...]:
    definition = plans.definition_of(plan)
    return changes(definition, with_dates(definition, dates))


def _this_year(plan: t.Plan, person: Person) -> int:
    return FiscalYear.of(plan_day(plan, person.at).today).starts_in


def _year(text: str, otherwise: int) -> int:
    year = half_width(text)
    return int(year) if year.isascii() and year.isdigit() and len(year) == 4 and int(year) in _YEARS else otherwise


def _text(posted: FormData, name: str) -> str:
    value = posted.get(name)
    return value if isinstance(value, str) else ""
