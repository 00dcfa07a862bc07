"""The audit chain: it verifies, and whatever is done to it afterwards shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.ladder import StepKind
from records import audit
from records.change import Change

AT = datetime(2021, 2, 15, 0, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def towns(empty_database: Database) -> tuple[int, int]:
    with empty_database.writing(EVERY_MUNICIPALITY) as session:
        made = [t.Municipality(code=code, name=code) for code in ("a", "b")]
        session.add_all(made)
        session.flush()
        return made[0].id, made[1].id


@pytest.fixture
def town(towns: tuple[int, int]) -> int:
    return towns[0]


def write(session: Session, subject: str, **detail: object) -> None:
    audit.write(session, Change("田中", AT), "report.submitted", subject, **detail)


def five_entries(database: Database, town: int) -> None:
    for n in range(5):
        with database.writing(town) as session:
            write(session, f"報告/{n}", revision=n, note="提出した")


def verified(database: Database, town: int) -> tuple[int, int | None]:
    with database.reading(town) as session:
        found = audit.verify(session)
    return found.entries, found.broken_at


def test_a_chain_verifies(empty_database: Database, town: int) -> None:
    assert verified(empty_database, town) == (0, None)
    five_entries(empty_database, town)
    assert verified(empty_database, town) == (5, None)


def test_each_city_has_a_chain_of_its_own(empty_database: Database, towns: tuple[int, int]) -> None:
    five_entries(empty_database, towns[0])
    with empty_database.writing(towns[1]) as session:
        write(session, "報告/1")
        entry = session.exec(select(t.AuditEntry)).one()
    assert (entry.sequence, entry.previous) == (1, audit.GENESIS)
    assert verified(empty_database, towns[0]) == (5, None)
    assert verified(empty_database, towns[1]) == (1, None)


TAMPERING = {
    "the actor is rewritten": ("UPDATE auditentry SET actor = '鈴木' WHERE sequence = 3", 3),
    "the instant is rewritten": ("UPDATE auditentry SET at = '2021-02-14 00:00:00.000000' WHERE sequence = 3", 3),
    "the action is rewritten": ("UPDATE auditentry SET action = 'report.approved' WHERE sequence = 3", 3),
    "the subject is rewritten": ("UPDATE auditentry SET subject = '報告/9' WHERE sequence = 1", 1),
    "the detail is rewritten": ("UPDATE auditentry SET detail = '{}' WHERE sequence = 5", 5),
    "the digest is rewritten": ("UPDATE auditentry SET digest = 'x' WHERE sequence = 2", 2),
    "an entry is deleted in the middle": ("DELETE FROM auditentry WHERE sequence = 3", 3),
    "the first entry is deleted": ("DELETE FROM auditentry WHERE sequence = 1", 1),
    "the end is cut off": ("DELETE FROM auditentry WHERE sequence >= 4", 4),
    "everything is deleted": ("DELETE FROM auditentry", 1),
    "the head is rewritten": ("UPDATE audithead SET digest = 'x'", 6),
    "the head is deleted": ("DELETE FROM audithead", 6),
}


@pytest.mark.parametrize(("statement", "broken_at"), TAMPERING.values(), ids=TAMPERING.keys())
def test_tampering_is_detected_where_it_happened(
    empty_database: Database, town: int, statement: str, broken_at: int
) -> None:
    five_entries(empty_database, town)
    with empty_database.engine.begin() as connection:
        connection.execute(text(statement))
    assert verified(empty_database, town)[1] == broken_at


def test_reordering_is_detected(empty_database: Database, town: int) -> None:
    five_entries(empty_database, town)
    with empty_database.engine.begin() as connection:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            connection.execute(text(f"UPDATE auditentry SET sequence = {new} WHERE sequence = {old}"))
    assert verified(empty_database, town)[1] == 2


def test_deleting_in_the_middle_and_closing_the_gap_is_detected(empty_database: Database, town: int) -> None:
    five_entries(empty_database, town)
    with empty_database.engine.begin() as connection:
        connection.execute(text("DELETE FROM auditentry WHERE sequence = 3"))
        connection.execute(text("UPDATE auditentry SET sequence = 3 WHERE sequence = 4"))
        connection.execute(text("UPDATE auditentry SET sequence = 4 WHERE sequence = 5"))
    assert verified(empty_database, town)[1] == 3


def test_an_entry_of_a_failed_transaction_leaves_no_gap(empty_database: Database, town: int) -> None:
    five_entries(empty_database, town)
    with pytest.raises(ZeroDivisionError), empty_database.writing(town) as session:  # noqa: PT012
        write(session, "報告/6")
        _ = 1 / 0
    five_entries(empty_database, town)
    assert verified(empty_database, town) == (10, None)


def test_writers_at_once_keep_one_chain(empty_database: Database, town: int) -> None:
    with empty_database.writing(town) as session:  # as a municipality has it from its first day
        session.add(t.AuditHead(sequence=0, digest=audit.GENESIS))
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(five_entries, empty_database, town) for _ in range(4)]:
            done.result()
    assert verified(empty_database, town) == (20, None)
    with empty_database.reading(town) as session:
        sequences = session.exec(select(t.AuditEntry.sequence).order_by(col(t.AuditEntry.id))).all()
    assert sequences == list(range(1, 21))


def test_what_was_written_at_japan_time_verifies_when_it_is_read_as_utc(empty_database: Database, town: int) -> None:
    with empty_database.writing(town) as session:
        japan = Change("田中", AT.astimezone(timezone(timedelta(hours=9))))
        audit.write(session, japan, "mail.claimed", "mail/1", kind=StepKind.RETURN, measures=(1, 2), note=None)
    assert verified(empty_database, town) == (1, None)


def test_an_entry_says_who_did_what_to_what_and_when(empty_database: Database, town: int) -> None:
    with empty_database.writing(town) as session:
        write(session, "報告/1", due_on=date(2021, 2, 15).isoformat())
    with empty_database.reading(town) as session:
        entry = session.exec(select(t.AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject, entry.at) == ("田中", "report.submitted", "報告/1", AT)
    assert entry.detail == {"due_on": "2021-02-15"}


def test_a_session_that_goes_on_after_its_commit_continues_the_chain_where_others_left_it(
    empty_database: Database, town: int
) -> None:
    with empty_database.reading(town) as session:
        write(session, "first")
        session.commit()
        with empty_database.writing(town) as other:
            write(other, "of another session")
        write(session, "second")
        session.commit()
    assert verified(empty_database, town) == (3, None)


def test_what_is_undone_in_part_leaves_no_gap(empty_database: Database, town: int) -> None:
    with empty_database.writing(town) as session:
        write(session, "kept")
        undone = session.begin_nested()
        write(session, "undone")
        session.flush()
        undone.rollback()
        write(session, "kept, too")
    assert verified(empty_database, town) == (2, None)
    with empty_database.reading(town) as session:
        assert session.exec(select(t.AuditEntry.subject)).all() == ["kept", "kept, too"]


def test_the_entries_of_one_transaction_follow_each_other(empty_database: Database, town: int) -> None:
    with empty_database.writing(town) as session, session.no_autoflush:
        for n in range(4):
            write(session, f"報告/{n}")
    assert verified(empty_database, town) == (4, None)
