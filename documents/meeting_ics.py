"""A meeting as an .ics file (RFC 5545, RFC 5546): what an invitation carries and the meeting's page offers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from icalendar import Calendar, Event, vCalAddress, vText

from domain.calendar import JST
from i18n import translate

MEDIA_TYPE = "text/calendar"
FILE_NAME = "meeting.ics"


@dataclass(frozen=True)
class MeetingEntry:
    """A meeting as a calendar shows it; the hours are those of Japan.

    `sequence` grows with every change: a program then replaces what it knows under the same id. `domain` makes the id
    one of its own in the world.
    """

    meeting: int
    sequence: int
    domain: str
    title: str
    held_on: date
    begins_at: time
    ends_at: time
    place: str
    agenda: tuple[str, ...]
    note: str
    link: str
    is_cancelled: bool = False


@dataclass(frozen=True)
class Invitation:
    """Who invites whom, by mail address."""

    organizer: str
    attendee: str
    attendee_name: str = ""


def method_of(entry: MeetingEntry, invitation: Invitation | None) -> str:
    """What the file asks of a calendar: to note down, to take out, or (without an invitation) just to show."""
    if invitation is None:
        return "PUBLISH"
    return "CANCEL" if entry.is_cancelled else "REQUEST"


def meeting_ics(entry: MeetingEntry, at: datetime, language: str, invitation: Invitation | None = None) -> bytes:
    """The file, made at the instant `at`: an invitation to one person, or, without one, to be downloaded."""
    file = Calendar()
    file.add("prodid", "-//Meguru//Meeting//EN")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", method_of(entry, invitation))
    file.add_component(_event(entry, at, language, invitation))
    written: bytes = file.to_ical()
    return written


def _event(entry: MeetingEntry, at: datetime, language: str, invitation: Invitation | None) -> Event:
    event = Event()
    event.add("uid", f"meeting-{entry.meeting}@{entry.domain}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", _utc(entry.held_on, entry.begins_at))
    event.add("dtend", _utc(entry.held_on, entry.ends_at))
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    if entry.place:
        event.add("location", entry.place)
    event.add("description", "\n".join(_lines(entry, language)))
    event.add("url", entry.link)
    if invitation is not None:
        event.add("organizer", vCalAddress(f"mailto:{invitation.organizer}"))
        event.add("attendee", _attendee(invitation))
    return event


def _utc(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, JST).astimezone(UTC)


def _attendee(invitation: Invitation) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{invitation.attendee}")
    if invitation.attendee_name:
        attendee.params["cn"] = vText(invitation.attendee_name)
    attendee.params["rsvp"] = vText("FALSE")  # nobody reads answers to the sender's mailbox
    return attendee


def _lines(entry: MeetingEntry, language: str) -> Iterator[str]:
    for number, title in enumerate(entry.agenda, 1):
        yield translate(language, "議題%(number)s：%(title)s", number=number, title=title)
    if entry.note:
        yield entry.note
    yield entry.link
