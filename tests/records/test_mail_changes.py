"""Before a round is changed: whose mails move, seen without leaving a trace, and true afterwards."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlmodel import Session, select

from db import tables as t
from domain.calendar import JST
from domain.ladder import Rank, StepKind
from domain.mail_changes import MailFate
from domain.mail_ledger import Outcome
from domain.preview import planned_mails
from records import desk, mail_changes, mails, plans, round_mails, round_state, several_requests, withdrawing
from records.change import Conflict, NotFound
from records.mail_changes import ForeseenRound
from tests.city_hall import AT, CALENDAR, SCHOOL_MEASURES, TODAY, CityHall, change
from tests.conftest import PLAN
from tests.records.test_city_board import live_in_real_time

NEW_DUE = date(2021, 3, 8)
NOW = datetime(2021, 1, 20, 10, tzinfo=JST)


@pytest.fixture(autouse=True)
def _real_time(city_hall: CityHall) -> None:
    live_in_real_time(city_hall)


def extension_foreseen(city_hall: CityHall, session: Session) -> ForeseenRound:
    request = city_hall.report(session, "4-1-1").request_id
    (found,) = mail_changes.of_act(
        session,
        (city_hall.round(session),),
        AT,
        lambda: desk.extend(session, change(), request, NEW_DUE, "学期末のため", TODAY, CALENDAR),
    )
    return found


def test_looking_ahead_leaves_no_trace(city_hall: CityHall) -> None:
    with city_hall.reading() as session:
        before = city_hall.audited(session)
    with city_hall.writing() as session:
        extension_foreseen(city_hall, session)
    with city_hall.reading() as session:
        assert city_hall.audited(session) == before
        assert city_hall.outbox(session) == []
        assert city_hall.report(session, "4-1-1").due_on != NEW_DUE


def test_what_is_foreseen_is_what_the_process_then_plans(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        foreseen = extension_foreseen(city_hall, session)
    with city_hall.writing() as session:
        request = city_hall.report(session, "4-1-1").request_id
        desk.extend(session, change(), request, NEW_DUE, "学期末のため", TODAY, CALENDAR)
        session.flush()
        ladder = plans.definition_of(plans.find(session, PLAN)).round_of("yearly").ladder
        round_ = round_state.load(session, city_hall.round(session), ladder, CALENDAR)
        coming = {(m.at, m.step.code) for m in planned_mails(round_) if m.mail.request == request and m.at > NOW}
    assert {(m.change.after.at, m.change.step.code) for m in foreseen.mails if m.change.after} == coming
    assert {m.change.fate for m in foreseen.mails} == {MailFate.MOVES}


def test_each_mail_says_whom_it_reaches_and_of_which_department(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        foreseen = extension_foreseen(city_hall, session)
        staff = city_hall.holder(session, "school", Rank.STAFF)
        head = city_hall.holder(session, "school", Rank.SECTION_HEAD)
    assert {m.department.code for m in foreseen.mails if m.department} == {"school"}
    by_rank = {m.change.step.to: {one.email for one in m.recipients} for m in foreseen.mails}
    assert staff.email in by_rank[Rank.STAFF]
    assert head.email in by_rank[Rank.SECTION_HEAD]


def test_what_would_be_refused_is_refused_before_it_is_confirmed(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        request = city_hall.report(session, "4-1-1").request_id
        with pytest.raises(Conflict, match="due_date_not_in_future"):
            mail_changes.of_act(
                session,
                (city_hall.round(session),),
                AT,
                lambda: desk.extend(session, change(), request, TODAY, "訳", TODAY, CALENDAR),
            )


def test_a_department_that_gets_its_first_measure_is_foreseen_with_its_mails(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        new = t.Department(code="digital", name="デジタル推進課", email="digital@iizuka.example", valid_from=TODAY)
        session.add(new)
        session.flush()
        department = new.id
    with city_hall.writing() as session:
        report = city_hall.report(session, "4-1-1").id
        (found,) = mail_changes.of_act(
            session,
            (city_hall.round(session),),
            AT,
            lambda: desk.reassign(session, change(), report, department, "新設", TODAY, CALENDAR),
        )
        newly = [m for m in found.mails if m.department and m.department.code == "digital"]
        assert {m.change.fate for m in newly} == {MailFate.COMES_NEWLY}
        assert newly[0].change.step.code == "notice-opening"
        assert [one.email for one in newly[0].recipients] == ["digital@iizuka.example"]
        asked = select(t.UpdateRequest).where(t.UpdateRequest.department_id == department)
        assert session.exec(asked).all() == [], "its request was only thought of"


def test_who_was_asked_already_and_what_still_waits_are_told_of_a_withdrawal(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        notice = city_hall.due(session)
        sent, *_ = round_mails.claim(session, change(), notice, TODAY, "meguru.example")
        round_mails.begin_attempt(session, change(), sent, TODAY)
        mails.finish_attempt(session, change(), sent, Outcome.ACCEPTED, "", "", "")
        reminder = city_hall.due(session, SCHOOL_MEASURES, StepKind.REMINDER, Rank.STAFF, "r@2021-02-16")
        (waits, *_) = round_mails.claim(session, change(), reminder, TODAY, "meguru.example")
    with city_hall.reading() as session:
        request = city_hall.report(session, "4-1-1").request_id
        found = mail_changes.of_events(
            session,
            city_hall.round(session),
            AT,
            lambda state: withdrawing.withdrawn_events(state, TODAY, request),
        )
        assert [department.code for department in found.told] == ["school"]
        assert waits in [mail.id for mail in found.waiting]
        assert {m.change.fate for m in found.mails} == {MailFate.FALLS_AWAY}
        assert {m.department.code for m in found.mails if m.department} == {"school"}


def test_several_departments_are_extended_at_once_and_who_has_answered_is_passed_over(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "5-1-2", "housing")  # the housing department's only measure
        requests = [city_hall.report(session, code).request_id for code in ("4-1-1", "5-1-2", "1-1-1")]
        chosen = several_requests.chosen(session, requests)
        assert [one.outstanding > 0 for one in chosen] == [True, False, True]
        assert several_requests.extend(session, change(), chosen, NEW_DUE, "豪雨のため") == 2
        assert city_hall.report(session, "4-1-1").due_on == city_hall.report(session, "1-1-1").due_on == NEW_DUE
        assert city_hall.report(session, "5-1-2").due_on != NEW_DUE
        assert city_hall.audited(session)[-2:] == ["request.extended"] * 2


def test_several_departments_are_exempted_of_what_they_owe_and_keep_what_they_handed_in(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-1")
        requests = [city_hall.report(session, code).request_id for code in ("4-1-1", "5-1-2")]
        chosen = several_requests.chosen(session, requests)
        assert several_requests.exempt(session, change(), chosen, "法改正のため") == 2
        states = {code: city_hall.report(session, code).is_exempted for code in (*SCHOOL_MEASURES, "5-1-2")}
        assert states == {"4-1-1": False, "4-1-2": True, "4-1-3": True, "4-1-4": True, "5-1-2": True}
        with pytest.raises(Conflict, match="nothing_outstanding_of_all"):
            several_requests.exempt(session, change(), several_requests.chosen(session, requests), "もう一度")
        with pytest.raises(NotFound):
            several_requests.chosen(session, [99_999])


def test_a_withdrawn_round_owes_nothing_is_closed_and_the_year_goes_on(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        for code in ("4-1-1", "4-1-2"):
            city_hall.submit(session, code)
        city_hall.approve(session, "4-1-1")
        (waits, *_) = round_mails.claim(session, change(), city_hall.due(session), TODAY, "meguru.example")
        round_ = city_hall.round(session)
        with pytest.raises(Conflict, match="reason_missing"):
            withdrawing.withdraw_round(session, change(), round_, " ", TODAY)
        assert withdrawing.withdraw_round(session, change(), round_, "早く始めすぎたため", TODAY) == 35
        assert round_.closed_on == TODAY
        assert not city_hall.report(session, "4-1-1").is_exempted, "approved before"
        assert city_hall.report(session, "4-1-2").exempted_reason == "早く始めすぎたため"
        requests = session.exec(select(t.UpdateRequest).where(t.UpdateRequest.round_id == round_.id)).all()
        assert {request.withdrawn_on for request in requests} == {TODAY}
        assert session.get_one(t.Mail, waits).state.value == "obsolete"
        assert city_hall.outbox(session)[-1].payload["kind"] == "closed"
        assert city_hall.audited(session)[-1] == "round.withdrawn"
        with pytest.raises(Conflict, match="round_closed"):
            withdrawing.withdraw_round(session, change(), round_, "もう一度", TODAY)


def test_a_round_in_which_all_is_settled_has_nothing_to_take_back(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        asked = select(t.UpdateRequest.id).where(t.UpdateRequest.round_id == city_hall.round(session).id)
        requests = session.exec(asked).all()
        several_requests.exempt(session, change(), several_requests.chosen(session, requests), "法改正のため")
        with pytest.raises(Conflict, match="nothing_to_withdraw_of_round"):
            withdrawing.withdraw_round(session, change(), city_hall.round(session), "訳", TODAY)
