"""後任: what a transfer makes of the seats that somebody holds, and how a search for a successor begins and ends."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlmodel import Session, select

import scheduler
from db import tables as t
from domain.body import SeatBasis, SeatRole
from domain.calendar import JST
from domain.identifiers import INQUIRY, RECORD
from domain.ladder import Rank
from domain.reorganisation import SuccessionKind
from domain.roles import Actor, Appointment, Office
from records import people, seats, successors, transfers
from records.change import Change, Conflict
from records.seats import Sitter
from tests.changing_hall import Hall
from tests.city import FOUNDED_ON, City
from tests.seated_city import COMMITTEE, CONFERENCE, COUNCIL, LEADERS, MARCH, TEAM, SeatedCity

APRIL, EVE, DUE_ON = date(2021, 4, 1), date(2021, 3, 31), date(2021, 4, 8)
MORNING = datetime(2021, 4, 1, 0, 10, tzinfo=JST)
LATER = datetime(2021, 4, 20, 9, 0, tzinfo=JST)

Posts = list[tuple[str, Rank]]
HEAD: Posts = [("information", Rank.SECTION_HEAD)]


@pytest.fixture
def town(real_city: City) -> SeatedCity:
    return SeatedCity(real_city)


def transfer(town: SeatedCity, who: str, leaves: Posts, takes: Posts, on: date = APRIL) -> None:
    def entered(session: Session, change: Change) -> None:
        left, taken = (
            [(people.department_of_code(session, code), rank) for code, rank in posts] for posts in (leaves, takes)
        )
        transfers.transfer(session, change, town.city.user(who), left, taken, on)

    town.change(entered)


def preview(town: SeatedCity, who: str, leaves: Posts, takes: Posts) -> transfers.Preview:
    def seen(session: Session) -> transfers.Preview:
        left, taken = (
            [(people.department_of_code(session, code), rank) for code, rank in posts] for posts in (leaves, takes)
        )
        return transfers.preview(session, town.city.user(who), left, taken, APRIL)

    return town.look(seen)


def day_comes(town: SeatedCity, at: datetime = MORNING) -> None:
    scheduler.let_changes_take_effect(town.city.database, at)


def is_wanted(town: SeatedCity, seat: int) -> bool:
    return seats.wants_successor(town.seat(seat))


# Who was nominated


def test_who_is_transferred_sits_on_until_a_successor_is_named(town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_head")
    transfer(town, "information_head", HEAD, [("citizens", Rank.SECTION_HEAD)])
    assert not is_wanted(town, seat), "nothing before the day"
    day_comes(town)
    held = town.seat(seat)
    assert (held.successor_wanted_on, held.valid_until) == (APRIL, None)
    (search,) = town.searches(seat)
    assert (search.opened_on, search.due_on, search.settled_on) == (APRIL, DUE_ON, None)
    assert search.workflow_id == f"successor/iizuka/tokorozawa-dx/{seat}/2021-04-01"
    assert town.told(search.workflow_id) == [(INQUIRY, True)]
    assert "seat.successor_wanted" in town.audited()


def test_a_search_begins_once_however_often_the_day_is_looked_at(town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_head")
    transfer(town, "information_head", HEAD, [("citizens", Rank.SECTION_HEAD)])
    day_comes(town)
    once = (town.seat(seat), len(town.audited()), town.told(town.searches(seat)[0].workflow_id))
    day_comes(town)
    day_comes(town, LATER)
    assert (town.seat(seat), len(town.audited()), town.told(town.searches(seat)[0].workflow_id)) == once


def test_who_rises_inside_the_department_keeps_the_seat(town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_head")
    transfer(town, "information_head", HEAD, [("information", Rank.DEPUTY_DIRECTOR)])
    day_comes(town)
    assert not is_wanted(town, seat)


def test_who_only_takes_a_second_post_or_gives_it_back_keeps_the_seat(town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_head")
    transfer(town, "information_head", [], [("citizens", Rank.SECTION_HEAD)], on=date(2021, 3, 1))
    transfer(town, "information_head", [("citizens", Rank.SECTION_HEAD)], [])
    day_comes(town)
    assert not is_wanted(town, seat)


def test_a_new_name_of_the_department_moves_nobody(town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_head")
    leader = town.take(LEADERS, "information_chief", department="information")
    hall = Hall(town.city)
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()}, on=APRIL)
    day_comes(town)
    assert not is_wanted(town, seat)
    assert not is_wanted(town, leader)
    assert town.seat(leader).department_id == hall.department("digital").id


# Teams and leaders


def test_every_seat_of_a_team_and_of_a_leader_asks_at_once(town: SeatedCity) -> None:
    team = town.team(information_head=SeatRole.LEADER, citizens_head=SeatRole.MEMBER)
    leader = town.take(LEADERS, "information_head", department="information")
    transfer(town, "information_head", HEAD, [("citizens", Rank.DEPUTY_DIRECTOR)])
    day_comes(town)
    assert is_wanted(town, team["information_head"])
    assert is_wanted(town, leader)
    assert not is_wanted(town, team["citizens_head"])


def test_a_leader_who_moves_inside_the_department_above_goes_on(town: SeatedCity) -> None:
    def inside(session: Session, _: Change) -> None:
        above = t.Department(code="planning-dept", name="経営企画部", valid_from=FOUNDED_ON)
        session.add(above)
        session.flush()
        for code in ("information", "citizens"):
            below = people.department_of_code(session, code)
            below.parent_id = above.id
            session.add(below)

    town.change(inside)
    of_all = town.take(LEADERS, "information_head", department="planning-dept")
    of_one = town.take(LEADERS, "information_head", department="information")
    transfer(town, "information_head", HEAD, [("citizens", Rank.SECTION_HEAD)])
    day_comes(town)
    assert not is_wanted(town, of_all)
    assert is_wanted(town, of_one)


# By office and by rank


def test_a_seat_by_rank_goes_along_to_another_department_of_that_rank(town: SeatedCity) -> None:
    seat = town.take(COUNCIL, "information_director", basis=SeatBasis.RANK)
    transfer(town, "information_director", [("information", Rank.DIRECTOR)], [("citizens", Rank.DIRECTOR)])
    day_comes(town)
    assert not is_wanted(town, seat)


def test_a_seat_by_office_ends_with_the_office_and_still_asks(town: SeatedCity) -> None:
    by_office = town.take(CONFERENCE, "information_director", basis=SeatBasis.OFFICE)
    by_rank = town.take(COUNCIL, "information_director", basis=SeatBasis.RANK)
    transfer(town, "information_director", [("information", Rank.DIRECTOR)], [("citizens", Rank.SECTION_HEAD)])
    day_comes(town)
    for seat in (by_office, by_rank):
        assert town.seat(seat).valid_until == EVE
        assert is_wanted(town, seat)
        assert len(town.searches(seat)) == 1


# Leaving altogether


def test_whoever_leaves_altogether_sits_no_longer_and_a_successor_is_wanted(town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_head")
    transfer(town, "information_head", HEAD, [])
    day_comes(town)
    assert town.seat(seat).valid_until == EVE
    assert is_wanted(town, seat)
    assert town.sitting(COMMITTEE, APRIL) == []
    assert not town.city.user("information_head").is_active


def test_a_seat_that_was_asked_for_before_ends_when_the_person_leaves_and_asks_no_second_time(
    town: SeatedCity,
) -> None:
    seat = town.take(COMMITTEE, "information_head")
    transfer(town, "information_head", HEAD, [("citizens", Rank.SECTION_HEAD)])
    day_comes(town)
    transfer(town, "information_head", [("citizens", Rank.SECTION_HEAD)], [], on=date(2021, 4, 15))
    day_comes(town, LATER)
    assert town.seat(seat).valid_until == date(2021, 4, 14)
    assert len(town.searches(seat)) == 1


def test_a_seat_that_is_over_wants_nobody(town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_head")
    town.change(lambda s, c: seats.end(s, c, seats.find(s, seat), EVE, "任期満了"))
    transfer(town, "information_head", HEAD, [("citizens", Rank.SECTION_HEAD)])
    day_comes(town)
    assert not is_wanted(town, seat)


# Ends of a search


def wanted(town: SeatedCity) -> int:
    seat = town.take(COMMITTEE, "information_head")
    transfer(town, "information_head", HEAD, [("citizens", Rank.SECTION_HEAD)])
    day_comes(town)
    return seat


def test_naming_a_successor_ends_the_search_and_tells_its_process(town: SeatedCity) -> None:
    seat = wanted(town)
    head = Sitter(town.city.user("citizens_head").id)
    town.change(lambda s, c: seats.replace(s, c, seats.find(s, seat), head, LATER.date()), at=LATER)
    assert not is_wanted(town, seat)
    (search,) = town.searches(seat)
    assert search.settled_on == LATER.date()
    assert town.told(search.workflow_id) == [(INQUIRY, True), (RECORD, False)]


def test_leaving_the_seat_vacant_ends_the_search_with_a_reason(town: SeatedCity) -> None:
    seat = wanted(town)
    town.change(lambda s, c: seats.leave_vacant(s, c, seats.find(s, seat), "定数の見直し", LATER.date()), at=LATER)
    assert (town.seat(seat).valid_until, town.seat(seat).left_reason) == (LATER.date(), "定数の見直し")
    assert town.searches(seat)[0].settled_on == LATER.date()
    assert not is_wanted(town, seat)


def test_who_is_named_again_sits_on_and_the_search_ends(town: SeatedCity) -> None:
    seat = wanted(town)
    town.change(lambda s, c: seats.stay(s, c, seats.find(s, seat), "改めて指名", LATER.date()), at=LATER)
    assert (town.seat(seat).successor_wanted_on, town.seat(seat).valid_until) == (None, None)
    assert town.searches(seat)[0].settled_on == LATER.date()
    day_comes(town, LATER)
    assert not is_wanted(town, seat), "the transfer is over and asks no second time"


def test_who_left_altogether_cannot_be_named_again(town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_head")
    transfer(town, "information_head", HEAD, [])
    day_comes(town)
    with pytest.raises(Conflict, match="seat_ended"):
        town.change(lambda s, c: seats.stay(s, c, seats.find(s, seat), "改めて指名", LATER.date()), at=LATER)


def test_a_chair_who_is_looked_for_is_followed_by_the_next_chair(town: SeatedCity) -> None:
    chair = town.take(COMMITTEE, "information_head", role=SeatRole.CHAIR)
    transfer(town, "information_head", HEAD, [("citizens", Rank.SECTION_HEAD)])
    day_comes(town)
    town.take(COMMITTEE, "information_director", role=SeatRole.CHAIR, since=LATER.date())
    assert not is_wanted(town, chair)
    assert town.sitting(COMMITTEE, LATER.date()) == [("福田 邦夫", SeatRole.CHAIR)]


def test_the_holder_of_the_post_that_was_left_is_the_first_to_think_of(town: SeatedCity) -> None:
    seat = wanted(town)
    transfer(town, "citizens_head", [("citizens", Rank.SECTION_HEAD)], HEAD)
    found = town.look(lambda s: successors.obvious(s, seats.find(s, seat), APRIL))
    assert [user.name for user in found] == ["山本 浩"]


# Previews and rights


def test_a_preview_names_the_seats_that_will_want_a_successor_and_changes_nothing(town: SeatedCity) -> None:
    town.take(COMMITTEE, "information_head")
    town.take(COUNCIL, "information_head", basis=SeatBasis.RANK)
    before = town.look(lambda s: [row.model_dump() for row in s.exec(select(t.Seat))])
    seen = preview(town, "information_head", HEAD, [("citizens", Rank.DEPUTY_DIRECTOR)])
    assert [(one.body.code, one.ends) for one in seen.seats] == [(COMMITTEE, False), (COUNCIL, True)]
    assert [one.ends for one in preview(town, "information_head", HEAD, []).seats] == [True, True]
    assert preview(town, "information_head", HEAD, [("information", Rank.SECTION_HEAD)]).seats == ()
    assert town.look(lambda s: [row.model_dump() for row in s.exec(select(t.Seat))]) == before


def test_leaders_of_the_team_the_secretariat_and_the_planning_division_name_successors(town: SeatedCity) -> None:
    team = town.team(
        information_head=SeatRole.LEADER, citizens_head=SeatRole.MEMBER, citizens_staff=SeatRole.SUB_LEADER
    )
    of_body = town.take(COMMITTEE, "information_director")

    def may(who: str, seat: int) -> bool:
        user = town.city.user(who)
        actor = town.look(lambda s: people.actor_of(s, user, MARCH.date()))
        return town.look(lambda s: seats.may_settle(s, seats.find(s, seat), actor, MARCH.date()))

    in_team = team["citizens_head"]
    assert {who: may(who, in_team) for who in ("information_head", "citizens_staff", "citizens_head", "planning")} == {
        "information_head": True,
        "citizens_staff": True,
        "citizens_head": False,
        "planning": True,
    }
    assert not may("information_head", of_body), "a team's leader only in the team"
    stranger = Actor(999, town.city.municipality, Office.NONE, (Appointment(999, Rank.DIRECTOR, FOUNDED_ON),))
    assert not town.look(lambda s: seats.may_settle(s, seats.find(s, in_team), stranger, MARCH.date()))


def test_a_team_seat_is_followed_inside_the_team(town: SeatedCity) -> None:
    team = town.team(information_head=SeatRole.LEADER, citizens_head=SeatRole.SUB_LEADER)
    head = Sitter(town.city.user("citizens_head").id)
    follows = town.change(lambda s, c: seats.replace(s, c, seats.find(s, team["information_head"]), head, APRIL).id)
    seat = town.seat(follows)
    assert (seat.body, seat.role, seat.team_id) == (TEAM, SeatRole.LEADER, town.seat(team["citizens_head"]).team_id)
    assert town.seat(team["citizens_head"]).replaced_by_id == follows
