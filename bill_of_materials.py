"""The bill of materials (SBOM, CycloneDX 1.5) of what runs: locked Python packages and fetched assets (`make sbom`).

Made of `uv.lock`, `package-lock.json` and what is installed. Without time and serial number, so that the same locks on
the same kind of machine give the same file.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from fetch_assets import ASSETS, ROOT

_EXPORT = (
    *("export", "--quiet", "--locked", "--no-dev", "--no-emit-project"),
    *("--format", "cyclonedx1.5", "--preview-features", "sbom-export"),
)
_SPELT_BEFORE_SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT Licence": "MIT",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""What older packages call their licence → how SPDX calls it."""
_SPDX = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "LGPL-2.1-only", "MIT", "MPL-2.0", *_SPELT_BEFORE_SPDX.values()}

Component = dict[str, Any]


def bill() -> dict[str, Any]:
    """Every component that is installed here for run time, with version, licence as far as it is told, and hashes."""
    command = [str(Path(sys.executable).parent / "uv"), *_EXPORT]
    exported = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    document: dict[str, Any] = json.loads(exported)
    del document["serialNumber"], document["metadata"]["timestamp"]
    installed = {_key(one.name): one for one in distributions()}
    locked = document["components"]  # for every platform and version of Python, so some twice and some not here
    packages = [
        one | {"licenses": _licences(here)}
        for one in locked
        if (here := installed.get(_key(one["name"]))) is not None and here.version == one["version"]
    ]
    stale = {one["name"] for one in locked if _key(one["name"]) in installed} - {one["name"] for one in packages}
    if stale:
        raise SystemExit(f"installed in other versions than locked: {', '.join(sorted(stale))}; run `make setup`")
    assets = [_asset(name, at) for name, at in _locked_assets().items()]
    document["components"] = packages + assets
    known = {one["bom-ref"] for one in document["components"]} | {document["metadata"]["component"]["bom-ref"]}
    document["dependencies"] = [
        one | {"dependsOn": [ref for ref in one.get("dependsOn", ()) if ref in known]}
        for one in document["dependencies"]
        if one["ref"] in known
    ]
    return document


def licences_of(component: Component) -> list[str]:
    """What its licences are called."""
    return [
        one["expression"] if "expression" in one else one["license"].get("id") or one["license"]["name"]
        for one in component.get("licenses", ())
    ]


def _licences(distribution: Distribution) -> list[dict[str, Any]]:
    about = distribution.metadata
    if about["License-Expression"]:
        return [{"expression": about["License-Expression"]}]
    told = about["License"] or ""
    named = _SPELT_BEFORE_SPDX.get(told, told)
    if named in _SPDX:
        return [{"license": {"id": named}}]
    classified = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier", ()) if one.startswith("License :: ")]
    spelt = [_SPELT_BEFORE_SPDX.get(one, one) for one in classified]
    return [{"license": {"id" if one in _SPDX else "name": one}} for one in spelt]


def _locked_assets() -> dict[str, dict[str, Any]]:
    """What npm brings for pages and documents; what only tests use is left out."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return {
        path.removeprefix("node_modules/"): locked
        for path, locked in packages.items()
        if path and not locked.get("dev")
    }


def _asset(name: str, locked: dict[str, Any]) -> Component:
    """A package with the files of it that are used, as they lie where the program finds them."""
    algorithm, _, digest = locked["integrity"].partition("-")
    files = [target for target, source in ASSETS.items() if source.startswith(f"{name}/")]
    return {
        "type": "library",
        "bom-ref": f"{name}@{locked['version']}",
        "name": name,
        "version": locked["version"],
        "purl": f"pkg:npm/{name.replace('@', '%40')}@{locked['version']}",
        "licenses": [{"expression": locked["license"]}],
        "hashes": [{"alg": algorithm.upper().replace("SHA", "SHA-"), "content": base64.b64decode(digest).hex()}],
        "components": [
            {
                "type": "file",
                "bom-ref": target,
                "name": target,
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256((ROOT / target).read_bytes()).hexdigest()}],
            }
            for target in files
        ],
    }


def _key(name: str) -> str:
    """Names of packages are the same whatever stands between their words."""
    return name.lower().replace("_", "-").replace(".", "-")


def main(file: str) -> None:
    """Write the bill into a file."""
    Path(file).write_text(json.dumps(bill(), ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
