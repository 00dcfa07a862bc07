"""The handover sheet says the same in HTML, Word and PDF."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from itertools import pairwise

import docx
import lxml.html
import pypdf
import pytest
from docx.oxml.ns import qn

from documents.annual_report import Answered
from documents.formats import Format
from documents.handover import ComingMail, HandedMeasure, HandedPost, HandoverSheet, OpenReport
from documents.handover_content import content_of
from documents.handover_render import FORMATS, render
from domain.calendar import JST

Reader = Callable[[bytes, Format], str]
every_format = pytest.mark.parametrize("format", FORMATS)

MARK = "見本の計画です。部署と人は実在しません。"
PLAN, ROUND = "飯塚市地域情報化計画", "令和2年度（2020年度） 年次の進捗報告"
WLAN = HandedMeasure(
    PLAN,
    "1-1-1",
    "公衆無線LANの整備",
    2019,
    (Answered("来年度に行うこと", "7月までに接続数を集計します。\n結果を公表します。"),),
    2018,
    "A",
    "拡充",
    "周知の方法を改めて検討すること。",
)
UNKNOWN = HandedMeasure(PLAN, "1-1-2", "ニーズの把握", None, (), None, "", "", "")
LATE = OpenReport(
    PLAN,
    ROUND,
    "1-1-1",
    "公衆無線LANの整備",
    "差戻し中",
    date(2021, 2, 15),
    True,
    "所管課",
    datetime(2021, 2, 10, 8, 5, tzinfo=JST),
    "佐藤 花子",
)
SHEET = HandoverSheet(
    "ja",
    "飯塚市",
    "佐藤 花子",
    True,
    date(2021, 3, 31),
    date(2021, 3, 20),
    (
        HandedPost("情報政策課", "担当者", date(2018, 4, 1), date(2021, 3, 31), "伊藤 直樹"),
        HandedPost("総務課", "係長", date(2020, 4, 1), None, ""),
    ),
    (WLAN, UNKNOWN),
    (LATE, replace(LATE, code="1-1-2", title="ニーズの把握", state="承認待ち", is_late=False, saved_at=None)),
    (ComingMail(PLAN, ROUND, datetime(2021, 3, 22, 9, 0, tzinfo=JST), "上申", "課長"),),
    (MARK,),
)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@every_format
def test_a_sheet_says_who_hands_over_what_to_whom(read: Reader, format: Format) -> None:
    said = read(render(SHEET, format), format)
    wanted = ["飯塚市", "事務引継書", "佐藤花子", "情報政策課", "担当者", "2018年4月1日から2021年3月31日まで"]
    wanted += ["伊藤直樹", "2020年4月1日から", "令和3年（2021年）3月31日", "令和3年（2021年）3月20日"]
    assert [text for text in wanted if squeezed(text) not in said] == []


@every_format
def test_a_sheet_says_what_is_open_whose_turn_it_is_and_what_is_sent_next(read: Reader, format: Format) -> None:
    said = read(render(SHEET, format), format)
    wanted = [f"{PLAN} {ROUND}", "1-1-1 公衆無線LANの整備", "差戻し中", "2021年2月15日（期限超過）", "所管課"]
    wanted += [
        "2021年2月10日 08:05に保存（佐藤 花子）",
        "承認待ち",
        "次に送られるメール：2021年3月22日 09:00 上申（課長）",
    ]
    assert [text for text in wanted if squeezed(text) not in said] == []


@every_format
def test_a_sheet_says_what_was_promised_and_how_it_was_evaluated(read: Reader, format: Format) -> None:
    said = read(render(SHEET, format), format)
    wanted = ["令和元年度（2019年度） 来年度に行うこと", "7月までに接続数を集計します。", "結果を公表します。"]
    wanted += ["平成30年度（2018年度）　評価：A　今後の方向性：拡充", "周知の方法を改めて検討すること。"]
    assert [text for text in wanted if squeezed(text) not in said] == []


@every_format
def test_what_is_not_known_reads_not_stated(read: Reader, format: Format) -> None:
    said = read(render(replace(SHEET, reports=(), mails=()), format), format)
    assert said.count("記載なし") == 3, "the successor of one post, a promise and an evaluation"
    assert "受付中の報告はありません。" in said


@every_format
def test_a_person_who_answers_for_nothing_has_a_sheet_that_says_so(read: Reader, format: Format) -> None:
    said = read(render(replace(SHEET, posts=(), measures=(), reports=(), mails=()), format), format)
    assert "担当している施策はありません。" in said
    assert said.count("記載なし") == 1


@every_format
def test_the_mark_of_sample_data_is_visible(read: Reader, format: Format) -> None:
    assert MARK in read(render(SHEET, format), format)
    assert MARK not in read(render(replace(SHEET, marks=()), format), format)


@every_format
def test_hostile_text_comes_out_exactly_as_it_was_written(
    hostile_texts: tuple[str, ...], read: Reader, format: Format
) -> None:
    measures = tuple(replace(WLAN, comment=text, promises=(Answered("", text),)) for text in hostile_texts)
    said = read(render(replace(SHEET, measures=measures), format), format)
    assert [text for text in hostile_texts if said.count(squeezed(text)) < 2] == []


@every_format
def test_a_very_long_promise_is_said_to_its_end(read: Reader, format: Format) -> None:
    long = "\n".join([f"第{number}段落では取組みの経過を詳しく述べる。" * 3 for number in range(120)])
    said = read(render(replace(SHEET, measures=(replace(WLAN, promises=(Answered("", long),)),)), format), format)
    assert [number for number in range(120) if f"第{number}段落" not in said] == []


def test_measures_of_one_plan_and_reports_of_one_round_stand_together() -> None:
    other = replace(WLAN, plan="総合計画", code="3-1")
    content = content_of(
        replace(SHEET, measures=(WLAN, other, UNKNOWN), reports=(LATE, replace(LATE, plan="総合計画")))
    )
    assert [(p.plan, len(p.measures)) for p in content.plans] == [(PLAN, 2), ("総合計画", 1)]
    assert [(len(r.reports), len(r.mails)) for r in content.rounds] == [(1, 1), (1, 0)]


def test_the_sheet_of_a_department_is_headed_by_the_department() -> None:
    assert content_of(SHEET).of_label == "前任者"
    assert content_of(replace(SHEET, is_of_person=False)).of_label == "部署"


def test_the_word_file_has_the_japanese_font_in_all_four_kinds_of_letters() -> None:
    document = docx.Document(BytesIO(render(SHEET, Format.DOCX)))
    fonts = [font for root in (document.element, document.styles.element) for font in root.iter(qn("w:rFonts"))]
    kinds = ("ascii", "hAnsi", "eastAsia", "cs")
    assert fonts
    assert {tuple(font.get(qn(f"w:{kind}")) for kind in kinds) for font in fonts} == {("Noto Sans CJK JP",) * 4}
    assert document.core_properties.title == "事務引継書 佐藤 花子"


def test_the_pdf_is_tagged_and_named_and_the_same_each_time() -> None:
    file = render(SHEET, Format.PDF)
    pdf = pypdf.PdfReader(BytesIO(file))
    assert pdf.metadata is not None
    assert (pdf.metadata.title, pdf.metadata.author) == ("事務引継書 佐藤 花子", "飯塚市")
    assert "/StructTreeRoot" in pdf.root_object
    assert render(SHEET, Format.PDF) == file


def test_the_page_says_its_language_and_every_header_cell_what_it_heads() -> None:
    page = lxml.html.fromstring(render(SHEET, Format.HTML).decode())
    assert page.get("lang") == "ja"
    assert page.xpath("//th")
    assert page.xpath("//th[not(@scope)]") == []
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3 | //h4 | //h5")]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_a_handover_sheet_is_no_table_for_excel() -> None:
    assert Format.XLSX not in FORMATS
    with pytest.raises(ValueError, match="xlsx"):
        render(SHEET, Format.XLSX)
