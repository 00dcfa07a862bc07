"""点検・評価 at the desk: what the planning division reads, writes and may not finish early."""

from __future__ import annotations

import pytest
from sqlmodel import select

from db import tables as t
from db.session import Database
from domain.evaluation import CycleState, Direction
from tests.web.desk_city import PLANNER, DeskCity, SignedInClient, collecting

GOOD = {"grade": "A", "direction": "continue", "comment": "利用が広がっている。\r\n来年度も続ける。"}


@pytest.fixture
def city(sample_database: Database) -> DeskCity:
    return collecting(sample_database)


@pytest.fixture
def planner(city: DeskCity) -> SignedInClient:
    return city.client(PLANNER)


def test_the_page_of_a_measure_shows_this_years_answers_beside_last_years(
    city: DeskCity, planner: SignedInClient
) -> None:
    city.submit("1-1-1")
    page = planner.get(_measure(city, "1-1-1")).text
    assert "市内5か所の窓口で利用を始め" in page
    assert "接続の手順を1枚の案内にまとめ" in page, "what the sample city wrote last year"
    assert "予定どおり" in page
    assert "予定した取組をすべて行い" in page, "what grade A means"
    for direction in Direction:
        assert f'name="direction" value="{direction.value}"' in page


def test_nothing_of_a_draft_is_shown_to_whoever_evaluates(city: DeskCity, planner: SignedInClient) -> None:
    with city.database.writing(city.municipality) as session:
        report = session.get_one(t.ProgressReport, city.report("1-1-1").id)
        report.answers = {"progress": "on_track", "achievements": "まだ書きかけの下書き"}
        session.add(report)
    page = planner.get(_measure(city, "1-1-1")).text
    assert "まだ書きかけの下書き" not in page
    assert "報告なし" in page
    assert "予定どおり" not in planner.get(f"/desk/cycles/{city.cycle}/evaluation").text


def test_an_evaluation_is_recorded_while_reports_still_come_in_and_leads_to_the_next_measure(
    city: DeskCity, planner: SignedInClient
) -> None:
    answer = planner.post(_measure(city, "1-1-1"), GOOD)
    assert answer.status == 303
    assert answer.goes_to.partition("?")[0] == _measure(city, "1-1-2")
    evaluation = _evaluations(city)[0]
    assert (evaluation.grade, evaluation.direction) == ("A", Direction.CONTINUE)
    assert evaluation.comment == "利用が広がっている。\n来年度も続ける。"
    assert city.last_audit().action == "measure.evaluated"
    page = planner.get(f"/desk/cycles/{city.cycle}/evaluation").text
    assert "A（順調）" in page
    assert "評価の入力：1 /" in page


def test_evaluating_again_replaces_the_evaluation(city: DeskCity, planner: SignedInClient) -> None:
    planner.post(_measure(city, "1-1-1"), GOOD)
    answer = planner.post(_measure(city, "1-1-1"), {**GOOD, "grade": "C", "then": "list"})
    assert answer.goes_to == f"/desk/cycles/{city.cycle}/evaluation?done=saved"
    assert [e.grade for e in _evaluations(city)] == ["C"]
    assert 'value="C" checked' in planner.get(_measure(city, "1-1-1")).text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**GOOD, "grade": ""}, "評価の区分を一つ選んでください"),
        ({**GOOD, "grade": "Z"}, "評価の区分を一つ選んでください"),
        ({**GOOD, "direction": ""}, "今後の方向性を一つ選んでください"),
        ({**GOOD, "direction": "sideways"}, "今後の方向性を一つ選んでください"),
    ],
)
def test_an_incomplete_evaluation_is_refused_and_keeps_what_was_typed(
    city: DeskCity, planner: SignedInClient, values: dict[str, str], said: str
) -> None:
    page = planner.post(_measure(city, "1-1-1"), values)
    assert page.status == 422
    assert said in page.text
    assert "利用が広がっている。" in page.text
    assert _evaluations(city) == []


def test_a_measure_of_another_edition_or_cycle_cannot_be_evaluated(city: DeskCity, planner: SignedInClient) -> None:
    with city.database.reading(city.municipality) as session:
        policy = session.exec(select(t.Node).where(t.Node.level == "policy")).all()[0].id
    assert planner.get(f"/desk/cycles/{city.cycle}/evaluation/{policy}").status == 404
    assert planner.post(f"/desk/cycles/{city.cycle}/evaluation/{policy}", GOOD).status == 404


def test_the_year_is_not_closed_before_every_measure_is_evaluated_and_the_missing_ones_are_listed(
    city: DeskCity, planner: SignedInClient
) -> None:
    planner.post(f"/desk/cycles/{city.cycle}/close-collection")
    planner.post(_measure(city, "1-1-1"), GOOD)
    page = planner.post(f"/desk/cycles/{city.cycle}/finish")
    assert page.status == 409
    assert "評価が入力されていない施策があります" in page.text
    listed = page.text.partition('id="error-summary"')[2].partition("</ul>")[0]
    assert _measure(city, "1-1-2") in listed
    assert f'{_measure(city, "1-1-1")}"' not in listed
    assert _state(city) is CycleState.EVALUATING


def test_the_year_is_not_closed_while_reports_are_collected(city: DeskCity, planner: SignedInClient) -> None:
    page = planner.post(f"/desk/cycles/{city.cycle}/finish")
    assert page.status == 409
    assert "評価を入力できる状態ではありません" in page.text
    assert _state(city) is CycleState.COLLECTING


def test_the_year_is_closed_when_every_measure_is_evaluated_and_then_nothing_more_is_written(
    city: DeskCity, planner: SignedInClient
) -> None:
    planner.post(f"/desk/cycles/{city.cycle}/close-collection")
    with city.database.reading(city.municipality) as session:
        measures = session.exec(select(t.CycleMeasure.node_id).where(t.CycleMeasure.cycle_id == city.cycle)).all()
    with city.database.writing(city.municipality) as session:
        for node in measures:
            session.add(
                t.Evaluation(
                    cycle_id=city.cycle,
                    node_id=node,
                    grade="B",
                    direction=Direction.CONTINUE,
                    evaluated_on=session.get_one(t.CollectionRound, city.round).due_on,
                    evaluated_by_id=1,
                )
            )
    told = city.count(t.Outbox)
    answer = planner.post(f"/desk/cycles/{city.cycle}/finish")
    assert answer.status == 303
    assert _state(city) is CycleState.CLOSING
    assert city.count(t.Outbox) == told + 1
    assert "文書を作成しています" in planner.get(answer.goes_to).text
    late = planner.post(_measure(city, "1-1-1"), GOOD)
    assert late.status == 409
    assert {e.grade for e in _evaluations(city)} == {"B"}


def _measure(city: DeskCity, code: str) -> str:
    return f"/desk/cycles/{city.cycle}/evaluation/{city.report(code).node_id}"


def _evaluations(city: DeskCity) -> list[t.Evaluation]:
    with city.database.reading(city.municipality) as session:
        return list(session.exec(select(t.Evaluation).where(t.Evaluation.cycle_id == city.cycle)))


def _state(city: DeskCity) -> CycleState:
    with city.database.reading(city.municipality) as session:
        return session.get_one(t.AnnualCycle, city.cycle).state
