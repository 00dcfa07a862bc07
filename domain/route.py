"""道のり: the route of a key project as a picture shows it: paths that were left, old goals, what was tried on the way.

A decision on the route says which goal and path hold from then on. Where the path is another one, the old one ends as
a branch that goes no further; where it is one that was left before, it is taken up again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.key_project import ENDING, CheckInState, EventKind, RouteOutcome, TrialResult


@dataclass(frozen=True)
class TakenDecision:
    """A decision on the route; empty `goal` or `path`: as before. `merged_into` names the other project."""

    on: date
    outcome: RouteOutcome
    goal: str = ""
    path: str = ""
    merged_into: str = ""


@dataclass(frozen=True)
class MadeTrial:
    """A trial; without a `result` it still runs."""

    number: int
    title: str
    started_on: date
    ended_on: date | None = None
    result: TrialResult | None = None


@dataclass(frozen=True)
class AskedCheckIn:
    number: int
    asked_on: date
    due_on: date
    state: CheckInState
    submitted_on: date | None = None


@dataclass(frozen=True)
class RouteEvent:
    """What called for a check; its day may still be to come."""

    on: date
    kind: EventKind
    title: str


@dataclass(frozen=True)
class RouteTeam:
    name: str
    founded_on: date
    dissolved_on: date | None = None


@dataclass(frozen=True)
class RouteFacts:
    """What a project's route is computed from; decisions in the order in which they were taken.

    `mark` says that it is sample data.
    """

    opened_on: date
    goal: str
    path: str
    closed_on: date | None = None
    decisions: tuple[TakenDecision, ...] = ()
    trials: tuple[MadeTrial, ...] = ()
    check_ins: tuple[AskedCheckIn, ...] = ()
    events: tuple[RouteEvent, ...] = ()
    teams: tuple[RouteTeam, ...] = ()
    mark: str = ""


class CheckInStanding(StrEnum):
    """How a check-in stands on a day."""

    ON_TIME = "on_time"
    LATE = "late"  # answered after the day it was due
    AWAITED = "awaited"
    OVERDUE = "overdue"
    DROPPED = "dropped"


@dataclass(frozen=True)
class GoalSpan:
    """A goal and the days it held; `until` None: it is the goal of now, or was when the project ended."""

    number: int
    goal: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Stretch:
    """A piece of the way: one path towards one goal. `lane` is the path's place, `width` grows as it is scaled."""

    lane: int
    goal: int
    since: date
    until: date
    width: int = 1


@dataclass(frozen=True)
class Lane:
    """A path, by the place it has in the picture."""

    number: int
    path: str
    since: date


@dataclass(frozen=True)
class DeadEnd:
    """A path that was left; `resumed_on` None: for good."""

    lane: int
    left_on: date
    resumed_on: date | None = None


@dataclass(frozen=True)
class Turn:
    """A decision where it was taken (`lane`) and where it leads (`to_lane`); `goal` is that from then on."""

    number: int
    on: date
    outcome: RouteOutcome
    lane: int
    to_lane: int
    goal: int
    is_new_goal: bool


@dataclass(frozen=True)
class TrialPoint:
    """A trial on the path that was followed then; it stands where its result was known, or where it began."""

    on: date
    lane: int
    trial: MadeTrial


@dataclass(frozen=True)
class CheckInPoint:
    """A check-in on the day it was answered, or asked."""

    on: date
    number: int
    standing: CheckInStanding


@dataclass(frozen=True)
class Ending:
    """How a project ended; `outcome` None: no decision says so."""

    on: date
    outcome: RouteOutcome | None
    merged_into: str = ""


@dataclass(frozen=True)
class Route:
    """The way of a project between two days; `today` is the last day that is told of.

    `last_on` may lie behind it, where an event is known ahead.
    """

    first_on: date
    last_on: date
    today: date
    goals: tuple[GoalSpan, ...]
    lanes: tuple[Lane, ...]
    stretches: tuple[Stretch, ...]
    dead_ends: tuple[DeadEnd, ...]
    turns: tuple[Turn, ...]
    trials: tuple[TrialPoint, ...]
    check_ins: tuple[CheckInPoint, ...]
    events: tuple[RouteEvent, ...]
    teams: tuple[RouteTeam, ...]
    ending: Ending | None = None
    mark: str = ""

    @property
    def now(self) -> Stretch:
        """The piece of the way on which the project is, or ended."""
        return self.stretches[-1]


def route_of(facts: RouteFacts, today: date) -> Route:
    """The route as it stands at the end of a day; what happened later is left out, events known ahead are not."""
    decisions = [d for d in facts.decisions if d.on <= today]
    walk = _Walk(facts)
    for number, decision in enumerate(decisions, 1):
        walk.take(number, decision)
    closed_on = facts.closed_on if facts.closed_on is not None and facts.closed_on <= today else None
    walk.arrive(closed_on or max(today, walk.since))
    trials = sorted(
        (_trial_point(t, walk.stretches, today) for t in facts.trials if t.started_on <= today), key=lambda p: p.on
    )
    check_ins = tuple(_check_in_point(c, today) for c in facts.check_ins if c.asked_on <= today)
    events = tuple(sorted(facts.events, key=lambda e: e.on))
    teams = tuple(_team_by(t, today) for t in facts.teams if t.founded_on <= today)
    days = [
        walk.stretches[-1].until,
        facts.opened_on,
        *(trial.on for trial in trials),
        *(check_in.on for check_in in check_ins),
        *(event.on for event in events),
        *(day for team in teams for day in (team.founded_on, team.dissolved_on) if day is not None),
    ]
    return Route(
        first_on=min(days),
        last_on=max(days),
        today=today,
        goals=walk.goals(),
        lanes=tuple(walk.lanes),
        stretches=tuple(walk.stretches),
        dead_ends=tuple(_dead_ends(walk.stretches)),
        turns=tuple(walk.turns),
        trials=tuple(trials),
        check_ins=check_ins,
        events=events,
        teams=teams,
        ending=_ending(decisions, closed_on),
        mark=facts.mark,
    )


def standing_of(check_in: AskedCheckIn, today: date) -> CheckInStanding:
    """How a check-in stands; an answer that came after today is not known yet."""
    answered_on = check_in.submitted_on
    if check_in.state is CheckInState.SUBMITTED and answered_on is not None and answered_on <= today:
        return CheckInStanding.ON_TIME if answered_on <= check_in.due_on else CheckInStanding.LATE
    if check_in.state is CheckInState.DROPPED:
        return CheckInStanding.DROPPED
    return CheckInStanding.AWAITED if today <= check_in.due_on else CheckInStanding.OVERDUE


class _Walk:
    """Follows the decisions of a project from its first day."""

    def __init__(self, facts: RouteFacts) -> None:
        self.since = facts.opened_on
        self.lanes = [Lane(1, facts.path, facts.opened_on)]
        self.stretches: list[Stretch] = []
        self.turns: list[Turn] = []
        self._lane, self._width = 1, 1
        self._goals = [(facts.goal, facts.opened_on)]

    def take(self, number: int, decision: TakenDecision) -> None:
        # A decision recorded with an earlier day than the one before never makes the way run backwards.
        on = max(decision.on, self.since)
        came_by = self._lane
        is_new_goal = bool(decision.goal) and decision.goal != self._goals[-1][0]
        is_other_path = bool(decision.path) and decision.path != self.lanes[came_by - 1].path
        is_scaled = decision.outcome is RouteOutcome.SCALE
        if is_new_goal or is_other_path or is_scaled:
            self.arrive(on)
            if is_new_goal:
                self._goals.append((decision.goal, on))
            if is_other_path:
                self._lane = self._lane_of(decision.path, on)
            self._width += is_scaled
        self.turns.append(
            Turn(number, on, decision.outcome, came_by, self._lane, len(self._goals), is_new_goal=is_new_goal)
        )

    def arrive(self, on: date) -> None:
        """Ends the piece of the way that was followed last."""
        self.stretches.append(Stretch(self._lane, len(self._goals), self.since, on, self._width))
        self.since = on

    def goals(self) -> tuple[GoalSpan, ...]:
        ends = [*(since for _, since in self._goals[1:]), None]
        spans = enumerate(zip(self._goals, ends, strict=True), 1)
        return tuple(GoalSpan(number, goal, since, until) for number, ((goal, since), until) in spans)

    def _lane_of(self, path: str, on: date) -> int:
        known = next((lane.number for lane in self.lanes if lane.path == path), None)
        if known is None:
            self.lanes.append(Lane(len(self.lanes) + 1, path, on))
        return known or len(self.lanes)


def _dead_ends(stretches: list[Stretch]) -> Iterator[DeadEnd]:
    for index, left in enumerate(stretches[:-1]):
        if stretches[index + 1].lane != left.lane:
            resumed = (s.since for s in stretches[index + 1 :] if s.lane == left.lane)
            yield DeadEnd(left.lane, left.until, next(resumed, None))


def _trial_point(trial: MadeTrial, stretches: Iterable[Stretch], today: date) -> TrialPoint:
    """A trial that ended on the day of a decision belongs to the path before: the decision may follow from it."""
    if trial.ended_on is not None and trial.ended_on > today:
        trial = MadeTrial(trial.number, trial.title, trial.started_on)
    on = trial.ended_on or trial.started_on
    first, *others = stretches
    lane = first.lane
    for stretch in others:
        if stretch.since < on:
            lane = stretch.lane
    return TrialPoint(on, lane, trial)


def _check_in_point(check_in: AskedCheckIn, today: date) -> CheckInPoint:
    standing = standing_of(check_in, today)
    is_answered = standing in (CheckInStanding.ON_TIME, CheckInStanding.LATE)
    on = check_in.submitted_on if is_answered and check_in.submitted_on is not None else check_in.asked_on
    return CheckInPoint(on, check_in.number, standing)


def _team_by(team: RouteTeam, today: date) -> RouteTeam:
    is_still_to_come = team.dissolved_on is not None and team.dissolved_on > today
    return RouteTeam(team.name, team.founded_on) if is_still_to_come else team


def _ending(decisions: list[TakenDecision], closed_on: date | None) -> Ending | None:
    if closed_on is None:
        return None
    last = next((d for d in reversed(decisions) if d.outcome in ENDING), None)
    return Ending(closed_on, last.outcome, last.merged_into) if last else Ending(closed_on, None)
