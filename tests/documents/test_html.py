"""The annual report as HTML."""

from __future__ import annotations

from itertools import pairwise

import lxml.html
import pytest

from documents.annual_report import AnnualReport
from documents.content import content_of
from documents.formats import Format
from documents.render import render


@pytest.fixture(scope="module")
def page(hostile_report: AnnualReport) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(render(hostile_report, Format.HTML).decode())


def test_the_page_needs_no_other_file_and_holds_no_script_and_no_style_attribute(page: lxml.html.HtmlElement) -> None:
    assert page.xpath("//link | //script | //img | //@style | //@*[starts-with(name(), 'on')]") == []
    assert ".document .sheet" in page.xpath("string(//style)")


def test_the_chart_has_a_role_a_text_and_a_table_that_says_the_same(report: AnnualReport) -> None:
    page = lxml.html.document_fromstring(render(report, Format.HTML).decode())
    (picture,) = page.xpath("//*[@role='img']")
    assert (
        picture.get("aria-label")
        == "基本方針ごとに、個別施策の件数を進捗状況別に積み上げた横棒グラフ。内容は次の表と同じ。"
    )
    assert len(picture.xpath(".//*[local-name()='svg']")) == 1
    chart = content_of(report).chart
    assert chart is not None
    rows = page.xpath("//table[@class='chart-table']/tbody/tr")
    assert [[int(cell.text) for cell in row.xpath("td")] for row in rows] == [
        [*row.counts, row.total] for row in chart.rows
    ]


def test_headings_go_down_one_level_at_a_time_and_every_link_of_the_contents_leads_somewhere(
    page: lxml.html.HtmlElement,
) -> None:
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3 | //h4 | //h5")]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    targets = [link[1:] for link in page.xpath("//nav//a/@href")]
    assert targets
    assert set(targets) <= set(page.xpath("//@id"))


def test_every_header_cell_says_what_it_heads_and_the_page_says_its_language(page: lxml.html.HtmlElement) -> None:
    assert page.xpath("//th[not(@scope)]") == []
    assert page.get("lang") == "ja"
    assert page.xpath("string(//title)") == "飯塚市地域情報化計画 令和2年度（2020年度） 年度進捗報告書"


def test_line_ends_of_an_answer_are_kept(page: lxml.html.HtmlElement) -> None:
    assert "一行目\n二行目\n\n四行目" in page.xpath("//dd[@class='said']/text()")
