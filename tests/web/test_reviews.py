"""The review of a term at the desk: opened, gathered, proposed to, consulted, undone; and that nobody else sees it."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from sqlmodel import Session

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.phase_review import ConsultationOutcome, ReviewState
from domain.roles import Office
from records import reviews
from tests.conftest import PLAN
from tests.web.desk_city import STAFF, Page, SignedInClient
from tests.web.desk_review import DeskReview

STRANGER = "planner@other.example"


@pytest.fixture
def city(desk_review: DeskReview) -> DeskReview:
    """The departments are asked."""
    opened = desk_review.opened()
    opened.asked()
    return opened


@pytest.fixture
def planner(desk_review: DeskReview) -> SignedInClient:
    return desk_review.client()


def words(page: Page) -> str:
    """A page as it is read, with blanks joined."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


def field(page: Page, name: str) -> str:
    """What stands in an input or a textarea."""
    found = re.search(rf'<(input|textarea)[^>]* name="{re.escape(name)}"[^>]*>', page.text)
    assert found, f"no field {name}"
    if found.group(1) == "textarea":
        return unescape(page.text[found.end() :].partition("</textarea>")[0].removeprefix("\n"))
    value = re.search(r' value="([^"]*)"', found.group())
    return unescape(value.group(1)) if value else ""


def _pages(city: DeskReview) -> list[str]:
    parts: tuple[str, ...] = (
        "",
        "/term",
        "/proposals",
        "/close-proposals",
        "/criteria",
        "/decisions",
        "/new-measures",
        "/outcome",
    )
    found = [f"{city.home}{part}" for part in (*parts, "/bodies", "/undo", f"/decisions/{city.node('1-1-1')}")]
    return [*found, f"/desk/plans/{PLAN}/correction"]


def _forms(city: DeskReview) -> list[str]:
    parts: tuple[str, ...] = (
        "/close-proposals",
        "/criteria",
        "/decisions",
        f"/decisions/{city.node('1-1-1')}",
        "/new-measures",
    )
    parts += ("/new-measures/1", "/new-measures/1/drop", "/proposals/1/decline", "/outcome", "/bodies/1", "/undo")
    return [*(f"{city.home}{part}" for part in parts), f"/desk/plans/{PLAN}/reviews", f"/desk/plans/{PLAN}/correction"]


# Who may


def test_a_department_is_refused_every_page_and_form_of_a_review(city: DeskReview) -> None:
    staff, audited = city.client(STAFF), city.count(t.AuditEntry)
    assert {path: staff.get(path).status for path in _pages(city)} == dict.fromkeys(_pages(city), 403)
    assert {path: staff.post(path).status for path in _forms(city)} == dict.fromkeys(_forms(city), 403)
    assert city.count(t.AuditEntry) == audited


def test_the_planning_division_sees_every_page_of_a_review_in_every_state(
    city: DeskReview, planner: SignedInClient
) -> None:
    seen = {ReviewState.PROPOSING: [planner.get(path).status for path in _pages(city)]}
    city.closed_proposals()
    seen[ReviewState.DECIDING] = [planner.get(path).status for path in _pages(city)]
    city.finished_deciding()
    seen[ReviewState.CONSULTING] = [planner.get(path).status for path in _pages(city)]
    agreed(city)
    seen[ReviewState.MAKING] = [planner.get(path).status for path in _pages(city)]
    city.made()
    seen[ReviewState.AWAITING_EFFECT] = [planner.get(path).status for path in _pages(city)]
    city.act(lambda session, review: reviews.close(session, city.change, review, date(2021, 4, 1)))
    seen[ReviewState.CLOSED] = [planner.get(path).status for path in _pages(city)]
    assert seen == {state: [200] * len(_pages(city)) for state in ReviewState if state is not ReviewState.OPENING}


def test_a_review_that_has_just_been_opened_shows_its_pages_too(
    desk_review: DeskReview, planner: SignedInClient
) -> None:
    city = desk_review.opened()
    proposals = f"{city.home}/proposals"
    answered = {path: planner.get(path).status for path in _pages(city)}
    assert answered == {path: 404 if path == proposals else 200 for path in _pages(city)}
    assert proposals not in planner.get(city.home).text, "no link leads there before the departments are asked"


def test_no_form_of_a_review_is_taken_without_the_token_of_its_session(
    city: DeskReview, planner: SignedInClient
) -> None:
    audited = city.count(t.AuditEntry)
    answered = {path: planner.post(path, {"term": "early"}, with_token=False).status for path in _forms(city)}
    assert answered == dict.fromkeys(_forms(city), 403)
    assert city.count(t.AuditEntry) == audited


def test_another_municipality_finds_no_review_of_this_one(city: DeskReview) -> None:
    stranger = city.client(_elsewhere(city))
    assert {path: stranger.get(path).status for path in _pages(city)} == dict.fromkeys(_pages(city), 404)
    assert {path: stranger.post(path).status for path in _forms(city)} == dict.fromkeys(_forms(city), 404)
    assert "前期" not in stranger.get("/desk").text


# Opening


def test_the_review_of_a_term_is_opened_from_the_desk_once(desk_review: DeskReview, planner: SignedInClient) -> None:
    page = planner.get("/desk").text
    assert '<option value="early" selected>' in page
    assert 'value="middle"' not in page, "a term that has not begun is not offered"
    first = planner.post(f"/desk/plans/{PLAN}/reviews", {"term": "early"})
    assert first.goes_to.endswith("?done=opened")
    assert "期間の記録をまとめています" in planner.get(first.goes_to).text
    assert planner.post(f"/desk/plans/{PLAN}/reviews", {"term": "early"}).goes_to.endswith("?done=already_open")
    assert desk_review.count(t.Outbox) == 1, "the workflow is told once"
    assert "期間の見直しを手動で始める" not in planner.get("/desk").text, "one review at a time"


@pytest.mark.parametrize(
    ("term", "said"),
    [("", "見直す期間を一つ選んで"), ("last", "見直す期間を一つ選んで"), ("middle", "まだ始まっていない期間")],
)
def test_a_term_that_cannot_be_reviewed_is_refused_in_words(
    desk_review: DeskReview, planner: SignedInClient, term: str, said: str
) -> None:
    answer = planner.post(f"/desk/plans/{PLAN}/reviews", {"term": term})
    assert answer.status == 409
    assert said in answer.text
    assert f'href="#review-{PLAN}-term"' in answer.text
    assert desk_review.count(t.Outbox) == 0


def test_while_one_review_runs_no_other_is_opened(city: DeskReview, planner: SignedInClient) -> None:
    city.let_it_be(date(2021, 4, 2))
    answer = planner.post(f"/desk/plans/{PLAN}/reviews", {"term": "middle"})
    assert answer.status == 409
    assert "別の期間の見直しが進行中" in answer.text


# Where it stands


def test_the_page_of_a_review_has_one_primary_button_for_what_comes_next(
    city: DeskReview, planner: SignedInClient
) -> None:
    expected = {}

    def look(state: str) -> None:
        found = re.findall(r'<a class="button button--primary" href="([^"]*)"', planner.get(city.home).text)
        expected[state] = found

    look("proposing")
    city.closed_proposals()
    look("undecided")
    city.everything_continues()
    look("criteria")
    city.answered_criteria()
    look("outcome")
    city.finished_deciding()
    look("consulting")
    agreed(city)
    look("making")
    city.made()
    look("made")
    assert expected == {
        "proposing": [f"{city.home}/proposals"],
        "undecided": [f"{city.home}/decisions"],
        "criteria": [f"{city.home}/criteria"],
        "outcome": [f"{city.home}/outcome"],
        "consulting": [f"{city.home}/bodies"],
        "making": [],
        "made": [f"/plans/{PLAN}?edition=2021-03"],
    }


def test_the_desk_says_whose_turn_it_is(city: DeskReview, planner: SignedInClient) -> None:
    city.propose("1-1-1", {"fate": "continue"})
    page = words(planner.get("/desk"))
    assert "次に動く人 所管課 提案の提出 1 / 36件" in page
    city.closed_proposals()
    page = words(planner.get("/desk"))
    assert "次に動く人 計画担当課 提案の提出 1 / 36件 決定した施策 0 / 36件" in page


def test_the_page_of_a_review_tells_what_happened(city: DeskReview, planner: SignedInClient) -> None:
    city.closed_proposals()
    city.finished_deciding()
    agreed(city, ConsultationOutcome.APPROVED_WITH_COMMENTS, "費用を抑えること")
    city.made()
    told = words(planner.get(city.home))
    steps: tuple[str, ...] = (
        "次の版（2021-03）を作成しました",
        "既存の内部組織体制の決定を記録しました（意見を付して了承）",
    )
    steps += ("決定を終えました", "計画を改訂する）", "締め切りました", "依頼しました", "固定しました", "始めました")
    places = [told.index(step, told.index("これまでの経過")) for step in steps]
    assert places == sorted(places), "the latest first"
    assert "中島 さくら（サンプル）" in told


def test_the_record_of_the_term_says_how_each_report_counts(city: DeskReview, planner: SignedInClient) -> None:
    page = words(planner.get(f"{city.home}/term"))
    assert "依頼なし 108件 その年度には報告を依頼していません。" in page, "36 measures in three years"
    assert "公衆無線LANの設置" in page, "what the plan's document says of the term"


# Proposals


def test_closing_the_proposals_says_what_is_missing_and_that_drafts_are_taken(
    city: DeskReview, planner: SignedInClient
) -> None:
    city.propose("1-1-1", {"fate": "continue"})
    city.propose("1-1-2", {"fate": "abolish"}, hand_in=False)
    page = words(planner.get(f"{city.home}/close-proposals"))
    assert "未提出が 35件、承認待ちが 1件あります" in page
    assert "入力途中の下書きをそのまま提案として扱い" in page
    answer = planner.post(f"{city.home}/close-proposals")
    assert answer.goes_to == f"{city.home}/decisions?done=proposals_closed"
    assert city.stored().state is ReviewState.DECIDING
    again = planner.post(f"{city.home}/close-proposals")
    assert again.status == 409
    assert "提案の受付中ではありません" in again.text


def test_the_board_of_a_review_extends_and_exempts_like_that_of_a_year(
    city: DeskReview, planner: SignedInClient
) -> None:
    report = city.report("1-1-1")
    refused = planner.post(f"/desk/requests/{report.request_id}/extend", {"due_on": "soon", "reason": ""})
    assert refused.status == 422
    assert "提案の状況" in refused.text
    assert 'value="soon"' in refused.text
    done = planner.post(f"/desk/requests/{report.request_id}/extend", {"due_on": "2021-03-19", "reason": "議会"})
    assert done.goes_to.startswith(f"{city.home}/proposals?done=extended")
    exempted = planner.post(f"/desk/reports/{report.id}/exempt", {"reason": "移管済み"})
    assert exempted.goes_to.startswith(f"{city.home}/proposals?done=exempted")
    assert "報告免除" in planner.get(exempted.goes_to).text


# Criteria


def test_every_button_saves_all_criteria_that_were_changed(city: DeskReview, planner: SignedInClient) -> None:
    typed = {
        "answer.progress": "おおむね順調です。",
        "answer.technology": "生成AIの利用が広がりました。",
        "save": "progress",
    }
    answer = planner.post(f"{city.home}/criteria", typed)
    assert answer.goes_to == f"{city.home}/criteria?done=saved#progress"
    page = planner.get(f"{city.home}/criteria")
    assert field(page, "answer.technology") == "生成AIの利用が広がりました。"
    assert "見直しの観点 2 / 5件" in words(planner.get(city.home))


def test_a_criterion_that_somebody_else_answered_is_not_overwritten(city: DeskReview, planner: SignedInClient) -> None:
    city.closed_proposals()
    city.answered_criteria()
    typed = {"answer.progress": "別の答え", "seen.progress": ""}
    answer = planner.post(f"{city.home}/criteria", typed)
    assert answer.status == 409
    assert field(answer, "answer.progress") == "別の答え"
    assert "大きな変化はありません。" in answer.text
    seen = field(answer, "seen.progress")
    assert planner.post(f"{city.home}/criteria", {**typed, "seen.progress": seen}).status == 303


def test_criteria_typed_too_late_are_still_on_the_page(city: DeskReview, planner: SignedInClient) -> None:
    city.closed_proposals()
    city.finished_deciding()
    answer = planner.post(f"{city.home}/criteria", {"answer.progress": "遅れて書いた答え"})
    assert answer.status == 409
    assert field(answer, "answer.progress") == "遅れて書いた答え"
    assert "決定を入力できる状態ではありません" in answer.text


# Bodies


def test_a_bodys_decision_is_recorded_and_the_edition_may_be_made(city: DeskReview, planner: SignedInClient) -> None:
    city.closed_proposals()
    city.finished_deciding()
    page = planner.get(f"{city.home}/bodies")
    assert page.text.count('href="/documents/') == 2, "the papers, Word and PDF"
    typed = {"met_on": "２０２１年３月２日", "outcome": "approved", "comment": ""}
    assert planner.post(_body(city), typed).goes_to == f"{city.home}?done=agreed"
    assert city.stored().state is ReviewState.MAKING


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"met_on": "", "outcome": "approved"}, {"met_on"}),
        ({"met_on": "2021-03-02", "outcome": ""}, {"outcome"}),
        ({"met_on": "2021-03-02", "outcome": "returned"}, {"comment"}),
        ({"met_on": "2021-03-20", "outcome": "approved"}, {"met_on"}),
        ({"met_on": "?", "outcome": "?"}, {"met_on", "outcome"}),
    ],
)
def test_what_is_wrong_with_a_bodys_decision_leads_to_its_field(
    city: DeskReview, planner: SignedInClient, typed: dict[str, str], wrong: set[str]
) -> None:
    city.closed_proposals()
    city.finished_deciding()
    answer = planner.post(_body(city), {**typed, "comment": ""})
    assert answer.status in (409, 422)
    number = _body(city).rpartition("/")[2]
    assert set(re.findall(rf'href="#body-{number}-([a-z_]+)"', answer.text)) == wrong
    assert city.stored().state is ReviewState.CONSULTING


def test_a_return_leads_back_to_the_decisions_and_stays_readable(city: DeskReview, planner: SignedInClient) -> None:
    city.closed_proposals()
    city.finished_deciding()
    typed = {"met_on": "2021-03-02", "outcome": "returned", "comment": "統合を考え直すこと"}
    assert planner.post(_body(city), typed).goes_to == f"{city.home}?done=returned"
    assert "会議体から差し戻されました" in planner.get(f"{city.home}/bodies").text
    city.finished_deciding()
    page = words(planner.get(f"{city.home}/bodies"))
    assert "これまでの審議" in page
    assert "統合を考え直すこと" in page


def agreed(city: DeskReview, outcome: ConsultationOutcome = ConsultationOutcome.APPROVED, comment: str = "") -> None:
    def agree(session: Session, review: t.PhaseReview) -> None:
        day = date(2021, 3, 2)
        for turn in reviews.current_consultations(session, review):
            reviews.record_consultation(session, city.change, review, turn.id, outcome, comment, day, day)

    city.act(agree)


def _body(city: DeskReview) -> str:
    """The form of the body whose turn it is."""
    with city.database.reading(city.municipality) as session:
        turns = reviews.current_consultations(session, reviews.find(session, city.review))
        return f"{city.home}/bodies/{turns[0].id}"


def _elsewhere(city: DeskReview) -> str:
    """Another municipality in the same installation: the address of its planner."""
    with city.database.writing(EVERY_MUNICIPALITY) as session:
        other = t.Municipality(code="other", name="他市")
        session.add(other)
        session.flush()
        session.add(t.User(municipality_id=other.id, email=STRANGER, name="他市 花子", office=Office.PLANNING))
    return STRANGER
