"""Departments, people, appointments and responsibilities as an organisation file says them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from db import tables as t
from domain.mistakes import Mistake
from domain.organisation import (
    AppointmentDefinition,
    DepartmentDefinition,
    OrganisationDefinition,
    PersonDefinition,
    ResponsibilityDefinition,
    address,
    unknown_measures,
)
from domain.roles import Office
from records import audit, plans
from records.change import Change

Row = TypeVar("Row", bound=SQLModel)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Tally:
    """What an import found of one kind: what was new, what it changed and how, how many were so already."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int


@dataclass(frozen=True)
class Imported:
    departments: Tally
    people: Tally
    appointments: Tally
    responsibilities: Tally

    @property
    def by_kind(self) -> Mapping[str, Tally]:
        return vars(self)

    @property
    def has_changed_anything(self) -> bool:
        return any(tally.new or tally.changed for tally in self.by_kind.values())


class DoesNotFit(Exception):
    """The file contradicts the plan, or what is recorded already. The transaction must not be committed."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(m.message for m in mistakes))
        self.mistakes = tuple(mistakes)


def import_organisation(
    session: Session, change: Change, plan: t.Plan, organisation: OrganisationDefinition
) -> Imported:
    """Bring the record to what the file says; importing the same file again changes nothing.

    Nothing is deleted: what the file does not name stays as it is. New people have no password and sign in with
    codes sent by mail. A year that is open keeps the departments it was opened with. Raises `DoesNotFit`.
    """
    nodes = {n.code: n for n in plans.measures_of(session, plans.editions_of(session, plan)[-1].id)}
    if unknown := unknown_measures(organisation, nodes):
        raise DoesNotFit(unknown)
    today = plans.clock_of(plan, change.at).today(change.at)
    departments, people, appointments, answering = (_Import(session) for _ in range(4))
    stored = {d.code: _department(departments, d) for d in organisation.departments}
    for person in organisation.people:
        user = _person(people, person)
        _appointments(appointments, user, person.appointments, stored)
    refused = [
        Mistake(("responsibilities", i, "valid_from"), message)
        for i, entry in enumerate(organisation.responsibilities)
        if (message := _responsibility(answering, entry, nodes[entry.measure], stored[entry.department], today))
    ]
    if refused:
        raise DoesNotFit(refused)
    imported = Imported(departments.tally, people.tally, appointments.tally, answering.tally)
    if imported.has_changed_anything:
        audit.write(session, change, "organisation.imported", f"plan/{plan.code}", **asdict(imported))
    return imported


class _Import:
    """Stores the rows of one kind and counts them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._new: list[str] = []
        self._changed: list[str] = []
        self._unchanged = 0

    def add(self, label: str, row: Row, *, is_new: bool = True) -> Row:
        (self._new if is_new else self._changed).append(label)
        self.session.add(row)
        self.session.flush()
        return row

    def bring(self, label: str, row: Row, **wanted: Any) -> Row:
        """Bring a stored row to what is wanted."""
        stored = {name: getattr(row, name) for name in wanted}
        if stored == wanted:
            self.keep()
            return row
        differs = {name: value for name, value in wanted.items() if value != stored[name]}
        told = ", ".join(f"{name} {_shown(stored[name])} → {_shown(value)}" for name, value in differs.items())
        self._changed.append(f"{label}: {told}")
        for name, value in differs.items():
            setattr(row, name, value)
        self.session.add(row)
        self.session.flush()
        return row

    def keep(self) -> None:
        self._unchanged += 1

    @property
    def tally(self) -> Tally:
        return Tally(tuple(self._new), tuple(self._changed), self._unchanged)


def _department(departments: _Import, said: DepartmentDefinition) -> t.Department:
    wanted: dict[str, Any] = {
        "name": said.name.ja,
        "name_en": said.name.en,
        "email": said.email.strip(),
        "valid_from": said.valid_from,
        "valid_until": said.valid_until,
    }
    known = departments.session.exec(select(t.Department).where(t.Department.code == said.code)).first()
    if known is None:
        return departments.add(said.code, t.Department(code=said.code, **wanted))
    return departments.bring(said.code, known, **wanted)


def _person(people: _Import, said: PersonDefinition) -> t.User:
    email = address(said.email)
    wanted: dict[str, Any] = {"name": said.name.ja, "name_en": said.name.en}
    if said.language is not None:
        wanted["language"] = said.language
    if said.office is not None:
        wanted["office"] = said.office
    known = people.session.exec(select(t.User).where(t.User.email == email)).first()
    if known is None:
        has_office = said.office not in (None, Office.NONE)
        label = f"{email}: office {said.office}" if has_office else email
        return people.add(label, t.User(email=email, **wanted))
    return people.bring(email, known, **wanted)


def _appointments(
    appointments: _Import,
    user: t.User,
    said: Sequence[AppointmentDefinition],
    departments: Mapping[str, t.Department],
) -> None:
    """A stored appointment to the same rank is the same one where the spans overlap; else it is an earlier term."""
    query = select(t.Appointment).where(t.Appointment.user_id == user.id).order_by(col(t.Appointment.valid_from))
    stored = list(appointments.session.exec(query))
    for one in said:
        department = departments[one.department]
        label = f"{user.email} {one.department} {one.rank}"
        begins, ends = one.valid_from or department.valid_from, one.valid_until or date.max
        same = (a for a in stored if (a.department_id, a.rank) == (department.id, one.rank))
        held = next((a for a in same if a.valid_from <= ends and begins <= (a.valid_until or date.max)), None)
        if held is not None:
            first_day = held.valid_from if one.valid_from is None else one.valid_from
            appointments.bring(label, held, valid_from=first_day, valid_until=one.valid_until)
        else:
            appointments.add(
                label,
                t.Appointment(
                    user_id=user.id,
                    department_id=department.id,
                    rank=one.rank,
                    valid_from=begins,
                    valid_until=one.valid_until,
                ),
            )


def _responsibility(
    answering: _Import, said: ResponsibilityDefinition, node: t.Node, department: t.Department, today: date
) -> str:
    """Let a department answer for a measure from a day on; says why it cannot be, "" when it can.

    Whoever answered until then ends the day before; what is recorded from a later day on stays.
    """
    query = select(t.Responsibility).where(t.Responsibility.node_id == node.id)
    rows = answering.session.exec(query.order_by(col(t.Responsibility.valid_from), col(t.Responsibility.id)))
    spans = [r for r in rows if r.valid_until is None or r.valid_from <= r.valid_until]
    own = [r for r in spans if r.department_id == department.id]
    if any(_is_so(r, said.valid_from, today) for r in own):
        answering.keep()
        return ""
    if own and said.valid_from is None:
        return f"{said.measure} was taken from {said.department!r}: say from when it answers again ({today} or later)"
    begins = said.valid_from or (max(today, department.valid_from) if spans else department.valid_from)
    before = next((r for r in reversed(spans) if r.valid_from < begins), None)
    after = next((r for r in spans if r.valid_from >= begins), None)
    if before is not None and (before.valid_until is None or before.valid_until >= begins):
        before.valid_until = begins - _DAY
        answering.session.add(before)
    if after is not None and (after.valid_from == begins or after.department_id == department.id):
        row = after
        row.department_id, row.valid_from = department.id, begins
    else:
        ends = after.valid_from - _DAY if after is not None else None
        row = t.Responsibility(node_id=node.id, department_id=department.id, valid_from=begins, valid_until=ends)
    answering.add(f"{said.measure} {said.department} from {begins}", row, is_new=not spans)
    return ""


def _is_so(held: t.Responsibility, day: date | None, today: date) -> bool:
    """Whether the department answers on the day that the file names; where it names none, today or later."""
    if day is None:
        return held.valid_until is None or held.valid_until >= today
    return held.valid_from <= day and (held.valid_until is None or held.valid_until >= day)


def _shown(value: Any) -> str:
    return "–" if value in (None, "") else str(value)
