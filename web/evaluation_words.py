"""The evaluation's own words: why no grade is suggested, how a report came in."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import Any

import i18n
from domain.evaluation import Stage
from domain.punctuality import Timeliness
from domain.suggestion import NoSuggestion
from i18n import N_
from records.words import stage_labels

EVALUATION_PROBLEMS = {
    "earlier_stage_missing": N_("前の段階の評価がまだ入力されていません。先にそちらを入力してください。"),
    "evaluated_meanwhile": N_("ほかの人が先に評価を保存しました。内容を見比べて、よければもう一度保存してください。"),
}


def labels(language: str) -> dict[type[StrEnum], dict[Any, str]]:
    say = partial(i18n.translate, language)
    return {
        Stage: stage_labels(language),
        NoSuggestion: {
            NoSuggestion.NO_RATING: say("この計画には、指標から評価の区分を出す決まりがありません（記載なし）。"),
            NoSuggestion.NO_INDICATOR: say("この施策には指標がありません（記載なし）。"),
            NoSuggestion.NONE_RATED: say("どの指標からも区分を出せません。理由は指標ごとに示します。"),
            NoSuggestion.GRADES_DIFFER: say(
                "指標によって区分がちがいます。どの指標を重くみるかは、評価する人が決めます。"
            ),
            NoSuggestion.NO_DIRECTION: say("高いほど良いのか低いほど良いのか、記載なしのため計算しません。"),
            NoSuggestion.NO_ACTUAL: say("実績値の記載なし。"),
            NoSuggestion.ACTUAL_OF_ANOTHER_YEAR: say("この年度の実績値の記載なし。下は、前の年度の値による計算です。"),
            NoSuggestion.AWAITS_APPROVAL: say("この年度の実績値は報告されていますが、所属長の承認がまだです。"),
            NoSuggestion.NO_TARGET: say("目標値の記載なし（今の定義によるもの）。"),
            NoSuggestion.NO_BASELINE: say("基準値の記載なし（今の定義によるもの）。"),
            NoSuggestion.NOT_COMPUTABLE: say("この値の組み合わせでは、率を計算できません。"),
        },
        Timeliness: {
            Timeliness.ON_TIME: say("期限内に提出"),
            Timeliness.LATE: say("期限後に提出"),
            Timeliness.MISSING: say("未提出"),
            Timeliness.PENDING: say("期限前"),
            Timeliness.EXEMPTED: say("報告免除"),
        },
    }
