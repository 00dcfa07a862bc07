"""Whose mails a change would move: what a round sends if nobody answers, before the change and after it.

The same rules as the running round's: its events are applied, then both futures are stepped through ahead of time
(`domain/preview.py`) and compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest

from domain.collection import Round, RoundEvent, apply, mails_due
from domain.ladder import Step
from domain.preview import PlannedMail, planned_mails

Said = Mapping[tuple[int, str], frozenset[int]]
"""What was sent already: by request and step key, the measures it spoke of. The ledger repeats none of it."""


class MailFate(StrEnum):
    """What becomes of a mail that was to come, or comes now."""

    FALLS_AWAY = "falls_away"
    MOVES = "moves"
    COMES_NEWLY = "comes_newly"
    NAMES_OTHERS = "names_others"  # on its day, but about more or fewer measures


@dataclass(frozen=True)
class MailChange:
    """One mail of a request: as it would leave without the change, and with it."""

    request: int
    step: Step
    before: PlannedMail | None
    after: PlannedMail | None

    @property
    def fate(self) -> MailFate:
        if self.before is None:
            return MailFate.COMES_NEWLY
        if self.after is None:
            return MailFate.FALLS_AWAY
        return MailFate.NAMES_OTHERS if self.before.at == self.after.at else MailFate.MOVES

    @property
    def at(self) -> datetime:
        """The plan instant by which changes are put in order: of what comes, else of what falls away."""
        shown = self.after or self.before
        assert shown is not None
        return shown.at


def mail_changes(
    round_: Round, events: Iterable[RoundEvent], at: datetime, said: Said | None = None
) -> tuple[MailChange, ...]:
    """Every mail that the events change, by request and day; `at`: the plan instant at which they happen.

    What has fallen due up to then counts as sent. Whatever stays as it was is left out.
    """
    _, stands = mails_due(round_, at)
    before, after = _by_step(stands, said or {}), _by_step(apply(stands, events), said or {})
    found: list[MailChange] = []
    for key in dict.fromkeys([*before, *after]):
        for was, becomes in _paired(before[key], after[key]):
            step = (becomes or was).step  # type: ignore[union-attr]  # of a pair one at least is there
            found.append(MailChange(key[0], step, was, becomes))
    return tuple(sorted(found, key=lambda one: (one.request, one.at)))


def _by_step(round_: Round, said: Said) -> dict[tuple[int, str], list[PlannedMail]]:
    found: dict[tuple[int, str], list[PlannedMail]] = defaultdict(list)
    for one in planned_mails(round_):
        if not set(one.mail.measures) <= said.get((one.mail.request, one.mail.step_key), frozenset()):
            found[one.mail.request, one.step.code].append(one)
    return found


def _paired(
    before: list[PlannedMail], after: list[PlannedMail]
) -> Iterable[tuple[PlannedMail | None, PlannedMail | None]]:
    """Mails of one step, each with what becomes of it: first by their day, the rest in order."""
    of_day = {one.at: one for one in after}
    kept = [(one, of_day[one.at]) for one in before if one.at in of_day]
    yield from ((was, becomes) for was, becomes in kept if was.mail.measures != becomes.mail.measures)
    days = {was.at for was, _ in kept}
    yield from zip_longest((b for b in before if b.at not in days), (a for a in after if a.at not in days))
