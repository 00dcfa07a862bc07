"""会議体と人: what everybody sees of the bodies, who may fill seats and name successors, and what the desk is told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, select

import scheduler
from db import tables as t
from domain.body import SeatBasis, SeatRole
from domain.ladder import Rank
from domain.reorganisation import SuccessionKind
from domain.roles import Office
from records import people, transfers
from records.change import Change
from records.seats import Sitter
from tests.changing_hall import Hall
from tests.city import MARK
from tests.seated_city import COMMITTEE, CONFERENCE, COUNCIL, DX, LEADERS, SINCE, TEAM, SeatedCity
from tests.web.conftest import Browser, Site

TODAY = date(2021, 1, 15)
YESTERDAY = TODAY - timedelta(days=1)
DESK = f"/desk/plans/{DX}/bodies"


@pytest.fixture
def town(site: Site) -> SeatedCity:
    return SeatedCity(site.city)


@pytest.fixture
def planner(site: Site) -> Browser:
    return site.browser("planning")


def leave(site: Site, who: str = "information_head", takes: str = "citizens") -> None:
    """Transferred yesterday, acted upon today."""

    def transferred(session: Session, change: Change) -> None:
        user = site.city.user(who)
        held = session.exec(select(t.Appointment).where(t.Appointment.user_id == user.id)).one()
        leaves = [(people.department(session, held.department_id), held.rank)]
        taken = [(people.department_of_code(session, takes), held.rank)] if takes else []
        transfers.transfer(session, change, user, leaves, taken, TODAY)

    with site.city.database.writing(site.city.municipality) as session:
        transferred(session, Change("planner", site.clock()))
    scheduler.let_changes_take_effect(site.city.database, site.clock())


def stored(site: Site) -> list[dict[str, Any]]:
    tables: tuple[type[SQLModel], ...] = (t.Seat, t.Secretariat, t.Inquiry, t.Outbox, t.AuditEntry)
    with site.city.database.reading(site.city.municipality) as session:
        return [row.model_dump() for table in tables for row in session.exec(select(table))]


def body_on(page: str, name: str) -> str:
    """What the page of all bodies says of one."""
    start = page.index(f'aria-labelledby="body-{name}"')
    return page[start : page.index("</article>", start)]


# What everybody sees


def test_everybody_sees_the_bodies_in_their_order_with_rules_and_people(site: Site, town: SeatedCity) -> None:
    town.take(CONFERENCE, Sitter(name="副市長（サンプル）", post="副市長"), role=SeatRole.CHAIR, basis=SeatBasis.OFFICE)
    town.take(COMMITTEE, "information_director")
    page = site.browser("citizens_staff").get(f"/plans/{DX}/bodies")
    assert page.status == 200
    names = (
        "政策会議",
        "デジタル戦略会議",
        "デジタル戦略委員会",
        "プロジェクトチーム",
        "高度専門人材",
        "DX推進リーダー",
    )
    places = [page.text.index(f">{name}</h2>") for name in names]
    assert places == sorted(places)
    assert MARK.ja in page.words
    assert "副市長（CDO:最高デジタル責任者）、副市長が指名した部長級職員" in page.words
    assert "副市長（サンプル） 会議の長 副市長 2020年4月1日（水）から" in page.words
    assert "福田 邦夫 メンバー 情報政策課 部長 2020年4月1日（水）から" in page.words
    assert "人と事務局を登録する" not in page.words


def test_what_nobody_said_is_said_to_be_unknown(site: Site, town: SeatedCity) -> None:
    page = site.browser("citizens_staff").get(f"/plans/{DX}/bodies").text
    council = body_on(page, COUNCIL)
    assert council.count("記載なし") == 3, "chair, secretariat and people"
    specialists = body_on(page, "specialists")
    assert "<dt>構成員の決まり</dt><dd>記載なし</dd>" in specialists


def test_who_sat_there_before_is_folded_away(site: Site, town: SeatedCity, planner: Browser) -> None:
    seat = town.take(COMMITTEE, "information_head")
    planner.post(f"/desk/seats/{seat}/end", {"on": YESTERDAY.isoformat(), "reason": "任期満了"})
    page = site.browser("citizens_staff").get(f"/plans/{DX}/bodies").text
    committee = body_on(page, COMMITTEE)
    assert committee.index("いまの人（0人）") < committee.index("<details") < committee.index("田中 誠")


def test_teams_stand_where_the_plan_speaks_of_them(site: Site, town: SeatedCity) -> None:
    town.team(information_head=SeatRole.LEADER, citizens_staff=SeatRole.MEMBER)
    page = site.browser("citizens_staff").get(f"/plans/{DX}/bodies").text
    teams, leading = body_on(page, TEAM), body_on(page, "project-leaders")
    assert "窓口チーム" in teams
    assert ("田中 誠" in teams, "伊藤 直樹" in teams) == (True, True)
    assert ("田中 誠" in leading, "伊藤 直樹" in leading) == (True, False)


def test_a_plan_without_bodies_has_no_such_tab_but_a_page_that_says_so(site: Site) -> None:
    browser = site.browser("citizens_staff")
    with site.city.database.writing(site.city.municipality) as session:
        plan = session.get_one(t.Plan, site.city.plan)
        review = {**plan.definition["review"], "consultations": []}
        plan.definition = {**plan.definition, "bodies": [], "review": review}
        session.add(plan)
    assert "/plans/iizuka-ict/bodies" not in browser.get("/plans/iizuka-ict").text
    page = browser.get("/plans/iizuka-ict/bodies")
    assert (page.status, "記載がありません" in page.words) == (200, True)


# Who may


def forms(seat: int) -> list[str]:
    return [
        f"{DESK}/{COMMITTEE}/seats",
        f"{DESK}/{COMMITTEE}/secretariat",
        *(f"/desk/seats/{seat}/{what}" for what in ("successor", "vacant", "stay", "end", "chair")),
    ]


@pytest.mark.parametrize("who", ["citizens_staff", "information_head", "information_director", "administrator"])
def test_nobody_but_the_planning_division_fills_seats(site: Site, town: SeatedCity, who: str) -> None:
    seat = town.take(COMMITTEE, "information_chief")
    browser, before = site.browser(who), stored(site)
    pages = [f"{DESK}/{COMMITTEE}", f"/desk/seats/{seat}"]
    assert {path: browser.get(path).status for path in pages} == dict.fromkeys(pages, 403)
    assert {path: browser.post(path, {"reason": "x"}).status for path in forms(seat)} == dict.fromkeys(forms(seat), 403)
    assert browser.get(f"/plans/{DX}/bodies").status == 200
    assert stored(site) == before


def test_every_form_is_refused_without_the_token_of_its_session(site: Site, town: SeatedCity, planner: Browser) -> None:
    seat = town.take(COMMITTEE, "information_chief")
    before = stored(site)
    assert {path: planner.post(path, csrf=False).status for path in forms(seat)} == dict.fromkeys(forms(seat), 403)
    assert stored(site) == before


def test_another_city_finds_nothing_of_this_one(site: Site, town: SeatedCity) -> None:
    seat = town.take(COMMITTEE, "information_chief")
    with site.city.database.writing(site.city.neighbour) as session:
        neighbour = session.exec(select(t.User)).one()
        neighbour.office = Office.PLANNING
        session.add(neighbour)
    stranger, before = site.browser("neighbour_staff"), stored(site)
    pages = [f"{DESK}/{COMMITTEE}", f"/desk/seats/{seat}", f"/plans/{DX}/bodies"]
    assert {path: stranger.get(path).status for path in pages} == dict.fromkeys(pages, 404)
    values = {"reason": "x", "on": "2021-01-20", "name": "x"}
    assert {path: stranger.post(path, values).status for path in forms(seat)} == dict.fromkeys(forms(seat), 404)
    assert stored(site) == before


def test_the_leader_of_the_team_names_the_successor_in_it_and_nowhere_else(site: Site, town: SeatedCity) -> None:
    team = town.team(information_director=SeatRole.LEADER, information_head=SeatRole.MEMBER)
    elsewhere = town.take(COMMITTEE, "information_head")
    leave(site)
    leader = site.browser("information_director")
    assert leader.get(f"/desk/seats/{elsewhere}").status == 403
    address = f"/desk/seats/{team['information_head']}"
    page = leader.get(address)
    assert page.status == 200
    assert "窓口チーム" in page.words
    user = str(site.city.user("citizens_head").id)
    assert leader.post(f"{address}/end", {"on": "2021-01-20", "reason": "x"}).status == 403
    assert leader.post(f"{address}/successor", {"user": user, "on": "2021-01-18"}).to == f"{address}?done=replaced"
    assert "山本 浩（2021年1月18日（月）から）" in leader.get(address).words
    member = site.browser("citizens_head")
    assert member.get(address).status == 403


def test_the_secretariat_of_a_body_names_its_successors(site: Site, town: SeatedCity, planner: Browser) -> None:
    seat = town.take(COMMITTEE, "information_head")
    department = str(site.city.departments["citizens"])
    keeper = site.browser("citizens_staff")
    assert keeper.get(f"/desk/seats/{seat}").status == 403
    values = {"department": department, "on": TODAY.isoformat()}
    assert planner.post(f"{DESK}/{COMMITTEE}/secretariat", values).status == 303
    assert keeper.get(f"/desk/seats/{seat}").status == 200
    assert "事務局 市民窓口課" in keeper.get(f"/plans/{DX}/bodies").words
    assert keeper.get(f"{DESK}/{COMMITTEE}").status == 403


# Filling seats


def test_the_planning_division_adds_somebody_from_the_list_or_by_name(
    site: Site, town: SeatedCity, planner: Browser
) -> None:
    user = str(site.city.user("information_director").id)
    values = {"user": user, "role": "chair", "basis": "nomination", "on": TODAY.isoformat()}
    assert planner.post(f"{DESK}/{COMMITTEE}/seats", values).to == f"{DESK}/{COMMITTEE}?done=seated"
    expert = {"name": "外部 専門家", "email": "Expert@Firm.example", "post": "アドバイザー", "on": "２０２１年２月１日"}
    assert planner.post(f"{DESK}/{COMMITTEE}/seats", expert).status == 303
    assert town.sitting(COMMITTEE, date(2021, 2, 1)) == [
        ("福田 邦夫", SeatRole.CHAIR),
        ("外部 専門家", SeatRole.MEMBER),
    ]
    page = planner.get(f"{DESK}/{COMMITTEE}?done=seated").words
    assert "人を加えました" in page
    assert "外部 専門家 これから メンバー アドバイザー 2021年2月1日（月）から" in page


def test_what_was_typed_comes_back_with_what_is_wrong(site: Site, town: SeatedCity, planner: Browser) -> None:
    wrong = {"name": "外部 専門家", "email": "専門家", "post": "アドバイザー", "on": "来月"}
    page = planner.post(f"{DESK}/{COMMITTEE}/seats", wrong)
    assert page.status == 422
    assert "メールアドレスの形で" in page.words
    assert "「2021-02-15」の形で" in page.words
    assert (page.field("name"), page.field("post"), page.field("on")) == ("外部 専門家", "アドバイザー", "来月")
    both = {"name": "外部 専門家", "user": str(site.city.user("planning").id), "on": "2021-02-01"}
    assert "どちらか一方に" in planner.post(f"{DESK}/{COMMITTEE}/seats", both).words
    assert planner.post(f"{DESK}/{COMMITTEE}/seats", {"user": "99999", "on": "2021-02-01"}).status == 422
    without = {"user": str(site.city.user("information_head").id), "on": "2021-02-01"}
    refused = planner.post(f"{DESK}/{LEADERS}/seats", without)
    assert (refused.status, "どの部署の担当かを" in refused.words) == (409, True)
    assert planner.post(f"{DESK}/{TEAM}/seats", without).status == 409
    assert planner.post(f"{DESK}/no-such-body/seats", without).status == 404
    assert planner.get(f"{DESK}/no-such-body").status == 404
    assert all(town.sitting(body, date(2021, 2, 1)) == [] for body in (COMMITTEE, LEADERS, TEAM))


def test_a_member_becomes_the_chair(site: Site, town: SeatedCity, planner: Browser) -> None:
    town.take(COMMITTEE, "information_director", role=SeatRole.CHAIR)
    member = town.take(COMMITTEE, "information_head")
    answer = planner.post(f"/desk/seats/{member}/chair", {"on": TODAY.isoformat()})
    assert "done=chair" in answer.to
    assert town.sitting(COMMITTEE, TODAY) == [("田中 誠", SeatRole.CHAIR), ("福田 邦夫", SeatRole.MEMBER)]
    leader = town.take(LEADERS, "information_head", department="information")
    assert planner.post(f"/desk/seats/{leader}/chair", {"on": TODAY.isoformat()}).status == 422


# Successors


def test_the_page_of_a_wanted_seat_says_who_leaves_by_when_and_offers_who_follows_in_the_post(
    site: Site, town: SeatedCity, planner: Browser
) -> None:
    seat = town.take(COMMITTEE, "information_head")
    leave(site, "information_head")
    leave(site, "citizens_head", "information")
    page = planner.get(f"/desk/seats/{seat}")
    assert "後任を求めています" in page.words
    assert "後任を決める期限 2021年1月22日（金）" in page.words
    options = page.text[page.text.index("<select") :]
    assert options.index("山本 浩") < options.index("伊藤 直樹")
    assert "山本 浩（情報政策課 課長）・同じ職の後任" in page.words


def test_a_seat_is_left_vacant_only_with_a_reason(site: Site, town: SeatedCity, planner: Browser) -> None:
    seat = town.take(COMMITTEE, "information_head")
    leave(site)
    page = planner.post(f"/desk/seats/{seat}/vacant", {"reason": " "})
    assert (page.status, "理由を入力してください" in page.words) == (422, True)
    assert planner.post(f"/desk/seats/{seat}/vacant", {"reason": "定数の見直し"}).status == 303
    shown = planner.get(f"/desk/seats/{seat}?done=vacant").words
    assert "終わった理由 定数の見直し" in shown
    assert "後任を登録する" not in shown
    again = planner.post(f"/desk/seats/{seat}/vacant", {"reason": "もう一度"})
    assert (again.status, "すでに終わっているか" in again.words) == (409, True)


def test_who_is_named_again_stays(site: Site, town: SeatedCity, planner: Browser) -> None:
    seat = town.take(COMMITTEE, "information_head")
    leave(site)
    assert planner.post(f"/desk/seats/{seat}/stay", {"reason": "改めて指名"}).status == 303
    assert "後任を求めています" not in planner.get(f"/desk/seats/{seat}").words


def test_the_holder_cannot_follow_themselves(site: Site, town: SeatedCity, planner: Browser) -> None:
    seat = town.take(COMMITTEE, "information_head")
    user = str(site.city.user("information_head").id)
    page = planner.post(f"/desk/seats/{seat}/successor", {"user": user, "on": "2021-02-01", "post": "委員"})
    assert (page.status, page.field("post")) == (409, "委員")
    assert "いまの人と同じ人です" in page.words
    assert town.seat(seat).replaced_by_id is None


# The desk, the transfer, the departments


def test_the_desk_tells_of_wanted_seats_and_departments_without_a_leader(
    site: Site, town: SeatedCity, planner: Browser
) -> None:
    before = planner.get("/desk").words
    assert "後任を求めている席" not in before
    assert "DX推進リーダーのいない部署（2件） 市民窓口課、情報政策課" in before
    town.take(LEADERS, "citizens_staff", department="citizens")
    seat = town.take(COMMITTEE, "information_head")
    leave(site)
    page = planner.get("/desk")
    assert "DX推進リーダーのいない部署（1件） 情報政策課" in page.words
    assert "後任を求めている席（1件） 田中 誠 デジタル戦略委員会 メンバー 期限：2021年1月22日（金）" in page.words
    assert f'href="/desk/seats/{seat}"' in page.text


def test_a_leader_of_a_section_counts_for_the_department_above(site: Site, town: SeatedCity, planner: Browser) -> None:
    def below(session: Session, _: Change) -> None:
        above = t.Department(code="keiei", name="経営企画部", valid_from=SINCE)
        session.add(above)
        session.flush()
        section = people.department_of_code(session, "information")
        section.parent_id = above.id
        session.add(section)

    town.change(below)
    assert "DX推進リーダーのいない部署（2件） 市民窓口課、経営企画部" in planner.get("/desk").words
    town.take(LEADERS, "information_chief", department="information")
    assert "DX推進リーダーのいない部署（1件） 市民窓口課" in planner.get("/desk").words
    department = planner.get(f"/organisation/departments/{site.city.departments['information']}").words
    assert "上の部署 経営企画部" in department
    with site.city.database.reading(site.city.municipality) as session:
        keiei = people.department_of_code(session, "keiei").id
    assert "下の部署 情報政策課" in planner.get(f"/organisation/departments/{keiei}").words


def test_a_transfer_shows_first_which_seats_will_want_a_successor(
    site: Site, town: SeatedCity, planner: Browser
) -> None:
    town.team(information_head=SeatRole.LEADER)
    town.take(COUNCIL, "information_head", basis=SeatBasis.RANK)
    user, information = site.city.user("information_head").id, site.city.departments["information"]
    values = {"on": "2021-04-01", "leaves": f"{information}:section_head"}
    values |= {"department_0": str(site.city.departments["citizens"]), "rank_0": "deputy_director"}
    before = stored(site)
    page = planner.post(f"/organisation/people/{user}/transfer/preview", values).words
    assert "新しい職：市民窓口課 次長" in page
    assert "後任を求める席（2件）" in page
    assert "政策会議 メンバー 2021年4月1日（木）からは席を離れます" in page
    assert "プロジェクトチーム：窓口チーム リーダー 後任が決まるまで席に残ります" in page
    assert stored(site) == before


def test_the_rank_of_a_deputy_director_can_be_chosen(site: Site, planner: Browser) -> None:
    page = planner.get(f"/organisation/people/{site.city.user('information_head').id}/transfer").text
    assert f'<option value="{Rank.DEPUTY_DIRECTOR.value}">次長</option>' in page


def test_a_secretariat_goes_with_the_new_name_of_its_department(site: Site, town: SeatedCity, planner: Browser) -> None:
    values = {"department": str(site.city.departments["information"]), "on": "2020-12-01"}
    planner.post(f"{DESK}/{COMMITTEE}/secretariat", values)
    Hall(site.city).enter("information", SuccessionKind.RENAMED, {"digital": ()}, on=date(2021, 1, 10))
    assert "事務局 digital" in planner.get(f"/plans/{DX}/bodies").words
