"""What every handler is given: the parts of the application, and the person who is signed in."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Form, Header, Request
from sqlmodel import Session

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.calendar import BusinessCalendar
from domain.clock import PlanClock, jst_day
from domain.roles import Actor
from japan_calendar import business_calendar
from mail.send import Mailer
from records import pauses, people, plans, sign_in
from records.change import Change, NotAllowed
from settings import Settings

SESSION_COOKIE = "meguru_session"
LANGUAGE_COOKIE = "meguru_language"


@dataclass(frozen=True)
class Parts:
    """What the application is made of; tests put their own in."""

    settings: Settings
    database: Database
    mailer: Mailer
    now: Callable[[], datetime]


def cookie_name(parts: Parts, name: str, path: str = "/") -> str:
    """The name as the browser keeps it: over https it lets nobody else of the domain, and no plain http, set one so."""
    if parts.settings.base_url.scheme != "https":
        return name
    return f"__Host-{name}" if path == "/" else f"__Secure-{name}"


def cookie_of(request: Request, name: str, path: str = "/") -> str:
    return request.cookies.get(cookie_name(parts_of(request), name, path), "")


@dataclass(frozen=True)
class Person:
    """The signed-in person with the rights of today, and the session's CSRF token.

    `pause` is that of the city, if one lasts: every page says so.
    """

    user: t.User
    actor: Actor
    csrf_token: str
    at: datetime
    pause: t.Pause | None = None

    @property
    def municipality(self) -> int:
        return self.user.municipality_id

    @property
    def paused_since(self) -> date | None:
        return self.pause.begins_on if self.pause else None

    @property
    def change(self) -> Change:
        return Change(self.user.email, self.at, self.user.id)


class NotSignedIn(Exception):
    """The page needs a sign-in; the handler sends the person there and back."""


class WrongCsrfToken(Exception):
    """A form came without the token of the session it was shown in."""


def parts_of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def person_of(request: Request) -> Person:
    """The signed-in person. Raises `NotSignedIn`. A plain dependency: runs in the thread pool."""
    parts = parts_of(request)
    token = cookie_of(request, SESSION_COOKIE)
    at = parts.now()
    with parts.database.reading(EVERY_MUNICIPALITY) as session:
        signed_in = sign_in.by_session(session, token, at) if token else None
        if signed_in is None:
            raise NotSignedIn
        actor = people.actor_of(session, signed_in.user, jst_day(at))
        pause = pauses.of_municipality(session, signed_in.user.municipality_id)
    if sign_in.needs_touch(signed_in.session, at):
        with parts.database.writing(EVERY_MUNICIPALITY) as session:
            sign_in.touch(session, signed_in.session, at)
    person = Person(signed_in.user, actor, signed_in.session.csrf_token, at, pause)
    request.state.person = person  # templates show who is signed in, error pages too
    return person


SignedInPerson = Annotated[Person, Depends(person_of)]


def checked_csrf(
    person: SignedInPerson,
    csrf_token: Annotated[str, Form()] = "",
    x_csrf_token: Annotated[str, Header()] = "",
) -> Person:
    """The person of a form that changes something: its token must be the session's."""
    if not secrets.compare_digest(person.csrf_token, csrf_token or x_csrf_token):
        raise WrongCsrfToken
    return person


ChangingPerson = Annotated[Person, Depends(checked_csrf)]


def planning_person(person: SignedInPerson) -> Person:
    if not person.actor.is_planning:
        raise NotAllowed("desk")
    return person


def changing_planning_person(person: ChangingPerson) -> Person:
    return planning_person(person)


PlanningPerson = Annotated[Person, Depends(planning_person)]
ChangingPlanningPerson = Annotated[Person, Depends(changing_planning_person)]


def reading_session(request: Request, person: SignedInPerson) -> Iterator[Session]:
    with parts_of(request).database.reading(person.municipality) as session:
        yield session


def writing_session(request: Request, person: SignedInPerson) -> Iterator[Session]:
    """One transaction per request; committed before the answer leaves."""
    with parts_of(request).database.writing(person.municipality) as session:
        yield session


Reading = Annotated[Session, Depends(reading_session)]
Writing = Annotated[Session, Depends(writing_session, scope="function")]


@dataclass(frozen=True)
class PlanDay:
    """A plan's own time at the moment of a request."""

    clock: PlanClock
    time: datetime
    calendar: BusinessCalendar

    @property
    def today(self) -> date:
        return self.time.date()


def plan_day(plan: t.Plan, at: datetime) -> PlanDay:
    """What day it is for a plan, with the business days around it."""
    clock = plans.clock_of(plan, at)
    time = clock.plan_time(at)
    return PlanDay(clock, time, business_calendar(range(time.year - 1, time.year + 3)))


def language_of(request: Request) -> str:
    """The person's language; before sign-in that of the cookie. Japanese is the default."""
    person: Person | None = getattr(request.state, "person", None)
    chosen = person.user.language if person else cookie_of(request, LANGUAGE_COOKIE)
    return "en" if chosen == "en" else "ja"
