"""The words for codes that pages and documents share."""

from __future__ import annotations

from functools import partial

import i18n
from db import tables as t
from domain.evaluation import Direction, Stage
from domain.ladder import Rank, StepKind
from domain.opinion import OpinionChannel, Reflection
from domain.phase_review import ConsultationOutcome, ReviewOutcome
from domain.progress_report import ReportState
from domain.reorganisation import SuccessionKind
from domain.review_snapshot import Standing
from records.board import Turn


def rank_labels(language: str) -> dict[Rank, str]:
    say = partial(i18n.translate, language)
    return {
        Rank.STAFF: say("担当者"),
        Rank.SUBSECTION_CHIEF: say("係長"),
        Rank.SECTION_HEAD: say("課長"),
        Rank.DEPUTY_DIRECTOR: say("次長"),
        Rank.DIRECTOR: say("部長"),
        Rank.PLANNING: say("計画担当課"),
    }


def step_labels(language: str) -> dict[StepKind, str]:
    say = partial(i18n.translate, language)
    return {
        StepKind.NOTICE: say("事前通知"),
        StepKind.REMINDER: say("督促"),
        StepKind.ESCALATION: say("上申"),
        StepKind.APPROVAL_REQUEST: say("承認依頼"),
        StepKind.RETURN: say("差戻し"),
    }


def turn_labels(language: str) -> dict[Turn, str]:
    say = partial(i18n.translate, language)
    return {
        Turn.DEPARTMENT: say("所管課"),
        Turn.SECTION_HEAD: say("所属長の承認"),
        Turn.PLANNING: say("計画担当課"),
        Turn.NOBODY: say("完了"),
    }


def succession_labels(language: str) -> dict[SuccessionKind, str]:
    say = partial(i18n.translate, language)
    return {
        SuccessionKind.RENAMED: say("改称"),
        SuccessionKind.MERGED: say("統合"),
        SuccessionKind.SPLIT: say("分割"),
        SuccessionKind.DISSOLVED: say("廃止"),
    }


def report_state_labels(language: str) -> dict[ReportState, str]:
    say = partial(i18n.translate, language)
    return {
        ReportState.DRAFT: say("未提出"),
        ReportState.SUBMITTED: say("承認待ち"),
        ReportState.RETURNED: say("差戻し中"),
        ReportState.APPROVED: say("承認済み"),
        ReportState.CONFIRMED: say("確定"),
    }


def report_state_in_words(report: t.ProgressReport | None, language: str) -> str:
    """How far a report is, "" where nobody was asked."""
    if report is None:
        return ""
    return i18n.translate(language, "報告免除") if report.is_exempted else report_state_labels(language)[report.state]


def direction_labels(language: str) -> dict[Direction, str]:
    say = partial(i18n.translate, language)
    return {
        Direction.EXPAND: say("拡充"),
        Direction.CONTINUE: say("継続"),
        Direction.IMPROVE: say("改善"),
        Direction.MERGE: say("統合"),
        Direction.REDUCE: say("縮小"),
        Direction.STOP: say("休止・廃止"),
        Direction.COMPLETE: say("完了"),
    }


def reflection_labels(language: str) -> dict[Reflection, str]:
    say = partial(i18n.translate, language)
    return {
        Reflection.REFLECTED: say("反映した"),
        Reflection.PARTLY: say("一部反映した"),
        Reflection.FOR_LATER: say("今後の参考"),
        Reflection.NOT_REFLECTED: say("反映できない"),
    }


def opinion_channel_labels(language: str) -> dict[OpinionChannel, str]:
    say = partial(i18n.translate, language)
    return {
        OpinionChannel.FORM: say("意見フォーム"),
        OpinionChannel.FILE: say("CSVの取込み"),
        OpinionChannel.BY_HAND: say("職員による入力"),
    }


def stage_labels(language: str) -> dict[Stage, str]:
    say = partial(i18n.translate, language)
    return {
        Stage.PRIMARY: say("一次評価"),
        Stage.SECONDARY: say("二次評価"),
        Stage.EXTERNAL: say("外部評価"),
    }


def review_outcome_labels(language: str) -> dict[ReviewOutcome, str]:
    say = partial(i18n.translate, language)
    return {
        ReviewOutcome.REVISION: say("計画を改訂する"),
        ReviewOutcome.NO_REVISION: say("改訂は不要とする"),
    }


def consultation_outcome_labels(language: str) -> dict[ConsultationOutcome, str]:
    say = partial(i18n.translate, language)
    return {
        ConsultationOutcome.APPROVED: say("了承"),
        ConsultationOutcome.APPROVED_WITH_COMMENTS: say("意見を付して了承"),
        ConsultationOutcome.RETURNED: say("差戻し"),
    }


def standing_labels(language: str) -> dict[Standing, str]:
    say = partial(i18n.translate, language)
    return {
        Standing.COMPLETE: say("提出済み"),
        Standing.AS_IT_STOOD: say("途中のまま"),
        Standing.EXEMPTED: say("報告免除"),
        Standing.NOTHING: say("未入力"),
        Standing.NOT_ASKED: say("依頼なし"),
    }


def standing_meanings(language: str) -> dict[Standing, str]:
    """What is meant by the way in which a year's report counts in a review."""
    say = partial(i18n.translate, language)
    return {
        Standing.COMPLETE: say("所管課が提出した報告です（承認の途中のものを含みます）。"),
        Standing.AS_IT_STOOD: say("下書きや差戻し中の報告です。見直しを始めた時点の内容をそのまま使います。"),
        Standing.EXEMPTED: say("理由を付けて報告を免除した施策です。"),
        Standing.NOTHING: say("依頼しましたが、何も入力されていませんでした。"),
        Standing.NOT_ASKED: say("その年度には報告を依頼していません。"),
    }
