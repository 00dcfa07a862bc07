"""年間予定: what a fiscal year brings: its mails by rehearsal, its meetings, and what was entered for its days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from documents.mail_calendar import CalendarMail, MailCalendar
from documents.year_calendar import Entry, EntryKind, MovedEntry, YearCalendar, in_order, moved
from domain import plan_settings
from domain.fiscal_year import FiscalYear
from domain.ladder import Rank, StepKind
from domain.meeting import MeetingState
from domain.plan import REVIEW_ROUND
from domain.plan_settings import PlanDates
from domain.text import Bilingual, named
from i18n import translate
from japan_calendar import closed_weekdays
from records import cycles, pauses, plans, preview, reorganisation
from records.change import Conflict
from records.words import rank_labels, step_labels, succession_labels


@dataclass(frozen=True)
class _Place:
    """A plan's year, and for whom it is told."""

    session: Session
    plan: t.Plan
    year: FiscalYear
    at: datetime
    language: str

    @property
    def today(self) -> date:
        return plans.clock_of(self.plan, self.at).today(self.at)


def of_plan(session: Session, plan: t.Plan, fiscal_year: int, at: datetime, language: str) -> YearCalendar:
    """A plan's year. The session must be a writing one, as for `preview.of_year`; nothing is changed."""
    place = _Place(session, plan, FiscalYear(fiscal_year), at, language)
    entries, unknown = _of_mails(place)
    entries += [*_meetings(place), *_of_city(session, place.year, place.today, language)]
    name = translate(language, "年間予定 %(plan)s %(year)s年度", plan=named(plan, language), year=fiscal_year)
    return _calendar(session, name, place.year, at, language, entries, unknown, _marks([plan], language))


def of_city(session: Session, fiscal_year: int, at: datetime, language: str) -> YearCalendar:
    """The year of every plan of the city in one calendar; what concerns all of them stands there once."""
    year, entries, unknown = FiscalYear(fiscal_year), [], []
    every = plans.every(session)
    for plan in every:
        place = _Place(session, plan, year, at, language)
        found, not_known = _of_mails(place)
        name = named(plan, language)
        entries += [replace(e, plan=name, key=f"{plan.code}.{e.key}") for e in (*found, *_meetings(place))]
        unknown += [translate(language, "%(plan)s：%(said)s", plan=name, said=text) for text in not_known]
    entries += _of_city(session, year, reorganisation.city_day(session, at), language)
    name = translate(language, "年間予定 %(year)s年度", year=fiscal_year)
    return _calendar(session, name, year, at, language, entries, unknown, _marks(every, language))


def moves(
    session: Session, plan: t.Plan, fiscal_year: int, dates: PlanDates, at: datetime, language: str
) -> tuple[MovedEntry, ...]:
    """What other dates of a plan would move in a year; nothing is changed."""
    before = of_plan(session, plan, fiscal_year, at, language)
    with session.begin_nested() as trial:
        wanted = plan_settings.with_dates(plans.definition_of(plan), dates)
        plan.definition = plan_files.to_json(wanted)
        session.add(plan)
        session.flush()
        after = of_plan(session, plan, fiscal_year, at, language)
        trial.rollback()
    session.refresh(plan)
    return moved(before, after)


def _calendar(
    session: Session,
    name: str,
    year: FiscalYear,
    at: datetime,
    language: str,
    entries: Sequence[Entry],
    unknown: Sequence[str],
    marks: tuple[str, ...],
) -> YearCalendar:
    told = in_order(entries)
    last = max([year.last_day, *(entry.on for entry in told)])
    closed = closed_weekdays(year.first_day, last, language)
    return YearCalendar(language, name, year.starts_in, at, told, closed, tuple(unknown), marks)


def _marks(several: Sequence[t.Plan], language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (Bilingual(p.mark, p.mark_en).in_language(language) for p in several))))


def _of_mails(place: _Place) -> tuple[list[Entry], list[str]]:
    """The openings, due dates and mails of a year, and what nobody knows beforehand."""
    language = place.language
    try:
        mails = preview.of_year(place.session, place.plan, place.year.starts_in, place.at, language)
    except Conflict as conflict:
        match conflict.reason:
            case "outside_plan_period":
                return [], [translate(language, "この年度は計画の期間の外です。")]
            case "opened_by_hand_only":
                said = translate(language, "年度を始める日が決まっていないため、受付や期限、メールの日は分かりません。")
                return [], [said]
        raise
    unknown = []
    if mails.leaves_out_review:
        unknown.append(translate(language, "この年度に見直しがありますが、始める日が決まっていません。"))
    unheard = sum(not mail.recipients for mail in mails.mails)
    if unheard:
        unknown.append(
            translate(language, "届け先のないメールが%(n)s通分あります。組織と人事をご確認ください。", n=unheard)
        )
    return [*_cycle(place, mails), *_rounds(mails), *_mails(place, mails)], unknown


def _cycle(place: _Place, mails: MailCalendar) -> Iterator[Entry]:
    if mails.opens_on is not None:
        known = cycles.cycle_of(place.session, place.plan, mails.fiscal_year)
        title, link = translate(place.language, "年度を始める"), f"/desk/cycles/{known.id}" if known else ""
        yield Entry("cycle.opens", EntryKind.CYCLE_OPENS, mails.opens_on, title, link=link)


def _rounds(mails: MailCalendar) -> Iterator[Entry]:
    for round_ in mails.rounds:
        is_review = round_.code == REVIEW_ROUND
        said = {"name": round_.name}
        yield Entry(
            f"{round_.code}.opens",
            EntryKind.REVIEW_OPENS if is_review else EntryKind.ROUND_OPENS,
            round_.opens_on,
            translate(mails.language, "「%(name)s」の受付を始める", **said),
        )
        due = translate(mails.language, "「%(name)s」の提出期限", **said)
        yield Entry(f"{round_.code}.due", EntryKind.ROUND_DUE, round_.due_on, due)


def _mails(place: _Place, mails: MailCalendar) -> Iterator[Entry]:
    """The mails of one step on one day are one entry. A step that falls on several days is numbered."""
    kinds, ranks = step_labels(place.language), rank_labels(place.language)
    names = {round_.code: round_.name for round_ in mails.rounds}
    together: dict[tuple[str, str, date], list[CalendarMail]] = defaultdict(list)
    for mail in mails.mails:
        together[mail.round, mail.step.code, mail.at.date()].append(mail)
    seen: Counter[tuple[str, str]] = Counter()
    for (round_, step, day), several in together.items():
        seen[round_, step] += 1
        first = several[0]
        yield Entry(
            f"{round_}.{step}.{seen[round_, step]}",
            EntryKind.MAILS,
            day,
            _sent(place.language, names[round_], kinds, ranks, first),
            at=first.at.time(),
            mails=sum(len(mail.recipients) for mail in several),
        )


def _sent(language: str, round_: str, kinds: dict[StepKind, str], ranks: dict[Rank, str], mail: CalendarMail) -> str:
    said = {"round": round_, "kind": kinds[mail.step.kind], "rank": ranks[mail.step.to]}
    return translate(language, "「%(round)s」の%(kind)s（%(rank)sあて）", **said)


def _meetings(place: _Place) -> Iterator[Entry]:
    held = select(t.Meeting).where(
        t.Meeting.plan_id == place.plan.id,
        t.Meeting.state != MeetingState.CANCELLED,
        col(t.Meeting.held_on).between(place.year.first_day, place.year.last_day),
    )
    bodies = {b.code: b.name.in_language(place.language) for b in plans.definition_of(place.plan).bodies}
    for row in place.session.exec(held.order_by(col(t.Meeting.held_on), col(t.Meeting.id))):
        title = translate(place.language, "会議：%(body)s", body=bodies.get(row.body, row.body_name))
        key, link = f"meeting.{row.id}", f"/meetings/{row.id}"
        yield Entry(key, EntryKind.MEETING, row.held_on, title, at=row.begins_at, link=link)


def _of_city(session: Session, year: FiscalYear, today: date, language: str) -> Iterator[Entry]:
    """What concerns every plan: pauses, and what was entered for coming days."""
    pausing = [*filter(None, [pauses.current(session)]), *pauses.ended(session)]
    for row in pausing:
        if year.first_day <= row.begins_on <= year.last_day:
            title = translate(language, "期限を止めた（%(reason)s）", reason=row.reason)
            yield Entry(f"pause.{row.id}.begins", EntryKind.PAUSE, row.begins_on, title, link="/desk/pause")
        if row.ended_on is not None and year.first_day <= row.ended_on <= year.last_day:
            title = translate(language, "期限を再開した")
            yield Entry(f"pause.{row.id}.ends", EntryKind.PAUSE, row.ended_on, title, link="/desk/pause")
    kinds = succession_labels(language)
    for one in reorganisation.recorded(session):
        what = one.succession
        if one.done_at is None and year.first_day <= what.on <= year.last_day:
            said = {"department": named(what.department, language), "kind": kinds[what.kind]}
            title = translate(language, "機構改革：%(department)s（%(kind)s）", **said)
            yield Entry(f"reorganisation.{one.id}", EntryKind.REORGANISATION, what.on, title, link="/organisation")
    coming = select(t.Appointment).where(
        t.Appointment.valid_from > today, col(t.Appointment.valid_from).between(year.first_day, year.last_day)
    )
    moving: dict[date, set[int]] = defaultdict(set)
    for appointment in session.exec(coming):
        moving[appointment.valid_from].add(appointment.user_id)
    for day, persons in moving.items():
        title = translate(language, "人事異動（%(n)s人）", n=len(persons))
        yield Entry(f"transfer.{day:%Y%m%d}", EntryKind.TRANSFER, day, title, link="/organisation")
