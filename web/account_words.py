"""What can be wrong with an account or a password, in words, and the standing of an account."""

from __future__ import annotations

from i18n import N_
from records.account_pages import Standing

ACCOUNT_PROBLEMS = {
    "name_missing": N_("氏名を入力してください。"),
    "email_not_readable": N_("メールアドレスの形（例：hanako@city.example.lg.jp）で入力してください。"),
    "user_exists": N_("このメールアドレスの利用者は、すでに登録されています。"),
    "language_missing": N_("言語を一覧から選んでください。"),
    "office_missing": N_("全庁の役割を一覧から選んでください。"),
    "last_administrator": N_("ほかに管理者がいなくなります。先に、別の人を管理者にしてください。"),
    "own_account": N_("自分のアカウントは停止できません。ほかの管理者に依頼してください。"),
    "account_blocked": N_("停止中のアカウントです。先に停止を解いてください。"),
    "invitation_not_sent": N_(
        "案内のメールを送れませんでした。メールアドレスとメールサーバーを確かめて、もう一度送ってください。"
    ),
    "password_wrong": N_("いまのパスワードが違います。もう一度入力してください。"),
    "password_too_short": N_("新しいパスワードは12文字以上にしてください。"),
    "password_too_long": N_("新しいパスワードは200文字以内にしてください。"),
    "password_too_easy": N_(
        "推測されやすいパスワードです。よくある言葉、続き番号、自分の名前やアドレスだけにせず、"
        "関係のない言葉をいくつかつなげてください。"
    ),
    "passwords_differ": N_("二つの新しいパスワードが違います。同じものを入力してください。"),
}
"""By the reason codes of the record and of the forms."""

STANDINGS = {
    Standing.ACTIVE: N_("使えます"),
    Standing.BLOCKED: N_("停止中（管理者）"),
    Standing.LEFT: N_("停止中（職を離れた）"),
}
