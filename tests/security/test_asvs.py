"""What docs/security.md promises and no other test says. Each test stands in that table beside its requirement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

import cli
from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.reference import GlossaryTerm
from domain.text import Bilingual
from records import audit, sign_in
from tests.city import COMPLETE, PASSWORD, City, email_of
from tests.city_fixtures import real_city, real_city_template
from tests.command_line import Installation, blank, empty
from tests.security.every_route import Route, every_route
from tests.security.two_halls import TwoHalls
from tests.web.conftest import BASE_URL, SECURE_SESSION, Browser, Clock, Site, site_of
from web.glossary import Glossary

__all__ = ["blank", "empty", "real_city", "real_city_template"]

ROOT = Path(__file__).parents[2]
PACKAGES = ("activities", "db", "demo", "documents", "exchange", "letters", "mail", "records", "replay", "web")
STAFF = email_of("information_staff")
SCRIPT = "<script>alert(1)</script>\"' onload=x"
_OWN_PAGE = {"/sign-in", "/sign-in/code", "/sign-in/confirm", "/language", "/opinions/{municipality}/{plan}"}
"""Forms for who is not signed in: no session, so no token; a page of another site may still not send them."""


@pytest.fixture
def site(real_city: City) -> Site:
    return site_of(real_city, Clock())


def sources() -> Iterator[tuple[Path, str]]:
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            yield file, file.read_text(encoding="utf-8")


# V1: encoding, injection


@pytest.mark.parametrize("path", ["/search?q={}", "/desk/audit?by={}&since={}", "/desk/board?q={}", "/sign-in?next={}"])
def test_what_stands_in_an_address_is_never_markup(site: Site, path: str) -> None:
    who = site.stranger() if "next" in path else site.browser("planning")
    answer = who.client.get(path.format(SCRIPT, SCRIPT))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("typed", ["' OR '1'='1", "%' OR 1=1 --", "'; DROP TABLE auditentry; --", "\\", "%"])
def test_what_is_searched_for_is_a_value_and_never_a_statement(site: Site, typed: str) -> None:
    planning, before = site.browser("planning"), site.city.count(t.AuditEntry)
    for field in ("subject", "by"):
        answer = planning.client.get("/desk/audit", params={field: typed})
        assert "条件に合う記録はありません" in answer.text, (field, typed)
    assert planning.client.get("/search", params={"q": typed}).status_code == 200
    assert site.city.count(t.AuditEntry) == before


@pytest.mark.parametrize("word", ["C++", "a.c", "(仮称", "[1]", "x*", "\\d"])
def test_a_term_of_a_glossary_is_text_and_no_pattern(word: str) -> None:
    explain = Glossary((GlossaryTerm(word, Bilingual("意味")),), "ja").explain
    assert "<dfn" in explain(Bilingual(f"この {word} です"))
    assert "<dfn" not in explain(Bilingual("この abc 仮称 1 xx 5 です"))


def test_what_people_write_is_never_a_template(site: Site) -> None:
    browser, report = site.browser("information_staff"), site.city.reports["1-1-1"]
    written = {**COMPLETE, "achievements": "{{ 7*7 }}{% raw %}${7*7}"}
    browser.write(report, written, site.city.report("1-1-1").revision, "save")
    page = browser.get(f"/reports/{report}")
    assert "{{ 7*7 }}{% raw %}${7*7}" in page.words
    made_of_text = [str(file) for file, text in sources() if re.search(r"\bfrom_string\(|\bTemplate\(|\beval\(", text)]
    assert made_of_text == []


# V2: business logic


def test_a_change_that_cannot_be_audited_does_not_happen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also 16.5.3: what fails on the way leaves nothing behind, and says nothing of its inside."""

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the inside")

    browser, before = site.browser("information_staff"), site.city.report("1-1-1")
    client = TestClient(site.app, BASE_URL, raise_server_exceptions=False, follow_redirects=False)
    client.cookies = browser.client.cookies
    rows = site.city.count(t.AuditEntry, t.Outbox, t.Submission)
    monkeypatch.setattr(audit, "write", fails)
    form = {**{f"answer.{question}": said for question, said in COMPLETE.items()}, "revision": str(before.revision)}
    form |= {"action": "submit", "csrf_token": browser.csrf_token}
    answer = client.post(f"/reports/{before.id}", data=form)
    assert answer.status_code == 500
    assert "secret of the inside" not in answer.text
    assert "Traceback" not in answer.text
    assert site.city.report("1-1-1") == before
    assert site.city.count(t.AuditEntry, t.Outbox, t.Submission) == rows


# V3: the browser


def test_every_answer_says_what_the_browser_may_do_with_it(halls: TwoHalls) -> None:
    """3.4.3, 3.4.5, 14.3.2: the policy, the referrer and that nothing of it is kept."""
    client = TestClient(halls.site.app, BASE_URL, raise_server_exceptions=False, follow_redirects=False)
    client.cookies = halls.browser("planning").client.cookies
    wrong = []
    for route in every_route(halls.site.app):
        if route.method != "GET":
            continue
        response = client.get(route.address(halls.values(route.path, halls.theirs)))
        if response.status_code >= 500:
            continue  # made without the middleware; it holds nothing of anybody
        policy = response.headers["content-security-policy"]
        keeps = response.headers["cache-control"]
        is_own = "default-src 'none'" in policy and "sandbox" in policy
        is_strict = all(part in policy for part in ("default-src 'self'", "base-uri 'none'", "object-src 'none'"))
        if not (is_own or is_strict) or "unsafe-eval" in policy or "script-src" in policy:
            wrong.append((route, policy))
        allowed = {
            "no-store",
            "public, max-age=300" if route.path.startswith("/public/") else _MAY_KEEP.get(route.path),
        }
        if keeps not in allowed or response.headers["referrer-policy"] != "same-origin":
            wrong.append((route, keeps))
        if response.headers["x-content-type-options"] != "nosniff":
            wrong.append((route, "nosniff"))
    assert wrong == []


_MAY_KEEP = {
    "/attachments/{attachment_id}": "private, no-cache",
}
"""Pictures: kept by the browser that was shown them, which asks each time whether it still may show them."""


def _changing(app: FastAPI) -> list[Route]:
    return [route for route in every_route(app) if route.changes and not route.is_api]


def test_no_form_is_taken_without_the_token_of_its_session(halls: TwoHalls) -> None:
    before = halls.rows(halls.theirs, but=(t.SignedInSession,))
    for who in ("planning", "administrator"):
        client = halls.browser(who).client
        for route in _changing(halls.site.app):
            if route.path in _OWN_PAGE:
                continue
            address = route.address(halls.values(route.path, halls.theirs))
            for headers in ({}, {"X-CSRF-Token": "guessed"}):
                assert client.request(route.method, address, headers=headers).status_code == 403, route
    assert halls.rows(halls.theirs, but=(t.SignedInSession,)) == before


def test_no_page_of_another_site_sends_the_forms_before_sign_in(halls: TwoHalls) -> None:
    assert {route.path for route in _changing(halls.site.app)} >= _OWN_PAGE
    for path in _OWN_PAGE:
        address = Route("POST", path).address(halls.values(path, halls.theirs))
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            answer = halls.site.stranger().client.post(address, data={"email": "x@y.example"}, headers=headers)
            assert answer.status_code == 403, (path, headers)


def test_to_look_changes_nothing_whoever_looks_at_whatever(halls: TwoHalls) -> None:
    """Every GET and HEAD of the application, by everybody."""
    of_projects = "member" if _has(halls, "member") else "information_staff"
    browsers = [halls.browser(who).client for who in ("planning", "administrator", of_projects)]
    before = halls.rows(halls.theirs, but=(t.SignedInSession,))
    for browser in (*browsers, halls.site.stranger().client):
        client = TestClient(halls.site.app, BASE_URL, raise_server_exceptions=False, follow_redirects=False)
        client.cookies = browser.cookies
        for route in every_route(halls.site.app):
            if not route.changes:
                client.get(route.address(halls.values(route.path, halls.theirs)))
    assert halls.rows(halls.theirs, but=(t.SignedInSession,)) == before


def _has(halls: TwoHalls, who: str) -> bool:
    with halls.database.reading(EVERY_MUNICIPALITY) as session:
        return session.exec(select(t.User).where(t.User.email == email_of(who))).first() is not None


def test_cookies_are_bound_to_this_host_and_to_https(site: Site) -> None:
    browser = site.stranger()
    browser.post("/language", {"language": "en", "whose": "browser"})
    asked = browser.client.post("/sign-in/code", data={"email": STAFF})
    entered = browser.client.post("/sign-in", data={"email": STAFF, "password": PASSWORD})
    left = site.browser("information_staff")
    gone = left.client.post("/sign-out", data={"csrf_token": left.csrf_token})
    cookies = [one for answer in (asked, entered, gone) for one in answer.headers.get_list("set-cookie")]
    assert len(cookies) >= 5
    for cookie in cookies:
        assert cookie.startswith("__Host-meguru_"), cookie
        for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
            assert part in cookie, cookie


def test_a_cookie_that_another_host_of_the_domain_could_set_opens_nothing(site: Site) -> None:
    token = site.browser("information_staff").client.cookies[SECURE_SESSION]
    planted = site.stranger()
    planted.client.cookies.set("meguru_session", token)
    assert planted.get("/requests").status == 303


# V4: behind a proxy


def test_only_the_proxies_of_the_settings_say_where_a_request_comes_from(
    empty: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEGURU_TRUSTED_PROXIES", "192.0.2.7")
    said: dict[str, object] = {}
    monkeypatch.setattr("uvicorn.run", lambda *_, **options: said.update(options))
    cli.web()
    assert said["forwarded_allow_ips"] == "192.0.2.7"
    assert "reload" not in said


def test_another_address_in_a_header_does_not_start_the_count_of_attempts_anew(site: Site) -> None:
    answers = [
        site.stranger().client.post(
            "/sign-in",
            data={"email": STAFF, "password": "wrong"},
            headers={"X-Forwarded-For": f"192.0.2.{n}", "X-Real-IP": f"192.0.2.{n}", "Forwarded": f"for=192.0.2.{n}"},
        )
        for n in range(11)
    ]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]


# V6, V7: signing in


def test_a_new_installation_has_no_account(blank: Installation) -> None:
    blank.good("db", "upgrade")
    blank.good("plan", "import", ROOT / "plans" / "iizuka-ict.yaml")
    assert blank.count(t.User) == (0,)


def _asked_for_code(site: Site, browser: Browser) -> str:
    assert browser.post("/sign-in/code", {"email": STAFF}).status == 303
    found = re.search(r"\b\d{8}\b", str(site.mailer.sent[-1].get_content()))
    assert found is not None
    return found.group()


def test_a_code_fits_only_in_the_browser_that_asked_for_it(site: Site) -> None:
    asking, other = site.stranger(), site.stranger()
    code = _asked_for_code(site, asking)
    assert other.post("/sign-in/confirm", {"email": STAFF, "code": code}).status == 401
    assert asking.post("/sign-in/confirm", {"email": STAFF, "code": code}).status == 303


def test_a_code_of_an_earlier_asking_does_not_fit_a_later_one(site: Site) -> None:
    browser = site.stranger()
    first = _asked_for_code(site, browser)
    second = _asked_for_code(site, browser)
    assert browser.post("/sign-in/confirm", {"email": STAFF, "code": first}).status == 401
    assert browser.post("/sign-in/confirm", {"email": STAFF, "code": second}).status == 303


@pytest.mark.parametrize("means", ["password", "code"])
def test_signing_in_again_ends_the_session_that_was(site: Site, means: str) -> None:
    browser = site.browser("citizens_staff")
    before = browser.client.cookies[SECURE_SESSION]
    if means == "password":
        assert browser.post("/sign-in", {"email": STAFF, "password": PASSWORD}).status == 303
    else:
        code = _asked_for_code(site, browser)
        assert browser.post("/sign-in/confirm", {"email": STAFF, "code": code}).status == 303
    copy = site.stranger()
    copy.client.cookies.set(SECURE_SESSION, before)
    assert copy.get("/requests").status == 303, "whoever kept the old cookie"


# V13, V15, V16


def test_nothing_of_the_inside_is_shown(site: Site) -> None:
    assert not site.app.debug
    assert not any(getattr(route.app, "debug", False) for route in site.app.routes if hasattr(route, "app"))
    stranger = site.stranger()
    for path in ("/docs", "/redoc", "/openapi.json", "/api/v1/docs", "/.env", "/.git/config", "/static/../settings.py"):
        assert stranger.get(path).status == 404, path


MORE: Mapping[str, str] = {
    "office": "administrator",
    "is_active": "false",
    "municipality_id": "1",
    "user_id": "1",
    "id": "1",
    "state": "approved",
    "approved_at": "2020-01-01",
    "password_hash": "x",
    "submitted_by_id": "1",
}
"""What no form of the people below asks for."""


def test_what_a_form_does_not_ask_for_is_not_taken_from_it(site: Site) -> None:
    browser, before = site.browser("information_staff"), site.city.user("information_staff")
    report = site.city.report("1-1-1")
    form = {"answer.achievements": "書いた", "revision": str(report.revision), "action": "save", **MORE}
    assert browser.post(f"/reports/{report.id}", form).status == 303
    after = site.city.report("1-1-1")
    assert (after.answers["achievements"], _untouched(after)) == ("書いた", _untouched(report))
    browser.post("/settings/mails", {"wish": "", "language": "ja", **MORE})
    browser.post("/settings/password", {"old": PASSWORD, "new": "four calm otters swim", "again": "x", **MORE})
    assert site.city.user("information_staff") == before
    token = _token(site)
    body = {"report": report.id, "answers": {}, "action": "submit", "revision": after.revision, "state": "approved"}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "0123456789"}
    answer = browser.client.post("/api/v1/reports", json=body, headers=headers)
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, ["state"])


def _untouched(report: t.ProgressReport) -> dict[str, object]:
    return report.model_dump(exclude={"answers", "revision", "edited_at", "edited_by_id"})


def _token(site: Site) -> str:
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        return sign_in.issue_api_token(session, STAFF, "test", site.clock())


def test_no_route_changes_the_audit_log(halls: TwoHalls) -> None:
    """16.4.2: by the application it is read only; what is done beneath it is tests/security/test_audit_anchor.py."""
    about = [route for route in every_route(halls.site.app) if "audit" in route.path]
    assert about
    assert not [route for route in about if route.changes]
    for file, source in sources():
        if file != ROOT / "records" / "audit.py":
            assert not re.search(r"\b(delete|update)\(t\.Audit", source), file
            assert "AuditEntry(" not in source.replace("class AuditEntry(", ""), file
