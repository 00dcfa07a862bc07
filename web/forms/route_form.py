"""The form of a decision on a project's route: what the team decides itself, or what it asks a body to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlmodel import Session
from starlette.datastructures import FormData

import i18n
from db import tables as t
from domain.key_project import CheckInState, ProjectState, RouteOutcome, RouteStep, route_problems
from domain.reference import Body
from domain.text import titled, typed_day, typed_text
from i18n import N_
from records import check_ins, key_projects, project_pages, trials
from web.labels import label
from web.project_frame import ProjectFrame

_FIELDS = ("outcome", "check_in", "reason", "goal", "path", "merged_into", "title", "question", "papers", "wanted_by")

_SUBJECTS = {
    RouteOutcome.CONTINUE: N_("「%(project)s」をこのまま続けることについて"),
    RouteOutcome.CHANGE_PATH: N_("「%(project)s」の道筋を変えることについて"),
    RouteOutcome.CHANGE_GOAL: N_("「%(project)s」の目標を変えることについて"),
    RouteOutcome.SCALE: N_("「%(project)s」を広げることについて"),
    RouteOutcome.MERGE: N_("「%(project)s」をほかのプロジェクトと統合することについて"),
    RouteOutcome.STOP: N_("「%(project)s」をやめることについて"),
}


@dataclass(frozen=True)
class RouteForm:
    """What the page of a decision shows. `body` None: the team decides itself.

    `targets` are the projects that could take the work over.
    """

    outcome: RouteOutcome
    body: Body | None
    targets: tuple[t.KeyProject, ...]
    typed: Mapping[str, str]


def decider(frame: ProjectFrame, outcome: RouteOutcome) -> Body | None:
    """The body that decides on an outcome; None: the team."""
    code = frame.rules.decides(outcome)
    return next((body for body in frame.definition.bodies if code and body.code == code), None)


def route_form(
    session: Session,
    frame: ProjectFrame,
    outcome: RouteOutcome,
    check_in: t.CheckIn | None,
    language: str,
    typed: Mapping[str, str] | None = None,
) -> RouteForm:
    """The form of an outcome, with what was typed or what the record suggests."""
    others = key_projects.of_plan(session, frame.plan)
    targets = tuple(p for p in others if p.state is ProjectState.RUNNING and p.id != frame.project.id)
    suggested = typed or _suggested(session, frame, outcome, check_in, language)
    return RouteForm(outcome, decider(frame, outcome), targets, suggested)


def posted(form: FormData) -> dict[str, str]:
    return {name: typed_text(str(form.get(name, ""))) for name in _FIELDS}


def outcome_of(typed: Mapping[str, str]) -> RouteOutcome | None:
    code = typed.get("outcome", "")
    return RouteOutcome(code) if code in set(RouteOutcome) else None


def step_of(typed: Mapping[str, str], outcome: RouteOutcome) -> RouteStep:
    target = typed["merged_into"]
    known = int(target) if target.isascii() and target.isdigit() and len(target) < 10 else None
    return RouteStep(outcome, typed["reason"], typed["goal"], typed["path"], known)


def wrong_with(typed: Mapping[str, str], step: RouteStep, frame: ProjectFrame) -> list[str]:
    """Everything that keeps the form from being taken, by reason code."""
    reasons = [problem.value for problem in route_problems(step, frame.project.state, frame.project.id)]
    if frame.rules.decides(step.outcome):
        wanted = typed_day(typed["wanted_by"])
        reasons += ["matter_title_missing"] if not typed["title"] else []
        reasons += ["matter_question_missing"] if not typed["question"] else []
        reasons += ["wanted_by_passed"] if wanted is None or wanted <= frame.today else []
    return reasons


def wanted_by(typed: Mapping[str, str]) -> date | None:
    return typed_day(typed["wanted_by"])


def check_in_of(session: Session, frame: ProjectFrame, typed: str) -> t.CheckIn | None:
    """The check-in that a decision follows from; one of another project, or not sent in, is none."""
    own = (c for c in check_ins.of_project(session, frame.project) if c.state is CheckInState.SUBMITTED)
    return next((c for c in own if str(c.id) == typed), None)


def _suggested(
    session: Session, frame: ProjectFrame, outcome: RouteOutcome, check_in: t.CheckIn | None, language: str
) -> dict[str, str]:
    """The goal and path of now, to write on from; for a body also what it will want to know."""
    project = frame.project
    found = dict.fromkeys(_FIELDS, "") | {"outcome": outcome.value, "check_in": str(check_in.id) if check_in else ""}
    if outcome in (RouteOutcome.CHANGE_GOAL, RouteOutcome.SCALE):
        found["goal"] = project.goal
    if outcome in (RouteOutcome.CHANGE_PATH, RouteOutcome.CHANGE_GOAL, RouteOutcome.SCALE):
        found["path"] = project.path
    if not frame.rules.decides(outcome):
        return found
    subject = i18n.translate(language, _SUBJECTS[outcome], project=titled(project, language))
    answer_on = frame.day.calendar.shift(frame.today, frame.rules.matter.answer_within_days)
    question = i18n.translate(
        language, "「%(outcome)s」ことでよいか、ご審議ください。", outcome=label(outcome, language)
    )
    papers = "\n\n".join(filter(None, _papers(session, project, check_in, language)))
    return found | {"title": subject, "question": question, "papers": papers, "wanted_by": answer_on.isoformat()}


def _papers(session: Session, project: t.KeyProject, check_in: t.CheckIn | None, language: str) -> list[str]:
    """What stands in the record already: the hypothesis, the trials with what was learnt, the last check-in."""

    say = partial(i18n.translate, language)
    learnt = [
        say(
            "・試行%(number)d「%(title)s」：%(result)s。%(learning)s",
            number=trial.number,
            title=trial.title,
            result=label(trial.result, language),
            learning=trial.learning,
        )
        for trial in trials.of_project(session, project)
        if trial.result is not None
    ]
    return [
        say("仮説：%(hypothesis)s", hypothesis=project.hypothesis),
        say("いまの目標：%(goal)s", goal=project.goal),
        "\n".join([say("試行から分かったこと："), *learnt]) if learnt else "",
        _answers(check_in, language) if check_in else "",
    ]


def _answers(check_in: t.CheckIn, language: str) -> str:
    questions = [q for q in check_ins.questions_of(check_in).questions if q.id != project_pages.DECISION_WANTED]
    said = [(q.label.in_language(language), project_pages.said(check_in, q.id, language)) for q in questions]
    heading = i18n.translate(language, "状況確認（第%(number)d回）の回答：", number=check_in.number)
    each = N_("・%(question)s：%(answer)s")
    lines = [i18n.translate(language, each, question=asked, answer=answer) for asked, answer in said if answer]
    return "\n".join([heading, *lines])
