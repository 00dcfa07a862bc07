"""What can be wrong with a key project's forms, in words: what it is and what to do, and which field it is about."""

from __future__ import annotations

from functools import partial

from domain.inquiry import Addressee
from i18n import N_, translate


def addressee_labels(language: str) -> dict[Addressee, str]:
    """Who a step of an inquiry speaks to."""
    say = partial(translate, language)
    return {
        Addressee.TEAM: say("チームの全員"),
        Addressee.LEADER: say("リーダー・サブリーダー"),
        Addressee.COORDINATOR: say("調整担当課"),
        Addressee.COMMITTEE: say("最初の会議体（長と事務局）"),
        Addressee.MEMBERS: say("会議の構成員"),
        Addressee.SECRETARIAT: say("会議体の事務局"),
        Addressee.CHAIR: say("会議の長"),
    }


PROJECT_PROBLEMS = {
    "no_key_projects": N_("この計画には、キープロジェクトの決まりがありません。"),
    "project_code_missing": N_("プロジェクトの番号を入力してください。"),
    "project_code_taken": N_("この番号のプロジェクトはすでにあります。別の番号を入力してください。"),
    "project_title_missing": N_("プロジェクトの名称を入力してください。"),
    "hypothesis_missing": N_("仮説（何が変わるか）を入力してください。"),
    "goal_missing": N_("目標を入力してください。"),
    "path_missing": N_("これからの道筋を入力してください。"),
    "desired_state_missing": N_("めざす状態を一つ以上選んでください。"),
    "project_ended": N_("このプロジェクトは終了しているため、変更できません。"),
    "project_not_running": N_(
        "取組中のプロジェクトではないため、この操作はできません。画面を更新して状態をご確認ください。"
    ),
    "project_changed": N_(
        "この画面を開いたあとに、ほかの人が内容を直しました。入力した内容は下に残っています。いまの内容と見比べて、必要ならもう一度保存してください。"
    ),
    "cadence_missing": N_("状況確認の間隔を一つ選んでください。"),
    "indicator_label_missing": N_("指標の名称を入力してください。"),
    "indicator_exists": N_("同じ名称の指標がすでにあります。別の名称にしてください。"),
    "target_not_a_number": N_("目標値は数字で入力してください（例: 12.5）。"),
    "indicator_direction_missing": N_("指標の向きを一覧から選んでください。"),
    "check_in_not_open": N_(
        "この状況確認は、すでに提出されたか、回答が不要になりました。画面を更新してご確認ください。"
    ),
    "trial_title_missing": N_("試行の名称を入力してください。"),
    "trial_hypothesis_missing": N_("仮説を入力してください。"),
    "trial_starts_ahead": N_("始めた日は、今日までの日付を入力してください。"),
    "trial_ends_before_start": N_("終えた日は、始めた日以降の日付を入力してください。"),
    "trial_done_missing": N_("したことを入力してください。"),
    "trial_learning_missing": N_(
        "分かったことを入力してください。うまくいかなかったことから分かったことも、同じだけ大切です。"
    ),
    "trial_end_missing": N_("結果を選んだときは、終えた日を入力してください。"),
    "trial_result_unknown": N_("結果を一覧から選んでください。"),
    "route_outcome_missing": N_("これからの進め方を一つ選んでください。"),
    "route_reason_missing": N_("理由を入力してください。"),
    "project_to_merge_missing": N_(
        "統合先のプロジェクトを一覧から選んでください。取組中のプロジェクトが統合先になります。"
    ),
    "body_decides": N_("この進め方は会議体が決めることです。会議体に付議してください。"),
    "matter_title_missing": N_("件名を入力してください。"),
    "matter_question_missing": N_("会議体に決めてほしいことを入力してください。"),
    "wanted_by_passed": N_("回答がほしい日は、明日以降の日付を入力してください。"),
    "team_exists": N_("このプロジェクトには、その日に活動しているチームがあります。先にそのチームを廃止してください。"),
    "team_name_missing": N_("チームの名称を入力してください。"),
    "team_dissolved": N_("このチームはすでに廃止されています。"),
    "founding_ahead": N_("設置の日は、今日までの日付を入力してください。"),
    "leader_missing": N_("リーダーを選ぶか、氏名を入力してください。"),
    "leader_twice": N_("リーダーはすでにいます。サブリーダーかメンバーとして加えてください。"),
    "member_missing": N_("加える人を一覧から選ぶか、氏名を入力してください。"),
    "member_twice": N_("同じ人が二度選ばれているか、すでにこのチームにいます。"),
    "member_both": N_("一覧から選ぶか氏名を入力するか、どちらか一方にしてください。"),
    "seat_role_missing": N_("役割を一覧から選んでください。"),
    "joins_before_founding": N_("加わる日は、チームの設置の日以降の日付を入力してください。"),
    "dissolution_ahead": N_("廃止の日は、今日までの日付を入力してください。"),
    "dissolved_before_founding": N_("廃止の日は、設置の日以降の日付を入力してください。"),
    "deciding_body_unknown": N_("決めた会議体を一覧から選んでください。"),
    "deciding_matter_unknown": N_("付議事項を一覧から選んでください。"),
    "event_title_missing": N_("出来事の名称を入力してください。"),
    "event_kind_missing": N_("出来事の種類を一つ選んでください。"),
    "event_scope_unknown": N_("対象を一覧から選んでください。"),
    "calls_in_the_past": N_("状況確認を求める日は、今日以降の日付を入力してください。"),
}
"""By the reason codes of the record and of the forms."""

PROJECT_FIELDS = {
    "project_code_missing": "code",
    "project_code_taken": "code",
    "project_title_missing": "title",
    "hypothesis_missing": "hypothesis",
    "goal_missing": "goal",
    "path_missing": "path",
    "desired_state_missing": "nodes",
    "cadence_missing": "cadence",
    "indicator_label_missing": "label",
    "indicator_exists": "label",
    "target_not_a_number": "target",
    "indicator_direction_missing": "direction",
    "trial_title_missing": "title",
    "trial_hypothesis_missing": "hypothesis",
    "trial_starts_ahead": "started_on",
    "trial_ends_before_start": "ended_on",
    "trial_done_missing": "done",
    "trial_learning_missing": "learning",
    "trial_end_missing": "ended_on",
    "trial_result_unknown": "result",
    "route_outcome_missing": "outcome",
    "route_reason_missing": "reason",
    "project_to_merge_missing": "merged_into",
    "matter_title_missing": "title",
    "matter_question_missing": "question",
    "wanted_by_passed": "wanted_by",
    "team_exists": "on",
    "team_name_missing": "name",
    "founding_ahead": "on",
    "leader_missing": "leader",
    "joins_before_founding": "on",
    "dissolution_ahead": "on",
    "dissolved_before_founding": "on",
    "deciding_body_unknown": "body",
    "deciding_matter_unknown": "matter",
    "event_title_missing": "title",
    "event_kind_missing": "kind",
    "event_scope_unknown": "scope",
    "calls_in_the_past": "calls_on",
}
"""By reason code: the field that a problem is about; of the others the whole form is."""
