"""What a check-in's form asks: its questions, and beside them a number for each indicator of the project."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlmodel import Session

from db import tables as t
from domain import questions
from domain.key_project import FIGURE_HELP
from domain.project_rights import ProjectRights
from domain.questions import Question, QuestionKind, QuestionSet
from domain.text import Bilingual
from records import check_ins, key_projects
from records.change import Change
from records.check_ins import CheckInNotAnswered

_PREFIX = "figure-"


def form_of(session: Session, check_in: t.CheckIn) -> QuestionSet:
    """The questions of a check-in, then the figures that the team may give."""
    own = check_ins.questions_of(check_in)
    return QuestionSet(own.code, own.version, own.questions + _figures(session, check_in))


def submit(
    session: Session,
    change: Change,
    rights: ProjectRights,
    check_in: t.CheckIn,
    answers: Mapping[str, str],
    revision: int,
    today: date,
) -> None:
    """Send a check-in in, with the figures among its answers. Raises what `check_ins.submit` does."""
    own, figures = check_ins.questions_of(check_in), _figures(session, check_in)
    asked = QuestionSet(own.code, own.version, figures)
    names = {figure.id for figure in figures}
    given = questions.cleaned(asked, {key: value for key, value in answers.items() if key in names})
    said = {key: value for key, value in answers.items() if key not in names}
    if wrong := questions.check(asked, given):
        answered = questions.applying(own, questions.cleaned(own, said))
        raise CheckInNotAnswered((*questions.check(own, answered), *wrong))
    check_ins.submit(session, change, rights, check_in, said, revision, today)
    project = key_projects.find(session, check_in.project_id)
    for indicator in key_projects.indicators_of(session, project):
        value = questions.number(given.get(f"{_PREFIX}{indicator.id}", ""))
        if value is not None:
            key_projects.measure(session, change, project, indicator, value, today, check_in)


def measured(session: Session, check_in: t.CheckIn) -> list[tuple[t.ProjectIndicator, t.ProjectFigure]]:
    """The figures that were given with a check-in."""
    project = key_projects.find(session, check_in.project_id)
    by_id = {indicator.id: indicator for indicator in key_projects.indicators_of(session, project)}
    given = (f for f in key_projects.figures_of(session, project) if f.check_in_id == check_in.id)
    return [(by_id[figure.indicator_id], figure) for figure in given]


def before(session: Session, check_in: t.CheckIn) -> dict[str, str]:
    """The last value of each indicator, by the id of its question."""
    project = key_projects.find(session, check_in.project_id)
    figures = key_projects.figures_of(session, project)
    return {f"{_PREFIX}{figure.indicator_id}": format(figure.value, "f") for figure in figures}


def _figures(session: Session, check_in: t.CheckIn) -> tuple[Question, ...]:
    project = key_projects.find(session, check_in.project_id)
    return tuple(
        Question(
            id=f"{_PREFIX}{one.id}",
            label=Bilingual(one.label),
            help=FIGURE_HELP,
            kind=QuestionKind.NUMBER,
            unit=Bilingual(one.unit),
        )
        for one in key_projects.indicators_of(session, project)
        if one.dropped_on is None
    )
