"""事務局: which department keeps a body's papers when, and who may record for the body."""

from __future__ import annotations

from datetime import date

import pytest

from records import people, secretariats
from records.change import NotFound
from tests.city import City
from tests.seated_city import COMMITTEE, CONFERENCE, SeatedCity

NEW_YEAR, APRIL, JUNE = date(2021, 1, 1), date(2021, 4, 1), date(2021, 6, 1)


@pytest.fixture
def town(real_city: City) -> SeatedCity:
    return SeatedCity(real_city)


def set_(town: SeatedCity, department: str, on: date) -> bool:
    return town.change(
        lambda s, c: secretariats.set(
            s, c, town.dx(s), COMMITTEE, people.department_of_code(s, department) if department else None, on
        )
    )


def keeps(town: SeatedCity, day: date, body: str = COMMITTEE) -> str:
    found = town.look(lambda s: secretariats.of(s, town.dx(s), body, day))
    return found.code if found else ""


def test_without_a_secretariat_the_planning_division_records(town: SeatedCity) -> None:
    assert keeps(town, APRIL) == ""

    def may(who: str) -> bool:
        user = town.city.user(who)
        return town.look(lambda s: secretariats.is_of(s, town.dx(s), COMMITTEE, people.actor_of(s, user, APRIL), APRIL))

    assert (may("planning"), may("information_staff"), may("administrator")) == (True, False, False)
    set_(town, "information", NEW_YEAR)
    assert (may("planning"), may("information_staff"), may("citizens_staff")) == (True, True, False)


def test_one_department_follows_another_and_the_days_before_stay(town: SeatedCity) -> None:
    assert set_(town, "information", NEW_YEAR)
    assert set_(town, "citizens", APRIL)
    assert [keeps(town, day) for day in (date(2020, 12, 31), NEW_YEAR, date(2021, 3, 31), APRIL)] == [
        *("", "information", "information", "citizens")
    ]
    assert keeps(town, APRIL, CONFERENCE) == ""


def test_what_is_entered_for_later_stays(town: SeatedCity) -> None:
    set_(town, "citizens", JUNE)
    set_(town, "information", APRIL)
    assert [keeps(town, day) for day in (APRIL, date(2021, 5, 31), JUNE)] == ["information", "information", "citizens"]


def test_saying_it_again_changes_nothing_and_nobody_ends_it(town: SeatedCity) -> None:
    set_(town, "information", NEW_YEAR)
    audited = town.audited()
    assert not set_(town, "information", APRIL)
    assert town.audited() == audited
    assert set_(town, "", APRIL)
    assert (keeps(town, date(2021, 3, 31)), keeps(town, APRIL)) == ("information", "")
    assert town.audited()[-1] == "secretariat.set"


def test_a_body_that_the_plan_does_not_have_is_not_found(town: SeatedCity) -> None:
    with pytest.raises(NotFound):
        town.change(lambda s, c: secretariats.set(s, c, town.dx(s), "no-such-body", None, APRIL))
