"""What a mail calendar (年間メール予定表) says: every mail of a fiscal year if nobody answers.

Names and titles are already in the calendar's language; codes stand beside them for programs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from domain.ladder import Ladder, Rank, Step, StepKind


@dataclass(frozen=True)
class Recipient:
    name: str
    email: str


@dataclass(frozen=True)
class Department:
    code: str
    name: str


@dataclass(frozen=True)
class ListedMeasure:
    code: str
    title: str


@dataclass(frozen=True)
class CalendarMail:
    """What one department's line is sent under one step: a mail to each recipient.

    `at` is the plan's time (JST). `department` None: nobody answers for these measures yet. No recipients: there
    is nobody who could be told.
    """

    at: datetime
    round: str
    step: Step
    department: Department | None
    recipients: tuple[Recipient, ...]
    measures: tuple[ListedMeasure, ...]


@dataclass(frozen=True)
class CalendarRound:
    code: str
    name: str
    opens_on: date
    due_on: date
    ladder: Ladder


@dataclass(frozen=True)
class MailCalendar:
    """The mails of a plan's fiscal year in their order; `asked_at` is the instant at which the calendar was made,
    `opens_on` the day on which the year's cycle opens.

    `leaves_out_review`: the plan is reviewed in that year, but no calendar says when. `marks` are sentences that must
    stand on every format, such as the mark of sample data.
    """

    language: str
    municipality: str
    municipality_code: str
    plan: str
    plan_code: str
    fiscal_year: int
    asked_at: datetime
    leaves_out_review: bool
    kinds: Mapping[StepKind, str]
    ranks: Mapping[Rank, str]
    rounds: tuple[CalendarRound, ...]
    mails: tuple[CalendarMail, ...]
    marks: tuple[str, ...] = ()
    opens_on: date | None = None

    @property
    def total(self) -> int:
        """The number of mails: one for each recipient."""
        return sum(len(mail.recipients) for mail in self.mails)
