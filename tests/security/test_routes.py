"""The table of routes and roles (`routes.txt`) against the running application."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.project_city import ProjectCity
from tests.review_city import ReviewCity
from tests.security.every_route import API, Route, every_route
from tests.security.roles import IN_PROJECTS, IN_REVIEWS, everybody
from tests.security.two_halls import TwoHalls

TABLE = Path(__file__).with_name("routes.txt")
_OF_PROJECTS = (
    *("{project_id}", "/check-ins", "/trials", "{matter_id}", "/meetings", "{seat_id}", "/bodies/{body}"),
    *(f"/plans/{{code}}/{part}" for part in ("matters", "projects", "events", "bodies", "terms")),
)
"""What stands in the addresses that are walked in the city with key projects; all others in the one with a review."""


def table() -> dict[Route, str]:
    lines = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found = {Route(method, path): who for who, method, path in lines}
    assert len(found) == len(lines), "a route stands in the table twice"
    return found


def is_of_projects(route: Route) -> bool:
    return not route.path.startswith("/public/") and any(part in route.path for part in _OF_PROJECTS)


def own(made: ReviewCity | ProjectCity, route: Route) -> Mapping[str, int]:
    """What belongs to the department of `staff` and `head`."""
    if isinstance(made, ProjectCity):
        return {}
    report, request = made.city.reports["1-1-1"], made.city.requests["information"]
    if route.path == "/requests/{request_id}/new-measures":
        request = made.requests["information"]
    found = {"report_id": report, "request_id": request}
    of_api = {f"{API}/reports/{{id}}": report, f"{API}/requests/{{id}}": request}
    return {**found, "id": of_api[route.path]} if route.path in of_api else found


def test_every_route_lets_in_whom_the_table_says(halls: TwoHalls, request: pytest.FixtureRequest) -> None:
    wanted = table()
    routes = every_route(halls.site.app)
    assert set(routes) == set(wanted), "a route without its line in routes.txt, or a line without a route"
    of_projects = request.node.callspec.params["halls"] == "of projects"
    _, made = request.getfixturevalue("project_city_template" if of_projects else "review_city_template")
    found = {}
    with everybody(halls, IN_PROJECTS if of_projects else IN_REVIEWS) as people:
        for route in (one for one in routes if is_of_projects(one) == of_projects):
            address = route.address({**halls.values(route.path, halls.theirs), **own(made, route)})
            found[route] = "".join(somebody.at(route, address) for somebody in people)
    wrong = {str(route): f"{wanted[route]} is {said}" for route, said in found.items() if said != wanted[route]}
    assert wrong == {}


def test_only_these_routes_let_in_whoever_is_not_signed_in() -> None:
    """A new one must be thought about. (What is public or asks is shown by further ones: no plan here.)"""
    assert {route.path for route, who in table().items() if who[0] == "."} == {
        *("/healthz", "/readyz", "/language", f"{API}/openapi.json"),
        *("/sign-in", "/sign-in/code", "/sign-in/confirm"),
        *(f"/public/{{municipality}}/{part}" for part in ("", "data/", "data/catalog.jsonld")),
    }
