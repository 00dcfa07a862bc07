"""The demo's own pages: who one may be, the inbox, and the plan's clock."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session, col, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from demo import samples
from demo.clock_control import Move, moved
from demo.mailbox import Mailbox
from demo.samples import PLAN
from domain.fiscal_year import FiscalYear
from domain.ladder import Rank
from records import plans, reviews
from records.change import Change, NotAllowed, NotFound
from scheduler import let_changes_take_effect, open_cycles_due
from web.context import parts_of, plan_day
from web.pages import page

TEMPLATES = Path(__file__).parent / "templates"
_ON_A_PAGE = 50


def build(mailbox: Mailbox) -> APIRouter:
    router = APIRouter(prefix="/demo")
    passwords = samples.passwords(PLAN)
    begins_in = FiscalYear(samples.sample(PLAN)["clock"]["fiscal_year"])

    @router.get("")
    def start(request: Request) -> Response:
        parts = parts_of(request)
        with parts.database.reading(EVERY_MUNICIPALITY) as session:
            return page(
                request,
                "demo/start.html",
                people=_staff(session, passwords),
                **_sights(session, begins_in),
                **_clock(request, session),
            )

    @router.get("/inbox")
    def inbox(request: Request, to: str = "", year: int | None = None, before: int | None = None) -> Response:
        years = mailbox.years()
        shown = year if year in years else max(years, default=None)
        found = [mail for mail in mailbox.of_year(shown) if to in mail.recipient] if shown else []
        ahead = [mail for mail in found if before is None or mail.number < before]
        mails, left = ahead[:_ON_A_PAGE], ahead[_ON_A_PAGE:]
        with parts_of(request).database.reading(EVERY_MUNICIPALITY) as session:
            return page(
                request,
                "demo/inbox.html",
                mails=mails,
                found=len(found),
                older=mails[-1].number if left else None,
                to=to,
                year=shown,
                years=years,
                **_clock(request, session),
            )

    @router.get("/inbox/{number}")
    def mail(request: Request, number: int) -> Response:
        found = mailbox.find(number)
        if found is None:
            raise NotFound(f"mail {number}")
        return page(request, "demo/mail.html", mail=found)

    @router.post("/clock")
    def clock(request: Request, move: Annotated[Move, Form()]) -> Response:
        _refuse_other_sites(request)
        parts = parts_of(request)
        at = parts.now()
        with parts.database.writing(EVERY_MUNICIPALITY) as session:
            found = plans.find(session, PLAN)
            municipality = found.municipality_id
        with parts.database.writing(municipality) as session:
            plan = plans.find(session, PLAN)
            day = plan_day(plan, at)
            plans.set_clock(session, Change("demo", at), plan, moved(day.clock, at, day.calendar, move))
        let_changes_take_effect(parts.database, at)  # as the scheduler does every minute: whoever jumps does not wait
        open_cycles_due(parts.database, at)
        return RedirectResponse("/demo/inbox", status_code=303)

    return router


def _staff(
    session: Session, passwords: dict[str, str]
) -> list[tuple[t.User, t.Municipality, list[tuple[Rank, t.Department]], str]]:
    """The sample people with their city, ranks and passwords ("": none), as the database has them."""
    cities = {city.id: city for city in session.exec(select(t.Municipality))}
    held = session.exec(
        select(t.Appointment, t.Department).join(t.Department, col(t.Department.id) == col(t.Appointment.department_id))
    ).all()
    users = session.exec(select(t.User).order_by(col(t.User.id))).all()
    return [
        (
            user,
            cities[user.municipality_id],
            [(a.rank, d) for a, d in held if a.user_id == user.id],
            passwords.get(user.email, ""),
        )
        for user in users
    ]


def _sights(session: Session, begins_in: FiscalYear) -> dict[str, Any]:
    """What there is to see: the replayed years and reviews, the demo's first year and the review at its end."""
    plan = plans.find(session, PLAN)
    definition = plans.definition_of(plan)
    past = (t.AnnualCycle.plan_id == plan.id, t.AnnualCycle.fiscal_year < begins_in.starts_in)
    opens = definition.review.opens if definition.review else None
    return {
        "begins_in": begins_in.starts_in,
        "past": session.exec(select(t.AnnualCycle).where(*past).order_by(col(t.AnnualCycle.fiscal_year))).all(),
        "reviewed": [r for r in reviews.of_plan(session, plan) if r.fiscal_year < begins_in.starts_in],
        "term": definition.term_of(begins_in.starts_in),
        "review_opens_on": begins_in.day(opens.month, opens.day) if opens else None,
    }


def _clock(request: Request, session: Session) -> dict[str, Any]:
    plan = plans.find(session, PLAN)
    day = plan_day(plan, parts_of(request).now())
    return {"plan": plan, "plan_time": day.time, "seconds_per_day": day.clock.seconds_per_day}


def _refuse_other_sites(request: Request) -> None:
    """The demo's clock has no sign-in; a page of another site must still not move it."""
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed("clock")
