"""What can be wrong with the seats of a body, in words: what it is and what to do."""

from __future__ import annotations

from i18n import N_

BODY_PROBLEMS = {
    "sitter_missing": N_("一覧から人を選ぶか、氏名を入力してください。"),
    "sitter_both": N_("一覧から選ぶか氏名を入力するか、どちらか一方にしてください。"),
    "seat_address_not_readable": N_("メールアドレスの形で入力してください。アドレスがなければ空欄にします。"),
    "seat_department_missing": N_("どの部署の担当かを一覧から選んでください。"),
    "seat_department_unknown": N_("部署を一覧から選んでください。"),
    "seat_basis_missing": N_("どのように選ばれた人かを一つ選んでください。"),
    "seat_role_unknown": N_("役割を一覧から選んでください。"),
    "seat_twice": N_("この人は、その日にはもう同じ役割に就いています。"),
    "seats_of_teams": N_("プロジェクトチームの人は、キープロジェクトのページで登録します。"),
    "seat_ended": N_("この席はすでに終わっているか、後任が決まっています。画面を更新してご確認ください。"),
    "seat_not_begun": N_("就いた日より前の日付です。その日以降の日付を入力してください。"),
    "successor_is_holder": N_("いまの人と同じ人です。別の人を選ぶか、「引き続き務める」として登録してください。"),
    "no_successor_wanted": N_("この席の後任は、いま求められていません。画面を更新してご確認ください。"),
}
"""By the reason codes of the record and of the forms."""
