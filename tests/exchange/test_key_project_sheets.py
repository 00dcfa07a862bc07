"""How a plan runs its key projects, in the tables of a planning division: what is wrong there is named at its cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.inquiry import InquiryKind, InquiryLadder
from domain.key_project import RouteOutcome
from domain.plan_rules import mistakes as rule_mistakes
from exchange import csv_files, workbook
from exchange.grid import Value
from exchange.rows import rows_of
from tests.exchange.altered import HEADINGS, Page, Sheets, only
from tests.exchange.full_plan import full_plan

KEY_PROJECTS, LADDERS, MEMBERS = "キープロジェクト", "キープロジェクトの段取り", "構成員"
SHEETS_OF_KEY_PROJECTS = (KEY_PROJECTS, LADDERS, "状況確認の設問", "状況確認の選択肢")


def line_of(page: Page, heading: str) -> int:
    return next(i for i, cells in enumerate(page.rows, 1) if cells and cells[0] == heading)


def emptied(sheets: Sheets) -> Sheets:
    """The sheets with not one value on the sheet of key projects."""
    for cells in sheets[KEY_PROJECTS].rows[HEADINGS:]:
        cells[1] = None
    return sheets


def test_key_projects_have_one_sheet_and_their_ladders_another() -> None:
    rows = rows_of(full_plan())
    assert len(rows["key_projects"]) == 1
    assert [(row[0], row[1]) for row in rows["inquiry_steps"]] == [
        (InquiryKind.CHECK_IN, "asked"),
        (InquiryKind.CHECK_IN, "late"),
        (InquiryKind.MATTER, "arrived"),
    ]
    assert [row[0] for row in rows["check_in_questions"]] == ["state", "obstacle", "step", "tried"]


@pytest.mark.parametrize(
    ("heading", "value", "message"),
    [
        ("プロジェクトチーム", None, "「プロジェクトチーム」が空欄です。"),
        (
            "調整担当課",
            "offise",
            "「offise」は「推進体制」シートにありません。「office」の書き誤りではありませんか。",
        ),
        ("「やめる」を決めるもの", "mayor", "「mayor」は「推進体制」シートにありません。"),
        ("チームのリーダーの職", "班長", "「班長」は選択肢にありません。"),
        ("状況確認の間隔", "ときどき", "「ときどき」は選択肢にありません。"),
        ("付議の順", "team、bord", "「bord」は「推進体制」シートにありません。「board」の書き誤りではありませんか。"),
        ("付議の順", "team、team", "「team」が2回使われています。"),
        ("付議の順", None, "付議する会議体が1つもありません。"),
        ("状況確認の期限（日後）", 0, "1日以上でなければなりません。"),
        ("回答がない付議を上げる日（日後）", -1, "1日以上でなければなりません。"),
        ("会議の開催まで（日後）", None, "「会議の開催まで（日後）」が空欄です。"),
        ("会議の送信時刻", "朝", "「朝」は時刻として読めません。"),
    ],
)
def test_what_is_wrong_with_key_projects_is_named_at_its_line(heading: str, value: Value, message: str) -> None:
    sheets = Sheets()
    row = line_of(sheets[KEY_PROJECTS], heading)
    sheets[KEY_PROJECTS].put(row, 2, value)
    said = only(sheets.mistakes())
    assert (said.sheet, said.row, said.column, said.heading) == (KEY_PROJECTS, row, "B", heading)
    assert said.message.ja.startswith(message)


@pytest.mark.parametrize(
    ("step", "heading", "value", "message"),
    [
        ("asked", "何について", None, "「何について」が空欄です。"),
        ("asked", "何について", "懇親会", "「懇親会」は選択肢にありません。"),
        ("asked", "コード", None, "「コード」が空欄です。"),
        ("late", "コード", "asked", "「asked」が2回使われています。"),
        ("asked", "種類", "差戻し", "「差戻し」は、年度の報告の段取りだけで使う種類です。"),
        ("arrived", "送り先", "チームの全員", "「付議事項」の段取りでは、「チームの全員」を送り先にできません。"),
        ("late", "送り先", "会議の構成員", "「状況確認」の段取りでは、「会議の構成員」を送り先にできません。"),
    ],
)
def test_what_is_wrong_with_a_step_is_named_at_its_row(step: str, heading: str, value: Value, message: str) -> None:
    sheets = Sheets()
    row = sheets[LADDERS].row_of(step)
    sheets[LADDERS].set(row, heading, value)
    (said,) = (m for m in sheets.mistakes() if m.sheet == LADDERS)
    assert said.row == row
    assert said.message.ja.startswith(message)


def test_a_step_that_is_written_under_another_inquiry_goes_to_its_ladder() -> None:
    sheets = Sheets()
    row = sheets[LADDERS].row_of("arrived")
    sheets[LADDERS].set(row, "何について", "会議")
    rules = sheets.definition().key_projects
    assert rules is not None
    assert rules.matter.ladder == InquiryLadder()
    assert [step.code for step in rules.meeting.ladder.steps] == ["arrived"]


def test_who_decides_on_an_outcome_is_written_beside_it_and_left_empty_where_the_team_decides() -> None:
    sheets = Sheets()
    page = sheets[KEY_PROJECTS]
    page.put(line_of(page, "「やめる」を決めるもの"), 2, None)
    page.put(line_of(page, "「広げる」を決めるもの"), 2, "board")
    rules = sheets.definition().key_projects
    assert rules is not None
    assert rules.deciders == {RouteOutcome.CHANGE_GOAL: "team", RouteOutcome.SCALE: "board"}
    assert rules.decides(RouteOutcome.STOP) == ""


def test_a_plan_without_key_projects_leaves_their_sheets_empty_and_comes_back_as_it_was() -> None:
    plan = replace(full_plan(), key_projects=None)
    rows = rows_of(plan)
    assert not rows["key_projects"] + rows["inquiry_steps"] + rows["check_in_questions"]
    assert workbook.read(workbook.write(plan)).definition == plan
    assert csv_files.read(csv_files.write(plan)).definition == plan


def test_steps_and_questions_of_key_projects_that_nothing_else_is_said_of_are_named() -> None:
    sheets = emptied(Sheets())
    mistakes = sheets.mistakes()
    assert {m.sheet for m in mistakes} == {LADDERS, "状況確認の設問"}
    assert {m.message.ja for m in mistakes} == {"「キープロジェクト」シートには何も書かれていません。"}


def test_a_workbook_from_before_there_were_key_projects_is_read_as_one_without() -> None:
    sheets = Sheets()
    for name in (*SHEETS_OF_KEY_PROJECTS, MEMBERS):
        del sheets.pages[name]
    read = sheets.read()
    plan = full_plan()
    bodies = tuple(replace(body, members=()) for body in plan.bodies)
    assert read.definition == replace(plan, key_projects=None, bodies=bodies)
    assert len(read.warnings) == len((*SHEETS_OF_KEY_PROJECTS, MEMBERS))


def test_the_questions_of_a_check_in_cannot_ask_for_the_class_of_a_measure() -> None:
    sheets = Sheets()
    page = sheets["状況確認の設問"]
    row = page.row_of("困っていること")
    page.set(row, "表示する設問", "class")
    said = only(sheets.mistakes())
    assert (said.sheet, said.row, said.message.ja) == ("状況確認の設問", row, "設問「class」はありません。")


def test_the_key_projects_of_these_tests_are_without_mistakes() -> None:
    assert full_plan().key_projects is not None
    assert rule_mistakes(full_plan()) == ()
