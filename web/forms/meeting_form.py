"""The forms of a meeting: its day, hours and place, and its agenda."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from starlette.datastructures import FormData

from db import tables as t
from domain.text import typed_day, typed_text, typed_time
from records.agendas import HEADING, Entry, Key
from records.meeting_pages import SeenMeeting
from web.forms.matter_form import place_of

DAYS_AHEAD = 10
"""Business days from today to the day that the form suggests, where the plan has no rule. Meguru's own."""
HEADINGS = range(2)
"""How many items of its own an agenda may be given at once."""
_HEAD = ("held_on", "begins_at", "ends_at", "place", "note")

Head = tuple[date, time, time, str, str]


def suggested(held_on: date) -> dict[str, str]:
    """A form for a day; the hours are Meguru's own."""
    return {"held_on": held_on.isoformat(), "begins_at": "10:00", "ends_at": "11:30", "place": "", "note": ""}


def head_in_fields(meeting: t.Meeting) -> dict[str, str]:
    hours = {"begins_at": f"{meeting.begins_at:%H:%M}", "ends_at": f"{meeting.ends_at:%H:%M}"}
    return {"held_on": meeting.held_on.isoformat(), **hours, "place": meeting.place, "note": meeting.note}


def posted_head(form: FormData) -> dict[str, str]:
    return {name: typed_text(str(form.get(name, ""))) for name in _HEAD}


def head_of(typed: Mapping[str, str]) -> tuple[Head | None, dict[str, str]]:
    """What the form says of a meeting, or which field cannot be read and why (a reason code)."""
    held_on = typed_day(typed["held_on"])
    begins, ends = typed_time(typed["begins_at"]), typed_time(typed["ends_at"])
    problems = {"held_on": "day_not_readable"} if held_on is None else {}
    problems |= {"begins_at": "time_not_readable"} if begins is None else {}
    problems |= {"ends_at": "time_not_readable"} if ends is None else {}
    if held_on is None or begins is None or ends is None:
        return None, problems
    return (held_on, begins, ends, typed["place"], typed["note"]), {}


def agenda_in_fields(seen: SeenMeeting) -> dict[str, str]:
    """The agenda as it stands: of each item its place and note, of a heading its title too."""
    found: dict[str, str] = {}
    for place, one in enumerate(seen.lines, 1):
        name = f"item_{one.line.item.id}"
        found |= {f"{name}_place": str(place), f"{name}_note": one.line.item.note, f"{name}_title": one.line.item.title}
    return found | _added_in_fields(seen)


def posted_agenda(form: FormData, seen: SeenMeeting) -> dict[str, str]:
    """What stands in the fields of the agenda; a box that is not ticked is empty."""
    names = [*agenda_in_fields(seen), *(f"item_{one.line.item.id}_leave" for one in seen.lines)]
    return {name: typed_text(str(form.get(name, ""))) for name in names}


def agenda_of(typed: Mapping[str, str], seen: SeenMeeting) -> tuple[list[Entry], dict[str, str]]:
    """The agenda that the form says, or which field is wrong and why (a reason code).

    Items of the same place stay in their order; what is added comes last.
    """
    placed: list[tuple[int, Entry]] = []
    problems: dict[str, str] = {}
    for one in seen.lines:
        name, item = f"item_{one.line.item.id}", one.line.item
        if typed[f"{name}_leave"]:
            continue
        place = place_of(typed[f"{name}_place"])
        if place is None:
            problems[f"{name}_place"] = "agenda_order_not_readable"
            continue
        title = "" if one.topic is not None else typed[f"{name}_title"]
        if one.topic is None and not title:
            problems[f"{name}_title"] = "agenda_title_missing"
        placed.append((place, Entry((item.stage_id, item.consultation_id), title, typed[f"{name}_note"])))
    entries = [entry for _, entry in sorted(placed, key=lambda found: found[0])]
    entries += [Entry(topic.key) for topic in seen.free if typed[_field_of(topic.key)]]
    entries += [Entry(HEADING, title) for n in HEADINGS if (title := typed[f"heading_{n}"])]
    return entries, problems


def _added_in_fields(seen: SeenMeeting) -> dict[str, str]:
    return dict.fromkeys((*(_field_of(topic.key) for topic in seen.free), *(f"heading_{n}" for n in HEADINGS)), "")


def _field_of(key: Key) -> str:
    """The box by which something that waits is taken in."""
    stage, consultation = key
    return f"take_{stage or 0}_{consultation or 0}"
