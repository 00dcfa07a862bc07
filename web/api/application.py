"""The API as an application of its own: routes, refusals, and the OpenAPI document."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.api import documents, plans, problems, reports, reviews, rounds
from web.context import Parts
from web.watched import NOT_BY_FASTAPI

_LARGEST_BODY = 1_000_000
_DESCRIPTION = """\
Plans, collection rounds, requests, progress reports, reviews and documents of one municipality.

- **Access.** Every request carries `Authorization: Bearer meguru_…`. The token acts as its user, with that
  person's rights of today: a department sees and changes only its own, the planning division sees all.
  What a person may not see is answered with 404.
- **Refusals** are `application/problem+json`; `errors` names each field. `Accept-Language: en` gives English,
  otherwise they are Japanese.
- **Lists** take `limit` (at most 200) and `offset`; `next_offset` is null on the last page.
- **Times** are UTC, days are dates of the plan's own calendar.
- **Sample data.** A plan with a `mark` holds sample data; show the mark wherever you show the data.
"""


def create_api(parts: Parts) -> FastAPI:
    """The API over the parts of the application."""
    api = FastAPI(
        title="Meguru API",
        version="1",
        description=_DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        servers=[{"url": "/api/v1"}],
        root_path_in_servers=False,
        redirect_slashes=False,
        telemetry=NOT_BY_FASTAPI,
        generate_unique_id_function=_operation_id,
    )
    api.state.parts = parts
    api.add_middleware(_BodyLimit)
    for module in (plans, rounds, reports, reviews, documents):
        api.include_router(module.router)
    problems.install(api)
    _describe_problems(api)
    return api


class _BodyLimit:
    """Stops reading a body that grows too large; the refusal is a problem like any other."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def receive_within_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > _LARGEST_BODY:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_within_limit, send)


def _operation_id(route: APIRoute) -> str:
    return route.name


def _describe_problems(api: FastAPI) -> None:
    """Put the refusals' schema, which no route returns itself, into the OpenAPI document."""
    routes_only = api.openapi

    def openapi() -> dict[str, Any]:
        document = routes_only()
        document["components"]["schemas"].update(problems.schemas())
        return document

    api.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI documents
