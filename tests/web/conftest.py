"""The application over the city of `tests.city`, and browsers for its people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import AnyHttpUrl

from records import sign_in
from settings import Settings
from tests.city import OPENED_AT, City
from tests.city_fixtures import real_city, real_city_template
from tests.conftest import RememberingMailer
from tests.project_city import AT as LOOKED_AT
from tests.project_city import ProjectCity
from tests.project_city_fixtures import project_city, project_city_template
from tests.review_city import REVIEWED_AT, ReviewCity
from tests.review_city_fixtures import made_city, made_city_template, review_city, review_city_template
from tests.web.desk_review import desk_review, desk_review_template
from web.app import create_app
from web.context import SESSION_COOKIE

__all__ = [
    "desk_review",
    "desk_review_template",
    "made_city",
    "made_city_template",
    "project_city",
    "project_city_template",
    "real_city",
    "real_city_template",
    "review_city",
    "review_city_template",
]

BASE_URL = "https://meguru.city.example"
SECURE_SESSION = f"__Host-{SESSION_COOKIE}"
"""The session cookie where Meguru is reached over https."""


@dataclass
class Clock:
    """What time it is; tests let it pass."""

    at: datetime = OPENED_AT

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **how_long: float) -> None:
        self.at += timedelta(**how_long)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    to: str
    json: Any = None

    @property
    def words(self) -> str:
        """The page as it is read: without tags, with blanks joined."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.text)).split())

    def field(self, name: str) -> str:
        """What stands in a field of the page."""
        found = re.search(rf'<(?:input|textarea)[^>]* name="{re.escape(name)}"[^>]*>', self.text)
        assert found, f"no field {name}"
        if found.group().startswith("<textarea"):
            rest = self.text[found.end() :]
            return unescape(rest[: rest.index("</textarea>")]).removeprefix("\n")
        value = re.search(r' value="([^"]*)"', found.group())
        return unescape(value.group(1)) if value else ""


@dataclass
class Browser:
    """One person's browser. It sends the CSRF token of its session with every form, unless told otherwise."""

    client: TestClient
    csrf_token: str = ""

    def get(self, path: str) -> Answer:
        return _answer(self.client.get(path))

    def post(self, path: str, values: Mapping[str, str] | None = None, *, csrf: bool = True, **headers: str) -> Answer:
        token = {"csrf_token": self.csrf_token} if csrf else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return _answer(self.client.post(path, data={**token, **(values or {})}, headers=named))

    def autosave(self, report: int, answers: Mapping[str, str], revision: int, *, csrf: bool = True) -> Answer:
        token = {"X-CSRF-Token": self.csrf_token} if csrf else {}
        body = {"answers": dict(answers), "revision": revision}
        return _answer(self.client.put(f"/reports/{report}/draft", json=body, headers=token))

    def write(self, report: int, answers: Mapping[str, str], revision: int, action: str = "submit") -> Answer:
        """Press a button of a report's form."""
        typed = {f"answer.{question}": text for question, text in answers.items()}
        return self.post(f"/reports/{report}", {**typed, "revision": str(revision), "action": action})


@dataclass
class Site:
    """The running application with its city, its clock and the mails it sent."""

    app: FastAPI
    city: City
    clock: Clock
    mailer: RememberingMailer = field(default_factory=RememberingMailer)

    def stranger(self) -> Browser:
        """A browser that nobody has signed in with."""
        return Browser(TestClient(self.app, base_url=BASE_URL, follow_redirects=False))

    def browser(self, who: str) -> Browser:
        """A browser in which a person is signed in already."""
        user = self.city.user(who)
        with self.city.database.writing(user.municipality_id) as session:
            signed_in = sign_in.start_session(session, user, self.clock(), 10)
        found = self.stranger()
        found.client.cookies.set(SESSION_COOKIE, signed_in.token)  # for a server without https
        found.client.cookies.set(SECURE_SESSION, signed_in.token)
        return replace(found, csrf_token=signed_in.session.csrf_token)


@pytest.fixture
def site(real_city: City) -> Site:
    return site_of(real_city, Clock())


@pytest.fixture
def review_site(review_city: ReviewCity) -> Site:
    """The application over the city whose early term is reviewed, on the morning of 1 March 2021."""
    return site_of(review_city.city, Clock(REVIEWED_AT))


@pytest.fixture
def project_site(project_city: ProjectCity) -> Site:
    """The application over the city with key projects, on the morning of 10 June 2026."""
    return site_of(project_city.city, Clock(LOOKED_AT))


def site_of(city: City, clock: Clock) -> Site:
    """The application over a city at a time."""
    settings = Settings().model_copy(update={"base_url": AnyHttpUrl(BASE_URL), "temporal_address": "127.0.0.1:1"})
    mailer = RememberingMailer()
    app = create_app(settings, city.database, mailer)
    app.state.parts = replace(app.state.parts, now=clock)
    return Site(app, city, clock, mailer)


def _answer(response: Any) -> Answer:
    is_json = response.headers.get("content-type", "").startswith("application/json")
    return Answer(
        response.status_code, response.text, response.headers.get("location", ""), response.json() if is_json else None
    )
