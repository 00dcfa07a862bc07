"""One year of one more plan, played in a record that holds others: which year, which city, what is known by then."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, func, select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from replay import run
from replay.beginning import CannotBePlayed, as_it_began, first_day_of_year
from replay.players import MARK, MARK_WITHOUT_FACTS, mark_of

PLANS = {file.stem: plan_files.read_plan(file) for file in sorted((Path(__file__).parents[2] / "plans").glob("*.yaml"))}
MISATO, TOKOROZAWA = PLANS["misato-policy"], PLANS["tokorozawa-comprehensive"]


@pytest.fixture
def record(empty_database: Database) -> Database:
    return empty_database


def cycles(record: Database) -> dict[str, list[int]]:
    with record.reading(EVERY_MUNICIPALITY) as session:
        query = select(t.Plan.code, t.AnnualCycle.fiscal_year).join(t.AnnualCycle).order_by(col(t.AnnualCycle.id))
        found: dict[str, list[int]] = {}
        for plan, fiscal_year in session.exec(query):
            found.setdefault(plan, []).append(fiscal_year)
    return found


def test_the_other_plans_of_the_record_stand_still(record: Database) -> None:
    """Iizuka's calendar would have opened FY2024, had the scheduler of the other city looked at it."""
    run.play_year(record, PLANS["iizuka-ict"], 2023, formats=())
    played = run.play_year(record, MISATO, 2024, formats=())
    assert cycles(record) == {"iizuka-ict": [2023], "misato-policy": [2024]}
    assert played.reports == {"confirmed": 9}, "its own city's alone"


def test_a_year_without_documents_is_as_closed_as_one_with_them(record: Database) -> None:
    played = run.play_year(record, MISATO, 2022, formats=())
    assert (played.cycles, played.unfinished, played.audit_is_unbroken) == ({2022: "closed"}, 0, True)
    with record.reading(EVERY_MUNICIPALITY) as session:
        assert session.exec(select(func.count()).select_from(t.Document)).one() == 0


def test_a_year_outside_the_plan_is_refused_with_the_reason(record: Database) -> None:
    for plan, fiscal_year in ((TOKOROZAWA, 2029), (TOKOROZAWA, 2018), (MISATO, 2020), (PLANS["tokorozawa-dx"], 2025)):
        with pytest.raises(CannotBePlayed, match=f"{plan.code} does not run in fiscal {fiscal_year}"):
            run.play_year(record, plan, fiscal_year)
    assert first_day_of_year(MISATO, 2021) == date(2021, 4, 1)


def test_a_later_year_knows_the_figures_that_were_out_by_then() -> None:
    """The text of 2021 is known in FY2021, that of 2024 in FY2024; also what has no date of its own."""

    def known(fiscal_year: int) -> int:
        begins = first_day_of_year(TOKOROZAWA, fiscal_year)
        return sum(len(i.values) for i in as_it_began(TOKOROZAWA, begins).indicators)

    assert known(2019) == 0
    assert known(2021) == 57
    assert known(2024) == sum(len(i.values) for i in TOKOROZAWA.indicators)


def test_only_a_plan_whose_reports_tell_facts_of_a_term_says_so_in_its_mark() -> None:
    marks = {name: mark_of(plan) for name, plan in PLANS.items()}
    assert marks.pop("iizuka-ict") == MARK
    assert set(marks.values()) == {MARK_WITHOUT_FACTS}
