"""The command line for reviews of a term."""

from __future__ import annotations

from typing import Annotated

import typer

from cli_context import InMunicipality, fail, municipality_of_plan, open_database

review_app = typer.Typer(no_args_is_help=True, help="The reviews of a plan's terms.")

_WHY_NOT = {
    "plan_without_review": "the plan file says nothing of reviews (`review`)",
    "edition_ahead": "an edition of the plan is made already and not in force yet",
    "term_not_begun": "the term has not begun by the plan's clock",
    "review_running": "the review of another term is still running",
}

PlanCode = Annotated[str, typer.Argument(metavar="PLAN", help="Code of the plan, such as iizuka-ict.")]


@review_app.command("open")
def review_open(
    plan_code: PlanCode,
    term: Annotated[str, typer.Argument(metavar="TERM", help="Code of the term, such as early.")],
    municipality: InMunicipality = "",
) -> None:
    """Open the review of a term. Opening one that is open changes nothing."""
    import wall_clock
    from records import plans, reviews
    from records.change import Change, Conflict

    database = open_database()
    at = wall_clock.now()
    with database.writing(municipality_of_plan(database, plan_code, municipality)) as session:
        plan = plans.find(session, plan_code)
        try:
            review, is_new = reviews.open_review(session, Change("cli", at), plan, term, plans.clock_of(plan, at))
        except Conflict as conflict:
            terms = ", ".join(t.code for t in plans.definition_of(plan).terms) or "none"
            fail(_WHY_NOT.get(conflict.reason, f"{plan_code} has no term {term}; its terms: {terms}"))
    typer.echo(f"{'opened' if is_new else 'was open already:'} {review.workflow_id}")


@review_app.command("list")
def review_list(plan_code: PlanCode, municipality: InMunicipality = "") -> None:
    """The reviews of a plan, the latest first: term, state, since when."""
    from records import plans, reviews

    database = open_database()
    with database.reading(municipality_of_plan(database, plan_code, municipality)) as session:
        found = reviews.of_plan(session, plans.find(session, plan_code))
    for review in found:
        typer.echo(f"{review.term}\t{review.state.value}\topened {review.opened_on}")
    if not found:
        typer.echo(f"{plan_code} has no review yet")
