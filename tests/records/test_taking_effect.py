"""The day of the next edition: what is still owed passes to who answers for the successors, and nothing else moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import col, select

from db import tables as t
from domain.collection import RoundEventKind
from domain.phase_review import ReviewState
from domain.progress_report import ReportState
from domain.revision import Decision, Fate, Revision, Successor
from records import next_edition, reporting, reviews
from tests.city import CALENDAR, COMPLETE, OPENED_ON
from tests.review_city import NEW_TERM, WHY, ReviewCity, abolished, all_kept, merged

DRAFT = {"achievements": "書きかけ"}
FIRST_OF_SPLIT = Successor("1-2-1", "前半", "1-2", department="citizens")
SECOND_OF_SPLIT = Successor("1-2-9", "後半", "1-2", department="citizens")
SPLIT = Decision("1-2-1", Fate.SPLIT, (FIRST_OF_SPLIT, SECOND_OF_SPLIT), reason=WHY)


def made(city: ReviewCity, revision: Revision) -> ReviewCity:
    city.decide(revision)
    city.make()
    return city


def department_of(city: ReviewCity, measure: str) -> str:
    """Whose request the year's report of a measure stands in."""
    with city.reading() as (session, _):
        report = session.get_one(t.ProgressReport, city.city.reports[measure])
        request = session.get_one(t.UpdateRequest, report.request_id)
        return session.get_one(t.Department, request.department_id).code


def reassigned(city: ReviewCity) -> list[tuple[int, int, date]]:
    """What the year's round was told: measure, request, new due date."""
    with city.reading() as (session, _):
        workflow = session.get_one(t.CollectionRound, city.city.round).workflow_id
        told = session.exec(select(t.Outbox).where(t.Outbox.workflow_id == workflow).order_by(col(t.Outbox.id))).all()
        found = [row.payload for row in told if row.payload.get("kind") == RoundEventKind.REASSIGNED]
        return [(e["measure"], e["request"], date.fromisoformat(e["due_on"])) for e in found]


def set_report(city: ReviewCity, measure: str, **values: object) -> None:
    with city.writing() as (session, _):
        report = session.get_one(t.ProgressReport, city.city.reports[measure])
        for name, value in values.items():
            setattr(report, name, value)
        session.add(report)


def test_an_open_report_on_a_merged_measure_goes_to_who_answers_for_the_one_that_took_it_up(
    review_city: ReviewCity,
) -> None:
    city = made(review_city, all_kept(m1_1_1=merged("1-1-1", "1-2-3")))
    set_report(city, "1-1-1", answers=DRAFT)
    assert department_of(city, "1-1-1") == "information"
    assert city.take_effect()
    assert department_of(city, "1-1-1") == "citizens"
    report = city.city.report("1-1-1")
    assert report.answers == DRAFT, "what was typed goes with it"
    assert report.due_on == CALENDAR.shift(NEW_TERM, 5), "nobody inherits a delay"
    assert reassigned(city) == [(report.node_id, city.city.requests["citizens"], report.due_on)]


def test_an_open_report_on_a_split_measure_goes_to_who_answers_for_its_parts(review_city: ReviewCity) -> None:
    city = made(review_city, all_kept(m1_2_1=SPLIT))
    city.take_effect()
    assert department_of(city, "1-2-1") == "citizens"
    assert len(reassigned(city)) == 1


def test_it_stays_where_the_same_department_answers_for_a_part(review_city: ReviewCity) -> None:
    kept_here = replace(SPLIT, successors=(FIRST_OF_SPLIT, replace(SECOND_OF_SPLIT, department="")))
    city = made(review_city, all_kept(m1_2_1=kept_here))
    city.take_effect()
    assert department_of(city, "1-2-1") == "information"
    assert reassigned(city) == []


def test_reports_on_measures_that_go_on_or_are_abolished_stay(review_city: ReviewCity) -> None:
    city = made(review_city, all_kept(m1_2_1=abolished("1-2-1")))
    assert city.take_effect()
    assert {department_of(city, measure) for measure in ("1-1-1", "1-2-1", "1-2-4")} == {"information"}
    assert reassigned(city) == []


def test_a_report_that_was_asked_elsewhere_stays_there_while_its_measure_goes_on(review_city: ReviewCity) -> None:
    """Who is asked for a year may differ from who answers: the edition does not change it."""
    city = made(review_city, all_kept())
    set_report(city, "1-2-4", request_id=city.city.requests["citizens"])
    city.take_effect()
    assert department_of(city, "1-2-4") == "citizens"


def test_a_measure_that_goes_on_with_another_department_takes_its_open_report_along(review_city: ReviewCity) -> None:
    kept = next(d for d in all_kept().decisions if d.measure == "1-2-4")
    handed_over = replace(kept, successors=(replace(kept.successors[0], department="citizens"),))
    city = made(review_city, all_kept(m1_2_4=handed_over))
    city.take_effect()
    assert department_of(city, "1-2-4") == "citizens"
    assert department_of(city, "1-2-1") == "information"


@pytest.mark.parametrize(
    "settled",
    [
        {"state": ReportState.SUBMITTED},
        {"state": ReportState.APPROVED},
        {"state": ReportState.CONFIRMED},
        {"is_exempted": True, "exempted_reason": "対象がなかったため"},
    ],
    ids=str,
)
def test_what_is_handed_in_or_exempted_stays(review_city: ReviewCity, settled: dict[str, object]) -> None:
    city = made(review_city, all_kept(m1_1_1=merged("1-1-1", "1-2-3")))
    set_report(city, "1-1-1", **settled)
    city.take_effect()
    assert department_of(city, "1-1-1") == "information"
    assert reassigned(city) == []


def test_a_report_of_a_round_that_is_closed_stays(review_city: ReviewCity) -> None:
    city = made(review_city, all_kept(m1_1_1=merged("1-1-1", "1-2-3")))
    with city.writing() as (session, _):
        round_ = session.get_one(t.CollectionRound, city.city.round)
        round_.closed_on = OPENED_ON
        session.add(round_)
    city.take_effect()
    assert department_of(city, "1-1-1") == "information"


def test_a_returned_report_is_owed_and_goes_along(review_city: ReviewCity) -> None:
    city = made(review_city, all_kept(m1_1_1=merged("1-1-1", "1-2-3")))
    set_report(city, "1-1-1", state=ReportState.RETURNED, return_comment="数を書いてください。", answers=COMPLETE)
    city.take_effect()
    assert department_of(city, "1-1-1") == "citizens"
    assert city.city.report("1-1-1").return_comment == "数を書いてください。"


def test_taking_effect_again_moves_nothing(review_city: ReviewCity) -> None:
    city = made(review_city, all_kept(m1_1_1=merged("1-1-1", "1-2-3")))
    assert city.take_effect()
    told, report = reassigned(city), city.city.report("1-1-1")
    assert city.take_effect()
    assert reassigned(city) == told
    assert city.city.report("1-1-1") == report
    with city.writing() as (session, review):
        reviews.close(session, city.change(), review, NEW_TERM)
    assert city.take_effect()
    assert reassigned(city) == told


def test_an_edition_that_was_undone_never_takes_effect(review_city: ReviewCity) -> None:
    city = made(review_city, all_kept(m1_1_1=merged("1-1-1", "1-2-3")))
    with city.writing() as (session, review):
        next_edition.undo(session, city.change(), review, date(2021, 3, 31))
    assert city.take_effect() is False
    assert department_of(city, "1-1-1") == "information"
    with city.reading() as (_, review):
        assert review.state is ReviewState.DECIDING


def test_the_new_department_can_hand_in_what_it_took_over(review_city: ReviewCity) -> None:
    city = made(review_city, all_kept(m1_1_1=merged("1-1-1", "1-2-3")))
    city.take_effect()
    with city.writing() as (session, _):
        actor, report = city.actor(session, "citizens_staff"), city.city.report("1-1-1")
        change = city.change("citizens_staff")
        reporting.submit(session, change, actor, report.id, COMPLETE, report.revision, NEW_TERM)
    assert city.city.report("1-1-1").state is ReportState.SUBMITTED
