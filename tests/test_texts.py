"""What people read: Japanese is the source, English is complete beside it, and neither slips into the other.

Data stays in the language it was typed in: answers, reasons, mails that were sent. `_typed` knows all of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from html import unescape
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

import i18n
import plan_files
import web.pages
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from demo import pages as demo_pages
from demo.mailbox import Mailbox
from documents.formats import Format
from documents.labels import date_text, fiscal_year_text
from domain.calendar import JST
from domain.evaluation import Direction
from domain.mail_ledger import MailState
from domain.progress_report import ReportState
from domain.text import Bilingual
from mail import compose
from records import audit, cycles, desk, document_archive, plan_reading, sign_in
from records.board import Show
from records.return_remarks import QuotedRemark
from records.round_mails import ListedMeasure
from settings import Settings
from tests.conftest import PLAN, RememberingMailer
from tests.mail import inquiry_letters
from tests.web.desk_city import ANSWERS, OPENED_ON, PLANNER, STAFF, DeskCity, collecting, waiting
from tests.web.small_city import every_page, reading
from web import routes
from web.app import create_app

ROOT = Path(__file__).parent.parent
JAPANESE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uffef]+")
"""Kana, kanji, and Japanese punctuation."""
PLACE = re.compile(r"%\(\w+\)[a-z]")

Message = tuple[str | None, str]
"""Context and text."""


def japanese_in(text: str) -> list[str]:
    return JAPANESE.findall(text)


# The catalogue


@cache
def extracted() -> frozenset[Message]:
    """What `make messages` would find, by the same mapping and the same keywords."""
    with (ROOT / "locales" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    keywords = parse_keywords(re.findall(r"-k (\S+)", make))
    found = extract_from_dir(ROOT, methods, options, {**parse_keywords(("_", "gettext", "pgettext:1c,2")), **keywords})
    return frozenset((context, text) for _, _, text, _, context in found if isinstance(text, str))


@cache
def catalogue() -> Catalog:
    with i18n.CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def english() -> dict[Message, str]:
    return {(m.context, str(m.id)): str(m.string) for m in catalogue() if m.id}


def test_the_catalogue_holds_every_text_of_the_code_and_no_other() -> None:
    """When it does not: `make messages`, then write the English."""
    assert extracted() - set(english()) == set(), "not in the catalogue"
    assert set(english()) - extracted() == set(), "no longer in the code"
    assert list(catalogue().obsolete) == []


def test_every_text_has_its_english_and_nobody_guessed_it() -> None:
    assert [text for text, said in english().items() if not said.strip()] == []
    assert [m.id for m in catalogue() if m.id and m.fuzzy] == []
    assert {text: said for text, said in english().items() if japanese_in(said)} == {}


ERAS = {
    *("%(era)s（%(year)s年度）", "%(era)s（%(year)s年）%(month)s月%(day)s日"),
    "%(era)s（%(year)s年）%(month)s月",
    *("%(era)s(%(year)s)年\n%(month)s月%(day)s日", "%(year)s年%(month)s月%(day)s日\n%(era)s"),
    *("%(year)s年%(month)s月\n%(era)s", "%(month)s月%(day)s日"),
}
"""Only the Japanese shows the era, and English months have names: the English takes other values."""


def test_the_english_has_the_same_places_as_the_japanese() -> None:
    different = {
        text
        for (_, text), said in english().items()
        if sorted(PLACE.findall(text)) != sorted(PLACE.findall(said))
        or "%" in PLACE.sub("", said).replace("%%", "")  # which is shown as one
    }
    assert different == ERAS


def test_the_english_brings_no_character_that_a_page_would_take_for_markup() -> None:
    marks = {text: said for (_, text), said in english().items() if set(said) & set('"<>&')}
    assert marks == {}, "quotation marks are “ and ”"


# The code

WORDS_OF_THEIR_OWN = {
    (
        "documents/text_width.py",
        "、。，．・：；？！」』）】ーぁぃぅぇぉっゃゅょァィゥェォッャュョ)]},.!?",
    ): "line breaking",
    ("documents/labels.py", " ／ "): "a sign between two marks",
    ("documents/handover_content.py", "年"): "a Japanese date; the English one is made beside it",
    ("documents/handover_content.py", "月"): "a Japanese date",
    ("documents/handover_content.py", "日"): "a Japanese date",
    ("documents/workbook.py", "游ゴシック"): "the name of a font",
    ("records/next_edition.py", "（正誤"): "the name of a corrected edition; the English one is made beside it",
    ("records/next_edition.py", "）"): "the name of a corrected edition",
    ("records/next_edition.py", "正誤："): "the reason of an edition, in the language of the plan's document",
    ("mail/compose.py", "月火水木金土日"): "a Japanese date; the English one is made beside it",
    ("mail/compose.py", "年"): "a Japanese date",
    ("mail/compose.py", "月"): "a Japanese date",
    ("mail/compose.py", "日（"): "a Japanese date",
    ("mail/compose.py", "）"): "a Japanese date",
    ("mail/compose.py", "（"): "a Japanese fiscal year",
    ("mail/compose.py", "年度）"): "a Japanese fiscal year",
}
"""Japanese in the code that is no text to translate: where, what, and why."""
MARKED = {"translate": 1, "say": 0, "N_": 0, "pgettext": 1}
"""The calls that put a text into the catalogue, and which argument it is."""


def literals(file: Path) -> Iterator[str]:
    """Strings with Japanese in them that are neither docstrings nor marked."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    known = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in MARKED and len(node.args) > MARKED[name]:
                known.add(id(node.args[MARKED[name]]))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in known:
            yield from (text for text in (node.value,) if japanese_in(text))


def test_no_japanese_stands_in_the_code_without_going_through_the_catalogue() -> None:
    packages = ("activities", "demo", "documents", "letters", "mail", "records", "web")
    files = [file for package in packages for file in sorted((ROOT / package).rglob("*.py"))]
    assert len(files) > 60
    found = {(str(file.relative_to(ROOT)), text) for file in files for text in literals(file)}
    assert found == set(WORDS_OF_THEIR_OWN)


def test_no_japanese_stands_in_a_template_outside_a_trans_block() -> None:
    marked = re.compile(r"{%-? *trans.*?endtrans *-?%}|{#.*?#}|p?gettext\([^)]*\)|_\(\"[^\"]*\"", re.DOTALL)
    own = {"日本語", "巡"}  # the language switch, and the sign before the name
    found = {
        str(file.relative_to(ROOT)): words
        for folder in ("web", "demo", "mail", "documents")
        for file in sorted((ROOT / folder / "templates").rglob("*"))
        if file.is_file() and file.suffix in ("", ".html") and file.name != "README.md"
        if (words := [w for w in japanese_in(marked.sub("", file.read_text(encoding="utf-8"))) if w not in own])
    }
    assert found == {}


# The pages

HEAD = "tanaka.makoto@iizuka.example"
"""Of the section of `STAFF`."""
ADDRESS = "https://testserver"


class Reader:
    """Somebody who reads in English and remembers every page, and the Japanese that stood on it."""

    def __init__(self, city: DeskCity, email: str = "") -> None:
        self.city = city
        self.client = city.client(email) if email else None
        self.http = self.client.http if self.client else _stranger(city.database)
        self.http.cookies.set("meguru_language", "en")
        self.japanese: dict[str, list[str]] = {}
        self.statuses: dict[str, int] = {}
        self.templates: set[str] = set()

    def get(self, path: str) -> None:
        self._read(f"GET {path}", self.http.get(path, follow_redirects=True))

    def post(self, path: str, values: dict[str, str] | None = None, *, with_token: bool = True) -> None:
        token = {"csrf_token": self.client.csrf_token} if self.client and with_token else {}
        self._read(f"POST {path} {values}", self.http.post(path, data={**token, **(values or {})}))

    def _read(self, name: str, response: Any) -> None:
        assert response.headers.get("content-type", "").startswith("text/html"), (name, response.status_code)
        self.statuses[name] = response.status_code
        assert '<html lang="en">' in response.text, name
        if found := japanese_in(_without_data(response.text, self.city.database)):
            self.japanese[name] = found


def _stranger(database: Database) -> TestClient:
    app = create_app(Settings(), database, RememberingMailer())
    return TestClient(app, base_url=ADDRESS, follow_redirects=False)


def _without_data(page: str, database: Database) -> str:
    """A page without the language switch, the sign of the name, and what people typed."""
    page = re.sub(r'<button [^>]*lang="ja">日本語</button>|<span aria-hidden="true">巡</span>', "", page)
    page = unescape(page)
    for text in sorted(_typed(database), key=len, reverse=True):
        page = page.replace(text, "")
    return page


def _typed(database: Database) -> set[str]:
    """Everything in the record that has one language only, and what the tests type into forms."""
    with database.reading(EVERY_MUNICIPALITY) as session:
        reports, mails = session.exec(select(t.ProgressReport)).all(), session.exec(select(t.Mail)).all()
        found = {text for report in reports for text in report.answers.values()}
        found |= {text for report in reports for text in (report.return_comment, report.exempted_reason)}
        found |= {text for m in mails for text in (m.subject, m.body, m.recipient_name, m.error)}
        found |= {evaluation.comment for evaluation in session.exec(select(t.Evaluation))}
        for plan in session.exec(select(t.Plan)):
            found |= _japanese_of(plan_reading.read(session, plan))
    return {text for text in (*found, TYPED) if japanese_in(text)}


TYPED = "担当者が入力した文章です。"


@pytest.fixture
def city(sample_database: Database) -> DeskCity:
    """The sample city in the middle of a round, read in English by everybody."""
    return _in_english(collecting(sample_database))


def _in_english(city: DeskCity) -> DeskCity:
    with city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)).all():
            user.language = "en"
            session.add(user)
    return city


def _in_every_state(city: DeskCity) -> None:
    """Reports, mails, evaluations and documents of every kind that a page may show, after the due date."""
    for code in ("1-1-1", "1-2-3", "1-2-4", "1-2-5"):
        city.submit(code)
    city.approve("1-2-3")
    with city.database.writing(city.municipality) as session:
        cycle = cycles.find(session, city.cycle)
        staff = session.exec(select(t.User.id).where(t.User.email == STAFF)).one()
        returned, draft = (session.get_one(t.ProgressReport, city.report(code).id) for code in ("1-2-4", "1-2-1"))
        returned.state, returned.return_comment = ReportState.RETURNED, TYPED
        returned.return_remarks = [{"question": "achievements", "answer": TYPED, "remark": TYPED}]
        draft.answers, draft.edited_by_id, draft.edited_at = {"achievements": TYPED}, staff, city.change.at
        session.add_all([returned, draft])
        desk.exempt(session, city.change, city.report("1-1-2").id, TYPED, OPENED_ON)
        _evaluate(session, city, city.report("1-1-1").node_id)
        for format_ in Format:
            document_archive.store(session, city.change, cycle, "annual-report", format_, b"", OPENED_ON)
    for state in MailState:
        city.mail("1-1-1", state)
    city.let_it_be(date(2021, 2, 18))


def _evaluate(session: Session, city: DeskCity, node: int) -> None:
    evaluator = session.exec(select(t.User.id).where(t.User.email == PLANNER)).one()
    desk.evaluate(session, city.change, evaluator, city.cycle, node, "A", Direction.CONTINUE, TYPED, OPENED_ON)


def _evaluate_everything(city: DeskCity) -> None:
    with city.database.writing(city.municipality) as session:
        cycle = cycles.find(session, city.cycle)
        for node in cycles.missing_evaluations(session, cycle):
            _evaluate(session, city, node)


def _pages_of_the_desk(city: DeskCity) -> list[str]:
    board, sheet = f"/desk/cycles/{city.cycle}", f"/desk/cycles/{city.cycle}/evaluation"
    found = [
        "/desk",
        board,
        f"{board}/close-collection",
        sheet,
        f"{sheet}?done=saved",
        f"{sheet}?done=collection_closed",
    ]
    found += [f"{board}?show={show.value}" for show in Show]
    done = ("opened", "already_open", "extended", "exempted", "reassigned", "evaluation_finished")
    return [*found, *(f"{board}?done={word}" for word in done)]


def _pages_of_measures(city: DeskCity) -> list[str]:
    """For the planning division: one measure in each state that its report may have."""
    found = []
    for code in ("1-1-1", "1-2-3", "1-2-4", "1-1-2", "1-2-1"):
        report = city.report(code)
        found += [f"/reports/{report.id}", f"/desk/reports/{report.id}", f"/plans/{PLAN}/measures/{report.node_id}"]
        found += [f"/requests/{report.request_id}", f"/desk/cycles/{city.cycle}/evaluation/{report.node_id}?done=saved"]
    return found


def _mails(city: DeskCity) -> list[int]:
    with city.database.reading(city.municipality) as session:
        return list(session.exec(select(t.Mail.id)))


def test_the_planning_division_reads_every_page_of_a_year_in_english(sample_database: Database) -> None:
    city = _in_english(waiting(sample_database))
    planner = Reader(city, PLANNER)
    for path in _pages_of_the_desk(city):
        planner.get(path)
    city = collecting(sample_database)
    _in_every_state(city)
    pages = [*_pages_of_the_desk(city), *_pages_of_measures(city), "/approvals", "/plans", f"/plans/{PLAN}"]
    pages += [f"/plans/{PLAN}?edition=2018-03"]
    pages += [f"/desk/mails/{mail}" for mail in _mails(city)]
    for path in pages:
        planner.get(path)
    with city.database.writing(city.municipality) as session:
        cycles.begin_evaluation(session, city.change, cycles.find(session, city.cycle), date(2021, 3, 1))
    for path in pages:
        planner.get(path)
    planner.post(f"/desk/cycles/{city.cycle}/finish")
    refused = f"POST /desk/cycles/{city.cycle}/finish None"
    _evaluate_everything(city)
    with city.database.writing(city.municipality) as session:
        cycles.finish_evaluation(session, city.change, cycles.find(session, city.cycle), date(2021, 3, 20))
    for path in pages:
        planner.get(path)
    with city.database.writing(city.municipality) as session:
        cycles.close_cycle(session, city.change, cycles.find(session, city.cycle), date(2021, 3, 31))
    for path in pages:
        planner.get(path)
    assert planner.japanese == {}
    assert {name for name, status in planner.statuses.items() if status != 200} == {refused}


def test_staff_and_their_head_read_in_english_what_they_fill_in_and_approve(city: DeskCity) -> None:
    _in_every_state(city)
    staff, head = Reader(city, STAFF), Reader(city, HEAD)
    request = city.report("1-1-1").request_id
    for reader in (staff, head):
        reader.get("/")
        reader.get("/requests")
        reader.get(f"/requests/{request}?submitted={city.report('1-1-1').id}")
        reader.get("/plans")
        for code in ("1-1-1", "1-2-4", "1-2-1"):
            reader.get(f"/reports/{city.report(code).id}?saved=1")
            reader.get(f"/plans/{PLAN}/measures/{city.report(code).node_id}")
    head.get(f"/approvals?request={request}")
    assert {**staff.japanese, **head.japanese} == {}
    assert {*staff.statuses.values(), *head.statuses.values()} == {200}


def test_whoever_is_refused_at_a_form_reads_why_in_english(city: DeskCity) -> None:
    _in_every_state(city)
    staff, head, planner = Reader(city, STAFF), Reader(city, HEAD), Reader(city, PLANNER)
    owed, submitted, elsewhere = city.report("1-2-1"), city.report("1-1-1"), city.report("1-2-3")
    form, board = f"/reports/{owed.id}", f"/desk/cycles/{city.cycle}"
    wrong = {"answer.progress": "so_so", "answer.quantity": "many", "answer.achievements": "a" * 401}
    staff.post(form, {"action": "submit", "revision": str(owed.revision)})
    staff.post(form, {**wrong, "action": "submit", "revision": str(city.report("1-2-1").revision)})
    staff.post(form, {"answer.progress": "delayed", "action": "submit", "revision": str(city.report("1-2-1").revision)})
    with city.database.writing(city.municipality) as session:
        report = session.get_one(t.ProgressReport, owed.id)
        report.edited_by_id = None
        session.add(report)
    staff.post(form, {"answer.achievements": "Mine", "action": "save", "revision": "0"})
    staff.post(f"/reports/{submitted.id}", {"answer.achievements": "Late", "action": "save", "revision": "1"})
    staff.post(form, {"action": "save"}, with_token=False)
    staff.get(f"/reports/{elsewhere.id}")
    staff.get("/desk")
    staff.get("/nowhere")
    staff.post(f"/reports/{submitted.id}/approve")
    head.post(f"/reports/{submitted.id}/return", {"comment": ""})
    head.post(f"/reports/{owed.id}/approve")
    head.post("/approvals")
    head.post("/approvals", {"report": f"{owed.id}.0"})
    for path in (f"/desk/requests/{owed.request_id}/extend", f"/desk/reports/{owed.id}/reassign"):
        planner.post(path, {"reason": "", "due_on": "tomorrow", "department_id": "x"})
        planner.post(path, {"reason": "Why", "due_on": "2021-02-01", "department_id": str(_department_of(city, owed))})
    planner.post(f"/desk/reports/{owed.id}/exempt", {"reason": ""})
    planner.post(f"/desk/reports/{city.report('1-1-2').id}/exempt", {"reason": "Twice"})
    for year in ("soon", "1999"):
        planner.post(f"/desk/plans/{PLAN}/cycles", {"fiscal_year": year})
    planner.post(f"{board}/evaluation/{owed.node_id}", {"comment": "No grade"})
    planner.post(f"{board}/finish")
    assert {**staff.japanese, **head.japanese, **planner.japanese} == {}
    statuses = {**staff.statuses, **head.statuses, **planner.statuses}
    assert set(statuses.values()) == {403, 404, 409, 422}


@pytest.mark.parametrize("file", sorted((ROOT / "plans").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_page_of_a_plan_reads_in_english(file: Path, empty_database: Database) -> None:
    """Codes, short labels and quoted words that a plan has in Japanese only stay as they are."""
    plan = plan_files.read_plan(file)
    client = reading(empty_database, plan)
    with empty_database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)).all():
            user.language = "en"
            session.add(user)
    own = sorted(_japanese_of(plan), key=len, reverse=True)
    left = {}
    for page in every_page(client, empty_database, plan):
        for text in ("読む人", "日本語", "巡", *own):
            page = page.replace(" ".join(text.split()), "")
        if found := japanese_in(page):
            left[page[:60]] = found
    assert left == {}


def _japanese_of(part: Any) -> set[str]:
    """The texts of a plan in which an English page shows Japanese."""
    if isinstance(part, Bilingual):
        return {part.in_language("en")} if japanese_in(part.in_language("en")) else set()
    if is_dataclass(part):
        said = {f.name: getattr(part, f.name) for f in fields(part)}
        return {text for name, value in said.items() if not said.get(f"{name}_en") for text in _japanese_of(value)}
    if isinstance(part, Mapping):
        return {text for value in part.values() for text in _japanese_of(value)}
    if isinstance(part, (tuple, list)):
        return {text for value in part for text in _japanese_of(value)}
    return {part} if isinstance(part, str) and japanese_in(part) else set()


def _department_of(city: DeskCity, report: t.ProgressReport) -> int | None:
    with city.database.reading(city.municipality) as session:
        return session.get_one(t.UpdateRequest, report.request_id).department_id


def test_whoever_is_not_signed_in_reads_english_where_the_browser_was_told_so(city: DeskCity) -> None:
    stranger = Reader(city)
    stranger.get("/requests")
    stranger.get("/sign-in")
    stranger.get("/sign-in/confirm")
    stranger.post("/sign-in")
    stranger.post("/sign-in/code")
    stranger.post("/sign-in/confirm")
    stranger.post("/sign-in/confirm", {"email": STAFF, "code": "00000000"})
    for _ in range(30):  # until it is too often
        stranger.post("/sign-in", {"email": "nobody@iizuka.example", "password": "wrong"})
    assert stranger.japanese == {}
    assert set(stranger.statuses.values()) == {200, 401, 422, 429}


def test_no_page_was_forgotten_here() -> None:
    """A new page belongs into the tests above, then into this list."""
    routers = [import_module(f"web.routes.{module.name}").router for module in iter_modules(routes.__path__)]
    pages = {route.path for router in routers for route in router.routes if "GET" in route.methods}
    assert pages - {"/healthz", "/readyz", "/documents/{document_id}"} == {
        *("/", "/sign-in", "/sign-in/confirm", "/requests", "/requests/{request_id}", "/reports/{report_id}"),
        "/reports/{report_id}/draft",  # no words of its own: tests/web/test_two_editors.py
        *("/approvals", "/plans", "/plans/{code}", "/plans/{code}/measures/{node_id}", "/desk"),
        *(f"/plans/{{code}}/{part}" for part in ("indicators", "indicators/{indicator}.svg", "achievements")),
        *(f"/plans/{{code}}/{part}" for part in ("comparison", "views", "about", "glossary")),
        *("/desk/cycles/{cycle_id}", "/desk/cycles/{cycle_id}/close-collection", "/desk/cycles/{cycle_id}/evaluation"),
        *("/desk/cycles/{cycle_id}/evaluation/{node_id}", "/desk/reports/{report_id}", "/desk/mails/{mail_id}"),
        "/desk/cycles/{cycle_id}/evaluations",  # read in English in tests/web/test_workbench.py
        # Read in English in tests/web/test_proposals_in_english.py.
        *("/requests/{request_id}/new-measures", "/new-measures/{proposal_id}"),
        # A file; the pages around it are read in English in tests/web/test_answer_workbooks.py.
        "/requests/{request_id}/workbook",
        # Read in English in tests/web/test_pauses.py.
        *("/desk/pause", "/desk/requests/{request_id}/withdraw"),
        # Read in English in tests/web/test_city_board.py, tests/web/test_previews.py and tests/web/test_saved_views.py.
        *("/desk/board", "/desk/board/export.{format}", "/desk/rounds/{round_id}/export.{format}"),
        *("/desk/rounds/{round_id}/withdraw", "/views"),
        # Read in English in tests/web/test_mail_settings.py and tests/web/test_desk_mails.py.
        *("/settings/mails", "/desk/mails"),
        # A file; the slot of its page is read in English in tests/web/test_attachments.py.
        "/attachments/{attachment_id}",
        # Read in English in tests/web/test_plan_exchange.py.
        *("/desk/plans/exchange", "/desk/plans/{code}/export"),
        # Read in English in tests/web/test_question_editor.py, test_plan_calendar.py and test_plan_settings.py.
        *(f"/desk/plans/{{code}}/{part}" for part in ("questions", "questions/versions", "settings", "calendar")),
        *("/desk/calendar", *(f"/desk/plans/{{code}}/calendar{rest}" for rest in (".ics", "/mails.xlsx", "/dates"))),
        # Read in English in tests/web/test_dashboard.py.
        *("/desk/plans/{code}/dashboard", "/desk/plans/{code}/dashboard/{part}.{format}"),
        # Read in English in tests/web/test_organisation_in_english.py.
        *("/organisation", "/organisation/reorganisations/new", "/organisation/people/{user_id}/transfer"),
        *(f"/organisation/{of}{what}" for of in _ORGANISED for what in ("", "/handover")),
        # Read in English in tests/web/test_bodies_in_english.py.
        *("/plans/{code}/bodies", "/desk/plans/{code}/bodies/{body}", "/desk/seats/{seat_id}"),
        # Read in English in tests/web/test_terms_in_english.py.
        *("/plans/{code}/terms/{term}", "/plans/{code}/terms/{term}/document", "/desk/plans/{code}/terms/{term}"),
        *("/plans/{code}/surveys", "/plans/{code}/surveys/{survey}/{question}.svg"),
        *("/desk/plans/{code}/surveys", "/desk/plans/{code}/surveys/template.csv"),
        # Read in English in tests/web/test_document_templates.py.
        *("/forms", *(f"/forms/{{kind}}/{{language}}{what}" for what in ("", "/file", "/sample"))),
        # Read in English in tests/web/test_matters_in_english.py.
        *("/plans/{code}/matters", "/plans/{code}/meetings", "/matters/{matter_id}"),
        *("/projects/{project_id}/matters/new", "/desk/plans/{code}/bodies/{body}/meetings/new"),
        *(f"/meetings/{{meeting_id}}{part}" for part in ("", "/edit", "/sitting", "/papers", "/invitation.ics")),
        # Read in English in tests/web/test_projects_in_english.py.
        *("/plans/{code}/projects", "/projects/{project_id}", "/projects/{project_id}/route.svg"),
        *("/projects/{project_id}/report", "/check-ins/{check_in_id}", "/trials/{trial_id}"),
        *(f"/projects/{{project_id}}/{part}/new" for part in ("decisions", "trials", "events")),
        *(f"/desk/plans/{{code}}/{part}" for part in ("projects", "projects/new", "events/new")),
        *("/desk/projects/{project_id}/edit", "/desk/projects/{project_id}/team"),
        # Read in English in tests/web/test_search.py and tests/web/test_audit.py.
        *("/search", "/desk/audit", *(f"/desk/audit/{what}" for what in ("verification", "export.csv", "export.xlsx"))),
        # Read in English in tests/web/test_accounts.py and tests/web/test_oidc.py.
        *("/admin/accounts", "/admin/accounts/new", "/admin/accounts/{user_id}", "/settings/password"),
        *("/sign-in/oidc", "/sign-in/oidc/callback", "/sign-in/oidc/sign-out"),
        # Read in English in tests/web/test_reviews_in_english.py.
        "/desk/reviews/{review_id}",
        *(f"/desk/reviews/{{review_id}}/{part}" for part in ("term", "proposals", "close-proposals", "criteria")),
        *(f"/desk/reviews/{{review_id}}/{part}" for part in ("decisions", "new-measures", "outcome", "bodies", "undo")),
        *("/desk/reviews/{review_id}/decisions/{node_id}", "/desk/reviews/{review_id}/new-measures/{decision_id}"),
        "/desk/plans/{code}/correction",
        # Read in English in tests/web/test_public_in_english.py.
        *(f"/public/{{municipality}}/{part}" for part in ("", "data/", "data/catalog.jsonld", "data/{code}/{file}")),
        *(f"/public/{{municipality}}/plans/{{code}}{part}" for part in _SHOWN_TO_EVERYBODY),
        # Read in English in tests/web/test_opinions.py.
        *("/opinions/{municipality}/{plan}", "/opinions/{municipality}/{plan}/received", "/desk/opinions/{opinion_id}"),
        *(f"/desk/{of}/opinions{what}" for of in _HEARD for what in ("", "/template.csv", "/export.csv")),
    }


_SHOWN_TO_EVERYBODY = (
    *("", "/measures/{node_id}", "/progress", "/progress/{year}.svg", "/indicators", "/indicators/{indicator}.svg"),
    *("/comparison", "/documents", "/documents/{document_id}", "/opinions"),
    *("/projects", "/projects/{project}", "/projects/{project}/route.svg"),
)
_HEARD = ("reviews/{review_id}", "plans/{code}")
_ORGANISED = ("departments/{department_id}", "people/{user_id}")


def test_the_demo_is_english_too(city: DeskCity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.pages, "TEMPLATE_FOLDERS", [*web.pages.TEMPLATE_FOLDERS, demo_pages.TEMPLATES])
    web.pages.environment.cache_clear()
    reader = Reader(city)
    app = reader.http.app
    assert isinstance(app, FastAPI)
    app.include_router(demo_pages.build(Mailbox(tmp_path, lambda _: datetime(2021, 1, 15, 9, tzinfo=JST))))
    for path in ("/demo", "/demo/inbox", "/demo/inbox?to=nobody"):
        reader.get(path)
    assert reader.japanese == {}
    web.pages.environment.cache_clear()


# The mails

KINDS = sorted({folder.name for folder in compose.TEMPLATES.iterdir() if folder.is_dir()} - set(inquiry_letters.NAMES))


@pytest.mark.parametrize("name", inquiry_letters.NAMES)
def test_a_mail_of_an_inquiry_to_an_english_reader_is_english(name: str) -> None:
    for said in inquiry_letters.every_shape("en"):
        letter = compose.write(name, "en", **said)
        assert japanese_in(letter.subject + letter.body) == []


REMARK = QuotedRemark("What was done", "Notices were put up.", "Say where.")


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_to_an_english_reader_is_english(kind: str) -> None:
    measures = tuple(
        ListedMeasure(code, "Free Wi-Fi", date(2021, 2, 15), late, "Say how many.", 1, (REMARK,))
        for code, late in (("1-1-1", 3), ("1-1-2", 0))
    )
    for department, term in (("School Education Section", ""), (compose.nobody("en"), "Early term")):
        for recipient in ("Hanako Sato", department, ""):
            letter = compose.write(
                kind,
                "en",
                recipient_name=recipient,
                municipality="Iizuka City",
                plan="Regional Informatization Plan",
                round="Yearly progress report",
                fiscal_year=2020,
                term=term,
                department=department,
                measures=measures,
                due_on=date(2021, 2, 15),
                link="https://meguru.example/requests/7",
                mark="A sample.",
                code="01234567",
                minutes=10,
                email="hanako@iizuka.example",
                issuer="Staff Portal" if term else "",
                local=True,
                count=2,
                late=1 if term else 0,
                digest_on=date(2021, 2, 16),
                sections=(),
                settings_link="https://meguru.example/settings/mails",
            )
            assert japanese_in(letter.subject + letter.body) == []


def test_days_and_years_are_english_whatever_the_machine_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compose.day_in_words(date(2021, 2, 5), "en") == "Fri 5 Feb 2021"
    assert date_text("en", date(2021, 2, 5)) == "5 February 2021"
    assert compose.fiscal_year_in_words(2020, "en") == "FY2020"
    assert fiscal_year_text("en", 2020) == "Fiscal year 2020"


# The API


def test_the_api_refuses_in_english_whoever_asks_for_english(city: DeskCity, monkeypatch: pytest.MonkeyPatch) -> None:
    _in_every_state(city)
    with city.database.writing(EVERY_MUNICIPALITY) as session:
        staff, planner = (sign_in.issue_api_token(session, email, "test", city.change.at) for email in (STAFF, PLANNER))
    http = TestClient(create_app(Settings(), city.database, RememberingMailer()), raise_server_exceptions=False)
    owed, submitted, exempted = (city.report(code).id for code in ("1-2-1", "1-1-1", "1-1-2"))
    seen: dict[int, list[str]] = {}

    def ask(method: str, path: str, body: Any = None, token: str = staff, key: str = "", **content: Any) -> None:
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en-GB,en;q=0.9,ja;q=0.5"}
        headers["Idempotency-Key"] = key or f"key-{len(seen)}-{path}-{body}"[:200].encode("ascii", "replace").decode()
        sent = {"json": body} if body is not None else content
        answer = http.request(method, f"/api/v1{path}", headers={**headers, **sent.pop("headers", {})}, **sent)
        assert answer.headers["content-type"] == "application/problem+json", (path, body, answer.text)
        said = [answer.json()["title"], answer.json()["detail"], *(e["message"] for e in answer.json()["errors"])]
        seen.setdefault(answer.status_code, []).extend(said)

    written = {"report": owed, "action": "submit", "answers": {}}
    ask("GET", "/rounds", token="wrong")
    ask("GET", "/nowhere")
    ask("GET", "/rounds/999999")
    ask("GET", "/rounds/0")
    ask("GET", "/rounds?limit=0")
    ask("GET", "/rounds?limit=100000")
    ask("DELETE", "/reports")
    ask("POST", "/reports", written)
    ask("POST", "/reports", {**written, "answers": {"progress": "so_so", "quantity": "many", "cause": "a" * 999}})
    ask("POST", "/reports", {**written, "answers": {"progress": "delayed", "unknown": "?", "achievements": "a\x00"}})
    ask("POST", "/reports", {**written, "report": submitted, "answers": ANSWERS})
    ask("POST", "/reports", {**written, "report": exempted, "answers": ANSWERS})
    ask("POST", "/reports", {**written, "revision": 99, "answers": ANSWERS})
    ask("POST", "/reports", {**written, "answers": ANSWERS}, token=planner)
    for wrong in (
        {"action": "approve"},
        {"revision": "1"},
        {"report": None},
        {"report": {"round": "x"}},
        {"colour": 1},
    ):
        ask("POST", "/reports", {**written, **wrong})
    for body in (b"{", b"", b"\xff", b"[]", b'"x"'):
        ask("POST", "/reports", content=body, headers={"Content-Type": "application/json"})
    ask("POST", "/reports", {**written, "answers": {"next_step": "a" * 2_000_000}})
    monkeypatch.setattr(audit, "write", _fail)
    ask("POST", "/reports", {**written, "answers": ANSWERS})
    texts = [text.replace(EDITOR, "") for texts in seen.values() for text in texts]
    assert [text for text in texts if japanese_in(text)] == []
    assert set(seen) >= {401, 403, 404, 405, 409, 413, 422, 500}


EDITOR = "佐藤 花子（サンプル）"
"""Whoever saved first is named as they are written."""


def _fail(*_: object, **__: object) -> None:
    raise RuntimeError("unforeseen")
