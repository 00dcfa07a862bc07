"""A city hall in which anything may happen in any order, beside a book of what it owes (`promise_book`)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from domain.calendar import JST
from domain.clock import SECONDS_PER_DAY, PlanClock
from domain.collection import (
    DueMail,
    Obligation,
    ObligationState,
    Round,
    RoundEvent,
    RoundEventKind,
    apply,
    due_after_handover,
    mails_due,
    next_steps,
    next_wake,
)
from domain.ladder import StepKind
from tests.domain.promise_book import OWED, Line, PromiseBook, Standing, open_day
from tests.domain.rounds import CALENDAR, LADDER, OPENED

LIVES = settings(max_examples=500, stateful_step_count=40, deadline=None)
REQUESTS = (10, 20, 30)
CITY_WIDE = (RoundEventKind.PAUSED, RoundEventKind.RESUMED, RoundEventKind.CLOSED)
STATES = {
    Standing.ASKED: ObligationState.OWED,
    Standing.SENT_BACK: ObligationState.OWED,
    Standing.WAITS: ObligationState.AWAITING_APPROVAL,
    Standing.APPROVED: ObligationState.APPROVED,
    Standing.EXEMPT: ObligationState.EXEMPTED,
}

which = st.integers(0, 3)
due_dates = st.integers(-2, 25).map(lambda further: open_day(OPENED + timedelta(days=1), max(further, 0)))


class CityHall(RuleBasedStateMachine):
    """People act in the record; what they did waits in the outbox until the relay tells the round's process.

    The process does as `CollectionWorkflow` does: hears, says what is due, sleeps by the plan's clock.
    """

    lives = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).lives += 1
        self.instant = datetime(2026, 11, 2, tzinfo=UTC)
        self.clock = PlanClock(datetime(2021, 1, 15, 8, tzinfo=JST), self.instant)
        self.standings: dict[int, Standing] = {}
        self.returns: Counter[int] = Counter()
        self.is_paused = self.is_closed = False
        self.outbox: list[RoundEvent] = []
        self.told: list[RoundEvent] = []
        self.spells: Counter[int] = Counter()
        self.named: Counter[tuple[object, ...]] = Counter()

    @initialize(requests=st.lists(st.sampled_from(REQUESTS), min_size=2, max_size=4), due=due_dates, grace=which)
    def a_round_opens(self, requests: list[int], due: date, grace: int) -> None:
        ladder = replace(LADDER, grace_days=grace // 2)
        measures = dict(enumerate(requests, start=1))
        self.standings = dict.fromkeys(measures, Standing.ASKED)
        self.round = Round(tuple(Obligation(m, r, due, OPENED) for m, r in measures.items()), ladder, CALENDAR)
        self.book = PromiseBook(ladder, {m: Line(r, due, OPENED) for m, r in measures.items()})
        self.look()

    # What people do. Each rule takes one of the measures that allow it; where there is none, nothing happens.

    @rule(n=which)
    def somebody_submits(self, n: int) -> None:
        for measure in self.one_of(n, *OWED):
            self.happened(RoundEventKind.SUBMITTED, measure, Standing.WAITS)

    @rule(n=which)
    def a_whole_department_submits(self, n: int) -> None:
        request = REQUESTS[n % len(REQUESTS)]
        for measure, line in self.book.lines.items():
            if line.request == request and self.standings[measure] in OWED:
                self.happened(RoundEventKind.SUBMITTED, measure, Standing.WAITS)

    @rule(n=which, days=st.integers(1, 5))
    def a_report_is_returned(self, n: int, days: int) -> None:
        for measure in self.one_of(n, Standing.WAITS, Standing.APPROVED):
            self.returns[measure] += 1
            due_on = CALENDAR.shift(self.today, days)
            self.happened(
                RoundEventKind.RETURNED, measure, Standing.SENT_BACK, due_on=due_on, returns=self.returns[measure]
            )

    @rule(n=which)
    def a_report_is_approved(self, n: int) -> None:
        for measure in self.one_of(n, Standing.WAITS):
            self.happened(RoundEventKind.APPROVED, measure, Standing.APPROVED)

    @rule(n=which, days=st.integers(1, 30))
    def the_desk_extends(self, n: int, days: int) -> None:
        for measure in self.one_of(n, *OWED):
            self.happened(RoundEventKind.EXTENDED, measure, due_on=self.today + timedelta(days=days))

    @rule(n=which)
    def the_desk_exempts(self, n: int) -> None:
        for measure in self.one_of(n, *OWED, Standing.WAITS):
            self.happened(RoundEventKind.EXEMPTED, measure, Standing.EXEMPT)

    @rule(n=which, request=st.sampled_from(REQUESTS))
    def the_desk_reassigns(self, n: int, request: int) -> None:
        """Also what is exempt: the desk would refuse it, and the rules must not mind."""
        for measure in self.one_of(n, *OWED, Standing.WAITS, Standing.APPROVED, Standing.EXEMPT):
            due_on = due_after_handover(self.book.lines[measure].due_on, self.today, 5, CALENDAR)
            self.happened(RoundEventKind.REASSIGNED, measure, request=request, due_on=due_on)

    @precondition(lambda self: len(self.told) > 6)
    @rule()
    def the_round_is_closed(self) -> None:
        self.happened(RoundEventKind.CLOSED)

    @precondition(lambda self: len(self.told) > 6)
    @rule(n=which)
    def a_request_or_the_whole_round_is_withdrawn(self, n: int) -> None:
        """As `records.withdrawing` tells it: an exemption for each measure, then perhaps that the round is closed."""
        for measure, line in self.book.lines.items():
            is_open = self.standings[measure] in (*OWED, Standing.WAITS)
            if is_open and (n == 3 or line.request == REQUESTS[n]):
                self.happened(RoundEventKind.EXEMPTED, measure, Standing.EXEMPT)
        if n == 3:
            self.happened(RoundEventKind.CLOSED)

    @rule()
    def the_city_pauses_or_goes_on(self) -> None:
        self.is_paused = not self.is_paused
        self.happened(RoundEventKind.PAUSED if self.is_paused else RoundEventKind.RESUMED)

    # What machines do.

    @precondition(lambda self: self.outbox)
    @rule(most=st.integers(1, 6), again=st.lists(st.integers(0, 30), max_size=3), n=which)
    def the_relay_tells_the_process(self, most: int, again: list[int], n: int) -> None:
        """In batches of any size, repeating what it has told before, wherever in the batch."""
        batch, self.outbox = self.outbox[:most], self.outbox[most:]
        repeated = [self.told[i % len(self.told)] for i in again] if self.told else []
        once = apply(self.round, batch)
        assert apply(self.round, [*batch[:n], *repeated, *batch[n:], *batch[:n]]) == once, "repeating changes nothing"
        assert apply(once, [*batch, *repeated]) == once
        assert apply(self.round, grouped_by_measure(batch)) == once, "what concerns others may come before or after"
        self.hears(batch)

    @rule(hours=st.integers(1, 24 * 8), is_told=st.booleans())
    def days_pass(self, hours: int, is_told: bool) -> None:
        """The process wakes for every step, not before and not much after; often it has been told everything."""
        if is_told:
            batch, self.outbox = self.outbox, []
            self.hears(batch)
        until = self.clock.plan_time(self.instant) + timedelta(hours=hours)
        while (wake := next_wake(self.round)) is not None and wake <= until:
            assert mails_due(self.round, wake - timedelta(microseconds=1))[0] == ()
            self.instant += timedelta(seconds=self.clock.seconds_until(wake, self.instant))
            woken_at = self.clock.plan_time(self.instant)
            a_millisecond = timedelta(milliseconds=1.1) * (SECONDS_PER_DAY / self.clock.seconds_per_day)
            assert wake <= woken_at <= wake + a_millisecond
            assert self.look(), "who wakes has something to say, or would wake for ever"
        self.instant = max(self.instant, self.clock.instant(until))
        self.look()

    @rule(hours=st.integers(1, 24 * 20))
    def the_process_is_away(self, hours: int) -> None:
        """No worker or no Temporal for a while; then one look."""
        self.instant = self.clock.instant(self.clock.plan_time(self.instant) + timedelta(hours=hours))
        self.look()

    @rule(seconds_per_day=st.sampled_from((SECONDS_PER_DAY, 600, 60)), hours=st.integers(-24, 72))
    def the_clock_is_set(self, seconds_per_day: int, hours: int) -> None:
        """Its pace changes, or it jumps, also back by a day."""
        plan_time = self.clock.plan_time(self.instant) + timedelta(hours=hours)
        self.clock = PlanClock(plan_time, self.instant, seconds_per_day)
        self.look()

    def hears(self, batch: list[RoundEvent]) -> None:
        self.round = apply(self.round, batch)
        self.told += batch
        for event in batch:
            self.book.hears(event)
            self.spells[event.measure] += 1
        self.look()

    # What must hold, whenever the process looks.

    def look(self) -> tuple[DueMail, ...]:
        at = self.clock.plan_time(self.instant)
        mails, self.round = mails_due(self.round, at)
        self.no_mail_asks_in_vain(mails)
        self.no_mail_comes_before_its_day(mails, at)
        self.no_step_is_taken_twice(mails)
        assert set(mails) == self.book.say(at), "as promised"
        assert len(set(mails)) == len(mails)
        assert mails_due(self.round, at)[0] == (), "once said, it is said"
        wake = next_wake(self.round)
        assert wake == self.book.next_at(), "no promise is slept through"
        assert wake is None or wake > at, "a wake without progress would wake for ever"
        assert min((step.at for step in next_steps(self.round, at).values()), default=None) == wake, "the board agrees"
        self.both_sides_agree()
        return mails

    def no_mail_asks_in_vain(self, mails: tuple[DueMail, ...]) -> None:
        """As far as the process can know; what is still in the outbox the ledger finds out."""
        for mail in mails:
            assert not self.book.is_closed
            assert not self.book.paused_since
            for measure in mail.measures:
                standing = self.book.lines[measure].standing
                assert standing is Standing.WAITS if mail.kind is StepKind.APPROVAL_REQUEST else standing in OWED
                assert self.book.lines[measure].request == mail.request

    def no_mail_comes_before_its_day(self, mails: tuple[DueMail, ...], at: datetime) -> None:
        for mail in mails:
            _, _, on = mail.step_key.partition("@")
            assert date.fromisoformat(on[:10]) <= at.date()
            assert mail.kind is StepKind.RETURN or at.date() > date.fromisoformat(on) or at.hour >= 9

    def no_step_is_taken_twice(self, mails: tuple[DueMail, ...]) -> None:
        """Nobody hears of a measure twice under one step between two things that happen to it."""
        for mail in mails:
            self.named.update((mail.request, mail.to, mail.step_key, m, self.spells[m]) for m in mail.measures)
        assert not self.named or max(self.named.values()) == 1

    def both_sides_agree(self) -> None:
        for obligation in self.round.obligations:
            line = self.book.lines[obligation.measure]
            assert (obligation.request, obligation.state) == (line.request, STATES[line.standing])
            assert obligation.due_on == line.due_on or line.standing not in OWED

    @property
    def today(self) -> date:
        return self.clock.today(self.instant)

    def one_of(self, n: int, *standings: Standing) -> list[int]:
        """One of the measures that stand so in the record, if there is any."""
        found = [measure for measure, standing in self.standings.items() if standing in standings]
        return [found[n % len(found)]] if found and not self.is_closed else []

    def happened(
        self,
        kind: RoundEventKind,
        measure: int = 0,
        standing: Standing | None = None,
        *,
        request: int = 0,
        due_on: date | None = None,
        returns: int = 0,
    ) -> None:
        id = len(self.told) + len(self.outbox) + 1
        self.outbox.append(RoundEvent(id, kind, self.today, measure, request, due_on, returns))
        if standing:
            self.standings[measure] = standing
        self.is_closed |= kind is RoundEventKind.CLOSED


def grouped_by_measure(batch: list[RoundEvent]) -> list[RoundEvent]:
    """A batch in another order: what concerns one measure stays in its own, and so does what concerns all."""
    stretch = 0
    keys = []
    for event in batch:
        stretch += event.kind in CITY_WIDE
        keys.append((stretch, event.kind not in CITY_WIDE, -event.measure))
        stretch += event.kind in CITY_WIDE
    return [batch[i] for i in sorted(range(len(batch)), key=lambda i: keys[i])]


def test_a_round_says_what_it_promised_and_nothing_else_whatever_happens() -> None:
    CityHall.lives = 0
    run_state_machine_as_test(CityHall, settings=LIVES)
    assert CityHall.lives >= LIVES.max_examples
