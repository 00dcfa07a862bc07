"""事務局: which department keeps a body's papers and records what it decides; without one, the planning division."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import Session, col, select

from db import tables as t
from domain.roles import Actor
from records import audit, plans
from records.change import Change, NotFound

_DAY = timedelta(days=1)


def set(session: Session, change: Change, plan: t.Plan, body: str, department: t.Department | None, on: date) -> bool:
    """Let a department keep a body's papers from the day `on`, until whoever is recorded to do so later.

    None: the planning division does. False: it is so already. Raises `NotFound` where the plan has no such body.
    """
    if all(known.code != body for known in plans.definition_of(plan).bodies):
        raise NotFound(f"body {body} of plan {plan.code}")
    rows = _rows(session, plan, body)
    held = next((row for row in rows if _is_held(row, on)), None)
    if (held.department_id if held else None) == (department.id if department else None):
        return False
    later = min((row.valid_from for row in rows if row.valid_from > on), default=None)
    if held is not None:
        if held.valid_from == on:
            session.delete(held)
        else:
            held.valid_until = on - _DAY
            session.add(held)
        session.flush()
    if department is not None:
        ends = None if later is None else later - _DAY
        session.add(
            t.Secretariat(plan_id=plan.id, body=body, department_id=department.id, valid_from=on, valid_until=ends)
        )
        session.flush()
    code = department.code if department else None
    audit.write(session, change, "secretariat.set", f"plan/{plan.code}", body=body, department=code, on=on.isoformat())
    return True


def of(session: Session, plan: t.Plan, body: str, day: date) -> t.Department | None:
    """The department that keeps a body's papers on a day; None: the planning division."""
    held = next((row for row in _rows(session, plan, body) if _is_held(row, day)), None)
    return None if held is None else session.get_one(t.Department, held.department_id)


def of_plan(session: Session, plan: t.Plan, day: date) -> dict[str, t.Department]:
    """Body → the department that keeps its papers on a day, for those that have one."""
    query = select(t.Secretariat, t.Department).join(
        t.Department, col(t.Department.id) == col(t.Secretariat.department_id)
    )
    found = session.exec(query.where(t.Secretariat.plan_id == plan.id)).all()
    return {row.body: department for row, department in found if _is_held(row, day)}


def is_of(session: Session, plan: t.Plan, body: str, actor: Actor, day: date) -> bool:
    """Whether the person may record for a body: the planning division, or a member of its secretariat."""
    if actor.is_planning:
        return True
    department = of(session, plan, body, day)
    return department is not None and department.id in actor.departments


def _rows(session: Session, plan: t.Plan, body: str) -> Sequence[t.Secretariat]:
    query = select(t.Secretariat).where(t.Secretariat.plan_id == plan.id, t.Secretariat.body == body)
    return session.exec(query.order_by(col(t.Secretariat.valid_from))).all()


def _is_held(row: t.Secretariat, day: date) -> bool:
    return row.valid_from <= day and (row.valid_until is None or day <= row.valid_until)
