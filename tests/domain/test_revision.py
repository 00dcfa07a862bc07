"""What a review decides makes the next edition, or is refused whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import lineage, plan_rules
from domain.lineage import LineageKind, LineageLink
from domain.plan import Edition, MeasureClass, PlanNode
from domain.revision import (
    Contradiction,
    Decision,
    Fate,
    NewMeasure,
    Refusal,
    Revision,
    Successor,
    next_edition,
    refusals,
)
from domain.text import Bilingual
from tests.printed_revision import EARLY, IIZUKA, MIDDLE, printed_revision

WHY = Bilingual("目的を達したため")
CLASSES = (
    MeasureClass("research", Bilingual("調査研究"), moves_to=("promotion",)),
    MeasureClass("promotion", Bilingual("推進")),
    MeasureClass("priority", Bilingual("重点")),
)
REPORTED = frozenset({"measure"})

GOAL = PlanNode("1", "goal", "目標")
MEASURES = tuple(PlanNode(f"1-{n}", "measure", f"施策{n}", parent="1") for n in range(1, 5))
BEFORE = Edition("2020", Bilingual("前期"), "2020-03", date(2020, 4, 1), (GOAL, *MEASURES))


def kept(node: PlanNode, **changes: str) -> Decision:
    successor = Successor(node.code, node.title, node.parent, measure_class=node.measure_class)
    return Decision(node.code, Fate.CONTINUE, (replace(successor, **changes),))  # type: ignore[arg-type]  # texts only


def all_kept(**instead: Decision) -> Revision:
    """Every measure continues but those named by number."""
    return Revision(tuple(instead.get(f"m{n}", kept(node)) for n, node in enumerate(MEASURES, 1)))


def refused(revision: Revision, before: Edition = BEFORE) -> set[tuple[Contradiction, str]]:
    return {(r.contradiction, r.code) for r in refusals(before, revision, REPORTED, CLASSES)}


def made(revision: Revision, before: Edition = BEFORE) -> Edition:
    assert refusals(before, revision, REPORTED, CLASSES) == ()
    return next_edition(
        before,
        revision,
        REPORTED,
        code="2023",
        name=Bilingual("中期"),
        decided="2023-03",
        effective_on=date(2023, 4, 1),
    )


def test_the_decisions_of_2020_make_the_printed_edition_of_2021() -> None:
    edition = made(printed_revision(), EARLY)
    assert [(n.code, n.title, n.parent) for n in edition.nodes] == [(n.code, n.title, n.parent) for n in MIDDLE.nodes]
    assert {(k.kind, k.before, k.after) for k in edition.lineage} == {
        (k.kind, k.before, k.after) for k in MIDDLE.lineage
    }
    assert plan_rules.mistakes(replace(IIZUKA, editions=(EARLY, edition), achievements=())) == ()


@pytest.mark.parametrize(
    ("revision", "contradiction", "code"),
    [
        (Revision(all_kept().decisions[1:]), Contradiction.UNDECIDED, "1-1"),
        (Revision((*all_kept().decisions, kept(MEASURES[0]))), Contradiction.DECIDED_TWICE, "1-1"),
        (all_kept(m1=Decision("9-9", Fate.ABOLISH, reason=WHY)), Contradiction.UNKNOWN_MEASURE, "9-9"),
        (all_kept(m1=kept(MEASURES[0], code="1-2")), Contradiction.CODE_TWICE, "1-2"),
        (all_kept(m1=kept(MEASURES[0], code="1")), Contradiction.CODE_TWICE, "1"),
        (all_kept(m1=kept(MEASURES[0], title=" ")), Contradiction.TITLE_MISSING, "1-1"),
        (all_kept(m1=kept(MEASURES[0], code="")), Contradiction.CODE_MISSING, "施策1"),
        (all_kept(m1=kept(replace(MEASURES[0], parent="9"))), Contradiction.UNKNOWN_PARENT, "1-1"),
        (all_kept(m1=kept(replace(MEASURES[0], parent="1-1"))), Contradiction.UNKNOWN_PARENT, "1-1"),
        (all_kept(m1=Decision("1-1", Fate.ABOLISH)), Contradiction.REASON_MISSING, "1-1"),
        (all_kept(m1=Decision("1-1", Fate.CONTINUE)), Contradiction.SUCCESSORS_DO_NOT_FIT, "1-1"),
        (
            all_kept(m1=Decision("1-1", Fate.SPLIT, (Successor("1-1", "半分", "1"),), reason=WHY)),
            Contradiction.SUCCESSORS_DO_NOT_FIT,
            "1-1",
        ),
        (
            all_kept(
                m1=Decision("1-1", Fate.MERGE, merges_into="1-2", reason=WHY),
                m2=Decision("1-2", Fate.ABOLISH, reason=WHY),
            ),
            Contradiction.MERGED_INTO_ABOLISHED,
            "1-1",
        ),
        (
            all_kept(
                m1=Decision("1-1", Fate.MERGE, merges_into="1-2", reason=WHY),
                m2=Decision("1-2", Fate.MERGE, merges_into="1-1", reason=WHY),
            ),
            Contradiction.MERGED_IN_A_CIRCLE,
            "1-1",
        ),
        (
            all_kept(
                m1=Decision("1-1", Fate.MERGE, merges_into="1-2", reason=WHY),
                m2=Decision(
                    "1-2", Fate.SPLIT, (Successor("1-2", "前半", "1"), Successor("1-5", "後半", "1")), reason=WHY
                ),
            ),
            Contradiction.MERGED_INTO_SPLIT,
            "1-1",
        ),
        (
            all_kept(m1=Decision("1-1", Fate.MERGE, merges_into="9-9", reason=WHY)),
            Contradiction.MERGED_INTO_NOTHING,
            "1-1",
        ),
        (all_kept(m1=kept(MEASURES[0], measure_class="gold")), Contradiction.UNKNOWN_CLASS, "1-1"),
    ],
)
def test_decisions_that_contradict_each_other_are_refused_by_name(
    revision: Revision, contradiction: Contradiction, code: str
) -> None:
    assert (contradiction, code) in refused(revision)


def test_a_class_moves_only_where_the_plan_lets_it() -> None:
    studied = replace(MEASURES[0], measure_class="research")
    before = replace(BEFORE, nodes=(GOAL, studied, *MEASURES[1:]))
    assert refused(all_kept(m1=kept(studied, measure_class="promotion")), before) == set()
    assert refused(all_kept(m1=kept(studied, measure_class="priority")), before) == {
        (Contradiction.CLASS_DOES_NOT_MOVE_THERE, "1-1")
    }


def test_merges_may_follow_each_other_and_end_in_the_one_that_lives_on() -> None:
    revision = all_kept(
        m1=Decision("1-1", Fate.MERGE, merges_into="1-2", reason=WHY),
        m2=Decision("1-2", Fate.MERGE, merges_into="1-3", reason=WHY),
    )
    links = {link.before: link for link in made(revision).lineage}
    assert links["1-1",] == LineageLink(LineageKind.MERGED, ("1-1",), ("1-3",), WHY)
    assert links["1-2",].after == ("1-3",)


def test_measures_stand_in_the_order_of_their_codes_as_people_count() -> None:
    edition = made(all_kept(m1=kept(MEASURES[0], code="1-10")))
    assert [n.code for n in edition.nodes] == ["1", "1-2", "1-3", "1-4", "1-10"]


def test_initiatives_that_nobody_reports_on_go_with_their_measure() -> None:
    initiatives = tuple(PlanNode(f"{m.code}-a", "initiative", "取組み", parent=m.code) for m in MEASURES[:3])
    before = replace(BEFORE, nodes=(*BEFORE.nodes, *initiatives))
    edition = made(
        all_kept(
            m1=kept(MEASURES[0], code="1-9"),
            m2=Decision("1-2", Fate.MERGE, merges_into="1-4", reason=WHY),
            m3=Decision("1-3", Fate.ABOLISH, reason=WHY),
        ),
        before,
    )
    assert [(n.code, n.parent) for n in edition.nodes if n.level == "initiative"] == [
        ("1-2-a", "1-4"),
        ("1-1-a", "1-9"),
    ]


@st.composite
def valid(draw: st.DrawFn, before: Edition = BEFORE) -> Revision:
    """Decisions of any kind that do not contradict each other; the last measure always lives on."""
    decisions, fates = [], st.sampled_from(Fate)
    measures = [n for n in before.nodes if n.level in REPORTED]
    survivor = measures[-1].code
    for n, node in enumerate(measures):
        fate = Fate.CONTINUE if node.code == survivor else draw(fates)
        code = f"1-{n * 2 + 1}" if draw(st.booleans()) else f"1-{n * 2 + 101}"
        title = node.title if draw(st.booleans()) else f"新しい{node.title}"
        if fate is Fate.CONTINUE:
            decisions.append(Decision(node.code, fate, (Successor(code, title, "1"),), reason=WHY))
        elif fate is Fate.SPLIT:
            halves = tuple(Successor(f"{code}-{half}", f"{title}{half}", "1") for half in (1, 2))
            decisions.append(Decision(node.code, fate, halves, reason=WHY))
        else:
            into = survivor if fate is Fate.MERGE else ""
            decisions.append(Decision(node.code, fate, (), into, reason=WHY))
    new = [
        NewMeasure(Successor(f"1-{n}", f"新規{n}", "1"), "measure", WHY)
        for n in draw(st.lists(st.integers(500, 900), unique=True, max_size=3))
    ]
    return Revision(tuple(draw(st.permutations(decisions))), tuple(new))


def titles_of(edition: Edition) -> dict[str, str]:
    return {n.code: n.title for n in edition.nodes if n.level in REPORTED}


@given(st.data())
def test_any_sequence_of_valid_decisions_gives_editions_whose_lineage_reaches_every_measure(
    data: st.DataObject,
) -> None:
    editions = [BEFORE]
    for year in data.draw(st.sampled_from([(2023,), (2023, 2026), (2023, 2026, 2029)])):
        before = editions[-1]
        revision = data.draw(valid(before))
        assert refusals(before, revision, REPORTED, CLASSES) == ()
        name, on = Bilingual(f"{year}年度の版"), date(year, 4, 1)
        code = str(year)
        made = next_edition(before, revision, REPORTED, code=code, name=name, decided=f"{year}-03", effective_on=on)
        assert lineage.mistakes((), made.lineage, titles_of(before), titles_of(made)) == []
        assert len({n.code for n in made.nodes}) == len(made.nodes)
        expected = sum(len(d.successors) for d in revision.decisions) + len(revision.new_measures)
        assert len(titles_of(made)) == expected
        editions.append(made)
    for edition in editions:  # nobody is lost: each measure has a whole life, from its beginning to its end or today
        for code in titles_of(edition):
            life = lineage.life_of(editions, edition.code, code)
            assert code in {station.code for station in life.stations}
            assert life.begin is not None or life.stations[0].edition == BEFORE.code
            assert life.end is not None or life.stations[-1].edition == editions[-1].code


@given(valid(), st.data())
def test_a_valid_set_of_which_one_decision_is_lost_is_refused(revision: Revision, data: st.DataObject) -> None:
    lost = data.draw(st.sampled_from(revision.decisions))
    rest = replace(revision, decisions=tuple(d for d in revision.decisions if d is not lost))
    assert Refusal(Contradiction.UNDECIDED, lost.measure) in refusals(BEFORE, rest, REPORTED, CLASSES)
