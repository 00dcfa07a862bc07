"""The one way to Temporal. Only the worker, the reconciliation and the doctor go it: the others write to the outbox
what Temporal shall hear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cryptography import x509
from temporalio.client import Client, Interceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverter,
    DefaultFailureConverterWithEncodedAttributes,
)
from temporalio.service import TLSConfig

import wall_clock
from payload_compression import Compression
from payload_encryption import Encryption
from settings import Settings

_FAULTS = {
    "UnknownIssuer": "it shows a certificate of an authority that is unknown here: name that one in TEMPORAL_TLS_CA",
    r"\(Expired": "its certificate has ended; renew it there (or the clock of this machine is wrong)",
    "NotValidForName": "its certificate is for another name: connect by that name, or set TEMPORAL_TLS_SERVER_NAME",
    "KeyMismatch": "TEMPORAL_TLS_KEY is not the key of TEMPORAL_TLS_CERT",
    "PrivateKeyParseError|CertificateParseError": "TEMPORAL_TLS_CERT or TEMPORAL_TLS_KEY is not a PEM file",
    "InvalidContentType|CorruptMessage": "it does not speak TLS: see TEMPORAL_TLS",
    "code: (Unauthenticated|PermissionDenied)": "it does not let us in: see TEMPORAL_API_KEY and TEMPORAL_NAMESPACE",
}
"""What Temporal's client says in the words of its libraries, and what it means."""

_BROKEN_OFF = re.compile("fatal alert|transport error|connection closed")


class NotConnected(RuntimeError):
    """Temporal is not there or does not let us in; the message says why, where that can be told."""


def data_converter(keys: Mapping[str, bytes]) -> DataConverter:
    """How values travel: long ones compressed; with keys all encrypted, messages and stack traces of errors too."""
    return replace(
        pydantic_data_converter,
        payload_codec=Compression(Encryption(keys)),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes if keys else DefaultFailureConverter,
    )


DATA_CONVERTER = data_converter({})
"""For a Temporal that lives no longer than a test, a replay or a demo: nothing is encrypted."""


async def connect(settings: Settings, interceptors: Sequence[Interceptor] = ()) -> Client:
    """A connected client; what `interceptors` do holds for the workers of this client too. Raises `NotConnected`."""
    try:
        return await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            api_key=settings.temporal_api_key or None,
            tls=_tls(settings),
            data_converter=data_converter(settings.keys_of_payloads),
            interceptors=interceptors,
        )
    except RuntimeError as error:
        raise NotConnected(why(str(error), settings)) from error


def why(said: str, settings: Settings) -> str:
    """Why there is no connection, in plain words where we know them."""
    meant = next((words for fault, words in _FAULTS.items() if re.search(fault, said)), None)
    if meant is None and _BROKEN_OFF.search(said):
        if not settings.uses_tls:
            return "it breaks the connection off: it may want TLS (TEMPORAL_TLS)"
        return f"it breaks the connection off, as it does with a client it does not trust: {_own(settings)}"
    return meant or said


def _own(settings: Settings) -> str:
    """What there is to say of the certificate that we show."""
    if settings.temporal_tls_cert is None:
        return "it may want a certificate (TEMPORAL_TLS_CERT, TEMPORAL_TLS_KEY)"
    ends_at = x509.load_pem_x509_certificate(settings.temporal_tls_cert.read_bytes()).not_valid_after_utc
    if ends_at < wall_clock.now():
        return f"the certificate in TEMPORAL_TLS_CERT ended on {ends_at:%Y-%m-%d}"
    return "it may not know the authority of the certificate in TEMPORAL_TLS_CERT"


def _tls(settings: Settings) -> TLSConfig | bool:
    if not settings.uses_tls:
        return False
    return TLSConfig(
        server_root_ca_cert=_read(settings.temporal_tls_ca),
        domain=settings.temporal_tls_server_name or None,
        client_cert=_read(settings.temporal_tls_cert),
        client_private_key=_read(settings.temporal_tls_key),
    )


def _read(file: Path | None) -> bytes | None:
    return file.read_bytes() if file else None
