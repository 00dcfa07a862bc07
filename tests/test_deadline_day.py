"""The reckoning of a deadline day: what comes in goes out, and so many processes are needed, no more and no fewer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.deadline_day import Stage, arrivals, pass_through, processes_needed

RATES = st.floats(0.5, 500)
REPORTS = st.integers(100, 500_000)


def test_half_of_the_reports_of_a_country_come_on_the_last_day() -> None:
    assert sum(arrivals(87_050)) == pytest.approx(43_525)
    assert len(arrivals(87_050)) == 9 * 60


@given(RATES, REPORTS, st.integers(1, 50))
def test_whatever_arrives_leaves(rate: float, reports: int, processes: int) -> None:
    passed = pass_through(Stage("web", rate), processes, arrivals(reports))
    assert sum(passed.leaving) == pytest.approx(sum(arrivals(reports)), rel=1e-6)


@given(RATES, REPORTS)
def test_the_processes_that_are_needed_are_enough_and_one_fewer_is_not(rate: float, reports: int) -> None:
    stage, arriving = Stage("web", rate), arrivals(reports)
    needed = processes_needed(stage, arriving)
    assert pass_through(stage, needed, arriving).longest_wait <= 60
    assert needed == 1 or pass_through(stage, needed - 1, arriving).longest_wait > 60
