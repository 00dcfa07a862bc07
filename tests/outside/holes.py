"""Holes planted on purpose: a tool that finds nothing here would find nothing anywhere."""

from __future__ import annotations

import sqlite3
from typing import Annotated, Any

from fastapi import FastAPI, Form
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import BaseModel
from starlette.routing import Mount

from tests.outside.served import uncounted


class Planted(BaseModel):
    number: int


def planted_in_the_api() -> FastAPI:
    """The application with routes in its API that break, and that answer what is written nowhere."""
    app = uncounted()
    api = next(r.app for r in app.routes if isinstance(r, Mount) and isinstance(r.app, FastAPI))
    assert isinstance(api, FastAPI)

    @api.get("/planted/breaks/{number}")
    def breaks(number: int) -> Planted:
        return Planted(number=10 // (number - 1))

    @api.get("/planted/undocumented")
    def undocumented() -> Planted:
        return PlainTextResponse("a teapot", 418)  # type: ignore[return-value]  # which is the hole

    @api.get("/planted/otherwise", response_model=None, responses={200: {"model": Planted}})
    def otherwise() -> dict[str, Any]:
        return {"number": "none"}

    return app


def planted_in_pages() -> FastAPI:
    """A site whose search is a statement put together from what people type, and whose greeting is what they type."""
    site = FastAPI()
    database = sqlite3.connect(":memory:", check_same_thread=False)
    database.execute("create table measure (title text)")
    database.executemany("insert into measure values (?)", [("library",), ("bridge",)])

    @site.get("/", response_class=HTMLResponse)
    def home() -> str:
        return (
            '<form action="/search"><input name="q" value="library"></form>'
            '<form action="/greeting" method="post"><input name="name" value="somebody"></form>'
        )

    @site.get("/search", response_class=HTMLResponse)
    def search(q: str = "") -> HTMLResponse:
        try:
            found = database.execute(f"select title from measure where title = '{q}'").fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            return HTMLResponse(f"sqlite3.OperationalError: {error}", 500)
        return HTMLResponse(f"<p>found: {found}</p>")

    @site.post("/greeting", response_class=HTMLResponse)
    def greeting(name: Annotated[str, Form()] = "") -> str:
        return f"<p>Good morning, {name}</p>"

    return site
