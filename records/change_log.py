"""改訂履歴: the editions of a plan with what they changed, and the reviews they came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from db import tables as t
from domain.lineage import LineageKind
from domain.phase_review import BODY_PAPERS, PUBLISHED, ReviewOutcome, ReviewState
from domain.plan import Term
from domain.text import Bilingual
from records import document_archive, lineage, plans, reviews


@dataclass(frozen=True)
class ChangeOfPlan:
    """An edition in the plan's change log. `before` None: the first edition; `kinds` counts its lineage."""

    edition: t.Edition
    reason: Bilingual
    before: t.Edition | None
    kinds: Mapping[LineageKind, int]
    review: t.PhaseReview | None = None
    documents: tuple[t.Document, ...] = ()


@dataclass(frozen=True)
class UnrevisedTerm:
    """A review that found nothing to revise."""

    review: t.PhaseReview
    term: Term
    documents: tuple[t.Document, ...]


def changes_of_plan(session: Session, plan: t.Plan) -> tuple[ChangeOfPlan, ...]:
    """The plan's editions, the latest first, each with what it changed and the review it came from."""
    editions = plans.editions_of(session, plan)
    kinds: dict[int, dict[LineageKind, int]] = defaultdict(dict)
    counted = (
        select(t.Lineage.edition_id, t.Lineage.kind, func.count())
        .where(col(t.Lineage.edition_id).in_([e.id for e in editions]))
        .group_by(col(t.Lineage.edition_id), col(t.Lineage.kind))
    )
    for edition_id, kind, n in session.exec(counted):
        kinds[edition_id][LineageKind(kind)] = n
    made = {r.made_edition_id: r for r in reviews.of_plan(session, plan) if r.made_edition_id is not None}
    found = []
    for before, edition in zip((None, *editions), editions, strict=False):
        review = made.get(edition.id)
        documents = published(session, review) if review else ()
        found.append(
            ChangeOfPlan(
                edition, lineage.edition_of(edition).reason, before, _in_order(kinds[edition.id]), review, documents
            )
        )
    return tuple(reversed(found))


def _in_order(counted: Mapping[LineageKind, int]) -> dict[LineageKind, int]:
    return {kind: counted[kind] for kind in LineageKind if kind in counted}


def published(session: Session, review: t.PhaseReview) -> tuple[t.Document, ...]:
    """The documents of a review for everybody, once its result is certain; the papers of bodies are not."""
    if review.state not in PUBLISHED:
        return ()
    return tuple(d for d in document_archive.listed(session, review) if not d.kind.startswith(BODY_PAPERS))


def unrevised(session: Session, plan: t.Plan) -> tuple[UnrevisedTerm, ...]:
    """The reviews that ended without a new edition, the latest first."""
    definition = plans.definition_of(plan)
    return tuple(
        UnrevisedTerm(review, term, published(session, review))
        for review in reviews.of_plan(session, plan)
        if review.state is ReviewState.CLOSED
        and review.outcome is ReviewOutcome.NO_REVISION
        and (term := definition.term(review.term)) is not None
    )
