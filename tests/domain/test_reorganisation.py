"""What contradicts itself in the successions of departments, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from domain.mistakes import Key
from domain.organisation import DepartmentDefinition, OrganisationDefinition, mistakes
from domain.reorganisation import (
    SuccessionDefinition,
    SuccessionKind,
    SuccessionProblem,
    SuccessorDefinition,
    problems,
)
from domain.text import Bilingual
from organisation_files import read_organisation
from yaml_files import WrongFile

FOUNDED, LAST_DAY, DAY = date(2018, 4, 1), date(2026, 3, 31), date(2026, 4, 1)


def department(code: str, valid_from: date = FOUNDED, valid_until: date | None = None) -> DepartmentDefinition:
    return DepartmentDefinition(code, Bilingual(code), valid_from, valid_until)


def to(code: str, *measures: str) -> SuccessorDefinition:
    return SuccessorDefinition(code, measures)


RENAMED = SuccessionDefinition("joho", DAY, SuccessionKind.RENAMED, (to("digital"),), "機構改革")
MERGED = SuccessionDefinition("joho", DAY, SuccessionKind.MERGED, (to("somu"),))
SPLIT = SuccessionDefinition("joho", DAY, SuccessionKind.SPLIT, (to("somu", "1-1-1"), to("digital", "1-1-2")))
DISSOLVED = SuccessionDefinition("joho", DAY, SuccessionKind.DISSOLVED)
CITY = (department("joho"), department("somu"), department("digital", DAY))


def places(*successions: SuccessionDefinition, departments: tuple[DepartmentDefinition, ...] = CITY) -> list[Key]:
    found = mistakes(OrganisationDefinition("iizuka-ict", departments, successions=successions))
    assert all(m.message for m in found)
    return [m.path for m in found]


@pytest.mark.parametrize("succession", [RENAMED, MERGED, SPLIT, DISSOLVED], ids=lambda s: s.kind.value)
def test_a_department_may_be_renamed_merged_split_or_dissolved(succession: SuccessionDefinition) -> None:
    assert places(succession) == []


def test_the_last_day_of_the_department_may_stand_in_the_file_too() -> None:
    assert places(RENAMED, departments=(department("joho", valid_until=LAST_DAY), *CITY[1:])) == []


def test_a_department_that_is_split_may_live_on() -> None:
    lives_on = replace(SPLIT, successors=(to("joho"), to("digital", "1-1-2")))
    assert lives_on.lives_on
    assert places(lives_on) == []


def test_a_successor_may_be_renamed_in_its_turn() -> None:
    later = SuccessionDefinition("digital", date(2028, 4, 1), SuccessionKind.RENAMED, (to("ai"),))
    assert places(RENAMED, later, departments=(*CITY, department("ai", date(2028, 4, 1)))) == []


WRONG: list[tuple[str, Callable[[], list[Key]], Key]] = [
    ("an unknown department", lambda: places(replace(RENAMED, department="gone")), ("department",)),
    (
        "a department that begins on the day",
        lambda: places(replace(MERGED, department="digital")),
        ("department",),
    ),
    (
        "a department that has ended before",
        lambda: places(RENAMED, departments=(department("joho", valid_until=date(2026, 3, 30)), *CITY[1:])),
        ("department",),
    ),
    (
        "a department that ends later",
        lambda: places(RENAMED, departments=(department("joho", valid_until=DAY), *CITY[1:])),
        ("department",),
    ),
    (
        "an unknown successor",
        lambda: places(replace(MERGED, successors=(to("gone"),))),
        ("successors", 0, "department"),
    ),
    (
        "a successor that is not there yet",
        lambda: places(RENAMED, departments=(*CITY[:2], department("digital", date(2026, 4, 2)))),
        ("successors", 0, "department"),
    ),
    (
        "a new name that somebody has already",
        lambda: places(replace(RENAMED, successors=(to("somu"),))),
        ("successors", 0, "department"),
    ),
    ("its own new name", lambda: places(replace(RENAMED, successors=(to("joho"),))), ("successors", 0, "department")),
    ("a new name without a successor", lambda: places(replace(RENAMED, successors=())), ("successors",)),
    ("a merger into two", lambda: places(replace(MERGED, successors=(to("somu"), to("digital")))), ("successors",)),
    ("a split into one", lambda: places(replace(SPLIT, successors=(to("somu"),))), ("successors",)),
    ("a dissolution with a successor", lambda: places(replace(DISSOLVED, successors=(to("somu"),))), ("successors",)),
    (
        "a successor twice",
        lambda: places(replace(SPLIT, successors=(to("somu"), to("somu")))),
        ("successors", 1, "department"),
    ),
    (
        "measures of a merger",
        lambda: places(replace(MERGED, successors=(to("somu", "1-1-1"),))),
        ("successors", 0, "measures"),
    ),
    (
        "a measure for two",
        lambda: places(replace(SPLIT, successors=(to("somu", "1-1-1"), to("digital", "1-1-2", "1-1-1")))),
        ("successors", 1, "measures", 1),
    ),
]


@pytest.mark.parametrize(("wrong", "place"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_mistake_is_named_with_its_place(wrong: Callable[[], list[Key]], place: Key) -> None:
    assert wrong() == [("successions", 0, *place)]


def test_a_department_cannot_change_twice_on_one_day_nor_after_its_end() -> None:
    assert places(MERGED, replace(DISSOLVED, reason="x")) == [("successions", 1, "department")]
    later = replace(DISSOLVED, on=date(2027, 4, 1))
    assert ("successions", 1, "department") in places(MERGED, later)


def test_a_successor_that_ends_on_that_day_itself_takes_nothing_over() -> None:
    somu_too = SuccessionDefinition("somu", DAY, SuccessionKind.DISSOLVED)
    assert places(MERGED, somu_too) == [("successions", 0, "successors", 0, "department")]


def test_a_problem_says_what_it_is_about() -> None:
    (found,) = problems(replace(RENAMED, department="gone"), {"digital": (DAY, None)})
    assert (found.problem, found.about) == (SuccessionProblem.UNKNOWN_DEPARTMENT, "gone")


# Files

FILE = """\
plan: iizuka-ict
departments:
  - {code: joho, name: {ja: 情報政策課}, valid_from: 2018-04-01}
  - {code: digital, name: {ja: デジタル推進課}, valid_from: 2026-04-01}
  - {code: dx, name: {ja: DX戦略課}, valid_from: 2026-04-01}
successions:
  - department: joho
    on: 2026-04-01
    kind: split
    successors:
      - {department: digital, measures: [1-1-1]}
      - {department: dx, measures: [1-1-2, tokorozawa-dx/1]}
    reason: 機構改革
"""


def test_a_file_says_what_becomes_of_a_department(tmp_path: Path) -> None:
    file = tmp_path / "organisation.yaml"
    file.write_text(FILE, encoding="utf-8")
    assert read_organisation(file).successions == (
        SuccessionDefinition(
            "joho",
            DAY,
            SuccessionKind.SPLIT,
            (to("digital", "1-1-1"), to("dx", "1-1-2", "tokorozawa-dx/1")),
            "機構改革",
        ),
    )


def test_a_wrong_succession_is_told_with_file_line_and_key(tmp_path: Path) -> None:
    file = tmp_path / "organisation.yaml"
    file.write_text(FILE.replace("{department: dx,", "{department: ai,"), encoding="utf-8")
    with pytest.raises(WrongFile) as raised:
        read_organisation(file)
    (mistake,) = raised.value.mistakes
    assert str(mistake) == (
        "organisation.yaml:12: successions.0.successors.1.department: there is no department 'ai' in this file"
    )
