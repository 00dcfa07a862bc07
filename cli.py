"""The command line: `meguru --help`. Heavy parts are imported by the command that needs them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli_accounts import token_app, user_app
from cli_audit import audit_app
from cli_backup import backup, move, restore
from cli_context import InMunicipality, fail, load_settings, municipality_of_plan, open_database
from cli_doctor import doctor
from cli_organisation import organisation_app
from cli_plans import plan_app
from cli_preview import preview
from cli_reconcile import reconcile
from cli_replay import replay
from cli_reviews import review_app
from cli_up import up

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, help="Meguru (巡): PDCA cycles of municipal plans."
)
cycle_app = typer.Typer(no_args_is_help=True, help="The yearly cycles of a plan.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
for name, group in {
    "cycle": cycle_app,
    "plan": plan_app,
    "review": review_app,
    "organisation": organisation_app,
    "token": token_app,
    "user": user_app,
    "audit": audit_app,
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

    from demo.run import Demo, DemoOptions
    from one_machine import PartFailed

    console = Console()
    try:
        Demo(DemoOptions(port, data_dir, day_seconds, browser), console).run()
    except PartFailed as error:
        fail(str(error))


app.command()(up)
app.command()(backup)
app.command()(restore)
app.command()(reconcile)
app.command()(doctor)
db_app.command()(move)
app.command()(preview)
app.command()(replay)


@app.command()
def web() -> None:
    """Serve the web application (settings from the environment)."""
    import uvicorn

    import telemetry
    from settings import WrongSettings

    settings = load_settings()
    open_database()  # refuses an old schema before anything listens
    telemetry.set_up_logs(settings)
    try:
        uvicorn.run(
            "web.app:from_environment",
            factory=True,
            host=settings.web_host,
            port=settings.web_port,
            forwarded_allow_ips=settings.trusted_proxies,
            ws="none",
            log_config=None,
        )
    except WrongSettings as error:
        fail(f"wrong settings:\n{error}")


@app.command("payload-key")
def payload_key(
    key_id: Annotated[str, typer.Option("--id", help="Name of the key; else the day it was made.")] = "",
) -> None:
    """Make a key for MEGURU_PAYLOAD_KEYS: what Temporal stores is encrypted with it. Whoever has it can read that."""
    import wall_clock
    from settings import new_payload_key

    try:
        typer.echo(new_payload_key(key_id or f"{wall_clock.now():%Y-%m-%d}"))
    except ValueError as error:
        fail(str(error))


@cycle_app.command("open")
def cycle_open(
    plan_code: Annotated[str, typer.Argument(metavar="PLAN", help="Code of the plan, such as iizuka-ict.")],
    fiscal_year: Annotated[int, typer.Argument(metavar="FY", help="Fiscal year, such as 2026.")],
    municipality: InMunicipality = "",
    collect_now: Annotated[bool, typer.Option("--collect-now", help="Open the round today, not on its date.")] = False,
) -> None:
    """Open the cycle of a fiscal year. Opening one that is open changes nothing."""
    import wall_clock
    from domain.kick_off import rounds_ahead
    from japan_calendar import business_calendar
    from records import cycles, plans
    from records.change import Change, Conflict

    database = open_database()
    municipality_id = municipality_of_plan(database, plan_code, municipality)
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
            fail(f"{plan_code} runs from {_year(definition.first_fiscal_year)} to {_year(definition.last_fiscal_year)}")
        today, definition = clock.today(at), plans.definition_of(plan)
        calendar = business_calendar(range(today.year, max(today.year, fiscal_year) + 3))
        ahead = rounds_ahead(definition, fiscal_year, today, calendar, collect_now=collect_now)
    typer.echo(f"{'opened' if is_new else 'was open already:'} {cycle.workflow_id}")
    for round_, on in ahead if is_new else ():
        typer.echo(f"round {round_.code}: opens on {on}, mails leave from {round_.ladder.send_at:%H:%M} (Japan time)")


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the schema of this version."""
    from db import migrate

    database = open_database(checked=False)
    migrate.upgrade(database.engine)
    typer.echo("the schema is current")


@db_app.command("revision", hidden=True)
def db_revision(message: str, revision: Annotated[str, typer.Option()]) -> None:
    """Write a migration from the difference between the migrations and the tables."""
    from db import migrate
    from db.session import Database

    scratch = Database("sqlite://")
    migrate.upgrade(scratch.engine)
    migrate.make_revision(scratch.engine, message, revision)


def _year(fiscal_year: int | None) -> str:
    return "an unknown year" if fiscal_year is None else f"FY{fiscal_year}"


if __name__ == "__main__":
    app()
