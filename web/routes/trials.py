"""試行: begin a trial, write on, and end it with what was learnt."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from domain.key_project import TrialResult
from records import trials
from records.change import Conflict, NotAllowed
from records.key_projects import ProjectEditedMeanwhile
from web.context import ChangingPerson, Person, Reading, SignedInPerson, Writing, language_of
from web.forms import trial_form
from web.forms.posted import Posted, revision_seen
from web.labels import options
from web.paths import RowId
from web.project_frame import ProjectFrame, frame_of, project_page
from web.refused import in_words, say

router = APIRouter()
_NOTHING: Mapping[str, str] = {}


@router.get("/projects/{project_id}/trials/new")
def show_new_trial(request: Request, person: SignedInPerson, session: Reading, project_id: RowId) -> Response:
    frame = _to_write(session, person, project_id)
    return _page(request, session, frame, None, trial_form.empty(frame.today))


@router.post("/projects/{project_id}/trials/new")
def begin(request: Request, person: ChangingPerson, session: Writing, project_id: RowId, posted: Posted) -> Response:
    frame = _to_write(session, person, project_id, lock=True)
    return _record(request, person, session, frame, None, trial_form.posted(posted), 0)


@router.get("/trials/{trial_id}")
def show_trial(request: Request, person: SignedInPerson, session: Reading, trial_id: RowId, done: str = "") -> Response:
    trial = trials.find(session, trial_id)
    frame = frame_of(session, person, trial.project_id)
    return _page(request, session, frame, trial, trial_form.as_recorded(trial), done=done)


@router.post("/trials/{trial_id}")
def write_on(request: Request, person: ChangingPerson, session: Writing, trial_id: RowId, posted: Posted) -> Response:
    trial = trials.find(session, trial_id)
    frame = _to_write(session, person, trial.project_id, lock=True)
    return _record(request, person, session, frame, trial, trial_form.posted(posted), revision_seen(posted))


def _record(
    request: Request,
    person: Person,
    session: Session,
    frame: ProjectFrame,
    trial: t.Trial | None,
    typed: Mapping[str, str],
    seen: int,
) -> Response:
    texts, wrong = trial_form.read(typed, frame.today)
    if wrong:
        problems = {field: say(request, reason) for field, reason in wrong.items()}
        return _page(request, session, frame, trial, typed, 422, problems=problems, seen=seen)
    try:
        kept = trials.record(session, person.change, frame.rights, frame.project, texts, frame.today, trial, seen)
    except ProjectEditedMeanwhile:
        problems = in_words(request, ["project_changed"])
        return _page(request, session, frame, trial, typed, 409, problems=problems, meanwhile=True)
    except Conflict as conflict:
        problems = in_words(request, [conflict.reason])
        return _page(request, session, frame, trial, typed, 409, problems=problems, seen=seen)
    return RedirectResponse(f"/trials/{kept.id}?done={'begun' if trial is None else 'kept'}", status_code=303)


def _to_write(session: Session, person: Person, project_id: int, *, lock: bool = False) -> ProjectFrame:
    frame = frame_of(session, person, project_id, lock=lock)
    if not frame.rights.may_write:
        raise NotAllowed("record a trial")
    return frame


def _page(
    request: Request,
    session: Session,
    frame: ProjectFrame,
    trial: t.Trial | None,
    typed: Mapping[str, str],
    status: int = 200,
    *,
    problems: Mapping[str, str] = _NOTHING,
    seen: int = 0,
    meanwhile: bool = False,
    done: str = "",
) -> Response:
    """`meanwhile`: somebody else wrote on; what they wrote is shown beside, and the form takes their version."""
    return project_page(
        request,
        "projects/trial.html",
        frame,
        status,
        trial=trial,
        typed=typed,
        seen=trial.version if trial and (meanwhile or not seen) else seen,
        problems=problems,
        meanwhile=meanwhile,
        results=options(TrialResult, language_of(request)),
        recorded_by=session.get(t.User, trial.recorded_by_id) if trial and trial.recorded_by_id else None,
        done=done,
    )
