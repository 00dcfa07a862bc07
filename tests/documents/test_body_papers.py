"""The papers for a body, in Word and PDF."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from pypdf.generic import StreamObject

from documents.annual_report import Answered
from documents.body_papers import FORMATS, BodyPapers, papers_content_of, render
from documents.formats import Format
from tests.documents.sample_review import EMPTY, MARK, PAPERS, REPORT

Reader = Callable[[bytes, Format], str]
every_format = pytest.mark.parametrize("format", FORMATS)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def metadata(document: pypdf.PdfReader) -> str:
    stream = document.root_object["/Metadata"].get_object()
    assert isinstance(stream, StreamObject)
    return stream.get_data().decode()


def missing(wanted: list[str], said: str) -> list[str]:
    return [text for text in wanted if squeezed(text) not in said]


@every_format
def test_papers_say_whom_they_are_for_and_what_is_asked(read: Reader, format: Format) -> None:
    said = read(render(PAPERS, format), format)
    wanted = ["飯塚市", "会議資料", "情報化推進市民会議（2回目の付議）", "外部評価", "令和3年（2021年）2月22日", MARK]
    wanted += [
        "飯塚市地域情報化計画の前期（2018～2020年度）の見直しにより「2018（平成30）年3月策定」を"
        "「2021（令和3）年3月改訂」に改め、令和3年（2021年）4月1日から適用する案です。この案についてご審議をお願いします。"
    ]
    assert missing(wanted, said) == []


@every_format
def test_papers_sum_the_term_up_in_numbers(read: Reader, format: Format) -> None:
    said = read(render(PAPERS, format), format)
    wanted = ["36件", "108件（提出済み 98件、提出前の内容 5件、報告免除 1件、記入なし 4件）"]
    wanted += ["依頼108件、提出98件、うち期限内90件", "施策の進み具合36施策のうち30施策が計画どおりに進んでいる。"]
    wanted += ["継続28名称変更6統合1廃止1新規2合計38", "市民001113"]
    assert missing(wanted, said) == []


@every_format
def test_what_changes_comes_first_with_its_reason_and_the_rest_is_a_list(read: Reader, format: Format) -> None:
    said = read(render(PAPERS, format), format)
    draft = said[said.index("変更する個別施策") :]
    changes, rest = draft.split("変更しない個別施策", 1)
    changed = [d for d in REPORT.decisions if d.is_changed]
    unchanged = [d for d in REPORT.decisions if not d.is_changed]
    assert missing([f"{d.code} {d.title}" for d in changed] + [d.reason for d in changed], changes) == []
    assert missing(["1-2-10 キャッシュレス決済の導入", "新規"], said) == []
    assert missing([f"{d.code} {d.title}" for d in unchanged], rest) == []
    assert not any(squeezed(f"{d.code} {d.title}所管課") in said for d in unchanged), (
        "no proposals: the report has them"
    )


@every_format
def test_a_body_reads_what_was_decided_before_it_and_has_room_for_its_own_word(read: Reader, format: Format) -> None:
    said = read(render(PAPERS, format), format)
    wanted = ["1-1-2の廃止の理由を詳しく示すこと。", "毎年の進捗を委員会に報告すること。"]
    wanted += ["□ 了承 □ 意見を付して了承 □ 差戻し", "7会議体の決定と意見"]
    assert missing(wanted, said) == []
    first = read(render(replace(PAPERS, report=replace(REPORT, bodies=())), format), format)
    assert "これまでの審議" not in first
    assert "6会議体の決定と意見" in first, "the headings are numbered without a gap"


@every_format
def test_opinions_are_counted_and_not_told_one_by_one(read: Reader, format: Format) -> None:
    said = read(render(PAPERS, format), format)
    assert squeezed(REPORT.opinions[0].text) not in said
    assert "合計2222210" in said


@every_format
def test_papers_on_a_plan_that_is_not_revised_ask_for_that(read: Reader, format: Format) -> None:
    as_it_is = tuple(replace(d, kind="現行のまま", is_changed=False, reason="") for d in REPORT.decisions)
    report = replace(
        REPORT, is_revised=False, outcome="改訂は不要とする", decisions=as_it_is, added=(), next_edition=None
    )
    said = read(render(replace(PAPERS, report=report), format), format)
    wanted = ["飯塚市地域情報化計画は、前期（2018～2020年度）の見直しの結果、改訂しないものとする案です。"]
    wanted += ["変更する個別施策はありません。", "計画を改訂しないため、次の版はありません。", "現行のまま36"]
    assert missing(wanted, said) == []


@every_format
def test_papers_of_which_nothing_is_known_say_so(read: Reader, format: Format) -> None:
    said = read(render(BodyPapers(EMPTY), format), format)
    wanted = ["会議資料", "会議体記載なし", "開催日未決定", "決定案のご審議をお願いします。"]
    assert missing([*wanted, "変更しない施策はありません。"], said) == []


@every_format
def test_hostile_and_very_long_texts_come_out_as_they_were_written(
    hostile_texts: tuple[str, ...], read: Reader, format: Format
) -> None:
    decided = REPORT.decisions[1]
    long = "\n".join(f"第{number}段落では経過を述べる。" * 3 for number in range(100))
    report = replace(
        REPORT,
        criteria=tuple(Answered("観点", text) for text in hostile_texts),
        decisions=tuple(replace(decided, code=str(i), reason=text) for i, text in enumerate((*hostile_texts, long))),
        outcome_reason="前\x00\x0b中\ufeff後",
    )
    body = "とても長い名称の会議体" * 20 + "{{ x }}"
    said = read(render(replace(PAPERS, report=report, body=body), format), format)
    assert [text for text in hostile_texts if said.count(squeezed(text)) < 2] == []
    assert [number for number in range(100) if f"第{number}段落" not in said] == []
    assert missing(["前中後", body], said) == []


@every_format
def test_english_papers_have_no_japanese_words_of_their_own(read: Reader, format: Format) -> None:
    edition = REPORT.next_edition
    assert edition is not None
    report = replace(
        EMPTY,
        language="en",
        municipality="Iizuka City",
        plan="Informatization Plan",
        term="Early term",
        edition="First edition",
        is_revised=True,
        outcome="Revise",
        next_edition=replace(edition, name="Revision", decided="March 2021", reason=""),
    )
    papers = BodyPapers(report, "Citizens' council", "External", 2, REPORT.issued_on, ("Approved", "Returned"))
    said = read(render(papers, format), format)
    assert missing(["Papers for the meeting", "Citizens' council", "1 April 2021", "□ Approved"], said) == []
    assert re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]+", said) == []


def test_papers_are_on_paper_only() -> None:
    for format in (Format.HTML, Format.XLSX):
        with pytest.raises(ValueError, match=format.value):
            render(PAPERS, format)


def test_only_bodies_that_have_decided_are_told() -> None:
    assert [row.outcome for row in papers_content_of(PAPERS).earlier] == ["差戻し", "意見を付して了承"]


def test_the_room_for_the_bodys_word_stands_on_one_page_of_the_pdf() -> None:
    for size in (3, 12, 20, 28, 36):
        papers = replace(PAPERS, report=replace(REPORT, decisions=REPORT.decisions[:size]))
        pages = ["".join(p.extract_text().split()) for p in pypdf.PdfReader(BytesIO(render(papers, Format.PDF))).pages]
        (page,) = [page for page in pages if "該当するものに印を付け" in page]
        assert "決定日" in page
        assert "□差戻し" in page


def test_the_pdf_is_accessible_marked_and_numbered_on_every_page() -> None:
    pdf = pypdf.PdfReader(BytesIO(render(PAPERS, Format.PDF)))
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata(pdf)
    pages = [page.extract_text() for page in pdf.pages]
    assert [n for n, page in enumerate(pages, 1) if MARK not in page or f"{n} / {len(pages)}" not in page] == []
    assert pdf.metadata is not None
    assert pdf.metadata.title == "飯塚市地域情報化計画 前期（2018～2020年度） 会議資料 情報化推進市民会議"


def test_the_word_file_keeps_the_room_together_and_names_itself() -> None:
    document = docx.Document(BytesIO(render(PAPERS, Format.DOCX)))
    room = document.tables[-1]
    paragraphs = [p for row in room.rows for cell in row.cells for p in cell.paragraphs]
    assert all(p.paragraph_format.keep_with_next for p in paragraphs)
    assert room.rows[-1].height is not None
    assert [row for row in room.rows if row._tr.trPr.find(qn("w:cantSplit")) is None] == []
    assert MARK in document.sections[0].footer.paragraphs[0].text
    assert document.core_properties.title == "飯塚市地域情報化計画 前期（2018～2020年度） 会議資料 情報化推進市民会議"
