"""アカウント: what an administrator sees and changes, what stays out of reach, and everybody's own password."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from sqlmodel import col, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.ladder import Rank
from domain.mail_ledger import Outcome
from domain.roles import Office
from records import accounts, audit, sign_in
from records.change import Change
from tests.city import FOUNDED_ON, OPENED_AT, PASSWORD, email_of
from tests.web.conftest import SECURE_SESSION, Answer, Browser, Site
from tests.web.test_oidc import with_settings
from tests.web.test_organisation_in_english import japanese_in

ISSUER = {"oidc_issuer": "https://id.city.example", "oidc_client_id": "x", "oidc_client_secret": "y"}
NEW = {
    "name": "井上 光",
    "name_en": "Hikaru Inoue",
    "email": "Hikaru＠city.example",
    "language": "ja",
    "office": "none",
}
ACTIONS = ("invite", "block", "unblock", "end-sessions", "revoke-tokens", "unlink")
SECRET = "雨のち晴れの水曜日の傘立て"


@pytest.fixture
def administrator(site: Site) -> Browser:
    return site.browser("administrator")


def account(site: Site, who: str) -> str:
    return f"/admin/accounts/{site.city.user(who).id}"


def described(site: Site, who: str, **values: str) -> dict[str, str]:
    """The form of somebody's account as it stands, with some fields typed over."""
    user = site.city.user(who)
    said = {"name": user.name, "name_en": user.name_en, "email": user.email, "language": user.language}
    return {**said, "office": user.office.value, **values}


def user_of(site: Site, email: str) -> t.User:
    with site.city.database.reading(EVERY_MUNICIPALITY) as session:
        return session.exec(select(t.User).where(t.User.email == email)).one()


def entries(site: Site) -> list[tuple[str, str, dict[str, Any]]]:
    with site.city.database.reading(site.city.municipality) as session:
        assert audit.verify(session).broken_at is None
        found = session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence))).all()
    return [(entry.action, entry.actor, entry.detail) for entry in found]


def letter(site: Site) -> str:
    return base64.b64decode(str(site.mailer.sent[-1].get_payload())).decode()


def link(site: Site, who: str) -> None:
    user = site.city.user(who)
    with site.city.database.writing(site.city.municipality) as session:
        session.add(t.ExternalIdentity(user_id=user.id, issuer=ISSUER["oidc_issuer"], subject="1", linked_at=OPENED_AT))


def test_only_administrators_see_to_accounts(site: Site) -> None:
    audited = site.city.audited()
    address = account(site, "information_staff")
    for who in ("information_staff", "information_head", "planning"):
        browser = site.browser(who)
        assert [browser.get(path).status for path in ("/admin/accounts", "/admin/accounts/new", address)] == [403] * 3
        forms = ["/admin/accounts", address, *(f"{address}/{action}" for action in ACTIONS)]
        assert [browser.post(path, NEW).status for path in forms] == [403] * len(forms)
    administrator = site.browser("administrator")
    assert [administrator.post(path, NEW, csrf=False).status for path in forms] == [403] * len(forms)
    assert site.stranger().get("/admin/accounts").status == 303
    assert site.city.audited() == audited


def test_an_administrator_of_another_city_sees_and_changes_nothing_here(site: Site) -> None:
    with site.city.database.writing(site.city.neighbour) as session:
        theirs = session.merge(site.city.user("neighbour_staff"))
        theirs.office = Office.ADMINISTRATOR
        session.add(theirs)
    audited = site.city.audited()
    neighbour = site.browser("neighbour_staff")
    page = neighbour.get("/admin/accounts").words
    assert ("別府 隣" in page, "佐藤 花子" in page, "1人" in page) == (True, False, True)
    address = account(site, "information_staff")
    assert neighbour.get(address).status == 404
    forms = [address, *(f"{address}/{action}" for action in ACTIONS)]
    assert [neighbour.post(path, NEW).status for path in forms] == [404] * len(forms)
    post = {**NEW, "department": str(site.city.departments["information"]), "rank": "staff", "on": "2021-01-15"}
    assert neighbour.post("/admin/accounts", post).status == 422, "no department of theirs"
    assert neighbour.post("/admin/accounts", {**NEW, "email": email_of("planning")}).status == 303, "another account"
    assert site.city.audited() == audited


def test_the_list_says_who_may_sign_in_and_who_does(site: Site, administrator: Browser) -> None:
    staff = site.stranger()
    staff.post("/sign-in", {"email": email_of("information_staff"), "password": PASSWORD}, csrf=False)
    link(site, "information_head")
    administrator.post(f"{account(site, 'citizens_head')}/block")
    page = administrator.get("/admin/accounts")
    rows = {m[1]: m[0] for m in re.findall(r"(<tr>.*?accounts/\d+\">([^<]+)<.*?</tr>)", page.text, re.DOTALL)}
    assert len(rows) == 9
    assert "情報政策課" in rows["佐藤 花子"]
    assert "2021年1月15日（金） 09:00" in rows["佐藤 花子"]
    assert "まだありません" in rows["伊藤 直樹"]
    assert "停止中（管理者）" in rows["山本 浩"]
    assert "庁内の認証と結び付き" in rows["田中 誠"]
    assert "<strong>管理者</strong>" in rows["原田 賢治"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=佐藤", ["佐藤 花子"]),
        ("q=CITIZENS_", ["山本 浩", "伊藤 直樹"]),
        ("q=%25", []),
        ("office=planning", ["中島 さくら"]),
        ("standing=blocked", ["鈴木 健太"]),
        ("standing=left", []),
        ("standing=active&office=none&q=information", ["高橋 美香", "福田 邦夫", "田中 誠", "佐藤 花子"]),
        ("office=x&standing=x&page=x", None),
    ],
)
def test_the_list_is_searched_and_filtered(
    site: Site, administrator: Browser, query: str, found: list[str] | None
) -> None:
    administrator.post(f"{account(site, 'information_colleague')}/block")
    page = administrator.get(f"/admin/accounts?{query}")
    names = re.findall(r'<a href="/admin/accounts/\d+">([^<]+)</a>', page.text)
    assert names == found if found is not None else len(names) == 9
    assert f"{len(names)}人" in page.words


def test_a_long_list_comes_in_pages(site: Site, administrator: Browser) -> None:
    with site.city.database.writing(site.city.municipality) as session:
        session.add_all(t.User(email=f"z{n:03d}@city.example", name=f"人{n}") for n in range(60))
    first = administrator.get("/admin/accounts?q=city")
    assert "69人" in first.words
    assert "2ページ中 1ページ目" in first.words
    second = administrator.get("/admin/accounts?q=city&office=&standing=&page=2")
    assert second.text.count('<th scope="row">') == 19
    assert administrator.get("/admin/accounts?page=99").text.count('<th scope="row">') == 19


def test_a_new_person_gets_an_account_a_post_and_a_mail_that_holds_no_secret(
    site: Site, administrator: Browser
) -> None:
    form = {**NEW, "department": str(site.city.departments["citizens"]), "rank": "staff", "on": "2021-01-15"}
    answer = administrator.post("/admin/accounts", {**form, "invite": "yes"})
    user = user_of(site, "hikaru@city.example")
    assert answer.to == f"/admin/accounts/{user.id}?done=invited"
    assert (user.name, user.name_en, user.password_hash, user.municipality_id) == (
        *("井上 光", "Hikaru Inoue", None, site.city.municipality),
    )
    with site.city.database.reading(site.city.municipality) as session:
        [post] = session.exec(select(t.Appointment).where(t.Appointment.user_id == user.id)).all()
        assert (post.department_id, post.rank) == (site.city.departments["citizens"], Rank.STAFF)
    written = [entry for entry in entries(site) if entry[0] in ("user.created", "user.transferred", "user.invited")]
    assert [(action, by) for action, by, _ in written[-3:]] == [
        (action, email_of("administrator")) for action in ("user.created", "user.transferred", "user.invited")
    ]
    assert str(site.mailer.sent[-1]["To"]) == "井上 光 <hikaru@city.example>"
    assert "https://meguru.city.example/sign-in" in letter(site)
    assert "確認コード" in letter(site)
    assert not re.search(r"\d{8}|パスワード：", letter(site))
    page = administrator.get(answer.to)
    assert "サインインのしかたをメールで案内しました" in page.words


def test_the_invitation_speaks_of_the_ways_in_that_there_are(site: Site, administrator: Browser) -> None:
    address = f"{account(site, 'information_staff')}/invite"
    with_settings(site, **ISSUER, oidc_name="職員ポータル")
    administrator.post(address)
    assert "「職員ポータルでサインイン」を押す" in letter(site)
    assert "確認コード" in letter(site)
    with_settings(site, local_sign_in=False)
    administrator.post(address)
    assert "確認コード" not in letter(site)


@pytest.mark.parametrize("end", [Outcome.NOT_REACHED, Outcome.AMBIGUOUS])
def test_an_invitation_that_does_not_leave_is_told_and_the_account_stays(
    site: Site, administrator: Browser, end: Outcome
) -> None:
    site.mailer.ends[:] = [end]
    answer = administrator.post("/admin/accounts", {**NEW, "invite": "yes"})
    assert answer.to.endswith("?done=not_invited")
    assert "案内のメールを送れませんでした" in administrator.get(answer.to).words
    assert "user.invited" not in site.city.audited()
    assert user_of(site, "hikaru@city.example").is_active


def test_a_wrong_form_keeps_what_was_typed_and_names_each_field(site: Site, administrator: Browser) -> None:
    department = str(site.city.departments["citizens"])
    wrong = {**NEW, "name": " ", "email": "hikaru", "office": "king", "language": "fr", "department": department}
    answer = administrator.post("/admin/accounts", {**wrong, "on": "いつか", "rank": "staff"})
    assert (answer.status, "入力内容に問題があります（5件）" in answer.words) == (422, True)
    for field in ("name", "email", "office", "language", "on"):
        assert f'href="#{field}"' in answer.text
    assert (answer.field("email"), answer.field("name_en"), answer.field("on")) == ("hikaru", "Hikaru Inoue", "いつか")
    assert "このメールアドレスの利用者は、すでに登録されています" in (
        administrator.post("/admin/accounts", {**NEW, "email": email_of("planning")}).words
    )
    early = {**NEW, "department": department, "rank": "staff", "on": "2000-01-01"}
    assert "異動の日に存在しない部署です" in administrator.post("/admin/accounts", early).words
    assert administrator.post("/admin/accounts", {**early, "on": "2021-01-15", "rank": "planning"}).status == 422


def test_an_account_is_changed_and_the_log_says_from_what_to_what(site: Site, administrator: Browser) -> None:
    staff = site.browser("information_staff")
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        issued = sign_in.issue_code(session, email_of("information_staff"), site.clock())
    assert issued is not None
    address = account(site, "information_staff")
    form = described(site, "information_staff", email="sato@city.example", office="planning")
    assert administrator.post(address, form).to == f"{address}?done=changed"
    user = user_of(site, "sato@city.example")
    assert (user.office, user.name) == (Office.PLANNING, "佐藤 花子")
    assert entries(site)[-1] == (
        "user.changed",
        email_of("administrator"),
        {
            "before": {"email": email_of("information_staff"), "office": "none"},
            "to": {"email": "sato@city.example", "office": "planning"},
        },
    )
    assert staff.get("/desk").status == 200, "the office counts at once"
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        assert sign_in.by_code(session, "sato@city.example", issued[1], site.clock()) is None, "went to the old address"
    audited = site.city.audited()
    administrator.post(address, {**form})
    assert site.city.audited() == audited, "nothing changed"


def test_the_city_keeps_an_administrator(site: Site, administrator: Browser) -> None:
    address = account(site, "administrator")
    refused = administrator.post(address, described(site, "administrator", office="none", name="原田 賢"))
    assert (refused.status, "ほかに管理者がいなくなります" in refused.words) == (409, True)
    assert (refused.field("name"), site.city.user("administrator").name) == ("原田 賢", "原田 賢治")
    blocked = administrator.post(f"{address}/block")
    assert (blocked.status, "自分のアカウントは停止できません" in blocked.words) == (409, True)
    other = account(site, "planning")
    administrator.post(other, described(site, "planning", office="administrator"))
    administrator.post(f"{other}/block")
    assert administrator.post(address, described(site, "administrator", office="none")).status == 409, "blocked: none"
    administrator.post(f"{other}/unblock")
    assert administrator.post(address, described(site, "administrator", office="none")).to == "/"
    assert administrator.get("/admin/accounts").status == 403


def test_blocking_ends_everything_and_unblocking_brings_back_the_account(site: Site, administrator: Browser) -> None:
    staff, address = site.browser("information_staff"), account(site, "information_staff")
    with site.city.database.writing(site.city.municipality) as session:
        change = Change("test", OPENED_AT)
        token = accounts.issue_token(session, change, email_of("information_staff"), "statistics")
    assert entries(site)[-1] == ("token.issued", "test", {"name": "statistics"})
    assert "statistics（2021年1月15日（金）に発行）" in administrator.get(address).words
    assert administrator.post(f"{address}/block").to == f"{address}?done=blocked"
    assert staff.get("/requests").status == 303
    assert "停止中（管理者）" in administrator.get(address).words
    assert administrator.post(f"{address}/invite").status == 409
    administrator.post(f"{address}/unblock")
    with site.city.database.reading(EVERY_MUNICIPALITY) as session:
        assert sign_in.by_api_token(session, token) is None
    signed_in = site.stranger().post(
        "/sign-in", {"email": email_of("information_staff"), "password": PASSWORD}, csrf=False
    )
    assert signed_in.status == 303


def test_sessions_tokens_and_links_end_one_by_one(site: Site, administrator: Browser) -> None:
    staff, address = site.browser("information_staff"), account(site, "information_staff")
    with site.city.database.writing(site.city.municipality) as session:
        token = accounts.issue_token(session, Change("test", OPENED_AT), email_of("information_staff"), "api")
    link(site, "information_staff")
    assert administrator.post(f"{address}/unlink").to == f"{address}?done=unlinked"
    assert staff.get("/requests").status == 200
    administrator.post(f"{address}/end-sessions")
    assert staff.get("/requests").status == 303
    with site.city.database.reading(EVERY_MUNICIPALITY) as session:
        assert sign_in.by_api_token(session, token) is not None
    administrator.post(f"{address}/revoke-tokens")
    with site.city.database.reading(EVERY_MUNICIPALITY) as session:
        assert sign_in.by_api_token(session, token) is None
    assert [action for action, _, _ in entries(site)[-3:]] == [
        *("user.identity_unlinked", "user.sessions_ended", "token.revoked"),
    ]
    assert [administrator.post(f"{address}/{action}").status for action in ("revoke-tokens", "unlink")] == [404] * 2


def test_what_the_groups_decide_is_said_where_it_would_be_changed(site: Site, administrator: Browser) -> None:
    with_settings(site, **ISSUER, oidc_name="職員ポータル", oidc_roles="kikaku=planning")
    page = administrator.get(account(site, "information_staff")).words
    assert "計画担当の役割は、職員ポータルのグループで決まります" in page
    assert "まだ結び付いていません" in page


# The own password


def change_password(browser: Browser, old: str = PASSWORD, new: str = SECRET, again: str = "") -> Answer:
    return browser.post("/settings/password", {"old": old, "new": new, "again": again or new})


def test_everybody_changes_their_own_password_and_other_sessions_end(site: Site) -> None:
    here, elsewhere = site.browser("information_staff"), site.browser("information_staff")
    before = here.client.cookies.pop(SECURE_SESSION)
    form = {"old": PASSWORD, "new": SECRET, "again": SECRET, "csrf_token": here.csrf_token}
    response = here.client.post("/settings/password", data=form, headers={"Cookie": f"{SECURE_SESSION}={before}"})
    assert response.headers["location"] == "/settings/password?done=changed"
    assert here.client.cookies[SECURE_SESSION] != before
    assert "パスワードを設定しました" in here.get("/settings/password?done=changed").words
    assert elsewhere.get("/requests").status == 303
    account = {"email": email_of("information_staff")}
    signed_in = [
        site.stranger().post("/sign-in", {**account, "password": password}, csrf=False).status
        for password in (PASSWORD, SECRET)
    ]
    assert signed_in == [401, 303]
    assert [action for action, _, _ in entries(site)].count("user.password_set") == 1


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"old": "wrong"}, "old", "いまのパスワードが違います"),
        ({"new": "短い合い言葉"}, "new", "12文字以上"),
        ({"new": "password1234"}, "new", "推測されやすい"),
        ({"new": "Information-Staff-2021"}, "new", "推測されやすい"),
        ({"new": "雨" * 201}, "new", "200文字以内"),
        ({"again": "別の合い言葉です"}, "again", "二つの新しいパスワードが違います"),
    ],
)
def test_a_password_that_will_not_do_is_refused_and_not_shown(
    site: Site, typed: dict[str, str], field: str, said: str
) -> None:
    staff = site.browser("information_staff")
    answer = change_password(staff, **typed)
    assert (answer.status, said in answer.words, f'href="#{field}"' in answer.text) == (422, True, True)
    assert not [secret for secret in (PASSWORD, SECRET, *typed.values()) if secret in answer.text]
    assert "user.password_set" not in site.city.audited()


def test_guessing_the_old_password_is_stopped(site: Site) -> None:
    staff = site.browser("information_staff")
    assert [change_password(staff, old=f"guess {n}").status for n in range(11)] == [422] * 10 + [429]


def test_who_has_no_password_yet_decides_on_one(site: Site) -> None:
    with site.city.database.writing(site.city.municipality) as session:
        user = session.merge(site.city.user("information_staff"))
        user.password_hash = None
        session.add(user)
    staff = site.browser("information_staff")
    page = staff.get("/settings/password")
    assert ("パスワードを決める" in page.words, 'name="old"' in page.text) == (True, False)
    assert change_password(staff, old="").status == 303


def test_where_nobody_signs_in_with_a_password_there_is_no_page_for_one(site: Site) -> None:
    with_settings(site, **ISSUER, local_sign_in=False)
    staff = site.browser("information_staff")
    assert [staff.get("/settings/password").status, change_password(staff).status] == [404, 404]
    assert "/settings/password" not in staff.get("/requests").text
    assert site.stranger().get("/settings/password").status == 303


def test_the_pages_read_in_english(site: Site) -> None:
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.name = user.name_en = user.email.partition("@")[0]  # the form shows the Japanese name too
            user.language = "en"
            session.add(user)
        for row in session.exec(select(t.Department)):
            row.name_en = row.code.title()
            session.add(row)
        colleague = session.exec(select(t.User).where(t.User.email == email_of("information_colleague"))).one()
        colleague.is_active, colleague.left_on = False, FOUNDED_ON
    with_settings(site, **ISSUER, oidc_roles="x=planning", oidc_name="Staff Portal")
    link(site, "information_head")
    with site.city.database.writing(site.city.municipality) as session:
        accounts.issue_token(session, Change("test", OPENED_AT), email_of("information_head"), "api")
    administrator = site.browser("administrator")
    site.browser("information_head")
    head, oneself = account(site, "information_head"), account(site, "administrator")
    pages = [administrator.get(path) for path in ("/admin/accounts", "/admin/accounts?q=nobody", "/admin/accounts/new")]
    pages += [administrator.get(f"{head}?done={done}") for done in ("created", "invited", "changed", "not_invited")]
    pages += [administrator.get(oneself), administrator.get(account(site, "information_colleague"))]
    wrong = {"name": "", "email": "x", "language": "", "office": "", "department": "1", "on": "x"}
    pages += [administrator.post("/admin/accounts", wrong), administrator.post(head, wrong)]
    pages += [administrator.post(oneself, described(site, "administrator", office="none"))]
    pages += [administrator.post(f"{oneself}/block")]
    for done in ("blocked", "unblocked", "sessions_ended", "tokens_revoked", "unlinked"):
        pages.append(administrator.get(f"{head}?done={done}"))
    pages += [administrator.get("/settings/password"), administrator.get("/settings/password?done=changed")]
    pages += [change_password(administrator, **typed) for typed in ({"old": "x"}, {"new": "x"}, {"again": "x"})]
    pages.append(administrator.get("/desk/audit?by=administrator"))
    administrator.post(f"{head}/invite")
    assert [japanese_in(page) for page in pages] == [[]] * len(pages)
    assert not re.search(r"[ぁ-ヿ一-鿿]", letter(site))
