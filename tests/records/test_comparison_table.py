"""Comparison table and revised plan list as they are gathered from the stored editions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from documents.comparison_table import ComparisonTable
from documents.revised_plan import Correction, RevisedPlan
from domain.comparison import compare
from domain.lineage import LineageKind, LineageLink, tally
from domain.plan import Edition, PlanNode
from domain.text import Bilingual
from records import comparison_table, plans, revised_plan
from records.change import Change
from tests.conftest import PLAN
from tests.domain import small_plan

AT = datetime(2024, 5, 1, 3, tzinfo=UTC)
ON = date(2024, 5, 1)
THIRD = Edition(
    "2026-03",
    Bilingual("改訂の正誤"),
    "2026-03",
    date(2026, 4, 1),
    (
        small_plan.GOAL,
        PlanNode("1-2", "measure", "電子申請のさらなる推進", parent="1"),
        PlanNode("1-3", "measure", "案内の充実（窓口）", parent="1"),
        PlanNode("1-4", "measure", "案内の充実（電話）", parent="1"),
    ),
    (
        LineageLink(LineageKind.CONTINUED, ("1-2",), ("1-2",), Bilingual("題名の誤りを正したため")),
        LineageLink(LineageKind.SPLIT, ("1-3",), ("1-3", "1-4"), Bilingual("担い手が分かれたため")),
    ),
)
"""A correction (正誤) and a split."""
SMALL = replace(small_plan.PLAN, links=(), editions=(small_plan.FIRST, small_plan.SECOND, THIRD))


@pytest.fixture
def small(empty_database: Database) -> Iterator[Session]:
    with empty_database.writing(EVERY_MUNICIPALITY) as session:
        municipality = plans.municipality_for(session, SMALL).id
    with empty_database.writing(municipality) as session:
        plans.import_definition(session, Change("test", AT), SMALL, Bilingual("見本です"))
    with empty_database.reading(municipality) as session:
        yield session


def compared(session: Session, before: str, after: str) -> ComparisonTable:
    plan = plans.find(session, "small-plan")
    editions = {e.code: e for e in plans.editions_of(session, plan)}
    return comparison_table.gather(session, plan, editions[before], editions[after], ON)


def listed(session: Session, edition: str) -> RevisedPlan:
    found = plans.editions_of(session, plans.find(session, "small-plan"))
    return revised_plan.gather(session, next(e for e in found if e.code == edition), ON)


def test_only_what_departments_report_on_is_counted(small: Session) -> None:
    table = compared(small, "2020-03", "2023-03")
    assert (table.before.measures, table.after.measures) == (2, 2)
    assert {kind: n for kind, n in table.tally.counts.items() if n} == {
        LineageKind.RENAMED: 1,
        LineageKind.ABOLISHED: 1,
        LineageKind.NEW: 1,
    }
    assert table.tally.renumbered_total == 1
    assert [row.level for row in table.rows] == ["目標", "施策", "施策", "施策"]
    assert table.marks == ("見本です",)


def test_a_split_measure_counts_once_though_it_has_a_row_for_each_part(small: Session) -> None:
    table = compared(small, "2023-03", "2026-03")
    assert sum(LineageKind.SPLIT in row.kinds for row in table.rows) == 2
    assert table.tally.counts[LineageKind.SPLIT] == 1


@pytest.mark.parametrize("after", [small_plan.SECOND, THIRD])
def test_the_counts_of_neighbouring_editions_are_those_of_their_links(after: Edition) -> None:
    before = SMALL.editions[SMALL.editions.index(after) - 1]
    rows = compare(SMALL.editions, before.code, after.code)
    assert comparison_table.tally_of(rows, SMALL) == tally(after.lineage)


def test_measures_merged_into_a_new_one_are_counted_and_the_new_one_is_not() -> None:
    made = PlanNode("1-1", "measure", "窓口の改革", parent="1")
    merger = LineageLink(LineageKind.MERGED, ("1-1", "1-2"), ("1-1",))
    after = replace(small_plan.SECOND, nodes=(small_plan.GOAL, made), lineage=(merger,))
    rows = compare((small_plan.FIRST, after), "2020-03", "2023-03")
    assert sum(row.kinds == (LineageKind.MERGED,) for row in rows) == 3
    assert comparison_table.tally_of(rows, SMALL).counts[LineageKind.MERGED] == 2


def test_editions_between_the_two_are_followed(small: Session) -> None:
    table = compared(small, "2020-03", "2026-03")
    renamed = next(row for row in table.rows if LineageKind.RENAMED in row.kinds)
    assert renamed.before is not None
    assert renamed.after is not None
    titles = ["".join(part.text for part in node.title) for node in (renamed.before, renamed.after)]
    assert titles == ["電子申請の研究", "電子申請のさらなる推進"]
    assert [part.text for part in renamed.after.title if part.is_changed] == ["さらなる推進"]
    assert table.tally.counts[LineageKind.NEW] == 2


def test_the_earlier_edition_cannot_be_the_one_after(small: Session) -> None:
    with pytest.raises(ValueError, match="not later"):
        compared(small, "2023-03", "2020-03")


def test_a_correction_is_told_in_the_change_log(small: Session) -> None:
    shown = listed(small, "2023-03")
    assert [(entry.edition.name, entry.is_shown, len(entry.corrections)) for entry in shown.log] == [
        ("策定", False, 0),
        ("改訂", True, 0),
        ("改訂の正誤", False, 1),
    ]
    assert shown.log[2].corrections == (
        Correction("1-2", "電子申請の推進", "電子申請のさらなる推進", "題名の誤りを正したため"),
    )
    assert [entry.tally is None for entry in shown.log] == [True, False, False]


def test_the_list_tells_class_content_and_what_became_of_each_node(small: Session) -> None:
    first = {node.code: node for node in listed(small, "2020-03").nodes}
    assert first["1"].is_heading
    assert not first["1"].texts
    assert (first["1-1"].measure_class, first["1-1"].kinds) == ("調査研究", None)
    assert [(text.label, text.paragraphs) for text in first["1-1"].texts] == [("目指す姿", ("家から手続ができる",))]
    assert [text.paragraphs for text in first["1-2"].texts] == [()]
    third = {node.code: node for node in listed(small, "2026-03").nodes}
    assert (third["1-2"].kinds, third["1-2"].was) == ((LineageKind.CONTINUED,), "1-2 電子申請の推進")
    assert (third["1-4"].kinds, third["1-4"].was) == ((LineageKind.SPLIT,), "1-3 案内の充実")


def test_the_list_names_the_departments_of_the_editions_first_day_and_no_person(
    sample_database: Database, city: int
) -> None:
    with sample_database.reading(city) as session:
        plan = plans.find(session, PLAN)
        edition = plans.editions_of(session, plan)[-1]
        owners = plans.owners_on(session, edition.id, edition.effective_on)
        shown = revised_plan.gather(session, edition, ON)
        nodes = plans.nodes_of(session, edition.id)
        assert owners
        assert [node.department for node in shown.nodes] == [owners[n.id].name if n.id in owners else "" for n in nodes]
        before = plans.editions_of(session, plan)[0]
        said = str(asdict(shown)) + str(asdict(comparison_table.gather(session, plan, before, edition, ON)))
        assert [user.name for user in session.exec(select(t.User)) if user.name in said] == []


def test_a_department_that_answers_only_later_is_not_named(sample_database: Database, city: int) -> None:
    with sample_database.writing(city) as session:
        edition = plans.editions_of(session, plans.find(session, PLAN))[-1]
        for responsibility in session.exec(select(t.Responsibility)):
            responsibility.valid_from = date(2023, 4, 1)  # before the list is issued, after the edition's first day
            session.add(responsibility)
        session.flush()
        assert {node.department for node in revised_plan.gather(session, edition, ON).nodes} == {""}
