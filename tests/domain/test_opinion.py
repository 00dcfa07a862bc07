"""意見: what may be said, by whom, in which window; what tells one opinion from another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain import opinion
from domain.opinion import OTHER_DEPARTMENT, OpinionContent, OpinionProblem, Reflection, WindowState
from domain.reference import OpinionSource
from domain.text import Bilingual
from tests.domain.small_plan import PLAN

TODAY = date(2021, 1, 15)
DAY = timedelta(days=1)
SOURCES = (OpinionSource("citizens", Bilingual("市民", "Citizens")),)
SAID = OpinionContent("citizens", "公園でも使えるようにしてください。", TODAY, "飯塚 太郎", "0948-00-0000")


def test_an_opinion_that_says_something_is_taken() -> None:
    assert opinion.problems_of(SAID, SOURCES, TODAY) == ()
    assert opinion.problems_of(replace(SAID, author="", contact=""), SOURCES, TODAY) == ()


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"source": ""}, OpinionProblem.SOURCE_MISSING),
        ({"source": "nobody"}, OpinionProblem.SOURCE_UNKNOWN),
        ({"source": OTHER_DEPARTMENT}, OpinionProblem.SOURCE_UNKNOWN),
        ({"text": " \n\u3000"}, OpinionProblem.TEXT_MISSING),
        ({"text": "あ" * 2_001}, OpinionProblem.TEXT_TOO_LONG),
        ({"author": "あ" * 101}, OpinionProblem.AUTHOR_TOO_LONG),
        ({"contact": "a" * 201}, OpinionProblem.CONTACT_TOO_LONG),
        ({"received_on": TODAY + DAY}, OpinionProblem.RECEIVED_AHEAD),
    ],
)
def test_what_is_wrong_with_an_opinion_is_named(wrong: dict[str, str], problem: OpinionProblem) -> None:
    assert opinion.problems_of(replace(SAID, **wrong), SOURCES, TODAY) == (problem,)  # type: ignore[arg-type]  # one field


def test_characters_are_counted_as_people_count_them() -> None:
    longest = "か\u3099" * 2_000 + "\n" * 50
    assert opinion.problems_of(replace(SAID, text=longest), SOURCES, TODAY) == ()


def test_an_answer_needs_words_and_a_status() -> None:
    assert opinion.problems_of_answer("検討します。", Reflection.FOR_LATER) == ()
    assert opinion.problems_of_answer(" ", None) == (OpinionProblem.REFLECTION_MISSING, OpinionProblem.ANSWER_MISSING)
    assert opinion.problems_of_answer("あ" * 2_001, Reflection.PARTLY) == (OpinionProblem.ANSWER_TOO_LONG,)


def test_a_plan_that_names_nobody_hears_everybody_and_a_department_never_speaks_in_public() -> None:
    plan = replace(PLAN, opinion_sources=())
    assert [source.code for source in opinion.public_sources(plan)] == ["anybody"]
    named = replace(plan, opinion_sources=SOURCES)
    assert [source.code for source in opinion.public_sources(named)] == ["citizens"]
    assert [source.code for source in opinion.sources_of(named)] == ["citizens", OTHER_DEPARTMENT]
    assert opinion.source_label(named, "citizens").ja == "市民"
    assert opinion.source_label(named, "gone").ja == "gone"


def test_control_characters_are_left_out_and_line_ends_made_alike() -> None:
    assert opinion.cleaned("\x00一行目\r\n\x1b二行目\t続き\x07 \n") == "一行目\n二行目\t続き"


@pytest.mark.parametrize("field", ["source", "text", "author", "contact", "received_on"])
def test_opinions_that_differ_anywhere_have_keys_of_their_own(field: str) -> None:
    other = replace(SAID, **{field: TODAY - DAY if field == "received_on" else "other"})  # type: ignore[arg-type]  # one field
    assert opinion.key_of(SAID) == opinion.key_of(replace(SAID))
    assert opinion.key_of(other) != opinion.key_of(SAID)


@pytest.mark.parametrize(
    ("is_shown", "since", "until", "state"),
    [
        (True, TODAY, TODAY, WindowState.OPEN),
        (True, TODAY - DAY, None, WindowState.OPEN),
        (True, TODAY + DAY, TODAY + 2 * DAY, WindowState.AHEAD),
        (True, TODAY - 2 * DAY, TODAY - DAY, WindowState.OVER),
        (True, None, None, WindowState.NONE),
        (False, TODAY, TODAY, WindowState.NONE),
    ],
)
def test_a_window_is_open_on_its_first_and_last_day(
    is_shown: bool, since: date | None, until: date | None, state: WindowState
) -> None:
    assert opinion.window_state(is_shown, since, until, TODAY) is state


def test_the_receipt_number_names_the_day_and_the_opinion() -> None:
    assert opinion.receipt_number(date(2021, 3, 1), 12) == "20210301-12"
