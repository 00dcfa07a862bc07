"""The dates of a plan and its switches as their forms show and take them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData

import plan_files
from domain.plan import CalendarDay, PlanDefinition
from domain.plan_settings import PlanDates, RoundDates, Switches
from domain.text import half_width, typed_month_day, typed_time

_T = TypeVar("_T")
_DATES = TypeAdapter(PlanDates)
_SWITCHES = TypeAdapter(Switches)
_DAYS = re.compile(r"[-+]?\d{1,3}", re.ASCII)


@dataclass(frozen=True)
class ReadDates:
    """What was typed; `dates` None: something cannot be read, `problems` say what, by field."""

    typed: Mapping[str, str]
    dates: PlanDates | None
    problems: Mapping[str, str]


def typed_dates(dates: PlanDates) -> dict[str, str]:
    """The dates as the form shows them first, by the name of the field."""
    typed = {"cycle_opens": _day_text(dates.cycle_opens), "review_opens": _day_text(dates.review_opens)}
    for code, one in dates.rounds.items():
        typed |= {
            f"{code}.opens": _day_text(one.opens),
            f"{code}.due_after_days": str(one.due_after_days),
            f"{code}.return_due_days": str(one.return_due_days),
            f"{code}.send_at": f"{one.send_at:%H:%M}",
            f"{code}.grace_days": str(one.grace_days),
            **{f"{code}.step.{step}": str(days) for step, days in one.steps.items()},
        }
    return typed


def posted_dates(form: FormData, now: PlanDates) -> ReadDates:
    """The dates that were typed, for the rounds and steps that the plan has."""
    typed = {name: value for name in typed_dates(now) if isinstance(value := form.get(name, ""), str)}
    read = _Reading(typed)
    dates = PlanDates(
        read.day("cycle_opens", may_be_empty=True),
        {code: read.round(code, one) for code, one in now.rounds.items()},
        read.day("review_opens", may_be_empty=True),
    )
    return ReadDates(typed, None if read.problems else dates, read.problems)


class _Reading:
    """Reads fields one by one and notes down what cannot be read."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = typed
        self.problems: dict[str, str] = {}

    def round(self, code: str, now: RoundDates) -> RoundDates:
        return RoundDates(
            self.day(f"{code}.opens") or now.opens,
            self.days(f"{code}.due_after_days"),
            self.days(f"{code}.return_due_days"),
            typed_time(self._typed[f"{code}.send_at"])
            or self._wrong(f"{code}.send_at", "time_not_readable", now.send_at),
            self.days(f"{code}.grace_days"),
            {step: self.days(f"{code}.step.{step}", may_be_negative=True) for step in now.steps},
        )

    def day(self, name: str, *, may_be_empty: bool = False) -> CalendarDay | None:
        text = half_width(self._typed[name])
        if not text and may_be_empty:
            return None
        found = typed_month_day(text)
        if found is None:
            self.problems[name] = "day_of_year_not_readable"
            return None
        return CalendarDay(*found)

    def days(self, name: str, *, may_be_negative: bool = False) -> int:
        text = half_width(self._typed[name]).replace("\N{MINUS SIGN}", "-")
        if not _DAYS.fullmatch(text):
            return self._wrong(name, "days_not_readable", 0)
        if int(text) < 0 and not may_be_negative:
            return self._wrong(name, "days_negative", 0)
        return int(text)

    def _wrong(self, name: str, reason: str, otherwise: _T) -> _T:
        self.problems[name] = reason
        return otherwise


def posted_switches(form: FormData, definition: PlanDefinition) -> Switches:
    rounds = form.getlist("attaches_workbook")
    return Switches(
        is_public=bool(form.get("is_public")),
        gathers_by_default=bool(form.get("gathers_by_default")),
        person_may_choose=bool(form.get("person_may_choose")),
        attaches_workbook=tuple(r.code for r in definition.rounds if r.code in rounds),
    )


def seen_json(seen: PlanDates | Switches) -> str:
    """What a page was opened with, to be sent back with its form."""
    return json.dumps(plan_files.to_json(seen), separators=(",", ":"))


def seen_dates(text: str) -> PlanDates:
    """What the form of the dates was opened with; what cannot be read agrees with nothing."""
    try:
        return _DATES.validate_json(text)
    except ValidationError:
        return PlanDates()


def seen_switches(text: str) -> Switches:
    """What the form of the switches was opened with; what cannot be read agrees with nothing."""
    try:
        return _SWITCHES.validate_json(text)
    except ValidationError:
        return Switches(attaches_workbook=("",))


def _day_text(day: CalendarDay | None) -> str:
    return f"{day.month}/{day.day}" if day else ""
