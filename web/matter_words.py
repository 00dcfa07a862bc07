"""What can be wrong with matters and meetings, in words: what it is and what to do, and which field it is about."""

from __future__ import annotations

from domain.meeting import MeetingProblem
from i18n import N_

MATTER_PROBLEMS = {
    "matter_closed": N_("この付議事項は、すでに決着しています。画面を更新してご確認ください。"),
    "not_an_answer": N_("会議体の決定を一つ選んでください。"),
    "matter_comment_missing": N_("了承のほかの決定では、会議体の意見や理由を入力してください。"),
    "decision_ahead": N_("決めた日は、今日までの日付を入力してください。"),
    "decided_before_arrival": N_("決めた日が、この会議体に付議された日より前です。日付をご確認ください。"),
    "no_body_above": N_("これより上の会議体はないため、上位へは回せません。"),
    "body_may_not_decide": N_("この会議体では決められない進め方です。「上位の会議体へ」を選んでください。"),
    "turn_is_over": N_(
        "この議題は、会議の記録より前に取り下げられたか、ほかの会議体へ移りました。「ここでは決めない」を選んでください。"
    ),
    MeetingProblem.DAY_PASSED: N_("会議の日は、今日以降の日付を入力してください。"),
    MeetingProblem.ENDS_BEFORE_IT_BEGINS: N_("終わる時刻は、始まる時刻より後にしてください。"),
    "time_not_readable": N_("時刻を「10:00」の形で入力してください。"),
    "meeting_not_planned": N_("この会議は、すでに記録されたか、中止されています。画面を更新してご確認ください。"),
    "already_invited": N_("案内はすでに送られています。日時や場所を変えると、改めて案内が送られます。"),
    "agenda_empty": N_("議題が一つもありません。議題を加えてから案内してください。"),
    "agenda_title_missing": N_("独自の議題の件名を入力してください。"),
    "agenda_item_twice": N_("同じ議題が二度入っています。画面を開き直してください。"),
    "agenda_item_gone": N_(
        "この画面を開いたあとに、議題が決着したか、ほかの会議に載りました。画面を開き直してください。"
    ),
    "agenda_order_not_readable": N_("順番は、1からの数字で入力してください。"),
    "meeting_is_ahead": N_("会議の日より前には、結果を記録できません。"),
    "nothing_recorded": N_("決定か議事の記録のどちらかを入力してください。"),
}
"""By the reason codes of the record and of the forms."""

MATTER_FIELDS = {
    "not_an_answer": "outcome",
    "matter_comment_missing": "comment",
    "body_comment_missing": "comment",
    "decision_ahead": "decided_on",
    "decided_before_arrival": "decided_on",
    "no_body_above": "outcome",
    "body_may_not_decide": "outcome",
    "turn_is_over": "outcome",
    MeetingProblem.DAY_PASSED: "held_on",
    MeetingProblem.ENDS_BEFORE_IT_BEGINS: "ends_at",
    "nothing_recorded": "minutes",
}
"""By reason code: the field that a problem is about; of the others the whole form is."""
