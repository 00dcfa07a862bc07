"""公開サイト: what everybody may read without signing in, and what nobody may."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.calendar import JST
from domain.evaluation import Direction
from domain.opinion import OTHER_DEPARTMENT
from domain.phase_review import BODY_PAPERS, ReviewState
from records import sign_in
from tests.busy_project import busy
from tests.city import OPENED_AT, City
from tests.project_city import AT, ProjectCity
from tests.public_city import (
    ANSWERED,
    CITY,
    OPINION,
    PLAN_PAGE,
    Citizen,
    citizen,
    evaluate_last_year,
    hear,
    keep,
    last_year,
    measure,
    show,
)
from web.context import SESSION_COOKIE

DONE, NEXT = "昨年は電波の届き方を4か所で調べました。", "7月までに施設ごとの接続数を集計します。"
NEW_EDITION_AT = datetime(2021, 4, 1, 9, 0, tzinfo=JST)


@pytest.fixture
def public(real_city: City) -> City:
    show(real_city.database)
    return real_city


@pytest.fixture
def reader(public: City) -> Citizen:
    return citizen(public.database, OPENED_AT)


def measure_page(city: City, code: str = "1-1-1") -> str:
    with city.database.reading(city.municipality) as session:
        return f"{PLAN_PAGE}/measures/{measure(session, code).id}"


def test_switched_off_the_pages_are_not_there_at_all(public: City) -> None:
    off = citizen(public.database, OPENED_AT, is_on=False)
    nowhere = off.get("/no-such-page")
    for path in (f"/public/{CITY}/", PLAN_PAGE, measure_page(public), f"/public/{CITY}/data/", f"/public/{CITY}"):
        answer = off.get(path)
        assert (answer.status_code, answer.text) == (404, nowhere.text), path
        assert answer.headers["cache-control"] == "no-store"
        assert off.http.post(path).status_code == 404, "not even the wrong method tells that there is something"


def test_a_plan_that_the_city_does_not_show_is_not_there(public: City) -> None:
    show(public.database, is_public=False)
    reader = citizen(public.database, OPENED_AT)
    assert "公開している計画は、まだありません" in reader.read(f"/public/{CITY}/")
    for path in (
        PLAN_PAGE,
        measure_page(public),
        f"{PLAN_PAGE}/progress",
        f"/public/{CITY}/data/iizuka-ict/measures.csv",
    ):
        assert reader.get(path).status_code == 404, path


def test_a_city_shows_its_own_plans_only(reader: Citizen) -> None:
    assert "neighbour-plan" not in reader.read(f"/public/{CITY}/")
    assert reader.get(f"/public/{CITY}/plans/neighbour-plan").status_code == 404
    assert reader.get("/public/nowhere/").status_code == 404
    assert reader.get(f"/public/{CITY}%00/").status_code == 404


def test_everything_that_is_linked_can_be_read_in_both_languages(public: City, reader: Citizen) -> None:
    hear(public)
    evaluate_last_year(public, "A", Direction.CONTINUE)
    found = reader.pages_from(f"/public/{CITY}/")
    assert len(found) > 60, sorted(found)
    reader.speaks_english()
    assert set(reader.pages_from(f"/public/{CITY}/")) == set(found)


def test_of_a_closed_year_progress_what_was_done_grade_and_direction_are_shown(public: City, reader: Citizen) -> None:
    evaluate_last_year(public, "A", Direction.EXPAND)
    page = reader.read(measure_page(public))
    assert DONE in page
    assert "予定どおり" in page
    assert "拡充" in page
    assert NEXT not in page, "what is planned next was written for the city hall"
    assert "庁内向けの所見です。" not in page


def test_nothing_of_a_running_year_is_shown(public: City, reader: Citizen) -> None:
    public.submit("1-1-1", "information_staff")
    page = reader.read(measure_page(public))
    assert "案内を掲示し" not in page
    assert "令和2年度（2020年度）</h3>" not in page
    assert reader.get(f"{PLAN_PAGE}/progress?year=2020").status_code == 404
    assert reader.get(f"{PLAN_PAGE}/progress/2020.svg").status_code == 404


def test_a_year_is_counted_and_drawn(public: City, reader: Citizen) -> None:
    page = reader.read(f"{PLAN_PAGE}/progress")
    assert "令和元年度（2019年度）" in page
    assert f"{PLAN_PAGE}/progress/2019.svg" in page
    assert reader.read(f"{PLAN_PAGE}/progress/2019.svg").startswith("<svg")


def test_an_edition_is_shown_from_its_day_on(public: City, reader: Citizen) -> None:
    with public.database.reading(public.municipality) as session:
        later = session.exec(select(t.Edition).where(t.Edition.plan_id == public.plan)).all()[-1]
        node = session.exec(select(t.Node).where(t.Node.edition_id == later.id, t.Node.code == "1-1-1")).one()
    pages = (f"{PLAN_PAGE}?edition={later.code}", f"{PLAN_PAGE}/measures/{node.id}", f"{PLAN_PAGE}/comparison")
    assert [reader.get(page).status_code for page in pages] == [404, 404, 404]
    assert later.name not in reader.read(PLAN_PAGE)
    afterwards = citizen(public.database, NEW_EDITION_AT)
    assert [afterwards.get(page).status_code for page in pages] == [200, 200, 200]


def test_a_draft_is_not_shown_beside_what_was_decided(public: City) -> None:
    with public.database.writing(public.municipality) as session:
        later = session.exec(select(t.Edition).where(t.Edition.plan_id == public.plan)).all()[-1]
        later.is_draft = True
        session.add(later)
    reader = citizen(public.database, NEW_EDITION_AT)
    assert later.name not in reader.read(PLAN_PAGE)
    assert reader.get(f"{PLAN_PAGE}?edition={later.code}").status_code == 404


def test_only_reports_of_closed_years_and_published_reviews_are_offered(public: City, reader: Citizen) -> None:
    hear(public, state=ReviewState.CLOSED)
    with public.database.writing(public.municipality) as session:
        review = session.exec(select(t.PhaseReview)).one()
        closed, running = last_year(session).id, public.cycle
        offered = [
            keep(session, "annual-report", cycle_id=closed).id,
            keep(session, "comparison-table", review_id=review.id).id,
        ]
        hidden = [
            keep(session, "annual-report", cycle_id=running).id,
            keep(session, f"{BODY_PAPERS}1", review_id=review.id).id,
            keep(session, "handover", cycle_id=closed).id,
        ]
    page = reader.read(f"{PLAN_PAGE}/documents")
    for number in offered:
        assert f'href="{PLAN_PAGE}/documents/{number}"' in page
        answer = reader.get(f"{PLAN_PAGE}/documents/{number}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert "sandbox" in answer.headers["content-security-policy"]
    for number in hidden:
        assert f"/documents/{number}" not in page
        assert reader.get(f"{PLAN_PAGE}/documents/{number}").status_code == 404
    with public.database.writing(public.municipality) as session:
        review = session.exec(select(t.PhaseReview)).one()
        review.state = ReviewState.CONSULTING
        session.add(review)
    assert reader.get(f"{PLAN_PAGE}/documents/{offered[1]}").status_code == 404


def test_an_answered_opinion_is_shown_without_its_author(public: City, reader: Citizen) -> None:
    hear(public)
    hear(public, "他部署の意見です。", OTHER_DEPARTMENT)
    for path in (f"{PLAN_PAGE}/opinions", measure_page(public)):
        page = reader.read(path)
        assert OPINION in page
        assert ANSWERED in page
        assert "氏名 太郎" not in page
        assert "taro@person.example" not in page
        assert "他部署の意見です。" not in page


@pytest.mark.parametrize(("state", "is_shown"), [(ReviewState.DECIDING, False), (ReviewState.CLOSED, True)])
def test_opinions_of_a_review_wait_for_its_result(
    public: City, reader: Citizen, state: ReviewState, is_shown: bool
) -> None:
    hear(public, state=state)
    assert (OPINION in reader.read(f"{PLAN_PAGE}/opinions")) is is_shown


def test_an_open_window_leads_to_the_form_for_opinions(public: City, reader: Citizen) -> None:
    hear(public, state=ReviewState.PROPOSING)
    form = f"/opinions/{CITY}/iizuka-ict"
    assert form not in reader.read(PLAN_PAGE)
    with public.database.writing(public.municipality) as session:
        review = session.exec(select(t.PhaseReview)).one()
        review.takes_public_opinions, review.opinions_from = True, OPENED_AT.date()
        session.add(review)
    for path in (PLAN_PAGE, f"/public/{CITY}/", f"{PLAN_PAGE}/opinions"):
        assert f'href="{form}"' in reader.read(path)
    assert reader.get(form).status_code == 200


def test_pages_may_be_kept_for_a_while_and_are_the_same_for_who_is_signed_in(public: City, reader: Citizen) -> None:
    user = public.user("planning")
    with public.database.writing(user.municipality_id) as session:
        signed_in = sign_in.start_session(session, user, OPENED_AT, 10)
    before = reader.get(PLAN_PAGE)
    assert before.headers["cache-control"] == "public, max-age=300"
    assert before.headers["vary"] == "Cookie"
    assert "default-src 'self'" in before.headers["content-security-policy"]
    reader.http.cookies.set(f"__Host-{SESSION_COOKIE}", signed_in.token)
    assert reader.get(PLAN_PAGE).text == before.text, "no menu, no name, no token"
    switched = reader.http.post("/language", data={"language": "en", "whose": "browser"})
    assert switched.status_code == 303
    assert '<html lang="en">' in reader.read(PLAN_PAGE)
    with public.database.reading(EVERY_MUNICIPALITY) as session:
        assert session.get_one(t.User, user.id).language == "ja", "the person's own language stays"


def test_of_key_projects_what_was_hoped_for_and_learnt_is_shown_and_nobodys_name(project_city: ProjectCity) -> None:
    busy(project_city)
    show(project_city.city.database)
    reader = citizen(project_city.city.database, AT + timedelta(days=1))
    plan = "/public/tokorozawa/plans/tokorozawa-dx"
    projects, project = reader.read(f"{plan}/projects"), reader.read(f"{plan}/projects/P1")
    assert "近くの施設から画面越しに相談できれば" in projects
    assert "なくせる業務さがし" not in projects, "what is only considered has not begun"
    assert reader.get(f"{plan}/projects/P3").status_code == 404
    assert "試して分かったこと" in project
    picture = reader.read(f"{plan}/projects/P1/route.svg")
    for page in (projects, project, picture, reader.read(f"{plan}/projects/P2")):
        assert "大野" not in page
        assert "外部 太郎" not in page
        assert "チーム" not in page, "a team may be called by a name"
        assert "状況確認 第" not in page


@pytest.mark.parametrize("path", ["", "/progress", "/indicators", "/documents", "/projects", "/opinions"])
def test_addresses_that_are_none_are_answered_as_such(reader: Citizen, path: str) -> None:
    for wrong in (f"/public/{CITY}/plans/none{path}", f"{PLAN_PAGE}{path}/none", f"{PLAN_PAGE}/measures/999999"):
        assert reader.get(wrong).status_code in (404, 422), wrong
