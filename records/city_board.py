"""The board of the city: every open round of every plan, and its table to take along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, select

from db import tables as t
from documents.table_files import Cell, Table
from domain.calendar import JST
from domain.text import named
from i18n import translate
from japan_calendar import business_calendar
from records import board, plans
from records.board import Board, PlacedRound
from records.board_view import PlacedRow
from records.words import rank_labels, step_labels, turn_labels


def of_city(session: Session, at: datetime) -> tuple[Board, ...]:
    """The open rounds of all plans at a real instant, by plan; the number of queries does not grow with the rounds."""
    query = (
        select(t.CollectionRound, t.Plan)
        .join(t.Plan, col(t.Plan.id) == col(t.CollectionRound.plan_id))
        .where(col(t.CollectionRound.closed_on).is_(None))
        .order_by(t.Plan.code, col(t.CollectionRound.id))
    )
    placed = []
    for round_, plan in session.exec(query):
        time = plans.clock_of(plan, at).plan_time(at)
        calendar = business_calendar(range(time.year - 1, time.year + 3))
        placed.append(PlacedRound(plan, round_, time, calendar))
    return board.of_rounds(session, placed)


def round_name(of: Board, language: str) -> str:
    return plans.definition_of(of.plan).round_of(of.round.code).name.in_language(language)


def table(rows: Iterable[PlacedRow], language: str) -> Table:
    """The rows as they are shown, a line each; a day that there is none of is left empty."""
    say = partial(translate, language)
    headings = (
        *(say("計画"), say("年度"), say("報告の回"), say("依頼先"), say("提出"), say("報告する数"), say("承認済み")),
        *(say("免除"), say("未提出"), say("期限超過"), say("超過の営業日数"), say("期限"), say("次に動く人")),
        *(say("次の予定"), say("次の予定の日時"), say("メール"), say("要確認メール"), say("取下げ")),
    )
    lines = tuple(_line(one, language) for one in rows)
    return Table("board", say("進捗ボード"), headings, lines)


def _line(placed: PlacedRow, language: str) -> tuple[Cell, ...]:
    row, of = placed.row, placed.board
    coming = row.next_step
    say = partial(translate, language)
    step = (
        say(
            "%(kind)s（%(rank)s）",
            kind=step_labels(language)[coming.step.kind],
            rank=rank_labels(language)[coming.step.to],
        )
        if coming
        else ""
    )
    return (
        *(named(of.plan, language), of.round.fiscal_year, round_name(of, language)),
        named(row.department, language) if row.department else say("所管課が未定の施策"),
        *(row.answered, row.total - row.exempted, row.approved, row.exempted, row.outstanding, row.late, row.days_late),
        row.due_on.isoformat() if row.due_on else "",
        turn_labels(language)[row.turn],
        *(step, f"{coming.at.astimezone(JST):%Y-%m-%d %H:%M}" if coming else ""),
        *(len(row.mails), row.mail_trouble),
        row.request.withdrawn_on.isoformat() if row.request.withdrawn_on else "",
    )
