"""How a person wants their mails: at once or one a day, and in which language."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, select

from db import tables as t
from domain import digest as rules
from records import audit, plans
from records.change import Change


@dataclass(frozen=True)
class PlanMails:
    """How the mails of a plan that can wait come to a person."""

    plan: t.Plan
    is_gathered: bool
    may_choose: bool


def wish_of(session: Session, user_id: int) -> bool | None:
    """Whether a person wants a digest; None: as each plan says."""
    return session.exec(select(t.MailPreference.wants_digest).where(t.MailPreference.user_id == user_id)).first()


def by_plan(session: Session, user_id: int) -> tuple[PlanMails, ...]:
    """What a person's wish means in each plan of the city, by the plan's code."""
    wish, found = wish_of(session, user_id), []
    for plan in plans.every(session):
        said = plans.definition_of(plan).mails
        found.append(PlanMails(plan, rules.is_gathered(said, wish), said.person_may_choose))
    return tuple(found)


def choose(session: Session, change: Change, user_id: int, wants_digest: bool | None) -> None:
    """Remember what a person wants from now on. What waits for a digest already stays there."""
    stored = session.exec(select(t.MailPreference).where(t.MailPreference.user_id == user_id)).first()
    if wants_digest == (stored.wants_digest if stored else None):
        return
    if wants_digest is None:
        session.delete(stored)
    elif stored is None:
        session.add(t.MailPreference(user_id=user_id, wants_digest=wants_digest))
    else:
        stored.wants_digest = wants_digest
        session.add(stored)
    audit.write(session, change, "user.mails_chosen", f"user/{user_id}", wants_digest=wants_digest)
