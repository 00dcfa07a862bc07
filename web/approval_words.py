"""Why a report that was chosen for approval was not approved, in words."""

from __future__ import annotations

import i18n
from domain.progress_report import NotPossible, ReportState
from domain.text import titled
from i18n import N_
from records.approvals import NotApproved
from records.change import Conflict

_STATES = {
    ReportState.DRAFT: N_("「%(title)s」は、まだ提出されていません。"),
    ReportState.RETURNED: N_("「%(title)s」は、ほかの方が先に差し戻しました。"),
    ReportState.APPROVED: N_("「%(title)s」は、すでに承認されています。"),
    ReportState.CONFIRMED: N_("「%(title)s」は、すでに確定しています。"),
}
_CONFLICTS = {
    "submitted_anew": N_(
        "「%(title)s」は、この画面を開いたあとに出し直されました。新しい内容を確かめてから承認してください。"
    ),
    "round_closed": N_("「%(title)s」の受付は締め切られました。計画担当課へご相談ください。"),
    "report_exempted": N_("「%(title)s」は、今回の報告が免除されています。"),
}
_NOT_ALLOWED = N_("「%(title)s」は、あなたには承認できません。")


def not_approved_in_words(one: NotApproved, language: str) -> str:
    """What stands in the way, and what to do where there is something to do."""
    match one.refusal:
        case NotPossible() as refusal:
            text = _STATES.get(refusal.state, _NOT_ALLOWED)
        case Conflict() as refusal:
            text = _CONFLICTS.get(refusal.reason, _NOT_ALLOWED)
        case _:
            text = _NOT_ALLOWED
    return i18n.translate(language, text, title=titled(one.held.node, language))
