"""Who the city's own sign-in (OpenID Connect) sends: which account is theirs, and what their groups make of it.

An account is known there by issuer and subject, which stay; a verified mail address leads to it once, the first time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db import tables as t
from domain.organisation import address, is_address
from domain.roles import Office, office_by_groups
from records import audit, people
from records.change import Change, NotFound

ACTOR = "oidc"
"""Who links accounts and changes offices, as the audit log names it: the city's directory, not the person."""


@dataclass(frozen=True)
class Somebody:
    """A person as the city's sign-in knows them.

    `email` is empty unless it may be relied upon. `groups` None: they are not told, which is not the same as none.
    """

    issuer: str
    subject: str
    email: str = ""
    name: str = ""
    groups: frozenset[str] | None = None


class NotLetIn(Exception):
    """There is no account to sign in with. `reason`: `unknown`, `blocked`, `several` (cities) or `someone_elses`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def account_of(session: Session, somebody: Somebody, municipality: int | None) -> t.User:
    """The account of a person, linked before or found by the address; for a session of every municipality.

    `municipality`: the only one they may belong to, if one was set. Raises `NotLetIn`.
    """
    linked = select(t.User).join(t.ExternalIdentity, col(t.ExternalIdentity.user_id) == col(t.User.id))
    linked = linked.where(t.ExternalIdentity.issuer == somebody.issuer, t.ExternalIdentity.subject == somebody.subject)
    found = _of(session.exec(linked).all(), municipality)
    if not found and somebody.email:
        found = _of(session.exec(select(t.User).where(t.User.email == address(somebody.email))).all(), municipality)
        if len(found) == 1 and _is_linked(session, found[0], somebody.issuer):
            raise NotLetIn("someone_elses")  # the address has passed to somebody else since
    if not found:
        raise NotLetIn("unknown")
    active = [user for user in found if user.is_active]
    if len(active) != 1:
        raise NotLetIn("several" if active else "blocked")
    return active[0]


def only_municipality(session: Session) -> int | None:
    """The municipality of the installation, if there is but one."""
    found = people.municipalities(session)
    return found[0].id if len(found) == 1 else None


def make_account(session: Session, change: Change, somebody: Somebody) -> t.User:
    """An account without any post for a person who has none, in the session's municipality. Raises `NotLetIn`."""
    if not is_address(somebody.email):
        raise NotLetIn("unknown")
    user = people.create_user(session, change, somebody.email, somebody.name or somebody.email, Office.NONE, None)
    session.flush()
    return user


def take_in(
    session: Session, change: Change, user: t.User, somebody: Somebody, offices: Sequence[tuple[str, Office]]
) -> None:
    """Keep the link to the account, and let the office follow the groups that are mapped to one."""
    if not _is_linked(session, user, somebody.issuer):
        session.add(
            t.ExternalIdentity(user_id=user.id, issuer=somebody.issuer, subject=somebody.subject, linked_at=change.at)
        )
        audit.write(session, change, "user.identity_linked", f"user/{user.email}", issuer=somebody.issuer)
    if somebody.groups is None:
        return
    office = office_by_groups(offices, somebody.groups, user.office)
    if office is not user.office:
        before, user.office = user.office, office
        session.add(user)
        audit.write(session, change, "user.office_changed", f"user/{user.email}", before=before.value, to=office.value)


def identities_of(session: Session, user: t.User) -> Sequence[t.ExternalIdentity]:
    """The names of an account at sign-ins outside."""
    query = select(t.ExternalIdentity).where(t.ExternalIdentity.user_id == user.id)
    return session.exec(query.order_by(col(t.ExternalIdentity.id))).all()


def unlink(session: Session, change: Change, user: t.User) -> None:
    """The account is found by its mail address anew the next time. Raises `NotFound` where nothing is linked."""
    found = identities_of(session, user)
    if not found:
        raise NotFound(f"identity of user {user.id}")
    for identity in found:
        session.delete(identity)
    audit.write(session, change, "user.identity_unlinked", f"user/{user.email}", issuer=[one.issuer for one in found])


def _of(users: Sequence[t.User], municipality: int | None) -> list[t.User]:
    return [user for user in users if municipality in (None, user.municipality_id)]


def _is_linked(session: Session, user: t.User, issuer: str) -> bool:
    query = select(t.ExternalIdentity).where(t.ExternalIdentity.user_id == user.id, t.ExternalIdentity.issuer == issuer)
    return session.exec(query).first() is not None
