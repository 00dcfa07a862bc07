"""The calendar of the coming year, and the dates that decide it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.plan_settings import PlanDates, dates_of
from records import pauses, plans
from records.change import Change
from tests.city import DUE_ON, City
from tests.conftest import PLAN
from tests.web.conftest import Answer, Browser, Site
from tests.web.test_organisation_in_english import japanese_in

CALENDAR = f"/desk/plans/{PLAN}/calendar"
DATES = f"{CALENDAR}/dates"
CITY = "/desk/calendar"
WHY = "繁忙期を避けるため"


@pytest.fixture
def planner(site: Site) -> Browser:
    return site.browser("planning")


def fields(page: Answer, city: City, **typed: str) -> dict[str, str]:
    """The form of the dates as it stands on the page, with what is typed by the name of the field of the round."""
    rounds = {f"yearly.{name}" for name in ("opens", "due_after_days", "return_due_days", "send_at", "grace_days")}
    steps = {f"yearly.step.{step}" for step in stored(city).rounds["yearly"].steps}
    values = {name: page.field(name) for name in {"seen", "year", "cycle_opens", "review_opens"} | rounds | steps}
    return values | {f"yearly.{name}": text for name, text in typed.items()}


def stored(city: City) -> PlanDates:
    with city.database.reading(city.municipality) as session:
        return dates_of(plans.definition_of(plans.find(session, PLAN)))


def test_only_the_planning_division_sees_and_moves_the_year(site: Site) -> None:
    audited = site.city.audited()
    pages = (CALENDAR, CITY, f"{CALENDAR}.ics", f"{CALENDAR}/mails.xlsx", DATES)
    for who in ("information_staff", "information_head", "administrator"):
        browser = site.browser(who)
        assert [browser.get(path).status for path in pages] == [403] * len(pages)
        assert browser.post(DATES).status == 403
    planner = site.browser("planning")
    assert planner.post(DATES, csrf=False).status == 403
    assert [planner.get(path.replace(PLAN, "neighbour-plan")).status for path in pages] == [404, 200, 404, 404, 404]
    assert site.city.audited() == audited


def test_looking_at_a_year_writes_nothing(site: Site, planner: Browser) -> None:
    before = site.city.count(t.Outbox, t.AuditEntry)
    for path in (CALENDAR, f"{CALENDAR}?year=2021", CITY, f"{CALENDAR}.ics", f"{CALENDAR}/mails.xlsx"):
        assert planner.get(path).status == 200
    assert site.city.count(t.Outbox, t.AuditEntry) == before
    assert planner.get(f"{CALENDAR}/mails.xlsx?year=2040").to == f"{CALENDAR}?year=2040"


def test_the_year_shows_what_opens_falls_due_and_is_sent_and_when_nobody_works(planner: Browser) -> None:
    page = planner.get(f"{CALENDAR}?year=2021").words
    assert "2022年1月17日（月） 受付の開始 「年度進捗報告」の受付を始める" in page
    assert "2022年2月15日（火） 期限 「年度進捗報告」の提出期限" in page
    assert "メール 09:00 「年度進捗報告」の督促（担当者あて） 4通" in page
    assert "2022年2月11日（金）（建国記念の日）" in page
    assert "計画の期間の外です" in planner.get(f"{CALENDAR}?year=2040").words
    assert planner.get(f"{CALENDAR}?year=abc").status == 200
    city = planner.get(f"{CITY}?year=2021").words
    assert "飯塚市地域情報化計画 「年度進捗報告」の提出期限" in city
    assert "neighbour" not in city


def test_a_pause_stands_in_the_calendar_of_the_city(site: Site, planner: Browser) -> None:
    with site.city.database.writing(site.city.municipality) as session:
        pauses.begin(session, Change("test", datetime(2021, 1, 18, tzinfo=UTC)), "大雨", date(2021, 1, 18))
    assert "2021年1月18日（月） 停止と再開 期限を止めた（大雨）" in planner.get(CITY).words


def test_the_file_for_a_calendar_program_keeps_its_ids_when_dates_move(site: Site, planner: Browser) -> None:
    def due() -> tuple[str, date]:
        file = Calendar.from_ical(planner.get(f"{CALENDAR}.ics?year=2021").text)
        event = next(e for e in file.walk("VEVENT") if "提出期限" in str(e["summary"]))
        return str(event["uid"]), event.decoded("dtstart")

    name, day = due()
    assert day == date(2022, 2, 15)
    page = planner.get(f"{DATES}?year=2021")
    planner.post(DATES, {**fields(page, site.city, due_after_days="10"), "action": "confirm", "reason": WHY})
    assert due() == (name, date(2022, 1, 31))


def test_what_moves_is_shown_before_it_is_taken_over_with_a_reason(site: Site, planner: Browser) -> None:
    now = stored(site.city)
    page = planner.get(f"{DATES}?year=2021")
    assert "始まったときの日付のまま進みます" in page.words
    typed = fields(page, site.city, opens="２月１日", due_after_days="10")
    looked = planner.post(DATES, {**typed, "action": "look"})
    assert looked.status == 200
    moved = [" ".join(row.split()) for row in looked.words.split("「年度進捗報告」")]
    assert "の提出期限 2022年2月15日（火） 2022年2月16日（水）" in moved
    assert stored(site.city) == now
    refused = planner.post(DATES, {**typed, "action": "confirm", "reason": ""})
    assert (refused.status, "理由を入力してください。" in refused.words) == (422, True)
    assert refused.field("yearly.opens") == "２月１日"
    done = planner.post(DATES, {**typed, "action": "confirm", "reason": WHY})
    assert done.to == f"{CALENDAR}?year=2021&done=saved"
    assert "2022年2月16日（水） 期限" in planner.get(done.to).words
    assert site.city.report("1-1-1").due_on == DUE_ON, "the running round keeps its day"
    assert "2021年2月15日（月） 期限" in planner.get(f"{CALENDAR}?year=2020").words
    assert site.city.audited()[-1] == "plan.dates_changed"


def test_days_that_cannot_be_read_come_back_as_typed_with_what_to_do(site: Site, planner: Browser) -> None:
    page = planner.get(DATES)
    typed = fields(page, site.city, opens="2/30", grace_days="-1", send_at="朝", due_after_days="0")
    refused = planner.post(DATES, {**typed, "action": "look"})
    assert refused.status == 422
    assert [refused.field(f"yearly.{name}") for name in ("opens", "grace_days", "send_at")] == ["2/30", "-1", "朝"]
    for said in ("月日を「4/1」の形で", "0以上で入力", "時刻を「10:00」の形で"):
        assert said in refused.words
    ruled_out = planner.post(DATES, {**fields(page, site.city, due_after_days="0"), "action": "look"})
    assert (ruled_out.status, "1日以上でなければなりません" in ruled_out.words) == (422, True)


def test_dates_that_somebody_else_moved_meanwhile_are_told(site: Site, planner: Browser) -> None:
    page = planner.get(DATES)
    colleague = fields(page, site.city, grace_days="2")
    assert planner.post(DATES, {**colleague, "action": "confirm", "reason": "同僚"}).status == 303
    mine = {**fields(page, site.city, due_after_days="12"), "action": "confirm", "reason": WHY}
    refused = planner.post(DATES, mine)
    assert (refused.status, refused.field("yearly.due_after_days")) == (409, "12")
    assert "ほかの人が変えたところ" in refused.words
    assert "猶予日数" in refused.words
    assert stored(site.city).rounds["yearly"].grace_days == 2


def test_the_pages_read_in_english(site: Site) -> None:
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.name_en, user.language = user.email.partition("@")[0], "en"
            session.add(user)
    planner = site.browser("planning")
    page = planner.get(DATES)
    typed = fields(page, site.city, due_after_days="10")
    pages = [planner.get(path) for path in (CALENDAR, f"{CALENDAR}?year=2021", f"{CALENDAR}?year=2040", CITY)]
    pages += [page, planner.post(DATES, {**typed, "action": "look"})]
    pages += [planner.post(DATES, {**typed, "action": "confirm", "reason": ""})]
    pages += [planner.post(DATES, {**typed, "yearly.opens": "x", "action": "look"})]
    planner.post(DATES, {**typed, "action": "confirm", "reason": "Less busy then"})
    pages += [planner.post(DATES, {**typed, "cycle_opens": "5/1", "action": "confirm", "reason": "again"})]
    pages += [planner.get(f"{CALENDAR}?done=saved")]
    assert {page.status for page in pages} <= {200, 409, 422}
    assert [japanese_in(page) for page in pages] == [[]] * len(pages)
