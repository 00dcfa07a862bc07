"""What must hold after the faults: each invariant of the design gives the sentences that contradict it; none: it holds.

Nothing here compares instants of two processes, whose clocks may have jumped: what came first is read from the audit
chain, in which everything has its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlmodel import Session, SQLModel, col, select

from db import tables as t
from db.session import Database
from domain.collection import Obligation, Round
from domain.ladder import StepKind
from domain.mail_ledger import FINAL, MAX_COPIES, MailState
from domain.progress_report import ReportState
from records import audit, round_state
from tests.chaos import hall
from tests.chaos.departments import Observed
from tests.chaos.hall import Hall

_ASKING = (StepKind.NOTICE, StepKind.REMINDER, StepKind.ESCALATION)
MOST_DRAIN_SECONDS = 60


@dataclass
class Evidence:
    """What is left after a run, in the record and outside it; its rows are read once, when all is over."""

    database: Database
    hall: Hall
    observed: Observed
    copies: Counter[str]
    believed: Round
    """What the workflow of the round believed when nothing was under way any more."""
    recorded: tuple[Obligation, ...]
    """What the record said at that moment."""
    drain_seconds: float
    written: Mapping[str, str]
    """The documents of the year: format and, where it is text, content."""

    def _all(self, table: type[SQLModel]) -> list[SQLModel]:
        with self.database.reading(self.hall.municipality) as session:
            return list(session.exec(select(table)))

    @cached_property
    def mails(self) -> list[t.Mail]:
        return self._all(t.Mail)  # type: ignore[return-value]

    @cached_property
    def reports(self) -> dict[int, t.ProgressReport]:
        return {r.id: r for r in self._all(t.ProgressReport)}  # type: ignore[attr-defined,misc]

    @cached_property
    def submissions(self) -> list[t.Submission]:
        return self._all(t.Submission)  # type: ignore[return-value]

    @cached_property
    def nodes(self) -> dict[int, t.Node]:
        return {n.id: n for n in self._all(t.Node)}  # type: ignore[attr-defined,misc]

    @cached_property
    def entries(self) -> list[t.AuditEntry]:
        with self.database.reading(self.hall.municipality) as session:
            return list(session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence))))


def judge(evidence: Evidence) -> dict[str, list[str]]:
    """Every invariant by its name, with what contradicts it."""
    return {check.__name__: list(check(evidence)) for check in _INVARIANTS}


def an_acknowledged_submission_is_in_the_database(evidence: Evidence) -> Iterator[str]:
    stored = Counter(s.report_id for s in evidence.submissions)
    for report, times in evidence.observed.acknowledged.items():
        if stored[report] != times:
            yield f"report {report} was acknowledged {times} times and is there {stored[report]} times"


def no_answer_was_wrong(evidence: Evidence) -> Iterator[str]:
    """Departments are kept apart, bad input is explained in Japanese, and nobody is refused who should not be."""
    yield from evidence.observed.wrong


def nothing_is_claimed_for_what_was_submitted(evidence: Evidence) -> Iterator[str]:
    reports = {f"{hall.COLLECTION}/{evidence.nodes[r.node_id].code}": r for r in evidence.reports.values()}
    mails = {f"mail/{m.id}": m for m in evidence.mails}
    silent: set[tuple[int, int]] = set()
    for entry in evidence.entries:
        match entry.action:
            case "report.submitted":
                report = reports[entry.subject]
                silent.add((report.request_id, report.node_id))
            case "report.returned":
                report = reports[entry.subject]
                silent.discard((report.request_id, report.node_id))
            case "mail.claimed" if mails[entry.subject].kind in _ASKING:
                mail = mails[entry.subject]
                if all((mail.request_id, measure) in silent for measure in mail.measures):
                    yield f"{entry.subject} {mail.step_key} asks for nothing but what was submitted"


def without_a_crash_each_mail_arrives_exactly_once(evidence: Evidence) -> Iterator[str]:
    for mail in evidence.mails:
        copies = evidence.copies[mail.message_id]
        if mail.state is MailState.SENT and mail.unknown_ends == 0 and copies != 1:
            yield f"{_named(mail)}: {copies} copies, though no end was unknown"


def nothing_is_recorded_as_sent_that_was_not_delivered(evidence: Evidence) -> Iterator[str]:
    for mail in evidence.mails:
        if mail.state is MailState.SENT and evidence.copies[mail.message_id] == 0:
            yield f"{_named(mail)} is recorded as sent and never arrived"


def an_unknown_end_costs_at_most_one_copy_more(evidence: Evidence) -> Iterator[str]:
    for mail in evidence.mails:
        copies = evidence.copies[mail.message_id]
        if copies > min(1 + mail.unknown_ends, MAX_COPIES):
            yield f"{_named(mail)}: {copies} copies after {mail.unknown_ends} unknown ends"


def nobody_gets_a_mail_that_the_ledger_does_not_know(evidence: Evidence) -> Iterator[str]:
    known = {mail.message_id for mail in evidence.mails}
    yield from (f"{message_id} is not in the ledger" for message_id in evidence.copies if message_id not in known)


def nothing_hangs_after_the_drain(evidence: Evidence) -> Iterator[str]:
    yield from (f"{_named(m)} is {m.state.value}" for m in evidence.mails if m.state not in FINAL)
    with evidence.database.reading(evidence.hall.municipality) as session:
        left = session.exec(select(t.Outbox).where(col(t.Outbox.relayed_at).is_(None))).all()
    yield from (f"outbox row {row.id} was not relayed" for row in left)


def the_backlog_is_drained_in_a_minute(evidence: Evidence) -> Iterator[str]:
    if evidence.drain_seconds > MOST_DRAIN_SECONDS:
        yield f"{evidence.drain_seconds:.1f} s after the last fault"


def database_and_workflow_agree(evidence: Evidence) -> Iterator[str]:
    believed = {o.measure: (o.request, o.state, o.due_on) for o in evidence.believed.obligations}
    for told in evidence.recorded:
        said = (told.request, told.state, told.due_on)
        if believed.get(told.measure) != said:
            yield f"measure {told.measure}: the record says {said}, the workflow {believed.get(told.measure)}"


def who_never_answers_is_sent_up_the_line(evidence: Evidence) -> Iterator[str]:
    """Whatever was missed meanwhile: at the end the planning division has heard of everybody who stayed silent."""
    heard = {m.request_id for m in evidence.mails if m.step_key.startswith("escalation-planning")}
    for report in evidence.reports.values():
        if not evidence.observed.acknowledged[report.id] and report.request_id not in heard:
            yield f"nobody told the planning division of report {report.id}"


def every_change_is_in_the_audit_log_and_its_chain_verifies(evidence: Evidence) -> Iterator[str]:
    with evidence.database.reading(evidence.hall.municipality) as session:
        broken_at = audit.verify(session).broken_at
    if broken_at is not None:
        yield f"the chain is broken at {broken_at}"
    told = Counter(entry.action for entry in evidence.entries)
    for action, times in {
        "report.submitted": len(evidence.submissions),
        "mail.claimed": len(evidence.mails),
        "mail.sent": sum(m.state is MailState.SENT for m in evidence.mails),
    }.items():
        if told[action] != times:
            yield f"{told[action]} entries {action} for {times} of them"


def a_changed_code_and_title_break_no_history(evidence: Evidence) -> Iterator[str]:
    """An edition came while the round ran: under its new code each measure still has the one report that it had."""
    reports = Counter(evidence.nodes[r.node_id].origin_id for r in evidence.reports.values())
    renamed = [node for node in evidence.nodes.values() if node.code.startswith("new-")]
    if len(renamed) != len(evidence.reports):
        yield f"{len(renamed)} measures live on of {len(evidence.reports)}"
    yield from (f"measure {n.code} has {reports[n.origin_id]} reports" for n in renamed if reports[n.origin_id] != 1)


def the_report_of_the_year_is_there_and_says_what_it_is(evidence: Evidence) -> Iterator[str]:
    if set(evidence.written) != {"html", "docx", "pdf", "xlsx"}:
        yield f"written in {sorted(evidence.written)}"
    if "模擬データ" not in evidence.written.get("html", ""):
        yield "simulated data is not marked in it"
    closed = [r for r in evidence.reports.values() if r.state is ReportState.SUBMITTED]
    if closed:
        yield f"{len(closed)} reports were not taken into the record when the year ended"


def _named(mail: t.Mail) -> str:
    return f"mail {mail.id} {mail.step_key} to {mail.recipient}"


def recorded(session: Session) -> tuple[Obligation, ...]:
    """The round as the record has it now."""
    round_ = session.exec(select(t.CollectionRound).where(t.CollectionRound.workflow_id == hall.COLLECTION)).one()
    rows: Iterable[t.ProgressReport] = session.exec(
        select(t.ProgressReport).where(t.ProgressReport.round_id == round_.id)
    )
    return tuple(round_state.obligation_of(row) for row in rows)


_INVARIANTS: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    an_acknowledged_submission_is_in_the_database,
    no_answer_was_wrong,
    nothing_is_claimed_for_what_was_submitted,
    without_a_crash_each_mail_arrives_exactly_once,
    nothing_is_recorded_as_sent_that_was_not_delivered,
    an_unknown_end_costs_at_most_one_copy_more,
    nobody_gets_a_mail_that_the_ledger_does_not_know,
    nothing_hangs_after_the_drain,
    the_backlog_is_drained_in_a_minute,
    database_and_workflow_agree,
    who_never_answers_is_sent_up_the_line,
    every_change_is_in_the_audit_log_and_its_chain_verifies,
    a_changed_code_and_title_break_no_history,
    the_report_of_the_year_is_there_and_says_what_it_is,
)
