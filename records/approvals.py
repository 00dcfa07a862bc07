"""Several reports approved at once: each as far as it can be, and why the others cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from db import tables as t
from domain.progress_report import NotPossible
from domain.roles import Actor
from records import reporting
from records.change import Change, Conflict, NotAllowed, NotFound
from records.reporting import ReportInHand

Today = Callable[[t.Plan], date]


@dataclass(frozen=True)
class Chosen:
    """A report as the approver was shown it: at that `revision`."""

    report: int
    revision: int


@dataclass(frozen=True)
class NotApproved:
    """A report that was chosen and stays as it is, and what stood in the way."""

    held: ReportInHand
    refusal: Conflict | NotPossible | NotAllowed


@dataclass(frozen=True)
class ApprovedTogether:
    approved: tuple[ReportInHand, ...]
    refused: tuple[NotApproved, ...]


def approve_all(
    session: Session, change: Change, actor: Actor, chosen: Iterable[Chosen], today: Today
) -> ApprovedTogether:
    """Approve what was chosen, each report by itself: one that cannot be approved does not hold up the others.

    A report that is not the actor's to see is passed over: whoever names it shall not learn that it is there.
    """
    approved, refused = [], []
    for one in dict.fromkeys(chosen):
        try:
            held = reporting.find(session, one.report, actor, lock=True)
        except NotFound:
            continue
        try:
            with session.begin_nested():
                _approve(session, change, actor, held, one.revision, today)
            approved.append(held)
        except (Conflict, NotPossible, NotAllowed) as refusal:
            refused.append(NotApproved(held, refusal))
    return ApprovedTogether(tuple(approved), tuple(refused))


def _approve(session: Session, change: Change, actor: Actor, held: ReportInHand, revision: int, today: Today) -> None:
    assert held.report.id is not None
    if reporting.may_approve(held, actor) and held.report.revision != revision:
        raise Conflict("submitted_anew")
    reporting.approve(session, change, actor, held.report.id, today(held.plan))
