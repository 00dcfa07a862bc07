"""Progress reports: reading, saving a draft, submitting."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from sqlmodel import Session

from domain import questions
from domain.questions import Problem
from records import idempotency, listing, reporting
from records.idempotency import Answer
from records.reporting import EditedMeanwhile, NotAnswered
from records.round_state import question_set_of
from web.api import problems, schemas, shapes
from web.api.access import Caller, Reading
from web.api.problems import documented
from web.context import Person, parts_of, plan_day

router = APIRouter(tags=["reports"])

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Chosen by you, a new one for each thing you want done. The same key with the same body gives the "
        "same answer again and does nothing; with another body it is refused with 422. A refused request does not "
        "use its key up.",
    ),
]


@router.get("/reports/{id}", responses=documented(401, 404, 422))
def get_report(session: Reading, person: Caller, id: schemas.Id) -> schemas.Report:
    """One report with its answers."""
    return shapes.report(reporting.find(session, id, person.actor))


@router.post(
    "/reports",
    response_model=schemas.Report,
    responses={
        200: {
            "description": "The report as it was stored.",
            "headers": {
                "Idempotency-Replayed": {
                    "description": "`true` when this answer was given before and nothing happened now.",
                    "schema": {"type": "string"},
                }
            },
        },
        **documented(401, 403, 404, 409, 413, 422),
    },
)
def write_report(request: Request, person: Caller, body: schemas.ReportWriting, key: IdempotencyKey) -> Response:
    """Save a draft or submit a report. A refusal changes nothing: neither the report nor its draft."""
    language = problems.language_of(request)
    asked = json.dumps(["POST /reports", body.model_dump(mode="json")], ensure_ascii=False, sort_keys=True)
    with parts_of(request).database.writing(person.municipality) as session:

        def write() -> Answer:
            return Answer(200, _write(session, person, body, language).model_dump_json())

        answer = idempotency.once(session, person.actor.user, key, asked, person.at, write)
    repeated = {"Idempotency-Replayed": "true"} if answer.is_repeated else None
    return Response(answer.body, answer.status, repeated, "application/json")


def _write(session: Session, person: Person, body: schemas.ReportWriting, language: str) -> schemas.Report:
    """One transaction's worth; what the record refuses is said with the labels of the round's questions."""
    report_id = _report_id(session, body.report)
    held = reporting.find(session, report_id, person.actor, lock=True)
    revision = held.report.revision if body.revision is None else body.revision
    asked = question_set_of(held.round)
    try:
        if body.action == "submit":
            today = plan_day(held.plan, person.at).today
            reporting.submit(session, person.change, person.actor, report_id, body.answers, revision, today)
        else:
            _refuse_unknown_questions(asked, body.answers)
            reporting.save_draft(session, person.change, person.actor, report_id, body.answers, revision)
    except NotAnswered as error:
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
