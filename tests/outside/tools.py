"""Runs the outside tools, each from an environment of its own (`make outside` makes it), and reads what they found."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / ".venv-outside"
_LONGEST = 600
"""Seconds after which a tool that does not end is ended."""


def _run(
    environment: str, program: str, *arguments: str, folder: Path, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    # Nothing of the tools, their caches and what they found before, is kept outside the run's own folder.
    own = {**os.environ, "HOME": str(folder), "NO_COLOR": "1", **(variables or {})}
    command = [str(ENVIRONMENTS / environment / "bin" / program), *arguments]
    return subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, timeout=_LONGEST, check=False)


@dataclass(frozen=True)
class Api:
    """What schemathesis said of an API: how many requests it made up, and what failed, by kind."""

    cases: int
    operations: int
    failures: Mapping[str, Sequence[str]]
    printed: str


def schemathesis(
    address: str,
    token: str,
    folder: Path,
    *options: str,
    known: Mapping[str, Sequence[int | str]] | None = None,
    drafts: Mapping[int, Sequence[str]] | None = None,
) -> Api:
    """Every check the tool knows, with valid and with broken requests, the same in every run."""
    report = folder / "schemathesis.json"
    given = {
        "SCHEMATHESIS_HOOKS": "known_things",
        "PYTHONPATH": str(HERE),
        "MEGURU_KNOWN": json.dumps(known or {}),
        "MEGURU_DRAFTS": json.dumps(drafts or {}),
    }
    done = _run(
        "schemathesis",
        "st",
        *("--config-file", str(HERE / "schemathesis.toml"), "run", f"{address}/api/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {token}", "--checks", "all", "--mode", "all", "--continue-on-failure"),
        *("--generation-deterministic", "--no-shrink", "--report", "json", "--report-json-path", str(report)),
        *options,
        folder=folder,
        variables=given,
    )
    assert report.exists(), done.stdout + done.stderr
    said: dict[str, Any] = json.loads(report.read_text())
    assert said["complete"], done.stdout
    assert not said["errors"], said["errors"]
    failures = {one["type"]: tuple(one["operations"]) for one in said["failures"]}
    return Api(said["test_cases"]["generated"], said["operations"]["tested"], failures, done.stdout)


def sqlmap(
    address: str, folder: Path, *, data: str = "", cookie: str = "", header: str = "", ignore_code: int | None = None
) -> tuple[list[str], int]:
    """The parameters of an address that reach a statement, and how many were tried.

    A `*` in the address marks a part of its path as a parameter. Whatever ends the tool early is an error.
    """
    more = [
        *(("--data", data) if data else ()),
        *(("--cookie", cookie) if cookie else ()),
        *(("--header", header) if header else ()),
        *((f"--ignore-code={ignore_code}",) if ignore_code else ()),
    ]
    done = _run(
        "sqlmap",
        "sqlmap",
        *("-u", address, "--batch", "--level", "1", "--risk", "1", "--technique", "BEUT", "--time-sec", "2"),
        *("--flush-session", "--output-dir", str(folder), "--disable-coloring", "--skip-waf", *more),
        folder=folder,
    )
    open_to_it = re.findall(r"^Parameter: (.+?) \(", done.stdout, re.MULTILINE)
    tried = len(re.findall(r"parameter '[^']+' does not seem to be injectable", done.stdout)) + len(open_to_it)
    assert open_to_it or "all tested parameters do not appear to be injectable" in done.stdout, done.stdout
    assert tried, done.stdout
    return open_to_it, tried


@dataclass(frozen=True, order=True)
class Finding:
    """What wapiti holds against a page."""

    category: str
    path: str
    parameter: str
    said: str


def wapiti(
    address: str, folder: Path, *start: str, cookie: str = "", crawl_seconds: int = 40, attack_seconds: int = 12
) -> tuple[list[Finding], int]:
    """What the tool found, and in how many pages it looked. It talks to nothing but the address."""
    report = folder / "wapiti.json"
    modules = "cookieflags,crlf,csp,csrf,exec,file,http_headers,permanentxss,redirect,sql,xss,xxe"
    done = _run(
        "wapiti",
        "wapiti",
        *("-u", f"{address}/", "--scope", "domain", "-m", modules, "-l", "1", "--tasks", "4", "-t", "10"),
        *("-d", "3", "--max-links-per-page", "30", "--max-files-per-dir", "8", "--max-parameters", "12"),
        *("--max-scan-time", str(crawl_seconds), "--max-attack-time", str(attack_seconds)),
        *("-x", f"{address}/sign-out", "--endpoint", "http://127.0.0.1:9/", "--dns-endpoint", "localhost"),
        *(argument for path in start for argument in ("-s", address + path)),
        *(("-C", cookie) if cookie else ()),
        *("--no-bugreport", "--flush-session", "--store-session", str(folder), "--store-config", str(folder)),
        *("-f", "json", "-o", str(report)),
        folder=folder,
    )
    assert report.exists(), done.stdout + done.stderr
    said: dict[str, Any] = json.loads(report.read_text())
    found = [
        Finding(category, one["path"], one["parameter"], one["info"])
        for kind in ("vulnerabilities", "anomalies")
        for category, ones in said[kind].items()
        for one in ones
    ]
    return sorted(found), said["infos"]["crawled_pages_nbr"]


def unexplained(found: Sequence[Finding]) -> list[Finding]:
    """What the list of explained findings does not know."""
    explained = tomllib.loads((HERE / "explained.toml").read_text())["wapiti"]
    return [f for f in found if not any(e["category"] == f.category and f.path in e["paths"] for e in explained)]
