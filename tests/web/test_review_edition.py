"""The edition that a review made: taken back before its day, corrected after it, announced on the plan's page."""

from __future__ import annotations

from datetime import date

from domain.phase_review import ReviewState
from records import plans
from tests.conftest import PLAN
from tests.web.desk_city import STAFF, SignedInClient
from tests.web.desk_review import DeskReview
from tests.web.test_reviews import agreed, city, field, planner, words

__all__ = ["city", "planner"]

# Taking back, and correcting


def test_an_edition_is_taken_back_before_its_day_and_the_decisions_stay(
    city: DeskReview, planner: SignedInClient
) -> None:
    _until_made(city)
    page = words(planner.get(f"{city.home}/undo"))
    assert "「改訂（中期）」（2021年4月1日（木）から適用）を取り消します" in page
    assert "施策 36件" in page
    assert planner.post(f"{city.home}/undo").goes_to == f"{city.home}?done=undone"
    assert city.stored().state is ReviewState.DECIDING
    assert "決定した施策 36 / 36件" in words(planner.get(city.home))
    assert planner.post(f"{city.home}/undo").status == 409


def test_what_is_in_force_cannot_be_taken_back(city: DeskReview, planner: SignedInClient) -> None:
    _until_made(city)
    city.let_it_be(date(2021, 4, 1))
    answer = planner.post(f"{city.home}/undo")
    assert answer.status == 409
    assert "すでに適用された版は取り消せません" in answer.text


def test_a_misprint_is_corrected_by_a_further_edition(desk_review: DeskReview, planner: SignedInClient) -> None:
    form, node = f"/desk/plans/{PLAN}/correction", _first_measure(desk_review)
    page = planner.get(f"{form}?measure={node}")
    typed = {f"{name}_{node}": field(page, f"{name}_{node}") for name in ("code", "title", "title_en")}
    typed |= {"measure": str(node), "reason": ""}
    refused = planner.post(form, typed)
    assert refused.status == 422
    assert 'href="#reason"' in refused.text
    nothing = planner.post(form, {**typed, "reason": "誤植"})
    assert nothing.status == 409
    assert "直すところがありません" in nothing.text
    right = {**typed, f"title_{node}": "公衆無線LANの整備と活用促進", "reason": "誤植"}
    answer = planner.post(form, right)
    assert answer.goes_to == f"/plans/{PLAN}?edition=2018-03-c1&done=corrected#changes"
    page_of_plan = words(planner.get(answer.goes_to.partition("#")[0]))
    assert "公衆無線LANの整備と活用促進" in page_of_plan
    assert "正誤：誤植" in page_of_plan


def test_while_a_review_decides_of_an_edition_it_is_not_corrected_beside_it(
    city: DeskReview, planner: SignedInClient
) -> None:
    node = city.node("1-1-1")
    typed = {"measure": str(node), f"code_{node}": "1-1-1", f"title_{node}": "別の名称", f"title_en_{node}": ""}
    answer = planner.post(f"/desk/plans/{PLAN}/correction", {**typed, "reason": "誤植"})
    assert answer.status == 409
    assert "見直しが進行中です" in answer.text
    assert field(answer, f"title_{node}") == "別の名称"


# The plan's own page


def test_the_plan_announces_its_next_edition_and_keeps_a_change_log(city: DeskReview, planner: SignedInClient) -> None:
    assert "次の版「" not in planner.get(f"/plans/{PLAN}").text
    _until_made(city)
    for reader in (planner, city.client(STAFF)):
        page = reader.get(f"/plans/{PLAN}")
        assert "次の版「改訂（中期）」が令和3年（2021年）4月1日から適用されます" in page.text
        told = words(page)
        assert "改訂履歴 改訂（中期） 適用前" in told
        assert "継続 36件" in told
        assert page.text.count('href="/documents/') == 12, "three documents in four formats, and no papers of bodies"
        assert f'href="/plans/{PLAN}/comparison?before=2018-03&amp;after=2021-03"' in page.text
    assert reader.get(f"/plans/{PLAN}/comparison?before=2018-03&after=2021-03").status == 200


def _until_made(city: DeskReview) -> None:
    city.closed_proposals()
    city.finished_deciding()
    agreed(city)
    city.made()


def _first_measure(city: DeskReview) -> int:
    with city.database.reading(city.municipality) as session:
        edition = plans.edition_in_force(session, plans.find(session, PLAN), date(2021, 3, 2))
        return plans.measures_of(session, edition.id)[0].id
