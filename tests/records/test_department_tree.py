"""Which department belongs to which: as a file says it, and what a reorganisation makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlmodel import col, select

from db import tables as t
from domain.calendar import JST
from domain.organisation import DepartmentDefinition, OrganisationDefinition
from domain.reorganisation import SuccessionKind
from domain.text import Bilingual
from records import department_tree, organisation, people
from records.change import Change, DoesNotFit
from records.organisation import Imported
from tests.changing_hall import DAY, Hall
from tests.city import FOUNDED_ON, City

AT = datetime(2021, 1, 20, 10, 0, tzinfo=JST)
PLANNING = DepartmentDefinition("planning-dept", Bilingual("経営企画部"), FOUNDED_ON)
INFORMATION = DepartmentDefinition(
    "information", Bilingual("情報政策課"), FOUNDED_ON, email="information@city.example", parent="planning-dept"
)
CITIZENS = replace(INFORMATION, code="citizens", name=Bilingual("市民窓口課"), email="citizens@city.example")


@pytest.fixture
def hall(real_city: City) -> Hall:
    return Hall(real_city)


def import_(hall: Hall, *departments: DepartmentDefinition) -> Imported:
    with hall.city.database.writing(hall.city.municipality) as session:
        plan = session.get_one(t.Plan, hall.city.plan)
        file = OrganisationDefinition("iizuka-ict", departments)
        return organisation.import_organisation(session, Change("cli", AT), plan, file)


def above(hall: Hall, code: str) -> list[str]:
    return hall.look(lambda s: [d.code for d in department_tree.above(s, people.department_of_code(s, code))])


def test_a_file_says_where_a_department_belongs_in_whatever_order(hall: Hall) -> None:
    imported = import_(hall, INFORMATION, PLANNING)
    assert imported.departments.changed == ("information: parent – → planning-dept",)
    assert above(hall, "information") == ["planning-dept"]
    assert above(hall, "citizens") == []
    again = import_(hall, INFORMATION, PLANNING)
    assert (again.has_changed_anything, again.departments.unchanged) == (False, 2)


def test_a_file_that_says_nothing_of_it_leaves_a_department_where_it_is(hall: Hall) -> None:
    import_(hall, INFORMATION, PLANNING)
    import_(hall, replace(INFORMATION, parent=""))
    assert above(hall, "information") == ["planning-dept"]


def test_a_circle_through_what_is_stored_is_refused(hall: Hall) -> None:
    import_(hall, INFORMATION, PLANNING)
    with pytest.raises(DoesNotFit, match="would belong to itself"):
        import_(hall, replace(PLANNING, parent="information"), replace(INFORMATION, parent=""))
    assert above(hall, "information") == ["planning-dept"]


def test_a_department_with_a_new_name_stands_where_the_old_one_stood(hall: Hall) -> None:
    import_(hall, INFORMATION, PLANNING)
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()})
    assert above(hall, "digital") == []
    hall.day_comes()
    assert above(hall, "digital") == ["planning-dept"]


def test_sections_go_along_with_the_new_name_of_their_department_and_an_old_file_takes_nothing_back(
    hall: Hall,
) -> None:
    import_(hall, INFORMATION, PLANNING)
    hall.enter("planning-dept", SuccessionKind.RENAMED, {"future-dept": ()})
    hall.day_comes()
    assert above(hall, "information") == ["future-dept"]
    assert not import_(hall, INFORMATION, PLANNING).has_changed_anything
    assert above(hall, "information") == ["future-dept"]


def test_sections_of_a_department_that_is_dissolved_stand_alone(hall: Hall) -> None:
    import_(hall, INFORMATION, CITIZENS, PLANNING)
    hall.enter("planning-dept", SuccessionKind.DISSOLVED, {})
    hall.day_comes()
    assert (above(hall, "information"), above(hall, "citizens")) == ([], [])


def test_a_department_merged_into_its_own_section_makes_no_circle(hall: Hall) -> None:
    import_(hall, INFORMATION, CITIZENS, PLANNING)
    hall.enter("planning-dept", SuccessionKind.MERGED, {"information": ()})
    hall.day_comes()
    assert (above(hall, "information"), above(hall, "citizens")) == ([], ["information"])


def test_a_secretariat_keeps_its_history_when_its_department_changes(hall: Hall) -> None:
    with hall.city.database.writing(hall.city.municipality) as session:
        for code, begins in (("information", FOUNDED_ON), ("citizens", date(2021, 6, 1))):
            department = people.department_of_code(session, code).id
            body = f"body-of-{code}"
            session.add(t.Secretariat(plan_id=hall.city.plan, body=body, department_id=department, valid_from=begins))
    hall.enter("information", SuccessionKind.RENAMED, {"digital": ()})
    hall.enter("citizens", SuccessionKind.DISSOLVED, {})
    hall.day_comes()
    hall.day_comes()
    with hall.city.database.reading(hall.city.municipality) as session:
        query = select(t.Secretariat, t.Department).join(
            t.Department, col(t.Department.id) == col(t.Secretariat.department_id)
        )
        kept = [(d.code, s.valid_from, s.valid_until) for s, d in session.exec(query.order_by(t.Department.code))]
    assert kept == [("digital", DAY, None), ("information", FOUNDED_ON, date(2021, 1, 31))]
