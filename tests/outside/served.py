"""The application as `meguru web` serves it, but that it keeps its mails and counts nobody's requests.

A scanner asks thousands of times within minutes; the limits that would stop it have tests of their own.
"""

from __future__ import annotations

from fastapi import FastAPI
from limits import RateLimitItem

import settings as settings_module
from db.session import Database
from tests.conftest import RememberingMailer
from web.app import create_app
from web.attempts import Attempts


class Uncounted(Attempts):
    """Whoever asks may."""

    def _hit(self, limit: RateLimitItem, *of: str) -> bool:
        return True


def uncounted() -> FastAPI:
    """For `uvicorn --factory tests.outside.served:uncounted`."""
    settings = settings_module.load()
    app = create_app(settings, Database(settings.database_url), RememberingMailer())
    for mount in app.routes:
        part = getattr(mount, "app", None)
        if isinstance(part, FastAPI):
            part.state.attempts = Uncounted()
    app.state.attempts = Uncounted()
    return app
