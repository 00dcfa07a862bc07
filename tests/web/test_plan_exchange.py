"""Plans out and in at the desk: nothing changes before somebody has seen what would, nothing is half done."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.plan import PlanDefinition
from domain.text import Bilingual
from exchange import files
from exchange.files import Format
from exchange.sheets import SHEETS
from records import plan_reading, plans
from tests.web.conftest import Answer, Browser, Site

PLAN = "iizuka-ict"


def stored(site: Site) -> PlanDefinition:
    with site.city.database.reading(site.city.municipality) as session:
        return plan_reading.read(session, plans.find(session, PLAN))


def send(browser: Browser, content: bytes, name: str = "plan.xlsx", *, csrf: bool = True) -> Answer:
    token = {"csrf_token": browser.csrf_token} if csrf else {}
    response = browser.client.post("/desk/plans/uploads", data=token, files={"file": (name, content)})
    return Answer(response.status_code, response.text, response.headers.get("location", ""))


def decide(browser: Browser, preview: Answer, action: str = "import") -> Answer:
    found = re.search(r'action="(/desk/plans/uploads/\d+)"', preview.text)
    assert found
    return browser.post(found[1], {"action": action})


def workbook(definition: PlanDefinition) -> bytes:
    return files.write(definition, Format.XLSX)


def noted(definition: PlanDefinition, text: str) -> PlanDefinition:
    """The plan with one more note."""
    return replace(definition, notes=(*definition.notes, Bilingual(text)))


@pytest.mark.parametrize("format_", Format)
def test_a_plan_is_taken_along_and_comes_back_unchanged(site: Site, format_: Format) -> None:
    planner = site.browser("planning")
    response = planner.client.get(f"/desk/plans/{PLAN}/export?format={format_}")
    assert response.status_code == 200
    assert f"{PLAN}{format_.suffix}" in response.headers["content-disposition"]
    preview = send(planner, response.content, f"plan{format_.suffix}")
    assert preview.status == 200
    assert "取り込んでも何も変わりません" in preview.words
    assert 'value="import"' not in preview.text


def test_what_would_change_is_shown_before_anything_does(site: Site) -> None:
    planner, before = site.browser("planning"), stored(site)
    preview = send(planner, workbook(noted(before, "新しい備考です。")))
    assert preview.status == 200
    assert "変わるところ（1件）" in preview.words
    assert "新しい備考です。" in preview.words
    assert stored(site) == before
    assert decide(planner, preview).to == f"/plans/{PLAN}?done=imported"
    assert stored(site) == noted(before, "新しい備考です。")


def test_an_import_can_be_given_up(site: Site) -> None:
    planner, before = site.browser("planning"), stored(site)
    preview = send(planner, workbook(noted(before, "やめる備考")))
    assert decide(planner, preview, "put_away").to == "/desk/plans/exchange?done=put_away"
    assert stored(site) == before
    assert decide(planner, preview).status == 409, "the file was put away with it"


def test_a_file_that_lay_too_long_is_asked_for_again(site: Site) -> None:
    planner, before = site.browser("planning"), stored(site)
    preview = send(planner, workbook(noted(before, "遅い備考")))
    site.clock.at += timedelta(days=1, minutes=1)
    late = site.browser("planning")
    answer = decide(late, preview)
    assert answer.status == 409
    assert "もう一度ファイルを選んでください" in answer.words
    assert stored(site) == before


def test_every_mistake_is_named_with_its_place_and_nothing_is_stored(site: Site) -> None:
    planner, before = site.browser("planning"), stored(site)
    edition = before.editions[0]
    nodes = [replace(n, parent="9-9") if n.code in ("1-1-1", "1-1-2") else n for n in edition.nodes]
    broken = replace(before, editions=(replace(edition, nodes=tuple(nodes)), *before.editions[1:]))
    answer = send(planner, workbook(broken))
    assert answer.status == 422
    places = re.findall(r"「施策」シート、(\d+)行目、\w+列（.*?）：「9-9」", answer.words)
    assert len(set(places)) == 2
    assert stored(site) == before


def test_a_plan_that_was_asked_about_keeps_its_tree_and_the_cell_is_named(site: Site) -> None:
    planner, before = site.browser("planning"), stored(site)
    editions = tuple(
        replace(e, nodes=tuple(replace(n, title="別の名称") if n.code == "1-1-1" else n for n in e.nodes))
        for e in before.editions
    )
    answer = send(planner, workbook(replace(before, editions=editions)))
    assert answer.status == 422
    assert re.search(r"「施策」シート、\d+行目.*別の名称", answer.words)
    assert stored(site) == before


def test_a_plan_of_another_municipality_is_refused(site: Site) -> None:
    definition = stored(site)
    foreign = replace(definition, municipality=replace(definition.municipality, code="elsewhere"))
    answer = send(site.browser("planning"), workbook(foreign))
    assert answer.status == 422
    assert "ほかの市町村" in answer.words


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("plan.xlsx", b"no workbook", "Excelブックではありません", id="no workbook"),
        pytest.param("plan.xlsx", b"x" * (files.LARGEST + 1), "大きすぎます", id="too large"),
        pytest.param("plan.yaml", b"code: [", "1行目", id="no plan file"),
        pytest.param("", b"", "", id="no file at all"),
    ],
)
def test_what_is_no_plan_is_refused_in_words(site: Site, name: str, content: bytes, said: str) -> None:
    answer = send(site.browser("planning"), content, name)
    assert answer.status == 422
    assert said in answer.words


def test_only_the_planning_division_takes_plans_in_and_out(site: Site) -> None:
    staff = site.browser("information_staff")
    for path in ("/desk/plans/exchange", f"/desk/plans/{PLAN}/export"):
        assert staff.get(path).status == 403
    assert send(staff, b"").status == 403


def test_a_file_without_the_token_of_the_session_is_not_taken(site: Site) -> None:
    planner, before = site.browser("planning"), stored(site)
    assert send(planner, workbook(noted(before, "よその備考")), csrf=False).status == 403
    with site.city.database.reading(site.city.municipality) as session:
        assert session.exec(select(t.Upload)).all() == []


def test_what_somebody_sent_is_theirs_alone(site: Site) -> None:
    planner = site.browser("planning")
    preview = send(planner, workbook(noted(stored(site), "私の備考")))
    with site.city.database.writing(site.city.municipality) as session:
        upload = session.exec(select(t.Upload)).one()
        upload.user_id = site.city.user("information_staff").id
        session.add(upload)
    assert decide(planner, preview).status == 409


def in_english(site: Site) -> Browser:
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.name_en, user.language = user.email.partition("@")[0], "en"
            session.add(user)
    return site.browser("planning")


def japanese_in(page: Answer) -> list[str]:
    text = re.sub(r"<style>.*?</style>", "", page.text, flags=re.DOTALL).replace("日本語", "").replace("巡", "")
    return re.findall(r"[\u3001-\u30ff\u3400-\u9fff\uff01-\uffef]+", text)


def test_every_page_of_it_reads_in_english(site: Site) -> None:
    planner, before = in_english(site), stored(site)
    editions = (replace(before.editions[0], nodes=before.editions[0].nodes[:-1]), *before.editions[1:])
    pages = [
        planner.get("/desk/plans/exchange"),
        planner.get("/desk/plans/exchange?done=put_away"),
        send(planner, workbook(replace(before, notes=(Bilingual("note", "note"),)))),
        send(planner, workbook(before)),
        send(planner, b"x", "plan.xlsx"),
        send(planner, workbook(replace(before, editions=editions))),
    ]
    in_the_file = " ".join((*(s.name.ja for s in SHEETS), *(c.heading.ja for s in SHEETS for c in s.columns)))
    in_the_plan = " ".join(n.ja for n in before.notes)
    for page in pages:
        assert [word for word in japanese_in(page) if word not in in_the_file + in_the_plan] == []
