"""What departments answer in a replay, of every plan that comes with Meguru."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import plan_files
from domain import plan_rules, questions
from domain.fiscal_year import FiscalYear
from domain.plan import PlanDefinition
from domain.questions import number
from replay.answers import MARK, Answers, Asked, mended
from replay.beginning import CannotBePlayed, as_it_began, first_day, last_day
from replay.players import organisation_of

PLANS = sorted((Path(__file__).parents[2] / "plans").glob("*.yaml"))


@pytest.fixture(params=PLANS, ids=lambda file: file.stem)
def plan(request: pytest.FixtureRequest) -> PlanDefinition:
    return plan_files.read_plan(request.param)


@pytest.fixture(scope="module")
def iizuka() -> PlanDefinition:
    return plan_files.read_plan(next(file for file in PLANS if file.stem == "iizuka-ict"))


def asked_in(plan: PlanDefinition, fiscal_year: int) -> list[Asked]:
    edition = as_it_began(plan).editions[0]
    reported = [n for n in edition.nodes if n.level in plan.reported_levels]
    return [
        Asked(life, edition.code, n.code, n.title, n.measure_class, fiscal_year) for life, n in enumerate(reported, 1)
    ]


def years_of(plan: PlanDefinition) -> range:
    first = FiscalYear.of(first_day(plan)).starts_in
    return range(first, first + 9)


def test_every_answer_may_be_submitted_in_every_year(plan: PlanDefinition) -> None:
    answers, asks = Answers(plan), plan.question_set
    for fiscal_year in years_of(plan):
        for asked in asked_in(plan, fiscal_year):
            said = questions.cleaned(asks, answers.of(asked, asks))
            assert questions.check(asks, said, asked.measure_class) == (), asked
            assert questions.applying(asks, said, asked.measure_class) == said
            assert questions.check(asks, mended(said, asks), asked.measure_class) == (), asked


def test_measures_and_years_answer_differently_and_each_replay_alike(plan: PlanDefinition) -> None:
    text = next(q.id for q in plan.question_set.questions if q.required and not q.choices)
    one, another = Answers(plan), Answers(plan)
    for before, after in pairwise(years_of(plan)):
        said = {a.code: one.of(a, plan.question_set)[text] for a in asked_in(plan, after)}
        again = {a.code: another.of(a, plan.question_set)[text] for a in asked_in(plan, after)}
        earlier = {a.code: one.of(a, plan.question_set)[text] for a in asked_in(plan, before)}
        assert said == again
        assert all(said[code] != earlier[code] for code in said)


def test_what_is_not_in_the_source_says_that_it_is_simulated(iizuka: PlanDefinition) -> None:
    asks = iizuka.question_set
    texts = {q.id for q in asks.questions if q.kind is questions.QuestionKind.TEXT}
    for fiscal_year in (2018, 2019, 2021, 2026):
        for asked in asked_in(iizuka, fiscal_year):
            said = Answers(iizuka).of(asked, asks)
            assert all(said[q].startswith(MARK) for q in texts & said.keys() if said[q])


def test_the_last_year_of_the_term_answers_with_the_facts_of_the_term(iizuka: PlanDefinition) -> None:
    said = {a.code: Answers(iizuka).of(a, iizuka.question_set) for a in asked_in(iizuka, 2020)}
    facts = [a for a in iizuka.achievements if a.term == "early" and a.node and a.node.edition == "2018-03"]
    assert facts
    for fact in facts:
        assert fact.node is not None
        told = said[fact.node.code]["achievements"]
        assert told.startswith("前期実施状況：")
        assert fact.text.ja in told
    assert said["4-1-3"]["quantity"] == "830"
    assert "1-4-2" not in {f.node.code for f in facts if f.node}
    assert said["1-4-2"]["achievements"].startswith(MARK), "記載なし"


def test_figures_move_so_that_a_chart_has_something_to_draw(iizuka: PlanDefinition) -> None:
    lives = asked_in(iizuka, 2021)
    figures = [
        [number(Answers(iizuka).of(a, iizuka.question_set)["quantity"]) for a in asked_in(iizuka, year)]
        for year in (2021, 2022, 2023, 2024)
    ]
    assert len(figures[0]) == len(lives)
    assert all(before != after for a, b in pairwise(figures) for before, after in zip(a, b, strict=True))


def test_a_plan_begins_without_what_came_later(plan: PlanDefinition) -> None:
    began = as_it_began(plan)
    assert plan_rules.mistakes(began) == ()
    assert all(e.effective_on <= first_day(plan) for e in began.editions)
    assert not any(a.term for a in began.achievements)
    assert began.links == ()


def test_iizuka_begins_with_its_first_edition(iizuka: PlanDefinition) -> None:
    assert [e.code for e in as_it_began(iizuka).editions] == ["2018-03"]
    assert (first_day(iizuka), last_day(iizuka, None)) == (date(2018, 4, 1), date(2027, 3, 31))


def test_a_plan_without_an_end_wants_to_be_told_one(plan: PlanDefinition) -> None:
    if plan.last_fiscal_year is None:
        with pytest.raises(CannotBePlayed, match="--until"):
            last_day(plan, None)
    with pytest.raises(CannotBePlayed, match="begins on"):
        last_day(plan, date(2001, 1, 1))


def test_somebody_answers_for_every_measure(plan: PlanDefinition) -> None:
    began = as_it_began(plan)
    organisation = organisation_of(began, first_day(plan))
    reported = {n.code for n in began.editions[0].nodes if n.level in plan.reported_levels}
    assert {r.measure for r in organisation.responsibilities} == reported
    assert all("サンプル" in d.name.ja for d in organisation.departments)
    assert all(d.valid_from <= first_day(plan) for d in organisation.departments)
