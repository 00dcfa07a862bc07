"""The mail calendar as an .ics file (RFC 5545): one event per day and kind, for the planning division."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from itertools import groupby

from icalendar import Calendar, Event

from documents.mail_calendar import CalendarMail, MailCalendar
from documents.mail_calendar_content import Content, sendings_of
from domain.calendar import JST
from domain.ladder import StepKind
from i18n import translate

_SHOWN_AS_LONG = timedelta(minutes=15)
"""Meguru's own: a mail takes no time, but an event without a length is hard to see in Outlook."""


def render(calendar: MailCalendar, content: Content) -> bytes:
    """The file; made again it brings the same events (same UIDs), so that a program updates those it knows."""
    file = Calendar()
    file.add("prodid", "-//Meguru//Mail calendar//EN")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", content.document_title)
    file.add("x-wr-timezone", JST.key)
    for (_, kind), mails in groupby(
        sorted(calendar.mails, key=lambda mail: (mail.at.date(), mail.step.kind)),
        key=lambda mail: (mail.at.date(), mail.step.kind),
    ):
        file.add_component(_event(calendar, kind, list(mails)))
    file.add_missing_timezones()
    written: bytes = file.to_ical()
    return written


def _event(calendar: MailCalendar, kind: StepKind, mails: Sequence[CalendarMail]) -> Event:
    language, first = calendar.language, min(mail.at for mail in mails)
    summary = translate(
        language,
        "%(kind)s %(count)s（%(plan)s）",
        kind=calendar.kinds[kind],
        count=translate(language, "%(count)s通", count=sum(len(mail.recipients) for mail in mails)),
        plan=calendar.plan,
    )
    event = Event()
    event.add(
        "uid",
        f"{first:%Y%m%d}-{kind}.{calendar.fiscal_year}.{calendar.plan_code}@{calendar.municipality_code}.meguru.invalid",
    )
    event.add("dtstamp", calendar.asked_at.astimezone(UTC))
    event.add("dtstart", first)
    event.add("dtend", first + _SHOWN_AS_LONG)
    event.add("summary", summary)
    event.add("description", "\n".join(_lines(calendar, mails)))
    event.add("transp", "TRANSPARENT")  # nobody is busy because a mail leaves
    return event


def _lines(calendar: MailCalendar, mails: Sequence[CalendarMail]) -> Iterator[str]:
    yield from calendar.marks
    for sending in sendings_of(calendar, mails):
        yield sending.heading
        for row in sending.rows:
            told = ", ".join(f"{name} <{address}>" if address else name for name, address in row.recipients)
            yield translate(
                calendar.language, "・%(department)s：%(recipients)s", department=row.department, recipients=told
            )
