"""What a plan says beside its tree: series with their breaks, editions compared, views, links, what is not said."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from functools import cache
from html import unescape
from pathlib import Path

import pytest

import plan_files
from db.session import Database
from domain.indicator import IndicatorDirection, IndicatorValue, ValueType
from domain.lineage import LineageKind, LineageLink
from domain.plan import LinkKind, NodeAddress, NodeLink, PlanDefinition
from domain.text import Bilingual
from tests.domain import small_plan
from tests.web.desk_city import SignedInClient, collecting, counted_queries, elsewhere
from tests.web.small_city import measure, node_ids, reading, words

ROOT = Path(__file__).parents[2]
SMALL = replace(small_plan.PLAN, links=())
PARTS = (
    *("", "/indicators", "/indicators/{i}.svg", "/comparison", "/views", "/achievements", "/bodies", "/about"),
    "/glossary",
)


@cache
def plan_of(name: str) -> PlanDefinition:
    return plan_files.read_plan(ROOT / "plans" / f"{name}.yaml")


def card(page: str, indicator: str) -> str:
    """One series on the page of the indicators."""
    start = page.index(f'id="indicator-{indicator}"')
    return page[start : page.index("</article>", start)]


@pytest.fixture
def tokorozawa(empty_database: Database) -> SignedInClient:
    return reading(empty_database, plan_of("tokorozawa-comprehensive"), plan_of("tokorozawa-dx"))


@pytest.fixture
def misato(empty_database: Database) -> SignedInClient:
    return reading(empty_database, plan_of("misato-policy"))


# Indicators


def test_all_series_are_listed_by_group_with_every_value(tokorozawa: SignedInClient) -> None:
    page = tokorozawa.get("/plans/tokorozawa-comprehensive/indicators").text
    series = plan_of("tokorozawa-comprehensive").indicators
    assert re.findall(r'<article [^>]*id="indicator-([^"]+)"', page) == [i.code for i in series]
    for indicator in series:
        shown = words(card(page, indicator.code))
        assert indicator.name.ja in shown
        assert all(value.printed in shown for value in indicator.values), indicator.code


def test_a_value_without_a_date_says_so_and_names_its_document(tokorozawa: SignedInClient) -> None:
    page = tokorozawa.get("/plans/tokorozawa-comprehensive/indicators").text
    shown = words(card(page, "daisy-koho"))
    assert shown.count("基準日の記載なし") == 2
    assert [d.name.ja in shown for d in plan_of("tokorozawa-comprehensive").documents] == [True, True]
    dated = words(card(page, "women-council-ratio"))
    assert "基準日の記載なし" not in dated
    assert "令和3年（2021年）4月1日" in dated


def test_a_break_is_signed_in_table_and_text_and_nothing_is_compared_across_it(tokorozawa: SignedInClient) -> None:
    page = tokorozawa.get("/plans/tokorozawa-comprehensive/indicators").text
    broken, whole = words(card(page, "daisy-koho")), words(card(page, "women-council-ratio"))
    assert "※1 基準日の記載なし" in broken
    assert "※1 ここで系列が切れます。令和3年の版の「デイジー版」が" in broken
    assert "-60" not in broken, "444 after 504"
    assert "+4.5" in whole
    assert "※" not in whole


def test_a_ratio_names_what_it_divides_and_a_total_what_it_adds_up(tokorozawa: SignedInClient) -> None:
    page = tokorozawa.get("/plans/tokorozawa-comprehensive/indicators").text
    assert "割合の内訳： 所沢市議会 うち女性数 ÷ 所沢市議会 総数" in words(card(page, "women-council-ratio"))
    total = next(i for i in plan_of("tokorozawa-comprehensive").indicators if i.sum_of)
    links = re.findall(r'href="[^"]*#indicator-([^"]+)"', card(page, total.code))
    assert links == list(total.sum_of)


def test_a_chart_is_a_picture_that_a_browser_keeps_until_the_series_changes(tokorozawa: SignedInClient) -> None:
    path = "/plans/tokorozawa-comprehensive/indicators/women-council-ratio.svg"
    assert f'src="{path}"' in tokorozawa.get("/plans/tokorozawa-comprehensive/indicators").text
    first = tokorozawa.http.get(path)
    assert first.headers["content-type"] == "image/svg+xml"
    assert "30.3" in first.text
    assert first.headers["cache-control"] == "private, no-cache"
    again = tokorozawa.http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = tokorozawa.http.get(path, headers={"If-None-Match": '"of-another-day"'})
    assert (other.status_code, other.text) == (200, first.text)


def test_no_renderer_is_loaded_before_the_first_chart_is_asked_for() -> None:
    loaded = "import sys, web.app; print({'vl_convert', 'typst'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_page_needs_no_style_or_script_of_its_own(tokorozawa: SignedInClient) -> None:
    """The policy of the application forbids both; a page that had them would look broken."""
    for part in ("", "/indicators", "/views", "/about"):
        page = tokorozawa.get(f"/plans/tokorozawa-comprehensive{part}").text
        assert re.findall(r"<style|style=|<script(?! type=\"module\" src=)|\son\w+=", page) == []


def test_a_single_value_is_no_series_and_has_no_chart(empty_database: Database) -> None:
    one = replace(small_plan.APPLICATIONS, values=small_plan.APPLICATIONS.values[2:])
    client = reading(empty_database, replace(SMALL, indicators=(one,), rating=None))
    assert "<img" not in client.get("/plans/small-plan/indicators").text
    assert client.get("/plans/small-plan/indicators/applications.svg").status == 404


def test_a_rate_says_how_it_was_computed_and_which_grade_it_gives(empty_database: Database) -> None:
    """(140 − 100) ÷ (500 − 100) = 10 %, below 80: the second grade."""
    page = reading(empty_database, SMALL).get("/plans/small-plan/indicators").text
    shown = words(card(page, "applications"))
    assert (
        "基準値からの進捗率（令和2年度（2020年度））：10.0% 遅れ 計算：(実績値 − 基準値) ÷ (目標値 − 基準値) × 100"
        in shown
    )
    assert "基準値 100" in shown
    assert "目標値 500" in shown


def test_a_missing_value_is_never_zero(empty_database: Database) -> None:
    gap = IndicatorValue(None, fiscal_year=2021)
    series = replace(small_plan.APPLICATIONS, values=(*small_plan.APPLICATIONS.values, gap))
    page = reading(empty_database, replace(SMALL, indicators=(series,))).get("/plans/small-plan/indicators").text
    assert "令和3年度（2021年度） 実績値 値なし —" in words(card(page, "applications"))


def test_a_series_follows_its_measure_into_the_next_edition(empty_database: Database) -> None:
    client = reading(empty_database, SMALL)
    for edition, code, told in (("2020-03", "1-1", True), ("2023-03", "1-2", True), ("2020-03", "1-2", False)):
        page = client.get(measure(empty_database, "small-plan", edition, code)).text
        assert ("電子申請の件数" in page) is told, (edition, code)


def test_a_look_back_on_a_term_stands_on_the_page_of_its_theme(
    tokorozawa: SignedInClient, empty_database: Database
) -> None:
    for one in (e for e in plan_of("tokorozawa-dx").term_evaluations if e.node):
        page = words(tokorozawa.get(measure(empty_database, "tokorozawa-dx", one.edition, one.node)).text)
        assert all(text.ja in page for text in (*one.good, *one.to_do))
    assert "期の振り返り" not in tokorozawa.get(measure(empty_database, "tokorozawa-dx", "2026-03", "1-1")).text


def test_many_indicators_come_in_pages_with_the_same_number_of_queries(empty_database: Database) -> None:
    many = tuple(replace(small_plan.APPLICATIONS, code=f"i{n}") for n in range(130))
    client = reading(empty_database, replace(SMALL, indicators=many), replace(SMALL, code="few"))
    first, last = (client.get(f"/plans/small-plan/indicators?page={n}").text for n in (1, 3))
    assert first.count('<article class="card stack series"') == 60
    assert re.findall(r'id="indicator-(\w+)"', last) == [f"i{n}" for n in range(120, 130)]
    assert client.get("/plans/small-plan/indicators?page=4").status == 404
    counts = []
    for plan in ("small-plan", "few"):
        with counted_queries(empty_database.engine) as said:
            client.get(f"/plans/{plan}/indicators")
        counts.append(len(said))
    assert counts[0] == counts[1]


# Two editions compared


def rows(page: str) -> list[list[str]]:
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    return [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in body.split("<tr>")[1:]]


def test_the_comparison_of_iizuka_marks_every_changed_letter(empty_database: Database) -> None:
    client = reading(empty_database, plan_of("iizuka-ict"))
    found = rows(client.get("/plans/iizuka-ict/comparison").text)
    misprint = next(row for row in found if "2-1-3" in row[1])
    assert "こども見守りシステム<del>の</del>調査研究" in misprint[1]
    assert "こども見守りシステム<ins>に</ins>調査研究" in misprint[2]
    assert "継続" in misprint[3]
    assert "題名が1字違う" in misprint[4]
    kinds = [re.findall(r"badge--lineage-(\w+)", row[3]) for row in found]
    assert sum(k == ["new"] for k in kinds) == 7
    assert sum("renamed" in k for k in kinds) == 14
    assert sum(k == ["renamed", "renumbered"] for k in kinds) == 4
    assert sum(k == ["renumbered"] for k in kinds) == 1
    assert sum(k == ["abolished"] for k in kinds) == 2
    assert sum(k == ["merged"] for k in kinds) == 1


def test_what_did_not_change_is_shown_when_asked_for(empty_database: Database) -> None:
    client = reading(empty_database, plan_of("iizuka-ict"))
    changed, everything = (rows(client.get(f"/plans/iizuka-ict/comparison?show={s}").text) for s in ("", "all"))
    same = [row for row in everything if "badge--lineage-continued" in row[3]]
    assert len(everything) == len(changed) + len(same) - 1, "the misprint is continued and changed"
    assert "公衆無線LANの整備、活用促進" in "".join(row[1] for row in same)
    assert "公衆無線LANの整備、活用促進" not in "".join(row[1] for row in changed)


def test_any_two_editions_can_be_compared_in_their_order(empty_database: Database) -> None:
    third = replace(
        small_plan.SECOND,
        code="2025-03",
        name=Bilingual("再改訂"),
        effective_on=small_plan.SECOND.effective_on.replace(year=2025),
        lineage=tuple(
            LineageLink(LineageKind.CONTINUED, (n.code,), (n.code,))
            for n in small_plan.SECOND.nodes
            if n.level == "measure"
        ),
    )
    client = reading(empty_database, replace(SMALL, editions=(*SMALL.editions, third)))
    path = "/plans/small-plan/comparison"
    assert "「改訂」と「再改訂」を比べています" in client.get(path).text
    assert "「策定」と「再改訂」を比べています" in client.get(f"{path}?before=2020-03&after=2025-03").text
    for wrong in ("before=2025-03&after=2020-03", "before=2020-03&after=2020-03", "after=1999-01", "after=2020-03"):
        assert client.get(f"{path}?{wrong}").status == 404, wrong


# Views


def test_initiatives_are_read_in_the_tree_with_their_view_and_what_is_missing(misato: SignedInClient) -> None:
    page = misato.get("/plans/misato-policy").text
    items = {m[1]: words(m[0]) for m in re.finditer(r"<li>\s*<a [^>]*>(経\d-\d-\d+) .*?</li>", page, re.DOTALL)}
    assert len(items) == 45
    assert items["経1-1-1"] == "経1-1-1 地域コミュニティの活性化 参加と協働"
    incomplete = {code: text for code, text in items.items() if "記載なし" in text}
    assert incomplete == {
        "経2-2-4": "経2-2-4 共通する事務における連携 行革の視点：記載なし",
        "経2-3-3": "経2-3-3 民間企業等との連携の推進 市民サービス 視点からの取組：記載なし",
    }


def test_a_view_crosses_its_values_with_the_measures(misato: SignedInClient) -> None:
    page = misato.get("/plans/misato-policy/views").text
    table = page[page.index("<table") : page.index("</table>")]
    assert re.findall(r"<th scope=\"col\">(.*?)</th>", table)[1:] == [
        *("市民サービス", "参加と協働", "政策形成", "職員及び組織", "財政運営", "市有財産", "記載なし")
    ]
    total = table[table.index("<tfoot>") :]
    assert re.findall(r"<td class=\"number\">(\d+)</td>", total) == ["8", "19", "5", "4", "4", "4", "1"]
    row = next(row for row in table.split("<tr>") if "経2-2 広域行政の推進" in row)
    assert [re.findall(r">(経2-2-\d)<", cell) for cell in row.split("<td>")[1:]] == [
        *(["経2-2-1"], ["経2-2-2"], [], [], ["経2-2-3"], [], ["経2-2-4"])
    ]
    assert "記載が足りないもの" in page


def test_a_view_in_which_the_plan_places_nothing_lists_its_values_and_says_so(tokorozawa: SignedInClient) -> None:
    page = tokorozawa.get("/plans/tokorozawa-comprehensive/views").text
    assert len(re.findall("<article", page)) == 5
    assert "「リーディングプロジェクト」のどこに当たるかは、記載がありません" in page
    assert "<table" not in page


def test_a_node_that_is_reported_itself_is_marked_in_the_view(empty_database: Database) -> None:
    page = reading(empty_database, SMALL).get("/plans/small-plan/views").text
    assert "のどこに当たるかは、記載がありません" in page, "nothing of the edition in force"
    first_only = replace(SMALL, editions=SMALL.editions[:1], code="first-only")
    page = reading_too(empty_database, first_only).get("/plans/first-only/views").text
    assert "●" in page


def reading_too(database: Database, definition: PlanDefinition) -> SignedInClient:
    city = replace(definition, municipality=replace(definition.municipality, code="second-city"))
    return reading(database, city, email="second@small.example")


# Links between plans

HERE, THERE = NodeAddress("2026-03", "1-1"), NodeAddress("2019-04", "1-1")


@pytest.mark.parametrize(
    ("kind", "from_here", "from_there"),
    [
        (LinkKind.REPORTED_IN, "報告先（同じ取組なので", "ここで報告するもの"),
        (LinkKind.CONTRIBUTES_TO, "ここでの報告が載る先", "報告がここにも載るもの"),
        (LinkKind.SERVES, "上位にあるもの", "これを支えるもの"),
    ],
)
def test_a_link_between_plans_is_read_from_both_ends(
    empty_database: Database, kind: LinkKind, from_here: str, from_there: str
) -> None:
    link = NodeLink(HERE, kind, "tokorozawa-comprehensive", THERE, Bilingual("試しのつながり"))
    linked = replace(plan_of("tokorozawa-dx"), links=(link,))
    client = reading(empty_database, plan_of("tokorozawa-comprehensive"), linked)
    ends = {
        "tokorozawa-dx": (HERE, from_here, "tokorozawa-comprehensive", THERE),
        "tokorozawa-comprehensive": (THERE, from_there, "tokorozawa-dx", HERE),
    }
    for plan, (node, said, other_plan, other) in ends.items():
        page = client.get(measure(empty_database, plan, node.edition, node.code)).text
        assert said in page
        assert f'href="{measure(empty_database, other_plan, other.edition, other.code)}"' in page
        assert "試しのつながり" in page


# What is not there


def test_parts_that_a_plan_does_not_have_are_not_offered(empty_database: Database) -> None:
    bare = replace(SMALL, editions=SMALL.editions[:1], indicators=(), achievements=(), glossary=(), views=())
    nodes = tuple(replace(node, views=()) for node in small_plan.FIRST.nodes)
    bare = replace(bare, editions=(replace(small_plan.FIRST, nodes=nodes),), bodies=(), surveys=(), key_projects=None)
    client = reading(empty_database, bare, replace(SMALL, code="full"))
    offered = {}
    for plan in ("small-plan", "full"):
        page = client.get(f"/plans/{plan}").text
        tabs = page[page.index('class="tabs"') : page.index("</ul>", page.index('class="tabs"'))]
        offered[plan] = re.findall(rf'href="/plans/{plan}/?(\w*)"', tabs)
    assert offered["small-plan"] == ["", "about"]
    parts = ["", "indicators", "achievements", "comparison", "views", "surveys", "bodies", "matters", "projects"]
    assert offered["full"] == [*parts, "about", "glossary"]
    assert "推進体制" not in client.get("/plans/small-plan/about").text
    assert client.get("/plans/small-plan/comparison").status == 404


def test_a_plan_without_years_says_that_they_are_not_stated(misato: SignedInClient) -> None:
    assert "計画期間 記載なし" in words(misato.get("/plans").text)
    page = words(misato.get("/plans/misato-policy").text)
    assert "計画期間 記載なし" in page
    assert "策定・改訂 記載なし" in page
    assert "案 決定前" in page, "a draft is shown as one"


def test_years_are_read_in_both_reckonings(tokorozawa: SignedInClient) -> None:
    assert "令和元年度（2019年度）から令和10年度（2028年度）まで" in words(tokorozawa.get("/plans").text)
    assert "令和8年（2026年）3月" in words(tokorozawa.get("/plans/tokorozawa-dx").text)


def test_what_stands_beside_the_measures_of_tokorozawa_is_all_there(tokorozawa: SignedInClient) -> None:
    plan = plan_of("tokorozawa-dx")
    page = words(tokorozawa.get("/plans/tokorozawa-dx/about").text)
    for body in plan.bodies:
        assert body.name.ja in page
    assert all(principle.title.ja in page for principle in plan.principles)
    assert "「デジタル戦略会議」を補佐します" in page


def test_texts_of_a_plan_are_never_taken_for_markup(empty_database: Database) -> None:
    nasty = Bilingual("<script>alert(1)</script>電子申請&amp;")
    node = replace(small_plan.ONLINE, title=nasty.ja, texts={"aim": (nasty,)}, note=nasty)
    edition = replace(small_plan.FIRST, nodes=(small_plan.GOAL, node, small_plan.WAITING))
    plan = replace(SMALL, name=nasty, notes=(nasty,), editions=(edition,), indicators=(), code="nasty")
    client = reading(empty_database, plan)
    ids = node_ids(empty_database, "nasty", "2020-03")
    for path in ("", "/about", "/achievements", f"/measures/{ids['1-1']}"):
        page = client.get(f"/plans/nasty{path}").text
        assert "<script>alert" not in page
        assert "alert(1)" in unescape(page)


# Rights


def test_nobody_reads_a_part_of_a_plan_of_another_city_or_without_signing_in(sample_database: Database) -> None:
    city = collecting(sample_database)
    mine = reading(city.database, SMALL)
    email, _ = elsewhere(city.database)
    stranger, nobody = city.client(email), city.client(email)
    nobody.http.cookies.clear()
    for part in PARTS:
        path = f"/plans/small-plan{part.format(i='applications')}"
        assert mine.get(path).status == 200, path
        assert stranger.get(path).status == 404, path
        assert (nobody.get(path).status, nobody.get(path).goes_to.partition("?")[0]) == (303, "/sign-in"), path


def test_an_indicator_of_another_direction_is_named_in_words(empty_database: Database) -> None:
    lower = replace(small_plan.APPLICATIONS, direction=IndicatorDirection.LOWER)
    kept = replace(
        small_plan.APPLICATIONS,
        code="range",
        direction=IndicatorDirection.RANGE,
        values=(
            IndicatorValue(Decimal(40), ValueType.TARGET, fiscal_year=2025, upper=Decimal(60)),
            IndicatorValue(Decimal(50), ValueType.EXPECTED, fiscal_year=2021),
        ),
    )
    page = reading(empty_database, replace(SMALL, indicators=(lower, kept))).get("/plans/small-plan/indicators").text
    assert "低いほど良い" in card(page, "applications")
    assert "40–60" in card(page, "range")
    assert "実績値（見込）" in card(page, "range")
    assert "範囲の達成率（令和3年度（2021年度））：100.0% （見込）" in words(card(page, "range"))
