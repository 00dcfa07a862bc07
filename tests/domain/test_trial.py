"""A trial: what did not work is recorded like what did."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.key_project import TrialResult
from domain.trial import TrialTexts, problems

TODAY = date(2024, 6, 3)
RUNNING = TrialTexts("画面越しの相談", "来庁せずに済む", date(2024, 5, 7))


def test_a_trial_that_still_runs_needs_no_more_than_its_hypothesis() -> None:
    assert problems(RUNNING, TODAY) == []


@pytest.mark.parametrize("result", TrialResult)
def test_every_result_asks_for_what_was_done_and_learnt_alike(result: TrialResult) -> None:
    ended = replace(RUNNING, result=result, ended_on=TODAY)
    assert problems(ended, TODAY) == ["trial_done_missing", "trial_learning_missing"]
    assert problems(replace(ended, done="12件", learning="隣に職員がいると使える"), TODAY) == []


def test_a_trial_neither_begins_ahead_nor_ends_before_it_began() -> None:
    assert problems(replace(RUNNING, started_on=date(2024, 6, 4)), TODAY) == ["trial_starts_ahead"]
    assert problems(replace(RUNNING, ended_on=date(2024, 5, 1)), TODAY) == ["trial_ends_before_start"]
