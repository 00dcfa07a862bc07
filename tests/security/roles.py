"""Somebody of every role, and what came back when they asked: let in or not. Nothing they do is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session
from starlette.routing import Mount

from db.session import Database, Scope
from tests.security.every_route import Route
from tests.security.two_halls import TwoHalls
from tests.web.conftest import BASE_URL
from web.app import create_app

ROLES = ("stranger", "staff", "head", "other staff", "other head", "planning", "administrator")
"""`staff` and `head` are of the department (or the team) that the things in the addresses belong to."""
IN_REVIEWS = {
    "staff": "information_staff",
    "head": "information_head",
    "other staff": "citizens_staff",
    "other head": "citizens_head",
    "planning": "planning",
    "administrator": "administrator",
}
IN_PROJECTS = {
    "staff": "member",
    "head": "leader",
    "other staff": "outsider",
    "other head": "secretary",
    "planning": "planning",
    "administrator": "administrator",
}


class Forgetful(Database):
    """Lets everything happen and keeps none of it, so that each role finds the city as it was."""

    @contextmanager
    def writing(self, scope: Scope) -> Iterator[Session]:
        with self._in_turn(), self._session(self._writing_engine, scope) as session:
            yield session
            session.flush()


@dataclass(frozen=True)
class Somebody:
    """A role with its browser and its token for programs."""

    client: TestClient
    csrf_token: str
    token: str

    def at(self, route: Route, address: str) -> str:
        """How the table says what came back: S, F, N or a point."""
        headers = {"X-CSRF-Token": self.csrf_token}
        if route.is_api:
            headers = {"Authorization": f"Bearer {self.token}"}
        response = self.client.request(route.method, address, headers=headers)
        if response.headers.get("location", "").startswith("/sign-in?next"):
            return "S"
        return {401: "S", 403: "F", 404: "N"}.get(response.status_code, ".")


@contextmanager
def everybody(halls: TwoHalls, people: Mapping[str, str]) -> Iterator[list[Somebody]]:
    """Somebody of every role, over a database that forgets."""
    signed_in = {role: (halls.browser(who), halls.token(who)) for role, who in people.items()}
    forgetful = Forgetful(halls.database.engine.url.render_as_string(hide_password=False))
    app = create_app(halls.site.app.state.parts.settings, forgetful, halls.site.mailer)
    parts = replace(app.state.parts, now=halls.site.clock)
    app.state.parts = parts
    for route in app.routes:
        if isinstance(route, Mount) and isinstance(route.app, FastAPI):
            route.app.state.parts = parts
    found = []
    for role in ROLES:
        client = TestClient(app, BASE_URL, raise_server_exceptions=False, follow_redirects=False)
        csrf_token, token = "", ""
        if role in signed_in:
            browser, token = signed_in[role]
            client.cookies, csrf_token = browser.client.cookies, browser.csrf_token
        found.append(Somebody(client, csrf_token, token))
    yield found
    forgetful.dispose()
