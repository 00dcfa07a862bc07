"""The words of boards and saved views: what refuses a change of several departments, or a name."""

from __future__ import annotations

from i18n import N_

BOARD_PROBLEMS = {
    "no_request_chosen": N_("変更する部署を一つ以上選んでください。"),
    "what_to_change_missing": N_("期限の延長か免除のどちらかを選んでください。"),
    "nothing_outstanding_of_all": N_("選んだ部署には、未提出の施策がありません。部署を選び直してください。"),
    "nothing_to_withdraw_of_round": N_("この回には、取り下げる依頼がありません。"),
    "view_name_missing": N_("表示の名前を入力してください。"),
    "view_name_too_long": N_("表示の名前は60文字以内で入力してください。"),
    "view_name_taken": N_("同じ名前の表示があります。別の名前を入力してください。"),
    "view_is_empty": N_("絞り込みも並べ替えもしていないため、保存するものがありません。"),
    "too_many_views": N_("保存できる表示は30件までです。使わないものを削除してから保存してください。"),
}
BOARD_FIELDS = {
    "no_request_chosen": "requests",
    "what_to_change_missing": "what",
    "nothing_outstanding_of_all": "requests",
    "view_name_missing": "name",
    "view_name_too_long": "name",
    "view_name_taken": "name",
}
"""Which field of a form a refusal is about."""
