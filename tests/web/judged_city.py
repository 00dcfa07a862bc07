"""The sample city with all a measure can be judged by: an indicator, an earlier year, a project, opinions, mails."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlmodel import Session, col, select

from db import tables as t
from db.session import Database
from domain.evaluation import Direction, Stage
from domain.indicator import IndicatorValue
from domain.key_project import CheckInReason, CheckInState, TrialResult
from domain.ladder import StepKind
from domain.mail_ledger import MailState
from domain.opinion import OpinionChannel
from domain.text import Bilingual
from records import cycles, desk, plan_reading, plans
from tests import measured_city
from tests.measured_city import CAUSE, CODE, KEY, REMEDY, TYPE
from tests.web.desk_city import ANSWERS, OPENED_ON, DeskCity, collecting

MEASURE = "1-1-1"
LEARNT, WISH = "案内板より店頭の声かけの方が利用につながった。", "駅前でも使えるようにしてほしい。"
WHY, WHAT = "雨天が続き、来訪者が減ったため。", "屋内の窓口を二つ増やす。"


def judged(database: Database) -> DeskCity:
    """1,080 of the 1,200 wanted of 2020: 90 %, which the plan's bands call B."""
    city = collecting(database)
    with_indicator(city)
    city.submit(MEASURE, {**ANSWERS, KEY: "1080", TYPE: "final", CAUSE: WHY, REMEDY: WHAT})
    city.approve(MEASURE)
    with city.database.writing(city.municipality) as session:
        node = session.get_one(t.Node, city.report(MEASURE).node_id)
        _earlier(session, city, node)
        _project(session, city, node)
        opinion = t.Opinion(
            plan_id=cycles.find(session, city.cycle).plan_id,
            source="citizens",
            channel=OpinionChannel.FORM,
            text=WISH,
            author="意見を出した人",
            received_on=OPENED_ON,
            received_at=city.change.at,
        )
        session.add(opinion)
        session.flush()
        session.add(t.OpinionNode(opinion_id=opinion.id, node_id=node.id))
    city.mail(MEASURE, MailState.SENT)
    city.mail(MEASURE, MailState.SENT, StepKind.ESCALATION)
    city.mail(MEASURE, MailState.OBSOLETE)
    return city


def with_indicator(city: DeskCity, *values: IndicatorValue) -> None:
    """The plan's file with an indicator for the measure, and what else is told of it."""
    with city.database.writing(city.municipality) as session:
        plan = cycles.plan_of(session, cycles.find(session, city.cycle))
        measured_city.measure(session, city.change, plan, city.report(MEASURE), *measured_city.VALUES, *values)


def with_stages(city: DeskCity, *stages: Stage) -> None:
    """The plan now names these stages of evaluation."""
    with city.database.writing(city.municipality) as session:
        plan = cycles.plan_of(session, cycles.find(session, city.cycle))
        told = replace(plan_reading.read(session, plan), evaluation_stages=stages)
        plans.import_definition(session, city.change, told, Bilingual(plan.mark, plan.mark_en))


def evaluate(city: DeskCity, code: str, grade: str, comment: str = "", stage: Stage = Stage.PRIMARY) -> None:
    """Somebody else at the planning division judges a measure."""
    with city.database.writing(city.municipality) as session:
        who = session.exec(select(t.User.id).order_by(col(t.User.id))).all()[0]
        node = city.report(code).node_id
        desk.evaluate(session, city.change, who, city.cycle, node, grade, Direction.CONTINUE, comment, OPENED_ON, stage)


def _earlier(session: Session, city: DeskCity, node: t.Node) -> None:
    before = session.exec(select(t.AnnualCycle).where(t.AnnualCycle.fiscal_year == 2019)).one()
    known = session.exec(
        select(t.Evaluation)
        .join(t.Node, col(t.Node.id) == col(t.Evaluation.node_id))
        .where(t.Evaluation.cycle_id == before.id, t.Node.origin_id == node.origin_id)
    ).first()
    evaluation = known or t.Evaluation(
        cycle_id=before.id,
        node_id=node.id,
        direction=Direction.IMPROVE,
        evaluated_on=date(2020, 3, 10),
        evaluated_by_id=1,
    )
    evaluation.grade, evaluation.direction, evaluation.comment = "C", Direction.IMPROVE, "案内の方法を改める。"
    session.add(evaluation)


def _project(session: Session, city: DeskCity, node: t.Node) -> None:
    project = t.KeyProject(
        plan_id=cycles.find(session, city.cycle).plan_id,
        code="kp-1",
        title="まちなかの案内",
        hypothesis="案内が分かれば使われる",
        first_goal="利用を増やす",
        first_path="試す",
        goal="利用を増やす",
        path="試す",
        cadence_since=date(2020, 4, 1),
        opened_on=date(2020, 4, 1),
        workflow_id="key-project/test/kp-1",
    )
    session.add(project)
    session.flush()
    session.add(t.ProjectNode(project_id=project.id, node_id=node.origin_id or 0))
    for number, submitted_on in enumerate((date(2020, 3, 30), date(2020, 10, 5)), 1):
        session.add(
            t.CheckIn(
                project_id=project.id,
                number=number,
                reason=CheckInReason.CADENCE,
                state=CheckInState.SUBMITTED,
                asked_on=submitted_on,
                due_on=submitted_on,
                submitted_on=submitted_on,
                question_set={},
            )
        )
    session.add(
        t.Trial(
            project_id=project.id,
            number=1,
            title="店頭での声かけ",
            hypothesis="声をかければ使われる",
            started_on=date(2020, 6, 1),
            ended_on=date(2020, 8, 31),
            result=TrialResult.WORKED,
            learning=LEARNT,
            recorded_at=city.change.at,
        )
    )


__all__ = ["CODE", "LEARNT", "MEASURE", "WHAT", "WHY", "WISH", "evaluate", "judged", "with_indicator", "with_stages"]
