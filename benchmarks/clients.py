"""Many clients that post at once, each over a connection of its own that it keeps."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection


@dataclass(frozen=True)
class Posting:
    """One request: where to, what, and its headers."""

    path: str
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)


def per_second(port: int, postings: Sequence[Posting], at_once: int) -> float:
    """How many are answered in a second. Raises AssertionError where one is refused."""
    shares = [postings[client::at_once] for client in range(at_once)]
    began = time.perf_counter()
    with ThreadPoolExecutor(at_once) as clients:
        list(clients.map(lambda share: _post(port, share), shares))
    return len(postings) / (time.perf_counter() - began)


def _post(port: int, postings: Sequence[Posting]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for posting in postings:
        headers = {"Content-Type": "application/json", **posting.headers}
        connection.request("POST", posting.path, json.dumps(posting.body), headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == 200, f"{answer.status}: {said.decode(errors='replace')}"
    connection.close()
