"""The command line: `meguru --help`. Heavy parts are imported by the command that needs them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from db.session import Database
    from settings import Settings

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, help="Meguru (巡): PDCA cycles of municipal plans."
)
cycle_app = typer.Typer(no_args_is_help=True, help="The yearly cycles of a plan.")
plan_app = typer.Typer(no_args_is_help=True, help="Plan files.")
token_app = typer.Typer(no_args_is_help=True, help="Tokens for the API.")
user_app = typer.Typer(no_args_is_help=True, help="Accounts.")
db_app = typer.Typer(no_args_is_help=True, help="The database schema.")
for name, group in {
    "cycle": cycle_app,
    "plan": plan_app,
    "token": token_app,
    "user": user_app,
    "db": db_app,
}.items():
    app.add_typer(group, name=name)


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
        _fail(str(error))


@app.command()
def web() -> None:
    """Serve the web application (settings from the environment)."""
    import uvicorn

    settings = _settings()
    _database()  # refuses an old schema before anything listens
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
    municipality: Annotated[str, typer.Option(help="Code of the municipality, where several have this plan.")] = "",
    collect_now: Annotated[bool, typer.Option("--collect-now", help="Open the round today, not on its date.")] = False,
) -> None:
    """Open the cycle of a fiscal year. Opening one that is open changes nothing."""
    import wall_clock
    from records import cycles, plans
    from records.change import Change, Conflict

    database = _database()
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
            _fail(f"{plan_code} runs from FY{definition.first_fiscal_year} to FY{definition.last_fiscal_year}")
    typer.echo(f"{'opened' if is_new else 'was open already:'} {cycle.workflow_id}")


@plan_app.command("check")
def plan_check(files: Annotated[list[Path], typer.Argument(help="Plan files (YAML).")]) -> None:
    """Check plan files; a mistake is named by file, line and key."""
    import plan_files

    wrong = False
    for file in files:
        try:
            definition = plan_files.read_plan(file)
            typer.echo(f"{file}: {definition.code}, {len(definition.editions)} editions: good")
        except plan_files.PlanFileError as error:
            wrong = True
            typer.echo(str(error), err=True)
    raise typer.Exit(1 if wrong else 0)


@plan_app.command("import")
def plan_import(file: Annotated[Path, typer.Argument(help="A plan file (YAML).")]) -> None:
    """Store a plan; its municipality is made when it is new. Importing it again changes nothing."""
    import plan_files
    import wall_clock
    from db.session import EVERY_MUNICIPALITY
    from domain.text import Bilingual
    from records import plans
    from records.change import Change, Conflict

    try:
        definition = plan_files.read_plan(file)
    except plan_files.PlanFileError as error:
        _fail(str(error))
    database = _database()
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definition)
    try:
        with database.writing(municipality.id) as session:
            plans.import_definition(session, Change("cli", wall_clock.now()), definition, Bilingual(""))
    except Conflict:
        _fail(f"{file}: an edition of {definition.code} is stored with other nodes; give the changed one a new code")
    typer.echo(f"{definition.code} is stored for {municipality.code}")


@plan_app.command("schema")
def plan_schema() -> None:
    """Print the JSON Schema of plan files, for editors."""
    import json

    import plan_files

    typer.echo(json.dumps(plan_files.json_schema(), ensure_ascii=False, indent=2))


@user_app.command("create")
def user_create(
    email: Annotated[str, typer.Argument(help="Mail address; it is the sign-in name.")],
    name: Annotated[str, typer.Option(help="Name as it is shown.")],
    municipality: Annotated[str, typer.Option(help="Code of the municipality.")],
    office: Annotated[str, typer.Option(help="none, planning or administrator.")] = "none",
    password: Annotated[bool, typer.Option(help="Ask for a password; without one: one-time mail codes.")] = True,
) -> None:
    """Create an account."""
    import wall_clock
    from db.session import EVERY_MUNICIPALITY
    from domain.roles import Office
    from records import people, sign_in
    from records.change import Change, Conflict, NotFound

    if office not in set(Office):
        _fail(f"--office: {office} is not one of {', '.join(Office)}")
    database = _database()
    try:
        with database.reading(EVERY_MUNICIPALITY) as session:
            city = people.municipality(session, municipality)
        secret = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if password else ""
        with database.writing(city.id) as session:
            people.create_user(
                session,
                Change("cli", wall_clock.now()),
                email,
                name,
                Office(office),
                sign_in.hash_password(secret) if secret else None,
            )
    except NotFound:
        _fail(f"--municipality: there is no {municipality}; import a plan of it first (meguru plan import)")
    except sign_in.PasswordTooShort as error:
        _fail(str(error))
    except Conflict:
        _fail(f"{email} has an account already")
    typer.echo(f"{email} may sign in")


@token_app.command("create")
def token_create(
    email: Annotated[str, typer.Argument(help="The account the token acts as.")],
    name: Annotated[str, typer.Option(help="What the token is for.")] = "api",
) -> None:
    """Make a token for the API; it is shown once."""
    import wall_clock
    from db.session import EVERY_MUNICIPALITY
    from records import sign_in
    from records.change import NotFound

    with _database().writing(EVERY_MUNICIPALITY) as session:
        try:
            token = sign_in.issue_api_token(session, email, name, wall_clock.now())
        except NotFound:
            _fail(f"{email} has no account; make one with: meguru user create")
    typer.echo(token)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the schema of this version."""
    from db import migrate

    migrate.upgrade(_database(checked=False).engine)
    typer.echo("the schema is current")


@db_app.command("revision", hidden=True)
def db_revision(message: str, revision: Annotated[str, typer.Option()]) -> None:
    """Write a migration from the difference between the migrations and the tables."""
    from db import migrate
    from db.session import Database

    scratch = Database("sqlite://")
    migrate.upgrade(scratch.engine)
    migrate.make_revision(scratch.engine, message, revision)


def _settings() -> Settings:
    import settings

    try:
        return settings.load()
    except settings.WrongSettings as error:
        _fail(f"wrong settings:\n{error}")


def _database(*, checked: bool = True) -> Database:
    from db import migrate
    from db.session import Database

    database = Database(_settings().database_url)
    if checked:
        try:
            migrate.require_current(database.engine)
        except migrate.OldSchema as error:
            _fail(str(error))
    return database


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
    chosen = {code: id_ for code, id_ in found.items() if municipality in ("", code)}
    if not chosen:
        _fail(f"there is no plan {plan_code}{' in ' + municipality if municipality else ''}; see meguru plan import")
    if len(chosen) > 1:
        _fail(f"several municipalities have {plan_code}: name one with --municipality ({', '.join(sorted(chosen))})")
    return next(iter(chosen.values()))


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
