"""A meeting for the calendar: the right hours everywhere, replaced when it changes, taken out when it is cancelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from icalendar import Calendar

from documents.meeting_ics import Invitation, MeetingEntry, meeting_ics

AT = datetime(2026, 4, 6, 1, 30, tzinfo=UTC)
ENTRY = MeetingEntry(
    meeting=7,
    sequence=0,
    domain="city.example",
    title="デジタル戦略委員会",
    held_on=date(2026, 4, 21),
    begins_at=time(8, 30),
    ends_at=time(10, 0),
    place="第1会議室, 2階; 北",
    agenda=("報告事項", "予約窓口の一本化"),
    note="資料は当日配ります。",
    link="https://meguru.example/meetings/7",
)
INVITATION = Invitation("meguru@city.example", "sato@city.example", "佐藤 花子")


def read(content: bytes) -> tuple[Calendar, Any]:
    """The calendar and its event; a property may be of any kind."""
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_the_hours_of_japan_are_right_everywhere() -> None:
    _, event = read(meeting_ics(ENTRY, AT, "ja"))
    assert event["DTSTART"].dt == datetime(2026, 4, 20, 23, 30, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 4, 21, 1, 0, tzinfo=UTC)
    assert event["DTSTAMP"].dt == AT


def test_the_entry_says_where_and_what_about_and_leads_to_the_page() -> None:
    _, event = read(meeting_ics(ENTRY, AT, "ja"))
    assert event["SUMMARY"] == "デジタル戦略委員会"
    assert event["LOCATION"] == "第1会議室, 2階; 北"
    assert str(event["DESCRIPTION"]).splitlines() == [
        "議題1：報告事項",
        "議題2：予約窓口の一本化",
        "資料は当日配ります。",
        "https://meguru.example/meetings/7",
    ]
    assert event["URL"] == ENTRY.link


def test_a_change_replaces_the_same_entry() -> None:
    before = read(meeting_ics(ENTRY, AT, "ja", INVITATION))[1]
    after = read(meeting_ics(replace(ENTRY, sequence=1, begins_at=time(9, 0)), AT, "ja", INVITATION))[1]
    assert before["UID"] == after["UID"] == "meeting-7@city.example"
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)


@pytest.mark.parametrize(
    ("is_cancelled", "invitation", "method", "status"),
    [
        (False, INVITATION, "REQUEST", "CONFIRMED"),
        (True, INVITATION, "CANCEL", "CANCELLED"),
        (False, None, "PUBLISH", "CONFIRMED"),
        (True, None, "PUBLISH", "CANCELLED"),
    ],
)
def test_an_invitation_asks_and_a_download_only_shows(
    is_cancelled: bool, invitation: Invitation | None, method: str, status: str
) -> None:
    calendar, event = read(meeting_ics(replace(ENTRY, is_cancelled=is_cancelled), AT, "ja", invitation))
    assert (calendar["METHOD"], event["STATUS"]) == (method, status)
    assert ("ORGANIZER" in event) is ("ATTENDEE" in event) is (invitation is not None)


def test_who_is_invited_is_named_and_asked_for_no_answer() -> None:
    _, event = read(meeting_ics(ENTRY, AT, "ja", INVITATION))
    assert str(event["ATTENDEE"]) == "mailto:sato@city.example"
    assert event["ATTENDEE"].params["CN"] == "佐藤 花子"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"


def test_the_file_is_written_as_the_standard_wants() -> None:
    content = meeting_ics(ENTRY, AT, "ja", INVITATION)
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)


def test_what_people_typed_adds_no_line_of_its_own() -> None:
    entry = replace(ENTRY, place="室\r\nATTENDEE:mailto:evil@example.com", note="あ\nURL:https://evil.example")
    content = meeting_ics(entry, AT, "ja", Invitation("a@b.example", "c@d.example", 'x"\r\nURL:https://evil.example'))
    names = [line.split(b":")[0].split(b";")[0] for line in content.replace(b"\r\n ", b"").split(b"\r\n")]
    assert names.count(b"ATTENDEE") == 1
    assert names.count(b"URL") == 1
