"""The commands for accounts: `meguru user …` and `meguru token …`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli_context import InMunicipality, fail, open_database, the_one

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from db.session import Database
    from records.change import Change

user_app = typer.Typer(no_args_is_help=True, help="Accounts.")
token_app = typer.Typer(no_args_is_help=True, help="Tokens for the API.")

Email = Annotated[str, typer.Argument(help="Mail address; it is the sign-in name.")]


@user_app.command("create")
def user_create(
    email: Email,
    name: Annotated[str, typer.Option(help="Name as it is shown.")],
    municipality: Annotated[str, typer.Option(help="Code of the municipality.")],
    office: Annotated[str, typer.Option(help="none, planning or administrator.")] = "none",
    password: Annotated[bool, typer.Option(help="Ask for a password; without one: one-time mail codes.")] = True,
) -> None:
    """Create an account."""
    from db.session import EVERY_MUNICIPALITY
    from domain.roles import Office
    from records import people, sign_in
    from records.change import Conflict, NotFound

    if office not in set(Office):
        fail(f"--office: {office} is not one of {', '.join(Office)}")
    database = open_database()
    try:
        with database.reading(EVERY_MUNICIPALITY) as session:
            city = people.municipality(session, municipality)
        secret = _asked_password(email, name, municipality) if password else ""
        with database.writing(city.id) as session:
            people.create_user(
                session,
                _change(),
                email,
                name,
                Office(office),
                sign_in.hash_password(secret) if secret else None,
            )
    except NotFound:
        fail(f"--municipality: there is no {municipality}; import a plan of it first (meguru plan import)")
    except sign_in.PasswordTooShort as error:
        fail(str(error))
    except Conflict:
        fail(f"{email} has an account already")
    typer.echo(f"{email} may sign in")


@user_app.command("password")
def user_password(email: Email, municipality: InMunicipality = "") -> None:
    """Ask for a new password. Whoever is signed in with the account must sign in again."""
    from records import accounts, sign_in

    database, municipality_id = _where(email, municipality)
    try:
        password_hash = sign_in.hash_password(_asked_password(email, municipality))
    except sign_in.PasswordTooShort as error:
        fail(str(error))
    with database.writing(municipality_id) as session:
        accounts.set_password(session, _change(), email, password_hash)
    typer.echo(f"{email} has a new password")


@user_app.command("block")
def user_block(email: Email, municipality: InMunicipality = "") -> None:
    """Let nobody in with the account any more: sessions, codes and API tokens end at once."""
    from records import accounts

    database, municipality_id = _where(email, municipality)
    with database.writing(municipality_id) as session:
        accounts.block(session, _change(), email)
    typer.echo(f"{email} is blocked")


@user_app.command("unblock")
def user_unblock(email: Email, municipality: InMunicipality = "") -> None:
    """Let a blocked account sign in again. Its API tokens stay revoked."""
    from records import accounts

    database, municipality_id = _where(email, municipality)
    with database.writing(municipality_id) as session:
        accounts.unblock(session, _change(), email)
    typer.echo(f"{email} may sign in")


@token_app.command("create")
def token_create(
    email: Annotated[str, typer.Argument(help="The account the token acts as.")],
    name: Annotated[str, typer.Option(help="What the token is for.")] = "api",
    municipality: InMunicipality = "",
) -> None:
    """Make a token for the API; it is shown once."""
    from records import accounts
    from records.change import NotFound

    database, municipality_id = _where(email, municipality)
    try:
        with database.writing(municipality_id) as session:
            token = accounts.issue_token(session, _change(), email, name)
    except NotFound:
        fail(f"{email} is blocked; open the account with: meguru user unblock")
    typer.echo(token)


@token_app.command("revoke")
def token_revoke(
    email: Annotated[str, typer.Argument(help="The account the token acts as.")],
    name: Annotated[str, typer.Option(help="What the token was made for.")] = "api",
    municipality: InMunicipality = "",
) -> None:
    """End the account's tokens of this name."""
    from records import accounts
    from records.change import NotFound

    database, municipality_id = _where(email, municipality)
    try:
        with database.writing(municipality_id) as session:
            revoked = accounts.revoke_tokens(session, _change(), email, name)
    except NotFound:
        fail(f"{email} has no token named {name} that still works")
    typer.echo(f"{revoked} revoked")


def _where(email: str, municipality: str) -> tuple[Database, int]:
    """The database, and the municipality in which an address has an account."""
    from db.session import EVERY_MUNICIPALITY
    from records import accounts

    database = open_database()
    with database.reading(EVERY_MUNICIPALITY) as session:
        found = accounts.municipalities_of(session, email)
    return database, the_one(found, municipality, email, f"{email} has no account", "see meguru user create")


def _change() -> Change:
    import wall_clock
    from records.change import Change

    return Change("cli", wall_clock.now())


def _asked_password(*known: str) -> str:
    from records import accounts

    secret: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if accounts.weakness_of(secret, known) == "password_too_easy":
        fail("this password is easy to guess, or many people use it; take a few words that have nothing in common")
    return secret
