"""Changing part of a plan's definition at the desk: its questions, its dates, its switches.

Each change says what its page was opened with: what somebody else changed since then is never overwritten. The
rules are those of a plan file (`domain/plan_rules.py`); what was changed and why stands in the audit log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from domain import changes, plan_rules, plan_settings
from domain.mistakes import Mistake
from domain.plan import PlanDefinition
from domain.plan_settings import PlanDates, Switches
from domain.questions import QuestionSet
from records import audit, plans, question_versions
from records.change import Change, Conflict

_QUESTIONS = ("question_set",)
_DATES = ("cycle_opens", "rounds", "review")


class ChangedMeanwhile(Exception):
    """Somebody else changed the same part of the plan since the page was opened; `changes` says what."""

    def __init__(self, found: Sequence[changes.Change]) -> None:
        super().__init__("changed meanwhile")
        self.changes = tuple(found)


class NotValid(Exception):
    """What was wanted contradicts itself. Nothing was changed."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(m.message for m in mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True)
class RunningRound:
    """A round that goes on by the rules it started with."""

    round: t.CollectionRound
    name: str


def change_questions(
    session: Session, change: Change, plan: t.Plan, seen: int, wanted: QuestionSet, reason: str
) -> int | None:
    """Ask other questions from the next round on; the number of the new version, None: nothing is different.

    `seen` is the version that the page was opened with. Raises `ChangedMeanwhile`, `NotValid`, and `Conflict` with
    `reason_missing`.
    """
    definition = _locked(session, plan)
    now = definition.question_set
    if question_versions.current(session, plan) != seen:
        then = question_versions.question_set(session, plan, seen)
        raise ChangedMeanwhile(question_versions.differences(plan, then, now))
    after = replace(definition, question_set=replace(wanted, code=now.code, version=now.version + 1))
    changed = question_versions.differences(plan, now, after.question_set)
    if not changed:
        return None
    _check(after, _QUESTIONS, reason)
    before = plan.definition["question_set"]
    _store(session, plan, after)
    version = question_versions.keep(session, change, plan, before, reason.strip())
    told = {"question_version": version, **_told(reason, changed)}
    audit.write(session, change, "plan.questions_changed", f"plan/{plan.code}", **told)
    return version


def set_dates(
    session: Session, change: Change, plan: t.Plan, seen: PlanDates, wanted: PlanDates, reason: str
) -> tuple[changes.Change, ...]:
    """Let the plan's years run by other dates; what is different then. A round that runs keeps its own.

    Raises as `change_questions`.
    """
    definition = _locked(session, plan)
    if plan_settings.dates_of(definition) != seen:
        raise ChangedMeanwhile(changes.changes(plan_settings.with_dates(definition, seen), definition))
    after = plan_settings.with_dates(definition, wanted)
    changed = _take_over(session, plan, definition, after, reason)
    if changed:
        audit.write(session, change, "plan.dates_changed", f"plan/{plan.code}", **_told(reason, changed))
    return changed


def set_switches(
    session: Session, change: Change, plan: t.Plan, seen: Switches, wanted: Switches, reason: str
) -> tuple[changes.Change, ...]:
    """Switch something on or off; what is different then. Raises as `change_questions`."""
    definition = _locked(session, plan)
    if plan_settings.switches_of(definition) != seen:
        raise ChangedMeanwhile(changes.changes(plan_settings.with_switches(definition, seen), definition))
    after = plan_settings.with_switches(definition, wanted)
    changed = _take_over(session, plan, definition, after, reason)
    if changed:
        audit.write(session, change, "plan.switches_changed", f"plan/{plan.code}", **_told(reason, changed))
    return changed


def mistakes_in_dates(plan: t.Plan, wanted: PlanDates) -> list[Mistake]:
    """What the rules say against other dates."""
    return _mistakes(plan_settings.with_dates(plans.definition_of(plan), wanted), _DATES)


def running_rounds(session: Session, plan: t.Plan, language: str) -> list[RunningRound]:
    """The rounds that collect now, of the year and of a review."""
    definition = plans.definition_of(plan)
    open_rounds = select(t.CollectionRound).where(
        t.CollectionRound.plan_id == plan.id, col(t.CollectionRound.closed_on).is_(None)
    )
    rows = session.exec(open_rounds.order_by(col(t.CollectionRound.id))).all()
    return [RunningRound(r, definition.round_of(r.code).name.in_language(language)) for r in rows]


def _take_over(
    session: Session, plan: t.Plan, before: PlanDefinition, after: PlanDefinition, reason: str
) -> tuple[changes.Change, ...]:
    changed = changes.changes(before, after)
    if changed:
        _check(after, _DATES, reason)
        _store(session, plan, after)
    return changed


def _locked(session: Session, plan: t.Plan) -> PlanDefinition:
    """The definition as it is now, which nobody else changes until the transaction ends."""
    session.refresh(plan, with_for_update=True)
    return plans.definition_of(plan)


def _check(after: PlanDefinition, part: tuple[str, ...], reason: str) -> None:
    found = _mistakes(after, part)
    if found:
        raise NotValid(found)
    if not reason.strip():
        raise Conflict("reason_missing")


def _mistakes(after: PlanDefinition, part: tuple[str, ...]) -> list[Mistake]:
    """Only of the part: the tree, the indicators and what names them are not in the stored definition."""
    return [m for m in plan_rules.mistakes(after) if m.path[0] in part]


def _store(session: Session, plan: t.Plan, after: PlanDefinition) -> None:
    plan.definition = plan_files.to_json(after)
    session.add(plan)
    session.flush()


def _told(reason: str, changed: Sequence[changes.Change]) -> dict[str, Any]:
    return {"reason": reason.strip(), "changes": [in_one_line(c) for c in changed]}


def in_one_line(change: changes.Change) -> str:
    """A change as the audit log keeps it, in codes: `rounds/annual due_after_days: 20 → 15`."""
    where = f"{change.section}/{change.key} {change.field}".strip()
    return f"{where}: {change.before or '-'} → {change.after or '-'}"
