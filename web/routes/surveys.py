"""アンケート・意識調査: what the surveys of a plan found, and a further survey from a CSV at the desk."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from db import tables as t
from documents.survey_results import results_of
from domain import survey as rules
from domain.plan import PlanDefinition
from domain.reference import Survey
from domain.text import Bilingual, half_width, typed_text
from exchange import files, survey_csv
from exchange.remarks import WrongTable
from exchange.survey_csv import ReadSurvey
from records import plan_pages, plans, surveys, uploads
from records.change import Conflict, NotFound
from web.context import ChangingPlanningPerson, Person, PlanningPerson, Reading, SignedInPerson, Writing, language_of
from web.downloads import document_response
from web.pages import page
from web.refused import Typed, say

router = APIRouter()

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_FIELDS = ("name", "survey_code", "fiscal_year", "respondents", "several", "series", "replaces")


@router.get("/plans/{code}/surveys")
def show_surveys(request: Request, person: SignedInPerson, session: Reading, code: str) -> Response:
    frame = plan_pages.frame(session, code, person.at)
    language = language_of(request)
    told = []
    for one in rules.in_order(frame.definition.surveys):
        earlier = rules.before(frame.definition.surveys, one)
        told.append((one, earlier, results_of(one, earlier, language)))
    return page(
        request,
        "surveys/surveys.html",
        frame=frame,
        part="surveys",
        told=told,
        nodes=_nodes(session, frame.plan),
    )


@router.get("/plans/{code}/surveys/{survey}/{question}.svg")
def show_chart(
    request: Request, person: SignedInPerson, session: Reading, code: str, survey: str, question: str
) -> Response:
    """The chart of a question. Browsers keep it, and ask each time whether it is still the same."""
    # The renderer is loaded when somebody looks at the first chart: most processes never draw one.
    from documents import survey_chart

    definition = plans.definition_of(plans.find(session, code))
    found = surveys.find(definition, survey)
    results = results_of(found, rules.before(definition.surveys, found), language_of(request))
    chart = next((r.chart for r in results if r.code == question), None)
    if chart is None:
        raise NotFound(f"chart of question {question} of survey {survey}")
    specification = survey_chart.as_text(chart)
    tag = f'"{hashlib.sha256(specification.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(survey_chart.svg(specification), media_type="image/svg+xml", headers=headers)


@router.get("/desk/plans/{code}/surveys")
def show_desk(request: Request, person: PlanningPerson, session: Reading, code: str, done: str = "") -> Response:
    return _desk(request, plans.find(session, code), done=done)


@router.get("/desk/plans/{code}/surveys/template.csv")
def template(person: PlanningPerson, session: Reading, code: str, survey: str = "", filled: str = "") -> Response:
    """A file to fill in: the questions of a survey, without its figures unless it is to be corrected (`filled`)."""
    definition = plans.definition_of(plans.find(session, code))
    last = surveys.find(definition, survey) if survey else None
    content = survey_csv.write(last) if last and filled else survey_csv.template(last)
    name = f"{survey}.csv" if filled else f"{code}-survey-template.csv"
    return document_response(content, "text/csv", name, keep=True)


@router.post("/desk/plans/{code}/surveys/uploads")
def upload(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    code: str,
    file: Annotated[UploadFile, File()],
    name: Typed = "",
    survey_code: Typed = "",
    fiscal_year: Typed = "",
    respondents: Typed = "",
    several: Typed = "",
    series: Typed = "",
    replaces: Typed = "",
) -> Response:
    """Read a file and show the survey it would make; nothing is stored yet."""
    plan = plans.find(session, code)
    typed = dict(zip(_FIELDS, (name, survey_code, fiscal_year, respondents, several, series, replaces), strict=True))
    form = _Typed(plans.definition_of(plan), typed)
    content = file.file.read(files.LARGEST + 1)
    problems = {field: say(request, problem) for field, problem in form.problems().items()}
    if not file.filename:
        problems["file"] = say(request, "file_missing")
    if problems:
        return _desk(request, plan, typed=typed, problems=problems, status=422)
    try:
        found = _read(session, person, plan, content)
    except WrongTable as wrong:
        return _desk(request, plan, typed=typed, wrong=wrong, file_name=file.filename or "", status=422)
    kept = uploads.keep(session, person.change, file.filename or "", content)
    survey = form.survey(found, _edition(session, plan, person))
    earlier = rules.before(form.definition.surveys, survey)
    return page(
        request,
        "surveys/preview.html",
        plan=plan,
        survey=survey,
        earlier=earlier,
        results=results_of(survey, earlier, language_of(request)),
        warnings=found.findings.warnings,
        file_name=file.filename,
        upload_id=kept.id,
        typed=typed,
    )


@router.post("/desk/plans/{code}/surveys/uploads/{upload_id}")
def take_over(
    request: Request,
    person: ChangingPlanningPerson,
    session: Writing,
    code: str,
    upload_id: int,
    action: Typed = "",
    name: Typed = "",
    survey_code: Typed = "",
    fiscal_year: Typed = "",
    respondents: Typed = "",
    several: Typed = "",
    series: Typed = "",
    replaces: Typed = "",
) -> Response:
    """Store what was shown, or put it away."""
    plan = plans.find(session, code)
    typed = dict(zip(_FIELDS, (name, survey_code, fiscal_year, respondents, several, series, replaces), strict=True))
    form = _Typed(plans.definition_of(plan), typed)
    try:
        kept = uploads.find(session, person.change, upload_id)
    except NotFound:
        return _desk(request, plan, typed=typed, done="gone", status=409)
    if action != "import":
        uploads.put_away(session, person.change)
        return RedirectResponse(f"/desk/plans/{code}/surveys?done=put_away", status_code=303)
    problems = {field: say(request, problem) for field, problem in form.problems().items()}
    if problems:
        return _desk(request, plan, typed=typed, problems=problems, status=422)
    try:
        found = _read(session, person, plan, kept.content)
        survey = form.survey(found, _edition(session, plan, person))
        surveys.keep(session, person.change, person.actor, plan, survey, replaces=bool(replaces))
    except WrongTable as wrong:
        return _desk(request, plan, typed=typed, wrong=wrong, file_name=kept.file_name, status=409)
    except Conflict as conflict:
        session.rollback()
        problems = {"survey_code": say(request, conflict.reason)}
        return _desk(request, plans.find(session, code), typed=typed, problems=problems, status=409)
    uploads.put_away(session, person.change)
    return RedirectResponse(f"/desk/plans/{code}/surveys?done=imported", status_code=303)


@dataclass(frozen=True)
class _Typed:
    """What was typed about a survey as a whole, beside its file."""

    definition: PlanDefinition
    typed: Mapping[str, str]

    @property
    def code(self) -> str:
        return half_width(self.typed["survey_code"]).lower()

    @property
    def fiscal_year(self) -> int | None:
        return _number(self.typed["fiscal_year"])

    def problems(self) -> dict[str, str]:
        found = {}
        if not self.typed["name"].strip():
            found["name"] = "survey_name_missing"
        if not _CODE.fullmatch(self.code):
            found["survey_code"] = "survey_code_missing"
        elif not self.typed["replaces"] and any(s.code == self.code for s in self.definition.surveys):
            found["survey_code"] = "survey_code_taken"
        year = self.fiscal_year
        if year is None or not 1900 <= year <= 2200:
            found["fiscal_year"] = "survey_year_missing"
        if self.typed["respondents"].strip() and _number(self.typed["respondents"]) is None:
            found["respondents"] = "respondents_not_readable"
        return found

    def survey(self, found: ReadSurvey, edition: str) -> Survey:
        """The survey as a whole; English texts and the source stay where it replaces or follows another."""
        known = {s.code: s for s in self.definition.surveys}
        series = self.typed["series"].strip() or self.code
        last = known.get(self.code) or surveys.last_of(self.definition, series)
        replaced = known.get(self.code)
        name = typed_text(self.typed["name"])
        return Survey(
            code=self.code,
            name=replaced.name if replaced and replaced.name.ja == name else Bilingual(name),
            questions=survey_csv.with_english(found.questions, last),
            series=series,
            edition=edition,
            fiscal_year=self.fiscal_year,
            respondents=_number(self.typed["respondents"]),
            allows_several_answers=bool(self.typed["several"]),
            note=replaced.note if replaced else Bilingual(""),
            source=replaced.source if replaced else None,
        )


def _number(text: str) -> int | None:
    plain = half_width(text).replace(",", "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def _edition(session: Session, plan: t.Plan, person: Person) -> str:
    """Surveys name nodes as the edition in force does: its codes are those that people know."""
    today = plans.clock_of(plan, person.at).plan_time(person.at).date()
    return plans.edition_in_force(session, plan, today).code


def _read(session: Session, person: Person, plan: t.Plan, content: bytes) -> ReadSurvey:
    today = plans.clock_of(plan, person.at).plan_time(person.at).date()
    nodes = plans.nodes_of(session, plans.edition_in_force(session, plan, today).id)
    return survey_csv.read(content, [n.code for n in nodes])


def _nodes(session: Session, plan: t.Plan) -> dict[tuple[str, str], t.Node]:
    """Edition and code → node, for the editions by whose codes the surveys name nodes."""
    named = {s.edition for s in plans.definition_of(plan).surveys}
    editions = [e for e in plans.editions_of(session, plan) if e.code in named]
    return {(e.code, n.code): n for e in editions for n in plans.nodes_of(session, e.id)}


def _desk(
    request: Request,
    plan: t.Plan,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    wrong: WrongTable | None = None,
    file_name: str = "",
    done: str = "",
    status: int = 200,
) -> Response:
    definition = plans.definition_of(plan)
    return page(
        request,
        "surveys/desk.html",
        status,
        plan=plan,
        surveys=rules.in_order(definition.surveys),
        series=surveys.series_of(definition),
        typed=typed or {},
        problems=problems or {},
        wrong=wrong,
        file_name=file_name,
        done=done,
    )
