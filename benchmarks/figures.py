"""What a benchmark measures: a figure beside what it is compared with, and the goal that it should reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Of(StrEnum):
    """What a goal speaks of: the figure itself, or how many times the other one it is."""

    VALUE = "value"
    RATIO = "ratio"


@dataclass(frozen=True)
class Goal:
    """A bound on a figure or on its ratio; `at_least` and `at_most` make them."""

    limit: float
    of: Of
    is_floor: bool

    def is_met(self, value: float, ratio: float | None) -> bool:
        measured = value if self.of is Of.VALUE else ratio
        if measured is None:
            raise ValueError("a goal for a ratio needs something to compare with")
        return measured >= self.limit if self.is_floor else measured <= self.limit

    def __str__(self) -> str:
        sign = "×" if self.of is Of.RATIO else ""
        return f"{'≥' if self.is_floor else '≤'} {self.limit:g}{sign}"


def at_least(limit: float, of: Of = Of.RATIO) -> Goal:
    return Goal(limit, of, is_floor=True)


def at_most(limit: float, of: Of = Of.RATIO) -> Goal:
    return Goal(limit, of, is_floor=False)


@dataclass(frozen=True)
class Figure:
    """One row of the table. `value` and `against` are in `unit`; `against` was measured in the same run."""

    name: str
    value: float
    unit: str
    goal: Goal
    against: float | None = None
    other: str = ""
    """What `against` is, in a few words."""

    @property
    def ratio(self) -> float | None:
        return None if self.against is None else self.value / self.against

    @property
    def met(self) -> bool:
        return self.goal.is_met(self.value, self.ratio)


@dataclass(frozen=True)
class Run:
    """How a benchmark is to be run: `quick` takes less of everything, `tell` shows what is being done."""

    quick: bool
    tell: Callable[[str], None]

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full
