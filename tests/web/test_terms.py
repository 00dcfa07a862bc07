"""期間の振り返り on the pages: read by everybody of the city, written and decided by the planning division."""

from __future__ import annotations

import re
from html import unescape

import pytest

from db.session import Database
from tests.term_city import LEARNT, PLANNER, READER, TermCity, add_project, definition, make_term_city
from tests.web.desk_city import Page, SignedInClient
from tests.web.small_city import words

TERM, DESK = "/plans/tokorozawa-dx/terms/settling", "/desk/plans/tokorozawa-dx/terms/settling"
DOCUMENT = f"{TERM}/document"
TYPED = {f"{what}.{code}": f"・{what} {code} の点" for code in "123" for what in ("good", "to_do")}


@pytest.fixture
def city(empty_database: Database) -> TermCity:
    return make_term_city(empty_database)


@pytest.fixture
def planner(city: TermCity) -> SignedInClient:
    return SignedInClient(city.database, PLANNER)


@pytest.fixture
def reader(city: TermCity) -> SignedInClient:
    return SignedInClient(city.database, READER)


def seen(page: Page) -> dict[str, str]:
    return dict(re.findall(r'name="(seen(?:\.[0-9]*)?)" value="([^"]*)"', page.text))


def write(planner: SignedInClient, values: dict[str, str] | None = None) -> Page:
    return planner.post(DESK, {**seen(planner.get(DESK)), **TYPED, **(values or {})})


def test_everybody_reads_what_the_plan_prints_until_the_city_decides(reader: SignedInClient) -> None:
    page = words(reader.get(TERM).text)
    for one in definition().term_evaluations:
        assert all(point.ja in page for point in (*one.good, *one.to_do))
    assert "計画書に書かれた振り返りです" in page
    assert "期間より前" in page
    assert "令和3年度（2021年度）" in page
    assert "振り返りを書く" not in page
    assert reader.get("/plans/tokorozawa-dx/terms/never").status == 404


def test_the_tab_of_a_plan_leads_to_its_term(reader: SignedInClient) -> None:
    page = reader.get("/plans/tokorozawa-dx").text
    assert f'href="{TERM}"' in page
    assert 'href="/plans/tokorozawa-dx/surveys"' in page


def test_a_term_is_written_decided_and_read(planner: SignedInClient, reader: SignedInClient) -> None:
    assert write(planner).goes_to == f"{DESK}?done=saved"
    assert "good 1 の点" not in reader.get(TERM).text, "a draft is nobody's word"
    page = planner.get(DESK)
    assert "good 1 の点</textarea>" in page.text, "the sign before a point is left out"
    assert planner.post(f"{DESK}/decide", seen(page)).goes_to == f"{DESK}?done=decided"
    shown = words(reader.get(TERM).text)
    assert "good 1 の点" in shown
    assert "に決定した振り返りです" in shown
    assert definition().term_evaluations[0].good[0].ja not in shown


def test_what_the_plan_prints_is_taken_over_with_one_click(planner: SignedInClient) -> None:
    assert "計画書の振り返りを写す" in planner.get(DESK).text
    assert planner.post(f"{DESK}/take-over").goes_to == f"{DESK}?done=taken_over"
    page = unescape(planner.get(DESK).text)
    assert "計画書の振り返りを写す" not in page
    assert all(point.ja in page for one in definition().term_evaluations for point in (*one.good, *one.to_do))


def test_a_theme_without_a_word_keeps_the_term_open(planner: SignedInClient) -> None:
    write(planner, {"good.2": "", "to_do.2": " \n "})
    page = planner.get(DESK)
    assert f'action="{DESK}/decide"' not in page.text
    refused = planner.post(f"{DESK}/decide", {"seen": "1-0-1-0"})
    assert refused.status == 409
    assert "まだ何も書かれていないテーマがあります" in refused.text


def test_what_somebody_else_wrote_meanwhile_is_shown_beside_and_nothing_is_lost(planner: SignedInClient) -> None:
    opened = seen(planner.get(DESK))
    write(planner)
    late = planner.post(DESK, {**opened, **TYPED, "good.1": "あとから書いた点", "to_do.3": "課題はこちら"})
    assert late.status == 409
    assert "あとから書いた点</textarea>" in late.text
    assert "いま保存されている内容" in late.text
    assert "good 1 の点" in late.text
    assert "あとから書いた点" not in planner.get(DESK).text


def test_a_decision_is_made_of_what_was_seen(planner: SignedInClient) -> None:
    write(planner)
    opened = seen(planner.get(DESK))
    write(planner, {"good.1": "書き直し"})
    refused = planner.post(f"{DESK}/decide", {"seen": opened["seen"]})
    assert refused.status == 409
    assert "ほかの人が書き直しました" in refused.text


def test_a_decision_is_taken_back_with_a_reason_only(planner: SignedInClient) -> None:
    write(planner)
    planner.post(f"{DESK}/decide", {"seen": seen(planner.get(DESK))["seen"]})
    assert planner.post(DESK, TYPED | {"good.1": "決定のあと"}).status == 422
    refused = planner.post(f"{DESK}/reopen", {"reason": " "})
    assert refused.status == 422
    assert "理由を入力してください" in refused.text
    assert planner.post(f"{DESK}/reopen", {"reason": "誤字のため"}).goes_to == f"{DESK}?done=reopened"
    assert 'name="good.1"' in planner.get(DESK).text


def test_a_line_that_is_too_long_is_refused_and_kept_in_the_form(planner: SignedInClient) -> None:
    refused = write(planner, {"good.1": "あ" * 301})
    assert refused.status == 422
    assert "1行は300文字まで" in refused.text
    assert "あ" * 301 in refused.text


def test_a_failed_trial_stands_as_what_was_learnt_and_never_as_an_alarm(
    city: TermCity, planner: SignedInClient, reader: SignedInClient
) -> None:
    add_project(city, "1-1")
    for page in (reader.get(TERM).text, planner.get(DESK).text):
        assert LEARNT in page
        entry = re.search(r'<li class="trial">.*?</li>', page, re.DOTALL)
        assert entry is not None
        assert re.findall(r"badge[-\w]*", entry.group()) == ["badge"], "no colour of its own"
        assert "2026年の試行" not in page, "it came after the term"


@pytest.mark.parametrize(
    ("format", "begins"), [("html", b"<!DOCTYPE html>"), ("docx", b"PK"), ("pdf", b"%PDF")], ids=["html", "docx", "pdf"]
)
def test_the_document_is_had_from_the_page(reader: SignedInClient, format: str, begins: bytes) -> None:
    assert "document?format=docx" in reader.get(TERM).text
    response = reader.http.get(f"{DOCUMENT}?format={format}")
    assert response.status_code == 200
    assert response.content.lstrip().startswith(begins)
    assert "tokorozawa-dx-term-settling" in response.headers["content-disposition"]


def test_a_draft_document_is_for_the_planning_division(planner: SignedInClient, reader: SignedInClient) -> None:
    write(planner)
    assert "good 1 の点" in planner.get(f"{DOCUMENT}?draft=1").text
    assert "good 1 の点" not in reader.get(DOCUMENT).text
    assert reader.get(f"{DOCUMENT}?draft=1").status == 403
    assert reader.get(f"{DOCUMENT}?format=xlsx").status == 404


def test_only_the_planning_division_writes_and_only_with_its_token(
    city: TermCity, planner: SignedInClient, reader: SignedInClient
) -> None:
    posts = {DESK: TYPED, f"{DESK}/take-over": {}, f"{DESK}/decide": {"seen": ""}, f"{DESK}/reopen": {"reason": "x"}}
    assert reader.get(DESK).status == 403
    for path, values in posts.items():
        assert reader.post(path, values).status == 403, path
        assert planner.post(path, values, with_token=False).status == 403, path
    assert [one.version for one in city.sheet().everything] == [0, 0, 0, 0]


def test_nobody_reads_a_term_without_signing_in(reader: SignedInClient) -> None:
    reader.http.cookies.clear()
    for path in (TERM, DOCUMENT, DESK):
        answer = reader.get(path)
        assert (answer.status, answer.goes_to.partition("?")[0]) == (303, "/sign-in"), path
