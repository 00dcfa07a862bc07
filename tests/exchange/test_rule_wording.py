"""What the rules of the domain say is said to people in their own words, in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain import indicator_rules, key_project_rules, lineage, mistakes, plan_rules, question_rules, survey
from exchange.remarks import Place
from exchange.rule_wording import in_words, is_worded
from records import plan_writing

RULES = (plan_rules, question_rules, key_project_rules, survey, indicator_rules, lineage, mistakes, plan_writing)


def sentences() -> Iterator[str]:
    """Every sentence that a rule can say, with something in the place of its open parts."""
    for module in RULES:
        for node in ast.walk(ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Mistake":
                yield from _texts(node.args[1])


def _texts(said: ast.expr) -> Iterator[str]:
    if isinstance(said, ast.Constant):
        yield str(said.value)
    elif isinstance(said, ast.JoinedStr):
        yield "".join(_part(part) for part in said.values)


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.FormattedValue):
        if part.conversion == ord("r"):
            return repr("1-1")
        return "one" if isinstance(part.value, ast.Name) else "1"
    return str(ast.literal_eval(part))


def test_the_rules_say_something() -> None:
    assert len(set(sentences())) > 30


@pytest.mark.parametrize("sentence", sorted(set(sentences())))
def test_every_sentence_of_the_rules_has_its_own_words(sentence: str) -> None:
    assert is_worded(sentence)
    said = in_words(sentence, Place("施策", 5))
    assert re.search("[a-z]{2}", said.message.ja) is None
    assert said.remedy.ja.endswith("。")
    assert said.remedy.en
    assert "{" not in said.message.ja + said.message.en + said.remedy.ja + said.remedy.en


def test_codes_are_shown_as_they_are_and_kinds_by_their_labels() -> None:
    said = in_words("nothing says what became of '1-2'", Place())
    assert said.message.ja == "前の版の「1-2」がどうなったかが、系譜にありません。"
    assert said.message.en == "Nothing says what became of 1-2."
    said = in_words("renamed needs one here", Place())
    assert said.message.ja == "「名称変更」では、このコードの数は1つです。"
    said = in_words('there is no class "it\'s"', Place())
    assert said.message.ja == "区分「it's」はありません。"


def test_a_code_with_braces_is_shown_as_it_is() -> None:
    assert in_words("'{x}' stands twice", Place()).message.ja == "「{x}」が2回使われています。"


def test_a_sentence_that_is_not_known_is_passed_on() -> None:
    said = in_words("something else {here}", Place())
    assert said.message.en == "This contradicts itself: something else {here}."
