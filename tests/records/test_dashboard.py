"""What the dashboard counts, against figures counted by hand, and that it asks no more as a plan grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session, select

from db import tables as t
from documents.content import Chart
from domain.calendar import JST
from domain.clock import real_clock
from domain.evaluation import Direction
from domain.punctuality import Timeliness
from records import cycles, dashboard, desk, people, plans, reporting
from records.change import Change, NotFound
from records.dashboard import MeasureYears, YearMark
from records.dashboard_words import Counted, Part, counted_by, progress_parts
from records.dashboard_years import measures_part, punctuality_parts
from tests.city import CALENDAR, COMPLETE, DUE_ON, OPENED_AT, OPENED_ON, City
from tests.web.desk_city import counted_queries

AFTERWARDS = date(2021, 3, 31)
EXTENDED_TO = date(2021, 3, 1)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=JST)


def submit(city: City, measure: str, who: str, day: date) -> None:
    with city.database.writing(city.municipality) as session:
        report = session.get_one(t.ProgressReport, city.reports[measure])
        actor = people.actor_of(session, city.user(who), day)
        change = Change(who, at(day), city.user(who).id)
        reporting.submit(session, change, actor, report.id, COMPLETE, report.revision, day)


def send_back(city: City, measure: str, day: date) -> None:
    with city.database.writing(city.municipality) as session:
        definition = plans.definition_of(session.get_one(t.Plan, city.plan))
        actor = people.actor_of(session, city.user("planning"), day)
        change = Change("planning", at(day), city.user("planning").id)
        reporting.return_(session, change, actor, city.reports[measure], "数を", day, CALENDAR, definition)


def evaluate(city: City, measure: str, grade: str) -> None:
    with city.database.writing(city.municipality) as session:
        node = session.get_one(t.ProgressReport, city.reports[measure]).node_id
        who = city.user("planning").id
        change = Change("planning", at(AFTERWARDS), who)
        desk.evaluate(session, change, who, city.cycle, node, grade, Direction.CONTINUE, "", AFTERWARDS)


def open_next_year(city: City) -> None:
    """FY2021, which runs on the revised edition."""
    with city.database.writing(city.municipality) as session:
        plan = session.get_one(t.Plan, city.plan)
        day = datetime(2022, 1, 17, 9, tzinfo=JST)
        cycle, _ = cycles.open_cycle(session, Change("test", day), plan, 2021, real_clock(day))
        cycles.freeze_owners(session, Change("test", day), cycle, day.date())
        cycles.open_round(session, Change("test", day), cycle, "yearly", day.date(), CALENDAR)


@pytest.fixture
def city(real_city: City) -> City:
    return real_city


@pytest.fixture
def session(city: City) -> Iterator[Session]:
    with city.database.reading(city.municipality) as found:
        yield found


def the_plan(session: Session, city: City) -> t.Plan:
    return session.get_one(t.Plan, city.plan)


def counted(city: City, fiscal_year: int, by: Counted) -> dict[str, Part]:
    with city.database.reading(city.municipality) as session:
        plan = the_plan(session, city)
        cycle = dashboard.chosen(session, dashboard.years(session, plan), fiscal_year)
        assert cycle is not None
        definition = plans.definition_of(plan)
        year = dashboard.year_of(session, cycle, definition)
        assert by in counted_by(year, definition)
        return {part.code: part for part in progress_parts(year, definition, by, "ja")}


def row(chart: Chart | None, name: str) -> dict[str, int]:
    assert chart is not None
    counts = next(row.counts for row in chart.rows if row.policy.startswith(name))
    return {answer: n for answer, n in zip(chart.answers, counts, strict=True) if n}


def over_years(city: City) -> dict[str, MeasureYears]:
    """By the code and the last edition of each."""
    with city.database.reading(city.municipality) as session:
        plan = the_plan(session, city)
        _, found = dashboard.measures_over_years(session, plan, dashboard.years(session, plan))
        return {f"{one.node.code}@{one.life.stations[-1].edition}": one for one in found}


# A year


def test_a_year_is_counted_by_policy_department_and_class(city: City) -> None:
    submit(city, "1-1-1", "information_staff", OPENED_ON)
    submit(city, "1-2-3", "citizens_staff", OPENED_ON)
    parts = counted(city, 2020, Counted.PROGRESS)
    assert list(parts) == ["level-policy", "level-goal", "department", "class"]
    assert row(parts["level-goal"].chart, "1-1 ") == {"予定どおり": 1, "報告なし": 1}
    assert row(parts["level-goal"].chart, "1-2 ") == {"予定どおり": 1, "報告なし": 4}
    assert row(parts["department"].chart, "情報政策課") == {"予定どおり": 1, "報告なし": 2}
    assert row(parts["department"].chart, "市民窓口課") == {"予定どおり": 1, "報告なし": 1}
    assert row(parts["department"].chart, "記載なし") == {"報告なし": 31}, "36 less the five that somebody answers for"
    for part in parts.values():
        assert part.chart is not None
        assert part.chart.total == 36
        assert part.table.rows[-1][1:] == (*part.chart.totals, 36)


def test_a_draft_is_nobodys_word_yet(city: City) -> None:
    with city.database.writing(city.municipality) as session:
        actor = people.actor_of(session, city.user("information_staff"), OPENED_ON)
        change = Change("test", OPENED_AT, city.user("information_staff").id)
        reporting.save_draft(session, change, actor, city.reports["1-1-1"], COMPLETE, 0)
    assert row(counted(city, 2020, Counted.PROGRESS)["department"].chart, "情報政策課") == {"報告なし": 3}


def test_a_year_is_counted_by_state_and_by_grade(city: City) -> None:
    submit(city, "1-1-1", "information_staff", OPENED_ON)
    evaluate(city, "1-1-1", "A")
    with city.database.writing(city.municipality) as session:
        desk.exempt(session, Change("planning", OPENED_AT), city.reports["1-2-1"], "工事のため", OPENED_ON)
    states = counted(city, 2020, Counted.STATE)["department"].chart
    assert row(states, "情報政策課") == {"承認待ち": 1, "報告免除": 1, "未提出": 1}
    grades = counted(city, 2020, Counted.GRADE)["department"].chart
    assert row(grades, "情報政策課") == {"A（順調）": 1, "評価なし": 2}


def test_the_year_shown_is_the_one_asked_for_else_the_latest_that_collected(session: Session, city: City) -> None:
    known = dashboard.years(session, the_plan(session, city))
    assert [c.fiscal_year for c in known] == [2019, 2020]
    latest, asked = dashboard.chosen(session, known, None), dashboard.chosen(session, known, 2019)
    assert latest is not None
    assert asked is not None
    assert (latest.fiscal_year, asked.fiscal_year) == (2020, 2019)
    assert dashboard.chosen(session, (), None) is None
    with pytest.raises(NotFound):
        dashboard.chosen(session, known, 2018)


def test_a_year_that_has_only_been_opened_does_not_push_the_last_one_away(city: City) -> None:
    with city.database.writing(city.municipality) as session:
        day = datetime(2021, 4, 1, 9, tzinfo=JST)
        cycles.open_cycle(session, Change("test", day), the_plan(session, city), 2021, real_clock(day))
    with city.database.reading(city.municipality) as session:
        shown = dashboard.chosen(session, dashboard.years(session, the_plan(session, city)), None)
        assert shown is not None
        assert shown.fiscal_year == 2020


# Years


def test_a_measure_keeps_its_row_through_the_editions_and_one_that_ended_says_what_became_of_it(city: City) -> None:
    evaluate(city, "1-1-1", "B")
    open_next_year(city)
    found = over_years(city)
    assert len(found) == 43, "36 measures and the seven new ones of the revision"

    def marks(name: str) -> list[YearMark]:
        return [found[name].years[year].mark for year in (2019, 2020, 2021)]

    assert marks("1-1-1@2021-03") == [YearMark.APPROVED, YearMark.EVALUATED, YearMark.OWED]
    assert found["1-1-1@2021-03"].years[2020].grade == "B"
    assert marks("1-2-6@2021-03") == [YearMark.NOT_YET, YearMark.NOT_YET, YearMark.OWED]
    assert marks("5-1-3@2018-03") == [YearMark.OWED, YearMark.OWED, YearMark.ENDED]
    assert marks("5-1-2@2021-03") == [YearMark.OWED] * 3, "was 5-1-4 before"


def test_the_heat_map_says_in_words_what_merged_and_what_was_renumbered(city: City) -> None:
    open_next_year(city)
    with city.database.reading(city.municipality) as session:
        plan = the_plan(session, city)
        told, found = dashboard.measures_over_years(session, plan, dashboard.years(session, plan))
        part = measures_part(told, found, [2019, 2020, 2021], plans.definition_of(plan), "ja")
    assert part is not None
    assert part.grid is not None
    rows = {r.name.partition(" ")[2]: r for r in part.grid.rows}
    merged = rows["防災・減災情報共有化の調査研究"]
    assert [c.words for c in merged.cells] == ["未提出", "未提出", "統合 → 5-1-2"]
    assert "旧番号 5-1-4" in rows["安全安心・防災減災情報共有化の推進"].note
    assert "統合 ← 5-1-3" in rows["安全安心・防災減災情報共有化の推進"].note
    assert all(sum(c.span for c in r.cells) == 3 for r in part.grid.rows)
    assert all(len(r) == 5 for r in part.table.rows), "the measure, three years, what became of it"


# Departments


def test_departments_are_counted_by_year_as_they_were_asked(session: Session, city: City) -> None:
    submit(city, "1-1-1", "information_staff", date(2021, 1, 18))
    submit(city, "1-2-1", "information_staff", DUE_ON + timedelta(days=1))
    information, citizens, together = dashboard.departments_over_years(session, the_plan(session, city), AFTERWARDS)
    now = information.years[2020]
    assert (now.counts[Timeliness.ON_TIME], now.counts[Timeliness.LATE], now.counts[Timeliness.MISSING]) == (1, 1, 1)
    assert sorted(now.days) == [1, 21], "Monday after a Friday; to 16 February, over 建国記念の日"
    before = information.years[2019]
    assert (before.counted, before.days) == (3, (0,)), "one of three was submitted, on the very day"
    assert citizens.years[2020].counts[Timeliness.MISSING] == 2
    assert together.department is None
    assert together.years[2020].counted == 5
    assert together.years[2020].rate == Decimal(20)


def test_an_extension_is_remembered_when_a_return_sets_the_day_anew(session: Session, city: City) -> None:
    request = city.requests["citizens"]
    with city.database.writing(city.municipality) as writing:
        change = Change("planning", at(date(2021, 2, 10)))
        desk.extend(writing, change, request, EXTENDED_TO, "台風のため", date(2021, 2, 10), CALENDAR)
    submit(city, "1-2-3", "citizens_staff", date(2021, 2, 22))
    send_back(city, "1-2-3", date(2021, 2, 24))
    _, citizens, _ = dashboard.departments_over_years(session, the_plan(session, city), date(2021, 2, 26))
    told = citizens.years[2020]
    assert (told.counts[Timeliness.ON_TIME], told.counts[Timeliness.PENDING]) == (1, 1)
    assert (told.extended, told.returned) == (2, 1)


def test_the_rate_stands_beside_the_number_it_speaks_of(session: Session, city: City) -> None:
    submit(city, "1-1-1", "information_staff", OPENED_ON)
    found = dashboard.departments_over_years(session, the_plan(session, city), AFTERWARDS)
    shares, days, figures = punctuality_parts(found, "ja")
    assert shares.grid is not None
    assert shares.grid.rows[0].cells[1].words == "33.3%（3件のうち1件）"
    assert shares.table.rows[0] == ("情報政策課", Decimal("33.3"), Decimal("33.3"))
    assert days.table.rows[0] == ("情報政策課", 0, 0)
    assert figures.table.rows[1][:6] == ("情報政策課", "令和2年度（2020年度）", 3, 1, 0, 2)
    assert punctuality_parts((), "ja") == ()


# Queries


def test_the_dashboard_asks_no_more_as_years_reports_and_evaluations_come_in(city: City) -> None:
    def asked() -> Counter[str]:
        with city.database.reading(city.municipality) as session, counted_queries(city.database.engine) as said:
            plan = the_plan(session, city)
            known = dashboard.years(session, plan)
            cycle = dashboard.chosen(session, known, 2020)
            assert cycle is not None
            dashboard.year_of(session, cycle, plans.definition_of(plan))
            dashboard.measures_over_years(session, plan, known)
            dashboard.departments_over_years(session, plan, AFTERWARDS)
            return Counter(said)

    before = asked().total()
    for measure, who in (("1-1-1", "information"), ("1-2-1", "information"), ("1-2-3", "citizens")):
        submit(city, measure, f"{who}_staff", OPENED_ON)
        evaluate(city, measure, "A")
    open_next_year(city)
    assert asked().total() == before
    assert before < 30


def test_another_city_is_not_counted(city: City) -> None:
    with city.database.reading(city.neighbour) as session:
        plan = session.exec(select(t.Plan)).one()
        found = dashboard.departments_over_years(session, plan, AFTERWARDS)
        assert sum(p.counted for p in found[-1].years.values()) == 10, "two years of the five it asked for"
