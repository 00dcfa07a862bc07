"""Compresses what Temporal stores of our processes where that is long: a round's mails and answers repeat themselves.

A payload that is compressed says so; one that is not is left as it is, so histories from before stay readable.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

COMPRESSED = b"binary/zlib"
"""As the samples of Temporal call it, so that its tools can tell."""
_LONG = 400
"""Bytes; what is shorter hardly shrinks and stays legible."""


class Compression(PayloadCodec):
    """Stands before `then`, for what is encrypted does not shrink any more."""

    def __init__(self, then: PayloadCodec) -> None:
        self._then = then

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return await self._then.encode([_compressed(one) if one.ByteSize() >= _LONG else one for one in payloads])

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        decoded = await self._then.decode(payloads)
        return [_plain(one) if one.metadata.get("encoding") == COMPRESSED else one for one in decoded]


def _compressed(payload: Payload) -> Payload:
    return Payload(metadata={"encoding": COMPRESSED}, data=zlib.compress(payload.SerializeToString()))


def _plain(payload: Payload) -> Payload:
    return Payload.FromString(zlib.decompress(payload.data))
