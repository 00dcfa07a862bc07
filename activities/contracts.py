"""What workflows and activities tell each other. A new field always gets a default."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from domain.calendar import BusinessCalendar
from domain.collection import DueMail, Obligation, ObligationState, Round
from domain.ladder import Ladder


@dataclass(frozen=True)
class CycleStep:
    """Do something to a cycle on a plan day."""

    municipality: int
    cycle: int
    today: date


@dataclass(frozen=True)
class PlannedRound:
    """A round of the year and the business day it opens on."""

    code: str
    opens_on: date


@dataclass(frozen=True)
class FrozenCycle:
    """What the year holds, once its owners are frozen."""

    rounds: tuple[PlannedRound, ...]


@dataclass(frozen=True)
class RoundOpening:
    municipality: int
    cycle: int
    code: str
    today: date


@dataclass(frozen=True)
class OpenedRound:
    round: int
    workflow_id: str


@dataclass(frozen=True)
class RoundToLoad:
    municipality: int
    round: int


@dataclass(frozen=True)
class ObligationGroup:
    """Obligations alike in everything but the measure: keeps the history of a round small."""

    request: int
    due_on: date
    since: date
    state: ObligationState
    returned: bool
    returns: int
    measures: tuple[int, ...]


@dataclass(frozen=True)
class LoadedRound:
    """A round as it starts. `closed_on` lists the city hall's closed days of the years concerned.

    `seen` are the events whose effect is in it already, `paused_since` the first day of a pause that still lasts.
    """

    groups: tuple[ObligationGroup, ...]
    ladder: Ladder
    closed_on: tuple[date, ...]
    closed: bool = False
    seen: tuple[int, ...] = ()
    paused_since: date | None = None

    @classmethod
    def pack(cls, round_: Round) -> LoadedRound:
        groups: dict[tuple[object, ...], list[Obligation]] = defaultdict(list)
        for o in round_.obligations:
            groups[o.request, o.due_on, o.since, o.state, o.returned, o.returns].append(o)
        packed = tuple(
            ObligationGroup(
                o[0].request,
                o[0].due_on,
                o[0].since,
                o[0].state,
                o[0].returned,
                o[0].returns,
                tuple(x.measure for x in o),
            )
            for o in groups.values()
        )
        return cls(
            packed,
            round_.ladder,
            tuple(sorted(round_.calendar.closed_on)),
            round_.closed,
            tuple(sorted(round_.seen)),
            round_.paused_since,
        )

    def unpack(self) -> Round:
        return Round(
            obligations=tuple(
                Obligation(measure, g.request, g.due_on, g.since, g.state, g.returned, g.returns)
                for g in self.groups
                for measure in g.measures
            ),
            ladder=self.ladder,
            calendar=BusinessCalendar(frozenset(self.closed_on)),
            closed=self.closed,
            seen=frozenset(self.seen),
            paused_since=self.paused_since,
        )


@dataclass(frozen=True)
class MailBatch:
    """Mails that fell due together, on a plan day."""

    municipality: int
    mails: tuple[DueMail, ...]
    today: date


@dataclass(frozen=True)
class DigestToSend:
    municipality: int
    digest: int


@dataclass(frozen=True)
class MailToSend:
    """Hand over one mail of a round again, on a plan day."""

    municipality: int
    mail: int
    today: date


@dataclass(frozen=True)
class ReviewStep:
    """Do something to a review on a plan day."""

    municipality: int
    review: int
    today: date


@dataclass(frozen=True)
class MadeEdition:
    """The edition that a review made; `effective_on` None: no revision, nothing takes effect."""

    effective_on: date | None = None


@dataclass(frozen=True)
class ProjectStep:
    """Look at a key project at an instant of the plan."""

    municipality: int
    project: int
    at: datetime


@dataclass(frozen=True)
class MatterStep:
    """Look at a matter at an instant of the plan."""

    municipality: int
    matter: int
    at: datetime


@dataclass(frozen=True)
class InquiryStep:
    """Look at what waits under a process at an instant of the plan."""

    municipality: int
    workflow_id: str
    at: datetime


@dataclass(frozen=True)
class ProcessStanding:
    """Where a process that lives by the record stands once all that was due is done.

    `wake_at` is the plan instant of the next step (None: only something new brings one).
    """

    has_ended: bool
    has_mail: bool
    wake_at: datetime | None


@dataclass(frozen=True)
class ProcessMail:
    """Hand over what mails wait under a process (a key project, a matter, an inquiry), on a plan day."""

    municipality: int
    workflow_id: str
    today: date
