"""Evaluating by keyboard in a real browser, and axe on the workbench at desktop and phone width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.evaluation import Stage
from tests.browser.page_checks import WIDTHS, complaints, sideways, violations
from tests.web.desk_city import DeskCity
from tests.web.judged_city import MEASURE, evaluate, judged, with_stages
from tests.web.serving import serving_app
from web.context import SESSION_COOKIE


@pytest.fixture
def city(sample_database: Database) -> DeskCity:
    return judged(sample_database)


@contextmanager
def opened(browser: Browser, city: DeskCity, width: int, *, script: bool = True) -> Iterator[tuple[Page, str]]:
    client = city.client()
    assert isinstance(client.http.app, FastAPI)
    with serving_app(client.http.app) as address:
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
        token = client.http.cookies.get(SESSION_COOKIE) or ""
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        yield context.new_page(), address
        context.close()


def stored(city: DeskCity) -> dict[str, tuple[str, str, str]]:
    with city.database.reading(city.municipality) as session:
        rows = session.exec(select(t.Evaluation, t.Node).join(t.Node).where(t.Evaluation.cycle_id == city.cycle))
        return {node.code: (e.grade, e.direction.value, e.comment) for e, node in rows}


def test_all_measures_are_evaluated_by_keyboard_alone(browser: Browser, city: DeskCity) -> None:
    first, second = (city.report(code).node_id for code in (MEASURE, "1-1-2"))
    with opened(browser, city, 1280) as (page, address):
        page.goto(f"{address}/desk/cycles/{city.cycle}/evaluations")
        page.locator(f"#grade-{first}").focus()
        page.keyboard.press("1")
        why = page.locator(f"#row-{first} .sheet__why")
        expect(why).to_be_visible()  # the suggestion is B
        page.keyboard.press("0")
        expect(page.locator(f"#grade-{first}")).to_have_value("B")
        expect(why).to_be_hidden()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("2")
        page.keyboard.press("Tab")
        page.keyboard.type("続けて進める。")
        page.keyboard.press("Alt+ArrowDown")
        page.keyboard.press("Alt+ArrowLeft")
        page.keyboard.press("3")
        page.keyboard.press("ArrowLeft")
        expect(page.locator(f"#grade-{second}")).to_be_focused()
        page.keyboard.press("3")
        page.keyboard.press("ArrowUp")
        expect(page.locator(f"#grade-{first}")).to_be_focused()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("status")).to_contain_text("2件の評価を保存しました")
    assert stored(city) == {MEASURE: ("B", "continue", "続けて進める。"), "1-1-2": ("C", "improve", "")}


def test_the_sheet_is_a_plain_form_without_javascript(browser: Browser, city: DeskCity) -> None:
    node = city.report(MEASURE).node_id
    with opened(browser, city, 1280, script=False) as (page, address):
        page.goto(f"{address}/desk/cycles/{city.cycle}/evaluations")
        expect(page.locator("#sheet-keys")).to_be_hidden()
        page.locator(f"#grade-{node}").select_option("A")
        page.locator(f"#direction-{node}").select_option("expand")
        page.get_by_role("button", name="変わった行をすべて保存").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("1件の評価を保存しました")
        page.goto(f"{address}/desk/cycles/{city.cycle}/evaluation/{node}")
        page.get_by_role("link", name="目安の区分を評価に入れる").press("Enter")
        expect(page.locator("input[name=grade][value=B]")).to_be_checked()
    assert stored(city) == {MEASURE: ("A", "expand", "")}


def test_using_the_suggestion_keeps_what_was_typed(browser: Browser, city: DeskCity) -> None:
    with opened(browser, city, 1280) as (page, address):
        page.goto(f"{address}/desk/cycles/{city.cycle}/evaluation/{city.report(MEASURE).node_id}")
        page.locator("#comment").fill("書きかけの所見")
        page.get_by_role("link", name="目安の区分を評価に入れる").press("Enter")
        expect(page.locator("input[name=grade][value=B]")).to_be_checked()
        expect(page.locator("#comment")).to_have_value("書きかけの所見")


@pytest.mark.parametrize("width", list(WIDTHS.values()), ids=list(WIDTHS))
def test_axe_finds_no_violation_on_the_workbench(browser: Browser, city: DeskCity, width: int) -> None:
    with_stages(city, Stage.PRIMARY, Stage.EXTERNAL)
    evaluate(city, MEASURE, "A")
    node = city.report(MEASURE).node_id
    at, sheet = f"/desk/cycles/{city.cycle}/evaluation/{node}", f"/desk/cycles/{city.cycle}/evaluations"
    pages = [at, f"{at}?stage=external&unexplained={node}", sheet, f"{sheet}?stage=external&show=differs"]
    with opened(browser, city, width) as (page, address):
        assert complaints(page, address, pages) == {}
        page.goto(address + sheet)
        page.locator(f"#direction-{node}").select_option("")
        evaluate(city, MEASURE, "C", "先に保存した所見")
        page.get_by_role("button", name=re.compile("保存")).first.press("Enter")
        expect(page.locator("#error-summary")).to_be_visible()
        assert (violations(page), sideways(page)) == ([], 0)
        with city.database.writing(EVERY_MUNICIPALITY) as session:
            for user in session.exec(select(t.User)).all():
                user.language = "en"
                session.add(user)
        assert complaints(page, address, pages) == {}
