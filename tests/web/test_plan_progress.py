"""How far a year has come by view, and the indicators by the tree of the plan, as pages show them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlmodel import select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.evaluation import CycleState, Direction, Stage
from domain.indicator import IndicatorValue, ValueType
from domain.plan import NodeView, PlanDefinition
from domain.progress_report import ReportState
from domain.roles import Office
from records import plans
from tests.web.desk_city import SignedInClient
from tests.web.small_city import READER, reading, words

PLANS = Path(__file__).parents[2] / "plans"
VIEWS = "/plans/misato-policy/views"
PLANNER = "planner@small.example"


def plan_of(name: str) -> PlanDefinition:
    return plan_files.read_plan(PLANS / f"{name}.yaml")


def played(database: Database, name: str, fiscal_year: int, state: CycleState, **grades: str) -> None:
    """A year of a plan in a state: measures whose code has a grade are evaluated, all but the last are approved."""
    with database.reading(EVERY_MUNICIPALITY) as session:
        city = plans.find(session, name).municipality_id
    day = date(fiscal_year + 1, 1, 15)
    with database.writing(city) as session:
        plan = plans.find(session, name)
        edition = plans.editions_of(session, plan)[0]
        workflow = f"annual-cycle/{name}/{fiscal_year}"
        cycle = t.AnnualCycle(
            plan_id=plan.id,
            fiscal_year=fiscal_year,
            edition_id=edition.id,
            workflow_id=workflow,
            state=state,
            opened_on=day,
            opened_by="test",
        )
        session.add(cycle)
        session.flush()
        round_ = t.CollectionRound(
            plan_id=plan.id,
            fiscal_year=fiscal_year,
            cycle_id=cycle.id,
            code="yearly",
            workflow_id=f"collection/{name}/{fiscal_year}",
            opened_on=day,
            due_on=day,
            question_set=plan.definition["question_set"],
        )
        session.add(round_)
        session.flush()
        request = t.UpdateRequest(round_id=round_.id, department_id=None, opened_on=day)
        session.add(request)
        session.flush()
        *_, last = measures = plans.measures_of(session, edition.id)
        for node in measures:
            report = ReportState.DRAFT if node is last else ReportState.APPROVED
            session.add(
                t.ProgressReport(
                    round_id=round_.id,
                    request_id=request.id,
                    node_id=node.id,
                    state=report,
                    answers={},
                    revision=1,
                    due_on=day,
                    since_on=day,
                )
            )
            if node.code.replace("-", "_") in grades:
                session.add(
                    t.Evaluation(
                        cycle_id=cycle.id,
                        node_id=node.id,
                        stage=Stage.PRIMARY,
                        grade=grades[node.code.replace("-", "_")],
                        direction=Direction.EXPAND,
                        comment="",
                        evaluated_by_id=session.exec(select(t.User.id)).one(),
                        evaluated_on=day,
                    )
                )


def planner(database: Database) -> SignedInClient:
    with database.writing(EVERY_MUNICIPALITY) as session:
        known = session.exec(select(t.User).where(t.User.email == READER)).one()
        session.add(t.User(email=PLANNER, name="企画", office=Office.PLANNING, municipality_id=known.municipality_id))
    return SignedInClient(database, PLANNER)


def row(page: str, heading: str, caption: str) -> list[str]:
    """The figures of a row in the table of a caption."""
    table = page[page.index(f"<caption>{caption}</caption>") :]
    line = next(r for r in table[: table.index("</table>")].split("<tr>") if f">{heading}</th>" in r)
    return [words(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", line, re.DOTALL)]


def test_a_year_is_counted_by_reform_view(empty_database: Database) -> None:
    client = reading(empty_database, plan_of("misato-policy"))
    played(empty_database, "misato-policy", 2023, CycleState.CLOSED, 経3_1="B", 経3_2="A", 経1_1="A")
    page = client.get(VIEWS).text
    assert "令和5年度（2023年度）" in words(page)
    # 取組み, 施策, 報告あり, 承認・確定, 評価済み, A, B, C, D
    assert row(page, "市有財産", "報告と評価（件数）") == ["4", "2", "2", "2", "2", "1", "1", "0", "0"]
    assert row(page, "職員及び組織", "報告と評価（件数）") == ["4", "2", "1", "1", "1", "0", "1", "0", "0"]
    assert row(page, "市有財産", "今後の方向性（件数）")[0] == "2", "拡充"
    assert "経3-2-1" in page[page.index("市有財産の施策（2件）") :]


def test_a_value_that_the_plan_leaves_empty_is_counted_as_not_stated(empty_database: Database) -> None:
    client = reading(empty_database, plan_of("misato-policy"))
    played(empty_database, "misato-policy", 2023, CycleState.CLOSED)
    assert row(client.get(VIEWS).text, "記載なし", "報告と評価（件数）")[:2] == ["1", "1"]


def test_a_year_is_chosen_and_another_one_is_not_there(empty_database: Database) -> None:
    client = reading(empty_database, plan_of("misato-policy"))
    for fiscal_year, grade in ((2022, "A"), (2023, "D")):
        played(empty_database, "misato-policy", fiscal_year, CycleState.CLOSED, 経3_2=grade)
    latest, chosen = client.get(VIEWS).text, client.get(f"{VIEWS}?year=2022").text
    assert row(latest, "市有財産", "報告と評価（件数）")[5:] == ["0", "0", "0", "1"]
    assert row(chosen, "市有財産", "報告と評価（件数）")[5:] == ["1", "0", "0", "0"]
    assert re.search(r'<option value="2022" selected', chosen)
    assert client.get(f"{VIEWS}?year=2021").status == 404


def test_a_running_year_is_seen_by_the_planning_division_alone(empty_database: Database) -> None:
    client = reading(empty_database, plan_of("misato-policy"))
    played(empty_database, "misato-policy", 2023, CycleState.EVALUATING, 経3_2="A")
    assert "報告と評価が終わった年度は、まだありません。" in client.get(VIEWS).text
    assert client.get(f"{VIEWS}?year=2023").status == 404
    page = planner(empty_database).get(VIEWS).text
    assert row(page, "市有財産", "報告と評価（件数）")[4] == "1"


def test_no_progress_is_pretended_where_nothing_is_placed_in_a_view(empty_database: Database) -> None:
    client = reading(empty_database, plan_of("tokorozawa-comprehensive"))
    played(empty_database, "tokorozawa-comprehensive", 2023, CycleState.CLOSED)
    page = client.get("/plans/tokorozawa-comprehensive/views").text
    assert "のどこに当たるかは、記載がありません" in page
    assert "ごとの進み具合" not in page


def test_leading_projects_are_counted_across_chapters_once_a_city_places_sections(empty_database: Database) -> None:
    plan = plan_of("tokorozawa-comprehensive")
    edition = plan.editions[0]
    nodes = tuple(
        replace(n, views=(NodeView("leading-project", "1"),)) if n.code in ("1-1", "7-2") else n for n in edition.nodes
    )
    client = reading(empty_database, replace(plan, editions=(replace(edition, nodes=nodes),)))
    played(empty_database, "tokorozawa-comprehensive", 2023, CycleState.CLOSED, **{"7_2": "C"})
    page = client.get("/plans/tokorozawa-comprehensive/views").text
    # 節, 報告あり, 承認・確定, 評価済み, A, B, C, D: what is placed is the section itself, so it is not counted twice
    assert row(page, "絆を紡ぐまちづくり", "報告と評価（件数）") == ["2", "2", "2", "1", "0", "0", "1", "0"]


def test_chapters_without_an_indicator_say_so(empty_database: Database) -> None:
    page = reading(empty_database, plan_of("tokorozawa-comprehensive")).get(
        "/plans/tokorozawa-comprehensive/indicators"
    )
    shown = words(page.text)
    assert shown.count("0 記載なし —") == 7, "seven chapters, none of whose sections has a series"
    assert "59件の指標は、どの章のものか記載がない" in shown
    assert "目標値が記載された指標はないため、達成率は出していません。" in shown
    assert "変わらない（端数の扱いの違い）" in shown


def test_an_indicator_that_a_city_places_stands_in_its_section_with_its_rate(empty_database: Database) -> None:
    """(30.3 − 20) ÷ (40 − 20) = 51.5 %."""
    plan = plan_of("tokorozawa-comprehensive")
    placed = next(i for i in plan.indicators if i.code == "women-council-ratio")
    aims = (
        IndicatorValue(Decimal(20), ValueType.BASELINE, fiscal_year=2018),
        IndicatorValue(Decimal(40), ValueType.TARGET, fiscal_year=2028),
    )
    placed = replace(placed, edition="2019-04", node="7-1", values=(*aims, *placed.values))
    others = tuple(placed if i.code == placed.code else i for i in plan.indicators)
    page = reading(empty_database, replace(plan, indicators=others)).get("/plans/tokorozawa-comprehensive/indicators")
    shown = words(page.text)
    assert "7 未来(あす)を見つめたまちづくり 5 1 1 1" in shown
    assert "7-1 人権の尊重 1件 所沢市議会 比率 ％ 30.3" in shown
    assert "51.5%" in shown
    assert "目標値が記載された指標はない" not in shown
    first = re.findall(r'<article [^>]*id="indicator-([^"]+)"', page.text)[0]
    assert first == "women-council-ratio", "what is placed comes before what is not"
