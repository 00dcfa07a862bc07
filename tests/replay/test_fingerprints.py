"""Workflow code changes only with a patch, a new type, or proof that it does the same: cities hold its histories."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.replay import fingerprint
from tests.replay.fingerprint import ROOT, Fingerprint, Refused
from worker import WORKFLOWS

TODAY = fingerprint.today()

WHAT_TO_DO = """
The code of {name} is not the code with which its recorded histories were last replayed. Processes that run in cities
replay their history with it, so either

- it gives other commands, or in another order (activities, timers, child workflows, waits, handlers): put the change
  behind `workflow.patched("a-new-id")`, or write a new workflow type; then record a history of the new way with
  `make histories NAME=...`, keep the old histories as they are, and run `make fingerprints`; or
- it certainly gives the same commands in the same order, whatever happens (a name, a comment, a part moved elsewhere):
  run `make fingerprints`. It refuses where a recorded history does not replay or commands were added or taken away.
"""


@pytest.mark.parametrize("name", sorted(TODAY))
def test_workflow_code_changes_only_with_a_patch_or_a_new_version(name: str) -> None:
    assert TODAY[name] == fingerprint.stored().get(name), WHAT_TO_DO.format(name=name)


def test_every_workflow_type_has_a_fingerprint() -> None:
    assert TODAY.keys() == fingerprint.stored().keys() == {workflow.__name__ for workflow in WORKFLOWS}


# What a fingerprint sees


@pytest.fixture
def altered(tmp_path: Path) -> Path:
    """A copy of the workflows that a test may change."""
    shutil.copytree(ROOT / "workflows", tmp_path / "workflows")
    return tmp_path


def change(root: Path, file: str, old: str, new: str) -> dict[str, Fingerprint]:
    code = root / "workflows" / file
    text = code.read_text(encoding="utf-8")
    assert old in text
    code.write_text(text.replace(old, new, 1), encoding="utf-8")
    return fingerprint.today(root)


def changed(now: dict[str, Fingerprint]) -> set[str]:
    return {name for name, told in now.items() if told.code != TODAY[name].code}


def test_words_annotations_and_layout_change_no_fingerprint(altered: Path) -> None:
    change(altered, "collection.py", '"""Something happened to the round', '"""Whatever happened to the round')
    change(altered, "collection.py", "self.clock: PlanClock = order.clock", "self.clock: object  =  order.clock  # so")
    assert changed(change(altered, "collection.py", "def state(self) -> Round | None:", "def state(self):")) == set()


def test_a_change_concerns_every_workflow_that_uses_the_code(altered: Path) -> None:
    now = change(
        altered, "collection.py", "await self._sleep()", "await workflow.sleep(1)\n            await self._sleep()"
    )
    assert changed(now) == {"CollectionWorkflow", "AnnualCycleWorkflow", "PhaseReviewWorkflow"}
    assert now["CollectionWorkflow"].commands["sleep"] == 1
    shared = change(altered, "recorded_process.py", "self.told = True", "self.told = bool(events)")
    assert changed(shared) - changed(now) == {"KeyProjectWorkflow", "MatterWorkflow", "InquiryWorkflow"}


def test_the_commands_and_handlers_of_a_workflow_are_counted() -> None:
    commands = TODAY["CollectionWorkflow"].commands
    assert commands["execute_activity_method"] == 2
    assert commands["wait_condition"] == 2
    assert (commands["@signal"], commands["@query"], commands["@run"]) == (2, 1, 1)
    assert set(TODAY["MailWorkflow"].histories) >= {"mail-2026-11"}


# When it may be renewed


def renewed(**now: object) -> None:
    before = Fingerprint("one", {"sleep": 1}, ["a-patch"], {"first": "digest"})
    fingerprint.renew({"SomeWorkflow": before}, {"SomeWorkflow": replace(before, code="other", **now)})  # type: ignore[arg-type]


def test_code_that_gives_the_same_commands_may_get_a_new_fingerprint() -> None:
    renewed()


def test_a_new_command_needs_a_patch_or_a_recorded_history() -> None:
    with pytest.raises(Refused, match=r"sleep: 1 → 2"):
        renewed(commands={"sleep": 2})
    renewed(commands={"sleep": 2}, patches=["a-patch", "naps"])
    renewed(commands={"sleep": 2}, histories={"first": "digest", "second": "digest"})


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ({"histories": {}}, "has no recorded history"),
        ({"histories": {"second": "digest"}}, "has lost the recorded histories"),
        ({"histories": {"first": "other", "second": "digest"}}, "recorded anew"),
        ({"patches": []}, "no longer knows the patches"),
    ],
)
def test_neither_recorded_histories_nor_patches_may_disappear(now: dict[str, object], why: str) -> None:
    with pytest.raises(Refused, match=why):
        renewed(**now)


def test_a_patch_is_known_by_its_id(altered: Path) -> None:
    now = change(altered, "mail.py", "today = order", 'workflow.patched("a-nap")\n        today = order')
    assert now["MailWorkflow"].patches == ["a-nap"]
    with pytest.raises(Refused, match="must be written out"):
        change(altered, "mail.py", '"a-nap"', "order.mail")
