"""Departments and what becomes of them, people, appointments and responsibilities as an organisation file says them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from db import tables as t
from domain.clock import jst_day
from domain.mistakes import Key, Mistake
from domain.organisation import (
    AppointmentDefinition,
    DepartmentDefinition,
    OrganisationDefinition,
    PersonDefinition,
    ResponsibilityDefinition,
    address,
    unknown_measures,
)
from domain.reorganisation import SuccessionDefinition
from domain.roles import Office
from records import audit, department_tree, plans, reorganisation, transfers
from records.change import Change, Conflict, DoesNotFit
from records.succession import Heir, Succession, measures_of

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
    successions: Tally

    @property
    def by_kind(self) -> Mapping[str, Tally]:
        return vars(self)

    @property
    def has_changed_anything(self) -> bool:
        return any(tally.new or tally.changed for tally in self.by_kind.values())


def import_organisation(
    session: Session, change: Change, plan: t.Plan, organisation: OrganisationDefinition
) -> Imported:
    """Bring the record to what the file says; importing the same file again changes nothing.

    Nothing is deleted: what the file does not name stays as it is. New people have no password and sign in with
    codes sent by mail. A year that is open keeps the departments it was opened with, but for those that a succession
    of the file ends. What a succession has moved, the file need not repeat. Raises `DoesNotFit`.
    """
    nodes = {n.code: n for n in plans.measures_of(session, _edition_of(session, plan, organisation.edition).id)}
    if unknown := unknown_measures(organisation, nodes):
        raise DoesNotFit(unknown)
    today = plans.clock_of(plan, change.at).today(change.at)
    departments, people, appointments, answering, successions = (_Import(session, change) for _ in range(5))
    stored = _departments(departments, organisation)
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
    for i in sorted(range(len(organisation.successions)), key=lambda i: organisation.successions[i].on):
        _succession(successions, ("successions", i), organisation.successions[i], nodes, stored)
    transfers.take_effect(session, change, jst_day(change.at))
    imported = Imported(departments.tally, people.tally, appointments.tally, answering.tally, successions.tally)
    if imported.has_changed_anything:
        audit.write(session, change, "organisation.imported", f"plan/{plan.code}", **asdict(imported))
    return imported


def _edition_of(session: Session, plan: t.Plan, code: str) -> t.Edition:
    editions = plans.editions_of(session, plan)
    found = next((e for e in editions if e.code == code), None) if code else editions[-1]
    if found is None:
        raise DoesNotFit([Mistake(("edition",), f"{plan.code} has no edition {code!r}")])
    return found


class _Import:
    """Stores the rows of one kind and counts them."""

    def __init__(self, session: Session, change: Change) -> None:
        self.session = session
        self.change = change
        self.passed_on = reorganisation.last_days(session)
        self._new: list[str] = []
        self._changed: list[str] = []
        self._unchanged = 0

    def add(self, label: str, row: Row, *, is_new: bool = True) -> Row:
        self.note(label, is_new=is_new)
        self.session.add(row)
        self.session.flush()
        return row

    def note(self, label: str, *, is_new: bool) -> None:
        (self._new if is_new else self._changed).append(label)

    def bring(self, label: str, row: Row, **wanted: Any) -> Row:
        """Bring a stored row to what is wanted."""
        stored = {name: getattr(row, name) for name in wanted}
        if stored == wanted:
            self.keep()
            return row
        differs = {name: value for name, value in wanted.items() if value != stored[name]}
        told = ", ".join(self._told(name, stored[name], value) for name, value in differs.items())
        self._changed.append(f"{label}: {told}")
        for name, value in differs.items():
            setattr(row, name, value)
        self.session.add(row)
        self.session.flush()
        return row

    def _told(self, name: str, before: Any, after: Any) -> str:
        if name == "parent_id":
            parents = (self.session.get_one(t.Department, one).code if one else None for one in (before, after))
            return "parent {} → {}".format(*(_shown(parent) for parent in parents))
        return f"{name} {_shown(before)} → {_shown(after)}"

    def keep(self) -> None:
        self._unchanged += 1

    @property
    def tally(self) -> Tally:
        return Tally(tuple(self._new), tuple(self._changed), self._unchanged)


def _departments(departments: _Import, organisation: OrganisationDefinition) -> dict[str, t.Department]:
    """The departments of the file by code, stored with what each belongs to. Raises `DoesNotFit`."""
    stored: dict[str, t.Department] = {}
    for said in sorted(organisation.departments, key=lambda d: len(organisation.above(d))):
        stored[said.code] = _department(departments, said, stored.get(said.parent))
    for i, said in enumerate(organisation.departments):
        if department_tree.is_circular(departments.session, stored[said.code]):
            raise DoesNotFit([Mistake(("departments", i, "parent"), f"{said.code!r} would belong to itself")])
    return stored


def _department(departments: _Import, said: DepartmentDefinition, parent: t.Department | None) -> t.Department:
    wanted: dict[str, Any] = {
        "name": said.name.ja,
        "name_en": said.name.en,
        "email": said.email.strip(),
        "valid_from": said.valid_from,
        "valid_until": said.valid_until,
    }
    known = departments.session.exec(select(t.Department).where(t.Department.code == said.code)).first()
    is_passed_on = parent is not None and parent.valid_until in departments.passed_on.get(parent.id, ())
    if parent is not None and (known is None or not is_passed_on):
        wanted["parent_id"] = parent.id
    if known is None:
        return departments.add(said.code, t.Department(code=said.code, **wanted))
    if said.valid_until is None and known.valid_until in departments.passed_on.get(known.id, ()):
        wanted["valid_until"] = known.valid_until
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
            last_day = one.valid_until
            if last_day is None and held.valid_until in appointments.passed_on.get(department.id, ()):
                last_day = held.valid_until
            if held.valid_until != last_day:
                held.left_at = None  # another end, to be acted upon when it comes
            appointments.bring(label, held, valid_from=first_day, valid_until=last_day)
        else:
            is_history = ends < jst_day(appointments.change.at)  # told afterwards: nobody leaves by it
            appointments.add(
                label,
                t.Appointment(
                    user_id=user.id,
                    department_id=department.id,
                    rank=one.rank,
                    valid_from=begins,
                    valid_until=one.valid_until,
                    left_at=appointments.change.at if is_history else None,
                ),
            )


def _responsibility(
    answering: _Import, said: ResponsibilityDefinition, node: t.Node, department: t.Department, today: date
) -> str:
    """Let a department answer for a measure from a day on; says why it cannot be, "" when it can.

    Whoever answered until then ends the day before; what is recorded from a later day on stays.
    """
    query = select(t.Responsibility).where(t.Responsibility.node_id == node.origin_id)
    rows = answering.session.exec(query.order_by(col(t.Responsibility.valid_from), col(t.Responsibility.id)))
    spans = [r for r in rows if r.valid_until is None or r.valid_from <= r.valid_until]
    own = [r for r in spans if r.department_id == department.id]
    passed_on = answering.passed_on.get(department.id, ())
    if any(_is_so(r, said.valid_from, today) or r.valid_until in passed_on for r in own):
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
        assert node.origin_id is not None
        row = t.Responsibility(node_id=node.origin_id, department_id=department.id, valid_from=begins, valid_until=ends)
    answering.add(f"{said.measure} {said.department} from {begins}", row, is_new=not spans)
    return ""


def _succession(
    successions: _Import,
    at: Key,
    said: SuccessionDefinition,
    nodes: Mapping[str, t.Node],
    departments: Mapping[str, t.Department],
) -> None:
    """One that has not taken effect follows the file; one that has can only stay. Raises `DoesNotFit`."""
    session, change = successions.session, successions.change
    heirs = tuple(
        Heir(
            departments[successor.department],
            frozenset(
                _origin(session, (*at, "successors", i, "measures", j), name, nodes)
                for j, name in enumerate(successor.measures)
            ),
        )
        for i, successor in enumerate(said.successors)
    )
    wanted = Succession(departments[said.department], said.on, said.kind, heirs, said.reason.strip())
    label = f"{said.department} {said.kind} on {said.on}"
    known = next(
        (k for k in reorganisation.recorded(session, wanted.department.id) if k.succession.on == said.on), None
    )
    if known is not None and reorganisation.is_same(known.succession, wanted):
        successions.keep()
        return
    _refuse_what_is_not_its_own(session, at, said, wanted)
    try:
        if known is not None:
            reorganisation.withdraw(session, change, known.id)
        reorganisation.enter(session, change, wanted)
    except Conflict as conflict:
        raise DoesNotFit([Mistake((*at, "on"), _CONFLICTS[conflict.reason])]) from conflict
    successions.note(label, is_new=known is None)


_CONFLICTS = {
    "succession_done": "it has taken effect and cannot be changed any more",
    "succession_pending": "another succession of this department is recorded for another day",
}


def _refuse_what_is_not_its_own(session: Session, at: Key, said: SuccessionDefinition, wanted: Succession) -> None:
    own = {node.origin_id for _, node in measures_of(session, wanted.department, wanted.on)}
    if foreign := frozenset().union(*(heir.measures for heir in wanted.heirs)) - own:
        titles = sorted(n.code for n in session.exec(select(t.Node).where(col(t.Node.id).in_(foreign))))
        raise DoesNotFit([Mistake((*at, "successors"), f"{said.department!r} has no {', '.join(titles)} to give away")])


def _origin(session: Session, at: Key, name: str, nodes: Mapping[str, t.Node]) -> int:
    """The life of a measure: by its code in the file's plan, or by PLAN/CODE in another plan of the municipality."""
    node = nodes.get(name)
    plan_code, _, code = name.partition("/")
    if node is None and code:
        plan = session.exec(select(t.Plan).where(t.Plan.code == plan_code)).first()
        if plan is not None:
            measures = plans.measures_of(session, plans.editions_of(session, plan)[-1].id)
            node = next((n for n in measures if n.code == code), None)
    if node is None or node.origin_id is None:
        raise DoesNotFit([Mistake(at, f"there is no measure {name!r}")])
    return node.origin_id


def _is_so(held: t.Responsibility, day: date | None, today: date) -> bool:
    """Whether the department answers on the day that the file names; where it names none, today or later."""
    if day is None:
        return held.valid_until is None or held.valid_until >= today
    return held.valid_from <= day and (held.valid_until is None or held.valid_until >= day)


def _shown(value: Any) -> str:
    return "–" if value in (None, "") else str(value)
