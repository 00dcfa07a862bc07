"""How a report is arranged before any format draws it."""

from __future__ import annotations

from dataclasses import replace

from documents.annual_report import AnnualReport, ProgressCount
from documents.content import Count, content_of


def test_answers_nobody_gave_are_counted_as_zero_in_the_order_from_best_to_worst(report: AnnualReport) -> None:
    content = content_of(replace(report, measures=(replace(report.measures[0], progress="遅れている"),)))
    assert content.tallies[0].counts == (
        Count("計画どおり", 0),
        Count("おおむね計画どおり", 0),
        Count("遅れている", 1),
        Count("未着手", 0),
        Count("未報告", 0),
    )


def test_measures_without_a_direction_are_counted_last(report: AnnualReport) -> None:
    directions = ("", "", "", "改善", "継続", "継続")
    measures = tuple(replace(report.measures[0], direction=direction) for direction in directions)
    counts = content_of(replace(report, measures=measures)).tallies[1].counts
    assert counts == (Count("継続", 2), Count("改善", 1), Count("記載なし", 3))


def test_measures_stand_under_their_policy_and_goal_once_even_when_they_come_mixed(report: AnnualReport) -> None:
    places = (("1 い", "1-1 は"), ("2 ろ", "2-1 に"), ("1 い", "1-1 は"), ("1 い", "1-2 ほ"))
    measures = tuple(replace(report.measures[0], policy=policy, goal=goal) for policy, goal in places)
    policies = content_of(replace(report, measures=measures)).policies
    assert [(policy.heading, [(goal.heading, len(goal.measures)) for goal in policy.goals]) for policy in policies] == [
        ("基本方針 1 い", [("基本目標 1-1 は", 2), ("基本目標 1-2 ほ", 1)]),
        ("基本方針 2 ろ", [("基本目標 2-1 に", 1)]),
    ]


def test_a_plan_without_goals_has_no_heading_for_them(report: AnnualReport) -> None:
    flat = replace(report.measures[0], goal="")
    assert content_of(replace(report, measures=(flat,))).policies[0].goals[0].heading == ""


def test_the_chart_takes_the_given_counts_and_keeps_an_answer_that_the_order_does_not_know(
    report: AnnualReport,
) -> None:
    counts = (
        ProgressCount("1 い", "計画どおり", 2),
        ProgressCount("1 い", "計画どおり", 1),
        ProgressCount("2 ろ", "対象外", 4),
    )
    chart = content_of(replace(report, progress_counts=counts)).chart
    assert chart is not None
    assert chart.answers == (*report.progress_order[:-1], "対象外", "未報告")
    assert [(row.policy, row.counts, row.total) for row in chart.rows] == [
        ("1 い", (3, 0, 0, 0, 0, 0), 3),
        ("2 ろ", (0, 0, 0, 0, 4, 0), 4),
    ]
    assert (chart.totals, chart.total) == ((3, 0, 0, 0, 4, 0), 7)


def test_there_is_no_chart_when_nothing_was_counted(report: AnnualReport) -> None:
    assert content_of(replace(report, progress_counts=(ProgressCount("1 い", "計画どおり", 0),))).chart is None


def test_the_first_year_of_an_era_is_written_as_the_offices_write_it(report: AnnualReport) -> None:
    assert content_of(replace(report, fiscal_year=2019)).fiscal_year == "令和元年度（2019年度）"
