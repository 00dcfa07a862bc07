"""The fixed words of an annual report, in the language of the report.

Every format takes its headings from here, so that all of them say the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from babel.dates import format_date

from documents.annual_report import AnnualReport
from domain.fiscal_year import FiscalYear, era_fiscal_year, era_year
from domain.lineage import LineageKind
from i18n import translate, translations


def labels_of(report: AnnualReport) -> dict[str, str]:
    """The headings and other fixed words of a report, by name."""
    language = report.language
    policy, measure = report.policy_label, report.measure_label
    return {
        "title": translate(language, "年度進捗報告書"),
        "contents": translate(language, "目次"),
        "municipality": translate(language, "自治体"),
        "plan": translate(language, "計画"),
        "edition": translate(language, "版"),
        "fiscal_year": translate(language, "対象年度"),
        "term": translate(language, "計画期間の区分"),
        "issued_on": translate(language, "発行日"),
        "summary": translate(language, "進捗の概要"),
        "by_progress": translate(language, "進捗状況別の件数"),
        "by_direction": translate(language, "今後の方向性別の件数"),
        "by_state": translate(language, "報告の状態別の件数"),
        "group": translate(language, "区分"),
        "item": translate(language, "内訳"),
        "count": translate(language, "件数"),
        "total": translate(language, "合計"),
        "all_measures": translate(language, "%(level)sの総数", level=measure),
        "chart": translate(language, "%(level)s別の進捗", level=policy),
        "chart_table": translate(language, "%(level)s別の進捗（件数）", level=policy),
        "chart_alternative": translate(
            language,
            "%(level)sごとに、%(measure)sの件数を進捗状況別に積み上げた横棒グラフ。内容は次の表と同じ。",
            level=policy,
            measure=measure,
        ),
        "measures": translate(language, "%(level)sごとの進捗", level=measure),
        "measure_list": translate(language, "%(level)s一覧", level=measure),
        "no_measures": translate(language, "対象となる%(level)sはありません。", level=measure),
        "policy": policy,
        "goal": report.goal_label,
        "code": translate(language, "番号"),
        "measure": measure,
        "department": translate(language, "所管課"),
        "report_state": translate(language, "報告の状態"),
        "progress": translate(language, "進捗状況"),
        "grade": translate(language, "評価"),
        "direction": translate(language, "今後の方向性"),
        "comment": translate(language, "評価コメント"),
        "not_stated": translate(language, "記載なし"),
        "not_asked": translate(language, "対象外"),
    }


def fiscal_year_text(language: str, starts_in: int) -> str:
    """A fiscal year as the offices write it, the western year beside it: 「令和2年度（2020年度）」."""
    era = era_fiscal_year(FiscalYear(starts_in))
    return translate(language, "%(era)s（%(year)s年度）", era=era, year=starts_in)


def date_text(language: str, day: date) -> str:
    """A date with both years: 「令和3年（2021年）5月31日」. `english` serves the English catalogue only."""
    return translate(
        language,
        "%(era)s（%(year)s年）%(month)s月%(day)s日",
        era=era_year(day),
        year=day.year,
        month=day.month,
        day=day.day,
        english=format_date(day, "long", locale="en_GB"),
    )


def month_text(language: str, first_day: date) -> str:
    """A month with both years: 「令和3年（2021年）3月」. `english` serves the English catalogue only."""
    return translate(
        language,
        "%(era)s（%(year)s年）%(month)s月",
        era=era_year(first_day),
        year=first_day.year,
        month=first_day.month,
        english=format_date(first_day, "MMMM y", locale="en_GB"),
    )


def marks_line(marks: Iterable[str]) -> str:
    """The marks of a document in one line, for a footer."""
    return " ／ ".join(marks)


def lineage_labels(language: str) -> dict[LineageKind, str]:
    """What became of a node, in the words of the pages."""
    pgettext = translations(language).upgettext
    return {
        LineageKind.CONTINUED: pgettext("lineage", "継続"),
        LineageKind.RENAMED: pgettext("lineage", "名称変更"),
        LineageKind.RENUMBERED: pgettext("lineage", "番号変更"),
        LineageKind.MERGED: pgettext("lineage", "統合"),
        LineageKind.SPLIT: pgettext("lineage", "分割"),
        LineageKind.ABOLISHED: pgettext("lineage", "廃止"),
        LineageKind.NEW: pgettext("lineage", "新規"),
    }
