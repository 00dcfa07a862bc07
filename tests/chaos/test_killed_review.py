"""Web, worker and Temporal are killed at every step of a review; it ends as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

import httpx2
import pytest
from sqlmodel import col, select

import wall_clock
from db import tables as t
from db.session import Database
from domain.calendar import JST
from domain.phase_review import ConsultationOutcome, ReviewState
from records import audit, plan_reading, plans, sign_in
from replay.agenda import Act
from replay.script import planner
from tests.chaos.installation import Installation
from tests.chaos.plan_clock import perform, show
from tests.databases import Databases
from tests.workflows.reviewing import EFFECTIVE, PLAN, bodies_say, early, review_in, store

PARTS = ("temporal", "worker", "web")
KINDS = {"body-papers-1", "phase-review-report", "comparison-table", "revised-plan"}


@pytest.fixture(scope="module")
def reviewed(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, int]]:
    folder = tmp_path_factory.mktemp("killed-review")
    url = databases.copy(databases.empty)
    database, installation = Database(url), Installation(folder, url)
    try:
        yield database, _play(installation, database)
    finally:
        installation.stop()
        database.dispose()


def _play(installation: Installation, database: Database) -> int:
    """The review of 2020 from its opening through the API to its edition's day; everything dies after each step."""
    municipality = store(database)
    show(database, municipality, PLAN.code, datetime(2021, 2, 2, 9, 30, tzinfo=JST))
    with database.writing(municipality) as session:
        token = sign_in.issue_api_token(session, planner(session).email, "chaos", wall_clock.now())
    for part in PARTS:
        installation.start(part)
    installation.wait_until(lambda: installation.readiness() == "ok", "the start")

    def in_state(*states: ReviewState) -> Callable[[], bool]:
        def holds() -> bool:
            with database.reading(municipality) as session:
                return review_in(session).state in states

        return holds

    def documents(*kinds: str) -> Callable[[], bool]:
        def holds() -> bool:
            with database.reading(municipality) as session:
                return set(kinds) <= set(session.exec(select(t.Document.kind)))

        return holds

    def step(act: Act, *follows: Callable[[], bool]) -> None:
        """Somebody acts in the record; then all parts are killed and started again, and what follows must come."""
        perform(database, municipality, PLAN.code, act)
        die()
        for one in follows:
            installation.wait_until(one, f"what follows {act}")

    def die() -> None:
        for part in PARTS:
            installation.kill(part)
        for part in PARTS:
            installation.start(part)

    _open(installation.url(), token)
    die()
    installation.wait_until(in_state(ReviewState.PROPOSING), "the round of proposals")
    installation.wait_until(lambda: len(installation.mail.copies) > 0, "the first notices")
    step(early().close_proposals, in_state(ReviewState.DECIDING))
    step(early().decide, documents("body-papers-1"))
    step(bodies_say(ConsultationOutcome.APPROVED), in_state(ReviewState.AWAITING_EFFECT), documents(*KINDS))
    show(database, municipality, PLAN.code, datetime(2021, 4, 1, 0, 0, 5, tzinfo=JST))
    die()
    installation.wait_until(in_state(ReviewState.CLOSED), "the end of the review")
    return municipality


def test_the_printed_edition_comes_out_of_a_review_that_was_killed_at_every_step(
    reviewed: tuple[Database, int],
) -> None:
    database, municipality = reviewed
    with database.reading(municipality) as session:
        made = plan_reading.read(session, plans.find(session, PLAN.code)).editions[-1]
    printed = PLAN.editions[-1]
    assert made.effective_on == EFFECTIVE
    assert [(n.code, n.title) for n in made.nodes] == [(n.code, n.title) for n in printed.nodes]
    assert {(k.kind, k.before, k.after) for k in made.lineage} == {(k.kind, k.before, k.after) for k in printed.lineage}


def test_every_step_of_a_killed_review_happened_exactly_once(reviewed: tuple[Database, int]) -> None:
    database, municipality = reviewed
    with database.reading(municipality) as session:
        assert audit.verify(session).broken_at is None
        entries = session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence))).all()
        review = review_in(session)
        rounds = session.exec(select(t.CollectionRound).where(t.CollectionRound.review_id == review.id)).all()
        reports = session.exec(select(t.ProgressReport)).all()
        editions = plans.editions_of(session, plans.find(session, PLAN.code))
    steps = [e.action for e in entries if e.action.startswith(("review.", "edition.", "round."))]
    once = [
        s
        for s in steps
        if s not in ("review.measure_decided", "review.new_measure_decided", "review.criterion_answered")
    ]
    assert once == [
        "review.opened",
        "review.term_frozen",
        "round.opened",
        "review.proposals_closed",
        "review.outcome_set",
        "review.decided",
        "review.body_decided",
        "edition.made",
        "edition.took_effect",
        "review.closed",
    ]
    assert (len(rounds), len(reports), len(editions)) == (1, 36, 2)
    assert review.closed_on == date(2021, 4, 1)


def test_each_document_of_a_killed_review_is_there_once_in_each_of_its_formats(reviewed: tuple[Database, int]) -> None:
    database, municipality = reviewed
    with database.reading(municipality) as session:
        files = session.exec(select(t.Document.kind, t.Document.format)).all()
    assert len(files) == len(set(files)) == 2 + 3 * 4
    assert {kind for kind, _ in files} == KINDS


def _open(url: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "chaos-review"}
    answer = httpx2.post(f"{url}/api/v1/plans/{PLAN.code}/reviews", json={"term": "early"}, headers=headers, timeout=30)
    assert answer.is_success, answer.text
