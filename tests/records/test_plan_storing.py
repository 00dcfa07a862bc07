"""A plan is stored in rows and comes back to the letter; what was asked already cannot be rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.clock import real_clock
from domain.lineage import LineageKind, LineageLink
from domain.plan import Edition, LinkKind, NodeAddress, NodeLink, PlanDefinition, PlanNode
from domain.text import Bilingual
from records import cycles, plan_reading, plans
from records.change import Change, DoesNotFit
from tests.city import CALENDAR, OPENED_AT, OPENED_ON

PLANS = Path(__file__).parents[2] / "plans"
EVERY_FILE = sorted(PLANS.glob("*.yaml"))
CHANGE = Change("test", OPENED_AT)


def stored(database: Database, definition: PlanDefinition) -> PlanDefinition:
    """Import a definition and read it back."""
    municipality = municipality_of(database, definition)
    with database.writing(municipality) as session:
        plans.import_definition(session, CHANGE, definition, Bilingual(""))
    return read(database, municipality, definition.code)


def municipality_of(database: Database, definition: PlanDefinition) -> int:
    with database.writing(EVERY_MUNICIPALITY) as session:
        return plans.municipality_for(session, definition).id


def read(database: Database, municipality: int, code: str) -> PlanDefinition:
    with database.reading(municipality) as session:
        return plan_reading.read(session, plans.find(session, code))


@pytest.mark.parametrize("file", EVERY_FILE, ids=lambda f: f.stem)
def test_every_plan_of_the_sources_comes_back_as_it_was_imported(empty_database: Database, file: Path) -> None:
    definition = plan_files.read_plan(file)
    assert stored(empty_database, definition) == definition


@pytest.mark.parametrize("file", EVERY_FILE, ids=lambda f: f.stem)
def test_importing_again_writes_nothing(empty_database: Database, file: Path) -> None:
    definition = plan_files.read_plan(file)
    stored(empty_database, definition)
    stored(empty_database, definition)
    with empty_database.reading(EVERY_MUNICIPALITY) as session:
        assert len(session.exec(select(t.AuditEntry).where(t.AuditEntry.action == "plan.imported")).all()) == 1


@pytest.fixture
def iizuka() -> PlanDefinition:
    return plan_files.read_plan(PLANS / "iizuka-ict.yaml")


def node(session: Session, edition: str, code: str) -> t.Node:
    return session.exec(
        select(t.Node)
        .join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        .where(t.Edition.code == edition, t.Node.code == code)
    ).one()


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        pytest.param("1-1-1", "1-1-1", True, id="continued"),
        pytest.param("1-3-2", "1-3-4", True, id="renamed and renumbered"),
        pytest.param("1-4-3", "1-4-2", True, id="renumbered"),
        pytest.param("5-1-4", "5-1-2", True, id="renamed and joined by another"),
        pytest.param("1-3-2", "1-3-2", False, id="the code means another measure"),
        pytest.param("5-1-3", "5-1-2", False, id="merged into it"),
        pytest.param("1-1", "1-1", True, id="a goal that kept code and title"),
    ],
)
def test_a_measure_and_what_it_lives_on_as_share_their_origin(
    empty_database: Database, iizuka: PlanDefinition, before: str, after: str, same: bool
) -> None:
    stored(empty_database, iizuka)
    with empty_database.reading(EVERY_MUNICIPALITY) as session:
        earlier, later = node(session, "2018-03", before), node(session, "2021-03", after)
        assert earlier.origin_id == earlier.id
        assert (later.origin_id == earlier.origin_id) is same


def test_who_answers_for_a_measure_goes_on_answering_in_the_next_edition(
    empty_database: Database, iizuka: PlanDefinition
) -> None:
    stored(empty_database, iizuka)
    with empty_database.writing(municipality_of(empty_database, iizuka)) as session:
        department = t.Department(code="joho", name="情報政策課", valid_from=date(2018, 4, 1))
        session.add(department)
        session.flush()
        held = node(session, "2018-03", "1-3-2")
        session.add(t.Responsibility(node_id=held.id, department_id=department.id, valid_from=date(2018, 4, 1)))
        session.flush()
        later = node(session, "2021-03", "1-3-4")
        owners = plans.owners_on(session, later.edition_id, date(2021, 4, 1))
        assert {session.get_one(t.Node, n).code for n in owners} == {"1-3-4"}


def with_nodes(definition: PlanDefinition, nodes: Sequence[PlanNode]) -> PlanDefinition:
    """The definition with other nodes in its first and only edition."""
    return replace(
        definition,
        editions=(replace(definition.editions[0], nodes=tuple(nodes)),),
        achievements=(),
        links=(),
    )


@pytest.fixture
def first_edition(iizuka: PlanDefinition) -> PlanDefinition:
    return with_nodes(iizuka, iizuka.editions[0].nodes)


def retitled(nodes: Sequence[PlanNode], code: str, title: str) -> list[PlanNode]:
    return [replace(n, title=title) if n.code == code else n for n in nodes]


def test_an_edition_nobody_was_asked_about_may_still_be_corrected(
    empty_database: Database, first_edition: PlanDefinition
) -> None:
    stored(empty_database, first_edition)
    nodes = retitled(first_edition.editions[0].nodes, "1-1-1", "直した名称")
    corrected = with_nodes(first_edition, [n for n in nodes if n.code != "5-1-3"])
    assert stored(empty_database, corrected) == corrected


def open_a_cycle(database: Database, definition: PlanDefinition) -> None:
    with database.writing(municipality_of(database, definition)) as session:
        plan = plans.find(session, definition.code)
        cycles.open_cycle(session, CHANGE, plan, 2020, real_clock(OPENED_AT))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param(lambda nodes: retitled(nodes, "1-1-1", "直した名称"), "直した名称", id="another title"),
        pytest.param(lambda nodes: [n for n in nodes if n.code != "5-1-3"], "5-1-3", id="a measure left out"),
        pytest.param(lambda nodes: [*nodes, replace(nodes[-1], code="5-1-9")], "5-1-9", id="a measure added"),
    ],
)
def test_an_edition_that_was_used_keeps_its_tree(
    empty_database: Database, first_edition: PlanDefinition, change: object, named: str
) -> None:
    stored(empty_database, first_edition)
    open_a_cycle(empty_database, first_edition)
    assert callable(change)
    with pytest.raises(DoesNotFit, match=named):
        stored(empty_database, with_nodes(first_edition, change(list(first_edition.editions[0].nodes))))
    assert read(empty_database, 1, first_edition.code) == first_edition, "nothing was written"


def test_texts_of_a_used_edition_may_still_be_written(empty_database: Database, first_edition: PlanDefinition) -> None:
    stored(empty_database, first_edition)
    open_a_cycle(empty_database, first_edition)
    nodes = [replace(n, note=Bilingual("注記")) for n in first_edition.editions[0].nodes]
    noted = with_nodes(first_edition, nodes)
    assert stored(empty_database, noted) == noted


def test_a_stored_edition_never_disappears(empty_database: Database, iizuka: PlanDefinition) -> None:
    stored(empty_database, iizuka)
    with pytest.raises(DoesNotFit, match="2021-03"):
        stored(empty_database, with_nodes(iizuka, iizuka.editions[0].nodes))


def test_an_earlier_edition_told_afterwards_takes_the_life_to_its_beginning(
    empty_database: Database, iizuka: PlanDefinition
) -> None:
    """A city types the running edition first and finds the old one in the archive later."""
    newest = replace(iizuka, editions=(replace(iizuka.editions[1], lineage=()),), achievements=(), links=())
    stored(empty_database, newest)
    with empty_database.writing(municipality_of(empty_database, newest)) as session:
        department = t.Department(code="joho", name="情報政策課", valid_from=date(2018, 4, 1))
        session.add(department)
        session.flush()
        held = node(session, "2021-03", "1-3-4")
        session.add(t.Responsibility(node_id=held.id, department_id=department.id, valid_from=date(2018, 4, 1)))
    assert stored(empty_database, iizuka) == iizuka
    with empty_database.reading(EVERY_MUNICIPALITY) as session:
        answering = session.exec(select(t.Responsibility)).one()
        assert answering.node_id == node(session, "2018-03", "1-3-2").id


def linked(definition: PlanDefinition, other: str, code: str) -> PlanDefinition:
    link = NodeLink(NodeAddress("2018-03", "1-1-1"), LinkKind.CONTRIBUTES_TO, other, NodeAddress("2018-03", code))
    return replace(definition, links=(link,))


def test_a_link_leads_to_a_node_of_another_plan_and_comes_back(
    empty_database: Database, iizuka: PlanDefinition
) -> None:
    stored(empty_database, replace(iizuka, code="other"))
    definition = linked(iizuka, "other", "1-2-1")
    assert stored(empty_database, definition) == definition


def test_a_link_to_nothing_is_refused_by_name(empty_database: Database, iizuka: PlanDefinition) -> None:
    stored(empty_database, replace(iizuka, code="other"))
    with pytest.raises(DoesNotFit, match="9-9-9"):
        stored(empty_database, linked(iizuka, "other", "9-9-9"))


def test_a_node_that_another_plan_links_to_cannot_be_left_out(
    empty_database: Database, iizuka: PlanDefinition, first_edition: PlanDefinition
) -> None:
    other = replace(first_edition, code="other")
    stored(empty_database, other)
    stored(empty_database, linked(iizuka, "other", "5-1-3"))
    with pytest.raises(DoesNotFit, match="links to it"):
        stored(empty_database, with_nodes(other, [n for n in other.editions[0].nodes if n.code != "5-1-3"]))


def test_a_split_keeps_both_ends(empty_database: Database, first_edition: PlanDefinition) -> None:
    first = first_edition.editions[0]
    halves = (PlanNode("9-1", "measure", "前半", parent="1-1"), PlanNode("9-2", "measure", "後半", parent="1-1"))
    kept = [n for n in first.nodes if n.code != "1-1-1"]
    reported = [n for n in kept if n.level == "measure"]
    links = (
        *(LineageLink(LineageKind.CONTINUED, (n.code,), (n.code,)) for n in reported),
        LineageLink(LineageKind.SPLIT, ("1-1-1",), ("9-1", "9-2"), Bilingual("二つに分けた")),
    )
    second = Edition("2022-03", Bilingual("改訂"), "2022-03", date(2022, 4, 1), (*kept, *halves), lineage=links)
    definition = replace(first_edition, editions=(first, second))
    assert stored(empty_database, definition) == definition


def test_a_round_that_was_opened_stays_in_the_plan(empty_database: Database, first_edition: PlanDefinition) -> None:
    stored(empty_database, first_edition)
    open_a_cycle(empty_database, first_edition)
    renamed = replace(first_edition, rounds=(replace(first_edition.rounds[0], code="half-yearly"),))
    assert stored(empty_database, renamed) == renamed, "no round was opened yet"
    stored(empty_database, first_edition)
    with empty_database.writing(municipality_of(empty_database, first_edition)) as session:
        cycle = session.exec(select(t.AnnualCycle)).one()
        cycles.open_round(session, CHANGE, cycle, "yearly", OPENED_ON, CALENDAR)
    with pytest.raises(DoesNotFit, match="round 'yearly' was opened"):
        stored(empty_database, renamed)


def test_who_is_asked_in_a_used_edition_stays_as_it_was(
    empty_database: Database, first_edition: PlanDefinition
) -> None:
    stored(empty_database, first_edition)
    open_a_cycle(empty_database, first_edition)
    levels = tuple(replace(level, is_reported=level.code == "goal") for level in first_edition.levels)
    with pytest.raises(DoesNotFit, match="'1-1-1' stays as asked"):
        stored(empty_database, replace(first_edition, levels=levels))


def test_a_draft_never_takes_the_place_of_a_decided_edition(empty_database: Database, iizuka: PlanDefinition) -> None:
    first, second = iizuka.editions
    stored(empty_database, replace(iizuka, editions=(first, replace(second, is_draft=True))))
    with empty_database.reading(municipality_of(empty_database, iizuka)) as session:
        plan = plans.find(session, iizuka.code)
        assert plans.edition_in_force(session, plan, date(2022, 4, 1)).code == "2018-03"


def test_a_plan_that_is_a_draft_as_a_whole_runs_on_it(empty_database: Database) -> None:
    misato = plan_files.read_plan(PLANS / "misato-policy.yaml")
    stored(empty_database, misato)
    with empty_database.reading(municipality_of(empty_database, misato)) as session:
        assert plans.edition_in_force(session, plans.find(session, misato.code), date(2026, 4, 1)).is_draft
