"""What people type of an opinion, on the public page and at the desk, and what is wrong with it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from db import tables as t
from domain.opinion import OpinionContent, OpinionProblem, cleaned
from domain.text import length, typed_day
from web.labels import problem_in_words
from web.opinion_words import FIELD_OF, LIMITS

FIELDS = ("source", "text", "author", "contact", "measure", "received_on", "department")


def content_typed(typed: Mapping[str, str], today: date) -> OpinionContent:
    """The opinion in a form; where it has no readable day, it came today."""
    received_on = typed_day(typed.get("received_on", "")) or today
    said = (cleaned(typed.get(name, "")) for name in ("author", "contact"))
    return OpinionContent(typed.get("source", ""), cleaned(typed.get("text", "")), received_on, *said)


def node_typed(typed: str, nodes: Sequence[t.Node]) -> t.Node | None:
    """The node that was chosen; None: none of them."""
    return next((node for node in nodes if str(node.id) == typed), None)


def in_words(problems: Sequence[OpinionProblem], typed: Mapping[str, str], language: str) -> dict[str, str]:
    """Field → what is wrong with it and what to do."""
    found: dict[str, str] = {}
    for problem in problems:
        name = FIELD_OF[problem]
        places = {"limit": LIMITS[problem], "length": length(cleaned(typed.get(name, "")))} if problem in LIMITS else {}
        found[name] = problem_in_words(problem, language, **places)
    return found
