"""Whether the process is up, and whether it can do its work."""

from __future__ import annotations

import socket

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from db import migrate
from db.session import EVERY_MUNICIPALITY
from records import mail_troubles
from web.context import parts_of

router = APIRouter()

_TEMPORAL_SECONDS = 1.0


@router.api_route("/healthz", methods=["GET", "HEAD"])
def up() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


@router.api_route("/readyz", methods=["GET", "HEAD"])
def ready(request: Request) -> JSONResponse:
    """503 without database or with an old schema. Without Temporal or mail server people can still work: degraded.

    `mail_waits_since`: the oldest mail that waits because the mail server cannot be reached.
    """
    parts = parts_of(request)
    try:
        if not migrate.is_current(parts.database.engine):
            return JSONResponse({"status": "down", "schema": "old"}, status_code=503)
        with parts.database.reading(EVERY_MUNICIPALITY) as session:
            waits_since = mail_troubles.not_reached_since(session)
    except SQLAlchemyError:
        return JSONResponse({"status": "down", "database": "down"}, status_code=503)
    trouble = {} if _answers(parts.settings.temporal_address) else {"temporal": "down"}
    if waits_since is not None:
        trouble |= {"mail": "down", "mail_waits_since": waits_since.isoformat()}
    return JSONResponse({"status": "degraded" if trouble else "ok", **trouble})


def _answers(address: str) -> bool:
    """Whether something listens at host:port."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_TEMPORAL_SECONDS):
            return True
    except OSError:
        return False
