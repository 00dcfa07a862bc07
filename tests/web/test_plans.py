"""The pages of the plans: the tree as the source has it, and each measure's years for whoever may see them."""

from __future__ import annotations

import pytest
from sqlmodel import select

from db import tables as t
from db.session import Database
from domain.evaluation import CycleState, Direction
from tests.web.desk_city import OTHER_STAFF, PLANNER, STAFF, DeskCity, collecting, elsewhere


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
