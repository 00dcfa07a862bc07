"""What tools that read the API's document found it to say otherwise than it answers."""

from __future__ import annotations

from db.session import EVERY_MUNICIPALITY
from records import sign_in
from tests.city import email_of
from tests.web.conftest import Site

REPORTS, PLANS = "/api/v1/reports", "/api/v1/plans"


def test_a_refused_method_hears_of_every_method_of_the_address(site: Site) -> None:
    refused = site.stranger().client.options(f"{PLANS}/iizuka-ict/reviews")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST")


def test_an_address_that_no_part_takes_is_refused_as_a_problem_too(site: Site) -> None:
    for address in (f"{PLANS}/a%0Ab", "/api/v1/nothing", "/api/none"):
        refused = site.stranger().client.get(address)
        assert (refused.status_code, refused.headers["content-type"]) == (404, "application/problem+json"), address


def test_a_whole_number_is_one_however_json_writes_it(site: Site) -> None:
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        token = sign_in.issue_api_token(session, email_of("information_staff"), "program", site.clock())
    client, report = site.stranger().client, site.city.reports["1-1-1"]
    body = {"answers": {}, "action": "draft", "revision": 0.0}
    for number, (named, status) in enumerate([(float(report), 200), (report + 0.5, 422), (0.0, 422)]):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(number)}
        answer = client.post(REPORTS, json={**body, "report": named}, headers=headers)
        assert answer.status_code == status, answer.text
