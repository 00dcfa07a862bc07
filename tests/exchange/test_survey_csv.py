"""A survey as CSV: the next one is filled in beside the last, and every mistake is named with its place."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.reference import Survey
from exchange import survey_csv
from exchange.remarks import WrongTable
from tests.term_city import definition

NODES = [n.code for n in definition().editions[0].nodes]
SURVEY = definition().surveys[0]
HEADINGS = "設問のコード,設問,回答のコード,回答,回答者の層のコード,回答者の層,割合（％）,おおよその割合"


def read(*rows: str, headings: str = HEADINGS, encoding: str = "utf-8-sig") -> survey_csv.ReadSurvey:
    return survey_csv.read("\r\n".join((headings, *rows)).encode(encoding), NODES)


def mistakes(*rows: str, language: str = "ja", headings: str = HEADINGS) -> list[str]:
    with pytest.raises(WrongTable) as wrong:
        read(*rows, headings=headings)
    return [mistake.in_language(language) for mistake in wrong.value.mistakes]


def without_sources(survey: Survey) -> Survey:
    """A CSV carries no sources."""
    questions = (replace(q, answers=tuple(replace(a, source=None) for a in q.answers)) for q in survey.questions)
    return replace(survey, questions=tuple(questions))


def test_a_survey_that_was_written_is_read_back_with_codes_groups_and_links() -> None:
    found = survey_csv.read(survey_csv.write(SURVEY), NODES)
    assert survey_csv.with_english(found.questions, SURVEY) == without_sources(SURVEY).questions
    assert found.findings.warnings == []


def test_the_template_of_the_next_survey_holds_everything_but_the_figures() -> None:
    found = survey_csv.read(survey_csv.template(SURVEY), NODES)
    answers = [a for q in found.questions for a in q.answers]
    assert [(a.code, a.group_code) for a in answers] == [
        (a.code, a.group_code) for q in SURVEY.questions for a in q.answers
    ]
    assert {(a.share, a.approximate.ja, a.rank) for a in answers} == {(None, "", None)}
    assert survey_csv.template().decode("utf-8-sig").startswith(HEADINGS)


def test_a_spreadsheet_makes_no_day_of_a_code() -> None:
    """1-2 in a cell becomes the second of January; in quotation marks it stays a text."""
    written = survey_csv.write(SURVEY).decode("utf-8-sig")
    assert '"""1-2"""' in written
    assert ",1-2\r\n" not in written


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932", "utf-16"])
def test_a_file_is_read_in_every_encoding_that_offices_use(encoding: str) -> None:
    found = read("ｑ１,暮らしの中で,none,いずれも実感しにくい,,,４８．５,", encoding=encoding)
    (question,) = found.questions
    assert (question.code, question.answers[0].share) == ("q1", Decimal("48.5"))


def test_a_share_in_words_stays_in_words_and_one_without_either_stays_unknown() -> None:
    found = read("q1,暮らし,a,はい,,,,約3割", "q1,暮らし,b,いいえ,,,,")
    assert [(a.share, a.approximate.ja) for a in found.questions[0].answers] == [(None, "約3割"), (None, "")]


def test_every_mistake_is_named_by_line_and_column() -> None:
    rows = (
        "q1,暮らし,a,はい,,,151.9,",
        "q1,別の文,b,いいえ,,,多い,",
        "q1,暮らし,a,はい,,,2,",
        "q1,暮らし,c,どちらでもない,young,,3,",
        ",暮らし,d,,,,3,",
    )
    said = mistakes(*rows)
    places = [m.partition("：")[0] for m in said]
    assert places == [
        "2行目、G列（割合（％））",
        "3行目、G列（割合（％））",
        "4行目、C列（回答のコード）",
        "5行目、F列（回答者の層）",
        "6行目、A列（設問のコード）",
        "6行目、D列（回答）",
    ]
    assert "2行目にもあります" in said[2]
    assert "lie between 0 and 100" in mistakes(*rows, language="en")[0]


def test_one_code_never_stands_for_two_questions() -> None:
    (said,) = mistakes("q1,暮らし,a,はい,,,10,", "q1,行政,b,いいえ,,,20,")
    assert said.startswith("3行目、B列（設問）")
    assert "2行目" in said


def test_a_code_that_the_plan_does_not_have_is_named_with_the_nearest() -> None:
    (said,) = mistakes("q1,暮らし,a,はい,,,1,,1-33", headings=f"{HEADINGS},回答に関係する番号")
    assert "「1-3」の書き誤りではありませんか" in said


def test_a_file_without_rows_or_headings_is_refused() -> None:
    assert len(mistakes()) == 1
    assert len(mistakes("1,2", headings="a,b")) == 1
    with pytest.raises(WrongTable):
        survey_csv.read(b"", NODES)
