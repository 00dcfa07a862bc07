"""The JSON API: who may see what, what is refused in which words, and that a submission counts once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from documents.formats import Format
from domain.clock import real_clock
from domain.ladder import Rank
from domain.roles import Actor, Office
from domain.text import Bilingual
from japan_calendar import business_calendar
from records import audit, cycles, desk, document_archive, plans, reporting, sign_in
from records.change import Change
from settings import Settings
from tests import measured_city
from tests.conftest import RememberingMailer
from tests.databases import Databases
from web.api import create_api
from web.context import Parts

if TYPE_CHECKING:
    from httpx2 import Response  # what starlette's TestClient answers with

PLAN = plan_files.read_plan(Path(__file__).parents[2] / "plans" / "iizuka-ict.yaml")
NOW = datetime(2021, 1, 20, 1, 0, tzinfo=UTC)
TODAY = NOW.date()
CALENDAR = business_calendar(range(2020, 2024))
CHANGE = Change("test", NOW)
PLAN_BEGINS = date(2018, 4, 1)
OTHER_CITY = plan_files.from_json(
    {**plan_files.to_json(PLAN), "code": "other-plan", "municipality": {"code": "other", "name": {"ja": "他市"}}}
)
COMPLETE = {
    "progress": "on_track",
    "achievements": "窓口のシステムを入れ替え、10月から全支所で使っています。",
    "quantity": "１，２３４",
    "next_step": "利用者の声を聞き、画面を直します。",
}


@dataclass(frozen=True)
class City:
    """Two departments with a measure each in an open round, a planning division, and another municipality."""

    municipality: int
    tokens: Mapping[str, str]
    round: int
    reports: Mapping[str, int]
    requests: Mapping[str, int]
    measures: Mapping[str, str]
    document: int
    round_elsewhere: int
    report_elsewhere: int
    document_elsewhere: int


class Api:
    """Calls the API as one person, and remembers every status it was answered with."""

    seen: set[tuple[str, str, int]] = set()  # noqa: RUF012 - shared on purpose: one document describes them all

    def __init__(self, client: TestClient, token: str, language: str = "") -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        if language:
            self._headers["Accept-Language"] = language

    def get(self, path: str) -> Response:
        return self._noted(self._client.get(path, headers=self._headers))

    def post(self, body: Any, key: str = "k", **headers: str) -> Response:
        sent = {**self._headers, **({"Idempotency-Key": key} if key else {}), **headers}
        if isinstance(body, (str, bytes)):
            sent["Content-Type"] = "application/json"
            return self._noted(self._client.post("/reports", content=body, headers=sent))
        return self._noted(self._client.post("/reports", json=body, headers=sent))

    def _noted(self, response: Response) -> Response:
        Api.seen.add((response.request.method, response.request.url.path, response.status_code))
        return response


@pytest.fixture(scope="module")
def template(databases: Databases) -> tuple[str, City]:
    return databases.template(made_city)


@pytest.fixture
def database(databases: Databases, template: tuple[str, City]) -> Iterator[Database]:
    with databases.copied(template[0]) as database:
        yield database


@pytest.fixture
def city(template: tuple[str, City]) -> City:
    return template[1]


def made_city(database: Database) -> City:
    with database.writing(EVERY_MUNICIPALITY) as session:
        here = plans.municipality_for(session, PLAN).id or 0
        there = plans.municipality_for(session, OTHER_CITY).id or 0
    with database.writing(here) as session:
        plan = plans.import_definition(session, CHANGE, PLAN, Bilingual("模擬データ", "Sample data"))
        first, second = _department(session, "info", "情報課"), _department(session, "welfare", "福祉課")
        _person(session, "staff@here.example", first, Rank.STAFF)
        _person(session, "head@here.example", first, Rank.SECTION_HEAD)
        _person(session, "welfare@here.example", second, Rank.STAFF)
        _person(session, "planning@here.example", office=Office.PLANNING)
        _person(session, "administrator@here.example", office=Office.ADMINISTRATOR)
        round_, measures = _open_round(session, plan, {"info": first, "welfare": second})
        document = _document(session, round_)
        reports = {name: _report(session, round_, code) for name, code in measures.items()}
        requests = {name: report.request_id for name, report in reports.items()}
    with database.writing(there) as session:
        elsewhere = plans.import_definition(session, CHANGE, OTHER_CITY, Bilingual(""))
        department = _department(session, "info", "情報課")
        _person(session, "planning@there.example", office=Office.PLANNING)
        round_there, measures_there = _open_round(session, elsewhere, {"info": department})
        report_there = _report(session, round_there, measures_there["info"])
        document_there = _document(session, round_there)
    with database.writing(EVERY_MUNICIPALITY) as session:
        emails = session.exec(select(t.User.email)).all()
        tokens = {email: sign_in.issue_api_token(session, email, "test", NOW) for email in emails}
    return City(
        municipality=here,
        tokens={email.replace("@here.example", ""): token for email, token in tokens.items()},
        round=round_.id or 0,
        reports={name: report.id or 0 for name, report in reports.items()},
        requests=requests,
        measures=measures,
        document=document.id or 0,
        round_elsewhere=round_there.id or 0,
        report_elsewhere=report_there.id or 0,
        document_elsewhere=document_there.id or 0,
    )


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    parts = Parts(Settings(), database, RememberingMailer(), lambda: NOW)
    with TestClient(create_api(parts), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def staff(client: TestClient, city: City) -> Api:
    return Api(client, city.tokens["staff"])


@pytest.fixture
def planning(client: TestClient, city: City) -> Api:
    return Api(client, city.tokens["planning"])


@pytest.fixture
def english(client: TestClient, city: City) -> Api:
    """Staff who ask for English."""
    return Api(client, city.tokens["staff"], "en-GB,en;q=0.9,ja;q=0.5")


def _department(session: Session, code: str, name: str) -> t.Department:
    department = t.Department(code=code, name=name, name_en=code.title(), valid_from=PLAN_BEGINS)
    session.add(department)
    session.flush()
    return department


def _person(
    session: Session,
    email: str,
    department: t.Department | None = None,
    rank: Rank = Rank.STAFF,
    office: Office = Office.NONE,
) -> None:
    user = t.User(email=email, name=email.partition("@")[0], office=office)
    session.add(user)
    session.flush()
    if department is not None:
        session.add(t.Appointment(user_id=user.id, department_id=department.id, rank=rank, valid_from=PLAN_BEGINS))


def _open_round(
    session: Session, plan: t.Plan, owners: dict[str, t.Department]
) -> tuple[t.CollectionRound, dict[str, str]]:
    """The round of 2020 with one measure per department; all other measures belong to nobody."""
    nodes = plans.measures_of(session, plans.edition_in_force(session, plan, TODAY).id or 0)
    measures = {}
    for node, (name, department) in zip(nodes, owners.items(), strict=False):
        session.add(t.Responsibility(node_id=node.id, department_id=department.id, valid_from=PLAN_BEGINS))
        measures[name] = node.code
    cycle, _ = cycles.open_cycle(session, CHANGE, plan, 2020, real_clock(NOW))
    cycles.freeze_owners(session, CHANGE, cycle, TODAY)
    return cycles.open_round(session, CHANGE, cycle, "yearly", TODAY, CALENDAR), measures


def _report(session: Session, round_: t.CollectionRound, measure_code: str) -> t.ProgressReport:
    query = select(t.ProgressReport).join(t.Node, col(t.Node.id) == col(t.ProgressReport.node_id))
    return session.exec(query.where(t.ProgressReport.round_id == round_.id, t.Node.code == measure_code)).one()


def _document(session: Session, round_: t.CollectionRound) -> t.Document:
    cycle = cycles.find(session, round_.cycle_id or 0)
    document = document_archive.store(session, CHANGE, cycle, "annual-report", Format.PDF, b"%PDF-1.7 \x00", TODAY)
    session.flush()
    return document


def _submission(city: City, **changed: Any) -> dict[str, Any]:
    return {"report": city.reports["info"], "answers": COMPLETE, "action": "submit", **changed}


def _fields(response: Response) -> list[str]:
    return [e["field"] for e in response.json()["errors"]]


def _messages(response: Response) -> list[str]:
    return [e["message"] for e in response.json()["errors"]]


def _written(database: Database, city: City) -> tuple[int, int, int]:
    """How many submissions, outbox rows and audit entries tell of a submission."""
    with database.reading(city.municipality) as session:
        submissions = session.exec(select(t.Submission)).all()
        events = [row for row in session.exec(select(t.Outbox)) if row.payload.get("kind") == "submitted"]
        entries = session.exec(select(t.AuditEntry).where(t.AuditEntry.action == "report.submitted")).all()
        return len(submissions), len(events), len(entries)


# Who calls


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer meguru_nobody", "Basic c3RhZmY6c3RhZmY="])
def test_without_a_known_token_everything_is_refused_with_401(client: TestClient, header: str) -> None:
    response = client.get("/plans", headers={"Authorization": header} if header else {})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:meguru:problem:wrong_token"


def test_every_route_asks_for_a_token(client: TestClient, city: City) -> None:
    nobody = Api(client, "")
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for method in operations:
            address = path.replace("{id}", "1").replace("{code}", "iizuka-ict")
            response = nobody.get(address) if method == "get" else nobody.post(_submission(city))
            assert response.status_code == 401, f"{method} {path}"


def test_a_revoked_token_opens_nothing(client: TestClient, city: City, database: Database, staff: Api) -> None:
    assert staff.get("/plans").status_code == 200
    with database.writing(EVERY_MUNICIPALITY) as session:
        for token in session.exec(select(t.ApiToken)):
            token.revoked_at = NOW
            session.add(token)
    assert staff.get("/plans").status_code == 401


def test_the_token_of_a_person_who_left_opens_nothing(database: Database, city: City, staff: Api) -> None:
    with database.writing(city.municipality) as session:
        user = session.exec(select(t.User).where(t.User.email == "staff@here.example")).one()
        user.is_active = False
        session.add(user)
    assert staff.get("/plans").status_code == 401


# What is there


def test_a_plan_says_its_names_in_both_languages_and_that_it_holds_sample_data(staff: Api) -> None:
    plan = staff.get("/plans/iizuka-ict").json()
    assert plan["name"] == {"ja": "飯塚市地域情報化計画", "en": "Iizuka City Regional Informatization Plan"}
    assert plan["mark"] == {"ja": "模擬データ", "en": "Sample data"}
    assert plan["edition"]["code"] in [e["code"] for e in plan["editions"]]
    assert [term["code"] for term in plan["terms"]] == ["early", "middle", "late"]


def test_measures_stand_in_the_order_of_the_plan_with_their_department(staff: Api, city: City) -> None:
    measures = staff.get("/plans/iizuka-ict/measures?limit=200").json()["items"]
    assert [m["code"] for m in measures][:2] == [city.measures["info"], city.measures["welfare"]]
    assert [m["department"] and m["department"]["code"] for m in measures][:3] == ["info", "welfare", None]
    assert measures[0]["above"][0]["title"]["ja"]


def test_pages_of_a_list_follow_each_other_without_gap_or_overlap(staff: Api) -> None:
    everything = staff.get("/plans/iizuka-ict/measures?limit=200").json()
    collected: list[Any] = []
    offset: int | None = 0
    while offset is not None:
        part = staff.get(f"/plans/iizuka-ict/measures?limit=7&offset={offset}").json()
        assert part["total"] == everything["total"]
        collected += part["items"]
        offset = part["next_offset"]
    assert collected == everything["items"]
    assert everything["next_offset"] is None


def test_more_than_200_at_a_time_are_refused(staff: Api) -> None:
    response = staff.get("/rounds?limit=201")
    assert response.status_code == 422
    assert response.json()["errors"] == [{"field": "limit", "message": "limit は 200 以下にしてください。"}]


def test_a_mistyped_filter_is_refused_and_not_ignored(staff: Api) -> None:
    response = staff.get("/rounds?fiscalyear=2020")
    assert response.status_code == 422
    assert _fields(response) == ["fiscalyear"]


def test_rounds_are_found_by_plan_and_fiscal_year(staff: Api, city: City) -> None:
    def found(query: str) -> list[int]:
        return [r["id"] for r in staff.get(f"/rounds{query}").json()["items"]]

    assert found("") == found("?plan=iizuka-ict&fiscal_year=2020") == [city.round]
    assert found("?fiscal_year=2019") == found("?plan=other-plan") == []


def test_a_round_says_what_it_asks(staff: Api, city: City) -> None:
    questions = {q["id"]: q for q in staff.get(f"/rounds/{city.round}").json()["question_set"]["questions"]}
    assert questions["progress"]["label"] == {"ja": "進み具合", "en": "Progress"}
    assert [c["code"] for c in questions["progress"]["choices"]] == ["done", "on_track", "delayed", "not_started"]
    assert questions["cause"]["required_when"] == {"question": "progress", "among": ["delayed", "not_started"]}


def test_a_request_says_whose_turn_it_is_and_what_happens_next(staff: Api, city: City) -> None:
    request = staff.get(f"/requests/{city.requests['info']}").json()
    assert (request["total"], request["answered"], request["late"], request["turn"]) == (1, 0, 0, "department")
    assert request["next_step"]["at"].endswith("T00:00:00Z")  # 09:00 in Japan
    assert [r["id"] for r in request["reports"]] == [city.reports["info"]]


def test_documents_come_with_their_content(staff: Api, city: City) -> None:
    (listed,) = staff.get("/documents?plan=iizuka-ict&fiscal_year=2020").json()["items"]
    assert staff.get("/documents?fiscal_year=2019").json()["items"] == []
    assert staff.get(f"/documents/{city.document}").json() == listed
    assert listed["rendered_at"] == "2021-01-20T01:00:00Z"
    content = staff.get(f"/documents/{city.document}/content")
    assert content.content == b"%PDF-1.7 \x00"
    assert content.headers["content-type"] == "application/pdf"
    assert "annual-report-iizuka-ict-2020.pdf" in content.headers["content-disposition"]


# Whose it is


def test_a_department_sees_its_own_request_and_not_the_others(staff: Api, planning: Api, city: City) -> None:
    path = f"/rounds/{city.round}/requests"
    assert [r["id"] for r in staff.get(path).json()["items"]] == [city.requests["info"]]
    assert {r["id"] for r in planning.get(path).json()["items"]} > set(city.requests.values())
    assert staff.get(f"/requests/{city.requests['welfare']}").status_code == 404
    assert staff.get(f"/reports/{city.reports['welfare']}").status_code == 404
    assert staff.get(f"/reports/{city.reports['info']}").status_code == 200
    assert planning.get(f"/reports/{city.reports['welfare']}").status_code == 200


def test_what_nobody_is_responsible_for_is_shown_to_the_planning_division_alone(
    client: TestClient, planning: Api, staff: Api, city: City
) -> None:
    requests = planning.get(f"/rounds/{city.round}/requests").json()["items"]
    (unowned,) = [r for r in requests if r["department"] is None]
    assert unowned["turn"] == "planning"
    for other in (staff, Api(client, city.tokens["administrator"])):
        assert other.get(f"/requests/{unowned['id']}").status_code == 404


def test_the_administrator_sees_no_reports(client: TestClient, city: City) -> None:
    administrator = Api(client, city.tokens["administrator"])
    assert administrator.get(f"/rounds/{city.round}/requests").json()["items"] == []
    assert administrator.get(f"/reports/{city.reports['info']}").status_code == 404


def test_another_municipality_is_not_there(planning: Api, city: City) -> None:
    for path in (
        "/plans/other-plan",
        "/plans/other-plan/measures",
        f"/rounds/{city.round_elsewhere}",
        f"/rounds/{city.round_elsewhere}/requests",
        f"/reports/{city.report_elsewhere}",
        f"/documents/{city.document_elsewhere}",
        f"/documents/{city.document_elsewhere}/content",
    ):
        assert planning.get(path).status_code == 404, path
    assert planning.get("/plans").json()["total"] == 1
    assert planning.get("/rounds").json()["total"] == 1
    assert planning.get("/documents").json()["total"] == 1


def test_nobody_writes_for_another_department_or_municipality(staff: Api, planning: Api, city: City) -> None:
    assert staff.post(_submission(city, report=city.reports["welfare"])).status_code == 404
    assert staff.post(_submission(city, report=city.report_elsewhere)).status_code == 404
    refused = planning.post(_submission(city))
    assert refused.status_code == 403
    assert refused.json()["detail"] == "権限がありません。必要な場合は計画担当課へご相談ください。"


# Writing


def test_a_submission_writes_what_the_form_writes(database: Database, staff: Api, city: City) -> None:
    response = staff.post(_submission(city))
    assert response.status_code == 200
    report = response.json()
    assert (report["state"], report["revision"], report["submitted_on"]) == ("submitted", 1, "2021-01-20")
    assert report["answers"]["quantity"] == "1234"
    assert report == staff.get(f"/reports/{city.reports['info']}").json()
    assert _written(database, city) == (1, 1, 1)
    with database.reading(city.municipality) as session:
        assert audit.verify(session).broken_at is None


def test_a_draft_is_kept_and_then_submitted(database: Database, staff: Api, city: City) -> None:
    draft = staff.post(_submission(city, action="draft", answers={"progress": "delayed"}), "draft")
    assert (draft.json()["state"], draft.json()["revision"]) == ("draft", 1)
    assert _written(database, city) == (0, 0, 0)
    submitted = staff.post(_submission(city, revision=draft.json()["revision"]), "submit")
    assert (submitted.json()["state"], submitted.json()["revision"]) == ("submitted", 2)


def test_a_report_may_be_named_by_its_round_and_measure(staff: Api, city: City) -> None:
    named = {"round": city.round, "measure_code": city.measures["info"]}
    assert staff.post(_submission(city, report=named)).json()["id"] == city.reports["info"]
    unknown = {"round": city.round, "measure_code": "9-9-9"}
    assert staff.post(_submission(city, report=unknown), "other").status_code == 404
    others = {"round": city.round, "measure_code": city.measures["welfare"]}
    assert staff.post(_submission(city, report=others), "third").status_code == 404


def test_a_stale_revision_is_refused_and_nothing_is_overwritten(client: TestClient, staff: Api, city: City) -> None:
    head = Api(client, city.tokens["head"])
    head.post(_submission(city, action="draft", answers={"progress": "done"}))
    refused = staff.post(_submission(city, revision=0))
    assert refused.status_code == 409
    assert refused.json()["detail"] == "headさんが先に保存しました。内容は上書きされていません。"
    assert _messages(refused) == ["現在の版は 1 です。内容を取得し直してから送信してください。"]
    assert staff.get(f"/reports/{city.reports['info']}").json()["answers"] == {"progress": "done"}


def test_what_is_submitted_already_is_refused_with_its_state(staff: Api, city: City) -> None:
    staff.post(_submission(city), "first")
    refused = staff.post(_submission(city), "second")
    assert refused.status_code == 409
    assert "承認待ち" in refused.json()["detail"]


def test_an_exempted_report_and_a_closed_round_take_nothing(database: Database, staff: Api, city: City) -> None:
    with database.writing(city.municipality) as session:
        desk.exempt(session, CHANGE, city.reports["info"], "対象外", TODAY)
    assert staff.post(_submission(city)).json()["type"] == "urn:meguru:problem:report_exempted"
    with database.writing(city.municipality) as session:
        cycle = cycles.cycle_of(session, plans.find(session, "iizuka-ict"), 2020)
        assert cycle is not None
        cycles.begin_evaluation(session, CHANGE, cycle, TODAY)
    refused = staff.post(_submission(city))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:meguru:problem:round_closed")


def test_the_value_of_an_indicator_is_submitted_under_its_code(database: Database, staff: Api, city: City) -> None:
    with database.writing(city.municipality) as session:
        report = session.get_one(t.ProgressReport, city.reports["info"])
        round_ = session.get_one(t.CollectionRound, report.round_id)
        measured_city.measure(session, CHANGE, session.get_one(t.Plan, round_.plan_id), report)
    value = {**COMPLETE, measured_city.KEY: "１，２５０"}
    refused = staff.post(_submission(city, answers=value), "without the type")
    assert _fields(refused) == [f"answers.{measured_city.TYPE}"]
    far_off = {**value, measured_city.KEY: "12500", measured_city.TYPE: "final"}
    refused = staff.post(_submission(city, answers=far_off), "without a confirmation")
    assert _fields(refused) == [f"answers.{measured_city.CONFIRMED}"]
    taken = staff.post(_submission(city, answers={**value, measured_city.TYPE: "final"}), "with the type")
    assert (taken.status_code, taken.json()["answers"][measured_city.KEY]) == (200, "1250")


# Once


def test_the_same_key_and_body_get_the_same_answer_and_write_once(database: Database, staff: Api, city: City) -> None:
    first = staff.post(_submission(city))
    with database.writing(city.municipality) as session:  # an answer given is given again, whatever happened since
        actor = Actor(1, city.municipality, Office.PLANNING, ())
        reporting.approve(session, CHANGE, actor, city.reports["info"], TODAY)
    again = staff.post(_submission(city))
    assert (again.status_code, again.text) == (first.status_code, first.text)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert _written(database, city) == (1, 1, 1)


def test_the_same_key_with_another_body_is_refused(staff: Api, city: City) -> None:
    staff.post(_submission(city, action="draft"))
    refused = staff.post(_submission(city))
    assert refused.status_code == 422
    assert _fields(refused) == ["Idempotency-Key"]


def test_a_key_belongs_to_its_person(client: TestClient, staff: Api, city: City) -> None:
    welfare = Api(client, city.tokens["welfare"])
    assert staff.post(_submission(city), "same").status_code == 200
    assert welfare.post(_submission(city, report=city.reports["welfare"]), "same").status_code == 200


def test_a_refused_request_may_be_mended_under_its_key(database: Database, staff: Api, city: City) -> None:
    assert staff.post(_submission(city, answers={})).status_code == 422
    assert staff.post(_submission(city)).status_code == 200
    assert _written(database, city) == (1, 1, 1)


def test_concurrent_duplicates_make_one_submission(
    database: Database, client: TestClient, staff: Api, city: City
) -> None:
    together = Barrier(6)

    def send(_: int) -> Response:
        together.wait()
        return staff.post(_submission(city))

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert {(a.status_code, a.text) for a in answers} == {(200, answers[0].text)}
    assert sum("idempotency-replayed" not in a.headers for a in answers) == 1
    assert _written(database, city) == (1, 1, 1)


# Refusals in words


def test_missing_answers_are_named_by_the_labels_of_their_questions(database: Database, staff: Api, city: City) -> None:
    refused = staff.post(_submission(city, answers={"progress": "delayed", "quantity": "多数"}))
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert dict(zip(_fields(refused), _messages(refused), strict=True)) == {
        "answers.achievements": "「今年度に実施したこと」を入力してください。",
        "answers.quantity": "「実績の数値」は数字で入力してください（例: 12.5）。",
        "answers.cause": "「遅れた（着手していない）理由と対応」を入力してください。",
        "answers.next_step": "「来年度の予定」を入力してください。",
    }
    assert staff.get(f"/reports/{city.reports['info']}").json()["revision"] == 0
    assert _written(database, city) == (0, 0, 0)


def test_a_wrong_choice_and_a_text_too_long_are_named(staff: Api, city: City) -> None:
    refused = staff.post(_submission(city, answers={**COMPLETE, "progress": "so_so", "next_step": "あ" * 301}))
    assert _messages(refused) == [
        "「進み具合」は選択肢の中から選んでください。",
        "「来年度の予定」は300文字以内で入力してください（現在301文字）。",
    ]


def test_refusals_are_english_where_english_is_asked_for(english: Api, staff: Api, city: City) -> None:
    refused = english.post(_submission(city, answers={k: v for k, v in COMPLETE.items() if k != "next_step"}))
    assert _messages(refused) == ["Fill in “Schedule for next year”."]
    assert english.get("/rounds/999999").json()["title"] == "Nothing found"
    assert staff.get("/rounds/999999").json()["title"] == "該当するデータが見つかりません"
    body = _submission(city)
    del body["answers"]
    assert _messages(english.post(body)) == ["answers is required. Give a value."]


@pytest.mark.parametrize("action", ["draft", "submit"])
def test_an_answer_to_a_question_that_was_not_asked_is_refused(staff: Api, city: City, action: str) -> None:
    refused = staff.post(_submission(city, action=action, answers={**COMPLETE, "achievement": "…"}))
    assert refused.status_code == 422
    assert _fields(refused) == ["answers.achievement"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"action": "approve"}, "action"),
        ({"revision": "1"}, "revision"),
        ({"revision": -1}, "revision"),
        ({"report": "3"}, "report"),
        ({"report": 2**40}, "report"),
        ({"report": True}, "report"),
        ({"report": {"round": "x", "measure_code": "1"}}, "report.round"),
        ({"report": {"round": 1, "measure_code": "1", "fy": 2020}}, "report.fy"),
        ({"report": None}, "report"),
        ({"answers": {"quantity": 12}}, "answers.quantity"),
        ({"answers": {"next_step": "a\x00b"}}, "answers.next_step"),
        ({"answers": ["done"]}, "answers"),
    ],
)
def test_what_is_wrong_in_the_body_is_named_by_its_path(
    staff: Api, city: City, changed: dict[str, Any], field: str
) -> None:
    refused = staff.post(_submission(city, **changed))
    assert refused.status_code == 422
    assert _fields(refused) == [field]
    assert _messages(refused)[0].startswith(field)
    assert refused.json()["detail"].endswith("何も保存されていません。")


@pytest.mark.parametrize(
    "body", [b"{", b"", b"\xff", b"[]", b'"x"', b"null", b'{"answers": {"a": "\\ud800"}}', b"[" * 9000]
)
def test_a_body_that_is_no_json_object_is_refused_in_words(staff: Api, body: bytes) -> None:
    refused = staff.post(body)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert all(m.endswith("。") for m in _messages(refused))
    assert _messages(refused)


def test_without_a_key_nothing_is_written(database: Database, staff: Api, city: City) -> None:
    refused = staff.post(_submission(city), key="")
    assert refused.status_code == 422
    assert _fields(refused) == ["Idempotency-Key"]
    assert _written(database, city) == (0, 0, 0)


def test_a_body_of_megabytes_is_refused(staff: Api, city: City) -> None:
    refused = staff.post(_submission(city, answers={"next_step": "あ" * 2_000_000}))
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/nowhere", "/plans/", "/rounds/0", "/rounds/x", f"/reports/{2**31}", "/plans/%00"])
def test_addresses_that_lead_nowhere_are_answered_with_a_problem(staff: Api, path: str) -> None:
    response = staff.get(path)
    assert response.status_code in (404, 422)
    assert response.json()["status"] == response.status_code


def test_an_unforeseen_error_is_a_problem_and_writes_nothing(
    database: Database, staff: Api, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(audit, "write", fail)
    response = staff.post(_submission(city))
    assert (response.status_code, response.json()["type"]) == (500, "urn:meguru:problem:unforeseen")
    assert "secret" not in response.text
    assert _written(database, city) == (0, 0, 0)
    monkeypatch.undo()
    assert staff.post(_submission(city)).status_code == 200


# The document that describes it all


def test_the_openapi_document_lists_every_status_of_every_route(client: TestClient, staff: Api, city: City) -> None:
    document = client.get("/openapi.json").json()
    assert document["servers"] == [{"url": "/api/v1"}]
    expected = {
        "get": {"200", "401", "404", "422", "429", "503"},
        "post": {"200", "401", "403", "404", "409", "413", "422", "429", "503"},
    }
    lists = {"/plans", "/rounds", "/documents"}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["security"] == [{"bearer": []}], path
            assert operation["summary"], path
            assert set(operation["responses"]) == expected[method] - ({"404"} if path in lists else set()), path
            for status, response in operation["responses"].items():
                if status != "200":
                    schema = response["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert set(document["components"]["schemas"]["Problem"]["required"]) >= {
        "type",
        "title",
        "status",
        "detail",
        "errors",
    }


def test_the_openapi_document_refers_to_nothing_that_is_missing(client: TestClient) -> None:
    document = client.get("/openapi.json").json()

    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"], reference


def test_the_openapi_document_knows_every_status_these_tests_saw(client: TestClient, staff: Api, city: City) -> None:
    """Runs last: the other tests have filled `Api.seen`."""
    for path in ("/plans", f"/rounds/{city.round}", "/rounds/999999", "/rounds?limit=0"):
        staff.get(path)
    paths = client.get("/openapi.json").json()["paths"]
    for method, path, status in Api.seen:
        template = _template(path, paths)
        if template is not None and status != 500:
            assert str(status) in paths[template][method.lower()]["responses"], f"{method} {path} → {status}"


def _template(path: str, templates: Mapping[str, Any]) -> str | None:
    """The documented path that an address belongs to."""
    parts = path.split("/")
    for template in templates:
        wanted = template.split("/")
        if len(wanted) == len(parts) and all(w.startswith("{") or w == p for w, p in zip(wanted, parts, strict=True)):
            return template
    return None
