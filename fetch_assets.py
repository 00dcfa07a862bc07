"""Brings third-party files from the npm registry to where the program uses them, at set-up (`make setup`)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent
ASSETS = {
    "web/static/vendor/tokens.css": "@digital-go-jp/design-tokens/dist/tokens.css",
    "documents/vendor/NotoEmoji-Regular.ttf": "@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf",
}
"""File of the program → file in `node_modules`. Neither is committed."""


def main() -> None:
    """Install what `package-lock.json` names and copy the files that are used."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is missing: `make setup` brings it when it is not on the machine")
    subprocess.run([npm, "ci", "--ignore-scripts", "--silent", "--no-audit", "--no-fund"], cwd=ROOT, check=True)
    for target, source in ASSETS.items():
        file = ROOT / target
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "node_modules" / source, file)


if __name__ == "__main__":
    main()
