"""What pages say of mails: why one did not arrive and what to do, and why a form was refused."""

from __future__ import annotations

import i18n
from domain.mail_trouble import TroubleReason
from i18n import N_

MAIL_PROBLEMS = {
    "mail_wish_missing": N_("依頼と督促のメールの受け取り方を選んでください。"),
    "language_missing": N_("メールと画面の言語を選んでください。"),
    "mail_not_in_trouble": N_("このメールは、いま対応が要る状態ではありません。最新の状態を表示しました。"),
    "mail_arrived_perhaps": N_("受信者に届いていないことを確かめて、印を付けてください。"),
    "mail_goes_to_nobody": N_("送り先がありません。先に、受信者の登録かメールアドレスを直してください。"),
    "note_missing": N_("どのように済ませたかを入力してください。"),
}
"""By the reason codes of the record and of the forms."""

TROUBLE_REASONS = {
    TroubleReason.NOBODY: N_("送り先がありません"),
    TroubleReason.NOT_AN_ADDRESS: N_("アドレスの書き方が正しくありません"),
    TroubleReason.MAILBOX_UNKNOWN: N_("宛先のアドレスが見つかりません"),
    TroubleReason.MAILBOX_FULL: N_("受信者のメールボックスがいっぱいです"),
    TroubleReason.SENDER_REFUSED: N_("メールサーバーが送信元を受け付けません"),
    TroubleReason.NOT_REACHED: N_("メールサーバーにつながりません"),
    TroubleReason.CUT: N_("送信の途中で通信が切れ、届いたか分かりません"),
    TroubleReason.LATER: N_("メールサーバーが、あとで送るよう求めています"),
    TroubleReason.REFUSED: N_("メールサーバーが受け付けませんでした"),
}

_REMEDIES = {
    TroubleReason.NOBODY: N_("所管課の担当者か、課の共有アドレスを登録してから、もう一度送ってください。"),
    TroubleReason.NOT_AN_ADDRESS: N_("アドレスを直してから、もう一度送ってください。"),
    TroubleReason.MAILBOX_UNKNOWN: N_("異動や入力の誤りを確かめ、アドレスを直してから、もう一度送ってください。"),
    TroubleReason.MAILBOX_FULL: N_("受信者に電話で知らせ、空きができてから、もう一度送ってください。"),
    TroubleReason.SENDER_REFUSED: N_("送信元の設定を、システム管理者からメールサーバーの管理者に確かめてください。"),
    TroubleReason.NOT_REACHED: N_("つながりしだい自動で送ります。急ぐときは電話でお知らせください。"),
    TroubleReason.CUT: N_("二重に届くのを防ぐため、自動では送り直しません。届いたかどうかを受信者に聞いてください。"),
    TroubleReason.LATER: N_("時間をおいて自動で送ります。急ぐときは電話でお知らせください。"),
    TroubleReason.REFUSED: N_("メールサーバーの応答をシステム管理者に伝え、原因を除いてから、もう一度送ってください。"),
}


def remedy_in_words(reason: TroubleReason, language: str) -> str:
    """What to do about a mail that did not arrive."""
    return i18n.translate(language, _REMEDIES[reason])
