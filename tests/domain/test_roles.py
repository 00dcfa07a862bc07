"""Who a person is and what that lets them do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.ladder import Rank
from domain.roles import Actor, Appointment, Office, Role, office_by_groups

FROM, UNTIL = date(2020, 4, 1), date(2021, 3, 31)
SCHOOL, HOUSING = 10, 20


def actor(*ranks: Rank, office: Office = Office.NONE, department: int = SCHOOL) -> Actor:
    return Actor(1, 1, office, tuple(Appointment(department, rank, FROM) for rank in ranks))


@pytest.mark.parametrize(
    ("day", "valid"),
    [(date(2020, 3, 31), False), (FROM, True), (UNTIL, True), (date(2021, 4, 1), False)],
)
def test_an_appointment_holds_from_its_first_to_its_last_day(day: date, valid: bool) -> None:
    assert Appointment(SCHOOL, Rank.STAFF, FROM, UNTIL).is_valid(day) is valid


def test_an_open_appointment_has_no_last_day() -> None:
    assert Appointment(SCHOOL, Rank.STAFF, FROM).is_valid(date(2099, 1, 1))


@pytest.mark.parametrize(
    ("rank", "role", "approves"),
    [
        (Rank.STAFF, Role.STAFF, False),
        (Rank.SUBSECTION_CHIEF, Role.STAFF, False),
        (Rank.SECTION_HEAD, Role.SECTION_HEAD, True),
        (Rank.DEPUTY_DIRECTOR, Role.SECTION_HEAD, True),
        (Rank.DIRECTOR, Role.SECTION_HEAD, True),
    ],
)
def test_section_heads_and_directors_approve_for_their_department(rank: Rank, role: Role, approves: bool) -> None:
    person = actor(rank)
    assert person.roles == {role}
    assert person.may_approve_for(SCHOOL) is approves
    assert person.may_write_for(SCHOOL)
    assert person.may_see(SCHOOL)


@pytest.mark.parametrize("rank", [Rank.STAFF, Rank.SUBSECTION_CHIEF, Rank.SECTION_HEAD, Rank.DIRECTOR])
def test_nobody_sees_writes_or_approves_for_another_department(rank: Rank) -> None:
    person = actor(rank)
    allowed = (person.may_see(HOUSING), person.may_write_for(HOUSING), person.may_approve_for(HOUSING))
    assert allowed == (False, False, False)


def test_what_a_department_took_over_is_seen_but_not_changed() -> None:
    person = replace(actor(Rank.SECTION_HEAD), predecessors=frozenset({HOUSING}))
    assert person.may_see(HOUSING)
    assert not person.may_write_for(HOUSING)
    assert not person.may_approve_for(HOUSING)
    assert person.departments == {SCHOOL}


def test_the_planning_division_sees_every_department_but_writes_for_none() -> None:
    planner = actor(office=Office.PLANNING)
    assert planner.roles == {Role.PLANNING}
    assert planner.may_see(SCHOOL)
    assert planner.may_see(HOUSING)
    assert not planner.may_write_for(SCHOOL)
    assert not planner.may_approve_for(SCHOOL)


def test_an_administrator_sees_no_department() -> None:
    administrator = actor(office=Office.ADMINISTRATOR)
    assert administrator.roles == {Role.ADMINISTRATOR}
    assert administrator.is_administrator
    assert not administrator.may_see(SCHOOL)


def test_a_planner_who_heads_a_section_has_both_roles() -> None:
    assert actor(Rank.SECTION_HEAD, office=Office.PLANNING).roles == {Role.PLANNING, Role.SECTION_HEAD}


def test_a_person_of_two_departments_approves_only_where_the_rank_is_held() -> None:
    appointments = (Appointment(SCHOOL, Rank.SECTION_HEAD, FROM), Appointment(HOUSING, Rank.STAFF, FROM))
    person = Actor(1, 1, Office.NONE, appointments)
    assert person.departments == {SCHOOL, HOUSING}
    assert person.may_approve_for(SCHOOL)
    assert not person.may_approve_for(HOUSING)


OFFICES = (("jouhou", Office.ADMINISTRATOR), ("kikaku", Office.PLANNING))


def test_the_first_group_of_the_mapping_gives_the_office() -> None:
    assert office_by_groups(OFFICES, {"kikaku", "jouhou"}, Office.NONE) is Office.ADMINISTRATOR
    assert office_by_groups(OFFICES, {"kikaku", "somu"}, Office.ADMINISTRATOR) is Office.PLANNING


def test_who_is_in_no_group_of_the_mapping_loses_only_what_a_group_gives() -> None:
    assert office_by_groups(OFFICES, {"somu"}, Office.PLANNING) is Office.NONE
    assert office_by_groups(OFFICES[1:], set(), Office.ADMINISTRATOR) is Office.ADMINISTRATOR
    assert office_by_groups((), {"kikaku"}, Office.PLANNING) is Office.PLANNING
