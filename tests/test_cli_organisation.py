"""`meguru organisation`: transfers and handover sheets from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from domain.ladder import Rank
from tests.changing_hall import Hall
from tests.city import FOUNDED_ON, City, email_of
from tests.city_fixtures import real_city, real_city_template
from tests.command_line import Installation, installation_on

__all__ = ["real_city", "real_city_template"]
HANAKO = email_of("information_staff")
MOVE = ("organisation", "transfer", HANAKO, "--on", "2021-04-01")


@pytest.fixture
def hall(real_city: City) -> Hall:
    return Hall(real_city)


@pytest.fixture
def installation(hall: Hall) -> Iterator[Installation]:
    with installation_on(hall.city.database) as installation:
        yield installation


def test_a_person_is_transferred_and_doing_it_again_changes_nothing(installation: Installation, hall: Hall) -> None:
    posts = ("--leaves", "information/staff", "--takes", "citizens/subsection_chief")
    assert installation.good(*MOVE, *posts) == f"{HANAKO}: entered\n"
    once = hall.rows()
    assert installation.good(*MOVE, *posts) == f"{HANAKO}: as before\n"
    assert hall.rows() == once
    assert hall.appointments("information_staff") == [
        ("information", Rank.STAFF, FOUNDED_ON, date(2021, 3, 31)),
        ("citizens", Rank.SUBSECTION_CHIEF, date(2021, 4, 1), None),
    ]


@pytest.mark.parametrize(
    ("posts", "said"),
    [
        ((), "say what the person --leaves or --takes"),
        (("--leaves", "citizens/staff"), "does not hold what is to be left"),
        (("--takes", "citizens/mayor"), "not DEPARTMENT/RANK"),
        (("--takes", "parks/staff"), "there is no department parks"),
        (("--takes", "citizens/planning"), "planning is no rank of a department"),
    ],
)
def test_a_transfer_that_cannot_be_says_why_and_changes_nothing(
    installation: Installation, hall: Hall, posts: tuple[str, ...], said: str
) -> None:
    before = hall.rows()
    assert said in installation.refused(*MOVE, *posts)
    assert hall.rows() == before


@pytest.mark.parametrize(("suffix", "begins"), [(".html", b"\n<!DOCTYPE html>"), (".docx", b"PK"), (".pdf", b"%PDF")])
def test_a_handover_sheet_is_written_in_the_format_of_its_file(
    installation: Installation, tmp_path: Path, suffix: str, begins: bytes
) -> None:
    out = tmp_path / f"sheet{suffix}"
    said = installation.good("organisation", "handover", HANAKO, "--out", out, "--on", "2021-01-20")
    assert said == f"{out}: 佐藤 花子, 2021-01-20\n"
    assert out.read_bytes().lstrip().startswith(begins.lstrip())


def test_a_department_has_a_sheet_too(installation: Installation, tmp_path: Path) -> None:
    out = tmp_path / "sheet.html"
    # The neighbour has a department of this code as well.
    refused = installation.refused("organisation", "handover", "information", "--out", out)
    assert "--municipality (iizuka, neighbour)" in refused
    installation.good("organisation", "handover", "information", "--out", out, "--municipality", "iizuka")
    assert "情報政策課" in out.read_text(encoding="utf-8")


def test_a_sheet_needs_a_known_person_and_a_known_format(installation: Installation, tmp_path: Path) -> None:
    wrong = installation.refused("organisation", "handover", HANAKO, "--out", tmp_path / "sheet.xlsx")
    assert "ends in none of .html, .docx, .pdf" in wrong
    nobody = installation.refused("organisation", "handover", "nobody@city.example", "--out", tmp_path / "a.pdf")
    assert "nobody@city.example has no account" in nobody
