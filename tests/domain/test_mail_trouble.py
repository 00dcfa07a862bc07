"""Why a mail did not arrive, in the mail server's own codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.mail_ledger import MailState
from domain.mail_trouble import TroubleReason, is_trouble, reason_of

CLAIMED = datetime(2021, 2, 16, tzinfo=UTC)
LONG_AFTER = CLAIMED + timedelta(days=1, minutes=1)


@pytest.mark.parametrize(
    ("state", "error", "reason"),
    [
        (MailState.FAILED, "there is nobody to send this to", TroubleReason.NOBODY),
        (MailState.FAILED, "'住所' is no mail address", TroubleReason.NOT_AN_ADDRESS),
        (MailState.FAILED, "a@b.example: (550, '5.1.1 User unknown')", TroubleReason.MAILBOX_UNKNOWN),
        (MailState.FAILED, "a@b.example: (550, 'no such user')", TroubleReason.MAILBOX_UNKNOWN),
        (MailState.FAILED, "a@b.example: (552, '5.2.2 Mailbox full')", TroubleReason.MAILBOX_FULL),
        (MailState.QUEUED, "a@b.example: (452, '4.2.2 over quota')", TroubleReason.MAILBOX_FULL),
        (MailState.FAILED, "a@b.example: (550, '5.7.1 relaying denied')", TroubleReason.SENDER_REFUSED),
        (MailState.QUEUED, "sender: (451, 'not now')", TroubleReason.SENDER_REFUSED),
        (MailState.QUEUED, "connect: refused", TroubleReason.NOT_REACHED),
        (MailState.GATHERED, "connect: refused", TroubleReason.NOT_REACHED),
        (MailState.QUEUED, "a@b.example: (421, 'busy')", TroubleReason.LATER),
        (MailState.UNKNOWN, "", TroubleReason.CUT),
        (MailState.UNKNOWN, "cut after DATA: reset", TroubleReason.CUT),
        (MailState.FAILED, "data: (554, 'no')", TroubleReason.REFUSED),
    ],
)
def test_the_answer_of_the_mail_server_says_why(state: MailState, error: str, reason: TroubleReason) -> None:
    assert reason_of(state, error) is reason


@pytest.mark.parametrize("state", MailState)
def test_a_person_looks_at_what_ended_badly_and_at_what_was_tried_and_waits_for_over_a_day(state: MailState) -> None:
    ended_badly = state in (MailState.FAILED, MailState.UNKNOWN)
    waits = state in (MailState.QUEUED, MailState.GATHERED)
    assert is_trouble(state, 1, CLAIMED, CLAIMED) is ended_badly
    assert is_trouble(state, 1, CLAIMED, LONG_AFTER) is (ended_badly or waits)
    assert is_trouble(state, 0, CLAIMED, LONG_AFTER) is ended_badly, "a digest that waits for its hour is no trouble"
