"""The desk's mails: how each looks, a test to oneself, and what to do about those that did not arrive."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from db import tables as t
from domain.ladder import Rank, StepKind
from domain.mail_ledger import MailState
from records import cycles
from records.change import Change
from tests.web.conftest import Browser, Site
from tests.web.test_city_board import speak_english
from tests.web.test_organisation_in_english import japanese_in

REMINDER = "/desk/mails?plan=iizuka-ict&kind=yearly/reminder-first&language=ja"
TEST = {"plan": "iizuka-ict", "kind": "yearly/reminder-first", "language": "ja"}


@pytest.fixture
def planner(site: Site) -> Browser:
    return site.browser("planning")


def undelivered(site: Site, state: MailState, error: str = "", claimed: timedelta = timedelta(0)) -> int:
    """A mail to the staff of the information division that ended so; its id."""

    def stored(session: Session) -> int:
        mail = t.Mail(
            request_id=site.city.requests["information"],
            step_key=f"notice@{state.value}",
            kind=StepKind.NOTICE,
            rank=Rank.STAFF,
            recipient=site.city.user("information_staff").email,
            recipient_name="担当",
            measures=[],
            state=state,
            attempts=1,
            subject="【依頼】進捗報告のお願い",
            error=error,
            message_id=f"<{state.value}@test>",
            claimed_on=date(2021, 1, 15),
            claimed_at=site.clock() - claimed,
        )
        session.add(mail)
        session.flush()
        return mail.id

    with site.city.database.writing(site.city.municipality) as session:
        return stored(session)


def test_only_the_planning_division_looks_at_mails_and_tries_them(site: Site) -> None:
    mail = undelivered(site, MailState.FAILED)
    paths = ("/desk/mails", "/desk/mails?show=trouble", f"/desk/mails/{mail}")
    forms = ("/desk/mails/test", f"/desk/mails/{mail}/again", f"/desk/mails/{mail}/settle")
    for who in ("information_staff", "information_head", "administrator"):
        browser = site.browser(who)
        assert [browser.get(path).status for path in paths] == [403] * 3
        assert [browser.post(path, TEST).status for path in forms] == [403] * 3
    planner = site.browser("planning")
    assert [planner.get(path).status for path in paths] == [200] * 3
    assert [planner.post(path, TEST, csrf=False).status for path in forms] == [403] * 3


# How mails look


def test_a_mail_is_shown_with_what_the_open_round_holds(planner: Browser) -> None:
    page = planner.get(REMINDER)
    assert "【督促】" in page.words
    assert "営業日経過）" in page.words
    assert "サンプル 受付中" not in page.words


def test_without_an_open_round_a_sample_is_shown_and_says_so(site: Site, planner: Browser) -> None:
    with site.city.database.writing(site.city.municipality) as session:
        cycle = cycles.find(session, site.city.cycle)
        cycles.begin_evaluation(session, Change("test", site.clock()), cycle, site.clock().date())
    page = planner.get(REMINDER)
    assert "サンプル 受付中の回がないため" in page.words
    assert "サンプル課" in page.words
    assert "サンプル：実在の依頼ではありません。" in page.words


def test_every_kind_of_mail_of_a_plan_can_be_looked_at_in_both_languages(planner: Browser) -> None:
    page = planner.get("/desk/mails?plan=iizuka-ict")
    kinds = [part.partition('"')[0] for part in page.text.split('<option value="')[1:] if part.startswith("yearly/")]
    assert len(kinds) >= 8
    for kind in kinds:
        for language in ("ja", "en"):
            assert planner.get(f"/desk/mails?plan=iizuka-ict&kind={kind}&language={language}").status == 200


def test_looking_leaves_nothing_behind(site: Site, planner: Browser) -> None:
    audited = site.city.audited()
    planner.get(REMINDER)
    assert site.city.audited() == audited
    with site.city.database.reading(site.city.municipality) as session:
        assert session.exec(select(t.Mail)).all() == []


def test_a_test_goes_to_oneself_alone_says_so_and_is_audited(site: Site, planner: Browser) -> None:
    assert planner.post("/desk/mails/test", TEST).to.endswith("&done=tested")
    (message,) = site.mailer.sent
    assert message["To"].addresses[0].addr_spec == site.city.user("planning").email
    assert str(message["Subject"]).startswith("【テスト】【督促】")
    assert site.city.audited()[-1] == "mail.tested"
    with site.city.database.reading(site.city.municipality) as session:
        assert session.exec(select(t.Mail)).all() == []


def test_nobody_floods_themselves_with_tests(site: Site, planner: Browser) -> None:
    assert [planner.post("/desk/mails/test", TEST).status for _ in range(11)] == [303] * 10 + [429]
    assert len(site.mailer.sent) == 10


# What did not arrive


def test_each_mail_in_trouble_says_why_and_what_to_do(site: Site, planner: Browser) -> None:
    assert "いま、届いていないメールはありません。" in planner.get("/desk/mails?show=trouble").words
    undelivered(site, MailState.FAILED, "a@b.example: (550, '5.1.1 User unknown')")
    undelivered(site, MailState.UNKNOWN)
    undelivered(site, MailState.QUEUED, "connect: refused", timedelta(days=2))
    words = planner.get("/desk/mails?show=trouble").words
    for said in (
        "宛先のアドレスが見つかりません",
        "届いたか分かりません",
        "メールサーバーにつながりません。",
        "もう一度送る",
    ):
        assert said in words
    desk = planner.get("/desk").words
    assert "届いていないかもしれないメール：3通" in desk
    assert "メールサーバーにつながりません。" in desk
    assert site.stranger().get("/readyz").json["mail"] == "down"


def test_a_refused_mail_is_sent_again_by_one_press(site: Site, planner: Browser) -> None:
    mail = undelivered(site, MailState.FAILED, "a@b.example: (550, '5.1.1 User unknown')")
    with site.city.database.writing(site.city.municipality) as session:
        measures = [report.node_id for report in session.exec(select(t.ProgressReport))]
        session.get_one(t.Mail, mail).measures = measures
    assert planner.post(f"/desk/mails/{mail}/again").to == "/desk/mails?show=trouble&done=again"
    assert "もう一度送ることにしました" in planner.get("/desk/mails?show=trouble&done=again").words
    assert "mail.sent_again" in site.city.audited()
    assert planner.post(f"/desk/mails/{mail}/again").status == 409


def test_one_that_may_have_arrived_is_sent_again_only_with_the_mark(site: Site, planner: Browser) -> None:
    mail = undelivered(site, MailState.UNKNOWN)
    refused = planner.post(f"/desk/mails/{mail}/again")
    assert (refused.status, "届いていないことを確かめて、印を付けてください" in refused.words) == (409, True)
    assert planner.post(f"/desk/mails/{mail}/again", {"not_arrived": "yes"}).status == 303


def test_one_that_was_settled_by_telephone_needs_a_note_and_is_shown_no_more(site: Site, planner: Browser) -> None:
    mail = undelivered(site, MailState.FAILED)
    empty = planner.post(f"/desk/mails/{mail}/settle")
    assert (empty.status, "どのように済ませたかを入力してください" in empty.words) == (422, True)
    assert planner.post(f"/desk/mails/{mail}/settle", {"note": "電話でお伝えした"}).status == 303
    assert "済んだことにしました：電話でお伝えした" in planner.get(f"/desk/mails/{mail}").words
    assert "いま、届いていないメールはありません。" in planner.get("/desk/mails?show=trouble").words


def test_the_pages_read_in_english(site: Site, planner: Browser) -> None:
    speak_english(site)
    mail = undelivered(site, MailState.UNKNOWN)
    for path in ("/desk/mails?plan=iizuka-ict&language=en", "/desk/mails?show=trouble", f"/desk/mails/{mail}"):
        page = planner.get(path)
        assert [found for found in japanese_in(page) if found not in ("【依頼】進捗報告のお願い", "担当")] == [], path
