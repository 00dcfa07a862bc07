"""What was found, as the page of a search shows it: in words, with its address and the hit in its context."""

from __future__ import annotations

from dataclasses import dataclass

import i18n
from domain import search_text
from domain.search_text import Piece
from domain.text import Bilingual
from i18n import N_
from records.search_sources import Age, Entry, Kind, Page
from web.labels import document_in_words

KINDS = {
    Kind.PLAN: N_("計画"),
    Kind.NODE: N_("施策・基本目標など"),
    Kind.INDICATOR: N_("指標"),
    Kind.REPORT: N_("進捗報告・見直しの提案"),
    Kind.EVALUATION: N_("評価"),
    Kind.OPINION: N_("意見"),
    Kind.PROJECT: N_("キープロジェクト"),
    Kind.CHECK_IN: N_("状況確認"),
    Kind.TRIAL: N_("試行"),
    Kind.MATTER: N_("付議事項"),
    Kind.MEETING: N_("会議"),
    Kind.ATTACHMENT: N_("添付ファイル"),
    Kind.DOCUMENT: N_("文書"),
    Kind.TERM: N_("用語"),
    Kind.DEPARTMENT: N_("部署"),
    Kind.PERSON: N_("職員"),
}
_AGES = {
    Kind.NODE: {Age.BEFORE: N_("以前の版"), Age.TO_COME: N_("これからの版")},
    Kind.DEPARTMENT: {Age.BEFORE: N_("廃止")},
}
_ADDRESSES = {
    Page.PLAN: "/plans/{plan}",
    Page.MEASURE: "/plans/{plan}/measures/{key}",
    Page.INDICATORS: "/plans/{plan}/indicators",
    Page.REPORT: "/reports/{key}",
    Page.WORKBENCH: "/desk/cycles/{cycle}/evaluation/{node}",
    Page.OPINION: "/desk/opinions/{key}",
    Page.PROJECT: "/projects/{key}",
    Page.CHECK_IN: "/check-ins/{key}",
    Page.TRIAL: "/trials/{key}",
    Page.MATTER: "/matters/{key}",
    Page.MEETING: "/meetings/{key}",
    Page.DOCUMENT: "/documents/{key}",
    Page.GLOSSARY: "/plans/{plan}/glossary",
    Page.DEPARTMENT: "/organisation/departments/{key}",
    Page.PERSON: "/organisation/people/{key}",
    Page.NOWHERE: "",
}
_TITLE_AT_MOST = 120


@dataclass(frozen=True)
class Found:
    """One line of the page. `address` "": there is no page of it for this person; `age` "": nothing to say of it."""

    entry: Entry
    address: str
    title: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]
    age: str


def found(entry: Entry, words: tuple[str, ...], language: str) -> Found:
    """An entry in the reader's language; where only the other language has the hit, that is what is quoted."""
    named = entry.title if entry.title.ja else entry.context[0]
    title = named.in_language(language)
    texts = [*(text.in_language(language) for text in entry.texts), *(text.ja for text in entry.texts)]
    texts += [text.en for text in entry.texts]
    if not search_text.holds_any(title, words):
        texts += [named.ja, named.en]
    quoted = next((text for text in texts if search_text.holds_any(text, words)), "")
    age = _AGES.get(entry.kind, {}).get(entry.age)
    return Found(
        entry,
        address_of(entry),
        search_text.excerpt(title, words, before=_TITLE_AT_MOST, longest=_TITLE_AT_MOST),
        search_text.excerpt(quoted, words),
        i18n.translate(language, age) if age else "",
    )


def address_of(entry: Entry) -> str:
    """The page on which an entry is shown to whoever found it."""
    cycle, _, node = entry.key.partition("/")
    plan = entry.plan.code if entry.plan else ""
    return _ADDRESSES[entry.page].format(plan=plan, key=entry.key, cycle=cycle, node=node)


def kind_in_words(kind: Kind, language: str) -> str:
    return i18n.translate(language, KINDS[kind])


def document_name(kind: str) -> Bilingual:
    return Bilingual(document_in_words(kind, "ja"), document_in_words(kind, "en"))
