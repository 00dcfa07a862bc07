"""A collection round as the sum of what each department still owes.

One `Obligation` per measure. The state of a round is a value; every function returns a new one.
Nothing here sends, sleeps or stores: `mails_due` says who is owed a mail at this instant of the plan,
`next_wake` when to look again, `apply` what an event changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from domain import pause
from domain.calendar import BusinessCalendar
from domain.ladder import Anchor, Ladder, Rank, Step, StepKind


class ObligationState(StrEnum):
    OWED = "owed"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    EXEMPTED = "exempted"


SETTLED = (ObligationState.APPROVED, ObligationState.EXEMPTED)


@dataclass(frozen=True)
class Obligation:
    """What a department owes for one measure of the round.

    `since` is the plan day of the last change of state, `returns` how often the report came back,
    `done` the codes of the steps already taken for this spell of owing.
    """

    measure: int
    request: int
    due_on: date
    since: date
    state: ObligationState = ObligationState.OWED
    returned: bool = False
    returns: int = 0
    done: tuple[str, ...] = ()

    def anchored_on(self, step: Step) -> date | None:
        """The day `step` counts from, or None when it does not concern this obligation now."""
        owed = self.state is ObligationState.OWED
        match step.anchor:
            case Anchor.OPENED:
                return self.since if owed and not self.returned else None
            case Anchor.RETURNED:
                return self.since if owed and self.returned else None
            case Anchor.DUE:
                return self.due_on if owed else None
            case Anchor.SUBMITTED:
                return self.since if self.state is ObligationState.AWAITING_APPROVAL else None


class RoundEventKind(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    EXTENDED = "extended"
    EXEMPTED = "exempted"
    REASSIGNED = "reassigned"
    CLOSED = "closed"
    PAUSED = "paused"
    RESUMED = "resumed"


@dataclass(frozen=True)
class RoundEvent:
    """Something that happened to a round, as the outbox tells it: `id` is the outbox row's.

    `on` is the plan day. `due_on` comes with RETURNED, EXTENDED and REASSIGNED, `returns` (the how
    manieth time) with RETURNED, `request` with REASSIGNED (the request that takes the measure over).
    CLOSED, PAUSED and RESUMED concern the whole round.
    """

    id: int
    kind: RoundEventKind
    on: date
    measure: int = 0
    request: int = 0
    due_on: date | None = None
    returns: int = 0


@dataclass(frozen=True)
class DueMail:
    """One mail a department's line is owed now. `step_key` makes it unique per request and recipient."""

    request: int
    kind: StepKind
    to: Rank
    step_key: str
    measures: tuple[int, ...]


@dataclass(frozen=True)
class Round:
    """The state of a collection round. `seen` holds the ids of applied events: a relay may repeat one.

    `paused_since` is the first day of a pause of the city (停止) that still lasts.
    """

    obligations: tuple[Obligation, ...]
    ladder: Ladder
    calendar: BusinessCalendar
    closed: bool = False
    seen: frozenset[int] = frozenset()
    paused_since: date | None = None

    @property
    def is_silent(self) -> bool:
        """Whether nothing is sent now: all is settled, or the city is paused."""
        return self.is_settled or self.paused_since is not None

    @property
    def is_settled(self) -> bool:
        """Closed by the planning division, or nothing is owed and nothing waits for approval."""
        return self.closed or all(o.state in SETTLED for o in self.obligations)


@dataclass(frozen=True)
class _Rung:
    """A step that has not been taken yet for one obligation, with the day it falls on."""

    obligation: Obligation
    step: Step
    falls_on: date


def mails_due(round_: Round, at: datetime) -> tuple[tuple[DueMail, ...], Round]:
    """The mails owed at plan time `at`, and the round with their steps marked as taken.

    A rank of a department hears once: when several steps have come due together (after an outage, or
    because two measures have different due dates) only the most serious one is sent, for all the
    measures concerned. Returns are never folded into others.
    """
    if round_.is_silent:
        return (), round_
    due = [r for r in _rungs(round_) if round_.ladder.sends_at(r.step, r.falls_on) <= at]
    if not due:
        return (), round_
    groups: dict[tuple[int, Rank, str], list[_Rung]] = {}
    for rung in due:
        groups.setdefault((rung.obligation.request, rung.step.to, _folds_with(rung.step)), []).append(rung)
    mails = tuple(_one_mail(round_.ladder, rungs) for _, rungs in sorted(groups.items(), key=lambda g: g[0]))
    taken: dict[int, set[str]] = {}
    for rung in due:
        taken.setdefault(rung.obligation.measure, set()).add(rung.step.code)
    obligations = tuple(
        replace(o, done=tuple(sorted({*o.done, *taken[o.measure]}))) if o.measure in taken else o
        for o in round_.obligations
    )
    return mails, replace(round_, obligations=obligations)


def next_wake(round_: Round) -> datetime | None:
    """The plan instant at which the next step falls due, or None when nothing more will."""
    if round_.is_silent:
        return None
    return min((round_.ladder.sends_at(r.step, r.falls_on) for r in _rungs(round_)), default=None)


@dataclass(frozen=True)
class NextStep:
    """What happens next to a request if nobody does anything: which step, when, to whom."""

    step: Step
    at: datetime
    measures: tuple[int, ...]


def next_step(round_: Round, request: int, after: datetime) -> NextStep | None:
    """The next step of one department's request after a plan instant: what the board shows."""
    return next_steps(round_, after).get(request)


def next_steps(round_: Round, after: datetime) -> dict[int, NextStep]:
    """The next step of each request that has one after a plan instant."""
    by_request: dict[int, list[_Rung]] = {}
    for rung in () if round_.is_silent else _rungs(round_):
        if round_.ladder.sends_at(rung.step, rung.falls_on) > after:
            by_request.setdefault(rung.obligation.request, []).append(rung)
    return {request: _next_of(round_.ladder, rungs) for request, rungs in by_request.items()}


def apply(round_: Round, events: Iterable[RoundEvent]) -> Round:
    """The round after the events; one that was seen before, or concerns nothing here, changes nothing."""
    for event in events:
        if event.id in round_.seen:
            continue
        round_ = replace(
            round_,
            obligations=_obligations_after(round_, event),
            closed=round_.closed or event.kind is RoundEventKind.CLOSED,
            seen=round_.seen | {event.id},
            paused_since=_paused_since(round_, event),
        )
    return round_


def resumed(obligation: Obligation, first: date, last: date, calendar: BusinessCalendar) -> Obligation:
    """An obligation after a pause of the city from `first` to `last`: what it counts from and is due on has moved.

    The steps taken before stay taken, so none is repeated; the others fall after the pause.
    """
    if obligation.state in SETTLED:
        return obligation
    since = pause.counts_from(obligation.since, first, last, calendar)
    if obligation.state is not ObligationState.OWED:
        return replace(obligation, since=since)
    due_on = pause.due_after(obligation.due_on, obligation.since, first, last, calendar)
    return replace(obligation, since=since, due_on=due_on)


def due_after_handover(due_on: date, today: date, days: int, calendar: BusinessCalendar) -> date:
    """The due date for a department that takes a measure over: the old one, or `days` business days from now.

    Nobody inherits a delay (Meguru's own default).
    """
    return max(due_on, calendar.shift(today, days))


def _obligations_after(round_: Round, event: RoundEvent) -> tuple[Obligation, ...]:
    first = round_.paused_since
    if event.kind is RoundEventKind.RESUMED and first is not None:
        return tuple(resumed(o, first, event.on, round_.calendar) for o in round_.obligations)
    return tuple(_after(o, event, round_) if o.measure == event.measure else o for o in round_.obligations)


def _paused_since(round_: Round, event: RoundEvent) -> date | None:
    match event.kind:
        case RoundEventKind.PAUSED:
            return round_.paused_since or event.on
        case RoundEventKind.RESUMED:
            return None
        case _:
            return round_.paused_since


def _after(obligation: Obligation, event: RoundEvent, round_: Round) -> Obligation:
    if obligation.state is ObligationState.EXEMPTED:
        return obligation
    due_on = round_.calendar.on_or_after(event.due_on) if event.due_on else obligation.due_on
    owed = obligation.state is ObligationState.OWED
    match event.kind:
        case RoundEventKind.SUBMITTED:
            return replace(obligation, state=ObligationState.AWAITING_APPROVAL, since=event.on, returned=False, done=())
        case RoundEventKind.APPROVED:
            return replace(obligation, state=ObligationState.APPROVED, since=event.on, done=())
        case RoundEventKind.RETURNED:
            owed_again = replace(obligation, state=ObligationState.OWED, since=event.on, due_on=due_on)
            return replace(owed_again, returned=True, returns=event.returns, done=())
        case RoundEventKind.EXTENDED:
            # The notices and reminders of the new date are owed again; what was said on opening is not.
            return replace(obligation, due_on=due_on, done=_without_due_steps(obligation, round_.ladder))
        case RoundEventKind.EXEMPTED:
            return replace(obligation, state=ObligationState.EXEMPTED, since=event.on, done=())
        case RoundEventKind.REASSIGNED:
            moved = replace(obligation, request=event.request, due_on=due_on)
            return replace(moved, since=event.on, done=()) if owed else moved
        case RoundEventKind.CLOSED | RoundEventKind.PAUSED | RoundEventKind.RESUMED:
            return obligation


def _without_due_steps(obligation: Obligation, ladder: Ladder) -> tuple[str, ...]:
    due_steps = {step.code for step in ladder.steps if step.anchor is Anchor.DUE}
    return tuple(code for code in obligation.done if code not in due_steps)


def _rungs(round_: Round) -> list[_Rung]:
    @cache  # most measures count from the same few days
    def falls(step: Step, anchored_on: date) -> date:
        return round_.ladder.falls_on(step, anchored_on, round_.calendar)

    found = []
    for obligation in round_.obligations:
        if obligation.state in SETTLED:
            continue
        for step in round_.ladder.steps:
            anchored_on = obligation.anchored_on(step)
            if anchored_on is None or step.code in obligation.done:
                continue
            falls_on = falls(step, anchored_on)
            # A notice that would precede the request itself is not owed: a short deadline skips it.
            if step.anchor is Anchor.DUE and falls_on <= obligation.since and step.business_days <= 0:
                continue
            found.append(_Rung(obligation, step, falls_on))
    return found


def _next_of(ladder: Ladder, rungs: list[_Rung]) -> NextStep:
    first = min(rungs, key=lambda r: (ladder.sends_at(r.step, r.falls_on), ladder.seriousness(r.step)))
    same = tuple(r.obligation.measure for r in rungs if (r.step, r.falls_on) == (first.step, first.falls_on))
    return NextStep(first.step, ladder.sends_at(first.step, first.falls_on), same)


def _folds_with(step: Step) -> str:
    return "outstanding" if step.kind in (StepKind.NOTICE, StepKind.REMINDER, StepKind.ESCALATION) else step.kind


def _one_mail(ladder: Ladder, rungs: list[_Rung]) -> DueMail:
    top = max(rungs, key=lambda r: (ladder.seriousness(r.step), r.falls_on))
    falls_on = max(r.falls_on for r in rungs if r.step == top.step)
    step_key = f"{top.step.code}@{falls_on.isoformat()}"
    if top.step.kind is StepKind.RETURN:  # a report may come back twice on one day
        step_key += f"/{max(r.obligation.returns for r in rungs)}"
    return DueMail(
        request=top.obligation.request,
        kind=top.step.kind,
        to=top.step.to,
        step_key=step_key,
        measures=tuple(sorted({r.obligation.measure for r in rungs})),
    )
