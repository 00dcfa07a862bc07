"""Which documents a review has: gathered in one look at the record, to be set afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from sqlmodel import Session

from db import tables as t
from documents import body_papers, comparison_table_render, phase_review_render, revised_plan_render
from documents.formats import Format
from documents.gathered import GatheredDocument
from domain.phase_review import BODY_PAPERS
from records import comparison_table, document_templates, review_documents, reviews, revised_plan

PAPERS = "body-papers"
REPORT = "phase-review-report"
COMPARISON = "comparison-table"
PLAN_LIST = "revised-plan"
_ON_PAPER = (Format.DOCX, Format.PDF)
_EVERY = tuple(Format)


Gather = Callable[[Session, t.PhaseReview, date], tuple[GatheredDocument, ...]]


def papers_of(session: Session, review: t.PhaseReview, today: date) -> tuple[GatheredDocument, ...]:
    """The papers of each body that is asked now, numbered in their order."""
    own = document_templates.own(session, PAPERS)
    return tuple(
        GatheredDocument(
            f"{BODY_PAPERS}{turn.position + 1}",
            _ON_PAPER,
            partial(body_papers.render, review_documents.gather_papers(session, review, turn, today)),
            own,
        )
        for turn in reviews.current_consultations(session, review)
    )


def documents_of(session: Session, review: t.PhaseReview, today: date) -> tuple[GatheredDocument, ...]:
    """The review report; of a revision also the comparison table and the revised plan list."""
    report = review_documents.gather_report(session, review, today)
    found = [_gathered(session, REPORT, partial(phase_review_render.render, report))]
    if review.made_edition_id is not None:
        plan = session.get_one(t.Plan, review.plan_id)
        before = session.get_one(t.Edition, review.edition_id)
        after = session.get_one(t.Edition, review.made_edition_id)
        table = comparison_table.gather(session, plan, before, after, today)
        listed = revised_plan.gather(session, after, today)
        found.append(_gathered(session, COMPARISON, partial(comparison_table_render.render, table)))
        found.append(_gathered(session, PLAN_LIST, partial(revised_plan_render.render, listed)))
    return tuple(found)


def _gathered(session: Session, kind: str, render: Callable[..., bytes]) -> GatheredDocument:
    return GatheredDocument(kind, _EVERY, render, document_templates.own(session, kind))
