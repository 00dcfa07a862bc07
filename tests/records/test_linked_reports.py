"""Report once: work that stands in two plans of a city is asked for in one and read in both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from domain.clock import real_clock
from domain.plan import LinkKind, NodeAddress, NodeLink, PlanDefinition
from domain.text import Bilingual
from records import annual_report, cycles, evaluation_sheet, linked_reports, measure_history, plans
from records.change import DoesNotFit
from tests.city import PLAN_FILE
from tests.city_hall import AT, CALENDAR, OPENED, TODAY, CityHall, change
from tests.conftest import PLAN

FIRST = "2018-03"
SCHOOL = NodeAddress(FIRST, "4-1-1")
"""The school section's measure, reported in the ICT plan; the city's other plan has the same work."""


def other_plan(kind: LinkKind, **changes: object) -> PlanDefinition:
    """A second plan of the city, whose measure 4-1-1 is, or is served by, the ICT plan's 4-1-1."""
    definition = plan_files.read_plan(PLAN_FILE)
    return replace(
        definition,
        code="education",
        name=Bilingual("教育計画（サンプル）", "Education plan (sample)"),
        editions=definition.editions[:1],
        achievements=(),
        links=(NodeLink(SCHOOL, kind, PLAN, SCHOOL),),
        **changes,  # type: ignore[arg-type]  # each test says which field it means
    )


def store(session: Session, definition: PlanDefinition) -> t.Plan:
    return plans.import_definition(session, change(), definition, Bilingual(""))


def contributed(session: Session) -> None:
    """The ICT plan's measure is linked into the education plan's."""
    ict = plan_files.read_plan(PLAN_FILE)
    store(session, replace(other_plan(LinkKind.SERVES), links=()))
    link = NodeLink(SCHOOL, LinkKind.CONTRIBUTES_TO, "education", SCHOOL)
    store(session, replace(ict, links=(link,)))


def opened(session: Session) -> tuple[t.AnnualCycle, t.CollectionRound]:
    """The education plan's round of the same year."""
    plan = plans.find(session, "education")
    cycle, _ = cycles.open_cycle(session, change(), plan, 2020, real_clock(AT))
    cycles.freeze_owners(session, change(), cycle, OPENED)
    return cycle, cycles.open_round(session, change(), cycle, "yearly", OPENED, CALENDAR)


def asked(session: Session, round_: t.CollectionRound) -> set[str]:
    rows = select(t.Node.code).join(t.ProgressReport, col(t.ProgressReport.node_id) == col(t.Node.id))
    return set(session.exec(rows.where(t.ProgressReport.round_id == round_.id)))


def node(session: Session, plan: str, code: str) -> t.Node:
    found = plans.find(session, plan)
    edition = plans.editions_of(session, found)[0]
    return next(n for n in plans.nodes_of(session, edition.id) if n.code == code)


def test_work_reported_in_another_plan_is_not_asked_for_again(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        store(session, other_plan(LinkKind.REPORTED_IN))
        _, round_ = opened(session)
        measures = {
            n.code
            for n in plans.measures_of(session, plans.editions_of(session, plans.find(session, "education"))[0].id)
        }
        assert asked(session, round_) == measures - {"4-1-1"}


def test_an_initiative_that_contributes_does_not_replace_the_measures_own_report(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        contributed(session)
        _, round_ = opened(session)
        assert "4-1-1" in asked(session, round_)


def test_where_the_other_plan_has_ended_the_work_is_asked_for_here(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        store(session, other_plan(LinkKind.REPORTED_IN))
        ict = plans.find(session, PLAN)
        ict.definition = {**ict.definition, "last_fiscal_year": 2019}
        session.add(ict)
        _, round_ = opened(session)
        assert "4-1-1" in asked(session, round_)


def test_where_the_other_plan_abolished_the_work_it_is_asked_for_here(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        abolished = NodeAddress(FIRST, "5-1-2")
        definition = replace(
            other_plan(LinkKind.REPORTED_IN), links=(NodeLink(abolished, LinkKind.REPORTED_IN, PLAN, abolished),)
        )
        store(session, definition)
        here = [node(session, "education", "5-1-2")]
        assert linked_reports.reported_elsewhere(session, here, 2020) == {here[0].id}
        assert linked_reports.reported_elsewhere(session, here, 2021) == frozenset(), "the revision of 2021 dropped it"


def test_what_was_reported_once_is_read_in_both_plans(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        store(session, other_plan(LinkKind.REPORTED_IN))
        cycle, _ = opened(session)
        report = city_hall.submit(session, "4-1-1")
        here = node(session, "education", "4-1-1")
        years = measure_history.years_of(session, here)
        definition = plans.definition_of(plans.find(session, "education"))
        sheet = {m.node.code: m for m in evaluation_sheet.of_cycle(session, cycle, definition, "ja")}
        gathered = {m.code: m for m in annual_report.gather(session, cycle, TODAY).measures}
    this_year = [y for y in years if y.cycle.fiscal_year == 2020]
    assert [(y.report.id, y.elsewhere and y.elsewhere.plan.code) for y in this_year] == [(report.id, PLAN)]
    assert sheet["4-1-1"].report is not None
    assert sheet["4-1-1"].report.id == report.id
    assert sheet["4-1-1"].progress == "予定どおり"
    assert gathered["4-1-1"].progress == "予定どおり"
    assert "端末" in " ".join(a.answer for a in gathered["4-1-1"].answers)
    assert gathered["4-1-1"].department, "the section that reported there"


def test_a_contribution_stands_beside_the_measures_own_report(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        contributed(session)
        cycle, _ = opened(session)
        city_hall.submit(session, "4-1-1")
        gathered = {m.code: m for m in annual_report.gather(session, cycle, TODAY).measures}
    line = next(a for a in gathered["4-1-1"].answers if "4-1-1" in a.question)
    assert "飯塚市地域情報化計画" in line.question
    assert "端末" in line.answer
    assert gathered["4-1-1"].progress == "", "its own report is not there yet"


def test_a_draft_elsewhere_is_nobodys_word_yet(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        contributed(session)
        cycle, _ = opened(session)
        gathered = {m.code: m for m in annual_report.gather(session, cycle, TODAY).measures}
    assert not [a for a in gathered["4-1-1"].answers if "4-1-1" in a.question]


def test_a_link_follows_the_work_into_the_next_edition(city_hall: CityHall) -> None:
    """The ICT plan renames 4-1-1 in 2021; what it reports then still appears in the education plan."""
    with city_hall.writing() as session:
        store(session, other_plan(LinkKind.REPORTED_IN))
        ict = plans.find(session, PLAN)
        cycle, _ = cycles.open_cycle(session, change(), ict, 2021, real_clock(AT + timedelta(days=200)))
        cycles.freeze_owners(session, change(), cycle, date(2021, 6, 1))
        round_ = cycles.open_round(session, change(), cycle, "yearly", date(2022, 1, 17), CALENDAR)
        here = node(session, "education", "4-1-1")
        linked = linked_reports.of_nodes(session, [here], 2021)[here.id]
    assert [(one.node.title, one.round.id) for one in linked] == [("教育用ICT機器等の活用推進", round_.id)]


def test_two_plans_cannot_each_leave_the_report_to_the_other(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        store(session, other_plan(LinkKind.REPORTED_IN))
        ict = plan_files.read_plan(PLAN_FILE)
        back = NodeLink(SCHOOL, LinkKind.REPORTED_IN, "education", SCHOOL)
        with pytest.raises(DoesNotFit, match="itself reported elsewhere"):
            store(session, replace(ict, links=(back,)))
        session.rollback()


def test_a_plan_without_links_costs_no_look_at_reports(city_hall: CityHall) -> None:
    with city_hall.reading() as session:
        assert linked_reports.of_nodes(session, [node(session, PLAN, "1-1-1")]) == {}


def test_what_speaks_for_a_measure_is_the_same_work_and_never_a_contribution(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        contributed(session)
        cycle, _ = opened(session)
        city_hall.submit(session, "4-1-1")
        years = measure_history.years_of(session, node(session, "education", "4-1-1"))
        own = measure_history.report_of(years, cycle)
        assert own is not None
        assert own.elsewhere is None
        assert measure_history.last_handed_in(years, 2020) is None, "its own report is still a draft"
        assert [y.cycle.fiscal_year for y in measure_history.contributions(years, 2020)] == [2020]


def test_the_report_of_the_same_work_in_another_plan_speaks_for_the_measure(city_hall: CityHall) -> None:
    with city_hall.writing() as session:
        store(session, other_plan(LinkKind.REPORTED_IN))
        cycle, _ = opened(session)
        report = city_hall.submit(session, "4-1-1")
        years = measure_history.years_of(session, node(session, "education", "4-1-1"))
        this, last = measure_history.report_of(years, cycle), measure_history.last_handed_in(years, 2019)
    assert this is not None
    assert this.report.id == report.id
    assert last is not None
    assert last.elsewhere is not None
