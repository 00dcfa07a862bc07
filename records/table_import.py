"""Somebody's own table (`exchange/plain_table.py`) brought into the record: the plan, and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, or_, select

from db import tables as t
from domain import changes, plan_rules
from domain import organisation as organisation_rules
from domain.clock import jst_day
from domain.organisation import DepartmentDefinition, OrganisationDefinition
from domain.plan import PlanDefinition
from domain.text import Bilingual, half_width
from exchange.table_result import PlainTable, onto
from records import organisation, plan_reading, plans
from records.change import Change, DoesNotFit


@dataclass(frozen=True)
class Brought:
    """What a table changed: of the plan, and of who works there (None: the table says nothing of it)."""

    definition: PlanDefinition
    changes: tuple[changes.Change, ...]
    organisation: organisation.Imported | None


def bring(session: Session, change: Change, table: PlainTable) -> Brought:
    """Store a table in the session's municipality; the same table again changes nothing.

    Raises `WrongTable` with every mistake that shows only beside what is stored. The transaction must then not be
    committed.
    """
    plan = session.exec(select(t.Plan).where(t.Plan.code == table.definition.code)).first()
    stored = plan_reading.read(session, plan) if plan else None
    definition = onto(stored, table)
    try:
        if wrong := plan_rules.mistakes(definition):
            raise DoesNotFit(wrong)
        changed: tuple[changes.Change, ...] = ()
        if plan is None or stored != definition:
            changed = tuple(changes.changes(stored, definition))
            plan = plans.import_definition(session, change, definition, Bilingual(""))
        imported = None
        if table.organisation.departments:
            said = _as_stored(session, table.organisation, jst_day(change.at))
            if wrong := organisation_rules.mistakes(said):
                raise DoesNotFit(wrong)
            imported = organisation.import_organisation(session, change, plan, said)
    except DoesNotFit as error:
        raise table.located(definition, error.mistakes) from error
    return Brought(definition, changed, imported)


def _as_stored(session: Session, said: OrganisationDefinition, day: date) -> OrganisationDefinition:
    """The organisation with the departments that are known already, by their names, as they are known."""
    query = select(t.Department).where(
        or_(col(t.Department.valid_until).is_(None), col(t.Department.valid_until) >= day)
    )
    stored = {_plain(d.name): d for d in session.exec(query)}
    known = {d.code: stored[_plain(d.name.ja)] for d in said.departments if _plain(d.name.ja) in stored}

    def department(one: DepartmentDefinition) -> DepartmentDefinition:
        row = known.get(one.code)
        if row is None:
            return one
        return DepartmentDefinition(
            row.code, Bilingual(row.name, row.name_en), row.valid_from, row.valid_until, one.email or row.email
        )

    codes = {code: row.code for code, row in known.items()}
    return replace(
        said,
        departments=tuple(department(d) for d in said.departments),
        people=tuple(
            replace(
                p,
                appointments=tuple(
                    replace(a, department=codes.get(a.department, a.department)) for a in p.appointments
                ),
            )
            for p in said.people
        ),
        responsibilities=tuple(
            replace(r, department=codes.get(r.department, r.department)) for r in said.responsibilities
        ),
    )


def _plain(name: str) -> str:
    return "".join(half_width(name).split()).casefold()
