"""The papers for a meeting, in HTML, Word and PDF: one file with its agenda and the pages of every item."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO

import docx
import pypdf
import pytest
from docx.oxml.ns import qn

from documents.formats import Format
from documents.meeting_papers import FORMATS, Block, Column, MeetingPapers, PaperItem, PaperTable, render
from documents.phase_review_rows import Fact
from tests.documents.conftest import HOSTILE

Reader = Callable[[bytes, Format], str]
every_format = pytest.mark.parametrize("format", FORMATS)

MARK = "サンプル：試験のための見本です。"
QUESTION = "目標を「相談の三割」に改めてよいか、ご審議ください。"
LONG = "利用者の声は次のとおりです。\n" + "\n".join(f"{n}人目：待たずに相談できました。" for n in range(1, 70))
PROPOSAL = PaperTable(
    (Column("変わること"), Column("いま", 3), Column("変更後", 3)),
    (("目標", "相談の半分を来庁なしで終える。", "相談の三割を来庁なしで終える。"),),
)
PAPERS = MeetingPapers(
    language="ja",
    municipality="所沢市",
    plan="所沢市DX推進基本方針",
    body="デジタル戦略会議",
    held_on=date(2026, 7, 3),
    issued_on=date(2026, 6, 25),
    facts=(Fact("日時", "令和8年（2026年）7月3日　10:00～11:30"), Fact("場所", "第1会議室")),
    items=(
        PaperItem(
            1,
            "窓口の目標を変える",
            "付議第3号",
            "10分",
            (
                Block("審議していただきたいこと", QUESTION, (Fact("回答を希望する日", "令和8年（2026年）6月24日"),)),
                Block("提案", facts=(Fact("決めたいこと", "目標を変える"),), table=PROPOSAL),
                Block("説明資料", LONG),
            ),
        ),
        PaperItem(2, "報告：試行の様子", "", "口頭で行います。"),
        PaperItem(3, "前期の見直し", "計画の見直し", "", (Block("審議していただきたいこと", "ご審議ください。"),)),
    ),
    marks=(MARK,),
)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def pages_of(file: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in pypdf.PdfReader(BytesIO(file)).pages]


@every_format
def test_papers_say_who_meets_when_where_and_about_what(read: Reader, format: Format) -> None:
    said = read(render(PAPERS, format), format)
    wanted = [
        "所沢市",
        "デジタル戦略会議会議資料",
        "10:00～11:30",
        "第1会議室",
        "窓口の目標を変える",
        "付議第3号",
        "10分",
    ]
    wanted += ["報告：試行の様子", "口頭で行います。", "前期の見直し", "作成日令和8年（2026年）6月25日", MARK]
    assert [text for text in wanted if squeezed(text) not in said] == []


@every_format
def test_an_item_says_its_question_and_what_would_change(read: Reader, format: Format) -> None:
    said = read(render(PAPERS, format), format)
    wanted = [QUESTION, "決めたいこと目標を変える", "69人目：待たずに相談できました。"]
    wanted += ["目標相談の半分を来庁なしで終える。相談の三割を来庁なしで終える。"]
    assert [text for text in wanted if squeezed(text) not in said] == []


def test_the_pdf_lists_on_which_page_each_item_begins() -> None:
    file = render(PAPERS, Format.PDF)
    pages = pages_of(file)
    begins = {n: next(i for i, page in enumerate(pages, 1) if i > 1 and f"{n}{title}" in page) for n, title in
              ((1, "窓口の目標を変える"), (3, "前期の見直し"))}  # fmt: skip
    assert begins[1] == 2
    assert begins[3] > 3, "the first item fills more than a page"
    assert f"付議第3号{begins[1]}" in pages[0]
    assert f"計画の見直し{begins[3]}" in pages[0]
    assert pages[1].endswith(f"2/{len(pages)}")
    assert render(PAPERS, Format.PDF) == file, "the same papers give the same bytes"


def test_the_word_file_lists_its_items_by_fields_that_count_the_pages() -> None:
    file = docx.Document(BytesIO(render(PAPERS, Format.DOCX)))
    body = file.element.body
    fields = [text.text.strip() for text in body.iter(qn("w:instrText"))]
    assert fields == ["PAGEREF _Toc101 \\h", "PAGEREF _Toc103 \\h"]
    marks = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    assert marks == {"_Toc101", "_Toc103"}
    headings = [p.text for p in file.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings == ["1 窓口の目標を変える", "3 前期の見直し"]


def test_until_word_has_counted_the_word_file_shows_the_pages_of_the_pdf() -> None:
    body = docx.Document(BytesIO(render(PAPERS, Format.DOCX))).element.body
    entries = ["".join(text.text for text in link.iter(qn("w:t"))) for link in body.iter(qn("w:hyperlink"))]
    last = len(pages_of(render(PAPERS, Format.PDF)))
    assert entries == ["1 窓口の目標を変える2", f"3 前期の見直し{last}"]


@every_format
def test_an_agenda_without_items_says_so(read: Reader, format: Format) -> None:
    assert "議題はまだありません。" in read(render(replace(PAPERS, items=()), format), format)


@every_format
def test_whatever_people_typed_comes_out_as_it_went_in(read: Reader, format: Format) -> None:
    blocks = tuple(
        Block(
            text.replace("\n", " "),
            text,
            (Fact(text.replace("\n", " "), text),),
            replace(PROPOSAL, rows=((text,) * 3,)),
        )
        for text in HOSTILE
    )
    items = (PaperItem(1, HOSTILE[5], HOSTILE[4], HOSTILE[9], blocks),)
    papers = replace(PAPERS, items=items, body=HOSTILE[4], facts=(Fact("場所", HOSTILE[7]),))
    said = read(render(papers, format), format)
    # Some PDF readers give a ligature or a joined emoji back as its parts.
    checked = [text for text in HOSTILE if format is not Format.PDF or text.isascii()]
    assert [text for text in checked if squeezed(text) not in said] == []


def test_the_pdf_is_made_for_screen_readers() -> None:
    reader = pypdf.PdfReader(BytesIO(render(PAPERS, Format.PDF)))
    assert reader.metadata is not None
    assert reader.metadata.title == "デジタル戦略会議 令和8年（2026年）7月3日 会議資料"
    assert reader.root_object["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert str(reader.root_object["/Lang"]) == "ja-JP"


def test_papers_for_a_meeting_are_no_workbook() -> None:
    with pytest.raises(ValueError, match="xlsx"):
        render(PAPERS, Format.XLSX)
