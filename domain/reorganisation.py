"""機構改革: what becomes of a department from a day on, and what cannot be so.

Ends and beginnings touch: a department ends the day before its successors take over (`on` is their first day).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.mistakes import Key, Mistake

_DAY = timedelta(days=1)

Span = tuple[date, date | None]
"""The first and the last day of a department; None: no end is known."""


class SuccessionKind(StrEnum):
    RENAMED = "renamed"  # 改称
    MERGED = "merged"  # 統合
    SPLIT = "split"  # 分割
    DISSOLVED = "dissolved"  # 廃止


@dataclass(frozen=True)
class SuccessorDefinition:
    """A department that takes over; `measures` says which ones, of a department that is split.

    A measure is written by its code in the file's plan, or as PLAN/CODE in another plan of the municipality.
    """

    department: str
    measures: tuple[str, ...] = ()


@dataclass(frozen=True)
class SuccessionDefinition:
    """What becomes of one department. Several that are merged into one have an entry each.

    A department that is split may be among its own successors: then it lives on and keeps what is not named.
    """

    department: str
    on: date
    kind: SuccessionKind
    successors: tuple[SuccessorDefinition, ...] = ()
    reason: str = ""

    @property
    def lives_on(self) -> bool:
        return any(s.department == self.department for s in self.successors)

    @property
    def last_day(self) -> date:
        """The last day before the change."""
        return self.on - _DAY


class SuccessionProblem(StrEnum):
    """What is wrong with a succession; the web layer says it in words."""

    UNKNOWN_DEPARTMENT = "succession_department_unknown"
    NOT_THERE = "succession_department_not_there"
    ENDS_OTHERWISE = "succession_ends_otherwise"
    TWICE = "succession_twice"
    SUCCESSOR_UNKNOWN = "successor_unknown"
    SUCCESSOR_NOT_THERE = "successor_not_there"
    SUCCESSOR_TWICE = "successor_twice"
    SUCCESSOR_NOT_NEW = "successor_not_new"
    ITSELF = "successor_itself"
    NEEDS_ONE = "succession_needs_one"
    NEEDS_TWO = "succession_needs_two"
    NEEDS_NONE = "succession_needs_none"
    MEASURES_NOT_SPLIT = "measures_of_no_split"
    MEASURE_TWICE = "measure_twice"


_SAID = {
    SuccessionProblem.UNKNOWN_DEPARTMENT: "there is no department {0!r} in this file",
    SuccessionProblem.NOT_THERE: "there is no {0!r} the day before",
    SuccessionProblem.ENDS_OTHERWISE: "{0!r} has another last day than the day before",
    SuccessionProblem.TWICE: "{0!r} stands twice on this day",
    SuccessionProblem.SUCCESSOR_UNKNOWN: "there is no department {0!r} in this file",
    SuccessionProblem.SUCCESSOR_NOT_THERE: "there is no {0!r} on this day",
    SuccessionProblem.SUCCESSOR_TWICE: "{0!r} stands twice",
    SuccessionProblem.SUCCESSOR_NOT_NEW: "{0!r} existed before: that is no new name but a merger",
    SuccessionProblem.ITSELF: "{0!r} cannot be its own successor, unless it is split",
    SuccessionProblem.NEEDS_ONE: "needs exactly one successor",
    SuccessionProblem.NEEDS_TWO: "needs two successors or more",
    SuccessionProblem.NEEDS_NONE: "a dissolved department has no successor: say merged or split",
    SuccessionProblem.MEASURES_NOT_SPLIT: "only a split says which measures: the one successor takes all",
    SuccessionProblem.MEASURE_TWICE: "{0!r} is given to two successors",
}


@dataclass(frozen=True)
class Found:
    """A problem, where it stands inside the succession, and what it is about."""

    path: Key
    problem: SuccessionProblem
    about: str = ""


def problems(succession: SuccessionDefinition, spans: Mapping[str, Span]) -> tuple[Found, ...]:
    """What keeps one succession from being so, given the departments there are, by code."""
    return (*_of_department(succession, spans), *_of_number(succession), *_of_successors(succession, spans))


def mistakes(successions: Sequence[SuccessionDefinition], spans: Mapping[str, Span]) -> tuple[Mistake, ...]:
    """What contradicts itself in the successions of a file; one may follow on another."""
    found = []
    for i, succession in enumerate(successions):
        others = [s for s in successions if s is not succession]
        here = [*problems(succession, {code: _shortened(code, span, others) for code, span in spans.items()})]
        if any((s.department, s.on) == (succession.department, succession.on) for s in successions[:i]):
            here.append(Found(("department",), SuccessionProblem.TWICE, succession.department))
        found += [Mistake(("successions", i, *f.path), _SAID[f.problem].format(f.about)) for f in here]
    return tuple(found)


def _shortened(code: str, span: Span, successions: Sequence[SuccessionDefinition]) -> Span:
    """A department's days when the other successions have taken effect."""
    ends = [s.last_day for s in successions if s.department == code and not s.lives_on]
    return (span[0], min(ends)) if ends and span[1] is None else span


def _of_department(succession: SuccessionDefinition, spans: Mapping[str, Span]) -> list[Found]:
    code, at = succession.department, ("department",)
    if code not in spans:
        return [Found(at, SuccessionProblem.UNKNOWN_DEPARTMENT, code)]
    first, last = spans[code]
    if not first < succession.on or (last is not None and last < succession.last_day):
        return [Found(at, SuccessionProblem.NOT_THERE, code)]
    if last is not None and last != succession.last_day and not succession.lives_on:
        return [Found(at, SuccessionProblem.ENDS_OTHERWISE, code)]
    return []


def _of_number(succession: SuccessionDefinition) -> list[Found]:
    number, at = len(succession.successors), ("successors",)
    match succession.kind:
        case SuccessionKind.RENAMED | SuccessionKind.MERGED if number != 1:
            return [Found(at, SuccessionProblem.NEEDS_ONE)]
        case SuccessionKind.SPLIT if number < 2:
            return [Found(at, SuccessionProblem.NEEDS_TWO)]
        case SuccessionKind.DISSOLVED if number:
            return [Found(at, SuccessionProblem.NEEDS_NONE)]
    return []


def _of_successors(succession: SuccessionDefinition, spans: Mapping[str, Span]) -> list[Found]:
    found: list[Found] = []
    is_split = succession.kind is SuccessionKind.SPLIT
    codes = [s.department for s in succession.successors]
    given: set[str] = set()
    for i, successor in enumerate(succession.successors):
        at: Key = ("successors", i)
        code = successor.department
        if code in codes[:i]:
            found.append(Found((*at, "department"), SuccessionProblem.SUCCESSOR_TWICE, code))
        elif code == succession.department:
            found += [] if is_split else [Found((*at, "department"), SuccessionProblem.ITSELF, code)]
        else:
            found += _of_successor((*at, "department"), succession, code, spans)
        if successor.measures and not is_split:
            found.append(Found((*at, "measures"), SuccessionProblem.MEASURES_NOT_SPLIT))
        for j, measure in enumerate(successor.measures):
            if measure in given:
                found.append(Found((*at, "measures", j), SuccessionProblem.MEASURE_TWICE, measure))
            given.add(measure)
    return found


def _of_successor(at: Key, succession: SuccessionDefinition, code: str, spans: Mapping[str, Span]) -> list[Found]:
    if code not in spans:
        return [Found(at, SuccessionProblem.SUCCESSOR_UNKNOWN, code)]
    first, last = spans[code]
    if first > succession.on or (last is not None and last < succession.on):
        return [Found(at, SuccessionProblem.SUCCESSOR_NOT_THERE, code)]
    if succession.kind is SuccessionKind.RENAMED and first != succession.on:
        return [Found(at, SuccessionProblem.SUCCESSOR_NOT_NEW, code)]
    return []
