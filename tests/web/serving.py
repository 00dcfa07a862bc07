"""The application on a port of this machine, for tests in a real browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import AnyHttpUrl

from tests.web.conftest import Site


@contextmanager
def serving(site: Site) -> Iterator[str]:
    """The address at which a site is served meanwhile."""
    with serving_app(site.app) as address:
        yield address


@contextmanager
def serving_app(app: FastAPI, **options: Any) -> Iterator[str]:
    """The address at which an application is served meanwhile."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    parts = app.state.parts
    app.state.parts = replace(parts, settings=parts.settings.model_copy(update={"base_url": AnyHttpUrl(address)}))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off", **options))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
