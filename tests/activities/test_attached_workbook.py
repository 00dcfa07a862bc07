"""The mail that opens a round may bring the department's own workbook: where the plan wants it, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

import plan_files
from db import tables as t
from domain.ladder import Rank, StepKind
from exchange import answer_workbook_reading
from exchange.answer_workbook import MEDIA_TYPE
from letters import single
from records import plans
from records.round_state import rules_of
from tests.activities.test_mailing import batch_at, ledger, one_mail, run
from tests.city_hall import CityHall
from tests.conftest import PLAN, RememberingMailer

EITHER = "Excelで回答したい方のために、回答用のブックを添付しました。"


@pytest.fixture
def attaching(city_hall: CityHall) -> CityHall:
    with city_hall.writing() as session:
        round_ = city_hall.round(session)
        rules = rules_of(round_, plans.definition_of(plans.find(session, PLAN)))
        round_.rules = {**plan_files.to_json(rules), "attaches_workbook": True}
        session.add(round_)
    return city_hall


def workbooks(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    for part in message.iter_attachments():
        assert part.get_content_type() == MEDIA_TYPE
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        yield part.get_filename() or "", content


def test_the_opening_mail_brings_each_department_its_own_workbook(attaching: CityHall) -> None:
    mailer = RememberingMailer()
    run(attaching, mailer, batch_at(attaching, 1, 15))
    by_id = {mail.message_id: mail for mail in ledger(attaching)}
    assert mailer.sent
    for message in mailer.sent:
        mail = by_id[str(message["Message-ID"])]
        ((name, content),) = workbooks(message)
        found = answer_workbook_reading.read(content)
        assert found.request == mail.request_id
        assert name.startswith(f"{PLAN}-2020-")
        assert name.endswith(".xlsx")
        with attaching.reading() as session:
            owners = {session.get_one(t.ProgressReport, sheet.report).request_id for sheet in found.sheets}
        assert owners == {mail.request_id}
        if mail.language == "ja":
            assert EITHER in mail.body
        assert f"https://meguru.example/requests/{mail.request_id}\n" in mail.body


def test_without_the_setting_no_mail_brings_one(city_hall: CityHall) -> None:
    mailer = RememberingMailer()
    run(city_hall, mailer, batch_at(city_hall, 1, 15))
    assert mailer.sent
    assert [name for message in mailer.sent for name, _ in workbooks(message)] == []
    assert not any("Excel" in mail.body for mail in ledger(city_hall))


@pytest.mark.parametrize(
    ("step", "kind", "to"),
    [
        ("notice-before-due@2021-02-05", StepKind.NOTICE, Rank.STAFF),
        ("reminder-1@2021-02-16", StepKind.REMINDER, Rank.STAFF),
        ("escalation@2021-02-24", StepKind.ESCALATION, Rank.SECTION_HEAD),
    ],
)
def test_no_later_mail_brings_one_again(attaching: CityHall, step: str, kind: StepKind, to: Rank) -> None:
    mailer = RememberingMailer()
    assert run(attaching, mailer, one_mail(attaching, step, kind, to)) == len(mailer.sent) > 0
    assert [name for message in mailer.sent for name, _ in workbooks(message)] == []


def test_a_workbook_too_large_for_a_mail_stays_on_the_page_and_the_mail_says_so(
    attaching: CityHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "LARGEST_WORKBOOK", 1_000)
    mailer = RememberingMailer()
    run(attaching, mailer, batch_at(attaching, 1, 15))
    assert [name for message in mailer.sent for name, _ in workbooks(message)] == []
    bodies = [mail.body for mail in ledger(attaching) if mail.language == "ja"]
    assert bodies
    assert all("大きいため、添付していません" in body for body in bodies)
