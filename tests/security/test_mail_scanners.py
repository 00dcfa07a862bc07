"""Programs open every link of every mail before its reader does: nothing may come of it, and the reader's click works.

A scanner of the mail server knows nobody's session; one in the reader's own mail program opens links in the browser in
which they are signed in. Both come again and again, by HEAD and by GET.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from mail.compose import TEMPLATES
from records import sign_in
from tests.city import COMPLETE, City, email_of
from tests.city_fixtures import real_city, real_city_template
from tests.db.test_scope import TABLES
from tests.dx_city import LEADER, MONDAY, PLANNER, DxCity, nine
from tests.dx_city_fixtures import dx_city, dx_city_template
from tests.project_city import AT as LOOKED_AT
from tests.project_city import ProjectCity
from tests.project_city_fixtures import project_city
from tests.web.conftest import SECURE_SESSION, Clock, Site, site_of

__all__ = ["dx_city", "dx_city_template", "project_city", "real_city", "real_city_template"]

LINKS = {
    "notice": {"/requests/"},
    "reminder": {"/requests/"},
    "escalation": {"/requests/"},
    "approval_request": {"/approvals?request="},
    "return": {"/reports/", "/requests/"},
    "check_in": {"/check-ins/"},
    "matter": {"/matters/"},
    "successor": {"/desk/seats/"},
    "meeting": {"/meetings/"},
    "invitation": {"/meetings/"},
    "digest": {"/", "/settings/mails"},
    "login_code": set[str](),
}
"""Kind of mail → how the addresses in it begin. A digest repeats those of its mails."""
LETTERS = Path(__file__).parents[2] / "letters"


def test_every_mail_and_every_link_that_letters_write_is_in_the_table() -> None:
    kinds = {folder.name for folder in TEMPLATES.iterdir() if folder.is_dir() and (folder / "body").exists()}
    assert kinds - {"layout"} == set(LINKS)
    written = {
        address
        for file in LETTERS.glob("*.py")
        for address in re.findall(r"\{base_url\}(/[^{\"]*)", file.read_text(encoding="utf-8"))
    }
    assert written == {address for addresses in LINKS.values() for address in addresses}
    for template in TEMPLATES.glob("*/body"):
        assert "://" not in template.read_text(encoding="utf-8"), "no mail has an address of its own"


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, but who is signed in since when."""
    with database.engine.connect() as connection:
        return {
            table.__name__: [tuple(row) for row in connection.execute(table.__table__.select())]
            for table in TABLES
            if table is not t.SignedInSession
        }


def scan(client: TestClient, address: str) -> None:
    for _ in range(10):
        client.head(address)
        client.get(address)


def signed_in(site: Site, email: str) -> TestClient:
    with site.city.database.reading(EVERY_MUNICIPALITY) as session:
        user = session.exec(select(t.User).where(t.User.email == email)).one()
    with site.city.database.writing(user.municipality_id) as session:
        token = sign_in.start_session(session, user, site.clock(), 10).token
    client = site.stranger().client
    client.cookies.set(SECURE_SESSION, token)
    return client


def opened_safely(site: Site, email: str, address: str) -> None:
    """The address is scanned by both kinds of scanner; then its reader opens it."""
    reader = signed_in(site, email)
    before = everything(site.city.database)
    for client in (site.stranger().client, reader):
        scan(client, address)
    assert everything(site.city.database) == before, address
    assert reader.get(address).status_code == 200, address


@pytest.fixture
def site(real_city: City) -> Site:
    return site_of(real_city, Clock())


def test_a_scanner_changes_nothing_and_the_report_is_still_sent_in(site: Site) -> None:
    city = site.city
    report, request = city.reports["1-1-1"], city.requests["information"]
    for who in ("information_staff", "information_chief", "information_director"):
        opened_safely(site, email_of(who), f"/requests/{request}")
    opened_safely(site, email_of("information_staff"), f"/reports/{report}")
    for address in ("/requests", "/settings/mails"):
        opened_safely(site, email_of("information_staff"), address)
    scan(site.stranger().client, "/")
    answer = site.browser("information_staff").write(report, COMPLETE, city.report("1-1-1").revision)
    assert answer.status == 303
    assert city.audited()[-1] == "report.submitted"


def test_a_scanner_approves_nothing_and_the_head_still_does(site: Site) -> None:
    site.city.submit("1-1-1", "information_staff")
    request = site.city.requests["information"]
    opened_safely(site, email_of("information_head"), f"/approvals?request={request}")
    assert "report.approved" not in site.city.audited()
    assert site.browser("information_head").post(f"/reports/{site.city.reports['1-1-1']}/approve").status == 303
    assert site.city.audited()[-1] == "report.approved"


def test_a_scanner_uses_up_no_code(site: Site) -> None:
    email = email_of("information_staff")
    browser = site.stranger()
    assert browser.post("/sign-in/code", {"email": email}).status == 303
    before = everything(site.city.database)
    for client in (site.stranger().client, browser.client):
        for address in ("/sign-in", "/sign-in/confirm", "/sign-in/confirm?next=/requests"):
            scan(client, address)
    assert everything(site.city.database) == before
    code = re.search(r"\b\d{8}\b", str(site.mailer.sent[0].get_content()))
    assert code is not None
    assert browser.post("/sign-in/confirm", {"email": email, "code": code.group()}).status == 303
    assert browser.get("/requests").status == 200


def site_of_inquiries(dx_city: DxCity) -> Site:
    ids = dict.fromkeys(("neighbour", "plan", "cycle", "round", "neighbours_report", "neighbours_request"), 0)
    city = City(dx_city.database, dx_city.municipality, departments={}, requests={}, reports={}, **ids)
    return site_of(city, Clock(nine(MONDAY)))


ASKED: dict[str, tuple[Callable[..., t.Inquiry], str]] = {
    "a matter": (DxCity.matter, "/matters/1"),
    "a vacant seat": (DxCity.vacancy, "/desk/seats/1"),
    "a meeting": (DxCity.meeting, "/meetings/1"),
}


@pytest.mark.parametrize(("asks", "address"), ASKED.values(), ids=ASKED.keys())
def test_a_scanner_answers_no_inquiry(dx_city: DxCity, asks: Callable[..., t.Inquiry], address: str) -> None:
    with dx_city.writing() as session:
        asks(dx_city, session)
    site = site_of_inquiries(dx_city)
    reader = LEADER if "seats" in address else PLANNER
    opened_safely(site, reader, address)


def test_a_scanner_answers_no_check_in_and_the_team_still_does(project_city: ProjectCity) -> None:
    site, check_in = site_of(project_city.city, Clock(LOOKED_AT)), project_city.ask()
    opened_safely(site, email_of("member"), f"/check-ins/{check_in}")
    project_city.answer(check_in)
