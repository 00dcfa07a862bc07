"""The words for codes: states, ranks, steps, problems. One Japanese term each (design: words)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache
from typing import Any

import i18n
from documents import project_labels
from documents.series import trend_labels, value_type_labels
from domain.changes import ChangeKind
from domain.evaluation import CycleState, Direction
from domain.indicator import IndicatorDirection, IndicatorKind, ValueType
from domain.indicator_state import Trend
from domain.inquiry import Addressee
from domain.ladder import Rank, StepKind
from domain.mail_ledger import MailState
from domain.mail_trouble import TroubleReason
from domain.opinion import OpinionChannel, Reflection
from domain.phase_review import ConsultationOutcome, ReviewOutcome, ReviewState
from domain.plan import TimeRule
from domain.progress_report import ReportState
from domain.questions import AnswerProblem, Problem, Question, QuestionKind
from domain.reference import BodyKind, PlanRelation
from domain.reorganisation import SuccessionKind
from domain.review_snapshot import Standing
from domain.revision import Refusal
from domain.roles import Office
from i18n import N_
from records.board import Turn
from records.words import (
    direction_labels,
    opinion_channel_labels,
    rank_labels,
    reflection_labels,
    report_state_labels,
    standing_meanings,
    step_labels,
    succession_labels,
    turn_labels,
)
from web import evaluation_words
from web.account_words import ACCOUNT_PROBLEMS
from web.board_words import BOARD_PROBLEMS
from web.body_words import BODY_PROBLEMS
from web.evaluation_words import EVALUATION_PROBLEMS
from web.form_words import FORM_PROBLEMS
from web.mail_words import MAIL_PROBLEMS, TROUBLE_REASONS
from web.matter_words import MATTER_PROBLEMS
from web.opinion_words import OPINION_PROBLEMS
from web.organisation_words import ORGANISATION_PROBLEMS
from web.project_words import PROJECT_PROBLEMS, addressee_labels
from web.review_words import CONTRADICTIONS, DOCUMENTS, HAPPENED, REVIEW_PROBLEMS, STEPS, review_labels
from web.settings_words import SETTINGS_PROBLEMS, settings_labels
from web.term_words import TERM_PROBLEMS


def label(code: StrEnum, language: str) -> str:
    """A code in words."""
    return _labels(language)[type(code)][code]


def options(codes: Iterable[StrEnum], language: str) -> list[tuple[str, str]]:
    """Codes as a form offers them: with their words, in their order."""
    return [(code.value, label(code, language)) for code in codes]


@cache
def _labels(language: str) -> dict[type[StrEnum], dict[Any, str]]:
    def say(text: str) -> str:
        return i18n.translate(language, text)

    return {
        ReportState: report_state_labels(language),
        Direction: direction_labels(language),
        Reflection: reflection_labels(language),
        OpinionChannel: opinion_channel_labels(language),
        ChangeKind: {
            ChangeKind.ADDED: say("追加"),
            ChangeKind.CHANGED: say("変更"),
            ChangeKind.REMOVED: say("削除"),
        },
        CycleState: {
            CycleState.OPENING: say("開始準備中"),
            CycleState.COLLECTING: say("報告受付中"),
            CycleState.EVALUATING: say("評価中"),
            CycleState.CLOSING: say("文書作成中"),
            CycleState.CLOSED: say("終了"),
        },
        Rank: rank_labels(language),
        StepKind: step_labels(language),
        MailState: {
            MailState.QUEUED: say("送信待ち"),
            MailState.GATHERED: say("まとめメール待ち"),
            MailState.INFLIGHT: say("送信中"),
            MailState.SENT: say("送信済み"),
            MailState.UNKNOWN: say("到達不明"),
            MailState.FAILED: say("送信失敗"),
            MailState.OBSOLETE: say("送信取りやめ"),
        },
        TroubleReason: {reason: say(said) for reason, said in TROUBLE_REASONS.items()},
        Turn: turn_labels(language),
        SuccessionKind: succession_labels(language),
        Office: {
            Office.NONE: say("なし"),
            Office.PLANNING: say("計画担当"),
            Office.ADMINISTRATOR: say("管理者"),
        },
        **_plan_labels(language),
        **review_labels(language),
        **project_labels.labels(language),
        Addressee: addressee_labels(language),
        **settings_labels(language),
        **evaluation_words.labels(language),
    }


def _plan_labels(language: str) -> dict[type[StrEnum], dict[Any, str]]:
    def say(text: str) -> str:
        return i18n.translate(language, text)

    return {
        ValueType: value_type_labels(language),
        Trend: trend_labels(language),
        IndicatorKind: {
            IndicatorKind.COUNT: say("ある時点の数"),
            IndicatorKind.RATIO: say("割合"),
            IndicatorKind.CUMULATIVE: say("累計"),
            IndicatorKind.YEARLY_TOTAL: say("年間の合計"),
            IndicatorKind.MONTHLY_MEAN: say("月平均"),
            IndicatorKind.AMOUNT: say("測った値"),
        },
        IndicatorDirection: {
            IndicatorDirection.HIGHER: say("高いほど良い"),
            IndicatorDirection.LOWER: say("低いほど良い"),
            IndicatorDirection.MAINTAIN: say("維持する"),
            IndicatorDirection.RANGE: say("範囲に収める"),
            IndicatorDirection.NONE: say("記載なし"),
        },
        TimeRule: {
            TimeRule.DONE_IN_TERM: say("その期のうちに取り組む"),
            TimeRule.WEIGHED_IN_TERM: say("その期のうちに検討を終え、次の期までに取り組む"),
            TimeRule.STUDIED_IN_TERM: say("その期のうちに調査研究し、結果により移行する"),
        },
        PlanRelation: {
            PlanRelation.UPPER: say("上位計画"),
            PlanRelation.IMPLEMENTATION: say("実施計画"),
            PlanRelation.RELATED: say("関連する計画"),
            PlanRelation.PREDECESSOR: say("前身の計画"),
            PlanRelation.ANNEX: say("別冊"),
            PlanRelation.BASIS: say("基づく計画など"),
        },
        BodyKind: {
            BodyKind.BODY: say("会議体"),
            BodyKind.TEAM: say("プロジェクトチーム"),
            BodyKind.SECTION: say("事務局・担当課"),
            BodyKind.OFFICE: say("役職・人材"),
        },
    }


def problem_in_words(problem: str, language: str, **values: object) -> str:
    """A refusal in words: what happened and what to do. `problem` is a reason code of the record."""
    texts = {
        "round_closed": N_("この回の受付は締め切られました。計画担当課へご相談ください。"),
        "report_exempted": N_("この施策は今回の報告が免除されています。"),
        "comment_missing": N_("差戻しの理由を入力してください。"),
        "reason_missing": N_("理由を入力してください。"),
        "not_confirmed": N_("内容を確かめて、印を付けてください。"),
        "paused_already": N_("すでに停止しています。いまの状態を表示しました。"),
        "not_paused": N_("停止していないため、再開の操作はできません。"),
        "nothing_to_withdraw": N_("この部署への依頼には、取り下げるものがありません。"),
        "due_date_not_in_future": N_("新しい期限は、明日以降の日付を入力してください。"),
        "nothing_outstanding": N_("未提出の施策がないため、期限は延長できません。"),
        "department_dissolved": N_("廃止された部署です。現在の部署を選んでください。"),
        "same_department": N_("すでにこの部署が所管しています。別の部署を選んでください。"),
        "cycle_not_collecting": N_("この年度は報告受付中ではありません。画面を更新して状態をご確認ください。"),
        "cycle_not_evaluating": N_(
            "この年度は評価を入力できる状態ではありません。画面を更新して状態をご確認ください。"
        ),
        "measures_not_evaluated": N_("評価が入力されていない施策があります。すべて入力してから締めてください。"),
        "collection_not_opened": N_(
            "受付がまだ始まっていないため、締め切れません。受付が始まってからもう一度操作してください。"
        ),
        "day_not_readable": N_("日付を「2021-02-15」の形で入力してください。"),
        "fiscal_year_not_readable": N_("年度を一覧から選んでください。"),
        "department_missing": N_("新しい所管課を選んでください。"),
        "grade_missing": N_("評価の区分を一つ選んでください。"),
        "direction_missing": N_("今後の方向性を一つ選んでください。"),
        "new_measure_withdrawn": N_("この提案は取り下げられているため、変更できません。"),
        "new_measure_changed": N_(
            "ほかの人が先にこの提案を直しました。入力した内容の控えを取り、画面を開き直して最新の内容をご確認ください。"
        ),
        "outside_plan_period": N_("計画期間の外の年度です。計画期間内の年度を指定してください。"),
    }
    texts |= (
        ACCOUNT_PROBLEMS
        | MAIL_PROBLEMS
        | BOARD_PROBLEMS
        | BODY_PROBLEMS
        | FORM_PROBLEMS
        | EVALUATION_PROBLEMS
        | MATTER_PROBLEMS
        | ORGANISATION_PROBLEMS
        | OPINION_PROBLEMS
        | REVIEW_PROBLEMS
        | PROJECT_PROBLEMS
        | TERM_PROBLEMS
        | SETTINGS_PROBLEMS
    )
    return i18n.translate(language, texts.get(problem, N_("この操作は現在の状態ではできません。")), **values)


def answer_problem_in_words(problem: AnswerProblem, question: Question | None, language: str) -> str:
    """What is wrong with one answer and what to do, by the label of its question (None: there is no such question)."""

    def say(text: str, **values: object) -> str:
        return i18n.translate(language, text, **values)

    if question is None or problem.problem is Problem.UNKNOWN_QUESTION:
        return say("「%(name)s」という設問はありません。設問の名前をご確認ください。", name=problem.question)
    name = question.label.in_language(language)
    match problem.problem:
        case Problem.MISSING if len(question.choices) == 1:
            return say(
                "「%(name)s」をご確認ください。正しければチェックを入れ、違っていれば直してから、もう一度提出してください。",
                name=name,
            )
        case Problem.MISSING if question.kind is QuestionKind.CHOICE:
            return say("「%(name)s」を選んでください。", name=name)
        case Problem.MISSING:
            return say("「%(name)s」を入力してください。", name=name)
        case Problem.TOO_LONG:
            return say(
                "「%(name)s」は%(limit)d文字以内で入力してください（現在%(length)d文字）。",
                name=name,
                limit=problem.limit,
                length=problem.length,
            )
        case Problem.NOT_A_NUMBER:
            return say("「%(name)s」は数字で入力してください（例: 12.5）。", name=name)
        case Problem.NOT_A_CHOICE:
            return say("「%(name)s」は選択肢の中から選んでください。", name=name)
        case Problem.MERGED_INTO_ITSELF:
            return say("統合先に、この施策自身は選べません。引き継いでもらう別の施策を選んでください。")
        case Problem.SPLIT_INTO_ONE:
            return say("分けたあとの名称を、1行に一つずつ、二つ以上書いてください。")
        case Problem.NOTHING_CHANGED:
            return say(
                "名称・内容・区分のどれも、いまの計画と変わりません。変えるものを入力するか、「今のまま続ける」を選んでください。"
            )
        case Problem.CLASS_DOES_NOT_MOVE_THERE:
            return say("いまの区分から、選んだ区分へは移せません。計画で決められた移行先を選んでください。")


def condition_in_words(question: str, choices: Sequence[str], language: str) -> str:
    """When a question is asked, by the label of another question and the labels of its choices."""
    either = i18n.translate(language, "」または「").join(choices)
    return i18n.translate(language, "「%(question)s」が「%(choices)s」の場合", question=question, choices=either)


def review_step_in_words(step: ReviewState, language: str) -> str:
    return i18n.translate(language, STEPS[step])


def standing_in_words(standing: Standing, language: str) -> str:
    """What is meant by the way in which a year's report counts in a review."""
    return standing_meanings(language)[standing]


def refusal_in_words(refusal: Refusal, language: str) -> str:
    """A contradiction of a review's decisions: what it is and what to do."""
    return i18n.translate(language, CONTRADICTIONS[refusal.contradiction], code=refusal.code)


def happened_in_words(action: str, about: str, outcome: str, language: str) -> str:
    """A step of a review as its page tells it."""
    known: list[StrEnum] = [*ReviewOutcome, *ConsultationOutcome]
    ended = next((label(one, language) for one in known if one.value == outcome), outcome)
    return i18n.translate(language, HAPPENED[action], about=about, outcome=ended)


def document_in_words(kind: str, language: str) -> str:
    """The name of a kind of document; papers for a body go by their place in the order."""
    number = kind.removeprefix("body-papers-")
    if number != kind:
        return i18n.translate(language, "会議資料 %(number)s", number=number)
    return i18n.translate(language, DOCUMENTS[kind]) if kind in DOCUMENTS else kind
