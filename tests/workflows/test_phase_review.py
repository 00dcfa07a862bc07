"""The review of a term in skipped time, with the real activities, relay and ledger."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from sqlmodel import Session, select

from db import tables as t
from db.session import Database
from domain import lineage
from domain.lineage import LineageKind
from domain.mail_ledger import MailState
from domain.phase_review import ConsultationOutcome, ReviewState
from domain.review_snapshot import Standing
from records import audit, plan_reading, plans, reviews
from records.change import Conflict
from replay.agenda import Moment, on
from tests.workflows.reviewing import (
    EFFECTIVE,
    PLAN,
    PROPOSALS,
    REVIEW,
    City,
    bodies_say,
    decide_that_all_continues,
    decide_that_nothing_changes,
    early,
    open_by_hand,
    play,
    review_in,
    undo,
    until_decided,
)

APPROVED = ConsultationOutcome.APPROVED
DECIDED_ON, CONSULTED_ON = date(2021, 2, 18), date(2021, 2, 22)


def test_the_decisions_of_2020_make_the_printed_edition_which_takes_effect_on_its_day(
    empty_database: Database,
) -> None:
    agenda = [
        *until_decided(),
        on(DECIDED_ON, 15, 20, early().decide),
        on(CONSULTED_ON, 14, 20, bodies_say(APPROVED)),
    ]

    def not_yet_in_force(city: City) -> None:
        assert city.review().state is ReviewState.AWAITING_EFFECT
        with city.database.reading(city.municipality) as session:
            plan = plans.find(session, PLAN.code)
            assert plans.edition_in_force(session, plan, date(2021, 3, 31)).code == "2018-03"

    city = play(empty_database, agenda, date(2021, 3, 31), watch=not_yet_in_force)
    with city.database.reading(city.municipality) as session:
        plan = plans.find(session, PLAN.code)
        made = plan_reading.read(session, plan).editions[-1]
    printed = PLAN.editions[-1]
    assert made.code == "2021-03"
    assert made.effective_on == EFFECTIVE
    assert [(n.code, n.title, n.parent) for n in made.nodes] == [(n.code, n.title, n.parent) for n in printed.nodes]
    assert {(k.kind, k.before, k.after) for k in made.lineage} == {(k.kind, k.before, k.after) for k in printed.lineage}
    assert Counter(k.kind for k in made.lineage)[LineageKind.NEW] == 7
    assert lineage.tally(made.lineage) == lineage.tally(printed.lineage)


def test_a_review_closes_when_its_edition_takes_effect(empty_database: Database) -> None:
    agenda = [
        *until_decided(),
        on(DECIDED_ON, 15, 20, decide_that_all_continues("2021-03")),
        on(CONSULTED_ON, 14, 20, bodies_say(APPROVED)),
    ]
    city = play(empty_database, agenda, EFFECTIVE, processes=(REVIEW, PROPOSALS))
    review = city.review()
    assert (review.state, review.closed_on) == (ReviewState.CLOSED, EFFECTIVE)
    assert city.audited("edition.") == ["edition.made", "edition.took_effect"]
    assert len(city.histories[REVIEW].events) <= 80
    with city.database.reading(city.municipality) as session:
        assert audit.verify(session).broken_at is None


def test_departments_are_asked_for_proposals_and_reminded_like_in_a_year(empty_database: Database) -> None:
    city = play(empty_database, [on(date(2021, 2, 2), 8, 30, open_by_hand)], date(2021, 2, 26))
    with city.database.reading(city.municipality) as session:
        mails = session.exec(select(t.Mail)).all()
        asked = session.exec(select(t.ProgressReport)).all()
    assert len(asked) == 36
    assert {m.state for m in mails} == {MailState.SENT}
    assert {m.kind.value for m in mails} == {"notice", "reminder", "escalation"}


def test_the_term_is_frozen_with_what_was_complete_and_what_was_not_asked(empty_database: Database) -> None:
    city = play(empty_database, [on(date(2021, 2, 2), 8, 30, open_by_hand)], date(2021, 2, 3))
    snapshot = reviews.snapshot_of(city.review())
    assert snapshot is not None
    assert len(snapshot.measures) == 36
    assert snapshot.standings()[Standing.NOT_ASKED] == 36 * 3


def test_a_review_may_find_that_no_revision_is_needed(empty_database: Database) -> None:
    agenda = [
        *until_decided(),
        on(DECIDED_ON, 15, 20, decide_that_nothing_changes),
        on(CONSULTED_ON, 14, 20, bodies_say(APPROVED)),
    ]
    city = play(empty_database, agenda, date(2021, 2, 23))
    assert city.review().state is ReviewState.CLOSED
    assert city.review().made_edition_id is None
    assert list(city.editions()) == ["2018-03"]


def test_a_body_that_returns_the_papers_sends_everything_back_to_be_decided_again(empty_database: Database) -> None:
    agenda = [
        *until_decided(),
        on(DECIDED_ON, 15, 20, decide_that_all_continues("2021-03")),
        on(CONSULTED_ON, 14, 20, bodies_say(ConsultationOutcome.RETURNED, "統合の理由を書き足してください。")),
        on(date(2021, 2, 24), 15, 20, decide_that_all_continues("2021-03b")),
        on(date(2021, 2, 26), 14, 20, bodies_say(APPROVED)),
    ]
    city = play(empty_database, agenda, date(2021, 2, 27))
    assert "2021-03b" in city.editions()
    assert "2021-03" not in city.editions()
    with city.database.reading(city.municipality) as session:
        turns = reviews.consultations_of(session, review_in(session))
    assert [(c.attempt, c.outcome) for c in turns] == [(1, ConsultationOutcome.RETURNED), (2, APPROVED)]


def test_no_edition_begins_in_the_past_because_a_body_took_its_time(empty_database: Database) -> None:
    def too_late(session: Session, moment: Moment) -> None:
        with pytest.raises(Conflict, match="effective_date_passed"):
            bodies_say(APPROVED)(session, moment)
        session.rollback()

    agenda = [
        *until_decided(),
        on(DECIDED_ON, 15, 20, decide_that_all_continues("2021-03", date(2021, 3, 1))),
        on(date(2021, 3, 1), 14, 20, too_late),
        on(date(2021, 3, 1), 14, 40, bodies_say(ConsultationOutcome.RETURNED, "適用日を改めてください。")),
        on(date(2021, 3, 2), 15, 20, decide_that_all_continues("2021-03")),
        on(date(2021, 3, 4), 14, 20, bodies_say(APPROVED)),
    ]
    city = play(empty_database, agenda, date(2021, 3, 5))
    assert city.editions()["2021-03"] == EFFECTIVE


def test_an_edition_that_is_undone_before_its_day_makes_room_for_another(empty_database: Database) -> None:
    agenda = [
        *until_decided(),
        on(DECIDED_ON, 15, 20, decide_that_all_continues("2021-03")),
        on(CONSULTED_ON, 14, 20, bodies_say(APPROVED)),
        on(date(2021, 3, 2), 9, 40, undo),
        on(date(2021, 3, 4), 15, 20, decide_that_all_continues("2021-03b", date(2021, 5, 1))),
        on(date(2021, 3, 8), 14, 20, bodies_say(APPROVED)),
    ]
    city = play(empty_database, agenda, date(2021, 5, 1))
    assert city.editions() == {"2018-03": PLAN.editions[0].effective_on, "2021-03b": date(2021, 5, 1)}
    assert city.review().state is ReviewState.CLOSED
    assert city.audited("edition.") == ["edition.made", "edition.undone", "edition.made", "edition.took_effect"]


def test_on_the_old_day_nothing_takes_effect_after_an_undo(empty_database: Database) -> None:
    agenda = [
        *until_decided(),
        on(DECIDED_ON, 15, 20, decide_that_all_continues("2021-03")),
        on(CONSULTED_ON, 14, 20, bodies_say(APPROVED)),
        on(date(2021, 3, 31), 23, 40, undo),
    ]
    city = play(empty_database, agenda, date(2021, 4, 2))
    assert city.review().state is ReviewState.DECIDING
    assert "edition.took_effect" not in city.audited()
