"""What pages read of a plan: its lineage as the definition has it, trees, views, series, achievements in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.lineage import LineageKind, Station
from domain.plan import PlanDefinition
from domain.text import Bilingual
from records import indicators, lineage, measure_history, plan_pages, plans
from records.change import Change, NotFound
from tests.domain import small_plan
from tests.web.desk_city import counted_queries

AT = datetime(2024, 5, 1, 3, tzinfo=UTC)
PLANS = Path(__file__).parents[2] / "plans"
SMALL = replace(small_plan.PLAN, links=())


def stored(database: Database, definition: PlanDefinition) -> int:
    """The municipality of a plan that is imported."""
    with database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, definition).id
    with database.writing(municipality) as session:
        plans.import_definition(session, Change("test", AT), definition, Bilingual(""))
    return municipality


@pytest.fixture
def small(empty_database: Database) -> Iterator[Session]:
    with empty_database.reading(stored(empty_database, SMALL)) as session:
        yield session


def node(session: Session, plan: str, edition: str, code: str) -> t.Node:
    told = lineage.read(session, plans.find(session, plan))
    return session.get_one(t.Node, told.id_of(told.station(edition, code)))


@pytest.mark.parametrize("name", ["iizuka-ict", "misato-policy", "tokorozawa-dx"])
def test_the_lineage_is_read_as_the_plan_told_it(empty_database: Database, name: str) -> None:
    definition = plan_files.read_plan(PLANS / f"{name}.yaml")
    with empty_database.reading(stored(empty_database, definition)) as session:
        plan = plans.find(session, definition.code)
        with counted_queries(empty_database.engine) as said:
            told = lineage.read(session, plan)
        assert len(said) == 3
    assert [replace(e, nodes=()) for e in told.editions] == [replace(e, nodes=()) for e in definition.editions]
    for mine, theirs in zip(told.editions, definition.editions, strict=True):
        assert [(n.code, n.level, n.title, n.title_en, n.parent) for n in mine.nodes] == [
            (n.code, n.level, n.title, n.title_en, n.parent) for n in theirs.nodes
        ]


def test_a_life_goes_on_under_another_code_and_names_who_bears_its_code_elsewhere(small: Session) -> None:
    told = lineage.read(small, plans.find(small, "small-plan"))
    life = told.life_of(node(small, "small-plan", "2023-03", "1-2"))
    assert [(s.edition, s.code) for s in life.stations] == [("2020-03", "1-1"), ("2023-03", "1-2")]
    assert told.namesakes(life) == (Station("2020-03", "1-2", "待ち時間の短縮"),)
    steps = told.steps(life)
    assert [(s.edition.code, s.turn.kinds if s.turn else None) for s in steps] == [
        ("2020-03", None),
        ("2023-03", (LineageKind.RENAMED, LineageKind.RENUMBERED)),
    ]


def test_a_life_that_ended_has_a_last_step_without_a_node(small: Session) -> None:
    told = lineage.read(small, plans.find(small, "small-plan"))
    *_, last = told.steps(told.life_of(node(small, "small-plan", "2020-03", "1-2")))
    assert last.station is None
    assert last.turn is not None
    assert (last.turn.kinds, last.turn.reason.ja) == ((LineageKind.ABOLISHED,), "目的を達したため")


def test_a_merged_node_is_told_beside_what_the_heir_was_itself(empty_database: Database) -> None:
    definition = plan_files.read_plan(PLANS / "iizuka-ict.yaml")
    with empty_database.reading(stored(empty_database, definition)) as session:
        told = lineage.read(session, plans.find(session, "iizuka-ict"))
        steps = told.steps(told.life_of(node(session, "iizuka-ict", "2021-03", "5-1-2")))
    assert [[turn.others[0].code for turn in step.merged_in] for step in steps] == [[], ["5-1-3"]]
    assert steps[1].turn is not None
    assert steps[1].turn.kinds == (LineageKind.RENAMED, LineageKind.RENUMBERED)


def test_a_frame_knows_the_edition_in_force_on_the_day(small: Session) -> None:
    later, earlier = (plan_pages.frame(small, "small-plan", AT.replace(year=y)) for y in (2024, 2021))
    assert (later.in_force.code, earlier.in_force.code) == ("2023-03", "2020-03")
    assert earlier.edition("2023-03").code == "2023-03"
    with pytest.raises(NotFound):
        later.edition("1999-01")


def test_a_card_counts_what_is_reported_in_the_edition_in_force(small: Session) -> None:
    (card,) = plan_pages.cards(small, AT)
    assert (card.in_force.code, card.editions, card.measures) == ("2023-03", 2, 2)


def test_a_tree_has_any_depth_and_keeps_the_order_of_the_page(empty_database: Database) -> None:
    definition = plan_files.read_plan(PLANS / "misato-policy.yaml")
    with empty_database.reading(stored(empty_database, definition)) as session:
        edition = plans.editions_of(session, plans.find(session, "misato-policy"))[0]
        tree = plan_pages.tree(session, edition.id)
    assert [p.said.code for p in tree] == ["経1", "経2", "経3"]
    assert [p.said.code for p in plan_pages.everything(tree)] == [n.code for n in definition.editions[0].nodes]
    told = {p.said.code: replace(p.said, parent="") for p in plan_pages.everything(tree)}
    assert told == {n.code: replace(n, parent="") for n in definition.editions[0].nodes}
    deepest = tree[1].below[1].below[3]
    assert [p.said.code for p in plan_pages.above(tree, deepest.row)] == ["経2", "経2-2"]


def test_activities_are_missing_only_in_a_view_in_which_others_have_some(empty_database: Database) -> None:
    definition = plan_files.read_plan(PLANS / "misato-policy.yaml")
    with empty_database.reading(stored(empty_database, definition)) as session:
        edition = plans.editions_of(session, plans.find(session, "misato-policy"))[0]
        tree = plan_pages.tree(session, edition.id)
        seen = plan_pages.views_of(definition, tree)
    codes = {p.row.id: p.said.code for p in plan_pages.everything(tree)}
    assert [codes[i] for i, places in seen.items() for place in places if place.lacks_activities] == [
        *("経2-2-4", "経2-3-3")
    ]
    assert [codes[i] for i, places in seen.items() for place in places if place.value is None] == ["経2-2-4"]


def test_no_activities_are_missing_where_a_view_has_none_at_all(small: Session) -> None:
    edition = plans.editions_of(small, plans.find(small, "small-plan"))[0]
    seen = plan_pages.views_of(SMALL, plan_pages.tree(small, edition.id))
    places = [place for several in seen.values() for place in several]
    assert [(p.value.code if p.value else "", p.lacks_activities) for p in places] == [("speed", False)]


def test_series_and_achievements_follow_the_life_of_their_node(small: Session) -> None:
    heir, stranger = (node(small, "small-plan", "2023-03", code) for code in ("1-2", "1-3"))
    assert [s.indicator.code for s in indicators.of_life(small, heir)] == ["applications"]
    assert [a.said.text.ja for a in plan_pages.achievements_of_life(small, heir)] == ["試行を始めた"]
    assert indicators.of_life(small, stranger) == ()
    assert plan_pages.achievements_of_life(small, stranger) == ()


def test_a_series_is_read_as_the_plan_told_it(small: Session) -> None:
    found = indicators.find(small, plans.find(small, "small-plan"), "applications")
    assert found.indicator == replace(small_plan.APPLICATIONS, edition="", node="")
    assert found.node is not None
    assert found.node.code == "1-1"
    with pytest.raises(NotFound):
        indicators.find(small, plans.find(small, "small-plan"), "no-such")


def test_achievements_come_in_the_order_of_time_those_without_one_last(empty_database: Database) -> None:
    done = SMALL.achievements[0]
    several = (
        replace(done, term="", fiscal_year=None),
        replace(done, term="", fiscal_year=2024),
        done,
        replace(done, term="", fiscal_year=2019),
    )
    with empty_database.reading(stored(empty_database, replace(SMALL, achievements=several))) as session:
        found = plan_pages.achievements_of(session, plans.find(session, "small-plan"))
    assert list(plan_pages.by_time(found, SMALL)) == [("", 2019), ("early", None), ("", 2024), ("", None)]


def test_a_node_of_any_level_is_found_in_its_plan_and_in_no_other(small: Session) -> None:
    plan, goal = plans.find(small, "small-plan"), node(small, "small-plan", "2023-03", "1")
    assert measure_history.find_node(small, plan, goal.id).code == "1"
    with pytest.raises(NotFound):
        measure_history.find_node(small, t.Plan(id=plan.id + 1, code="other", name="", definition={}), goal.id)
