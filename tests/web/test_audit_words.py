"""Every action that the code writes into the audit log has its words, and no entry holds a secret."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from domain.mail_ledger import FINAL, MailState
from web.audit_words import ACTIONS, DETAILS, GROUPS, action_in_words, actor_in_words, detail_in_words, group_of

ROOT = Path(__file__).parents[2]
PACKAGES = ("activities", "demo", "exchange", "mail", "records", "replay", "web", "workflows")
FILES = [*ROOT.glob("*.py"), *(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))]
SECRETS = {"password", "password_hash", "token", "code", "contact", "author", "cookie", "email", "text"}


def written() -> Iterator[tuple[str, frozenset[str], str]]:
    """Each action with the names of its details and its file; what is given by a name or a parameter is followed."""
    for file in FILES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for call, action in _calls(tree):
            details = frozenset(k.arg for k in call.keywords if k.arg)
            for text in _texts(tree, action, file):
                yield text, details, str(file.relative_to(ROOT))


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, ast.expr]]:
    """`audit.write(…)`, and calls of the functions of a module that hand their `action` on to it."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for call in ast.walk(function):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func) in ("audit.write", "audit_log.write")):
                continue
            parameters = [a.arg for a in function.args.args]
            if isinstance(call.args[2], ast.Name) and call.args[2].id in parameters:
                place = parameters.index(call.args[2].id)
                yield from ((c, c.args[place]) for c in _calls_of(tree, function.name))
            else:
                yield call, call.args[2]


def _calls_of(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Call))
    return (call for call in found if isinstance(call.func, ast.Name) and call.func.id == name)


def _texts(tree: ast.Module, action: ast.expr, file: Path) -> Iterator[str]:
    match action:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=[ast.Constant(value="digest."), ast.FormattedValue()]):
            yield from (f"digest.{state.value}" for state in FINAL)
        case ast.IfExp():
            yield from _texts(tree, action.body, file)
            yield from _texts(tree, action.orelse, file)
        case ast.JoinedStr(values=[ast.Constant(value="mail."), ast.FormattedValue()]):
            yield from (f"mail.{state.value}" for state in MailState)
        case ast.Name(id=name):
            values = [n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == name]
            assert values, f"{file}: what is {name}?"
            yield from _texts(tree, values[0], file)
        case _:
            raise AssertionError(f"{file}: which action is {ast.unparse(action)}?")


def test_every_action_of_the_code_has_its_words_and_no_word_lacks_its_action() -> None:
    actions = {action for action, _, _ in written()}
    assert len(actions) > 90
    assert actions - set(ACTIONS) == set(), "written without words: add them to web/audit_words.py"
    assert set(ACTIONS) - actions == set(), "words for what nobody writes"
    assert {group_of(action) for action in actions} == set(GROUPS)


def test_every_detail_has_its_name_and_none_is_a_secret() -> None:
    details = {detail for _, named, _ in written() for detail in named}
    assert details - set(DETAILS) == set(), "details without words: add them to web/audit_words.py"
    assert details & SECRETS == set()


def test_an_entry_reads_in_plain_words_and_an_unknown_one_by_its_code() -> None:
    assert action_in_words("report.returned", "ja") == "報告を差し戻した"
    assert action_in_words("nobody.knows", "ja") == "nobody.knows"
    said = detail_in_words({"reason": "遅れるため", "tokens": [], "collect_now": True, "own": {"a": [1, 2]}}, "ja")
    assert said == [("理由", "遅れるため"), ("すぐに受付を始める", "はい"), ("own", "a: 1、2")]


def test_who_acts_without_an_account_has_words() -> None:
    assert actor_in_words("workflow", "ja") == "自動処理"
    assert actor_in_words("gone@city.example", "ja") == "gone@city.example"
    named = {text for file in FILES for text in _actors(file)}
    assert {name for name in named if actor_in_words(name, "ja") == name} == {"preview"}, "a preview writes nothing"


def _actors(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Change" and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)
