"""What README, ARCHITECTURE and docs say is what the code has."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

from cli import app
from settings import Settings, variable_of

ROOT = Path(__file__).parent.parent
README, README_JA, ARCHITECTURE = ROOT / "README.md", ROOT / "README.ja.md", ROOT / "ARCHITECTURE.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

# A reader may try every one of these.
_MEGURU = re.compile(r"(?<![\w/.-])(?:\.venv/bin/|/opt/meguru/\.venv/bin/)?meguru +([^`\n#]+)")
_MAKE = re.compile(r"(?:^|`|&& )make +([a-z-]+)", re.MULTILINE)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def spoken_as_code(page: Path) -> list[str]:
    """What stands in code blocks (by line) and between backticks."""
    text = read(page)
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", prose)


def between(page: Path, start: str, end: str) -> list[str]:
    return re.findall(f"<!-- {start} -->(.*?){end}", read(page), re.DOTALL)


def rows(table: str) -> list[list[str]]:
    """The cells of a table's rows, without its head."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@cache
def names_in(file: Path) -> frozenset[str]:
    """The names a Python file defines: `name`, `Class`, `Class.member`."""

    def of(body: list[ast.stmt], prefix: str) -> Iterator[str]:
        for node in body:
            match node:
                case ast.ClassDef():
                    yield prefix + node.name
                    yield from of(node.body, f"{prefix}{node.name}.")
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield prefix + node.name
                case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                    yield prefix + name

    return frozenset(of(ast.parse(read(file)).body, ""))


def commands(group: typer.Typer, before: str = "") -> set[str]:
    """The commands of the command line, such as `plan import`."""
    found = {before + (c.name or c.callback.__name__) for c in group.registered_commands if c.callback is not None}
    for sub in group.registered_groups:
        assert sub.typer_instance is not None
        found |= commands(sub.typer_instance, f"{before}{sub.name} ")
    return found


def commands_named(page: Path) -> set[str]:
    """The commands of `meguru` that a page tells people to run."""
    groups = {command.partition(" ")[0] for command in commands(app) if " " in command}
    found = set()
    for code in spoken_as_code(page):
        for arguments in _MEGURU.findall(code):
            words = arguments.split()
            if words[0].startswith(("-", "|")) or not words[0].isascii():
                continue
            found.add(" ".join(words[: 2 if words[0] in groups else 1]))
    return found


def targets_named(page: Path) -> set[str]:
    return {target for code in spoken_as_code(page) for target in _MAKE.findall(code)}


def test_the_table_of_settings_is_the_settings() -> None:
    documented = {}
    for variable, default, *_ in rows(read(ROOT / "docs" / "settings.md")):
        documented[variable.strip("`")] = "" if default == "(empty)" else default.strip("`")
    assert documented == {variable_of(name): _as_typed(field.default) for name, field in Settings.model_fields.items()}


def _as_typed(default: object) -> str:
    """A default as it would stand in the environment."""
    if default is None:
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    known = {variable_of(name) for name in Settings.model_fields}
    named = set(re.findall(r"\b(?:MEGURU|TEMPORAL)_[A-Z_]*[A-Z]\b", read(page)))
    assert named <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_and_name_that_a_page_points_at_exists(page: Path) -> None:
    for code in spoken_as_code(page):
        if not (found := re.fullmatch(r"([\w.][\w./-]*\.(?:py|md|yaml|toml|json))(?:::([\w.]+))?", code)):
            continue
        file, name = ROOT / found[1], found[2]
        assert file.is_file(), f"{page.name}: {code}"
        assert name is None or name in names_in(file), f"{page.name}: {code}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_folder_that_a_page_names_exists(page: Path) -> None:
    made_later = {"node_modules/", ".demo/", "web/static/vendor/", "web/help/"}
    for code in spoken_as_code(page):
        if re.fullmatch(r"[a-z][\w/]*/", code) and code not in made_later:
            assert (ROOT / code).is_dir(), f"{page.name}: {code}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", read(page)):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            assert unquote(anchor) in anchors(file), f"{page.name}: {target}"


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings get."""
    headings = re.findall(r"^#+ (.+)$", read(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_ways_of_a_submission_a_mail_a_review_and_a_project_name_what_they_pass() -> None:
    ways = between(ARCHITECTURE, "checked", "<!-- /checked -->")
    assert len(ways) == 4
    assert all(len(re.findall(r"`[\w/]+\.py::[\w.]+`", way)) >= 7 for way in ways)


def test_every_word_of_the_glossary_is_a_name_in_the_code() -> None:
    (glossary,) = between(ARCHITECTURE, "glossary", "\n\n")
    for japanese, codes, files in rows(glossary):
        words, places = re.findall(r"`([^`]+)`", codes), [ROOT / file for file in re.findall(r"`([^`]+)`", files)]
        assert words, japanese
        assert places, japanese
        for word in words:
            assert any(word in names_in(place) for place in places), f"{word} in {files}"
        for place in places:
            assert any(word in names_in(place) for word in words), f"{place} has nothing of {codes}"


def test_the_direction_of_imports_is_the_one_that_is_checked() -> None:
    contracts = tomllib.loads(read(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    (documented,) = between(ARCHITECTURE, "layers", "\n```\n\n")
    assert documented.strip().removeprefix("```\n").splitlines() == layers
    (section,) = re.findall(r"## Direction of imports(.*?)\n## ", read(ARCHITECTURE), re.DOTALL)
    said = " ".join(section.split())
    assert all(contract["name"] in said for contract in contracts if contract["type"] != "layers")


def test_every_package_and_module_is_in_the_architecture() -> None:
    named = set(re.findall(r"^\| (`.+?`) \|", read(ARCHITECTURE), re.MULTILINE))
    words = {word for cell in named for word in re.findall(r"`([^`]+)`", cell)}
    packages = {f"{file.parent.name}/" for file in ROOT.glob("*/__init__.py")} - {"tests/"}
    assert packages | {file.name for file in ROOT.glob("*.py")} <= words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    assert commands_named(page) <= commands(app)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
    assert targets_named(page) <= targets


def test_both_readmes_name_the_same_commands_in_the_same_order() -> None:
    assert commands_named(README) == commands_named(README_JA) != set()
    assert targets_named(README) == targets_named(README_JA) >= {"demo", "test"}
    assert shell_lines(README) == shell_lines(README_JA)


def shell_lines(page: Path) -> list[list[str]]:
    """The commands of a page's shell blocks without their remarks."""
    blocks = re.findall(r"^```sh\n(.*?)^```", read(page), re.MULTILINE | re.DOTALL)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]


def test_both_readmes_lead_to_the_same_files() -> None:
    def links(page: Path) -> list[str]:
        return [link for link in re.findall(r"\]\(([^)#\s]+)\)", read(page)) if not link.startswith("README")]

    assert links(README) == links(README_JA)


def test_the_decisions_are_numbered_without_a_gap() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(file.name[:4]) for file in decisions] == list(range(1, len(decisions) + 1))
    for number, file in enumerate(decisions, 1):
        assert read(file).startswith(f"# {number}. ")
        assert all(f"\n## {part}\n" in read(file) for part in ("Context", "Decision", "Consequences")), file.name


def test_the_scripts_of_the_browser_keep_to_what_was_decided() -> None:
    lines = {file.name: len(read(file).splitlines()) for file in (ROOT / "web" / "static").glob("*.js")}
    assert {name: count for name, count in lines.items() if count > 200} == {}
    assert sum(lines.values()) <= 700
    (decision,) = (ROOT / "docs" / "adr").glob("0005-*.md")
    assert "at most 200 lines each, 700 in all" in " ".join(read(decision).split())


def test_every_word_that_the_guide_quotes_stands_on_a_page() -> None:
    pages = [
        *(ROOT / "web" / "templates").rglob("*.html"),
        *(ROOT / "web").rglob("*.py"),
        *(ROOT / "records/annual_report.py", ROOT / "records/words.py", ROOT / "plans/templates/review.yaml"),
    ]
    said = "\n".join(read(page) for page in pages)
    guide = {
        page: set(re.findall(r"「([^」\n]+)」", read(page)))
        for page in (ROOT / "docs" / "guide" / "pages").glob("*.md")
    }
    assert sum(len(quoted) for quoted in guide.values()) > 100
    assert {
        page.name: unknown for page, quoted in guide.items() if (unknown := {w for w in quoted if w not in said})
    } == {}
