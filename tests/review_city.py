"""The city of `tests.city` before March 2021: its plan has the first edition only, and its early term is reviewed.

The review opened on 1 March 2021; departments have been asked. The yearly round of 2020 is open too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from db import tables as t
from db.session import Database
from domain.calendar import JST
from domain.clock import real_clock
from domain.phase_review import ConsultationOutcome, EditionHead, ReviewOutcome
from domain.proposal import continued
from domain.revision import Decision, Fate, Revision
from domain.roles import Actor
from domain.text import Bilingual
from records import next_edition, people, plans, reporting, review_decisions, reviews
from records.change import Change
from tests.city import CALENDAR, City, make_city
from tests.printed_revision import EARLY, HEAD, before_the_review, printed_revision

REVIEWED_AT = datetime(2021, 3, 1, 9, 0, tzinfo=JST)
REVIEWED_ON = REVIEWED_AT.date()
DECIDED_ON = date(2021, 3, 15)
NEW_TERM = date(2021, 4, 1)
CONTINUED = {"fate": "continue"}
WHY = Bilingual("同じ相手に同じ案内をしているため")


@dataclass(frozen=True)
class ReviewCity:
    """`proposals` and `requests` are those of the review's round; the year's are the city's."""

    city: City
    review: int
    round: int
    requests: Mapping[str, int]
    proposals: Mapping[str, int]

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, t.PhaseReview]]:
        with self.city.database.writing(self.city.municipality) as session:
            yield session, reviews.find(session, self.review)

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, t.PhaseReview]]:
        with self.city.database.reading(self.city.municipality) as session:
            yield session, reviews.find(session, self.review)

    def change(self, who: str = "planning", at: datetime = REVIEWED_AT) -> Change:
        user = self.city.user(who)
        return Change(user.email, at, user.id)

    def actor(self, session: Session, who: str) -> Actor:
        return people.actor_of(session, self.city.user(who), REVIEWED_ON)

    def propose(self, measure: str, who: str, answers: Mapping[str, str]) -> t.ProgressReport:
        """Hand a proposal in, as it would be done on the page."""
        with self.writing() as (session, _):
            report = session.get_one(t.ProgressReport, self.proposals[measure])
            actor = self.actor(session, who)
            return reporting.submit(session, self.change(who), actor, report.id, answers, report.revision, REVIEWED_ON)

    def decide(self, revision: Revision | None = None, head: EditionHead = HEAD) -> None:
        """Everything from the end of the proposals until every body has agreed; by default what was printed."""
        decided = revision or printed_revision()
        with self.writing() as (session, review):
            change = self.change()
            reviews.begin_deciding(session, change, review, DECIDED_ON)
            nodes = {n.code: n for n in plans.measures_of(session, review.edition_id)}
            for one in decided.decisions:
                review_decisions.decide(session, change, review, nodes[one.measure].id, one, 0)
            for new in decided.new_measures:
                review_decisions.decide_new(session, change, review, new)
            rule = plans.definition_of(reviews.plan_of(session, review)).review
            assert rule is not None
            for criterion in rule.criteria:
                reviews.answer_criterion(session, change, review, criterion.code, "期のあいだの変化を確かめました。")
            reviews.set_outcome(session, change, review, ReviewOutcome.REVISION, "", head)
            reviews.finish_deciding(session, change, review, DECIDED_ON)
            for turn in reviews.current_consultations(session, review):
                approved = ConsultationOutcome.APPROVED
                reviews.record_consultation(session, change, review, turn.id, approved, "", DECIDED_ON, DECIDED_ON)

    def make(self) -> None:
        """The edition; until its day it can be undone."""
        with self.writing() as (session, review):
            next_edition.make(session, self.change(), review)
            reviews.await_effect(session, review)

    def take_effect(self, on: date = NEW_TERM) -> bool:
        with self.writing() as (session, review):
            return next_edition.take_effect(session, self.change(), review, on, CALENDAR)


def all_kept(**instead: Decision) -> Revision:
    """Every measure of the early term goes on as it is, but those named as `m1_1_1`."""
    by_code = {key.removeprefix("m").replace("_", "-"): decision for key, decision in instead.items()}
    kept = (_as_it_is(d.measure) for d in printed_revision().decisions)
    return Revision(tuple(by_code.get(d.measure, d) for d in kept))


def _as_it_is(code: str) -> Decision:
    node = EARLY.node(code)
    assert node is not None
    return continued(node)


def merged(code: str, into: str) -> Decision:
    return Decision(code, Fate.MERGE, merges_into=into, reason=WHY)


def abolished(code: str) -> Decision:
    return Decision(code, Fate.ABOLISH, reason=WHY)


def make_review_city(database: Database) -> ReviewCity:
    """The city of this module in an empty database."""
    city = make_city(database, before_the_review())
    found = ReviewCity(city, 0, 0, {}, {})
    change = found.change()
    with database.writing(city.municipality) as session:
        plan = session.get_one(t.Plan, city.plan)
        review, _ = reviews.open_review(session, change, plan, "early", real_clock(REVIEWED_AT))
        reviews.freeze_term(session, change, review, REVIEWED_ON)
        round_ = reviews.ask_departments(session, change, review, REVIEWED_ON, CALENDAR)
        requests = {
            department.code: request.id
            for request, department in session.exec(
                select(t.UpdateRequest, t.Department)
                .join(t.Department, col(t.Department.id) == col(t.UpdateRequest.department_id))
                .where(t.UpdateRequest.round_id == round_.id)
            )
        }
        reports = select(t.Node.code, t.ProgressReport.id).join(
            t.ProgressReport, col(t.ProgressReport.node_id) == col(t.Node.id)
        )
        proposals = dict(session.exec(reports.where(t.ProgressReport.round_id == round_.id)).all())
        return replace(found, review=review.id, round=round_.id, requests=requests, proposals=proposals)
