"""The commands for departments and people: `meguru organisation …`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli_context import InMunicipality, fail, municipality_of_plan, open_database, the_one

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from sqlmodel import Session

    from db import tables as t
    from db.session import Database
    from domain.ladder import Rank
    from records.organisation import Imported

organisation_app = typer.Typer(no_args_is_help=True, help="Departments, people and who answers for which measure.")

OrganisationFile = Annotated[Path, typer.Argument(help="An organisation file (YAML).")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day, such as 2026-04-01.")]
Posts = Annotated[
    list[str] | None, typer.Option(metavar="DEPARTMENT/RANK", help="Such as joho/staff; may be repeated.")
]


@organisation_app.command("check")
def organisation_check(file: OrganisationFile, municipality: InMunicipality = "") -> None:
    """Say what importing the file would change, and change nothing; a mistake is named by file, line and key."""
    imported = _import_organisation(file, municipality, keep=False)
    for kind, tally in imported.by_kind.items():
        typer.echo(f"{kind}: {len(tally.new)} new, {len(tally.changed)} changed, {tally.unchanged} as before")
        for sign, names in (("+", tally.new), ("~", tally.changed)):
            for name in names:
                typer.echo(f"  {sign} {name}")


@organisation_app.command("import")
def organisation_import(file: OrganisationFile, municipality: InMunicipality = "") -> None:
    """Store departments and their successions, people, appointments and responsibilities.

    Importing a file again changes nothing.
    """
    for kind, tally in _import_organisation(file, municipality, keep=True).by_kind.items():
        typer.echo(f"{kind}: {len(tally.new)} new, {len(tally.changed)} changed, {tally.unchanged} as before")


@organisation_app.command("transfer")
def organisation_transfer(
    email: Annotated[str, typer.Argument(help="Mail address of the person.")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day of the new post.")],
    leaves: Posts = None,
    takes: Posts = None,
    municipality: InMunicipality = "",
) -> None:
    """Let somebody leave and take posts (人事異動). Doing it again changes nothing."""
    import wall_clock
    from records import transfers
    from records.change import Change, Conflict

    database, municipality_id = _of_person(email, municipality)
    try:
        with database.writing(municipality_id) as session:
            user = _user(session, email)
            left, taken = ([_post(session, post) for post in posts or ()] for posts in (leaves, takes))
            is_new = transfers.transfer(session, Change("cli", wall_clock.now()), user, left, taken, on.date())
    except Conflict as conflict:
        fail(f"{email}: {_REFUSED[conflict.reason]}")
    typer.echo(f"{email}: {'entered' if is_new else 'as before'}")


_REFUSED = {
    "nothing_transferred": "say what the person --leaves or --takes",
    "appointment_not_held": "the person does not hold what is to be left, the day before",
    "department_not_there": "a department to be taken up is not there on that day",
    "rank_of_no_department": "planning is no rank of a department: give the person that office",
}


@organisation_app.command("handover")
def organisation_handover(
    who: Annotated[str, typer.Argument(metavar="WHO", help="Mail address of a person, or code of a department.")],
    out: Annotated[Path, typer.Option(help="The file to write: .html, .docx or .pdf.")],
    on: Day = None,
    language: Annotated[str, typer.Option(help="ja or en.")] = "ja",
    municipality: InMunicipality = "",
) -> None:
    """Write a handover sheet (事務引継書)."""
    import wall_clock
    from documents.formats import Format
    from documents.handover_render import FORMATS
    from records import handover, reorganisation

    wanted = next((format_ for format_ in FORMATS if format_.extension == out.suffix), None)
    if wanted is None:
        fail(f"--out: {out.name} ends in none of {', '.join(Format(f).extension for f in FORMATS)}")
    at = wall_clock.now()
    database, municipality_id = _of_person(who, municipality) if "@" in who else _of_department(who, municipality)
    with database.reading(municipality_id) as session:
        today = reorganisation.city_day(session, at)
        if "@" in who:
            user = _user(session, who)
            day = on.date() if on else handover.last_day_of(session, user, today)
            sheet = handover.of_person(session, user, day, at, language)
        else:
            department = _department(session, who)
            day = on.date() if on else min(today, department.valid_until or today)
            sheet = handover.of_department(session, department, day, at, language)
        document = handover.document(session, sheet)
    made = document.set_in(wanted)
    out.write_bytes(made.content)
    if made.problem is not None:
        typer.echo(f"{out}: not in the city's own form ({made.problem.problem.value})", err=True)
    typer.echo(f"{out}: {sheet.of}, {sheet.on}")


def _import_organisation(file: Path, municipality: str, *, keep: bool) -> Imported:
    import organisation_files
    import wall_clock
    import yaml_files
    from records import organisation, plans
    from records.change import Change, DoesNotFit

    try:
        definition = organisation_files.read_organisation(file)
    except yaml_files.WrongFile as error:
        fail(str(error))
    database = open_database()
    municipality_id = municipality_of_plan(database, definition.plan, municipality)
    session_of = database.writing if keep else database.reading  # a reading session ends without a commit
    try:
        with session_of(municipality_id) as session:
            plan = plans.find(session, definition.plan)
            return organisation.import_organisation(session, Change("cli", wall_clock.now()), plan, definition)
    except DoesNotFit as error:
        fail(str(yaml_files.located(file, error.mistakes)))


def _of_person(email: str, municipality: str) -> tuple[Database, int]:
    from db.session import EVERY_MUNICIPALITY
    from records import accounts

    database = open_database()
    with database.reading(EVERY_MUNICIPALITY) as session:
        found = accounts.municipalities_of(session, email)
    return database, the_one(found, municipality, email, f"{email} has no account", "see meguru user create")


def _of_department(code: str, municipality: str) -> tuple[Database, int]:
    from db.session import EVERY_MUNICIPALITY
    from records import people

    database = open_database()
    with database.reading(EVERY_MUNICIPALITY) as session:
        found = people.municipalities_of_department(session, code)
    missing = f"there is no department {code}"
    return database, the_one(found, municipality, code, missing, "see meguru organisation import")


def _user(session: Session, email: str) -> t.User:
    from sqlmodel import select

    from db import tables as t
    from domain.organisation import address

    return session.exec(select(t.User).where(t.User.email == address(email))).one()


def _department(session: Session, code: str) -> t.Department:
    from records import people
    from records.change import NotFound

    try:
        return people.department_of_code(session, code)
    except NotFound:
        fail(f"there is no department {code}; see meguru organisation import")


def _post(session: Session, said: str) -> tuple[t.Department, Rank]:
    """DEPARTMENT/RANK as typed."""
    from domain.ladder import Rank

    code, _, rank = said.rpartition("/")
    if rank not in set(Rank):
        fail(f"{said}: not DEPARTMENT/RANK, with one of {', '.join(r for r in Rank if r is not Rank.PLANNING)}")
    return _department(session, code), Rank(rank)
