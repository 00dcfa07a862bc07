"""新しい施策の提案: who may propose, change and withdraw, when, and what is read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlmodel import col, select

from db import tables as t
from domain.new_measure import LIMITS
from records import review_decisions, reviews
from tests.review_city import DECIDED_ON, ReviewCity
from tests.web.conftest import Answer, Site

TITLE = "窓口の待ち時間の見える化"
CONTENT = "混み具合を画面で知らせ、空いている時間を選べるようにする。"
REASON = "窓口の待ち時間への意見が多かったためです。"
TYPED = {"title": TITLE, "content": CONTENT, "reason": REASON}


@pytest.fixture
def address(review_city: ReviewCity) -> str:
    return f"/requests/{review_city.requests['information']}/new-measures"


def propose(site: Site, address: str, who: str = "information_staff", **typed: str) -> Answer:
    return site.browser(who).post(address, {**TYPED, **typed})


def proposals(city: ReviewCity) -> list[t.NewMeasureProposal]:
    with city.reading() as (session, _):
        return list(session.exec(select(t.NewMeasureProposal).order_by(col(t.NewMeasureProposal.id))))


def proposed(site: Site, city: ReviewCity, address: str) -> t.NewMeasureProposal:
    assert propose(site, address).status == 303
    return proposals(city)[-1]


def close(city: ReviewCity) -> None:
    with city.writing() as (session, review):
        reviews.begin_deciding(session, city.change(), review, DECIDED_ON)


def goal(city: ReviewCity, code: str) -> int:
    with city.reading() as (session, review):
        query = select(t.Node.id).where(t.Node.edition_id == review.edition_id, t.Node.code == code)
        return session.exec(query).one()


@pytest.mark.parametrize("who", ["information_staff", "information_head"])
def test_staff_and_heads_propose_for_their_department(
    review_site: Site, review_city: ReviewCity, address: str, who: str
) -> None:
    parent = goal(review_city, "1-1")
    answer = propose(review_site, address, who, parent=str(parent), measure_class="research")
    assert answer.to == f"{address}?done=proposed"
    (row,) = proposals(review_city)
    assert (row.title, row.content, row.reason) == (TITLE, CONTENT, REASON)
    assert (row.parent_id, row.measure_class) == (parent, "research")
    assert (row.department_id, row.review_id) == (review_city.city.departments["information"], review_city.review)
    words = review_site.browser(who).get(answer.to).words
    assert "提案しました。" in words
    assert f"{TITLE} 提案中" in words
    assert "review.new_measure_proposed" in review_city.city.audited()
    with review_city.reading() as (session, review):
        open_ = review_decisions.sheet_of(session, review).open_proposals
        assert [p.id for p in open_] == [row.id], "the planning division finds it"


def test_the_request_page_leads_there_for_a_review_and_not_for_a_year(
    review_site: Site, review_city: ReviewCity, address: str
) -> None:
    propose(review_site, address)
    browser = review_site.browser("information_staff")
    page = browser.get(f"/requests/{review_city.requests['information']}")
    assert f'href="{address}"' in page.text
    assert TITLE in page.words
    assert "new-measures" not in browser.get(f"/requests/{review_city.city.requests['information']}").text
    yearly = f"/requests/{review_city.city.requests['information']}/new-measures"
    assert browser.get(yearly).status == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": " "}, "施策の名称を入力してください。"),
        ({"reason": ""}, "提案の理由を入力してください。"),
        ({"title": "あ" * 81}, "80文字以内で入力してください（現在81文字）。"),
        ({"content": "あ" * 401}, "400文字以内で入力してください（現在401文字）。"),
        ({"title": "公衆無線LANの整備、活用促進"}, "いまの計画に同じ名称の施策があります。"),
        ({"parent": "999999"}, "置く場所を一覧から選んでください。"),
        ({"parent": "x"}, "置く場所を一覧から選んでください。"),
        ({"measure_class": "gold"}, "区分を一覧から選んでください。"),
    ],
)
def test_what_cannot_be_proposed_is_said_in_words_and_nothing_typed_is_lost(
    review_site: Site, review_city: ReviewCity, address: str, typed: Mapping[str, str], said: str
) -> None:
    refused = propose(review_site, address, **typed)
    assert refused.status == 422
    assert said in refused.words
    assert refused.field("content") == typed.get("content", CONTENT)
    assert proposals(review_city) == []


def test_a_measure_stands_under_a_goal_and_never_under_another_measure(
    review_site: Site, review_city: ReviewCity, address: str
) -> None:
    assert propose(review_site, address, parent=str(goal(review_city, "1-1-1"))).status == 422
    assert propose(review_site, address, parent=str(goal(review_city, "1"))).status == 422
    page = review_site.browser("information_staff").get(address).text
    assert f'<option value="{goal(review_city, "1-1")}">' in page


def test_limits_count_as_people_do(review_site: Site, address: str) -> None:
    assert propose(review_site, address, title="葛󠄀" * LIMITS["title"]).status == 303


def test_a_proposal_is_changed_by_the_department(review_site: Site, review_city: ReviewCity, address: str) -> None:
    row = proposed(review_site, review_city, address)
    colleague = review_site.browser("information_colleague")
    seen = colleague.get(f"/new-measures/{row.id}").field("seen")
    answer = colleague.post(f"/new-measures/{row.id}", {**TYPED, "title": "混み具合の見える化", "seen": seen})
    assert answer.status == 303
    (changed,) = proposals(review_city)
    assert changed.title == "混み具合の見える化"
    assert changed.proposed_by_id == review_city.city.user("information_colleague").id


def test_two_people_who_change_it_at_once_notice_each_other(
    review_site: Site, review_city: ReviewCity, address: str
) -> None:
    row = proposed(review_site, review_city, address)
    one, other = review_site.browser("information_staff"), review_site.browser("information_colleague")
    seen = one.get(f"/new-measures/{row.id}").field("seen")
    review_site.clock.passes(minutes=5)
    other.post(f"/new-measures/{row.id}", {**TYPED, "reason": "先に直しました。", "seen": seen})
    refused = one.post(f"/new-measures/{row.id}", {**TYPED, "reason": "後から直しました。", "seen": seen})
    assert refused.status == 409
    assert "ほかの人が先にこの提案を直しました。" in refused.words
    assert refused.field("reason") == "後から直しました。"
    assert proposals(review_city)[0].reason == "先に直しました。"
    assert one.post(f"/new-measures/{row.id}", {**TYPED, "seen": refused.field("seen")}).status == 409


def test_a_withdrawn_proposal_stays_readable_and_is_nobodys_any_more(
    review_site: Site, review_city: ReviewCity, address: str
) -> None:
    row = proposed(review_site, review_city, address)
    browser = review_site.browser("information_staff")
    assert browser.post(f"/new-measures/{row.id}/withdraw").to == f"{address}?done=withdrawn"
    assert f"{TITLE} 取下げ" in browser.get(address).words
    assert REASON in browser.get(f"/new-measures/{row.id}").words
    again = browser.post(f"/new-measures/{row.id}", {**TYPED, "seen": row.proposed_at.isoformat()})
    assert again.status == 409
    assert "この提案は取り下げられているため、変更できません。" in again.words
    with review_city.reading() as (session, review):
        assert review_decisions.sheet_of(session, review).open_proposals == ()
    assert "review.new_measure_withdrawn" in review_city.city.audited()


def test_once_the_proposals_are_closed_nothing_is_added_changed_or_withdrawn(
    review_site: Site, review_city: ReviewCity, address: str
) -> None:
    row = proposed(review_site, review_city, address)
    close(review_city)
    browser = review_site.browser("information_staff")
    posts = [
        browser.post(address, TYPED),
        browser.post(f"/new-measures/{row.id}", {**TYPED, "seen": row.proposed_at.isoformat()}),
        browser.post(f"/new-measures/{row.id}/withdraw"),
    ]
    assert [p.status for p in posts] == [409, 409, 409]
    assert all("この回の受付は締め切られました。" in p.words for p in posts)
    assert "この回の受付は終了しました。" in browser.get(address).words
    assert "<textarea" not in browser.get(address).text + browser.get(f"/new-measures/{row.id}").text
    assert [p.is_withdrawn for p in proposals(review_city)] == [False]


def test_a_declined_proposal_shows_the_planning_divisions_reason(
    review_site: Site, review_city: ReviewCity, address: str
) -> None:
    row = proposed(review_site, review_city, address)
    close(review_city)
    with review_city.writing() as (session, review):
        review_decisions.decline(session, review_city.change(), review, row.id, "1-2-4の中で取り組むためです。")
    browser = review_site.browser("information_staff")
    for path in (address, f"/new-measures/{row.id}"):
        words = browser.get(path).words
        assert "採用されませんでした" in words
        assert "計画担当課からの理由 1-2-4の中で取り組むためです。" in words


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [
        ("information_staff", 200, 303),
        ("information_colleague", 200, 303),
        ("information_chief", 200, 303),
        ("information_head", 200, 303),
        ("information_director", 200, 303),
        ("citizens_staff", 404, 404),
        ("citizens_head", 404, 404),
        ("planning", 200, 403),
        ("administrator", 404, 404),
        ("neighbour_staff", 404, 404),
    ],
)
def test_who_may_read_and_write_what_a_department_proposes(
    review_site: Site, review_city: ReviewCity, address: str, who: str, reads: int, writes: int
) -> None:
    row = proposed(review_site, review_city, address)
    browser = review_site.browser(who)
    assert browser.get(address).status == reads
    assert browser.get(f"/new-measures/{row.id}").status == reads
    before = len(proposals(review_city))
    seen = row.proposed_at.isoformat()
    assert browser.post(address, {**TYPED, "title": "もう一つの施策"}).status == writes
    assert browser.post(f"/new-measures/{row.id}", {**TYPED, "seen": seen}).status == writes
    assert browser.post(f"/new-measures/{row.id}/withdraw").status == writes
    assert len(proposals(review_city)) == before + (writes == 303)


def test_nothing_is_changed_without_the_token_of_the_session(
    review_site: Site, review_city: ReviewCity, address: str
) -> None:
    row = proposed(review_site, review_city, address)
    browser = review_site.browser("information_staff")
    for path in (address, f"/new-measures/{row.id}", f"/new-measures/{row.id}/withdraw"):
        assert browser.post(path, TYPED, csrf=False).status == 403
    assert [p.is_withdrawn for p in proposals(review_city)] == [False]


def test_strangers_are_asked_to_sign_in(review_site: Site, address: str) -> None:
    assert review_site.stranger().get(address).to.startswith("/sign-in")
