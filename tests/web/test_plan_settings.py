"""The switches of a plan: who may read it, and what its mails do."""

from __future__ import annotations

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.plan_settings import Switches, switches_of
from records import plans
from tests.city import City
from tests.conftest import PLAN
from tests.web.conftest import Browser, Site
from tests.web.test_organisation_in_english import japanese_in

SETTINGS = f"/desk/plans/{PLAN}/settings"
WHY = "議会の要望のため"


@pytest.fixture
def planner(site: Site) -> Browser:
    return site.browser("planning")


def stored(city: City) -> Switches:
    with city.database.reading(city.municipality) as session:
        return switches_of(plans.definition_of(plans.find(session, PLAN)))


def test_only_the_planning_division_sets_a_plan(site: Site) -> None:
    before = stored(site.city)
    for who in ("information_staff", "information_head", "administrator"):
        browser = site.browser(who)
        assert (browser.get(SETTINGS).status, browser.post(SETTINGS, {"is_public": "yes"}).status) == (403, 403)
    planner = site.browser("planning")
    assert planner.post(SETTINGS, {"is_public": "yes"}, csrf=False).status == 403
    assert planner.get("/desk/plans/neighbour-plan/settings").status == 404
    assert stored(site.city) == before


def test_the_page_says_what_becomes_visible_and_where(planner: Browser) -> None:
    page = planner.get(SETTINGS)
    assert "だれでも読めるようになります" in page.words
    assert "MEGURU_PUBLIC_SITE" in page.words, "the site as a whole is off"
    assert f"/public/iizuka/plans/{PLAN}" in page.words
    for part in ("questions", "calendar"):
        assert f'href="/desk/plans/{PLAN}/{part}"' in page.text
    assert f'href="{SETTINGS}"' in planner.get("/desk").text


def test_switches_are_set_with_a_reason_and_audited(site: Site, planner: Browser) -> None:
    page = planner.get(SETTINGS)
    wanted = {
        "seen": page.field("seen"),
        "is_public": "yes",
        "attaches_workbook": "yearly",
        "gathers_by_default": "yes",
    }
    refused = planner.post(SETTINGS, {**wanted, "reason": ""})
    assert (refused.status, "理由を入力してください。" in refused.words) == (422, True)
    assert 'name="is_public" value="yes" checked' in refused.text, "what was ticked stays ticked"
    assert stored(site.city) == Switches()
    assert planner.post(SETTINGS, {**wanted, "reason": WHY}).to == f"{SETTINGS}?done=saved"
    assert stored(site.city) == Switches(True, True, False, ("yearly",))
    assert site.city.audited()[-1] == "plan.switches_changed"
    same = planner.post(SETTINGS, {**wanted, "seen": planner.get(SETTINGS).field("seen"), "reason": WHY})
    assert (same.status, "いまの設定と同じです" in same.words) == (422, True)


def test_what_somebody_else_switched_meanwhile_is_told(site: Site, planner: Browser) -> None:
    seen = {"seen": planner.get(SETTINGS).field("seen"), "person_may_choose": "yes", "reason": WHY}
    planner.post(SETTINGS, {**seen, "is_public": "yes"})
    refused = planner.post(SETTINGS, {**seen, "gathers_by_default": "yes"})
    assert (refused.status, refused.field("reason")) == (409, WHY)
    assert "一般に公開 いいえ はい" in refused.words
    assert stored(site.city) == Switches(is_public=True)
    assert planner.post(SETTINGS, {**seen, "seen": "{"}).status == 409


def test_the_page_reads_in_english(site: Site) -> None:
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.name_en, user.language = user.email.partition("@")[0], "en"
            session.add(user)
    planner = site.browser("planning")
    seen = {"seen": planner.get(SETTINGS).field("seen"), "is_public": "yes"}
    pages = [planner.get(SETTINGS), planner.post(SETTINGS, {**seen, "reason": ""})]
    planner.post(SETTINGS, {**seen, "reason": "Asked by the council"})
    pages += [planner.post(SETTINGS, {**seen, "reason": "again"}), planner.get(f"{SETTINGS}?done=saved")]
    assert {page.status for page in pages} <= {200, 409, 422}
    assert [japanese_in(page) for page in pages] == [[]] * len(pages)
