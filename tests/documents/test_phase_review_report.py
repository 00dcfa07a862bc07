"""The phase review report says the same in HTML, Word, PDF and Excel."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import docx
import jinja2
import lxml.html
import openpyxl
import pypdf
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from openpyxl import Workbook
from pypdf.generic import StreamObject

from documents.annual_report import Answered
from documents.formats import Format
from documents.phase_review_content import content_of
from documents.phase_review_labels import labels_of
from documents.phase_review_render import render
from documents.phase_review_report import PhaseReviewReport, ReceivedOpinion
from tests.documents.sample_review import EMPTY, MARK, MEASURES, REPORT

Reader = Callable[[bytes, Format], str]
every_format = pytest.mark.parametrize("format", list(Format))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def metadata(document: pypdf.PdfReader) -> str:
    stream = document.root_object["/Metadata"].get_object()
    assert isinstance(stream, StreamObject)
    return stream.get_data().decode()


def missing(wanted: list[str], said: str) -> list[str]:
    return [text for text in wanted if squeezed(text) not in said]


@every_format
def test_the_head_names_city_plan_term_edition_days_outcome_and_mark(read: Reader, format: Format) -> None:
    said = read(render(REPORT, format), format)
    wanted = ["飯塚市", "飯塚市地域情報化計画", "見直し報告書", "前期（2018～2020年度）", "2018（平成30）年3月策定"]
    wanted += ["令和3年（2021年）2月26日", "令和2年（2020年）10月1日", "改訂する", MARK]
    wanted += ["令和2年（2020年）11月1日から令和2年（2020年）11月30日まで"]
    assert missing(wanted, said) == []


@every_format
def test_every_measure_of_the_term_is_told_year_by_year(read: Reader, format: Format) -> None:
    said = read(render(REPORT, format), format)
    for measure in REPORT.measures:
        wanted = [measure.code, measure.title, measure.department, measure.measure_class, *measure.above]
        wanted += [text for year in measure.years for text in (year.standing, year.progress, year.direction)]
        wanted += [s.answer for year in measure.years for s in year.said]
        assert missing(wanted, said) == []
    assert missing(["公民館など23施設に設置した。", "平成30年度（2018年度）", "令和元年度（2019年度）"], said) == []


@every_format
def test_how_reports_were_counted_is_explained_beside_the_counts(read: Reader, format: Format) -> None:
    said = read(render(REPORT, format), format)
    assert missing([f"{kind.label}{kind.meaning}" for kind in REPORT.standings], said) == []
    assert squeezed("年度 提出済み 提出前の内容 報告免除 記入なし 依頼なし 合計") in said
    assert "平成30年度（2018年度）35010036" in said
    assert "令和元年度（2019年度）32004036" in said
    assert "合計985140108" in said


@every_format
def test_indicators_and_the_collection_are_told_with_mails_by_kind(read: Reader, format: Format) -> None:
    said = read(render(REPORT, format), format)
    wanted = ["公衆無線LANの設置施設数", "15（2018年度）", "23（2020年度）", "363530事前通知 12通、督促 4通、上申 1通"]
    assert missing(wanted, said) == []


@every_format
def test_opinions_are_told_with_answer_and_reflection_and_counted_by_both(read: Reader, format: Format) -> None:
    said = read(render(REPORT, format), format)
    assert missing([o.text for o in REPORT.opinions] + [o.reflection for o in REPORT.opinions], said) == []
    assert squeezed("意見の出どころ 反映した 一部反映した 今後の参考 反映できない 未回答 合計") in said
    assert "市民001113" in said
    assert "合計2222210" in said


@every_format
def test_criteria_are_told_with_their_answers_and_without(read: Reader, format: Format) -> None:
    said = read(render(REPORT, format), format)
    assert missing(["施策の進み具合36施策のうち30施策が計画どおりに進んでいる。", "社会情勢の変化記載なし"], said) == []


@every_format
def test_a_proposal_stands_beside_the_decision_and_its_reason(read: Reader, format: Format) -> None:
    said = read(render(REPORT, format), format)
    for decided in REPORT.decisions:
        assert missing([decided.kind, decided.reason, *decided.becomes[:1], *decided.changes], said) == []
    wanted = ["総務部情報政策課（提出済み）", "今後の扱い続ける", "区分：調査研究 → 推進"]
    wanted += ["継続28", "名称変更6", "統合1", "廃止1", "新規2", "合計38"]
    assert missing(wanted, said) == []
    assert "番号変更0" not in said, "what did not happen is not counted"


@every_format
def test_new_measures_and_proposals_not_taken_up_are_told(read: Reader, format: Format) -> None:
    said = read(render(REPORT, format), format)
    wanted = ["1-2-10 キャッシュレス決済の導入", "接触を減らすため。", "会計課", "2-1-7 AIによる相談支援"]
    wanted += ["全世帯へのタブレット配布", "費用に見合う効果が見込めない。", "庁内チャットの導入"]
    assert missing(wanted, said) == []


@every_format
def test_bodies_and_the_next_edition_are_told(read: Reader, format: Format) -> None:
    said = read(render(REPORT, format), format)
    wanted = ["電算委員会", "差戻し", "2回目", "意見を付して了承", "毎年の進捗を委員会に報告すること。", "外部評価"]
    wanted += ["令和3年（2021年）2月8日", "2021-03", "2021（令和3）年3月改訂", "令和3年（2021年）4月1日"]
    assert missing(wanted, said) == []


@every_format
def test_a_review_without_a_revision_gives_its_reason_and_no_next_edition(read: Reader, format: Format) -> None:
    as_it_is = tuple(replace(d, kind="現行のまま", is_changed=False, reason="") for d in REPORT.decisions)
    report = replace(
        REPORT,
        is_revised=False,
        outcome="改訂は不要とする",
        outcome_reason="計画どおりに進んでいるため。",
        decisions=as_it_is,
        added=(),
        next_edition=None,
    )
    said = read(render(report, format), format)
    wanted = ["改訂は不要とする", "計画どおりに進んでいるため。", "計画を改訂しないため、次の版はありません。"]
    assert missing([*wanted, "現行のまま36"], said) == []
    assert "2021-03" not in said


@every_format
def test_a_review_of_which_nothing_is_known_says_so(read: Reader, format: Format) -> None:
    said = read(render(EMPTY, format), format)
    assert missing(["見直し報告書", "記載なし", "未決定", "次の版はまだ決まっていません。"], said) == []
    assert MARK not in said


def hostile(texts: tuple[str, ...]) -> PhaseReviewReport:
    """Every text where people write: an answer, a comment, an opinion with its answer, a reason, a body's comment."""
    first, decided, opinion, body = REPORT.measures[0], REPORT.decisions[0], REPORT.opinions[0], REPORT.bodies[0]
    year = first.years[0]
    return replace(
        REPORT,
        measures=tuple(
            replace(
                first,
                title=text.replace("\n", " "),
                years=(replace(year, comment=text, said=(Answered("=問い <?> {{ q }}", text),)),),
            )
            for text in texts
        ),
        opinions=tuple(replace(opinion, text=text, answer=text) for text in texts),
        decisions=tuple(replace(decided, code=str(i), reason=text) for i, text in enumerate(texts)),
        bodies=tuple(replace(body, comment=text) for text in texts),
        criteria=tuple(Answered("観点", text) for text in texts),
        outcome_reason="{{ 7 * 7 }} <b> & #a $b$ 🎉",
        marks=("<模擬> & {{ x }} #データ",),
    )


@every_format
def test_hostile_text_comes_out_exactly_as_it_was_written(
    hostile_texts: tuple[str, ...], read: Reader, format: Format
) -> None:
    said = read(render(hostile(hostile_texts), format), format)
    assert [text for text in hostile_texts if said.count(squeezed(text)) < 8] == []
    assert missing(["=問い <?> {{ q }}", "{{ 7 * 7 }} <b> & #a $b$ 🎉", "<模擬> & {{ x }} #データ"], said) == []


@every_format
def test_characters_that_no_document_can_hold_are_left_out_and_the_rest_stays(read: Reader, format: Format) -> None:
    dirty = replace(REPORT.opinions[0], text="前\x00\x01\x0b中\ufeff\ud800\r\n後\uffff終")
    assert "前中後終" in read(render(replace(REPORT, opinions=(dirty,)), format), format)


@every_format
def test_very_long_texts_and_titles_are_said_to_their_end(read: Reader, format: Format) -> None:
    long = "\n".join(f"第{number}段落では取組みの経過を詳しく述べる。" * 3 for number in range(120))
    title = "とても長い名称の施策" * 40 + "の終わり"
    first, decided = REPORT.measures[0], REPORT.decisions[1]
    report = replace(
        REPORT,
        measures=(replace(first, title=title, years=(replace(first.years[0], said=(Answered("", long),)),)),),
        decisions=(replace(decided, title=title, reason=long.replace("段落", "理由")),),
        opinions=(replace(REPORT.opinions[0], text=long.replace("段落", "意見"), answer="b" * 400),),
        open_proposals=(replace(REPORT.open_proposals[0], title=long.replace("段落", "提案")),),
        added=(replace(REPORT.added[0], title=title, reason=long.replace("段落", "追加")),),
        bodies=(replace(REPORT.bodies[0], comment=long.replace("段落", "議事")),),
        outcome_reason=long.replace("段落", "結論"),
    )
    said = read(render(report, format), format)
    words = ("段落", "理由", "意見", "提案", "追加", "議事", "結論")
    lost = [(n, word) for n in range(120) for word in words if f"第{n}{word}" not in said]
    assert lost == []
    assert missing([title, "b" * 400], said) == []


def english() -> PhaseReviewReport:
    """A review of which every text of the record is English."""
    measure = replace(
        MEASURES[0], title="Free Wi-Fi", above=("1 Community",), department="IT", measure_class="", achievements=()
    )
    measure = replace(measure, years=(replace(measure.years[0], standing="Handed in", progress="", direction=""),))
    said = replace(measure.years[0], said=(), comment="", grade="A")
    decided = replace(
        REPORT.decisions[0], title="Free Wi-Fi", above=("1 Community",), kind="Continued", becomes=(), proposal=None
    )
    edition = REPORT.next_edition
    assert edition is not None
    return replace(
        EMPTY,
        language="en",
        municipality="Iizuka City",
        plan="Regional Informatization Plan",
        term="Early term",
        measure_label="Measure",
        standings=(),
        measures=(replace(measure, years=(said,)),),
        rounds=REPORT.rounds[2:],
        opinions=(ReceivedOpinion("Citizens", REPORT.opinions[0].received_on, "Faster"),),
        decisions=(decided,),
        next_edition=replace(edition, name="Revision", decided="March 2021", reason=""),
        marks=("Simulated data",),
    )


@every_format
def test_an_english_report_has_no_japanese_words_of_its_own(read: Reader, format: Format) -> None:
    said = read(render(english(), format), format)
    wanted = ["Phase Review Report", "Fiscal year 2020", "26 February 2021", "1 April 2021", "Not stated"]
    assert missing(wanted, said) == []
    assert re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]+", said) == []


def test_every_fixed_word_is_in_english() -> None:
    words = labels_of("en", "Measure")
    assert {name for name, word in words.items() if re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", word)} == set()


def test_measures_stand_under_what_is_above_them_in_the_order_of_the_plan() -> None:
    content = content_of(REPORT)
    assert [len(group.measures) for group in content.groups] == [5, 9, 6, 4, 5, 7]
    assert content.groups[0].heading == " › ".join(MEASURES[0].above)
    assert [len(group.rows) for group in content.decisions] == [5, 9, 6, 4, 5, 7]


# ---- Each format


@pytest.fixture(scope="module")
def document() -> Document:
    return docx.Document(BytesIO(render(REPORT, Format.DOCX)))


@pytest.fixture(scope="module")
def book() -> Workbook:
    return openpyxl.load_workbook(BytesIO(render(REPORT, Format.XLSX)))


@pytest.fixture(scope="module")
def pdf() -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(render(REPORT, Format.PDF)))


def test_the_page_needs_no_other_file_and_tells_what_every_header_cell_heads() -> None:
    page = lxml.html.document_fromstring(render(REPORT, Format.HTML).decode())
    assert page.xpath("//link | //script | //img | //@style | //@*[starts-with(name(), 'on')]") == []
    assert page.xpath("//th[not(@scope)]") == []
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3 | //h4 | //h5")]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.xpath("//nav//a/@href")} | set(page.xpath("//@aria-labelledby")) <= set(ids)


def test_in_word_table_heads_are_repeated_rows_stay_whole_and_headings_stay_with_their_text(document: Document) -> None:
    rows = [row._tr for table in document.tables for row in table.rows]
    assert [row for row in rows if row.trPr is None or row.trPr.find(qn("w:cantSplit")) is None] == []
    repeated = [row for row in rows if row.trPr.find(qn("w:tblHeader")) is not None]
    assert len(repeated) > len(REPORT.measures)
    for level in (1, 2, 3, 4):
        assert document.styles[f"Heading {level}"].paragraph_format.keep_with_next is True


def test_the_word_file_has_the_japanese_font_mark_page_numbers_and_properties(document: Document) -> None:
    fonts = [font for root in (document.element, document.styles.element) for font in root.iter(qn("w:rFonts"))]
    kinds = ("ascii", "hAnsi", "eastAsia", "cs")
    assert {tuple(font.get(qn(f"w:{kind}")) for kind in kinds) for font in fonts} == {("Noto Sans CJK JP",) * 4}
    section = document.sections[0]
    assert MARK in section.footer.paragraphs[0].text
    assert MARK in section.first_page_footer.paragraphs[0].text
    fields = [field.text.strip() for field in section.footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert section.header.paragraphs[0].text == "飯塚市地域情報化計画\t前期（2018～2020年度） 見直し報告書"
    assert document.core_properties.title == "飯塚市地域情報化計画 前期（2018～2020年度） 見直し報告書"
    assert document.core_properties.author == "飯塚市"


def test_a_city_may_use_its_own_form_and_one_that_names_something_unknown_is_refused(tmp_path: Path) -> None:
    def form(text: str) -> Path:
        file = docx.Document()
        file.add_paragraph(text)
        file.save(str(tmp_path / "form.docx"))
        return tmp_path / "form.docx"

    own = render(REPORT, Format.DOCX, word_template=form("{{ municipality }}長 様 {{ outcome }} {{ marks_line }}"))
    assert docx.Document(BytesIO(own)).paragraphs[0].text == f"飯塚市長 様 改訂する {MARK}"
    with pytest.raises(jinja2.UndefinedError, match="mayor"):
        render(REPORT, Format.DOCX, word_template=form("{{ mayor }}"))


def test_the_pdf_is_accessible_marked_and_numbered_on_every_page_and_the_same_each_time(pdf: pypdf.PdfReader) -> None:
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata(pdf)
    assert str(pdf.root_object["/Lang"]) == "ja-JP"
    pages = [page.extract_text() for page in pdf.pages]
    assert [number for number, page in enumerate(pages, 1) if MARK not in page] == []
    assert [n for n, page in enumerate(pages, 1) if f"{n} / {len(pages)}" not in page] == []
    for page in pdf.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
    assert render(REPORT, Format.PDF) == render(REPORT, Format.PDF)


def test_hostile_text_is_still_pdf_ua(hostile_texts: tuple[str, ...]) -> None:
    reader = pypdf.PdfReader(BytesIO(render(hostile(hostile_texts), Format.PDF)))
    assert "pdfuaid" in metadata(reader)


def test_a_short_measure_stands_on_one_page_of_the_pdf_with_its_heading(pdf: pypdf.PdfReader) -> None:
    pages = ["".join(page.extract_text().split()) for page in pdf.pages]
    for measure in REPORT.measures:
        heading = squeezed(f"{measure.code}{measure.title}所管課")
        (page,) = [text for text in pages if heading in text]
        assert "実施状況" in page.split(heading)[1]


def test_no_heading_is_the_last_thing_on_a_page_of_the_pdf(pdf: pypdf.PdfReader) -> None:
    headings = {squeezed(" › ".join(m.above)) for m in MEASURES}
    headings |= {squeezed(f"{m.code} {m.title}") for m in MEASURES}
    for page in pdf.pages:
        lines = [squeezed(line) for line in page.extract_text().split("\n") if line.strip()]
        body = [line for line in lines if line != squeezed(MARK) and not re.fullmatch(r"\d+/\d+", line)]
        assert body[-1] not in headings


def test_the_workbook_has_a_row_per_measure_and_year_opinion_decision_and_body(book: Workbook) -> None:
    assert book.sheetnames == [
        "概要",
        "個別施策ごとの経過",
        "指標の動き",
        "寄せられた意見と反映状況",
        "見直しの決定",
        "採用していない提案",
        "会議体の審議",
    ]
    heads = 4  # the mark, the title, a blank row and the headings
    rows = {sheet.title: sheet.max_row - heads for sheet in book}
    assert rows["個別施策ごとの経過"] == 3 * 36
    assert rows["寄せられた意見と反映状況"] == len(REPORT.opinions)
    assert rows["見直しの決定"] == 36 + len(REPORT.added)
    assert rows["会議体の審議"] == len(REPORT.bodies)
    codes = [row[0].value for row in book["見直しの決定"].iter_rows(min_row=heads + 1)]
    assert codes[:36] == [measure.code for measure in MEASURES]


def test_in_the_workbook_nothing_that_people_wrote_is_a_formula_or_a_link(hostile_texts: tuple[str, ...]) -> None:
    for sheet in openpyxl.load_workbook(BytesIO(render(hostile(hostile_texts), Format.XLSX))):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n")
                assert cell.hyperlink is None
                assert cell.data_type == "n" or cell.quotePrefix


def test_every_sheet_prints_across_with_its_headings_and_the_mark_on_every_page(book: Workbook) -> None:
    for sheet in book:
        assert sheet["A1"].value == MARK
        assert sheet.oddFooter is not None
        assert sheet.oddFooter.left is not None
        assert sheet.oddFooter.left.text == MARK
        assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    for sheet in book.worksheets[1:]:
        assert sheet.print_title_rows == "$1:$4"
        assert sheet.freeze_panes == "C5"


def test_a_sheet_whose_name_excel_forbids_is_still_written() -> None:
    report = replace(REPORT, measure_label="施策[1]: 取組み/事業? * とても長い呼び名のつく階層の名前")
    names = openpyxl.load_workbook(BytesIO(render(report, Format.XLSX))).sheetnames
    assert len(names) == 7
    assert all(len(name) <= 31 for name in names)
