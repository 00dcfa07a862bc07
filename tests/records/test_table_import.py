"""A city's own table beside what is stored already: what stays, what goes on, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import col, select

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database, narrow
from domain.clock import real_clock
from domain.indicator import IndicatorDirection, IndicatorValue, ValueType
from domain.lineage import LineageKind
from domain.plan import PlanDefinition
from domain.text import Bilingual
from exchange.grid import Value
from exchange.remarks import WrongTable
from exchange.table_mapping import EditionHeader, TableMapping, ValueColumn
from records import cycles, plan_reading, plans, table_import
from records.change import Change
from records.table_import import Brought
from tests.exchange.own_tables import GOOD, MAPPING, read_rows, row, without

CHANGE = Change("test", wall_clock.now())


def bring(database: Database, *rows: tuple[Value, ...], mapping: TableMapping = MAPPING) -> Brought:
    """The rows of a table stored, as the command line does it."""
    table = read_rows(*(rows or GOOD), mapping=mapping).plan
    with database.writing(EVERY_MUNICIPALITY) as session:
        narrow(session, plans.municipality_for(session, table.definition).id)
        return table_import.bring(session, CHANGE, table)


def stored(database: Database) -> PlanDefinition:
    with database.reading(EVERY_MUNICIPALITY) as session:
        return plan_reading.read(session, plans.find(session, "green-plan"))


def owners(database: Database) -> dict[str, str]:
    with database.reading(EVERY_MUNICIPALITY) as session:
        plan = plans.find(session, "green-plan")
        edition = plans.editions_of(session, plan)[-1]
        codes = {n.id: n.code for n in plans.nodes_of(session, edition.id)}
        return {codes[id_]: d.name for id_, d in plans.owners_on(session, edition.id, date(2026, 5, 1)).items()}


def test_the_same_table_again_changes_nothing(empty_database: Database) -> None:
    first, again = bring(empty_database), bring(empty_database)
    assert first.changes
    assert first.organisation is not None
    assert (again.changes, again.organisation and again.organisation.has_changed_anything) == ((), False)
    assert owners(empty_database) == {"1-1": "福祉課", "1-2": "防災課", "2-1": "図書館"}


def test_a_department_that_is_known_by_its_name_keeps_its_code_its_days_and_its_mailbox(
    empty_database: Database,
) -> None:
    table = read_rows(*GOOD).plan
    with empty_database.writing(EVERY_MUNICIPALITY) as session:
        narrow(session, plans.municipality_for(session, table.definition).id)
        session.add(t.Department(code="bosai", name="防 災課", email="b@c.example", valid_from=date(2010, 4, 1)))
    bring(empty_database)
    with empty_database.reading(EVERY_MUNICIPALITY) as session:
        known = session.exec(select(t.Department).where(t.Department.code == "bosai")).one()
        departments = session.exec(select(t.Department.code).order_by(col(t.Department.code))).all()
    assert (known.name, known.email, known.valid_from) == ("防 災課", "b@c.example", date(2010, 4, 1))
    assert sorted(departments) == ["bosai", "図書館", "福祉課"]
    assert owners(empty_database)["1-2"] == "防 災課"


def test_next_year_s_values_are_added_and_a_wrong_row_goes_with_the_next_table(empty_database: Database) -> None:
    wrong = row(番号="1-9", 施策名="書き誤り", 指標名="書き誤り")
    bring(empty_database, *GOOD, wrong)
    assert stored(empty_database).editions[0].node("1-9") is not None
    bring(empty_database, row(令和6年度実績=19), *GOOD[1:])
    definition = stored(empty_database)
    assert definition.editions[0].node("1-9") is None
    assert [i.code for i in definition.indicators] == ["1-1-i1", "1-2-i1", "2-1-i1"]
    assert definition.indicators[0].values[2].value == 19


def test_what_a_city_wrote_beside_its_table_stays(empty_database: Database) -> None:
    bring(empty_database)
    definition = stored(empty_database)
    edition, (first, *others) = definition.editions[0], definition.indicators
    earlier = IndicatorValue(Decimal(4), ValueType.FINAL, fiscal_year=2020, note=Bilingual("聞取りによる"))
    by_hand = replace(
        definition,
        grades=definition.grades[:3],
        rating=None,
        editions=(
            replace(
                edition,
                nodes=tuple(replace(n, title_en="By hand", note=Bilingual("手書き")) for n in edition.nodes),
            ),
        ),
        indicators=(
            replace(
                first,
                direction=IndicatorDirection.MAINTAIN,
                direction_basis=Bilingual(""),
                unit=Bilingual("人", "people"),
                values=(earlier, *first.values),
            ),
            *others,
        ),
    )
    with empty_database.writing(EVERY_MUNICIPALITY) as session:
        plan = plans.find(session, "green-plan")
        narrow(session, plan.municipality_id)
        plans.import_definition(session, CHANGE, by_hand, Bilingual(""))
    brought = bring(empty_database, row(令和6年度実績=19), *GOOD[1:])
    assert [(c.key, c.field, c.after) for c in brought.changes] == [("1-1-i1/final/2024", "value", "19")]
    assert len(stored(empty_database).grades) == 3


def test_once_departments_were_asked_the_tree_may_not_change_and_the_row_is_named(empty_database: Database) -> None:
    bring(empty_database)
    with empty_database.writing(EVERY_MUNICIPALITY) as session:
        plan = plans.find(session, "green-plan")
        narrow(session, plan.municipality_id)
        cycles.open_cycle(session, CHANGE, plan, 2026, real_clock(CHANGE.at))
    with pytest.raises(WrongTable) as refused:
        bring(empty_database, GOOD[0], row(番号="1-2", 施策名="避難訓練", 所管課="防災課", 指標名="別"), GOOD[2])
    (mistake,) = refused.value.mistakes
    assert (mistake.sheet, mistake.row, mistake.column) == ("施策一覧", 3, "C")
    bring(empty_database, *((*cells[:7], 1, 2, 3) for cells in GOOD))  # figures may


def test_a_further_edition_goes_on_with_what_keeps_code_and_title(empty_database: Database) -> None:
    bring(empty_database)
    values = replace(MAPPING.indicators[0], actuals=(ValueColumn("令和6年度実績", 2029),), targets=())
    next_plan = without(MAPPING, edition=EditionHeader("2030", effective_on=date(2030, 4, 1)), indicators=(values,))
    bring(empty_database, mapping=next_plan)
    definition = stored(empty_database)
    assert [e.code for e in definition.editions] == ["2025", "2030"]
    assert {link.kind for link in definition.editions[1].lineage} == {LineageKind.CONTINUED}
    first = definition.indicators[0]
    assert (first.code, first.edition) == ("1-1-i1", "2030")
    assert {v.fiscal_year: v.value for v in first.values} == {
        2023: Decimal(10),
        2029: Decimal(18),
        2024: Decimal(18),
    }


def test_a_further_edition_that_says_not_what_became_of_a_measure_is_refused_with_its_row(
    empty_database: Database,
) -> None:
    bring(empty_database)
    next_plan = without(MAPPING, edition=EditionHeader("2030", effective_on=date(2030, 4, 1)))
    with pytest.raises(WrongTable) as refused:
        bring(empty_database, GOOD[0], row(番号="1-3", 施策名="新しい施策", 指標名="別"), mapping=next_plan)
    said = "\n".join(mistake.in_language("en") for mistake in refused.value.mistakes)
    assert "“1-2”" in said or "1-2" in said
    assert "1-3" in said
    assert [e.code for e in stored(empty_database).editions] == ["2025"]


def test_a_refused_table_leaves_no_department_behind(empty_database: Database) -> None:
    bring(empty_database)
    later = without(MAPPING, edition=EditionHeader("2024", effective_on=date(2024, 4, 1)))
    with pytest.raises(WrongTable):
        bring(empty_database, row(所管課="新しい課"), *GOOD[1:], mapping=later)
    with empty_database.reading(EVERY_MUNICIPALITY) as session:
        assert len(session.exec(select(t.Department)).all()) == 3
