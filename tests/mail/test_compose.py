"""Every mail in both languages: what it must say, and that its plain text looks written by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from itertools import product
from typing import Any

import pytest

from domain.ladder import StepKind
from i18n import LANGUAGES
from mail import compose
from mail.compose import Letter, NotAnAddress
from records.round_mails import ListedMeasure

LINK = "https://meguru.example/requests/7"
MARK = "報告の内容は模擬データです。"
MEASURES = (
    ListedMeasure(
        "4-1-1", "教育用ICT機器等の整備推進", date(2021, 2, 15), 3, "台数の根拠を書いてください。\n担当：田中", 1
    ),
    ListedMeasure("4-1-2", "学校間ネットワークの最適化と活用の推進", date(2021, 3, 1), 0, "", 2),
)
every_mail = pytest.mark.parametrize(("kind", "language"), list(product(StepKind, LANGUAGES)), ids=str)

Write = Callable[..., Letter]


def written(kind: StepKind, language: str, **other: Any) -> Letter:
    values: dict[str, Any] = {
        "recipient_name": "佐藤 花子",
        "municipality": "飯塚市",
        "plan": "飯塚市地域情報化計画",
        "round": "年度進捗報告",
        "fiscal_year": 2020,
        "term": "",
        "department": "学校教育課",
        "measures": MEASURES,
        "due_on": date(2021, 2, 15),
        "link": LINK,
        "mark": MARK,
    }
    return compose.write(kind.value, language, **{**values, **other})


def test_a_person_is_addressed_as_a_person_and_a_department_as_a_department() -> None:
    assert written(StepKind.NOTICE, "ja").body.startswith("佐藤 花子 様")
    assert written(StepKind.NOTICE, "ja", recipient_name="学校教育課").body.startswith("学校教育課 御中")


AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@every_mail
def test_a_mail_names_the_plan_the_department_every_measure_and_its_link(kind: StepKind, language: str) -> None:
    letter = written(kind, language)
    assert "飯塚市地域情報化計画" in letter.subject
    for said in ("佐藤 花子", "学校教育課", "飯塚市", MARK, *(m.code for m in MEASURES), *(m.title for m in MEASURES)):
        assert said in letter.body
    assert [line for line in letter.body.splitlines() if LINK in line] == [LINK], "alone, so that it can be clicked"


@every_mail
def test_a_mail_that_asks_for_a_report_says_until_when(kind: StepKind, language: str) -> None:
    body = written(kind, language).body
    for measure in MEASURES:
        day = compose.day_in_words(measure.due_on, language)
        assert (day in body) is (kind is not StepKind.APPROVAL_REQUEST)


@every_mail
def test_the_plain_text_is_tidy(kind: StepKind, language: str) -> None:
    for letter in (written(kind, language), written(kind, language, recipient_name="", mark="", measures=MEASURES[:1])):
        lines = letter.body.split("\n")
        assert "\n\n\n" not in letter.body
        assert [line for line in lines if line != line.rstrip()] == []
        assert not letter.body.startswith("\n")
        assert letter.body.endswith("\n")
        assert "{" not in letter.body
        assert "%(" not in letter.body
        assert "None" not in letter.body


@every_mail
def test_a_subject_is_one_line_whatever_the_plan_is_called(kind: StepKind, language: str) -> None:
    subject = written(kind, language, plan="計画\r\nBcc: evil@example.com", department="課\n").subject
    assert subject == " ".join(subject.split())
    assert not set(subject) & {"\r", "\n"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_return_quotes_what_to_mend_below_its_measure_and_nothing_where_nothing_was_said(language: str) -> None:
    lines = written(StepKind.RETURN, language).body.splitlines()
    quoted = [line for line in lines if "台数の根拠を書いてください。" in line or "担当：田中" in line]
    assert len(quoted) == 2
    assert all(line.startswith("  ") for line in quoted), "the second line of a comment is indented too"
    assert not [line for line in lines if line.rstrip().endswith(("：", ":")) and line.startswith("  ")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_counts_the_days_that_have_passed(language: str) -> None:
    late = [
        line
        for line in written(StepKind.REMINDER, language).body.splitlines()
        if "3営業日経過" in line or "business days late: 3" in line
    ]
    assert late
    assert "0営業日経過" not in written(StepKind.REMINDER, language).body


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_one_time_code_stands_on_a_line_of_its_own(language: str) -> None:
    letter = compose.write("login_code", language, recipient_name="佐藤 花子", code="01234567", minutes=10)
    assert "01234567" in [line.strip() for line in letter.body.splitlines()]
    assert "01234567" not in letter.subject, "a subject shows on locked screens"
    assert "10" in letter.body
    assert "\n\n\n" not in letter.body


def test_the_japanese_reminder_reads_as_it_should() -> None:
    letter = written(StepKind.REMINDER, "ja", measures=MEASURES[:1])
    assert letter.subject == "【督促】飯塚市地域情報化計画 令和2年度（2020年度） 進捗報告が未提出です（1件）"
    assert letter.body.splitlines()[:8] == [
        "佐藤 花子 様",
        "",
        "学校教育課の次の進捗報告が、期限を過ぎてもまだ提出されていません。",
        "間に合わない事情があるときは、計画の担当課へ早めにご相談ください。期限を延ばすことができます。",
        "",
        "・4-1-1 教育用ICT機器等の整備推進",
        "  期限：2021年2月15日（月）（3営業日経過）",
        "",
    ]


# Proposals for a review

TERM = {"ja": "前期", "en": "Early term"}


@every_mail
def test_a_mail_of_a_review_asks_for_proposals_and_names_the_term_and_never_speaks_of_reports(
    kind: StepKind, language: str
) -> None:
    letter = written(kind, language, term=TERM[language])
    for text in (letter.subject, letter.body.partition("--\n")[0]):
        assert TERM[language] in text
        assert ("提案" if language == "ja" else "proposal") in text.lower()
        assert ("進捗報告" if language == "ja" else "progress report") not in text.lower()
    assert compose.fiscal_year_in_words(2020, language) in letter.subject


@every_mail
def test_the_plain_text_of_a_reviews_mail_is_as_tidy(kind: StepKind, language: str) -> None:
    review, yearly = (written(kind, language, term=term).body for term in (TERM[language], ""))
    assert "\n\n\n" not in review
    assert review.count("\n\n") == yearly.count("\n\n")


def test_a_yearly_mail_asks_for_reports_and_says_nothing_of_a_review() -> None:
    for kind in StepKind:
        letter = written(kind, "ja")
        assert "進捗報告" in letter.subject
        assert "見直し" not in letter.subject + letter.body


def test_the_japanese_reminder_of_a_review_reads_as_it_should() -> None:
    letter = written(StepKind.REMINDER, "ja", term="前期", measures=MEASURES[:1])
    assert letter.subject == "【督促】飯塚市地域情報化計画 令和2年度（2020年度） 前期の見直し 提案が未提出です（1件）"
    assert letter.body.splitlines()[2] == (
        "学校教育課の次の施策について、前期の見直しの提案が、期限を過ぎてもまだ提出されていません。"
    )


def test_days_and_fiscal_years_are_said_in_both_languages() -> None:
    assert compose.day_in_words(date(2021, 2, 15), "ja") == "2021年2月15日（月）"
    assert compose.day_in_words(date(2021, 2, 15), "en") == "Mon 15 Feb 2021"
    assert compose.fiscal_year_in_words(2019, "ja") == "令和元年度（2019年度）"
    assert compose.fiscal_year_in_words(2019, "en") == "FY2019"


def test_a_value_that_a_template_needs_and_does_not_get_is_an_error() -> None:
    with pytest.raises(Exception, match="is undefined"):
        compose.write("reminder", "ja", link=LINK)


# Addressing


def addressed(recipient: str = "sato@city.example", name: str = "佐藤 花子", subject: str = "件名") -> EmailMessage:
    sender = "巡 <meguru@city.example>"
    message = compose.address(Letter(subject, "本文です。\n"), sender, recipient, name, "<1@meguru.example>", AT)
    sent = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(sent, EmailMessage)
    return sent


def test_a_mail_says_when_it_was_written() -> None:
    assert addressed()["Date"].datetime == AT


def test_japanese_survives_the_way_through_the_headers_and_the_body() -> None:
    long = "【督促】飯塚市地域情報化計画 令和2年度（2020年度） 進捗報告が未提出です（36件）" * 3
    sent = addressed(subject=long)
    assert sent["Subject"].replace("\u00a0", " ") == long, "no blank is lost where the header folds"
    assert sent["To"].addresses[0].display_name == "佐藤 花子"
    assert sent["From"].addresses[0].display_name == "巡"
    assert sent["Message-ID"] == "<1@meguru.example>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent.get_content().splitlines() == ["本文です。"]


@pytest.mark.parametrize("name", ["佐藤 花子", "情報政策課 担当者（サンプル）" * 5, 'He said "hi", <x@y.z>', ""])
@pytest.mark.parametrize("subject", ["件名", "Plain", "【督促】計画 進捗報告が未提出です（36件）" * 3])
def test_headers_that_mails_share_read_as_the_library_writes_them(name: str, subject: str) -> None:
    sender, recipient = "巡 <meguru@city.example>", "sato@city.example"
    plain = EmailMessage(policy=policy.SMTP)
    plain["From"] = sender
    plain["To"] = Address(name, addr_spec=recipient)
    plain["Subject"] = subject.replace(" ", "\u00a0")
    plain["Message-ID"] = "<1@meguru.example>"
    plain["Date"] = AT
    plain["Auto-Submitted"] = "auto-generated"
    plain.set_content("本文です。\n", charset="utf-8", cte="base64")
    for _ in range(2):
        letter = Letter(subject, "本文です。\n")
        ours = compose.address(letter, sender, recipient, name, "<1@meguru.example>", AT)
        assert ours.as_bytes() == plain.as_bytes()


@pytest.mark.parametrize("name", ["佐藤\r\nBcc: evil@example.com", "a\nSubject: x", "a\rb", 'He said "hi", <x@y.z>'])
def test_a_name_cannot_add_a_header_or_a_recipient(name: str) -> None:
    sent = addressed(name=name)
    assert sent.keys().count("Subject") == 1
    assert "Bcc" not in sent
    assert [a.addr_spec for a in sent["To"].addresses] == ["sato@city.example"]
    assert sent["To"].addresses[0].display_name == " ".join(name.split())


@pytest.mark.parametrize(
    "recipient",
    ["", "sato", "ｓａｔｏ＠city.example", "佐藤@city.example", "a b@city.example", "a@b@c", "a@b.c\nBcc: d@e.f"],
)
def test_what_is_no_mail_address_is_refused(recipient: str) -> None:
    with pytest.raises(NotAnAddress):
        addressed(recipient)
