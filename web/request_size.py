"""How large a request may be: refused before anything of it is parsed or kept."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.attachment import LARGEST_TOGETHER, MEGABYTE

LARGEST_REQUEST = LARGEST_TOGETHER + MEGABYTE
"""Bytes: all the files that may be attached at once, and a form around them (Meguru's own)."""


class LimitedRequests:
    """Stops the reading of a body that is larger: by what its header announces, else by what has arrived."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        is_too_large = announced.isascii() and announced.isdigit() and int(announced) > LARGEST_REQUEST
        arrived = 0

        async def receive_limited() -> Message:
            nonlocal arrived
            if is_too_large:
                raise HTTPException(413)
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > LARGEST_REQUEST:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_limited, send)
