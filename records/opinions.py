"""意見: taken in a review's window or at any time, told apart from those already there, linked, answered.

Names and contacts stay with the planning division: the audit log does not hold them, `of_measure` does not give them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from db import tables as t
from domain import opinion as rules
from domain.opinion import (
    OTHER_DEPARTMENT,
    OpinionChannel,
    OpinionContent,
    OpinionProblem,
    Reflection,
    WindowState,
    window_state,
)
from domain.phase_review import ReviewState
from domain.roles import Actor
from exchange.opinion_csv import OpinionLine
from records import audit, plans
from records.change import Change, Conflict, NotAllowed, NotFound


class WrongOpinion(Exception):
    """What was typed is no opinion, or no answer. Nothing is stored."""

    def __init__(self, problems: Sequence[OpinionProblem]) -> None:
        super().__init__(", ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Intake:
    """Where opinions are collected: a review of a plan, or (None) the plan's standing intake."""

    plan: t.Plan
    review: t.PhaseReview | None


@dataclass(frozen=True)
class Window:
    """How a plan's window stands for a reader. `review` None: there is none that this reader may know of."""

    state: WindowState
    review: t.PhaseReview | None = None


@dataclass(frozen=True)
class Brought:
    """What a file brings: opinions that are new, and how many of its lines are there already."""

    new: tuple[OpinionLine, ...]
    known: int


def intake_of_review(session: Session, review_id: int) -> Intake:
    review = session.get(t.PhaseReview, review_id)
    if review is None:
        raise NotFound(f"review {review_id}")
    return Intake(session.get_one(t.Plan, review.plan_id), review)


def intake_of(session: Session, opinion: t.Opinion) -> Intake:
    plan = session.get_one(t.Plan, opinion.plan_id)
    return Intake(plan, session.get_one(t.PhaseReview, opinion.review_id) if opinion.review_id else None)


def set_window(
    session: Session,
    change: Change,
    actor: Actor,
    review_id: int,
    since: date | None,
    until: date | None,
    is_public: bool,
) -> t.PhaseReview:
    """From when until when a review takes opinions, and whether the public form is shown to everybody.

    Raises `Conflict` with `review_closed`, `opinion_window_reversed` or `opinion_window_missing`.
    """
    _only_planning(actor)
    review = intake_of_review(session, review_id).review
    assert review is not None
    _not_closed(review)
    if is_public and since is None:
        raise Conflict("opinion_window_missing")
    if until is not None and (since is None or until < since):
        raise Conflict("opinion_window_reversed" if since else "opinion_window_missing")
    if (since, until, is_public) == (review.opinions_from, review.opinions_until, review.takes_public_opinions):
        return review
    review.opinions_from, review.opinions_until, review.takes_public_opinions = since, until, is_public
    session.add(review)
    audit.write(
        session,
        change,
        "opinions.window_set",
        review.workflow_id,
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
        public=is_public,
    )
    return review


def window_of(session: Session, plan: t.Plan, today: date, *, is_staff: bool) -> Window:
    """The plan's window on a plan day: the one that is open, else the next, else the last.

    Staff of the city may use the form in every window, everybody else where it is switched on for the public.
    """
    query = select(t.PhaseReview).where(t.PhaseReview.plan_id == plan.id, t.PhaseReview.state != ReviewState.CLOSED)
    found = [
        Window(window_state(is_staff or r.takes_public_opinions, r.opinions_from, r.opinions_until, today), r)
        for r in session.exec(query.order_by(col(t.PhaseReview.id).desc()))
    ]
    for state in (WindowState.OPEN, WindowState.AHEAD, WindowState.OVER):
        for window in found:
            if window.state is state:
                return window
    return Window(WindowState.NONE)


def receive(
    session: Session,
    change: Change,
    plan: t.Plan,
    content: OpinionContent,
    node_ids: Collection[int],
    today: date,
) -> t.Opinion:
    """An opinion from the form: of the public, or (`change.user` is set) of another department of the city hall.

    Raises `Conflict("opinions_not_taken")` outside of the window, and `WrongOpinion`.
    """
    is_staff = change.user is not None
    window = window_of(session, plan, today, is_staff=is_staff)
    if window.state is not WindowState.OPEN:
        raise Conflict("opinions_not_taken")
    definition = plans.definition_of(plan)
    every = rules.sources_of(definition)
    sources = [s for s in every if s.code == OTHER_DEPARTMENT] if is_staff else rules.public_sources(definition)
    _check(rules.problems_of(content, sources, today))
    intake = Intake(plan, window.review)
    opinion = _added(session, change, intake, content, OpinionChannel.FORM)
    _link_all(session, opinion, [n for n in nodes_for(session, intake, today) if n.id in node_ids])
    _audit_received(session, change, opinion)
    return opinion


def record(
    session: Session,
    change: Change,
    actor: Actor,
    intake: Intake,
    content: OpinionContent,
    node_ids: Collection[int],
    today: date,
) -> t.Opinion:
    """An opinion typed in by the planning division: a letter, a call, a meeting. Raises `WrongOpinion`."""
    _only_planning(actor)
    _not_closed(intake.review)
    _check(rules.problems_of(content, rules.sources_of(plans.definition_of(intake.plan)), today))
    opinion = _added(session, change, intake, content, OpinionChannel.BY_HAND)
    _link_all(session, opinion, [n for n in nodes_for(session, intake, today) if n.id in node_ids])
    _audit_received(session, change, opinion)
    return opinion


def look_at(session: Session, plan: t.Plan, lines: Sequence[OpinionLine]) -> Brought:
    """What a file would bring; an opinion that is there already, by whichever way it came, is not new."""
    known = {rules.key_of(content_of(o)) for o in session.exec(select(t.Opinion).where(t.Opinion.plan_id == plan.id))}
    new = tuple(line for line in lines if rules.key_of(line.content) not in known)
    return Brought(new, len(lines) - len(new))


def bring(
    session: Session,
    change: Change,
    actor: Actor,
    intake: Intake,
    lines: Sequence[OpinionLine],
    today: date,
) -> Brought:
    """Store what a file says (`exchange/opinion_csv.py::read`); the same file again adds nothing."""
    _only_planning(actor)
    _not_closed(intake.review)
    # Two uploads at once wait for each other here, so that the second sees what the first has stored.
    session.exec(select(t.Plan.id).where(t.Plan.id == intake.plan.id).with_for_update()).one()
    brought = look_at(session, intake.plan, lines)
    nodes = {n.code: n for n in nodes_for(session, intake, today)}
    for line in brought.new:
        opinion = _added(session, change, intake, line.content, OpinionChannel.FILE)
        _link_all(session, opinion, [nodes[code] for code in line.nodes])
    if brought.new:
        subject = intake.review.workflow_id if intake.review else f"plan/{intake.plan.code}"
        audit.write(session, change, "opinions.imported", subject, added=len(brought.new), known=brought.known)
    return brought


def answer(
    session: Session,
    change: Change,
    actor: Actor,
    opinion_id: int,
    text: str,
    reflection: Reflection | None,
) -> t.Opinion:
    """What the city says to an opinion and makes of it; may be replaced until the review is closed.

    Raises `WrongOpinion`, and `Conflict("review_closed")`.
    """
    opinion = _open_for(session, actor, opinion_id)
    text = rules.cleaned(text)
    _check(rules.problems_of_answer(text, reflection))
    if (opinion.answer, opinion.reflection) == (text, reflection):
        return opinion
    opinion.answer, opinion.reflection = text, reflection
    opinion.answered_at, opinion.answered_by_id = change.at, change.user
    session.add(opinion)
    assert reflection is not None
    audit.write(session, change, "opinion.answered", f"opinion/{opinion.id}", reflection=reflection.value, answer=text)
    return opinion


def link(session: Session, change: Change, actor: Actor, opinion_id: int, node_id: int, today: date) -> bool:
    """Say that an opinion is about a node. False: it was said before, also by another edition's name of it."""
    opinion = _open_for(session, actor, opinion_id)
    node = next((n for n in nodes_for(session, intake_of(session, opinion), today) if n.id == node_id), None)
    if node is None:
        raise NotFound(f"node {node_id} for opinion {opinion_id}")
    if not _link_all(session, opinion, [node]):
        return False
    audit.write(session, change, "opinion.linked", f"opinion/{opinion.id}", node=node.code)
    return True


def unlink(session: Session, change: Change, actor: Actor, opinion_id: int, node_id: int) -> bool:
    """Take a link back. False: there was none."""
    opinion = _open_for(session, actor, opinion_id)
    found = session.exec(
        select(t.OpinionNode).where(t.OpinionNode.opinion_id == opinion.id, t.OpinionNode.node_id == node_id)
    ).first()
    if found is None:
        return False
    node = session.get_one(t.Node, node_id)
    session.delete(found)
    session.flush()
    audit.write(session, change, "opinion.unlinked", f"opinion/{opinion.id}", node=node.code)
    return True


def find(session: Session, opinion_id: int) -> t.Opinion:
    found = session.get(t.Opinion, opinion_id)
    if found is None:
        raise NotFound(f"opinion {opinion_id}")
    return found


def content_of(opinion: t.Opinion) -> OpinionContent:
    return OpinionContent(opinion.source, opinion.text, opinion.received_on, opinion.author, opinion.contact)


def nodes_for(session: Session, intake: Intake, today: date) -> Sequence[t.Node]:
    """What an opinion may be linked to: the edition under review, or the one in force."""
    edition_id = intake.review.edition_id if intake.review else plans.edition_in_force(session, intake.plan, today).id
    return plans.nodes_of(session, edition_id)


def _open_for(session: Session, actor: Actor, opinion_id: int) -> t.Opinion:
    """An opinion that the planning division may still work on."""
    _only_planning(actor)
    query = select(t.Opinion).where(t.Opinion.id == opinion_id).with_for_update()
    opinion = session.exec(query).first()
    if opinion is None:
        raise NotFound(f"opinion {opinion_id}")
    _not_closed(intake_of(session, opinion).review)
    return opinion


def _only_planning(actor: Actor) -> None:
    if not actor.is_planning:
        raise NotAllowed("opinions")


def _not_closed(review: t.PhaseReview | None) -> None:
    if review is not None and review.state is ReviewState.CLOSED:
        raise Conflict("review_closed")


def _check(problems: Sequence[OpinionProblem]) -> None:
    if problems:
        raise WrongOpinion(problems)


def _added(
    session: Session, change: Change, intake: Intake, content: OpinionContent, channel: OpinionChannel
) -> t.Opinion:
    opinion = t.Opinion(
        plan_id=intake.plan.id,
        review_id=intake.review.id if intake.review else None,
        source=content.source,
        channel=channel,
        author=content.author,
        contact=content.contact,
        text=content.text,
        received_on=content.received_on,
        received_at=change.at,
        recorded_by_id=change.user,
        import_key=rules.key_of(content) if channel is OpinionChannel.FILE else None,
    )
    session.add(opinion)
    session.flush()
    return opinion


def _link_all(session: Session, opinion: t.Opinion, nodes: Sequence[t.Node]) -> bool:
    """Link an opinion to nodes whose life it is not linked to yet. False: it was linked to all."""
    linked = select(t.Node.origin_id).join(t.OpinionNode, col(t.OpinionNode.node_id) == col(t.Node.id))
    known = set(session.exec(linked.where(t.OpinionNode.opinion_id == opinion.id)))
    new = [n for i, n in enumerate(nodes) if n.origin_id not in known and n not in nodes[:i]]
    session.add_all(t.OpinionNode(opinion_id=opinion.id, node_id=n.id) for n in new)
    session.flush()
    return bool(new)


def _audit_received(session: Session, change: Change, opinion: t.Opinion) -> None:
    details = {"channel": opinion.channel.value, "source": opinion.source, "review": opinion.review_id}
    audit.write(session, change, "opinion.received", f"opinion/{opinion.id}", **details)
