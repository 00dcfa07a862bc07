"""The running project of `tests.project_city` with something of everything that a page can tell of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.body import SeatRole
from domain.indicator import IndicatorDirection
from domain.key_project import CheckInReason, EventKind, RouteOutcome, RouteStep, TrialResult
from domain.trial import TrialTexts
from records import check_ins, key_projects, route, teams, trigger_events
from tests.project_city import ANSWERS, CALENDAR, PLAN, TODAY, ProjectCity

WRITTEN = "人が入力した文章です。"
_SAID = {**ANSWERS, "tried": WRITTEN, "learnt": WRITTEN, "next_step": WRITTEN}


@dataclass(frozen=True)
class BusyProject:
    """Ids of what waits and of what was done; `wants` are the check-ins that want something decided."""

    city: ProjectCity
    asked: int
    answered: int
    wants: tuple[int, ...]
    running: int
    ended: int

    @property
    def pages(self) -> list[str]:
        """Every page of key projects, as its team, its leader or the planning division sees it."""
        project, other = f"/projects/{self.city.project}", f"/projects/{self.city.considered}"
        return [
            *(f"/plans/{PLAN}/projects", project, other, "/requests", "/plans", "/desk"),
            *(f"/check-ins/{one}" for one in (self.asked, self.answered, *self.wants)),
            *(f"{project}/decisions/new{choice}" for choice in ("", *(f"?outcome={o.value}" for o in RouteOutcome))),
            *(f"{project}/trials/new", f"{other}/trials/new", f"/trials/{self.running}", f"/trials/{self.ended}"),
            *(f"{project}/events/new", f"/desk/plans/{PLAN}/events/new", f"/desk/plans/{PLAN}/projects"),
            *(f"/desk/plans/{PLAN}/projects/new", f"/desk{project}/edit", f"/desk{project}/team", f"/desk{other}/team"),
        ]


def busy(city: ProjectCity) -> BusyProject:
    """Trials, figures, check-ins, a decision, events, a matter, a seat that wants a successor, and a late check-in."""
    ended = city.try_out(
        TrialTexts(WRITTEN, WRITTEN, TODAY, TODAY, WRITTEN, TrialResult.DID_NOT_WORK, WRITTEN, WRITTEN, WRITTEN)
    )
    running = city.try_out(TrialTexts(WRITTEN, WRITTEN, TODAY))
    with city.writing() as (session, project):
        change, plan = city.change("leader"), key_projects.plan_of(session, project)
        higher = IndicatorDirection.HIGHER
        one = key_projects.add_indicator(session, change, project, WRITTEN, "件", higher, Decimal(5), TODAY)
        key_projects.measure(session, change, project, one, Decimal(8), TODAY)
        step = RouteStep(RouteOutcome.CHANGE_GOAL, WRITTEN, goal=WRITTEN, path=WRITTEN)
        route.take(session, change, project, step, TODAY, by="strategy-committee")
        for calls_on in (TODAY, date(2026, 11, 30)):
            args = (EventKind.SYSTEM_DEADLINE, WRITTEN, WRITTEN, date(2026, 12, 28), calls_on, TODAY)
            trigger_events.register(session, change, plan, *args, project=project)
        event = trigger_events.to_call(session, project)[0]
        answered = check_ins.ask(session, change, project, CheckInReason.EVENT, TODAY, CALENDAR, event).id
        team = teams.find(session, city.team)
        seat = next(seat for seat in teams.seats_of(session, team) if seat.role is SeatRole.SUB_LEADER)
        seat.successor_wanted_on = TODAY
        session.add(seat)
    city.answer(answered, answers=_SAID)
    city.raise_matter(WRITTEN, date(2026, 6, 19))
    wants = []
    for wanted in (RouteOutcome.CHANGE_PATH, RouteOutcome.STOP):
        wants.append(city.ask())
        city.answer(wants[-1], answers={**_SAID, "decision_wanted": wanted.value})
    return BusyProject(city, city.ask(TODAY.replace(day=1)), answered, tuple(wants), running, ended)
