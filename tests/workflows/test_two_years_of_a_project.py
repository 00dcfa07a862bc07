"""A key project from founding to dissolution: two years in skipped time, with its last report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import docx
import pytest
from sqlmodel import Session, col, select

from db import tables as t
from documents.formats import Format
from domain.inquiry import InquiryKind
from domain.key_project import Cadence, CheckInState, ProjectState, RouteOutcome, RouteStep, TrialResult
from domain.ladder import Rank
from domain.mail_ledger import MailState
from domain.matter import MatterOutcome, MatterState
from records import audit, check_ins, document_archive, matters, route, teams, trials
from replay.agenda import Entry, on
from tests.databases import Databases
from tests.workflows import project_life as life
from tests.workflows.project_life import CHAIR, LEADER, OFFICE, PLANNER, SUB_LEADER, SUCCESSOR

MONTHLY_FROM = date(2026, 7, 1)
SILENT_FROM, SILENT_UNTIL = date(2026, 6, 1), date(2026, 6, 14)
RAISED_ON, WANTED_BY = date(2026, 11, 2), date(2026, 11, 16)
COUNCIL_DECIDES_ON = date(2027, 1, 20)
TRANSFERRED_ON, SUCCEEDED_ON = date(2027, 4, 1), date(2027, 4, 12)
STOPPED_ON, DISSOLVED_ON = date(2028, 3, 15), date(2028, 3, 31)

FAILED, FIRST, SECOND = TrialResult.DID_NOT_WORK, "来庁する人は窓口を選ぶ", "席があれば人と話す"
NEW_GOAL = "家から用事が済む人を月100人"
TO_CHANGE = RouteStep(RouteOutcome.CHANGE_GOAL, "窓口の中では届かないと分かった", NEW_GOAL, "家から使える入口をつくる")


def agenda() -> Iterator[Entry]:
    yield from life.begin(Cadence.WEEKLY)
    yield from life.answered_daily(date(2026, 4, 9), STOPPED_ON, but_not=lambda day: SILENT_FROM <= day <= SILENT_UNTIL)
    yield on(
        date(2026, 6, 26), 16, 20, life.tried("予約なしの窓口", date(2026, 5, 7), date(2026, 6, 26), FAILED, FIRST)
    )
    yield on(MONTHLY_FROM, 10, 40, life.check_every(Cadence.MONTHLY))
    second = life.tried(
        "隣の席の画面", date(2026, 9, 1), date(2026, 10, 30), FAILED, SECOND, abolishes="入力の二重確認"
    )
    yield on(date(2026, 10, 30), 16, 20, second)
    yield on(RAISED_ON, 11, 20, life.raise_matter("目標を変えてよいか", TO_CHANGE, WANTED_BY))
    yield on(COUNCIL_DECIDES_ON, 14, 20, life.body_answers(1, MatterOutcome.APPROVED))
    yield on(TRANSFERRED_ON, 9, 20, life.transferred(LEADER, "elsewhere", Rank.DEPUTY_DIRECTOR))
    yield on(SUCCEEDED_ON, 11, 20, life.succeeded(LEADER, SUCCESSOR))
    yield on(date(2028, 3, 1), 11, 20, life.raise_matter("終えてよいか", life.TO_STOP, date(2028, 3, 22)))
    yield on(STOPPED_ON, 16, 20, life.body_answers(2, MatterOutcome.APPROVED))
    yield on(DISSOLVED_ON, 11, 20, life.dissolved("日常の仕事になったため"))


@pytest.fixture(scope="module")
def city(databases: Databases) -> Iterator[life.City]:
    with databases.copied() as database:
        yield life.play(database, list(agenda()), date(2028, 4, 7), formats=tuple(Format))


def test_the_project_ran_from_its_founding_to_its_end(city: life.City) -> None:
    project = city.read(life.project_in)
    assert (project.begun_on, project.closed_on, project.state) == (life.FOUNDED_ON, STOPPED_ON, ProjectState.ENDED)
    (team,) = city.read(lambda s: list(teams.of_project(s, life.project_in(s))))
    assert (team.founded_on, team.dissolved_on, team.dissolved_by) == (
        life.FOUNDED_ON,
        DISSOLVED_ON,
        "strategy-conference",
    )


def test_check_ins_came_weekly_then_monthly_and_one_waited_through_the_silence(city: life.City) -> None:
    found = city.read(lambda s: list(check_ins.of_project(s, life.project_in(s))))
    assert {c.state for c in found} == {CheckInState.SUBMITTED}
    weekly = [c.asked_on for c in found if c.asked_on <= MONTHLY_FROM]
    monthly = [c.asked_on for c in found if c.asked_on > MONTHLY_FROM]
    assert weekly[:2] == [date(2026, 4, 15), date(2026, 4, 22)]
    # That of 3 June waits until somebody is there again; the one of 10 June is not asked beside it.
    assert weekly[6:9] == [date(2026, 5, 27), date(2026, 6, 3), date(2026, 6, 17)]
    assert monthly[:3] == [date(2026, 8, 3), date(2026, 9, 1), date(2026, 10, 1)]
    assert len(monthly) == 20
    (late,) = [c for c in found if c.submitted_on and c.submitted_on > c.due_on]
    assert (late.asked_on, late.submitted_on) == (date(2026, 6, 3), date(2026, 6, 15))
    assert [day for day, _ in city.mails(PLANNER, "状況確認")] == [date(2026, 6, 15)]


def test_two_trials_that_did_not_work_are_kept_as_what_was_learnt(city: life.City) -> None:
    found = city.read(lambda s: list(trials.of_project(s, life.project_in(s))))
    assert [trial.result for trial in found] == [FAILED] * 2
    assert all(trial.learning for trial in found)
    assert [trial.abolishes for trial in found] == ["", "入力の二重確認"]


def test_the_matter_nobody_answered_went_up_two_levels_and_changed_the_goal(city: life.City) -> None:
    first = city.read(lambda s: matters.of_project(s, life.project_in(s))[0])
    stages = city.read(lambda s: list(matters.stages_of(s, matters.of_project(s, life.project_in(s))[0])))
    assert [(s.body, s.outcome, s.arrived_on, s.due_on) for s in stages] == [
        ("strategy-committee", MatterOutcome.UNANSWERED, RAISED_ON, WANTED_BY),
        ("strategy-conference", MatterOutcome.UNANSWERED, date(2026, 11, 24), date(2026, 12, 8)),
        ("policy-council", MatterOutcome.APPROVED, date(2026, 12, 15), date(2027, 1, 4)),
    ]
    assert (first.state, first.closed_on) == (MatterState.ANSWERED, COUNCIL_DECIDES_ON)
    taken = city.read(lambda s: list(route.of_project(s, life.project_in(s))))
    assert [(d.outcome, d.decided_by, d.goal) for d in taken] == [
        (RouteOutcome.CHANGE_GOAL, "policy-council", NEW_GOAL),
        (RouteOutcome.STOP, "strategy-committee", NEW_GOAL),
    ]
    project = city.read(life.project_in)
    assert (project.first_goal, project.goal) == ("一つの窓口で週20件", NEW_GOAL)


def test_each_body_was_reminded_before_the_matter_left_it(city: life.City) -> None:
    first = city.read(lambda s: matters.of_project(s, life.project_in(s))[0].workflow_id)

    def mails(session: Session) -> list[tuple[str, str]]:
        query = (
            select(t.Mail, t.MatterStage)
            .join(t.Inquiry, col(t.Inquiry.id) == col(t.Mail.inquiry_id))
            .join(t.MatterStage, col(t.MatterStage.id) == col(t.Inquiry.stage_id))
            .where(t.Inquiry.workflow_id == first)
        )
        rows = session.exec(query).all()
        return sorted((stage.body, mail.step_key.partition("@")[0]) for mail, stage in rows)

    ladder = ["matter-arrived", "matter-before-due", "matter-chair", "matter-coordinator", "matter-reminder"]
    bodies = ("policy-council", "strategy-committee", "strategy-conference")
    assert city.read(mails) == [(body, step) for body in bodies for step in ladder]
    assert len(city.mails(f"strategy-conference.{CHAIR}")) == 1
    assert city.mails(OFFICE)[0][0] == date(2026, 11, 2)  # the committee's secretariat, at once


def test_the_leader_s_transfer_asked_for_a_successor_at_once(city: life.City) -> None:
    (seat,) = [s for s in city.read(lambda s: list(s.exec(select(t.Seat)))) if s.successor_wanted_on]
    assert seat.successor_wanted_on == TRANSFERRED_ON
    assert [day for day, _ in city.mails(SUB_LEADER, "後任")] == [TRANSFERRED_ON, date(2027, 4, 9)]
    assert TRANSFERRED_ON in [day for day, _ in city.mails(PLANNER, "後任")]
    followed = city.read(lambda s: s.get_one(t.Seat, seat.replaced_by_id))
    assert (followed.valid_from, followed.role) == (SUCCEEDED_ON, seat.role)
    # From then on the successor is asked, and the one who left is not.
    assert next(day for day, _ in city.mails(SUCCESSOR)) == date(2027, 5, 6)
    assert all(day < SUCCEEDED_ON for day, _ in city.mails(LEADER))


def test_nothing_waits_any_more_and_no_mail_is_left(city: life.City) -> None:
    waiting = city.read(lambda s: [i for i in s.exec(select(t.Inquiry)) if i.settled_on is None])
    assert waiting == []
    states = city.read(lambda s: {m.state for m in s.exec(select(t.Mail))})
    assert states <= {MailState.SENT, MailState.OBSOLETE}
    kinds = city.read(lambda s: {i.kind for i in s.exec(select(t.Inquiry))})
    assert kinds == {InquiryKind.CHECK_IN, InquiryKind.MATTER, InquiryKind.SUCCESSOR}
    with city.database.reading(city.municipality) as session:
        assert audit.verify(session).broken_at is None


def test_the_last_report_stands_in_every_format_and_tells_the_whole_way(city: life.City) -> None:
    stored = city.read(lambda s: {d.format: d.content for d in _documents(s)})
    assert {"html", "docx", "pdf"} <= set(stored)
    html = stored["html"].decode()
    word = "\n".join(_texts(stored["docx"]))
    for said in ("一つの窓口で週20件", NEW_GOAL, FIRST, SECOND, "入力の二重確認"):
        assert said in html
        assert said in word
    assert "日常の仕事になったため" in word, "why the team was dissolved, after the project had ended"
    assert "<svg" in html
    assert stored["pdf"].startswith(b"%PDF")


def test_a_weekly_project_costs_few_events(city: life.City) -> None:
    (history,) = city.histories[life.PROJECT]
    answered = len(city.read(lambda s: check_ins.of_project(s, life.project_in(s))))
    assert len(history.events) <= 45 * answered


def _documents(session: Session) -> list[t.Document]:
    listed = document_archive.listed(session, life.project_in(session))
    return [session.get_one(t.Document, d.id, populate_existing=True) for d in listed]


def _texts(word: bytes) -> Iterator[str]:
    document = docx.Document(BytesIO(word))
    yield from (p.text for p in document.paragraphs)
    yield from (cell.text for table in document.tables for row in table.rows for cell in row.cells)
