"""The cycle's and the rounds' steps in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from activities.contracts import (
    CycleStep,
    FrozenCycle,
    LoadedRound,
    OpenedRound,
    PlannedRound,
    RoundOpening,
    RoundToLoad,
)
from activities.heartbeat import unbroken
from db.session import Database
from domain.calendar import BusinessCalendar
from domain.fiscal_year import FiscalYear
from domain.kick_off import round_opens_on
from japan_calendar import business_calendar
from records import cycles, outbox, pauses, plans, round_state, rounds
from records.change import Change

# A round may run on into the following year when it is extended.
_CALENDAR_YEARS_AHEAD = 2


class CycleActivities:
    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    @unbroken
    def freeze_owners(self, step: CycleStep) -> FrozenCycle:
        """Plan: freeze who answers for what; say which rounds the year has."""
        with self._database.writing(step.municipality) as session:
            cycle = cycles.find(session, step.cycle)
            cycles.freeze_owners(session, self._change(), cycle, step.today)
            definition = plans.definition_of(cycles.plan_of(session, cycle))
            calendar = calendar_from(FiscalYear(cycle.fiscal_year).first_day)
            return FrozenCycle(
                tuple(
                    PlannedRound(r.code, round_opens_on(definition, r.code, cycle.fiscal_year, calendar))
                    for r in definition.rounds
                )
            )

    @unbroken
    def open_round(self, opening: RoundOpening) -> OpenedRound:
        """Do: one request per department, in the database."""
        with self._database.writing(opening.municipality) as session:
            cycle = cycles.find(session, opening.cycle)
            calendar = calendar_from(opening.today)
            round_ = cycles.open_round(session, self._change(), cycle, opening.code, opening.today, calendar)
            return OpenedRound(round_.id, round_.workflow_id)

    @unbroken
    def load_round(self, wanted: RoundToLoad) -> LoadedRound:
        """The round as the database has it now."""
        with self._database.reading(wanted.municipality) as session:
            round_ = rounds.find(session, wanted.round)
            rules = round_state.rules_of(round_, plans.definition_of(rounds.plan_of(session, round_)))
            state = round_state.load(session, round_, rules.ladder, calendar_from(round_.opened_on))
            # What its process is still to be told is in the record already; to move a date twice would be wrong.
            told = outbox.told(session, round_.workflow_id)
            return LoadedRound.pack(replace(state, seen=told, paused_since=pauses.paused_since(session)))

    @unbroken
    def close_cycle(self, step: CycleStep) -> None:
        """The year is over."""
        with self._database.writing(step.municipality) as session:
            cycles.close_cycle(session, self._change(), cycles.find(session, step.cycle), step.today)

    def _change(self) -> Change:
        return Change("workflow", self._now())


def calendar_from(day: date) -> BusinessCalendar:
    return business_calendar(range(day.year, day.year + 1 + _CALENDAR_YEARS_AHEAD))
