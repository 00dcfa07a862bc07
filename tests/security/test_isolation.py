"""Every route of the application as people of another city, with the numbers and codes of the first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from fastapi.testclient import TestClient

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from tests.db.test_scope import TABLES
from tests.security.every_route import PARAMETER, Route, every_route
from tests.security.two_halls import CURIOUS, NAMING, SECRET, TwoHalls
from tests.web.conftest import BASE_URL

_OUT = {Route("POST", "/sign-out")}
"""Would end the walk."""
_FOR_EVERYBODY = {
    "/opinions/{municipality}/{plan}",
    *(f"/public/{{municipality}}/{part}" for part in ("", "data/", "data/catalog.jsonld")),
}
"""With the name of a city, and where a plan is named with its name and mark; nothing else of theirs."""
_REFUSALS = {403, 404, 409, 422}
_FIELDS = (
    *("department", "department_id", "user", "user_id", "report", "measure", "nodes", "node", "plan", "project"),
    *("request", "requests", "round", "matter", "seat", "upload", "leaves", "owner", "leader", "proposal", "review"),
    *("successor", "successors", "members", "event", "indicator", "meeting", "cycle", "document", "decision"),
)
_TABLE_OF_FIELD = {
    **dict.fromkeys(("department", "department_id", "owner", "successor", "successors"), t.Department),
    **dict.fromkeys(("user", "user_id", "leader", "members"), t.User),
    **dict.fromkeys(("measure", "nodes", "node"), t.Node),
    "report": t.ProgressReport,
    "plan": t.Plan,
    "project": t.KeyProject,
    "round": t.CollectionRound,
    "request": t.UpdateRequest,
    "requests": t.UpdateRequest,
    "matter": t.Matter,
    "seat": t.Seat,
    "upload": t.Upload,
    "leaves": t.Appointment,
    "proposal": t.NewMeasureProposal,
    "review": t.PhaseReview,
    "event": t.TriggerEvent,
    "indicator": t.Indicator,
    "meeting": t.Meeting,
    "cycle": t.AnnualCycle,
    "document": t.Document,
    "decision": t.MeasureDecision,
}


def addresses(halls: TwoHalls, route: Route) -> Iterator[tuple[str, bool]]:
    """The addresses of a route with foreign things in all or some of its places; whether there are any places."""
    mine, theirs = (halls.values(route.path, city) for city in (halls.mine, halls.theirs))
    naming = [name for name in route.parameters if name in NAMING]
    for choice in product((theirs, mine), repeat=len(naming)):
        if naming and all(values is mine for values in choice):
            continue
        chosen = {name: values[name] for name, values in zip(naming, choice, strict=True)}
        yield route.address({**mine, **chosen}), bool(naming)


def foreign_form(halls: TwoHalls) -> dict[str, str]:
    """A form in which every field that could name something names something of the other city."""
    named = {field: str(halls.ids[halls.theirs, _TABLE_OF_FIELD[field]]) for field in _FIELDS}
    return {
        **named,
        "report": f"{named['report']}.0",
        "reason": "見たい",
        "confirmed": "yes",
        "action": "save",
        "revision": "0",
        "name": "名",
        "title": "題",
        "due_on": "2030-01-10",
        "on": "2030-01-10",
        "begins_on": "2030-01-10",
        "email": "curious@city.example",
        "office": "administrator",
        "municipality_id": str(halls.theirs),
    }


def names_of(halls: TwoHalls) -> tuple[str, ...]:
    with halls.database.reading(EVERY_MUNICIPALITY) as session:
        plan = session.get_one(t.Plan, halls.ids[halls.theirs, t.Plan])
        return plan.name, plan.mark, plan.mark_en, session.get_one(t.Municipality, halls.theirs).name


@pytest.mark.parametrize("who", CURIOUS)
def test_nobody_of_another_city_sees_or_changes_anything(halls: TwoHalls, who: str) -> None:
    before, asked = halls.rows(halls.theirs), 0
    browser, token, form = halls.browser(who), halls.token(who), foreign_form(halls)
    client, names = browser.client, names_of(halls)
    for route in every_route(halls.site.app):
        if route in _OUT:
            continue
        for address, is_foreign in addresses(halls, route):
            headers = (
                {"Authorization": f"Bearer {token}", "Idempotency-Key": address}
                if route.is_api
                else {"X-CSRF-Token": browser.csrf_token}
            )
            if not route.changes:
                response = client.request(route.method, address, headers=headers)
            elif route.is_api or route.method == "PUT":
                body = {
                    "report": halls.ids[halls.theirs, t.ProgressReport],
                    "answers": {},
                    "action": "submit",
                    "revision": 0,
                }
                response = client.request(route.method, address, headers=headers, json=body)
            else:
                response = client.post(address, data={**form, "csrf_token": browser.csrf_token}, headers=headers)
            asked += 1
            said = f"{who}: {route.method} {address}: {response.status_code}"
            shown = response.text
            if route.path in _FOR_EVERYBODY:
                for name in filter(None, names):
                    shown = shown.replace(name, "")
            assert SECRET not in shown, said
            assert not response.headers.get("location", "").startswith("/sign-in?"), said
            if is_foreign and route.path not in _FOR_EVERYBODY:
                assert response.status_code in _REFUSALS, said
            else:
                assert response.status_code < 500, said
    assert halls.rows(halls.theirs) == before
    assert halls.astray() == []
    assert asked > len(every_route(halls.site.app))


def test_whoever_belongs_to_the_city_does_see_it(halls: TwoHalls) -> None:
    """The secret is on its pages: what the walk looks for is there to be found."""
    client = TestClient(halls.site.app, BASE_URL, raise_server_exceptions=False, follow_redirects=False)
    client.cookies = halls.browser("planning").client.cookies
    shown = [
        route.path
        for route in every_route(halls.site.app)
        if route.method == "GET"
        and not route.is_api
        and SECRET in client.get(route.address(halls.values(route.path, halls.theirs))).text
    ]
    assert len(shown) > 40


def test_every_place_of_an_address_is_known_to_the_walk(halls: TwoHalls) -> None:
    """A route with a parameter that the walk cannot fill fails here."""
    values = halls.values("", halls.theirs)
    assert {name for route in every_route(halls.site.app) for name in PARAMETER.findall(route.path)} <= set(values)
    assert {table for (city, table) in halls.ids if city == halls.theirs} == set(TABLES)
