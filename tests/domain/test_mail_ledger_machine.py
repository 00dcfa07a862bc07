"""One mail of the ledger among workers that die, or are only thought dead, and a mail server that ends as it likes.

The decisions are the domain's; what it is asked and when is told by the functions of `records` and `activities` that
each step here names. A digest goes through the same as a mail. What a person sends again by hand is a new mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain import mail_ledger
from domain.ladder import StepKind
from domain.mail_ledger import FINAL, MAX_COPIES, TROUBLE, WAITING, MailState, Outcome
from tests.domain.test_collection_machine import LIVES as LIVES_OF_A_ROUND

LIVES = settings(max_examples=500, stateful_step_count=30, deadline=None)
MOST_ORDERS = 3

which = st.integers(0, 5)
mostly = st.sampled_from((True, True, False))
ends = st.sampled_from((Outcome.AMBIGUOUS, *Outcome, Outcome.AMBIGUOUS))
"""The uncertain end more often than the others: two of them are the beginning of a third copy."""


@dataclass
class Mail:
    """A row of the ledger, and how many copies of it lie in its recipient's mailbox."""

    kind: StepKind
    state: MailState = MailState.QUEUED
    unknown_ends: int = 0
    copies: int = 0


@dataclass(eq=False)
class Order:
    """An activity that Temporal runs until an attempt of it ends well."""

    attempt: int = 0
    is_running: bool = False
    is_done: bool = False

    @property
    def is_free(self) -> bool:
        return not self.is_running and not self.is_done


class Stage(IntEnum):
    """How far an attempt of an activity has come; a kill may come after each."""

    TAKEN_UP = 0
    CLAIMED = 1
    BEGUN = 2
    HANDED_OVER = 3


@dataclass(eq=False)
class Attempt:
    """A worker with an order in hand. Of one that was thought dead Temporal takes no answer."""

    order: Order
    number: int
    stage: Stage = Stage.TAKEN_UP
    outcome: Outcome = Outcome.ACCEPTED

    @property
    def is_awaited(self) -> bool:
        return self.order.is_running and self.number == self.order.attempt


class PostOffice(RuleBasedStateMachine):
    lives = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).lives += 1
        self.mail: Mail | None = None
        self.orders = [Order()]
        self.attempts: list[Attempt] = []
        self.is_asked = True
        self.has_crashed = self.was_refused = self.was_sent = False

    @initialize(kind=st.sampled_from(StepKind), late_end=st.sampled_from(Outcome))
    def a_step_falls_due(self, kind: StepKind, late_end: Outcome) -> None:
        self.kind, self.late_end = kind, late_end

    @precondition(lambda self: len(self.orders) < MOST_ORDERS)
    @rule()
    def another_batch_names_the_same_mail(self) -> None:
        """Two at once take each other's mail for lost: as bad as a crash, and no worse."""
        self.orders.append(Order())
        self.has_crashed = True

    @precondition(lambda self: self.mail and (self.is_asked or self.is_quiet))
    @rule()
    def the_department_answers(self) -> None:
        self.is_asked = False

    @precondition(lambda self: self.mail and self.mail.state in WAITING)
    @rule()
    def a_later_word_makes_it_idle(self) -> None:
        """`mails._retire` and `round_mails.drop_waiting`."""
        assert self.mail
        self.mail.state, self.is_asked = MailState.OBSOLETE, False

    # The workers, and Temporal, which gives an order to another where one died.

    @precondition(lambda self: any(order.is_free for order in self.orders))
    @rule(n=which, end=ends, is_delivered=mostly, stages=st.sampled_from((4, 3, 2, 1, 0)))
    def a_worker_takes_up_an_order(self, n: int, end: Outcome, is_delivered: bool, stages: int) -> None:
        free = [order for order in self.orders if order.is_free]
        self.go_some_stages(self.take_up(free[n % len(free)]), end, is_delivered, stages)

    @precondition(lambda self: self.attempts)
    @rule(n=which, end=ends, is_delivered=mostly, stages=st.integers(1, 4))
    def a_worker_goes_on(self, n: int, end: Outcome, is_delivered: bool, stages: int) -> None:
        self.go_some_stages(self.attempts[n % len(self.attempts)], end, is_delivered, stages)

    @precondition(lambda self: self.attempts)
    @rule(n=which, is_delivered=mostly)
    def a_worker_is_killed(self, n: int, is_delivered: bool) -> None:
        """At any stage; while it hands over, its mail may have got through all the same."""
        attempt = self.attempts[n % len(self.attempts)]
        if attempt.stage is Stage.BEGUN and self.mail:
            self.mail.copies += is_delivered
        self.has_crashed |= attempt.stage >= Stage.BEGUN
        self.lose(attempt)
        self.attempts.remove(attempt)

    @precondition(lambda self: any(attempt.is_awaited for attempt in self.attempts))
    @rule(n=which)
    def a_worker_is_thought_dead(self, n: int) -> None:
        """It stood still for longer than a heartbeat may be away; it knows nothing of that, and will go on."""
        awaited = [attempt for attempt in self.attempts if attempt.is_awaited]
        self.lose(awaited[n % len(awaited)])
        self.has_crashed = True

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is left to do or to go wrong."""
        return not self.attempts and all(order.is_done for order in self.orders)

    def take_up(self, order: Order) -> Attempt:
        order.attempt += 1
        order.is_running = True
        self.attempts.append(Attempt(order, order.attempt))
        return self.attempts[-1]

    def lose(self, attempt: Attempt) -> None:
        if attempt.is_awaited:
            attempt.order.is_running = False

    def go_some_stages(self, attempt: Attempt, end: Outcome, is_delivered: bool, stages: int) -> None:
        for _ in range(stages):
            if attempt in self.attempts:
                self.go_on(attempt, end, is_delivered)

    # One attempt, as `MailingActivities._send_all` makes it.

    def go_on(self, attempt: Attempt, end: Outcome, is_delivered: bool) -> None:
        if self.mail is None:  # `round_mails.claim_all`; UNIQUE(request, step, recipient) lets it happen once
            self.mail = Mail(self.kind)
        match attempt.stage:
            case Stage.TAKEN_UP:
                attempt.stage = Stage.CLAIMED
            case Stage.CLAIMED if self.begin(self.mail):
                attempt.stage = Stage.BEGUN
            case Stage.CLAIMED:
                self.end(attempt, self.mail.state)
            case Stage.BEGUN:
                attempt.stage, attempt.outcome = Stage.HANDED_OVER, end
                self.hand_over(self.mail, end, is_delivered)
            case Stage.HANDED_OVER:
                self.end(attempt, self.finish(self.mail, attempt.outcome))

    def begin(self, mail: Mail) -> bool:
        """`mails.begin`: whether the mail is to be handed over now."""
        if mail.state in FINAL:
            return False
        if mail.state is MailState.INFLIGHT:
            mail.state = mail_ledger.after_unknown(mail.kind, mail.unknown_ends)
            mail.unknown_ends += 1
            if mail.state is MailState.UNKNOWN:
                return False
        if not self.is_asked:
            mail.state = MailState.OBSOLETE
            return False
        assert mail.kind is not StepKind.ESCALATION or not mail.unknown_ends, "after an unknown end: never by itself"
        mail.state = MailState.INFLIGHT
        return True

    def hand_over(self, mail: Mail, end: Outcome, is_delivered: bool) -> None:
        """`SmtpMailer.hand_over`: what is cut after DATA may have been delivered or not."""
        mail.copies += end is Outcome.ACCEPTED or (end is Outcome.AMBIGUOUS and is_delivered)
        self.has_crashed |= end is Outcome.AMBIGUOUS
        self.was_refused |= end is Outcome.REFUSED_FOR_GOOD

    def finish(self, mail: Mail, outcome: Outcome) -> MailState:
        """`mails.finish_attempt`."""
        if not mail_ledger.is_news(mail.state, outcome):
            return mail.state
        mail.state = mail_ledger.after_attempt(outcome, mail.kind, mail.unknown_ends)
        mail.unknown_ends += outcome is Outcome.AMBIGUOUS
        return mail.state

    def end(self, attempt: Attempt, state: MailState) -> None:
        """The activity fails while its mail waits, and Temporal runs it again; else it is done."""
        if attempt.is_awaited:
            attempt.order.is_running = False
            attempt.order.is_done = state is not MailState.QUEUED
        self.attempts.remove(attempt)

    # What must hold at any moment, and at the end.

    @invariant()
    def there_are_never_more_than_two_copies(self) -> None:
        if self.mail:
            assert self.mail.copies <= (1 if self.kind is StepKind.ESCALATION else MAX_COPIES)

    @invariant()
    def what_is_recorded_as_sent_was_delivered(self) -> None:
        if self.mail:
            assert self.mail.copies or self.mail.state is not MailState.SENT
            assert self.mail.state is MailState.SENT or not self.was_sent, "and stays sent"
            self.was_sent = self.mail.state is MailState.SENT

    @invariant()
    def it_never_waits_where_nobody_will_take_it_up(self) -> None:
        if self.mail:
            assert self.mail.state in FINAL or not all(order.is_done for order in self.orders)

    def teardown(self) -> None:
        """The backlog drains: the mail server takes everything. Then come those who were thought dead."""
        for order in self.orders:
            for attempt in [a for a in self.attempts if a.order is order and a.is_awaited]:
                self.goes_to_its_end(attempt, Outcome.ACCEPTED)
            if order.is_free:
                self.goes_to_its_end(self.take_up(order), Outcome.ACCEPTED)
            if order.is_free:  # the one before had been refused already when the backlog began to drain
                self.goes_to_its_end(self.take_up(order), Outcome.ACCEPTED)
            assert order.is_done
        self.what_is_recorded_as_sent_was_delivered()
        for attempt in list(self.attempts):
            self.goes_to_its_end(attempt, self.late_end)
        assert self.mail
        assert self.mail.state in FINAL, "nothing is left inflight or waiting"
        self.there_are_never_more_than_two_copies()
        self.what_is_recorded_as_sent_was_delivered()
        if not self.has_crashed:
            assert self.mail.copies == (self.mail.state is MailState.SENT)
            assert self.mail.state is MailState.FAILED or not self.was_refused
            assert self.mail.copies == 1 or self.was_refused or not self.is_asked, "exactly one without a crash"
        if self.mail.state in TROUBLE:
            assert self.has_crashed or self.was_refused

    def goes_to_its_end(self, attempt: Attempt, end: Outcome) -> None:
        self.go_some_stages(attempt, end, is_delivered=True, stages=len(Stage))


def test_no_mail_leaves_more_than_twice_or_is_forgotten_whoever_dies_when() -> None:
    PostOffice.lives = 0
    run_state_machine_as_test(PostOffice, settings=LIVES)
    assert PostOffice.lives >= LIVES.max_examples


def test_a_thousand_lives_are_led_in_every_run() -> None:
    assert LIVES.max_examples + LIVES_OF_A_ROUND.max_examples >= 1_000
