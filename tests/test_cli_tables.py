"""A city's own table on the command line: by its mapping, or asked for on the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlmodel import col, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from exchange import table_mapping
from tests.command_line import Installation, blank, empty
from tests.own_city import TITLE, rows, write_table

__all__ = ["blank", "empty"]

SAMPLES = Path(__file__).parent.parent / "docs" / "samples"
SAMPLE, MAPPING = SAMPLES / "own-table.csv", SAMPLES / "own-table.mapping.yaml"

ANSWERS = "\n" * 19 + "midori\nみどり市（サンプル）\n2026\n2030\n"
"""Enter for every column, the plan's name and its code; then the municipality and the years."""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_table(tmp_path / "machizukuri.xlsx")


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def counted(city: Installation) -> tuple[int, ...]:
    with city.database.reading(EVERY_MUNICIPALITY) as session:
        kinds = (t.Plan, t.Node, t.Indicator, t.Department, t.User, t.Responsibility)
        return tuple(len(session.exec(select(kind)).all()) for kind in kinds)


def stored(city: Installation, file: Path, *options: str | Path, typed: str = "") -> str:
    result = city.run("plan", "import", file, *options, typed=typed)
    assert result.exit_code == 0, result.output
    return result.stdout


# By a mapping


def test_a_table_is_stored_with_departments_people_and_responsibilities(empty: Installation) -> None:
    said = stored(empty, SAMPLE, "--mapping", MAPPING)
    assert "midori-machizukuri is stored for midori" in said
    assert "departments: 6 new" in said
    assert counted(empty) == (1, 9, 6, 6, 10, 6)
    assert empty.audited() == [("cli", "plan.imported"), ("cli", "organisation.imported")]
    assert "nothing changed" in stored(empty, SAMPLE, "--mapping", MAPPING)
    assert counted(empty) == (1, 9, 6, 6, 10, 6)


def test_a_dry_run_tells_the_changes_and_stores_nothing(empty: Installation) -> None:
    said = stored(empty, SAMPLE, "--mapping", MAPPING, "--dry-run")
    assert "+ nodes 2025/1-1: 地域の防災力の向上" in said
    assert "nothing was stored" in said
    assert counted(empty) == (0, 0, 0, 0, 0, 0)


def test_for_programs_the_answer_is_json_and_nothing_else(empty: Installation) -> None:
    told = json.loads(stored(empty, SAMPLE, "--mapping", MAPPING, "--json"))
    assert (told["plan"], told["municipality"], told["stored"]) == ("midori-machizukuri", "midori", True)
    assert len(told["organisation"]["responsibilities"]["new"]) == 6


def test_every_mistake_is_told_and_nothing_is_stored(empty: Installation, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    text = (
        SAMPLE.read_text(encoding="utf-8").replace("500人以上", "たくさん").replace("fukushi@midori", "fukushi.midori")
    )
    wrong.write_text(text.replace("2-2,学校", "2-1,学校"), encoding="cp932")
    said = empty.refused("plan", "import", wrong, "--mapping", MAPPING)
    assert "sheet “wrong”, row 4, column M (目標値（令和11年度）): “たくさん” cannot be read as a number." in said
    assert "sheet “wrong”, row 5, column H (担当者メール)" in said
    assert "row 8, column C (施策名): Number “2-1” is “図書館の利用の拡大” in row 7." in said
    assert counted(empty) == (0, 0, 0, 0, 0, 0)
    told = empty.run("plan", "import", wrong, "--mapping", MAPPING, "--json")
    assert [m["row"] for m in json.loads(told.stdout)["mistakes"]] == [4, 5, 8]


def test_a_wrong_mapping_is_refused_by_file_line_and_key(empty: Installation, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        MAPPING.read_text(encoding="utf-8").replace("code: midori-machizukuri", "code: みどり"), encoding="utf-8"
    )
    assert "wrong.yaml:5: plan.code: 'みどり' is no code" in empty.refused("plan", "import", SAMPLE, "--mapping", wrong)


def test_a_table_without_a_mapping_is_told_how_to_come_in(empty: Installation, table: Path) -> None:
    for file in (SAMPLE, table):
        said = empty.refused("plan", "import", file)
        assert f"{file.name} was not written by Meguru" in said
        assert "--ask" in said


def test_a_later_table_leaves_the_process_as_the_city_changed_it(empty: Installation, tmp_path: Path) -> None:
    stored(empty, SAMPLE, "--mapping", MAPPING)
    kept = tmp_path / "kept.yaml"
    empty.good("plan", "export", "midori-machizukuri", "--format", "yaml", "--out", kept)
    kept.write_text(
        kept.read_text(encoding="utf-8").replace("due_after_days: 20", "due_after_days: 15"), encoding="utf-8"
    )
    empty.good("plan", "import", kept)
    next_year = tmp_path / "own.csv"
    text = SAMPLE.read_text(encoding="utf-8").replace("令和7年度実績", "令和8年度実績").replace(",集計中", ",1300")
    next_year.write_text(text, encoding="utf-8")
    mapping = tmp_path / "own.yaml"
    mapping.write_text(MAPPING.read_text(encoding="utf-8").replace("令和7年度実績", "令和8年度実績"), encoding="utf-8")
    assert "values 1-2-i2/final/2026: 1300" in stored(empty, next_year, "--mapping", mapping, "--dry-run")
    stored(empty, next_year, "--mapping", mapping)
    told = json.loads(empty.good("plan", "show", "midori-machizukuri", "--json"))
    assert len(told["editions"]) == 1
    empty.good("plan", "export", "midori-machizukuri", "--format", "yaml", "--out", kept)
    assert "due_after_days: 15" in kept.read_text(encoding="utf-8")


def test_a_plan_from_a_table_goes_out_as_a_workbook_and_comes_back_unchanged(
    empty: Installation, tmp_path: Path
) -> None:
    stored(empty, SAMPLE, "--mapping", MAPPING)
    book = tmp_path / "out.xlsx"
    empty.good("plan", "export", "midori-machizukuri", "--out", book)
    assert "nothing changed" in stored(empty, book)


# Asked for


def test_enter_takes_what_is_guessed_and_the_mapping_is_kept(empty: Installation, table: Path) -> None:
    said = stored(empty, table, "--ask", typed=ANSWERS)
    assert "machizukuri is stored for midori" in said
    assert counted(empty) == (1, 4 + 10 + 40, 40, 10, 20, 40)
    mapping = table_mapping.read_mapping(table.with_suffix(".mapping.yaml"))
    assert (mapping.plan.name.ja, mapping.plan.first_fiscal_year) == (TITLE.split()[0], 2026)
    assert [level.title for level in mapping.levels] == ["基本目標", "基本施策", "施策名"]
    assert "nothing changed" in stored(empty, table, "--mapping", table.with_suffix(".mapping.yaml"))


def test_an_answer_that_cannot_be_used_is_asked_again(empty: Installation, table: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.yaml"
    answers = "0\n４\n99\nA,B,D\n" + "\n" * 16 + "みどり\nmachi\nMIDORI\nmidori\nみどり市\nいつか\n令和8年度\n0\n"
    result = empty.run("plan", "import", table, "--ask", "--save-mapping", kept, typed=answers)
    assert result.exit_code == 0, result.output
    assert "Write numbers from 1 to 15" in result.stderr
    assert result.stderr.count("Write small letters, digits and hyphens.") == 2
    mapping = table_mapping.read_mapping(kept)
    assert (mapping.plan.code, mapping.plan.first_fiscal_year, mapping.plan.last_fiscal_year) == ("machi", 2026, None)


def test_what_was_kept_before_is_not_overwritten(empty: Installation, table: Path) -> None:
    first = table.with_suffix(".mapping.yaml")
    first.write_text("# by hand\n", encoding="utf-8")
    stored(empty, table, "--ask", "--dry-run", typed=ANSWERS)
    assert first.read_text(encoding="utf-8") == "# by hand\n"
    assert table_mapping.read_mapping(table.with_suffix(".mapping-2.yaml")).plan.code == "machizukuri"


def test_whoever_stops_answering_stores_nothing(empty: Installation, table: Path) -> None:
    assert empty.run("plan", "import", table, "--ask", typed="\n\n").exit_code == 1
    assert counted(empty) == (0, 0, 0, 0, 0, 0)
    assert not table.with_suffix(".mapping.yaml").exists()


def test_the_terminal_asks_in_the_language_of_its_environment(
    empty: Installation, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = empty.run("plan", "import", table, "--ask", "--dry-run", typed=ANSWERS).stderr
    assert "Column of the department" in english
    assert "所管課の列" not in english
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert "所管課の列 [5]" in empty.run("plan", "import", table, "--ask", "--dry-run", typed=ANSWERS).stderr


def test_of_many_remarks_of_one_kind_the_first_ones_are_shown(empty: Installation, tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    for digit, full in zip("123", "１２３", strict=True):
        text = text.replace(f",{digit}-", f",{full}-")
    file = tmp_path / "own.csv"
    file.write_text(text, encoding="utf-8")
    said = empty.run("plan", "import", file, "--mapping", MAPPING).stderr
    assert said.count("was read as") == 3
    assert "… and 3 more like these" in said


def test_two_cities_each_bring_their_own_table(empty: Installation, table: Path, tmp_path: Path) -> None:
    stored(empty, SAMPLE, "--mapping", MAPPING)
    other = tmp_path / "other.yaml"
    other.write_text(MAPPING.read_text(encoding="utf-8").replace("code: midori,", "code: aoba,"), encoding="utf-8")
    stored(empty, SAMPLE, "--mapping", other)
    with empty.database.reading(EVERY_MUNICIPALITY) as session:
        cities = session.exec(select(t.Municipality.code).order_by(col(t.Municipality.code))).all()
        owners = {d.municipality_id for d in session.exec(select(t.Department))}
    assert (list(cities), len(owners), len(rows())) == (["aoba", "midori"], 2, 40)
