"""What a wrong plan file is told, tried on that of Iizuka: every mistake by file, line and key."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from plan_files import read_plan
from yaml_files import FileMistake, WrongFile

FILE = Path(__file__).parents[2] / "plans" / "iizuka-ict.yaml"


def mistakes_of(tmp_path: Path, old: str, new: str) -> tuple[FileMistake, ...]:
    """What is said about the file after its only `old` has become `new`."""
    text = FILE.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must stand in the file exactly once"
    file = tmp_path / "wrong.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(WrongFile) as raised:
        read_plan(file)
    assert all(m.file == "wrong.yaml" for m in raised.value.mistakes)
    assert all(str(m) in str(raised.value) for m in raised.value.mistakes)
    return raised.value.mistakes


def line_of(text: str) -> int:
    """The line of the real file on which `text` begins."""
    whole = FILE.read_text(encoding="utf-8")
    return whole.count("\n", 0, whole.index(text)) + 1


def test_a_yaml_syntax_error_is_named_with_its_line(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, "name: {ja: 飯塚市, en: Iizuka City}", "name: {ja: 飯塚市, en: Iizuka City")
    # The parser sees that the brace is missing where the next key begins.
    assert (mistake.line, mistake.key) == (line_of("contact: "), "(YAML)")


def test_a_character_that_yaml_forbids_is_named_with_its_line(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, "effective_on: 2018-04-01", "effective_on: 2018-04-01\a")
    assert (mistake.line, mistake.key) == (line_of("    effective_on:"), "(YAML)")


def test_an_unknown_key_is_named_with_its_line(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, "cycle_opens: {month: 4, day: 1}", "cycle_opens: {month: 4, day: 1, year: 2018}")
    assert (mistake.line, mistake.key) == (line_of("cycle_opens: {"), "cycle_opens.year")
    assert mistake.message == "unknown key"


def test_a_parent_that_is_missing_is_named_with_its_line(tmp_path: Path) -> None:
    node = "      - code: 5-1-4\n        level: measure\n"
    (mistake,) = mistakes_of(tmp_path, f"{node}        parent: 5-1\n", f"{node}        parent: 5-9\n")
    assert (mistake.line, mistake.key) == (line_of(node) + 2, "editions.0.nodes.50.parent")
    assert "5-9" in mistake.message


def test_a_code_that_stands_twice_is_named_with_the_line_of_the_second(tmp_path: Path) -> None:
    node = "  - code: universities\n"
    (mistake,) = mistakes_of(tmp_path, node, "  - code: businesses\n")
    assert (mistake.line, mistake.key) == (line_of(node), "opinion_sources.2")
    assert "businesses" in mistake.message


def test_a_node_that_loses_its_code_is_missed_by_its_lineage_too(tmp_path: Path) -> None:
    node, link = "      - code: 5-1-3\n", "        before: [5-1-3]\n"
    doubled, lost = mistakes_of(tmp_path, node, "      - code: 5-1-2\n")
    assert (doubled.line, doubled.key) == (line_of(node), "editions.0.nodes.49")
    assert (lost.line, lost.key) == (line_of(link), "editions.1.lineage.33.before.0")


def test_a_key_that_stands_twice_is_named_with_the_line_of_the_second(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, '    decided: "2018-03"\n', '    decided: "2017-03"\n    decided: "2018-03"\n')
    assert (mistake.line, mistake.key) == (line_of('    decided: "2018-03"') + 1, "editions.0.decided")


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("first_fiscal_year", "\nfirst_fiscal_year: 2018\n", "\nfirst_fiscal_year: 平成30年度\n"),
        ("rounds.0.due_after_days", "    due_after_days: 20\n", "    due_after_days: [20]\n"),
        ("editions.0.decided", '    decided: "2018-03"\n', "    decided: 2018\n"),
        ("editions.0.effective_on", "    effective_on: 2018-04-01\n", "    effective_on: 2018-04-31\n"),
        ("rounds.0.ladder.steps.7.to", "due, business_days: 10, to: planning}", "due, business_days: 10, to: mayor}"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_its_line(tmp_path: Path, key: str, right: str, wrong: str) -> None:
    (mistake,) = mistakes_of(tmp_path, right, wrong)
    assert (mistake.line, mistake.key) == (line_of(right.lstrip("\n")), key)


def test_a_time_without_quotation_marks_is_read_as_a_time_of_day(tmp_path: Path) -> None:
    file = tmp_path / "unquoted.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace('send_at: "09:00"', "send_at: 17:15"), encoding="utf-8")
    assert read_plan(file).round_of("yearly").ladder.send_at == time(17, 15)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongFile) as raised:
        read_plan(tmp_path / "nowhere.yaml")
    assert [(m.file, m.key) for m in raised.value.mistakes] == [("nowhere.yaml", "(file)")]
