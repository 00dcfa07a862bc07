"""What the demo shows of each plan, and the sample people (`plans/samples/`). Never used outside demo and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter
from sqlmodel import Session, select

from db import tables as t
from domain.clock import jst_day
from domain.text import Bilingual
from organisation_files import read_organisation

PLANS = Path(__file__).parent.parent / "plans"
SENDER = "meguru@demo.example"


@dataclass(frozen=True)
class Scene:
    """Something to see in the demo: `who` (a mail address) starts at the page `to`."""

    who: str
    to: str
    does: Bilingual


@dataclass(frozen=True)
class LivingPlan:
    """A plan of the demo: played from a fiscal year on, until its own time begins at `origin_at`."""

    code: str
    played_from: int
    origin_at: datetime
    about: Bilingual
    scenes: tuple[Scene, ...]

    @property
    def played_until(self) -> date:
        """The last day that is played."""
        return jst_day(self.origin_at) - timedelta(days=1)


def living_plans() -> tuple[LivingPlan, ...]:
    """The plans of the demo in the order in which they are played and shown."""
    return _LIVING_PLANS.validate_python(
        [
            {
                "code": one["plan"],
                "played_from": one["played_from"],
                "origin_at": one["origin_at"],
                "about": one["about"],
                "scenes": [{"who": scene["as"], "to": scene["to"], "does": scene["does"]} for scene in one["scenes"]],
            }
            for one in sample("demo")["plans"]
        ]
    )


def give_passwords(session: Session, plan: str, hash_password: Callable[[str], str]) -> None:
    """Let the sample people of a plan sign in with a password, but for those who sign in with codes."""
    hashed, known = cache(hash_password), passwords(plan)
    for user in session.exec(select(t.User)):
        if user.email in known and not user.password_hash:
            user.password_hash = hashed(known[user.email])
            session.add(user)


def passwords(plan: str) -> dict[str, str]:
    """The passwords of a plan's sample people by mail address; who is not in it signs in with codes sent by mail."""
    rule = sample("demo")
    people = read_organisation(PLANS / "samples" / f"{plan}.organisation.yaml").people
    return {one.email: rule["password"] for one in people if one.email not in rule["without_password"]}


def sample(name: str) -> dict[str, Any]:
    """A file of `plans/samples/`."""
    read: dict[str, Any] = yaml.safe_load((PLANS / "samples" / f"{name}.yaml").read_text(encoding="utf-8"))
    return read


_LIVING_PLANS = TypeAdapter(tuple[LivingPlan, ...])
