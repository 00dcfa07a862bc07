"""A small OpenID Connect provider on a port of this machine: real HTTP, real RSA keys, codes that work once.

Tests say who sits at its screen (`claims`) and spoil what it says (`spoil`, `signed`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import socket
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID, CLIENT_SECRET = "meguru", "a secret of this installation"
Claims = dict[str, Any]


@dataclass
class Provider:
    """`claims` are of the person at its screen; `now` is its clock. `asked` are the paths of the requests it got."""

    address: str
    keys: list[RSAKey]
    now: Callable[[], datetime]
    claims: Claims = field(default_factory=dict)
    user_info: Claims = field(default_factory=dict)
    extra_metadata: Claims = field(default_factory=dict)
    spoil: Callable[[Claims], Claims] = dict
    signed: Callable[[Claims], str] | None = None
    declines: str = ""
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def key(self) -> RSAKey:
        """The one it signs with; of those before it only what is published is left."""
        return self.keys[-1]

    def sign(self, claims: Claims) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid or ""}, claims, self.key)

    def metadata(self) -> Claims:
        ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        named = {f"{name}_endpoint": f"{self.address}/{path}" for name, path in ends.items()}
        return {"issuer": self.address, **named, "jwks_uri": f"{self.address}/keys", **self.extra_metadata}

    def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        answer = {"state": asked["state"]}
        if self.declines:
            answer["error"] = self.declines
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self._codes[answer["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", status_code=302)

    async def token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        basic = b64decode(request.headers.get("authorization", "").removeprefix("Basic ")).decode()
        if unquote(basic) != f"{CLIENT_ID}:{CLIENT_SECRET}":
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self._codes.pop(form["code"], None)
        if asked is None or asked["redirect_uri"] != form["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        proof = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if (asked["code_challenge_method"], asked["code_challenge"]) != ("S256", proof):
            return JSONResponse({"error": "invalid_grant"}, 400)
        access = secrets.token_urlsafe(16)
        claims = self.spoil(self._id_claims(asked["nonce"], access))
        id_token = (self.signed or self.sign)(claims)
        return JSONResponse({"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": id_token})

    def _id_claims(self, nonce: str, access: str) -> Claims:
        at = int(self.now().timestamp())
        half = urlsafe_b64encode(hashlib.sha256(access.encode()).digest()[:16]).rstrip(b"=").decode()
        standing = {"iss": self.address, "aud": CLIENT_ID, "iat": at, "exp": at + 300, "nonce": nonce, "at_hash": half}
        return {**standing, **self.claims}

    def app(self) -> Starlette:
        def answer(make: Callable[[Request], Claims]) -> Callable[[Request], Response]:
            def handler(request: Request) -> Response:
                self.asked.append(request.url.path)
                return JSONResponse(make(request))

            return handler

        public = {"use": "sig", "alg": "RS256"}
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", answer(lambda _: self.metadata())),
                Route(
                    "/keys", answer(lambda _: {"keys": [k.as_dict(private=False, **public) for k in self.keys[-1:]]})
                ),
                Route("/userinfo", answer(lambda _: {"sub": self.claims.get("sub"), **self.user_info})),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
            ]
        )


def unsigned(claims: Claims) -> str:
    """An ID token that nobody signed: algorithm "none"."""
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def signed_with_the_public_key(provider: Provider) -> Callable[[Claims], str]:
    """HS256 with what everybody knows as the secret: the classic confusion of algorithms."""

    def sign(claims: Claims) -> str:
        text = f"{_part({'alg': 'HS256', 'kid': provider.key.kid})}.{_part(claims)}"
        digest = hmac.digest(provider.key.as_pem(private=False), text.encode(), hashlib.sha256)
        return f"{text}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"

    return sign


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, auto_kid=True)


def _part(value: Claims) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@contextmanager
def serving_provider(now: Callable[[], datetime]) -> Iterator[Provider]:
    """A provider that answers meanwhile."""
    listening = socket.create_server(("127.0.0.1", 0))
    provider = Provider(f"http://127.0.0.1:{listening.getsockname()[1]}", [new_key()], now)
    server = uvicorn.Server(uvicorn.Config(provider.app(), log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
