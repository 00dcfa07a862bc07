"""What the three engines have in common: departments that owe something, in SQLite, and a ledger of what was sent.

An obligation is a row; a round is a hundred of them. An answer is one transaction. To remind is to write one row per
obligation into a ledger with a unique key, for those who have not answered by then: in place of a mail, so that
engines are compared and not mail servers. Every engine writes it with `remind`, in one transaction per round.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

import wall_clock
from db.session import EVERY_MUNICIPALITY, Database

OF_A_ROUND = 100
_TABLES = (
    # `next_at` is for an engine that polls: null where it never has to look.
    "CREATE TABLE obligation (id INTEGER PRIMARY KEY, round INTEGER, answered_at REAL, next_at REAL)",
    "CREATE INDEX of_a_round ON obligation (round)",
    "CREATE INDEX due ON obligation (next_at, round) WHERE next_at IS NOT NULL",
    "CREATE TABLE ledger (key TEXT PRIMARY KEY, at REAL)",
)
_OPEN = text("INSERT INTO obligation (id, round, next_at) VALUES (:id, :round, :next_at)")
_ANSWER = text("UPDATE obligation SET answered_at = :at, next_at = NULL WHERE id = :id")
_OWED = text("SELECT id FROM obligation WHERE round = :round AND answered_at IS NULL")
_ALL = text("SELECT id FROM obligation WHERE round = :round")
_REMIND = text(
    "INSERT INTO ledger (key, at) SELECT id || '/reminder', :at FROM obligation WHERE id = :id AND answered_at IS NULL "
    "ON CONFLICT DO NOTHING"
)
_DUE = text("SELECT DISTINCT round FROM obligation WHERE next_at <= :at")
_NO_MORE = text("UPDATE obligation SET next_at = NULL WHERE round = :round AND next_at <= :at")
_SENT = text("SELECT at FROM ledger ORDER BY at")


def _now() -> float:
    return wall_clock.now().timestamp()


class Hall:
    """The database of one run; every process that works on it makes its own."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'hall.sqlite'}", is_throwaway=True)

    def build(self) -> None:
        with self.database.writing(EVERY_MUNICIPALITY) as session:
            for statement in _TABLES:
                session.execute(text(statement))

    def open(self, session: Session, round_: int, next_at: float | None) -> None:
        rows = [{"id": i, "round": round_, "next_at": next_at} for i in self.of_round(round_)]
        session.execute(_OPEN, rows)

    def answer(self, session: Session, obligation: int) -> None:
        session.execute(_ANSWER, {"id": obligation, "at": _now()})

    def obligations(self, session: Session, round_: int) -> list[int]:
        return list(session.execute(_ALL, {"round": round_}).scalars())

    def owed(self, session: Session, round_: int) -> list[int]:
        return list(session.execute(_OWED, {"round": round_}).scalars())

    def remind(self, session: Session, obligations: Iterable[int]) -> None:
        """The one thing that touches the world; done again it does nothing."""
        session.execute(_REMIND, [{"id": i, "at": _now()} for i in obligations])

    def rounds_due(self, session: Session) -> list[int]:
        return list(session.execute(_DUE, {"at": _now()}).scalars())

    def is_reminded(self, session: Session, round_: int) -> None:
        """An engine that polls need not look at the round again."""
        session.execute(_NO_MORE, {"round": round_, "at": _now()})

    def sent_at(self) -> list[float]:
        with self.database.reading(EVERY_MUNICIPALITY) as session:
            return list(session.execute(_SENT).scalars())

    @staticmethod
    def of_round(round_: int) -> range:
        return range(round_ * OF_A_ROUND, (round_ + 1) * OF_A_ROUND)
