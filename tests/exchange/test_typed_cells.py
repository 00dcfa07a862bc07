"""What people type into cells is read as what it is, in all the ways in which they type it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fiscal_year import FiscalYear, era_fiscal_year, era_year
from domain.plan import CalendarDay
from exchange import lists, typed, wording
from exchange.characters import plain_code, with_kanji
from exchange.grid import Percent, Value
from exchange.remarks import Wording

DAYS: list[Value] = [
    *(44287, 44287.0, "44287", "４４２８７", date(2021, 4, 1), datetime.combine(date(2021, 4, 1), time(12, 30))),
    *("2021-04-01", "2021/4/1", "２０２１年４月１日", "2021.4.1", "20210401", 20210401, " 2021年 4月 1日 "),
    *(
        "令和3年4月1日",
        "令和３年４月１日",
        "R3.4.1",
        "Ｒ３．４．１",
        "R3/4/1",
        "令3.4.1",
        "R03.04.01",
        "平成33年4月1日",
    ),
]


@pytest.mark.parametrize("cell", DAYS, ids=repr)
def test_a_day_is_read_in_every_way_in_which_offices_write_it(cell: Value) -> None:
    assert typed.day(cell).value == date(2021, 4, 1)


@given(st.dates(date(1927, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_by_its_era(day: date) -> None:
    assert typed.day(f"{era_year(day)}{day.month}月{day.day}日").value == day


@pytest.mark.parametrize(
    "cell", ["", "令和3年", "2021-02-30", "令和3年13月1日", "昨日", 2021, 7, True, "R3", "11月31日"], ids=repr
)
def test_what_is_no_day_is_not_guessed(cell: Value) -> None:
    with pytest.raises(typed.Unreadable) as refusal:
        typed.day(cell)
    assert refusal.value.wording is wording.NOT_A_DAY


YEARS: list[Value] = [
    *(
        2018,
        2018.0,
        "2018",
        "２０１８",
        "2018年度",
        "2018年",
        "FY2018",
        "平成30年度",
        "平成３０年度",
        "平成30年",
        "平成30",
    ),
    *("H30", "H30年度", "Ｈ３０", "h30".upper(), "平30", "昭和93年度"),
]


@pytest.mark.parametrize("cell", YEARS, ids=repr)
def test_a_fiscal_year_is_read_in_every_way_in_which_offices_write_it(cell: Value) -> None:
    assert typed.fiscal_year(cell).value == 2018


@pytest.mark.parametrize("year", range(1927, 2060))
def test_every_fiscal_year_is_read_by_its_era(year: int) -> None:
    assert typed.fiscal_year(era_fiscal_year(FiscalYear(year))).value == year


def test_the_first_year_of_an_era_is_read() -> None:
    assert typed.fiscal_year("令和元年度").value == typed.fiscal_year("令和1年度").value == 2019


@pytest.mark.parametrize("cell", [44287, date(2021, 4, 1), "令和3年4月", "いつか", True, 20.5, "21"], ids=repr)
def test_what_is_no_fiscal_year_is_not_guessed(cell: Value) -> None:
    with pytest.raises(typed.Unreadable) as refusal:
        typed.fiscal_year(cell)
    assert refusal.value.wording is wording.NOT_A_YEAR


def test_several_fiscal_years_stand_in_one_cell() -> None:
    assert typed.fiscal_years("2020、令和5年度").value == (2020, 2023)
    assert typed.fiscal_years(2020).value == (2020,)


@pytest.mark.parametrize(
    "cell", ["2018-03", "2018年3月", "平成30年3月", "H30.3", "2018/03", date(2018, 3, 15)], ids=repr
)
def test_a_month_is_read_in_every_way(cell: Value) -> None:
    assert typed.month(cell).value == "2018-03"


@pytest.mark.parametrize(
    "cell",
    ["4月1日", "4/1", "０４／０１", "4.1", date(2024, 4, 1), datetime.combine(date(2024, 4, 1), time())],
    ids=repr,
)
def test_a_day_of_every_year_is_read_in_every_way(cell: Value) -> None:
    assert typed.month_day(cell).value == CalendarDay(4, 1)


@pytest.mark.parametrize("cell", ["9:00", "09:00", "９：００", "9時", "9時0分", "09:00:00", time(9), 0.375], ids=repr)
def test_a_time_is_read_in_every_way(cell: Value) -> None:
    assert typed.clock_time(cell).value == time(9)


@pytest.mark.parametrize("cell", ["25:00", "朝", 9, 1.5], ids=repr)
def test_what_is_no_time_is_refused(cell: Value) -> None:
    with pytest.raises(typed.Unreadable):
        typed.clock_time(cell)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (1234, "1234"),
        (12.5, "12.5"),
        (0.1, "0.1"),
        ("1,234", "1234"),
        ("１，２３４．５", "1234.5"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("△5", "-5"),
        ("▲ 1,000", "-1000"),
        (" 7 ", "7"),
        ("12345678901234567890.123", "12345678901234567890.123"),
    ],
)
def test_a_number_is_read_with_every_digit(cell: Value, number: str) -> None:
    assert typed.number(cell).value == Decimal(number)


@pytest.mark.parametrize(
    "cell", ["12件", "約30", "1e5", "NaN", "不明", True, "12.5%", date(2021, 1, 2), "1,23"], ids=repr
)
def test_what_is_no_number_is_not_guessed(cell: Value) -> None:
    with pytest.raises(typed.Unreadable) as refusal:
        typed.number(cell)
    assert refusal.value.wording is wording.NOT_A_NUMBER


def test_a_cell_shown_in_percent_means_what_is_seen() -> None:
    read = typed.number(Percent(Decimal("12.5")))
    assert read.value == Decimal("12.5")
    assert notes_of(read) == [wording.PERCENT]


def notes_of(read: typed.Typed) -> list[Wording]:
    return [said for said, _ in read.notes]


@pytest.mark.parametrize(
    "cell", ["１－１", "1\u20131", "1−1", "1ー1", " 1-1\u00a0", "1\u200b-1", "\u30001-1", "１‐１"], ids=repr
)
def test_a_code_typed_in_another_width_is_the_same_code_and_the_change_is_named(cell: str) -> None:
    read = typed.code(cell)
    assert read.value == "1-1"
    assert notes_of(read) == ([] if cell.strip() == "1-1" else [wording.CODE_CHANGED])


@pytest.mark.parametrize("cell", ["①", "Ⅰ-1", "経1-1", "サービス", "ー", "ｱ"])
def test_a_code_keeps_what_only_resembles_something_else(cell: str) -> None:
    read = typed.code(cell)
    assert (read.value, read.notes) == (cell, ())


def test_a_code_in_quotation_marks_is_taken_exactly() -> None:
    assert typed.code('"１－１"').value == "１－１"


def test_a_number_is_a_code_too() -> None:
    assert typed.code(12).value == "12"
    assert typed.code(12.0).value == "12"
    assert notes_of(typed.code(1.1)) == [wording.CODE_IS_A_FRACTION]


def test_a_code_that_a_spreadsheet_made_a_day_of_is_named_with_what_it_was() -> None:
    with pytest.raises(typed.Unreadable) as refusal:
        typed.code(datetime.combine(date(2024, 1, 2), time()))
    assert refusal.value.wording is wording.CODE_IS_A_DAY
    assert refusal.value.values == {"day": "2024-01-02", "guess": "1-2"}


@pytest.mark.parametrize(
    "cell", ["1-1、1-2", "1-1,1-2", "１－１，１－２", "1-1\n1-2", "1-1; 1-2", " 1-1 、、 1-2 、", "1-1､1-2"]
)
def test_several_codes_are_separated_in_any_way(cell: str) -> None:
    assert typed.codes(cell).value == ("1-1", "1-2")


def test_radicals_become_the_kanji_that_they_stand_for_and_are_named() -> None:
    assert with_kanji("⺠間の⼦ども、⾼齢者が利⽤し⾏く⻑い⻘い⼾⿊") == (
        "民間の子ども、高齢者が利用し行く長い青い戸黒",
        ("⺠→民", "⼦→子", "⾼→高", "⽤→用", "⾏→行", "⻑→長", "⻘→青", "⼾→戸", "⿊→黒"),
    )
    read = typed.text("⼦育て")
    assert read.value == "子育て"
    assert notes_of(read) == [wording.RADICALS]
    assert read.notes[0][1] == {"changes": "⼦→子"}


def test_every_radical_is_replaced_or_left_but_none_is_lost() -> None:
    radicals = "".join(map(chr, range(0x2E80, 0x2FD6)))
    assert len(with_kanji(radicals)[0]) == len(radicals)
    kangxi = "".join(map(chr, range(0x2F00, 0x2FD6)))
    assert not set(with_kanji(kangxi)[0]) & set(kangxi)


def test_a_text_keeps_its_invisible_characters_but_they_are_named() -> None:
    read = typed.text("窓口\u00a0改革")
    assert read.value == "窓口\u00a0改革"
    assert notes_of(read) == [wording.INVISIBLE]


@pytest.mark.parametrize("cell", ["=1+1", "+81", "-5", "@x", "神戸", "塚", "１２"])
def test_a_text_is_read_as_it_stands(cell: str) -> None:
    assert typed.text(cell) == typed.Typed(cell)


@pytest.mark.parametrize(
    ("cell", "text"), [(31, "31"), (31.0, "31"), (0.1, "0.1"), (1e20, "100000000000000000000"), (True, "TRUE")]
)
def test_a_number_in_a_text_column_is_read_as_it_looks(cell: Value, text: str) -> None:
    assert typed.text(cell).value == text


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("はい", True), ("○", True), ("Yes", True), ("１", True), (True, True), ("×", False), ("無", False)],
)
def test_yes_and_no_are_read_in_the_ways_people_mark_them(cell: Value, answer: bool) -> None:
    assert typed.yes_no(cell).value is answer


@pytest.mark.parametrize("separator", [lists.CODES, lists.LINES])
@given(
    entries=st.lists(st.one_of(st.text(), st.sampled_from(['"', '""', "", " a ", "a、b", "a\nb", '"a"', 'a"b', ","])))
)
def test_whatever_entries_stand_in_a_cell_come_back(separator: str, entries: list[str]) -> None:
    assert lists.parts(lists.joined(entries, separator), separator) == entries


@given(st.text())
def test_whatever_code_is_written_comes_back(code: str) -> None:
    written = code if typed.is_plain(code) else lists.quoted(code)
    assert typed.code(written).value == code


@given(st.lists(st.text()))
def test_whatever_codes_are_written_come_back(codes: list[str]) -> None:
    assert typed.codes(lists.joined(codes, lists.CODES, plain_code)).value == tuple(codes)


@pytest.mark.parametrize("read", [typed.number, typed.integer, typed.day, typed.fiscal_year])
@pytest.mark.parametrize("cell", [float("inf"), float("-inf"), float("nan")])
def test_what_is_no_finite_number_is_refused_as_unreadable(read: Callable[[Value], object], cell: float) -> None:
    with pytest.raises(typed.Unreadable):
        read(cell)
