"""What the coming year will send is said as it will be, and nothing is written for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from db import tables as t
from db.session import Database
from documents.mail_calendar import CalendarMail, MailCalendar
from domain.calendar import JST
from domain.clock import real_clock
from domain.ladder import Rank, StepKind
from domain.reorganisation import SuccessionKind
from japan_calendar import business_calendar
from records import desk, plans, reviews, transfers
from records.change import Change, Conflict
from records.preview import of_year
from tests.changing_hall import BEFORE, DAY, Hall
from tests.city import CALENDAR, DUE_ON, MEASURES, OPENED_AT, OPENED_ON, City, email_of, make_city
from tests.conftest import PLAN

SPRING = datetime(2021, 4, 5, 9, 0, tzinfo=JST)


def preview(city: City, fiscal_year: int = 2020, at: datetime = OPENED_AT) -> MailCalendar:
    with city.database.writing(city.municipality) as session:
        return of_year(session, plans.find(session, PLAN), fiscal_year, at, "ja")


def everything(database: Database) -> dict[str, list[Any]]:
    """Every row of every table."""
    with database.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in SQLModel.metadata.sorted_tables
        }


def told(calendar: MailCalendar, department: str) -> list[CalendarMail]:
    return [mail for mail in calendar.mails if mail.department is not None and mail.department.code == department]


def addresses(mail: CalendarMail) -> list[str]:
    return [recipient.email for recipient in mail.recipients]


# The year as it will be


def test_nothing_is_written(real_city: City) -> None:
    merge(real_city)
    before = everything(real_city.database)
    assert preview(real_city).mails
    assert preview(real_city, 2021).mails
    assert everything(real_city.database) == before


def test_on_postgresql_the_same_year_is_rehearsed_and_nothing_is_written(real_city: City, postgresql: Database) -> None:
    city = make_city(postgresql)
    merge(city)
    merge(real_city)
    before = everything(postgresql)
    assert preview(city) == preview(real_city)
    assert everything(postgresql) == before


def test_the_coming_year_is_told_before_it_is_open_from_the_edition_it_will_have(real_city: City) -> None:
    calendar = preview(real_city, 2021)
    (round_,) = calendar.rounds
    assert (round_.opens_on, round_.due_on) == (date(2022, 1, 17), date(2022, 2, 15))
    assert {mail.at.hour for mail in calendar.mails} == {9}
    with real_city.database.reading(real_city.municipality) as session:
        edition = plans.edition_in_force(session, plans.find(session, PLAN), date(2021, 4, 1))
        measures = {node.code for node in plans.measures_of(session, edition.id)}
        assert edition.code == "2021-03"
    assert {measure.code for mail in calendar.mails for measure in mail.measures} == measures


def test_a_year_that_is_open_is_told_from_its_opening_as_if_nobody_had_answered(real_city: City) -> None:
    untouched = preview(real_city)
    for measure in MEASURES["information"]:
        real_city.submit(measure, "information_staff")
    assert preview(real_city, at=SPRING) == replace(untouched, asked_at=SPRING)
    assert untouched.mails[0].at.date() == OPENED_ON


def test_what_was_exempted_is_not_asked_and_an_extended_deadline_counts(real_city: City) -> None:
    with real_city.database.writing(real_city.municipality) as session:
        change = Change("planner", OPENED_AT)
        desk.exempt(session, change, real_city.reports["1-2-3"], "休止中のため", OPENED_ON)
        later = date(2021, 3, 1)
        desk.extend(session, change, real_city.requests["citizens"], later, "行事のため", OPENED_ON, CALENDAR)
    mails = told(preview(real_city), "citizens")
    assert {measure.code for mail in mails for measure in mail.measures} == {"1-2-5"}
    assert [m.at.date() for m in mails if m.step.code == "reminder-first"] == [date(2021, 3, 2)]
    others = told(preview(real_city), "information")
    assert [m.at.date() for m in others if m.step.code == "reminder-first"] == [date(2021, 2, 16)]


def test_a_running_year_that_nobody_opened_yet_opens_today(real_city: City) -> None:
    late = datetime(2022, 2, 2, 10, 0, tzinfo=JST)
    (round_,) = preview(real_city, 2021, at=late).rounds
    assert round_.opens_on == late.date()
    assert preview(real_city, 2021, at=SPRING).rounds[0].opens_on == date(2022, 1, 17)


# People


def test_a_transfer_that_was_entered_decides_who_is_told_from_its_day(real_city: City) -> None:
    with real_city.database.writing(real_city.municipality) as session:
        department = session.get_one(t.Department, real_city.departments["information"])
        leaver, comer = (
            session.exec(select(t.User).where(t.User.email == email_of(who))).one()
            for who in ("information_staff", "citizens_staff")
        )
        post, change = [(department, Rank.STAFF)], Change("planner", OPENED_AT)
        transfers.transfer(session, change, leaver, post, [], date(2021, 2, 10))
        transfers.transfer(session, change, comer, [], post, date(2021, 2, 10))
    staff = [mail for mail in told(preview(real_city), "information") if mail.step.to is Rank.STAFF]
    before = [mail for mail in staff if mail.at.date() < date(2021, 2, 10)]
    after = [mail for mail in staff if mail.at.date() >= date(2021, 2, 10)]
    colleague = email_of("information_colleague")
    assert len(before) == len(after) == 2
    assert {tuple(addresses(mail)) for mail in before} == {(colleague, email_of("information_staff"))}
    assert {tuple(addresses(mail)) for mail in after} == {(email_of("citizens_staff"), colleague)}


def test_who_left_and_comes_back_is_told_again_from_that_day(real_city: City) -> None:
    with real_city.database.writing(real_city.municipality) as session:
        user = session.exec(select(t.User).where(t.User.email == email_of("citizens_staff"))).one()
        held = session.exec(select(t.Appointment).where(t.Appointment.user_id == user.id)).one()
        held.valid_from = date(2021, 2, 10)
        user.is_active, user.left_on = False, date(2019, 4, 1)
        session.add_all([user, held])
    staff = [addresses(mail) for mail in told(preview(real_city), "citizens") if mail.step.to is Rank.STAFF]
    shared = "citizens@city.example"
    assert staff == [[shared], [shared], [email_of("citizens_staff")], [email_of("citizens_staff")]]


def test_where_nobody_is_responsible_the_planning_division_is_told_and_else_nobody(real_city: City) -> None:
    unowned = [mail for mail in preview(real_city).mails if mail.department is None]
    assert {tuple(addresses(mail)) for mail in unowned} == {(email_of("planning"),)}
    with real_city.database.writing(real_city.municipality) as session:
        planner = session.exec(select(t.User).where(t.User.email == email_of("planning"))).one()
        planner.is_active = False
        session.add(planner)
    unowned = [mail for mail in preview(real_city).mails if mail.department is None]
    assert {mail.recipients for mail in unowned} == {()}


# Reorganisations


def merge(city: City) -> None:
    """Both departments become one on 1 February 2021, while the round of 2020 is open."""
    for department in ("information", "citizens"):
        Hall(city).enter(department, SuccessionKind.MERGED, {"digital": ()}, BEFORE)


def test_a_merger_while_the_round_is_open_brings_the_successor_a_year_of_its_own(real_city: City) -> None:
    untouched = preview(real_city)
    merge(real_city)
    calendar = preview(real_city)
    old = [mail for code in MEASURES for mail in told(calendar, code)]
    assert {mail.at.date() for mail in old} == {OPENED_ON}, "their own ladder ends with them"
    new = told(calendar, "digital")
    assert new[0].at.date() == DAY
    assert {m.code for m in new[0].measures} == {code for codes in MEASURES.values() for code in codes}
    everybody = sorted(map(email_of, ("citizens_staff", "information_colleague", "information_staff")))
    assert addresses(new[0]) == everybody, "the people come along"
    late = [mail.at.date() for mail in new if mail.step.kind is StepKind.REMINDER]
    assert late == [m.at.date() for m in told(untouched, "citizens") if m.step.kind is StepKind.REMINDER]
    assert min(late) > DUE_ON


def test_a_merger_before_the_year_opens_asks_the_successor_alone(real_city: City) -> None:
    merge(real_city)
    asked = {mail.department.code for mail in preview(real_city, 2021).mails if mail.department is not None}
    assert asked == {"digital"}


def test_a_split_before_the_year_opens_asks_each_part_for_its_own(real_city: City) -> None:
    parts = {"information": (), "network": ("1-2-1",)}
    assert Hall(real_city).enter("information", SuccessionKind.SPLIT, parts, BEFORE)
    asked = {
        department: {measure.code for mail in told(preview(real_city, 2021), department) for measure in mail.measures}
        for department in parts
    }
    assert "1-2-1" in asked["network"]
    assert "1-2-1" not in asked["information"] != set()


# Years without mails


@pytest.mark.parametrize("fiscal_year", [2017, 2027])
def test_a_year_outside_the_plan_is_refused(real_city: City, fiscal_year: int) -> None:
    with pytest.raises(Conflict, match="outside_plan_period"):
        preview(real_city, fiscal_year)


def test_a_plan_that_no_calendar_opens_is_told_only_once_its_year_is_open(real_city: City) -> None:
    with real_city.database.writing(real_city.municipality) as session:
        plan = plans.find(session, PLAN)
        plan.definition = {key: value for key, value in plan.definition.items() if key != "cycle_opens"}
        session.add(plan)
    with pytest.raises(Conflict, match="opened_by_hand_only"):
        preview(real_city, 2021)
    assert preview(real_city, 2020).mails


# Reviews


def test_the_proposals_of_a_review_are_asked_in_its_year_and_climb_the_same_ladder(real_city: City) -> None:
    calendar = preview(real_city, 2023)
    yearly, review = calendar.rounds
    assert (yearly.code, yearly.opens_on) == ("yearly", date(2024, 1, 15))
    assert (review.code, review.opens_on, review.due_on) == ("review", date(2024, 3, 1), date(2024, 3, 12))
    asked = [mail for mail in calendar.mails if mail.round == "review" and mail.department is not None]
    assert {m.code for mail in asked for m in mail.measures} == {"1-1-1", "1-2-1", "1-2-3", "1-2-4", "1-2-5"}
    steps = [mail.step.code for mail in asked if mail.department == asked[0].department]
    assert (steps[0], steps[-1]) == ("notice-opening", "escalation-planning")
    assert [mail.at for mail in calendar.mails] == sorted(mail.at for mail in calendar.mails)


def test_a_term_whose_next_edition_is_there_already_is_not_reviewed_again(real_city: City) -> None:
    assert [round_.code for round_ in preview(real_city, 2020).rounds] == ["yearly"], "the edition of 2021-03 is stored"
    assert [round_.code for round_ in preview(real_city, 2021).rounds] == ["yearly"], "no year of a review"


def test_a_review_that_is_open_is_told_on_its_own_days(real_city: City) -> None:
    early = datetime(2023, 10, 2, 9, 0, tzinfo=JST)
    with real_city.database.writing(real_city.municipality) as session:
        review, is_new = reviews.open_review(
            session, Change("planner", early), plans.find(session, PLAN), "middle", real_clock(early)
        )
        assert is_new
        reviews.ask_departments(session, Change("planner", early), review, early.date(), business_calendar([2023]))
    _, review_round = preview(real_city, 2023, at=datetime(2023, 11, 1, 9, tzinfo=JST)).rounds
    assert review_round.opens_on == early.date()


def test_a_year_of_a_review_that_no_calendar_opens_says_that_its_mails_are_left_out(real_city: City) -> None:
    assert not preview(real_city, 2023).leaves_out_review
    with real_city.database.writing(real_city.municipality) as session:
        plan = plans.find(session, PLAN)
        plan.definition = {**plan.definition, "review": {**plan.definition["review"], "opens": None}}
        session.add(plan)
    assert [preview(real_city, year).leaves_out_review for year in (2021, 2023)] == [False, True]
