"""停止（災害対応）and 取下げ on the desk: what is shown before, who may, what everybody reads while it lasts."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from records import matters, pauses
from tests.city import City
from tests.project_city import CALENDAR as PROJECT_CALENDAR
from tests.project_city import TODAY as PROJECT_TODAY
from tests.project_city import ProjectCity
from tests.web.conftest import Browser, Site, site_of
from tests.web.test_organisation_in_english import japanese_in

REASON = "大雨の災害対応のため"
BEGIN = {"reason": REASON, "confirmed": "yes"}


@pytest.fixture
def planner(site: Site) -> Browser:
    return site.browser("planning")


def request_of(site: Site) -> str:
    return f"/desk/requests/{site.city.requests['information']}/withdraw"


def open_pause(city: City) -> t.Pause | None:
    with city.database.reading(city.municipality) as session:
        return pauses.current(session)


def test_only_the_planning_division_pauses_resumes_and_withdraws(site: Site) -> None:
    audited = site.city.audited()
    for who in ("information_staff", "information_head", "administrator"):
        browser = site.browser(who)
        assert [browser.get(path).status for path in ("/desk/pause", request_of(site))] == [403, 403]
        forms = ("/desk/pause/begin", "/desk/pause/end", request_of(site))
        assert [browser.post(path, BEGIN).status for path in forms] == [403, 403, 403]
    planner = site.browser("planning")
    assert [planner.get(path).status for path in ("/desk/pause", request_of(site))] == [200, 200]
    assert [planner.post(path, BEGIN, csrf=False).status for path in forms] == [403, 403, 403]
    neighbours = f"/desk/requests/{site.city.neighbours_request}/withdraw"
    assert [planner.get(neighbours).status, planner.post(neighbours, BEGIN).status] == [404, 404]
    assert site.city.audited() == audited


def test_whose_mails_stop_is_shown_before_the_switch_is_thrown(planner: Browser) -> None:
    page = planner.get("/desk/pause")
    assert "情報政策課 年度進捗報告・3件" in page.words
    assert "2021年2月15日（月）" in page.words
    assert "事前通知（担当者）" in page.words


def test_a_pause_without_a_reason_or_a_look_at_what_stops_is_refused(site: Site, planner: Browser) -> None:
    empty = planner.post("/desk/pause/begin", {})
    assert (empty.status, "理由を入力してください。" in empty.words, "印を付けてください" in empty.words) == (
        422,
        True,
        True,
    )
    unseen = planner.post("/desk/pause/begin", {"reason": REASON})
    assert (unseen.status, unseen.field("reason")) == (422, REASON)
    assert open_pause(site.city) is None


def test_everybody_in_the_city_reads_that_deadlines_stand_still_and_may_still_answer(
    site: Site, planner: Browser
) -> None:
    assert planner.post("/desk/pause/begin", BEGIN).to == "/desk/pause?done=begun"
    staff = site.browser("information_staff")
    report = site.city.reports["1-2-1"]
    for path in ("/requests", f"/reports/{report}", "/plans"):
        assert "期限は止まっています" in staff.get(path).words, path
    assert "期限は止まっています" not in site.browser("neighbour_staff").get("/plans").words
    assert "/desk/pause" not in staff.get("/requests").text
    assert "再開する" in planner.get("/desk").words
    assert staff.write(report, {"achievements": "途中まで"}, 0, "save").status in (200, 303)
    site.clock.passes(days=40)
    late = site.browser("information_staff").get("/requests").words
    assert "期限超過" not in late


def test_resuming_shows_each_new_date_before_and_keeps_to_it(site: Site, planner: Browser) -> None:
    planner.post("/desk/pause/begin", BEGIN)
    site.clock.passes(days=6)  # from Friday the 15th to Thursday the 21st: five business days
    planner = site.browser("planning")
    page = planner.get("/desk/pause?done=begun")
    assert "2021年2月15日（月） → 2021年2月22日（月）" in page.words
    assert "期限は 5営業日先になります" in page.words
    assert planner.post("/desk/pause/end").to == "/desk/pause?done=ended"
    assert site.city.report("1-1-1").due_on == date(2021, 2, 22)
    after = planner.get("/desk/pause?done=ended")
    assert ("期限は止まっています" in after.words, REASON in after.words) == (False, True)
    again = planner.post("/desk/pause/end")
    assert (again.status, "再開の操作はできません" in again.words) == (409, True)


def test_pausing_twice_shows_the_pause_that_lasts(planner: Browser) -> None:
    planner.post("/desk/pause/begin", BEGIN)
    again = planner.post("/desk/pause/begin", BEGIN)
    assert (again.status, "すでに停止しています" in again.words, "止めた日" in again.words) == (409, True, True)


def test_a_withdrawal_says_whose_mails_stop_and_shows_apart_on_the_board(site: Site, planner: Browser) -> None:
    page = planner.get(request_of(site))
    assert "次の 3件は、今回は報告しなくてよいことになります" in page.words
    assert "情報政策課へのメールは、次の予定" in page.words
    refused = planner.post(request_of(site), {"reason": " "})
    assert (refused.status, "理由を入力してください。" in refused.words) == (422, True)
    done = planner.post(request_of(site), {"reason": "対象外の課のため"})
    assert done.to.startswith(f"/desk/cycles/{site.city.cycle}?done=withdrawn")
    board = planner.get(done.to).words
    assert "取下げ" in board
    assert "対象外の課のため" in board
    assert site.city.report("1-1-1").is_exempted
    assert not site.city.report("1-2-3").is_exempted, "another department's"
    assert "取り下げるものがありません" in planner.get(request_of(site)).words
    staff = site.browser("information_staff")
    assert staff.write(site.city.reports["1-2-1"], {"achievements": "途中"}, 0).status == 409


def busy(project_city: ProjectCity) -> None:
    """A check-in and a matter wait."""
    project_city.ask()
    with project_city.writing() as (session, project):
        plan = session.get_one(t.Plan, project.plan_id)
        rights = project_city.rights(session, "leader")
        change = project_city.change("leader")
        texts = ("Widen it", "May we widen it?", "")
        wanted = date(2026, 7, 1)
        matters.raise_matter(
            session, change, rights, plan, *texts, wanted, PROJECT_TODAY, PROJECT_CALENDAR, project=project
        )


def test_check_ins_and_matters_stand_in_the_preview_too(project_city: ProjectCity, project_site: Site) -> None:
    busy(project_city)
    planner = project_site.browser("planning")
    page = planner.get("/desk/pause").words
    assert "画面越しの窓口 第1回状況確認" in page
    assert "Widen it" in page
    planner.post("/desk/pause/begin", BEGIN)
    project_site.clock.passes(days=1)
    after = project_site.browser("planning").get("/desk/pause").words
    assert "2026年6月15日（月） → 2026年6月17日（水）" in after
    assert "停止中に届いた分は、再開するとすぐに送ります" in after, "nobody was told of them yet"


def test_the_pages_read_in_english(site: Site, project_city: ProjectCity) -> None:
    busy(project_city)
    for one in (site, site_of(project_city.city, site.clock)):
        with one.city.database.writing(EVERY_MUNICIPALITY) as session:
            for user in session.exec(select(t.User)):
                user.name_en, user.language = user.email.partition("@")[0], "en"
                session.add(user)
            for row in (*session.exec(select(t.Department)), *session.exec(select(t.KeyProject))):
                if isinstance(row, t.Department):
                    row.name_en = row.code.title()
                else:
                    row.title_en = row.code
                session.add(row)
            for node in session.exec(select(t.Node)):
                node.title_en = f"Measure {node.code}"
                session.add(node)
        planner = one.browser("planning")
        english = {"reason": "Heavy rain", "confirmed": "yes"}
        pages = [planner.get("/desk/pause"), planner.get("/desk"), planner.post("/desk/pause/begin", {})]
        if one is site:
            pages += [planner.get(request_of(site)), planner.post(request_of(site), {"reason": ""})]
        pages += [planner.post("/desk/pause/end")]
        planner.post("/desk/pause/begin", english)
        pages += [planner.get("/desk/pause?done=begun"), planner.post("/desk/pause/begin", english)]
        one.clock.passes(days=3)
        planner = one.browser("planning")
        pages += [planner.get("/desk/pause"), planner.get("/plans")]
        planner.post("/desk/pause/end")
        pages += [planner.get("/desk/pause?done=ended")]
        if one is site:
            planner.post(request_of(site), {"reason": "By mistake"})
            pages += [planner.get(request_of(site)), planner.post(request_of(site), {"reason": "By mistake"})]
            pages += [planner.get(f"/desk/cycles/{site.city.cycle}?done=withdrawn")]
        assert {page.status for page in pages} <= {200, 409, 422}
        assert [japanese_in(page) for page in pages] == [[]] * len(pages)
