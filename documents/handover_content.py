"""What stands in a handover sheet, arranged for reading: the one picture that all formats draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date

from documents.annual_report import Answered
from documents.handover import ComingMail, HandedMeasure, HandedPost, HandoverSheet, OpenReport
from documents.labels import date_text, fiscal_year_text, marks_line
from documents.writable import writable
from domain.calendar import JST
from i18n import translate


@dataclass(frozen=True)
class PostRow:
    department: str
    rank: str
    period: str
    successor: str


@dataclass(frozen=True)
class ReportRow:
    measure: str
    state: str
    due: str
    turn: str
    draft: str


@dataclass(frozen=True)
class RoundSection:
    """A round that takes reports; `mails` say what is sent next, and when."""

    heading: str
    reports: tuple[ReportRow, ...]
    mails: tuple[str, ...]


@dataclass(frozen=True)
class MeasureSheet:
    """What the successor should know of one measure."""

    heading: str
    promises: tuple[Answered, ...]
    evaluation: str


@dataclass(frozen=True)
class PlanSection:
    plan: str
    measures: tuple[MeasureSheet, ...]


@dataclass(frozen=True)
class Content:
    """A handover sheet ready to be laid out; what is not known already reads 「記載なし」."""

    language: str
    labels: dict[str, str]
    document_title: str
    municipality: str
    of: str
    of_label: str
    on: str
    issued: date
    issued_on: str
    marks: tuple[str, ...]
    marks_line: str
    posts: tuple[PostRow, ...]
    rounds: tuple[RoundSection, ...]
    plans: tuple[PlanSection, ...]
    signatures: tuple[str, ...]


def content_of(sheet: HandoverSheet) -> Content:
    """Arranges a sheet. Characters no document can hold are dropped; everything else stays as written."""
    sheet = writable(sheet)
    labels = labels_of(sheet.language)
    return Content(
        language=sheet.language,
        labels=labels,
        document_title=" ".join((labels["title"], sheet.of)),
        municipality=sheet.municipality,
        of=sheet.of,
        of_label=labels["predecessor"] if sheet.is_of_person else labels["department"],
        on=date_text(sheet.language, sheet.on),
        issued=sheet.issued_on,
        issued_on=date_text(sheet.language, sheet.issued_on),
        marks=sheet.marks,
        marks_line=marks_line(sheet.marks),
        posts=tuple(_post(post, sheet, labels) for post in sheet.posts),
        rounds=_rounds(sheet, labels),
        plans=tuple(
            PlanSection(plan, tuple(_sheet(m, sheet.language, labels) for m in sheet.measures if m.plan == plan))
            for plan in dict.fromkeys(m.plan for m in sheet.measures)
        ),
        signatures=(labels["predecessor"], labels["successor"], labels["section_head"]),
    )


def labels_of(language: str) -> dict[str, str]:
    """The headings and other fixed words of a sheet, by name."""
    return {
        "title": translate(language, "事務引継書"),
        "about": translate(language, "計画の進捗管理に関すること"),
        "predecessor": translate(language, "前任者"),
        "successor": translate(language, "後任者"),
        "section_head": translate(language, "所属長"),
        "department": translate(language, "部署"),
        "on": translate(language, "基準日"),
        "issued_on": translate(language, "作成日"),
        "posts": translate(language, "引き継ぐ職"),
        "rank": translate(language, "職"),
        "period": translate(language, "期間"),
        "measures": translate(language, "担当している施策"),
        "measure": translate(language, "施策"),
        "no_measures": translate(language, "担当している施策はありません。"),
        "reports": translate(language, "受付中の報告"),
        "state": translate(language, "状態"),
        "due": translate(language, "期限"),
        "turn": translate(language, "次に動く人"),
        "draft": translate(language, "下書き"),
        "no_reports": translate(language, "受付中の報告はありません。"),
        "sheets": translate(language, "施策ごとの引継ぎ"),
        "promised": translate(language, "報告で約束したこと"),
        "evaluated": translate(language, "直近の評価"),
        "remarks": translate(language, "申し送り（手書き）"),
        "signatures": translate(language, "確認"),
        "signed": translate(language, "日付・氏名"),
        "not_stated": translate(language, "記載なし"),
    }


def _post(post: HandedPost, sheet: HandoverSheet, labels: dict[str, str]) -> PostRow:
    first, last = _day(sheet.language, post.begins_on), _day(sheet.language, post.ends_on) if post.ends_on else ""
    period = translate(sheet.language, "%(first)sから", first=first)
    if last:
        period = translate(sheet.language, "%(first)sから%(last)sまで", first=first, last=last)
    rank = post.rank or translate(sheet.language, "－")  # the sheet of a department
    return PostRow(post.department, rank, period, post.successor or labels["not_stated"])


def _rounds(sheet: HandoverSheet, labels: dict[str, str]) -> tuple[RoundSection, ...]:
    return tuple(
        RoundSection(
            heading=f"{plan} {round_}".strip(),
            reports=tuple(
                _report(r, sheet.language, labels) for r in sheet.reports if (r.plan, r.round) == (plan, round_)
            ),
            mails=tuple(_mail(m, sheet.language) for m in sheet.mails if (m.plan, m.round) == (plan, round_)),
        )
        for plan, round_ in dict.fromkeys((r.plan, r.round) for r in sheet.reports)
    )


def _report(report: OpenReport, language: str, labels: dict[str, str]) -> ReportRow:
    due = _day(language, report.due_on)
    draft = translate(language, "なし")
    if report.saved_at is not None:
        saved = _minute(language, report.saved_at)
        draft = translate(language, "%(at)sに保存（%(by)s）", at=saved, by=report.saved_by or labels["not_stated"])
    return ReportRow(
        measure=f"{report.code} {report.title}".strip(),
        state=report.state,
        due=translate(language, "%(due)s（期限超過）", due=due) if report.is_late else due,
        turn=report.turn,
        draft=draft,
    )


def _mail(mail: ComingMail, language: str) -> str:
    """What is sent if nothing happens until then."""
    at = _minute(language, mail.at)
    return translate(language, "次に送られるメール：%(at)s %(kind)s（%(to)s）", at=at, kind=mail.kind, to=mail.to)


def _sheet(measure: HandedMeasure, language: str, labels: dict[str, str]) -> MeasureSheet:
    made = fiscal_year_text(language, measure.promised_in) if measure.promised_in is not None else ""
    promises = tuple(
        Answered(" ".join(filter(None, (made, said.question))), said.answer.strip() or labels["not_stated"])
        for said in measure.promises
    )
    return MeasureSheet(
        heading=f"{measure.code} {measure.title}".strip(),
        promises=promises or (Answered("", labels["not_stated"]),),
        evaluation=_evaluation(measure, language, labels),
    )


def _evaluation(measure: HandedMeasure, language: str, labels: dict[str, str]) -> str:
    if measure.evaluated_in is None:
        return labels["not_stated"]
    said = translate(
        language,
        "%(year)s　評価：%(grade)s　今後の方向性：%(direction)s",
        year=fiscal_year_text(language, measure.evaluated_in),
        grade=measure.grade or labels["not_stated"],
        direction=measure.direction or labels["not_stated"],
    )
    return "\n".join(filter(None, (said, measure.comment.strip())))


def _day(language: str, day: date) -> str:
    """A day as short as a column wants it."""
    if language == "en":
        return format_date(day, "medium", locale="en_GB")
    return f"{day.year}年{day.month}月{day.day}日"


def _minute(language: str, at: datetime) -> str:
    local = at.astimezone(JST)
    return f"{_day(language, local.date())} {local:%H:%M}"
