"""Answering in Excel: the workbook leads to the same report as the form, and never over somebody else's words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import SQLModel, col, select

from db import tables as t
from domain.progress_report import ReportState
from domain.soft_warnings import SoftWarningKind
from exchange import answer_workbook
from exchange.remarks import WrongTable
from records import answer_workbooks, people, plans, reporting, returned_workbooks, withdrawing
from records.change import Change, NotFound
from records.returned_workbooks import MovedOn, ReturnedMeasure, ReturnedWorkbook, Taken
from tests.city import COMPLETE, LAST_YEAR, OPENED_AT, OPENED_ON, City
from tests.city_hall import CityHall, change
from tests.conftest import PLAN
from tests.databases import Databases
from tests.filled_workbook import filled
from tests.measured_city import KEY, TYPE, measure

IN_CELLS = {**COMPLETE, "progress": "予定どおり", "quantity": 12}
"""`COMPLETE` as somebody writes it into a workbook."""


def take_along(city: City, department: str = "information", language: str = "ja") -> bytes:
    with city.database.reading(city.municipality) as session:
        return answer_workbook.write(answer_workbooks.of_request(session, city.requests[department], language))


def read(
    city: City, content: bytes, who: str = "information_staff", department: str = "information"
) -> ReturnedWorkbook:
    with city.database.reading(city.municipality) as session:
        actor = people.actor_of(session, city.user(who), OPENED_ON)
        return returned_workbooks.read(session, actor, city.requests[department], content)


def take_over(
    city: City,
    content: bytes,
    *,
    submits: bool = False,
    keeps: Collection[tuple[int, str]] = (),
    seen: Mapping[int, str] | None = None,
) -> Taken:
    user = city.user("information_staff")
    with city.database.writing(city.municipality) as session:
        actor = people.actor_of(session, user, OPENED_ON)
        found = returned_workbooks.read(session, actor, city.requests["information"], content)
        shown = seen or {m.held.report.id: m.seen for m in found.measures}
        by = Change(user.email, OPENED_AT, user.id)
        return returned_workbooks.take_over(session, by, actor, found, shown, keeps, OPENED_ON, submits=submits)


def save(city: City, code: str, answers: Mapping[str, str], who: str = "information_colleague") -> None:
    """A draft as it is saved on the page."""
    user = city.user(who)
    with city.database.writing(city.municipality) as session:
        actor = people.actor_of(session, user, OPENED_ON)
        report = session.get_one(t.ProgressReport, city.reports[code])
        by = Change(user.email, OPENED_AT, user.id)
        reporting.save_draft(session, by, actor, report.id, answers, report.revision)


def of(found: ReturnedWorkbook, code: str) -> ReturnedMeasure:
    return next(m for m in found.measures if m.held.node.code == code)


def rows(city: City, *tables: type[SQLModel]) -> list[dict[str, Any]]:
    """What tables hold of a city; the id of a row aside."""
    with city.database.reading(city.municipality) as session:
        found = [row for table in tables for row in session.exec(select(table).order_by(col(table.id))).all()]  # type: ignore[attr-defined]  # all have one
        return [row.model_dump(exclude={"id"}) for row in found]


def test_a_workbook_holds_the_departments_own_measures_and_no_others(real_city: City) -> None:
    with real_city.database.reading(real_city.municipality) as session:
        found = answer_workbooks.of_request(session, real_city.requests["information"], "ja")
    assert [m.code for m in found.measures] == ["1-1-1", "1-2-1", "1-2-4"]
    assert found.department == "情報政策課"
    assert found.file_name == f"{PLAN}-2020-information.xlsx"
    assert found.contact == ("計画担当課: 中島 さくら <planning@city.example>",)


def test_beside_each_question_stands_what_the_form_would_show(real_city: City) -> None:
    with real_city.database.reading(real_city.municipality) as session:
        found = answer_workbooks.of_request(session, real_city.requests["information"], "ja")
    sheet = found.measures[0].sheet
    assert sheet is not None
    beside = {line.question.id: [(b.label.ja, b.text) for b in line.beside] for line in sheet.lines}
    assert beside["progress"] == [("前年度の回答", "予定どおり")]
    assert beside["promise_outcome"] == [("前年度に書かれた予定", LAST_YEAR["next_step"])]


def test_what_is_not_owed_any_more_is_listed_without_a_sheet(real_city: City) -> None:
    real_city.submit("1-2-1", "information_staff")
    with real_city.database.reading(real_city.municipality) as session:
        found = answer_workbooks.of_request(session, real_city.requests["information"], "ja")
    assert [(m.code, m.state, m.sheet is not None) for m in found.measures] == [
        ("1-1-1", "未記入", True),
        ("1-2-1", "承認待ち", False),
        ("1-2-4", "未記入", True),
    ]


def test_a_workbook_that_nobody_wrote_in_changes_nothing(real_city: City) -> None:
    save(real_city, "1-1-1", {"achievements": "途中の文章\n二行目", "quantity": "１，２００", "progress": "on_track"})
    content = take_along(real_city)
    found = read(real_city, content)
    assert [(m.changes, m.is_complete) for m in found.measures] == [((), False)] * 3
    before = rows(real_city, t.ProgressReport, t.AuditEntry)
    assert take_over(real_city, content, submits=True) == Taken(0, 0)
    assert rows(real_city, t.ProgressReport, t.AuditEntry) == before


@pytest.mark.parametrize("submits", [False, True], ids=["drafts", "submitted"])
def test_both_ways_lead_to_the_same_rows(
    databases: Databases, real_city: City, real_city_template: tuple[str, City], submits: bool
) -> None:
    tables = (t.ProgressReport, t.Submission, t.Outbox)
    content = filled(take_along(real_city), {"1-1-1": IN_CELLS})
    before = rows(real_city, *tables)
    taken = take_over(real_city, content, submits=submits)
    by_workbook = rows(real_city, *tables)
    assert taken == (Taken(0, 1) if submits else Taken(1, 0))
    assert by_workbook != before

    typed = {**COMPLETE, "quantity": "12"}
    with databases.copied(real_city_template[0]) as database:
        other = replace(real_city, database=database)
        if submits:
            other.submit("1-1-1", "information_staff", typed)
        else:
            save(other, "1-1-1", typed, "information_staff")
        assert rows(other, *tables) == by_workbook


def test_what_is_incomplete_becomes_a_draft_and_says_what_is_missing(real_city: City) -> None:
    content = filled(take_along(real_city), {"1-1-1": IN_CELLS, "1-2-1": {"achievements": "途中まで書きました。"}})
    found = read(real_city, content)
    assert (found.saved, found.complete) == (2, 1)
    missing = of(found, "1-2-1").problems
    assert [p.problem.question for p in missing] == ["progress", "next_step"]
    assert all(p.row for p in missing)
    assert take_over(real_city, content, submits=True) == Taken(saved=1, submitted=1)
    assert real_city.report("1-1-1").state is ReportState.SUBMITTED
    draft = real_city.report("1-2-1")
    assert (draft.state, draft.answers) == (ReportState.DRAFT, {"achievements": "途中まで書きました。"})
    assert real_city.audited()[-1] == "request.workbook_taken"


def test_an_emptied_cell_empties_the_answer_and_the_others_stay_to_the_letter(real_city: City) -> None:
    save(real_city, "1-1-1", {"achievements": "消す文章です。", "quantity": "１，２００", "progress": "on_track"})
    content = filled(take_along(real_city), {"1-1-1": {"achievements": None}})
    take_over(real_city, content)
    assert real_city.report("1-1-1").answers == {"quantity": "１，２００", "progress": "on_track"}


def test_what_a_colleague_wrote_elsewhere_in_the_draft_is_kept(real_city: City) -> None:
    save(real_city, "1-1-1", {"achievements": "はじめの文章"})
    content = filled(take_along(real_city), {"1-1-1": {"next_step": "ブックに書いた予定です。"}})
    save(real_city, "1-1-1", {"achievements": "同僚が直した文章"})
    found = of(read(real_city, content), "1-1-1")
    assert [c.question.id for c in found.changes] == ["next_step"]
    assert found.conflicts == ()
    take_over(real_city, content)
    assert real_city.report("1-1-1").answers == {
        "achievements": "同僚が直した文章",
        "next_step": "ブックに書いた予定です。",
    }


@pytest.mark.parametrize(("keeps", "left"), [(False, "ブックの文章"), (True, "同僚の文章")])
def test_where_both_changed_an_answer_a_person_chooses(real_city: City, keeps: bool, left: str) -> None:
    content = filled(take_along(real_city), {"1-1-1": {"achievements": "ブックの文章", "next_step": "新しい予定"}})
    save(real_city, "1-1-1", {"achievements": "同僚の文章"})
    found = of(read(real_city, content), "1-1-1")
    (conflict,) = found.conflicts
    assert (conflict.now, conflict.then) == ("同僚の文章", "ブックの文章")
    assert found.editor is not None
    assert found.editor.name == "鈴木 健太"
    key = (real_city.reports["1-1-1"], "achievements")
    take_over(real_city, content, keeps=[key] if keeps else [])
    assert real_city.report("1-1-1").answers == {"achievements": left, "next_step": "新しい予定"}


def test_what_changed_after_the_person_looked_is_not_overwritten(real_city: City) -> None:
    content = filled(take_along(real_city), {"1-1-1": {"achievements": "ブックの文章"}, "1-2-1": IN_CELLS})
    seen = {m.held.report.id: m.seen for m in read(real_city, content).measures}
    save(real_city, "1-1-1", {"achievements": "同僚の文章"})
    with pytest.raises(MovedOn):
        take_over(real_city, content, seen=seen, submits=True)
    assert real_city.report("1-1-1").answers == {"achievements": "同僚の文章"}
    assert real_city.report("1-2-1").answers == {}, "all of it or nothing"


def test_what_was_submitted_meanwhile_takes_nothing(real_city: City) -> None:
    content = filled(take_along(real_city), {"1-1-1": {**IN_CELLS, "achievements": "別の文章をブックに書きました。"}})
    real_city.submit("1-1-1", "information_colleague")
    found = of(read(real_city, content), "1-1-1")
    assert (found.is_open, found.is_saved, found.is_complete) == (False, False, False)
    assert take_over(real_city, content, submits=True) == Taken(0, 0)
    assert real_city.report("1-1-1").answers["achievements"] == COMPLETE["achievements"]


def test_a_draft_that_was_saved_from_the_workbook_may_be_submitted_with_it(real_city: City) -> None:
    content = filled(take_along(real_city), {"1-1-1": IN_CELLS})
    take_over(real_city, content)
    again = of(read(real_city, content), "1-1-1")
    assert (again.changes, again.is_complete) == ((), True)
    assert take_over(real_city, content, submits=True) == Taken(0, 1)


def test_a_returned_report_is_not_submitted_again_unmended(real_city: City) -> None:
    real_city.submit("1-1-1", "information_staff")
    with real_city.database.writing(real_city.municipality) as session:
        report = session.get_one(t.ProgressReport, real_city.reports["1-1-1"])
        report.state, report.return_comment = ReportState.RETURNED, "数字の根拠を足してください。"
        session.add(report)
    content = take_along(real_city)
    assert not of(read(real_city, content), "1-1-1").is_complete
    mended = filled(content, {"1-1-1": {"achievements": "10月から全施設で使えるようにし、根拠も添えました。"}})
    assert of(read(real_city, mended), "1-1-1").is_complete


def test_a_cell_that_says_nothing_keeps_its_sheet_out_and_no_other(real_city: City) -> None:
    content = filled(
        take_along(real_city),
        {"1-1-1": {**IN_CELLS, "progress": "まあまあ"}, "1-2-1": {"next_step": "来年の予定です。"}},
    )
    found = read(real_city, content)
    (remark,) = of(found, "1-1-1").unreadable
    assert (remark.sheet, remark.column) == ("施策1-1-1", "D")
    assert take_over(real_city, content, submits=True) == Taken(saved=1, submitted=0)
    assert real_city.report("1-1-1").answers == {}


def test_what_is_worth_a_second_look_is_told(real_city: City) -> None:
    content = filled(take_along(real_city), {"1-1-1": {**IN_CELLS, "achievements": LAST_YEAR["achievements"]}})
    warnings = of(read(real_city, content), "1-1-1").warnings
    assert SoftWarningKind.SAME_AS_LAST_YEAR in {w.kind for w in warnings if w.question == "achievements"}


def test_a_workbook_of_another_department_or_request_is_refused(real_city: City) -> None:
    foreign = take_along(real_city, "citizens")
    with pytest.raises(WrongTable, match="別の依頼"):
        read(real_city, foreign)
    with pytest.raises(NotFound):
        read(real_city, foreign, "information_staff", "citizens")
    with pytest.raises(NotFound):
        read(real_city, take_along(real_city), "planning")


def test_a_measure_that_went_to_another_department_is_left_alone(real_city: City) -> None:
    content = filled(take_along(real_city), {"1-1-1": IN_CELLS})
    with real_city.database.writing(real_city.municipality) as session:
        report = session.get_one(t.ProgressReport, real_city.reports["1-1-1"])
        report.request_id = real_city.requests["citizens"]
        session.add(report)
    found = read(real_city, content)
    assert found.elsewhere == ("施策1-1-1",)
    assert [m.held.node.code for m in found.measures] == ["1-2-1", "1-2-4"]


def test_a_request_that_was_withdrawn_takes_nothing(real_city: City) -> None:
    content = filled(take_along(real_city), {"1-1-1": IN_CELLS})
    with real_city.database.writing(real_city.municipality) as session:
        by = Change("test", OPENED_AT)
        withdrawing.withdraw(session, by, real_city.requests["information"], "災害対応のため", OPENED_ON)
    assert take_over(real_city, content, submits=True) == Taken(0, 0)


def test_the_values_of_indicators_are_asked_for_and_come_back(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        measure(session, change(), plans.find(session, PLAN), city_hall.report(session, "4-1-1"))
    with city_hall.reading() as session:
        request = city_hall.report(session, "4-1-1").request_id
        book = answer_workbooks.of_request(session, request, "ja")
        sheet = next(m.sheet for m in book.measures if m.code == "4-1-1")
        assert sheet is not None
        line = next(line for line in sheet.lines if line.question.id == KEY)
        assert {b.label.ja for b in line.beside} == {"目標値", "これまでの値"}
        content = filled(answer_workbook.write(book), {"4-1-1": {KEY: 1300, TYPE: "確定"}})
        found = returned_workbooks.read(session, city_hall.actor(session, "school"), request, content)
    answers = of(found, "4-1-1").answers
    assert (answers[KEY], answers[TYPE]) == ("1300", "final")
