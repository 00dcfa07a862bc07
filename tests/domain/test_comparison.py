"""What differs between two editions of a plan: rows for the 新旧対照表."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.comparison import ComparisonRow, Span, changed_spans, compare
from domain.lineage import LineageKind, LineageLink, Station, life_of
from domain.plan import Edition, PlanNode
from domain.text import Bilingual
from tests.domain import rounds
from tests.domain.histories import histories

K = LineageKind


def edition(year: int, nodes: dict[str, str], *links: LineageLink) -> Edition:
    """Codes of one sign are goals; of three, the measures under them."""
    tree = [
        PlanNode(c, "measure" if "-" in c else "goal", t, parent=c[: c.find("-")] if "-" in c else "")
        for c, t in nodes.items()
    ]
    return Edition(f"{year}-03", Bilingual(""), "", date(year, 4, 1), tuple(tree), links)


def link(kind: LineageKind, before: str = "", after: str = "", reason: str = "") -> LineageLink:
    return LineageLink(kind, tuple(before.split()), tuple(after.split()), Bilingual(reason))


FIRST = edition(
    2018,
    {
        "1": "くらし",
        "1-1": "窓口の改善",
        "1-2": "電子申請の研究",
        "1-3": "予約",
        "2": "まち",
        "2-1": "公園",
        "2-2": "道路",
        "2-3": "図書館",
        "3": "しごと",
        "3-1": "商店街",
    },
)
SECOND = edition(
    2021,
    {
        "1": "くらし",
        "1-1": "窓口の改善",
        "1-3": "電子申請の推進",
        "1-4": "学校",
        "2": "まち",
        "2-1": "公園と道路",
        "2-2": "本館",
        "2-3": "分館",
    },
    link(K.CONTINUED, "1-1", "1-1"),
    link(K.RENAMED, "1-2", "1-3"),
    link(K.MERGED, "1-3", "1-1", "窓口で受ける"),
    link(K.NEW, "", "1-4"),
    link(K.MERGED, "2-1 2-2", "2-1", "一体で進める"),
    link(K.SPLIT, "2-3", "2-2 2-3"),
    link(K.ABOLISHED, "3-1", "", "目的を達した"),
    link(K.ABOLISHED, "3", ""),
)
THIRD = edition(
    2024,
    {"1": "くらし", "1-2": "電子申請の研究", "1-4": "学校教育", "2": "まち", "2-1": "公園と道路", "2-2": "本館"},
    link(K.ABOLISHED, "1-1", "", "書かない窓口になった"),
    link(K.RENAMED, "1-3", "1-2"),
    link(K.RENAMED, "1-4", "1-4"),
    link(K.CONTINUED, "2-1", "2-1"),
    link(K.CONTINUED, "2-2", "2-2"),
    link(K.ABOLISHED, "2-3", "", "閉じた"),
)
EDITIONS = (FIRST, SECOND, THIRD)


def told(before: int, after: int) -> list[tuple[str | None, str | None, str]]:
    return [
        (r.before.code if r.before else None, r.after.code if r.after else None, " ".join(r.kinds))
        for r in compare(EDITIONS, f"{before}-03", f"{after}-03")
    ]


def row(before: int, after: int, code: str) -> ComparisonRow:
    return next(
        r for r in compare(EDITIONS, f"{before}-03", f"{after}-03") if r.before is not None and r.before.code == code
    )


def test_rows_follow_the_new_edition_and_what_ended_closes_its_goal() -> None:
    assert told(2018, 2021) == [
        ("1", "1", "continued"),
        ("1-1", "1-1", "continued"),
        ("1-2", "1-3", "renamed renumbered"),
        (None, "1-4", "new"),
        ("1-3", "1-1", "merged"),
        ("2", "2", "continued"),
        (None, "2-1", "merged"),
        ("2-3", "2-2", "split"),
        ("2-3", "2-3", "split"),
        ("2-1", "2-1", "merged"),
        ("2-2", "2-1", "merged"),
        ("3", None, "abolished"),
        ("3-1", None, "abolished"),
    ]


def test_editions_in_between_are_followed_and_only_the_outcome_is_told() -> None:
    assert told(2018, 2024) == [
        ("1", "1", "continued"),
        ("1-2", "1-2", "continued"),
        (None, "1-4", "new"),
        ("1-1", None, "abolished"),
        ("1-3", None, "merged abolished"),
        ("2", "2", "continued"),
        (None, "2-1", "merged"),
        ("2-3", "2-2", "split"),
        ("2-1", "2-1", "merged"),
        ("2-2", "2-1", "merged"),
        ("2-3", None, "split abolished"),
        ("3", None, "abolished"),
        ("3-1", None, "abolished"),
    ]


def test_a_row_gives_both_places_the_level_and_the_reasons_on_the_way() -> None:
    merged = row(2018, 2021, "1-3")
    assert (merged.level, merged.before, merged.after) == (
        "measure",
        Station("2018-03", "1-3", "予約"),
        Station("2021-03", "1-1", "窓口の改善"),
    )
    assert merged.reasons == (Bilingual("窓口で受ける"),)
    assert row(2018, 2024, "1-3").reasons == (Bilingual("窓口で受ける"), Bilingual("書かない窓口になった"))


def test_a_changed_title_shows_what_changed_in_it() -> None:
    renamed = row(2018, 2021, "1-2")
    assert renamed.before_title == (Span("電子申請の", False), Span("研究", True))
    assert renamed.after_title == (Span("電子申請の", False), Span("推進", True))


def test_a_title_that_came_back_has_not_changed() -> None:
    back = row(2018, 2024, "1-2")
    assert back.after_title == (Span("電子申請の研究", False),)
    assert not back.is_changed


@pytest.mark.parametrize("code", ["1-3", "2-1", "2-3", "3-1"])
def test_titles_of_different_measures_are_not_set_against_each_other(code: str) -> None:
    ended = row(2018, 2021, code)
    assert not any(span.is_changed for span in (*ended.before_title, *ended.after_title))
    assert ended.is_changed


def test_a_misprint_in_a_continued_title_is_shown() -> None:
    before = edition(2018, {"1-1": "窓口の改善"})
    after = edition(2021, {"1-1": "窓口に改善"}, link(K.CONTINUED, "1-1", "1-1", "誤植とみた"))
    (only,) = compare((before, after), "2018-03", "2021-03")
    assert only.kinds == (K.CONTINUED,)
    assert only.is_changed
    assert only.after_title == (Span("窓口", False), Span("に", True), Span("改善", False))


def test_what_nobody_tells_has_no_kind() -> None:
    before, after = edition(2018, {"1": "くらし", "1-1": "窓口"}), edition(2021, {"1": "生活", "1-1": "窓口"})
    rows = compare((before, after), "2018-03", "2021-03")
    assert [(r.before and r.before.title, r.after and r.after.title, r.kinds) for r in rows] == [
        (None, "生活", ()),
        ("窓口", "窓口", (K.CONTINUED,)),
        ("くらし", None, ()),
    ]


def test_what_ended_under_a_goal_that_moved_closes_the_goal_where_it_is_now() -> None:
    before = edition(2018, {"1": "くらし", "1-1": "窓口", "1-2": "予約", "2": "まち", "2-1": "公園"})
    after = edition(
        2021,
        {"1": "まち", "1-1": "公園", "2": "暮らし", "2-1": "窓口"},
        link(K.RENAMED, "1", "2"),
        link(K.RENUMBERED, "2", "1"),
        link(K.RENUMBERED, "1-1", "2-1"),
        link(K.RENUMBERED, "2-1", "1-1"),
        link(K.ABOLISHED, "1-2"),
    )
    rows = compare((before, after), "2018-03", "2021-03")
    assert [r.before and r.before.code for r in rows] == ["2", "2-1", "1", "1-1", "1-2"]
    assert rows[-1].after is None


def test_the_deepest_parent_is_closed_first() -> None:
    def node(code: str, parent: str) -> PlanNode:
        return PlanNode(code, "measure", f"施策{code}", parent=parent)

    tree = (node("1", ""), node("1-1", "1"), node("1-1-1", "1-1"), node("1-1-2", "1-1"), node("1-2", "1"))
    before = replace(FIRST, nodes=(*tree, node("1-2-1", "1-2"), node("2", "")))
    ends = [link(K.ABOLISHED, code) for code in ("1-2", "1-2-1", "1-1-2")]
    after = replace(SECOND, nodes=(*tree[:3], node("2", "")), lineage=tuple(ends))
    rows = compare((before, after), before.code, after.code)
    assert [r.before and r.before.code for r in rows] == ["1", "1-1", "1-1-1", "1-1-2", "1-2", "1-2-1", "2"]


def test_parts_that_were_merged_again_are_told_once() -> None:
    before = edition(2018, {"1-1": "手続"})
    split = edition(2021, {"1-1": "申請", "1-2": "届出"}, link(K.SPLIT, "1-1", "1-1 1-2"))
    merged = edition(2024, {"1-2": "届出"}, link(K.MERGED, "1-1", "1-2"), link(K.CONTINUED, "1-2", "1-2"))
    (only,) = compare((before, split, merged), "2018-03", "2024-03")
    assert only.before == Station("2018-03", "1-1", "手続")
    assert only.after == Station("2024-03", "1-2", "届出")
    assert only.kinds == (K.SPLIT,)


def test_parts_that_ended_apart_give_all_their_reasons() -> None:
    before = edition(2018, {"1-1": "手続"})
    split = edition(2021, {"1-1": "申請", "1-2": "届出"}, link(K.SPLIT, "1-1", "1-1 1-2"))
    gone = edition(2024, {}, link(K.ABOLISHED, "1-1", "", "足りた"), link(K.ABOLISHED, "1-2", "", "閉じた"))
    (only,) = compare((before, split, gone), "2018-03", "2024-03")
    assert only.after is None
    assert only.reasons == (Bilingual("足りた"), Bilingual("閉じた"))


@pytest.mark.parametrize("editions", [("2018-03", "2030-03"), ("", "2021-03")])
def test_an_edition_that_there_is_not_cannot_be_compared(editions: tuple[str, str]) -> None:
    with pytest.raises(LookupError):
        compare(EDITIONS, *editions)


@pytest.mark.parametrize("editions", [("2021-03", "2018-03"), ("2021-03", "2021-03")])
def test_editions_are_compared_forward(editions: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="not later"):
        compare(EDITIONS, *editions)


def test_the_revision_of_iizuka_is_told_whole() -> None:
    rows = compare(rounds.PLAN.editions, "2018-03", "2021-03")
    measures = [r for r in rows if r.level == "measure"]
    assert [r.after.code for r in measures if r.after and K.MERGED not in r.kinds] == [
        n.code for n in rounds.PLAN.editions[1].nodes if n.level == "measure"
    ]
    ends = [
        (r.before and r.before.code, r.after and r.after.code)
        for r in measures
        if r.kinds[0] in (K.MERGED, K.ABOLISHED)
    ]
    assert ends == [("1-4-2", None), ("5-1-2", None), ("5-1-3", "5-1-2")]
    assert sum(K.RENUMBERED in r.kinds for r in measures) == 5
    assert all(r.kinds == (K.CONTINUED,) for r in rows if r.level != "measure")


# What holds for every history


def spans(data: tuple[Span, ...]) -> str:
    return "".join(span.text for span in data)


@settings(deadline=None)
@given(st.text("窓口の改善推進研究", max_size=12), st.text("窓口の改善推進研究", max_size=12))
def test_the_pieces_of_a_title_are_the_title_and_what_is_unchanged_is_in_both(before: str, after: str) -> None:
    old, new = changed_spans(before, after)
    assert (spans(old), spans(new)) == (before, after)
    assert [s for s in old if not s.is_changed] == [s for s in new if not s.is_changed]
    assert any(s.is_changed for s in (*old, *new)) == (before != after)


@settings(deadline=None)
@given(histories())
def test_every_node_of_both_editions_is_in_the_comparison(editions: tuple[Edition, ...]) -> None:
    first, last = editions[0], editions[-1]
    rows = compare(editions, first.code, last.code)
    here = [r for r in rows if r.after and not (r.before and K.MERGED in r.kinds)]
    assert [r.after.code for r in here if r.after] == [n.code for n in last.nodes]
    assert {r.before.code for r in rows if r.before} == {n.code for n in first.nodes}
    assert all(r.kinds for r in rows), "everything is told"


@settings(deadline=None)
@given(histories())
def test_titles_of_a_row_are_put_together_from_its_pieces(editions: tuple[Edition, ...]) -> None:
    for row_ in compare(editions, editions[0].code, editions[-1].code):
        assert spans(row_.before_title) == (row_.before.title if row_.before else "")
        assert spans(row_.after_title) == (row_.after.title if row_.after else "")


@settings(deadline=None)
@given(histories())
def test_a_row_sets_a_measure_against_itself_exactly_where_it_lives_on(editions: tuple[Edition, ...]) -> None:
    first, last = editions[0], editions[-1]
    ends = {
        (s[0], s[-1])
        for n in first.nodes
        if not (one := life_of(editions, first.code, n.code)).end
        for s in (one.stations,)
    }
    own = {K.CONTINUED, K.RENAMED, K.RENUMBERED}
    rows = [r for r in compare(editions, first.code, last.code) if own & set(r.kinds)]
    assert {(r.before, r.after) for r in rows} == ends
    for r in rows:
        assert r.before is not None
        assert r.after is not None
        assert (K.RENAMED in r.kinds) == (r.before.title != r.after.title)
        assert (K.RENUMBERED in r.kinds) == (r.before.code != r.after.code)


@settings(deadline=None)
@given(histories())
def test_between_neighbours_every_link_has_its_rows(editions: tuple[Edition, ...]) -> None:
    for before, after in pairwise(editions):
        rows = compare(editions, before.code, after.code)
        ended = {r.before.code for r in rows if r.before and r.kinds == (K.ABOLISHED,)}
        assert ended == {c for link in after.lineage if link.kind is K.ABOLISHED for c in link.before}
        merged = {(r.before.code, r.after.code) for r in rows if r.before and r.after and r.kinds == (K.MERGED,)}
        assert merged == {(c, link.after[0]) for link in after.lineage if link.kind is K.MERGED for c in link.before}
        split = {(r.before.code, r.after.code) for r in rows if r.before and r.after and r.kinds == (K.SPLIT,)}
        assert split == {(link.before[0], c) for link in after.lineage if link.kind is K.SPLIT for c in link.after}
        new = {r.after.code for r in rows if r.after and r.kinds == (K.NEW,)}
        assert new == {link.after[0] for link in after.lineage if link.kind is K.NEW}
