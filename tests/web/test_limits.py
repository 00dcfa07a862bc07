"""How often one person may search, have files made and use programs, and what is said when it is enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from limits import RateLimitItemPerMinute
from starlette.routing import Mount

from records import sign_in
from tests.web.conftest import Answer, Browser, Site, _answer
from web import attempts

SHEET = "/organisation/people/{}/handover?format=html"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three a minute instead of sixty."""
    monkeypatch.setattr(attempts, "_SEARCHES", RateLimitItemPerMinute(3))
    monkeypatch.setattr(attempts, "_RENDERINGS", RateLimitItemPerMinute(3))


def four(ask: Callable[[], Answer]) -> list[int]:
    return [ask().status for _ in range(4)]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("path", ["/search?q=観光", "/desk/audit?by=x", "/desk/audit/export.csv", "/desk/calendar"])
def test_the_fourth_time_is_too_often_and_somebody_else_goes_on(site: Site, path: str) -> None:
    planning = site.browser("planning")
    assert four(lambda: planning.get(path)) == [200, 200, 200, 429]
    other = site.browser("information_staff")
    own = "/search?q=x" if path.startswith("/search") else SHEET.format(site.city.user("information_staff").id)
    assert other.get(own).status == 200


@pytest.mark.usefixtures("few")
def test_every_session_of_a_person_counts_and_every_kind_by_itself(site: Site) -> None:
    browsers: list[Browser] = [site.browser("planning") for _ in range(4)]
    assert [browser.get("/search?q=x").status for browser in browsers] == [200, 200, 200, 429]
    assert browsers[0].get("/desk/audit/export.csv").status == 200
    assert browsers[0].get("/desk").status == 200


@pytest.mark.usefixtures("few")
def test_the_page_says_after_how_long_it_goes_on(site: Site) -> None:
    planning = site.browser("planning")
    for _ in range(3):
        planning.get("/search?q=x")
    answer = planning.client.get("/search?q=x")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert "60秒ほど待ってから" in answer.text


def test_a_person_is_far_below_the_limits(site: Site) -> None:
    planning = site.browser("planning")
    assert {planning.get("/search?q=x").status for _ in range(30)} == {200}
    assert attempts._RENDERINGS.amount >= 60
    assert site.app.state.parts.settings.api_requests_per_minute == 600


def test_programs_are_told_when_they_may_go_on(site: Site) -> None:
    parts = site.app.state.parts
    settings = parts.settings.model_copy(update={"api_requests_per_minute": 3})
    for route in site.app.routes:
        if isinstance(route, Mount) and isinstance(route.app, FastAPI):
            route.app.state.parts = parts.__class__(settings, parts.database, parts.mailer, parts.now)
    with site.city.database.writing(site.city.municipality) as session:
        email = site.city.user("planning").email
        tokens = [sign_in.issue_api_token(session, email, name, site.clock()) for name in ("a", "b")]
    client = site.stranger().client

    def ask(number: int) -> Answer:
        return _answer(client.get("/api/v1/plans", headers={"Authorization": f"Bearer {tokens[number % 2]}"}))

    assert [ask(number).status for number in range(4)] == [200, 200, 200, 429]
    refused = client.get("/api/v1/plans", headers={"Authorization": f"Bearer {tokens[0]}"})
    assert refused.headers["retry-after"] == "60"
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:meguru:problem:too_often"
    assert "60秒待ってから" in refused.json()["detail"]
