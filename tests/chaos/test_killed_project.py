"""Worker and Temporal are killed after every step of a key project; it ends as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time

import pytest
from sqlmodel import Session, select

from db import tables as t
from db.session import Database
from domain.calendar import JST
from domain.key_project import CheckInState, ProjectState
from domain.mail_ledger import MAX_COPIES, MailState
from domain.matter import MatterOutcome
from records import audit, check_ins, document_archive, matters
from tests.chaos.installation import Installation
from tests.chaos.plan_clock import perform, show
from tests.databases import Databases
from tests.workflows import project_life as life

PARTS = ("temporal", "worker")
ASKED_ON, RAISED_ON, GOES_UP_ON = date(2026, 4, 15), date(2026, 4, 16), date(2026, 5, 13)


@pytest.fixture(scope="module")
def killed(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, int, Installation]]:
    folder = tmp_path_factory.mktemp("killed-project")
    url = databases.copy(databases.empty)
    database, installation = Database(url), Installation(folder, url)
    try:
        yield database, _play(installation, database), installation
    finally:
        installation.stop()
        database.dispose()


def _play(installation: Installation, database: Database) -> int:
    """From founding to its end, with a matter that goes up because nobody answers."""
    municipality = life.store(database)

    def on(day: date) -> None:
        show(database, municipality, life.PLAN.code, datetime.combine(day, time(9, 5), JST))

    def holds(what: Callable[[Session], bool]) -> Callable[[], bool]:
        def now() -> bool:
            with database.reading(municipality) as session:
                return what(session)

        return now

    def sent(step: str, number: int) -> Callable[[], bool]:
        def all_sent(session: Session) -> bool:
            mails = [m for m in session.exec(select(t.Mail)) if m.step_key.startswith(step)]
            return len(mails) == number and all(m.sent_at or m.state is MailState.UNKNOWN for m in mails)

        return holds(all_sent)

    def then(what: Callable[[], bool], name: str) -> None:
        for part in PARTS:
            installation.kill(part)
        for part in PARTS:
            installation.start(part)
        installation.wait_until(what, name)

    on(life.FOUNDED_ON)
    for part in PARTS:
        installation.start(part)
    for entry in life.begin():
        assert entry.act is not None
        perform(database, municipality, life.PLAN.code, entry.act)
    # A Temporal that is killed while it makes its database does not come back: it must have started once.
    told = holds(lambda s: all(row.relayed_at for row in s.exec(select(t.Outbox))))
    installation.wait_until(told, "the start")
    on(ASKED_ON)
    then(sent("check-in-asked", 3), "the first check-in")
    perform(database, municipality, life.PLAN.code, life.answer)
    on(RAISED_ON)
    raised = life.raise_matter("終えてよいか", life.TO_STOP, date(2026, 4, 30))
    perform(database, municipality, life.PLAN.code, raised)
    then(sent("matter-arrived", 1), "the matter before the committee")
    on(GOES_UP_ON)
    then(holds(lambda s: len(matters.stages_of(s, matters.of_project(s, life.project_in(s))[0])) == 2), "the way up")
    installation.wait_until(holds(lambda s: len(check_ins.of_project(s, life.project_in(s))) == 2), "the next check-in")
    perform(database, municipality, life.PLAN.code, life.body_answers(1, MatterOutcome.APPROVED))
    then(holds(lambda s: len(document_archive.listed(s, life.project_in(s))) == 3), "the last report")
    return municipality


def test_every_step_of_a_killed_project_happened_exactly_once(killed: tuple[Database, int, Installation]) -> None:
    database, municipality, _ = killed
    with database.reading(municipality) as session:
        assert audit.verify(session).broken_at is None
        actions = [e.action for e in session.exec(select(t.AuditEntry).order_by("sequence"))]
        project = life.project_in(session)
        asked = check_ins.of_project(session, project)
        (matter,) = matters.of_project(session, project)
        stages = [stage.outcome for stage in matters.stages_of(session, matter)]
    assert project.state is ProjectState.ENDED
    # Nobody answered after 15 April but once; the check-in of the weeks that passed was asked for once.
    assert [c.state for c in asked] == [CheckInState.SUBMITTED, CheckInState.DROPPED]
    assert stages == [MatterOutcome.UNANSWERED, MatterOutcome.APPROVED]
    for action in ("project.opened", "team.founded", "matter.raised", "project.route_decided", "project.ended"):
        assert actions.count(action) == 1, action


def test_no_mail_of_a_killed_project_left_more_than_twice_and_none_is_lost(
    killed: tuple[Database, int, Installation],
) -> None:
    database, municipality, installation = killed
    with database.reading(municipality) as session:
        mails = session.exec(select(t.Mail)).all()
    assert all(copies <= MAX_COPIES for copies in installation.mail.copies.values())
    assert {m.state for m in mails} <= {MailState.SENT, MailState.UNKNOWN, MailState.OBSOLETE}
    for mail in mails:
        if mail.state is MailState.SENT:
            assert installation.mail.copies[mail.message_id] >= 1, mail.step_key
