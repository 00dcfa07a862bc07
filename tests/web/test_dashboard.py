"""The dashboard: who sees it, which year and count it shows, and that everything in it can be taken along."""

from __future__ import annotations

import csv
import re
from html import unescape
from io import BytesIO, StringIO

import lxml.etree
import openpyxl
import pytest
from sqlmodel import select

from db import tables as t
from db.session import Database
from tests.test_texts import japanese_in
from tests.web.conftest import Browser, Site
from tests.web.desk_city import PLANNER, SignedInClient, collecting, counted_queries, elsewhere
from tests.web.small_city import reading, words
from tests.web.test_plan_progress import plan_of, planner

DASHBOARD = "/desk/plans/iizuka-ict/dashboard"
PARTS = ("level-policy", "level-goal", "department", "class", "measures", "on-time", "days", "answers")
DRAWN = PARTS[:-1]


@pytest.fixture
def planning(site: Site) -> Browser:
    return site.browser("planning")


def links(page: str) -> list[str]:
    """Every file and picture that a page leads to."""
    return [
        unescape(found) for found in re.findall(r'(?:href|src)="(/desk/plans/[^"]+\.(?:xlsx|csv|svg|png)[^"]*)"', page)
    ]


def paths() -> list[str]:
    files = [f"{DASHBOARD}/{part}.{format}" for part in PARTS for format in ("xlsx", "csv")]
    return [DASHBOARD, *files, *(f"{DASHBOARD}/{part}.svg" for part in DRAWN), f"{DASHBOARD}/all.xlsx"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("planning", 200),
        ("information_staff", 403),
        ("information_head", 403),
        ("information_director", 403),
        ("administrator", 403),
        ("", 303),
    ],
)
def test_the_dashboard_and_all_its_files_are_the_planning_divisions_alone(site: Site, who: str, status: int) -> None:
    browser = site.browser(who) if who else site.stranger()
    answers = {path: browser.client.get(path).status_code for path in paths()}
    assert answers == dict.fromkeys(paths(), status)


def test_another_city_has_no_such_dashboard(sample_database: Database) -> None:
    email, _ = elsewhere(sample_database)
    client = SignedInClient(sample_database, email)
    assert {client.get(path).status for path in (DASHBOARD, f"{DASHBOARD}/measures.csv")} == {404}


def test_the_desk_leads_to_the_dashboard_of_each_plan(planning: Browser) -> None:
    assert f'href="{DASHBOARD}"' in planning.get("/desk").text


def test_a_year_and_a_count_are_chosen_and_kept_in_every_link(planning: Browser) -> None:
    latest = planning.get(DASHBOARD)
    assert "令和2年度（2020年度）の進捗" in latest.words
    chosen = planning.get(f"{DASHBOARD}?year=2019&by=state")
    assert "令和元年度（2019年度）の進捗" in chosen.words
    assert re.search(r'<option value="2019" selected', chosen.text)
    assert re.search(r'<option value="state" selected', chosen.text)
    assert all("year=2019&by=state" in link for link in links(chosen.text))
    assert "確定" in planning.get(f"{DASHBOARD}/department.csv?year=2019&by=state").text
    assert "予定どおり" in planning.get(f"{DASHBOARD}/department.csv?year=2019&by=nonsense").text, "as if not asked for"


@pytest.mark.parametrize(
    "wrong",
    ["?year=2018", "/department.csv?year=2018", "/nothing.csv", "/answers.svg", "/all.csv", "/indicator-of-none.svg"],
)
def test_what_is_not_there_is_not_found(planning: Browser, wrong: str) -> None:
    assert planning.get(DASHBOARD + wrong).status == 404


def test_a_format_that_is_not_made_or_a_year_that_is_none_is_refused(planning: Browser) -> None:
    assert planning.get(f"{DASHBOARD}/department.pdf").status in (404, 422)
    assert planning.get(f"{DASHBOARD}?year=then").status in (404, 422)


def test_every_table_and_every_picture_of_the_page_opens(site: Site, planning: Browser) -> None:
    site.city.submit("1-1-1", "information_staff")
    found = links(planning.get(DASHBOARD).text)
    assert {re.sub(r".*/dashboard/|\?.*", "", link) for link in found} == {
        *(f"{part}.{format}" for part in PARTS for format in ("xlsx", "csv")),
        *(f"{part}.{format}" for part in DRAWN for format in ("svg", "png")),
        "all.xlsx",
    }
    for link in (one for one in found if ".png" not in one or "policy" in one):
        answer = planning.client.get(link)
        assert answer.status_code == 200, link
        if ".xlsx" in link:
            sheets = openpyxl.load_workbook(BytesIO(answer.content)).worksheets
            assert len(sheets) == (len(PARTS) if "/all." in link else 1)
            assert sheets[0]["A1"].value == "試験のための見本です。", "the mark goes with it"
        elif ".csv" in link:
            rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))
            assert len(rows) > 1
            assert len({len(row) for row in rows}) == 1
        elif ".svg" in link:
            said = "".join(lxml.etree.fromstring(answer.content).itertext())
            assert ("試験のための見本です。" in said) == ("keep=1" in link), link
        else:
            assert answer.content.startswith(b"\x89PNG")


def test_a_files_name_says_plan_part_year_and_that_it_is_a_sample(planning: Browser) -> None:
    def name(path: str) -> str:
        return planning.client.get(path).headers.get("content-disposition", "")

    assert 'attachment; filename="iizuka-ict-class-2019-sample.csv"' in name(f"{DASHBOARD}/class.csv?year=2019")
    assert "iizuka-ict-measures-2020-sample.svg" in name(f"{DASHBOARD}/measures.svg?keep=1")
    assert name(f"{DASHBOARD}/measures.svg") == "", "a picture of the page is shown"


def test_a_picture_is_sent_once_and_then_only_asked_about(planning: Browser) -> None:
    first = planning.client.get(f"{DASHBOARD}/measures.svg")
    again = planning.client.get(f"{DASHBOARD}/measures.svg", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_csv_tells_what_the_page_shows(site: Site, planning: Browser) -> None:
    site.city.submit("1-1-1", "information_staff")
    rows = list(csv.reader(StringIO(planning.get(f"{DASHBOARD}/department.csv").text.removeprefix("\ufeff"))))
    information = next(row for row in rows if row[0] == "情報政策課")
    assert dict(zip(rows[0], information, strict=True))["合計"] == "3"
    page = planning.get(DASHBOARD).text
    table = page[page.index('id="part-department"') :]
    line = next(r for r in table.split("<tr") if ">情報政策課</th>" in r)
    assert [words(cell) for cell in re.findall(r"(<td.*?</td>)", line)] == information[1:]


def test_every_cell_of_the_heat_map_says_in_words_what_its_sign_means(planning: Browser) -> None:
    page = planning.get(DASHBOARD).text
    table = page[page.index('id="measures"') :]
    cells = re.findall(r'<td class="heat--\w+"[^>]*>(.*?)</td>', table[: table.index("</table>")])
    assert len(cells) == 43 * 2
    assert all(words(re.sub(r'<span aria-hidden="true">.*?</span>', "", cell)) for cell in cells)
    assert [words(cell) for cell in cells[:2]] == ["● 承認・確定", "× 未提出"], "1-1-1 in 2019 and 2020"


def test_a_plan_of_which_no_year_has_begun_says_so_and_shows_its_indicators(empty_database: Database) -> None:
    reading(empty_database, plan_of("tokorozawa-comprehensive"))
    client = planner(empty_database)
    page = client.get("/desk/plans/tokorozawa-comprehensive/dashboard")
    assert page.status == 200
    assert "始まった年度がまだないため" in page.text
    series = [link for link in links(page.text) if "indicator-of-" in link]
    assert len(series) > 50
    drawn = client.http.get(series[0])
    assert str(lxml.etree.fromstring(drawn.content).tag).endswith("svg")
    rows = list(csv.reader(StringIO(client.get("/desk/plans/tokorozawa-comprehensive/dashboard/indicators.csv").text)))
    council = next(row for row in rows if row[0] == "所沢市議会 比率")
    assert council[1:6] == ["％", "記載なし", "30.3", "令和6年（2024年）4月1日", "良くなった"]
    values = client.get("/desk/plans/tokorozawa-comprehensive/dashboard/indicator-values.csv").text
    assert "定義が変わった：" in values


def test_the_page_asks_the_database_no_more_as_reports_come_in(site: Site, planning: Browser) -> None:
    def asked() -> int:
        with counted_queries(site.city.database.engine) as said:
            assert planning.get(DASHBOARD).status == 200
        return len(said)

    before = asked()
    for measure in ("1-1-1", "1-2-1", "1-2-4"):
        site.city.submit(measure, "information_staff")
    assert asked() == before


def test_the_dashboard_reads_in_english(sample_database: Database) -> None:
    city = collecting(sample_database)
    city.submit("1-1-1")
    city.approve("1-1-1")
    with city.database.writing(city.municipality) as session:
        for user in session.exec(select(t.User)).all():
            user.language = "en"
            session.add(user)
    client = city.client(PLANNER)
    shown = [client.get(DASHBOARD + query).text for query in ("", "?by=state", "?by=grade")]
    shown += [client.get(f"{DASHBOARD}/{part}.csv").text for part in PARTS]
    shown += [client.get(f"{DASHBOARD}/{part}.svg?keep=1").text for part in ("class", "measures", "on-time", "days")]
    for page in shown:
        rest = unescape(re.sub(r'<button [^>]*lang="ja">日本語</button>|<span aria-hidden="true">巡</span>', "", page))
        assert japanese_in(rest) == []
