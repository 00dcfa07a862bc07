"""Whose mails a change of a round moves: looked at before it is made.

What is foreseen is what happens: the change is made and taken back, and what it would tell the round's process is
applied to the round as it stands, by the process's own rules (`domain/mail_changes.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlmodel import Session, col, select

from db import tables as t
from domain import collection, mail_changes
from domain.collection import Round, RoundEvent
from domain.ladder import Rank
from domain.mail_changes import MailChange, Said
from domain.mail_ledger import MailState
from domain.text import Bilingual
from japan_calendar import business_calendar
from records import outbox, people, plans, round_mails, round_state, rounds
from records.people import Recipient

_YEARS_AHEAD = 3
"""How far ahead closed days are known here: of a due date further away weekends alone are left out."""


@dataclass(frozen=True)
class ForeseenMail:
    """A mail that changes, and whom it reaches as people hold their posts on its day."""

    department: t.Department | None
    change: MailChange
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True)
class ForeseenRound:
    """All that changes in one round. `at`: the plan instant by which "at once" is told from later.

    `waiting` wait for the mail server now and will not leave; `told` has who got a mail of theirs already.
    """

    plan: t.Plan
    round: t.CollectionRound
    name: Bilingual
    at: datetime
    mails: tuple[ForeseenMail, ...]
    waiting: tuple[t.Mail, ...]
    told: tuple[t.Department, ...]

    @property
    def alike(self) -> tuple[tuple[ForeseenMail, ...], ...]:
        """The mails by what becomes of them: those of one step that change from the same day to the same together."""
        groups: dict[tuple[str, datetime | None, datetime | None], list[ForeseenMail]] = {}
        for mail in self.mails:
            before, after = mail.change.before, mail.change.after
            key = mail.change.step.code, before.at if before else None, after.at if after else None
            groups.setdefault(key, []).append(mail)
        return tuple(tuple(alike) for alike in sorted(groups.values(), key=lambda one: one[0].change.at))


@dataclass(frozen=True)
class _Standing:
    """A round as it stands before anything changes."""

    plan: t.Plan
    round: t.CollectionRound
    name: Bilingual
    state: Round
    at: datetime
    mails: Sequence[t.Mail]

    @property
    def said(self) -> Said:
        found: dict[tuple[int, str], frozenset[int]] = {}
        for mail in self.mails:
            key = mail.request_id or 0, mail.step_key.partition("+")[0]
            found[key] = found.get(key, frozenset()) | frozenset(mail.measures)
        return found


def of_act(
    session: Session, several: Iterable[t.CollectionRound], at: datetime, act: Callable[[], object]
) -> tuple[ForeseenRound, ...]:
    """What an act would change in rounds, at a real instant. Nothing of the act stays.

    Raises whatever the act raises, so that what is refused is refused before it is confirmed.
    """
    standing = [_standing(session, round_, at) for round_ in several]
    last = outbox.last(session)
    try:
        act()
        session.flush()
        told = outbox.round_events(session, [one.round.workflow_id for one in standing], last)
        return tuple(_foreseen(session, one, told.get(one.round.workflow_id, ())) for one in standing)
    finally:
        session.rollback()


def of_events(
    session: Session, round_: t.CollectionRound, at: datetime, events: Callable[[Round], Iterable[RoundEvent]]
) -> ForeseenRound:
    """What events would change in a round, at a real instant, for who only looks; they follow from its state."""
    standing = _standing(session, round_, at)
    return _foreseen(session, standing, tuple(events(standing.state)))


def _standing(session: Session, round_: t.CollectionRound, at: datetime) -> _Standing:
    plan = rounds.plan_of(session, round_)
    rules = round_state.rules_of(round_, plans.definition_of(plan))
    time = plans.clock_of(plan, at).plan_time(at)
    calendar = business_calendar(range(time.year - 1, time.year + _YEARS_AHEAD))
    state = round_state.load(session, round_, rules.ladder, calendar)
    return _Standing(plan, round_, rules.name, state, time, round_mails.of_round(session, round_.id))


def _foreseen(session: Session, standing: _Standing, events: Sequence[RoundEvent]) -> ForeseenRound:
    departments = _departments(session, standing.round)

    @cache
    def reached(department: int | None, rank: Rank, day: datetime) -> tuple[Recipient, ...]:
        return tuple(people.recipients(session, department, rank, day.date()))

    found = []
    for change in mail_changes.mail_changes(standing.state, events, standing.at, standing.said):
        department = departments.get(change.request)
        recipients = reached(department.id if department else None, change.step.to, max(change.at, standing.at))
        found.append(ForeseenMail(department, change, recipients))
    concerned = _concerned(standing.state, events)
    waiting = [mail for mail in standing.mails if mail.state in (MailState.QUEUED, MailState.GATHERED)]
    told = {mail.request_id for mail in standing.mails if mail.state is MailState.SENT}
    return ForeseenRound(
        standing.plan,
        standing.round,
        standing.name,
        standing.at,
        tuple(found),
        tuple(mail for mail in waiting if mail.measures and set(mail.measures) <= concerned),
        tuple(
            department
            for request, department in departments.items()
            if department and request in told and _is_asked(standing.state, request, concerned)
        ),
    )


def _concerned(state: Round, events: Iterable[RoundEvent]) -> set[int]:
    """The measures of which nothing is owed any more."""
    return _waited_for(state) - _waited_for(collection.apply(state, events))


def _waited_for(state: Round) -> set[int]:
    return set() if state.closed else {o.measure for o in state.obligations if o.state not in collection.SETTLED}


def _is_asked(state: Round, request: int, concerned: set[int]) -> bool:
    return any(o.request == request and o.measure in concerned for o in state.obligations)


def _departments(session: Session, round_: t.CollectionRound) -> Mapping[int, t.Department | None]:
    rows = session.exec(
        select(t.UpdateRequest.id, t.Department)
        .outerjoin(t.Department, col(t.Department.id) == col(t.UpdateRequest.department_id))
        .where(t.UpdateRequest.round_id == round_.id)
        .order_by(col(t.UpdateRequest.id))
    )
    return dict(rows.all())
