"""Everybody's own mails: one by one or one a day, in which language, and what the plan leaves open."""

from __future__ import annotations

import pytest

from records import mail_preferences, plans
from tests.web.conftest import Browser, Site
from tests.web.test_city_board import speak_english
from tests.web.test_organisation_in_english import japanese_in

PAGE = "/settings/mails"
EVERYBODY = ("information_staff", "information_head", "planning", "administrator")


def wish(site: Site, who: str) -> bool | None:
    with site.city.database.reading(site.city.municipality) as session:
        return mail_preferences.wish_of(session, site.city.user(who).id)


def gathers(site: Site, **rules: bool) -> None:
    with site.city.database.writing(site.city.municipality) as session:
        for plan in plans.every(session):
            plan.definition = {**plan.definition, "mails": rules}
            session.add(plan)


@pytest.fixture
def staff(site: Site) -> Browser:
    return site.browser("information_staff")


def test_everybody_who_is_signed_in_chooses_for_themselves(site: Site) -> None:
    for who in EVERYBODY:
        browser = site.browser(who)
        assert f'href="{PAGE}"' in browser.get("/plans").text
        assert browser.get(PAGE).status == 200
        assert browser.post(PAGE, {"wish": "digest", "language": "ja"}, csrf=False).status == 403
    staff = site.browser("information_staff")
    assert staff.post(PAGE, {"wish": "digest", "language": "ja"}).to == f"{PAGE}?done=saved"
    assert [wish(site, who) for who in EVERYBODY] == [True, None, None, None]
    assert site.city.audited()[-1] == "user.mails_chosen"


def test_a_choice_is_shown_can_be_taken_back_and_is_audited_once(site: Site, staff: Browser) -> None:
    staff.post(PAGE, {"wish": "digest", "language": "ja"})
    audited = site.city.audited()
    staff.post(PAGE, {"wish": "digest", "language": "ja"})
    assert site.city.audited() == audited
    assert 'value="digest" checked' in staff.get(PAGE).text
    staff.post(PAGE, {"wish": "plan", "language": "ja"})
    assert wish(site, "information_staff") is None
    assert 'value="plan" checked' in staff.get(PAGE).text


def test_the_page_says_what_always_comes_at_once(staff: Browser) -> None:
    words = staff.get(PAGE).words
    assert (
        "上申、差戻し、承認のお願い、会議の案内と中止のお知らせは、どれを選んでも、まとめずにすぐお送りします。"
        in words
    )


def test_each_plan_says_whether_people_may_choose(site: Site, staff: Browser) -> None:
    assert "すぐに1通ずつ 選べます" in staff.get(PAGE).words
    staff.post(PAGE, {"wish": "digest", "language": "ja"})
    assert "1日1通にまとめる 選べます" in staff.get(PAGE).words
    gathers(site, person_may_choose=False)
    assert "すぐに1通ずつ 計画で決まっています" in staff.get(PAGE).words


def test_the_language_of_mails_and_pages_is_chosen_here_too(site: Site, staff: Browser) -> None:
    staff.post(PAGE, {"wish": "plan", "language": "en"})
    page = staff.get(PAGE)
    assert '<html lang="en">' in page.text
    assert site.city.audited()[-1] == "user.language_changed"


def test_without_a_choice_the_page_says_what_is_missing_and_keeps_the_rest(staff: Browser) -> None:
    page = staff.post(PAGE, {"language": "en"})
    assert page.status == 422
    assert "受け取り方を選んでください" in page.words
    assert 'value="en" checked' in page.text


def test_the_page_reads_in_english(site: Site, staff: Browser) -> None:
    speak_english(site)
    staff.post(PAGE, {"wish": "plan", "language": "en"})
    assert japanese_in(staff.get(PAGE)) == []
