"""Importing an organisation file: what is new, what changes, and what stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlmodel import Session, SQLModel, col, select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.ladder import Rank
from domain.organisation import (
    AppointmentDefinition,
    DepartmentDefinition,
    OrganisationDefinition,
    PersonDefinition,
    ResponsibilityDefinition,
)
from domain.plan import MunicipalityDefinition
from domain.roles import Office
from domain.text import Bilingual
from records import audit, people, plans, sign_in
from records.change import Change, DoesNotFit
from records.organisation import Imported, import_organisation

PLAN = plan_files.read_plan(Path(__file__).parents[2] / "plans" / "iizuka-ict.yaml")
AT = datetime(2026, 4, 1, 1, tzinfo=UTC)
TODAY, YESTERDAY, FOUNDED = date(2026, 4, 1), date(2026, 3, 31), date(2018, 4, 1)
NEXT_YEAR = date(2027, 4, 1)

JOHO = DepartmentDefinition("joho", Bilingual("情報政策課", "Information Policy"), FOUNDED, email="joho@city.example")
SOMU = DepartmentDefinition("somu", Bilingual("総務課"), FOUNDED)
STAFF = AppointmentDefinition("joho", Rank.STAFF)
HANAKO = PersonDefinition("Hanako@city.example", Bilingual("佐藤 花子", "Hanako Sato"), appointments=(STAFF,))
SAKURA = PersonDefinition("sakura@city.example", Bilingual("中島 さくら"), "en", Office.PLANNING)
WLAN, NEEDS = ResponsibilityDefinition("1-1-1", "joho"), ResponsibilityDefinition("1-1-2", "somu")
FILE = OrganisationDefinition(PLAN.code, (JOHO, SOMU), (HANAKO, SAKURA), (WLAN, NEEDS))

T = TypeVar("T")
Tallies = dict[str, tuple[int, int, int]]


def tallies(imported: Imported) -> Tallies:
    """Kind → how many are new, changed and as before."""
    return {kind: (len(x.new), len(x.changed), x.unchanged) for kind, x in imported.by_kind.items()}


NOTHING_NEW: Tallies = {
    "departments": (0, 0, 2),
    "people": (0, 0, 2),
    "appointments": (0, 0, 1),
    "responsibilities": (0, 0, 2),
    "successions": (0, 0, 0),
}


class Town:
    """A municipality with the plan and nothing else."""

    def __init__(self, database: Database, code: str = "iizuka") -> None:
        self.database = database
        definition = replace(PLAN, municipality=MunicipalityDefinition(code, Bilingual(code)))
        with database.writing(EVERY_MUNICIPALITY) as session:
            self.id = plans.municipality_for(session, definition).id
        with database.writing(self.id) as session:
            plans.import_definition(session, Change("test", AT), definition, Bilingual(""))

    def import_(self, file: OrganisationDefinition, at: datetime = AT) -> Imported:
        with self.database.writing(self.id) as session:
            return import_organisation(session, Change("cli", at), plans.find(session, PLAN.code), file)

    def look(self, at: Callable[[Session], T]) -> T:
        with self.database.reading(self.id) as session:
            return at(session)

    def department(self, code: str) -> t.Department:
        return self.look(lambda s: s.exec(select(t.Department).where(t.Department.code == code)).one())

    def user(self, email: str) -> t.User:
        return self.look(lambda s: s.exec(select(t.User).where(t.User.email == email)).one())

    def appointments(self, email: str) -> list[tuple[str, Rank, date, date | None]]:
        def at(session: Session) -> list[tuple[str, Rank, date, date | None]]:
            query = (
                select(t.Appointment, t.Department)
                .join(t.Department, col(t.Department.id) == col(t.Appointment.department_id))
                .join(t.User, col(t.User.id) == col(t.Appointment.user_id))
                .where(t.User.email == email)
                .order_by(col(t.Appointment.valid_from))
            )
            return [(d.code, a.rank, a.valid_from, a.valid_until) for a, d in session.exec(query)]

        return self.look(at)

    def answering(self, measure: str) -> list[tuple[str, date, date | None]]:
        """Who answers for a measure, from when until when."""

        def at(session: Session) -> list[tuple[str, date, date | None]]:
            query = (
                select(t.Responsibility, t.Department)
                .join(t.Department, col(t.Department.id) == col(t.Responsibility.department_id))
                .join(t.Node, col(t.Node.id) == col(t.Responsibility.node_id))
                .where(t.Node.code == measure)
                .order_by(col(t.Responsibility.valid_from))
            )
            return [(d.code, r.valid_from, r.valid_until) for r, d in session.exec(query)]

        return self.look(at)

    def audited(self) -> list[t.AuditEntry]:
        query = select(t.AuditEntry).where(t.AuditEntry.action == "organisation.imported")
        return self.look(lambda s: list(s.exec(query.order_by(col(t.AuditEntry.sequence)))))

    def rows(self) -> list[dict[str, Any]]:
        """Every row that an import may touch."""
        tables: tuple[type[SQLModel], ...] = (t.Department, t.User, t.Appointment, t.Responsibility)
        return self.look(lambda s: [row.model_dump() for table in tables for row in s.exec(select(table))])


@pytest.fixture
def town(empty_database: Database) -> Town:
    return Town(empty_database)


def with_wlan(department: str, valid_from: date | None = None) -> OrganisationDefinition:
    return replace(FILE, responsibilities=(replace(WLAN, department=department, valid_from=valid_from), NEEDS))


def with_terms(*appointments: AppointmentDefinition) -> OrganisationDefinition:
    return replace(FILE, people=(replace(HANAKO, appointments=appointments), SAKURA))


def test_what_the_file_names_is_stored(town: Town) -> None:
    assert tallies(town.import_(FILE)) == {
        "departments": (2, 0, 0),
        "people": (2, 0, 0),
        "appointments": (1, 0, 0),
        "responsibilities": (2, 0, 0),
        "successions": (0, 0, 0),
    }
    joho = town.department("joho")
    assert (joho.name, joho.name_en, joho.email) == ("情報政策課", "Information Policy", "joho@city.example")
    assert (joho.valid_from, joho.valid_until) == (FOUNDED, None)
    assert town.appointments("hanako@city.example") == [("joho", Rank.STAFF, FOUNDED, None)]
    assert town.answering("1-1-1") == [("joho", FOUNDED, None)]
    sakura = town.user("sakura@city.example")
    assert (sakura.language, sakura.office) == ("en", Office.PLANNING)


def test_importing_the_same_file_again_changes_nothing(town: Town) -> None:
    town.import_(FILE)
    before = town.rows()
    assert tallies(town.import_(FILE, AT.replace(year=2027))) == NOTHING_NEW
    assert town.rows() == before
    assert len(town.audited()) == 1


def test_new_people_sign_in_with_codes_sent_by_mail(town: Town) -> None:
    town.import_(FILE)
    hanako = town.user("hanako@city.example")
    assert (hanako.password_hash, hanako.is_active, hanako.language, hanako.office) == (None, True, "ja", Office.NONE)
    with town.database.writing(EVERY_MUNICIPALITY) as session:
        assert sign_in.issue_code(session, "hanako@city.example", AT) is not None


def test_a_measure_that_the_file_leaves_out_has_no_department(town: Town) -> None:
    town.import_(FILE)
    assert town.answering("1-2-1") == []


def test_the_import_is_in_the_audit_log_with_what_changed(town: Town) -> None:
    town.import_(FILE)
    town.import_(replace(FILE, people=(replace(HANAKO, office=Office.PLANNING), SAKURA)))
    first, second = town.audited()
    assert (first.actor, first.subject) == ("cli", "plan/iizuka-ict")
    assert first.detail["people"]["new"] == ["hanako@city.example", "sakura@city.example: office planning"]
    assert second.detail["people"]["changed"] == ["hanako@city.example: office none → planning"]
    assert town.look(audit.verify).broken_at is None


# What is known already


def test_names_addresses_languages_and_offices_follow_the_file(town: Town) -> None:
    town.import_(FILE)
    joho = replace(JOHO, name=Bilingual("デジタル課", "Digital"), email="digital@city.example")
    hanako = replace(HANAKO, name=Bilingual("田中 花子", "Hanako Tanaka"), language="en", office=Office.ADMINISTRATOR)
    imported = town.import_(replace(FILE, departments=(joho, SOMU), people=(hanako, SAKURA)))
    assert tallies(imported) == {**NOTHING_NEW, "departments": (0, 1, 1), "people": (0, 1, 1)}
    department, user = town.department("joho"), town.user("hanako@city.example")
    assert (department.name, department.name_en, department.email) == ("デジタル課", "Digital", "digital@city.example")
    assert (user.name, user.name_en, user.language) == ("田中 花子", "Hanako Tanaka", "en")
    assert user.office is Office.ADMINISTRATOR


def test_a_person_who_has_an_account_keeps_password_language_and_office(town: Town) -> None:
    with town.database.writing(town.id) as session:
        user = people.create_user(session, Change("cli", AT), "hanako@city.example", "花子", Office.PLANNING, "hash")
        user.language = "en"
    town.import_(FILE)
    hanako = town.user("hanako@city.example")
    assert (hanako.name, hanako.password_hash) == ("佐藤 花子", "hash")
    assert (hanako.language, hanako.office) == ("en", Office.PLANNING)


def test_an_office_ends_when_the_file_says_none(town: Town) -> None:
    town.import_(FILE)
    town.import_(replace(FILE, people=(HANAKO, replace(SAKURA, office=Office.NONE))))
    assert town.user("sakura@city.example").office is Office.NONE


def test_a_blocked_account_stays_blocked(town: Town) -> None:
    town.import_(FILE)
    with town.database.writing(town.id) as session:
        user = session.exec(select(t.User).where(t.User.email == "hanako@city.example")).one()
        user.is_active = False
        session.add(user)
    town.import_(with_terms(STAFF, AppointmentDefinition("somu", Rank.STAFF)))
    assert not town.user("hanako@city.example").is_active


def test_what_the_file_does_not_name_stays(town: Town) -> None:
    town.import_(FILE)
    before = town.rows()
    town.import_(OrganisationDefinition(PLAN.code))
    assert town.rows() == before


# Transfers: departments and appointments end as the file says


def test_a_department_ends_as_the_file_says(town: Town) -> None:
    town.import_(FILE)
    town.import_(replace(FILE, departments=(replace(JOHO, valid_until=YESTERDAY), SOMU)))
    assert town.department("joho").valid_until == YESTERDAY


def test_an_appointment_ends_and_the_next_begins_as_the_file_says(town: Town) -> None:
    town.import_(FILE)
    moved = with_terms(
        replace(STAFF, valid_until=YESTERDAY), AppointmentDefinition("somu", Rank.SECTION_HEAD, valid_from=TODAY)
    )
    assert tallies(town.import_(moved))["appointments"] == (1, 1, 0)
    assert town.appointments("hanako@city.example") == [
        ("joho", Rank.STAFF, FOUNDED, YESTERDAY),
        ("somu", Rank.SECTION_HEAD, TODAY, None),
    ]
    assert tallies(town.import_(moved))["appointments"] == (0, 0, 2)


def test_a_second_term_of_the_same_rank_leaves_the_first_as_it_was(town: Town) -> None:
    first = replace(STAFF, valid_until=date(2020, 3, 31))
    town.import_(with_terms(first))
    both = with_terms(first, replace(STAFF, valid_from=TODAY))
    assert tallies(town.import_(both))["appointments"] == (1, 0, 1)
    assert tallies(town.import_(both))["appointments"] == (0, 0, 2)
    town.import_(with_terms(replace(STAFF, valid_from=NEXT_YEAR)))
    assert town.appointments("hanako@city.example") == [
        ("joho", Rank.STAFF, FOUNDED, date(2020, 3, 31)),
        ("joho", Rank.STAFF, NEXT_YEAR, None),
    ]


def test_the_first_day_of_an_appointment_can_be_corrected(town: Town) -> None:
    town.import_(FILE)
    town.import_(with_terms(replace(STAFF, valid_from=date(2024, 4, 1))))
    assert town.appointments("hanako@city.example") == [("joho", Rank.STAFF, date(2024, 4, 1), None)]


# Responsibilities


def test_another_department_answers_from_the_day_of_the_import_and_the_old_one_until_the_day_before(town: Town) -> None:
    town.import_(FILE)
    assert tallies(town.import_(with_wlan("somu")))["responsibilities"] == (0, 1, 1)
    assert town.answering("1-1-1") == [("joho", FOUNDED, YESTERDAY), ("somu", TODAY, None)]
    assert tallies(town.import_(with_wlan("somu"), AT.replace(year=2027))) == NOTHING_NEW


def test_a_day_that_the_file_names_is_the_day_of_the_change(town: Town) -> None:
    town.import_(FILE)
    for _ in range(2):
        town.import_(with_wlan("somu", NEXT_YEAR))
    assert town.answering("1-1-1") == [("joho", FOUNDED, date(2027, 3, 31)), ("somu", NEXT_YEAR, None)]


def test_a_department_that_is_to_come_answers_from_its_first_day(town: Town) -> None:
    town.import_(FILE)
    digital = DepartmentDefinition("digital", Bilingual("デジタル課"), NEXT_YEAR)
    for _ in range(2):
        town.import_(replace(with_wlan("digital"), departments=(JOHO, SOMU, digital)))
    assert town.answering("1-1-1") == [("joho", FOUNDED, date(2027, 3, 31)), ("digital", NEXT_YEAR, None)]


def test_what_is_recorded_from_a_later_day_on_stays(town: Town) -> None:
    town.import_(FILE)
    town.import_(with_wlan("somu", NEXT_YEAR))
    digital = DepartmentDefinition("digital", Bilingual("デジタル課"), FOUNDED)
    town.import_(replace(with_wlan("digital", TODAY), departments=(JOHO, SOMU, digital)))
    assert town.answering("1-1-1") == [
        ("joho", FOUNDED, YESTERDAY),
        ("digital", TODAY, date(2027, 3, 31)),
        ("somu", NEXT_YEAR, None),
    ]


def test_whoever_answers_until_a_recorded_change_is_left_so_by_a_file_that_does_not_know_of_it(town: Town) -> None:
    town.import_(FILE)
    town.import_(with_wlan("somu", NEXT_YEAR))
    before = town.rows()
    assert tallies(town.import_(FILE)) == NOTHING_NEW
    assert town.rows() == before


def test_a_change_can_be_brought_forward(town: Town) -> None:
    town.import_(FILE)
    town.import_(with_wlan("somu", NEXT_YEAR))
    town.import_(with_wlan("somu", TODAY))
    assert town.answering("1-1-1") == [("joho", FOUNDED, YESTERDAY), ("somu", TODAY, None)]


def test_a_wrong_department_can_be_corrected_from_its_first_day(town: Town) -> None:
    town.import_(FILE)
    town.import_(with_wlan("somu", FOUNDED))
    assert town.answering("1-1-1") == [("somu", FOUNDED, None)]


def test_a_file_from_before_a_change_does_not_undo_it(town: Town) -> None:
    town.import_(FILE)
    town.import_(with_wlan("somu"))
    before = town.rows()
    with pytest.raises(DoesNotFit) as refused:
        town.import_(FILE)
    assert [m.path for m in refused.value.mistakes] == [("responsibilities", 0, "valid_from")]
    assert town.rows() == before
    town.import_(with_wlan("joho", NEXT_YEAR))
    assert town.answering("1-1-1")[1:] == [("somu", TODAY, date(2027, 3, 31)), ("joho", NEXT_YEAR, None)]


def test_a_reassignment_on_one_day_there_and_back_is_read_as_it_ended(town: Town) -> None:
    """Reassigning twice on a day leaves a row that ends before it begins; it never answered for anything."""
    town.import_(with_wlan("joho", TODAY))
    with town.database.writing(town.id) as session:
        row = session.exec(select(t.Responsibility).join(t.Node).where(t.Node.code == "1-1-1")).one()
        row.valid_until = YESTERDAY
        somu = session.exec(select(t.Department).where(t.Department.code == "somu")).one()
        session.add(t.Responsibility(node_id=row.node_id, department_id=somu.id, valid_from=TODAY))
    assert tallies(town.import_(with_wlan("somu"))) == NOTHING_NEW
    assert tallies(town.import_(with_wlan("joho")))["responsibilities"] == (0, 1, 1)


# Everything or nothing


def test_a_file_with_a_measure_that_the_plan_does_not_have_stores_nothing(town: Town) -> None:
    wrong = replace(FILE, responsibilities=(WLAN, replace(NEEDS, measure="9-9-9")))
    with pytest.raises(DoesNotFit) as refused:
        town.import_(wrong)
    assert [m.path for m in refused.value.mistakes] == [("responsibilities", 1, "measure")]
    assert town.rows() == []
    assert town.audited() == []


def test_a_refused_change_of_one_measure_stores_nothing_else_of_the_file(town: Town) -> None:
    town.import_(FILE)
    town.import_(with_wlan("somu"))
    before = town.rows()
    with pytest.raises(DoesNotFit):
        town.import_(replace(FILE, departments=(replace(JOHO, name=Bilingual("別の名")), SOMU)))
    assert town.rows() == before
    assert len(town.audited()) == 2


def test_a_neighbour_with_the_same_codes_and_addresses_is_left_alone(town: Town) -> None:
    neighbour = Town(town.database, "neighbour")
    neighbour.import_(FILE)
    before = neighbour.rows()
    assert tallies(town.import_(FILE))["departments"] == (2, 0, 0)
    town.import_(replace(FILE, departments=(replace(JOHO, valid_until=YESTERDAY), SOMU)))
    assert neighbour.rows() == before
