"""様式: which form a document is made in, who may replace it, and what becomes of one that fails later."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import docx
import pytest
from sqlmodel import select

from activities.contracts import CycleStep
from activities.documents import DocumentActivities
from activities.rendering import Renderer
from db import tables as t
from documents.city_template import CityTemplate
from documents.formats import Format
from documents.word_kinds import KINDS
from documents.word_safety import TemplateProblem
from records import document_templates
from records.change import Change
from tests.city import OPENED_AT, City
from tests.documents.forms import form
from tests.web.conftest import Answer, Browser, Site, _answer
from tests.web.test_organisation_in_english import japanese_in

ANNUAL = "/forms/annual-report/ja"
HANDOVER = "/forms/handover/ja"
OUR_OWN = form("{{ municipality }}独自の様式")
TODAY = date(2021, 3, 1)


@pytest.fixture
def planning(site: Site) -> Browser:
    return site.browser("planning")


def send(browser: Browser, path: str, content: bytes, name: str = "市の様式.docx") -> Answer:
    form_ = {"csrf_token": browser.csrf_token}
    return _answer(browser.client.post(path, data=form_, files={"file": (name, content)}))


def text_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(content)).paragraphs)


def kept(city: City, kind: str = "handover", language: str = "ja") -> t.DocumentTemplate | None:
    with city.database.reading(city.municipality) as session:
        return document_templates.find(session, kind, language)


def in_use(city: City, kind: str, content: bytes) -> None:
    """A form that is kept already, whatever a trial would say of it."""
    user = city.user("planning")
    with city.database.writing(city.municipality) as session:
        change = Change(user.email, OPENED_AT, user.id)
        document_templates.replace(session, change, kind, "ja", "f.docx", content)


def audited(city: City, about: str) -> list[str]:
    return [action for action in city.audited() if action.startswith(about)]


def test_only_the_planning_division_and_administrators_see_to_the_forms(site: Site) -> None:
    paths = ["/forms", HANDOVER, f"{HANDOVER}/file", f"{HANDOVER}/sample"]
    for who in ("information_staff", "information_head"):
        browser = site.browser(who)
        assert [browser.get(path).status for path in paths] == [403] * 4
        assert send(browser, HANDOVER, OUR_OWN).status == 403
        assert browser.post(f"{HANDOVER}/take-out").status == 403
    for who in ("planning", "administrator"):
        assert [site.browser(who).get(path).status for path in paths] == [200] * 4
    assert site.browser("planning").post(HANDOVER, csrf=False).status == 403
    assert kept(site.city) is None


def test_every_kind_is_listed_and_its_form_can_be_taken_to_start_from(planning: Browser) -> None:
    listed = planning.get("/forms")
    assert "/forms" in planning.get("/desk").text
    for kind in KINDS.values():
        assert f"/forms/{kind.code}/ja" in listed.text
        page = planning.get(f"/forms/{kind.code}/en")
        assert page.status == 200
        taken = planning.client.get(f"/forms/{kind.code}/en/file")
        assert taken.content == kind.template.read_bytes()
    assert [planning.get(path).status for path in ("/forms/nothing/ja", "/forms/handover/fr")] == [404, 404]


def test_the_names_that_a_form_may_use_stand_on_its_page(planning: Browser) -> None:
    words = planning.get(HANDOVER).words
    for said in ("marks_line 印の文を1行にしたもの", "posts 引き継ぐ職と後任", "successor", "labels.title 事務引継書"):
        assert said in words, said


def test_a_citys_own_form_is_used_from_then_on_until_it_is_taken_out(site: Site, planning: Browser) -> None:
    me = site.city.user("planning").id
    sheet = f"/organisation/people/{me}/handover?format=docx"
    assert "独自の様式" not in text_of(planning.client.get(sheet).content)
    assert send(planning, HANDOVER, OUR_OWN).to == f"{HANDOVER}?done=replaced"
    page = planning.get(f"{HANDOVER}?done=replaced").words
    assert "様式を差し替えました" in page
    assert "市の様式.docx" in page
    assert "飯塚市独自の様式" in text_of(planning.client.get(sheet).content)
    assert planning.client.get(f"{HANDOVER}/file").content == OUR_OWN
    assert planning.client.get(f"{HANDOVER}/file?standard=yes").content == KINDS["handover"].template.read_bytes()
    assert "見本独自の様式" in text_of(planning.client.get(f"{HANDOVER}/sample").content)
    second = form("{{ municipality }}独自の様式その2")
    assert send(planning, HANDOVER, second).status == 303
    assert "その2" in text_of(planning.client.get(sheet).content)
    assert planning.post(f"{HANDOVER}/take-out").to == f"{HANDOVER}?done=taken_out"
    assert "独自の様式" not in text_of(planning.client.get(sheet).content)
    assert planning.post(f"{HANDOVER}/take-out").status == 409
    assert audited(site.city, "form.") == ["form.replaced", "form.replaced", "form.taken_out"]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "", "様式のファイルを選んでください"),
        (b"%PDF-1.7", "form.pdf", "Wordの文書（.docx）ではありません"),
        (OUR_OWN, "form.docm", "Wordの文書（.docx）ではありません"),
        (form("{{ kachou }}"), "form.docx", "問題のあるところ：kachou"),
        (form("{{ ''.__class__.__mro__ }}"), "form.docx", "差し込みに使えない命令"),
        (form("{% if marks %}"), "form.docx", "差し込みの書き方に誤りがあります"),
    ],
)
def test_a_form_that_cannot_be_used_is_told_and_nothing_is_kept(
    site: Site, planning: Browser, content: bytes, name: str, said: str
) -> None:
    in_use(site.city, "handover", OUR_OWN)
    answer = send(planning, HANDOVER, content, name)
    assert answer.status == 422
    assert said in answer.words
    assert "様式は何も変わっていません" in answer.words
    row = kept(site.city)
    assert row is not None
    assert row.content == OUR_OWN
    assert audited(site.city, "form.") == ["form.replaced"]


def test_another_citys_form_is_never_used(site: Site) -> None:
    in_use(site.city, "handover", OUR_OWN)
    with site.city.database.reading(site.city.neighbour) as session:
        assert document_templates.own(session, "handover") is None
        assert document_templates.listed(session) == {}
    with site.city.database.reading(site.city.municipality) as session:
        assert document_templates.own(session, "handover") == CityTemplate(OUR_OWN)
        assert document_templates.own(session, "handover", "en") is None
        assert document_templates.own(session, "annual-report") is None


def make_report(city: City) -> None:
    """The annual report in Word, as the worker makes it."""
    made = DocumentActivities(city.database, lambda: OPENED_AT, Renderer((Format.DOCX,)))
    assert made.render_annual_report(CycleStep(city.municipality, city.cycle, TODAY)) == 1


def stored(city: City) -> t.Document:
    with city.database.reading(city.municipality) as session:
        return session.exec(select(t.Document).where(t.Document.kind == "annual-report")).one()


def test_a_form_that_fails_later_leaves_no_year_without_its_report_and_people_see_it(
    site: Site, planning: Browser
) -> None:
    in_use(site.city, "annual-report", form("{{ chart.nothing }}"))
    make_report(site.city)
    made = stored(site.city)
    assert made.form_problem == TemplateProblem.UNKNOWN_NAME
    assert "年度進捗報告書" in text_of(made.content)
    assert audited(site.city, "document.") == ["document.rendered", "document.own_form_failed"]
    board = planning.get(f"/desk/cycles/{site.city.cycle}").words
    assert "標準の様式で作成しました" in board
    assert "この文書にない名前が使われている" in board
    assert send(planning, ANNUAL, OUR_OWN).status == 303
    make_report(site.city)
    made = stored(site.city)
    assert (made.form_problem, "飯塚市独自の様式" in text_of(made.content)) == ("", True)
    assert "標準の様式で作成しました" not in planning.get(f"/desk/cycles/{site.city.cycle}").words


def test_what_is_made_on_demand_says_in_its_name_that_the_form_failed(site: Site, planning: Browser) -> None:
    in_use(site.city, "handover", form("{{ nothing }}"))
    me = site.city.user("planning").id
    answer = planning.client.get(f"/organisation/people/{me}/handover?format=docx")
    assert answer.status_code == 200
    assert "%E6%A8%99%E6%BA%96%E3%81%AE%E6%A7%98%E5%BC%8F" in answer.headers["content-disposition"]
    assert planning.get(f"{HANDOVER}/sample").status == 409


def test_an_english_reader_reads_english(site: Site) -> None:
    with site.city.database.writing(site.city.municipality) as session:
        user = session.get_one(t.User, site.city.user("planning").id)
        user.language, user.name = "en", "Hanako"
        session.add(user)
    planning = site.browser("planning")
    pages = [planning.get("/forms"), send(planning, "/forms/handover/en", form("{{ nothing }}"), "form.docx")]
    pages += [planning.get(f"/forms/{kind}/en") for kind in KINDS]
    for page in pages:
        assert japanese_in(page) == []
