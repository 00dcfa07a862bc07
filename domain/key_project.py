"""キープロジェクト: no plan of years, but a question at a cadence that the team sets, and a route that may change.

所沢市DX推進基本方針 7. 基本方針の構成: no plan of a year or of years, a steady search for the best path, a check of
where things stand and a review when one is needed; 3. 今後に向けて: process and trials count as well as results, the
goal itself may change, a scenario may be dropped, a task may be given up. Dates, cadences and who decides what are
Meguru's own defaults, settings of the plan (`KeyProjectRules`).
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from domain.calendar import BusinessCalendar
from domain.inquiry import InquiryKind, InquiryLadder, InquiryRule
from domain.ladder import Rank
from domain.questions import QuestionSet
from domain.text import Bilingual


class ProjectState(StrEnum):
    CONSIDERED = "considered"  # 検討中: no team yet, nobody is asked
    RUNNING = "running"  # 取組中
    ENDED = "ended"  # 終了: stopped, or merged into another project


class Cadence(StrEnum):
    """How often a team checks where it stands; it may change this at any time."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    AFTER_EVENT = "after_event"  # only when something happens


_DAYS = {Cadence.WEEKLY: 7, Cadence.FORTNIGHTLY: 14}
_MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.HALF_YEARLY: 6, Cadence.YEARLY: 12}


def next_check_on(cadence: Cadence, since: date, last: date, calendar: BusinessCalendar) -> date | None:
    """The business day of the next check-in after `last`, or None where only an event calls for one.

    Counted in whole periods from `since`, the day the cadence was set, so that a closed day or a short month never
    makes the later ones drift. `last` is the day of the last check-in, or `since` itself.
    """
    if cadence is Cadence.AFTER_EVENT:
        return None
    for nominal in _periods(cadence, since):
        day = calendar.on_or_after(nominal)
        if day > last:
            return day
    raise AssertionError("periods never end")


def _periods(cadence: Cadence, since: date) -> Iterator[date]:
    count = 1
    while True:
        if cadence in _DAYS:
            yield since + timedelta(days=count * _DAYS[cadence])
        else:
            yield _months_after(since, count * _MONTHS[cadence])
        count += 1


def _months_after(day: date, number: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


class CheckInReason(StrEnum):
    CADENCE = "cadence"
    EVENT = "event"  # something happened (`EventKind`)
    BY_HAND = "by_hand"


class CheckInState(StrEnum):
    ASKED = "asked"
    SUBMITTED = "submitted"
    DROPPED = "dropped"  # the project ended before it was answered


class TrialResult(StrEnum):
    """What came of a trial. One that did not work is progress in knowledge, never a fault."""

    WORKED = "worked"
    PARTLY = "partly"
    DID_NOT_WORK = "did_not_work"
    UNCLEAR = "unclear"


class RouteOutcome(StrEnum):
    """What a status check comes to, for the project."""

    CONTINUE = "continue"
    CHANGE_PATH = "change_path"
    CHANGE_GOAL = "change_goal"
    SCALE = "scale"
    MERGE = "merge"
    STOP = "stop"


ENDING = (RouteOutcome.MERGE, RouteOutcome.STOP)


class EventKind(StrEnum):
    """What calls for a check at once (所沢市DX推進基本方針 4. 目的: a renewed national guideline did so)."""

    GUIDELINE = "guideline"  # 国の指針・計画の改定
    SYSTEM_DEADLINE = "system_deadline"  # 標準化などの期限
    BUDGET = "budget"  # 予算の決定
    DISASTER = "disaster"  # 災害
    OTHER = "other"


class RouteProblem(StrEnum):
    """Why a route decision cannot be taken as it stands; the web layer says it in words."""

    PROJECT_NOT_RUNNING = "project_not_running"
    REASON_MISSING = "route_reason_missing"
    GOAL_MISSING = "goal_missing"
    PATH_MISSING = "path_missing"
    MERGE_TARGET_MISSING = "project_to_merge_missing"
    BODY_DECIDES = "body_decides"


@dataclass(frozen=True)
class RouteStep:
    """A decision on a project's route: what it comes to, why, and the new goal or path where it brings one.

    `merged_into` is the id of the project that takes the work over.
    """

    outcome: RouteOutcome
    reason: str
    goal: str = ""
    path: str = ""
    merged_into: int | None = None


def route_problems(step: RouteStep, state: ProjectState, project: int) -> tuple[RouteProblem, ...]:
    """Everything that keeps a decision from being recorded. To go on as before needs no reason."""
    checks = (
        (RouteProblem.PROJECT_NOT_RUNNING, state is not ProjectState.RUNNING),
        (RouteProblem.REASON_MISSING, step.outcome is not RouteOutcome.CONTINUE and not step.reason.strip()),
        (RouteProblem.GOAL_MISSING, step.outcome is RouteOutcome.CHANGE_GOAL and not step.goal.strip()),
        (RouteProblem.PATH_MISSING, step.outcome is RouteOutcome.CHANGE_PATH and not step.path.strip()),
        (
            RouteProblem.MERGE_TARGET_MISSING,
            step.outcome is RouteOutcome.MERGE and step.merged_into in (None, project),
        ),
    )
    return tuple(problem for problem, holds in checks if holds)


FIGURE_HELP = Bilingual(
    "分かるときだけ入力してください。空欄でもかまいません。", "Only where you know it; it may stay empty."
)
"""Beside the fields of a check-in that ask for figures."""


@dataclass(frozen=True)
class MatterRule:
    """付議: the bodies (`Body.code`) in the order in which a matter goes up, and how long each has to answer.

    A body has `answer_within_days` business days, unless the matter is wanted earlier; `goes_up_after_days` business
    days later an unanswered matter goes to the next body. The source names the bodies, not what goes up when
    (所沢市DX推進基本方針 6. 推進体制): order and days are Meguru's own default.
    """

    line: tuple[str, ...]
    answer_within_days: int
    goes_up_after_days: int
    ladder: InquiryLadder = field(default_factory=InquiryLadder)


@dataclass(frozen=True)
class KeyProjectRules:
    """How a plan runs its key projects. Codes are those of its bodies (`Body.code`).

    `team` is the body that project teams are, `coordinator` the section that coordinates, `leaders` the people of
    whom each department has one at least ("": no such rule). `leader_rank` is the rank a team's leader has by rule
    (None: any). `founds_teams` decides on founding and dissolving teams, `deciders` on each outcome of a status check
    ("" or not named: the team itself).
    """

    team: str
    coordinator: str
    question_set: QuestionSet
    check_in: InquiryRule
    successor: InquiryRule
    matter: MatterRule
    meeting: InquiryRule
    cadence: Cadence = Cadence.MONTHLY
    leaders: str = ""
    leader_rank: Rank | None = None
    founds_teams: str = ""
    deciders: Mapping[RouteOutcome, str] = field(default_factory=dict)

    def decides(self, outcome: RouteOutcome) -> str:
        """The body that decides on an outcome, "" the team."""
        return self.deciders.get(outcome, "")

    @property
    def ladders(self) -> dict[InquiryKind, InquiryLadder]:
        return {
            InquiryKind.CHECK_IN: self.check_in.ladder,
            InquiryKind.SUCCESSOR: self.successor.ladder,
            InquiryKind.MATTER: self.matter.ladder,
            InquiryKind.MEETING: self.meeting.ladder,
        }
