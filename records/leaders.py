"""DX推進リーダー: which departments have none.

所沢市DX推進基本方針 6. 推進体制: in principle one or more in each 部.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from db import tables as t
from records import department_tree, people, plans, seats


def departments_without(session: Session, plan: t.Plan, day: date) -> list[t.Department]:
    """The departments at the top of the city that nobody sits for on a day, by code; none where the plan asks for none.

    A leader counts for a department when sitting for it or for one below it. Where nobody wrote down which section
    belongs to which department, each stands at the top.
    """
    rules = plans.definition_of(plan).key_projects
    if rules is None or not rules.leaders:
        return []
    there = people.departments_on(session, day)
    ids = {department.id for department in there}
    sat_for = {seat.department_id for seat in seats.seats_of(session, plan, rules.leaders, day)}
    below = department_tree.below(session)
    return [d for d in there if d.parent_id not in ids and not below[d.id] & sat_for]
