"""What the pages say about the city's own sign-in: its name, and why somebody was not let in and what to do."""

from __future__ import annotations

from i18n import N_, translate
from settings import Settings

REFUSALS = {
    "unknown": (
        403,
        N_("Meguru の利用者として登録されていません"),
        N_("Meguru の管理者（情報担当課など）に、次のメールアドレスの登録を依頼してください。"),
    ),
    "mail_unknown": (
        403,
        N_("Meguru の利用者として登録されていません"),
        N_(
            "%(name)sから確認済みのメールアドレスが伝えられないため、登録と照らし合わせられません。"
            "システム担当にお知らせください。"
        ),
    ),
    "blocked": (
        403,
        N_("このアカウントは停止されています"),
        N_("異動などで停止されたアカウントです。引き続き使うときは、Meguru の管理者にご相談ください。"),
    ),
    "several": (
        403,
        N_("どの市町村の利用者か決められません"),
        N_("サインインの設定からは、どの市町村の利用者か分かりません。システム担当にお知らせください。"),
    ),
    "someone_elses": (
        403,
        N_("このメールアドレスは別の人に結び付いています"),
        N_(
            "同じメールアドレスの登録が、%(name)sの別の利用者に結び付いています。"
            "Meguru の管理者に、アカウントの画面で結び付きを外すよう依頼してください。"
        ),
    ),
    "journey_lost": (
        400,
        N_("サインインを続けられませんでした"),
        N_("時間がたったか、別の画面でサインインを始めたためです。サインインの画面から、もう一度始めてください。"),
    ),
    "not_believed": (
        400,
        N_("サインインを確かめられませんでした"),
        N_("もう一度サインインしてください。同じことが続くときは、システム担当にお知らせください。"),
    ),
    "declined": (
        403,
        N_("サインインは取りやめになりました"),
        N_("%(name)sでのサインインが完了しませんでした。必要なときは、もう一度サインインしてください。"),
    ),
    "unreachable": (
        503,
        N_("%(name)sにつながりません"),
        N_("しばらくしてから、もう一度サインインしてください。続くときは、システム担当にお知らせください。"),
    ),
    "no_farewell": (
        200,
        N_("Meguru からサインアウトしました"),
        N_("%(name)sからは、ここではサインアウトできません。共用の端末では、ブラウザーをすべて閉じてください。"),
    ),
}
"""Reason → status, what happened, what to do."""


def name_of_issuer(settings: Settings, language: str) -> str:
    """What the button is called; empty where the city has no such sign-in."""
    if not settings.oidc_issuer:
        return ""
    return settings.oidc_name or translate(language, "庁内アカウント")
