"""`meguru replay`: what it prints, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path

from tests.command_line import Installation, blank

__all__ = ["blank"]


def test_the_summary_is_printed_as_json_and_the_configured_database_is_not_touched(blank: Installation) -> None:
    result = blank.run("replay", "iizuka-ict", "--until", "2018-04-10", "--json")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert summary["cycles"] == {"2018": "collecting"}
    assert summary["last_day"] == "2018-04-10"
    assert blank.is_untouched


def test_any_plan_with_rounds_can_be_played_with_invented_people(blank: Installation) -> None:
    result = blank.run("replay", "misato-policy", "--until", "2021-04-10")
    assert result.exit_code == 0, result.output
    assert "edition draft: 9 measures" in result.stdout
    assert "years: 2021 collecting" in result.stdout


def test_what_cannot_be_played_is_refused_with_the_reason(blank: Installation, tmp_path: Path) -> None:
    assert "name a day with --until" in blank.refused("replay", "misato-policy")
    assert "begins on 2018-04-01" in blank.refused("replay", "iizuka-ict", "--until", "2018-03-31")
    assert "no bundled plan and no file" in blank.refused("replay", "nothing")
    (tmp_path / "plan.yaml").write_text("code: x\n", encoding="utf-8")
    assert "plan.yaml" in blank.refused("replay", tmp_path / "plan.yaml")
