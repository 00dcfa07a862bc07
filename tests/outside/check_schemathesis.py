"""Every request to the API that a program makes up gets an answer that the API's document tells of."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2

from tests.outside import tools
from tests.outside.installation import REVIEWER, STAFF, Installation, installed

Figures = Callable[[str, object], None]


def test_a_planted_server_error_and_undocumented_answers_are_found(played_past: Path, tmp_path: Path) -> None:
    record = tmp_path / "meguru.sqlite"
    shutil.copy(played_past / record.name, record)
    with installed(record, tmp_path / "web.log", "tests.outside.holes:planted_in_the_api") as holed:
        options = ("--include-path-regex", "^/planted/", "--max-examples", "10", "--phases", "coverage,fuzzing")
        found = tools.schemathesis(holed.address, holed.token(STAFF), tmp_path, *options)
    assert "GET /planted/breaks/{number}" in found.failures["ServerError"]
    assert "GET /planted/undocumented" in found.failures["UndefinedStatusCode"]
    assert "GET /planted/otherwise" in found.failures["JsonSchemaError"]


def test_staff_with_a_draft_get_only_documented_answers(
    installation: Installation, tmp_path: Path, record_property: Figures
) -> None:
    _nothing_is_found(installation, STAFF, tmp_path, record_property)


def test_the_planning_division_with_a_review_gets_only_documented_answers(
    installation: Installation, tmp_path: Path, record_property: Figures
) -> None:
    _nothing_is_found(installation, REVIEWER, tmp_path, record_property)


def _nothing_is_found(installation: Installation, who: str, folder: Path, record_property: Figures) -> None:
    token = installation.token(who)
    known, drafts = _things_of(installation.address, token)
    found = tools.schemathesis(installation.address, token, folder, "--max-examples", "30", known=known, drafts=drafts)
    record_property("figures", f"{found.cases} cases, {found.operations} operations, {len(found.failures)} findings")
    assert found.failures == {}, found.printed
    assert installation.broken() == []


def _things_of(address: str, token: str) -> tuple[dict[str, list[int | str]], dict[int, list[str]]]:
    """What a person may ask for, by the path that asks for it; their drafts, with the questions that any text answers.

    Told by the API itself, which is what a program would ask.
    """
    known: dict[str, list[int | str]] = {}
    drafts: dict[int, list[str]] = {}
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=f"{address}/api/v1", headers=headers, timeout=30) as client:

        def keys(path: str, key: str = "id") -> list[Any]:
            return [one[key] for one in client.get(path, params={"limit": 200}).json().get("items", ())]

        plans, rounds, documents = keys("/plans", "code"), keys("/rounds"), keys("/documents")
        for path in ("/plans/{code}", "/plans/{code}/measures", "/plans/{code}/reviews"):
            known[path] = plans
        known["/reviews/{id}"] = [review for plan in plans for review in keys(f"/plans/{plan}/reviews")]
        known["/rounds/{id}"] = known["/rounds/{id}/requests"] = rounds
        known["/requests/{id}"] = [request for round_ in rounds for request in keys(f"/rounds/{round_}/requests")]
        known["/reports/{id}"] = []
        for request in known["/requests/{id}"]:
            given = client.get(f"/requests/{request}").json()
            questions = client.get(f"/rounds/{given['round']}").json()["question_set"]["questions"]
            texts = [question["id"] for question in questions if question["kind"] == "text"]
            known["/reports/{id}"] += [report["id"] for report in given["reports"]]
            drafts |= {report["id"]: texts for report in given["reports"] if report["state"] == "draft"}
        known["/documents/{id}"] = known["/documents/{id}/content"] = documents[:8]
    return known, drafts
