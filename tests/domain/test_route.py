"""The route of a key project: what its picture shows, from what was decided and tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.key_project import CheckInState, EventKind, RouteOutcome, TrialResult
from domain.route import (
    AskedCheckIn,
    CheckInStanding,
    DeadEnd,
    Ending,
    GoalSpan,
    Lane,
    MadeTrial,
    RouteEvent,
    RouteFacts,
    RouteTeam,
    Stretch,
    TakenDecision,
    route_of,
    standing_of,
)

OPENED_ON, TODAY = date(2026, 4, 1), date(2028, 4, 1)
FACTS = RouteFacts(OPENED_ON, "目標A", "道筋A")
SPRING, SUMMER, AUTUMN = date(2026, 6, 1), date(2026, 9, 1), date(2026, 12, 1)


def decided(*decisions: TakenDecision) -> RouteFacts:
    return replace(FACTS, decisions=decisions)


def taken(on: date, outcome: RouteOutcome, goal: str = "目標A", path: str = "道筋A", into: str = "") -> TakenDecision:
    return TakenDecision(on, outcome, goal, path, into)


def test_without_a_decision_there_is_one_path_towards_one_goal_until_today() -> None:
    route = route_of(FACTS, TODAY)
    assert route.lanes == (Lane(1, "道筋A", OPENED_ON),)
    assert route.stretches == (Stretch(1, 1, OPENED_ON, TODAY),)
    assert route.goals == (GoalSpan(1, "目標A", OPENED_ON, None),)
    assert (route.dead_ends, route.turns, route.ending) == ((), (), None)
    assert (route.first_on, route.last_on) == (OPENED_ON, TODAY)


def test_a_project_opened_today_has_a_route_of_one_day() -> None:
    route = route_of(FACTS, OPENED_ON)
    assert route.now == Stretch(1, 1, OPENED_ON, OPENED_ON)


def test_a_path_that_is_left_goes_no_further_and_the_new_one_begins_there() -> None:
    route = route_of(decided(taken(SPRING, RouteOutcome.CHANGE_PATH, path="道筋B")), TODAY)
    assert [lane.path for lane in route.lanes] == ["道筋A", "道筋B"]
    assert route.stretches == (Stretch(1, 1, OPENED_ON, SPRING), Stretch(2, 1, SPRING, TODAY))
    assert route.dead_ends == (DeadEnd(1, SPRING),)
    assert (route.turns[0].lane, route.turns[0].to_lane, route.turns[0].is_new_goal) == (1, 2, False)


def test_two_changes_of_path_leave_two_branches() -> None:
    route = route_of(
        decided(
            taken(SPRING, RouteOutcome.CHANGE_PATH, path="道筋B"),
            taken(SUMMER, RouteOutcome.CHANGE_PATH, path="道筋C"),
        ),
        TODAY,
    )
    assert [s.lane for s in route.stretches] == [1, 2, 3]
    assert route.dead_ends == (DeadEnd(1, SPRING), DeadEnd(2, SUMMER))
    assert [turn.number for turn in route.turns] == [1, 2]


def test_a_path_left_before_is_taken_up_again_where_it_was_left() -> None:
    route = route_of(
        decided(
            taken(SPRING, RouteOutcome.CHANGE_PATH, path="道筋B"),
            taken(SUMMER, RouteOutcome.CHANGE_PATH, path="道筋A"),
        ),
        TODAY,
    )
    assert len(route.lanes) == 2
    assert [s.lane for s in route.stretches] == [1, 2, 1]
    assert route.dead_ends == (DeadEnd(1, SPRING, resumed_on=SUMMER), DeadEnd(2, SUMMER))


def test_an_old_goal_stays_with_the_days_it_held() -> None:
    route = route_of(decided(taken(SPRING, RouteOutcome.CHANGE_GOAL, goal="目標B")), TODAY)
    assert route.goals == (GoalSpan(1, "目標A", OPENED_ON, SPRING), GoalSpan(2, "目標B", SPRING, None))
    assert [(s.lane, s.goal) for s in route.stretches] == [(1, 1), (1, 2)]
    assert route.dead_ends == (), "the path goes on"
    assert route.turns[0].is_new_goal


def test_a_decision_may_change_goal_and_path_at_once() -> None:
    route = route_of(decided(taken(SPRING, RouteOutcome.CHANGE_GOAL, "目標B", "道筋B")), TODAY)
    assert (route.now.lane, route.now.goal) == (2, 2)
    assert route.dead_ends == (DeadEnd(1, SPRING),)


def test_to_go_on_as_before_is_a_turn_that_changes_nothing() -> None:
    route = route_of(decided(taken(SPRING, RouteOutcome.CONTINUE)), TODAY)
    assert len(route.stretches) == 1
    assert [turn.outcome for turn in route.turns] == [RouteOutcome.CONTINUE]


def test_each_scaling_makes_the_way_wider_on_the_same_path() -> None:
    route = route_of(decided(taken(SPRING, RouteOutcome.SCALE), taken(SUMMER, RouteOutcome.SCALE)), TODAY)
    assert [(s.lane, s.width) for s in route.stretches] == [(1, 1), (1, 2), (1, 3)]


def test_a_decision_that_says_no_goal_and_path_keeps_those_of_before() -> None:
    route = route_of(decided(TakenDecision(SPRING, RouteOutcome.SCALE)), TODAY)
    assert (len(route.goals), len(route.lanes)) == (1, 1)


def test_a_stop_ends_the_way_on_its_day() -> None:
    route = route_of(replace(decided(taken(SUMMER, RouteOutcome.STOP)), closed_on=SUMMER), TODAY)
    assert route.ending == Ending(SUMMER, RouteOutcome.STOP)
    assert route.now.until == SUMMER
    assert route.last_on == SUMMER


def test_a_merger_says_into_which_project_the_way_leads() -> None:
    merged = taken(SUMMER, RouteOutcome.MERGE, into="窓口の一本化")
    assert route_of(replace(decided(merged), closed_on=SUMMER), TODAY).ending == Ending(
        SUMMER, RouteOutcome.MERGE, "窓口の一本化"
    )


def test_what_came_later_than_the_day_told_of_is_left_out() -> None:
    facts = replace(
        decided(taken(SPRING, RouteOutcome.CHANGE_PATH, path="道筋B"), taken(AUTUMN, RouteOutcome.STOP)),
        closed_on=AUTUMN,
        trials=(MadeTrial(1, "試す", SPRING, AUTUMN, TrialResult.WORKED), MadeTrial(2, "まだ", AUTUMN)),
        check_ins=(AskedCheckIn(1, AUTUMN, AUTUMN, CheckInState.ASKED),),
        teams=(RouteTeam("チーム", OPENED_ON, AUTUMN), RouteTeam("次のチーム", AUTUMN)),
    )
    route = route_of(facts, SUMMER)
    assert route.ending is None
    assert route.now == Stretch(2, 1, SPRING, SUMMER)
    assert [point.trial for point in route.trials] == [MadeTrial(1, "試す", SPRING)]
    assert route.teams == (RouteTeam("チーム", OPENED_ON),)
    assert route.check_ins == ()


def test_an_event_known_ahead_is_shown_beyond_today() -> None:
    ahead = RouteEvent(date(2029, 3, 31), EventKind.SYSTEM_DEADLINE, "標準化の期限")
    route = route_of(replace(FACTS, events=(ahead,)), TODAY)
    assert route.events == (ahead,)
    assert (route.now.until, route.last_on) == (TODAY, ahead.on)


def test_a_trial_stands_on_the_path_that_was_followed_when_its_result_was_known() -> None:
    facts = replace(
        decided(taken(SUMMER, RouteOutcome.CHANGE_PATH, path="道筋B")),
        trials=(
            MadeTrial(1, "初め", OPENED_ON, SPRING, TrialResult.DID_NOT_WORK),
            MadeTrial(2, "決定の日に終わる", SPRING, SUMMER, TrialResult.DID_NOT_WORK),
            MadeTrial(3, "新しい道で終わる", SPRING, SUMMER + timedelta(days=1), TrialResult.WORKED),
            MadeTrial(4, "続いている", AUTUMN),
        ),
    )
    points = {p.trial.number: (p.lane, p.on) for p in route_of(facts, TODAY).trials}
    assert points[1] == (1, SPRING)
    assert points[2] == (1, SUMMER), "the decision may follow from it"
    assert points[3] == (2, SUMMER + timedelta(days=1))
    assert points[4] == (2, AUTUMN)


def test_a_decision_dated_before_the_one_before_it_never_makes_the_way_run_backwards() -> None:
    route = route_of(
        decided(
            taken(SUMMER, RouteOutcome.CHANGE_PATH, path="道筋B"),
            taken(SPRING, RouteOutcome.CHANGE_PATH, path="道筋C"),
        ),
        TODAY,
    )
    assert [(s.since, s.until) for s in route.stretches] == [(OPENED_ON, SUMMER), (SUMMER, SUMMER), (SUMMER, TODAY)]


@pytest.mark.parametrize(
    ("state", "submitted_on", "today", "standing"),
    [
        (CheckInState.SUBMITTED, date(2026, 6, 3), TODAY, CheckInStanding.ON_TIME),
        (CheckInState.SUBMITTED, date(2026, 6, 4), TODAY, CheckInStanding.ON_TIME),
        (CheckInState.SUBMITTED, date(2026, 6, 5), TODAY, CheckInStanding.LATE),
        (CheckInState.SUBMITTED, date(2026, 6, 5), date(2026, 6, 4), CheckInStanding.AWAITED),
        (CheckInState.ASKED, None, date(2026, 6, 4), CheckInStanding.AWAITED),
        (CheckInState.ASKED, None, date(2026, 6, 5), CheckInStanding.OVERDUE),
        (CheckInState.DROPPED, None, TODAY, CheckInStanding.DROPPED),
    ],
)
def test_a_check_in_stands_by_its_answer_and_the_day_it_was_due(
    state: CheckInState, submitted_on: date | None, today: date, standing: CheckInStanding
) -> None:
    assert standing_of(AskedCheckIn(1, SPRING, date(2026, 6, 4), state, submitted_on), today) is standing


def test_a_check_in_stands_on_the_day_it_was_answered_or_asked() -> None:
    answered = AskedCheckIn(1, SPRING, SPRING, CheckInState.SUBMITTED, SUMMER)
    open_ = AskedCheckIn(2, SUMMER, SUMMER, CheckInState.ASKED)
    points = route_of(replace(FACTS, check_ins=(answered, open_)), TODAY).check_ins
    assert [(p.on, p.standing) for p in points] == [
        (SUMMER, CheckInStanding.LATE),
        (SUMMER, CheckInStanding.OVERDUE),
    ]


_DECISIONS = st.lists(
    st.builds(
        TakenDecision,
        st.dates(OPENED_ON, date(2030, 1, 1)),
        st.sampled_from(RouteOutcome),
        st.sampled_from(["", "目標A", "目標B", "目標C"]),
        st.sampled_from(["", "道筋A", "道筋B", "道筋C"]),
    ),
    max_size=12,
)


@given(_DECISIONS, st.dates(OPENED_ON, date(2030, 1, 1)))
def test_the_way_has_no_gap_and_every_lane_and_goal_is_walked(decisions: list[TakenDecision], today: date) -> None:
    ordered = sorted(decisions, key=lambda d: d.on)
    route = route_of(decided(*ordered), today)
    assert route.stretches[0].since == OPENED_ON
    assert route.now.until == today
    assert all(a.until == b.since for a, b in zip(route.stretches, route.stretches[1:], strict=False))
    assert {s.lane for s in route.stretches} == {lane.number for lane in route.lanes}
    assert {s.goal for s in route.stretches} == {goal.number for goal in route.goals}
    assert len(route.turns) == sum(d.on <= today for d in ordered)
    left = sum(a.lane != b.lane for a, b in zip(route.stretches, route.stretches[1:], strict=False))
    assert len(route.dead_ends) == left
