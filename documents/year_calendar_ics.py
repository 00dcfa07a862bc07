"""The calendar of the coming year as an .ics file (RFC 5545), for the planning division's own calendar program."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from documents.year_calendar import Entry, YearCalendar
from domain.calendar import JST

MEDIA_TYPE = "text/calendar"
_SHOWN_AS_LONG = timedelta(minutes=15)
"""Meguru's own: what happens at an hour takes no time, but an event without a length is hard to see."""


def render(calendar: YearCalendar, base_url: str, host: str) -> bytes:
    """The file. Made again it brings the same ids: a program then updates what it knows, also what moved.

    `base_url` comes before the paths of links, `host` makes the ids of this installation its own.
    """
    file = Calendar()
    file.add("prodid", "-//Meguru//Year calendar//EN")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", calendar.name)
    file.add("x-wr-timezone", JST.key)
    for entry in calendar.entries:
        file.add_component(_event(calendar, entry, base_url, host))
    file.add_missing_timezones()
    written: bytes = file.to_ical()
    return written


def _event(calendar: YearCalendar, entry: Entry, base_url: str, host: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}.{calendar.fiscal_year}@{host}")
    event.add("dtstamp", calendar.made_at.astimezone(UTC))
    if entry.at is None:
        event.add("dtstart", entry.on)
        event.add("dtend", entry.on + timedelta(days=1))
    else:
        begins = datetime.combine(entry.on, entry.at, JST)
        event.add("dtstart", begins)
        event.add("dtend", begins + _SHOWN_AS_LONG)
    event.add("summary", entry.title)
    event.add("description", "\n".join((calendar.name, *calendar.marks)))
    if entry.link:
        event.add("url", f"{base_url}{entry.link}")
    event.add("transp", "TRANSPARENT")  # nobody is busy because a deadline falls
    return event
