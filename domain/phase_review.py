"""見直し: where a review stands, and what may happen to it then.

The criteria and years are the plan's (飯塚市地域情報化計画 第5章2); the order of the steps is Meguru's own default.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.calendar import BusinessCalendar
from domain.fiscal_year import FiscalYear
from domain.plan import PlanDefinition, Term
from domain.text import Bilingual

_NONE = Bilingual("")


class ReviewState(StrEnum):
    OPENING = "opening"  # the term is being gathered
    PROPOSING = "proposing"  # departments propose, opinions come in
    DECIDING = "deciding"  # the planning division decides
    CONSULTING = "consulting"  # bodies have the papers
    MAKING = "making"  # everything is decided; the edition and the documents are being made
    AWAITING_EFFECT = "awaiting_effect"  # the edition is made; until its day it can be undone
    CLOSED = "closed"


PUBLISHED = (ReviewState.AWAITING_EFFECT, ReviewState.CLOSED)
"""From here on a review's documents are for everybody, but for the papers of its bodies."""

BODY_PAPERS = "body-papers-"
"""How the papers of bodies are named in the record; the number of the body in its order follows."""


class ReviewOutcome(StrEnum):
    REVISION = "revision"
    NO_REVISION = "no_revision"  # 見直し不要: a valid end of a review


class ConsultationOutcome(StrEnum):
    """What a body decided on a review's papers."""

    APPROVED = "approved"  # 了承
    APPROVED_WITH_COMMENTS = "approved_with_comments"  # 意見を付して了承
    RETURNED = "returned"  # 差戻し: the planning division decides again


class ReviewEventKind(StrEnum):
    """What a running review is told."""

    DECIDED = "decided"  # the planning division has decided everything
    RETURNED = "returned"  # a body sent the decisions back
    CONSULTED = "consulted"  # every body has agreed
    UNDONE = "undone"  # the edition was taken back before its day


@dataclass(frozen=True)
class ReviewEvent:
    """Something that happened to a review, as the outbox tells it: `id` is the outbox row's, `on` the plan day."""

    id: int
    kind: ReviewEventKind
    on: date


@dataclass(frozen=True)
class EditionHead:
    """What the next edition is called and from when it is in force; `decided` is a month (YYYY-MM)."""

    code: str
    name: Bilingual
    decided: str
    effective_on: date
    reason: Bilingual = _NONE


class HeadProblem(StrEnum):
    """What is wrong with an `EditionHead`; the web layer says it in words."""

    CODE_MISSING = "edition_code_missing"
    CODE_TAKEN = "edition_code_taken"
    NAME_MISSING = "edition_name_missing"
    DECIDED_NOT_A_MONTH = "decided_not_a_month"
    EFFECTIVE_NOT_AHEAD = "effective_not_ahead"
    EFFECTIVE_NOT_AFTER_EDITION = "effective_not_after_edition"


def head_problems(
    head: EditionHead, taken: Collection[str], in_force_since: date, today: date
) -> tuple[HeadProblem, ...]:
    """Everything that keeps an edition from being made under this head. It takes effect after today, never before."""
    checks = (
        (HeadProblem.CODE_MISSING, not head.code.strip()),
        (HeadProblem.CODE_TAKEN, head.code in taken),
        (HeadProblem.NAME_MISSING, not head.name.ja.strip()),
        (HeadProblem.DECIDED_NOT_A_MONTH, not _is_month(head.decided)),
        (HeadProblem.EFFECTIVE_NOT_AHEAD, head.effective_on <= today),
        (HeadProblem.EFFECTIVE_NOT_AFTER_EDITION, head.effective_on <= in_force_since),
    )
    return tuple(problem for problem, holds in checks if holds)


def _is_month(text: str) -> bool:
    year, _, month = text.partition("-")
    digits = len(year) == 4 and len(month) == 2 and text.isascii() and year.isdigit() and month.isdigit()
    return digits and 1 <= int(month) <= 12


def review_years(plan: PlanDefinition) -> tuple[int, ...]:
    """The fiscal years in which the plan is reviewed: those it names, and the last year of its last term.

    The closing evaluation in that last year is Meguru's own default.
    """
    if plan.review is None:
        return ()
    last = max((term.last_fiscal_year for term in plan.terms), default=None)
    years = {*plan.review.fiscal_years, *((last,) if last is not None else ())}
    return tuple(sorted(years))


def review_due(plan: PlanDefinition, opened: Collection[str], today: date, calendar: BusinessCalendar) -> Term | None:
    """The term whose review the calendar opens by today, or None. As with cycles, only in the running year."""
    year = FiscalYear.of(today)
    term = plan.term_of(year.starts_in)
    if plan.review is None or plan.review.opens is None or term is None or term.code in opened:
        return None
    if term.last_fiscal_year != year.starts_in or year.starts_in not in review_years(plan):
        return None
    opens = calendar.on_or_after(year.day(plan.review.opens.month, plan.review.opens.day))
    return term if opens <= today else None


def is_closing_review(plan: PlanDefinition, term: Term) -> bool:
    """Whether the plan ends with this term: its review looks back, and no edition of this plan follows."""
    return plan.last_fiscal_year is not None and term.last_fiscal_year >= plan.last_fiscal_year


def opinions_are_taken(public: bool, since: date | None, until: date | None, today: date) -> bool:
    """Whether the public form is open: switched on, and inside its window (both days included)."""
    return public and since is not None and since <= today and (until is None or today <= until)


def after_consultation(outcomes: Sequence[ConsultationOutcome | None]) -> ReviewEventKind | None:
    """What follows from the bodies' decisions so far (None: not yet given): one return sends everything back."""
    if ConsultationOutcome.RETURNED in outcomes:
        return ReviewEventKind.RETURNED
    return None if None in outcomes else ReviewEventKind.CONSULTED
