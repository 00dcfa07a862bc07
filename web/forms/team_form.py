"""The forms of a project team: who sits in it, by account or by name, and what stands behind founding or dissolving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session
from starlette.datastructures import FormData

from db import tables as t
from domain.body import SeatRole
from domain.matter import MatterState
from domain.organisation import address, is_address
from domain.reference import BodyKind
from domain.text import typed_day, typed_text
from records import matters, project_pages
from records.teams import TeamDecision, TeamMember
from web.project_frame import ProjectFrame

TEAM_ROLES = (SeatRole.LEADER, SeatRole.SUB_LEADER, SeatRole.MEMBER)
PLACES: Mapping[str, SeatRole] = {
    "leader": SeatRole.LEADER,
    "sub_leader": SeatRole.SUB_LEADER,
    **{f"member_{number}": SeatRole.MEMBER for number in range(1, 7)},
}
"""The places of the founding form; more people join afterwards."""
_OF_PERSON = ("", "_name", "_email", "_post")
_DECISION = ("on", "reason", "body", "matter")
FOUNDING = ("name", *_DECISION, *(place + part for place in PLACES for part in _OF_PERSON))
JOINING = ("role", "on", *("joiner" + part for part in _OF_PERSON))
DISSOLVING = _DECISION


@dataclass(frozen=True)
class Choices:
    """What the forms offer: accounts, the bodies that may have decided, and matters that were answered."""

    accounts: Sequence[t.User]
    bodies: Sequence[tuple[str, str]]
    matters: Sequence[t.Matter]


def choices_of(session: Session, frame: ProjectFrame, language: str) -> Choices:
    bodies = [b for b in frame.definition.bodies if b.kind is BodyKind.BODY]
    answered = [m for m in matters.of_plan(session, frame.plan) if m.state is MatterState.ANSWERED]
    return Choices(project_pages.accounts(session), [(b.code, b.name.in_language(language)) for b in bodies], answered)


def posted(form: FormData, names: Sequence[str]) -> dict[str, str]:
    return {name: typed_text(str(form.get(name, ""))) for name in names}


def founding(frame: ProjectFrame) -> dict[str, str]:
    """The empty form of founding; who decides on it by the plan is suggested."""
    return dict.fromkeys(FOUNDING, "") | {"on": frame.today.isoformat(), "body": frame.rules.founds_teams}


def joining(frame: ProjectFrame) -> dict[str, str]:
    return dict.fromkeys(JOINING, "") | {"on": frame.today.isoformat(), "role": SeatRole.MEMBER.value}


def dissolving(frame: ProjectFrame) -> dict[str, str]:
    return dict.fromkeys(DISSOLVING, "") | {"on": frame.today.isoformat(), "body": frame.rules.founds_teams}


def day_of(typed: Mapping[str, str], wrong: dict[str, str]) -> date | None:
    day = typed_day(typed["on"])
    if day is None:
        wrong["on"] = "day_not_readable"
    return day


def decision_of(typed: Mapping[str, str], choices: Choices, wrong: dict[str, str]) -> TeamDecision:
    """What stands behind it; `wrong` takes reason codes by field."""
    body, matter = typed["body"], next((m for m in choices.matters if str(m.id) == typed["matter"]), None)
    if not typed["reason"]:
        wrong["reason"] = "reason_missing"
    if body and body not in dict(choices.bodies):
        wrong["body"] = "deciding_body_unknown"
    if typed["matter"] and matter is None:
        wrong["matter"] = "deciding_matter_unknown"
    return TeamDecision(typed["reason"], body, matter.id if matter else None)


def member_of(
    typed: Mapping[str, str], place: str, role: SeatRole, choices: Choices, wrong: dict[str, str]
) -> TeamMember | None:
    """Who was chosen for a place, None for one that was left empty; `wrong` takes reason codes by field."""
    chosen, name, email = typed[place], typed[place + "_name"], typed[place + "_email"]
    if chosen and name:
        wrong[place] = "member_both"
    if chosen and all(str(user.id) != chosen for user in choices.accounts):
        wrong[place] = "member_missing"
    if email and not is_address(email):
        wrong[place + "_email"] = "address_not_readable"
    if place in wrong or place + "_email" in wrong or not (chosen or name):
        return None
    if chosen:
        return TeamMember(role, int(chosen), post=typed[place + "_post"])
    return TeamMember(role, name=name, email=address(email), post=typed[place + "_post"])


def members_of(typed: Mapping[str, str], choices: Choices, wrong: dict[str, str]) -> list[TeamMember]:
    found = [member_of(typed, place, role, choices, wrong) for place, role in PLACES.items()]
    if not typed["leader"] and not typed["leader_name"]:
        wrong["leader"] = "leader_missing"
    return [member for member in found if member is not None]
