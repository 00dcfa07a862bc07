"""The page before a change is made: what changes, and whose mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import Request, Response
from sqlmodel import Session

from domain.text import named, titled, typed_text
from i18n import translate
from mail.compose import day_in_words
from records import desk, people
from records.mail_changes import ForeseenRound
from records.reporting import ReportInHand
from web.context import language_of
from web.pages import page
from web.paths import board_of

PREVIEW = "preview"
"""What the button of a form says that first wants to see."""


@dataclass(frozen=True)
class Considered:
    """A change that waits for its confirmation: what the form held, to be sent again.

    `facts` are (name, value) pairs, `goes_to` the address that makes the change, `back` the page it came from.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    confirm: str
    goes_to: str
    back: str
    typed: Sequence[tuple[str, str]]


def foreseen_page(request: Request, considered: Considered, rounds: Sequence[ForeseenRound]) -> Response:
    return page(request, "desk/foreseen.html", considered=considered, rounds=rounds)


def considered_extension(
    request: Request, session: Session, request_id: int, due_on: date, typed: Mapping[str, str]
) -> Considered:
    language = language_of(request)
    asked, round_ = desk.find_request(session, request_id)
    facts = [
        (translate(language, "部署"), _department(session, asked.department_id, language)),
        (translate(language, "新しい期限"), day_in_words(due_on, language)),
        _reason(typed, language),
    ]
    back = f"{board_of(round_)}?open={request_id}#request-{request_id}"
    return Considered(
        translate(language, "期限を延長する"),
        facts,
        translate(language, "この内容で期限を延長する"),
        f"/desk/requests/{request_id}/extend",
        back,
        list(typed.items()),
    )


def considered_exemption(request: Request, held: ReportInHand, typed: Mapping[str, str]) -> Considered:
    language = language_of(request)
    return Considered(
        translate(language, "今回の報告を免除する"),
        [_measure(held, language), _reason(typed, language)],
        translate(language, "この内容で免除する"),
        f"/desk/reports/{held.report.id}/exempt",
        f"/desk/reports/{held.report.id}",
        list(typed.items()),
    )


def considered_reassignment(
    request: Request, session: Session, held: ReportInHand, department: int, typed: Mapping[str, str]
) -> Considered:
    language = language_of(request)
    facts = [
        _measure(held, language),
        (translate(language, "いまの所管課"), _department(session, held.request.department_id, language)),
        (translate(language, "新しい所管課"), _department(session, department, language)),
        _reason(typed, language),
    ]
    return Considered(
        translate(language, "所管課を変更する"),
        facts,
        translate(language, "この内容で所管課を変更する"),
        f"/desk/reports/{held.report.id}/reassign",
        f"/desk/reports/{held.report.id}",
        list(typed.items()),
    )


def _measure(held: ReportInHand, language: str) -> tuple[str, str]:
    return translate(language, "施策"), f"{held.node.code} {titled(held.node, language)}"


def _reason(typed: Mapping[str, str], language: str) -> tuple[str, str]:
    return translate(language, "理由"), typed_text(typed["reason"])


def _department(session: Session, department: int | None, language: str) -> str:
    if department is None:
        return translate(language, "所管課が未定の施策")
    return named(people.department(session, department), language)
