"""Posting the mails of a process: what each letter says, what it carries, and what a dead mail server leaves behind."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from email.message import EmailMessage

import pytest
from icalendar import Calendar
from sqlmodel import select
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.contracts import ProcessMail
from activities.mailing import MailingActivities
from db import tables as t
from domain.body import SeatRole
from domain.key_project import EventKind
from domain.mail_ledger import MailState, Outcome
from domain.matter import StageOrigin
from records import inquiries
from tests.conftest import RememberingMailer
from tests.dx_city import CALENDAR, CHAIR, CHANGE, FRIDAY, LEADER, MEMBER, MONDAY, THURSDAY, DxCity, nine
from tests.dx_city_fixtures import dx_city, dx_city_template

SENDER = "巡 <meguru@tokorozawa.example>"


__all__ = ["dx_city", "dx_city_template"]


@pytest.fixture
def city(dx_city: DxCity) -> DxCity:
    return dx_city


def post(city: DxCity, mailer: RememberingMailer, workflow_id: str, day: date = MONDAY) -> int:
    activities = MailingActivities(city.database, mailer, "https://meguru.example/", lambda: CHANGE.at)
    order = ProcessMail(city.municipality, workflow_id, day)

    async def send() -> int:
        return await ActivityEnvironment().run(activities.send_waiting, order)

    return asyncio.run(send())


def posted(city: DxCity, inquiry: t.Inquiry, day: date = MONDAY) -> list[EmailMessage]:
    """What leaves when everything that is due by a day is claimed and posted."""
    mailer = RememberingMailer(SENDER)
    city.claim(inquiry.workflow_id, nine(day))
    post(city, mailer, inquiry.workflow_id, day)
    return sorted(mailer.sent, key=lambda message: str(message["To"]))


def said(message: EmailMessage) -> str:
    body = message.get_body()
    assert body is not None
    text: str = body.get_content()
    return f"{message['Subject']}\n{text}".replace("\u00a0", " ").replace("\r\n", "\n")


def letter_to(messages: list[EmailMessage], address: str) -> str:
    (found,) = [said(message) for message in messages if address in str(message["To"])]
    return found


# Posting


def test_what_waits_is_posted_once(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.check_in(session)
    mailer = RememberingMailer()
    city.claim(inquiry.workflow_id, nine(MONDAY))
    assert post(city, mailer, inquiry.workflow_id) == 3
    assert post(city, mailer, inquiry.workflow_id) == 0
    assert set(Counter(str(m["Message-ID"]) for m in mailer.sent).values()) == {1}
    assert {mail.state for mail in city.ledger()} == {MailState.SENT}
    assert all(mail.body and mail.subject for mail in city.ledger())


def test_other_processes_mails_are_left_alone(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.check_in(session)
    city.claim(inquiry.workflow_id, nine(MONDAY))
    assert post(city, RememberingMailer(), "another") == 0
    assert {mail.state for mail in city.ledger()} == {MailState.QUEUED}


def test_mails_that_wait_for_the_mail_server_are_tried_again_and_only_the_latest_leave(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.check_in(session)
    mailer = RememberingMailer(ends=[Outcome.NOT_REACHED] * 9)
    city.claim(inquiry.workflow_id, nine(MONDAY))
    for _ in range(2):
        with pytest.raises(ApplicationError, match="3 mails wait") as refused:
            post(city, mailer, inquiry.workflow_id)
        assert refused.value.type == "MailServerNotReady"
        assert not refused.value.non_retryable
    mailer.ends.clear()
    city.claim(inquiry.workflow_id, nine(FRIDAY))
    assert post(city, mailer, inquiry.workflow_id, FRIDAY) == 3
    assert all("【督促】" in said(message) for message in mailer.sent)
    assert [mail.state for mail in city.ledger()] == [MailState.OBSOLETE] * 3 + [MailState.SENT] * 3


def test_an_answer_that_comes_while_the_mail_server_is_away_leaves_nothing_to_post(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.check_in(session)
    mailer = RememberingMailer(ends=[Outcome.NOT_REACHED] * 3)
    city.claim(inquiry.workflow_id, nine(MONDAY))
    with pytest.raises(ApplicationError):
        post(city, mailer, inquiry.workflow_id)
    city.settle(inquiry.id)
    mailer.ends.clear()
    assert post(city, mailer, inquiry.workflow_id) == 0
    assert mailer.sent == []
    assert {mail.state for mail in city.ledger()} == {MailState.OBSOLETE}


# Check-ins


def test_a_team_is_asked_with_a_link_to_the_form_and_the_day_it_is_due(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.check_in(session)
    letter = letter_to(posted(city, inquiry), LEADER)
    assert letter.startswith("【依頼】予約のデジタル化 第4回状況確認のお願い（期限 2026年4月9日（木））\n橘 遥 様\n")
    assert f"\nhttps://meguru.example/check-ins/{inquiry.check_in_id}\n" in letter
    assert "見本です。" in letter
    assert "きっかけ" not in letter


def test_a_check_in_that_an_event_called_for_names_the_event(city: DxCity) -> None:
    with city.writing() as session:
        event = t.TriggerEvent(
            plan_id=city.plan(session).id,
            kind=EventKind.GUIDELINE,
            title="国の指針が改定された",
            happened_on=date(2026, 4, 3),
            calls_on=MONDAY,
            recorded_at=CHANGE.at,
        )
        session.add(event)
        session.flush()
        inquiry = city.check_in(session, event)
    letter = letter_to(posted(city, inquiry), MEMBER)
    assert "・きっかけ：国の指針が改定された（国の指針などの改定、2026年4月3日（金））\n" in letter


def test_a_missed_check_in_is_reminded_of_and_then_goes_to_the_coordinating_section_and_the_committee(
    city: DxCity,
) -> None:
    with city.writing() as session:
        inquiry = city.check_in(session)
    reminder = letter_to(posted(city, inquiry, FRIDAY), MEMBER)
    assert "【督促】予約のデジタル化 第4回状況確認の回答が届いていません" in reminder
    assert "・期限：2026年4月9日（木）（1営業日経過）\n" in reminder
    (escalation,) = posted(city, inquiry, CALENDAR.shift(THURSDAY, 5))
    assert "【上申】予約のデジタル化 第4回状況確認の遅れ" in said(escalation)
    assert "回答を支えるか" in said(escalation)
    chair = letter_to(posted(city, inquiry, CALENDAR.shift(THURSDAY, 15)), CHAIR)
    assert "会議で取り上げてください" in chair


# Matters


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        (StageOrigin.RAISED, "デジタル戦略委員会に次の事項が付議されました。"),
        (StageOrigin.SENT_UP, "デジタル戦略委員会からデジタル戦略会議へ、次の事項が送られました。"),
        (
            StageOrigin.UNANSWERED,
            "デジタル戦略委員会で期限までに回答がなかったため、次の事項がデジタル戦略会議へ上がりました。",
        ),
    ],
)
def test_a_matter_comes_with_its_question_and_how_it_came(city: DxCity, origin: StageOrigin, words: str) -> None:
    with city.writing() as session:
        inquiry = city.matter(session, origin)
    (letter,) = map(said, posted(city, inquiry))
    assert words in letter
    assert "・問い：予約の窓口を一つにしてよいか。\n  費用は記載のとおりとする。\n" in letter
    assert "・キープロジェクト：予約のデジタル化\n" in letter
    assert "・期限：2026年4月20日（月）\n" in letter
    assert "回答がほしい日" not in letter  # the same day is not told twice
    assert "https://meguru.example/matters/1\n" in letter
    above = "政策会議" if origin is not StageOrigin.RAISED else "デジタル戦略会議"
    assert f"2026年4月27日（月）になると、{above}へ自動で上がります。" in letter


def test_a_matter_says_the_day_its_team_hoped_for_where_the_body_has_longer(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.matter(session)
        session.exec(select(t.Matter)).one().wanted_by = date(2026, 4, 13)
    (letter,) = map(said, posted(city, inquiry))
    assert "・回答がほしい日：2026年4月13日（月）\n" in letter
    assert "・期限：2026年4月20日（月）\n" in letter


def test_the_chair_hears_of_a_matter_that_nobody_answers(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.matter(session)
    letter = letter_to(posted(city, inquiry, date(2026, 4, 23)), CHAIR)
    assert "【上申】デジタル戦略委員会：「予約窓口の一本化」の回答の遅れ" in letter
    assert "（3営業日経過）" in letter
    assert "事務局に回答の記録をご指示ください" in letter


# Successors


def test_who_leads_the_team_is_asked_who_follows(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.vacancy(session, SeatRole.MEMBER)
    letter = letter_to(posted(city, inquiry), LEADER)
    assert "【依頼】予約チーム：メンバーの後任のお願い（期限 2026年4月13日（月））" in letter
    assert "・前任：森 樹\n" in letter
    assert f"https://meguru.example/desk/seats/{inquiry.seat_id}\n" in letter


# Meetings


def entry_of(message: EmailMessage) -> tuple[EmailMessage, Calendar]:
    (attached,) = list(message.iter_attachments())
    assert isinstance(attached, EmailMessage)
    return attached, Calendar.from_ical(attached.get_content().encode())


def test_an_invitation_brings_the_agenda_and_the_meeting_for_the_calendar(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.meeting(session)
        matter = city.matter(session)
        assert inquiry.meeting_id is not None
        session.add(t.MeetingItem(meeting_id=inquiry.meeting_id, position=2, stage_id=matter.stage_id))
    messages = posted(city, inquiry)
    letter = letter_to(messages, CHAIR)
    assert "【会議のご案内】デジタル戦略委員会（2026年4月21日（火） 14:00から）" in letter
    assert "・日時：2026年4月21日（火） 14:00～15:30\n・場所：第1会議室\n・議題1：報告事項\n" in letter
    assert "・議題2：予約窓口の一本化\n" in letter
    assert "回答が済むと" not in letter
    attached, calendar = entry_of(messages[0])
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "REQUEST"
    assert attached.get_filename() == "meeting.ics"
    (event,) = calendar.walk("VEVENT")
    assert event["UID"] == f"meeting-{inquiry.meeting_id}@tokorozawa.example"
    assert str(event["ORGANIZER"]) == "mailto:meguru@tokorozawa.example"
    assert str(event["ATTENDEE"]) == f"mailto:{CHAIR}"


def test_who_was_told_before_hears_what_is_new(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.meeting(session)
    posted(city, inquiry)
    assert "【会議のお知らせ】" in letter_to(posted(city, inquiry, date(2026, 4, 17)), CHAIR)
    with city.writing() as session:
        moved = city.asked_again(session, inquiries.find(session, inquiry.id), date(2026, 4, 24))
    messages = posted(city, moved)
    assert "【会議の変更】デジタル戦略委員会（2026年4月24日（金） 14:00から）" in letter_to(messages, CHAIR)
    (event,) = entry_of(messages[0])[1].walk("VEVENT")
    assert event["SEQUENCE"] == 1


def test_word_of_a_cancelled_meeting_takes_it_out_of_the_calendar(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.meeting(session)
    posted(city, inquiry)
    assert inquiry.meeting_id is not None
    city.cancel(inquiry.meeting_id, "議題がなくなったため。")
    messages = posted(city, inquiry)
    letter = letter_to(messages, LEADER)
    assert "【会議の中止】デジタル戦略委員会（2026年4月21日（火））" in letter
    assert "・理由：議題がなくなったため。\n" in letter
    attached, calendar = entry_of(messages[0])
    assert attached.get_param("method") == "CANCEL"
    assert calendar["METHOD"] == "CANCEL"


def test_who_keeps_the_minutes_is_reminded_of_them_without_an_invitation(city: DxCity) -> None:
    with city.writing() as session:
        inquiry = city.meeting(session)
    posted(city, inquiry)
    (reminder,) = posted(city, inquiry, date(2026, 4, 23))
    assert "【督促】デジタル戦略委員会（2026年4月21日（火））の記録が未登録です" in said(reminder)
    assert list(reminder.iter_attachments()) == []
