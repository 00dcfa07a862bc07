"""The edition that follows from a review: made in one transaction, undone before its day, corrected after it (正誤)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlmodel import Session, col, delete, or_, select

from db import tables as t
from domain import plan_rules, revision
from domain.calendar import BusinessCalendar
from domain.lineage import ONE_TO_ONE, LineageKind
from domain.phase_review import EditionHead, ReviewOutcome, ReviewState
from domain.plan import Edition, PlanDefinition
from domain.progress_report import EDITABLE
from domain.revision import Successor
from records import audit, plan_reading, plan_writing, plans, reassigning, review_decisions, reviews
from records.change import Change, Conflict, DoesNotFit
from records.review_decisions import DecisionSheet


def make(session: Session, change: Change, review: t.PhaseReview) -> t.Edition | None:
    """The edition that the review's decisions make, with its lineage and who will answer; None: no revision.

    Repeating finds the edition that is there. Raises `DoesNotFit` where the plan would contradict itself.
    """
    if review.made_edition_id is not None:
        return session.get_one(t.Edition, review.made_edition_id)
    if review.outcome is ReviewOutcome.NO_REVISION:
        return None
    sheet, head = review_decisions.sheet_of(session, review), reviews.head_of(review)
    assert head is not None, f"review {review.id} was decided without a head"
    assert not sheet.refusals, f"review {review.id} was decided with contradictions"
    edition = revision.next_edition(
        sheet.edition,
        sheet.revision,
        sheet.definition.reported_levels,
        code=head.code,
        name=head.name,
        decided=head.decided,
        effective_on=head.effective_on,
        reason=head.reason,
    )
    row = _store(session, session.get_one(t.Plan, review.plan_id), sheet.definition, edition)
    _give_responsibilities(session, row, sheet)
    review.made_edition_id = row.id
    session.add(review)
    kinds = {kind.value: sum(link.kind is kind for link in edition.lineage) for kind in LineageKind}
    audit.write(session, change, "edition.made", review.workflow_id, edition=row.code, **kinds)
    return row


def undo(session: Session, change: Change, review: t.PhaseReview, today: date) -> None:
    """Take the edition back before its day; the decisions can be changed again.

    Raises `Conflict`: `nothing_to_undo`, `edition_in_force` (correct it instead), `edition_used` (a cycle was opened
    on it, or another plan links to it).
    """
    if review.state is not ReviewState.AWAITING_EFFECT or review.made_edition_id is None:
        raise Conflict("nothing_to_undo")
    edition = session.get_one(t.Edition, review.made_edition_id)
    if edition.effective_on <= today:
        raise Conflict("edition_in_force")
    if _is_referred_to(session, edition):
        raise Conflict("edition_used")
    review.made_edition_id = None
    session.add(review)
    session.execute(delete(t.Document).where(col(t.Document.review_id) == review.id))
    session.flush()
    _take_responsibilities_back(session, edition, review_decisions.sheet_of(session, review))
    _forget(session, edition)
    audit.write(session, change, "edition.undone", review.workflow_id, edition=edition.code)
    reviews.tell_undone(session, change, review, today)


def take_effect(
    session: Session, change: Change, review: t.PhaseReview, today: date, calendar: BusinessCalendar
) -> bool:
    """The edition's day has come: what is still owed passes to who answers for the successors.

    False where the edition was undone meanwhile. Repeating moves nothing twice.
    """
    if review.state is ReviewState.CLOSED:
        return True
    if review.state is not ReviewState.AWAITING_EFFECT or review.made_edition_id is None:
        return False
    edition = session.get_one(t.Edition, review.made_edition_id)
    given = _end_responsibilities(session, edition)
    moved = _hand_over_open_reports(session, change, edition, given, today, calendar)
    audit.write(session, change, "edition.took_effect", review.workflow_id, edition=edition.code, reports_moved=moved)
    return True


def correct(
    session: Session,
    change: Change,
    plan: t.Plan,
    corrected: Mapping[str, Successor],
    reason: str,
    today: date,
) -> t.Edition:
    """正誤: a further edition that puts right what was printed wrongly in the edition in force; nothing is overwritten.

    `corrected` gives, by code, how a measure should have read. Raises `Conflict` (`reason_missing`,
    `nothing_corrected`, `edition_ahead`, `corrected_in_review`, `corrected_today`), `reviews.NotDecided`, `DoesNotFit`.
    """
    if not reason.strip():
        raise Conflict("reason_missing")
    if not corrected:
        raise Conflict("nothing_corrected")
    row = plans.edition_in_force(session, plan, today)
    if any(e.effective_on > today and not e.is_draft for e in plans.editions_of(session, plan)):
        raise Conflict("edition_ahead")
    if any(r.state is not ReviewState.CLOSED for r in reviews.of_plan(session, plan)):
        raise Conflict("corrected_in_review")  # its decisions are of this edition, and would undo the correction
    if row.effective_on >= today:
        raise Conflict("corrected_today")
    definition = plan_reading.read(session, plan)
    before = definition.edition(row.code)
    assert before is not None
    decided = revision.correction(before, corrected, definition.reported_levels, reason.strip())
    refusals = revision.refusals(before, decided, definition.reported_levels, definition.classes)
    if refusals:
        raise reviews.NotDecided(refusals, ())
    head = _correction_head(definition, before, today, reason.strip())
    edition = revision.next_edition(
        before,
        decided,
        definition.reported_levels,
        code=head.code,
        name=head.name,
        decided=head.decided,
        effective_on=head.effective_on,
        reason=head.reason,
    )
    made = _store(session, plan, definition, edition)
    audit.write(
        session, change, "edition.corrected", f"plan/{plan.code}", edition=made.code, measures=sorted(corrected)
    )
    return made


def _correction_head(definition: PlanDefinition, before: Edition, today: date, reason: str) -> EditionHead:
    number = 1
    while definition.edition(f"{before.code}-c{number}") is not None:
        number += 1
    name = replace(
        before.name,
        ja=f"{before.name.ja}（正誤{number}）",
        en=f"{before.name.en} (correction {number})" if before.name.en else "",
    )
    return EditionHead(
        f"{before.code}-c{number}", name, before.decided, today, replace(before.reason, ja=f"正誤：{reason}", en="")
    )


def _store(session: Session, plan: t.Plan, definition: PlanDefinition, edition: Edition) -> t.Edition:
    """Add an edition to the plan's rows. Raises `DoesNotFit`."""
    editions = sorted((*definition.editions, edition), key=lambda e: e.effective_on)
    whole = replace(definition, editions=tuple(editions))
    mistakes = plan_rules.mistakes(whole)
    if mistakes:
        raise DoesNotFit(mistakes)
    plan_writing.write(session, plan, whole)
    return session.exec(select(t.Edition).where(t.Edition.plan_id == plan.id, t.Edition.code == edition.code)).one()


def _give_responsibilities(session: Session, edition: t.Edition, sheet: DecisionSheet) -> None:
    """Who answers from the edition's day on, where that is decided, and for the parts of a split.

    Who answered until then goes on until that day comes (`_end_responsibilities`).
    """
    nodes = {n.code: n for n in plans.measures_of(session, edition.id)}
    owners = _named_owners(session, sheet)
    answering = plans.owners_on(session, sheet.measures[0].node.edition_id, edition.effective_on)
    for one in sheet.measures:
        for successor in one.decision.successors if one.decision else ():
            if one.node.id in answering and nodes[successor.code].origin_id != one.node.origin_id:
                owners.setdefault(successor.code, answering[one.node.id])
    for code, owner in owners.items():
        origin = nodes[code].origin_id
        assert origin is not None
        session.add(t.Responsibility(node_id=origin, department_id=owner.id, valid_from=edition.effective_on))
    session.flush()


def _named_owners(session: Session, sheet: DecisionSheet) -> dict[str, t.Department]:
    """Code in the next edition → the department that the decisions name for it."""
    departments = {d.code: d for d in session.exec(select(t.Department))}
    decided = sheet.revision
    coming = [*(s for d in decided.decisions for s in d.successors), *(n.measure for n in decided.new_measures)]
    return {s.code: departments[s.department] for s in coming if s.department in departments}


def _take_responsibilities_back(session: Session, edition: t.Edition, sheet: DecisionSheet) -> None:
    nodes = plans.measures_of(session, edition.id)
    own = col(t.Responsibility.node_id).in_([n.id for n in nodes])  # of lives that begin with the edition
    for held in session.exec(select(t.Responsibility).where(own)):
        session.delete(held)
    session.flush()
    origins = {n.code: n.origin_id for n in nodes}
    for code, owner in _named_owners(session, sheet).items():
        query = select(t.Responsibility).where(
            t.Responsibility.node_id == origins[code],
            t.Responsibility.department_id == owner.id,
            t.Responsibility.valid_from == edition.effective_on,
        )
        given = session.exec(query.order_by(col(t.Responsibility.id).desc())).first()
        if given is not None:
            session.delete(given)
    session.flush()


def _end_responsibilities(session: Session, edition: t.Edition) -> frozenset[int]:
    """Where another department answers from the edition's day on, the one before does so no more.

    Returns the origins of the measures that began to be somebody's on that day.
    """
    origins = select(t.Node.origin_id).where(t.Node.edition_id == edition.id)
    beginning = select(t.Responsibility).where(
        col(t.Responsibility.node_id).in_(origins),
        t.Responsibility.valid_from == edition.effective_on,
        or_(col(t.Responsibility.valid_until).is_(None), col(t.Responsibility.valid_until) >= edition.effective_on),
    )
    given = frozenset(r.node_id for r in session.exec(beginning))
    before = select(t.Responsibility).where(
        col(t.Responsibility.node_id).in_(given),
        t.Responsibility.valid_from < edition.effective_on,
        or_(col(t.Responsibility.valid_until).is_(None), col(t.Responsibility.valid_until) >= edition.effective_on),
    )
    for held in session.exec(before):
        held.valid_until = edition.effective_on - timedelta(days=1)
        session.add(held)
    session.flush()
    return given


def _is_referred_to(session: Session, edition: t.Edition) -> bool:
    nodes = select(t.Node.id).where(t.Node.edition_id == edition.id)
    queries = (
        select(t.AnnualCycle.id).where(t.AnnualCycle.edition_id == edition.id),
        select(t.NodeLink.id).where(col(t.NodeLink.other_id).in_(nodes)),
        select(t.Indicator.id).where(col(t.Indicator.node_id).in_(nodes)),
        select(t.Achievement.id).where(col(t.Achievement.node_id).in_(nodes)),
    )
    return any(session.exec(query).first() is not None for query in queries)


def _forget(session: Session, edition: t.Edition) -> None:
    lineage = select(t.Lineage.id).where(t.Lineage.edition_id == edition.id)
    session.execute(delete(t.LineageEnd).where(col(t.LineageEnd.lineage_id).in_(lineage)))
    session.execute(delete(t.Lineage).where(col(t.Lineage.edition_id) == edition.id))
    for row in session.exec(select(t.Node).where(t.Node.edition_id == edition.id)):
        row.origin_id = row.parent_id = None
        session.add(row)
    session.flush()
    session.execute(delete(t.Node).where(col(t.Node.edition_id) == edition.id))
    session.delete(edition)
    session.flush()


def _hand_over_open_reports(
    session: Session,
    change: Change,
    edition: t.Edition,
    given: Collection[int],
    today: date,
    calendar: BusinessCalendar,
) -> int:
    """Open reports on measures that were merged or split go to who answers for what they live on in; how many.

    Those on a measure that lives on as itself stay, unless the edition gave it (its origin is in `given`) to another
    department.
    """
    heirs = _heirs(session, edition, given)
    owners = plans.owners_on(session, edition.id, today)
    rows = session.exec(
        select(t.ProgressReport, t.UpdateRequest)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
        .where(
            col(t.ProgressReport.node_id).in_(heirs),
            col(t.CollectionRound.closed_on).is_(None),
            col(t.ProgressReport.is_exempted).is_(False),
            col(t.ProgressReport.state).in_(EDITABLE),
        )
        .order_by(col(t.ProgressReport.id))
        .with_for_update(of=t.ProgressReport)
    ).all()
    moved = 0
    for report, request in rows:
        answering = [owners[heir].id for heir in heirs[report.node_id] if heir in owners]
        if answering and request.department_id not in answering:
            reassigning.move(session, change, report, answering[0], today, calendar)
            moved += 1
    return moved


def _heirs(session: Session, edition: t.Edition, given: Collection[int]) -> dict[int, Sequence[int]]:
    """Node of the edition before → those that take over what is owed for it: by a merger, a split, or a new owner."""
    rows = session.exec(
        select(t.LineageEnd, t.Lineage, t.Node.origin_id)
        .join(t.Lineage, col(t.Lineage.id) == col(t.LineageEnd.lineage_id))
        .join(t.Node, col(t.Node.id) == col(t.LineageEnd.node_id))
        .where(t.Lineage.edition_id == edition.id)
        .order_by(col(t.LineageEnd.id))
    ).all()
    after: dict[int, list[int]] = {}
    for end, link, _ in rows:
        if end.side is t.Side.AFTER:
            after.setdefault(link.id, []).append(end.node_id)
    return {
        end.node_id: after.get(link.id, [])
        for end, link, origin in rows
        if end.side is t.Side.BEFORE and (link.kind not in ONE_TO_ONE or origin in given)
    }
