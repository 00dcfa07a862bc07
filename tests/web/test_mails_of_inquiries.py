"""The page of a mail that belongs to an inquiry: what it was about, and the way there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session, col, select

from db import tables as t
from domain.inquiry import Addressee
from domain.mail_ledger import MailState
from tests.dx_city import MONDAY, PLANNER, DxCity, nine
from tests.dx_city_fixtures import dx_city, dx_city_template
from tests.web.desk_city import SignedInClient
from web.labels import label

__all__ = ["dx_city", "dx_city_template"]


@pytest.mark.parametrize(
    ("asks", "path", "title", "addressee"),
    [
        (DxCity.check_in, "/check-ins/1", "予約のデジタル化 第4回状況確認", Addressee.TEAM),
        (DxCity.matter, "/matters/1", "予約窓口の一本化", Addressee.SECRETARIAT),
        (DxCity.vacancy, "/desk/seats/1", "メンバーの後任（前任：森 樹）", Addressee.LEADER),
        (DxCity.meeting, "/meetings/1", "デジタル戦略委員会 2026年4月21日（火）", Addressee.MEMBERS),
    ],
)
def test_a_mail_of_an_inquiry_leads_to_what_it_is_about(
    dx_city: DxCity, asks: Callable[[DxCity, Session], t.Inquiry], path: str, title: str, addressee: Addressee
) -> None:
    with dx_city.writing() as session:
        inquiry = asks(dx_city, session)
    mail = dx_city.claim(inquiry.workflow_id, nine(MONDAY))[0]
    page = SignedInClient(dx_city.database, PLANNER).get(f"/desk/mails/{mail}")
    assert page.status == 200
    assert page.text.count(f'<a href="{path}">{title}</a>') == 2, "on the way here, and as what the mail is about"
    assert f"<dd>{label(addressee, 'ja')}</dd>" in page.text


def test_a_mail_that_an_answer_overtook_says_so(dx_city: DxCity) -> None:
    with dx_city.writing() as session:
        inquiry = dx_city.check_in(session)
    mail = dx_city.claim(inquiry.workflow_id, nine(MONDAY))[0]
    dx_city.settle(inquiry.id)
    dx_city.begin(mail)
    with dx_city.writing() as session:
        assert session.exec(select(t.Mail.state).where(col(t.Mail.id) == mail)).one() is MailState.OBSOLETE
    assert "送る前に回答が済んだか" in SignedInClient(dx_city.database, PLANNER).get(f"/desk/mails/{mail}").text


def test_the_desk_names_the_mails_that_may_not_have_arrived_while_somebody_waits(dx_city: DxCity) -> None:
    with dx_city.writing() as session:
        inquiry = dx_city.check_in(session)
    claimed = dx_city.claim(inquiry.workflow_id, nine(MONDAY))
    planner = SignedInClient(dx_city.database, PLANNER)
    assert "届いていないかもしれないメール" not in planner.get("/desk").text
    with dx_city.writing() as session:
        for mail in session.exec(select(t.Mail).where(col(t.Mail.id).in_(claimed[:2]))):
            mail.state = MailState.UNKNOWN
    desk = planner.get("/desk").text
    assert "届いていないかもしれないメール：2通" in desk
    assert f'href="/desk/mails/{claimed[0]}"' in desk
    dx_city.settle(inquiry.id)
    assert "届いていないかもしれないメール" not in planner.get("/desk").text
