"""What can be wrong with a reorganisation or a transfer, in words: what it is and what to do."""

from __future__ import annotations

from i18n import N_

ORGANISATION_PROBLEMS = {
    "succession_kind_missing": N_("どのような改編かを一つ選んでください。"),
    "succession_department_missing": N_("対象の部署を選んでください。"),
    "succession_one_department": N_("複数の部署を選べるのは統合だけです。部署を一つだけ選んでください。"),
    "succession_department_unknown": N_("対象の部署が見つかりません。一覧から選んでください。"),
    "succession_department_not_there": N_("改編の前の日に存在しない部署です。日付か部署をご確認ください。"),
    "succession_ends_otherwise": N_("この部署には別の最終日が登録されています。改編の日は、その次の日にしてください。"),
    "succession_recorded": N_("同じ日に別の改編が登録されています。先にそれを取り下げてください。"),
    "succession_pending": N_("この部署には、まだ実施されていない改編があります。先にそれを取り下げてください。"),
    "succession_done": N_("すでに実施された改編は取り下げられません。"),
    "succession_needs_one": N_("引き継ぐ部署を一つ選んでください。"),
    "succession_needs_two": N_("分割では、引き継ぐ部署を二つ以上選んでください。"),
    "succession_needs_none": N_("廃止では、引き継ぐ部署を選びません。引き継ぐときは統合か分割を選んでください。"),
    "successor_unknown": N_("引き継ぐ部署が見つかりません。一覧から選んでください。"),
    "successor_not_there": N_("改編の日に存在しない部署です。別の部署を選んでください。"),
    "successor_twice": N_("同じ部署が二度選ばれています。"),
    "successor_not_new": N_("以前からある部署です。この場合は、改称ではなく統合を選んでください。"),
    "successor_itself": N_("同じ部署には引き継げません。一部の施策だけを移すときは、分割を選んでください。"),
    "department_code_missing": N_("新しい部署のコードを入力してください。"),
    "department_code_taken": N_("このコードはすでに使われています。別のコードを入力してください。"),
    "department_name_missing": N_("新しい部署の名前を入力してください。"),
    "address_not_readable": N_("メールアドレスの形で入力してください。共用アドレスがなければ空欄にします。"),
    "nothing_transferred": N_("終わる職か、新しい職を選んでください。"),
    "appointment_not_held": N_("その日の前の日に就いていない職です。異動の日をご確認ください。"),
    "department_not_there": N_("異動の日に存在しない部署です。日付か部署をご確認ください。"),
    "rank_of_no_department": N_("計画担当課は部署の職ではありません。別の職を選んでください。"),
}
"""By the reason codes of the record and of the forms."""
