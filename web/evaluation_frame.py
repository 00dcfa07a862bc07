"""What every page of a year's evaluation needs: the year, the stage it is about, and the measures to judge."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request
from sqlmodel import Session

from db import tables as t
from domain.evaluation import Stage, may_evaluate
from domain.plan import Grade, PlanDefinition
from records import cycles, evaluation_sheet, plans, suggestions
from records.change import NotFound
from records.evaluation_sheet import MeasureToEvaluate
from web.context import language_of


@dataclass(frozen=True)
class EvaluationFrame:
    """`measures` carry the judgements of `stage`; the addresses keep to it."""

    cycle: t.AnnualCycle
    plan: t.Plan
    definition: PlanDefinition
    stage: Stage
    measures: tuple[MeasureToEvaluate, ...]

    @property
    def stages(self) -> tuple[Stage, ...]:
        return self.definition.evaluation_stages

    @property
    def grades(self) -> dict[str, Grade]:
        return {grade.code: grade for grade in self.definition.grades}

    @property
    def may_evaluate(self) -> bool:
        return may_evaluate(self.cycle.state)

    @property
    def missing(self) -> tuple[MeasureToEvaluate, ...]:
        return tuple(m for m in self.measures if m.evaluation is None)

    def measure(self, node_id: int) -> MeasureToEvaluate:
        """Raises `NotFound`."""
        found = next((m for m in self.measures if m.node.id == node_id), None)
        if found is None:
            raise NotFound(f"measure {node_id} of cycle {self.cycle.id}")
        return found

    def list_at(self, **query: str) -> str:
        """The address of the list of measures."""
        return self._address("evaluation", query)

    def measure_at(self, node_id: int, **query: str) -> str:
        return self._address(f"evaluation/{node_id}", query)

    def bulk_at(self, **query: str) -> str:
        """The address of the sheet on which all measures are judged at once."""
        return self._address("evaluations", query)

    def _address(self, page: str, query: dict[str, str]) -> str:
        stage = {} if self.stage is self.stages[0] else {"stage": self.stage.value}
        asked = urlencode({**stage, **{name: value for name, value in query.items() if value}})
        return f"/desk/cycles/{self.cycle.id}/{page}" + (f"?{asked}" if asked else "")


def frame_of(request: Request, session: Session, cycle_id: int, stage: str) -> EvaluationFrame:
    """`stage` "": the year's first. Raises `NotFound` for one that the plan does not have."""
    cycle = cycles.find(session, cycle_id)
    plan = cycles.plan_of(session, cycle)
    definition = plans.definition_of(plan)
    asked = next((one for one in definition.evaluation_stages if one.value == stage), None)
    if stage and asked is None:
        raise NotFound(f"stage {stage} of cycle {cycle_id}")
    found = asked or definition.evaluation_stages[0]
    measures = evaluation_sheet.of_cycle(session, cycle, definition, language_of(request), found)
    return EvaluationFrame(cycle, plan, definition, found, measures)


def unexplained(session: Session, frame: EvaluationFrame, node_id: int) -> MeasureToEvaluate | None:
    """A measure whose judgement differs from the suggestion and does not say why, if that is so."""
    found = next((m for m in frame.measures if m.node.id == node_id), None)
    if found is None or found.evaluation is None:
        return None
    suggestion = suggestions.of_measures(session, frame.cycle, frame.definition, [found])[node_id]
    wanting = suggestion.wants_comment(found.evaluation.grade, found.evaluation.comment)
    return found if wanting else None
