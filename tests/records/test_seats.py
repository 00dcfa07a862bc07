"""Seats of bodies: who sits where from when, who follows, and that a seat that wants a successor asks once."""

from __future__ import annotations

from datetime import date

import pytest

from domain.body import SeatBasis, SeatRole
from records import seats
from records.change import Conflict, NotFound
from records.seats import Sitter
from tests.city import City
from tests.seated_city import COMMITTEE, CONFERENCE, LEADERS, MARCH, SINCE, TEAM, SeatedCity

APRIL, EVE, TODAY = date(2021, 4, 1), date(2021, 3, 31), MARCH.date()
CDO = Sitter(name="副市長（サンプル）", post="副市長")


@pytest.fixture
def town(real_city: City) -> SeatedCity:
    return SeatedCity(real_city)


def test_the_chair_comes_first_and_only_who_sits_on_the_day_is_named(town: SeatedCity) -> None:
    town.take(COMMITTEE, "information_head")
    town.take(COMMITTEE, "information_director", role=SeatRole.CHAIR)
    town.take(COMMITTEE, "citizens_head", since=APRIL)
    assert town.sitting(COMMITTEE, EVE) == [("福田 邦夫", SeatRole.CHAIR), ("田中 誠", SeatRole.MEMBER)]
    assert len(town.sitting(COMMITTEE, APRIL)) == 3
    assert town.sitting(COMMITTEE, date(2020, 3, 31)) == []
    assert town.sitting(CONFERENCE, EVE) == []


def test_who_has_no_account_sits_by_name_and_post(town: SeatedCity) -> None:
    seat = town.seat(town.take(CONFERENCE, CDO, role=SeatRole.CHAIR, basis=SeatBasis.OFFICE))
    assert (seat.user_id, seat.name, seat.post, seat.basis) == (None, CDO.name, "副市長", SeatBasis.OFFICE)


def test_a_seat_ends_on_its_last_day_with_a_reason(town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_head")
    town.change(lambda s, c: seats.end(s, c, seats.find(s, seat), EVE, "任期満了"))
    assert town.sitting(COMMITTEE, EVE) == [("田中 誠", SeatRole.MEMBER)]
    assert town.sitting(COMMITTEE, APRIL) == []
    assert town.seat(seat).left_reason == "任期満了"
    assert town.audited()[-1] == "seat.ended"


def test_a_seat_that_was_entered_by_mistake_was_never_taken(town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_head", since=APRIL)
    town.change(lambda s, c: seats.end(s, c, seats.find(s, seat), TODAY, "取消し"))
    assert all(town.sitting(COMMITTEE, day) == [] for day in (TODAY, EVE, APRIL))


def test_a_successor_takes_the_role_and_the_holder_ends_the_day_before(town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_head", role=SeatRole.CHAIR)
    head = Sitter(town.city.user("citizens_head").id)
    follows = town.change(lambda s, c: seats.replace(s, c, seats.find(s, seat), head, APRIL).id)
    assert town.sitting(COMMITTEE, EVE) == [("田中 誠", SeatRole.CHAIR)]
    assert town.sitting(COMMITTEE, APRIL) == [("山本 浩", SeatRole.CHAIR)]
    before = town.seat(seat)
    assert (before.valid_until, before.replaced_by_id) == (EVE, follows)


def test_a_member_who_follows_the_chair_sits_once(town: SeatedCity) -> None:
    chair = town.take(COMMITTEE, "information_director", role=SeatRole.CHAIR)
    member = town.take(COMMITTEE, "information_head")
    head = Sitter(town.city.user("information_head").id)
    follows = town.change(lambda s, c: seats.replace(s, c, seats.find(s, chair), head, APRIL).id)
    assert town.sitting(COMMITTEE, APRIL) == [("田中 誠", SeatRole.CHAIR)]
    assert town.seat(member).replaced_by_id == follows


def test_a_new_chair_lets_the_old_one_be_a_member(town: SeatedCity) -> None:
    town.take(COMMITTEE, "information_director", role=SeatRole.CHAIR)
    member = town.take(COMMITTEE, "information_head")
    town.change(lambda s, c: seats.give_role(s, c, seats.find(s, member), SeatRole.CHAIR, APRIL))
    assert town.sitting(COMMITTEE, EVE) == [("福田 邦夫", SeatRole.CHAIR), ("田中 誠", SeatRole.MEMBER)]
    assert town.sitting(COMMITTEE, APRIL) == [("田中 誠", SeatRole.CHAIR), ("福田 邦夫", SeatRole.MEMBER)]


def test_a_leader_sits_for_a_department(town: SeatedCity) -> None:
    seat = town.take(LEADERS, "information_chief", department="information")
    assert town.seat(seat).department_id == town.city.departments["information"]
    town.take(LEADERS, "information_chief", department="citizens")
    assert len(town.sitting(LEADERS, EVE)) == 2, "one person may sit for two departments"


def test_what_cannot_be_is_refused(town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_head")
    head, nobody = Sitter(town.city.user("information_head").id), Sitter()

    def refused(reason: str, act: object) -> None:
        with pytest.raises(Conflict, match=reason):
            town.change(act)  # type: ignore[arg-type]

    refused("seat_twice", lambda s, c: seats.take(s, c, town.dx(s), COMMITTEE, head, APRIL))
    refused("sitter_missing", lambda s, c: seats.take(s, c, town.dx(s), COMMITTEE, nobody, APRIL))
    wrong = Sitter(name="専門家", email="専門家")
    refused("address_not_readable", lambda s, c: seats.take(s, c, town.dx(s), COMMITTEE, wrong, APRIL))
    refused("seats_of_teams", lambda s, c: seats.take(s, c, town.dx(s), TEAM, CDO, APRIL))
    refused("seat_department_missing", lambda s, c: seats.take(s, c, town.dx(s), LEADERS, head, APRIL))
    refused("successor_is_holder", lambda s, c: seats.replace(s, c, seats.find(s, seat), head, APRIL))
    refused("seat_not_begun", lambda s, c: seats.replace(s, c, seats.find(s, seat), CDO, date(2020, 3, 1)))
    refused("reason_missing", lambda s, c: seats.end(s, c, seats.find(s, seat), EVE, " "))
    refused("reason_missing", lambda s, c: seats.leave_vacant(s, c, seats.find(s, seat), "", TODAY))
    refused("no_successor_wanted", lambda s, c: seats.stay(s, c, seats.find(s, seat), "続ける", TODAY))
    town.change(lambda s, c: seats.end(s, c, seats.find(s, seat), EVE, "任期満了"))
    refused("seat_ended", lambda s, c: seats.end(s, c, seats.find(s, seat), EVE, "任期満了"))
    refused("seat_ended", lambda s, c: seats.replace(s, c, seats.find(s, seat), CDO, APRIL))
    refused("seat_ended", lambda s, c: seats.give_role(s, c, seats.find(s, seat), SeatRole.CHAIR, EVE))
    with pytest.raises(NotFound):
        town.change(lambda s, c: seats.take(s, c, town.dx(s), "no-such-body", CDO, APRIL))
    assert town.sitting(COMMITTEE, SINCE) == [("田中 誠", SeatRole.MEMBER)]
