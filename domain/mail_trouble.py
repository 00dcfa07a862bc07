"""Why a mail has not arrived, or may not have, as far as the mail server said so (RFC 5321, RFC 3463)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum

from domain.mail_ledger import TROUBLE, WAITING, MailState

LONG = timedelta(days=1)
"""A mail that has waited longer for its mail server is shown to a person (Meguru's own)."""


class TroubleReason(StrEnum):
    NOBODY = "nobody"  # there is nobody to send to
    NOT_AN_ADDRESS = "not_an_address"
    MAILBOX_UNKNOWN = "mailbox_unknown"
    MAILBOX_FULL = "mailbox_full"
    SENDER_REFUSED = "sender_refused"
    NOT_REACHED = "not_reached"  # the mail server did not answer, or did not let us in
    CUT = "cut"  # nobody knows whether it left
    LATER = "later"  # 4xx: the mail server wants it later
    REFUSED = "refused"  # 5xx, for another reason


_ENHANCED = (
    (TroubleReason.MAILBOX_FULL, re.compile(r"\b[45]\.2\.2\b")),
    (TroubleReason.SENDER_REFUSED, re.compile(r"\b[45]\.(?:7\.\d+|1\.[78])\b")),
    (TroubleReason.MAILBOX_UNKNOWN, re.compile(r"\b[45]\.(?:1\.[0-6]|1\.10|2\.[01])\b")),
)
_BASIC = (
    (TroubleReason.MAILBOX_FULL, re.compile(r"\b(?:452|552)\b")),
    (TroubleReason.MAILBOX_UNKNOWN, re.compile(r"\b(?:450|550|551|553)\b")),
    (TroubleReason.LATER, re.compile(r"\(4\d\d\b")),
)


def is_trouble(state: MailState, attempts: int, claimed_at: datetime, at: datetime) -> bool:
    """Whether a person should look at a mail: it ended badly, or was tried and has waited for over a day."""
    return state in TROUBLE or (state in WAITING and attempts > 0 and at - claimed_at > LONG)


def reason_of(state: MailState, error: str) -> TroubleReason:
    """The reason, from what the ledger holds of the last attempt (`mail.send` writes it)."""
    if state is MailState.UNKNOWN or error.startswith("cut after DATA"):
        return TroubleReason.CUT
    if error.startswith("connect:"):
        return TroubleReason.NOT_REACHED
    if "nobody to send this to" in error:
        return TroubleReason.NOBODY
    if "is no mail address" in error:
        return TroubleReason.NOT_AN_ADDRESS
    if error.startswith("sender:"):
        return TroubleReason.SENDER_REFUSED
    for reason, pattern in (*_ENHANCED, *_BASIC):
        if pattern.search(error):
            return reason
    return TroubleReason.LATER if state in WAITING else TroubleReason.REFUSED
