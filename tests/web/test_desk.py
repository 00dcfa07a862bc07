"""The desk: what the planning division sees and changes, and that nobody else does."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.evaluation import CycleState
from domain.ladder import StepKind
from domain.mail_ledger import MailState
from tests.web.desk_city import (
    CALENDAR,
    DUE_ON,
    PLANNER,
    STAFF,
    DeskCity,
    SignedInClient,
    collecting,
    counted_queries,
    elsewhere,
    waiting,
)

EVER = date(2018, 4, 1)


@pytest.fixture
def city(sample_database: Database) -> DeskCity:
    return collecting(sample_database)


@pytest.fixture
def planner(city: DeskCity) -> SignedInClient:
    return city.client(PLANNER)


def _pages(city: DeskCity) -> list[str]:
    report = city.report("1-1-1")
    mail = city.mail("1-1-1", MailState.SENT)
    cycle = f"/desk/cycles/{city.cycle}"
    return [
        "/desk",
        cycle,
        f"{cycle}/close-collection",
        f"{cycle}/evaluation",
        f"{cycle}/evaluations",
        f"{cycle}/evaluation/{report.node_id}",
        f"/desk/reports/{report.id}",
        f"/desk/mails/{mail}",
    ]


def _forms(city: DeskCity) -> list[str]:
    report = city.report("1-1-1")
    cycle = f"/desk/cycles/{city.cycle}"
    return [
        "/desk/plans/iizuka-ict/cycles",
        f"{cycle}/close-collection",
        f"{cycle}/finish",
        f"{cycle}/evaluation/{report.node_id}",
        f"{cycle}/evaluations",
        f"/desk/requests/{report.request_id}/extend",
        f"/desk/reports/{report.id}/exempt",
        f"/desk/reports/{report.id}/reassign",
    ]


def test_a_department_is_refused_every_page_and_form_of_the_desk(city: DeskCity) -> None:
    staff = city.client(STAFF)
    audited = city.count(t.AuditEntry)
    pages = _pages(city)
    assert {path: staff.get(path).status for path in pages} == dict.fromkeys(pages, 403)
    assert {path: staff.post(path).status for path in _forms(city)} == dict.fromkeys(_forms(city), 403)
    assert city.count(t.AuditEntry) == audited


def test_the_planning_division_sees_every_page_of_the_desk(city: DeskCity, planner: SignedInClient) -> None:
    pages = _pages(city)
    assert {path: planner.get(path).status for path in pages} == dict.fromkeys(pages, 200)


def test_every_form_of_the_desk_is_refused_without_the_token_of_its_session(
    city: DeskCity, planner: SignedInClient
) -> None:
    audited = city.count(t.AuditEntry)
    values = {"fiscal_year": "2021", "reason": "理由", "due_on": "2021-03-01", "department_id": "1"}
    answered = {path: planner.post(path, values, with_token=False).status for path in _forms(city)}
    assert answered == dict.fromkeys(_forms(city), 403)
    assert city.count(t.AuditEntry) == audited


def test_another_municipality_finds_nothing_of_this_one(sample_database: Database) -> None:
    city = collecting(sample_database)
    email, _ = elsewhere(sample_database)
    stranger = city.client(email)
    own, *others = _pages(city)
    assert {path: stranger.get(path).status for path in others} == dict.fromkeys(others, 404)
    assert {path: stranger.post(path, {"fiscal_year": "2021"}).status for path in _forms(city)} == dict.fromkeys(
        _forms(city), 404
    )
    assert "飯塚市" not in stranger.get(own).text


def test_the_desk_counts_what_is_answered_late_and_in_mail_trouble(city: DeskCity, planner: SignedInClient) -> None:
    city.submit("1-1-1")
    city.mail("1-1-2", MailState.FAILED)
    city.let_it_be(DUE_ON)
    page = planner.get("/desk").text
    total = len(_reports(city))
    assert f'<span class="figures__value">1</span> / {total}件' in page
    assert "2021年2月15日（月）" in page
    assert "期限超過" in page
    assert page.count("figures__alert") == 1, "the mail is in trouble, nothing is late on the due day itself"
    city.let_it_be(CALENDAR.shift(DUE_ON, 1))
    page = planner.get("/desk").text
    assert page.count("figures__alert") == 2
    assert f'<span class="figures__value">{total - 1}</span>件' in page


def test_the_desk_says_what_the_calendar_opens_next_and_marks_the_sample_plan(planner: SignedInClient) -> None:
    page = planner.get("/desk").text
    assert "令和3年度（2021年度）、2021年4月1日（木）" in page
    assert "notice--sample" in page


def test_a_desk_of_many_plans_folds_those_in_which_nothing_runs(city: DeskCity, planner: SignedInClient) -> None:
    assert "動きのない計画" not in planner.get("/desk").text
    with city.database.writing(city.municipality) as session:
        plan = session.exec(select(t.Plan)).one()
        for n in range(3):
            same = plan.model_dump(exclude={"id", "code", "name"})
            session.add(t.Plan(code=f"quiet-{n}", name=f"静かな計画{n}", **same))
    page = planner.get("/desk").text
    running, _, folded = page.partition('id="quiet-plans"')
    assert "動いている計画（1件）" in running
    assert "動きのない計画（3件）" in folded
    assert f'<h2 id="plan-{plan.code}"' in running
    quiet = [f'id="plan-quiet-{n}"' for n in range(3)]
    assert [(one in running, one in folded) for one in quiet] == [(False, True)] * 3
    refused = planner.post("/desk/plans/quiet-1/cycles", {"fiscal_year": "x"})
    assert refused.status == 422
    assert refused.text.partition('id="quiet-plans"')[2].count('<details class="details" open>') == 2, "it and its form"


def test_opening_a_year_twice_makes_one_cycle_and_leads_to_its_board_with_a_plain_notice(
    city: DeskCity, planner: SignedInClient
) -> None:
    values = {"fiscal_year": "2021", "collect": "now"}
    first = planner.post("/desk/plans/iizuka-ict/cycles", values)
    second = planner.post("/desk/plans/iizuka-ict/cycles", values)
    assert (first.status, second.status) == (303, 303)
    board = first.goes_to.partition("?")[0]
    assert second.goes_to == f"{board}?done=already_open"
    with city.database.reading(city.municipality) as session:
        made = session.exec(select(t.AnnualCycle).where(t.AnnualCycle.fiscal_year == 2021)).all()
        started = session.exec(select(t.Outbox).where(t.Outbox.workflow_id == made[0].workflow_id)).all()
    assert len(made) == len(started) == 1
    assert started[0].payload["collect_now"] is True
    page = planner.get(second.goes_to)
    assert page.status == 200
    assert "すでに開始されています" in page.text


def test_a_year_outside_the_plan_is_refused_on_the_page_and_stays_chosen(planner: SignedInClient) -> None:
    page = planner.post("/desk/plans/iizuka-ict/cycles", {"fiscal_year": "2035", "collect": "now"})
    assert page.status == 409
    assert "計画期間の外の年度です" in page.text
    assert 'name="collect" value="now" checked' in page.text
    page = planner.post("/desk/plans/iizuka-ict/cycles", {"fiscal_year": "来年"})
    assert page.status == 422
    assert "年度を一覧から選んでください" in page.text


def test_a_cycle_that_waits_for_its_round_says_on_which_day_it_opens(sample_database: Database) -> None:
    city = waiting(sample_database)
    planner = city.client(PLANNER)
    opened = planner.post("/desk/plans/iizuka-ict/cycles", {"fiscal_year": "2022", "collect": "calendar"})
    page = planner.get(opened.goes_to).text
    assert "2023年1月16日（月）に始まります" in page, "15 January 2023 is a Sunday"
    assert "close-collection" not in page
    at_once = planner.get(f"/desk/cycles/{city.cycle}").text
    assert "準備ができしだい始まります" in at_once


def test_the_board_shows_each_department_with_its_state_and_next_step(city: DeskCity, planner: SignedInClient) -> None:
    city.submit("1-3-1")
    city.submit("1-4-3")
    city.approve("1-4-3")
    city.let_it_be(CALENDAR.shift(DUE_ON, 1), hour=8)
    page = planner.get(f"/desk/cycles/{city.cycle}").text
    assert "情報政策課（サンプル）" in page
    assert "期限超過（1営業日）" in page
    assert "督促（担当者）" in page
    assert "2021年2月16日（火） 09:00" in page
    assert "所属長の承認" in page
    assert "承認済み 1" in page


def test_the_filters_show_only_the_departments_they_name(city: DeskCity, planner: SignedInClient) -> None:
    for code in ("1-3-1", "1-4-3"):
        city.submit(code)
    city.mail("1-2-3", MailState.UNKNOWN)
    city.let_it_be(CALENDAR.shift(DUE_ON, 1))
    shown = {
        show: _departments_on(planner.get(f"/desk/cycles/{city.cycle}?show={show}").text)
        for show in ("all", "late", "approval", "mail", "nonsense")
    }
    assert shown["approval"] == {"総務課（サンプル）"}
    assert shown["mail"] == {"市民窓口課（サンプル）"}
    assert shown["late"] == shown["all"] - {"総務課（サンプル）"}
    assert shown["nonsense"] == shown["all"]


def test_extending_moves_what_is_outstanding_tells_the_round_and_is_audited(
    city: DeskCity, planner: SignedInClient
) -> None:
    city.submit("1-1-1")
    request = city.report("1-1-1").request_id
    told = city.count(t.Outbox)
    answer = planner.post(
        f"/desk/requests/{request}/extend", {"due_on": "２０２１／２／２７", "reason": "災害対応のため"}
    )
    assert answer.status == 303
    assert city.last_audit().action == "request.extended"
    assert city.last_audit().detail == {"due_on": "2021-03-01", "reason": "災害対応のため"}
    outstanding = [r for r in _reports(city) if r.request_id == request and r.id != city.report("1-1-1").id]
    assert {r.due_on.isoformat() for r in outstanding} == {"2021-03-01"}, "27 February is a Saturday"
    assert city.report("1-1-1").due_on == DUE_ON
    assert city.count(t.Outbox) == told + len(outstanding)
    page = planner.get(answer.goes_to).text
    assert "期限を延長しました" in page
    assert "2021年3月1日（月）" in page


@pytest.mark.parametrize(
    ("due_on", "reason", "status", "said"),
    [
        ("あさって", "災害対応のため", 422, "日付を「2021-02-15」の形で"),
        ("2021-03-01", "　 ", 422, "理由を入力してください"),
        ("2021-01-04", "災害対応のため", 409, "明日以降の日付"),
    ],
)
def test_an_extension_that_is_refused_says_why_keeps_what_was_typed_and_changes_nothing(
    city: DeskCity, planner: SignedInClient, due_on: str, reason: str, status: int, said: str
) -> None:
    before = (city.count(t.Outbox), city.count(t.AuditEntry))
    request = city.report("1-1-1").request_id
    page = planner.post(f"/desk/requests/{request}/extend", {"due_on": due_on, "reason": reason})
    assert page.status == status
    assert said in page.text
    assert f'value="{due_on}"' in page.text
    assert reason.strip() in page.text
    assert f'id="request-{request}" open' in page.text
    assert (city.count(t.Outbox), city.count(t.AuditEntry)) == before


def test_exempting_one_measure_tells_the_round_is_audited_and_shows_its_reason(
    city: DeskCity, planner: SignedInClient
) -> None:
    report, told = city.report("1-1-1"), city.count(t.Outbox)
    answer = planner.post(f"/desk/reports/{report.id}/exempt", {"reason": "対象施設が閉鎖されたため"})
    assert answer.status == 303
    assert city.report("1-1-1").is_exempted
    assert city.count(t.Outbox) == told + 1
    assert city.last_audit().action == "report.exempted"
    page = planner.get(answer.goes_to).text
    assert "報告免除" in page
    assert "理由：対象施設が閉鎖されたため" in page
    again = planner.post(f"/desk/reports/{report.id}/exempt", {"reason": "もう一度"})
    assert again.status == 409
    assert "すでに今回の報告が免除されています" in again.text


def test_an_exemption_needs_a_reason(city: DeskCity, planner: SignedInClient) -> None:
    page = planner.post(f"/desk/reports/{city.report('1-1-1').id}/exempt", {"reason": ""})
    assert page.status == 422
    assert "理由を入力してください" in page.text
    assert not city.report("1-1-1").is_exempted


def test_reassigning_one_measure_moves_it_to_the_other_department(city: DeskCity, planner: SignedInClient) -> None:
    report, told = city.report("1-1-1"), city.count(t.Outbox)
    new = city.department("general-affairs")
    values = {"department_id": str(new.id), "reason": "4月の機構改革による"}
    answer = planner.post(f"/desk/reports/{report.id}/reassign", values)
    assert answer.status == 303
    assert city.report("1-1-1").request_id == city.report("1-3-1").request_id
    assert city.count(t.Outbox) == told + 1
    assert city.last_audit().detail["to"] == "general-affairs"
    page = planner.get(answer.goes_to).text
    row = page[page.index(f'id="request-{city.report("1-3-1").request_id}"') :].partition("board__row")[0]
    assert f"/desk/reports/{report.id}" in row


def test_a_reassignment_that_is_refused_keeps_what_was_typed(city: DeskCity, planner: SignedInClient) -> None:
    report, own = city.report("1-1-1"), city.department("gen-policy")
    other = city.department("general-affairs")
    page = planner.post(f"/desk/reports/{report.id}/reassign", {"department_id": "", "reason": "機構改革"})
    assert page.status == 422
    assert "新しい所管課を選んでください" in page.text
    assert "機構改革" in page.text
    page = planner.post(f"/desk/reports/{report.id}/reassign", {"department_id": str(other.id), "reason": ""})
    assert page.status == 422
    assert f'<option value="{other.id}" selected>' in page.text
    page = planner.post(f"/desk/reports/{report.id}/reassign", {"department_id": str(own.id), "reason": "機構改革"})
    assert page.status == 409
    assert "すでにこの部署が所管しています" in page.text
    assert city.report("1-1-1").request_id == report.request_id


def test_a_department_of_another_municipality_cannot_be_chosen(city: DeskCity, planner: SignedInClient) -> None:
    with city.database.writing(EVERY_MUNICIPALITY) as session:
        other = t.Municipality(code="other", name="他市")
        session.add(other)
        session.flush()
        foreign = t.Department(municipality_id=other.id, code="x", name="他市の課", valid_from=EVER)
        session.add(foreign)
        session.flush()
        chosen = str(foreign.id)
    page = planner.post(
        f"/desk/reports/{city.report('1-1-1').id}/reassign", {"department_id": chosen, "reason": "機構改革"}
    )
    assert page.status == 422
    assert "他市の課" not in page.text


def test_a_measure_that_nobody_is_responsible_for_stays_with_the_planning_division(sample_database: Database) -> None:
    with sample_database.writing(waiting(sample_database).municipality) as session:
        node = session.exec(select(t.Node).where(t.Node.code == "1-1-1")).all()[0]
        for held in session.exec(select(t.Responsibility).where(t.Responsibility.node_id == node.id)):
            session.delete(held)
    city = collecting(sample_database)
    page = city.client(PLANNER).get(f"/desk/cycles/{city.cycle}").text
    assert "所管課が未定の施策" in page
    assert "所管課が記載なしのため" in page


def test_closing_the_collection_lists_first_what_is_missing(city: DeskCity, planner: SignedInClient) -> None:
    for report in _reports(city):
        if _code(city, report) not in ("1-1-1", "1-1-2"):
            city.submit(_code(city, report))
            city.approve(_code(city, report))
    city.submit("1-1-2")
    page = planner.get(f"/desk/cycles/{city.cycle}/close-collection").text
    assert "未提出が 1件、承認待ちが 1件あります" in page
    assert "公衆無線LAN" in page
    assert page.count('<th scope="row">') == 2


def test_closing_the_collection_begins_the_evaluation_and_cannot_be_done_twice(
    city: DeskCity, planner: SignedInClient
) -> None:
    path = f"/desk/cycles/{city.cycle}/close-collection"
    answer = planner.post(path)
    assert (answer.status, answer.goes_to.partition("?")[0]) == (303, f"/desk/cycles/{city.cycle}/evaluation")
    assert city.last_audit().action == "cycle.collection_closed"
    again = planner.post(path)
    assert again.status == 409
    assert "報告受付中ではありません" in again.text
    page = planner.post(
        f"/desk/requests/{city.report('1-1-1').request_id}/extend", {"due_on": "2021-03-01", "reason": "延長"}
    )
    assert page.status == 409
    assert "受付は締め切られました" in page.text


def test_a_collection_that_has_not_opened_cannot_be_closed(sample_database: Database) -> None:
    city = waiting(sample_database)
    with sample_database.writing(city.municipality) as session:
        cycle = session.get_one(t.AnnualCycle, city.cycle)
        cycle.state = CycleState.COLLECTING
        session.add(cycle)
    page = city.client(PLANNER).post(f"/desk/cycles/{city.cycle}/close-collection")
    assert page.status == 409
    assert "受付がまだ始まっていない" in page.text
    with sample_database.reading(city.municipality) as session:
        assert session.get_one(t.AnnualCycle, city.cycle).state is CycleState.COLLECTING


@pytest.mark.parametrize(
    ("state", "remedy"),
    [
        (MailState.FAILED, "アドレスを直してから、もう一度送ってください"),
        (MailState.UNKNOWN, "届いたかどうかを受信者に聞いてください"),
        (MailState.QUEUED, "つながりしだい自動で送ります"),
    ],
)
def test_a_mail_shows_its_text_and_what_to_do_when_it_did_not_arrive(
    city: DeskCity, planner: SignedInClient, state: MailState, remedy: str
) -> None:
    said = {"subject": "報告が遅れています", "body": "<b>本文</b>です", "error": "550 no such user"}
    mail = city.mail("1-1-1", state, StepKind.ESCALATION, **said)
    page = planner.get(f"/desk/mails/{mail}").text
    assert remedy in page
    assert "報告が遅れています" in page
    assert "&lt;b&gt;本文&lt;/b&gt;です" in page
    assert "550 no such user" in page
    assert "公衆無線LAN" in page


def test_the_number_of_queries_does_not_grow_with_departments_and_measures(
    city: DeskCity, planner: SignedInClient
) -> None:
    pages = ("/desk", f"/desk/cycles/{city.cycle}", f"/desk/cycles/{city.cycle}/evaluation", "/plans/iizuka-ict")
    few = [_queries(city, planner, path) for path in pages]
    with city.database.writing(city.municipality) as session:
        edition = session.get_one(t.AnnualCycle, city.cycle).edition_id
        for n in range(30):
            department = t.Department(code=f"more-{n}", name=f"課{n}", valid_from=EVER)
            node = t.Node(edition_id=edition, level="measure", code=f"9-9-{n}", title=f"施策{n}", position=900 + n)
            session.add_all((department, node))
            session.flush()
            request = t.UpdateRequest(round_id=city.round, department_id=department.id, opened_on=DUE_ON)
            session.add(request)
            session.add(t.CycleMeasure(cycle_id=city.cycle, node_id=node.id, department_id=department.id))
            session.flush()
            session.add(
                t.ProgressReport(
                    round_id=city.round, request_id=request.id, node_id=node.id, due_on=DUE_ON, since_on=DUE_ON
                )
            )
    assert "施策29" in planner.get(pages[1]).text
    assert [_queries(city, planner, path) for path in pages] == few


def test_every_address_with_an_impossible_number_is_refused_not_an_error(planner: SignedInClient) -> None:
    huge = "9" * 30
    for path in (f"/desk/cycles/{huge}", f"/desk/mails/{huge}", f"/documents/{huge}", "/desk/cycles/0"):
        assert planner.get(path).status == 422


def _reports(city: DeskCity) -> list[t.ProgressReport]:
    with city.database.reading(city.municipality) as session:
        return list(session.exec(select(t.ProgressReport).where(t.ProgressReport.round_id == city.round)))


def _code(city: DeskCity, report: t.ProgressReport) -> str:
    with city.database.reading(city.municipality) as session:
        return session.get_one(t.Node, report.node_id).code


def _departments_on(page: str) -> set[str]:
    return {part.partition("</span>")[0] for part in page.split('<span class="board__name">')[1:]}


def _queries(city: DeskCity, client: SignedInClient, path: str) -> int:
    client.get(path)  # whatever is loaded once
    with counted_queries(city.database.engine) as said:
        assert client.get(path).status == 200
    return len(said)
