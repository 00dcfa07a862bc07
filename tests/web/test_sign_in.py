"""Signing in and out, and the language."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from tests.city import PASSWORD, email_of
from tests.web.conftest import SECURE_SESSION, Answer, Browser, Site

STAFF = email_of("information_staff")


def sign_in(browser: Browser, email: str = STAFF, password: str = PASSWORD, next: str = "/", **headers: str) -> Answer:
    values = {"email": email, "password": password, "next": next}
    return browser.post("/sign-in", values, csrf=False, **headers)


def code_in_mail(site: Site) -> str:
    text = base64.b64decode(str(site.mailer.sent[-1].get_payload())).decode()
    found = re.search(r"^\s+(\d{8})\s*$", text, re.MULTILINE)
    assert found, text
    return found.group(1)


def confirm(browser: Browser, code: str, next: str = "/") -> Answer:
    return browser.post("/sign-in/confirm", {"email": STAFF, "code": code, "next": next}, csrf=False)


def sessions(site: Site) -> int:
    with site.city.database.reading(EVERY_MUNICIPALITY) as session:
        return len(session.exec(select(t.SignedInSession)).all())


def test_the_right_password_leads_to_the_page_that_was_asked_for(site: Site) -> None:
    browser = site.stranger()
    report = f"/reports/{site.city.reports['1-1-1']}"
    asked = browser.get(report)
    assert (asked.status, asked.to) == (303, f"/sign-in?next={report}")
    assert sign_in(browser, next=browser.get(asked.to).field("next")).to == report
    assert browser.get(report).status == 200
    assert site.city.audited()[-1] == "user.signed_in"


def test_a_wrong_password_is_refused_and_the_address_is_kept(site: Site) -> None:
    browser = site.stranger()
    answer = sign_in(browser, password="wrong")
    assert answer.status == 401
    assert "メールアドレスまたはパスワードが違います" in answer.words
    assert answer.field("email") == STAFF
    assert "wrong" not in answer.text
    assert browser.get("/requests").status == 303
    assert sessions(site) == 0


def test_an_unknown_person_gets_the_same_answer_as_a_wrong_password(site: Site) -> None:
    known = sign_in(site.stranger(), password="wrong")
    unknown = sign_in(site.stranger(), email="nobody@city.example", password="wrong")
    assert (unknown.status, unknown.words) == (known.status, known.words)


def test_an_empty_form_says_which_fields_are_missing(site: Site) -> None:
    answer = sign_in(site.stranger(), email="", password="")
    assert answer.status == 422
    assert 'href="#email"' in answer.text
    assert 'href="#password"' in answer.text


def test_a_person_who_was_deactivated_cannot_sign_in_nor_go_on(site: Site) -> None:
    browser = site.browser("information_staff")
    with site.city.database.writing(site.city.municipality) as session:
        user = session.exec(select(t.User).where(t.User.email == STAFF)).one()
        user.is_active = False
        session.add(user)
    assert browser.get("/requests").status == 303
    assert sign_in(site.stranger()).status == 401


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "evil",
        "",
    ],
)
def test_next_leads_only_to_pages_of_this_application(site: Site, elsewhere: str) -> None:
    assert sign_in(site.stranger(), next=elsewhere).to == "/"
    assert site.browser("information_staff").get(f"/sign-in?next={quote(elsewhere)}").to == "/"


def test_the_session_cookie_is_kept_from_scripts_other_sites_and_plain_http(site: Site) -> None:
    response = site.stranger().client.post("/sign-in", data={"email": STAFF, "password": PASSWORD})
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(SECURE_SESSION)
    for part in ("HttpOnly", "SameSite=lax", "Secure"):
        assert part in cookie


def test_guessing_passwords_is_stopped_even_with_the_right_one(site: Site) -> None:
    browser = site.stranger()
    answers = [sign_in(browser, password=f"guess {n}").status for n in range(11)]
    assert answers == [401] * 10 + [429]
    assert sign_in(browser).status == 429
    assert sign_in(site.stranger(), email=email_of("planning")).status == 303


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}]
)
def test_a_page_of_another_site_cannot_sign_anybody_in(site: Site, headers: dict[str, str]) -> None:
    assert sign_in(site.stranger(), **headers).status == 403
    assert sessions(site) == 0


def test_our_own_sign_in_page_is_not_taken_for_another_site(site: Site) -> None:
    assert sign_in(site.stranger(), Origin="https://meguru.city.example").status == 303
    assert sign_in(site.stranger(), Sec_Fetch_Site="same-origin").status == 303


def test_a_code_by_mail_signs_in_once(site: Site) -> None:
    browser = site.stranger()
    asked = browser.post("/sign-in/code", {"email": STAFF, "next": "/requests"}, csrf=False)
    assert (asked.status, asked.to) == (303, "/sign-in/confirm?next=/requests")
    assert browser.get(asked.to).field("email") == STAFF
    code = code_in_mail(site)
    assert confirm(browser, code, "/requests").to == "/requests"
    assert browser.get("/requests").status == 200
    again = site.stranger()
    assert confirm(again, code).status == 401
    assert again.get("/requests").status == 303


def test_a_code_typed_in_full_width_fits(site: Site) -> None:
    browser = site.stranger()
    browser.post("/sign-in/code", {"email": STAFF}, csrf=False)
    wide = code_in_mail(site).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert confirm(browser, wide).status == 303


def test_a_code_is_good_for_ten_minutes(site: Site) -> None:
    browser = site.stranger()
    browser.post("/sign-in/code", {"email": STAFF}, csrf=False)
    site.clock.passes(minutes=10)
    answer = confirm(browser, code_in_mail(site))
    assert answer.status == 401
    assert "有効期限" in answer.words


def test_a_code_ends_after_five_wrong_tries(site: Site) -> None:
    browser = site.stranger()
    browser.post("/sign-in/code", {"email": STAFF}, csrf=False)
    code = code_in_mail(site)
    wrong = "00000000" if code != "00000000" else "11111111"
    for _ in range(5):
        assert confirm(browser, wrong).status == 401
    assert confirm(browser, code).status == 401


def test_asking_for_a_code_does_not_tell_who_has_an_account(site: Site) -> None:
    known = site.stranger().post("/sign-in/code", {"email": STAFF}, csrf=False)
    unknown = site.stranger().post("/sign-in/code", {"email": "nobody@city.example"}, csrf=False)
    assert (known.status, known.text, known.to) == (unknown.status, unknown.text, unknown.to)
    assert [str(m["To"]) for m in site.mailer.sent] == [f"佐藤 花子 <{STAFF}>"]


def test_nobody_can_be_flooded_with_codes(site: Site) -> None:
    asked = [site.stranger().post("/sign-in/code", {"email": STAFF}, csrf=False).status for _ in range(7)]
    assert asked == [303] * 5 + [429] * 2
    assert len(site.mailer.sent) == 5


def test_signing_out_ends_the_session_also_for_a_copy_of_its_cookie(site: Site) -> None:
    browser = site.browser("information_staff")
    copy = site.stranger()
    copy.client.cookies.set(SECURE_SESSION, browser.client.cookies[SECURE_SESSION])
    assert copy.get("/requests").status == 200
    assert browser.post("/sign-out").to == "/sign-in"
    assert copy.get("/requests").status == 303
    assert site.city.audited()[-1] == "user.signed_out"


@pytest.mark.parametrize("path", ["/sign-out", "/language"])
def test_a_form_without_the_token_of_its_session_changes_nothing(site: Site, path: str) -> None:
    browser = site.browser("information_staff")
    before = site.city.audited()
    assert browser.post(path, {"language": "en"}, csrf=False).status == 403
    assert browser.post(path, {"language": "en", "csrf_token": "other"}, csrf=False).status == 403
    assert browser.get("/requests").status == 200
    assert (site.city.audited(), site.city.user("information_staff").language) == (before, "ja")


def test_a_session_ends_when_it_is_left_alone(site: Site) -> None:
    browser = site.browser("information_staff")
    site.clock.passes(minutes=91)
    assert browser.get("/requests").to == "/sign-in?next=/requests"


def test_a_form_posted_after_the_session_ended_leads_back_to_its_page(site: Site) -> None:
    browser = site.browser("information_staff")
    page = f"/reports/{site.city.reports['1-1-1']}"
    site.clock.passes(hours=11)
    answer = browser.post(page, {"action": "save"}, Referer=f"https://meguru.city.example{page}")
    assert answer.to == f"/sign-in?next={page}"
    foreign = browser.post(page, {"action": "save"}, Referer=f"https://evil.example{page}")
    assert foreign.to == "/sign-in?next=/"


def test_the_language_is_remembered_for_the_person_and_leads_back_to_the_page(site: Site) -> None:
    browser = site.browser("planning")
    answer = browser.post("/language", {"language": "en"}, Referer="https://meguru.city.example/plans")
    assert (answer.status, answer.to) == (303, "/plans")
    assert site.city.user("planning").language == "en"
    assert site.city.audited()[-1] == "user.language_changed"


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("information_staff", "/requests"),
        ("information_chief", "/requests"),
        ("information_head", "/approvals"),
        ("planning", "/desk"),
        ("administrator", "/admin/accounts"),
    ],
)
def test_everybody_starts_where_their_work_is(site: Site, who: str, page: str) -> None:
    assert site.browser(who).get("/").to == page
