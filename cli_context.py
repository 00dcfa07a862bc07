"""What every command starts from: the settings, the database, one municipality; and how it ends in vain."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from db.session import Database
    from settings import Settings

InMunicipality = Annotated[str, typer.Option(help="Code of the municipality, where several have it.")]


def load_settings() -> Settings:
    import settings

    try:
        return settings.load()
    except settings.WrongSettings as error:
        fail(f"wrong settings:\n{error}")


def open_database(*, checked: bool = True) -> Database:
    from db import migrate
    from db.session import Database

    database = Database(load_settings().database_url)
    if checked:
        try:
            migrate.require_current(database.engine)
        except migrate.OldSchema as error:
            fail(str(error))
    return database


def municipality_of_plan(database: Database, plan_code: str, municipality: str) -> int:
    """The municipality that has a plan of this code."""
    from db.session import EVERY_MUNICIPALITY
    from records import people, plans

    with database.reading(EVERY_MUNICIPALITY) as session:
        found = {
            people.municipality_code(session, plan.municipality_id): plan.municipality_id
            for plan in plans.every(session)
            if plan.code == plan_code
        }
    return the_one(found, municipality, plan_code, f"there is no plan {plan_code}", "see meguru plan import")


def the_one(found: Mapping[str, int], municipality: str, what: str, missing: str, advice: str) -> int:
    """The municipality among those that have something: the one that was named, or the only one."""
    chosen = {code: id_ for code, id_ in found.items() if municipality in ("", code)}
    if not chosen:
        fail(f"{missing}{' in ' + municipality if municipality else ''}; {advice}")
    if len(chosen) > 1:
        fail(f"several municipalities have {what}: name one with --municipality ({', '.join(sorted(chosen))})")
    return next(iter(chosen.values()))


def language() -> str:
    """The language of the terminal: Japanese where the environment says so."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "ja" if said.startswith("ja") else "en"


def fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
