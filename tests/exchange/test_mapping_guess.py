"""What the columns of a table most likely are, by the words of their headings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange import mapping_guess
from exchange.grid import Grid
from exchange.mapping_guess import IndicatorGuess, guess
from tests.exchange.own_tables import GOOD, HEADINGS, grid
from tests.own_city import HEADINGS as CITY


def headings(*texts: str) -> dict[int, str]:
    return dict(enumerate(texts, 1))


def test_the_columns_of_a_usual_table_are_all_guessed() -> None:
    found = guess(headings(*CITY))
    assert (found.levels, found.numbers) == ((1, 2, 4), {4: 3})
    assert (found.department, found.head, found.head_email, found.staff, found.staff_email) == (5, 6, 7, 8, 9)
    assert found.texts == (10,)
    assert found.indicators == (IndicatorGuess(11, 12, None, (13,), (14,), (), (15,)),)


@pytest.mark.parametrize(
    ("texts", "levels", "numbers"),
    [
        (("No.", "政策", "施策", "事務事業名"), (2, 3, 4), {2: 1}),
        (("章", "節", "施策番号", "施策"), (1, 2, 4), {4: 3}),
        (("取組項目", "担当課"), (1,), {}),
        (("基本方針", "主な取組", "備考"), (1, 2), {}),
        (("整理番号", "分野", "事業名称"), (2, 3), {2: 1}),
    ],
)
def test_the_levels_are_what_stands_before_the_titles(
    texts: tuple[str, ...], levels: tuple[int, ...], numbers: dict[int, int]
) -> None:
    found = guess(headings(*texts))
    assert (found.levels, dict(found.numbers)) == (levels, numbers)


def test_a_single_mail_column_is_the_staff_s() -> None:
    found = guess(headings("施策名", "担当課", "メールアドレス"))
    assert (found.department, found.email, found.head_email, found.staff_email) == (2, None, None, 3)


def test_several_groups_of_indicators_are_told_apart() -> None:
    texts = ("施策名", "指標名1", "単位1", "目標値1", "実績値1（R6）", "指標名2", "単位2", "目標値2", "見込値2（R7）")
    first, second = guess(headings(*texts)).indicators
    assert first == IndicatorGuess(2, 3, None, (), (4,), (), (5,))
    assert second == IndicatorGuess(6, 7, None, (), (8,), (9,), ())


def test_what_says_nothing_is_guessed_as_nothing() -> None:
    found = guess(headings("あ", "い", "う"))
    assert (found.levels, found.department, found.texts, found.indicators) == ((), None, (), ())


def test_the_sheet_of_the_plan_and_that_of_the_indicators_are_found() -> None:
    indicators = grid([("1-1", "甲", "人", 5)], ("施策番号", "指標名", "単位", "目標値"), "指標")
    cover, main = (
        Grid("表紙", (("みどり計画",), ("令和7年3月",))),
        grid(headings=HEADINGS[:5], rows=[g[:5] for g in GOOD]),
    )
    assert mapping_guess.main_sheet((cover, indicators, main)) is main
    assert mapping_guess.indicator_sheet((cover, indicators, main), main) is indicators
    assert mapping_guess.node_column(headings("No", "施策名", "指標名")) == 2
    hidden = replace(indicators, is_hidden=True)
    assert mapping_guess.indicator_sheet((cover, hidden, main), main) is None


def test_a_column_goes_by_its_heading_or_its_letter() -> None:
    known = headings("施策", "値", "値", "")
    assert [mapping_guess.column_name(known, p) for p in (1, 2, 3, 4)] == ["施策", "B列", "C列", "D列"]
