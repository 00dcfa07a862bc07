"""The departments and people in somebody's own table: who answers for which measure, and who is asked there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.ladder import Rank
from domain.organisation import (
    AppointmentDefinition,
    DepartmentDefinition,
    OrganisationDefinition,
    PersonDefinition,
    ResponsibilityDefinition,
    address,
)
from domain.text import Bilingual, half_width
from exchange import table_wording
from exchange.characters import plain_code
from exchange.plain_cells import parts_of, text_of
from exchange.plain_sheet import PlainRow, PlainSheet
from exchange.plain_tree import Branch
from exchange.remarks import Place
from exchange.table_mapping import DepartmentColumns
from exchange.tables import Findings, plain_heading

_WHAT = {
    "email": Bilingual("代表メール", "shared mailbox"),
    "head": Bilingual("所属長", "head"),
    "head_email": Bilingual("所属長のメール", "head's address"),
}
_CALLED = {Rank.STAFF: Bilingual("担当者"), Rank.SECTION_HEAD: Bilingual("所属長")}


@dataclass
class _Department:
    name: str
    said: dict[str, tuple[str, int]] = field(default_factory=dict)


@dataclass
class _Person:
    email: str
    name: str
    row: int
    held: list[tuple[str, Rank]] = field(default_factory=list)


class People:
    """Grows row by row; `finish` gives the organisation. A department is known by its name."""

    def __init__(self, columns: DepartmentColumns, sheet: PlainSheet, findings: Findings) -> None:
        self._columns = columns
        self._sheet = sheet
        self._findings = findings
        self._departments: dict[str, _Department] = {}
        self._people: dict[str, _Person] = {}
        self._owners: dict[Branch, str] = {}
        self._nameless: list[_Person] = []
        self.places: dict[str, Place] = {}

    def read(self, row: PlainRow) -> str:
        """The department that a row names first ("" none); who works there is remembered."""
        column = self._columns.name
        value = self._sheet.value(row, column)
        typed = text_of(self._sheet, row, column, self._findings)
        place = self._sheet.place(row.row, column)
        if typed and (not isinstance(value, str) or half_width(typed).isdecimal()):
            self._findings.mistakes.append(table_wording.DEPARTMENT_IS_A_NUMBER.at(place, typed=typed))
            return ""
        names = parts_of(typed)
        if not names:
            return ""
        if len(names) > 1 and not self._sheet.is_repeated(row, column):
            others = "、".join(names[1:])
            self._findings.warnings.append(table_wording.FIRST_DEPARTMENT.at(place, first=names[0], others=others))
        key = plain_heading(names[0])
        department = self._departments.setdefault(key, _Department(names[0]))
        self.places.setdefault(department.name, place)
        self._read_shared(row, department)
        return department.name

    def _read_shared(self, row: PlainRow, department: _Department) -> None:
        columns = self._columns
        for what, column in (("email", columns.email), ("head", columns.head), ("head_email", columns.head_email)):
            text = text_of(self._sheet, row, column, self._findings)
            if not text:
                continue
            if what != "head":
                text = self._address(row, column, text)
            before, first_row = department.said.setdefault(what, (text, row.row))
            if plain_heading(before) != plain_heading(text):
                place = self._sheet.place(row.row, column)
                said = {"department": department.name, "what": _WHAT[what], "row": first_row, "before": before}
                self._findings.mistakes.append(table_wording.DEPARTMENT_DIFFERS.at(place, **said))
        self._read_several(row, department, columns.staff, columns.staff_email, Rank.STAFF)
        self._read_several(row, department, columns.head, columns.head_email, Rank.SECTION_HEAD)

    def _read_several(self, row: PlainRow, department: _Department, names_in: str, emails_in: str, rank: Rank) -> None:
        """People of one rank: names and addresses stand beside each other in the same order."""
        names = parts_of(text_of(self._sheet, row, names_in, self._findings))
        emails = parts_of(text_of(self._sheet, row, emails_in, self._findings))
        if not emails and emails_in:
            for name in names:
                if not any(p.name == name and (department.name, rank) in p.held for p in self._people.values()):
                    place = self._sheet.place(row.row, names_in)
                    self._findings.warnings.append(table_wording.NO_ADDRESS.at(place, name=name))
        for i, typed in enumerate(emails):
            email = self._address(row, emails_in, typed)
            if email:
                self._hold(row, emails_in, email, names[i] if len(names) == len(emails) else "", department, rank)

    def _hold(self, row: PlainRow, column: str, email: str, name: str, department: _Department, rank: Rank) -> None:
        person = self._people.setdefault(email, _Person(email, name, row.row))
        self.places.setdefault(email, self._sheet.place(row.row, column))
        if name and person.name and plain_heading(name) != plain_heading(person.name):
            place = self._sheet.place(row.row, column)
            said = {"email": email, "row": person.row, "before": person.name}
            self._findings.mistakes.append(table_wording.PERSON_DIFFERS.at(place, **said))
        person.name = person.name or name
        if (department.name, rank) not in person.held:
            person.held.append((department.name, rank))

    def _address(self, row: PlainRow, column: str, typed: str) -> str:
        email = address(half_width(typed))
        name, _, host = email.rpartition("@")
        if name and host and not any(c.isspace() or c in "@,;<>" for c in name + host) and email.isascii():
            return email
        self._findings.mistakes.append(table_wording.WRONG_ADDRESS.at(self._sheet.place(row.row, column), typed=typed))
        return ""

    def answers_for(self, branch: Branch, department: str) -> None:
        self._owners[branch] = department

    def finish(self, plan: str, edition: str, valid_from: date) -> OrganisationDefinition:
        """Departments under codes made of their names; people without a name are called by their place."""
        codes = {d.name: plain_code(d.name) for d in self._departments.values()}
        departments = tuple(
            DepartmentDefinition(codes[d.name], Bilingual(d.name), valid_from, email=d.said.get("email", ("", 0))[0])
            for d in self._departments.values()
        )
        people = tuple(
            PersonDefinition(
                email=person.email,
                name=Bilingual(self._called(person)),
                appointments=tuple(AppointmentDefinition(codes[name], rank) for name, rank in person.held),
            )
            for person in self._people.values()
        )
        self._warn_of_the_silent()
        owners: Mapping[Branch, str] = self._owners
        responsibilities = tuple(ResponsibilityDefinition(b.code, codes[name]) for b, name in owners.items())
        return OrganisationDefinition(plan, departments, people, responsibilities, edition)

    def _called(self, person: _Person) -> str:
        if person.name:
            return person.name
        department, rank = person.held[0]
        self._nameless.append(person)
        return f"{department} {_CALLED[rank].ja}"

    def _warn_of_the_silent(self) -> None:
        if self._nameless:
            department, rank = self._nameless[0].held[0]
            said = {"count": len(self._nameless), "example": f"{department} {_CALLED[rank].ja}"}
            self._findings.warnings.append(table_wording.NAMES_MISSING.at(Place(), **said))
        reached = {name for person in self._people.values() for name, rank in person.held if rank is Rank.STAFF}
        owning = dict.fromkeys(self._owners.values())
        silent = [name for name in owning if name not in reached and not self._has_mailbox(name)]
        if silent:
            shown = "、".join(silent[:5]) + ("…" if len(silent) > 5 else "")
            self._findings.warnings.append(table_wording.NOBODY_TO_ASK.at(Place(), departments=shown))

    def _has_mailbox(self, name: str) -> bool:
        return bool(self._departments[plain_heading(name)].said.get("email", ("", 0))[0])
