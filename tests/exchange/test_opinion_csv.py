"""Opinions as CSV: read from what offices send, every mistake named with its place; taken along without harm."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest

from domain.opinion import OpinionContent
from domain.reference import OpinionSource
from domain.text import Bilingual
from exchange import opinion_csv
from exchange.opinion_csv import OpinionLine, TakenAlong
from exchange.remarks import WrongTable

TODAY = date(2021, 1, 15)
SOURCES = (
    OpinionSource("citizens", Bilingual("市民", "Citizens")),
    OpinionSource("department", Bilingual("庁内の他部署", "Another department")),
)
NODES = ("1-1-1", "1-1-2")
HEADINGS = "受付日,意見の出どころ,意見,氏名・団体名,連絡先,関連する施策の番号"


def read(*rows: str, headings: str = HEADINGS, encoding: str = "utf-8-sig") -> opinion_csv.ReadOpinions:
    content = "\r\n".join((headings, *rows)).encode(encoding)
    return opinion_csv.read(content, SOURCES, NODES, TODAY)


def mistakes(*rows: str, headings: str = HEADINGS, language: str = "ja") -> list[str]:
    with pytest.raises(WrongTable) as wrong:
        read(*rows, headings=headings)
    return [mistake.in_language(language) for mistake in wrong.value.mistakes]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932", "utf-16"])
def test_a_file_is_read_in_every_encoding_that_offices_use(encoding: str) -> None:
    found = read('2021-01-10,市民,"一行目\r\n二行目",飯塚 太郎,0948-00,1-1-1、1-1-2', encoding=encoding)
    content = OpinionContent("citizens", "一行目\n二行目", date(2021, 1, 10), "飯塚 太郎", "0948-00")
    assert found.lines == (OpinionLine(content, ("1-1-1", "1-1-2")),)
    assert found.findings.warnings == []


def test_what_people_type_otherwise_is_read_as_it_is_meant() -> None:
    found = read("令和3年1月5日, 庁内の他部署 ,意見です,,,１－１－２", "R3.1.6,citizens,ほかの意見,,,")
    assert [(one.content.source, one.content.received_on.day, one.nodes) for one in found.lines] == [
        ("department", 5, ("1-1-2",)),
        ("citizens", 6, ()),
    ]


def test_columns_may_be_left_out_and_stand_in_any_order_and_language() -> None:
    found = read("短い意見,市民,2021-01-10", headings="Opinion,Source,Received on")
    assert found.lines[0].content == OpinionContent("citizens", "短い意見", date(2021, 1, 10))


def test_every_mistake_is_named_by_line_and_column() -> None:
    rows = (
        "2021-01-10,市民等,意見です,,,",
        ",市民,,,,9-9-9",
        f"あした,市民,{'あ' * 2001},,,",
        "2021-01-16,市民,明日の意見,,,",
    )
    said = mistakes(*rows)
    assert [one.partition("：")[0] for one in said] == [
        "2行目、B列（意見の出どころ）",
        "3行目、A列（受付日）",
        "3行目、C列（意見）",
        "3行目、F列（関連する施策の番号）",
        "4行目、A列（受付日）",
        "4行目、C列（意見）",
        "5行目、A列（受付日）",
    ]
    assert "「市民等」は選択肢にありません。「市民」の書き誤りではありませんか。" in said[0]
    assert "上限は2000文字" in said[5]
    english = mistakes(*rows, language="en")
    assert english[0].startswith("row 2, column B (意見の出どころ): “市民等” is none of the choices.")
    assert "the limit is 2000 characters" in english[5]


def test_a_column_that_must_be_there_is_missed_and_an_unknown_one_is_named() -> None:
    said = mistakes("市民,意見です,5", headings="意見の出どころ,意見,年齢")
    assert any("「受付日」の列がありません" in one for one in said)
    assert any("「年齢」という見出しは知りません" in one for one in said)


@pytest.mark.parametrize("content", [b"", b"\x00\x01", HEADINGS.encode(), b"\xff\xff,\xff"])
def test_a_file_without_opinions_is_refused(content: bytes) -> None:
    with pytest.raises(WrongTable):
        opinion_csv.read(content, SOURCES, NODES, TODAY)


def test_a_row_that_stands_twice_is_taken_once_and_said() -> None:
    found = read("2021-01-10,市民,同じ意見,,,", "2021-01-11,市民,同じ意見,,,", "2021/1/10,市民,同じ意見,,,")
    assert len(found.lines) == 2
    assert [warning.in_language("ja").partition("：")[0] for warning in found.findings.warnings] == ["4行目"]


def test_the_template_holds_the_headings_and_no_opinion() -> None:
    assert opinion_csv.template() == ("\ufeff" + HEADINGS + "\r\n").encode()


@pytest.mark.parametrize("text", ["=1+1", "+81", "-5", "@SUM(A1)", "＝1", "\t=1", "'quoted", "ふつうの意見、\n二行目"])
def test_no_text_taken_along_begins_a_formula_and_nothing_is_lost(text: str) -> None:
    content = OpinionContent("citizens", text, TODAY, author=text, contact=text)
    row = TakenAlong("20210115-1", TODAY, "職員による入力", "市民", content, ["1-1-1"], "今後の参考", text, TODAY)
    taken = opinion_csv.write([row]).decode("utf-8-sig")
    cells = list(csv.reader(StringIO(taken, newline="")))[1]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "＝"))] == []
    assert cells[6].removeprefix("'") in (text, text.removeprefix("'"))
    back = read(",".join(f'"{cells[i]}"' for i in (1, 3, 6, 4, 5, 7)))
    assert back.lines[0].content.text == text.strip()
    assert back.lines[0].nodes == ("1-1-1",)
