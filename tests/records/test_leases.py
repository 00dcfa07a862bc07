"""Leases: a job that one process does at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from db.session import EVERY_MUNICIPALITY, Database
from records import leases

AT = datetime(2021, 2, 15, tzinfo=UTC)


def hold(database: Database, holder: str, seconds: float = 0, name: str = "relay") -> bool:
    with database.writing(EVERY_MUNICIPALITY) as session:
        return leases.hold(session, name, holder, AT + timedelta(seconds=seconds))


def test_one_process_holds_a_lease_and_renews_it(empty_database: Database) -> None:
    assert hold(empty_database, "a")
    assert not hold(empty_database, "b", 5)
    assert hold(empty_database, "a", 10)
    assert not hold(empty_database, "b", 20), "renewed until second 25"


def test_a_lease_that_was_not_renewed_goes_to_whoever_asks_first(empty_database: Database) -> None:
    assert hold(empty_database, "a")
    assert not hold(empty_database, "b", leases.LASTS.total_seconds() - 1)
    assert hold(empty_database, "b", leases.LASTS.total_seconds())
    assert not hold(empty_database, "a", leases.LASTS.total_seconds() + 1)


def test_each_job_has_a_lease_of_its_own(empty_database: Database) -> None:
    assert hold(empty_database, "a", name="relay")
    assert hold(empty_database, "b", name="sweep")


def test_of_many_who_ask_at_once_one_gets_the_lease(empty_database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda n: hold(empty_database, f"process {n}"), range(8)))
    assert got.count(True) == 1


def test_nobody_waits_for_a_lease_that_was_taken_before_the_clock_jumped_back(empty_database: Database) -> None:
    a_day = 24 * 60 * 60
    assert hold(empty_database, "a", a_day)
    assert hold(empty_database, "b", 0)
    assert not hold(empty_database, "c", 1)
