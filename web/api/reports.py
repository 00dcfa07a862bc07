"""Progress reports: reading, saving a draft, submitting."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from domain import questions
from domain.questions import Problem
from records import listing, reporting
from records.idempotency import Answer
from records.reporting import EditedMeanwhile, NotAnswered
from web.api import problems, schemas, shapes
from web.api.access import Caller, Reading
from web.api.once import IdempotencyKey, carried_out_once, repeatable
from web.api.problems import documented
from web.context import Person, plan_day

router = APIRouter(tags=["reports"])


@router.get("/reports/{id}", responses=documented(401, 404, 422))
def get_report(session: Reading, person: Caller, id: schemas.Id) -> schemas.Report:
    """One report with its answers."""
    return shapes.report(reporting.find(session, id, person.actor))


@router.post(
    "/reports",
    response_model=schemas.Report,
    responses={
        200: repeatable("The report as it was stored."),
        **documented(401, 403, 404, 409, 413, 422),
    },
)
def write_report(request: Request, person: Caller, body: schemas.ReportWriting, key: IdempotencyKey) -> Response:
    """Save a draft or submit a report. A refusal changes nothing: neither the report nor its draft."""
    language = problems.language_of(request)
    asked = json.dumps(["POST /reports", body.model_dump(mode="json")], ensure_ascii=False, sort_keys=True)

    def write(session: Session) -> Answer:
        return Answer(200, _write(session, person, body, language).model_dump_json())

    return carried_out_once(request, person, key, asked, write)


def _write(session: Session, person: Person, body: schemas.ReportWriting, language: str) -> schemas.Report:
    """One transaction's worth; what the record refuses is said with the labels of the round's questions."""
    action = "submit" if body.action == "submit" else "save"
    held = reporting.held_for_writing(session, person.actor, _report_id(session, body.report), action)
    revision = held.report.revision if body.revision is None else body.revision
    try:
        if action == "submit":
            today = plan_day(held.plan, person.at).today
            reporting.submit_held(session, person.change, person.actor, held, body.answers, revision, today)
        else:
            _refuse_unknown_questions(reporting.questions_of(session, held), body.answers)
            reporting.save_held(session, person.change, held, body.answers, revision)
    except NotAnswered as error:
        asked = reporting.questions_of(session, held)
        raise problems.answer_problems(error.problems, asked, language) from error
    except EditedMeanwhile as error:
        raise problems.edited_meanwhile(error.report.revision, error.editor, language) from error
    return shapes.report(held)


def _report_id(session: Session, wanted: int | schemas.ReportOfMeasure) -> int:
    if isinstance(wanted, int):
        return wanted
    return listing.report_of_measure(session, wanted.round, wanted.measure_code)


def _refuse_unknown_questions(asked: questions.QuestionSet, answers: questions.Answers) -> None:
    """A draft may be incomplete, but a mistyped question id would be kept where nobody sees it."""
    unknown = tuple(p for p in questions.check(asked, answers) if p.problem is Problem.UNKNOWN_QUESTION)
    if unknown:
        raise NotAnswered(unknown)
