"""Every shape that the mails of inquiries take, with values as the record gives them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

from domain.inquiry import Addressee
from domain.ladder import StepKind
from domain.matter import StageOrigin

NAMES = ("check_in", "matter", "successor", "meeting")
LINK = "https://meguru.example/check-ins/7"
_JA: dict[str, Any] = {
    "recipient_name": "佐藤 花子",
    "municipality": "所沢市",
    "plan": "所沢市DX推進基本方針",
    "project": "予約のデジタル化",
    "mark": "見本です。",
    "event": "国の指針が改定された",
    "event_kind": "国の指針などの改定",
    "title": "予約窓口の一本化",
    "question": "予約の窓口を一つにしてよいか。\n費用は記載のとおり。",
    "body": "デジタル戦略会議",
    "came_from": "デジタル戦略委員会",
    "next_body": "政策会議",
    "group": "予約チーム",
    "role": "リーダー",
    "post": "次長",
    "holder": "橘 遥",
    "place": "第1会議室",
    "agenda": ("報告事項", "予約窓口の一本化"),
    "note": "資料は当日配ります。\n印鑑は不要です。",
    "cancelled_reason": "議題がなくなったため。",
}
_EN: dict[str, Any] = {
    "recipient_name": "Hanako Sato",
    "municipality": "Tokorozawa City",
    "plan": "Basic Policy on DX",
    "project": "Digital booking",
    "mark": "A sample.",
    "event": "The national guideline was renewed",
    "event_kind": "National guideline",
    "title": "One counter for bookings",
    "question": "May there be one counter?\nThe cost is as stated.",
    "body": "Digital Strategy Conference",
    "came_from": "Digital Strategy Committee",
    "next_body": "Policy Council",
    "group": "Booking team",
    "role": "Leader",
    "post": "Deputy director",
    "holder": "Haruka Tachibana",
    "place": "Room 1",
    "agenda": ("Reports", "One counter for bookings"),
    "note": "Papers are handed out.\nNo seal is needed.",
    "cancelled_reason": "Nothing is on the agenda.",
}
_ALIKE: dict[str, Any] = {
    "department": "",
    "link": LINK,
    "number": 4,
    "due_on": date(2026, 4, 9),
    "happened_on": date(2026, 4, 3),
    "wanted_by": date(2026, 4, 20),
    "goes_up_on": date(2026, 4, 27),
    "held_on": date(2026, 4, 21),
    "begins_at": "14:00",
    "ends_at": "15:30",
}
_SPARSE: dict[str, Any] = {
    **dict.fromkeys(("project", "event", "post", "holder", "place", "note", "mark", "cancelled_reason"), ""),
    "recipient_name": "",
    "agenda": (),
    "goes_up_on": None,
    "days_late": 0,
}


def values(language: str, **other: Any) -> dict[str, Any]:
    """The values of one mail: a notice that arrives for the first time, unless told otherwise."""
    first = {"step": StepKind.NOTICE.value, "addressee": Addressee.TEAM.value, "origin": StageOrigin.RAISED.value}
    flags = {"is_repeated": False, "is_changed": False, "is_cancelled": False, "days_late": 3}
    return {**_ALIKE, **(_EN if language == "en" else _JA), **first, **flags, **other}


def every_shape(language: str) -> Iterator[dict[str, Any]]:
    """The values of mails that between them take every turn of the templates, with all there is to say and little."""
    steps = (StepKind.NOTICE, StepKind.REMINDER, StepKind.ESCALATION)
    for step, addressee, little in product(steps, Addressee, ({}, _SPARSE)):
        yield values(language, step=step.value, addressee=addressee.value, **little)
    for flag in ("is_repeated", "is_changed", "is_cancelled"):
        yield values(language, **{flag: True})
    for origin in StageOrigin:
        yield values(language, origin=origin.value)
