"""The picture of a route: shapes and words, nothing on top of anything else, and the same told as a list."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import lxml.etree
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import route_picture
from documents.route_picture_layout import WIDTH, layout
from documents.route_picture_parts import Layout, Look, Mark, Rule, Said
from documents.text_width import columns
from domain.key_project import EventKind, RouteOutcome, TrialResult
from domain.route import MadeTrial, Route, RouteEvent, RouteFacts, TakenDecision, route_of
from tests.documents.sample_key_project import FACTS, FIRST_PATH, GOAL, ISSUED_ON, MARK, REPORT, SECOND_PATH

_RESULTS = (*TrialResult, None)


def crowded() -> Route:
    """Twelve trials and five decisions within two years."""
    first = date(2026, 4, 20)
    trials = tuple(
        MadeTrial(n, f"試行の名称{n}", first + timedelta(days=56 * n - 40), first + timedelta(days=56 * n), r)
        for n, r in ((n, _RESULTS[n % 5]) for n in range(1, 13))
    )
    outcomes = (
        (RouteOutcome.CHANGE_PATH, "初めの目標", "二つ目の道筋"),
        (RouteOutcome.CHANGE_GOAL, "次の目標", "二つ目の道筋"),
        (RouteOutcome.SCALE, "次の目標", "二つ目の道筋"),
        (RouteOutcome.CHANGE_PATH, "次の目標", "三つ目の道筋"),
        (RouteOutcome.MERGE, "次の目標", "三つ目の道筋"),
    )
    decisions = tuple(
        TakenDecision(first + timedelta(days=130 * n), outcome, goal, path, "とても長い名称のほかのプロジェクト")
        for n, (outcome, goal, path) in enumerate(outcomes, 1)
    )
    facts = RouteFacts(first, "初めの目標", "一つ目の道筋", decisions[-1].on, decisions, trials)
    return route_of(facts, date(2028, 6, 1))


def boxes(found: Layout) -> Iterator[tuple[Said, float, float, float, float]]:
    """Each text with the room it takes: left, top, right, bottom."""
    for said in found.texts:
        wide = columns(said.text) * 6
        left = said.x - wide if said.ends else said.x
        yield said, left, said.y - 7, left + wide, said.y + 7


def overlapping(found: Layout) -> list[tuple[str, str]]:
    return [
        (a.text, b.text)
        for (a, left, top, right, bottom), (b, left2, top2, right2, bottom2) in combinations(list(boxes(found)), 2)
        if left < right2 and left2 < right and top < bottom2 and top2 < bottom
    ]


def crossed(found: Layout) -> list[str]:
    """Texts through which a thin upright line runs."""
    upright = [r for r in found.rules if r.look is Look.LEADER and r.x == r.x2]
    return [
        said.text
        for said, left, top, right, bottom in boxes(found)
        for rule in upright
        if left < rule.x < right and min(rule.y, rule.y2) < bottom and top < max(rule.y, rule.y2)
    ]


_TRIAL_LOOKS = (Look.WORKED, Look.PARTLY, Look.LEARNT, Look.UNCLEAR, Look.RUNNING)


def hidden_trials(found: Layout) -> list[tuple[Mark, Mark]]:
    """Trials whose marks touch each other or a decision's."""
    placed = [m for m in found.marks if m.look in (*_TRIAL_LOOKS, Look.TURN)]
    pairs = (pair for pair in combinations(placed, 2) if any(m.look in _TRIAL_LOOKS for m in pair))
    return [(a, b) for a, b in pairs if abs(a.x - b.x) < 12 and abs(a.y - b.y) < 12]


def texts(found: Layout) -> list[str]:
    return [said.text for said in found.texts]


def marks(found: Layout, look: Look) -> list[Mark]:
    """Those on the way, without the legend's at the foot."""
    return [mark for mark in found.marks if mark.look is look and mark.y < found.height - 80]


@pytest.mark.parametrize("route", [crowded(), REPORT.route], ids=["crowded", "sample"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_text_lies_on_another_or_leaves_the_picture(route: Route, language: str) -> None:
    found = layout(route, language)
    assert overlapping(found) == []
    assert crossed(found) == []
    assert [s.text for s, left, _, right, _ in boxes(found) if left < 0 or right > WIDTH + 1] == []


_DAYS = st.dates(date(2026, 4, 1), date(2028, 3, 31))
_TRIALS = st.lists(st.tuples(_DAYS, st.sampled_from(_RESULTS)), max_size=14)
_DECISIONS = st.lists(
    st.tuples(_DAYS, st.sampled_from([RouteOutcome.CHANGE_GOAL, RouteOutcome.SCALE, RouteOutcome.CONTINUE])), max_size=5
)


@settings(max_examples=60)
@given(_TRIALS, _DECISIONS)
def test_labels_find_room_wherever_trials_and_decisions_fall(
    trials: list[tuple[date, TrialResult | None]], decisions: list[tuple[date, RouteOutcome]]
) -> None:
    facts = RouteFacts(
        date(2026, 4, 1),
        "目標",
        "道筋",
        decisions=tuple(TakenDecision(on, outcome) for on, outcome in sorted(decisions)),
        trials=tuple(MadeTrial(n, "題", on, on, result) for n, (on, result) in enumerate(trials, 1)),
    )
    found = layout(route_of(facts, date(2028, 3, 31)), "ja")
    assert overlapping(found) == []
    assert crossed(found) == []
    assert hidden_trials(found) == []


def test_a_result_is_told_by_shape_and_by_word_and_what_did_not_work_as_something_learnt() -> None:
    found = layout(REPORT.route, "ja")
    assert len(marks(found, Look.LEARNT)) == 2
    assert len(marks(found, Look.WORKED)) == 2
    assert "試行1 分かったこと" in texts(found)
    assert "試行4 うまくいった" in texts(found)
    assert "試行：分かったこと" in texts(found), "the legend"
    shapes = [route_picture._MARKS[look]["shape"] for look in (Look.WORKED, Look.PARTLY, Look.LEARNT, Look.UNCLEAR)]
    assert len(set(shapes)) == 4


def test_nothing_that_did_not_work_is_red() -> None:
    fill = route_picture._MARKS[Look.LEARNT]["fill"].lstrip("#")
    red, green, _ = (int(fill[i : i + 2], 16) for i in (0, 2, 4))
    assert green > red * 0.8


def test_old_goals_and_the_paths_that_were_left_stay_to_be_read() -> None:
    found = layout(REPORT.route, "ja")
    said = "".join(texts(found))
    assert "目標1 市役所に来なくても" in said
    assert "目標2 来庁が難しい方" in said
    assert [FIRST_PATH in said, SECOND_PATH in said, "道筋1はここまで" in said, "道筋2はここまで" in said] == [True] * 4
    assert len([r for r in found.rules if r.look is Look.DEAD_END]) == 2
    assert [box.look for box in found.boxes[:2]] == [Look.GOAL_BEFORE, Look.GOAL_NOW]


def test_a_path_taken_up_again_is_joined_and_not_ended() -> None:
    there, back = date(2026, 8, 1), date(2026, 12, 1)
    decisions = (
        TakenDecision(there, RouteOutcome.CHANGE_PATH, path="別の道筋"),
        TakenDecision(back, RouteOutcome.CHANGE_PATH, path=FIRST_PATH),
    )
    facts = RouteFacts(date(2026, 4, 1), "目標", FIRST_PATH, decisions=decisions)
    assert "道筋1はここまで" not in texts(layout(route_of(facts, date(2027, 4, 1)), "ja"))


def test_scaling_makes_the_line_thicker() -> None:
    way = [r for r in layout(REPORT.route, "ja").rules if isinstance(r, Rule) and r.look is Look.WAY]
    assert {rule.width for rule in way} == {3, 5}


def test_the_end_says_into_which_project_the_work_was_merged() -> None:
    assert "とても長い名称のほかのプロジェクト" in "".join(texts(layout(crowded(), "ja")))


def test_a_project_that_goes_on_ends_with_now_and_shows_what_is_known_ahead() -> None:
    ahead = RouteEvent(date(2029, 3, 31), EventKind.SYSTEM_DEADLINE, "標準化の期限")
    route = route_of(replace(FACTS, closed_on=None, decisions=FACTS.decisions[:5], events=(ahead,)), ISSUED_ON)
    found = layout(route, "ja")
    assert "現在" in texts(found)
    assert [rule.look for rule in found.rules].count(Look.TODAY) == 1


def test_a_project_of_one_day_is_drawn_too() -> None:
    day = date(2026, 4, 1)
    found = layout(route_of(RouteFacts(day, "目標", ""), day), "ja")
    assert "道筋はまだ決めていません" in texts(found)
    assert overlapping(found) == []


def test_the_svg_needs_no_inline_style_and_has_the_mark_of_sample_data() -> None:
    picture = route_picture.svg(REPORT.route, "ja")
    root = lxml.etree.fromstring(picture.encode())
    assert str(root.tag).endswith("svg")
    assert root.xpath("//@style") == []
    assert root.xpath("//*[local-name()='script' or local-name()='style']") == []
    assert MARK in [text.text for text in root.iter("{*}text")]


def test_text_that_people_wrote_is_never_read_as_markup() -> None:
    nasty = "<script>alert(1)</script> & {{ x }}"
    facts = replace(FACTS, path=nasty)
    root = lxml.etree.fromstring(route_picture.svg(route_of(facts, ISSUED_ON), "ja").encode())
    assert root.xpath("//*[local-name()='script']") == []
    assert nasty in [text.text for text in root.iter("{*}text")]


def test_the_png_is_three_times_as_fine_as_the_page() -> None:
    width, _ = struct.unpack(">II", route_picture.png(REPORT.route, "ja")[16:24])
    assert width > 2 * WIDTH


def test_the_list_tells_in_the_order_of_time_what_the_picture_shows() -> None:
    told = route_picture.told(REPORT.route, "ja")
    assert [fact.on for fact in told] == sorted(fact.on for fact in told)
    said = "\n".join(f"{fact.day} {fact.text}" for fact in told)
    wanted = [
        f"令和8年（2026年）9月14日 決定1：道筋を変える。道筋1を離れ、道筋2「{SECOND_PATH}」へ。",
        f"令和9年（2027年）3月29日 決定3：目標を変える。新しい目標は目標2「{GOAL}」。",
        "試行1「出張所1か所で試す」（道筋1）：分かったこと",
        "出来事（予算の決定）：令和9年度当初予算の議決",
        "令和8年（2026年）4月15日 状況確認 第1回：期限内に回答",
        "「福祉相談プロジェクトチーム」を廃止。",
        "令和10年（2028年）3月24日 プロジェクト：終了",
    ]
    assert [text for text in wanted if text not in said] == []
    shown = len(REPORT.route.trials) + len(REPORT.route.turns) + len(REPORT.route.check_ins) + len(REPORT.route.events)
    assert len(told) == shown + 4  # and the beginning, the team founded and dissolved, the end


def test_the_name_of_the_picture_counts_what_it_shows() -> None:
    assert route_picture.summary(REPORT.route, "ja") == (
        "プロジェクトの道のりの図。目標2件、道筋3件、決定6件、試行7件、状況確認42回、出来事2件。"
    )
