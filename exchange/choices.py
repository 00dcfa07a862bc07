"""The words for what can be chosen in a cell: every enumeration of the definition, in both languages."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Any

from domain.body import SeatBasis, SeatRole
from domain.evaluation import Stage
from domain.indicator import IndicatorDirection, IndicatorKind, ValueType
from domain.inquiry import Addressee, InquiryAnchor, InquiryKind
from domain.key_project import Cadence, RouteOutcome
from domain.ladder import Anchor, Rank, StepKind
from domain.lineage import LineageKind
from domain.plan import LinkKind, TimeRule
from domain.questions import QuestionKind
from domain.rating import RatePreset
from domain.reference import BodyKind, PlanRelation
from domain.text import Bilingual

LABELS: dict[type[StrEnum], dict[Any, Bilingual]] = {
    LineageKind: {
        LineageKind.CONTINUED: Bilingual("継続", "Continued"),
        LineageKind.RENAMED: Bilingual("名称変更", "Renamed"),
        LineageKind.RENUMBERED: Bilingual("番号変更", "Renumbered"),
        LineageKind.MERGED: Bilingual("統合", "Merged"),
        LineageKind.SPLIT: Bilingual("分割", "Split"),
        LineageKind.ABOLISHED: Bilingual("廃止", "Abolished"),
        LineageKind.NEW: Bilingual("新規", "New"),
    },
    IndicatorKind: {
        IndicatorKind.COUNT: Bilingual("ある時点の数", "Count at a time"),
        IndicatorKind.RATIO: Bilingual("割合", "Ratio"),
        IndicatorKind.CUMULATIVE: Bilingual("累計", "Cumulative"),
        IndicatorKind.YEARLY_TOTAL: Bilingual("年間の合計", "Yearly total"),
        IndicatorKind.MONTHLY_MEAN: Bilingual("月平均", "Monthly mean"),
        IndicatorKind.AMOUNT: Bilingual("測った量", "Amount"),
    },
    IndicatorDirection: {
        IndicatorDirection.HIGHER: Bilingual("増やす", "Higher is better"),
        IndicatorDirection.LOWER: Bilingual("減らす", "Lower is better"),
        IndicatorDirection.MAINTAIN: Bilingual("維持する", "Maintain"),
        IndicatorDirection.RANGE: Bilingual("範囲に収める", "Stay in a range"),
        IndicatorDirection.NONE: Bilingual("記載なし", "Not stated"),
    },
    ValueType: {
        ValueType.BASELINE: Bilingual("基準値", "Baseline"),
        ValueType.TARGET: Bilingual("目標値", "Target"),
        ValueType.EXPECTED: Bilingual("実績値（見込）", "Actual (expected)"),
        ValueType.FINAL: Bilingual("実績値（確定）", "Actual (final)"),
    },
    TimeRule: {
        TimeRule.DONE_IN_TERM: Bilingual("当期内に取り組む", "Done in the term"),
        TimeRule.WEIGHED_IN_TERM: Bilingual("当期内に検討を終える", "Weighed in the term"),
        TimeRule.STUDIED_IN_TERM: Bilingual("当期内に調査研究する", "Studied in the term"),
    },
    Stage: {
        Stage.PRIMARY: Bilingual("一次評価", "Primary evaluation"),
        Stage.SECONDARY: Bilingual("二次評価", "Secondary evaluation"),
        Stage.EXTERNAL: Bilingual("外部評価", "External evaluation"),
    },
    LinkKind: {
        LinkKind.REPORTED_IN: Bilingual("相手側で報告する", "Reported there"),
        LinkKind.CONTRIBUTES_TO: Bilingual("報告が相手側にも載る", "Appears there too"),
        LinkKind.SERVES: Bilingual("上位の施策", "Serves"),
    },
    PlanRelation: {
        PlanRelation.UPPER: Bilingual("上位計画", "Upper plan"),
        PlanRelation.IMPLEMENTATION: Bilingual("実施計画", "Implementation plan"),
        PlanRelation.RELATED: Bilingual("関連計画", "Related plan"),
        PlanRelation.PREDECESSOR: Bilingual("前身の計画", "Predecessor"),
        PlanRelation.ANNEX: Bilingual("別冊", "Annex"),
        PlanRelation.BASIS: Bilingual("基づくもの", "Basis"),
    },
    BodyKind: {
        BodyKind.BODY: Bilingual("会議体", "Body"),
        BodyKind.TEAM: Bilingual("プロジェクトチーム", "Project team"),
        BodyKind.SECTION: Bilingual("事務局・担当課", "Section"),
        BodyKind.OFFICE: Bilingual("役職・人材", "Office"),
    },
    SeatBasis: {
        SeatBasis.OFFICE: Bilingual("充て職", "Office"),
        SeatBasis.RANK: Bilingual("職級", "Rank"),
        SeatBasis.NOMINATION: Bilingual("指名", "Nomination"),
    },
    SeatRole: {
        SeatRole.CHAIR: Bilingual("会議の長", "Chair"),
        SeatRole.LEADER: Bilingual("リーダー", "Leader"),
        SeatRole.SUB_LEADER: Bilingual("サブリーダー", "Sub-leader"),
        SeatRole.MEMBER: Bilingual("メンバー", "Member"),
    },
    Cadence: {
        Cadence.WEEKLY: Bilingual("毎週", "Weekly"),
        Cadence.FORTNIGHTLY: Bilingual("隔週", "Fortnightly"),
        Cadence.MONTHLY: Bilingual("毎月", "Monthly"),
        Cadence.QUARTERLY: Bilingual("四半期ごと", "Quarterly"),
        Cadence.HALF_YEARLY: Bilingual("半年ごと", "Half-yearly"),
        Cadence.YEARLY: Bilingual("毎年", "Yearly"),
        Cadence.AFTER_EVENT: Bilingual("出来事のあと", "After an event"),
    },
    RouteOutcome: {
        RouteOutcome.CONTINUE: Bilingual("このまま続ける", "Go on as it is"),
        RouteOutcome.CHANGE_PATH: Bilingual("道筋を変える", "Change the path"),
        RouteOutcome.CHANGE_GOAL: Bilingual("目標を変える", "Change the goal"),
        RouteOutcome.SCALE: Bilingual("広げる", "Widen"),
        RouteOutcome.MERGE: Bilingual("ほかのプロジェクトと統合する", "Merge with another project"),
        RouteOutcome.STOP: Bilingual("やめる", "Stop"),
    },
    InquiryKind: {
        InquiryKind.CHECK_IN: Bilingual("状況確認", "Check-in"),
        InquiryKind.SUCCESSOR: Bilingual("後任", "Successor"),
        InquiryKind.MATTER: Bilingual("付議事項", "Matter"),
        InquiryKind.MEETING: Bilingual("会議", "Meeting"),
    },
    InquiryAnchor: {
        InquiryAnchor.OPENED: Bilingual("始まりの日", "Opening"),
        InquiryAnchor.DUE: Bilingual("期限日", "Due date"),
    },
    Addressee: {
        Addressee.TEAM: Bilingual("チームの全員", "Team"),
        Addressee.LEADER: Bilingual("リーダー・サブリーダー", "Leader and sub-leader"),
        Addressee.COORDINATOR: Bilingual("調整担当課", "Coordinating section"),
        Addressee.COMMITTEE: Bilingual("最初の会議体（長と事務局）", "First body (chair and secretariat)"),
        Addressee.MEMBERS: Bilingual("会議の構成員", "Members of the body"),
        Addressee.SECRETARIAT: Bilingual("会議体の事務局", "Secretariat of the body"),
        Addressee.CHAIR: Bilingual("会議の長", "Chair of the body"),
    },
    RatePreset: {
        RatePreset.ACTUAL_OVER_TARGET: Bilingual("達成率（実績÷目標）", "Actual over target"),
        RatePreset.PROGRESS_FROM_BASELINE: Bilingual("基準値からの進捗", "Progress from the baseline"),
        RatePreset.PACE: Bilingual("経過年数に対する進捗", "Pace"),
    },
    QuestionKind: {
        QuestionKind.TEXT: Bilingual("文章", "Text"),
        QuestionKind.NUMBER: Bilingual("数値", "Number"),
        QuestionKind.CHOICE: Bilingual("選択", "Choice"),
    },
    StepKind: {
        StepKind.NOTICE: Bilingual("事前通知", "Notice"),
        StepKind.REMINDER: Bilingual("督促", "Reminder"),
        StepKind.ESCALATION: Bilingual("上申", "Escalation"),
        StepKind.APPROVAL_REQUEST: Bilingual("承認依頼", "Request for approval"),
        StepKind.RETURN: Bilingual("差戻し", "Return"),
    },
    Anchor: {
        Anchor.OPENED: Bilingual("受付開始日", "Opening"),
        Anchor.DUE: Bilingual("期限日", "Due date"),
        Anchor.SUBMITTED: Bilingual("提出日", "Submission"),
        Anchor.RETURNED: Bilingual("差戻し日", "Return"),
    },
    Rank: {
        Rank.STAFF: Bilingual("担当者", "Staff"),
        Rank.SUBSECTION_CHIEF: Bilingual("係長", "Subsection chief"),
        Rank.SECTION_HEAD: Bilingual("課長", "Section head"),
        Rank.DEPUTY_DIRECTOR: Bilingual("次長", "Deputy director"),
        Rank.DEPUTY_DIRECTOR: Bilingual("次長", "Deputy director"),
        Rank.DIRECTOR: Bilingual("部長", "Director"),
        Rank.PLANNING: Bilingual("計画担当課", "Planning division"),
    },
}

YES, NO = Bilingual("はい", "yes"), Bilingual("いいえ", "no")

_YES = {"はい", "yes", "y", "true", "○", "〇", "◯", "1", "有", "有り", "あり", "✓"}
_NO = {"いいえ", "no", "n", "false", "×", "✕", "x", "0", "無", "無し", "なし"}


def label(member: StrEnum) -> Bilingual:
    return LABELS[type(member)][member]


def chosen(choices: type[StrEnum], typed: str) -> StrEnum | None:
    """The member that a cell names by its label in either language or by its code; None: none of them."""
    wanted = _plain(typed)
    for member, words in LABELS[choices].items():
        if wanted in (_plain(words.ja), _plain(words.en), _plain(member)):
            found: StrEnum = member
            return found
    return None


def yes_or_no(typed: str) -> bool | None:
    """Whether a cell says yes or no, in the ways people mark it; None: neither."""
    wanted = _plain(typed)
    if wanted in _YES:
        return True
    return False if wanted in _NO else None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
