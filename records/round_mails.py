"""The mails of a collection round: claimed per request, owed for as long as a measure of theirs is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial

from sqlalchemy import BindParameter, bindparam
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from db import tables as t
from domain.collection import DueMail
from domain.ladder import StepKind
from domain.mail_ledger import WAITING
from domain.plan import RoundDefinition
from domain.progress_report import ReportState, awaits_approval, is_owed
from domain.text import titled
from exchange.answer_workbook import AnswerWorkbook
from japan_calendar import business_calendar
from records import answer_workbooks, gathering, mails, people, plans, return_remarks
from records.change import Change, NotFound
from records.return_remarks import QuotedRemark
from records.round_state import rules_of

# What is asked for every mail is put into words once: SQLAlchemy takes longer to build a statement than to run it.
_REQUESTS: BindParameter[int] = bindparam("requests", expanding=True)
_DEPARTMENTS = select(t.UpdateRequest.id, t.UpdateRequest.department_id).where(col(t.UpdateRequest.id).in_(_REQUESTS))
_KNOWN = select(t.Mail).where(col(t.Mail.request_id).in_(_REQUESTS)).order_by(col(t.Mail.id))
_WAITING = _KNOWN.where(col(t.Mail.state).in_(WAITING), col(t.Mail.kind).in_(mails.UP_THE_LINE))
_STANDING = (
    select(t.ProgressReport.request_id, t.ProgressReport.node_id, t.ProgressReport.state)
    .add_columns(col(t.ProgressReport.is_exempted), col(t.CollectionRound.closed_on))
    .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
    .where(col(t.ProgressReport.request_id).in_(_REQUESTS))
    .order_by(col(t.ProgressReport.id))
    # Who is submitting right now is waited for: nothing may be claimed after that.
    .with_for_update(read=True, of=t.ProgressReport)
)
_IN_HAND = (
    select(t.Mail, t.Municipality, t.Plan, t.CollectionRound)
    .add_columns(t.Department, t.PhaseReview)
    .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.Mail.request_id))
    .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.UpdateRequest.round_id))
    .join(t.Plan, col(t.Plan.id) == col(t.CollectionRound.plan_id))
    .join(t.Municipality, col(t.Municipality.id) == col(t.Plan.municipality_id))
    .outerjoin(t.Department, col(t.Department.id) == col(t.UpdateRequest.department_id))
    .outerjoin(t.PhaseReview, col(t.PhaseReview.id) == col(t.CollectionRound.review_id))
    .where(col(t.Mail.id).in_(bindparam("mails", expanding=True)))
    .order_by(col(t.Mail.id))
)
_IN_HAND_FOR_WRITING = _IN_HAND.with_for_update(of=t.Mail)
_CONCERNED = (
    select(t.ProgressReport, t.Node)
    .add_columns(col(t.CollectionRound.closed_on))
    .join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
    .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
    .where(col(t.ProgressReport.request_id).in_(_REQUESTS))
    .where(col(t.ProgressReport.node_id).in_(bindparam("measures", expanding=True)))
    .order_by(col(t.Node.position))
)


@dataclass(frozen=True)
class ListedMeasure:
    """A measure as a mail lists it. `days_late` are business days after the due date.

    `return_comment` and `remarks` are what its last return asked to mend.
    """

    code: str
    title: str
    due_on: date
    days_late: int
    return_comment: str
    report_id: int
    remarks: tuple[QuotedRemark, ...] = ()


@dataclass(frozen=True)
class RoundMail:
    """Everything a template needs to write one mail. `review` is set in the round of a review's proposals.

    `workbook` is the department's own, where the mail brings it.
    """

    mail: t.Mail
    municipality: t.Municipality
    plan: t.Plan
    round: t.CollectionRound
    department: t.Department | None
    measures: tuple[ListedMeasure, ...]
    review: t.PhaseReview | None = None
    workbook: AnswerWorkbook | None = None


@dataclass(frozen=True)
class _Standing:
    """Where a report stands, as far as a mail asks for it."""

    state: ReportState
    is_exempted: bool
    closed_on: date | None

    def is_asked_by(self, kind: StepKind) -> bool:
        asks = awaits_approval if kind is StepKind.APPROVAL_REQUEST else is_owed
        return asks(self.state, self.is_exempted, self.closed_on is not None)


_Standings = dict[tuple[int | None, int], _Standing]
"""By request and measure."""
_Concerned = tuple[t.ProgressReport, t.Node, date | None]
"""A report, its measure, and when its round was closed."""


def claim(session: Session, change: Change, due: DueMail, today: date, mail_domain: str) -> list[int]:
    """Claim one due mail for each of its recipients, as `claim_all` does."""
    return claim_all(session, change, (due,), today, mail_domain)


def claim_all(session: Session, change: Change, batch: Sequence[DueMail], today: date, mail_domain: str) -> list[int]:
    """Claim due mails for each of their recipients; returns the ids of all rows of their steps.

    Only what is still owed is claimed. A step that was claimed before keeps its rows (a transfer in
    between must not add a copy); measures that fell due under the same step but were relayed later get a mail
    of their own.
    """
    requests = {"requests": list({due.request for due in batch})}
    department = dict(session.exec(_DEPARTMENTS, params=requests).all())
    standings: _Standings = {
        (request, measure): _Standing(*standing) for request, measure, *standing in session.execute(_STANDING, requests)
    }
    ledger: dict[int | None, list[t.Mail]] = defaultdict(list)
    for mail in session.exec(_KNOWN, params=requests):
        ledger[mail.request_id].append(mail)
    recipients = cache(partial(people.recipients, session, day=today))
    of_steps: list[t.Mail] = []
    claimed: list[list[t.Mail]] = []
    for due in batch:
        known = [
            m for m in ledger[due.request] if m.step_key == due.step_key or m.step_key.startswith(f"{due.step_key}+")
        ]
        said = {measure for mail in known for measure in mail.measures}
        measures = [m for m in due.measures if m not in said]
        # What the step said earlier of other measures is in the hands of the batch that claimed it: two at once would
        # take each other's mail for lost.
        of_steps += [mail for mail in known if not set(mail.measures).isdisjoint(due.measures)]
        if not _concerned_of(standings, due.kind, due.request, measures):
            continue
        rows = mails.addressed(
            change,
            recipients(department[due.request], due.to),
            today,
            mail_domain,
            request_id=due.request,
            step_key=f"{due.step_key}+{len(said)}" if said else due.step_key,
            kind=due.kind,
            rank=due.to,
            measures=measures,
        )
        ledger[due.request] += rows
        of_steps += rows
        claimed.append(rows)

    def says_again(newer: t.Mail, older: t.Mail) -> bool:
        return _concerned_of(standings, older.kind, older.request_id, older.measures) <= set(newer.measures)

    mails.enter(session, change, claimed, lambda: session.exec(_WAITING, params=requests).all(), says_again)
    return [mail.id for mail in of_steps]


def begin_attempt(session: Session, change: Change, mail_id: int, today: date) -> RoundMail | None:
    """Mark one mail as being handed over, as `begin_attempts` does; None when there is nothing to do."""
    return next(iter(begin_attempts(session, change, (mail_id,), today)), None)


def begin_attempts(session: Session, change: Change, mail_ids: Sequence[int], today: date) -> list[RoundMail]:
    """Mark mails as being handed over; those of them that are still to be sent."""
    found = session.execute(_IN_HAND_FOR_WRITING, {"mails": mail_ids}).all()
    concerned = _concerned(session, [mail for mail, *_ in found])
    wishes = gathering.wishes(session, [mail.recipient for mail, *_ in found])
    begun = []
    for mail, municipality, plan, round_, department, review in found:
        rules = rules_of(round_, plans.definition_of(plan))
        wish, sends_at = wishes.get(mail.recipient), rules.ladder.send_at
        gathered = partial(gathering.gather, session, change, mail, plan, sends_at, wish)
        asked = partial(_listed, session, mail, concerned[mail.request_id], today)
        if listed := mails.begin(session, change, mail, asked, gathered):
            workbook = _workbook(session, mail, department, rules)
            begun.append(RoundMail(mail, municipality, plan, round_, department, listed, review, workbook))
    return begun


def part_of_digest(session: Session, mail_id: int, at: datetime) -> RoundMail | None:
    """A mail (locked) that a digest brings at an instant, with what it still asks for; None when that is nothing."""
    found = session.execute(_IN_HAND_FOR_WRITING, {"mails": [mail_id]}).one()
    mail, municipality, plan, round_, department, review = found
    concerned = _concerned(session, [mail])[mail.request_id]
    listed = _listed(session, mail, concerned, plans.clock_of(plan, at).today(at))
    if not listed:
        return None
    workbook = _workbook(session, mail, department, rules_of(round_, plans.definition_of(plan)))
    return RoundMail(mail, municipality, plan, round_, department, listed, review, workbook)


def find(session: Session, mail_id: int, language: str = "ja") -> RoundMail:
    """A mail as the ledger has it, with every measure it names, owed or not; their titles in a language."""
    found = session.execute(_IN_HAND, {"mails": [mail_id]}).first()
    if found is None:
        raise NotFound(f"mail {mail_id}")
    mail, municipality, plan, round_, department, review = found
    rows = session.exec(
        select(t.Node, t.ProgressReport)
        .join(t.ProgressReport, col(t.ProgressReport.node_id) == col(t.Node.id))
        .join(t.UpdateRequest, col(t.UpdateRequest.round_id) == col(t.ProgressReport.round_id))
        .where(t.UpdateRequest.id == mail.request_id, col(t.Node.id).in_(mail.measures))
        .order_by(col(t.Node.position))
    ).all()
    named = tuple(ListedMeasure(n.code, titled(n, language), r.due_on, 0, "", r.id or 0) for n, r in rows)
    return RoundMail(mail, municipality, plan, round_, department, named, review)


def of_round(session: Session, round_id: int) -> Sequence[t.Mail]:
    """Every mail of a round, newest first."""
    return of_rounds(session, (round_id,))


def of_rounds(session: Session, round_ids: Collection[int]) -> Sequence[t.Mail]:
    """Every mail of rounds, newest first; what they say is read when somebody looks."""
    query = (
        select(t.Mail)
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.Mail.request_id))
        .where(col(t.UpdateRequest.round_id).in_(round_ids))
        .order_by(col(t.Mail.id).desc())
        .options(defer(t.Mail.body))  # type: ignore[arg-type]  # a column, as SQLModel's classes name it
    )
    return session.exec(query).all()


def drop_waiting(session: Session, change: Change, round_id: int) -> None:
    """What still waits for the mail server or a digest when a round closes is owed to nobody any more."""
    for mail in of_round(session, round_id):
        if mail.state in WAITING:
            mails.make_obsolete(session, change, mail, because="round closed")


def _concerned_of(standings: _Standings, kind: StepKind, request: int | None, measures: Sequence[int]) -> set[int]:
    """The measures that such a mail of a request would still ask for."""
    found = ((measure, standings.get((request, measure))) for measure in measures)
    return {measure for measure, standing in found if standing is not None and standing.is_asked_by(kind)}


def _concerned(session: Session, asking: Sequence[t.Mail]) -> Mapping[int | None, list[_Concerned]]:
    """What stands in the requests of mails, in the order of the page, by request."""
    found: Mapping[int | None, list[_Concerned]] = defaultdict(list)
    measures = {measure for mail in asking for measure in mail.measures}
    requests = {mail.request_id for mail in asking}
    for report, node, closed_on in session.execute(
        _CONCERNED, {"requests": list(requests), "measures": list(measures)}
    ):
        found[report.request_id].append((report, node, closed_on))
    return found


def _listed(session: Session, mail: t.Mail, concerned: Sequence[_Concerned], today: date) -> tuple[ListedMeasure, ...]:
    """What the mail still asks for of its request."""
    calendar = business_calendar((today.year - 1, today.year))
    listed = []
    for report, node, closed_on in concerned:
        standing = _Standing(report.state, report.is_exempted, closed_on)
        if report.node_id in mail.measures and standing.is_asked_by(mail.kind):
            title, late = titled(node, mail.language), calendar.between(report.due_on, today)
            remarks = return_remarks.quoted(session, report, node, mail.language)
            comment, report_id = report.return_comment, report.id
            listed.append(ListedMeasure(node.code, title, report.due_on, late, comment, report_id, remarks))
    return tuple(listed)


def _workbook(
    session: Session, mail: t.Mail, department: t.Department | None, rules: RoundDefinition
) -> AnswerWorkbook | None:
    if mail.request_id is None or department is None or not answer_workbooks.is_carried_by(mail, rules):
        return None
    return answer_workbooks.of_request(session, mail.request_id, mail.language)
