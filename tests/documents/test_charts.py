"""The chart of an annual report."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import lxml.etree
import pytest

from documents import charts
from documents.annual_report import AnnualReport, ProgressCount
from documents.content import Chart, content_of


@pytest.fixture
def chart(report: AnnualReport) -> Chart:
    chart = content_of(report).chart
    assert chart is not None
    return chart


def texts(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in lxml.etree.fromstring(svg.encode()).iter("{*}text")]


def pieces(chart: Chart) -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = charts.specification(chart)["data"]["values"]
    return values


def test_every_bar_carries_the_sign_of_its_answer_and_its_number(chart: Chart) -> None:
    said = texts(charts.svg(chart))
    assert {"① 計画どおり", "② おおむね計画どおり", "③ 遅れている", "④ 未着手", "⑤ 未報告"} <= set(said)
    wanted = [f"{sign}{n}" for row in chart.rows for sign, n in zip(chart.signs, row.counts, strict=True) if n]
    assert sorted(text for text in said if re.fullmatch(r"[①-⑤]\d+", text)) == sorted(wanted)


def test_a_piece_too_narrow_for_its_sign_goes_without(report: AnnualReport) -> None:
    counts = (ProgressCount("1 い", "計画どおり", 99), ProgressCount("1 い", "未着手", 1))
    chart = content_of(replace(report, progress_counts=counts)).chart
    assert chart is not None
    said = texts(charts.svg(chart))
    assert "①99" in said
    assert "④1" not in said


def test_texts_on_the_bars_are_dark_on_light(chart: Chart) -> None:
    drawn = lxml.etree.fromstring(charts.svg(chart).encode())
    inks = {text.get("fill") for text in drawn.iter("{*}text")}
    assert inks == {"#1a1a1a"}
    fills = {str(path.get("fill")) for path in drawn.iter("{*}path") if path.get("stroke") == "#1a1a1a"}
    assert len(fills) == 5
    assert min(_contrast("#1a1a1a", fill) for fill in fills) >= 7


def _contrast(dark: str, light: str) -> float:
    def luminance(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    return (luminance(light) + 0.05) / (luminance(dark) + 0.05)


def test_the_name_of_a_policy_is_drawn_and_never_run(hostile_report: AnnualReport) -> None:
    name = "'];alert(1)//\\</svg><script>x</script>"
    chart = content_of(replace(hostile_report, progress_counts=(ProgressCount(name, "未着手", 1),))).chart
    assert chart is not None
    svg = charts.svg(chart)
    assert "<script" not in svg
    assert "".join("".join(texts(svg)).split()).count("".join(name.split())) == 1


def test_long_names_break_between_words_and_end_in_an_ellipsis_after_three_lines(chart: Chart) -> None:
    rows = (
        replace(chart.rows[0], policy="1 Broadband for every household, school, library and office of the city"),
        replace(chart.rows[1], policy="2 " + "長い名前" * 20),
    )
    said = texts(charts.svg(replace(chart, rows=rows)))
    lines = "".join(said)
    assert "1 Broadband for everyhousehold, school, library andoffice of the city" in lines
    assert re.search("[長い名前]…", lines)


def test_the_picture_for_word_is_fine_enough_for_print(chart: Chart) -> None:
    png = charts.png(chart)
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") > 1_600  # over 250 dots per inch at the width of the text
