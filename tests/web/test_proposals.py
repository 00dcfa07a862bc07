"""The form of a proposal for a review, and what stands beside it."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from db import tables as t
from domain.evaluation import CycleState, Direction
from domain.progress_report import ReportState
from tests.city import LAST_YEAR
from tests.review_city import CONTINUED, ReviewCity
from tests.web.conftest import Answer, Site

MEASURE = "1-1-1"
TITLE = "公衆無線LANの整備、活用促進"
WHY = "全施設での設置を終えたためです。"


def form(site: Site, city: ReviewCity, measure: str = MEASURE, who: str = "information_staff") -> Answer:
    return site.browser(who).get(f"/reports/{city.proposals[measure]}")


def submit(site: Site, city: ReviewCity, **answers: str) -> Answer:
    return site.browser("information_staff").write(city.proposals[MEASURE], answers, 0)


def evaluate_2019(city: ReviewCity, state: CycleState) -> None:
    with city.writing() as (session, _):
        cycle = session.exec(
            select(t.AnnualCycle).where(t.AnnualCycle.plan_id == city.city.plan, t.AnnualCycle.fiscal_year == 2019)
        ).one()
        cycle.state = state
        node = session.get_one(t.ProgressReport, city.proposals[MEASURE]).node_id
        planner = city.city.user("planning").id
        session.add(cycle)
        session.add(
            t.Evaluation(
                cycle_id=cycle.id,
                node_id=node,
                grade="A",
                direction=Direction.CONTINUE,
                comment="利用が増えています。",
                evaluated_on=city.city.report(MEASURE).since_on,
                evaluated_by_id=planner,
            )
        )


# --- what is said --------------------------------------------------------------------------------


def test_every_page_of_a_proposal_speaks_of_a_proposal_and_not_of_a_report(
    review_site: Site, review_city: ReviewCity
) -> None:
    request = review_city.requests["information"]
    review_city.propose("1-2-4", "information_staff", CONTINUED)
    staff, head = review_site.browser("information_staff"), review_site.browser("information_head")
    for browser, path in (
        (staff, f"/requests/{request}"),
        (staff, f"/reports/{review_city.proposals[MEASURE]}"),
        (head, f"/reports/{review_city.proposals['1-2-4']}"),
        (head, "/approvals"),
    ):
        main = browser.get(path).text.partition("<main")[2].partition("</main>")[0]
        assert "見直しの提案" in main, path
        assert "進捗報告" not in re.sub(r'<a href="/requests">進捗報告</a>', "", main), path


def test_the_list_tells_reports_of_the_year_from_proposals(review_site: Site) -> None:
    page = review_site.browser("information_staff").get("/requests")
    headings = re.findall(r'<h2 id="request-.*?</h2>', page.text, re.DOTALL)
    told = [("進捗報告" in h, "見直しの提案" in h) for h in headings]
    assert sorted(told) == [(False, True), (True, False)]
    assert "進捗報告と見直しの提案" in page.words


# --- the form ------------------------------------------------------------------------------------


def test_a_measure_to_merge_into_is_chosen_from_a_list_of_all_36(review_site: Site, review_city: ReviewCity) -> None:
    page = form(review_site, review_city).text
    (listed,) = re.findall(r'<select [^>]*name="answer.merge_into".*?</select>', page, re.DOTALL)
    assert listed.count("<option") == 37, "and one that chooses nothing"
    assert "4-2-2" in listed
    assert '<input type="radio" name="answer.fate"' in page, "a few choices stand side by side"


def test_a_choice_that_may_be_left_can_be_set_back_to_nothing(review_site: Site, review_city: ReviewCity) -> None:
    page = form(review_site, review_city).text
    assert '<input type="radio" name="answer.new_class" value="" checked>選ばない' in page
    assert 'name="answer.fate" value=""' not in page, "what must be answered cannot be left"


def test_what_the_plan_says_now_stands_beside_what_would_change_it(review_site: Site, review_city: ReviewCity) -> None:
    assert f"いまの計画では {TITLE}" in form(review_site, review_city).words


def test_the_whole_term_stands_above_the_form(review_site: Site, review_city: ReviewCity) -> None:
    words = form(review_site, review_city).words
    assert "この期の取組み 前期（平成30年度（2018年度）から令和2年度（2020年度）まで）" in words
    assert "計画書に記載された実施状況 公衆無線LANの設置" in words
    assert "令和元年度（2019年度） 予定どおり" in words
    assert LAST_YEAR["achievements"] in words
    assert "平成30年度（2018年度） 報告の対象外" in words
    assert "どうなりましたか" not in words, "the term's last promise is for the year to come"


@pytest.mark.parametrize(("state", "shown"), [(CycleState.CLOSED, True), (CycleState.EVALUATING, False)])
def test_an_evaluation_shows_once_it_is_decided(
    review_site: Site, review_city: ReviewCity, state: CycleState, shown: bool
) -> None:
    evaluate_2019(review_city, state)
    words = form(review_site, review_city).words
    assert ("利用が増えています。" in words) is shown
    assert ("評価：" in words) is shown


def test_the_approver_reads_the_term_and_no_last_year_beside_each_answer(
    review_site: Site, review_city: ReviewCity
) -> None:
    review_city.propose(MEASURE, "information_staff", CONTINUED)
    words = form(review_site, review_city, who="information_head").words
    assert "今のまま続ける" in words
    assert "この期の取組み" in words
    assert "前年度の回答" not in words


# --- handing in ----------------------------------------------------------------------------------


def test_a_proposal_is_handed_in_approved_and_returned_like_a_report(
    review_site: Site, review_city: ReviewCity
) -> None:
    answer = submit(review_site, review_city, fate="merge", merge_into="1-2-1", reason=WHY)
    assert answer.status == 303
    head = review_site.browser("information_head")
    report = review_city.proposals[MEASURE]
    assert "ほかの施策に統合する" in head.get("/approvals").words
    assert head.post(f"/reports/{report}/return", {"comment": "統合先を確かめてください。"}).status == 303
    assert "統合先を確かめてください。" in form(review_site, review_city).words
    with review_city.reading() as (session, _):
        assert session.get_one(t.ProgressReport, report).state is ReportState.RETURNED


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"fate": "merge", "merge_into": MEASURE}, "統合先に、この施策自身は選べません。"),
        ({"fate": "split", "split_into": "ひとつだけ"}, "1行に一つずつ、二つ以上書いてください。"),
        ({"fate": "change"}, "名称・内容・区分のどれも、いまの計画と変わりません。"),
        ({"fate": "change", "new_title": TITLE}, "名称・内容・区分のどれも、いまの計画と変わりません。"),
    ],
)
def test_nonsense_is_refused_in_words_and_nothing_typed_is_lost(
    review_site: Site, review_city: ReviewCity, answers: dict[str, str], said: str
) -> None:
    refused = submit(review_site, review_city, **answers, reason=WHY)
    assert refused.status == 422
    assert said in refused.words
    assert refused.field("answer.reason") == WHY
    with review_city.reading() as (session, _):
        report = session.get_one(t.ProgressReport, review_city.proposals[MEASURE])
        assert (report.state, report.answers) == (ReportState.DRAFT, {**answers, "reason": WHY})


def test_a_year_report_is_not_asked_what_a_proposal_is(review_site: Site, review_city: ReviewCity) -> None:
    words = review_site.browser("information_staff").get(f"/reports/{review_city.city.reports[MEASURE]}").words
    assert "この期の取組み" not in words
    assert "次の期での扱い" not in words
    assert "どうなりましたか" in words
