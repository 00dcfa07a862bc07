"""Writes mails from templates: one folder per mail, a subject and a body in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from email.errors import MessageError
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formataddr
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import i18n
from domain.fiscal_year import FiscalYear, era_fiscal_year

TEMPLATES = Path(__file__).parent / "templates"
_WEEKDAYS_JA = "月火水木金土日"
_LINE = 78  # characters of a header, as RFC 5322 recommends


class _Headers(HeaderRegistry):
    """Makes the class of a header once, and what most mails have alike once; the library does so for every mail."""

    @cache  # noqa: B019 (there is one)
    def __getitem__(self, name: str) -> type:
        return super().__getitem__(name)

    def __call__(self, name: str, value: Any) -> Any:
        return self._alike(name, value) if isinstance(value, str) else super().__call__(name, value)

    @lru_cache(maxsize=64)  # noqa: B019 (there is one)
    def _alike(self, name: str, value: str) -> Any:
        return super().__call__(name, value)


class _Policy(EmailPolicy):
    """Writes down what needs no folding as it is, and folds what most mails have alike once."""

    @lru_cache(maxsize=64)  # noqa: B019 (there is one)
    def fold_binary(self, name: str, value: Any) -> bytes:
        text = _with_name(value.addresses[0]) if name == "To" else value
        line = f"{name}: {text}"
        if len(line) > _LINE and name == "To":
            line = line.replace("?= <", "?=\r\n <")
        if line.isascii() and all(len(part) <= _LINE for part in line.splitlines()):
            return f"{line}\r\n".encode()
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n", max_line_length=_LINE, header_factory=_Headers())


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter; `parameters` are those of its media type."""

    content: bytes
    media_type: str
    file_name: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Letter:
    """A mail as written, before it is addressed. A digest has the attachments of all its mails (`further`)."""

    subject: str
    body: str
    attachment: Attachment | None = None
    further: tuple[Attachment, ...] = ()


class NotAnAddress(Exception):
    """What stands as a recipient's mail address can never be mailed to."""


def write(name: str, language: str, **values: Any) -> Letter:
    """The mail `name` in a language, from `templates/<name>/{subject,body}`."""
    environment = _environment(language)
    subject = environment.get_template(f"{name}/subject").render(**values)
    body = environment.get_template(f"{name}/body").render(**values)
    return Letter(" ".join(subject.split()), body.strip() + "\n")


def address(
    letter: Letter, sender: str, recipient: str, recipient_name: str, message_id: str, at: datetime
) -> EmailMessage:
    """The message as it goes to the mail server: UTF-8, with the Message-ID of its claim. Raises `NotAnAddress`."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = _recipient(recipient, recipient_name)
    message["Subject"] = _unbreakable(letter.subject)
    message["Message-ID"] = message_id
    message["Date"] = at
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body, charset="utf-8", cte="base64")
    if letter.attachment is not None:
        _attach(message, letter.attachment)
    for attachment in letter.further:
        _attach(message, attachment)
    return message


def domain_of(sender: str) -> str:
    """The domain of a sender such as `巡 <meguru@city.example>`: what Message-IDs and calendar entries are named by."""
    return sender.rpartition("@")[2].rstrip(">")


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    kind, subtype = attachment.media_type.split("/")
    message.add_attachment(
        attachment.content,
        maintype=kind,
        subtype=subtype,
        filename=attachment.file_name,
        params=dict(attachment.parameters),
    )


def _recipient(address: str, name: str) -> Address:
    try:
        if not address.isascii():
            raise ValueError("not ASCII")
        return Address(" ".join(name.split()), addr_spec=address)  # a header is one line, whatever the name holds
    except (ValueError, IndexError, MessageError) as error:  # all of which `Address` raises
        raise NotAnAddress(f"{address!r} is no mail address") from error


def _with_name(recipient: Address) -> str:
    """Name and address with the name as one encoded word, where that is enough: the library takes 1 ms for it."""
    return formataddr((recipient.display_name, recipient.addr_spec))


def day_in_words(day: date, language: str) -> str:
    """A day as mails and pages say it: 2021年2月15日（月） / Mon 15 Feb 2021."""
    if language == "en":
        return format_date(day, "EEE d MMM y", locale="en_GB")
    return f"{day.year}年{day.month}月{day.day}日（{_WEEKDAYS_JA[day.weekday()]}）"


def fiscal_year_in_words(fiscal_year: int, language: str) -> str:
    """令和2年度（2020年度） / FY2020 (Reiwa 2 is left to the Japanese page)."""
    if language == "en":
        return f"FY{fiscal_year}"
    return f"{era_fiscal_year(FiscalYear(fiscal_year))}（{fiscal_year}年度）"


def _unbreakable(text: str) -> str:
    """`text` with blanks that survive: Python 3.11 loses a blank where it folds a header of encoded words."""
    return text if text.isascii() else text.replace(" ", "\u00a0")


def nobody(language: str) -> str:
    """What stands for a department where nobody is responsible."""
    return i18n.translate(language, "所管課が未定の施策")


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=False,  # plain text mails
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,  # else it looks at the file for every mail
    )
    environment.install_gettext_translations(i18n.translations(language), newstyle=True)  # type: ignore[attr-defined]  # the i18n extension adds it
    environment.filters["day"] = lambda day: day_in_words(day, language)
    environment.filters["fiscal_year"] = lambda year: fiscal_year_in_words(year, language)
    return environment
