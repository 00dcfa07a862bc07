"""A department's own workbook as it came back: what it would change, and taking it over.

It goes the way of the form (`records/reporting.py`): the same rows, the same refusals. What somebody else wrote
meanwhile is brought together answer by answer (`domain/draft.py`); where both changed one, a person chooses.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from db import tables as t
from domain import draft
from domain.progress_report import EDITABLE, ReportState
from domain.questions import AnswerProblem, Question
from domain.roles import Actor
from domain.soft_warnings import SoftWarning
from exchange import answer_workbook_reading as reading
from exchange.answer_wording import NOT_ASKED_NOW
from exchange.answer_workbook import plain
from exchange.answer_workbook_reading import FoundAnswer, FoundSheet, UnreadableCell
from exchange.grid import as_text
from exchange.remarks import Place, Remark
from records import audit, report_figures, reporting, requests
from records.change import Change, NotFound
from records.reporting import ReportInHand


@dataclass(frozen=True)
class ChangedAnswer:
    """An answer of the workbook that is not the draft's. `row` of its cell counts from 1.

    `is_chosen_between`: somebody else changed it too since the workbook was taken along.
    """

    question: Question
    row: int
    now: str
    then: str
    is_chosen_between: bool = False


@dataclass(frozen=True)
class CellProblem:
    """What keeps an answer from being submitted; `row` None: the workbook has no cell for it."""

    problem: AnswerProblem
    question: Question | None
    row: int | None


@dataclass(frozen=True)
class ReturnedMeasure:
    """One sheet that came back, beside the report as it stands.

    `answers` are what would be saved where the workbook's word counts in every conflict. `is_open`: the report still
    takes answers. `unreadable`: cells that say nothing; while there are any, nothing of the sheet is taken.
    """

    held: ReportInHand
    sheet: str
    is_open: bool
    answers: Mapping[str, str]
    changes: tuple[ChangedAnswer, ...]
    problems: tuple[CellProblem, ...]
    unreadable: tuple[Remark, ...]
    left_out: tuple[Remark, ...]
    warnings: tuple[SoftWarning, ...]
    editor: t.User | None

    @property
    def conflicts(self) -> tuple[ChangedAnswer, ...]:
        return tuple(one for one in self.changes if one.is_chosen_between) if self.is_saved else ()

    @property
    def is_saved(self) -> bool:
        """Whether taking it over changes the draft."""
        return self.is_open and bool(self.changes) and not self.unreadable

    @property
    def is_complete(self) -> bool:
        """Whether it may be submitted. What was returned has to be changed first, and nothing is no answer."""
        is_said = bool(self.changes) or self.held.report.state is ReportState.DRAFT
        return self.is_open and is_said and any(self.answers.values()) and not (self.problems or self.unreadable)

    @property
    def seen(self) -> str:
        """What a person has been shown of it: another word means that the report has moved on since."""
        return f"{self.held.report.revision}.{self.held.report.state.value}.{int(self.is_open)}"


@dataclass(frozen=True)
class ReturnedWorkbook:
    """`elsewhere` are the names of sheets whose measures this request does not ask for any more."""

    measures: tuple[ReturnedMeasure, ...]
    elsewhere: tuple[str, ...]

    @property
    def saved(self) -> int:
        return sum(measure.is_saved for measure in self.measures)

    @property
    def complete(self) -> int:
        return sum(measure.is_complete for measure in self.measures)

    @property
    def conflicts(self) -> frozenset[tuple[int, str]]:
        """Report and question of every answer that somebody has to choose."""
        return frozenset((m.held.report.id, c.question.id) for m in self.measures for c in m.conflicts)


@dataclass(frozen=True)
class Taken:
    """How many drafts were saved, and how many reports submitted."""

    saved: int
    submitted: int


class MovedOn(Exception):
    """A report is not any more as the person was shown it. Nothing was taken over."""


def read(session: Session, actor: Actor, request_id: int, content: bytes) -> ReturnedWorkbook:
    """What a workbook says, for somebody of the department. Raises `WrongTable`, `NotFound`."""
    request = session.get(t.UpdateRequest, request_id)
    if request is None or request.department_id is None or not actor.may_write_for(request.department_id):
        raise NotFound(f"request {request_id}")
    found = reading.read(content)
    round_ = session.get_one(t.CollectionRound, request.round_id)
    if (found.round, found.request) != (round_.workflow_id, request.id):
        raise reading.foreign()
    measures, elsewhere = [], []
    for sheet in found.sheets:
        report = session.get(t.ProgressReport, sheet.report)
        if report is None or report.request_id != request.id:
            elsewhere.append(sheet.name)
        else:
            measures.append(_measure(session, reporting.find(session, sheet.report, actor), sheet))
    return ReturnedWorkbook(tuple(sorted(measures, key=lambda m: m.held.node.position)), tuple(elsewhere))


def take_over(
    session: Session,
    change: Change,
    actor: Actor,
    found: ReturnedWorkbook,
    seen: Mapping[int, str],
    keeps: Collection[tuple[int, str]],
    today: date,
    *,
    submits: bool,
) -> Taken:
    """Save what the workbook changes, and with `submits` submit what is complete: all of it or nothing.

    `seen` is each report as the person was shown it, `keeps` the conflicts in which the draft's answer stays. Raises
    `MovedOn`, and what `reporting.submit` raises.
    """
    if any(seen.get(measure.held.report.id) != measure.seen for measure in found.measures):
        raise MovedOn
    saved = submitted = 0
    for measure in found.measures:
        report = measure.held.report
        answers = {**measure.answers, **_kept(measure, keeps)}
        _, problems = reporting.checked(session, measure.held, answers)
        if submits and measure.is_complete and not problems:
            reporting.submit(session, change, actor, report.id, answers, report.revision, today)
            submitted += 1
        elif measure.is_saved:
            reporting.save_draft(session, change, actor, report.id, answers, report.revision)
            saved += 1
    if saved or submitted:
        held = found.measures[0].held
        about = f"{held.round.workflow_id}/{held.request.department_id}"
        audit.write(session, change, "request.workbook_taken", about, saved=saved, submitted=submitted)
    return Taken(saved, submitted)


def _kept(measure: ReturnedMeasure, keeps: Collection[tuple[int, str]]) -> dict[str, str]:
    """The draft's own answers where the person chose them."""
    return {c.question.id: c.now for c in measure.conflicts if (measure.held.report.id, c.question.id) in keeps}


def _measure(session: Session, held: ReportInHand, sheet: FoundSheet) -> ReturnedMeasure:
    question_set = reporting.questions_of(session, held)
    asked = {question.id: question for question in question_set.questions}
    read_ = _Sheet(sheet, asked, held.report.answers)
    is_open = reporting.is_still_owed(held) and held.report.state in EDITABLE
    row_of = {found.question: found.row for found in sheet.answers}
    _, problems = reporting.checked(session, held, read_.answers)
    return ReturnedMeasure(
        held=held,
        sheet=sheet.name,
        is_open=is_open,
        answers=read_.answers,
        changes=tuple(read_.changes),
        problems=tuple(CellProblem(p, asked.get(p.question), row_of.get(p.question)) for p in problems),
        unreadable=tuple(read_.unreadable),
        left_out=tuple(read_.left_out),
        warnings=_second_look(session, held, read_.answers) if is_open else (),
        editor=requests.editor_of(session, held),
    )


class _Sheet:
    """One sheet while it is held against the draft."""

    def __init__(self, sheet: FoundSheet, asked: Mapping[str, Question], stored: Mapping[str, str]) -> None:
        self.changes: list[ChangedAnswer] = []
        self.unreadable: list[Remark] = []
        self.left_out: list[Remark] = []
        self.answers = {key: text for key, text in stored.items() if key in asked}
        for found in sheet.answers:
            question = asked.get(found.question)
            if question is not None:
                self._compare(sheet, found, question, stored.get(question.id, ""))
            elif found.value is not None and draft.mark(as_text(found.value).strip()) != found.seen:
                self.left_out.append(NOT_ASKED_NOW.at(Place(sheet.name, found.row, reading.COLUMN)))

    def _compare(self, sheet: FoundSheet, found: FoundAnswer, question: Question, now: str) -> None:
        try:
            said = reading.answer_in(sheet, found, question)
        except UnreadableCell as error:
            if draft.mark(plain(question, as_text(found.value))) != found.seen:  # else it was in the draft already
                self.unreadable.append(error.remark)
            return
        mine, theirs = plain(question, said), plain(question, now)
        if mine == theirs or draft.mark(mine) == found.seen:
            return
        self.answers[question.id] = said
        is_chosen = draft.mark(theirs) != found.seen
        self.changes.append(ChangedAnswer(question, found.row, now, said, is_chosen))


def _second_look(session: Session, held: ReportInHand, answers: Mapping[str, str]) -> tuple[SoftWarning, ...]:
    last_year = requests.last_year(session, held)
    said = last_year.answers if last_year else {}
    return report_figures.second_look(session, held.round, held.node, answers, said)
