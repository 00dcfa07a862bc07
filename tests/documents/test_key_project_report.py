"""The key project report says the same in HTML, Word and PDF."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import docx
import jinja2
import lxml.html
import pypdf
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from pypdf.generic import StreamObject

from documents.formats import Format
from documents.key_project_content import content_of
from documents.key_project_labels import labels_of
from documents.key_project_render import FORMATS, render
from documents.key_project_report import KeyProjectReport
from domain.key_project import ProjectState, RouteOutcome, TrialResult
from domain.route import MadeTrial, route_of
from tests.documents.sample_key_project import (
    DECISIONS,
    EMPTY,
    EVENTS,
    FACTS,
    FIRST_GOAL,
    GOAL,
    ISSUED_ON,
    MARK,
    MATTERS,
    REPORT,
    TEAM,
    TRIALS,
)

Reader = Callable[[bytes, Format], str]
every_format = pytest.mark.parametrize("format", FORMATS)


@cache
def rendered(format: Format) -> bytes:
    return render(REPORT, format)


@cache
def told(read: Reader, format: Format) -> str:
    """What the sample report says."""
    return read(rendered(format), format)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def missing(wanted: list[str], said: str) -> list[str]:
    return [text for text in wanted if squeezed(text) not in said]


@pytest.fixture(scope="module")
def document() -> Document:
    return docx.Document(BytesIO(rendered(Format.DOCX)))


@pytest.fixture(scope="module")
def pdf() -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(rendered(Format.PDF)))


@every_format
def test_the_head_names_city_plan_project_state_period_and_mark(read: Reader, format: Format) -> None:
    said = told(read, format)
    wanted = ["所沢市", "キープロジェクト報告書", REPORT.title, REPORT.plan, "終了", "令和10年（2028年）4月5日", MARK]
    wanted += ["令和8年（2026年）4月1日から令和10年（2028年）3月24日まで"]
    assert missing(wanted, said) == []
    assert "サンプル" not in read(render(replace(EMPTY, marks=()), format), format)


@every_format
def test_the_summary_says_hypothesis_beneficiaries_states_leaders_and_the_end(read: Reader, format: Format) -> None:
    said = told(read, format)
    wanted = [REPORT.hypothesis, REPORT.beneficiaries, *REPORT.serves]
    wanted += ["リーダー：福祉部 次長 入間 春子", "サブリーダー：デジタル戦略課 主幹 狭山 次郎"]
    wanted += ["やめる（令和10年（2028年）3月24日）"]
    assert missing(wanted, said) == []


@every_format
def test_goal_and_path_are_told_then_and_now(read: Reader, format: Format) -> None:
    said = told(read, format)
    assert missing([f"目標{FIRST_GOAL}{GOAL}", f"道筋{REPORT.first_path}{REPORT.path}", "終わりの時点"], said) == []


@every_format
def test_every_decision_is_told_with_reason_day_and_who_decided(read: Reader, format: Format) -> None:
    said = told(read, format)
    assert missing([d.reason for d in DECISIONS], said) == []
    wanted = ["決定3令和9(2027)年3月29日目標を変える", f"目標：{GOAL}", "政策会議（付議事項2）", "プロジェクトチーム"]
    wanted += ["決定5令和9(2027)年10月1日広げる", "デジタル戦略委員会（付議事項5）"]
    assert missing(wanted, said) == []


@every_format
def test_every_trial_is_told_from_hypothesis_to_next_step(read: Reader, format: Format) -> None:
    said = told(read, format)
    for trial in TRIALS:
        wanted = [f"試行{trial.number} {trial.title}", trial.hypothesis, trial.done, trial.learning, trial.next]
        assert missing(wanted, said) == []
    assert missing(["うまくいかなかった（分かったことあり）2", "試行中1", "合計7"], said) == []
    assert missing(["福祉タクシー券の交付申請書の受付と入力（試行5）"], said) == []


@every_format
def test_what_was_learnt_in_all_counts_trials_that_did_not_work_as_knowledge(read: Reader, format: Format) -> None:
    said = told(read, format)
    learnt = (
        "6件の試行を終え、5件から分かったことを記録しました。進める手がかりになったものが3件、"
        "別の道を選ぶ根拠になったものが2件、まだ分からないものが1件です。"
    )
    assert said.count(squeezed(learnt)) == 3  # in the summary, above the trials and at the end
    assert "失敗" not in said


@every_format
def test_check_ins_are_counted_by_standing_and_the_latest_told_in_full(read: Reader, format: Format) -> None:
    said = told(read, format)
    wanted = ["状況確認の間隔毎月", "状況確認の依頼42回", "期限内に回答37回", "期限後に回答4回"]
    wanted += ["第41回（令和10年（2028年）2月15日、定期）", "ご本人より先に、気に掛けている方が相談に来られます。"]
    assert missing(wanted, said) == []
    assert "第38回（" not in said
    assert "困っていること記載なし" not in said, "a question left empty takes no room"


@every_format
def test_events_are_told_with_the_check_they_called_for(read: Reader, format: Format) -> None:
    said = told(read, format)
    assert missing([f"{EVENTS[0].title}{EVENTS[0].description}第19回", "予算の決定"], said) == []


@every_format
def test_a_matter_is_told_body_by_body_to_its_answer(read: Reader, format: Format) -> None:
    said = told(read, format)
    wanted = ["付議事項2 目標を変えること", MATTERS[0].question, "了承（政策会議）"]
    wanted += ["件数だけでなく、つながり続けた割合も見ること。"]
    assert missing(wanted, said) == []
    assert said.count("期限までに回答なし") == 2
    assert said.count("回答がなく上位へ") == 2


@every_format
def test_the_team_is_told_from_founding_to_dissolution_with_who_followed_whom(read: Reader, format: Format) -> None:
    said = told(read, format)
    wanted = [TEAM.name, TEAM.founded_reason, TEAM.dissolved_reason, "決めた人：デジタル戦略会議"]
    wanted += [seat.name for seat in TEAM.seats]
    wanted += ["後任：入間 春子", "育児休業のため", "令和8(2026)年4月10日～令和9(2027)年3月31日"]
    assert missing(wanted, said) == []


@every_format
def test_figures_are_told_with_target_and_every_value(read: Reader, format: Format) -> None:
    said = told(read, format)
    wanted = ["つながり続けた相談の割合％80", "令和9年（2027年）9月30日：62", "令和10年（2028年）2月29日：78.5"]
    assert missing(wanted, said) == []


@every_format
def test_how_it_ended_is_told_with_reason_and_who_decided(read: Reader, format: Format) -> None:
    said = told(read, format)
    assert squeezed(f"理由{DECISIONS[-1].reason}決めた人デジタル戦略委員会（付議事項5）") in said.split("9終わり方")[-1]


@every_format
def test_a_project_merged_into_another_names_it(read: Reader, format: Format) -> None:
    last = replace(DECISIONS[-1], outcome=RouteOutcome.MERGE, merged_into="窓口の一本化")
    said = read(render(replace(REPORT, decisions=(*DECISIONS[:-1], last)), format), format)
    assert missing(["「窓口の一本化」へ統合（令和10年（2028年）3月24日）", "統合先：窓口の一本化"], said) == []


@every_format
def test_a_project_of_which_nothing_is_known_says_so(read: Reader, format: Format) -> None:
    said = read(render(EMPTY, format), format)
    labels = labels_of("ja")
    names = (
        "no_decisions",
        "no_trials",
        "no_answers",
        "no_events",
        "no_matters",
        "no_teams",
        "no_figures",
        "not_ended",
    )
    assert missing([labels[name] for name in names], said) == []
    assert missing(["検討中", "記載なし", "道筋はまだ決めていません", "いま"], said) == []


def hostile(texts: tuple[str, ...]) -> KeyProjectReport:
    """Every text where people write."""
    first, matter, seat = TRIALS[0], MATTERS[0], TEAM.seats[0]
    return replace(
        REPORT,
        title="{{ 7 * 7 }} <b> & #a $b$ 🎉",
        hypothesis="=問い <?> {{ q }}",
        trials=tuple(
            replace(
                first, number=n, title=text.replace("\n", " "), hypothesis=text, done=text, learning=text, next=text
            )
            for n, text in enumerate(texts, 1)
        ),
        decisions=tuple(replace(DECISIONS[0], reason=text) for text in texts),
        matters=tuple(replace(matter, question=text) for text in texts),
        teams=(replace(TEAM, seats=tuple(replace(seat, successor="", left_reason=text) for text in texts)),),
        route=route_of(
            replace(
                FACTS, trials=tuple(MadeTrial(n, t, FACTS.opened_on) for n, t in enumerate(texts, 1)), path=texts[4]
            ),
            ISSUED_ON,
        ),
        marks=("<模擬> & {{ x }} #データ",),
    )


@every_format
def test_hostile_text_comes_out_exactly_as_it_was_written(
    hostile_texts: tuple[str, ...], read: Reader, format: Format
) -> None:
    said = read(render(hostile(hostile_texts), format), format)
    assert [text for text in hostile_texts if said.count(squeezed(text)) < 7] == []
    assert missing(["=問い <?> {{ q }}", "{{ 7 * 7 }} <b> & #a $b$ 🎉", "<模擬> & {{ x }} #データ"], said) == []


@every_format
def test_characters_that_no_document_can_hold_are_left_out_and_the_rest_stays(read: Reader, format: Format) -> None:
    dirty = replace(TRIALS[0], learning="前\x00\x01\x0b中\ufeff\ud800\r\n後\uffff終")
    assert "前中後終" in read(render(replace(REPORT, trials=(dirty,)), format), format)


@every_format
def test_very_long_texts_are_said_to_their_end(read: Reader, format: Format) -> None:
    long = "\n".join(f"第{number}段落では経過を詳しく述べる。" * 3 for number in range(120))
    report = replace(
        REPORT,
        hypothesis=long,
        trials=(replace(TRIALS[0], learning=long.replace("段落", "学び")),),
        decisions=(replace(DECISIONS[0], reason=long.replace("段落", "理由")),),
        matters=(replace(MATTERS[0], question=long.replace("段落", "問い")),),
    )
    said = read(render(report, format), format)
    words = ("段落", "学び", "理由", "問い")
    assert [(n, word) for n in range(120) for word in words if f"第{n}{word}" not in said] == []


def test_a_route_too_tall_for_a_page_still_stands_on_one_whole() -> None:
    trials = tuple(MadeTrial(n, f"試行{n}", FACTS.opened_on, FACTS.opened_on, TrialResult.WORKED) for n in range(1, 41))
    report = replace(REPORT, route=route_of(replace(FACTS, trials=trials), ISSUED_ON))
    pdf = pypdf.PdfReader(BytesIO(render(report, Format.PDF)))
    assert "試行1" in "".join(page.extract_text() for page in pdf.pages[1:3])
    picture = docx.Document(BytesIO(render(report, Format.DOCX))).inline_shapes[0]
    assert picture.height.mm <= 216
    assert picture.width.mm < 170


def test_the_page_stands_alone_names_its_picture_and_tells_it_as_a_list() -> None:
    page = lxml.html.fromstring(rendered(Format.HTML).decode())
    assert page.xpath("//@style | //script | //link | //@src | //@onclick") == []
    (picture,) = page.xpath("//*[@role='img']")
    assert picture.get("aria-label").startswith("プロジェクトの道のりの図。")
    assert len(picture.xpath("./*[local-name()='svg']")) == 1
    assert len(page.xpath("//details//li")) == len(content_of(REPORT).route_facts)
    headings = [int(h.tag[1]) for h in page.xpath("//h1 | //h2 | //h3 | //h4")]
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(page.xpath("//@aria-labelledby")) <= set(ids)


def test_the_word_file_has_real_headings_one_picture_that_is_told_and_repeated_table_heads(document: Document) -> None:
    styles = [(p.style.name if p.style else "", p.text) for p in document.paragraphs]
    chapters = [text for style, text in styles if style == "Heading 1"]
    assert [text.split()[0] for text in chapters] == [str(n) for n in range(1, 10)]
    assert ("Title", "キープロジェクト報告書") in styles
    assert ("Heading 2", "付議事項2 目標を変えること") in styles
    (shape,) = document.inline_shapes
    described = shape._inline.docPr.get("descr")
    assert described.startswith("プロジェクトの道のりの図。")
    assert "決定3：目標を変える。" in described
    heads = [row for table in document.tables for row in table._tbl.iter(qn("w:tblHeader"))]
    assert len(heads) >= 7


def test_the_word_file_has_the_japanese_font_mark_page_numbers_and_properties(document: Document) -> None:
    fonts = [font for root in (document.element, document.styles.element) for font in root.iter(qn("w:rFonts"))]
    kinds = ("ascii", "hAnsi", "eastAsia", "cs")
    assert {tuple(font.get(qn(f"w:{kind}")) for kind in kinds) for font in fonts} == {("Noto Sans CJK JP",) * 4}
    section = document.sections[0]
    assert MARK in section.footer.paragraphs[0].text
    assert MARK in section.first_page_footer.paragraphs[0].text
    assert section.header.paragraphs[0].text == f"{REPORT.title}\tキープロジェクト報告書"
    assert document.core_properties.title == f"{REPORT.title} キープロジェクト報告書"
    assert document.core_properties.author == "所沢市"


def test_a_city_may_use_its_own_form_and_one_that_names_something_unknown_is_refused(tmp_path: Path) -> None:
    def form(text: str) -> Path:
        file = docx.Document()
        file.add_paragraph(text)
        file.save(str(tmp_path / "form.docx"))
        return tmp_path / "form.docx"

    own = render(REPORT, Format.DOCX, word_template=form("{{ municipality }}長 様 {{ project }} {{ marks_line }}"))
    assert docx.Document(BytesIO(own)).paragraphs[0].text == f"所沢市長 様 {REPORT.title} {MARK}"
    with pytest.raises(jinja2.UndefinedError, match="mayor"):
        render(REPORT, Format.DOCX, word_template=form("{{ mayor }}"))


def metadata(document: pypdf.PdfReader) -> str:
    stream = document.root_object["/Metadata"].get_object()
    assert isinstance(stream, StreamObject)
    return stream.get_data().decode()


def test_the_pdf_is_accessible_marked_and_numbered_on_every_page_and_the_same_each_time(pdf: pypdf.PdfReader) -> None:
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata(pdf)
    assert str(pdf.root_object["/Lang"]) == "ja-JP"
    pages = [page.extract_text() for page in pdf.pages]
    assert [number for number, page in enumerate(pages, 1) if MARK not in page] == []
    assert [n for n, page in enumerate(pages, 1) if f"{n} / {len(pages)}" not in page] == []
    assert render(REPORT, Format.PDF) == rendered(Format.PDF)


def test_hostile_text_is_still_pdf_ua(hostile_texts: tuple[str, ...]) -> None:
    reader = pypdf.PdfReader(BytesIO(render(hostile(hostile_texts), Format.PDF)))
    assert "pdfuaid" in metadata(reader)


def test_there_is_no_workbook_of_a_key_project() -> None:
    with pytest.raises(ValueError, match="xlsx"):
        render(REPORT, Format.XLSX)


def test_a_project_that_goes_on_is_not_told_as_ended_even_if_a_stop_was_decided_and_never_came_about() -> None:
    report = replace(REPORT, state=ProjectState.RUNNING, closed_on=None)
    assert report.ending is None
    assert content_of(report).ending is None
