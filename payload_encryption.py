"""Encrypts what Temporal stores of our processes: AES-256-GCM, so that whoever reads its store learns no content.

A payload that is encrypted says so and names its key; one that is not is left as it is. So histories from before a
key was set, or from before it was changed, stay readable for as long as their key is among those that are given.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

ENCRYPTED = b"binary/encrypted"
_KEY_ID = "encryption-key-id"
"""As the samples of Temporal call them, so that its tools can tell."""

_NONCE_BYTES = 12
"""96 random bits: one key may encrypt some four thousand million payloads."""


class UnreadablePayload(Exception):
    """A payload cannot be decrypted here; the message says which key is missing or does not fit."""


class Encryption(PayloadCodec):
    """`keys` by id: the first encrypts, all decrypt. Without any, nothing is encrypted."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._ciphers = {id_: AESGCM(key) for id_, key in keys.items()}
        self._newest = next(iter(keys), None)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        if self._newest is None:
            return list(payloads)
        return [self._encrypted(payload, self._newest) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Raises `UnreadablePayload`."""
        return [self._decrypted(one) if one.metadata.get("encoding") == ENCRYPTED else one for one in payloads]

    def _encrypted(self, payload: Payload, key_id: str) -> Payload:
        nonce, named = os.urandom(_NONCE_BYTES), key_id.encode()
        sealed = self._ciphers[key_id].encrypt(nonce, payload.SerializeToString(), named)
        return Payload(metadata={"encoding": ENCRYPTED, _KEY_ID: named}, data=nonce + sealed)

    def _decrypted(self, payload: Payload) -> Payload:
        named = payload.metadata.get(_KEY_ID, b"")
        shown = named.decode(errors="replace")
        cipher = self._ciphers.get(shown)
        if cipher is None:
            raise UnreadablePayload(
                f"this was encrypted with the key {shown!r}, which this process does not have: "
                "add it to MEGURU_PAYLOAD_KEYS, behind the newest"
            )
        nonce, sealed = payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:]
        try:
            return Payload.FromString(cipher.decrypt(nonce, sealed, named))
        except (InvalidTag, ValueError):  # too short to be one, or not what was encrypted
            raise UnreadablePayload(
                f"this cannot be decrypted with the key {shown!r}: it was changed, or another key has the same id"
            ) from None
