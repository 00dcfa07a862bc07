"""Temporal behind TLS, with client certificates and with an API key: who gets in, and what the others are told.

A server of ours stands behind a proxy that ends the TLS, as it often does in a city hall. Temporal Cloud itself is
out of reach of these tests.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from domain.identifiers import TASK_QUEUE
from settings import Settings
from temporal_client import NotConnected, connect, why
from tests.tls_front import Authority, tls_before

API_KEY = "himitsu-no-kagi"


@dataclass
class Seen:
    """What each way of connecting led to: "in", or what was said."""

    ends: dict[str, str] = field(default_factory=dict)
    authorization: list[str] = field(default_factory=list)
    authorities: set[str] = field(default_factory=set)

    async def attempt(self, name: str, address: str, **settings: Any) -> None:
        """Connect, and start a process as the relay does."""
        try:
            client = await connect(Settings(TEMPORAL_ADDRESS=address, **settings))
            handle = await client.start_workflow("MailWorkflow", id=name, task_queue=TASK_QUEUE)
            assert (await handle.describe()).id == name
            self.ends[name] = "in"
        except NotConnected as error:
            self.ends[name] = str(error)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return asyncio.run(play(tmp_path_factory.mktemp("tls")))


async def play(folder: Path) -> Seen:
    city, stranger = Authority(folder, "city"), Authority(folder, "stranger")
    seen, trusting = Seen(), {"TEMPORAL_TLS_CA": city.file}
    keys = {"TEMPORAL_API_KEY": API_KEY}
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(Path(sys.executable).parent / "temporal")
    ) as environment:
        inner = environment.client.service_client.config.target_host
        async with tls_before(inner, city.issue("localhost"), clients=city) as front:
            for name, (certificate, key) in {
                "right": city.issue("worker"),
                "of a stranger": stranger.issue("worker"),
                "ended": city.issue("worker", days_left=-1),
                "with another key": (city.issue("worker")[0], stranger.issue("worker")[1]),
                "no PEM": (Path(__file__), Path(__file__)),
            }.items():
                shown = {"TEMPORAL_TLS_CERT": certificate, "TEMPORAL_TLS_KEY": key}
                await seen.attempt(name, front.address, **trusting, **shown)
            await seen.attempt("none", front.address, **trusting)
            await seen.attempt("without TLS", front.address)
        async with tls_before(inner, city.issue("temporal.city.example")) as front:
            await seen.attempt("another name", front.address, **trusting)
            named = {"TEMPORAL_TLS_SERVER_NAME": "temporal.city.example"}
            await seen.attempt("named", front.address, **trusting, **named)
            seen.authorities = {request[":authority"] for request in front.requests}
        async with tls_before(inner, city.issue("localhost", days_left=-1)) as front:
            await seen.attempt("ended there", front.address, **trusting)
        async with tls_before(inner, city.issue("localhost")) as front:
            await seen.attempt("key", front.address, **keys, **trusting)
            seen.authorization = [request.get("authorization", "") for request in front.requests]
            await seen.attempt("unknown authority", front.address, **keys)
        await seen.attempt("no TLS there", inner, **trusting)
    return seen


def test_the_right_certificate_is_let_in_and_a_process_starts(seen: Seen) -> None:
    assert seen.ends["right"] == "in"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none", "it may want a certificate (TEMPORAL_TLS_CERT, TEMPORAL_TLS_KEY)"),
        ("of a stranger", "it may not know the authority of the certificate in TEMPORAL_TLS_CERT"),
        ("ended", "the certificate in TEMPORAL_TLS_CERT ended on "),
        ("with another key", "TEMPORAL_TLS_KEY is not the key of TEMPORAL_TLS_CERT"),
        ("no PEM", "TEMPORAL_TLS_CERT or TEMPORAL_TLS_KEY is not a PEM file"),
        ("without TLS", "it may want TLS (TEMPORAL_TLS)"),
        ("another name", "its certificate is for another name: connect by that name, or set TEMPORAL_TLS_SERVER_NAME"),
        ("ended there", "its certificate has ended"),
        ("unknown authority", "an authority that is unknown here: name that one in TEMPORAL_TLS_CA"),
        ("no TLS there", "it does not speak TLS: see TEMPORAL_TLS"),
    ],
)
def test_who_is_not_let_in_is_told_why(seen: Seen, name: str, told: str) -> None:
    assert told in seen.ends[name]


def test_a_server_may_have_another_name_than_its_address(seen: Seen) -> None:
    assert seen.ends["named"] == "in"
    assert seen.authorities == {"temporal.city.example"}


def test_the_api_key_goes_along_with_every_request(seen: Seen) -> None:
    assert seen.ends["key"] == "in"
    assert len(seen.authorization) >= 3
    assert set(seen.authorization) == {f"Bearer {API_KEY}"}


def test_the_api_key_is_neither_shown_nor_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(TEMPORAL_ADDRESS="127.0.0.1:1", TEMPORAL_API_KEY=API_KEY)
    with caplog.at_level(logging.DEBUG), pytest.raises(NotConnected) as refused:
        asyncio.run(connect(settings))
    assert API_KEY not in f"{settings!r} {refused.value} {refused.value.__cause__} {caplog.text} {capfd.readouterr()}"
    assert "Connection refused" in str(refused.value)


def test_a_key_that_is_refused_is_named() -> None:
    said = 'call error after connection: Status { code: Unauthenticated, message: "Request unauthorized." }'
    assert "see TEMPORAL_API_KEY and TEMPORAL_NAMESPACE" in why(said, Settings())
