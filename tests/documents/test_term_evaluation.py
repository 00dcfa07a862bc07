"""The evaluation of the DX settling period, made from the imported plan, against what the source reports.

The structure is compared, not the wording: themes, numbers of points, achievements by year, figures of the survey.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO

import docx
import lxml.html
import pypdf
import pytest

from db.session import Database
from documents.formats import Format
from documents.survey_results import results_of
from documents.term_evaluation import TermEvaluation
from documents.term_evaluation_content import content_of
from documents.term_evaluation_render import FORMATS, render
from domain.reference import Survey
from domain.term_evaluation import Standing
from records import term_evaluation_document, term_evaluations
from tests.term_city import LEARNT, TERM, add_project, definition, make_term_city

Reader = Callable[[bytes, Format], str]
every_format = pytest.mark.parametrize("format", FORMATS)

# The facts of the source (所沢市DX推進基本方針, 3. これまでの振り返り and 8. 参考資料).
THEMES = ("暮らしやすさUP", "まちの活力UP", "行政サービス力UP")
POINTS = ((1, 2), (1, 1), (1, 2))
"""Per theme: how many good points, how many still to do."""
OUTLOOK = 3
ACHIEVED = {2021: 3, 2022: 3, 2023: 5, 2024: 5, 2025: 3}
FIGURES = ("51.9%", "27.2%", "51.4%", "24.2%")
APPROXIMATE = ("4割半ばを超えている", "1割を超えている", "5割半ばを超えている", "3割半ば近く")
GROUPS = ("18～29歳", "70歳以上", "60歳以上", "40～49歳及び50～59歳")
GRADES = ("等級：", "評点", "総合評価", "A評価", "S・A・B")


def told(database: Database, language: str = "ja", *states: str, draft: bool = False) -> TermEvaluation:
    city = make_term_city(database)
    if states:
        add_project(city, *states)
    with database.reading(city.municipality) as session:
        sheet = term_evaluations.sheet_of(session, city.plan(session), TERM)
        return term_evaluation_document.gather(session, sheet, date(2026, 4, 10), language, draft=draft)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_themes_stand_in_their_order_with_as_many_points_as_in_the_source(empty_database: Database) -> None:
    content = content_of(told(empty_database))
    assert [theme.heading for theme in content.themes] == [f"テーマ {n} {title}" for n, title in enumerate(THEMES, 1)]
    assert tuple((len(theme.good), len(theme.to_do)) for theme in content.themes) == POINTS
    assert len(content.outlook) == OUTLOOK


def test_the_nineteen_achievements_stand_by_fiscal_year_and_2021_lies_before_the_term(empty_database: Database) -> None:
    evaluation = told(empty_database)
    assert {year.fiscal_year: len(year.achieved) for year in evaluation.achievements} == ACHIEVED
    assert sum(len(year.achieved) for year in evaluation.achievements) == 19
    rows = content_of(evaluation).years
    assert [row.remark for row in rows] == ["期間より前", "", "", "", ""]
    assert [row.count for row in rows] == [str(count) for count in ACHIEVED.values()]


def test_the_basis_is_what_was_done_and_what_citizens_said(empty_database: Database) -> None:
    done, survey = content_of(told(empty_database)).basis
    assert "19件" in done
    assert "3件" in done
    assert "市民意識調査" in survey


def test_the_survey_has_its_four_figures_and_its_four_statements_in_words(empty_database: Database) -> None:
    (survey,) = content_of(told(empty_database)).surveys
    rows = [row for question in survey.questions for row in question.rows]
    assert tuple(row.share for row in rows if row.group == "全体") == FIGURES
    assert tuple((row.group, row.share) for row in rows if row.group != "全体") == tuple(
        zip(GROUPS, APPROXIMATE, strict=True)
    )
    assert {row.before for row in rows} == {""}, "there is no survey before it"
    assert ("回答者数", "記載なし") in [(fact.name, fact.text) for fact in survey.facts]


@every_format
def test_every_format_says_all_of_it_and_gives_no_grade(read: Reader, empty_database: Database, format: Format) -> None:
    evaluation = told(empty_database)
    said = read(render(evaluation, format), format)
    points = [point for theme in evaluation.themes for point in (*theme.good, *theme.to_do)]
    done = [text for year in evaluation.achievements for text in year.achieved]
    wanted = [*THEMES, *FIGURES, *APPROXIMATE, *GROUPS, *points, *done, *evaluation.outlook]
    wanted += ["計画書に書かれた振り返り", "期間より前", "点数や等級は付けません"]
    assert [text for text in wanted if squeezed(text) not in said] == []
    assert [grade for grade in GRADES if grade in said] == []


@every_format
def test_a_trial_that_did_not_work_is_told_by_what_was_learnt(
    read: Reader, empty_database: Database, format: Format
) -> None:
    evaluation = told(empty_database, "ja", "1-1")
    assert [(theme.check_ins, theme.trials) for theme in evaluation.themes] == [(1, 1), (0, 0), (0, 0)]
    (trial,) = evaluation.trials
    assert trial.learning == LEARNT
    said = read(render(evaluation, format), format)
    assert squeezed(LEARNT) in said
    assert "2025年の試行" in said
    assert "2026年の試行" not in said, "it came after the term"


@every_format
def test_a_draft_is_marked_as_one(read: Reader, empty_database: Database, format: Format) -> None:
    evaluation = told(empty_database, draft=True)
    assert evaluation.standing is Standing.OPEN
    said = read(render(evaluation, format), format)
    assert "下書き（決定前）" in said
    assert squeezed(definition().term_evaluations[0].good[0].ja) not in said, "what the plan prints is no draft"


def test_every_picture_says_in_words_what_it_shows(empty_database: Database) -> None:
    evaluation = told(empty_database)
    page = lxml.html.fromstring(render(evaluation, Format.HTML).decode())
    labels = [figure.get("aria-label") for figure in page.iter("figure")]
    assert len(labels) == 2
    assert all(label and "表のとおり" in label for label in labels)
    word = docx.Document(BytesIO(render(evaluation, Format.DOCX)))
    described = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert described == labels
    pdf = pypdf.PdfReader(BytesIO(render(evaluation, Format.PDF)))
    assert "/Marked': True" in str(pdf.root_object["/MarkInfo"])


def test_the_same_evaluation_gives_the_same_pdf(empty_database: Database) -> None:
    evaluation = told(empty_database)
    assert render(evaluation, Format.PDF) == render(evaluation, Format.PDF)


def test_hostile_texts_stay_texts(read: Reader, empty_database: Database, hostile_texts: tuple[str, ...]) -> None:
    evaluation = told(empty_database)
    nasty = replace(
        evaluation,
        themes=tuple(replace(theme, good=hostile_texts, to_do=hostile_texts) for theme in evaluation.themes),
        outlook=hostile_texts,
    )
    for format in FORMATS:
        said = read(render(nasty, format), format)
        missing = [
            text for text in hostile_texts if squeezed(text.replace("\u200d", "")) not in said.replace("\u200d", "")
        ]
        assert missing == [], format


def later(survey: Survey) -> Survey:
    questions = tuple(
        replace(q, answers=tuple(replace(a, share=None if a.share is None else a.share + 2) for a in q.answers))
        for q in survey.questions
    )
    return replace(survey, code="attitude-2027", fiscal_year=2027, questions=questions)


def test_the_next_survey_is_compared_in_points_and_words_stay_words() -> None:
    survey = definition().surveys[0]
    daily, dealings = results_of(later(survey), survey, "ja")
    assert [(row.share, row.before, row.points) for row in daily.rows] == [
        ("53.9%", "51.9%", "+2.0"),
        ("29.2%", "27.2%", "+2.0"),
        ("4割半ばを超えている", "4割半ばを超えている", "－"),
        ("1割を超えている", "1割を超えている", "－"),
    ]
    assert dealings.chart is not None
    assert dealings.chart.names == ("2027年度", "2024年度")
    assert [(bar.share is None, bar.said) for bar in dealings.chart.bars][2:] == [
        (True, "5割半ばを超えている"),
        (True, "3割半ば近く"),
    ]


def test_a_question_without_any_figure_has_no_chart() -> None:
    survey = definition().surveys[0]
    words = replace(
        survey,
        questions=tuple(replace(q, answers=tuple(replace(a, share=None) for a in q.answers)) for q in survey.questions),
    )
    assert [result.chart for result in results_of(words, None, "ja")] == [None, None]
