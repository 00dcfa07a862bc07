"""What the planning division sets for a plan at the desk: its dates and its switches, taken out and put back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time

from domain.plan import CalendarDay, MailRules, PlanDefinition, RoundDefinition


@dataclass(frozen=True)
class RoundDates:
    """The dates of a round. Days are business days; `steps` holds those of the ladder by the step's code."""

    opens: CalendarDay
    due_after_days: int
    return_due_days: int
    send_at: time
    grace_days: int
    steps: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanDates:
    """Every date of a plan that is data. None: it opens by hand only. `rounds` by code."""

    cycle_opens: CalendarDay | None = None
    rounds: Mapping[str, RoundDates] = field(default_factory=dict)
    review_opens: CalendarDay | None = None


@dataclass(frozen=True)
class Switches:
    """What is on or off. `attaches_workbook` holds the codes of the rounds whose mail carries a workbook."""

    is_public: bool = False
    gathers_by_default: bool = False
    person_may_choose: bool = True
    attaches_workbook: tuple[str, ...] = ()


def dates_of(plan: PlanDefinition) -> PlanDates:
    return PlanDates(
        plan.cycle_opens,
        {r.code: _dates_of_round(r) for r in plan.rounds},
        plan.review.opens if plan.review else None,
    )


def with_dates(plan: PlanDefinition, dates: PlanDates) -> PlanDefinition:
    """The plan with other dates; a round or step that `dates` does not know keeps its own."""
    return replace(
        plan,
        cycle_opens=dates.cycle_opens,
        rounds=tuple(_dated(r, dates.rounds[r.code]) if r.code in dates.rounds else r for r in plan.rounds),
        review=replace(plan.review, opens=dates.review_opens) if plan.review else None,
    )


def switches_of(plan: PlanDefinition) -> Switches:
    return Switches(
        plan.is_public,
        plan.mails.gathers_by_default,
        plan.mails.person_may_choose,
        tuple(r.code for r in plan.rounds if r.attaches_workbook),
    )


def with_switches(plan: PlanDefinition, switches: Switches) -> PlanDefinition:
    return replace(
        plan,
        is_public=switches.is_public,
        mails=MailRules(switches.gathers_by_default, switches.person_may_choose),
        rounds=tuple(replace(r, attaches_workbook=r.code in switches.attaches_workbook) for r in plan.rounds),
    )


def _dates_of_round(round_: RoundDefinition) -> RoundDates:
    ladder = round_.ladder
    steps = {s.code: s.business_days for s in ladder.steps}
    days = (round_.due_after_days, round_.return_due_days)
    return RoundDates(round_.opens, *days, ladder.send_at, ladder.grace_days, steps)


def _dated(round_: RoundDefinition, dates: RoundDates) -> RoundDefinition:
    steps = (replace(s, business_days=dates.steps.get(s.code, s.business_days)) for s in round_.ladder.steps)
    return replace(
        round_,
        opens=dates.opens,
        due_after_days=dates.due_after_days,
        return_due_days=dates.return_due_days,
        ladder=replace(round_.ladder, steps=tuple(steps), send_at=dates.send_at, grace_days=dates.grace_days),
    )
