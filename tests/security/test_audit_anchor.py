"""Somebody with the database in hand: what the chain itself tells, and what only an anchor kept elsewhere tells."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.audit_chain import Anchor, UnreadableAnchor, from_paper, read
from records import audit
from records.audit import GENESIS
from records.change import Change
from tests.command_line import Installation, empty

__all__ = ["empty"]

AT = datetime(2021, 2, 15, tzinfo=UTC)
ANCHORS = Path("anchors.jsonl")
"""In the folder of the test."""
KEY = "a key that is kept in the mayor's safe"


def write(database: Database, town: int, *subjects: str) -> None:
    with database.writing(town) as session:
        for subject in subjects:
            audit.write(session, Change("田中", AT), "report.submitted", subject, note="提出した")


def rebuild(database: Database) -> None:
    """Give every entry of the first town, in its order, the number and the digests it would have by right."""
    with database.writing(EVERY_MUNICIPALITY) as session:
        town = session.exec(select(t.Municipality.id).where(t.Municipality.code == "a")).one()
        mine = select(t.AuditEntry).where(t.AuditEntry.municipality_id == town).order_by(col(t.AuditEntry.sequence))
        previous, last = GENESIS, 0
        for last, entry in enumerate(session.exec(mine).all(), 1):
            entry.sequence, entry.previous = last, previous
            entry.digest = previous = audit._digest(entry)
            session.add(entry)
            session.flush()
        head = session.exec(select(t.AuditHead).where(t.AuditHead.municipality_id == town)).one()
        head.sequence, head.digest = last, previous
        session.add(head)


@pytest.fixture
def towns(empty: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Two towns; the first has five entries and was anchored at the second and at the fifth, the other once."""
    monkeypatch.chdir(tmp_path)
    database = empty.database
    with database.writing(EVERY_MUNICIPALITY) as session:
        made = [t.Municipality(code=code, name=code) for code in ("a", "b")]
        session.add_all(made)
        session.flush()
        first, second = (one.id for one in made)
    write(database, second, "報告/9")
    write(database, first, "報告/1", "報告/2")
    empty.good("audit", "anchor", ANCHORS)
    write(database, first, "報告/3", "報告/4", "報告/5")
    empty.good("audit", "anchor", ANCHORS)
    return empty


def _execute(installation: Installation, *statements: str) -> None:
    with installation.database.engine.begin() as connection:
        town = "municipality_id = (SELECT id FROM municipality WHERE code = 'a')"
        for statement in statements:
            connection.execute(text(statement.replace("TOWN", town)))


def _swap(left: int, right: int) -> tuple[str, ...]:
    moves = ((left, 99), (right, left), (99, right))
    return tuple(f"UPDATE auditentry SET sequence = {new} WHERE sequence = {old} AND TOWN" for old, new in moves)


ATTACKS: dict[str, tuple[tuple[str, ...], str]] = {
    "an entry is rewritten": (
        ("UPDATE auditentry SET actor = 'nobody' WHERE sequence = 4 AND TOWN",),
        "a: broken at entry 4 (rewritten)",
    ),
    "the last entry is deleted": (
        ("DELETE FROM auditentry WHERE sequence = 5 AND TOWN",),
        "a: broken at entry 5 (truncated)",
    ),
    "one in the middle is deleted": (
        ("DELETE FROM auditentry WHERE sequence = 3 AND TOWN",),
        "a: broken at entry 3 (removed)",
    ),
    "two are swapped": (_swap(3, 4), "a: broken at entry 3 (reordered)"),
    "everything is deleted": (("DELETE FROM auditentry WHERE TOWN",), "a: broken at entry 1 (truncated)"),
}
"""What is done to the rows alone, and what even the chain by itself tells of it."""


@pytest.mark.parametrize(("statements", "told"), ATTACKS.values(), ids=ATTACKS.keys())
def test_what_is_done_to_the_rows_alone_shows_with_and_without_an_anchor(
    towns: Installation, statements: tuple[str, ...], told: str
) -> None:
    _execute(towns, *statements)
    assert told in towns.refused("audit", "verify")
    assert told in towns.refused("audit", "verify", "--anchor", ANCHORS)


CHAINED_ANEW: dict[str, tuple[tuple[str, ...], str]] = {
    "an entry is rewritten": (
        ("UPDATE auditentry SET actor = 'nobody' WHERE sequence = 4 AND TOWN",),
        "a: rewritten and chained anew: in or before entry 5, not before entry 3",
    ),
    "the last entry is deleted": (
        ("DELETE FROM auditentry WHERE sequence = 5 AND TOWN",),
        "a: truncated: entries 5 to 5 were anchored and are missing",
    ),
    "one in the middle is deleted": (
        ("DELETE FROM auditentry WHERE sequence = 3 AND TOWN",),
        "a: truncated: entries 5 to 5 were anchored and are missing",
    ),
    "two are swapped": (_swap(3, 4), "a: rewritten and chained anew: in or before entry 5, not before entry 3"),
    "the very first is rewritten": (
        ("UPDATE auditentry SET actor = 'nobody' WHERE sequence = 1 AND TOWN",),
        "a: replaced: not one anchor fits; made anew from entry 1 on",
    ),
    "everything but one is deleted": (
        ("DELETE FROM auditentry WHERE sequence > 1 AND TOWN",),
        "a: truncated: entries 2 to 2 were anchored and are missing",
    ),
}
"""The same with every number, every digest and the head made right afterwards: only an anchor tells."""


@pytest.mark.parametrize(("statements", "told"), CHAINED_ANEW.values(), ids=CHAINED_ANEW.keys())
def test_a_chain_that_was_made_anew_with_right_digests_is_told_by_the_anchor_alone(
    towns: Installation, statements: tuple[str, ...], told: str
) -> None:
    _execute(towns, *statements)
    rebuild(towns.database)
    assert "a: unbroken" in towns.good("audit", "verify")
    assert told in towns.refused("audit", "verify", "--anchor", ANCHORS)


def test_a_chain_that_grew_again_after_it_was_cut_is_told_too(towns: Installation) -> None:
    _execute(towns, "DELETE FROM auditentry WHERE sequence > 3 AND TOWN")
    rebuild(towns.database)
    with towns.database.reading(EVERY_MUNICIPALITY) as session:
        town = session.exec(select(t.Municipality.id).where(t.Municipality.code == "a")).one()
    write(towns.database, town, *(f"invented/{n}" for n in range(9)))
    assert "a: unbroken, 12 in all" in towns.good("audit", "verify")
    told = towns.refused("audit", "verify", "--anchor", ANCHORS)
    assert told == "a: rewritten and chained anew: in or before entry 5, not before entry 3\n"


def test_a_city_that_is_gone_is_told(towns: Installation) -> None:
    _execute(towns, "UPDATE municipality SET code = 'c' WHERE code = 'a'")
    told = towns.refused("audit", "verify", "--anchor", ANCHORS)
    assert told == "a: there are anchors of it, but no such municipality\n"


def test_what_was_not_touched_agrees_with_its_anchors(towns: Installation) -> None:
    said = towns.good("audit", "verify", "--anchor", ANCHORS)
    assert said == (
        "a: unbroken, 5 in all; 2 anchors fit, the last at entry 5\n"
        "b: unbroken, 1 in all; 2 anchors fit, the last at entry 1\n"
    )


def test_an_anchor_is_one_line_of_json_that_names_city_entry_digest_and_time(towns: Installation) -> None:
    line = json.loads(ANCHORS.read_text(encoding="utf-8").splitlines()[-2])
    assert (line["municipality"], line["sequence"], line["seal"], len(line["digest"])) == ("a", 5, "", 64)
    assert datetime.fromisoformat(line["at"]).tzinfo is not None


def test_a_folder_is_given_a_new_file_every_time(towns: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "worm"
    folder.mkdir()
    for _ in range(2):
        towns.good("audit", "anchor", folder)
    assert len(list(folder.glob("audit-anchor-*.jsonl"))) == 2
    assert "2 anchors fit" in towns.good("audit", "verify", "--anchor", folder)


def test_the_short_form_on_paper_tells_as_much(towns: Installation) -> None:
    first, other = towns.good("audit", "anchor", ANCHORS).splitlines()
    assert first.startswith("a 5 ")
    assert len(first.split()[2].split("-")) == 12
    assert "1 anchors fit" in towns.good(
        "audit", "verify", "--paper", first, "--paper", other.upper().replace("B 1", "b 1")
    )
    _execute(towns, "UPDATE auditentry SET actor = 'nobody' WHERE sequence = 5 AND TOWN")
    rebuild(towns.database)
    assert "a: replaced" in towns.refused("audit", "verify", "--paper", first)
    assert '"a five" is not an anchor' in towns.refused("audit", "verify", "--paper", "a five")


def test_nothing_is_anchored_that_is_broken_or_contradicts_what_was_anchored(towns: Installation) -> None:
    before = ANCHORS.read_text(encoding="utf-8").splitlines()
    _execute(towns, "UPDATE auditentry SET actor = 'nobody' WHERE sequence = 4 AND TOWN")
    for told in ("a: broken at entry 4", "a: rewritten and chained anew"):
        assert told in towns.refused("audit", "anchor", ANCHORS)
        after = ANCHORS.read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["municipality"] for line in after[len(before) :]] == ["b"]
        before = after
        rebuild(towns.database)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text(KEY, encoding="utf-8")
    return file


def test_whoever_writes_the_anchors_too_still_has_no_key(towns: Installation, tmp_path: Path, key: Path) -> None:
    sealed = tmp_path / "sealed.jsonl"
    towns.good("audit", "anchor", sealed, "--key", key)
    assert "1 anchors fit" in towns.good("audit", "verify", "--anchor", sealed, "--key", key)
    _execute(towns, "UPDATE auditentry SET actor = 'nobody' WHERE sequence = 4 AND TOWN")
    rebuild(towns.database)
    with towns.database.reading(EVERY_MUNICIPALITY) as session:
        digest = session.exec(select(t.AuditEntry.digest).where(t.AuditEntry.sequence == 5)).one()
    forged = [json.loads(line) for line in sealed.read_text(encoding="utf-8").splitlines()]
    forged[0]["digest"] = digest
    for seal in (forged[0]["seal"], "", "hmac-sha256:00"):
        forged[0]["seal"] = seal
        sealed.write_text("".join(f"{json.dumps(line)}\n" for line in forged), encoding="utf-8")
        told = towns.refused("audit", "verify", "--anchor", sealed, "--key", key)
        assert told == f"{sealed}: anchor 1: the seal does not fit; it is left out\n"


def test_without_the_key_it_is_said_that_seals_were_not_checked(towns: Installation, tmp_path: Path, key: Path) -> None:
    sealed = tmp_path / "sealed.jsonl"
    towns.good("audit", "anchor", sealed, "--key", key)
    result = towns.run("audit", "verify", "--anchor", sealed)
    assert (result.exit_code, "2 seals not checked" in result.stderr) == (0, True)


def test_a_key_that_is_short_or_absent_and_a_file_that_holds_no_anchors_are_refused(
    towns: Installation, tmp_path: Path, key: Path
) -> None:
    short = tmp_path / "short"
    short.write_text("secret", encoding="utf-8")
    assert "at least 32 characters" in towns.refused("audit", "anchor", ANCHORS, "--key", short)
    assert "cannot be read" in towns.refused("audit", "verify", "--anchor", tmp_path / "nothing")
    assert "cannot be read" in towns.refused("audit", "anchor", ANCHORS, "--key", tmp_path / "nothing")
    assert "not an anchor, line 1" in towns.refused("audit", "verify", "--anchor", key)


RIGHT = Anchor("a", 5, "0" * 64, AT).line


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line[:-1],
        lambda line: line.replace('"sequence": 5', '"sequence": "5"'),
        lambda line: line.replace('"sequence": 5', '"sequence": 0'),
        lambda line: line.replace('"seal": ""', '"seal": null'),
        lambda line: line.replace('"municipality": "a"', '"municipality": 1'),
        lambda line: line.replace("0" * 64, "0" * 63),
        lambda line: line.replace('"seal"', '"more": 1, "seal"'),
        lambda line: line.replace(AT.isoformat(), ""),
        lambda line: "[]",
    ],
)
def test_a_line_that_is_no_anchor_is_named(change: Callable[[str], str]) -> None:
    assert read(f"{RIGHT}\n\n") == (Anchor("a", 5, "0" * 64, AT),)
    with pytest.raises(UnreadableAnchor, match="2"):
        read(f"{RIGHT}\n{change(RIGHT)}\n")


GROUPS = "0123-4567-89ab-cdef-" * 2 + "0123-4567-89ab-cdef"


@pytest.mark.parametrize(
    "typed", [f"7 {GROUPS}", f" 7　{GROUPS.replace('-', ' ')}", f"７ {GROUPS.upper().replace('-', 'ー')}"]
)
def test_what_stands_on_paper_is_read_however_it_is_typed(typed: str) -> None:
    assert from_paper(typed, "a") == Anchor("a", 7, GROUPS.replace("-", ""))


@pytest.mark.parametrize("typed", ["", GROUPS, f"0 {GROUPS}", f"7 {GROUPS[:-1]}", f"7 {GROUPS}0", f"x y 7 {GROUPS}"])
def test_what_is_no_anchor_on_paper_is_none(typed: str) -> None:
    assert from_paper(typed, "a") is None


def test_what_is_written_while_a_chain_is_read_is_no_fault(
    towns: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entries and end come in one statement; on PostgreSQL two statements of a transaction see different commits."""
    end, database = audit._end, towns.database
    with database.reading(EVERY_MUNICIPALITY) as session:
        town = session.exec(select(t.Municipality.id).where(t.Municipality.code == "b")).one()

    def then_somebody_writes(session: Session) -> tuple[int, str]:
        found = end(session)
        session.rollback()
        write(database, town, "報告/10")
        return found

    monkeypatch.setattr(audit, "_end", then_somebody_writes)
    with database.reading(town) as session:
        found = audit.verify(session)
    assert (found.entries, found.broken_at) == (2, None)
