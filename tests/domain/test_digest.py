"""The day's digest: what waits for it, and that it leaves once a business day, after the mails of the plan."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import JST
from domain.digest import can_wait, digest_day, is_gathered, leaves_at
from domain.inquiry import InquiryKind
from domain.ladder import StepKind
from domain.plan import MailRules
from tests.domain.rounds import CALENDAR

instants = st.integers(0, 180 * 24 * 60).map(lambda n: datetime(2021, 1, 1, tzinfo=JST) + timedelta(minutes=n))
hours = st.times(time(0), time(22))


@pytest.mark.parametrize("kind", StepKind)
def test_only_notices_and_reminders_can_wait(kind: StepKind) -> None:
    assert can_wait(kind, None, 0) is (kind in (StepKind.NOTICE, StepKind.REMINDER))


@pytest.mark.parametrize("kind", InquiryKind)
def test_what_is_asked_outside_the_rounds_can_wait_but_nothing_of_a_meeting(kind: InquiryKind) -> None:
    assert can_wait(StepKind.NOTICE, kind, 0) is (kind is not InquiryKind.MEETING)


def test_a_mail_that_may_have_left_already_is_not_gathered() -> None:
    assert not can_wait(StepKind.REMINDER, None, 1)


@pytest.mark.parametrize("by_default", [False, True])
@pytest.mark.parametrize("wanted", [None, False, True])
def test_a_wish_counts_where_people_may_choose(by_default: bool, wanted: bool | None) -> None:
    may_choose, must_not = MailRules(by_default, True), MailRules(by_default, False)
    assert is_gathered(may_choose, wanted) is (by_default if wanted is None else wanted)
    assert is_gathered(must_not, wanted) is by_default


def test_nothing_is_gathered_unless_somebody_wants_it() -> None:
    assert not is_gathered(MailRules(), None)


@given(st.dates(date(2021, 1, 1), date(2021, 6, 30)), hours)
def test_the_digest_leaves_at_half_past_nine_or_half_an_hour_after_the_mails_of_the_plan(
    day: date, sends: time
) -> None:
    leaves = leaves_at(day, sends)
    assert leaves.date() == day
    assert leaves == max(
        datetime.combine(day, time(9, 30), JST), datetime.combine(day, sends, JST) + timedelta(minutes=30)
    )


@given(instants, hours)
def test_a_mail_waits_for_the_next_digest_that_has_not_left(at: datetime, sends: time) -> None:
    day = digest_day(at, sends, CALENDAR)
    assert CALENDAR.is_business_day(day)
    assert leaves_at(day, sends) > at
    between = [at.date() + timedelta(days=n) for n in range((day - at.date()).days)]
    assert all(leaves_at(d, sends) <= at or not CALENDAR.is_business_day(d) for d in between), "no day is skipped"
