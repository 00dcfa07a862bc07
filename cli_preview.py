"""`meguru preview`: the mails of a year, before anything is sent."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli_context import InMunicipality, fail, municipality_of_plan, open_database

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from collections.abc import Sequence

    from documents.mail_calendar import CalendarMail, CalendarRound, MailCalendar
    from domain.ladder import Step


def preview(
    plan_code: Annotated[str, typer.Argument(metavar="PLAN", help="Code of the plan, such as iizuka-ict.")],
    fiscal_year: Annotated[int, typer.Argument(metavar="FY", help="Fiscal year, such as 2026.", min=1900, max=2200)],
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path(),
    municipality: InMunicipality = "",
    in_language: Annotated[str, typer.Option("--language", help="Language of the files: ja or en.")] = "ja",
    as_json: Annotated[bool, typer.Option("--json", help="For programs: JSON.")] = False,
) -> None:
    """Every mail a year will send, to whom and when, as a calendar: a page, .ics and Excel. Nothing is sent."""
    import wall_clock
    from documents.mail_calendar_render import render
    from records import plans
    from records.change import Conflict
    from records.preview import of_year

    database = open_database()
    municipality_id = municipality_of_plan(database, plan_code, municipality)
    with database.writing(municipality_id) as session:  # the year is rehearsed and undone: see records/preview.py
        plan = plans.find(session, plan_code)
        definition = plans.definition_of(plan)
        try:
            calendar = of_year(session, plan, fiscal_year, wall_clock.now(), in_language)
        except Conflict as conflict:
            period = f"from {_year(definition.first_fiscal_year)} to {_year(definition.last_fiscal_year)}"
            fail(_REFUSED[conflict.reason].format(plan=plan_code, year=fiscal_year, period=period))
    rendered = render(calendar)
    files = [out / f"preview-{plan_code}-{fiscal_year}.{extension}" for extension in rendered]
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, content in zip(files, rendered.values(), strict=True):
            file.write_bytes(content)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    if as_json:
        told = {**_as_json(calendar), "files": [str(file) for file in files]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _tell(calendar, files)


_REFUSED = {
    "outside_plan_period": "{plan} runs {period}",
    "opened_by_hand_only": (
        "no calendar opens the cycles of {plan}: its plan says nothing of when a year begins (cycle_opens).\n"
        "Open it by hand with meguru cycle open {plan} {year}; then its mails can be previewed."
    ),
}


def _tell(calendar: MailCalendar, files: Sequence[Path]) -> None:
    """A short table: how many mails of each kind leave in each month."""
    typer.echo(f"{calendar.plan_code} FY{calendar.fiscal_year}, if nobody answers: {_emails(calendar.total)}")
    if calendar.mails:
        first, last = (calendar.mails[i].at for i in (0, -1))
        typer.echo(f"first {first:%Y-%m-%d %H:%M}, last {last:%Y-%m-%d %H:%M} (Japan time)\n")
        counts = Counter[tuple[str, str]]()
        for mail in calendar.mails:
            counts[f"{mail.at:%Y-%m}", mail.step.kind.value] += len(mail.recipients)
        kinds, months = (list(dict.fromkeys(name)) for name in zip(*((k, m) for m, k in counts), strict=True))
        _row("month", *kinds, "total")
        for month in months:
            numbers = [counts[month, kind] for kind in kinds]
            _row(month, *numbers, sum(numbers))
        totals = [sum(counts[month, kind] for month in months) for kind in kinds]
        _row("total", *totals, sum(totals))
        typer.echo("")
    for file in files:
        typer.echo(f"wrote {file}")
    unheard = sum(not mail.recipients for mail in calendar.mails)
    if unheard:
        typer.echo(f"{_emails(unheard)} would reach nobody: no one holds the rank, no mailbox is shared", err=True)


def _row(name: str, *cells: str | int) -> None:
    typer.echo(f"{name:8}" + "".join(f"{cell:>12}" for cell in cells))


def _emails(number: int) -> str:
    return "1 mail" if number == 1 else f"{number} mails"


def _as_json(calendar: MailCalendar) -> dict[str, Any]:
    from domain.preview import steps_after_an_answer

    def round_(known: CalendarRound) -> dict[str, Any]:
        return {
            "code": known.code,
            "name": known.name,
            "opens_on": known.opens_on.isoformat(),
            "due_on": known.due_on.isoformat(),
            "after_an_answer": [_step(step) for step in steps_after_an_answer(known.ladder)],
        }

    def mail(planned: CalendarMail) -> dict[str, Any]:
        department = planned.department
        return {
            "at": planned.at.isoformat(),
            "round": planned.round,
            **_step(planned.step),
            "department": {"code": department.code, "name": department.name} if department else None,
            "recipients": [{"name": r.name, "email": r.email} for r in planned.recipients],
            "measures": [{"code": m.code, "title": m.title} for m in planned.measures],
        }

    by_kind, by_month = Counter[str](), Counter[str]()
    for planned in calendar.mails:
        by_kind[planned.step.kind.value] += len(planned.recipients)
        by_month[f"{planned.at:%Y-%m}"] += len(planned.recipients)
    return {
        "plan": calendar.plan_code,
        "municipality": calendar.municipality_code,
        "fiscal_year": calendar.fiscal_year,
        "total": calendar.total,
        "by_kind": by_kind,
        "by_month": by_month,
        "rounds": [round_(known) for known in calendar.rounds],
        "mails": [mail(planned) for planned in calendar.mails],
        "marks": list(calendar.marks),
    }


def _step(step: Step) -> dict[str, Any]:
    return {"step": step.code, "kind": step.kind.value, "to": step.to.value}


def _year(fiscal_year: int | None) -> str:
    return "an unknown year" if fiscal_year is None else f"FY{fiscal_year}"
