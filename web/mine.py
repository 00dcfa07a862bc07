"""What waits for a person outside the rounds of a year: on the page on which they begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from records import matter_pages, project_pages
from records.matter_pages import ListedMatter
from records.project_pages import OfPerson
from web.context import Person, plan_day


@dataclass(frozen=True)
class Mine:
    """The projects in whose teams the person sits, those that wait for an answer first; and the matters that wait
    before bodies whose papers the person's department keeps, the most urgent first.
    """

    projects: Sequence[OfPerson]
    matters: Sequence[ListedMatter]


def mine_of(session: Session, person: Person) -> Mine:
    return Mine(
        project_pages.of_person(session, person.actor.user, lambda plan: plan_day(plan, person.at).today),
        matter_pages.waiting_for(session, person.actor, person.at),
    )
