"""Signing in with the city's own sign-in, accounts and passwords in a real browser, at desktop and phone width."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.page_checks import WIDTHS, complaints, complaints_of
from tests.browser.test_pause_accessibility import opened
from tests.city import City, email_of
from tests.city_fixtures import real_city, real_city_template
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, serving_provider
from tests.web.conftest import Clock, Site, site_of
from tests.web.serving import serving
from tests.web.test_accounts import NEW, link
from tests.web.test_oidc import with_settings

__all__ = ["real_city", "real_city_template"]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving_provider(Clock()) as running:
        running.claims = {"sub": "4711", "email": email_of("information_staff"), "email_verified": True}
        running.extra_metadata = {"end_session_endpoint": f"{running.address}/keys"}
        yield running


@pytest.fixture
def site(real_city: City, provider: Provider) -> Site:
    named = {"oidc_issuer": provider.address, "oidc_name": "職員ポータル", "oidc_roles": "kikaku=planning"}
    known = {"oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET}
    return with_settings(site_of(real_city, Clock()), **named, **known)


def test_a_person_goes_to_the_citys_sign_in_and_back_and_out_of_both(
    browser: Browser, site: Site, provider: Provider
) -> None:
    with serving(site) as address:
        context = browser.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{address}/requests")
        page.get_by_role("link", name="職員ポータルでサインイン").press("Enter")
        expect(page).to_have_url(f"{address}/requests")
        page.get_by_role("button", name="サインアウト").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Meguru からサインアウトしました")
        page.get_by_role("link", name="職員ポータルからもサインアウトする").press("Enter")
        expect(page).to_have_url(
            f"{provider.address}/keys?client_id=meguru&post_logout_redirect_uri="
            f"{address.replace(':', '%3A').replace('/', '%2F')}%2Fsign-in"
        )
        context.close()


@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
def test_axe_finds_no_violation_on_the_pages_of_accounts(browser: Browser, site: Site, width: int) -> None:
    link(site, "information_staff")
    administrator = site.browser("administrator")
    colleague = f"/admin/accounts/{site.city.user('information_colleague').id}"
    administrator.post(f"{colleague}/block")
    site.browser("information_staff")
    pages = ["/admin/accounts", "/admin/accounts?q=nobody", "/admin/accounts/new", colleague, "/settings/password"]
    pages += [
        f"/admin/accounts/{site.city.user(who).id}?done=changed" for who in ("information_staff", "administrator")
    ]
    with serving(site) as address:
        page = opened(browser, site, address, "administrator", width)
        assert complaints(page, address, pages) == {}
        page.goto(f"{address}/admin/accounts/new")
        page.locator("form[action='/admin/accounts']").get_by_role("button").press("Enter")
        expect(page.locator("#error-summary")).to_be_focused()
        page.context.close()
        stranger = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        assert complaints(stranger, address, ["/sign-in", "/sign-in?ended=oidc"]) == {}
        assert complaints_of(stranger, address, "/sign-in/oidc/callback?state=x", 400) == []
        stranger.context.close()


def test_a_person_is_added_with_the_keyboard_alone(browser: Browser, site: Site) -> None:
    with serving(site) as address:
        page = opened(browser, site, address, "administrator", 1280, script=False)
        page.goto(f"{address}/admin/accounts/new")
        page.locator("#name").focus()
        for text in (NEW["name"], NEW["name_en"], "hikaru@city.example"):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator("form[action='/admin/accounts']").get_by_role("button").press("Enter")
        expect(page.locator("h1")).to_have_text("井上 光のアカウント")
        page.context.close()
    assert [str(mail["To"]) for mail in site.mailer.sent] == ["井上 光 <hikaru@city.example>"]
