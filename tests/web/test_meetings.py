"""The pages of 会議: planning one, its agenda, invitations and papers, and all its decisions in one form."""

from __future__ import annotations

from datetime import date, time

import pytest
from sqlmodel import select

from db import tables as t
from domain.key_project import RouteOutcome, RouteStep
from domain.meeting import MeetingState
from domain.text import typed_time
from records import agendas, key_projects, matters, meetings, seats, secretariats
from records.seats import Sitter
from tests.project_city import AT, PLAN, TODAY, ProjectCity
from tests.project_city_fixtures import project_city, project_city_template
from tests.web.conftest import Answer, Browser, Clock, Site, site_of

__all__ = ["project_city", "project_city_template"]

COMMITTEE = "strategy-committee"
HELD_ON = date(2026, 6, 18)
WANTED = date(2026, 6, 24)
NEW = f"/desk/plans/{PLAN}/bodies/{COMMITTEE}/meetings/new"
HEAD = {"held_on": "2026-06-18", "begins_at": "10:00", "ends_at": "11:30", "place": "第1会議室", "note": ""}
NEW_GOAL = "2030年までに、相談の三割を来庁なしで終える。"
CHANGE_GOAL = RouteStep(RouteOutcome.CHANGE_GOAL, "半分は遠いと分かったため", goal=NEW_GOAL)
EVERYBODY = ("leader", "sub_leader", "member", "outsider", "secretary", "planning", "administrator")
KEEPERS = ("outsider", "secretary", "planning")
"""Who keeps the committee's papers once the general affairs section is its secretariat."""


@pytest.fixture
def project_site(project_city: ProjectCity) -> Site:
    return site_of(project_city.city, Clock(AT))


@pytest.fixture
def kept(project_city: ProjectCity) -> ProjectCity:
    """The general affairs section is the committee's secretariat; two matters wait there, `member` sits in it."""
    project_city.raise_matter("目標を変えるか", date(2026, 6, 22), CHANGE_GOAL)
    project_city.raise_matter("範囲を広げるか", WANTED)
    with project_city.writing() as (session, project):
        plan, change = key_projects.plan_of(session, project), project_city.change()
        general = session.get_one(t.Department, project_city.city.departments["general"])
        secretariats.set(session, change, plan, COMMITTEE, general, TODAY)
        seats.take(session, change, plan, COMMITTEE, Sitter(project_city.city.user("member").id), TODAY)
    return project_city


def planned(site: Site, who: str = "secretary") -> str:
    """The address of a meeting that somebody of the secretariat planned."""
    answer = site.browser(who).post(NEW, HEAD)
    assert answer.status == 303
    return answer.to.split("?")[0]


def meeting_of(city: ProjectCity, address: str) -> t.Meeting:
    with city.reading() as (session, _):
        return meetings.find(session, int(address.rsplit("/", 1)[1]))


def items(city: ProjectCity, address: str) -> dict[str, int]:
    with city.reading() as (session, _):
        lines = agendas.of(session, meeting_of(city, address))
        return {line.title("ja"): line.item.id for line in lines}


def on_the_day(site: Site, who: str = "secretary") -> Browser:
    site.clock.passes(days=(HELD_ON - TODAY).days)
    return site.browser(who)


def test_the_secretariat_plans_a_meeting_from_what_waits(project_site: Site, kept: ProjectCity) -> None:
    form = project_site.browser("secretary").get(NEW)
    assert form.status == 200
    for said in ("デジタル戦略委員会の会議を予定する", "目標を変えるか 付議第1号", "範囲を広げるか 付議第2号"):
        assert said in form.words
    assert form.field("held_on") == "2026-06-24", "ten business days ahead, as the plan has it"
    address = planned(project_site)
    page = project_site.browser("secretary").get(f"{address}?done=planned").words
    for said in ("会議を予定しました", "案内前", "10:00～11:30", "第1会議室", "総務課"):
        assert said in page
    assert page.index("目標を変えるか") < page.index("範囲を広げるか")


def test_what_cannot_be_read_keeps_the_form_as_it_was_typed(project_site: Site, kept: ProjectCity) -> None:
    typed = {**HEAD, "held_on": "しあさって", "begins_at": "朝", "place": "講堂"}
    refused = project_site.browser("secretary").post(NEW, typed)
    assert refused.status == 422
    assert "日付を「2021-02-15」の形で入力してください。" in refused.words
    assert "時刻を「10:00」の形で入力してください。" in refused.words
    assert (refused.field("held_on"), refused.field("place")) == ("しあさって", "講堂")
    passed = project_site.browser("secretary").post(NEW, {**HEAD, "held_on": "2026-06-09"})
    assert "会議の日は、今日以降の日付を入力してください。" in passed.words
    ends = project_site.browser("secretary").post(NEW, {**HEAD, "ends_at": "9:30"})
    assert "終わる時刻は、始まる時刻より後にしてください。" in ends.words
    assert ends.field("ends_at") == "9:30"


@pytest.mark.parametrize(
    ("typed", "hour"),
    [
        ("9:05", time(9, 5)),
        ("１３：３０", time(13, 30)),
        ("10時00分", time(10)),
        ("25:00", None),
        ("10", None),
        ("", None),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, hour: time | None) -> None:
    assert typed_time(typed) == hour


def test_publishing_the_agenda_invites_the_members(project_site: Site, kept: ProjectCity) -> None:
    address = planned(project_site)
    secretary = project_site.browser("secretary")
    assert secretary.post(f"{address}/invite").to == f"{address}?done=invited"
    page = secretary.get(f"{address}?done=invited").words
    assert "案内済み" in page
    assert "議題を確定して案内を送る" not in page
    again = secretary.post(f"{address}/invite")
    assert again.status == 409
    assert "案内はすでに送られています。" in again.words
    with kept.reading() as (session, _):
        [asked] = session.exec(select(t.Inquiry).where(t.Inquiry.meeting_id == meeting_of(kept, address).id)).all()
        assert asked.due_on == HELD_ON


def test_a_matter_that_would_go_up_before_the_meeting_is_pointed_out(project_site: Site, kept: ProjectCity) -> None:
    kept.raise_matter("急ぎの件", date(2026, 6, 11))
    address = planned(project_site)
    page = project_site.browser("secretary").get(address).words
    assert (
        "「急ぎの件」は、回答がないまま2026年6月18日（木）になると、上位の会議体へ上がります。会議の日には間に合いません。"
        in page
    )
    assert "「範囲を広げるか」は、回答がないまま" not in page


def test_another_day_is_told_and_a_note_is_not(project_site: Site, kept: ProjectCity) -> None:
    address = planned(project_site)
    secretary = project_site.browser("secretary")
    secretary.post(f"{address}/invite")
    assert "改めて案内が送られます" in secretary.get(f"{address}/edit").words
    note = secretary.post(f"{address}/edit", {**HEAD, "note": "名札をお持ちください。"})
    assert note.to == f"{address}?done=changed"
    day = secretary.post(f"{address}/edit", {**HEAD, "held_on": "2026-06-22"})
    assert day.to == f"{address}?done=invited_anew"
    assert "構成員に改めて案内が送られます。" in secretary.get(day.to).words
    refused = secretary.post(f"{address}/edit", {**HEAD, "begins_at": "", "place": "講堂"})
    assert refused.status == 422
    assert refused.field("place") == "講堂"


def test_an_agenda_is_put_in_order_shortened_and_given_an_item_of_its_own(
    project_site: Site, kept: ProjectCity
) -> None:
    address = planned(project_site)
    its = items(kept, address)
    goal, range_ = f"item_{its['目標を変えるか']}", f"item_{its['範囲を広げるか']}"
    secretary = project_site.browser("secretary")
    typed = {f"{goal}_place": "２", f"{range_}_place": "1", f"{goal}_note": "10分", "heading_0": "報告：試行の様子"}
    assert secretary.post(f"{address}/agenda", typed).to == f"{address}?done=arranged"
    assert list(items(kept, address)) == ["範囲を広げるか", "目標を変えるか", "報告：試行の様子"]
    heading = f"item_{items(kept, address)['報告：試行の様子']}"
    shorter = {f"{goal}_leave": "yes", f"{goal}_place": "1", f"{range_}_place": "1"}
    secretary.post(f"{address}/agenda", {**shorter, f"{heading}_place": "2", f"{heading}_title": "報告"})
    assert list(items(kept, address)) == ["範囲を広げるか", "報告"]
    back = secretary.get(f"{address}/edit")
    assert "加えられるもの" in back.words
    with kept.reading() as (session, project):
        [free] = agendas.free_for(session, key_projects.plan_of(session, project), meeting_of(kept, address))
    heading = f"item_{items(kept, address)['報告']}"  # headings are written anew
    kept_ = {f"{range_}_place": "1", f"{heading}_place": "2", f"{heading}_title": "報告"}
    secretary.post(f"{address}/agenda", {**kept_, f"take_{free.key[0]}_0": "yes"})
    assert list(items(kept, address)) == ["範囲を広げるか", "報告", "目標を変えるか"]


def test_an_agenda_that_is_refused_keeps_what_was_typed(project_site: Site, kept: ProjectCity) -> None:
    address = planned(project_site)
    first, second = (f"item_{item}" for item in items(kept, address).values())
    typed = {f"{first}_place": "最後", f"{first}_note": "10分", f"{second}_place": "1", "heading_0": "報告"}
    refused = project_site.browser("secretary").post(f"{address}/agenda", typed)
    assert refused.status == 422
    assert "順番は、1からの数字で入力してください。" in refused.words
    assert f'href="#agenda-{first}_place"' in refused.text
    assert (refused.field(f"{first}_note"), refused.field("heading_0")) == ("10分", "報告")


def test_what_came_later_is_taken_in_with_one_press(project_site: Site, kept: ProjectCity) -> None:
    address = planned(project_site)
    kept.raise_matter("あとから", WANTED)
    secretary = project_site.browser("secretary")
    assert "審議を待つものが1件増えました。" in secretary.get(address).words
    assert secretary.post(f"{address}/take-in").to == f"{address}?done=taken_in"
    assert list(items(kept, address)) == ["目標を変えるか", "範囲を広げるか", "あとから"]


def test_a_whole_sitting_is_recorded_in_one_form(project_site: Site, kept: ProjectCity) -> None:
    address = planned(project_site)
    its = items(kept, address)
    goal = f"item_{its['目標を変えるか']}_"
    secretary = on_the_day(project_site)
    assert "結果を記録する" in secretary.get(address).words
    form = secretary.get(f"{address}/sitting")
    assert form.status == 200
    assert f"変更後 {NEW_GOAL}" in form.words
    assert form.words.count("ここでは決めない") == 3, "one choice for each, and what it means"
    typed = {f"{goal}outcome": "approved", f"{goal}minutes": "全員一致。", "minutes": "出席7名。"}
    assert secretary.post(f"{address}/sitting", typed).to == f"{address}?done=recorded"
    page = secretary.get(f"{address}?done=recorded").words
    for said in ("会議の結果を記録しました。", "開催済み", "出席7名。", "決めずに次の会議へ"):
        assert said in page
    with kept.reading() as (_, project):
        assert project.goal == NEW_GOAL
    following = secretary.post(NEW, {**HEAD, "held_on": "2026-07-02"}).to.split("?")[0]
    assert list(items(kept, following)) == ["範囲を広げるか"]


def test_a_sitting_with_a_problem_records_nothing_and_keeps_everything_typed(
    project_site: Site, kept: ProjectCity
) -> None:
    address = planned(project_site)
    its = items(kept, address)
    goal, range_ = (f"item_{its[title]}_" for title in ("目標を変えるか", "範囲を広げるか"))
    secretary = on_the_day(project_site)
    typed = {f"{goal}outcome": "approved", f"{goal}comment": "異議なし", f"{range_}outcome": "returned"}
    refused = secretary.post(f"{address}/sitting", {**typed, "minutes": "出席7名。"})
    assert refused.status == 409
    meeting = meeting_of(kept, address)
    assert f'href="#sitting-{meeting.id}-{range_}comment"' in refused.text
    assert "了承のほかの決定では、会議体の意見や理由を入力してください。" in refused.words
    assert (refused.field(f"{goal}comment"), refused.field("minutes")) == ("異議なし", "出席7名。")
    assert f'name="{goal}outcome" value="approved" checked' in refused.text
    assert meeting.state is MeetingState.PLANNED
    with kept.reading() as (session, project):
        assert project.goal == project.first_goal
        assert all(stage.outcome is None for _, stage in matters.waiting_before(
            session, key_projects.plan_of(session, project), COMMITTEE))  # fmt: skip
    empty = secretary.post(f"{address}/sitting")
    assert empty.status == 422
    assert "決定か議事の記録のどちらかを入力してください。" in empty.words


def test_a_decision_otherwise_in_a_sitting_names_the_field_that_is_wrong(project_site: Site, kept: ProjectCity) -> None:
    address = planned(project_site)
    goal = f"item_{items(kept, address)['目標を変えるか']}_"
    secretary = on_the_day(project_site)
    typed = {f"{goal}outcome": "decided_otherwise", f"{goal}comment": "別案で", f"{goal}instead_outcome": "change_goal"}
    refused = secretary.post(f"{address}/sitting", {**typed, f"{goal}instead_reason": "遠いため"})
    assert refused.status == 422
    assert f"{goal}instead_goal-error" in refused.text
    done = {f"{goal}instead_reason": "遠いため", f"{goal}instead_goal": "四割にする。"}
    assert secretary.post(f"{address}/sitting", {**typed, **done}).status == 303
    with kept.reading() as (_, project):
        assert project.goal == "四割にする。"


def test_before_its_day_a_meeting_has_no_result(project_site: Site, kept: ProjectCity) -> None:
    address = planned(project_site)
    answer = project_site.browser("secretary").get(f"{address}/sitting")
    assert answer.status == 409
    assert "会議の日より前には、結果を記録できません。" in answer.words


def test_a_cancelled_meeting_says_why_and_can_be_changed_no_more(project_site: Site, kept: ProjectCity) -> None:
    address = planned(project_site)
    secretary = project_site.browser("secretary")
    without = secretary.post(f"{address}/cancel", {"reason": " "})
    assert (without.status, "理由を入力してください。" in without.words) == (422, True)
    assert secretary.post(f"{address}/cancel", {"reason": "台風のため"}).to == f"{address}?done=cancelled"
    page = secretary.get(address).words
    assert "中止の理由 台風のため" in page
    assert "会議を中止する" not in page
    for path in ("/edit", "/sitting"):
        assert secretary.get(f"{address}{path}").status == 409


def test_papers_are_set_on_demand_and_kept_for_the_members(project_site: Site, kept: ProjectCity) -> None:
    address = planned(project_site)
    secretary, member = project_site.browser("secretary"), project_site.browser("member")
    html = secretary.get(f"{address}/papers")
    assert (html.status, "目標を変えるか" in html.text) == (200, True)
    for said in ("審議していただきたいこと", "相談の三割", "仮説", "画面越しの窓口"):
        assert said in html.words
    pdf = secretary.client.get(f"{address}/papers?format=pdf")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    word = secretary.client.get(f"{address}/papers?format=docx")
    assert (word.status_code, word.content[:2]) == (200, b"PK")
    assert secretary.get(f"{address}/papers?format=xlsx").status == 404
    assert "確定した資料" not in member.get(address).words
    assert secretary.post(f"{address}/papers").to == f"{address}?done=papers_kept"
    assert "2026年6月10日（水）に確定した資料" in member.get(address).words
    with kept.reading() as (session, _):
        files = session.exec(select(t.Document).where(t.Document.meeting_id == meeting_of(kept, address).id)).all()
    assert sorted(file.format for file in files) == ["docx", "html", "pdf"]
    for who in EVERYBODY:
        may = who in (*KEEPERS, "member")
        browser = project_site.browser(who)
        assert browser.get(f"/documents/{files[0].id}").status == (200 if may else 404), who
        assert browser.get(f"{address}/papers").status == (200 if may else 403), who


def test_the_calendar_file_is_offered_to_whoever_reads_the_page(project_site: Site, kept: ProjectCity) -> None:
    address = planned(project_site)
    answer = project_site.browser("leader").client.get(f"{address}/invitation.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    text = answer.text.replace("\r\n ", "")
    for said in ("SUMMARY:デジタル戦略委員会", "LOCATION:第1会議室", "DTSTART:20260618T010000Z", "目標を変えるか"):
        assert said in text
    assert "ATTENDEE" not in text


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_reads_the_agenda_and_only_the_secretariat_keeps_a_meeting(
    project_site: Site, kept: ProjectCity, who: str
) -> None:
    address, may = planned(project_site), who in KEEPERS
    browser = project_site.browser(who)
    assert browser.get(NEW).status == (200 if may else 403)
    assert browser.get(f"/plans/{PLAN}/meetings").status == 200
    assert ("会議を予定する" in browser.get(f"/plans/{PLAN}/meetings").words) is may
    page = browser.get(address)
    assert page.status == 200
    assert ("会議を中止する" in page.words) is may
    assert browser.get(f"{address}/edit").status == (200 if may else 403)
    for path, values in _POSTS.items():
        assert (browser.post(f"{address}{path}", values).status != 403) is may, path
    later = on_the_day(project_site, who)
    assert (later.get(f"{address}/sitting").status != 403) is may
    assert (later.post(f"{address}/sitting", {"minutes": "x"}).status != 403) is may


_POSTS = {
    "/edit": HEAD,
    "/agenda": {"heading_0": "報告"},
    "/take-in": {},
    "/invite": {},
    "/papers": {},
    "/cancel": {"reason": "台風のため"},
}


def test_nobody_sees_the_meetings_of_another_city_or_without_signing_in(project_site: Site, kept: ProjectCity) -> None:
    address = planned(project_site)
    reads = (address, f"{address}/edit", f"{address}/sitting", f"{address}/papers", f"{address}/invitation.ics", NEW)
    for path in (*reads, f"/plans/{PLAN}/meetings"):
        assert project_site.browser("neighbours_planning").get(path).status == 404
        assert project_site.stranger().get(path).to.startswith("/sign-in")
    for path, values in _POSTS.items():
        assert project_site.browser("neighbours_planning").post(f"{address}{path}", values).status == 404
        assert project_site.browser("secretary").post(f"{address}{path}", values, csrf=False).status == 403
    assert meeting_of(kept, address).state is MeetingState.PLANNED


def test_the_list_tells_what_waits_before_the_bodies_one_keeps(project_site: Site, kept: ProjectCity) -> None:
    secretary = project_site.browser("secretary")
    page = secretary.get(f"/plans/{PLAN}/meetings").words
    assert "デジタル戦略委員会 審議を待つもの：2件" in page
    assert "政策会議" not in page, "of that body somebody else is the secretariat"
    planned(project_site)
    project_site.clock.passes(days=1)
    assert "記録待ち" in on_the_day(project_site).get(f"/plans/{PLAN}/meetings").words


def test_looking_changes_nothing(project_site: Site, kept: ProjectCity) -> None:
    address = planned(project_site)
    secretary = on_the_day(project_site)
    before = kept.city.count(t.AuditEntry, t.Outbox)
    parts = ("", "/edit", "/sitting", "/papers", "/papers?format=pdf", "/invitation.ics")
    answers: list[Answer] = [secretary.get(f"{address}{part}") for part in parts[:4]]
    assert [a.status for a in answers] == [200] * 4
    for part in parts[4:]:
        assert secretary.client.get(f"{address}{part}").status_code == 200
    assert kept.city.count(t.AuditEntry, t.Outbox) == before
