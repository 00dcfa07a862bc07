"""What Temporal stores of a long message is short, and whatever was stored before is still read."""

from __future__ import annotations

import asyncio
import secrets

from temporalio.api.common.v1 import Payload

from payload_compression import COMPRESSED, Compression
from payload_encryption import ENCRYPTED, Encryption

PLAIN = Compression(Encryption({}))
SHORT = Payload(metadata={"encoding": b"json/plain"}, data='{"round":"年度進捗報告"}'.encode())
LONG = Payload(metadata={"encoding": b"json/plain"}, data=b'[{"request":1,"kind":"reminder"}]' * 100)


def test_a_long_message_is_stored_in_a_fraction_of_its_size_and_read_back_whole() -> None:
    (stored,) = asyncio.run(PLAIN.encode([LONG]))
    assert stored.metadata["encoding"] == COMPRESSED
    assert stored.ByteSize() < LONG.ByteSize() / 5
    assert asyncio.run(PLAIN.decode([stored])) == [LONG]


def test_a_short_message_stays_legible_in_temporals_own_pages() -> None:
    assert asyncio.run(PLAIN.encode([SHORT])) == [SHORT]


def test_what_was_stored_before_there_was_compression_is_read() -> None:
    assert asyncio.run(PLAIN.decode([LONG, SHORT])) == [LONG, SHORT]


def test_what_is_encrypted_was_compressed_before() -> None:
    both = Compression(Encryption({"2026-11": secrets.token_bytes(32)}))
    (stored,) = asyncio.run(both.encode([LONG]))
    assert stored.metadata["encoding"] == ENCRYPTED
    assert stored.ByteSize() < LONG.ByteSize() / 5
    assert asyncio.run(both.decode([stored])) == [LONG]
