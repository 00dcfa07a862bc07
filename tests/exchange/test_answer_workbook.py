"""A department's own workbook: what is written is read back, and what is no such workbook is refused in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from domain import draft
from domain.questions import Choice, Condition, Question, QuestionKind
from domain.text import Bilingual
from exchange import answer_workbook, answer_workbook_reading
from exchange.answer_workbook import AnswerSheet, AnswerWorkbook, Beside, Line, ListedMeasure
from exchange.answer_workbook_reading import FoundSheet, UnreadableCell
from exchange.remarks import WrongTable

PROGRESS = Question(
    "progress",
    Bilingual("進み具合", "Progress"),
    QuestionKind.CHOICE,
    choices=(Choice("on_track", Bilingual("順調", "On track")), Choice("late", Bilingual("遅れている", "Late"))),
    required=True,
)
SAID = Question("said", Bilingual("取組みの内容", "What was done"), limit=400, required=True)
NUMBER = Question("count", Bilingual("件数", "Count"), QuestionKind.NUMBER, unit=Bilingual("件"))
CAUSE = Question("cause", Bilingual("遅れの理由"), shown_when=Condition("progress", ("late",)), required=True)
ASKED = (PROGRESS, SAID, NUMBER, CAUSE)
TEXT = "4か所で調べた。\n=SUM(A1) や +81 から始まる行も、そのまま。\n葛\U000e0100飾区"


def sheet(report: int, answers: Mapping[str, str] | None = None) -> AnswerSheet:
    given = answers or {}
    beside = (Beside(Bilingual("前年度の回答"), "去年の文章"),)
    lines = tuple(Line(q, given.get(q.id, ""), beside) for q in ASKED)
    return AnswerSheet(report, 3, "1 基本方針", (Beside(Bilingual("差戻しの理由"), "数字を足す"),), lines)


def workbook(*sheets: AnswerSheet | None) -> AnswerWorkbook:
    return AnswerWorkbook(
        file_name="plan-2020-information.xlsx",
        round="collection/city/plan/2020/yearly",
        request=7,
        language="ja",
        municipality="市",
        plan="計画",
        asked_for="計画 令和2年度 進捗報告",
        department="情報政策課",
        due="2021年2月15日（月）",
        contact=("計画担当課: 中島 <n@city.example>",),
        link="https://meguru.city.example/requests/7",
        measures=tuple(
            ListedMeasure(f"1-{n}", "相談窓口を増やす", "未記入", "", one) for n, one in enumerate(sheets, 1)
        ),
    )


WRITTEN = {"progress": "on_track", "said": TEXT, "count": "1,234.5"}


def changed(content: bytes, change: Callable[[Workbook], object]) -> bytes:
    """What somebody did to the file in between."""
    book = openpyxl.load_workbook(BytesIO(content))
    change(book)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def answers_of(found: FoundSheet) -> dict[str, str]:
    by_id = {q.id: q for q in ASKED}
    return {a.question: answer_workbook_reading.answer_in(found, a, by_id[a.question]) for a in found.answers}


def refusal(content: bytes) -> str:
    with pytest.raises(WrongTable) as refused:
        answer_workbook_reading.read(content)
    return str(refused.value)


def cell_of(content: bytes, name: str, question: str) -> str:
    """Where a question is answered."""
    page = openpyxl.load_workbook(BytesIO(content))[name]
    return next(f"D{row[5].row}" for row in page.iter_rows() if row[5].value == question)


def test_what_is_written_is_read_back_to_the_letter() -> None:
    found = answer_workbook_reading.read(answer_workbook.write(workbook(sheet(11, WRITTEN), None, sheet(12))))
    assert (found.round, found.request) == ("collection/city/plan/2020/yearly", 7)
    assert [(s.name, s.report, s.revision) for s in found.sheets] == [("施策1-1", 11, 3), ("施策1-3", 12, 3)]
    first, second = found.sheets
    assert answers_of(first) == {**WRITTEN, "count": "1234.5", "cause": ""}
    assert answers_of(second) == {"progress": "", "said": "", "count": "", "cause": ""}


def test_each_cell_remembers_what_stood_there() -> None:
    (found,) = answer_workbook_reading.read(answer_workbook.write(workbook(sheet(11, WRITTEN)))).sheets
    by_id = {q.id: q for q in ASKED}
    said = answers_of(found)
    marks = {a.question: a.seen for a in found.answers}
    assert marks == {key: draft.mark(answer_workbook.plain(by_id[key], text)) for key, text in said.items()}
    assert marks["cause"] == ""


def test_equal_contents_give_equal_bytes() -> None:
    first, second = (answer_workbook.write(workbook(sheet(11, WRITTEN))) for _ in range(2))
    assert first == second


def test_only_the_cells_to_be_filled_in_may_be_written_in_and_a_mark_says_which() -> None:
    book = openpyxl.load_workbook(BytesIO(answer_workbook.write(workbook(sheet(11, WRITTEN)))))
    page = book["施策1-1"]
    assert all(one.protection.sheet for one in book.worksheets)
    open_cells = [cell for row in page.iter_rows() for cell in row if not cell.protection.locked]
    assert [cell.column for cell in open_cells] == [4] * len(ASKED)
    marks = [str(page[f"E{cell.row}"].value) for cell in open_cells]
    assert all("◀" in mark for mark in marks)
    assert ["場合により必須" in mark for mark in marks] == [False, False, False, True]
    assert page.column_dimensions["F"].hidden
    assert page.freeze_panes == "B7", "the headings stay in sight, notes do not"


def test_nothing_that_was_typed_becomes_a_formula() -> None:
    evil = {"said": "=cmd|'/c calc'!A1", "count": "=1+1"}
    book = openpyxl.load_workbook(BytesIO(answer_workbook.write(workbook(sheet(11, evil)))))
    typed = {c.value: c.data_type for row in book["施策1-1"].iter_rows(min_col=4, max_col=4) for c in row if c.value}
    assert typed[evil["said"]] == typed[evil["count"]] == "s"


def test_choices_are_a_list_and_a_label_in_either_language_is_understood() -> None:
    content = answer_workbook.write(workbook(sheet(11)))
    place = cell_of(content, "施策1-1", "progress")
    page = openpyxl.load_workbook(BytesIO(content))["施策1-1"]
    (rule,) = page.data_validations.dataValidation
    assert (rule.type, str(rule.sqref)) == ("list", place)
    for typed in ("遅れている", "Late", "late", " Ｌａｔｅ "):
        back = changed(content, lambda book, typed=typed: book["施策1-1"].__setitem__(place, typed))  # type: ignore[misc]
        assert answers_of(answer_workbook_reading.read(back).sheets[0])["progress"] == "late"


@pytest.mark.parametrize(
    ("question", "typed", "said"),
    [
        ("count", 12, "12"),
        ("count", 12.50, "12.5"),
        ("count", "１２，３４５", "12345"),
        ("count", "約12", "約12"),
        ("said", 12, "12"),
        ("said", date(2021, 4, 1), "2021-04-01"),
        ("said", " 前後の空白 \r\n二行目", "前後の空白 \n二行目"),
    ],
)
def test_a_cell_is_read_as_the_form_would_have_sent_it(question: str, typed: str | float | date, said: str) -> None:
    content = answer_workbook.write(workbook(sheet(11)))
    place = cell_of(content, "施策1-1", question)
    back = changed(content, lambda book: book["施策1-1"].__setitem__(place, typed))
    assert answers_of(answer_workbook_reading.read(back).sheets[0])[question] == said


def test_what_is_no_choice_or_a_broken_formula_is_named_with_its_cell() -> None:
    content = answer_workbook.write(workbook(sheet(11)))
    choice, text = (cell_of(content, "施策1-1", question) for question in ("progress", "said"))

    def spoil(book: Workbook) -> None:
        book["施策1-1"][choice], book["施策1-1"][text] = "順調です", "=NICHTS()"

    (found,) = answer_workbook_reading.read(changed(content, spoil)).sheets
    for place, question, words in ((choice, PROGRESS, "選択肢にありません"), (text, SAID, "計算されていない数式")):
        answer = next(a for a in found.answers if a.question == question.id)
        with pytest.raises(UnreadableCell) as unreadable:
            answer_workbook_reading.answer_in(found, answer, question)
        remark = unreadable.value.remark
        assert (remark.sheet, f"{remark.column}{remark.row}") == ("施策1-1", place)
        assert words in remark.message.ja
        assert remark.remedy.ja


def test_a_sheet_that_was_renamed_or_moved_still_answers_its_measure() -> None:
    def move(book: Workbook) -> None:
        book["施策1-2"].title = "佐藤さんの分"
        book.move_sheet("佐藤さんの分", -3)
        book.create_sheet("メモ")["A1"] = "自分用"

    content = changed(answer_workbook.write(workbook(sheet(11), sheet(12, WRITTEN))), move)
    found = {s.report: s for s in answer_workbook_reading.read(content).sheets}
    assert found[12].name == "佐藤さんの分"
    assert answers_of(found[12])["said"] == TEXT


def test_measures_with_alike_codes_have_sheets_of_their_own() -> None:
    book = workbook(sheet(11), sheet(12))
    alike = tuple(replace(m, code=code) for m, code in zip(book.measures, ("1/1", "1:1"), strict=True))
    found = answer_workbook_reading.read(answer_workbook.write(replace(book, measures=alike)))
    assert [s.name for s in found.sheets] == ["施策1-1", "施策1-1(2)"]


def test_what_is_no_workbook_of_ours_is_refused() -> None:
    foreign = openpyxl.Workbook()
    saved = BytesIO()
    foreign.save(saved)
    assert "この画面から取り出した回答用のブックではありません" in refusal(saved.getvalue())
    assert "Excelブックではありません" in refusal(b"no workbook")
    assert "ファイルが空です" in refusal(b"")


def test_a_workbook_that_was_mixed_up_is_refused_with_the_sheet() -> None:
    content = answer_workbook.write(workbook(sheet(11), sheet(12)))

    def copy(book: Workbook) -> None:
        book.copy_worksheet(book["施策1-1"]).title = "写し"

    assert "「写し」シート：同じ施策のシートが二つあります" in refusal(changed(content, copy))
    assert "別の依頼" in refusal(changed(content, lambda book: book["施策1-2"].__setitem__("F3", "8")))
    assert "書き換わっています" in refusal(changed(content, lambda book: book["施策1-2"].__setitem__("F4", "x")))


def test_what_is_too_large_is_refused_before_it_is_parsed() -> None:
    content = answer_workbook.write(workbook(sheet(11)))
    assert "2MB" in refusal(b"PK" + b"x" * answer_workbook_reading.LARGEST)
    bomb = BytesIO(content)
    with ZipFile(bomb, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * 1024 * 1024 * 45)
    assert "安全のため" in refusal(bomb.getvalue())
    many = BytesIO(content)
    with ZipFile(many, "a") as archive:
        for n in range(300):
            archive.writestr(f"xl/worksheets/sheet{n + 100}.xml", "<worksheet/>")
    assert "シートか行が多すぎます" in refusal(many.getvalue())
    long = changed(content, lambda book: book["施策1-1"].__setitem__("A700", "遠く"))
    assert "シートか行が多すぎます" in refusal(long)
