"""Reorganisations and transfers on PostgreSQL, where several may look at the calendar at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import scheduler
from db import tables as t
from db.session import Database
from domain.ladder import Rank
from domain.reorganisation import SuccessionKind
from records import directory, handover, sign_in, transfers
from records.change import Change
from tests.changing_hall import BEFORE, DAY, LAST_DAY, ON_THE_DAY, Hall
from tests.city import FOUNDED_ON, MEASURES, make_city


def test_eight_schedulers_at_once_let_the_changes_of_the_day_take_effect_once(postgresql: Database) -> None:
    hall = Hall(make_city(postgresql))
    hall.enter("information", SuccessionKind.SPLIT, {"digital": ("1-1-1",), "citizens": ("1-2-1",)})
    with postgresql.writing(hall.city.municipality) as session:
        user = hall.city.user("information_staff")
        sign_in.start_session(session, user, BEFORE, 10)
        staff = session.merge(user)
        digital = session.merge(hall.department("digital"))
        transfers.transfer(session, Change("planner", BEFORE), staff, [], [(digital, Rank.STAFF)], DAY)

    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(lambda _: scheduler.let_changes_take_effect(postgresql, ON_THE_DAY), range(8)))

    assert sum(one.count("iizuka: information") for one in done) == 1
    assert sum(one.count("iizuka: information_staff@city.example") for one in done) == 1
    assert [hall.asked_for(code) for code in MEASURES["information"]] == ["digital", "citizens", None]
    assert hall.answering("1-1-1") == [("information", FOUNDED_ON, LAST_DAY), ("digital", DAY, None)]
    assert hall.appointments("information_staff")[-1] == ("digital", Rank.STAFF, DAY, None)
    assert hall.city.audited().count("reorganisation.took_effect") == 1


def test_a_person_leaves_once_whoever_looks_and_the_pages_are_gathered_as_on_sqlite(postgresql: Database) -> None:
    hall = Hall(make_city(postgresql))
    with postgresql.reading(hall.city.municipality) as session:
        listed = directory.departments_on(session, BEFORE.date())
        sheet = handover.of_person(session, hall.city.user("information_staff"), BEFORE.date(), BEFORE, "ja")
    assert [(d.department.code, d.measures) for d in listed] == [("citizens", 2), ("information", 3)]
    assert len(sheet.reports) == 3
    with postgresql.writing(hall.city.municipality) as session:
        staff = session.merge(hall.city.user("information_staff"))
        information = session.get_one(t.Department, hall.city.departments["information"])
        transfers.transfer(session, Change("planner", BEFORE), staff, [(information, Rank.STAFF)], [], DAY)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: scheduler.let_changes_take_effect(postgresql, ON_THE_DAY), range(8)))

    assert hall.city.audited().count("user.left") == 1
    assert not hall.city.user("information_staff").is_active
