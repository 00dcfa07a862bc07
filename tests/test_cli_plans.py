"""Plans on the command line: listed, shown, compared, taken out, brought back."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell

from db import tables as t
from tests.command_line import Installation, blank, empty

__all__ = ["blank", "empty"]

IIZUKA = "iizuka-ict"


@pytest.fixture
def city(empty: Installation) -> Installation:
    """An installation that holds the Iizuka plan."""
    empty.good("plan", "import", IIZUKA)
    return empty


def shown(where: Installation, plan: str) -> dict[str, Any]:
    result = where.run("plan", "show", plan, "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_every_bundled_plan_is_listed_before_there_is_a_database_and_none_is_made(blank: Installation) -> None:
    entries = json.loads(blank.good("plan", "list", "--json"))
    assert blank.is_untouched
    assert {e["code"]: e["stored"] for e in entries} == {
        "iizuka-ict": False, "misato-policy": False, "tokorozawa-comprehensive": False, "tokorozawa-dx": False
    }  # fmt: skip


def test_a_stored_plan_is_listed_once(city: Installation) -> None:
    entries = json.loads(city.good("plan", "list", "--json"))
    assert [(e["code"], e["stored"]) for e in entries if e["code"] == IIZUKA] == [(IIZUKA, True)]
    assert f"{IIZUKA:26} stored" in city.good("plan", "list")


def test_a_plan_is_shown_with_its_editions_and_the_whole_lineage(city: Installation) -> None:
    told = shown(city, IIZUKA)
    assert [(e["date"], sum(n["level"] == "measure" for n in e["nodes"])) for e in told["editions"]] == [
        ("2018-03", 36),
        ("2021-03", 40),
    ]
    assert Counter(entry["kind"] for entry in told["lineage"]) == {
        "continued": 18, "renamed": 14, "renumbered": 1, "new": 7, "abolished": 2, "merged": 1
    }  # fmt: skip
    both = [entry for entry in told["lineage"] if entry["kinds"] == ["renamed", "renumbered"]]
    assert [(e["before"], e["after"]) for e in both] == [
        (["1-3-2"], ["1-3-4"]), (["1-3-3"], ["1-3-2"]), (["1-3-4"], ["1-3-5"]), (["5-1-4"], ["5-1-2"])
    ]  # fmt: skip
    merged = next(entry for entry in told["lineage"] if entry["kind"] == "merged")
    assert (merged["before"], merged["after"]) == (["5-1-3"], ["5-1-2"])
    assert merged["reason"]


def test_a_node_keeps_the_id_of_its_life_under_every_code(city: Installation) -> None:
    nodes = {n["id"]: n for e in shown(city, IIZUKA)["editions"] for n in e["nodes"]}
    assert nodes["2021-03/1-3-4"]["life"] == "2018-03/1-3-2"
    assert nodes["2021-03/1-3-2"]["life"] == "2018-03/1-3-3"
    assert nodes["2021-03/1-2-6"]["life"] == "2021-03/1-2-6"
    assert nodes["2021-03/1-1-1"]["parent"] == "1-1"


def test_an_indicator_is_shown_with_its_values_and_where_they_stand(blank: Installation) -> None:
    told = shown(blank, "tokorozawa-comprehensive")
    series = {i["id"]: i for i in told["indicators"]}
    council = series["women-council-ratio"]
    assert (council["unit"], council["direction"]) == ("％", "higher")
    assert [(v["at"], v["value"], v["type"]) for v in council["values"]] == [
        ("2021-04-01", 25.8, "final"),
        ("2024-04-01", 30.3, "final"),
    ]
    assert all(v["source"] for i in told["indicators"] for v in i["values"])
    assert [v["at"] for v in series["pop-decatur"]["values"]] == [None, None], "the source names no day"


def test_a_plan_that_is_not_stored_is_shown_as_it_comes_with_meguru_and_says_so(blank: Installation) -> None:
    result = blank.run("plan", "show", "misato-policy")
    assert result.exit_code == 0
    assert "経1-1" in result.stdout
    assert "not stored here" in result.stderr
    assert "there is no plan nothing" in blank.refused("plan", "show", "nothing")


def test_two_editions_are_compared_by_lineage(city: Installation) -> None:
    rows = json.loads(city.good("plan", "diff", IIZUKA, "2018-03", "2021-03", "--json"))
    moved = next(r for r in rows if r["before"] and r["before"]["code"] == "1-3-3")
    assert moved["after"] == {"code": "1-3-2", "title": "GISの活用推進"}
    assert moved["kinds"] == ["renamed", "renumbered"]
    assert "abolished            5-1-2" in city.good("plan", "diff", IIZUKA, "2018-03", "2021-03")
    assert "no edition" in city.refused("plan", "diff", IIZUKA, "2018-03", "1999-01")


@pytest.mark.parametrize("format_", ["xlsx", "yaml", "csv"])
def test_what_was_taken_out_comes_back_without_a_change(city: Installation, tmp_path: Path, format_: str) -> None:
    name = {"xlsx": "plan.xlsx", "yaml": "plan.yaml", "csv": "plan.csv.zip"}[format_]
    file, again = tmp_path / name, tmp_path / f"again-{name}"
    city.good("plan", "export", IIZUKA, "--format", format_, "--out", file)
    assert city.good("plan", "import", file) == f"{IIZUKA} is stored for iizuka: nothing changed\n"
    city.good("plan", "export", IIZUKA, "--format", format_, "--out", again)
    assert file.read_bytes() == again.read_bytes()


def retitled(city: Installation, tmp_path: Path, old: str, new: str) -> Path:
    """The plan's workbook with another title for a measure, in both editions."""
    file = tmp_path / "plan.xlsx"
    city.good("plan", "export", IIZUKA, "--out", file)
    book = load_workbook(file)
    cells = [cell for row in book["施策"].iter_rows() for cell in row if cell.value == old]
    assert len(cells) == 2
    for cell in cells:
        cell.value = new
    book.save(file)
    return file


def test_a_dry_run_says_what_would_change_and_changes_nothing(city: Installation, tmp_path: Path) -> None:
    file = retitled(city, tmp_path, "公衆無線LANの整備、活用促進", "公衆無線LANの整備")
    before = city.count(t.AuditEntry)
    said = city.good("plan", "import", file, "--dry-run")
    assert "~ nodes 2018-03/1-1-1 title: 公衆無線LANの整備、活用促進 → 公衆無線LANの整備" in said
    assert "nothing was stored" in said
    assert city.count(t.AuditEntry) == before
    told = json.loads(city.good("plan", "import", file, "--dry-run", "--json"))
    assert (told["stored"], len(told["changes"])) == (False, 2)


def test_a_wrong_file_is_refused_whole_with_every_place(city: Installation, tmp_path: Path) -> None:
    file = tmp_path / "plan.xlsx"
    city.good("plan", "export", IIZUKA, "--out", file)
    book = load_workbook(file)
    sheet = book["施策"]
    heading = next(c for row in sheet.iter_rows() for c in row if str(c.value).partition("\n")[0] == "階層")
    assert isinstance(heading, Cell)
    column, first = heading.column, heading.row + 1
    for row in (first, first + 1):
        sheet.cell(row, column).value = "そんな階層"
    book.save(file)
    result = city.run("plan", "import", file, "--json")
    assert result.exit_code == 1
    mistakes = json.loads(result.stdout)["mistakes"]
    assert [(m["sheet"], m["row"]) for m in mistakes] == [("施策", first), ("施策", first + 1)]
    assert all(m["column"] and m["message"] and m["remedy"] for m in mistakes)
    assert shown(city, IIZUKA)["editions"][0]["nodes"][0]["level"] == "policy"


def test_a_dry_run_of_a_new_city_makes_no_city(empty: Installation) -> None:
    assert "changes; nothing was stored" in empty.good("plan", "import", "misato-policy", "--dry-run")
    assert empty.count(t.Plan) == (0,)
    entries = json.loads(empty.good("plan", "list", "--json"))
    assert not any(e["stored"] for e in entries)


def test_plan_files_of_every_kind_are_checked(city: Installation, tmp_path: Path) -> None:
    city.good("plan", "export", IIZUKA, "--out", tmp_path / "plan.xlsx")
    (tmp_path / "wrong.yaml").write_text("code: x\nname: {ja: 名}\n", encoding="utf-8")
    assert ": iizuka-ict, 2 editions: good" in city.good("plan", "check", tmp_path / "plan.xlsx")
    result = city.run("plan", "check", tmp_path / "plan.xlsx", tmp_path / "wrong.yaml")
    assert result.exit_code == 1
    assert "wrong.yaml" in result.stderr
    assert "municipality" in result.stderr


def test_the_published_schema_is_the_one_the_code_has(blank: Installation) -> None:
    published = Path(__file__).parent.parent / "docs" / "plan.schema.json"
    printed = blank.good("plan", "schema")
    assert published.read_text(encoding="utf-8") == printed, "run: meguru plan schema > docs/plan.schema.json"
    assert json.loads(printed)["additionalProperties"] is False
