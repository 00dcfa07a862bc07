"""A server has only so many places: who does not need one any more gives it back."""

from __future__ import annotations

import gc

from sqlalchemy import QueuePool, text

from db.session import EVERY_MUNICIPALITY, Database


def test_a_database_that_nobody_holds_any_more_keeps_no_connection(empty_database: Database) -> None:
    held = Database(empty_database.engine.url.render_as_string(hide_password=False))
    with held.reading(EVERY_MUNICIPALITY) as session:
        session.connection().execute(text("SELECT 1"))
    engine = held.engine
    assert isinstance(engine.pool, QueuePool)
    assert engine.pool.checkedin() == 1
    del held, session
    gc.collect()
    assert isinstance(engine.pool, QueuePool)
    assert engine.pool.checkedin() == 0
