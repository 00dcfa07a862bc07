"""Renders a mail calendar; it is made on demand and not stored."""

from __future__ import annotations

from documents import mail_calendar_excel, mail_calendar_ics
from documents.mail_calendar import MailCalendar
from documents.mail_calendar_content import content_of
from documents.pages import page
from documents.writable import writable

EXTENSIONS = ("html", "ics", "xlsx")


def render(calendar: MailCalendar) -> dict[str, bytes]:
    """The calendar in every format, by the end of the file's name (`EXTENSIONS`)."""
    calendar = writable(calendar)
    content = content_of(calendar)
    return {
        "html": page("mail_calendar.html", calendar=content, labels=content.labels).encode(),
        "ics": mail_calendar_ics.render(calendar, content),
        "xlsx": mail_calendar_excel.render(calendar, content),
    }
