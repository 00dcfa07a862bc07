"""What must hold in HTML, Word, PDF and Excel alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from documents.annual_report import AnnualReport
from documents.formats import Format
from documents.labels import labels_of
from documents.render import render

Reader = Callable[[bytes, Format], str]
every_format = pytest.mark.parametrize("format", list(Format))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@every_format
def test_every_measure_is_said_with_its_department_state_answers_and_evaluation(
    report: AnnualReport, read: Reader, format: Format
) -> None:
    said = read(render(report, format), format)
    for measure in report.measures:
        wanted = [measure.code, measure.title, measure.department, measure.report_state, measure.progress]
        wanted += [measure.grade, measure.direction, measure.comment, measure.policy, measure.goal]
        wanted += [part for answered in measure.answers for part in (answered.question, answered.answer)]
        assert [text for text in wanted if squeezed(text) not in said] == []


@every_format
def test_the_head_names_city_plan_edition_year_in_both_eras_term_and_day_of_issue(
    report: AnnualReport, read: Reader, format: Format
) -> None:
    said = read(render(report, format), format)
    wanted = ["飯塚市", "飯塚市地域情報化計画", "2021（令和3）年3月改訂版", "令和2年度（2020年度）", "年度進捗報告書"]
    wanted += ["前期（2018年度～2020年度）", "令和3年（2021年）5月31日"]
    assert [text for text in wanted if text not in said] == []


@every_format
def test_the_summary_counts_by_progress_direction_and_state(report: AnnualReport, read: Reader, format: Format) -> None:
    said = read(render(report, format), format)
    for tallied in ("計画どおり9", "未報告4", "拡充9", "承認済み20", "未提出4"):
        assert tallied in said


@every_format
def test_the_chart_has_its_numbers_as_a_table(report: AnnualReport, read: Reader, format: Format) -> None:
    said = read(render(report, format), format)
    assert "①計画どおり②おおむね計画どおり③遅れている④未着手⑤未報告合計" in said
    assert squeezed("1 ICTでつながる市民協働のまちづくり") + "3244114" in said
    assert "合計9797436" in said


@every_format
def test_the_mark_of_simulated_data_is_visible(report: AnnualReport, read: Reader, format: Format) -> None:
    mark = "模擬データ：この報告書の実績と評価は架空のものです"
    assert mark in read(render(report, format), format)
    assert "模擬データ" not in read(render(replace(report, marks=()), format), format)


@every_format
def test_hostile_text_comes_out_exactly_as_it_was_written(
    hostile_report: AnnualReport, hostile_texts: tuple[str, ...], read: Reader, format: Format
) -> None:
    said = read(render(hostile_report, format), format)
    assert [text for text in hostile_texts if said.count(squeezed(text)) < 3] == []  # title, answer, comment
    for text in ("<1> {{ 方針 }} & #a $b$ 🎉", "=1+1 目標</svg>", "=問い <?> {{ q }}", "<模擬> & {{ x }} #データ"):
        assert squeezed(text) in said


@every_format
def test_what_was_not_said_reads_not_stated(report: AnnualReport, read: Reader, format: Format) -> None:
    silent = replace(
        report.measures[0],
        department="",
        answers=(replace(report.measures[0].answers[0], answer=" \n"),),
        grade="",
        direction="",
        comment="",
    )
    said = read(render(replace(report, measures=(silent,), edition="", term=""), format), format)
    # Department, answer, grade, direction, comment, edition, term, and the count of directions.
    assert said.count("記載なし") == 8


@every_format
def test_characters_that_no_document_can_hold_are_left_out_and_the_rest_stays(
    report: AnnualReport, read: Reader, format: Format
) -> None:
    dirty = replace(report.measures[0], comment="前\x00\x01\x0b中\ufeff\ud800\r\n後\uffff終")
    assert "前中後終" in read(render(replace(report, measures=(dirty,)), format), format)


@every_format
def test_a_very_long_answer_is_said_to_its_end(report: AnnualReport, read: Reader, format: Format) -> None:
    """Longer than a page, with an address that has no place to break."""
    parts = [f"第{number}段落では取組みの経過を詳しく述べる。" * 3 for number in range(120)]
    long = replace(
        report.measures[0], comment="\n".join([*parts, "https://www.city.example.lg.jp/" + "a" * 300, "結び"])
    )
    said = read(render(replace(report, measures=(long,)), format), format)
    assert [number for number in range(120) if f"第{number}段落" not in said] == []
    assert "結び" in said


@every_format
def test_a_report_without_measures_says_so(report: AnnualReport, read: Reader, format: Format) -> None:
    empty = replace(report, measures=(), progress_counts=(), marks=())
    assert "対象となる個別施策はありません。" in read(render(empty, format), format)


@every_format
def test_an_english_report_has_no_japanese_words_of_its_own(report: AnnualReport, read: Reader, format: Format) -> None:
    measure = replace(report.measures[0], title="Free Wi-Fi", policy="1 Community", goal="", department="IT Division")
    measure = replace(measure, report_state="Approved", progress="On track", answers=(), direction="Go on", comment="")
    count = replace(report.progress_counts[0], policy="1 Community", progress="On track", measures=1)
    translated = replace(
        report,
        language="en",
        municipality="Iizuka City",
        plan="Regional Informatization Plan",
        edition="",
        term="Early term",
        policy_label="Policy",
        goal_label="Goal",
        measure_label="Measure",
        measures=(measure,),
        progress_counts=(count,),
        progress_order=("On track", "No report"),
        marks=("Simulated data",),
    )
    said = read(render(translated, format), format)
    for wanted in ("Annual Progress Report", "Fiscal year 2020", "31 May 2021", "Not stated", "Progress by Policy"):
        assert squeezed(wanted) in said
    assert re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]+", said) == []


def test_every_fixed_word_is_in_english(report: AnnualReport) -> None:
    words = labels_of(replace(report, language="en", policy_label="Policy", goal_label="Goal", measure_label="Measure"))
    assert {name for name, word in words.items() if re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", word)} == set()


def test_each_format_names_its_media_type_and_its_extension() -> None:
    assert {format.extension for format in Format} == {".html", ".docx", ".pdf", ".xlsx"}
    assert Format.PDF.media_type == "application/pdf"
    assert all("/" in format.media_type for format in Format)
