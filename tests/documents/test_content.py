"""How a report is arranged before any format draws it."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import openpyxl
import pytest

from documents.annual_report import AnnualReport, ProgressCount
from documents.content import Count, content_of
from documents.formats import Format
from documents.render import render


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


def test_a_measure_nobody_reported_is_counted_so_and_not_as_without_an_answer(report: AnnualReport) -> None:
    silent = replace(report.measures[0], progress="", report_state="")
    assert content_of(replace(report, measures=(silent,))).tallies[0].counts[-1] == Count("未報告", 1)


@pytest.mark.parametrize(
    ("policy", "goal", "level"),
    [
        pytest.param("1 い", "1-1 は", 4, id="under a policy and a goal"),
        pytest.param("1 い", "", 3, id="under a policy"),
        pytest.param("", "", 2, id="under nothing"),
    ],
)
def test_no_level_of_headings_is_skipped_however_deep_the_plan_is(
    report: AnnualReport, policy: str, goal: str, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    labels = {"policy_label": "基本方針" if policy else "", "goal_label": "基本目標" if goal else ""}
    plain = replace(report, measures=(replace(report.measures[0], policy=policy, goal=goal),), **labels)  # type: ignore[arg-type]
    assert content_of(plain).policies[0].goals[0].measure_level == level
    levels = [int(h) for h in re.findall(r"<h(\d)", render(plain, Format.HTML).decode())]
    assert all(below <= above + 1 for above, below in pairwise(levels))
    render(plain, Format.PDF)
    assert "PDF/UA" not in caplog.text


def test_a_plan_without_levels_above_its_measures_has_no_columns_and_no_chart_for_them(report: AnnualReport) -> None:
    flat = replace(report, policy_label="", goal_label="", measures=(replace(report.measures[0], policy="", goal=""),))
    assert content_of(flat).chart is None
    book = openpyxl.load_workbook(BytesIO(render(flat, Format.XLSX)))
    headings = [cell.value for row in book.worksheets[-1].iter_rows() for cell in row]
    assert "個別施策" in " ".join(map(str, headings))
    assert "基本方針" not in headings
