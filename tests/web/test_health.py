"""Up, ready, degraded or down."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from db.session import Database
from records import mail_troubles
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
    answer = site.stranger().get("/readyz")
    assert (answer.status, answer.json) == (503, {"status": "down", "schema": "old"})


def test_a_database_that_goes_away_while_it_is_asked_is_not_ready(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("server at db.example.lg.jp closed the connection"))

    monkeypatch.setattr(mail_troubles, "not_reached_since", gone)
    answer = site.stranger().get("/readyz")
    assert (answer.status, answer.json) == (503, {"status": "down", "database": "down"})


def test_both_answer_without_a_body_where_only_the_status_is_asked_for(site: Site) -> None:
    client = site.stranger().client
    assert [(a.status_code, a.content) for a in map(client.head, ("/healthz", "/readyz"))] == [(200, b"")] * 2


def test_a_database_that_is_away_is_not_ready(site: Site, tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path / 'no such folder' / 'x.sqlite'}")
    site.app.state.parts = replace(site.app.state.parts, database=away)
    answer = site.stranger().get("/readyz")
    assert (answer.status, answer.json) == (503, {"status": "down", "database": "down"})


def test_while_the_database_is_away_people_are_told_that_nothing_was_done_and_what_to_do(site: Site) -> None:
    browser = site.browser("information_staff")
    site.app.state.parts = replace(site.app.state.parts, database=Database("sqlite:////nowhere/at/all.sqlite"))
    refused = browser.client.get("/requests")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert "今の操作は行われていません" in refused.text
    assert "sqlite" not in refused.text
