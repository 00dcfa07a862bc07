"""What stands in a mail calendar, arranged for reading: the one picture that page, workbook and .ics draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from babel.dates import format_date, format_skeleton

from documents.labels import date_text, fiscal_year_text, month_text
from documents.mail_calendar import CalendarMail, CalendarRound, Department, ListedMeasure, MailCalendar
from documents.writable import writable
from domain.clock import jst_day
from domain.fiscal_year import FiscalYear
from domain.ladder import Anchor, Ladder, Step, StepKind
from domain.plan import REVIEW_ROUND
from domain.preview import steps_after_an_answer
from i18n import translate


@dataclass(frozen=True)
class RoundRow:
    name: str
    opens_on: str
    due_on: str
    send_at: str


@dataclass(frozen=True)
class CountRow:
    """Mails by kind, in the order of the content's kinds."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class MailRow:
    """What one department's line is sent: recipients with their addresses, and the codes of the measures."""

    department: str
    recipients: tuple[tuple[str, str], ...]
    number: str
    measures: tuple[str, ...]


@dataclass(frozen=True)
class Sending:
    """What leaves at one time under one step, to all departments."""

    heading: str
    rows: tuple[MailRow, ...]


@dataclass(frozen=True)
class Day:
    on: date
    heading: str
    sendings: tuple[Sending, ...]


@dataclass(frozen=True)
class Month:
    heading: str
    days: tuple[Day, ...]


@dataclass(frozen=True)
class UndatedRow:
    """A step whose day nobody knows beforehand."""

    kind: str
    timing: str
    to: str


@dataclass(frozen=True)
class DepartmentMeasures:
    department: str
    measures: tuple[ListedMeasure, ...]


@dataclass(frozen=True)
class Content:
    """A mail calendar ready to be laid out. Where nobody is told, it already says so."""

    language: str
    labels: dict[str, str]
    document_title: str
    municipality: str
    plan: str
    fiscal_year: str
    made: date
    made_on: str
    total: str
    marks: tuple[str, ...]
    marks_line: str
    notes: tuple[str, ...]
    rounds: tuple[RoundRow, ...]
    kinds: tuple[str, ...]
    by_month: tuple[CountRow, ...]
    by_department: tuple[CountRow, ...]
    totals: CountRow
    months: tuple[Month, ...]
    undated: tuple[UndatedRow, ...]
    asked: tuple[DepartmentMeasures, ...]


def content_of(calendar: MailCalendar) -> Content:
    """Arranges a calendar. Characters no document can hold are dropped; everything else stays as written."""
    calendar = writable(calendar)
    language, labels = calendar.language, labels_of(calendar.language)
    kinds = tuple(kind for kind in StepKind if any(mail.step.kind is kind for mail in calendar.mails))
    fiscal_year = fiscal_year_text(language, calendar.fiscal_year)
    made = jst_day(calendar.asked_at)
    departments = {mail.department: department_name(mail, language) for mail in calendar.mails}
    return Content(
        language=language,
        labels=labels,
        document_title=" ".join((calendar.plan, fiscal_year, labels["title"])),
        municipality=calendar.municipality,
        plan=calendar.plan,
        fiscal_year=fiscal_year,
        made=made,
        made_on=date_text(language, made),
        total=_number(language, calendar.total),
        marks=calendar.marks,
        marks_line=" / ".join(calendar.marks),
        notes=_notes(calendar),
        rounds=tuple(_round(round_, language) for round_ in calendar.rounds),
        kinds=tuple(calendar.kinds[kind] for kind in kinds),
        by_month=_counted(
            calendar.mails,
            kinds,
            [(month, month_text(language, month)) for month in months_of(calendar)],
            [mail.at.date().replace(day=1) for mail in calendar.mails],
        ),
        by_department=_counted(
            calendar.mails, kinds, list(departments.items()), [mail.department for mail in calendar.mails]
        ),
        totals=_counted(calendar.mails, kinds, [(0, labels["total"])], [0] * len(calendar.mails))[0],
        months=_months(calendar),
        undated=_undated(calendar),
        asked=_asked(calendar.mails, departments),
    )


def labels_of(language: str) -> dict[str, str]:
    """The headings and other fixed words of a calendar, by name."""
    return {
        "title": translate(language, "年間メール予定表"),
        "fiscal_year": translate(language, "対象年度"),
        "made_on": translate(language, "作成日"),
        "mails": translate(language, "予定しているメール"),
        "notes": translate(language, "この予定表の読み方"),
        "rounds": translate(language, "報告の受付"),
        "round": translate(language, "受付の名称"),
        "opens_on": translate(language, "受付開始日"),
        "due_on": translate(language, "期限"),
        "send_at": translate(language, "送信時刻"),
        "by_month": translate(language, "月別・種別の通数"),
        "by_department": translate(language, "部署別・種別の通数"),
        "month": translate(language, "月"),
        "total": translate(language, "合計"),
        "list": translate(language, "日ごとの予定"),
        "no_mails": translate(language, "この年度に予定しているメールはありません。"),
        "department": translate(language, "部署"),
        "recipients": translate(language, "宛先"),
        "measures": translate(language, "対象の施策"),
        "undated": translate(language, "日付の決まらないメール"),
        "kind": translate(language, "種別"),
        "timing": translate(language, "送る時期"),
        "to": translate(language, "宛先の職"),
        "asked": translate(language, "部署ごとの対象の施策"),
        "code": translate(language, "番号"),
        "measure": translate(language, "施策"),
        "mail_list": translate(language, "メール一覧"),
        "totals": translate(language, "集計"),
        "date": translate(language, "日付"),
        "weekday": translate(language, "曜日"),
        "time": translate(language, "時刻"),
        "count": translate(language, "通数"),
        "address": translate(language, "メールアドレス"),
        "nobody": translate(language, "宛先なし"),
    }


def months_of(calendar: MailCalendar) -> tuple[date, ...]:
    """The first days of the fiscal year's months, and of those further ones in which a mail leaves."""
    begins = FiscalYear(calendar.fiscal_year).first_day
    year = {date(begins.year + (month > 12), (month - 1) % 12 + 1, 1) for month in range(4, 16)}
    return tuple(sorted(year | {mail.at.date().replace(day=1) for mail in calendar.mails}))


def department_name(mail: CalendarMail, language: str) -> str:
    return mail.department.name if mail.department else translate(language, "所管課が未定の施策")


def weekday_text(language: str, day: date) -> str:
    return format_date(day, "E", locale=_locale(language))


def timing_text(language: str, step: Step, ladder: Ladder) -> str:
    """When a step leaves, counted from its anchor in business days, the grace after the due date included."""
    days = step.business_days
    if step.anchor is Anchor.DUE and days > 0:
        days += ladder.grace_days
    match step.anchor:
        case Anchor.OPENED:
            at, after = translate(language, "受付開始日"), translate(language, "受付開始の%(n)s開庁日後", n=days)
        case Anchor.DUE:
            at, after = translate(language, "期限の日"), translate(language, "期限の%(n)s開庁日後", n=days)
        case Anchor.SUBMITTED:
            at, after = translate(language, "提出の日"), translate(language, "提出の%(n)s開庁日後", n=days)
        case Anchor.RETURNED:
            at, after = translate(language, "差戻しの直後"), translate(language, "差戻しの%(n)s開庁日後", n=days)
    if days < 0:
        return translate(language, "期限の%(n)s開庁日前", n=-days)
    return after if days else at


def step_text(calendar: MailCalendar, mail: CalendarMail) -> str:
    """A mail's kind with its time: 「督促（期限の1開庁日後）」."""
    ladder = next(round_.ladder for round_ in calendar.rounds if round_.code == mail.round)
    timing = timing_text(calendar.language, mail.step, ladder)
    return translate(calendar.language, "%(kind)s（%(timing)s）", kind=calendar.kinds[mail.step.kind], timing=timing)


def sendings_of(calendar: MailCalendar, mails: Iterable[CalendarMail]) -> tuple[Sending, ...]:
    """Mails, by time, as they leave together."""
    together = groupby(mails, key=lambda mail: (mail.at, mail.round, mail.step))
    return tuple(_sending(calendar, list(found)) for _, found in together)


def _notes(calendar: MailCalendar) -> tuple[str, ...]:
    language = calendar.language
    notes = [
        translate(
            language,
            "提出が一件もないまま進んだ場合に送られるメールの予定です。"
            "提出された施策は、その時点で事前通知・督促・上申の対象から外れます。",
        ),
        translate(
            language,
            "承認依頼は提出のあと、差戻しの連絡は差し戻したときに送られます。"
            "どちらも日付を前もって決められないため、日付を付けずに別の表にまとめました。",
        ),
        translate(
            language,
            "宛先は、送る日にその職にある人です。登録済みの人事異動と機構改革は反映しています。"
            "その職に誰もいないときは部署の共用アドレスへ、それもないときは計画担当課へ送ります。",
        ),
        translate(language, "通数は、宛先1人につき1通と数えます。受付を締め切ると、その後のメールは送られません。"),
    ]
    if sum(round_.code != REVIEW_ROUND for round_ in calendar.rounds) > 1:
        notes.append(translate(language, "各回の受付は、次の回が始まるまでに締め切るものとしています。"))
    if calendar.leaves_out_review:
        notes.append(
            translate(
                language,
                "計画を見直す年度ですが、見直しを始める日が定められていません。"
                "見直しの提案をお願いするメールは、この予定表に含みません。",
            )
        )
    unheard = sum(not mail.recipients for mail in calendar.mails)
    if unheard:
        notes.append(
            translate(
                language,
                "宛先となる人がいないメールが%(n)s件あり、「宛先なし」と示しました。"
                "計画担当課の担当者か、部署の共用アドレスを登録してください。",
                n=unheard,
            )
        )
    return tuple(notes)


def _round(round_: CalendarRound, language: str) -> RoundRow:
    opens_on, due_on = (_day(language, day) for day in (round_.opens_on, round_.due_on))
    return RoundRow(round_.name, opens_on, due_on, f"{round_.ladder.send_at:%H:%M}")


def _counted(
    mails: Sequence[CalendarMail],
    kinds: Sequence[StepKind],
    names: Sequence[tuple[Hashable, str]],
    keys: Iterable[Hashable],
) -> tuple[CountRow, ...]:
    """The mails under each key, by kind: one for each recipient."""
    counted: Counter[tuple[Hashable, StepKind]] = Counter()
    for mail, key in zip(mails, keys, strict=True):
        counted[key, mail.step.kind] += len(mail.recipients)
    return tuple(CountRow(name, tuple(counted[key, kind] for kind in kinds)) for key, name in names)


def _months(calendar: MailCalendar) -> tuple[Month, ...]:
    by_month = groupby(calendar.mails, key=lambda mail: mail.at.date().replace(day=1))
    return tuple(
        Month(
            month_text(calendar.language, month),
            tuple(_on(calendar, day, list(mails)) for day, mails in groupby(found, key=lambda m: m.at.date())),
        )
        for month, found in by_month
    )


def _on(calendar: MailCalendar, day: date, mails: Sequence[CalendarMail]) -> Day:
    return Day(day, _day(calendar.language, day), sendings_of(calendar, mails))


def _sending(calendar: MailCalendar, mails: Sequence[CalendarMail]) -> Sending:
    language = calendar.language
    nobody = translate(language, "宛先なし")
    rows = (
        MailRow(
            department_name(mail, language),
            tuple((r.name, r.email) for r in mail.recipients) or ((nobody, ""),),
            translate(language, "%(n)s件", n=len(mail.measures)),
            tuple(measure.code for measure in mail.measures),
        )
        for mail in mails
    )
    return Sending(_heading(calendar, mails), tuple(rows))


def _heading(calendar: MailCalendar, mails: Sequence[CalendarMail]) -> str:
    first = mails[0]
    said = translate(
        calendar.language,
        "%(time)s　%(step)s　%(to)sあて　%(count)s",
        time=f"{first.at:%H:%M}",
        step=step_text(calendar, first),
        to=calendar.ranks[first.step.to],
        count=_number(calendar.language, sum(len(mail.recipients) for mail in mails)),
    )
    if len(calendar.rounds) == 1:
        return said
    return " ".join((next(round_.name for round_ in calendar.rounds if round_.code == first.round), said))


def _undated(calendar: MailCalendar) -> tuple[UndatedRow, ...]:
    found = (
        UndatedRow(
            calendar.kinds[step.kind], timing_text(calendar.language, step, round_.ladder), calendar.ranks[step.to]
        )
        for round_ in calendar.rounds
        for step in steps_after_an_answer(round_.ladder)
    )
    return tuple(dict.fromkeys(found))  # rounds of a year mostly share their ladder


def _asked(mails: Sequence[CalendarMail], departments: dict[Department | None, str]) -> tuple[DepartmentMeasures, ...]:
    return tuple(
        DepartmentMeasures(
            name, tuple(dict.fromkeys(m for mail in mails if mail.department == department for m in mail.measures))
        )
        for department, name in departments.items()
    )


def _number(language: str, mails: int) -> str:
    return translate(language, "%(count)s通", count=mails)


def _day(language: str, day: date) -> str:
    """A day of the year with its weekday: 「1月15日(金)」."""
    return format_skeleton("MMMEd", day, locale=_locale(language))


def _locale(language: str) -> str:
    return "en_GB" if language == "en" else "ja_JP"
