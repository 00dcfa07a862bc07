"""意見: from whom and by which way an opinion came, when it can be taken, and what became of it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.phase_review import opinions_are_taken
from domain.plan import PlanDefinition
from domain.reference import OpinionSource
from domain.text import Bilingual, length, typed_text


class OpinionChannel(StrEnum):
    FORM = "form"  # the public page
    FILE = "file"  # a CSV
    BY_HAND = "by_hand"  # typed in by the planning division: a letter, a call, a meeting


class Reflection(StrEnum):
    """反映状況: what the city makes of an opinion."""

    REFLECTED = "reflected"  # 反映した
    PARTLY = "partly"  # 一部反映した
    FOR_LATER = "for_later"  # 今後の参考
    NOT_REFLECTED = "not_reflected"  # 反映できない


OTHER_DEPARTMENT = "department"
"""The source of an opinion of another department; beside the plan's own opinion sources."""

# Meguru's own: the other departments beside the plan's sources, and anybody where the plan names nobody.
_DEPARTMENT = OpinionSource(OTHER_DEPARTMENT, Bilingual("庁内の他部署", "Another department"))
_ANYBODY = OpinionSource("anybody", Bilingual("一般", "The public"))

# Meguru's own limits, in characters as people count them (`domain.text.length`).
LONGEST_TEXT = 2_000
LONGEST_AUTHOR = 100
LONGEST_CONTACT = 200


class OpinionProblem(StrEnum):
    """What is wrong with an opinion or with its answer; the layers above say it in words."""

    TEXT_MISSING = "opinion_text_missing"
    TEXT_TOO_LONG = "opinion_text_too_long"
    SOURCE_MISSING = "opinion_source_missing"
    SOURCE_UNKNOWN = "opinion_source_unknown"
    AUTHOR_TOO_LONG = "opinion_author_too_long"
    CONTACT_TOO_LONG = "opinion_contact_too_long"
    RECEIVED_AHEAD = "opinion_received_ahead"
    ANSWER_MISSING = "opinion_answer_missing"
    ANSWER_TOO_LONG = "opinion_answer_too_long"
    REFLECTION_MISSING = "opinion_reflection_missing"


@dataclass(frozen=True)
class OpinionContent:
    """What somebody says of a plan: `source` is a code; `author` and `contact` are "" where nobody gave them."""

    source: str
    text: str
    received_on: date
    author: str = ""
    contact: str = ""


def public_sources(plan: PlanDefinition) -> tuple[OpinionSource, ...]:
    """From whom the public page takes opinions: never from another department, which has to sign in."""
    return plan.opinion_sources or (_ANYBODY,)


def sources_of(plan: PlanDefinition) -> tuple[OpinionSource, ...]:
    """Every source that an opinion on the plan may have."""
    return (*public_sources(plan), _DEPARTMENT)


def source_label(plan: PlanDefinition, code: str) -> Bilingual:
    """A source in words; its code where the plan does not name it any more."""
    return next((source.label for source in sources_of(plan) if source.code == code), Bilingual(code))


def cleaned(text: str) -> str:
    """What was typed, without the control characters that no keyboard makes and no database wants."""
    return typed_text("".join(c for c in text if c in "\n\r\t" or unicodedata.category(c) != "Cc"))


def problems_of(content: OpinionContent, sources: Collection[OpinionSource], today: date) -> tuple[OpinionProblem, ...]:
    """Everything that is wrong with an opinion, in the order of the form; `sources` are those to choose from."""
    known = {source.code for source in sources}
    checks = (
        (OpinionProblem.SOURCE_MISSING, not content.source),
        (OpinionProblem.SOURCE_UNKNOWN, bool(content.source) and content.source not in known),
        (OpinionProblem.TEXT_MISSING, not content.text.strip()),
        (OpinionProblem.TEXT_TOO_LONG, length(content.text) > LONGEST_TEXT),
        (OpinionProblem.AUTHOR_TOO_LONG, length(content.author) > LONGEST_AUTHOR),
        (OpinionProblem.CONTACT_TOO_LONG, length(content.contact) > LONGEST_CONTACT),
        (OpinionProblem.RECEIVED_AHEAD, content.received_on > today),
    )
    return tuple(problem for problem, holds in checks if holds)


def problems_of_answer(answer: str, reflection: Reflection | None) -> tuple[OpinionProblem, ...]:
    """Everything that is wrong with an answer, in the order of the form: it takes words and a status."""
    checks = (
        (OpinionProblem.REFLECTION_MISSING, reflection is None),
        (OpinionProblem.ANSWER_MISSING, not answer.strip()),
        (OpinionProblem.ANSWER_TOO_LONG, length(answer) > LONGEST_TEXT),
    )
    return tuple(problem for problem, holds in checks if holds)


def key_of(content: OpinionContent) -> str:
    """Tells one opinion from others by what it says: the same line of a file has the same key."""
    said = [content.received_on.isoformat(), content.source, content.author, content.contact, content.text]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def receipt_number(received_on: date, opinion_id: int) -> str:
    """受付番号: what the sender may quote, such as 20210301-12."""
    return f"{received_on:%Y%m%d}-{opinion_id}"


class WindowState(StrEnum):
    """募集期間: how the window of a review stands on a day."""

    NONE = "none"  # nothing is asked, as far as this reader may know
    AHEAD = "ahead"
    OPEN = "open"
    OVER = "over"


def window_state(is_shown: bool, since: date | None, until: date | None, today: date) -> WindowState:
    """How a window stands for a reader; `is_shown`: the form is switched on for them."""
    if not is_shown or since is None:
        return WindowState.NONE
    if opinions_are_taken(is_shown, since, until, today):
        return WindowState.OPEN
    return WindowState.AHEAD if today < since else WindowState.OVER
