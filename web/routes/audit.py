"""監査記録: who did what when, to filter, to take along and to verify. Nothing here changes anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import Session

from db import tables as t
from domain.calendar import JST
from domain.text import named, typed_day
from exchange import table_csv
from i18n import translate
from records import audit_view
from records.audit_view import Wanted
from records.change import NotAllowed
from web import audit_words
from web.attempts import RENDERING, SEARCHING
from web.context import Person, Reading, SignedInPerson, language_of
from web.downloads import document_response
from web.labels import problem_in_words
from web.pages import page

router = APIRouter(prefix="/desk/audit")

_CSV = "text/csv; charset=utf-8"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_Sequence = Annotated[int | None, Query(ge=0, le=2_147_483_647)]


def auditing_person(person: SignedInPerson) -> Person:
    """The planning division and the administrators read the log of their municipality."""
    if not (person.actor.is_planning or person.actor.is_administrator):
        raise NotAllowed("audit log")
    return person


AuditingPerson = Annotated[Person, Depends(auditing_person)]


@dataclass(frozen=True)
class Filter:
    """The filter as it was typed; a day that is none filters nothing and is told."""

    by: str = ""
    group: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""

    @property
    def wanted(self) -> Wanted:
        group = self.group if self.group in audit_words.GROUPS else ""
        return Wanted(self.by, group, self.subject, typed_day(self.since), typed_day(self.until))

    @property
    def unreadable(self) -> list[str]:
        return [name for name in ("since", "until") if (typed := getattr(self, name)) and typed_day(typed) is None]

    @property
    def query(self) -> str:
        """As a query string, without what was left empty."""
        return urlencode({name: value for name, value in vars(self).items() if value})


def _filter(by: str = "", group: str = "", subject: str = "", since: str = "", until: str = "") -> Filter:
    return Filter(by, group, subject, since, until)


TypedFilter = Annotated[Filter, Depends(_filter)]


@router.get("", dependencies=[SEARCHING])
def show_log(
    request: Request,
    person: AuditingPerson,
    session: Reading,
    typed: TypedFilter,
    before: _Sequence = None,
    after: _Sequence = None,
) -> Response:
    language = language_of(request)
    part = audit_view.part(session, typed.wanted, before, after)
    return page(
        request,
        "audit/log.html",
        typed=typed,
        problems={name: problem_in_words("day_not_readable", language) for name in typed.unreadable},
        part=part,
        lines=[_line(entry, part.names.get(entry.actor), language) for entry in part.entries],
        total=audit_view.count(session, typed.wanted),
        groups=[("", translate(language, "すべて")), *audit_words.groups(language)],
        most=audit_view.TAKEN_ALONG_AT_MOST,
    )


@router.get("/verification", dependencies=[RENDERING])
def show_verification(request: Request, person: AuditingPerson, session: Reading) -> Response:
    """Recomputes the chain while one waits: it is shown only to whoever asks for it."""
    found = audit_view.verification(session)
    paper = audit_view.anchor_of(session, person.municipality, found, person.at)
    return page(request, "audit/verification.html", found=found, paper=paper, at=person.at)


@router.get("/export.csv", dependencies=[RENDERING])
def export_csv(request: Request, person: AuditingPerson, session: Reading, typed: TypedFilter) -> Response:
    headings, rows = _table(session, typed.wanted, language_of(request))
    return document_response(table_csv.write(headings, rows), _CSV, f"{_file_name(person)}.csv", keep=True)


@router.get("/export.xlsx", dependencies=[RENDERING])
def export_excel(request: Request, person: AuditingPerson, session: Reading, typed: TypedFilter) -> Response:
    from documents import table_files  # loads the writer of workbooks

    language = language_of(request)
    headings, rows = _table(session, typed.wanted, language)
    title = translate(language, "監査記録")
    city = session.get_one(t.Municipality, person.municipality)
    table = table_files.Table("audit", title, tuple(headings), tuple(tuple(row) for row in rows))
    file = table_files.TableFile(named(city, language), named(city, language), _today(person), (table,))
    return document_response(table_files.excel(file), _EXCEL, f"{_file_name(person)}.xlsx", keep=True)


@dataclass(frozen=True)
class Line:
    """An entry in words."""

    entry: t.AuditEntry
    who: str
    what: str
    about: str
    details: Sequence[tuple[str, str]]


def _line(entry: t.AuditEntry, user: t.User | None, language: str) -> Line:
    return Line(
        entry,
        named(user, language) if user else audit_words.actor_in_words(entry.actor, language),
        audit_words.action_in_words(entry.action, language),
        audit_words.subject_in_words(entry.subject, language),
        audit_words.detail_in_words(entry.detail, language),
    )


def _table(session: Session, wanted: Wanted, language: str) -> tuple[list[str], list[tuple[str | int, ...]]]:
    """What is taken along: in words, and with the codes and digests by which others may verify it."""
    entries = audit_view.taken_along(session, wanted)
    users = audit_view.names_of(session, {entry.actor for entry in entries})
    headings = [
        *(translate(language, "記録の番号"), translate(language, "日時"), translate(language, "だれが")),
        *(translate(language, "アドレス"), translate(language, "何をしたか"), translate(language, "操作の符号")),
        *(translate(language, "操作の対象"), translate(language, "詳細"), translate(language, "検証の値")),
    ]
    rows: list[tuple[str | int, ...]] = []
    for entry in entries:
        line = _line(entry, users.get(entry.actor), language)
        at = entry.at.astimezone(JST).isoformat(sep=" ", timespec="seconds")
        detail = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True)
        rows.append(
            (entry.sequence, at, line.who, entry.actor, line.what, entry.action, entry.subject, detail, entry.digest)
        )
    return headings, rows


def _file_name(person: Person) -> str:
    return f"audit-{_today(person).isoformat()}"


def _today(person: Person) -> date:
    return person.at.astimezone(JST).date()
