"""点検・評価: the stages, the directions, and what must be there before a cycle may close."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    PRIMARY = "primary"  # 一次評価
    SECONDARY = "secondary"  # 二次評価
    EXTERNAL = "external"  # 外部評価


class Direction(StrEnum):
    """今後の方向性: what becomes of a measure."""

    EXPAND = "expand"  # 拡充
    CONTINUE = "continue"  # 継続
    IMPROVE = "improve"  # 改善
    MERGE = "merge"  # 統合
    REDUCE = "reduce"  # 縮小
    STOP = "stop"  # 休止・廃止
    COMPLETE = "complete"  # 完了


class CycleState(StrEnum):
    """Where a year's cycle stands: Plan, Do, Check, Act."""

    OPENING = "opening"
    COLLECTING = "collecting"
    EVALUATING = "evaluating"
    CLOSING = "closing"
    CLOSED = "closed"


@dataclass(frozen=True)
class EvaluatedMeasure:
    """A measure that has been evaluated at one stage."""

    measure: int
    stage: Stage
    direction: Direction


def unevaluated(
    measures: Collection[int], evaluated: Collection[EvaluatedMeasure], stages: Collection[Stage] = (Stage.PRIMARY,)
) -> tuple[int, ...]:
    """The measures that still need an evaluation at one of the year's stages; a cycle closes when there are none."""
    done = {(e.measure, e.stage) for e in evaluated}
    return tuple(sorted(m for m in measures if any((m, stage) not in done for stage in stages)))


def stages_before(stages: Sequence[Stage], stage: Stage) -> tuple[Stage, ...]:
    """The stages that come before one, in their order."""
    return tuple(stages[: stages.index(stage)])


def may_evaluate(state: CycleState) -> bool:
    """Evaluations are written while reports come in and until the cycle closes."""
    return state in (CycleState.COLLECTING, CycleState.EVALUATING)


class EvaluationProblem(StrEnum):
    """What is wrong with an evaluation as typed; the web layer says it in words."""

    GRADE_MISSING = "grade_missing"
    DIRECTION_MISSING = "direction_missing"


def check(grade: str, direction: str, grades: Collection[str]) -> tuple[EvaluationProblem, ...]:
    """Everything that keeps an evaluation from being recorded. A plan without grades asks for none."""
    problems = []
    if grade not in (grades or ("",)):
        problems.append(EvaluationProblem.GRADE_MISSING)
    if direction not in {d.value for d in Direction}:
        problems.append(EvaluationProblem.DIRECTION_MISSING)
    return tuple(problems)
