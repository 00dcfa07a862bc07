"""The command line: `meguru --help`. Heavy parts are imported by the command that needs them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli_accounts import token_app, user_app
from cli_context import InMunicipality, fail, load_settings, open_database, the_one

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from db.session import Database
    from records.organisation import Imported

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, help="Meguru (巡): PDCA cycles of municipal plans."
)
cycle_app = typer.Typer(no_args_is_help=True, help="The yearly cycles of a plan.")
plan_app = typer.Typer(no_args_is_help=True, help="Plan files.")
organisation_app = typer.Typer(no_args_is_help=True, help="Departments, people and who answers for which measure.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit log.")
db_app = typer.Typer(no_args_is_help=True, help="The database schema.")
for name, group in {
    "cycle": cycle_app,
    "plan": plan_app,
    "organisation": organisation_app,
    "token": token_app,
    "user": user_app,
    "audit": audit_app,
    "db": db_app,
}.items():
    app.add_typer(group, name=name)

PlanFile = Annotated[Path, typer.Argument(help="A plan file (YAML).")]
OrganisationFile = Annotated[Path, typer.Argument(help="An organisation file (YAML).")]


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the web address.", min=1, max=65535)] = 8420,
    data_dir: Annotated[Path, typer.Option(help="Folder for data and logs.")] = Path(".demo"),
    day_seconds: Annotated[
        float, typer.Option(help="Seconds a day of the plan's clock takes; 86400 is real time.", min=0.5)
    ] = 60,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Start everything at once on sample data: Temporal, database, worker, scheduler, web, mail."""
    from rich.console import Console

    from demo.run import Demo, DemoFailed, DemoOptions

    console = Console()
    try:
        Demo(DemoOptions(port, data_dir, day_seconds, browser), console).run()
    except DemoFailed as error:
        fail(str(error))


@app.command()
def web() -> None:
    """Serve the web application (settings from the environment)."""
    import uvicorn

    settings = load_settings()
    open_database()  # refuses an old schema before anything listens
    uvicorn.run(
        "web.app:from_environment",
        factory=True,
        host=settings.web_host,
        port=settings.web_port,
        forwarded_allow_ips=settings.trusted_proxies,
    )


@cycle_app.command("open")
def cycle_open(
    plan_code: Annotated[str, typer.Argument(metavar="PLAN", help="Code of the plan, such as iizuka-ict.")],
    fiscal_year: Annotated[int, typer.Argument(metavar="FY", help="Fiscal year, such as 2026.")],
    municipality: InMunicipality = "",
    collect_now: Annotated[bool, typer.Option("--collect-now", help="Open the round today, not on its date.")] = False,
) -> None:
    """Open the cycle of a fiscal year. Opening one that is open changes nothing."""
    import wall_clock
    from records import cycles, plans
    from records.change import Change, Conflict

    database = open_database()
    municipality_id = _municipality_of(database, plan_code, municipality)
    at = wall_clock.now()
    with database.writing(municipality_id) as session:
        plan = plans.find(session, plan_code)
        clock = plans.clock_of(plan, at)
        try:
            cycle, is_new = cycles.open_cycle(
                session, Change("cli", at), plan, fiscal_year, clock, collect_now=collect_now
            )
        except Conflict:
            definition = plans.definition_of(plan)
            fail(f"{plan_code} runs from FY{definition.first_fiscal_year} to FY{definition.last_fiscal_year}")
    typer.echo(f"{'opened' if is_new else 'was open already:'} {cycle.workflow_id}")


@plan_app.command("check")
def plan_check(files: Annotated[list[Path], typer.Argument(help="Plan files (YAML).")]) -> None:
    """Check plan files; a mistake is named by file, line and key."""
    import plan_files
    from yaml_files import WrongFile

    wrong = False
    for file in files:
        try:
            definition = plan_files.read_plan(file)
            typer.echo(f"{file}: {definition.code}, {len(definition.editions)} editions: good")
        except WrongFile as error:
            wrong = True
            typer.echo(str(error), err=True)
    raise typer.Exit(1 if wrong else 0)


@plan_app.command("import")
def plan_import(file: PlanFile) -> None:
    """Store a plan; its municipality is made when it is new. Importing it again changes nothing."""
    import plan_files
    import wall_clock
    from db.session import EVERY_MUNICIPALITY
    from domain.text import Bilingual
    from records import plans
    from records.change import Change, Conflict
    from yaml_files import WrongFile

    try:
        definition = plan_files.read_plan(file)
    except WrongFile as error:
        fail(str(error))
    database = open_database()
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definition)
    try:
        with database.writing(municipality.id) as session:
            plans.import_definition(session, Change("cli", wall_clock.now()), definition, Bilingual(""))
    except Conflict:
        fail(f"{file}: an edition of {definition.code} is stored with other nodes; give the changed one a new code")
    typer.echo(f"{definition.code} is stored for {municipality.code}")


@plan_app.command("schema")
def plan_schema() -> None:
    """Print the JSON Schema of plan files, for editors."""
    import json

    import plan_files

    typer.echo(json.dumps(plan_files.json_schema(), ensure_ascii=False, indent=2))


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
    """Store departments, people, appointments and responsibilities. Importing a file again changes nothing."""
    for kind, tally in _import_organisation(file, municipality, keep=True).by_kind.items():
        typer.echo(f"{kind}: {len(tally.new)} new, {len(tally.changed)} changed, {tally.unchanged} as before")


def _import_organisation(file: Path, municipality: str, *, keep: bool) -> Imported:
    import organisation_files
    import wall_clock
    import yaml_files
    from records import organisation, plans
    from records.change import Change

    try:
        definition = organisation_files.read_organisation(file)
    except yaml_files.WrongFile as error:
        fail(str(error))
    database = open_database()
    municipality_id = _municipality_of(database, definition.plan, municipality)
    session_of = database.writing if keep else database.reading  # a reading session ends without a commit
    try:
        with session_of(municipality_id) as session:
            plan = plans.find(session, definition.plan)
            return organisation.import_organisation(session, Change("cli", wall_clock.now()), plan, definition)
    except organisation.DoesNotFit as error:
        fail(str(yaml_files.located(file, error.mistakes)))


@audit_app.command("verify")
def audit_verify() -> None:
    """Recompute the audit chain of every municipality: rewriting, reordering and truncation show."""
    from db.session import EVERY_MUNICIPALITY
    from records import audit, people

    database = open_database()
    with database.reading(EVERY_MUNICIPALITY) as session:
        municipalities = people.municipalities(session)
    broken = False
    for city in municipalities:
        with database.reading(city.id) as session:
            found = audit.verify(session)
        if found.broken_at is None:
            typer.echo(f"{city.code}: unbroken, {found.entries} in all")
        else:
            broken = True
            typer.echo(f"{city.code}: broken at entry {found.broken_at}", err=True)
    raise typer.Exit(1 if broken else 0)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the schema of this version."""
    from db import migrate

    migrate.upgrade(open_database(checked=False).engine)
    typer.echo("the schema is current")


@db_app.command("revision", hidden=True)
def db_revision(message: str, revision: Annotated[str, typer.Option()]) -> None:
    """Write a migration from the difference between the migrations and the tables."""
    from db import migrate
    from db.session import Database

    scratch = Database("sqlite://")
    migrate.upgrade(scratch.engine)
    migrate.make_revision(scratch.engine, message, revision)


def _municipality_of(database: Database, plan_code: str, municipality: str) -> int:
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


if __name__ == "__main__":
    app()
