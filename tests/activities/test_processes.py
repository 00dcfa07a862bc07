"""What the processes that live by the record do in one step, and do again after a kill."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from sqlmodel import select

from activities.contracts import InquiryStep, ProcessStanding, ProjectStep
from activities.inquiry import InquiryActivities
from activities.key_project import KeyProjectActivities
from activities.rendering import Renderer
from db import tables as t
from db.session import Database
from domain.calendar import JST
from replay.agenda import Moment
from tests.workflows import project_life as life

ASKED_AT = datetime.combine(date(2026, 4, 15), time(0), JST)


def now() -> datetime:
    return datetime(2026, 4, 15, tzinfo=UTC)


@pytest.fixture
def municipality(empty_database: Database) -> int:
    """A city with a project whose team was founded on 8 April 2026."""
    municipality = life.store(empty_database)
    with empty_database.writing(municipality) as session:
        for entry in life.begin():
            assert entry.act is not None
            entry.act(session, Moment(entry.at))
    return municipality


def test_a_step_that_was_killed_after_its_transaction_still_knows_that_mails_wait(
    empty_database: Database, municipality: int
) -> None:
    activities = KeyProjectActivities(empty_database, "tokorozawa.example", now, Renderer(()))
    step = ProjectStep(municipality, 1, ASKED_AT)
    first = activities.ask_and_remind(step)
    assert first.has_mail
    assert first.wake_at == datetime.combine(date(2026, 4, 21), time(9), JST)
    assert activities.ask_and_remind(step) == first
    with empty_database.reading(municipality) as session:
        assert len(session.exec(select(t.CheckIn)).all()) == 1
        assert len(session.exec(select(t.Mail)).all()) == 3


def test_a_process_with_nothing_left_to_answer_has_ended(empty_database: Database, municipality: int) -> None:
    activities = InquiryActivities(empty_database, "tokorozawa.example", now)
    step = InquiryStep(municipality, "successor/tokorozawa/tokorozawa-dx/4/2026-05-18", ASKED_AT)
    assert activities.remind(step) == ProcessStanding(True, False, None)
