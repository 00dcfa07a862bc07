"""The sample people of the demo and the cities beside its own (`plans/samples/`). Never used outside demo and tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session, select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database, narrow
from domain.roles import Office
from domain.text import Bilingual
from organisation_files import read_organisation
from records import people, plans
from records.change import Change

PLANS = Path(__file__).parent.parent / "plans"
PLAN = "iizuka-ict"
"""The plan that lives in the demo."""
SENDER = "meguru@iizuka.example"


def give_passwords(session: Session, name: str, hash_password: Callable[[str], str]) -> None:
    """Let the sample people of a plan sign in with a password, but for those who sign in with codes."""
    hashed, known = cache(hash_password), passwords(name)
    for user in session.exec(select(t.User)):
        if user.email in known:
            user.password_hash = hashed(known[user.email])
            session.add(user)


def load_other_cities(database: Database, at: datetime, hash_password: Callable[[str], str]) -> None:
    """The other plans that come with Meguru, each city with one sample person who may look at everything."""
    others, change = sample("other-cities"), Change("demo", at)
    for city in others["cities"]:
        definitions = [plan_files.read_plan(PLANS / f"{name}.yaml") for name in city["plans"]]
        with database.writing(EVERY_MUNICIPALITY) as session:
            narrow(session, plans.municipality_for(session, definitions[0]).id)
            for definition in definitions:
                plans.import_definition(session, change, definition, Bilingual(**others["mark"]))
            hashed = hash_password(others["password"])
            user = people.create_user(session, change, city["email"], city["name"]["ja"], Office.PLANNING, hashed)
            user.name_en = city["name"]["en"]


def passwords(name: str) -> dict[str, str]:
    """The sample people's passwords by mail address; who is not in it signs in with codes sent by mail."""
    own, others = sample(name), sample("other-cities")
    emails = (person.email for person in read_organisation(PLANS / "samples" / f"{name}.organisation.yaml").people)
    found = {email: own["password"] for email in emails if email not in own["without_password"]}
    return found | {city["email"]: others["password"] for city in others["cities"]}


def sample(name: str) -> dict[str, Any]:
    """A file of `plans/samples/`."""
    read: dict[str, Any] = yaml.safe_load((PLANS / "samples" / f"{name}.yaml").read_text(encoding="utf-8"))
    return read
