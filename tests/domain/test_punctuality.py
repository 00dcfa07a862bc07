"""On time or late, and after how many business days: the rule that the dashboard states."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain import punctuality
from domain.punctuality import Asked, Extension, Timeliness
from japan_calendar import business_calendar

CALENDAR = business_calendar(range(2020, 2023))
DUE_ON = date(2021, 2, 15)
ASKED = Asked(asked_on=date(2021, 1, 15), round_due_on=DUE_ON, due_on=DUE_ON)
EXTENDED_TO = date(2021, 3, 1)
EXTENSION = Extension(datetime(2021, 2, 10, 3, tzinfo=UTC), EXTENDED_TO)


def answered(day: date, **more: object) -> Asked:
    values = {"first_on": day, "first_at": datetime(day.year, day.month, day.day, 5, tzinfo=UTC), **more}
    return replace(ASKED, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (answered(DUE_ON), Timeliness.ON_TIME),
        (answered(date(2021, 2, 16)), Timeliness.LATE),
        (answered(date(2021, 2, 16), due_on=EXTENDED_TO), Timeliness.ON_TIME),
        (answered(date(2021, 3, 2), due_on=EXTENDED_TO), Timeliness.LATE),
        (replace(ASKED, is_exempted=True), Timeliness.EXEMPTED),
        (answered(date(2021, 3, 2), is_exempted=True), Timeliness.EXEMPTED),
    ],
)
def test_an_answer_is_on_time_by_the_day_it_was_owed(one: Asked, told: Timeliness) -> None:
    assert one.timeliness(date(2021, 4, 1)) is told


def test_what_is_not_there_counts_only_when_its_day_has_passed_or_its_round_is_closed() -> None:
    assert ASKED.timeliness(DUE_ON) is Timeliness.PENDING
    assert ASKED.timeliness(date(2021, 2, 16)) is Timeliness.MISSING
    assert replace(ASKED, is_round_closed=True).timeliness(date(2021, 2, 1)) is Timeliness.MISSING
    assert replace(ASKED, due_on=EXTENDED_TO).timeliness(date(2021, 2, 16)) is Timeliness.PENDING


def test_a_return_does_not_undo_a_submission_on_time_nor_excuse_a_late_one() -> None:
    mended = {"returns": 1, "due_on": date(2021, 3, 10)}
    assert answered(DUE_ON, **mended).timeliness(date(2021, 4, 1)) is Timeliness.ON_TIME
    assert answered(date(2021, 2, 16), **mended).timeliness(date(2021, 4, 1)) is Timeliness.LATE


def test_an_extension_counts_for_a_returned_report_when_it_was_granted_before_the_first_submission() -> None:
    returned = answered(date(2021, 2, 20), returns=1, due_on=date(2021, 3, 10), extensions=(EXTENSION,))
    assert returned.timeliness(date(2021, 4, 1)) is Timeliness.ON_TIME
    assert returned.is_extended
    afterwards = replace(EXTENSION, granted_at=datetime(2021, 3, 5, tzinfo=UTC))
    late = replace(returned, extensions=(afterwards,))
    assert (late.timeliness(date(2021, 4, 1)), late.is_extended) == (Timeliness.LATE, False)


def test_of_several_extensions_the_last_one_before_the_submission_counts() -> None:
    later = Extension(datetime(2021, 2, 12, tzinfo=UTC), date(2021, 2, 18))
    one = answered(date(2021, 2, 20), returns=1, due_on=date(2021, 3, 10), extensions=(later, EXTENSION))
    assert one.owed_on == date(2021, 2, 18), "a shorter one, granted later"


def test_days_are_business_days_after_the_request_up_to_the_first_answer() -> None:
    several = (answered(date(2021, 1, 15)), answered(date(2021, 1, 18)), answered(date(2021, 2, 24)))
    told = punctuality.of(several, date(2021, 4, 1), CALENDAR)
    assert told.days == (0, 1, 26), "the same day, the Monday after a Friday, over 建国記念の日 and 天皇誕生日"
    assert (told.median_days, told.longest) == (Decimal(1), 26)


def test_the_rate_leaves_out_what_is_pending_or_exempted() -> None:
    several = (
        answered(DUE_ON),
        answered(DUE_ON, returns=2, due_on=date(2021, 3, 10)),
        answered(date(2021, 2, 16)),
        replace(ASKED, is_exempted=True),
        replace(ASKED, due_on=EXTENDED_TO),
    )
    told = punctuality.of(several, date(2021, 2, 20), CALENDAR)
    assert (told.counted, told.returned, told.extended) == (3, 1, 1)
    assert told.rate is not None
    assert round(told.rate, 1) == Decimal("66.7")
    assert told.counts[Timeliness.PENDING] == told.counts[Timeliness.EXEMPTED] == 1


def test_without_anything_counted_there_is_neither_a_rate_nor_a_median() -> None:
    told = punctuality.of((replace(ASKED, is_exempted=True), ASKED), DUE_ON, CALENDAR)
    assert (told.rate, told.median_days, told.longest) == (None, None, None)
