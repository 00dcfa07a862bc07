"""Alembic's entry: run by `db.migrate`, which hands over the connection."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Enum
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import db.tables  # noqa: F401  (fills the metadata)
from db.types import DecimalText, UtcDateTime

_PLAIN = (
    (UtcDateTime, "sa.DateTime(timezone=True)"),
    (DecimalText, "sa.String()"),
    (Enum, "sa.String(length=40)"),
    (AutoString, "sa.String()"),
)


def _render(kind: str, column_type: Any, _: object) -> str | Literal[False]:
    """Write column types by their plain names: a migration must not change when the code does."""
    return next((plain for ours, plain in _PLAIN if kind == "type" and isinstance(column_type, ours)), False)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=_render,
    compare_type=True,
    include_name=lambda name, kind, _: not (kind == "table" and name == "apscheduler_job"),
)
with context.begin_transaction():
    context.run_migrations()
