"""The city's own sign-in (OpenID Connect): sending somebody there, and believing only what it signed.

Authorization code flow with PKCE. What must be remembered meanwhile (`Journey`) travels in the browser, signed: no
session begins before it is known whose.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, KeySetSerialization, OctKey

from records.identities import Somebody
from settings import Settings

JOURNEY_MINUTES = 10
"""How long somebody may take at the city's sign-in: a password, a second factor."""
_PATIENCE_SECONDS = 5
_SKEW_SECONDS = 60
"""How much the clocks of two machines may differ."""
_DOCUMENT_LIVES = timedelta(hours=1)
_SILENT_FOR = timedelta(seconds=10)
"""How long nobody waits for an issuer that did not answer just now."""
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
"""Signatures that only the issuer can make: neither none nor a shared secret."""
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_LONGEST_SUBJECT = 255


class Unreachable(Exception):
    """The issuer does not answer, or not as one does. Trying again later is right."""


class NotBelieved(Exception):
    """What came back proves nothing. The message is for the log: it names no person."""


@dataclass(frozen=True)
class Journey:
    """One way to the issuer and back. `next` is the page that was asked for."""

    state: str
    nonce: str
    verifier: str
    next: str


class Issuer:
    """The city's sign-in as the settings name it. Its addresses and keys are asked for when somebody first needs them.

    Calls wait for the network: plain functions, for the thread pool.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._base_url = str(settings.base_url).rstrip("/")
        secret = settings.oidc_client_secret.encode()
        self._cookie_key = OctKey.import_key(hmac.digest(secret, b"meguru: journey to the issuer", hashlib.sha256))
        self._document: Mapping[str, Any] = {}
        self._read_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._keys: KeySet | None = None

    @property
    def _redirect_uri(self) -> str:
        return f"{self._base_url}/sign-in/oidc/callback"

    def depart(self, next: str, at: datetime) -> tuple[str, Journey]:
        """The address to send somebody to, and what to keep until they come back. Raises `Unreachable`."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        journey = Journey(state, nonce, verifier, next)
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self._discovered(at)["authorization_endpoint"],
                state=journey.state,
                nonce=journey.nonce,
                code_verifier=journey.verifier,
            )
        return str(address), journey

    def sealed(self, journey: Journey, at: datetime) -> str:
        """The journey as a cookie: signed, and good for minutes."""
        expires = at + timedelta(minutes=JOURNEY_MINUTES)
        return jwt.encode({"alg": "HS256"}, {**asdict(journey), "exp": int(expires.timestamp())}, self._cookie_key)

    def unsealed(self, cookie: str, at: datetime) -> Journey | None:
        """The journey of a cookie of ours that is still good."""
        try:
            kept = jwt.decode(cookie, self._cookie_key, algorithms=["HS256"]).claims
            expires = kept.pop("exp")
            return Journey(**kept) if expires > at.timestamp() else None
        except (JoseError, ValueError, TypeError, KeyError):
            return None

    def arrive(self, journey: Journey, code: str, issuer: str, at: datetime) -> Somebody:
        """Who came back with a code. `issuer` is who says so in the address, where it does (RFC 9207).

        Raises `Unreachable` and `NotBelieved`.
        """
        document = self._discovered(at)
        says_so = document.get("authorization_response_iss_parameter_supported") is True
        if issuer != self._settings.oidc_issuer and (issuer or says_so):
            raise NotBelieved("the answer is another issuer's")
        token = self._token(document, code, journey)
        claims = self._claims(document, token, journey.nonce, at)
        wanted = {"email", self._settings.oidc_groups_claim} if self._settings.oidc_roles else {"email"}
        if wanted - claims.keys() and document.get("userinfo_endpoint"):
            claims = {**self._user_info(document, token, claims["sub"]), **claims}
        return self._somebody(claims)

    def farewell(self, at: datetime) -> str | None:
        """Where somebody may end what they are signed in with at the issuer, if it has such a page."""
        try:
            address = self._discovered(at).get("end_session_endpoint")
        except Unreachable:
            return None
        if not isinstance(address, str):
            return None
        said = {
            "client_id": self._settings.oidc_client_id,
            "post_logout_redirect_uri": f"{self._base_url}/sign-in",
        }
        return f"{address}{'&' if '?' in address else '?'}{urlencode(said)}"

    def _client(self, method: str = "client_secret_basic") -> Any:
        return OAuth2Client(
            self._settings.oidc_client_id,
            self._settings.oidc_client_secret,
            token_endpoint_auth_method=method,
            scope=self._settings.oidc_scopes,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=_PATIENCE_SECONDS,
        )

    def _discovered(self, at: datetime) -> Mapping[str, Any]:
        if self._document and self._read_at is not None and at - self._read_at < _DOCUMENT_LIVES:
            return self._document
        if self._failed_at is not None and at - self._failed_at < _SILENT_FOR:
            raise Unreachable("the issuer did not answer a moment ago")
        issuer = self._settings.oidc_issuer
        try:
            document = _read(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if document.get("issuer") != issuer or not all(isinstance(document.get(end), str) for end in _ENDPOINTS):
                raise Unreachable("the discovery document is not this issuer's, or names no endpoints")
        except Unreachable:
            self._failed_at = at
            raise
        self._document, self._read_at, self._failed_at = document, at, None
        return document

    def _token(self, document: Mapping[str, Any], code: str, journey: Journey) -> Mapping[str, Any]:
        methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        try:
            with self._client(method) as client:
                token = client.fetch_token(document["token_endpoint"], code=code, code_verifier=journey.verifier)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unreachable(f"token endpoint: {type(error).__name__}") from error
        except (AuthlibBaseError, ValueError) as error:
            raise NotBelieved(f"token endpoint: {getattr(error, 'error', type(error).__name__)!r}") from error
        if not all(isinstance(token.get(part), str) for part in ("id_token", "access_token")):
            raise NotBelieved("token endpoint: no token")
        found: Mapping[str, Any] = token
        return found

    def _claims(
        self, document: Mapping[str, Any], token: Mapping[str, Any], nonce: str, at: datetime
    ) -> Mapping[str, Any]:
        """What the ID token says, once everything about it has been checked."""
        client_id = self._settings.oidc_client_id
        try:
            signed = self._verified(document, token["id_token"])
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                {
                    "iss": {"essential": True, "value": self._settings.oidc_issuer},
                    "aud": {"essential": True, "value": client_id},
                },
                {"nonce": nonce, "client_id": client_id, "access_token": token["access_token"]},
            )
            claims.validate(now=int(at.timestamp()), leeway=_SKEW_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotBelieved(f"ID token: {error}") from error
        if not 0 < len(claims["sub"]) <= _LONGEST_SUBJECT:
            raise NotBelieved("ID token: subject")
        return dict(claims)

    def _verified(self, document: Mapping[str, Any], id_token: str) -> jwt.Token:
        """A key that is not known yet is asked for once: issuers change theirs. Raises what joserfc does."""
        if self._keys is not None:
            try:
                return jwt.decode(id_token, self._keys, algorithms=_ALGORITHMS)
            except InvalidKeyIdError:
                pass
        self._keys = KeySet.import_key_set(KeySetSerialization(keys=_read(document["jwks_uri"])["keys"]))
        return jwt.decode(id_token, self._keys, algorithms=_ALGORITHMS)

    def _user_info(self, document: Mapping[str, Any], token: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        said = _read(document["userinfo_endpoint"], {"Authorization": f"Bearer {token['access_token']}"})
        if said.get("sub") != subject:
            raise NotBelieved("userinfo: another subject")
        return said

    def _somebody(self, claims: Mapping[str, Any]) -> Somebody:
        verified = claims.get("email_verified", self._settings.oidc_trusts_mail)
        email = claims.get("email") if verified in (True, "true") else ""
        name = claims.get("name")
        return Somebody(
            self._settings.oidc_issuer,
            claims["sub"],
            email if isinstance(email, str) else "",
            name.strip() if isinstance(name, str) else "",
            self._groups(claims),
        )

    def _groups(self, claims: Mapping[str, Any]) -> frozenset[str] | None:
        """Entra ID leaves the groups of somebody who is in very many out of the token and says so: not told."""
        claim = self._settings.oidc_groups_claim
        elsewhere = claims.get("_claim_names")
        if isinstance(elsewhere, dict) and claim in elsewhere:
            return None
        said = claims.get(claim, [])
        return frozenset(one for one in (said if isinstance(said, list) else [said]) if isinstance(one, str))


def _read(address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON object at an address of the issuer. Raises `Unreachable`."""
    try:
        with httpx2.Client(timeout=_PATIENCE_SECONDS) as client:
            answer = client.get(address, headers=headers)
            answer.raise_for_status()
            found = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise Unreachable(f"{address}: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise Unreachable(f"{address}: no JSON object")
    return found
