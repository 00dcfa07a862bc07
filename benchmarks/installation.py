"""A whole installation as the product starts it: real processes, without what the chaos harness puts around them."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.chaos.installation import ROOT, TEMPORAL, Installation


class PlainInstallation(Installation):
    """Temporal, workers, web and schedulers over one folder, and a mail server."""

    def _command(self, name: str) -> list[str]:
        if name == TEMPORAL:
            return super()._command(name)
        part = name.partition("-")[0]
        if part == "web":
            return [str(Path(sys.executable).parent / "meguru"), "web"]
        return [sys.executable, str(ROOT / f"{part}.py")]

    @property
    def web_port(self) -> int:
        return int(self.url().rpartition(":")[2])
