"""A city hall that reviews the early term of the Iizuka plan, in skipped time, by an agenda of dated acts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session, col, select
from temporalio.client import WorkflowHistory

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database, narrow
from domain.calendar import JST
from domain.phase_review import ConsultationOutcome, EditionHead, ReviewOutcome
from domain.proposal import continued
from domain.text import Bilingual
from records import next_edition, plans, review_decisions, reviews
from records.change import Change
from records.organisation import import_organisation
from replay.agenda import Act, Entry, Moment, on
from replay.beginning import as_it_began
from replay.player import running
from replay.players import MARK, organisation_of
from replay.reviews import PlayedReview, played_reviews
from replay.script import planner
from tests.conftest import RememberingMailer

PLAN = plan_files.read_plan(Path(__file__).parents[2] / "plans" / "iizuka-ict.yaml")
BEGAN = as_it_began(PLAN)
BEGINS_AT = datetime(2021, 2, 1, tzinfo=JST)
REVIEW = "phase-review/iizuka/iizuka-ict/early"
PROPOSALS = "collection/iizuka/iizuka-ict/early/review"
OPENS, DUE = date(2021, 2, 2), date(2021, 2, 15)
EFFECTIVE = date(2021, 4, 1)


def early() -> PlayedReview:
    """The review of the early term as the replay plays it."""
    return next(r for r in played_reviews(PLAN, BEGAN) if r.term.code == "early")


@dataclass
class City:
    """The city after its agenda was played, with the histories of its processes."""

    database: Database
    municipality: int
    mailer: RememberingMailer
    histories: dict[str, WorkflowHistory]

    def review(self) -> t.PhaseReview:
        with self.database.reading(self.municipality) as session:
            return review_in(session)

    def editions(self) -> dict[str, date]:
        with self.database.reading(self.municipality) as session:
            plan = plans.find(session, PLAN.code)
            return {e.code: e.effective_on for e in plans.editions_of(session, plan)}

    def audited(self, prefix: str = "") -> list[str]:
        with self.database.reading(self.municipality) as session:
            entries = session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence))).all()
        return [entry.action for entry in entries if entry.action.startswith(prefix)]


def review_in(session: Session) -> t.PhaseReview:
    review = reviews.of_term(session, plans.find(session, PLAN.code), "early")
    assert review is not None
    return review


def play(
    database: Database,
    agenda: Sequence[Entry],
    until: date,
    *,
    watch: Callable[[City], None] = lambda _: None,
    processes: Sequence[str] = (REVIEW,),
    begins_at: datetime = BEGINS_AT,
) -> City:
    """Play an agenda up to the end of a day; `watch` looks at the city while its processes still run."""
    municipality = store(database)
    mailer = RememberingMailer()

    async def run() -> City:
        async with running(database, municipality, begins_at, mailer, ()) as player:
            end = datetime.combine(until, datetime.max.time(), JST)
            await player.play(agenda, end, lambda _: None)
            city = City(database, municipality, mailer, {})
            watch(city)
            for process in processes:
                city.histories[process] = await player.client.get_workflow_handle(process).fetch_history()
            return city

    return asyncio.run(run())


def store(database: Database) -> int:
    """The plan as it began with its sample people, in an empty database; the municipality."""
    change = Change("test", BEGINS_AT)
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, BEGAN).id
        narrow(session, municipality)
        plan = plans.import_definition(session, change, BEGAN, MARK)
        import_organisation(session, change, plan, organisation_of(BEGAN, date(2018, 4, 1)))
    return municipality


def open_by_hand(session: Session, moment: Moment) -> None:
    plan = plans.find(session, PLAN.code)
    reviews.open_review(session, moment.change(planner(session)), plan, "early", plans.clock_of(plan, moment.at))


def decide_that_all_continues(code: str, effective_on: date = EFFECTIVE) -> Act:
    """Every measure goes on as it is, in an edition of its own."""

    def decide(session: Session, moment: Moment) -> None:
        review, change = review_in(session), moment.change(planner(session))
        answer_criteria(session, moment)
        for one in review_decisions.sheet_of(session, review).measures:
            seen = one.row.revision if one.row else 0
            review_decisions.decide(session, change, review, one.node.id, continued(one.measure), seen)
        for new in review_decisions.sheet_of(session, review).new:
            review_decisions.drop_new(session, change, review, new.row.id)
        head = EditionHead(code, Bilingual("中期版"), "2021-03", effective_on)
        reviews.set_outcome(session, change, review, ReviewOutcome.REVISION, "", head)
        reviews.finish_deciding(session, change, review, moment.today)

    return decide


def decide_that_nothing_changes(session: Session, moment: Moment) -> None:
    answer_criteria(session, moment)
    review, change = review_in(session), moment.change(planner(session))
    reviews.set_outcome(session, change, review, ReviewOutcome.NO_REVISION, "改める必要がないため", None)
    reviews.finish_deciding(session, change, review, moment.today)


def answer_criteria(session: Session, moment: Moment) -> None:
    assert BEGAN.review is not None
    for criterion in BEGAN.review.criteria:
        change = moment.change(planner(session))
        reviews.answer_criterion(session, change, review_in(session), criterion.code, "確かめました。")


def bodies_say(outcome: ConsultationOutcome, comment: str = "") -> Act:
    def say(session: Session, moment: Moment) -> None:
        review = review_in(session)
        for turn in reviews.current_consultations(session, review):
            change = moment.change(planner(session))
            reviews.record_consultation(session, change, review, turn.id, outcome, comment, moment.today, moment.today)

    return say


def undo(session: Session, moment: Moment) -> None:
    next_edition.undo(session, moment.change(planner(session)), review_in(session), moment.today)


def set_the_clock_anew(session: Session, moment: Moment) -> None:
    """As the demo does after a pause: the same time, told again."""
    plan = plans.find(session, PLAN.code)
    plans.set_clock(session, moment.change(planner(session)), plan, plans.clock_of(plan, moment.at))


def until_decided() -> list[Entry]:
    """Opened by hand, proposals closed: the planning division may decide from 16 February on."""
    return [on(OPENS, 8, 30, open_by_hand), on(date(2021, 2, 16), 10, 20, early().close_proposals)]
