"""停止（災害対応）and 取下げ in the record: what moves, who is told, what is refused."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from sqlmodel import col, select

from activities.contracts import InquiryStep, MailBatch, ProcessMail, ProjectStep, RoundToLoad
from activities.cycle import CycleActivities
from activities.inquiry import ASLEEP, InquiryActivities
from activities.key_project import KeyProjectActivities
from activities.mailing import MailingActivities
from activities.rendering import Renderer
from db import tables as t
from domain import collection
from domain.calendar import JST
from domain.collection import ObligationState, RoundEvent
from domain.key_project import RouteOutcome, RouteStep
from domain.mail_ledger import MailState
from domain.progress_report import ReportState
from records import board, desk, inquiries, matters, outbox, pause_preview, pauses, plans, reassigning, withdrawing
from records.change import Conflict
from records.pauses import Paused
from tests.city_hall import AT, CALENDAR, DUE, SCHOOL_MEASURES, TODAY, CityHall, change
from tests.conftest import PLAN, RememberingMailer
from tests.project_city import AT as PROJECT_AT
from tests.project_city import CALENDAR as PROJECT_CALENDAR
from tests.project_city import TODAY as PROJECT_TODAY
from tests.project_city import ProjectCity
from tests.project_city_fixtures import project_city, project_city_template

__all__ = ["project_city", "project_city_template"]

REASON = "大雨の災害対応のため"
ENDS = date(2021, 1, 27)
"""Six business days after `TODAY`, both included."""
MOVED = date(2021, 2, 24)


def kinds_told(city_hall: CityHall) -> list[str]:
    with city_hall.reading() as session:
        return [row.payload["kind"] for row in city_hall.outbox(session)]


def test_a_pause_tells_every_open_round_and_resuming_moves_what_is_still_owed(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-2")
        city_hall.approve(session, "4-1-2")
        desk.exempt(session, change(), city_hall.report(session, "4-1-3").id, "休止中", TODAY)
        pauses.begin(session, change(), f" {REASON} ", TODAY)
    with city_hall.writing() as session:
        lasting = pauses.current(session)
        assert lasting is not None
        assert (lasting.reason, lasting.begins_on, lasting.ended_on) == (REASON, TODAY, None)
        pauses.end(session, change(), ENDS, CALENDAR)
    with city_hall.reading() as session:
        due = {code: city_hall.report(session, code).due_on for code in ("4-1-1", "4-1-2", "4-1-3", "5-1-2")}
        assert due == {"4-1-1": MOVED, "4-1-2": DUE, "4-1-3": DUE, "5-1-2": MOVED}
        assert pauses.current(session) is None
        assert [(one.reason, one.ended_on) for one in pauses.ended(session)] == [(REASON, ENDS)]
        assert city_hall.audited(session)[-2:] == ["city.paused", "city.resumed"]
    assert kinds_told(city_hall)[-2:] == ["paused", "resumed"]


def test_what_the_process_makes_of_a_pause_is_what_the_record_says(city_hall: CityHall) -> None:
    """Also for a process that starts late, and is told of what it has read already."""
    cycle_steps = CycleActivities(city_hall.database, lambda: AT)
    with city_hall.reading() as session:
        round_id = city_hall.round(session).id
    to_load = RoundToLoad(city_hall.municipality, round_id)
    early = cycle_steps.load_round(to_load).unpack()
    with city_hall.writing() as session:
        city_hall.submit(session, "4-1-1")
        pauses.begin(session, change(), REASON, TODAY)
    between = cycle_steps.load_round(to_load).unpack()
    assert (between.paused_since, collection.next_wake(between)) == (TODAY, None)
    with city_hall.writing() as session:
        pauses.end(session, change(), ENDS, CALENDAR)
    late = cycle_steps.load_round(to_load).unpack()
    with city_hall.reading() as session:
        told = [
            RoundEvent(
                **{
                    **outbox.argument(row),
                    "on": date.fromisoformat(row.payload["on"]),
                    "kind": collection.RoundEventKind(row.payload["kind"]),
                }
            )
            for row in city_hall.outbox(session)
        ]
    assert [event.kind.value for event in told] == ["submitted", "paused", "resumed"]
    read = [collection.apply(round_, told).obligations for round_ in (early, between, late)]
    assert read[0] == read[1] == read[2] == late.obligations
    assert {o.due_on for o in late.obligations if o.state is ObligationState.OWED} == {MOVED}


def test_a_pause_needs_a_reason_and_there_is_one_at_a_time(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        with pytest.raises(Conflict, match="reason_missing"):
            pauses.begin(session, change(), "  ", TODAY)
        with pytest.raises(Conflict, match="not_paused"):
            pauses.end(session, change(), TODAY, CALENDAR)
        pauses.begin(session, change(), REASON, TODAY)
        with pytest.raises(Conflict, match="paused_already"):
            pauses.begin(session, change(), REASON, TODAY)


def test_a_mail_that_waits_for_its_server_waits_for_the_end_of_the_pause(city_hall: CityHall) -> None:
    mailer = RememberingMailer()
    mailing = MailingActivities(city_hall.database, mailer, "https://meguru.example", lambda: AT)
    with city_hall.writing() as session:
        batch = MailBatch(city_hall.municipality, (city_hall.due(session),), TODAY)
        pauses.begin(session, change(), REASON, TODAY)
    with pytest.raises(Paused):
        mailing._claim(batch)
    with city_hall.writing() as session:
        pauses.end(session, change(), TODAY, CALENDAR)
    (mail, *_) = mailing._claim(batch)
    with city_hall.writing() as session:
        pauses.begin(session, change(), REASON, TODAY)
    with pytest.raises(Paused):
        mailing._write(batch.municipality, mailing._of_round(batch.today), (), [mail])
    with city_hall.reading() as session:
        assert session.get_one(t.Mail, mail).state is MailState.QUEUED


def test_nothing_is_late_on_a_day_of_the_pause(city_hall: CityHall) -> None:
    after_due = datetime.combine(date(2021, 3, 1), time(9), JST)
    with city_hall.writing() as session:
        assert board.of_round(session, city_hall.round(session), after_due, CALENDAR).late > 0
        pauses.begin(session, change(), REASON, TODAY)
        session.flush()
        shown = board.of_round(session, city_hall.round(session), after_due, CALENDAR)
    assert (shown.late, {row.next_step for row in shown.rows}) == (0, {None})


def test_the_preview_says_whose_mails_stop_and_which_dates_become_what(city_hall: CityHall) -> None:
    with city_hall.reading() as session:
        clock = plans.clock_of(plans.find(session, PLAN), AT)
        at = clock.instant(datetime.combine(TODAY, time(10), JST))
        (plan,) = pause_preview.of_city(session, at, TODAY, CALENDAR, "ja")
        school = next(one for one in plan.requests if one.department and one.department.code == "school")
        assert (school.measures, school.due_on) == (len(SCHOOL_MEASURES), DUE)
        assert school.next_step is not None
        assert school.next_step.step.code == "notice-before-due"
    with city_hall.writing() as session:
        pauses.begin(session, change(), REASON, TODAY)
    with city_hall.writing() as session:
        (plan,) = pause_preview.of_city(session, at, ENDS, CALENDAR, "ja")
        foretold = {one.department.code: one.becomes for one in plan.requests if one.department}
        pauses.end(session, change(), ENDS, CALENDAR)
        assert foretold["school"] == city_hall.report(session, "4-1-1").due_on == MOVED


def test_while_paused_a_project_and_what_waits_claim_nothing_and_end_nothing(project_city: ProjectCity) -> None:
    municipality, database = project_city.city.municipality, project_city.city.database
    check_in = project_city.ask()
    with project_city.writing() as (session, project):
        process = project.workflow_id
        pauses.begin(session, project_city.change(), REASON, PROJECT_TODAY)
    projects = KeyProjectActivities(database, "city.example", lambda: PROJECT_AT, Renderer(()))
    waiting = InquiryActivities(database, "city.example", lambda: PROJECT_AT)
    mailing = MailingActivities(database, RememberingMailer(), "https://meguru.example", lambda: PROJECT_AT)
    assert projects.ask_and_remind(ProjectStep(municipality, project_city.project, PROJECT_AT)) == ASLEEP
    assert waiting.remind(InquiryStep(municipality, process, PROJECT_AT)) == ASLEEP
    assert mailing._waiting(ProcessMail(municipality, process, PROJECT_TODAY)) == []
    with project_city.reading() as (session, _):
        assert session.exec(select(t.Mail)).all() == []
    with project_city.writing() as (session, _):
        pauses.end(session, project_city.change(), PROJECT_TODAY, PROJECT_CALENDAR)
    assert projects.ask_and_remind(ProjectStep(municipality, project_city.project, PROJECT_AT)).has_mail
    with project_city.reading() as (session, _):
        asked = session.get_one(t.CheckIn, check_in)
        (row,) = inquiries.open_of_process(session, process)
        told = session.exec(select(t.Outbox.workflow_id).order_by(col(t.Outbox.id).desc())).first()
    assert row.due_on == asked.due_on
    assert told is not None


def test_a_matter_moves_with_the_day_its_answer_is_wanted(project_city: ProjectCity) -> None:
    wanted = date(2026, 6, 19)
    with project_city.writing() as (session, project):
        plan = session.get_one(t.Plan, project.plan_id)
        rights = project_city.rights(session, "leader")
        step = RouteStep(RouteOutcome.STOP, "役目を終えたため")
        raised = matters.raise_matter(
            session,
            project_city.change("leader"),
            rights,
            plan,
            "やめてよいか",
            "このままやめてよいか",
            "",
            wanted,
            PROJECT_TODAY,
            PROJECT_CALENDAR,
            project=project,
            proposal=step,
        ).id
        pauses.begin(session, project_city.change(), REASON, date(2026, 6, 11))
        pauses.end(session, project_city.change(), date(2026, 6, 16), PROJECT_CALENDAR)
    with project_city.reading() as (session, _):
        matter = matters.find(session, raised)
        stage = matters.waiting_stage(session, matter)
        (row,) = inquiries.open_of_process(session, matter.workflow_id)
    assert (matter.wanted_by, stage.due_on, row.due_on) == (date(2026, 6, 25),) * 3


def test_a_withdrawn_request_asks_nothing_more_and_keeps_what_was_approved(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        for code in ("4-1-1", "4-1-2"):
            city_hall.submit(session, code)
        city_hall.approve(session, "4-1-1")
        request = city_hall.report(session, "4-1-1").request_id
        assert withdrawing.withdraw(session, change(), request, " 対象外の課のため ", TODAY) == 3
        states = {code: city_hall.report(session, code) for code in SCHOOL_MEASURES}
        assert [code for code, report in states.items() if report.is_exempted] == ["4-1-2", "4-1-3", "4-1-4"]
        assert states["4-1-2"].exempted_reason == "対象外の課のため"
        assert states["4-1-1"].state is ReportState.APPROVED
        assert session.get_one(t.UpdateRequest, request).withdrawn_on == TODAY
        told = [row.payload["kind"] for row in city_hall.outbox(session)]
        assert told[-3:] == ["exempted"] * 3
        assert city_hall.audited(session)[-1] == "request.withdrawn"
        with pytest.raises(Conflict, match="nothing_to_withdraw"):
            withdrawing.withdraw(session, change(), request, "もう一度", TODAY)


def test_a_withdrawal_needs_a_reason_and_an_open_round(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        request = city_hall.report(session, "4-1-1").request_id
        with pytest.raises(Conflict, match="reason_missing"):
            withdrawing.withdraw(session, change(), request, " ", TODAY)
        city_hall.round(session).closed_on = TODAY
        session.flush()
        with pytest.raises(Conflict, match="round_closed"):
            withdrawing.withdraw(session, change(), request, "対象外の課のため", TODAY)


def test_a_withdrawn_department_that_takes_a_measure_over_is_asked_again(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        request = city_hall.report(session, "4-1-1").request_id
        withdrawing.withdraw(session, change(), request, "対象外の課のため", TODAY)
        other = city_hall.report(session, "5-1-2")
        reassigning.move(session, change(), other, city_hall.department(session, "school").id, TODAY, CALENDAR)
        assert session.get_one(t.UpdateRequest, request).withdrawn_on is None
