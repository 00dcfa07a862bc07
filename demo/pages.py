"""The demo's own pages: the plans and who one may be, the inbox, and the clocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session, col, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from demo import samples
from demo.clock_control import Move, moved
from demo.mailbox import Envelope, Mailbox
from demo.samples import LivingPlan, Scene
from domain.ladder import Rank
from records import plans
from records.change import Change, NotAllowed, NotFound
from scheduler import let_changes_take_effect, open_cycles_due
from web.context import parts_of, plan_day
from web.downloads import document_response
from web.pages import page

TEMPLATES = Path(__file__).parent / "templates"
_ON_A_PAGE = 50


@dataclass(frozen=True)
class SamplePerson:
    """Somebody one may be: their city, their ranks on the plan's day, and their password ("": none)."""

    user: t.User
    city: t.Municipality
    held: Sequence[tuple[Rank, t.Department]]
    password: str


@dataclass(frozen=True)
class ShownPlan:
    """A plan of the demo with its time now and what there is to see."""

    plan: t.Plan
    city: t.Municipality
    time: datetime
    seconds_per_day: float
    living: LivingPlan
    scenes: Sequence[tuple[Scene, SamplePerson]]


def build(mailbox: Mailbox) -> APIRouter:
    router = APIRouter(prefix="/demo")
    living = samples.living_plans()
    passwords = {email: one for plan in living for email, one in samples.passwords(plan.code).items()}

    @router.get("")
    def start(request: Request) -> Response:
        with parts_of(request).database.reading(EVERY_MUNICIPALITY) as session:
            people = _people(session, passwords)
            shown = _shown(session, living, people, parts_of(request).now())
            return page(request, "demo/start.html", shown=shown, people=list(people.values()))

    @router.get("/inbox")
    def inbox(
        request: Request, city: str = "", to: str = "", year: int | None = None, before: int | None = None
    ) -> Response:
        arrived = mailbox.envelopes()
        of_city = [mail for mail in arrived if _is_of(mail, city)]
        found = [mail for mail in of_city if to in mail.recipient and year in (None, mail.fiscal_year)]
        ahead = [mail for mail in found if before is None or mail.number < before]
        listed, left = ahead[:_ON_A_PAGE], ahead[_ON_A_PAGE:]
        with parts_of(request).database.reading(EVERY_MUNICIPALITY) as session:
            shown = _shown(session, living, {}, parts_of(request).now())
            return page(
                request,
                "demo/inbox.html",
                shown=shown,
                mails=[mailbox.find(mail.number) for mail in listed],
                found=len(found),
                older=listed[-1].number if left else None,
                asked={"city": city, "to": to, "year": year or ""},
                years=sorted({mail.fiscal_year for mail in of_city}, reverse=True),
                cities=list({one.city.id: one.city for one in shown}.values()),
            )

    @router.get("/inbox/{number}")
    def mail(request: Request, number: int) -> Response:
        found = mailbox.find(number)
        if found is None:
            raise NotFound(f"mail {number}")
        return page(request, "demo/mail.html", mail=found)

    @router.get("/inbox/{number}/{attachment}")
    def attachment(number: int, attachment: int) -> Response:
        found = mailbox.find(number)
        file = found.attachment(attachment) if found else None
        if file is None:
            raise NotFound(f"attachment {attachment} of mail {number}")
        content, media_type, name = file
        return document_response(content, media_type, name, keep=True)

    @router.post("/clock")
    def clock(request: Request, move: Annotated[Move, Form()]) -> Response:
        """The clocks of all plans move together, each to its own next business day."""
        _refuse_other_sites(request)
        parts = parts_of(request)
        at = parts.now()
        with parts.database.reading(EVERY_MUNICIPALITY) as session:
            cities = {plan.code: plan.municipality_id for plan in plans.every(session)}
        for code, city in cities.items():
            with parts.database.writing(city) as session:
                plan = plans.find(session, code)
                day = plan_day(plan, at)
                plans.set_clock(session, Change("demo", at), plan, moved(day.clock, at, day.calendar, move))
        let_changes_take_effect(parts.database, at)  # as the scheduler does every minute: whoever jumps does not wait
        open_cycles_due(parts.database, at)
        return RedirectResponse("/demo/inbox", status_code=303)

    return router


def _people(session: Session, passwords: Mapping[str, str]) -> dict[str, SamplePerson]:
    """The sample people by mail address, as the database has them."""
    cities = {city.id: city for city in session.exec(select(t.Municipality))}
    held = session.exec(
        select(t.Appointment, t.Department).join(t.Department, col(t.Department.id) == col(t.Appointment.department_id))
    ).all()
    users = session.exec(select(t.User).order_by(col(t.User.id))).all()
    return {
        user.email: SamplePerson(
            user,
            cities[user.municipality_id],
            [(a.rank, d) for a, d in held if a.user_id == user.id and a.valid_until is None],
            passwords.get(user.email, ""),
        )
        for user in users
    }


def _shown(
    session: Session, living: Sequence[LivingPlan], people: Mapping[str, SamplePerson], at: datetime
) -> list[ShownPlan]:
    """The plans of the demo that the record holds, in the order of the demo."""
    stored = {plan.code: plan for plan in plans.every(session)}
    found = []
    for one in living:
        if one.code in stored:
            plan = stored[one.code]
            day = plan_day(plan, at)
            scenes = [(scene, people[scene.who]) for scene in one.scenes if scene.who in people]
            city = plans.municipality_of(session, plan)
            found.append(ShownPlan(plan, city, day.time, day.clock.seconds_per_day, one, scenes))
    return found


def _is_of(mail: Envelope, city: str) -> bool:
    """Whether a mail went to somebody of a city ("": any): the sample addresses end with its code."""
    return not city or mail.recipient.rstrip(">").endswith(f"@{city}.example")


def _refuse_other_sites(request: Request) -> None:
    """The demo's clock has no sign-in; a page of another site must still not move it."""
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed("clock")
