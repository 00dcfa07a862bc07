"""What came of a replay, in figures: read from the record it leaves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlmodel import Session, col, select

from db import tables as t
from domain import lineage
from domain.lineage import LineageLink
from domain.mail_ledger import WAITING, MailState
from domain.plan import Edition, PlanDefinition
from records import audit, outbox, plan_reading, reviews


@dataclass(frozen=True)
class PlayedEdition:
    """An edition as it came to be: the code and title of its measures, and what its lineage tells by kind.

    A measure that is renamed and renumbered counts under both.
    """

    code: str
    name: str
    effective_on: date
    measures: tuple[tuple[str, str], ...]
    lineage: Mapping[str, int]


@dataclass(frozen=True)
class Record:
    """What the record of a replay holds. `unfinished` counts what still waits to be told or sent.

    `reviews` says by term what came of its review, "" while it runs.
    """

    editions: tuple[PlayedEdition, ...]
    cycles: Mapping[int, str]
    reviews: Mapping[str, str]
    reports: Mapping[str, int]
    mails: Mapping[str, int]
    mails_not_sent: Mapping[str, int]
    audit_entries: int
    audit_is_unbroken: bool
    unfinished: int


@dataclass(frozen=True)
class Summary:
    """A replay in figures. `history_events` by workflow id, `seconds` by part, `documents` as paths in the folder."""

    plan: str
    first_day: date
    last_day: date
    record: Record
    history_events: Mapping[str, int]
    seconds: Mapping[str, float]
    documents: tuple[str, ...]

    def to_json(self) -> str:
        told = asdict(self)
        told |= told.pop("record")  # one level less to read
        return json.dumps(told, ensure_ascii=False, indent=2, default=str)


def read(session: Session, plan: t.Plan) -> Record:
    """The figures of a plan's record."""
    mails = session.exec(select(t.Mail.kind, t.Mail.state)).all()
    chain, definition = audit.verify(session), plan_reading.read(session, plan)
    cycles = session.exec(select(t.AnnualCycle).where(t.AnnualCycle.plan_id == plan.id)).all()
    waiting = len(outbox.waiting(session, 0, 1_000)) + sum(
        state in (*WAITING, MailState.INFLIGHT) for _, state in mails
    )
    return Record(
        editions=tuple(_edition(edition, definition) for edition in definition.editions),
        cycles={cycle.fiscal_year: cycle.state.value for cycle in cycles},
        reviews={r.term: (r.outcome or "") if r.closed_on else "" for r in reversed(reviews.of_plan(session, plan))},
        reports=_counted(session.exec(select(t.ProgressReport.state))),
        mails=_counted(kind for kind, state in mails if state == MailState.SENT),
        mails_not_sent=_counted(state for _, state in mails if state != MailState.SENT),
        audit_entries=chain.entries,
        audit_is_unbroken=chain.broken_at is None,
        unfinished=waiting,
    )


def workflow_ids(session: Session) -> tuple[str, ...]:
    """The processes that were started or told something, in the order of the first word to them."""
    return tuple(dict.fromkeys(session.exec(select(t.Outbox.workflow_id).order_by(col(t.Outbox.id)))))


def _edition(told: Edition, plan: PlanDefinition) -> PlayedEdition:
    return PlayedEdition(
        code=told.code,
        name=told.name.ja,
        effective_on=told.effective_on,
        measures=tuple((node.code, node.title) for node in told.nodes if node.level in plan.reported_levels),
        lineage=_kinds(told.lineage),
    )


def _kinds(links: Sequence[LineageLink]) -> dict[str, int]:
    counted = lineage.tally(links)
    found = {kind.value: n for kind, n in counted.counts.items()} | {"renumbered": counted.renumbered_total}
    return {kind: n for kind, n in found.items() if n}


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, names)).items()))
