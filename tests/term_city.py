"""A city at the end of a term: the plan of Tokorozawa, a key project with trials in the term, and two people.

`make_term_city(database)` fills a migrated, empty database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from sqlmodel import Session, select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.calendar import JST
from domain.key_project import CheckInReason, CheckInState, TrialResult
from domain.plan import PlanDefinition
from domain.roles import Actor, Office
from domain.text import Bilingual
from records import plans
from records.change import Change
from records.term_evaluations import TermSheet, sheet_of

PLAN, TERM = "tokorozawa-dx", "settling"
PLANNER, READER = "planner@city.example", "reader@city.example"
BEFORE_ITS_END = date(2025, 3, 31)
IN_LAST_YEAR = date(2025, 4, 1)
AT = datetime(2026, 4, 10, 9, 0, tzinfo=JST)
CHANGE = Change(PLANNER, AT)
LEARNT = "予約の画面は、職員が隣にいないと使われないと分かりました。"


@cache
def definition() -> PlanDefinition:
    return plan_files.read_plan(Path(__file__).parents[1] / "plans" / f"{PLAN}.yaml")


@dataclass(frozen=True)
class TermCity:
    database: Database
    municipality: int

    @property
    def planner(self) -> Actor:
        return Actor(1, self.municipality, Office.PLANNING, ())

    @property
    def reader(self) -> Actor:
        return Actor(2, self.municipality, Office.NONE, ())

    def plan(self, session: Session) -> t.Plan:
        return plans.find(session, PLAN)

    def sheet(self) -> TermSheet:
        with self.database.reading(self.municipality) as session:
            return sheet_of(session, self.plan(session), TERM)

    def audited(self) -> list[str]:
        with self.database.reading(self.municipality) as session:
            return [entry.action for entry in session.exec(select(t.AuditEntry).order_by(t.AuditEntry.sequence))]  # type: ignore[arg-type]  # a column


def make_term_city(database: Database, plan: PlanDefinition | None = None) -> TermCity:
    plan = plan or definition()
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, plan).id
    with database.writing(municipality) as session:
        plans.import_definition(session, CHANGE, plan, Bilingual(""))
        session.add(t.User(email=PLANNER, name="計画 花子", office=Office.PLANNING))
        session.add(t.User(email=READER, name="読む人", office=Office.NONE))
    return TermCity(database, municipality)


def add_project(city: TermCity, *states: str, code: str = "kp-1", title: str = "予約の窓口") -> int:
    """A key project towards desired states: a check-in and a failed trial in the term, one of each after it."""
    with city.database.writing(city.municipality) as session:
        plan = city.plan(session)
        project = t.KeyProject(
            plan_id=plan.id,
            code=code,
            title=title,
            hypothesis="予約できれば待たない。",
            first_goal="待たない窓口",
            first_path="一つの課で試す",
            goal="待たない窓口",
            path="一つの課で試す",
            cadence_since=date(2024, 4, 1),
            opened_on=date(2024, 4, 1),
            workflow_id=f"key-project/test/{PLAN}/{code}",
        )
        session.add(project)
        session.flush()
        for node in session.exec(select(t.Node)):
            if node.code in states:
                session.add(t.ProjectNode(project_id=project.id, node_id=node.origin_id or node.id))
        rules = definition().key_projects
        assert rules is not None
        for number, day in enumerate((date(2025, 6, 2), date(2026, 5, 11)), 1):
            session.add(
                t.CheckIn(
                    project_id=project.id,
                    number=number,
                    reason=CheckInReason.CADENCE,
                    state=CheckInState.SUBMITTED,
                    asked_on=day,
                    due_on=day,
                    submitted_on=day,
                    question_set=plan_files.to_json(rules.question_set),
                    answers={
                        "state": "searching",
                        "tried": f"{day.year}年に試しました。",
                        "decision_wanted": "continue",
                    },
                )
            )
            session.add(
                t.Trial(
                    project_id=project.id,
                    number=number,
                    title=f"{day.year}年の試行",
                    hypothesis="予約できれば待たない。",
                    started_on=day,
                    ended_on=day,
                    done="二週間、予約を受けました。",
                    result=TrialResult.DID_NOT_WORK,
                    learning=LEARNT,
                    next="職員が隣に付く日をつくります。",
                    recorded_at=AT,
                )
            )
        return project.id
