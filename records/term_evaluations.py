"""期間の振り返り of a plan's terms: written theme by theme, decided as a whole, opened again with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from db import tables as t
from domain import reference
from domain import term_evaluation as rules
from domain.plan import PlanDefinition, Term
from domain.roles import Actor
from domain.term_evaluation import Points, Standing
from domain.text import Bilingual
from records import audit, plans
from records.change import Change, Conflict, NotAllowed, NotFound

AS_A_WHOLE = ""
"""Stands in the place of a theme's code for the term as a whole, whose points to do are the outlook."""


class WrittenMeanwhile(Exception):
    """Somebody else wrote of this theme since the page was opened. Nothing was overwritten."""

    def __init__(self, row: t.TermEvaluation) -> None:
        super().__init__(f"term evaluation {row.id} is at version {row.version}")
        self.row = row


@dataclass(frozen=True)
class Theme:
    """One theme of a term: what is written at the desk, and what the plan's document says. `node` None: the whole."""

    node: t.Node | None
    row: t.TermEvaluation | None
    printed: reference.TermEvaluation | None

    @property
    def code(self) -> str:
        return self.node.code if self.node else AS_A_WHOLE

    @property
    def version(self) -> int:
        return self.row.version if self.row else 0

    @property
    def written(self) -> Points:
        return Points(tuple(self.row.good), tuple(self.row.to_do)) if self.row else Points()

    def good(self, standing: Standing) -> tuple[Bilingual, ...]:
        return self._said(standing, self.written.good, self.printed.good if self.printed else ())

    def to_do(self, standing: Standing) -> tuple[Bilingual, ...]:
        return self._said(standing, self.written.to_do, self.printed.to_do if self.printed else ())

    def _said(
        self, standing: Standing, written: tuple[str, ...], printed: tuple[Bilingual, ...]
    ) -> tuple[Bilingual, ...]:
        if standing is Standing.PRINTED:
            return printed
        known = {point.ja: point for point in printed}  # taken over as it stood: its English goes along
        return tuple(known.get(point, Bilingual(point)) for point in written)


@dataclass(frozen=True)
class TermSheet:
    """A term with its themes in their order; `whole` holds the outlook. `edition` is the one the themes are of."""

    plan: t.Plan
    definition: PlanDefinition
    term: Term
    edition: t.Edition
    themes: tuple[Theme, ...]
    whole: Theme

    @property
    def everything(self) -> tuple[Theme, ...]:
        return (*self.themes, self.whole)

    @property
    def decided_on(self) -> date | None:
        return next((one.row.decided_on for one in self.everything if one.row and one.row.decided_on), None)

    @property
    def standing(self) -> Standing:
        return rules.standing_of(
            is_decided=self.decided_on is not None, is_printed=any(one.printed for one in self.everything)
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The themes of which nothing is written yet."""
        return rules.undecidable((one.code, one.written) for one in self.themes)

    @property
    def can_be_taken_over(self) -> bool:
        return self.decided_on is None and any(one.printed and one.written.is_empty for one in self.everything)

    @property
    def seen(self) -> str:
        """What a page was opened with: it changes with every save."""
        return "-".join(str(one.version) for one in self.everything)

    def theme(self, code: str) -> Theme:
        """Raises `NotFound`."""
        found = next((one for one in self.everything if one.code == code), None)
        if found is None:
            raise NotFound(f"theme {code} of plan {self.plan.code}")
        return found


def sheet_of(session: Session, plan: t.Plan, term_code: str) -> TermSheet:
    """A term as the record has it. The themes are the topmost nodes of the edition in force on the term's last day.

    Raises `NotFound` for a term that is not evaluated theme by theme.
    """
    definition = plans.definition_of(plan)
    term = rules.find_term(definition, term_code)
    if term is None:
        raise NotFound(f"term {term_code} of plan {plan.code}")
    edition = plans.edition_in_force(session, plan, rules.last_day(term))
    query = select(t.Node).where(t.Node.edition_id == edition.id, col(t.Node.parent_id).is_(None))
    nodes = session.exec(query.order_by(col(t.Node.position))).all()
    rows = session.exec(
        select(t.TermEvaluation).where(t.TermEvaluation.plan_id == plan.id, t.TermEvaluation.term == term.code)
    ).all()
    by_node: Mapping[int | None, t.TermEvaluation] = {row.node_id: row for row in rows}
    printed = rules.printed(definition, term)
    themes = tuple(Theme(node, by_node.get(node.id), printed.get(node.code)) for node in nodes)
    return TermSheet(plan, definition, term, edition, themes, Theme(None, by_node.get(None), printed.get(AS_A_WHOLE)))


def write(
    session: Session,
    change: Change,
    actor: Actor,
    plan: t.Plan,
    term_code: str,
    theme_code: str,
    points: Points,
    seen: int,
    today: date,
) -> TermSheet:
    """Keep what is written of one theme. `seen` is the version the page was opened with (0: nothing then).

    Raises `WrittenMeanwhile`, and `Conflict` with `term_not_at_its_end`, `term_decided`, `too_many_points` or
    `point_too_long`.
    """
    sheet = _opened(session, actor, plan, term_code, today)
    theme = sheet.theme(theme_code)
    if theme.version != seen:
        assert theme.row is not None, "what is written is never taken away"
        raise WrittenMeanwhile(theme.row)
    problem = rules.problem_of(points)
    if problem is not None:
        raise Conflict(problem)
    if points != theme.written:
        _keep(session, change, sheet, theme, points)
    return sheet_of(session, plan, term_code)


def take_over(session: Session, change: Change, actor: Actor, plan: t.Plan, term_code: str, today: date) -> int:
    """Make what the plan's document says of a term the draft of the themes of which nothing is written; how many."""
    sheet = _opened(session, actor, plan, term_code, today)
    taken = 0
    for theme in sheet.everything:
        if theme.printed is not None and theme.written.is_empty:
            good, to_do = (tuple(p.ja for p in several) for several in (theme.printed.good, theme.printed.to_do))
            _keep(session, change, sheet, theme, Points(good, to_do))
            taken += 1
    return taken


def decide(
    session: Session, change: Change, actor: Actor, plan: t.Plan, term_code: str, seen: str, today: date
) -> TermSheet:
    """Let what is written stand as the evaluation of the term. `seen` is `TermSheet.seen` of the page.

    Raises `Conflict` with `theme_without_points`, `term_written_meanwhile` and as `write`.
    """
    sheet = _opened(session, actor, plan, term_code, today)
    if sheet.seen != seen:
        raise Conflict("term_written_meanwhile")
    if sheet.missing:
        raise Conflict("theme_without_points")
    for theme in sheet.everything:
        if theme.row is not None:
            theme.row.decided_on = today
            session.add(theme.row)
    session.flush()
    audit.write(session, change, "term.decided", f"{plan.code}/{sheet.term.code}", on=today.isoformat())
    return sheet_of(session, plan, term_code)


def reopen(session: Session, change: Change, actor: Actor, plan: t.Plan, term_code: str, reason: str) -> None:
    """Open a decided term again. Raises `Conflict` with `reason_missing` or `term_not_decided`."""
    _only_planning(actor)
    _lock(session, plan)
    sheet = sheet_of(session, plan, term_code)
    if sheet.decided_on is None:
        raise Conflict("term_not_decided")
    if not reason.strip():
        raise Conflict("reason_missing")
    for theme in sheet.everything:
        if theme.row is not None:
            theme.row.decided_on = None
            session.add(theme.row)
    session.flush()
    audit.write(session, change, "term.reopened", f"{plan.code}/{sheet.term.code}", reason=reason.strip())


def _opened(session: Session, actor: Actor, plan: t.Plan, term_code: str, today: date) -> TermSheet:
    """The term, locked, if it may be written now."""
    _only_planning(actor)
    _lock(session, plan)
    sheet = sheet_of(session, plan, term_code)
    if not rules.may_be_written(sheet.term, today):
        raise Conflict("term_not_at_its_end")
    if sheet.decided_on is not None:
        raise Conflict("term_decided")
    return sheet


def _keep(session: Session, change: Change, sheet: TermSheet, theme: Theme, points: Points) -> None:
    row = theme.row or t.TermEvaluation(
        plan_id=sheet.plan.id,
        term=sheet.term.code,
        node_id=theme.node.id if theme.node else None,
        version=0,
        evaluated_at=change.at,
    )
    row.good, row.to_do = list(points.good), list(points.to_do)
    row.version, row.evaluated_at, row.evaluated_by_id = row.version + 1, change.at, change.user
    session.add(row)
    session.flush()
    subject = f"{sheet.plan.code}/{sheet.term.code}"
    audit.write(session, change, "term.theme_written", subject, theme=theme.code, version=row.version)


def _only_planning(actor: Actor) -> None:
    if not actor.is_planning:
        raise NotAllowed("term evaluation")


def _lock(session: Session, plan: t.Plan) -> None:
    """One at a time writes of a plan's terms: the row of the whole has no key of its own to collide on."""
    session.exec(select(t.Plan.id).where(t.Plan.id == plan.id).with_for_update())
