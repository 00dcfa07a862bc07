"""Reviews through the JSON API: for the planning division alone, opened once however often it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY
from records import sign_in
from settings import Settings
from tests.conftest import PLAN, RememberingMailer
from tests.web.desk_city import PLANNER, STAFF
from tests.web.desk_review import DeskReview
from web.app import create_app

if TYPE_CHECKING:
    from httpx2 import Response  # what starlette's TestClient answers with

OF_PLAN = f"/plans/{PLAN}/reviews"


@dataclass(frozen=True)
class Caller:
    """Calls the API as one person."""

    http: TestClient
    token: str

    def get(self, path: str) -> Response:
        return self.http.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"})

    def post(self, path: str, body: Any, key: str = "k") -> Response:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        return self.http.post(f"/api/v1{path}", json=body, headers=headers)


def _caller(city: DeskReview, email: str) -> Caller:
    http = TestClient(create_app(Settings(), city.database, RememberingMailer()))
    with city.database.writing(EVERY_MUNICIPALITY) as session:
        return Caller(http, sign_in.issue_api_token(session, email, "test", wall_clock.now()))


@pytest.fixture
def planning(desk_review: DeskReview) -> Caller:
    return _caller(desk_review, PLANNER)


def test_a_review_is_opened_once_and_then_given_as_it_stands(desk_review: DeskReview, planning: Caller) -> None:
    first = planning.post(OF_PLAN, {"term": "early"})
    assert first.status_code == 200
    review = first.json()
    assert (review["state"], review["outcome"], review["made_edition"]) == ("opening", None, None)
    assert (review["term"]["code"], review["edition"]["code"]) == ("early", "2018-03")
    assert review["counts"]["measures"] == 36
    assert review["plan"]["mark"] == {"ja": "模擬データ", "en": "Sample data"}
    again = planning.post(OF_PLAN, {"term": "early"})
    assert again.json() == review
    assert again.headers["idempotency-replayed"] == "true"
    other_key = planning.post(OF_PLAN, {"term": "early"}, key="another")
    assert other_key.json()["id"] == review["id"]
    assert desk_review.count(t.Outbox) == 1


def test_a_review_says_how_far_it_has_come_and_names_its_documents(desk_review: DeskReview, planning: Caller) -> None:
    city = desk_review.opened()
    city.asked()
    city.propose("1-1-1", {"fate": "continue"})
    city.closed_proposals()
    city.finished_deciding()
    review = planning.get(f"/reviews/{city.review}").json()
    assert review["state"] == "consulting"
    assert review["outcome"] == "revision"
    assert review["counts"] == {
        "proposals_asked": 36,
        "proposals_handed_in": 1,
        "opinions": 0,
        "opinions_unanswered": 0,
        "measures": 36,
        "measures_decided": 36,
        "contradictions": 0,
        "criteria": 5,
        "criteria_answered": 5,
    }
    assert [d["kind"] for d in review["documents"]] == ["body-papers-1", "body-papers-1"]
    listed = planning.get(OF_PLAN).json()
    assert [r["id"] for r in listed["items"]] == [city.review]


def test_a_department_finds_no_reviews_and_opens_none(desk_review: DeskReview) -> None:
    city = desk_review.opened()
    staff = _caller(city, STAFF)
    assert staff.get(OF_PLAN).status_code == 404
    assert staff.get(f"/reviews/{city.review}").status_code == 404
    assert staff.post(OF_PLAN, {"term": "early"}).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "status", "kind"),
    [
        (OF_PLAN, {"term": "middle"}, 409, "term_not_begun"),
        (OF_PLAN, {"term": "last"}, 409, "unknown_term"),
        (OF_PLAN, {}, 422, None),
        (OF_PLAN, {"term": "early", "colour": 1}, 422, None),
        ("/plans/none/reviews", {"term": "early"}, 404, "not_found"),
    ],
)
def test_what_cannot_be_opened_is_refused_and_its_key_stays_free(
    desk_review: DeskReview, planning: Caller, path: str, body: Any, status: int, kind: str | None
) -> None:
    refused = planning.post(path, body)
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"
    assert kind is None or refused.json()["type"] == f"urn:meguru:problem:{kind}"
    assert desk_review.count(t.Outbox) == 0
    assert planning.post(OF_PLAN, {"term": "early"}).status_code == 200


def test_the_same_key_does_not_open_another_term(planning: Caller) -> None:
    assert planning.post(OF_PLAN, {"term": "early"}).status_code == 200
    assert planning.post(OF_PLAN, {"term": "middle"}).status_code == 422
