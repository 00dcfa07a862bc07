"""Everything that differs between installations, from the environment. A wrong value is refused at start."""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from functools import cache
from pathlib import Path
from secrets import token_bytes
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AnyHttpUrl, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

Port = Annotated[int, Field(ge=1, le=65535)]


_KEY_BYTES = 32
_KEY_ID = re.compile(r"[\w.-]+", re.ASCII)


class WrongSettings(Exception):
    """One or more settings cannot be used; the message names each and what it should be."""


class Settings(BaseSettings):
    """The table in docs/settings.md says the same in words; a test compares the two."""

    model_config = SettingsConfigDict(
        env_prefix="MEGURU_", env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    database_url: str = Field(
        default="sqlite:///meguru.sqlite",
        description="SQLAlchemy URL: sqlite:///FILE or postgresql+psycopg://…",
        repr=False,
    )
    base_url: AnyHttpUrl = Field(
        default=AnyHttpUrl("http://localhost:8420"), description="Where people reach the application; mails link to it"
    )
    web_host: str = Field(default="127.0.0.1", description="Address the web server listens on")
    web_port: Port = Field(default=8420, description="Port the web server listens on, 1 to 65535")
    trusted_proxies: str = Field(
        default="127.0.0.1", description="Addresses whose X-Forwarded headers are believed, comma separated"
    )
    public_site: bool = Field(
        default=False, description="true to show the plans that are marked as public to everybody, without sign-in"
    )
    public_licence: str = Field(
        default="", description="Licence of the open data, as an address or in words; empty: not stated"
    )
    api_requests_per_minute: int = Field(
        default=600, ge=1, description="Requests that programs may send in a minute for one person; more get 429"
    )
    session_hours: int = Field(default=10, ge=1, le=72, description="Hours a sign-in lasts, 1 to 72")

    local_sign_in: bool = Field(
        default=True, description="false to let people in by OpenID Connect only: no passwords, no codes by mail"
    )
    oidc_issuer: str = Field(
        default="", description="Issuer of the city's own sign-in (OpenID Connect), https://…; empty: there is none"
    )
    oidc_client_id: str = Field(default="", description="Name of this installation at the issuer")
    oidc_client_secret: str = Field(default="", description="Secret of this installation at the issuer", repr=False)
    oidc_name: str = Field(default="", description="What people call that sign-in; it stands on the button")
    oidc_scopes: str = Field(default="openid email profile", description="Scopes to ask for, openid among them")
    oidc_trusts_mail: bool = Field(
        default=False, description="true where the issuer vouches for every mail address without saying so"
    )
    oidc_municipality: str = Field(
        default="", description="Code of the municipality whose people sign in there; empty: whoever has an account"
    )
    oidc_creates_accounts: bool = Field(
        default=False, description="true to make an account for whoever the issuer knows"
    )
    oidc_groups_claim: str = Field(default="groups", description="Claim that lists a person's groups")
    oidc_roles: str = Field(
        default="",
        description="group=office, comma separated; office: planning or administrator. Empty: groups do not count",
    )

    temporal_address: str = Field(
        default="localhost:7233", validation_alias="TEMPORAL_ADDRESS", description="host:port of Temporal"
    )
    temporal_namespace: str = Field(
        default="default", validation_alias="TEMPORAL_NAMESPACE", description="Temporal namespace"
    )
    temporal_api_key: str = Field(
        default="",
        validation_alias="TEMPORAL_API_KEY",
        description="API key of Temporal Cloud (turns TLS on)",
        repr=False,
    )
    temporal_tls: bool = Field(default=False, validation_alias="TEMPORAL_TLS", description="true to use TLS")
    temporal_tls_ca: Path | None = Field(
        default=None, validation_alias="TEMPORAL_TLS_CA", description="File with the server's CA certificate (PEM)"
    )
    temporal_tls_cert: Path | None = Field(
        default=None, validation_alias="TEMPORAL_TLS_CERT", description="File with the client certificate (PEM)"
    )
    temporal_tls_key: Path | None = Field(
        default=None, validation_alias="TEMPORAL_TLS_KEY", description="File with the client key (PEM)"
    )
    temporal_tls_server_name: str = Field(
        default="",
        validation_alias="TEMPORAL_TLS_SERVER_NAME",
        description="Name in the server's certificate, where it is not the one in the address",
    )
    payload_keys: str = Field(
        default="",
        description="Keys for what Temporal stores, ID:KEY, comma separated, newest first; empty: not encrypted",
        repr=False,
    )

    smtp_host: str = Field(default="localhost", description="Mail server")
    smtp_port: Port = Field(default=25, description="Port of the mail server, 1 to 65535")
    smtp_security: Literal["none", "starttls", "tls"] = Field(default="none", description="none, starttls or tls")
    smtp_username: str = Field(default="", description="User name at the mail server; empty: none")
    smtp_password: str = Field(default="", description="Password at the mail server", repr=False)
    smtp_sender: str = Field(default="meguru@localhost", description="Sender address of all mails")

    relay_seconds: float = Field(default=2, gt=0, le=60, description="Seconds between two looks into the outbox")
    scheduler_minutes: int = Field(default=10, ge=1, le=1440, description="Minutes between two looks at the calendar")

    log_format: Literal["text", "json"] = Field(default="text", description="text or json: how a line of a log looks")
    metrics_port: int = Field(
        default=0, ge=0, le=65532, description="First of four ports for Prometheus, 1 to 65532; 0: no metrics"
    )
    metrics_host: str = Field(default="127.0.0.1", description="Address on which Prometheus is answered")
    otlp_endpoint: str = Field(
        default="",
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="Where traces are sent (OTLP over HTTP), http://… or https://…; empty: nowhere",
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            name = make_url(value).get_backend_name()
        except ArgumentError as error:
            raise ValueError("must be a SQLAlchemy URL such as sqlite:///meguru.sqlite") from error
        if name not in ("sqlite", "postgresql"):
            raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if value and not (parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_here))):
            raise ValueError("must be https://…, http:// on this machine only")
        return value

    @field_validator("oidc_scopes")
    @classmethod
    def _asks_who_it_is(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError("must contain openid")
        return value

    @field_validator("oidc_roles")
    @classmethod
    def _known_offices(cls, value: str) -> str:
        for group, office in _pairs(value):
            if not group or office not in ("planning", "administrator"):
                raise ValueError("must be such as kikaku=planning, jouhou=administrator")
        return value

    @field_validator("otlp_endpoint")
    @classmethod
    def _collector(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and not (parts.hostname and parts.scheme in ("http", "https")):
            raise ValueError("must be http://… or https://…")
        return value

    @field_validator("temporal_address")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit():
            raise ValueError("must be host:port, such as localhost:7233")
        return value

    @field_validator("payload_keys")
    @classmethod
    def _keys(cls, value: str) -> str:
        _read_keys(value)
        return value

    @field_validator("smtp_sender")
    @classmethod
    def _mail_address(cls, value: str) -> str:
        if "@" not in value.strip("@"):
            raise ValueError("must be a mail address, such as keikaku@city.example.lg.jp")
        return value

    @field_validator("temporal_tls_ca", "temporal_tls_cert", "temporal_tls_key")
    @classmethod
    def _readable(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError(f"must be a readable file; {value} is none")
        return value

    @model_validator(mode="after")
    def _cert_with_key(self) -> Settings:
        if (self.temporal_tls_cert is None) != (self.temporal_tls_key is None):
            raise ValueError("TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY must be given together")
        return self

    @model_validator(mode="after")
    def _a_way_in(self) -> Settings:
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret):
            raise ValueError("MEGURU_OIDC_ISSUER needs MEGURU_OIDC_CLIENT_ID and MEGURU_OIDC_CLIENT_SECRET")
        if not self.oidc_issuer and not self.local_sign_in:
            raise ValueError("MEGURU_LOCAL_SIGN_IN=false needs MEGURU_OIDC_ISSUER: nobody could sign in")
        return self

    @property
    def offices_of_groups(self) -> tuple[tuple[str, str], ...]:
        """Group and office, in the order in which they count."""
        return _pairs(self.oidc_roles)

    @property
    def keys_of_payloads(self) -> dict[str, bytes]:
        """The keys by their ids. The first encrypts, all decrypt."""
        return _read_keys(self.payload_keys)

    @property
    def uses_tls(self) -> bool:
        asked_for = self.temporal_tls or self.temporal_tls_server_name
        return bool(asked_for or self.temporal_api_key or self.temporal_tls_ca or self.temporal_tls_cert)


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`a=x, b=y` as pairs; the name of a group may hold "=" itself."""
    said = (pair.rpartition("=") for pair in text.split(",") if pair.strip())
    return tuple((group.strip(), office.strip()) for group, _, office in said)


def _read_keys(text: str) -> dict[str, bytes]:
    """`id:key, id:key` as keys by id, in their order. Raises `ValueError`, whose message never shows a key."""
    keys: dict[str, bytes] = {}
    for place, pair in enumerate(text.split(",") if text.strip() else (), 1):
        id_, _, encoded = pair.strip().partition(":")
        try:
            key = b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not _KEY_ID.fullmatch(id_) or len(key) != _KEY_BYTES:
            raise ValueError(f"number {place} is not an ID:KEY as `meguru payload-key` makes them")
        if id_ in keys:
            raise ValueError(f"number {place} has the id of another key")
        keys[id_] = key
    return keys


def new_payload_key(id_: str) -> str:
    """A new key of this id, as `MEGURU_PAYLOAD_KEYS` wants it. Raises `ValueError`."""
    if not _KEY_ID.fullmatch(id_):
        raise ValueError("the id of a key is made of letters, digits, . - and _")
    return f"{id_}:{b64encode(token_bytes(_KEY_BYTES)).decode()}"


def variable_of(field: str) -> str:
    """The environment variable of a setting."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"MEGURU_{field.upper()}"


@cache
def load() -> Settings:
    """The settings of this process. Raises `WrongSettings`.

    Besides the environment, a file may hold a setting: one named after the variable in the folder that systemd
    (`LoadCredential`) or a container names in CREDENTIALS_DIRECTORY. The environment comes first.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    try:
        return Settings(_secrets_dir=folder if Path(folder).is_dir() and folder else None)
    except ValidationError as error:
        raise WrongSettings("\n".join(_in_words(e["loc"], e["msg"]) for e in error.errors())) from error


def _in_words(loc: tuple[int | str, ...], message: str) -> str:
    message = message.removeprefix("Value error, ")
    if not loc:
        return message
    name = str(loc[0])
    field = next((f for f in Settings.model_fields if name in (f, variable_of(f))), None)
    meant = f" (should be: {Settings.model_fields[field].description})" if field else ""
    return f"{variable_of(field) if field else name}: {message}{meant}"
