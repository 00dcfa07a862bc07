"""試行: what is said of a trial, and what it lacks. What did not work is recorded like what did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.key_project import TrialResult


@dataclass(frozen=True)
class TrialTexts:
    """What is said of a trial. `result` None: it still runs. `abolishes`: a task that could be given up altogether."""

    title: str
    hypothesis: str
    started_on: date
    ended_on: date | None = None
    done: str = ""
    result: TrialResult | None = None
    learning: str = ""
    next: str = ""
    abolishes: str = ""


def problems(texts: TrialTexts, today: date) -> list[str]:
    """What keeps a trial from being kept. A result needs what was done and what was learnt, whatever it was."""
    checks = (
        ("trial_title_missing", not texts.title.strip()),
        ("trial_hypothesis_missing", not texts.hypothesis.strip()),
        ("trial_starts_ahead", texts.started_on > today),
        ("trial_ends_before_start", texts.ended_on is not None and texts.ended_on < texts.started_on),
        ("trial_done_missing", texts.result is not None and not texts.done.strip()),
        ("trial_learning_missing", texts.result is not None and not texts.learning.strip()),
        ("trial_end_missing", texts.result is not None and texts.ended_on is None),
    )
    return [code for code, holds in checks if holds]
