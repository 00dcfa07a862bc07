"""Reports to render: a full one like a real year's, and one full of text that formats tend to trip over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO

import docx
import lxml.html
import openpyxl
import pypdf
import pytest
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from documents.annual_report import (
    AnnualReport,
    Answered,
    ProgressCount,
    ReportedMeasure,
    ReportSection,
    ReportTable,
)
from documents.formats import Format

SIMULATED = "模擬データ：この報告書の実績と評価は架空のものです"
PROGRESS = ("計画どおり", "おおむね計画どおり", "遅れている", "未着手", "未報告")

HOSTILE = (
    '=HYPERLINK("http://example.com","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "<script>alert('&amp;')</script> & <b>",
    "{{ 7 * 7 }} {% raw %} {# none #} {_{ }_} {_% %_}",
    "#set page(width: 1pt) $x^2$ *太い* _斜め_ @ref `code` \\n // -- ~",
    "]]> <!-- --> %s %(name)s ${HOME}",
    "𠮷野家 葛󠄀城 髙﨑 ①㌔ 🎉 👨‍👩‍👧 ☺ ✔",
    "一行目\n二行目\n\n四行目",
    "a  b   c \"二重\" '一重'",
)
"""Texts that must come out of every format exactly as they went in."""

_GOALS = (
    ("1 ICTでつながる市民協働のまちづくり", "1-1 ICTで人をつなげ、共に支えあう協働のまちづくり", 5),
    ("1 ICTでつながる市民協働のまちづくり", "1-2 いつでも、どこでも、誰でも簡単に受けられる行政サービス", 9),
    ("2 ICTを活用し、共に支えあう健幸なまちづくり", "2-1 ICTでつながり、支えあう子育て支援の推進", 6),
    ("3 ICTで実現！活力とうるおいのあるまちづくり", "3-1 市の魅力を発信！ICTを活用し、地域経済の活性化を支援", 4),
    ("4 ICTで意欲的な深い学び、豊かな心が育つまちづくり", "4-1 ICTを効果的に活用した、特色ある学校教育の推進", 5),
    ("5 ICTで安全・安心、自然あふれる快適で住みよいまちづくり", "5-1 安全・安心で快適なまちづくりの支援", 7),
)
_TITLES = (
    "公衆無線LANの整備、活用促進",
    "電子申請の対象手続の拡大",
    "窓口業務の見直しと案内のデジタル化",
    "庁内情報基盤の更新",
)
_DID = (
    "対象となる12施設のうち8施設で整備を終え、利用案内を掲示した。残る4施設は配線の調査を済ませ、来年度に着工する。",
    "電子申請の対象を34手続から52手続に増やした。\n利用件数は前年度の1.6倍となった。\n高齢の方に向けた操作相談を月2回開いた。",
    "半導体不足により機器の納入が遅れたため、工程を組み直した。契約は変更せず、年度末までに検収を終える見込みである。",
)


def measure(number: int, policy: str, goal: str) -> ReportedMeasure:
    silent = number % 9 == 8
    evaluated = not silent and number % 4 != 3
    return ReportedMeasure(
        code=f"{goal.split()[0]}-{number}",
        title=_TITLES[number % len(_TITLES)],
        policy=policy,
        goal=goal,
        department="総務部情報政策課" if number % 2 else "市民環境部市民課",
        report_state="未提出" if silent else ("承認済み" if number % 3 else "提出済み"),
        progress=PROGRESS[-1] if silent else PROGRESS[(number * 7 % 11) % 4],
        answers=(
            Answered("今年度に取り組んだこと", "" if silent else _DID[number % 3]),
            Answered("指標の実績（施設）", "" if silent else f"{number + 3}施設"),
            Answered(
                "課題と来年度の予定", "" if silent else "利用の少ない施設での周知が課題。広報紙と窓口で案内する。"
            ),
        ),
        grade="ABC"[number % 3] if evaluated else "",
        direction=("継続", "拡充", "改善")[number % 3] if evaluated else "",
        comment="目標に向けて進んでいる。周知の方法を改めて検討すること。" if evaluated else "",
    )


def counts(measures: tuple[ReportedMeasure, ...]) -> tuple[ProgressCount, ...]:
    counted = Counter((each.policy, each.progress) for each in measures)
    return tuple(ProgressCount(policy, progress, number) for (policy, progress), number in counted.items())


def report_of(measures: tuple[ReportedMeasure, ...]) -> AnnualReport:
    return AnnualReport(
        language="ja",
        municipality="飯塚市",
        plan="飯塚市地域情報化計画",
        edition="2021（令和3）年3月改訂版",
        fiscal_year=2020,
        term="前期（2018年度～2020年度）",
        issued_on=date(2021, 5, 31),
        policy_label="基本方針",
        goal_label="基本目標",
        measure_label="個別施策",
        measures=measures,
        progress_counts=counts(measures),
        progress_order=PROGRESS,
        marks=(SIMULATED,),
    )


@pytest.fixture(scope="session")
def report() -> AnnualReport:
    """A year of 36 measures: answered, late, silent, evaluated and not."""
    numbered = [(policy, goal) for policy, goal, size in _GOALS for _ in range(size)]
    return report_of(tuple(measure(index + 1, policy, goal) for index, (policy, goal) in enumerate(numbered)))


@pytest.fixture(scope="session")
def hostile_report() -> AnnualReport:
    """Every hostile text as an answer, a comment and a title; policies and marks are hostile too."""
    measures = tuple(
        replace(
            measure(index, "<1> {{ 方針 }} & #a $b$ 🎉", "=1+1 目標</svg>"),
            code=str(index),
            title=text.replace("\n", " "),
            answers=(Answered("=問い <?> {{ q }}", text),),
            comment=text,
        )
        for index, text in enumerate(HOSTILE)
    )
    tables = (
        ReportTable("=表 {{ t }}", ("<列>", "{{ 値 }}"), tuple((text, "3") for text in HOSTILE), numbers_from=1),
        ReportTable("#表", ("<列>", "+列"), tuple((text, text) for text in HOSTILE), widths=(1, 2)),
    )
    section = ReportSection(
        "'[節]: */?\\\\ {{ s }} <b> & 長い長い長い長い長い長い長い長い長い長い見出し'", HOSTILE[:5], tables
    )
    return replace(report_of(measures), marks=("<模擬> & {{ x }} #データ",), sections=(section, section))


@pytest.fixture(scope="session")
def hostile_texts() -> tuple[str, ...]:
    return HOSTILE


@pytest.fixture(scope="session")
def read() -> Callable[[bytes, Format], str]:
    """Reads a rendered file back as text, all blanks left out: where a format breaks its lines says nothing."""

    def text_of(file: bytes, format: Format) -> str:
        return re.sub(r"\s+", "", _READERS[format](file))

    return text_of


def _html_text(file: bytes) -> str:
    page = lxml.html.fromstring(file.decode())
    for style in page.iter("style"):
        style.text = ""
    return str(page.text_content())


def _word_text(file: bytes) -> str:
    document = docx.Document(BytesIO(file))
    section = document.sections[0]
    parts = (document.element.body, *(part._element for part in (section.header, section.footer)))
    return "\n".join(Paragraph(paragraph, document).text for part in parts for paragraph in part.iter(qn("w:p")))


def _pdf_text(file: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(file)).pages)


def _excel_text(file: bytes) -> str:
    book = openpyxl.load_workbook(BytesIO(file))
    return "\n".join(
        str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value is not None
    )


_READERS = {Format.HTML: _html_text, Format.DOCX: _word_text, Format.PDF: _pdf_text, Format.XLSX: _excel_text}
