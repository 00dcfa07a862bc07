"""点検・評価: what is missing, when it may be written, and what is wrong with it."""

from __future__ import annotations

import pytest

from domain.evaluation import (
    CycleState,
    Direction,
    EvaluatedMeasure,
    EvaluationProblem,
    Stage,
    check,
    may_evaluate,
    stages_before,
    unevaluated,
)

GRADES = ("A", "B", "C")


def test_a_measure_needs_a_primary_evaluation_and_no_other() -> None:
    evaluated = [
        EvaluatedMeasure(1, Stage.PRIMARY, Direction.CONTINUE),
        EvaluatedMeasure(2, Stage.SECONDARY, Direction.STOP),
        EvaluatedMeasure(3, Stage.EXTERNAL, Direction.EXPAND),
    ]
    assert unevaluated([3, 2, 1], evaluated) == (2, 3)
    assert unevaluated([1], evaluated) == ()


def test_a_year_with_several_stages_is_evaluated_when_every_stage_has_judged() -> None:
    stages = (Stage.PRIMARY, Stage.EXTERNAL)
    evaluated = [EvaluatedMeasure(1, stage, Direction.CONTINUE) for stage in stages]
    evaluated += [EvaluatedMeasure(2, Stage.PRIMARY, Direction.CONTINUE)]
    assert unevaluated([1, 2, 3], evaluated, stages) == (2, 3)


def test_the_stages_before_one_stand_in_the_order_of_the_plan() -> None:
    stages = (Stage.PRIMARY, Stage.SECONDARY, Stage.EXTERNAL)
    assert stages_before(stages, Stage.EXTERNAL) == (Stage.PRIMARY, Stage.SECONDARY)
    assert stages_before(stages, Stage.PRIMARY) == ()


@pytest.mark.parametrize("state", CycleState)
def test_evaluations_are_written_from_the_collection_until_the_cycle_closes(state: CycleState) -> None:
    assert may_evaluate(state) is (state in (CycleState.COLLECTING, CycleState.EVALUATING))


@pytest.mark.parametrize(
    ("grade", "direction", "problems"),
    [
        ("A", "continue", []),
        ("", "continue", [EvaluationProblem.GRADE_MISSING]),
        ("Z", "continue", [EvaluationProblem.GRADE_MISSING]),
        ("A", "", [EvaluationProblem.DIRECTION_MISSING]),
        ("A", "拡充", [EvaluationProblem.DIRECTION_MISSING]),
        ("", "", [EvaluationProblem.GRADE_MISSING, EvaluationProblem.DIRECTION_MISSING]),
    ],
)
def test_an_evaluation_needs_a_grade_of_the_plan_and_a_direction(
    grade: str, direction: str, problems: list[EvaluationProblem]
) -> None:
    assert list(check(grade, direction, GRADES)) == problems


def test_a_plan_without_grades_asks_for_none() -> None:
    assert check("", "stop", ()) == ()
    assert check("A", "stop", ()) == (EvaluationProblem.GRADE_MISSING,)
