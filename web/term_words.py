"""The words for what keeps the evaluation of a term, or a survey, from being stored."""

from __future__ import annotations

from i18n import N_

TERM_PROBLEMS = {
    "term_not_at_its_end": N_("この期間の振り返りは、最後の年度に入ってから書けます。"),
    "term_decided": N_("この振り返りは決定済みです。直すときは、理由を書いて決定を取り消してください。"),
    "term_not_decided": N_("この振り返りは、まだ決定されていません。画面を更新して状態をご確認ください。"),
    "theme_without_points": N_(
        "まだ何も書かれていないテーマがあります。どのテーマにも一つ以上書いてから決定してください。"
    ),
    "term_written_meanwhile": N_("画面を開いたあとに、ほかの人が書き直しました。内容を確かめてから決定してください。"),
    "theme_written_meanwhile": N_(
        "画面を開いたあとに、ほかの人がここを書き直しました。並べて示した内容を見て、書き直して保存してください。"
    ),
    "too_many_points": N_("点が多すぎます。一つの欄に20行までにしてください。"),
    "point_too_long": N_("長すぎる行があります。1行は300文字までにしてください。"),
    "survey_code_taken": N_("このコードの調査がすでにあります。別のコードにするか、「置き換える」を選んでください。"),
    "survey_code_missing": N_("調査のコードを、半角の英数字とハイフンで入力してください。例：attitude-2027"),
    "survey_name_missing": N_("調査の名称を入力してください。"),
    "survey_year_missing": N_("実施年度を、4桁の西暦で入力してください。例：2027"),
    "respondents_not_readable": N_("回答者数を、0以上の数字で入力してください。分からないときは空欄にします。"),
    "file_missing": N_("CSVファイルを選んでください。"),
}
"""By the code of the problem. The two limits are those of `domain/term_evaluation.py`."""
