"""The words for the codes of key projects, bodies and matters, the same in documents, mails and pages."""

from __future__ import annotations

from enum import StrEnum
from functools import cache, partial
from typing import Any

from domain.body import SeatBasis, SeatRole
from domain.inquiry import InquiryKind
from domain.key_project import Cadence, CheckInReason, CheckInState, EventKind, ProjectState, RouteOutcome, TrialResult
from domain.matter import MatterOutcome, MatterState, StageOrigin
from domain.meeting import MeetingState
from i18n import translate


def label(code: StrEnum, language: str) -> str:
    """A code in words."""
    return labels(language)[type(code)][code]


@cache
def labels(language: str) -> dict[type[StrEnum], dict[Any, str]]:
    """All the words of a language, by the kind of code; each kind in the order in which pages offer it."""
    say = partial(translate, language)
    return {
        ProjectState: {
            ProjectState.CONSIDERED: say("検討中"),
            ProjectState.RUNNING: say("取組中"),
            ProjectState.ENDED: say("終了"),
        },
        Cadence: {
            Cadence.WEEKLY: say("毎週"),
            Cadence.FORTNIGHTLY: say("隔週"),
            Cadence.MONTHLY: say("毎月"),
            Cadence.QUARTERLY: say("四半期ごと"),
            Cadence.HALF_YEARLY: say("半年ごと"),
            Cadence.YEARLY: say("毎年"),
            Cadence.AFTER_EVENT: say("出来事のあと"),
        },
        CheckInReason: {
            CheckInReason.CADENCE: say("定期"),
            CheckInReason.EVENT: say("出来事を受けて"),
            CheckInReason.BY_HAND: say("随時"),
        },
        CheckInState: {
            CheckInState.ASKED: say("回答待ち"),
            CheckInState.SUBMITTED: say("回答済み"),
            CheckInState.DROPPED: say("回答不要（プロジェクト終了）"),
        },
        TrialResult: {
            TrialResult.WORKED: say("うまくいった"),
            TrialResult.PARTLY: say("一部うまくいった"),
            TrialResult.DID_NOT_WORK: say("うまくいかなかった（分かったことあり）"),
            TrialResult.UNCLEAR: say("まだ分からない"),
        },
        RouteOutcome: {
            RouteOutcome.CONTINUE: say("このまま続ける"),
            RouteOutcome.CHANGE_PATH: say("道筋を変える"),
            RouteOutcome.CHANGE_GOAL: say("目標を変える"),
            RouteOutcome.SCALE: say("広げる"),
            RouteOutcome.MERGE: say("ほかのプロジェクトと統合する"),
            RouteOutcome.STOP: say("やめる"),
        },
        EventKind: {
            EventKind.GUIDELINE: say("国の指針などの改定"),
            EventKind.SYSTEM_DEADLINE: say("システムの期限"),
            EventKind.BUDGET: say("予算の決定"),
            EventKind.DISASTER: say("災害"),
            EventKind.OTHER: say("その他"),
        },
        MatterState: {
            MatterState.PENDING: say("審議中"),
            MatterState.ANSWERED: say("決定済み"),
            MatterState.RETURNED: say("差戻し中"),
            MatterState.WITHDRAWN: say("取下げ"),
        },
        MatterOutcome: {
            MatterOutcome.APPROVED: say("了承"),
            MatterOutcome.DECIDED_OTHERWISE: say("別の内容で決定"),
            MatterOutcome.RETURNED: say("差戻し"),
            MatterOutcome.SENT_UP: say("上位の会議体へ"),
            MatterOutcome.UNANSWERED: say("期限までに回答なし"),
            MatterOutcome.WITHDRAWN: say("取下げ"),
        },
        StageOrigin: {
            StageOrigin.RAISED: say("チームなどから提起"),
            StageOrigin.SENT_UP: say("下位の会議体から"),
            StageOrigin.UNANSWERED: say("回答がなく上位へ"),
        },
        MeetingState: {
            MeetingState.PLANNED: say("開催予定"),
            MeetingState.HELD: say("開催済み"),
            MeetingState.CANCELLED: say("中止"),
        },
        SeatRole: {
            SeatRole.CHAIR: say("会議の長"),
            SeatRole.LEADER: say("リーダー"),
            SeatRole.SUB_LEADER: say("サブリーダー"),
            SeatRole.MEMBER: say("メンバー"),
        },
        SeatBasis: {
            SeatBasis.OFFICE: say("充て職"),
            SeatBasis.RANK: say("職級"),
            SeatBasis.NOMINATION: say("指名"),
        },
        InquiryKind: {
            InquiryKind.CHECK_IN: say("状況確認"),
            InquiryKind.MATTER: say("付議事項"),
            InquiryKind.SUCCESSOR: say("後任"),
            InquiryKind.MEETING: say("会議"),
        },
    }
