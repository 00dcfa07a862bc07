"""Up, ready, degraded or down."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from db.session import Database
from tests.web.conftest import Site


def test_the_process_is_up_whatever_else_is_down(site: Site) -> None:
    site.app.state.parts = replace(site.app.state.parts, database=Database("sqlite:////nowhere/at/all.sqlite"))
    assert site.stranger().get("/healthz").status == 200


def test_without_temporal_the_application_is_degraded_but_ready(site: Site) -> None:
    answer = site.stranger().get("/readyz")
    assert (answer.status, answer.json) == (200, {"status": "degraded", "temporal": "down"})


def test_with_everything_in_its_place_it_is_ready(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as temporal:
        address = f"127.0.0.1:{temporal.getsockname()[1]}"
        parts = site.app.state.parts
        settings = parts.settings.model_copy(update={"temporal_address": address})
        site.app.state.parts = replace(parts, settings=settings)
        assert site.stranger().get("/readyz").json == {"status": "ok"}


def test_an_old_schema_is_not_ready(site: Site) -> None:
    with site.city.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'before'"))
    assert site.stranger().get("/readyz").status == 503


def test_a_database_that_is_away_is_not_ready(site: Site, tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path / 'no such folder' / 'x.sqlite'}")
    site.app.state.parts = replace(site.app.state.parts, database=away)
    answer = site.stranger().get("/readyz")
    assert (answer.status, answer.json) == (503, {"status": "down", "database": "down"})
