"""OIDC sign-in against a real provider: who is let in, what is not believed, and what the groups make of somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.roles import Office
from tests.city import City, email_of
from tests.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    Provider,
    new_key,
    serving_provider,
    signed_with_the_public_key,
    unsigned,
)
from tests.web.conftest import BASE_URL, SECURE_SESSION, Answer, Browser, Clock, Site, site_of
from tests.web.test_organisation_in_english import japanese_in
from web.routes.oidc import JOURNEY_COOKIE

JOURNEY = f"__Secure-{JOURNEY_COOKIE}"


STAFF = email_of("information_staff")
HANAKO: Claims = {"sub": "4711", "email": STAFF, "email_verified": True, "name": "佐藤 花子"}


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def running(clock: Clock) -> Iterator[Provider]:
    with serving_provider(clock) as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    """As if it had just been started, 佐藤 花子 at its screen."""
    fresh = Provider(running.address, running.keys, running.now, HANAKO)
    for name, value in vars(fresh).items():
        setattr(running, name, value)
    return running


def with_settings(site: Site, **update: Any) -> Site:
    """The installation with other settings; what it knew of the provider is forgotten."""
    parts = site.app.state.parts
    site.app.state.parts = replace(parts, settings=parts.settings.model_copy(update=update))
    if hasattr(site.app.state, "issuer"):
        del site.app.state.issuer
    return site


@pytest.fixture
def site(real_city: City, provider: Provider, clock: Clock) -> Site:
    return with_settings(
        site_of(real_city, clock),
        oidc_issuer=provider.address,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        oidc_name="職員ポータル",
    )


def depart(browser: Browser, next: str = "/requests") -> str:
    """Press the button, sign in there: the address to which the provider sends the browser back."""
    left = browser.get(f"/sign-in/oidc?next={next}")
    assert left.status == 303
    back = httpx2.get(left.to).headers["location"]
    assert back.startswith(f"{BASE_URL}/sign-in/oidc/callback?")
    return back.removeprefix(BASE_URL)


def sign_in(browser: Browser, next: str = "/requests") -> Answer:
    return browser.get(depart(browser, next))


def sessions(site: Site) -> int:
    with site.city.database.reading(EVERY_MUNICIPALITY) as session:
        return len(session.exec(select(t.SignedInSession)).all())


def identities(site: Site) -> list[tuple[int, str, str]]:
    with site.city.database.reading(EVERY_MUNICIPALITY) as session:
        return [(one.user_id, one.issuer, one.subject) for one in session.exec(select(t.ExternalIdentity))]


def change(site: Site, who: str, **values: Any) -> None:
    with site.city.database.writing(site.city.municipality) as session:
        user = session.merge(site.city.user(who))
        for name, value in values.items():
            setattr(user, name, value)
        session.add(user)


def test_the_citys_sign_in_leads_to_the_page_that_was_asked_for(site: Site, provider: Provider) -> None:
    browser = site.stranger()
    asked = browser.get("/requests")
    page = browser.get(asked.to)
    assert "職員ポータルでサインイン" in page.words
    assert 'href="/sign-in/oidc?next=/requests"' in page.text
    answer = sign_in(browser)
    assert (answer.status, answer.to) == (303, "/requests")
    assert browser.get("/requests").status == 200
    assert site.city.audited()[-2:] == ["user.identity_linked", "user.signed_in"]
    assert identities(site) == [(site.city.user("information_staff").id, provider.address, "4711")]


def test_what_is_asked_of_the_provider_is_the_code_flow_with_proof(site: Site, provider: Provider) -> None:
    left = urlsplit(site.stranger().get("/sign-in/oidc").to)
    asked = {name: values[0] for name, values in parse_qs(left.query).items()}
    assert f"{left.scheme}://{left.netloc}{left.path}" == f"{provider.address}/authorize"
    assert asked["response_type"] == "code"
    assert asked["scope"] == "openid email profile"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{BASE_URL}/sign-in/oidc/callback"
    assert min(len(asked[secret]) for secret in ("state", "nonce", "code_challenge")) >= 43


def test_leaving_changes_nothing_and_keeps_its_secrets_from_scripts_and_other_sites(site: Site) -> None:
    before, browser = site.city.audited(), site.stranger()
    response = browser.client.get("/sign-in/oidc")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(JOURNEY)
    for part in ("HttpOnly", "SameSite=lax", "Secure", "Path=/sign-in/oidc", "Max-Age=600"):
        assert part in cookie
    assert (sessions(site), site.city.audited()) == (0, before)


def test_the_second_time_the_account_is_known_by_its_subject_whatever_the_address(
    site: Site, provider: Provider
) -> None:
    sign_in(site.stranger())
    provider.claims = {"sub": "4711", "email": email_of("planning"), "email_verified": True}
    again = site.stranger()
    assert sign_in(again).to == "/requests"
    assert "佐藤 花子" in again.get("/requests").words
    assert len(identities(site)) == 1


def test_an_address_that_passed_to_somebody_else_does_not_open_the_old_account(site: Site, provider: Provider) -> None:
    sign_in(site.stranger())
    provider.claims = {**HANAKO, "sub": "4712"}
    answer = sign_in(site.stranger())
    assert (answer.status, "別の人に結び付いています" in answer.words) == (403, True)
    assert sessions(site) == 1


def token_without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def token_with(**values: Any) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, **values}


SPOILT = {
    "another nonce": token_with(nonce="another"),
    "no nonce": token_without("nonce"),
    "another audience": token_with(aud="another"),
    "another audience by this party": token_with(aud="another", azp=CLIENT_ID),
    "two audiences and no party": token_with(aud=[CLIENT_ID, "another"]),
    "another party": token_with(azp="another"),
    "another issuer": token_with(iss="https://evil.example"),
    "expired": lambda claims: {**claims, "iat": claims["iat"] - 900, "exp": claims["iat"] - 61},
    "issued tomorrow": lambda claims: {**claims, "iat": claims["iat"] + 86_400, "exp": claims["exp"] + 86_400},
    "another access token": token_with(at_hash="c29tZXRoaW5nIGVsc2U"),
    "no subject": token_with(sub=""),
    "no expiry": token_without("exp"),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_token_that_is_not_for_this_sign_in_is_not_believed(site: Site, provider: Provider, spoilt: str) -> None:
    provider.spoil = SPOILT[spoilt]
    browser = site.stranger()
    answer = sign_in(browser)
    assert (answer.status, "サインインを確かめられませんでした" in answer.words) == (400, True)
    assert "もう一度サインインしてください" in answer.words
    assert (sessions(site), identities(site)) == (0, [])
    assert browser.get("/requests").status == 303


def test_clocks_may_differ_by_a_minute(site: Site, provider: Provider) -> None:
    provider.spoil = lambda claims: {**claims, "iat": claims["iat"] + 50}
    assert sign_in(site.stranger()).to == "/requests"


@pytest.mark.parametrize("forged", ["none", "public key as secret", "another key", "another key of the same name"])
def test_a_token_that_the_provider_did_not_sign_is_not_believed(site: Site, provider: Provider, forged: str) -> None:
    stranger = new_key()
    named = {**stranger.as_dict(private=True), "kid": str(provider.key.kid)}
    forgers: dict[str, Callable[[Claims], str]] = {
        "none": unsigned,
        "public key as secret": signed_with_the_public_key(provider),
        "another key": replace(provider, keys=[stranger]).sign,
        "another key of the same name": replace(provider, keys=[type(stranger).import_key(named)]).sign,
    }
    provider.signed = forgers[forged]
    assert sign_in(site.stranger()).status == 400
    assert sessions(site) == 0


def test_a_new_key_of_the_provider_is_asked_for_once(site: Site, provider: Provider) -> None:
    sign_in(site.stranger())
    sign_in(site.stranger())
    assert provider.asked.count("/keys") == 1
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    provider.keys.append(new_key())
    assert sign_in(site.stranger()).to == "/requests"
    assert provider.asked.count("/keys") == 2
    provider.signed = replace(provider, keys=[new_key()]).sign
    assert sign_in(site.stranger()).status == 400
    assert provider.asked.count("/keys") == 3


def test_a_code_and_its_state_work_once(site: Site) -> None:
    browser = site.stranger()
    back = depart(browser)
    kept = browser.client.cookies[JOURNEY]
    assert browser.get(back).to == "/requests"
    again = browser.get(back)
    assert (again.status, "サインインを続けられませんでした" in again.words) == (400, True)
    browser.client.cookies.set(JOURNEY, kept)
    assert browser.get(back).status == 400, "the provider takes its code once"
    assert sessions(site) == 1


def test_nobody_is_signed_in_by_an_address_of_somebody_else(site: Site) -> None:
    attackers, victims = site.stranger(), site.stranger()
    back = depart(attackers)
    assert victims.get(back).status == 400, "never left"
    depart(victims)
    assert "サインインを続けられませんでした" in victims.get(back).words, "left with another state"
    assert sessions(site) == 0


@pytest.mark.parametrize("cookie", ["", "x", "eyJhbGciOiJub25lIn0.eyJzdGF0ZSI6IngifQ."])
def test_a_journey_that_we_did_not_sign_leads_nowhere(site: Site, cookie: str) -> None:
    browser = site.stranger()
    browser.client.cookies.set(JOURNEY, cookie)
    assert browser.get("/sign-in/oidc/callback?state=x&code=y").status == 400


def test_a_journey_of_more_than_ten_minutes_starts_anew(site: Site, clock: Clock) -> None:
    browser = site.stranger()
    back = depart(browser)
    began = clock.at
    clock.passes(minutes=10)
    answer = browser.get(back)
    clock.at = began
    assert (answer.status, "時間がたったか" in answer.words) == (400, True)


def test_the_session_is_new_whatever_the_browser_brought(site: Site) -> None:
    browser = site.stranger()
    browser.client.cookies.set(SECURE_SESSION, "planted")
    back = depart(browser)
    response = browser.client.get(back)
    tokens = [c for c in response.headers.get_list("set-cookie") if c.startswith(SECURE_SESSION)]
    assert len(tokens) == 1
    assert "planted" not in tokens[0]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/%5Cevil.example"])
def test_next_leads_only_to_pages_of_this_application(site: Site, elsewhere: str) -> None:
    assert sign_in(site.stranger(), elsewhere).to == "/"


def test_an_address_counts_only_when_it_is_verified(site: Site, provider: Provider) -> None:
    for said in ({"email_verified": False}, {}):
        provider.claims = {"sub": "4711", "email": STAFF, **said}
        answer = sign_in(site.stranger())
        assert (answer.status, "確認済みのメールアドレスが伝えられない" in answer.words) == (403, True)
        assert STAFF not in answer.words
    with_settings(site, oidc_trusts_mail=True)
    provider.claims = {"sub": "4711", "email": STAFF, "email_verified": False}
    assert sign_in(site.stranger()).status == 403, "the provider itself says that it is not"
    provider.claims = {"sub": "4711", "email": STAFF}
    assert sign_in(site.stranger()).to == "/requests"


def test_what_the_token_leaves_out_is_asked_for(site: Site, provider: Provider) -> None:
    provider.claims = {"sub": "4711"}
    provider.user_info = {**HANAKO, "sub": "4712"}
    assert sign_in(site.stranger()).status == 400, "of another person"
    provider.user_info = HANAKO
    assert sign_in(site.stranger()).to == "/requests"


def test_an_unknown_person_reads_whom_to_ask_and_gets_no_account(site: Site, provider: Provider) -> None:
    provider.claims = {**HANAKO, "email": "new@city.example"}
    answer = sign_in(site.stranger())
    assert answer.status == 403
    assert "管理者（情報担当課など）に、次のメールアドレスの登録を依頼してください" in answer.words
    assert "new@city.example" in answer.words
    assert (sessions(site), identities(site)) == (0, [])


def test_an_account_is_made_where_the_city_wants_it(site: Site, provider: Provider) -> None:
    with_settings(
        site, oidc_creates_accounts=True, oidc_municipality="iizuka", oidc_roles="kikaku=planning, jouhou=administrator"
    )
    provider.claims = {**HANAKO, "email": "New@City.example", "groups": ["kikaku"]}
    assert sign_in(site.stranger(), "/desk").to == "/desk"
    with site.city.database.reading(site.city.municipality) as session:
        made = session.exec(select(t.User).where(t.User.email == "new@city.example")).one()
        assert (made.name, made.office, made.password_hash) == ("佐藤 花子", Office.PLANNING, None)
        assert session.exec(select(t.Appointment).where(t.Appointment.user_id == made.id)).all() == []
    assert site.city.audited()[-4:] == [
        *("user.created", "user.identity_linked", "user.office_changed", "user.signed_in"),
    ]


@pytest.mark.parametrize("left", [{"is_active": False}, {"is_active": False, "left_on": "today"}])
def test_who_is_blocked_or_left_does_not_get_in(site: Site, left: dict[str, Any], clock: Clock) -> None:
    sign_in(site.stranger())
    if "left_on" in left:
        left = {**left, "left_on": clock.at.date()}
    change(site, "information_staff", **left)
    answer = sign_in(site.stranger())
    assert (answer.status, "このアカウントは停止されています" in answer.words) == (403, True)
    assert sessions(site) == 1


def test_people_of_another_municipality_do_not_come_in_by_this_ones_sign_in(site: Site, provider: Provider) -> None:
    provider.claims = {**HANAKO, "email": email_of("neighbour_staff")}
    with_settings(site, oidc_municipality="iizuka")
    assert sign_in(site.stranger()).status == 403
    with_settings(site, oidc_municipality="nowhere")
    assert sign_in(site.stranger()).status == 403
    with_settings(site, oidc_municipality="")
    assert sign_in(site.stranger()).to == "/requests"
    assert identities(site) == [(site.city.user("neighbour_staff").id, provider.address, "4711")]


def test_an_address_in_two_municipalities_is_nobodys(site: Site) -> None:
    with site.city.database.writing(site.city.neighbour) as session:
        session.add(t.User(email=STAFF, name="別人"))
    assert "どの市町村の利用者か" in sign_in(site.stranger()).words
    assert sign_in(with_settings(site, oidc_municipality="iizuka").stranger()).to == "/requests"


def test_the_office_follows_the_groups_that_are_mapped_to_one(site: Site, provider: Provider) -> None:
    with_settings(site, oidc_roles="kikaku=planning", oidc_groups_claim="roles")

    def office_with(**claims: Any) -> Office:
        provider.claims = {**HANAKO, **claims}
        assert sign_in(site.stranger()).status == 303
        return site.city.user("information_staff").office

    assert office_with(roles=["kikaku", "somu"]) is Office.PLANNING
    entries = site.city.audited()
    assert entries[-3:] == ["user.identity_linked", "user.office_changed", "user.signed_in"]
    assert office_with(roles="kikaku") is Office.PLANNING
    assert site.city.audited() == [*entries, "user.signed_in"], "nothing changed"
    assert office_with(_claim_names={"roles": "src1"}) is Office.PLANNING, "very many groups: not told"
    assert office_with() is Office.NONE
    change(site, "information_staff", office=Office.ADMINISTRATOR)
    assert office_with(roles=["somu"]) is Office.ADMINISTRATOR, "no group gives it, so none takes it away"


def test_without_a_mapping_groups_mean_nothing(site: Site, provider: Provider) -> None:
    provider.claims = {**HANAKO, "groups": ["administrator", "planning"]}
    sign_in(site.stranger())
    assert site.city.user("information_staff").office is Office.NONE


def test_a_sign_in_that_was_broken_off_says_so(site: Site, provider: Provider) -> None:
    provider.declines = "access_denied"
    assert "サインインは取りやめになりました" in sign_in(site.stranger()).words
    provider.declines = "server_error"
    assert sign_in(site.stranger()).status == 400


def test_a_provider_that_is_down_does_not_keep_anybody_from_signing_in_otherwise(
    site: Site, provider: Provider
) -> None:
    with_settings(site, oidc_issuer="http://127.0.0.1:9")
    browser = site.stranger()
    assert browser.get("/sign-in").status == 200, "needs nothing of the provider"
    answer = browser.get("/sign-in/oidc")
    assert (answer.status, "職員ポータルにつながりません" in answer.words) == (503, True)
    assert "パスワードか確認コードでもサインインできます" in answer.words
    local = {"email": STAFF, "password": "correct horse battery"}
    assert browser.post("/sign-in", local, csrf=False).status == 303


def test_what_is_not_this_issuers_document_is_not_used(site: Site, provider: Provider, clock: Clock) -> None:
    provider.extra_metadata = {"issuer": "https://evil.example"}
    assert site.stranger().get("/sign-in/oidc").status == 503
    provider.extra_metadata = {}
    assert site.stranger().get("/sign-in/oidc").status == 503, "nobody waits for it again at once"
    clock.passes(seconds=10)
    assert site.stranger().get("/sign-in/oidc").status == 303


def test_an_answer_in_another_issuers_name_is_not_believed(site: Site, provider: Provider) -> None:
    browser = site.stranger()
    assert browser.get(f"{depart(browser)}&iss=https://evil.example").status == 400
    provider.extra_metadata = {"authorization_response_iss_parameter_supported": True}
    with_settings(site)
    assert sign_in(browser).status == 400, "it promises to name itself"
    assert browser.get(f"{depart(browser)}&iss={provider.address}").status == 303


def test_signing_out_offers_to_sign_out_there_too(site: Site, provider: Provider) -> None:
    provider.extra_metadata = {"end_session_endpoint": f"{provider.address}/logout"}
    browser = site.stranger()
    sign_in(browser)
    token = browser.get("/requests").field("csrf_token")
    assert browser.post("/sign-out", {"csrf_token": token}, csrf=False).to == "/sign-in?ended=oidc"
    assert sessions(site) == 0
    page = browser.get("/sign-in?ended=oidc")
    assert "職員ポータルからもサインアウトする" in page.words
    there = urlsplit(browser.get("/sign-in/oidc/sign-out").to)
    assert there.path == "/logout"
    assert parse_qs(there.query) == {"client_id": [CLIENT_ID], "post_logout_redirect_uri": [f"{BASE_URL}/sign-in"]}
    provider.extra_metadata = {}
    with_settings(site)
    assert "ブラウザーをすべて閉じてください" in browser.get("/sign-in/oidc/sign-out").words


def test_passwords_and_codes_can_be_switched_off(site: Site) -> None:
    with_settings(site, local_sign_in=False)
    browser = site.stranger()
    page = browser.get("/sign-in")
    assert ("職員ポータルでサインイン" in page.words, "パスワード" in page.words, "確認コード" in page.words) == (
        *(True, False, False),
    )
    form = {"email": STAFF, "password": "correct horse battery", "code": "00000000"}
    answers = [
        browser.post(path, form, csrf=False).status for path in ("/sign-in", "/sign-in/code", "/sign-in/confirm")
    ]
    assert [*answers, browser.get("/sign-in/confirm").status] == [404] * 4
    assert sign_in(browser).status == 303
    assert site.mailer.sent == []


def test_without_an_issuer_there_is_no_such_way_in(real_city: City, clock: Clock) -> None:
    plain = site_of(real_city, clock).stranger()
    assert "/sign-in/oidc" not in plain.get("/sign-in").text
    assert [plain.get(f"/sign-in/oidc{path}").status for path in ("", "/callback", "/sign-out")] == [404] * 3


def test_coming_back_too_often_is_stopped(site: Site) -> None:
    browser = site.stranger()
    answers = [browser.get("/sign-in/oidc/callback?state=x&code=y").status for _ in range(201)]
    assert answers == [400] * 200 + [429]


def test_the_logs_name_no_person(site: Site, provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    provider.claims = {**HANAKO, "email": "new@city.example"}
    sign_in(site.stranger())
    provider.claims, provider.spoil = HANAKO, token_with(nonce="x")
    sign_in(site.stranger())
    said = [record.getMessage() for record in caplog.records if record.name == "meguru.sign_in"]
    assert len(said) == 2
    assert not [line for line in said for personal in ("@", "4711", "佐藤") if personal in line]


def test_the_pages_read_in_english(site: Site, provider: Provider) -> None:
    with_settings(site, oidc_name="Staff Portal")
    browser = site.stranger()
    browser.client.cookies.set("__Host-meguru_language", "en")
    pages = [browser.get(path) for path in ("/sign-in", "/sign-in?ended=oidc", "/sign-in/oidc/callback?state=x")]
    pages.append(browser.get("/sign-in/oidc/sign-out"))
    provider.claims = {"sub": "4711", "email": "new@city.example", "email_verified": True}
    pages.append(sign_in(browser))
    provider.claims = {"sub": "4711"}
    pages.append(sign_in(browser))
    provider.declines = "access_denied"
    pages.append(sign_in(browser))
    with_settings(site, oidc_issuer="http://127.0.0.1:9")
    pages.append(browser.get("/sign-in/oidc"))
    assert [japanese_in(page) for page in pages] == [[]] * len(pages)
