"""What a replay leaves behind: mails as files, documents by year, a summary."""

from __future__ import annotations

import shutil
from email.message import EmailMessage
from pathlib import Path

from sqlmodel import Session, col, select

from db import tables as t
from domain.calendar import JST
from domain.mail_ledger import Outcome
from mail.send import Handed

RECORD = "replay.sqlite"
"""The record of a replay in its folder; by this file the folder is known to be one."""


class NotOurs(Exception):
    """The folder holds something that no replay wrote; nothing was touched."""


def fresh_folder(out: Path, plan: str) -> Path:
    """The empty folder of a plan's replay; an earlier replay of the plan is thrown away. Raises `NotOurs`."""
    folder = out / plan
    if folder.exists() and any(folder.iterdir()):
        if not (folder / RECORD).exists():
            raise NotOurs(f"{folder} holds something else than a replay")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class CountingMailer:
    """Takes every mail and keeps none: what was sent stands in the ledger."""

    def __init__(self, sender: str) -> None:
        self.sender = sender

    async def hand_over(self, message: EmailMessage) -> Handed:
        return Handed(Outcome.ACCEPTED)


class FolderMailer:
    """Keeps every mail as a file, named by the plan's time, a number and the recipient."""

    def __init__(self, sender: str, folder: Path) -> None:
        self.sender = sender
        self._folder = folder
        self._taken = 0
        folder.mkdir(parents=True, exist_ok=True)

    async def hand_over(self, message: EmailMessage) -> Handed:
        self._taken += 1
        at = message["Date"].datetime.astimezone(JST)
        recipient = message["To"].addresses[0].username
        name = f"{at:%Y-%m-%d-%H%M}-{self._taken:05d}-{_plain(recipient)}.eml"
        (self._folder / name).write_bytes(message.as_bytes())
        return Handed(Outcome.ACCEPTED)


def write_documents(session: Session, folder: Path) -> list[str]:
    """Write every document of the record; their paths inside the folder.

    Those of a year are in `<fiscal year>/`, those of a review in `<edition>/` of the edition it made, else in the
    folder of the year in which it decided to change nothing.
    """
    query = (
        select(t.Document, t.AnnualCycle, t.PhaseReview, t.Edition)
        .outerjoin(t.AnnualCycle, col(t.AnnualCycle.id) == col(t.Document.cycle_id))
        .outerjoin(t.PhaseReview, col(t.PhaseReview.id) == col(t.Document.review_id))
        .outerjoin(t.Edition, col(t.Edition.id) == col(t.PhaseReview.made_edition_id))
        .order_by(col(t.Document.id))
    )
    written = []
    for document, cycle, review, edition in session.exec(query):
        of = edition.code if edition else str((cycle or review).fiscal_year)
        file = folder / _plain(of) / f"{document.kind}.{document.format}"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(document.content)
        written.append(str(file.relative_to(folder)))
    return written


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() or c in ".-_" else "-" for c in name)
