"""`meguru preview` from the planning division's chair."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.session import Database
from documents.mail_calendar_render import EXTENSIONS
from tests.command_line import Installation, blank, installation_on
from tests.conftest import PLAN

__all__ = ["blank"]


@pytest.fixture
def city(sample_database: Database) -> Iterator[Installation]:
    """An installation with the sample city, whose year 2020 is open."""
    with installation_on(sample_database) as installation:
        yield installation


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command is called."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def as_json(city: Installation, *arguments: str | Path) -> dict[str, Any]:
    told = json.loads(city.good("preview", *arguments, "--json"))
    assert isinstance(told, dict)
    return told


def test_it_counts_the_mails_of_each_month_and_writes_the_files_where_it_was_called(
    city: Installation, folder: Path
) -> None:
    said = city.good("preview", PLAN, "2021").splitlines()
    assert said[0] == "iizuka-ict FY2021, if nobody answers: 116 mails"
    assert said[1] == "first 2022-01-17 09:00, last 2022-03-02 09:00 (Japan time)"
    table = [line.split() for line in said[3:8]]
    assert table == [
        ["month", "notice", "reminder", "escalation", "total"],
        ["2022-01", "18", "0", "0", "18"],
        ["2022-02", "18", "36", "33", "87"],
        ["2022-03", "0", "0", "11", "11"],
        ["total", "36", "36", "44", "116"],
    ]
    names = {f"preview-iizuka-ict-2021.{extension}" for extension in EXTENSIONS}
    assert {line.removeprefix("wrote ") for line in said[9:]} == names
    assert all((folder / name).stat().st_size > 5_000 for name in names)


def test_json_names_every_mail_with_whom_it_reaches_and_the_files(city: Installation, tmp_path: Path) -> None:
    told = as_json(city, PLAN, "2020", "--out", tmp_path / "new" / "folder")
    assert sum(len(mail["recipients"]) for mail in told["mails"]) == told["total"] == 116
    assert sum(told["by_kind"].values()) == sum(told["by_month"].values()) == 116
    first = told["mails"][0]
    assert (first["at"], first["step"], first["to"]) == ("2021-01-15T09:00:00+09:00", "notice-opening", "staff")
    assert "sato.hanako@iizuka.example" in {r["email"] for r in first["recipients"]}
    assert {"code": "1-1-1", "title": "公衆無線LANの整備、活用促進"} in first["measures"]
    (round_,) = told["rounds"]
    assert (round_["opens_on"], round_["due_on"]) == ("2021-01-15", "2021-02-15")
    assert {step["kind"] for step in round_["after_an_answer"]} == {"approval_request", "return"}
    assert told["marks"], "sample data is marked"
    assert all(Path(file).is_file() for file in told["files"])
    assert len(told["files"]) == len(EXTENSIONS)


def test_nothing_is_sent_opened_or_written(city: Installation, tmp_path: Path) -> None:
    before = city.audited()
    city.good("preview", PLAN, "2021", "--out", tmp_path)
    assert city.audited() == before


def test_a_plan_without_people_says_that_its_mails_reach_nobody(blank: Installation, tmp_path: Path) -> None:
    blank.good("db", "upgrade")
    blank.good("plan", "import", "misato-policy")
    result = blank.run("preview", "misato-policy", "2026", "--out", tmp_path)
    assert result.exit_code == 0
    assert "8 mails would reach nobody" in result.stderr
    assert "if nobody answers: 0 mails" in result.stdout


def test_a_year_outside_the_plan_is_refused_with_the_years_it_has(city: Installation, folder: Path) -> None:
    assert city.refused("preview", PLAN, "2027") == "iizuka-ict runs from FY2018 to FY2026\n"
    assert list(folder.glob("preview-*")) == []


def test_a_plan_that_no_calendar_opens_is_refused_with_what_to_do(city: Installation, folder: Path) -> None:
    city.good("plan", "import", "tokorozawa-dx")
    said = city.refused("preview", "tokorozawa-dx", "2026")
    assert "meguru cycle open tokorozawa-dx 2026" in said
    city.good("cycle", "open", "tokorozawa-dx", "2026")
    assert as_json(city, "tokorozawa-dx", "2026")["mails"]


def test_a_plan_that_is_not_stored_is_refused(city: Installation) -> None:
    assert "there is no plan misato" in city.refused("preview", "misato", "2026")


def test_a_folder_that_cannot_be_written_is_named(city: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert str(tmp_path / "file") in city.refused("preview", PLAN, "2020", "--out", tmp_path / "file")
