"""新しい施策の提案: what departments would like to see in the next edition, while their review takes proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from db import tables as t
from domain import new_measure as rules
from domain.new_measure import NewMeasureContent, NewMeasureProblem
from domain.plan import PlanDefinition
from domain.roles import Actor
from domain.text import typed_text
from records import audit, plans, reporting, reviews
from records.change import Change, Conflict, NotAllowed, NotFound


class NotProposed(Exception):
    """What was typed cannot be proposed; `problems` by field. Nothing is stored."""

    def __init__(self, problems: Mapping[str, NewMeasureProblem]) -> None:
        super().__init__(", ".join(f"{name}: {problem}" for name, problem in problems.items()))
        self.problems = problems


@dataclass(frozen=True)
class Asking:
    """Where a department proposes: its request in the round of a review. `parents` are where a measure may stand."""

    request: t.UpdateRequest
    round: t.CollectionRound
    review: t.PhaseReview
    plan: t.Plan
    department: t.Department | None
    definition: PlanDefinition
    parents: tuple[t.Node, ...]
    titles: frozenset[str]

    def may_write(self, actor: Actor) -> bool:
        """Whether the actor may propose now: for its own department, while the round takes proposals."""
        return self.round.closed_on is None and self._is_of(actor)

    def _is_of(self, actor: Actor) -> bool:
        return self.department is not None and actor.may_write_for(self.department.id)

    def require(self, actor: Actor, action: str) -> t.Department:
        """The department to write for. Raises `NotAllowed`, `Conflict("round_closed")`."""
        if self.department is None or not self._is_of(actor):
            raise NotAllowed(action)
        if self.round.closed_on is not None:
            raise Conflict("round_closed")
        return self.department


def asking(session: Session, request_id: int, actor: Actor) -> Asking:
    """The request of a review that the actor may see. Raises `NotFound`, also for a request of a year's round."""
    request = session.get(t.UpdateRequest, request_id)
    if request is None or not reporting.may_see(actor, request):
        raise NotFound(f"request {request_id}")
    round_ = session.get_one(t.CollectionRound, request.round_id)
    if round_.review_id is None:
        raise NotFound(f"request {request_id} of a review")
    review = reviews.find(session, round_.review_id)
    plan = reviews.plan_of(session, review)
    nodes = plans.nodes_of(session, review.edition_id)
    department = session.get_one(t.Department, request.department_id) if request.department_id else None
    titles = frozenset(n.title for n in nodes if n.is_reported)
    return Asking(request, round_, review, plan, department, plans.definition_of(plan), _parents(nodes), titles)


def find(session: Session, proposal_id: int, actor: Actor) -> tuple[t.NewMeasureProposal, Asking]:
    """A proposal that the actor may see, with where it was made. Raises `NotFound`."""
    proposal = session.get(t.NewMeasureProposal, proposal_id)
    if proposal is None:
        raise NotFound(f"new measure {proposal_id}")
    request = session.exec(
        select(t.UpdateRequest)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.UpdateRequest.round_id))
        .where(
            t.CollectionRound.review_id == proposal.review_id, t.UpdateRequest.department_id == proposal.department_id
        )
    ).first()
    if request is None:
        raise NotFound(f"request of new measure {proposal_id}")
    return proposal, asking(session, request.id, actor)


def of_department(session: Session, review: t.PhaseReview, department_id: int | None) -> Sequence[t.NewMeasureProposal]:
    """What a department proposes anew, withdrawn or not, in the order it was proposed."""
    query = select(t.NewMeasureProposal).where(
        t.NewMeasureProposal.review_id == review.id, t.NewMeasureProposal.department_id == department_id
    )
    return session.exec(query.order_by(col(t.NewMeasureProposal.id))).all()


def propose(
    session: Session, change: Change, actor: Actor, where: Asking, content: NewMeasureContent
) -> t.NewMeasureProposal:
    """Raises `NotAllowed`, `Conflict("round_closed")`, `NotProposed`."""
    department = where.require(actor, "propose")
    proposal = t.NewMeasureProposal(
        review_id=where.review.id,
        department_id=department.id,
        title="",
        proposed_at=change.at,
        proposed_by_id=actor.user,
    )
    _fill(proposal, where, content)
    session.add(proposal)
    session.flush()
    audit.write(session, change, "review.new_measure_proposed", _subject(where, proposal), title=proposal.title)
    return proposal


def change_proposal(
    session: Session,
    change: Change,
    actor: Actor,
    proposal_id: int,
    content: NewMeasureContent,
    seen: datetime | None,
) -> t.NewMeasureProposal:
    """Write a proposal anew. `seen`: when what the page showed was proposed.

    Raises as `propose`, and `Conflict`: `new_measure_withdrawn`, `new_measure_changed` (by somebody else meanwhile).
    """
    proposal, where = _in_hand(session, actor, proposal_id, "change")
    if proposal.proposed_at != seen:
        raise Conflict("new_measure_changed")
    _fill(proposal, where, content)
    proposal.proposed_at, proposal.proposed_by_id = change.at, actor.user
    session.add(proposal)
    audit.write(session, change, "review.new_measure_rewritten", _subject(where, proposal), title=proposal.title)
    return proposal


def withdraw(session: Session, change: Change, actor: Actor, proposal_id: int) -> t.NewMeasureProposal:
    """取下げ: the department does not propose it any more; its text stays readable. Raises as `change_proposal`."""
    proposal, where = _in_hand(session, actor, proposal_id, "withdraw")
    proposal.is_withdrawn = True
    session.add(proposal)
    audit.write(session, change, "review.new_measure_withdrawn", _subject(where, proposal))
    return proposal


def _in_hand(session: Session, actor: Actor, proposal_id: int, action: str) -> tuple[t.NewMeasureProposal, Asking]:
    proposal, where = find(session, proposal_id, actor)
    session.refresh(proposal, with_for_update=True)
    where.require(actor, action)
    if proposal.is_withdrawn:
        raise Conflict("new_measure_withdrawn")
    return proposal, where


def _fill(proposal: t.NewMeasureProposal, where: Asking, content: NewMeasureContent) -> None:
    classes = {c.code for c in where.definition.classes}
    title, text, reason = (typed_text(said) for said in (content.title, content.content, content.reason))
    content = replace(content, title=title, content=text, reason=reason)
    wrong = rules.problems(content, {n.id for n in where.parents}, classes, where.titles)
    if wrong:
        raise NotProposed(wrong)
    proposal.title, proposal.content, proposal.reason = content.title, content.content, content.reason
    proposal.parent_id, proposal.measure_class = content.parent, content.measure_class


def _parents(nodes: Sequence[t.Node]) -> tuple[t.Node, ...]:
    """The nodes under which a measure may stand: those of the levels that measures stand under now."""
    by_id = {n.id: n for n in nodes}
    levels = {by_id[n.parent_id].level for n in nodes if n.is_reported and n.parent_id is not None}
    return tuple(n for n in nodes if n.level in levels)


def _subject(where: Asking, proposal: t.NewMeasureProposal) -> str:
    return f"{where.review.workflow_id}/new-measure/{proposal.id}"
