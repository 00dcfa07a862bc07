"""The form of a check-in: the questions and figures, with what was said the last time beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from db import tables as t
from domain.questions import AnswerProblem, Answers, QuestionSet
from records import check_in_figures, check_ins
from web.forms.report_form import ReportForm, report_form


@dataclass(frozen=True)
class LastCheckIn:
    """What a team answered the last time (`check_in` None: never yet), with the last value of each figure."""

    answers: Answers
    question_set: QuestionSet
    check_in: t.CheckIn | None


def last_of(session: Session, check_in: t.CheckIn) -> LastCheckIn:
    before = check_ins.previous(session, check_in)
    figures = check_in_figures.before(session, check_in)
    if before is None:
        return LastCheckIn(figures, check_in_figures.form_of(session, check_in), None)
    return LastCheckIn({**before.answers, **figures}, check_in_figures.form_of(session, before), before)


def check_in_form(
    session: Session,
    check_in: t.CheckIn,
    answers: Answers,
    language: str,
    problems: Iterable[AnswerProblem] = (),
    theirs: Answers | None = None,
) -> ReportForm:
    """The form with `answers` in its fields. `theirs`: the answers that somebody else saved meanwhile."""
    asked = check_in_figures.form_of(session, check_in)
    return report_form(asked, answers, "", language, last_of(session, check_in), problems, theirs)
