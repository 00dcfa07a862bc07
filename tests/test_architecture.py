"""The modules beside the packages keep to the direction of imports too (the packages: import-linter)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "activities",
    "db",
    "demo",
    "documents",
    "domain",
    "exchange",
    "letters",
    "mail",
    "records",
    "replay",
    "web",
    "workflows",
}
MAY_IMPORT = {
    "wall_clock": set[str](),
    "fetch_assets": set[str](),
    "bill_of_materials": {"fetch_assets"},
    "settings": set[str](),
    "i18n": set[str](),
    "yaml_files": {"domain"},
    "plan_files": {"domain", "yaml_files"},
    "organisation_files": {"domain", "yaml_files"},
    "japan_calendar": {"domain"},
    "mail_client": {"mail", "metrics", "settings"},
    "log_lines": set[str](),
    "metrics": {"db", "records"},
    "tracing": set[str](),
    "telemetry": {"db", "log_lines", "metrics", "settings", "tracing", "wall_clock"},
    "payload_compression": set[str](),
    "payload_encryption": set[str](),
    "temporal_client": {"payload_compression", "payload_encryption", "settings", "wall_clock"},
    "relay": {"db", "domain", "metrics", "records"},
    "reconcile": {"db", "domain", "records"},
    "doctor": {"db", "documents", "domain", "records", "settings", "temporal_client"},
    "worker": {
        *("activities", "db", "documents", "domain", "mail", "workflows"),
        *("mail_client", "relay", "settings", "telemetry", "temporal_client", "wall_clock"),
    },
    "scheduler": {"db", "domain", "records", "japan_calendar", "settings", "telemetry", "wall_clock"},
    "cli_context": {"db", "records", "settings"},
    "cli_accounts": {"db", "domain", "records", "cli_context", "wall_clock"},
    "cli_organisation": {
        *("db", "documents", "domain", "records"),
        *("cli_context", "organisation_files", "wall_clock", "yaml_files"),
    },
    "cli_asking": {"domain", "exchange", "cli_context"},
    "cli_audit": {"db", "domain", "records", "cli_context", "wall_clock"},
    "cli_tables": {"db", "domain", "exchange", "records", "cli_asking", "cli_context", "wall_clock", "yaml_files"},
    "cli_plans": {"db", "domain", "exchange", "records", "cli_context", "cli_tables", "plan_files", "wall_clock"},
    "cli_preview": {"documents", "domain", "records", "cli_context", "wall_clock"},
    "cli_backup": {"db", "records", "cli_context", "wall_clock"},
    "cli_doctor": {"doctor", "settings", "wall_clock"},
    "cli_reconcile": {"cli_context", "reconcile", "temporal_client", "wall_clock"},
    "cli_reviews": {"records", "cli_context", "wall_clock"},
    "cli_replay": {"domain", "replay", "cli_context", "plan_files", "yaml_files"},
    "one_machine": set[str](),
    "cli_up": {"db", "cli_context", "one_machine"},
    "cli": {
        "japan_calendar",
        *("db", "demo", "domain", "records", "cli_accounts", "cli_audit", "cli_backup", "cli_context"),
        *("cli_organisation", "cli_plans", "cli_reconcile", "cli_doctor"),
        *("cli_preview", "cli_replay", "cli_reviews", "cli_up", "one_machine", "settings", "telemetry", "wall_clock"),
    },
}
"""Module → what of this project it may import."""


def project_imports(file: Path) -> set[str]:
    """The top-level names of this project that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found & (PACKAGES | set(MAY_IMPORT))


def test_every_module_beside_the_packages_is_in_the_table() -> None:
    assert {file.stem for file in ROOT.glob("*.py")} == set(MAY_IMPORT)


@pytest.mark.parametrize("module", MAY_IMPORT)
def test_a_module_imports_only_what_lies_below_it(module: str) -> None:
    assert project_imports(ROOT / f"{module}.py") <= MAY_IMPORT[module]
