"""The words for codes that pages and documents share."""

from __future__ import annotations

from functools import partial

import i18n
from domain.evaluation import Direction
from domain.ladder import Rank, StepKind
from domain.progress_report import ReportState
from domain.reorganisation import SuccessionKind
from records.board import Turn


def rank_labels(language: str) -> dict[Rank, str]:
    say = partial(i18n.translate, language)
    return {
        Rank.STAFF: say("担当者"),
        Rank.SUBSECTION_CHIEF: say("係長"),
        Rank.SECTION_HEAD: say("課長"),
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
