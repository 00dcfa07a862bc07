"""The letter of a digest: one mail as it is, several by plan, what has waited longest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.text import Bilingual, named
from letters import single
from mail import compose
from mail.compose import Letter
from records.digests import DigestInHand, Part
from records.round_mails import ListedMeasure, RoundMail


@dataclass(frozen=True)
class _Entry:
    """One mail of a digest. `measures` is empty where something outside the rounds is asked."""

    plan: str
    mark: str
    letter: Letter
    link: str
    due_on: date
    days_late: int
    measures: tuple[ListedMeasure, ...] = ()

    @property
    def subject(self) -> str:
        return self.letter.subject


@dataclass(frozen=True)
class _Section:
    plan: str
    entries: list[_Entry]


def write(in_hand: DigestInHand, base_url: str, sender: str, at: datetime) -> Letter:
    """What the digest says at an instant. Every mail keeps its own link and what it carries."""
    digest, language = in_hand.digest, in_hand.digest.language
    entries = sorted((_entry(part, base_url, sender, at) for part in in_hand.parts), key=lambda e: e.due_on)
    if len(entries) == 1:
        return entries[0].letter
    letter = compose.write(
        "digest",
        language,
        recipient_name=digest.recipient_name,
        department=digest.recipient_name if any(map(_is_to_office, in_hand.parts)) else "",
        municipality=named(in_hand.municipality, language),
        digest_on=digest.digest_on,
        count=len(entries),
        late=sum(entry.days_late > 0 for entry in entries),
        sections=[_Section(plan, [e for e in entries if e.plan == plan]) for plan in _once(e.plan for e in entries)],
        link=f"{base_url}/",
        settings_link=f"{base_url}/settings/mails",
        mark="\n".join(_once(entry.mark for entry in entries if entry.mark)),
    )
    return replace(letter, further=tuple(e.letter.attachment for e in entries if e.letter.attachment is not None))


def _entry(part: Part, base_url: str, sender: str, at: datetime) -> _Entry:
    plan, language = part.plan, part.mail.language
    said = (named(plan, language), Bilingual(plan.mark, plan.mark_en).in_language(language))
    if isinstance(part, RoundMail):
        measures = tuple(sorted(part.measures, key=lambda measure: measure.due_on))
        late = max(measure.days_late for measure in measures)
        letter = single.of_round(part, base_url)
        return _Entry(*said, letter, single.link_of_round(part, base_url), measures[0].due_on, late, measures)
    letter = single.of_inquiry(part, base_url, sender, at)
    return _Entry(*said, letter, single.link_of_inquiry(part, base_url), part.inquiry.due_on, part.days_late)


def _is_to_office(part: Part) -> bool:
    """Whether a mail goes to a department's shared mailbox."""
    if isinstance(part, RoundMail):
        return part.department is not None and part.department.name == part.mail.recipient_name
    return part.is_to_office


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
