"""What contradicts itself in an organisation file, and where."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from domain.ladder import Rank
from domain.mistakes import Key, Mistake
from domain.organisation import (
    AppointmentDefinition,
    DepartmentDefinition,
    OrganisationDefinition,
    PersonDefinition,
    ResponsibilityDefinition,
    mistakes,
    unknown_measures,
)
from domain.roles import Office
from domain.text import Bilingual
from organisation_files import read_organisation
from yaml_files import WrongFile

FOUNDED, LAST_DAY = date(2018, 4, 1), date(2026, 3, 31)
OLD = DepartmentDefinition("old", Bilingual("旧課"), FOUNDED, LAST_DAY)
NEW = DepartmentDefinition("new", Bilingual("新課"), date(2026, 4, 1), email="new@city.example")
STAFF = AppointmentDefinition("old", Rank.STAFF)
HANAKO = PersonDefinition("hanako@city.example", Bilingual("佐藤 花子"), appointments=(STAFF,))
WLAN = ResponsibilityDefinition("1-1-1", "old")
GOOD = OrganisationDefinition("iizuka-ict", (OLD, NEW), (HANAKO,), (WLAN,))


def with_appointments(*appointments: AppointmentDefinition) -> OrganisationDefinition:
    return replace(GOOD, people=(replace(HANAKO, appointments=appointments),))


def with_person(**changes: object) -> OrganisationDefinition:
    return replace(GOOD, people=(replace(HANAKO, **changes),))  # type: ignore[arg-type]


def with_department(**changes: object) -> OrganisationDefinition:
    return replace(GOOD, departments=(OLD, replace(NEW, **changes)))  # type: ignore[arg-type]


def with_responsibilities(*responsibilities: ResponsibilityDefinition) -> OrganisationDefinition:
    return replace(GOOD, responsibilities=responsibilities)


def test_an_organisation_that_fits_together_has_no_mistakes() -> None:
    assert mistakes(GOOD) == ()


def test_a_measure_may_have_no_department_and_a_department_neither_address_nor_staff() -> None:
    bare = replace(GOOD, departments=(OLD, replace(NEW, email="")), people=(), responsibilities=())
    assert mistakes(bare) == ()


def test_a_person_may_return_to_a_rank_after_leaving_it() -> None:
    terms = (
        replace(STAFF, valid_until=date(2020, 3, 31)),
        replace(STAFF, valid_from=date(2020, 4, 1), valid_until=date(2021, 3, 31)),
    )
    assert mistakes(with_appointments(*terms)) == ()


def test_the_last_day_may_be_the_first_day() -> None:
    assert mistakes(with_department(valid_until=NEW.valid_from)) == ()


WRONG: list[tuple[str, Callable[[], OrganisationDefinition], Key]] = [
    ("a department stands twice", lambda: replace(GOOD, departments=(OLD, NEW, NEW)), ("departments", 2)),
    ("a department without a code", lambda: with_department(code=" "), ("departments", 1, "code")),
    ("a department without a name", lambda: with_department(name=Bilingual("")), ("departments", 1, "name", "ja")),
    ("a mailbox that is none", lambda: with_department(email="new.city.example"), ("departments", 1, "email")),
    (
        "a department ends before it begins",
        lambda: with_department(valid_until=date(2026, 3, 31)),
        ("departments", 1, "valid_until"),
    ),
    ("a department above that is unknown", lambda: with_department(parent="gone"), ("departments", 1, "parent")),
    ("a department that belongs to itself", lambda: with_department(parent="new"), ("departments", 1, "parent")),
    (
        "a person stands twice, typed otherwise",
        lambda: replace(GOOD, people=(HANAKO, replace(HANAKO, email=" Hanako@City.example"))),
        ("people", 1),
    ),
    ("a person without an address", lambda: with_person(email=""), ("people", 0, "email")),
    ("two addresses at once", lambda: with_person(email="a@city.example,b@city.example"), ("people", 0, "email")),
    ("a person without a name", lambda: with_person(name=Bilingual("　")), ("people", 0, "name", "ja")),
    (
        "an appointment to an unknown department",
        lambda: with_appointments(replace(STAFF, department="gone")),
        ("people", 0, "appointments", 0, "department"),
    ),
    (
        "an appointment before the department",
        lambda: with_appointments(replace(STAFF, valid_from=date(2018, 3, 31))),
        ("people", 0, "appointments", 0, "valid_from"),
    ),
    (
        "an appointment after the department",
        lambda: with_appointments(replace(STAFF, valid_from=date(2026, 4, 1))),
        ("people", 0, "appointments", 0, "valid_from"),
    ),
    (
        "an appointment ends before the department begins",
        lambda: with_appointments(replace(STAFF, valid_until=date(2018, 3, 31))),
        ("people", 0, "appointments", 0, "valid_until"),
    ),
    (
        "an appointment to the planning division",
        lambda: with_appointments(replace(STAFF, rank=Rank.PLANNING)),
        ("people", 0, "appointments", 0, "rank"),
    ),
    (
        "the same rank twice at one time",
        lambda: with_appointments(
            replace(STAFF, valid_until=date(2020, 4, 1)), replace(STAFF, valid_from=date(2020, 4, 1))
        ),
        ("people", 0, "appointments", 1),
    ),
    ("a measure stands twice", lambda: with_responsibilities(WLAN, WLAN), ("responsibilities", 1)),
    (
        "a measure of an unknown department",
        lambda: with_responsibilities(replace(WLAN, department="gone")),
        ("responsibilities", 0, "department"),
    ),
    (
        "a measure of a department that is not there yet",
        lambda: with_responsibilities(replace(WLAN, department="new", valid_from=date(2026, 3, 31))),
        ("responsibilities", 0, "valid_from"),
    ),
]


@pytest.mark.parametrize(("wrong", "place"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_mistake_is_named_with_its_place(wrong: Callable[[], OrganisationDefinition], place: Key) -> None:
    found = mistakes(wrong())
    assert [m.path for m in found] == [place]
    assert all(m.message for m in found)


def test_departments_that_belong_to_each_other_in_a_circle_are_each_named() -> None:
    a, b, c = (replace(NEW, code=code, parent=parent) for code, parent in (("a", "b"), ("b", "a"), ("c", "a")))
    found = mistakes(OrganisationDefinition("iizuka-ict", (a, b, c)))
    assert [m.path for m in found] == [("departments", 0, "parent"), ("departments", 1, "parent")]


def test_the_departments_above_are_named_from_the_nearest_up() -> None:
    top, middle = replace(NEW, code="top"), replace(NEW, code="middle", parent="top")
    organisation = OrganisationDefinition("iizuka-ict", (replace(NEW, parent="middle"), middle, top))
    assert organisation.above(organisation.departments[0]) == (middle, top)
    assert mistakes(organisation) == ()


def test_a_measure_that_the_plan_does_not_have_is_named_with_its_place() -> None:
    both = with_responsibilities(WLAN, replace(WLAN, measure="9-9-9"))
    assert unknown_measures(both, {"1-1-1", "1-1-2"}) == (
        Mistake(("responsibilities", 1, "measure"), "iizuka-ict has no measure '9-9-9'"),
    )


def test_all_mistakes_are_found_at_once() -> None:
    both = replace(with_department(code=""), people=(replace(HANAKO, email="hanako"),))
    assert [m.path for m in mistakes(both)] == [("departments", 1, "code"), ("people", 0, "email")]


# Files

FILE = """\
plan: iizuka-ict
departments:
  - code: joho
    name: {ja: 情報政策課}
    valid_from: 2018-04-01
people:
  - email: hanako@city.example
    name: {ja: 佐藤 花子, en: Hanako Sato}
    office: planning
    appointments:
      - {department: joho, rank: staff, valid_until: 2026-03-31}
responsibilities:
  - {measure: 1-1-1, department: joho}
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "organisation.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_read_with_what_it_leaves_out(tmp_path: Path) -> None:
    assert read_organisation(written(tmp_path, FILE)) == OrganisationDefinition(
        "iizuka-ict",
        (DepartmentDefinition("joho", Bilingual("情報政策課"), FOUNDED),),
        (
            PersonDefinition(
                "hanako@city.example",
                Bilingual("佐藤 花子", "Hanako Sato"),
                office=Office.PLANNING,
                appointments=(AppointmentDefinition("joho", Rank.STAFF, valid_until=LAST_DAY),),
            ),
        ),
        (ResponsibilityDefinition("1-1-1", "joho"),),
    )


def test_the_example_of_the_operations_page_can_be_imported_as_it_stands(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    shown = read_organisation(written(tmp_path, example))
    assert shown.departments
    assert shown.people
    assert shown.responsibilities


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("rank: staff", "rank: mayor", "organisation.yaml:11: people.0.appointments.0.rank: "),
        ("valid_from: 2018-04-01", "valid_from: 2018-04-31", "organisation.yaml:5: departments.0.valid_from: "),
        ("office: planning", "ofice: planning", "organisation.yaml:9: people.0.ofice: unknown key"),
        ("{measure: 1-1-1, department: joho}", "{measure: 1-1-1, department: soumu}",
         "organisation.yaml:13: responsibilities.0.department: there is no department 'soumu'"),
        ("plan: iizuka-ict\n", "", "organisation.yaml:1: plan: "),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_file_line_and_key(tmp_path: Path, right: str, wrong: str, place: str) -> None:
    assert FILE.count(right) == 1
    with pytest.raises(WrongFile) as raised:
        read_organisation(written(tmp_path, FILE.replace(right, wrong)))
    (mistake,) = raised.value.mistakes
    assert str(mistake).startswith(place)
