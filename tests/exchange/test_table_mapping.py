"""The small file that says which column is what: read, refused with file, line and key, kept for next year."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from domain.plan import CalendarDay
from domain.text import Bilingual
from exchange import table_mapping
from exchange.figures import Time, time_in
from exchange.table_mapping import ClassColumn, EditionHeader, IndicatorColumns, ValueColumn
from tests.exchange.own_tables import MAPPING, WITH_TEXT
from yaml_files import WrongFile

GUIDE = Path(__file__).parents[2] / "docs" / "import.ja.md"

SMALL = """\
plan:
  code: green-plan
  name: みどり計画
  municipality: {code: midori, name: {ja: みどり市, en: Midori City}}
  first_fiscal_year: 令和7年度
  last_fiscal_year: R11
edition: {decided: 2025-03}
levels:
  - {code: measure, label: 施策, title: 施策名}
measure_class: 区分
indicators:
  - {name: 指標名, targets: 目標値, actuals: [実績値（R6）, {column: H列, year: 2025}]}
"""


def read(folder: Path, text: str = SMALL) -> table_mapping.TableMapping:
    file = folder / "own.mapping.yaml"
    file.write_text(text, encoding="utf-8")
    return table_mapping.read_mapping(file)


def refused(folder: Path, old: str, new: str) -> str:
    assert SMALL.count(old) == 1
    with pytest.raises(WrongFile) as wrong:
        read(folder, SMALL.replace(old, new))
    return str(wrong.value)


def test_a_mapping_may_be_written_short(tmp_path: Path) -> None:
    mapping = read(tmp_path)
    assert mapping.plan.name == Bilingual("みどり計画")
    assert mapping.plan.municipality.name == Bilingual("みどり市", "Midori City")
    assert (mapping.plan.first_fiscal_year, mapping.plan.last_fiscal_year) == (2025, 2029)
    assert (mapping.edition_code, mapping.effective_on) == ("2025", date(2025, 4, 1))
    assert mapping.reported_levels == ("measure",)
    assert mapping.measure_class == ClassColumn("区分")
    assert mapping.indicators[0].targets == (ValueColumn("目標値"),)
    assert mapping.indicators[0].actuals == (ValueColumn("実績値（R6）"), ValueColumn("H列", 2025))
    assert mapping.columns == ("施策名", "区分", "指標名", "目標値", "実績値（R6）", "H列")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("code: green-plan", "code: みどり", "own.mapping.yaml:2: plan.code: 'みどり' is no code"),
        ("R11", "R5", "own.mapping.yaml:6: plan.last_fiscal_year: the plan ends before it starts"),
        ("R11", "平成", "own.mapping.yaml:6: plan.last_fiscal_year"),
        ("first_fiscal_year: 令和7年度\n  last", "last", "own.mapping.yaml:1: plan.first_fiscal_year: say it, or"),
        ("2025-03", "2025年3月", "own.mapping.yaml:7: edition.decided"),
        ("title: 施策名", "title: ''", "own.mapping.yaml:9: levels.0.title: must not be empty"),
        ("measure_class: 区分", "departments: 課", "own.mapping.yaml:10: departments: unknown key"),
        ("name: 指標名", "name: 指標名, sheet: 指標", "own.mapping.yaml:12: indicators.0.node: name the column"),
        ("name: 指標名", "name: 指標名, level: goal", "own.mapping.yaml:12: indicators.0.level: there is no level"),
    ],
)
def test_a_mistake_names_file_line_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in refused(tmp_path, old, new)


def test_the_mapping_in_the_guide_can_be_read(tmp_path: Path) -> None:
    whole, group = (
        textwrap.dedent(b) for b in re.findall(r"^ *```yaml\n(.*?)^ *```", GUIDE.read_text("utf-8"), re.M | re.S)
    )
    mapping = read(tmp_path, whole)
    assert mapping.reported_levels == ("measure",)
    own_sheet = read(tmp_path, whole.partition("indicators:")[0] + group).indicators[0]
    assert [time_in(v.column).fiscal_year for v in own_sheet.values] == [2029, 2024, 2025]


@pytest.mark.parametrize(
    "mapping",
    [
        MAPPING,
        WITH_TEXT,
        replace(
            MAPPING,
            plan=replace(MAPPING.plan, cycle_opens=CalendarDay(4, 1)),
            edition=EditionHeader("2025-03", Bilingual("改訂", "Revision"), "2025-03", date(2025, 4, 1)),
            heading_row=3,
            heading_rows=2,
            measure_class=ClassColumn("区分", {"重点": "priority"}),
            indicators=(IndicatorColumns("指標", sheet="指標", node="施策", expected=(ValueColumn("見込", 2025),)),),
        ),
    ],
    ids=["plain", "texts", "everything"],
)
def test_a_mapping_that_was_kept_is_the_same_next_year(tmp_path: Path, mapping: table_mapping.TableMapping) -> None:
    assert read(tmp_path, table_mapping.written(mapping)) == mapping


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("令和5年度実績", Time(fiscal_year=2023)),
        ("実績値(R元)", Time(fiscal_year=2019)),
        ("Ｈ３０年度", Time(fiscal_year=2018)),
        ("2025目標", Time(fiscal_year=2025)),
        ("目標値（令和7～11年度）", Time(fiscal_year=2029)),
        ("2021-2025年度の目標", Time(fiscal_year=2025)),
        ("基準値（令和5年3月31日）", Time(at=date(2023, 3, 31))),
        ("R5.3.31現在", Time(at=date(2023, 3, 31))),
        ("令和6年2月末", Time(at=date(2024, 2, 29))),
        ("実績値", Time()),
        ("指標12", Time()),
        ("PR30回", Time()),
    ],
)
def test_the_time_in_a_heading(text: str, time: Time) -> None:
    assert time_in(text) == time
