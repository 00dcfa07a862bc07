"""The harness itself: content with what is well, it sees each invariant broken and catches mistakes planted anew."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session, col, select, update

from db import tables as t
from db.session import Database
from domain.ladder import StepKind
from domain.mail_ledger import MailState
from domain.progress_report import ReportState
from tests.chaos.bugs import Bug
from tests.chaos.failpoints import Failpoint
from tests.chaos.invariants import Evidence, judge
from tests.chaos.run import Plan, Result, play

_CAUGHT_AT = {
    Bug.SENT_BEFORE_DELIVERED: (Failpoint.BEFORE_DATA, "nothing_is_recorded_as_sent_that_was_not_delivered"),
    Bug.DONE_BEFORE_SIGNALLED: (Failpoint.BEFORE_SIGNAL, "database_and_workflow_agree"),
    Bug.ACKNOWLEDGED_BEFORE_COMMITTED: (
        Failpoint.BEFORE_SUBMISSION_COMMIT,
        "an_acknowledged_submission_is_in_the_database",
    ),
}
_SMALL = Plan(seed=1, faults=6, requests=24, seconds_per_day=1)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Result]]]:
    """Four small runs, two at a time: one of the code as it is, and one with each mistake, of which nothing is
    mended by what comes after it."""
    plans = {"": _SMALL} | {
        bug.value: replace(_SMALL, faults=5, is_whole=False, approved=0, bug=bug, only=(f"exit {point}",))
        for bug, (point, _) in _CAUGHT_AT.items()
    }
    with ThreadPoolExecutor(2) as at_once:
        yield {bug: at_once.submit(play, plan, tmp_path_factory.mktemp("chaos")) for bug, plan in plans.items()}


@pytest.mark.parametrize("bug", Bug)
def test_a_planted_mistake_is_caught_at_the_failpoint_that_it_lies_behind(
    runs: dict[str, Future[Result]], bug: Bug
) -> None:
    violations = runs[bug.value].result().violations
    assert violations[_CAUGHT_AT[bug][1]], violations


def test_nothing_is_lost_in_a_round_in_which_everything_breaks(runs: dict[str, Future[Result]]) -> None:
    result = runs[""].result()
    assert result.is_ok, result.violations
    assert sum(result.felt.values()) == _SMALL.faults
    assert result.figures["submissions_acknowledged"] >= 19
    assert result.figures["mails_sent"] > 60


Tampering = Callable[[Session, Evidence], None]


def lose_a_submission(session: Session, _: Evidence) -> None:
    session.delete(session.exec(select(t.Submission)).first())


def refuse_somebody(_: Session, evidence: Evidence) -> None:
    evidence.observed.wrong.append("report 1: 500")


def ask_once_more(session: Session, evidence: Evidence) -> None:
    """A reminder's claim, once more at the end of the chain, when everything was submitted."""
    submitted = {e.subject.rsplit("/", 1)[1] for e in evidence.entries if e.action == "report.submitted"}
    nodes = {n.id for n in evidence.nodes.values() if n.code in submitted}
    requests = {r.request_id for r in evidence.reports.values() if r.node_id in nodes}
    mail = next(m for m in evidence.mails if m.kind is StepKind.NOTICE and m.request_id in requests)
    entry = next(e for e in evidence.entries if e.action == "mail.claimed" and e.subject == f"mail/{mail.id}")
    session.get_one(t.AuditEntry, entry.id).sequence = 10_000


def send_twice(_: Session, evidence: Evidence) -> None:
    mail = next(m for m in evidence.mails if m.state is MailState.SENT and m.unknown_ends == 0)
    evidence.copies[mail.message_id] += 1


def send_thrice(_: Session, evidence: Evidence) -> None:
    mail = next(m for m in evidence.mails if m.state is MailState.SENT)
    evidence.copies[mail.message_id] += 2


def deliver_nothing(_: Session, evidence: Evidence) -> None:
    mail = next(m for m in evidence.mails if m.state is MailState.SENT)
    del evidence.copies[mail.message_id]


def send_what_nobody_claimed(_: Session, evidence: Evidence) -> None:
    evidence.copies["<unknown@arashi.example>"] += 1


def leave_a_mail_in_the_air(session: Session, evidence: Evidence) -> None:
    session.get_one(t.Mail, evidence.mails[0].id).state = MailState.INFLIGHT


def take_long(_: Session, evidence: Evidence) -> None:
    evidence.drain_seconds = 61


def forget_an_event(_: Session, evidence: Evidence) -> None:
    evidence.believed = replace(evidence.believed, obligations=evidence.believed.obligations[1:])


def spare_the_silent(session: Session, _: Evidence) -> None:
    to_planning = col(t.Mail.step_key).startswith("escalation-planning")
    session.exec(update(t.Mail).where(to_planning).values(step_key="something-else"))


def rewrite_the_log(session: Session, evidence: Evidence) -> None:
    session.get_one(t.AuditEntry, evidence.entries[3].id).actor = "nobody"


def break_a_life(session: Session, evidence: Evidence) -> None:
    node = session.get_one(t.Node, max(evidence.nodes))
    node.origin_id = node.id


def write_no_report(_: Session, evidence: Evidence) -> None:
    evidence.written = {}


def leave_a_report_open(session: Session, evidence: Evidence) -> None:
    session.get_one(t.ProgressReport, min(evidence.reports)).state = ReportState.SUBMITTED


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        (lose_a_submission, "an_acknowledged_submission_is_in_the_database"),
        (refuse_somebody, "no_answer_was_wrong"),
        (ask_once_more, "nothing_is_claimed_for_what_was_submitted"),
        (send_twice, "without_a_crash_each_mail_arrives_exactly_once"),
        (send_thrice, "an_unknown_end_costs_at_most_one_copy_more"),
        (deliver_nothing, "nothing_is_recorded_as_sent_that_was_not_delivered"),
        (send_what_nobody_claimed, "nobody_gets_a_mail_that_the_ledger_does_not_know"),
        (leave_a_mail_in_the_air, "nothing_hangs_after_the_drain"),
        (take_long, "the_backlog_is_drained_in_a_minute"),
        (forget_an_event, "database_and_workflow_agree"),
        (spare_the_silent, "who_never_answers_is_sent_up_the_line"),
        (rewrite_the_log, "every_change_is_in_the_audit_log_and_its_chain_verifies"),
        (break_a_life, "a_changed_code_and_title_break_no_history"),
        (write_no_report, "the_report_of_the_year_is_there_and_says_what_it_is"),
        (leave_a_report_open, "the_report_of_the_year_is_there_and_says_what_it_is"),
    ],
)
def test_each_invariant_is_seen_broken(
    runs: dict[str, Future[Result]], tmp_path: Path, tamper: Tampering, broken: str
) -> None:
    with tampered(runs[""].result(), tmp_path, tamper) as evidence:
        assert judge(evidence)[broken]


@contextmanager
def tampered(result: Result, folder: Path, tamper: Tampering) -> Iterator[Evidence]:
    """What a run left, with something in it that is not so."""
    left = result.evidence
    assert left is not None
    file = Path(str(left.database.engine.url.database))
    shutil.copy(file, folder / "left.sqlite")
    database = Database(f"sqlite:///{folder / 'left.sqlite'}")
    observed = replace(left.observed, wrong=list(left.observed.wrong))
    evidence = replace(left, database=database, copies=Counter(left.copies), observed=observed)
    with database.writing(left.hall.municipality) as session:
        tamper(session, evidence)
    fresh = replace(evidence)  # its rows are read anew
    yield fresh
    database.dispose()
