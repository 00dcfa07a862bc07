"""The sample city when the early term of its plan ends: 36 measures, no later edition known, a review that runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

import plan_files
import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from documents.formats import Format
from domain.calendar import JST
from domain.clock import PlanClock
from domain.phase_review import EditionHead, ReviewOutcome
from domain.roles import Actor
from domain.text import Bilingual
from japan_calendar import business_calendar
from organisation_files import read_organisation
from records import document_archive, next_edition, people, plans, reporting, review_decisions, reviews
from records.change import Change
from records.organisation import import_organisation
from tests.conftest import PLAN, REAL_DAY
from tests.databases import Databases
from tests.web.desk_city import PLANNER, STAFF, SignedInClient

PLANS = Path(__file__).parents[2] / "plans"
OPENED_ON = date(2021, 3, 1)
CALENDAR = business_calendar(range(2020, 2024))
HEAD = EditionHead("2021-03", Bilingual("改訂（中期）", "As revised"), "2021-03", date(2021, 4, 1), Bilingual("見直し"))


@dataclass(frozen=True)
class DeskReview:
    """`review` is 0 until one is opened."""

    database: Database
    municipality: int
    plan: int
    review: int = 0

    @property
    def home(self) -> str:
        return f"/desk/reviews/{self.review}"

    @property
    def change(self) -> Change:
        with self.database.reading(EVERY_MUNICIPALITY) as session:
            planner = session.exec(select(t.User.id).where(t.User.email == PLANNER)).one()
        return Change(PLANNER, wall_clock.now(), planner)

    def client(self, email: str = PLANNER) -> SignedInClient:
        return SignedInClient(self.database, email)

    def let_it_be(self, day: date) -> None:
        """Set the plan's clock."""
        with self.database.writing(self.municipality) as session:
            origin = datetime(day.year, day.month, day.day, 10, tzinfo=JST)
            plans.set_clock(
                session, self.change, plans.find(session, PLAN), PlanClock(origin, wall_clock.now(), REAL_DAY)
            )

    def opened(self, term: str = "early") -> DeskReview:
        with self.database.writing(self.municipality) as session:
            plan = plans.find(session, PLAN)
            clock = plans.clock_of(plan, wall_clock.now())
            review, _ = reviews.open_review(session, self.change, plan, term, clock)
            return replace(self, review=review.id)

    def act(self, what: Callable[[Session, t.PhaseReview], object]) -> None:
        with self.database.writing(self.municipality) as session:
            what(session, reviews.find(session, self.review))

    def asked(self) -> None:
        """The term is frozen and the departments are asked."""

        def begin(session: Session, review: t.PhaseReview) -> None:
            reviews.freeze_term(session, self.change, review, OPENED_ON)
            reviews.ask_departments(session, self.change, review, OPENED_ON, CALENDAR)

        self.act(begin)

    def propose(self, code: str, answers: dict[str, str], *, hand_in: bool = True) -> None:
        with self.database.writing(self.municipality) as session:
            report = self.report(code)
            request = session.get_one(t.UpdateRequest, report.request_id)
            held = session.exec(select(t.Appointment).where(t.Appointment.department_id == request.department_id)).all()
            actor: Actor = people.actor_of(session, session.get_one(t.User, held[0].user_id), OPENED_ON)
            if hand_in:
                reporting.submit(session, self.change, actor, report.id, answers, report.revision, OPENED_ON)
            else:
                reporting.save_draft(session, self.change, actor, report.id, answers, report.revision)

    def proposes_anew(self, title: str, parent: str = "1-1") -> int:
        with self.database.writing(self.municipality) as session:
            review = reviews.find(session, self.review)
            nodes = {n.code: n.id for n in plans.nodes_of(session, review.edition_id)}
            staff = session.exec(select(t.User.id).where(t.User.email == STAFF)).one()
            department = session.exec(select(t.Department)).all()[0]
            wanted = t.NewMeasureProposal(
                review_id=self.review,
                department_id=department.id,
                parent_id=nodes[parent],
                title=title,
                content="オンラインで相談を受けます。",
                reason="来庁できない人からの相談が増えたためです。",
                proposed_at=wall_clock.now(),
                proposed_by_id=staff,
            )
            session.add(wanted)
            session.flush()
            return wanted.id

    def closed_proposals(self) -> None:
        self.act(lambda session, review: reviews.begin_deciding(session, self.change, review, date(2021, 3, 12)))

    def everything_continues(self) -> None:
        self.act(
            lambda session, review: review_decisions.accept_proposals(session, self.change, review, rest_continues=True)
        )

    def answered_criteria(self) -> None:
        def answer(session: Session, review: t.PhaseReview) -> None:
            rule = plans.definition_of(reviews.plan_of(session, review)).review
            assert rule is not None
            for criterion in rule.criteria:
                reviews.answer_criterion(session, self.change, review, criterion.code, "大きな変化はありません。")

        self.act(answer)

    def finished_deciding(self) -> None:
        """Everything continues, under the head of a next edition; the bodies have the papers."""
        self.everything_continues()
        self.answered_criteria()

        def finish(session: Session, review: t.PhaseReview) -> None:
            reviews.set_outcome(session, self.change, review, ReviewOutcome.REVISION, "", HEAD)
            reviews.finish_deciding(session, self.change, review, date(2021, 3, 15))
            for format_ in (Format.DOCX, Format.PDF):
                document_archive.store(session, self.change, review, "body-papers-1", format_, b"x", date(2021, 3, 15))

        self.act(finish)

    def made(self) -> None:
        """The edition and its documents are made, and wait for their day."""

        def make(session: Session, review: t.PhaseReview) -> None:
            next_edition.make(session, self.change, review)
            for kind in ("phase-review-report", "comparison-table", "revised-plan"):
                for format_ in Format:
                    document_archive.store(session, self.change, review, kind, format_, b"x", date(2021, 3, 20))
            reviews.await_effect(session, review)

        self.act(make)

    def stored(self) -> t.PhaseReview:
        with self.database.reading(self.municipality) as session:
            return reviews.find(session, self.review)

    def node(self, code: str) -> int:
        with self.database.reading(self.municipality) as session:
            review = reviews.find(session, self.review)
            return next(n.id for n in plans.measures_of(session, review.edition_id) if n.code == code)

    def report(self, code: str) -> t.ProgressReport:
        """The proposal of a measure."""
        with self.database.reading(self.municipality) as session:
            query = select(t.ProgressReport).join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
            query = query.join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
            return session.exec(query.where(t.CollectionRound.review_id == self.review, t.Node.code == code)).one()

    def count(self, table: type[t.Outbox] | type[t.AuditEntry]) -> int:
        with self.database.reading(self.municipality) as session:
            return len(session.exec(select(table)).all())


def fill(database: Database) -> None:
    """Store the city at the end of its early term; no edition after the first is known."""
    whole = plan_files.read_plan(PLANS / f"{PLAN}.yaml")
    first = whole.editions[:1]
    definition = replace(
        whole,
        editions=first,
        links=(),
        achievements=tuple(a for a in whole.achievements if a.node is None or a.node.edition == first[0].code),
        indicators=tuple(i for i in whole.indicators if not i.node or i.edition == first[0].code),
        term_evaluations=tuple(e for e in whole.term_evaluations if e.edition == first[0].code),
    )
    change = Change("test", wall_clock.now())
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definition).id
    with database.writing(municipality) as session:
        plan = plans.import_definition(session, change, definition, Bilingual("模擬データ", "Sample data"))
        import_organisation(session, change, plan, read_organisation(PLANS / "samples" / f"{PLAN}.organisation.yaml"))
        origin = datetime(2021, 3, 2, 10, tzinfo=JST)
        plans.set_clock(session, change, plan, PlanClock(origin, wall_clock.now(), REAL_DAY))


@pytest.fixture(scope="session")
def desk_review_template(databases: Databases) -> str:
    """A database with the city, made once."""
    url, _ = databases.template(fill)
    return url


@pytest.fixture
def desk_review(databases: Databases, desk_review_template: str) -> Iterator[DeskReview]:
    """The city on 2 March 2021, with nothing opened."""
    with databases.copied(desk_review_template) as database:
        with database.reading(EVERY_MUNICIPALITY) as session:
            plan = plans.find(session, PLAN)
        yield DeskReview(database, plan.municipality_id, plan.id)
