"""指標の実績値 in a report: asked for, kept with it, and part of the series once it is approved."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from sqlmodel import Session, select

import plan_files
from db import tables as t
from domain import reported_figure
from domain.indicator import IndicatorValue, ValueType
from domain.questions import Problem
from domain.soft_warnings import SoftWarningKind
from records import cycles, plan_reading, plans, report_figures, reporting
from records.reporting import NotAnswered
from tests.city_hall import ANSWERS, TODAY, CityHall, change, cycle_2020
from tests.conftest import PLAN
from tests.measured_city import CAUSE, CODE, CONFIRMED, KEY, REMEDY, TYPE, VALUES, measure, of_year

MEASURE = "4-1-1"
REPORTED = {KEY: "1,300", TYPE: "final"}
EXPECTED, FINAL = ValueType.EXPECTED, ValueType.FINAL


@pytest.fixture
def measured(city_hall: CityHall) -> CityHall:
    with city_hall.writing() as session:
        measure(session, change(), plans.find(session, PLAN), city_hall.report(session, MEASURE))
    return city_hall


def submit(hall: CityHall, session: Session, figures: Mapping[str, str] = REPORTED) -> t.ProgressReport:
    staff, report = hall.actor(session, "school"), hall.report(session, MEASURE)
    answers = {**ANSWERS, **figures}
    return reporting.submit(session, change(), staff, report.id, answers, report.revision, TODAY)


def told(session: Session, year: int = 2020) -> list[tuple[ValueType, Decimal | None]]:
    return [(type_, value) for type_, value, _ in of_year(session, plans.find(session, PLAN), year)]


def test_only_the_measure_that_has_an_indicator_is_asked_for_it(measured: CityHall) -> None:
    with measured.reading() as session:
        staff = measured.actor(session, "school")
        asked = {
            code: reporting.questions_of(session, reporting.find(session, measured.report(session, code).id, staff))
            for code in (MEASURE, "4-1-2")
        }
        assert [q.id for q in asked[MEASURE].questions if "indicator" in q.id] == [KEY, TYPE, CONFIRMED, CAUSE, REMEDY]
        assert [q.id for q in asked["4-1-2"].questions if "indicator" in q.id] == []


def test_a_draft_keeps_a_value_as_typed_and_a_submission_in_plain_digits(measured: CityHall) -> None:
    typed = {KEY: "１，３００", TYPE: "final"}
    with measured.writing() as session:
        staff, report = measured.actor(session, "school"), measured.report(session, MEASURE)
        reporting.save_draft(session, change(), staff, report.id, typed, 0)
        assert report.answers == typed
        submit(measured, session, typed)
        assert report.answers[KEY] == "1300"
        copy = session.exec(select(t.Submission)).one()
        assert copy.answers[KEY] == "1300"
        assert told(session) == [], "nobody has approved it yet"


def test_a_value_short_of_the_target_or_far_from_the_last_is_not_taken_without_a_word(measured: CityHall) -> None:
    with measured.writing() as session, pytest.raises(NotAnswered) as refused:
        submit(measured, session, {KEY: "100", TYPE: "final"})
    assert [(p.question, p.problem) for p in refused.value.problems] == [
        (CONFIRMED, Problem.MISSING),
        (CAUSE, Problem.MISSING),
        (REMEDY, Problem.MISSING),
    ]
    with measured.writing() as session:
        words = {CONFIRMED: "yes", CAUSE: "休館が続きました。", REMEDY: "再開後に案内します。"}
        assert submit(measured, session, {KEY: "100", TYPE: "final", **words}).answers[CAUSE] == words[CAUSE]


def test_an_approved_value_is_in_the_series_with_the_report_as_its_source(measured: CityHall) -> None:
    with measured.writing() as session:
        submit(measured, session)
        measured.approve(session, MEASURE)
        plan = plans.find(session, PLAN)
        ((type_, value, source),) = of_year(session, plan, 2020)
        document = plans.definition_of(plan).document_of(source) if source else None
        assert (type_, value, document) == (FINAL, Decimal(1300), reported_figure.REPORTS)
        assert measured.audited(session)[-2:] == ["report.approved", "indicator.reported"]


def test_taking_a_value_over_twice_writes_it_once(measured: CityHall) -> None:
    with measured.writing() as session:
        submit(measured, session)
        report = measured.approve(session, MEASURE)
        before = measured.audited(session)
        report_figures.take_over(session, change(), report)
        assert told(session) == [(FINAL, Decimal(1300))]
        assert measured.audited(session) == before


def test_a_return_takes_nothing_away_and_the_mended_value_takes_its_place(measured: CityHall) -> None:
    with measured.writing() as session:
        submit(measured, session)
        measured.approve(session, MEASURE)
        measured.send_back(session, MEASURE)
        assert told(session) == [(FINAL, Decimal(1300))]
        submit(measured, session, {KEY: "1310", TYPE: "final"})
        measured.approve(session, MEASURE)
        assert told(session) == [(FINAL, Decimal(1310))]


def test_an_expected_value_stays_beside_the_final_one_and_takes_back_a_final_one_that_was_none(
    measured: CityHall,
) -> None:
    def report(value: str, type_: str) -> list[tuple[ValueType, Decimal | None]]:
        submit(measured, session, {KEY: value, TYPE: type_})
        measured.approve(session, MEASURE)
        found = told(session)
        measured.send_back(session, MEASURE)
        return found

    with measured.writing() as session:
        assert report("1250", "expected") == [(EXPECTED, Decimal(1250))]
        assert report("1300", "final") == [(EXPECTED, Decimal(1250)), (FINAL, Decimal(1300))]
        assert report("1260", "expected") == [(EXPECTED, Decimal(1260))]


def test_a_report_that_the_closing_of_the_year_confirms_gives_its_value_too(measured: CityHall) -> None:
    with measured.writing() as session:
        submit(measured, session)
        cycles.close_cycle(session, change(), cycle_2020(session), TODAY)
        assert told(session) == [(FINAL, Decimal(1300))]


def test_a_final_value_of_the_plan_file_stands_and_the_log_says_that_the_reports_was_not_taken(
    measured: CityHall,
) -> None:
    with measured.writing() as session:
        submit(measured, session)
        plan, report = plans.find(session, PLAN), measured.report(session, MEASURE)
        measure(session, change(), plan, report, *VALUES, IndicatorValue(Decimal(1290), FINAL, fiscal_year=2020))
        measured.approve(session, MEASURE)
        assert told(session) == [(FINAL, Decimal(1290))]
        assert measured.audited(session)[-1] == "indicator.not_taken"
        assert report_figures.asked(session, measured.round(session), session.get_one(t.Node, report.node_id)) == ()


def test_a_plan_file_that_does_not_know_a_reported_value_does_not_lose_it(measured: CityHall) -> None:
    with measured.writing() as session:
        submit(measured, session)
        report = measured.approve(session, MEASURE)
        plan = plans.find(session, PLAN)
        measure(session, change(), plan, report)  # the file of before, without the reported value
        assert told(session) == [(FINAL, Decimal(1300))]
        exported = plan_reading.read(session, plan)
        plans.import_definition(session, change(), plan_files.from_json(plan_files.to_json(exported)), exported.name)
        assert told(session) == [(FINAL, Decimal(1300))], "a file that knows it does not double it"
        again = IndicatorValue(Decimal(1280), FINAL, fiscal_year=2020)
        measure(session, change(), plan, report, *VALUES, again)
        assert told(session) == [(FINAL, Decimal(1280))], "a file that tells the year itself has the last word"


def test_the_next_years_form_shows_the_reported_value_as_the_last_one(measured: CityHall) -> None:
    with measured.writing() as session:
        submit(measured, session)
        report = measured.approve(session, MEASURE)
        node, round_ = session.get_one(t.Node, report.node_id), measured.round(session)
        next_year = t.CollectionRound(**{**round_.model_dump(exclude={"id"}), "fiscal_year": 2021})
        (figure,) = report_figures.asked(session, next_year, node)
        assert [v.value for v in figure.last_values] == [Decimal(1300), Decimal(1000), Decimal(900)]


def test_a_review_asks_for_no_values(measured: CityHall) -> None:
    with measured.reading() as session:
        report, round_ = measured.report(session, MEASURE), measured.round(session)
        node = session.get_one(t.Node, report.node_id)
        proposals = t.CollectionRound(**{**round_.model_dump(exclude={"id"}), "review_id": 1})
        assert report_figures.asked(session, proposals, node) == ()
        assert report_figures.second_look(session, proposals, node, {"achievements": "短い"}, {}) == ()


def test_a_text_that_contradicts_the_indicator_is_worth_a_second_look(measured: CityHall) -> None:
    text = "案内を掲示し、1,400人が公衆無線LANを使いました。昨年度の1,000人から増えています。"
    with measured.reading() as session:
        node = session.get_one(t.Node, measured.report(session, MEASURE).node_id)
        answers = {**ANSWERS, KEY: "１３００", TYPE: "final", "achievements": text, "next_step": "あ" * 21}
        (found,) = report_figures.second_look(session, measured.round(session), node, answers, {})
        assert (found.question, found.kind, found.said) == ("achievements", SoftWarningKind.CONTRADICTS, "1,400人")
        agreeing = {**answers, "achievements": text.replace("1,400", "1,300")}
        assert report_figures.second_look(session, measured.round(session), node, agreeing, {}) == ()


def test_a_code_names_its_question_the_same_in_every_year(measured: CityHall) -> None:
    with measured.reading() as session:
        node = session.get_one(t.Node, measured.report(session, MEASURE).node_id)
        (figure,) = report_figures.asked(session, measured.round(session), node)
        assert figure.key == f"indicator.{CODE}"
