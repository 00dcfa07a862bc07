"""The commands for plans: `meguru plan …`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli_context import InMunicipality, fail, language, open_database, the_one

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from collections.abc import Sequence

    from domain.changes import Change
    from domain.plan import PlanDefinition
    from exchange.files import Format
    from exchange.remarks import Remark, WrongTable
    from records.organisation import Imported

plan_app = typer.Typer(no_args_is_help=True, help="Plans: as files, as workbooks, as stored.")

BUNDLED = Path(__file__).parent / "plans"
"""The plans that come with Meguru."""

PlanCode = Annotated[str, typer.Argument(metavar="PLAN", help="Code of a plan, such as iizuka-ict.")]
PlanFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A plan file (YAML, Excel or zipped CSV), or the code of a bundled plan.")
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs: JSON.")]


@plan_app.command("list")
def plan_list(as_json: AsJson = False) -> None:
    """List the plans that are stored, and those that come with Meguru."""
    import json

    stored = _stored_plans()
    bundled = [d for d in _bundled_plans() if (d.municipality.code, d.code) not in stored]
    entries = [_entry(d, is_stored=True) for d in stored.values()] + [_entry(d, is_stored=False) for d in bundled]
    if as_json:
        typer.echo(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    for entry in entries:
        where = "stored" if entry["stored"] else "bundled"
        typer.echo(f"{entry['code']:26} {where:8} {entry['municipality']:12} {entry['name']}")
    if bundled:
        typer.echo("Bundled plans come with Meguru; meguru plan import CODE stores one.")


@plan_app.command("show")
def plan_show(plan: PlanCode, municipality: InMunicipality = "", as_json: AsJson = False) -> None:
    """Show a plan: its editions with their nodes, their lineage, its indicators."""
    definition = _plan(plan, municipality)
    if as_json:
        import json

        from exchange import plan_json

        typer.echo(json.dumps(plan_json.of_plan(definition), ensure_ascii=False, indent=2))
        return
    from domain import lineage

    typer.echo(f"{definition.code}  {definition.name.ja}  ({definition.municipality.name.ja})")
    for edition in definition.editions:
        typer.echo(f"\n{edition.code}  {edition.name.ja}  in force from {edition.effective_on}")
        tally = lineage.tally(edition.lineage)
        if edition.lineage:
            typer.echo("  lineage: " + ", ".join(f"{kind.value} {n}" for kind, n in tally.counts.items() if n))
        depth = {"": -1}
        for node in edition.nodes:
            depth[node.code] = depth[node.parent] + 1
            typer.echo(f"{'  ' * (depth[node.code] + 1)}{node.code}  {node.title}")
    for indicator in definition.indicators:
        values = ", ".join(
            f"{v.at or v.fiscal_year or '記載なし'}: {'–' if v.value is None else v.value}" for v in indicator.values
        )
        typer.echo(f"\n{indicator.code}  {indicator.name.ja}（{indicator.unit.ja}）  {values}")


@plan_app.command("check")
def plan_check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Plan files (YAML, Excel, zipped CSV).")],
) -> None:
    """Check plan files; every mistake is named with its place."""
    from exchange import files as plan_exchange

    wrong = False
    for file in files:
        try:
            found = plan_exchange.read(file.name, _content(file))
        except plan_exchange.WrongTable as error:
            wrong = True
            typer.echo(_lines(file.name, error), err=True)
            continue
        for warning in found.warnings:
            typer.echo(f"{file.name}: {warning.in_language(language())}", err=True)
        typer.echo(f"{file}: {found.definition.code}, {len(found.definition.editions)} editions: good")
    raise typer.Exit(1 if wrong else 0)


@plan_app.command("diff")
def plan_diff(
    plan: PlanCode,
    before: Annotated[str, typer.Argument(metavar="EDITION", help="Code of the earlier edition.")],
    after: Annotated[str, typer.Argument(metavar="EDITION", help="Code of the later edition.")],
    municipality: InMunicipality = "",
    as_json: AsJson = False,
) -> None:
    """Compare two editions by lineage: what was renamed, renumbered, merged, abolished, what is new."""
    from domain import comparison

    definition = _plan(plan, municipality)
    try:
        rows = comparison.compare(definition.editions, before, after)
    except (LookupError, ValueError) as error:
        fail(str(error.args[0]))
    reported = [r for r in rows if r.level in definition.reported_levels]
    if as_json:
        import json

        from exchange import plan_json

        typer.echo(json.dumps(plan_json.of_comparison(reported), ensure_ascii=False, indent=2))
        return
    for row in reported:
        before_side, after_side = (f"{s.code} {s.title}" if s else "–" for s in (row.before, row.after))
        typer.echo(f"{'+'.join(row.kinds):20} {before_side}  →  {after_side}")
        for reason in row.reasons:
            typer.echo(f"{'':20} {reason.ja}")


@plan_app.command("schema")
def plan_schema() -> None:
    """Print the JSON Schema of plan files, for editors (docs/plan.schema.json is the same)."""
    import json

    import plan_files

    typer.echo(json.dumps(plan_files.json_schema(), ensure_ascii=False, indent=2))


@plan_app.command("export")
def plan_export(
    plan: PlanCode,
    format_: Annotated[str, typer.Option("--format", help="xlsx, yaml or csv (one zip of a file per sheet).")] = "xlsx",
    out: Annotated[Path | None, typer.Option(help="File to write; PLAN.xlsx and so on without it.")] = None,
    municipality: InMunicipality = "",
) -> None:
    """Write a plan as a workbook, a plan file or CSV; what was changed in it comes back by `plan import`."""
    from exchange import files as plan_exchange

    definition = _plan(plan, municipality)
    wanted = _format(format_)
    file = out or Path(f"{definition.code}{wanted.suffix}")
    file.write_bytes(plan_exchange.write(definition, wanted))
    typer.echo(f"wrote {file}")


@plan_app.command("import")
def plan_import(
    file: PlanFile,
    mapping: Annotated[
        Path | None, typer.Option(help="For a table of your own (Excel or CSV): which column of it is what.")
    ] = None,
    ask: Annotated[bool, typer.Option("--ask", help="For a table of your own: ask here what its columns are.")] = False,
    save_mapping: Annotated[
        Path | None, typer.Option(help="Where --ask keeps the mapping; beside the table without it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Store a plan; its municipality is made when it is new. Importing it again changes nothing.

    Nothing is written unless everything is valid. A table of your own may bring departments and people too.
    """
    import wall_clock
    from db.session import EVERY_MUNICIPALITY, narrow
    from domain.text import Bilingual
    from exchange import files as plan_exchange
    from records import plans
    from records.change import Change as Author
    from records.change import DoesNotFit

    source = file if file.exists() or file.suffix else _bundled_file(str(file))
    content = _content(source)
    if mapping or ask:
        _import_table(source, content, mapping, save_mapping, dry_run=dry_run, as_json=as_json)
        return
    try:
        found = plan_exchange.read(source.name, content)
    except plan_exchange.WrongTable as error:
        from cli_tables import is_a_table_of_its_own

        if is_a_table_of_its_own(source.name, content):
            fail(f"{source.name} was not written by Meguru. For a table of your own say --ask, or --mapping FILE")
        _refuse(source.name, error, as_json=as_json)
    for warning in found.warnings:
        typer.echo(f"{source.name}: {warning.in_language(language())}", err=True)
    definition = found.definition
    database = open_database()
    session_of = database.reading if dry_run else database.writing  # a reading session ends without a commit
    author = Author("cli", wall_clock.now())
    try:
        with session_of(EVERY_MUNICIPALITY) as session:
            narrow(session, plans.municipality_for(session, definition).id)
            changes = plans.changes_of(session, definition)
            plans.import_definition(session, author, definition, Bilingual(""))
    except DoesNotFit as error:
        _refuse(source.name, plan_exchange.located(source.name, content, error.mistakes), as_json=as_json)
    _tell(definition, changes, dry_run=dry_run, as_json=as_json)


def _import_table(
    source: Path, content: bytes, mapping: Path | None, save_mapping: Path | None, *, dry_run: bool, as_json: bool
) -> None:
    from cli_tables import bring_table
    from exchange.remarks import WrongTable

    try:
        brought = bring_table(source, content, mapping, save_mapping, dry_run=dry_run, quiet=as_json)
    except WrongTable as error:
        _refuse(source.name, error, as_json=as_json)
    _tell(brought.definition, brought.changes, brought.organisation, dry_run=dry_run, as_json=as_json)


def _tell(
    definition: PlanDefinition,
    changes: Sequence[Change],
    organisation: Imported | None = None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    if as_json:
        import json
        from dataclasses import asdict

        told = {
            "plan": definition.code,
            "municipality": definition.municipality.code,
            "stored": not dry_run,
            "changes": [asdict(change) for change in changes],
            **({"organisation": asdict(organisation)} if organisation else {}),
        }
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    signs = {"added": "+", "changed": "~", "removed": "-"}
    if dry_run:
        for change in changes:
            field = f" {change.field}" if change.field else ""
            said = " → ".join(filter(None, (change.before, change.after)))
            typer.echo(f"{signs[change.kind]} {change.section} {change.key}{field}: {said}")
        typer.echo(f"{definition.code}: {len(changes)} changes; nothing was stored")
    else:
        said = f"{len(changes)} changes" if changes else "nothing changed"
        typer.echo(f"{definition.code} is stored for {definition.municipality.code}: {said}")
    for kind, tally in organisation.by_kind.items() if organisation else ():
        if tally.new or tally.changed:
            typer.echo(f"{kind}: {len(tally.new)} new, {len(tally.changed)} changed, {tally.unchanged} as before")


def _refuse(name: str, wrong: WrongTable, *, as_json: bool) -> NoReturn:
    """End in vain, with every mistake."""
    if as_json:
        import json

        from exchange.files import as_json as told

        mistakes = [told(mistake) for mistake in wrong.mistakes]
        typer.echo(json.dumps({"mistakes": mistakes}, ensure_ascii=False, indent=2))
    fail(_lines(name, wrong))


def _lines(name: str, wrong: WrongTable) -> str:
    return "\n".join(_line(name, mistake) for mistake in wrong.mistakes)


def _line(name: str, mistake: Remark) -> str:
    """A mistake in the terminal's language; of a plan file as editors follow it: file, line, key."""
    if mistake.sheet or mistake.row is None:
        return f"{name}: {mistake.in_language(language())}"
    return f"{name}:{mistake.row}: {mistake.heading}: {mistake.message.in_language(language())}"


def _entry(definition: PlanDefinition, *, is_stored: bool) -> dict[str, object]:
    return {
        "code": definition.code,
        "name": definition.name.ja,
        "municipality": definition.municipality.code,
        "stored": is_stored,
        "editions": [edition.code for edition in definition.editions],
    }


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}")


def _format(name: str) -> Format:
    from exchange.files import Format

    try:
        return Format(name)
    except ValueError:
        fail(f"there is no format {name!r}: take {', '.join(Format)}")


def _bundled_file(code: str) -> Path:
    file = BUNDLED / f"{code}.yaml"
    if not file.is_file():
        fail(f"there is no file {code!r}, and no plan of that code comes with Meguru; see meguru plan list")
    return file


def _bundled_plans() -> list[PlanDefinition]:
    import plan_files

    return [plan_files.read_plan(file) for file in sorted(BUNDLED.glob("*.yaml"))]


def _stored_plans() -> dict[tuple[str, str], PlanDefinition]:
    """What the database holds, by municipality and code; nothing where there is no database yet."""
    from db import migrate
    from db.session import EVERY_MUNICIPALITY
    from records import people, plan_reading, plans

    database = open_database(checked=False)
    if database.is_absent or not migrate.is_current(database.engine):
        return {}
    with database.reading(EVERY_MUNICIPALITY) as session:
        return {
            (people.municipality_code(session, plan.municipality_id), plan.code): plan_reading.read(session, plan)
            for plan in plans.every(session)
        }


def _plan(code: str, municipality: str) -> PlanDefinition:
    """A plan as stored; one that is not, as it comes with Meguru."""
    import plan_files

    found = {city: d for (city, plan), d in _stored_plans().items() if plan == code}
    if not found and (BUNDLED / f"{code}.yaml").is_file():
        typer.echo(f"{code} is not stored here: this is the plan that comes with Meguru", err=True)
        return plan_files.read_plan(BUNDLED / f"{code}.yaml")
    cities = list(found)
    numbered = {city: i for i, city in enumerate(cities)}
    return found[cities[the_one(numbered, municipality, code, f"there is no plan {code}", "see meguru plan list")]]
