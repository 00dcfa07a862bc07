"""What was promised of measures that a measure took over is asked back in the first year of the new edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest
from sqlmodel import Session, col, select

from db import tables as t
from domain.calendar import JST
from domain.clock import real_clock
from domain.lineage import LineageKind
from domain.revision import Decision, Fate, Revision, Successor
from records import cycles, inheritance, reporting, requests
from records.change import Change
from tests.city import CALENDAR, COMPLETE
from tests.review_city import WHY, ReviewCity, abolished, all_kept, merged
from tests.web.conftest import Clock, Site, site_of

FIRST_YEAR, SECOND_YEAR = datetime(2022, 1, 14, 9, tzinfo=JST), datetime(2023, 1, 16, 9, tzinfo=JST)
SPLIT = Decision(
    "1-2-1", Fate.SPLIT, (Successor("1-2-1", "基盤の整備", "1-2"), Successor("1-2-9", "基盤の活用", "1-2")), reason=WHY
)
REVISION = all_kept(m1_1_1=merged("1-1-1", "1-2-3"), m1_2_1=SPLIT)


def submit(session: Session, city: ReviewCity, report_id: int, answers: Mapping[str, str], at: datetime) -> None:
    """By whoever may write: the head of the department that is asked."""
    report = session.get_one(t.ProgressReport, report_id)
    department = session.get_one(t.UpdateRequest, report.request_id).department_id
    who = "information_staff" if department == city.city.departments["information"] else "citizens_staff"
    actor, change = city.actor(session, who), Change(who, at, city.city.user(who).id)
    reporting.submit(session, change, actor, report_id, answers, report.revision, at.date())


@pytest.fixture
def revised(review_city: ReviewCity) -> ReviewCity:
    """FY2020 was reported, then 1-1-1 merged into 1-2-3 and 1-2-1 split; the new edition is in force."""
    return _revised(review_city, REVISION)


def _revised(city: ReviewCity, revision: Revision) -> ReviewCity:
    with city.writing() as (session, _):
        for code in ("1-1-1", "1-2-1", "1-2-3", "1-2-5"):
            answers = {**COMPLETE, "next_step": f"{code}の次の年度の予定です。"}
            submit(session, city, city.city.reports[code], answers, city.change().at)
    city.decide(revision)
    city.make()
    city.take_effect()
    return city


def ask(session: Session, city: ReviewCity, fiscal_year: int, at: datetime) -> dict[str, int]:
    """Open a year; code of a measure → its report."""
    plan, change = session.get_one(t.Plan, city.city.plan), Change("test", at)
    cycle, _ = cycles.open_cycle(session, change, plan, fiscal_year, real_clock(at))
    cycles.freeze_owners(session, change, cycle, at.date())
    round_ = cycles.open_round(session, change, cycle, "yearly", at.date(), CALENDAR)
    query = select(t.Node.code, t.ProgressReport.id).join(
        t.ProgressReport, col(t.ProgressReport.node_id) == col(t.Node.id)
    )
    return dict(session.exec(query.where(t.ProgressReport.round_id == round_.id)).all())


def of_2021(city: ReviewCity, code: str, who: str) -> tuple[list[tuple[str, LineageKind, str]], str]:
    """In the form of 2021: what was taken over, with its promise, and what the measure itself had promised."""
    with city.writing() as (session, _):
        reports = ask(session, city, 2021, FIRST_YEAR)
        in_hand = reporting.find(session, reports[code], city.actor(session, who))
        own = requests.last_year(session, in_hand)
        taken = inheritance.of_report(session, in_hand)
        told = [(i.node.code, i.kind, i.last_year.answers["next_step"]) for i in taken]
        return told, own.answers["next_step"] if own else ""


def test_the_promise_of_a_merged_measure_is_asked_back_where_it_went(revised: ReviewCity) -> None:
    assert of_2021(revised, "1-2-3", "citizens_staff") == (
        [("1-1-1", LineageKind.MERGED, "1-1-1の次の年度の予定です。")],
        "1-2-3の次の年度の予定です。",
    ), "beside its own, never instead of it"


@pytest.mark.parametrize("part", ["1-2-1", "1-2-9"])
def test_the_promise_of_a_split_measure_is_asked_back_of_every_part(revised: ReviewCity, part: str) -> None:
    taken = [("1-2-1", LineageKind.SPLIT, "1-2-1の次の年度の予定です。")]
    assert of_2021(revised, part, "information_staff") == (taken, ""), "a part has promised nothing itself"


def test_a_measure_that_goes_on_takes_nothing_over(revised: ReviewCity) -> None:
    assert of_2021(revised, "1-2-5", "citizens_staff") == ([], "1-2-5の次の年度の予定です。")


def test_two_that_were_merged_are_both_asked_back_in_the_order_of_the_plan(review_city: ReviewCity) -> None:
    both = all_kept(m1_2_1=merged("1-2-1", "1-2-5"), m1_1_1=merged("1-1-1", "1-2-5"), m1_2_3=abolished("1-2-3"))
    city = _revised(review_city, both)
    taken, own = of_2021(city, "1-2-5", "citizens_staff")
    assert [code for code, _, _ in taken] == ["1-1-1", "1-2-1"]
    assert own == "1-2-5の次の年度の予定です。"


def test_from_the_second_year_on_the_measures_own_report_speaks_for_all(revised: ReviewCity) -> None:
    with revised.writing() as (session, _):
        first = ask(session, revised, 2021, FIRST_YEAR)
        submit(session, revised, first["1-2-3"], COMPLETE, FIRST_YEAR)
        second = ask(session, revised, 2022, SECOND_YEAR)
        in_hand = reporting.find(session, second["1-2-3"], revised.actor(session, "citizens_staff"))
        assert inheritance.of_report(session, in_hand) == ()
        own = requests.last_year(session, in_hand)
        assert own is not None
        assert own.answers["next_step"] == COMPLETE["next_step"]


def test_a_proposal_for_a_review_asks_nothing_back(review_city: ReviewCity) -> None:
    with review_city.reading() as (session, _):
        in_hand = reporting.find(
            session, review_city.proposals["1-1-1"], review_city.actor(session, "information_staff")
        )
        assert (inheritance.of_report(session, in_hand), requests.last_year(session, in_hand)) == ((), None)


def test_the_form_tells_what_was_taken_over_from_what_the_measure_promised_itself(revised: ReviewCity) -> None:
    with revised.writing() as (session, _):
        reports = ask(session, revised, 2021, FIRST_YEAR)
    site: Site = site_of(revised.city, Clock(FIRST_YEAR))
    words = site.browser("citizens_staff").get(f"/reports/{reports['1-2-3']}").words
    inherited = words.index("引き継いだ施策 1-1-1 公衆無線LANの整備、活用促進")
    assert inherited < words.index("1-1-1の次の年度の予定です。") < words.index("1-2-3の次の年度の予定です。")
    part = site.browser("information_staff").get(f"/reports/{reports['1-2-9']}").words
    assert "分割前の施策 1-2-1 情報通信基盤の整備促進" in part
    assert "1-2-1の次の年度の予定です。" in part
    own = site.browser("citizens_staff").get(f"/reports/{reports['1-2-5']}").words
    assert "引き継いだ施策" not in own


def test_the_pages_of_a_merged_target_and_of_a_part_lead_to_the_older_reports(revised: ReviewCity) -> None:
    with revised.reading() as (session, review):
        nodes = {n.code: n for n in session.exec(select(t.Node).where(t.Node.edition_id == review.made_edition_id))}
        before = {n.code: n.id for n in session.exec(select(t.Node).where(t.Node.edition_id == review.edition_id))}
        plan = session.get_one(t.Plan, revised.city.plan).code
    browser = site_of(revised.city, Clock(FIRST_YEAR)).browser("planning")
    for code, taken in (("1-2-3", "1-1-1"), ("1-2-9", "1-2-1")):
        page = browser.get(f"/plans/{plan}/measures/{nodes[code].id}")
        older = f"/plans/{plan}/measures/{before[taken]}"
        assert f'href="{older}"' in page.text
        assert f"{taken}の次の年度の予定です。" in browser.get(older).words
