"""The pages of the plans: the tree as the source has it, and each measure's years for whoever may see them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlmodel import col, select

from db import tables as t
from db.session import Database
from domain.evaluation import CycleState, Direction
from tests.conftest import PLAN
from tests.domain import small_plan
from tests.web.desk_city import (
    OTHER_STAFF,
    PLANNER,
    STAFF,
    DeskCity,
    SignedInClient,
    collecting,
    counted_queries,
    elsewhere,
)
from tests.web.small_city import measure, node_ids, reading, words


@pytest.fixture
def city(sample_database: Database) -> DeskCity:
    return collecting(sample_database)


def test_everybody_who_is_signed_in_sees_the_plan_as_a_tree_with_its_source(city: DeskCity) -> None:
    staff = city.client(STAFF)
    assert "飯塚市地域情報化計画" in staff.get("/plans").text
    page = staff.get("/plans/iizuka-ict").text
    for said in ("基本方針", "基本目標", "個別施策", "前期", "第4章 情報化の施策", "公衆無線LANの整備、活用促進"):
        assert said in page
    assert "notice--sample" in page
    assert page.index("ICTでつながる市民協働のまちづくり") < page.index("公衆無線LANの整備、活用促進")


def test_the_plan_says_when_its_review_opens_and_which_bodies_it_passes(city: DeskCity) -> None:
    page = words(city.client(STAFF).get("/plans/iizuka-ict").text)
    assert "見直しを始める日（設定） 3月1日（提案の期限はその7開庁日後）" in page
    assert "見直しの付議先（設定） 既存の内部組織体制" in page


def test_nobody_sees_a_plan_without_signing_in(city: DeskCity) -> None:
    client = city.client(STAFF)
    client.http.cookies.clear()
    answer = client.get("/plans/iizuka-ict")
    assert (answer.status, answer.goes_to) == (303, "/sign-in?next=/plans/iizuka-ict")


def test_what_the_source_does_not_say_is_shown_as_not_stated(city: DeskCity) -> None:
    with city.database.writing(city.municipality) as session:
        node = session.get_one(t.Node, city.report("1-1-1").node_id)
        for held in session.exec(select(t.Responsibility).where(t.Responsibility.node_id == node.id)):
            session.delete(held)
    page = city.client(STAFF).get("/plans/iizuka-ict").text
    row = page.partition("公衆無線LANの整備、活用促進")[2].partition("</tr>")[0]
    assert row.count("記載なし") == 2, "neither a class nor a department"
    other = page.partition("ICTを活用した市民ニーズの把握")[2].partition("</tr>")[0]
    assert "広報広聴課（サンプル）" in other


def test_another_edition_can_be_looked_at_and_an_unknown_one_is_not_found(city: DeskCity) -> None:
    staff = city.client(STAFF)
    with city.database.reading(city.municipality) as session:
        codes = session.exec(select(t.Edition.code).order_by(t.Edition.code)).all()
    for code in codes:
        assert staff.get(f"/plans/iizuka-ict?edition={code}").status == 200
    assert staff.get("/plans/iizuka-ict?edition=1999-01").status == 404
    assert staff.get("/plans/no-such-plan").status == 404


def test_a_department_reads_its_own_reports_of_a_measure_and_nobody_elses(city: DeskCity) -> None:
    city.submit("1-1-1")
    path = f"/plans/iizuka-ict/measures/{city.report('1-1-1').node_id}"
    own, stranger, planner = (city.client(who).get(path).text for who in (STAFF, OTHER_STAFF, PLANNER))
    for page in (own, planner):
        assert "市内5か所の窓口で利用を始め" in page
        assert "接続の手順を1枚の案内にまとめ" in page
        assert page.index("令和2年度") < page.index("令和元年度")
    assert "市内5か所の窓口で利用を始め" not in stranger
    assert "接続の手順を1枚の案内にまとめ" not in stranger
    assert "その部署と計画担当課だけが見られます" in stranger


def test_a_draft_is_not_shown_as_a_report(city: DeskCity) -> None:
    with city.database.writing(city.municipality) as session:
        report = session.get_one(t.ProgressReport, city.report("1-1-1").id)
        report.answers = {"achievements": "まだ書きかけの下書き"}
        session.add(report)
    page = city.client(PLANNER).get(f"/plans/iizuka-ict/measures/{report.node_id}").text
    assert "まだ書きかけの下書き" not in page
    assert "提出された報告はまだありません" in page


def test_a_department_reads_its_evaluation_only_when_the_year_is_decided(city: DeskCity) -> None:
    city.submit("1-1-1")
    node = city.report("1-1-1").node_id
    path = f"/plans/iizuka-ict/measures/{node}"
    with city.database.writing(city.municipality) as session:
        session.add(
            t.Evaluation(
                cycle_id=city.cycle,
                node_id=node,
                grade="D",
                direction=Direction.STOP,
                comment="見直しの案",
                evaluated_on=city.report("1-1-1").due_on,
                evaluated_by_id=1,
            )
        )
    assert "見直しの案" in city.client(PLANNER).get(path).text
    assert "見直しの案" not in city.client(STAFF).get(path).text
    with city.database.writing(city.municipality) as session:
        cycle = session.get_one(t.AnnualCycle, city.cycle)
        cycle.state = CycleState.CLOSED
        session.add(cycle)
    assert "見直しの案" in city.client(STAFF).get(path).text


def test_another_municipality_finds_neither_the_plan_nor_its_measures(city: DeskCity) -> None:
    email, _ = elsewhere(city.database)
    stranger = city.client(email)
    assert stranger.get("/plans/iizuka-ict").status == 404
    assert stranger.get(f"/plans/iizuka-ict/measures/{city.report('1-1-1').node_id}").status == 404
    assert "飯塚市" not in stranger.get("/plans").text


def test_a_policy_and_a_goal_have_pages_of_their_own_without_reports(city: DeskCity) -> None:
    staff = city.client(STAFF)
    for code in ("1", "1-1"):
        page = staff.get(measure(city.database, PLAN, "2018-03", code)).text
        assert "公衆無線LANの整備、活用促進" in page
        assert "年度ごとの報告と評価" not in page
        assert "所管課" not in page


def test_a_renamed_and_renumbered_measure_shows_both_and_where_its_number_means_another(city: DeskCity) -> None:
    page = city.client(STAFF).get(measure(city.database, PLAN, "2021-03", "1-3-2")).text
    ids = {edition: node_ids(city.database, PLAN, edition) for edition in ("2018-03", "2021-03")}
    life = page[page.index('class="life"') : page.index("</ol>", page.index('class="life"'))]
    assert re.findall(r"badge--lineage-(\w+)", life) == ["renamed", "renumbered"]
    assert f"measures/{ids['2018-03']['1-3-3']}" in life, "what it was before"
    namesakes = page[page.index("</ol>", page.index('class="life"')) :]
    for number, edition, other in (
        ("1-3-2", "策定（前期）", ids["2018-03"]["1-3-2"]),
        ("1-3-3", "改訂（中期）", ids["2021-03"]["1-3-3"]),
    ):
        assert f"番号{number}は、「{edition}」では別のものを指します" in namesakes
        assert f"measures/{other}" in namesakes


def test_a_merged_measure_is_reached_from_both_sides(city: DeskCity) -> None:
    staff = city.client(STAFF)
    before, after = (node_ids(city.database, PLAN, edition) for edition in ("2018-03", "2021-03"))
    merged = staff.get(f"/plans/{PLAN}/measures/{before['5-1-3']}").text
    heir = staff.get(f"/plans/{PLAN}/measures/{after['5-1-2']}").text
    assert f"measures/{after['5-1-2']}" in merged
    assert f"measures/{before['5-1-3']}" in heir
    for page in (merged, heir):
        assert "badge--lineage-merged" in page
        assert "前期5-1-4" in page, "the reason"


def test_an_abolished_measure_says_so_with_its_reason_and_where_that_stands(city: DeskCity) -> None:
    page = words(city.client(STAFF).get(measure(city.database, PLAN, "2018-03", "1-4-2")).text)
    life = page[page.index("系譜") :]
    assert "廃止" in life
    assert "理由：電子計算組織運営委員会などの体制ができたことによる" in life
    assert "第4章 情報化の施策 2 個別施策 【前期】1-4-2" in life


def test_what_was_done_before_the_revision_stands_on_the_page_of_the_measure_as_revised(city: DeskCity) -> None:
    page = words(city.client(STAFF).get(measure(city.database, PLAN, "2021-03", "1-2-3")).text)
    assert "前期（平成30年度（2018年度）から令和2年度（2020年度）まで）" in page
    assert "手話と主要な外国語11か国語の遠隔通訳アプリを入れたタブレット5台の配置" in page
    assert "本庁・支所に置いたタブレット 5 台" in page


def test_a_field_that_only_the_other_edition_has_is_not_stated(city: DeskCity) -> None:
    staff = city.client(STAFF)
    early = words(staff.get(measure(city.database, PLAN, "2018-03", "1-1-1")).text)
    middle = words(staff.get(measure(city.database, PLAN, "2021-03", "1-1-1")).text)
    assert "施策の内容（要約） 記載なし" in early
    assert "施策の内容（要約） 記載なし" not in middle


def test_the_number_of_queries_does_not_grow_with_the_plan(city: DeskCity) -> None:
    """Iizuka has 36 measures in force and a year of reports; the small plan has two measures and none."""
    other = reading(city.database, replace(small_plan.PLAN, links=()))
    planner = city.client(PLANNER)  # like the other reader without a post: a post costs a look at its predecessors
    pairs = (
        (planner, "/plans", other, "/plans"),
        (planner, f"/plans/{PLAN}", other, "/plans/small-plan"),
        (planner, f"/plans/{PLAN}/comparison", other, "/plans/small-plan/comparison"),
        (planner, f"/plans/{PLAN}/achievements", other, "/plans/small-plan/achievements"),
    )
    for big, path, small, small_path in pairs:
        assert queries(city, big, path) == queries(city, small, small_path), path


def test_the_number_of_queries_of_a_measure_does_not_grow_with_its_years(city: DeskCity) -> None:
    staff = city.client(STAFF)
    path = measure(city.database, PLAN, "2018-03", "1-1-1")
    before = queries(city, staff, path)
    city.submit("1-1-1")
    with city.database.writing(city.municipality) as session:
        done = session.exec(select(t.Achievement).where(col(t.Achievement.node_id) == city.report("1-1-1").node_id))
        session.add_all([t.Achievement(**one.model_dump(exclude={"id"})) for one in done.all()])
    assert queries(city, staff, path) == before


def queries(city: DeskCity, client: SignedInClient, path: str) -> int:
    client.get(path)  # whatever is loaded once
    with counted_queries(city.database.engine) as said:
        assert client.get(path).status == 200
    return len(said)
