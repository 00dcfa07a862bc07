"""The versions of a plan's question set: what departments were asked since when, who changed it and why.

The plan holds the newest version; a round keeps the one it started with, as a copy (`CollectionRound.question_set`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from domain import changes
from domain.plan import PlanDefinition
from domain.questions import QuestionSet
from records.change import Change, NotFound

_QUESTION_SET = TypeAdapter(QuestionSet)


@dataclass(frozen=True)
class RoundOnVersion:
    """A round and the version of the plan's questions that it runs on; None: none that is known here."""

    round: t.CollectionRound
    version: int | None


def of_plan(session: Session, plan: t.Plan) -> Sequence[t.QuestionSetVersion]:
    """The versions, the newest first; none while the questions are still those the plan came with."""
    query = select(t.QuestionSetVersion).where(t.QuestionSetVersion.plan_id == plan.id)
    return session.exec(query.order_by(col(t.QuestionSetVersion.version).desc())).all()


def current(session: Session, plan: t.Plan) -> int:
    """The number of the version that the plan holds."""
    known = of_plan(session, plan)
    return known[0].version if known else 1


def question_set(session: Session, plan: t.Plan, version: int) -> QuestionSet:
    """The questions of a version. Raises `NotFound`."""
    for row in of_plan(session, plan):
        if row.version == version:
            return questions_of(row)
    if version == 1 == current(session, plan):
        return plan_files.from_json(plan.definition).question_set
    raise NotFound(f"version {version} of the questions of plan {plan.code}")


def questions_of(row: t.QuestionSetVersion) -> QuestionSet:
    return _QUESTION_SET.validate_python(row.question_set)


def keep(session: Session, change: Change, plan: t.Plan, before: Mapping[str, Any], note: str = "") -> int | None:
    """Note down a new version of what the plan asks, after it was changed from `before`; its number.

    None: it asks what it asked. With the first change the version before it is kept as number 1.
    """
    after = plan.definition["question_set"]
    if before == after:
        return None
    known = of_plan(session, plan)
    if not known:
        session.add(
            t.QuestionSetVersion(
                plan_id=plan.id, version=1, question_set=dict(before), made_at=_came(session, plan, change.at)
            )
        )
    made = t.QuestionSetVersion(
        plan_id=plan.id,
        version=known[0].version + 1 if known else 2,
        question_set=after,
        note=note,
        made_at=change.at,
        made_by_id=change.user,
    )
    session.add(made)
    session.flush()
    return made.version


def running(session: Session, plan: t.Plan) -> list[RoundOnVersion]:
    """The rounds of the plan's years that collect now, each with its version."""
    open_rounds = select(t.CollectionRound).where(
        t.CollectionRound.plan_id == plan.id,
        col(t.CollectionRound.cycle_id).is_not(None),
        col(t.CollectionRound.closed_on).is_(None),
    )
    rows = session.exec(open_rounds.order_by(col(t.CollectionRound.id))).all()
    asked = {row.version: row.question_set for row in of_plan(session, plan)} or {1: plan.definition["question_set"]}
    return [RoundOnVersion(r, next((v for v, q in asked.items() if q == r.question_set), None)) for r in rows]


def differences(plan: t.Plan, before: QuestionSet, after: QuestionSet) -> tuple[changes.Change, ...]:
    """What makes one version into another, question by question; that the number grew is no news."""
    definition = plan_files.from_json(plan.definition)

    def asking(said: QuestionSet) -> PlanDefinition:
        return replace(definition, question_set=replace(said, version=0))

    return changes.changes(asking(before), asking(after))


def _came(session: Session, plan: t.Plan, otherwise: datetime) -> datetime:
    """When the questions that nobody has changed at the desk came: with the latest import before today's change."""
    imported = select(t.AuditEntry.at).where(
        t.AuditEntry.subject == f"plan/{plan.code}", t.AuditEntry.action == "plan.imported"
    )
    return session.exec(imported.order_by(col(t.AuditEntry.sequence).desc())).first() or otherwise
