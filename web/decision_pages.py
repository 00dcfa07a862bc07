"""The pages on which a review decides: the sheet of all measures, one measure, one new measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from fastapi import Request, Response
from sqlmodel import Session

from db import tables as t
from domain import proposal, questions
from domain.phase_review import ReviewState
from domain.plan import NodeField
from domain.revision import Contradiction, Decision, Fate
from domain.text import named
from records import annual_report, opinion_lists, people, review_decisions, review_pages, reviews
from records.change import NotFound
from records.listing import Span
from records.opinion_lists import Show
from records.opinions import Intake
from records.review_decisions import DecisionSheet, MeasureInReview, NewInReview
from web import decision_words
from web.context import Person, language_of
from web.decision_words import DecisionInWords
from web.forms import decision_form
from web.forms.decision_form import Choices, Fields
from web.refused import Refused
from web.review_frame import ReviewFrame, frame_of, review_page

_OPINIONS = Span(0, 50)


class Shown(StrEnum):
    """Which measures of the sheet are looked at."""

    ALL = "all"
    UNDECIDED = "undecided"
    CHANGES = "changes"
    REFUSED = "refused"


@dataclass(frozen=True)
class Line:
    """A measure on the sheet: what is proposed and what is decided, in words."""

    one: MeasureInReview
    proposed: DecisionInWords | None
    decided: DecisionInWords | None
    refused: int

    @property
    def is_as_proposed(self) -> bool:
        return self.one.proposal is not None and self.one.decision == self.one.proposal.suggestion

    def belongs_to(self, show: Shown) -> bool:
        match show:
            case Shown.ALL:
                return True
            case Shown.UNDECIDED:
                return self.one.row is None
            case Shown.CHANGES:
                return self.decided is not None and self.decided.is_change
            case Shown.REFUSED:
                return self.refused > 0


class Deciding:
    """A review with everything on which it decides."""

    def __init__(self, request: Request, session: Session, person: Person, review_id: int, *, lock: bool = False):
        self.request, self.session = request, session
        self.frame: ReviewFrame = frame_of(session, person, review_id, lock=lock)

    @property
    def review(self) -> t.PhaseReview:
        return self.frame.review

    @cached_property
    def sheet(self) -> DecisionSheet:
        return review_decisions.sheet_of(self.session, self.review)

    @cached_property
    def choices(self) -> Choices:
        departments = tuple(people.departments_on(self.session, self.frame.day.today))
        return Choices(self.sheet.definition, self.sheet.edition, departments)

    @cached_property
    def contradicted(self) -> list[decision_words.Contradicted]:
        """The contradictions to mend; that a measure is not decided yet shows by itself."""
        found = [r for r in self.sheet.refusals if r.contradiction is not Contradiction.UNDECIDED]
        return [decision_words.contradicted(r, self.sheet) for r in found]

    @property
    def language(self) -> str:
        return language_of(self.request)

    def again(self) -> None:
        """Nothing of an attempt stays; what is shown next is read from the record."""
        self.session.rollback()
        for name in ("sheet", "choices", "contradicted"):
            self.__dict__.pop(name, None)

    def measure(self, node_id: int) -> MeasureInReview:
        found = next((m for m in self.sheet.measures if m.node.id == node_id), None)
        if found is None:
            raise NotFound(f"measure {node_id} of review {self.review.id}")
        return found

    def new(self, decision_id: int) -> NewInReview:
        found = next((n for n in self.sheet.new if n.row.id == decision_id), None)
        if found is None:
            raise NotFound(f"new measure {decision_id} of review {self.review.id}")
        return found

    def base(self, one: MeasureInReview) -> Decision:
        """What the form of a measure begins with: its decision, else the proposal's, else that it goes on."""
        suggested = one.proposal.suggestion if one.proposal else None
        return one.decision or suggested or proposal.continued(one.measure)

    def in_words(self, one: MeasureInReview, decision: Decision | None) -> DecisionInWords | None:
        if decision is None:
            return None
        names = {d.code: named(d, self.language) for d in self.choices.departments}
        return decision_words.in_words(one.measure, decision, self.sheet, names, self.language)

    def line(self, one: MeasureInReview) -> Line:
        suggested = one.proposal.suggestion if one.proposal else None
        refused = sum(any(m.node.id == one.node.id for m in c.measures) for c in self.contradicted)
        return Line(one, self.in_words(one, suggested), self.in_words(one, one.decision), refused)


def sheet_page(
    deciding: Deciding, *, show: str = "", done: str = "", refused: Refused | None = None, status: int = 200
) -> Response:
    shown = Shown(show) if show in set(Shown) else Shown.ALL
    lines = [deciding.line(one) for one in deciding.sheet.measures]
    waiting = [line.one.proposal for line in lines if line.one.row is None]
    return review_page(
        deciding.request,
        "reviews/decisions.html",
        deciding.frame,
        status,
        sheet=deciding.sheet,
        lines=[line for line in lines if line.belongs_to(shown)],
        counts={choice: sum(line.belongs_to(choice) for line in lines) for choice in Shown},
        show=shown,
        contradicted=deciding.contradicted,
        proposed=sum(p is not None and p.suggestion is not None for p in waiting),
        drafts=sum(p is not None and p.suggestion is not None and not p.is_handed_in for p in waiting),
        without=sum(p is None or p.suggestion is None for p in waiting),
        open_proposals=review_pages.proposed_anew(deciding.session, deciding.sheet.open_proposals),
        declined=review_pages.proposed_anew(deciding.session, review_pages.declined(deciding.session, deciding.review)),
        may_decide=deciding.review.state is ReviewState.DECIDING,
        refused=refused,
        done=done,
    )


def measure_page(
    deciding: Deciding,
    node_id: int,
    *,
    typed: Fields | None = None,
    problems: Mapping[str, str] | None = None,
    meanwhile: bool = False,
    seen: int | None = None,
    done: str = "",
    status: int = 200,
) -> Response:
    """`seen`: the revision that a refused form was opened with; the page then still tells what came between."""
    one = deciding.measure(node_id)
    review, session = deciding.review, deciding.session
    order = list(deciding.sheet.measures)
    snapshot = reviews.snapshot_of(review)
    asked = one.proposal
    said = questions.shown(asked.questions, asked.answers, one.measure.measure_class) if asked and asked.answers else ()
    intake, about = Intake(deciding.frame.plan, review), Show(node_id=node_id)
    suggested = asked.suggestion if asked else None
    return review_page(
        deciding.request,
        "reviews/measure.html",
        deciding.frame,
        status,
        one=one,
        number=order.index(one) + 1,
        total=len(order),
        previous=next((a for a, b in pairwise(order) if b.node.id == node_id), None),
        following=next((b for a, b in pairwise(order) if a.node.id == node_id), None),
        term_of_measure=next((m for m in snapshot.measures if m.code == one.measure.code), None) if snapshot else None,
        grades={g.code: g for g in deciding.frame.definition.grades},
        said=[annual_report.answered(q, asked.answers.get(q.id, ""), deciding.language) for q in said] if asked else [],
        opinions=opinion_lists.listed(session, intake, about, _OPINIONS),
        line=deciding.line(one),
        decided_by=session.get(t.User, one.row.decided_by_id) if one.row and one.row.decided_by_id else None,
        contradicted=[c for c in deciding.contradicted if any(m.node.id == node_id for m in c.measures)],
        choices=deciding.choices,
        fates=list(Fate),
        parts_of_split=decision_form.PARTS,
        content_field=_content_field(deciding, one.measure.level),
        typed=typed or decision_form.fields_of(one.decision or suggested, one.measure, deciding.sheet.definition),
        problems=problems or {},
        meanwhile=meanwhile,
        seen=seen if seen is not None else one.row.revision if one.row else 0,
        may_decide=review.state is ReviewState.DECIDING,
        done=done,
    )


def new_page(
    deciding: Deciding,
    typed: Fields,
    *,
    one: NewInReview | None = None,
    proposed: t.NewMeasureProposal | None = None,
    problems: Mapping[str, str] | None = None,
    meanwhile: bool = False,
    seen: int | None = None,
    status: int = 200,
) -> Response:
    department = deciding.session.get(t.Department, proposed.department_id) if proposed else None
    return review_page(
        deciding.request,
        "reviews/new_measure.html",
        deciding.frame,
        status,
        one=one,
        proposed=proposed,
        department=department,
        choices=deciding.choices,
        content_field=_content_field(deciding, typed["level"] or deciding.choices.levels[0]),
        typed=typed,
        problems=problems or {},
        meanwhile=meanwhile,
        seen=seen if seen is not None else one.row.revision if one else 0,
        may_decide=deciding.review.state is ReviewState.DECIDING,
    )


def _content_field(deciding: Deciding, level: str) -> NodeField | None:
    """The field of the plan that says what a measure is about, where it has one."""
    definition = deciding.sheet.definition
    code = proposal.content_field(definition, level)
    return next((f for f in definition.node_fields if f.code == code), None)
