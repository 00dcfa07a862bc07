"""Whatever stands in a table: it becomes a plan without contradictions, or every mistake says what to do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from domain import organisation as organisation_rules
from domain import plan_rules
from exchange.grid import Broken, Merge, Percent, Value
from tests.exchange.own_tables import GOOD, HEADINGS, read_rows

WORDS = (
    "〃",
    "1",
    "1-1",
    "1-2",
    "①",
    "見守り",
    "福祉課、防災課",
    "a@c.example",
    "増加",
    "約1,200人",
    "※ 注",
    "合計",
    "-",
    "\n",
    "　",
)
CELLS: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.sampled_from(WORDS),
    st.text(max_size=6),
    st.integers(-5, 99_999),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.just(date(2026, 1, 2)),
    st.just(Broken("#REF!")),
    st.just(Percent(Decimal("12.5"))),
)
WIDTH = len(HEADINGS)
ROWS = st.lists(st.one_of(st.sampled_from(GOOD), st.tuples(*[CELLS] * WIDTH)), max_size=8)
MERGES = st.lists(
    st.tuples(st.integers(1, 8), st.integers(0, 3), st.integers(1, WIDTH), st.integers(0, 2)).map(
        lambda m: Merge(m[0], m[0] + m[1], m[2], m[2] + m[3])
    ),
    max_size=3,
)


@settings(max_examples=200, deadline=None)
@given(ROWS, MERGES)
def test_any_table_is_a_sound_plan_or_refused_with_what_to_do(
    rows: list[tuple[Value, ...]], merges: list[Merge]
) -> None:
    found = read_rows(*rows, merges=merges)
    for remark in (*found.mistakes, *found.warnings):
        assert remark.message.ja
        assert remark.message.en
        assert "{" not in remark.in_language("en") or any("{" in str(cell) for row in rows for cell in row)
    assert all(mistake.remedy.ja and mistake.remedy.en for mistake in found.mistakes)
    if found.table is None:
        assert found.mistakes
        return
    definition = found.table.definition
    assert plan_rules.mistakes(definition) == ()
    assert organisation_rules.mistakes(found.table.organisation) == ()
    assert len({node.code for node in found.nodes}) == len(found.nodes)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("甲乙丙"), st.sampled_from(("", "1", "2", "3"))), min_size=1, max_size=12))
def test_made_and_printed_codes_never_meet(numbers: list[tuple[str, str]]) -> None:
    rows = [(goal, number or None, f"施策{i}", *[None] * 7) for i, (goal, number) in enumerate(numbers)]
    found = read_rows(*rows)
    if found.table is None:
        assert all("番号" in mistake.message.ja for mistake in found.mistakes)
    else:
        assert len({node.code for node in found.nodes}) == len(found.nodes)
