"""What becomes of one mail: the ledger's states and the decision after each attempt.

A mail is claimed once per (request, step, recipient). What is uncertain is never assumed delivered:
a reminder whose fate is unknown is tried once more, an escalation never by itself, so there are at
most two copies of anything (design: sending mail).
"""

from __future__ import annotations

from enum import StrEnum

from domain.ladder import StepKind


class MailState(StrEnum):
    QUEUED = "queued"  # claimed, not handed over yet (or refused for now)
    GATHERED = "gathered"  # claimed, and part of the day's digest, which sends it
    INFLIGHT = "inflight"  # being handed to the mail server; after a kill: nobody knows
    SENT = "sent"
    UNKNOWN = "unknown"  # cut after DATA, or killed while inflight: a person must look
    FAILED = "failed"  # refused for good (5xx), or nobody to send to
    OBSOLETE = "obsolete"  # no longer owed when its turn came


class Outcome(StrEnum):
    """How one attempt at the mail server ended."""

    ACCEPTED = "accepted"
    NOT_REACHED = "not_reached"  # no connection, or no sign-in at the mail server: nobody's mail can leave
    REFUSED_FOR_NOW = "refused_for_now"  # 4xx, or cut before DATA: this mail cannot leave now
    REFUSED_FOR_GOOD = "refused_for_good"  # 5xx
    AMBIGUOUS = "ambiguous"  # cut after DATA was begun


FINAL = (MailState.SENT, MailState.UNKNOWN, MailState.FAILED, MailState.OBSOLETE)
WAITING = (MailState.QUEUED, MailState.GATHERED)
"""Claimed and perhaps still owed; a later word or the end of its round makes it idle."""
TROUBLE = (MailState.UNKNOWN, MailState.FAILED)
"""What a person must look at."""

MAX_COPIES = 2


def after_attempt(outcome: Outcome, kind: StepKind, ambiguous_before: int) -> MailState:
    """The state of a mail after an attempt; `ambiguous_before` counts its earlier unknown ends."""
    match outcome:
        case Outcome.ACCEPTED:
            return MailState.SENT
        case Outcome.NOT_REACHED | Outcome.REFUSED_FOR_NOW:
            return MailState.QUEUED
        case Outcome.REFUSED_FOR_GOOD:
            return MailState.FAILED
        case Outcome.AMBIGUOUS:
            return after_unknown(kind, ambiguous_before)


def is_news(state: MailState, outcome: Outcome) -> bool:
    """Whether the end of an attempt still changes what is known of a mail in this state.

    An attempt that was thought dead may end late, when the mail has come to an end without it. Sent stays sent. Any
    other end is changed only by word that the mail has been delivered, or may have been: a refusal would let it wait
    again, and nobody takes it up any more.
    """
    if state is MailState.SENT:
        return False
    return state not in FINAL or outcome in (Outcome.ACCEPTED, Outcome.AMBIGUOUS)


def after_unknown(kind: StepKind, ambiguous_before: int) -> MailState:
    """Whether a mail of unknown fate is tried again: reminders once, escalations never."""
    copies = ambiguous_before + 1
    if kind is StepKind.ESCALATION or copies >= MAX_COPIES:
        return MailState.UNKNOWN
    return MailState.QUEUED
