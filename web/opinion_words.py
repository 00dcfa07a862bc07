"""What can be wrong with an opinion, its answer or a window, in words: what it is and what to do."""

from __future__ import annotations

from domain.opinion import LONGEST_AUTHOR, LONGEST_CONTACT, LONGEST_TEXT, OpinionProblem
from i18n import N_

OPINION_PROBLEMS = {
    OpinionProblem.TEXT_MISSING: N_("ご意見を入力してください。"),
    OpinionProblem.TEXT_TOO_LONG: N_("ご意見は%(limit)d文字以内で入力してください（現在%(length)d文字）。"),
    OpinionProblem.SOURCE_MISSING: N_("どなたのご意見かを一つ選んでください。"),
    OpinionProblem.SOURCE_UNKNOWN: N_("どなたのご意見かを、選択肢の中から一つ選んでください。"),
    OpinionProblem.AUTHOR_TOO_LONG: N_("氏名・団体名は%(limit)d文字以内で入力してください（現在%(length)d文字）。"),
    OpinionProblem.CONTACT_TOO_LONG: N_("連絡先は%(limit)d文字以内で入力してください（現在%(length)d文字）。"),
    OpinionProblem.RECEIVED_AHEAD: N_("受付日は、今日までの日付を入力してください。"),
    OpinionProblem.ANSWER_MISSING: N_("回答を入力してください。"),
    OpinionProblem.ANSWER_TOO_LONG: N_("回答は%(limit)d文字以内で入力してください（現在%(length)d文字）。"),
    OpinionProblem.REFLECTION_MISSING: N_("反映状況を一つ選んでください。"),
    "review_closed": N_("この見直しは終了しているため、変更できません。"),
    "opinion_window_missing": N_("募集を始める日を入力してください。"),
    "opinion_window_reversed": N_("募集を終える日は、始める日以降の日付を入力してください。"),
    "opinion_node_missing": N_("施策などを一つ選んでください。"),
    "opinions_not_taken": N_("現在、意見を募集していません。"),
}
"""By the reason codes of the record and of the forms."""

FIELD_OF = {
    OpinionProblem.TEXT_MISSING: "text",
    OpinionProblem.TEXT_TOO_LONG: "text",
    OpinionProblem.SOURCE_MISSING: "source",
    OpinionProblem.SOURCE_UNKNOWN: "source",
    OpinionProblem.AUTHOR_TOO_LONG: "author",
    OpinionProblem.CONTACT_TOO_LONG: "contact",
    OpinionProblem.RECEIVED_AHEAD: "received_on",
    OpinionProblem.ANSWER_MISSING: "answer",
    OpinionProblem.ANSWER_TOO_LONG: "answer",
    OpinionProblem.REFLECTION_MISSING: "reflection",
    "opinion_window_missing": "since",
    "opinion_window_reversed": "until",
}
"""Which field of a form a problem belongs to."""

LIMITS = {
    OpinionProblem.TEXT_TOO_LONG: LONGEST_TEXT,
    OpinionProblem.AUTHOR_TOO_LONG: LONGEST_AUTHOR,
    OpinionProblem.CONTACT_TOO_LONG: LONGEST_CONTACT,
    OpinionProblem.ANSWER_TOO_LONG: LONGEST_TEXT,
}
