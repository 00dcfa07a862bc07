"""A municipality's organisation as data: departments and what becomes of them, people, who answers for which measure.

An organisation file is one `OrganisationDefinition`. It says what is so, not what to do: importing it again changes
nothing, and what it does not name stays as it is. A measure that it leaves out has no department (記載なし).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain import reorganisation
from domain.ladder import Rank
from domain.mistakes import Key, Mistake, doubled
from domain.reorganisation import SuccessionDefinition
from domain.roles import Office
from domain.text import Bilingual


@dataclass(frozen=True)
class DepartmentDefinition:
    """部署. `email` is the shared mailbox, empty where there is none; `valid_until` is the last day.

    `parent` is the department it belongs to (部 of a 課); without it, it stays where it is.
    """

    code: str
    name: Bilingual
    valid_from: date
    valid_until: date | None = None
    email: str = ""
    parent: str = ""


@dataclass(frozen=True)
class AppointmentDefinition:
    """発令. Without `valid_from` it begins with the department."""

    department: str
    rank: Rank
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class PersonDefinition:
    """A person with an account, known by the mail address.

    Without `language` and `office` they stay as they are; for a new person: Japanese, no office.
    """

    email: str
    name: Bilingual
    language: Literal["ja", "en"] | None = None
    office: Office | None = None
    appointments: tuple[AppointmentDefinition, ...] = ()


@dataclass(frozen=True)
class ResponsibilityDefinition:
    """所管. Without `valid_from`: from today where another department answered so far, else from its beginning."""

    measure: str
    department: str
    valid_from: date | None = None


@dataclass(frozen=True)
class OrganisationDefinition:
    """The organisation as a plan needs it. Measures have the codes of `edition`, "": the plan's newest."""

    plan: str
    departments: tuple[DepartmentDefinition, ...] = ()
    people: tuple[PersonDefinition, ...] = ()
    responsibilities: tuple[ResponsibilityDefinition, ...] = ()
    edition: str = ""
    successions: tuple[SuccessionDefinition, ...] = ()

    def department(self, code: str) -> DepartmentDefinition | None:
        return next((d for d in self.departments if d.code == code), None)

    def above(self, department: DepartmentDefinition) -> tuple[DepartmentDefinition, ...]:
        """The departments that one belongs to, the nearest first; of a circle each once."""
        found: list[DepartmentDefinition] = []
        one = department
        while one.parent and (parent := self.department(one.parent)) is not None and parent not in found:
            found.append(parent)
            one = parent
        return tuple(found)


def address(email: str) -> str:
    """A mail address as it is stored and compared."""
    return email.strip().lower()


def is_address(email: str) -> bool:
    """Whether a text can be a mail address."""
    name, _, host = email.strip().rpartition("@")
    return bool(name and host) and not any(c.isspace() or c in "@,;<>" for c in name + host)


def mistakes(organisation: OrganisationDefinition) -> tuple[Mistake, ...]:
    """What the types cannot see: doubled codes and addresses, unknown departments, spans that run backwards."""
    return (
        *_department_mistakes(organisation),
        *_person_mistakes(organisation),
        *_responsibility_mistakes(organisation),
        *reorganisation.mistakes(
            organisation.successions, {d.code: (d.valid_from, d.valid_until) for d in organisation.departments}
        ),
    )


def unknown_measures(organisation: OrganisationDefinition, measures: Collection[str]) -> tuple[Mistake, ...]:
    """The measures of the file that are not among the plan's."""
    return tuple(
        Mistake(("responsibilities", i, "measure"), f"{organisation.plan} has no measure {entry.measure!r}")
        for i, entry in enumerate(organisation.responsibilities)
        if entry.measure not in measures
    )


def _department_mistakes(organisation: OrganisationDefinition) -> list[Mistake]:
    found = doubled(("departments",), [d.code for d in organisation.departments])
    for i, department in enumerate(organisation.departments):
        at = ("departments", i)
        found += _empty((*at, "code"), department.code)
        found += _empty((*at, "name", "ja"), department.name.ja)
        if department.email:
            found += _no_address((*at, "email"), department.email)
        if department.valid_until is not None and department.valid_until < department.valid_from:
            found.append(Mistake((*at, "valid_until"), f"lies before {department.valid_from}, its first day"))
        found += _parent_mistakes((*at, "parent"), department, organisation)
    return found


def _parent_mistakes(at: Key, department: DepartmentDefinition, organisation: OrganisationDefinition) -> list[Mistake]:
    above = organisation.above(department)
    if department.parent and not above:
        return [Mistake(at, f"there is no department {department.parent!r} in this file")]
    return [Mistake(at, f"{department.code!r} would belong to itself")] if department in above else []


def _person_mistakes(organisation: OrganisationDefinition) -> list[Mistake]:
    found = doubled(("people",), [address(p.email) for p in organisation.people])
    for i, person in enumerate(organisation.people):
        found += _no_address(("people", i, "email"), person.email)
        found += _empty(("people", i, "name", "ja"), person.name.ja)
        for j, appointment in enumerate(person.appointments):
            at: Key = ("people", i, "appointments", j)
            found += _appointment_mistakes(at, appointment, organisation)
            if any(_overlap(appointment, other, organisation) for other in person.appointments[:j]):
                found.append(Mistake(at, f"{appointment.rank} of {appointment.department!r} stands twice at one time"))
    return found


def _appointment_mistakes(
    at: Key, appointment: AppointmentDefinition, organisation: OrganisationDefinition
) -> list[Mistake]:
    department = organisation.department(appointment.department)
    if department is None:
        return [_unknown_department(at, appointment.department)]
    found = _outside((*at, "valid_from"), appointment.valid_from, department)
    if appointment.rank is Rank.PLANNING:
        found.append(Mistake((*at, "rank"), "planning is no rank of a department: give the person that office"))
    begins = appointment.valid_from or department.valid_from
    if appointment.valid_until is not None and appointment.valid_until < begins:
        found.append(Mistake((*at, "valid_until"), f"lies before {begins}, its first day"))
    return found


def _responsibility_mistakes(organisation: OrganisationDefinition) -> list[Mistake]:
    found = doubled(("responsibilities",), [r.measure for r in organisation.responsibilities])
    for i, entry in enumerate(organisation.responsibilities):
        department = organisation.department(entry.department)
        if department is None:
            found.append(_unknown_department(("responsibilities", i), entry.department))
        else:
            found += _outside(("responsibilities", i, "valid_from"), entry.valid_from, department)
    return found


def _overlap(a: AppointmentDefinition, b: AppointmentDefinition, organisation: OrganisationDefinition) -> bool:
    """Whether both are the same rank of the same department on some day."""
    department = organisation.department(a.department)
    if department is None or (a.department, a.rank) != (b.department, b.rank):
        return False
    spans = [(one.valid_from or department.valid_from, one.valid_until or date.max) for one in (a, b)]
    return max(begins for begins, _ in spans) <= min(ends for _, ends in spans)


def _outside(at: Key, day: date | None, department: DepartmentDefinition) -> list[Mistake]:
    if day is None or department.valid_from <= day <= (department.valid_until or date.max):
        return []
    return [Mistake(at, f"there is no {department.code!r} on {day}")]


def _unknown_department(at: Key, code: str) -> Mistake:
    return Mistake((*at, "department"), f"there is no department {code!r} in this file")


def _empty(at: Key, text: str) -> list[Mistake]:
    return [] if text.strip() else [Mistake(at, "must not be empty")]


def _no_address(at: Key, email: str) -> list[Mistake]:
    return [] if is_address(email) else [Mistake(at, f"{email!r} is no mail address")]
