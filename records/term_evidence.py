"""What a term is looked back upon with: what was done, reported, tried and asked within it, theme by theme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from db import tables as t
from domain import survey
from domain import term_evaluation as rules
from domain.key_project import CheckInState
from domain.questions import QuestionSet, shown
from domain.reference import Survey
from records import annual_report, measure_history, plan_pages, plans
from records.measure_history import Said, YearOfMeasure
from records.plan_pages import Achieved
from records.term_evaluations import TermSheet

_QUESTION_SET = TypeAdapter(QuestionSet)


@dataclass(frozen=True)
class StateOfTerm:
    """A desired state or measure under a theme with its handed-in reports of the term, in the order of the years."""

    node: t.Node
    years: tuple[YearOfMeasure, ...]


@dataclass(frozen=True)
class AnsweredCheckIn:
    """A check-in that was sent in within the term, with what it said."""

    row: t.CheckIn
    said: tuple[Said, ...]


@dataclass(frozen=True)
class ProjectOfTerm:
    """A key project with what fell into the term. A trial counts where it began or ended within it."""

    project: t.KeyProject
    check_ins: tuple[AnsweredCheckIn, ...]
    trials: tuple[t.Trial, ...]


@dataclass(frozen=True)
class ThemeEvidence:
    """What there is about one theme. `surveys` hold only the questions and answers that tell about it."""

    states: tuple[StateOfTerm, ...]
    achievements: tuple[Achieved, ...]
    projects: tuple[ProjectOfTerm, ...]
    surveys: tuple[Survey, ...]

    @property
    def reports(self) -> int:
        return sum(len(state.years) for state in self.states)

    @property
    def check_ins(self) -> int:
        return sum(len(one.check_ins) for one in self.projects)

    @property
    def trials(self) -> int:
        return sum(len(one.trials) for one in self.projects)


@dataclass(frozen=True)
class AchievedYear:
    """What was done in a fiscal year (None: 記載なし); `precedes`: before the term began."""

    fiscal_year: int | None
    precedes: bool
    achieved: tuple[Achieved, ...]


@dataclass(frozen=True)
class TermEvidence:
    """`themes` by the code of the theme; the rest is told for the term as a whole."""

    achievements: tuple[AchievedYear, ...]
    projects: tuple[ProjectOfTerm, ...]
    surveys: tuple[Survey, ...]
    themes: Mapping[str, ThemeEvidence]


def gather(session: Session, sheet: TermSheet, language: str) -> TermEvidence:
    achieved = plan_pages.achievements_of(session, sheet.plan)
    nodes = plans.nodes_of(session, sheet.edition.id)
    members_of = _members(nodes)
    below = {theme.node.code: members_of[theme.node.id] for theme in sheet.themes if theme.node}
    reports = _reports(session, sheet, [n for n in nodes if n.is_reported])
    projects, states = _projects(session, sheet, language)
    surveys = _surveys(sheet)
    origins = _origins(session, sheet, surveys)
    return TermEvidence(
        achievements=_by_year(sheet, achieved),
        projects=projects,
        surveys=surveys,
        themes={
            code: ThemeEvidence(
                states=tuple(StateOfTerm(n, reports[n.id]) for n in members if n.is_reported),
                achievements=_of_nodes(sheet, achieved, members),
                projects=tuple(p for p in projects if states[p.project.id] & {n.origin_id for n in members}),
                surveys=_about(surveys, origins, members),
            )
            for code, members in below.items()
        },
    )


def _members(nodes: Sequence[t.Node]) -> dict[int, list[t.Node]]:
    """Topmost node → itself and everything under it, in the order of the plan."""
    by_id: Mapping[int | None, t.Node] = {n.id: n for n in nodes}
    found: dict[int, list[t.Node]] = defaultdict(list)
    for node in nodes:
        top = node
        while top.parent_id is not None:
            top = by_id[top.parent_id]
        found[top.id].append(node)
    return found


def _reports(session: Session, sheet: TermSheet, nodes: Sequence[t.Node]) -> dict[int, tuple[YearOfMeasure, ...]]:
    years = range(sheet.term.first_fiscal_year, sheet.term.last_fiscal_year + 1)
    return {
        node: tuple(
            y for y in reversed(history) if y.is_handed_in and y.is_of_the_same_work and y.cycle.fiscal_year in years
        )
        for node, history in measure_history.years_of_each(session, nodes).items()
    }


def _by_year(sheet: TermSheet, achieved: Sequence[Achieved]) -> tuple[AchievedYear, ...]:
    """What belongs to the term by its name comes with the years that are not stated."""
    own = [a for a in achieved if a.said.term in ("", sheet.term.code)]
    by_year: dict[int | None, list[Achieved]] = defaultdict(list)
    for one in own:
        by_year[one.said.fiscal_year].append(one)
    years = rules.years_of(sheet.term, list(by_year))
    return tuple(AchievedYear(y, rules.precedes(sheet.term, y), tuple(by_year[y])) for y in years)


def _of_nodes(sheet: TermSheet, achieved: Iterable[Achieved], members: Sequence[t.Node]) -> tuple[Achieved, ...]:
    origins = {n.origin_id for n in members}
    years = range(sheet.term.first_fiscal_year, sheet.term.last_fiscal_year + 1)
    return tuple(
        a
        for a in achieved
        if a.node
        and a.node.origin_id in origins
        and (a.said.term == sheet.term.code or (a.said.fiscal_year in years and not a.said.term))
    )


def _projects(
    session: Session, sheet: TermSheet, language: str
) -> tuple[tuple[ProjectOfTerm, ...], dict[int, set[int | None]]]:
    """The plan's key projects as the term saw them, and the states (origins) that each works towards."""
    rows = session.exec(
        select(t.KeyProject).where(t.KeyProject.plan_id == sheet.plan.id).order_by(col(t.KeyProject.code))
    ).all()
    ids = [row.id for row in rows]
    states: dict[int, set[int | None]] = defaultdict(set)
    for link in session.exec(select(t.ProjectNode).where(col(t.ProjectNode.project_id).in_(ids))):
        states[link.project_id].add(link.node_id)
    first, last = rules.first_day(sheet.term), rules.last_day(sheet.term)
    check_ins: dict[int, list[AnsweredCheckIn]] = defaultdict(list)
    answered = select(t.CheckIn).where(col(t.CheckIn.project_id).in_(ids), t.CheckIn.state == CheckInState.SUBMITTED)
    for row in session.exec(answered.order_by(col(t.CheckIn.number))):
        if row.submitted_on is not None and first <= row.submitted_on <= last:
            check_ins[row.project_id].append(AnsweredCheckIn(row, _said(row, language)))
    trials: dict[int, list[t.Trial]] = defaultdict(list)
    for trial in session.exec(
        select(t.Trial).where(col(t.Trial.project_id).in_(ids)).order_by(col(t.Trial.started_on), col(t.Trial.id))
    ):
        if any(day is not None and first <= day <= last for day in (trial.started_on, trial.ended_on)):
            trials[trial.project_id].append(trial)
    found = tuple(ProjectOfTerm(row, tuple(check_ins[row.id]), tuple(trials[row.id])) for row in rows)
    return tuple(p for p in found if p.check_ins or p.trials or _ran(p.project, sheet)), states


def _ran(project: t.KeyProject, sheet: TermSheet) -> bool:
    first, last = rules.first_day(sheet.term), rules.last_day(sheet.term)
    return project.opened_on <= last and (project.closed_on is None or project.closed_on >= first)


def _said(row: t.CheckIn, language: str) -> tuple[Said, ...]:
    asked = shown(_QUESTION_SET.validate_python(row.question_set), row.answers)
    in_words = ((q, annual_report.answered(q, row.answers.get(q.id, ""), language)) for q in asked)
    return tuple(Said(q.id, a.question, a.answer) for q, a in in_words if a.answer)


def _surveys(sheet: TermSheet) -> tuple[Survey, ...]:
    """The surveys held in the term, the newest first."""
    years = range(sheet.term.first_fiscal_year, sheet.term.last_fiscal_year + 1)
    return tuple(s for s in survey.in_order(sheet.definition.surveys) if s.fiscal_year in years)


def _origins(session: Session, sheet: TermSheet, surveys: Sequence[Survey]) -> dict[str, dict[str, int | None]]:
    """Edition → code → origin, for the editions by whose codes the surveys name nodes."""
    editions = {e.code: e.id for e in plans.editions_of(session, sheet.plan)}
    named = {s.edition for s in surveys if s.edition in editions}
    return {code: {n.code: n.origin_id for n in plans.nodes_of(session, editions[code])} for code in named}


def _about(
    surveys: Sequence[Survey], origins: Mapping[str, Mapping[str, int | None]], members: Sequence[t.Node]
) -> tuple[Survey, ...]:
    """What the surveys say of these nodes, whichever edition's codes they name them by."""
    lives = {n.origin_id for n in members}
    found = []
    for one in surveys:
        codes = {code for code, origin in origins.get(one.edition, {}).items() if origin in lives}
        about = survey.concerning(one, codes)
        if about is not None:
            found.append(about)
    return tuple(found)
