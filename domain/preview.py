"""What a collection round will send if nobody answers: the longest its ladder can get.

The same rules as the running round's (`domain/collection.py`), stepped from wake to wake ahead of time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from domain.calendar import JST
from domain.collection import DueMail, Round, RoundEvent, apply, mails_due, next_wake
from domain.ladder import Anchor, Ladder, Step

_AFTER_AN_ANSWER = (Anchor.SUBMITTED, Anchor.RETURNED)


@dataclass(frozen=True)
class PlannedMail:
    """A mail that leaves at a plan instant (JST) unless an answer comes before, and the step that it takes."""

    at: datetime
    step: Step
    mail: DueMail


def planned_mails(
    round_: Round, events: Iterable[RoundEvent] = (), until: datetime | None = None
) -> tuple[PlannedMail, ...]:
    """Every mail of a round that nobody answers, in order; those before `until`, if it ends then.

    `events` are known beforehand, such as a reassignment by a reorganisation; each happens as its day begins.
    """
    steps = {step.code: step for step in round_.ladder.steps}
    coming = sorted(events, key=lambda event: (event.on, event.id))
    planned: list[PlannedMail] = []
    while True:
        wake = next_wake(round_)
        if coming and (wake is None or _begins(coming[0].on) <= wake):
            round_ = apply(round_, [coming.pop(0)])
            continue
        if wake is None or (until is not None and wake >= until):
            return tuple(planned)
        mails, round_ = mails_due(round_, wake)
        planned += (PlannedMail(wake, steps[mail.step_key.partition("@")[0]], mail) for mail in mails)


def steps_after_an_answer(ladder: Ladder) -> tuple[Step, ...]:
    """The steps that count from a submission or a return: nobody knows their days beforehand."""
    return tuple(step for step in ladder.steps if step.anchor in _AFTER_AN_ANSWER)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), JST)
