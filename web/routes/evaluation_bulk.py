"""まとめて評価: a sheet with a row for every measure, for the keyboard; saved as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from domain import evaluation as rules
from domain.evaluation import Direction
from domain.suggestion import Suggestion
from records import desk, suggestions
from records.change import Conflict
from records.desk import EvaluatedMeanwhile
from records.evaluation_sheet import MeasureToEvaluate
from web.context import ChangingPlanningPerson, PlanningPerson, Reading, Writing, plan_day
from web.evaluation_frame import EvaluationFrame, frame_of
from web.forms import evaluation_form
from web.forms.evaluation_form import TypedRow, Written
from web.forms.posted import Posted
from web.pages import page
from web.paths import RowId
from web.refused import say

router = APIRouter()

SHOWS = ("", "missing", "differs")


@dataclass(frozen=True)
class Filter:
    """Which rows are wanted; "" does not narrow. `department`: its id."""

    show: str = ""
    direction: str = ""
    department: str = ""

    def takes(self, measure: MeasureToEvaluate, suggestion: Suggestion) -> bool:
        done, department = measure.evaluation, measure.department
        if self.show == "missing" and done is not None:
            return False
        if self.show == "differs" and not (done and suggestion.differs(done.grade)):
            return False
        if self.direction and not (done and done.direction.value == self.direction):
            return False
        return not self.department or (department is not None and str(department.id) == self.department)

    @property
    def query(self) -> dict[str, str]:
        return {"show": self.show, "direction": self.direction, "department": self.department}


@dataclass(frozen=True)
class Row:
    """A measure on the sheet. `problems` are in words by field ("" the row); `is_meanwhile`: somebody was faster."""

    measure: MeasureToEvaluate
    suggestion: Suggestion
    written: Written
    seen: str
    problems: Mapping[str, str] = field(default_factory=dict)
    is_meanwhile: bool = False

    @property
    def wants_comment(self) -> bool:
        """Whether what is stored differs from the suggestion and does not say why."""
        done = self.measure.evaluation
        return done is not None and self.suggestion.wants_comment(done.grade, done.comment)


@router.get("/desk/cycles/{cycle_id}/evaluations")
def show_rows(
    request: Request,
    person: PlanningPerson,
    session: Reading,
    cycle_id: RowId,
    stage: str = "",
    show: str = "",
    direction: str = "",
    department: str = "",
    saved: int = -1,
) -> Response:
    frame = frame_of(request, session, cycle_id, stage)
    chosen = Filter(show if show in SHOWS else "", direction, department)
    suggested = suggestions.of_measures(session, frame.cycle, frame.definition, frame.measures)
    rows = [_shown(m, suggested[m.node.id]) for m in frame.measures if chosen.takes(m, suggested[m.node.id])]
    return _page(request, frame, chosen, rows, saved=saved)


@router.post("/desk/cycles/{cycle_id}/evaluations")
def save_rows(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    cycle_id: RowId,
    posted: Posted,
    stage: str = "",
    show: str = "",
    direction: str = "",
    department: str = "",
) -> Response:
    """All rows that were touched are stored in one transaction; one problem, and none is."""
    frame = frame_of(request, session, cycle_id, stage)
    chosen = Filter(show if show in SHOWS else "", direction, department)
    typed = evaluation_form.rows(posted, (m.node.id for m in frame.measures))
    touched = {node: row for node, row in typed.items() if row.is_touched}
    problems = _problems(request, frame, touched)
    meanwhile: set[int] = set()
    today = plan_day(frame.plan, person.at).today
    saved = 0
    for node, row in touched.items():
        stands = frame.measure(node).evaluation
        if node in problems:
            if row.revision != evaluation_form.revision_of(stands):
                meanwhile.add(node)
            continue
        if row.written == evaluation_form.stored(stands):
            continue  # somebody else has stored just the same
        try:
            desk.evaluate(
                session,
                person.change,
                person.actor.user,
                cycle_id,
                node,
                row.written.grade,
                Direction(row.written.direction),
                row.written.comment,
                today,
                frame.stage,
                row.revision,
            )
            saved += 1
        except EvaluatedMeanwhile:
            meanwhile.add(node)
            problems[node] = {"": say(request, "evaluated_meanwhile")}
        except Conflict as conflict:
            problems[node] = {"": say(request, conflict.reason)}
    if not problems:
        return RedirectResponse(frame.bulk_at(**chosen.query, saved=str(saved)), status_code=303)
    session.rollback()
    frame = frame_of(request, session, cycle_id, stage)
    suggested = suggestions.of_measures(session, frame.cycle, frame.definition, frame.measures)
    rows = [
        _again(m, suggested[m.node.id], touched.get(m.node.id), problems.get(m.node.id, {}), m.node.id in meanwhile)
        for m in frame.measures
        if m.node.id in typed
    ]
    is_conflict = any("" in told for told in problems.values())
    return _page(request, frame, chosen, rows, status=409 if is_conflict else 422)


def _problems(request: Request, frame: EvaluationFrame, touched: Mapping[int, TypedRow]) -> dict[int, dict[str, str]]:
    """What is wrong with which fields, by measure."""
    found = {}
    for node, row in touched.items():
        wrong = rules.check(row.written.grade, row.written.direction, list(frame.grades))
        if wrong:
            found[node] = {p.value.removesuffix("_missing"): say(request, p.value) for p in wrong}
    return found


def _shown(measure: MeasureToEvaluate, suggestion: Suggestion) -> Row:
    done = measure.evaluation
    return Row(measure, suggestion, evaluation_form.stored(done), evaluation_form.seen(done))


def _again(
    measure: MeasureToEvaluate,
    suggestion: Suggestion,
    typed: TypedRow | None,
    problems: Mapping[str, str],
    is_meanwhile: bool,
) -> Row:
    """A row of a sheet that was refused: what was typed stays; saving it again replaces what is shown beside it."""
    done = measure.evaluation
    written = typed.written if typed else evaluation_form.stored(done)
    return Row(measure, suggestion, written, evaluation_form.seen(done), problems, is_meanwhile)


def _page(
    request: Request,
    frame: EvaluationFrame,
    chosen: Filter,
    rows: Sequence[Row],
    *,
    saved: int = -1,
    status: int = 200,
) -> Response:
    departments = {m.department.id: m.department for m in frame.measures if m.department is not None}
    return page(
        request,
        "evaluation/bulk.html",
        status,
        frame=frame,
        chosen=chosen,
        rows=rows,
        action=frame.bulk_at(**chosen.query),
        departments=list(departments.values()),
        directions=list(Direction),
        saved=saved,
    )
