"""The pictures of a dashboard: read without colours, drawn without running anybody's words."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import lxml.etree

from documents import dashboard_charts
from documents.content import Chart, ChartRow
from documents.dashboard_charts import FILLS
from documents.year_grid import Grid, GridCell, GridRow, Key

KEYS = (
    Key("A", "A（順調）", "0"),
    Key("B", "B（遅れ）", "5"),
    Key("×", "未提出", "none"),
    Key("", "まだない", "outside"),
    Key("", "終わり", "outside"),
)
A, B, OWED, NOT_YET, ENDED = (GridCell(n, key.sign, key.words) for n, key in enumerate(KEYS))
GRID = Grid(
    code="measures",
    title="施策と年度の一覧",
    alternative="図",
    row_label="施策",
    years=("平成30年度\n2018", "令和元年度\n2019", "令和2年度\n2020"),
    rows=(
        GridRow("1-1-1 公衆無線LAN", (A, B, OWED)),
        GridRow("1-1-2 " + "とても長い名前の施策" * 3, (NOT_YET, A, B)),
        GridRow("1-1-3 短い", (A, GridCell(4, "統合 → 1-1-1", "統合 → 1-1-1", span=2))),
    ),
    keys=KEYS,
)
CHART = Chart(
    alternative="図",
    policy_label="所管課",
    progress_label="進み具合",
    count_label="件数",
    signs=("①", "②"),
    answers=("予定どおり", "報告なし"),
    rows=(ChartRow("総務課", (3, 1), 4),),
    totals=(3, 1),
    total=4,
)


def texts(specification: str) -> list[str]:
    drawn = lxml.etree.fromstring(dashboard_charts.svg(specification).encode())
    return ["".join(text.itertext()) for text in drawn.iter("{*}text")]


def test_every_year_has_its_sign_and_every_row_its_name() -> None:
    said = texts(dashboard_charts.grid(GRID))
    assert [text for text in said if text in ("A", "B", "×")] == ["A", "B", "×", "A", "B", "A"]
    assert "統合 → 1-1-1" in said
    joined = "".join("".join(said).split())
    assert all("".join(row.name.split())[:20] in joined for row in GRID.rows)
    assert all(part in joined for year in GRID.years for part in year.split("\n"))


def test_no_name_gives_way_to_its_neighbour() -> None:
    long = tuple(GridRow(f"{number}-1 " + "長い名前の施策です" * 3, (A, B, OWED)) for number in range(40))
    joined = "".join(texts(dashboard_charts.grid(replace(GRID, rows=long))))
    assert [number for number in range(40) if f"{number}-1 長い" not in joined] == []


def test_the_legend_explains_what_is_there_and_nothing_else() -> None:
    said = texts(dashboard_charts.grid(GRID))
    assert {"A（順調）", "B（遅れ）", "× 未提出", "まだない", "終わり"} <= set(said)
    later = replace(GRID, rows=GRID.rows[:1])
    assert {"まだない", "終わり"}.isdisjoint(texts(dashboard_charts.grid(later)))
    assert [key.words for key in later.used_keys] == ["A（順調）", "B（遅れ）", "未提出"]


def test_words_of_people_are_drawn_and_never_run() -> None:
    name = "'];alert(1)//\\</svg><script>x</script>"
    hostile = replace(GRID, rows=(GridRow(name, (A, GridCell(2, name, name), OWED)),), years=(name, "2", "3"))
    picture = dashboard_charts.titled(dashboard_charts.grid(hostile), name, (name,))
    assert "<script" not in dashboard_charts.svg(picture)
    assert "alert(1)" in "".join(texts(picture))


def test_signs_are_dark_on_light_and_the_page_fills_its_cells_alike() -> None:
    assert min(_contrast(fill) for fill in FILLS.values()) >= 7
    styles = (Path(__file__).parents[2] / "web" / "static" / "dashboard.css").read_text(encoding="utf-8")
    assert dict(re.findall(r"\.heat--(\d) \{ background: (#\w+); \}", styles)) == {
        name: fill for name, fill in FILLS.items() if name.isdigit()
    }


def _contrast(fill: str) -> float:
    def luminance(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    return (luminance(fill) + 0.05) / (luminance("#1a1a1a") + 0.05)


def test_a_picture_that_leaves_the_page_takes_its_title_and_the_mark_along() -> None:
    for picture in (dashboard_charts.grid(GRID), dashboard_charts.bars(CHART)):
        said = "".join(texts(dashboard_charts.titled(picture, "市の計画 施策と年度の一覧", ("模擬データです。",))))
        assert "市の計画 施策と年度の一覧" in said
        assert "模擬データです。" in said


def test_bars_carry_signs_and_numbers_as_in_the_annual_report() -> None:
    said = texts(dashboard_charts.bars(CHART))
    assert {"① 予定どおり", "② 報告なし", "①3", "②1", "総務課"} <= set(said)


def test_the_same_grid_is_the_same_picture_and_a_png_is_fine_enough_for_print() -> None:
    picture = dashboard_charts.grid(GRID)
    assert picture == dashboard_charts.grid(replace(GRID))
    png = dashboard_charts.png(picture)
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") > 2 * json.loads(picture)["width"]
