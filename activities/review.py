"""A review's steps in the database, and its documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from activities.contracts import MadeEdition, OpenedRound, ReviewStep
from activities.cycle import calendar_from
from activities.heartbeat import unbroken
from activities.rendering import Renderer
from db.session import Database
from records import document_archive, next_edition, reviews
from records.change import Change

if TYPE_CHECKING:
    from records import review_files


class ReviewActivities:
    def __init__(self, database: Database, now: Callable[[], datetime], renderer: Renderer) -> None:
        self._database = database
        self._now = now
        self._renderer = renderer

    @unbroken
    def freeze_term(self, step: ReviewStep) -> None:
        """Keep the term as it is found."""
        with self._database.writing(step.municipality) as session:
            reviews.freeze_term(session, self._change(), reviews.find(session, step.review), step.today)

    @unbroken
    def ask_for_proposals(self, step: ReviewStep) -> OpenedRound:
        """One request per department, one proposal per measure."""
        with self._database.writing(step.municipality) as session:
            review = reviews.find(session, step.review)
            calendar = calendar_from(step.today)
            round_ = reviews.ask_departments(session, self._change(), review, step.today, calendar)
            return OpenedRound(round_.id, round_.workflow_id)

    @unbroken
    def make_edition(self, step: ReviewStep) -> MadeEdition:
        """The next edition in one transaction, or none."""
        with self._database.writing(step.municipality) as session:
            review = reviews.find(session, step.review, lock=True)
            made = next_edition.make(session, self._change(), review)
            return MadeEdition(made.effective_on if made else None)

    @unbroken
    def render_papers(self, step: ReviewStep) -> int:
        """The papers of the bodies; the number of files stored."""
        return self._render(step, lambda files: files.papers_of)

    @unbroken
    def render_review(self, step: ReviewStep) -> int:
        """The review report and, of a revision, comparison table and plan list; the number of files stored."""
        return self._render(step, lambda files: files.documents_of)

    @unbroken
    def await_effect(self, step: ReviewStep) -> None:
        """The edition and its documents are there; until its day it can be undone."""
        with self._database.writing(step.municipality) as session:
            reviews.await_effect(session, reviews.find(session, step.review, lock=True))

    @unbroken
    def take_effect(self, step: ReviewStep) -> bool:
        """What is owed passes to the successors; False where the edition was undone."""
        with self._database.writing(step.municipality) as session:
            review = reviews.find(session, step.review, lock=True)
            calendar = calendar_from(step.today)
            return next_edition.take_effect(session, self._change(), review, step.today, calendar)

    @unbroken
    def close_review(self, step: ReviewStep) -> None:
        with self._database.writing(step.municipality) as session:
            reviews.close(session, self._change(), reviews.find(session, step.review, lock=True), step.today)

    def _render(self, step: ReviewStep, gather_of: Callable[..., review_files.Gather]) -> int:
        """Read in one transaction, write in another: nobody waits for a document being set."""
        if not self._renderer.formats:
            return 0
        from records import review_files  # here: the renderers take long to load

        gather = gather_of(review_files)
        with self._database.reading(step.municipality) as session:
            gathered = gather(session, reviews.find(session, step.review), step.today)
        files = self._renderer.rendered(gathered)
        with self._database.writing(step.municipality) as session:
            review, change = reviews.find(session, step.review), self._change()
            for file in files:
                document_archive.store(session, change, review, file.kind, file.format, file.made, step.today)
        return len(files)

    def _change(self) -> Change:
        return Change("workflow", self._now())
