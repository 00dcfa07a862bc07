"""A mail that is only looked at, or sent to whoever looks, as it would be written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import i18n
from domain import mail_sample
from letters import single
from mail.compose import Letter
from records.mail_preview import Previewed
from records.round_mails import RoundMail


def write(previewed: Previewed, base_url: str, sender: str, at: datetime) -> Letter:
    """Exactly what the activities would send; a sample says that it is one."""
    in_hand = previewed.in_hand
    if not isinstance(in_hand, RoundMail):
        return single.of_inquiry(in_hand, base_url, sender, at)
    letter = single.of_round(in_hand, base_url)
    if previewed.is_sample:
        mark = mail_sample.MARK.in_language(in_hand.mail.language)
        letter = replace(letter, body=f"{letter.body}{mark}\n")
    return letter


def as_test(letter: Letter, language: str) -> Letter:
    """The letter as somebody sends it to themselves."""
    return replace(letter, subject=i18n.translate(language, "【テスト】") + letter.subject)
