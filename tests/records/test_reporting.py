"""進捗報告 from draft to approval: what is written in one transaction, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import col, select

from db import tables as t
from domain.calendar import BusinessCalendar
from domain.ladder import Rank
from domain.progress_report import NotPossible, ReportState
from domain.questions import Problem
from records import audit, cycles, desk, plans, reporting
from records.change import Conflict, NotAllowed, NotFound
from records.reporting import EditedMeanwhile, NotAnswered
from tests.city_hall import ANSWERS, CALENDAR, TODAY, CityHall, change, cycle_2020
from tests.conftest import PLAN

CODE = "4-1-1"


def test_a_draft_keeps_whatever_was_typed_and_counts_its_saves(city_hall: CityHall) -> None:
    typed = {"achievements": "途中", "quantity": "三つ", "cause": "  "}
    with city_hall.writing() as session:
        staff, report = city_hall.actor(session, "school"), city_hall.report(session, CODE)
        reporting.save_draft(session, change(user=staff.user), staff, report.id, typed, 0)
    with city_hall.reading() as session:
        report = city_hall.report(session, CODE)
        assert report.answers == {"achievements": "途中", "quantity": "三つ"}
        assert (report.revision, report.state, report.edited_by_id) == (1, ReportState.DRAFT, staff.user)
        assert city_hall.outbox(session) == [], "a draft is nobody else's business"


def test_a_submission_is_the_report_its_copy_the_audit_entry_and_the_outbox_row(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, CODE)
    with city_hall.reading() as session:
        report = city_hall.report(session, CODE)
        copy = session.exec(select(t.Submission)).one()
        told = city_hall.outbox(session)
        assert (report.state, report.submitted_on, report.since_on) == (ReportState.SUBMITTED, TODAY, TODAY)
        assert (copy.report_id, copy.revision, copy.answers) == (report.id, 1, ANSWERS)
        assert [(row.payload["kind"], row.payload["measure"]) for row in told] == [("submitted", report.node_id)]
        assert city_hall.audited(session)[-1] == "report.submitted"
        assert audit.verify(session).broken_at is None


def test_an_exception_after_a_submission_leaves_nothing_of_it(city_hall: CityHall) -> None:
    with city_hall.reading() as session:
        before = city_hall.audited(session)
    with pytest.raises(ZeroDivisionError), city_hall.writing() as session:  # noqa: PT012
        city_hall.submit(session, CODE)
        _ = 1 / 0
    with city_hall.reading() as session:
        assert city_hall.report(session, CODE).state is ReportState.DRAFT
        assert session.exec(select(t.Submission)).all() == []
        assert city_hall.outbox(session) == []
        assert city_hall.audited(session) == before


def test_numbers_are_submitted_in_half_width(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        staff, report = city_hall.actor(session, "school"), city_hall.report(session, CODE)
        reporting.submit(session, change(), staff, report.id, {**ANSWERS, "quantity": "１，２３４"}, 0, TODAY)
        assert report.answers["quantity"] == "1234"


def test_answers_that_are_missing_or_wrong_are_all_named_and_nothing_is_kept(city_hall: CityHall) -> None:
    wrong = {"progress": "delayed", "achievements": "あ" * 401, "quantity": "たくさん"}
    with city_hall.writing() as session:
        staff, report = city_hall.actor(session, "school"), city_hall.report(session, CODE)
        with pytest.raises(NotAnswered) as refused:
            reporting.submit(session, change(), staff, report.id, wrong, 0, TODAY)
    assert [(p.question, p.problem) for p in refused.value.problems] == [
        ("achievements", Problem.TOO_LONG),
        ("quantity", Problem.NOT_A_NUMBER),
        ("cause", Problem.MISSING),
        ("next_step", Problem.MISSING),
    ]
    with city_hall.reading() as session:
        assert city_hall.report(session, CODE).revision == 0


@pytest.mark.parametrize("action", ["save", "submit"])
def test_who_writes_on_a_stale_draft_is_told_who_was_faster_and_overwrites_nothing(
    city_hall: CityHall, action: str
) -> None:
    with city_hall.writing() as session:
        staff, report = city_hall.actor(session, "school"), city_hall.report(session, CODE)
        reporting.save_draft(session, change(user=staff.user), staff, report.id, {"achievements": "先に保存"}, 0)
        faster = session.get_one(t.User, staff.user).name
    with city_hall.writing() as session:
        report = city_hall.report(session, CODE)
        late: dict[str, Callable[[], object]] = {
            "save": lambda: reporting.save_draft(session, change(), staff, report.id, ANSWERS, 0),
            "submit": lambda: reporting.submit(session, change(), staff, report.id, ANSWERS, 0, TODAY),
        }
        with pytest.raises(EditedMeanwhile) as refused:
            late[action]()
    assert refused.value.editor == faster
    with city_hall.reading() as session:
        assert city_hall.report(session, CODE).answers == {"achievements": "先に保存"}
        assert session.exec(select(t.Submission)).all() == []


def test_a_submitted_report_is_not_written_again_until_it_comes_back(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        report = city_hall.submit(session, CODE)
        staff = city_hall.actor(session, "school")
        with pytest.raises(NotPossible):
            reporting.save_draft(session, change(), staff, report.id, ANSWERS, report.revision)
        with pytest.raises(NotPossible):
            reporting.submit(session, change(), staff, report.id, ANSWERS, report.revision, TODAY)


def test_each_submission_of_a_returned_report_is_kept(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, CODE)
        city_hall.send_back(session, CODE)
        city_hall.submit(session, CODE)
        copies = session.exec(select(t.Submission.revision).order_by(col(t.Submission.revision))).all()
    assert copies == [1, 2]


def test_nobody_writes_into_a_closed_round(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-2")
        cycles.begin_evaluation(session, change(), cycle_2020(session), TODAY)
        staff, report = city_hall.actor(session, "school"), city_hall.report(session, CODE)
        with pytest.raises(Conflict, match="round_closed"):
            reporting.save_draft(session, change(), staff, report.id, ANSWERS, 0)
        with pytest.raises(Conflict, match="round_closed"):
            reporting.submit(session, change(), staff, report.id, ANSWERS, 0, TODAY)
        with pytest.raises(Conflict, match="round_closed"):
            city_hall.approve(session, "4-1-2")


def test_an_exempted_report_is_neither_written_nor_approved_nor_returned(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        for code in (CODE, "4-1-2"):
            if code == "4-1-2":
                city_hall.submit(session, code)
            desk.exempt(session, change(), city_hall.report(session, code).id, "休止中", TODAY)
        staff, report = city_hall.actor(session, "school"), city_hall.report(session, CODE)
        with pytest.raises(Conflict, match="report_exempted"):
            reporting.submit(session, change(), staff, report.id, ANSWERS, 0, TODAY)
        with pytest.raises(Conflict, match="report_exempted"):
            city_hall.approve(session, "4-1-2")
        with pytest.raises(Conflict, match="report_exempted"):
            city_hall.send_back(session, "4-1-2")


def test_a_report_of_another_department_is_not_to_be_found(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        report = city_hall.report(session, CODE)
        for rank in (Rank.STAFF, Rank.SECTION_HEAD):
            stranger = city_hall.actor(session, "housing", rank)
            with pytest.raises(NotFound):
                reporting.find(session, report.id, stranger)
            with pytest.raises(NotFound):
                reporting.save_draft(session, change(), stranger, report.id, ANSWERS, 0)
            with pytest.raises(NotFound):
                reporting.approve(session, change(), stranger, report.id, TODAY)
        with pytest.raises(NotFound):
            reporting.find(session, 99_999, city_hall.actor(session, "school"))


def test_a_person_who_moved_on_no_longer_finds_the_report(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        staff = city_hall.actor(session, "school")
        held = session.exec(select(t.Appointment).where(t.Appointment.user_id == staff.user)).one()
        held.valid_until = date(2021, 1, 19)
        session.add(held)
        session.flush()
        with pytest.raises(NotFound):
            reporting.find(session, city_hall.report(session, CODE).id, city_hall.actor(session, "school"))


def test_the_planning_division_sees_every_report_but_writes_none(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        planner, report = city_hall.planner(session), city_hall.report(session, CODE)
        assert reporting.find(session, report.id, planner).node.code == CODE
        with pytest.raises(NotAllowed):
            reporting.save_draft(session, change(), planner, report.id, ANSWERS, 0)


def test_staff_do_not_approve_their_own_report(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        report = city_hall.submit(session, CODE)
        with pytest.raises(NotAllowed):
            reporting.approve(session, change(), city_hall.actor(session, "school"), report.id, TODAY)


def test_an_approval_is_recorded_and_told(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, CODE)
        report = city_hall.approve(session, CODE)
        assert report.state is ReportState.APPROVED
        assert [row.payload["kind"] for row in city_hall.outbox(session)] == ["submitted", "approved"]
        assert city_hall.audited(session)[-1] == "report.approved"
        with pytest.raises(NotPossible):
            city_hall.approve(session, CODE)


def test_a_return_owes_the_report_again_with_a_comment_and_a_due_date_of_its_own(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, CODE)
        report = city_hall.send_back(session, CODE, " 台数の根拠を書いてください。\n")
        told = city_hall.outbox(session)[-1].payload
    assert (report.state, report.return_comment) == (ReportState.RETURNED, "台数の根拠を書いてください。")
    assert (report.due_on, report.returns) == (date(2021, 1, 27), 1), "five business days"
    assert (told["kind"], told["due_on"], told["returns"]) == ("returned", "2021-01-27", 1)


def test_an_approved_report_can_still_be_returned_and_an_approval_ends_the_comment(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, CODE)
        city_hall.approve(session, CODE)
        assert city_hall.send_back(session, CODE).returns == 1
        city_hall.submit(session, CODE)
        assert city_hall.approve(session, CODE).return_comment == ""


def test_a_return_needs_to_say_what_to_mend(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, CODE)
        with pytest.raises(Conflict, match="comment_missing"):
            city_hall.send_back(session, CODE, " 　\n")


def test_a_draft_cannot_be_returned(city_hall: CityHall) -> None:
    with city_hall.writing() as session, pytest.raises(NotPossible):
        city_hall.send_back(session, CODE)


def test_the_due_date_of_a_return_rolls_over_closed_days(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, CODE)
        head = city_hall.actor(session, "school", Rank.SECTION_HEAD)
        closed = BusinessCalendar(CALENDAR.closed_on | {date(2021, 1, 27)})
        definition = plans.definition_of(plans.find(session, PLAN))
        report_id = city_hall.report(session, CODE).id
        report = reporting.return_(session, change(), head, report_id, "訳", TODAY, closed, definition)
    assert report.due_on == date(2021, 1, 28)


def test_last_years_answers_stand_beside_this_years_form(city_hall: CityHall) -> None:
    with city_hall.reading() as session:
        staff = city_hall.actor(session, "school")
        held = reporting.find(session, city_hall.report(session, CODE).id, staff)
        last = reporting.last_year(session, held)
    assert last is not None
    assert "模擬データ" in last.answers["achievements"]


def test_a_report_is_late_from_the_day_after_its_due_date_while_it_is_owed(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        staff, report = city_hall.actor(session, "school"), city_hall.report(session, CODE)
        held = reporting.find(session, report.id, staff)
        assert not reporting.is_late(held, date(2021, 2, 15))
        assert reporting.is_late(held, date(2021, 2, 16))
        city_hall.submit(session, CODE)
        assert not reporting.is_late(held, date(2021, 2, 16))
