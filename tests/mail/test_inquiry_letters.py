"""The mails of inquiries in both languages: what they must say, and that their plain text looks written by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import product

import pytest

from domain.ladder import StepKind
from i18n import LANGUAGES
from mail import compose
from mail.compose import Attachment, Letter
from tests.mail.inquiry_letters import LINK, NAMES, every_shape, values

AT = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)
every_mail = pytest.mark.parametrize(("name", "language"), list(product(NAMES, LANGUAGES)), ids=str)


@every_mail
def test_the_plain_text_is_tidy_whatever_there_is_to_say(name: str, language: str) -> None:
    for said in every_shape(language):
        letter = compose.write(name, language, **said)
        lines = letter.body.split("\n")
        assert "\n\n\n" not in letter.body
        assert [line for line in lines if line != line.rstrip()] == []
        assert not letter.body.startswith("\n")
        assert not {"{", "%(", "None"} & set(letter.body.split())
        assert letter.subject == " ".join(letter.subject.split())


@every_mail
def test_a_mail_names_city_and_plan_and_its_link_stands_alone(name: str, language: str) -> None:
    for said in every_shape(language):
        body = compose.write(name, language, **said).body
        assert said["municipality"] in body
        assert said["plan"] in body
        assert [line for line in body.splitlines() if LINK in line] == [LINK], "alone, so that it can be clicked"


@every_mail
def test_each_kind_of_step_has_a_subject_of_its_own(name: str, language: str) -> None:
    steps = (StepKind.NOTICE, StepKind.REMINDER, StepKind.ESCALATION)
    subjects = {compose.write(name, language, **values(language, step=step.value)).subject for step in steps}
    assert len(subjects) == 3


def test_a_shared_mailbox_is_addressed_as_an_office() -> None:
    said = values("ja", recipient_name="デジタル戦略課", department="デジタル戦略課")
    assert compose.write("matter", "ja", **said).body.startswith("デジタル戦略課 御中\n")


def test_the_japanese_request_for_a_check_in_reads_as_it_should() -> None:
    letter = compose.write("check_in", "ja", **values("ja", event="", days_late=0))
    assert letter.body.splitlines() == [
        "佐藤 花子 様",
        "",
        "キープロジェクト「予約のデジタル化」の第4回状況確認をお願いします。",
        "5分ほどで書けます。チームのどなたかが回答すれば、全員へのお知らせが止まります。",
        "",
        "・期限：2026年4月9日（木）",
        "",
        "回答はこちらから（サインインが必要です）：",
        LINK,
        "",
        "--",
        "所沢市「所沢市DX推進基本方針」進捗管理",
        "このメールは自動で送信しています。回答が済むと、お知らせは止まります。",
        "見本です。",
    ]


# Attachments


def test_an_attachment_travels_beside_the_text_under_its_name() -> None:
    content = "BEGIN:VCALENDAR\r\nSUMMARY:会議\r\nEND:VCALENDAR\r\n".encode()
    attachment = Attachment(content, "text/calendar", "meeting.ics", {"method": "REQUEST", "charset": "utf-8"})
    letter = Letter("会議のご案内", "本文です。\n", attachment)
    sender = "巡 <meguru@city.example>"
    message = compose.address(letter, sender, "sato@city.example", "佐藤 花子", "<1@city.example>", AT)
    sent = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(sent, EmailMessage)
    body = sent.get_body()
    assert body is not None
    assert body.get_content().splitlines() == ["本文です。"]
    (attached,) = sent.iter_attachments()
    assert attached.get_payload(decode=True) == content
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "meeting.ics")
    assert attached.get_param("method") == "REQUEST"
    assert sent["Message-ID"] == "<1@city.example>"


@pytest.mark.parametrize("sender", ["meguru@city.example", "巡 <meguru@city.example>"])
def test_the_domain_is_that_of_the_senders_address(sender: str) -> None:
    assert compose.domain_of(sender) == "city.example"
