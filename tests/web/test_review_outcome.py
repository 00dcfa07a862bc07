"""The end of a review's decisions: revision or not, under which head, and what then becomes the next edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from sqlmodel import Session

from db import tables as t
from domain.phase_review import ReviewOutcome, ReviewState
from records import next_edition, plans
from tests.web.desk_city import SignedInClient
from tests.web.desk_review import DeskReview
from tests.web.test_review_decisions import NEW, address, city, form, planner
from tests.web.test_reviews import field

__all__ = ["city", "planner"]

HEAD = {"code": "2021-03", "name": "改訂（中期）", "decided": "2021-03", "effective_on": "2021-04-01", "why": "見直し"}


def test_the_outcome_page_says_what_is_left_and_then_ends_the_decisions(
    city: DeskReview, planner: SignedInClient
) -> None:
    page = planner.get(f"{city.home}/outcome")
    assert field(page, "effective_on") == "2021-04-01", "the next fiscal year"
    assert field(page, "code") == "2021-03", "editions of this plan are named after their month"
    typed = {"outcome": "revision", "reason": "", **HEAD, "then": "finish"}
    refused = planner.post(f"{city.home}/outcome", typed)
    assert refused.status == 409
    assert "まだ決定していない施策が 36件あります" in refused.text
    assert "まだ答えていない見直しの観点" in refused.text
    assert field(planner.get(f"{city.home}/outcome"), "name") == "改訂（中期）", "what was typed is kept"
    _decide_everything(city, planner)
    assert planner.post(f"{city.home}/outcome", typed).goes_to == f"{city.home}?done=decided"
    assert city.stored().state is ReviewState.CONSULTING
    assert planner.post(f"{city.home}/outcome", typed).status == 409


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"code": ""}, "code"),
        ({"code": "2018-03"}, "code"),
        ({"name": ""}, "name"),
        ({"decided": "March"}, "decided"),
        ({"effective_on": "2021-03-02"}, "effective_on"),
        ({"effective_on": "soon"}, "effective_on"),
        ({"outcome": ""}, "outcome"),
        ({"outcome": "no_revision"}, "reason"),
    ],
)
def test_what_is_wrong_with_the_head_of_the_edition_leads_to_its_field(
    city: DeskReview, planner: SignedInClient, changed: Mapping[str, str], name: str
) -> None:
    _decide_everything(city, planner)
    typed = {"outcome": "revision", "reason": "", **HEAD, "then": "finish", **changed}
    answer = planner.post(f"{city.home}/outcome", typed)
    assert answer.status in (409, 422)
    assert f'href="#{name}"' in answer.text
    assert f'id="{name}"' in answer.text
    assert city.stored().state is ReviewState.DECIDING


def test_a_review_may_end_without_a_revision(city: DeskReview, planner: SignedInClient) -> None:
    city.answered_criteria()
    typed = {"outcome": "no_revision", "reason": "改める必要がないため", "then": "finish"}
    assert planner.post(f"{city.home}/outcome", typed).goes_to == f"{city.home}?done=decided"
    assert city.stored().outcome is ReviewOutcome.NO_REVISION


def test_the_review_of_the_last_term_offers_no_revision(desk_review: DeskReview) -> None:
    desk_review.let_it_be(date(2027, 3, 2))
    city = desk_review.opened("late")
    city.asked()
    city.closed_proposals()
    page = city.client().get(f"{city.home}/outcome")
    assert 'value="no_revision" id="outcome" checked' in page.text
    assert 'value="revision"' not in page.text
    assert "計画の最後の期間" in page.text
    forced = city.client().post(f"{city.home}/outcome", {"outcome": "revision", **HEAD, "then": "finish"})
    assert forced.status == 409
    assert "計画の最後の期間のため、次の版は作れません" in forced.text


def test_the_decisions_typed_here_make_the_next_edition(city: DeskReview, planner: SignedInClient) -> None:
    _decide_everything(city, planner)
    planner.post(f"{city.home}/new-measures", {**NEW, "department": "citizens"})
    planner.post(address(city, "1-3-1"), {**form(city, planner, "1-3-1"), "content": "", "department": "school"})
    planner.post(f"{city.home}/outcome", {"outcome": "revision", **HEAD, "then": "finish"})

    def make(session: Session, review: t.PhaseReview) -> None:
        made = next_edition.make(session, city.change, review)
        assert made is not None
        nodes = {n.code: n for n in plans.measures_of(session, made.id)}
        owners = plans.owners_on(session, made.id, date(2021, 4, 1))
        assert nodes["1-1-1"].title == "公衆無線LANの活用"
        assert "1-2-3" not in nodes
        assert "5-1-3" not in nodes
        assert owners[nodes["1-1-9"].id].code == "citizens"
        assert owners[nodes["1-3-1"].id].code == "school"
        assert len(nodes) == 36 - 2 + 1 + 1

    city.act(make)


def _decide_everything(city: DeskReview, planner: SignedInClient) -> None:
    """As proposed, the split with its second code, the rest as it is."""
    typed = {**form(city, planner, "1-1-2"), "part_1_code": "1-1-3"}
    assert planner.post(address(city, "1-1-2"), typed).status == 303
    assert planner.post(f"{city.home}/decisions", {"rest": "continue"}).status == 303
    city.answered_criteria()
