"""The words of a review: its states, what is decided of a measure, what contradicts itself, what happened."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import Any

import i18n
from documents.labels import lineage_labels
from domain.lineage import LineageKind
from domain.phase_review import ConsultationOutcome, HeadProblem, ReviewOutcome, ReviewState
from domain.review_snapshot import Standing
from domain.revision import Contradiction, Fate
from i18n import N_
from records.words import consultation_outcome_labels, review_outcome_labels, standing_labels


def review_labels(language: str) -> dict[type[StrEnum], dict[Any, str]]:
    say = partial(i18n.translate, language)
    return {
        LineageKind: lineage_labels(language),
        ReviewState: {
            ReviewState.OPENING: say("開始準備中"),
            ReviewState.PROPOSING: say("提案・意見の受付中"),
            ReviewState.DECIDING: say("決定の入力中"),
            ReviewState.CONSULTING: say("会議体で審議中"),
            ReviewState.MAKING: say("版と文書の作成中"),
            ReviewState.AWAITING_EFFECT: say("適用待ち"),
            ReviewState.CLOSED: say("終了"),
        },
        ReviewOutcome: review_outcome_labels(language),
        ConsultationOutcome: consultation_outcome_labels(language),
        Fate: {
            Fate.CONTINUE: say("続ける（名称・番号・内容などの変更を含む）"),
            Fate.MERGE: say("ほかの施策に統合する"),
            Fate.SPLIT: say("二つ以上に分割する"),
            Fate.ABOLISH: say("廃止する"),
        },
        Standing: standing_labels(language),
    }


STEPS = {
    ReviewState.OPENING: N_("期間のまとめ"),
    ReviewState.PROPOSING: N_("提案と意見"),
    ReviewState.DECIDING: N_("決定"),
    ReviewState.CONSULTING: N_("会議体の審議"),
    ReviewState.MAKING: N_("版と文書の作成"),
    ReviewState.AWAITING_EFFECT: N_("適用"),
    ReviewState.CLOSED: N_("終了"),
}
"""The steps of a review as its page lists them."""

CONTRADICTIONS = {
    Contradiction.UNDECIDED: N_("「%(code)s」の扱いがまだ決まっていません。"),
    Contradiction.DECIDED_TWICE: N_("「%(code)s」に二つの決定があります。どちらか一つにしてください。"),
    Contradiction.UNKNOWN_MEASURE: N_("「%(code)s」は見直しをしている版にありません。番号をご確認ください。"),
    Contradiction.CODE_TWICE: N_(
        "次の版で、番号「%(code)s」が二つ以上の施策に付いています。どれかの番号を変えてください。"
    ),
    Contradiction.CODE_MISSING: N_("「%(code)s」の番号が入力されていません。次の版での番号を入力してください。"),
    Contradiction.TITLE_MISSING: N_("番号「%(code)s」の名称が入力されていません。名称を入力してください。"),
    Contradiction.UNKNOWN_PARENT: N_(
        "「%(code)s」の体系での位置が次の版にありません。体系での位置を選び直してください。"
    ),
    Contradiction.SUCCESSORS_DO_NOT_FIT: N_(
        "「%(code)s」の扱いと、次の版での施策の数が合いません。分割では二つ以上の施策、統合では統合先が必要です。"
    ),
    Contradiction.MERGED_INTO_NOTHING: N_(
        "「%(code)s」の統合先の扱いがまだ決まっていません。統合先の施策を先に決めるか、別の統合先を選んでください。"
    ),
    Contradiction.MERGED_INTO_ABOLISHED: N_(
        "「%(code)s」の統合先は廃止されます。別の統合先を選ぶか、統合先を続けることにしてください。"
    ),
    Contradiction.MERGED_INTO_SPLIT: N_(
        "「%(code)s」の統合先は分割されます。別の統合先を選ぶか、統合先を分割しないことにしてください。"
    ),
    Contradiction.MERGED_IN_A_CIRCLE: N_(
        "「%(code)s」の統合先をたどると元の施策に戻ります。どれか一つを続けることにしてください。"
    ),
    Contradiction.REASON_MISSING: N_("「%(code)s」の理由が入力されていません。理由を入力してください。"),
    Contradiction.UNKNOWN_CLASS: N_("「%(code)s」の区分はこの計画にありません。区分を選び直してください。"),
    Contradiction.CLASS_DOES_NOT_MOVE_THERE: N_(
        "「%(code)s」の区分は、計画の決まりではその区分に移せません。区分を選び直してください。"
    ),
}
"""What keeps decisions from making an edition, and what to do."""

REVIEW_PROBLEMS = {
    "plan_without_review": N_("この計画には見直しの決まりがないため、見直しを始められません。"),
    "unknown_term": N_("見直す期間を一つ選んでください。"),
    "term_not_begun": N_("まだ始まっていない期間です。始まってから見直しを始めてください。"),
    "review_running": N_("この計画の別の期間の見直しが進行中です。終わってから始めてください。"),
    "edition_ahead": N_("まだ適用されていない次の版があります。適用されてから始めてください。"),
    "review_not_proposing": N_("提案の受付中ではありません。画面を更新して状態をご確認ください。"),
    "review_not_deciding": N_("決定を入力できる状態ではありません。画面を更新して状態をご確認ください。"),
    "review_not_consulting": N_("会議体の決定を記録できる状態ではありません。画面を更新して状態をご確認ください。"),
    "bodies_in_order": N_("前の会議体の決定を先に記録してください。"),
    "effective_date_passed": N_(
        "次の版の適用日を過ぎています。「差戻し」を記録し、「結果と次の版」で適用日を決め直してください。"
    ),
    "body_comment_missing": N_("会議体の意見を入力してください。"),
    "meeting_ahead": N_("開催日は、今日までの日付を入力してください。"),
    "consultation_recorded": N_("この会議体の決定はすでに記録されています。"),
    "consultation_outcome_missing": N_("会議体の決定を一つ選んでください。"),
    "nothing_to_undo": N_("取り消せる版がありません。画面を更新して状態をご確認ください。"),
    "edition_in_force": N_("すでに適用された版は取り消せません。誤りは正誤で直してください。"),
    "edition_used": N_("この版で年度が始まっているか、ほかの計画から参照されているため、取り消せません。"),
    "nothing_corrected": N_("直すところがありません。正しい番号や名称を入力してください。"),
    "corrected_in_review": N_(
        "見直しが進行中です。見直しの決定の中で直すか、見直しが終わってから正誤を行ってください。"
    ),
    "corrected_today": N_("今日から適用された版です。明日以降にもう一度操作してください。"),
    "criteria_not_answered": N_("まだ答えていない見直しの観点があります。すべての観点に答えてください。"),
    "outcome_missing": N_("計画を改訂するかどうかを選び、保存してください。"),
    "no_revision_reason_missing": N_("改訂を不要とする理由を入力してください。"),
    "no_edition_after_the_last_term": N_(
        "計画の最後の期間のため、次の版は作れません。「改訂は不要」を選んでください。"
    ),
    "edition_head_missing": N_("次の版の番号・名称・適用日などを入力してください。"),
    HeadProblem.CODE_MISSING: N_("次の版の番号を入力してください。"),
    HeadProblem.CODE_TAKEN: N_("この番号の版はすでにあります。別の番号を入力してください。"),
    HeadProblem.NAME_MISSING: N_("次の版の名称を入力してください。"),
    HeadProblem.DECIDED_NOT_A_MONTH: N_("策定・改訂の年月を「2021-03」の形で入力してください。"),
    HeadProblem.EFFECTIVE_NOT_AHEAD: N_("適用日は、明日以降の日付を入力してください。"),
    HeadProblem.EFFECTIVE_NOT_AFTER_EDITION: N_("適用日は、いまの版の適用日より後の日付を入力してください。"),
    "fate_missing": N_("次の版での扱いを一つ選んでください。"),
    "code_missing": N_("番号を入力してください。"),
    "title_missing": N_("名称を入力してください。"),
    "parent_missing": N_("体系での位置を一覧から選んでください。"),
    "class_missing": N_("区分を一覧から選んでください。"),
    "department_not_listed": N_("所管課を一覧から選んでください。"),
    "merge_target_missing": N_("統合先の施策を選んでください。"),
    "parts_missing": N_("分割では、二つ以上の施策の番号と名称を入力してください。"),
    "level_missing": N_("階層を一覧から選んでください。"),
    "decided_meanwhile": N_(
        "この画面を開いたあとに、ほかの人が決定を保存しました。内容を見比べて、必要ならもう一度保存してください。"
    ),
    "answered_meanwhile": N_(
        "この画面を開いたあとに、ほかの人が答えを保存しました。内容を見比べて、必要ならもう一度保存してください。"
    ),
}
"""By the reason codes of the record and of the forms."""

HAPPENED = {
    "review.opened": N_("見直しを始めました。"),
    "review.term_frozen": N_("期間の記録をまとめ、その内容を固定しました。"),
    "round.opened": N_("所管課に提案を依頼しました。"),
    "review.proposals_closed": N_("提案の受付を締め切りました。"),
    "review.outcome_set": N_("見直しの結果を保存しました（%(outcome)s）。"),
    "review.decided": N_("決定を終えました。"),
    "review.body_decided": N_("%(about)sの決定を記録しました（%(outcome)s）。"),
    "edition.made": N_("次の版（%(about)s）を作成しました。"),
    "edition.undone": N_("次の版（%(about)s）を取り消し、決定の入力に戻しました。"),
    "edition.took_effect": N_("次の版（%(about)s）が適用されました。"),
    "review.closed": N_("見直しを終了しました。"),
}
"""By the action of the audit log."""

DOCUMENTS = {
    "annual-report": N_("年度進捗報告書"),
    "phase-review-report": N_("見直し報告書"),
    "comparison-table": N_("新旧対照表"),
    "revised-plan": N_("改訂後の計画一覧"),
    "meeting-papers": N_("会議資料"),
}
"""By the kind of document."""
