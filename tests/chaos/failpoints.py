"""Named points at which a process can be made to die or to stall. The product knows nothing of them.

A harness arms a point by a file; the first process that reaches it takes the file away and obeys. The points lie
where a crash hurts most: between what the world has seen and what the record knows of it.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from sqlalchemy import event
from sqlmodel import Session

from activities.mailing import MailingActivities
from activities.rendering import Renderer
from db import tables as t
from domain.mail_ledger import MailState, Outcome
from mail.send import Handed, SmtpMailer
from records import mails, reporting
from relay import Relay


class Failpoint(StrEnum):
    """Where, in the order of a submission's way from form to mail."""

    IN_MIGRATION = "in-migration"
    BEFORE_SUBMISSION_COMMIT = "before-submission-commit"
    AFTER_SUBMISSION_COMMIT = "after-submission-commit"
    BEFORE_SIGNAL = "before-signal"
    AFTER_SIGNAL = "after-signal"
    BEFORE_OUTBOX_DONE = "before-outbox-done"
    AFTER_OUTBOX_DONE = "after-outbox-done"
    AFTER_CLAIM = "after-claim"
    BEFORE_DATA = "before-data"
    AFTER_DATA = "after-data"
    BEFORE_SENT_COMMIT = "before-sent-commit"
    AFTER_SENT_COMMIT = "after-sent-commit"
    IN_DOCUMENT = "in-document"


class Action(StrEnum):
    EXIT = "exit"  # as by kill -9
    STALL = "stall"  # the process goes on after a while, unaware of the time


WEB = (Failpoint.BEFORE_SUBMISSION_COMMIT, Failpoint.AFTER_SUBMISSION_COMMIT)
"""Those that the web process reaches; the others are the worker's, but for the migration."""


def put(owner: Any, name: str, instead: Callable[..., Any]) -> None:
    """Something else in the place of a function of the product, for as long as this process lives."""
    setattr(owner, name, instead)


class Failpoints:
    """The armed points of an installation, as files in its folder."""

    def __init__(self, folder: Path) -> None:
        self._armed = folder / "armed"
        self._fired = folder / "fired"
        self._armed.mkdir(exist_ok=True)
        self._fired.mkdir(exist_ok=True)
        self._passed: dict[str, int] = {}

    def arm(self, point: Failpoint, action: Action, *, seconds: float = 0, skip: int = 0) -> None:
        """The process that next reaches the point, after `skip` passings, stops there; `seconds` of a stall."""
        draft = self._armed / f".{point}"
        draft.write_text(json.dumps({"action": action, "seconds": seconds, "skip": skip}))
        draft.rename(self._armed / point)

    def disarm(self, point: Failpoint) -> bool:
        """Whether it was still armed."""
        try:
            (self._armed / point).unlink()
        except FileNotFoundError:
            return False
        return True

    def has_fired(self, point: Failpoint) -> bool:
        return not (self._armed / point).exists()

    def reach(self, point: Failpoint) -> None:
        """Called by the processes. Costs a look at a file where nothing is armed."""
        file = self._armed / point
        try:
            order = json.loads(file.read_text())
            self._passed[point] = self._passed.get(point, 0) + 1
            if self._passed[point] <= order["skip"]:
                return
            file.rename(self._fired / f"{point}-{time.monotonic_ns()}")  # of several processes one has it
        except FileNotFoundError:
            return
        self._passed[point] = 0
        if order["action"] == Action.EXIT:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(order["seconds"])

    def install(self) -> None:
        """Let this process pass by the points."""
        self._around(MailingActivities, "_claim", after=Failpoint.AFTER_CLAIM)
        self._around(Relay, "_mark", before=Failpoint.BEFORE_OUTBOX_DONE, after=Failpoint.AFTER_OUTBOX_DONE)
        self._around(Renderer, "rendered", after=Failpoint.IN_DOCUMENT)
        self._around(Operations, "create_table", after=Failpoint.IN_MIGRATION)
        self._around_signals()
        self._around_data()
        self._around_sent()
        self._around_submission()

    def _around(
        self, owner: Any, name: str, *, before: Failpoint | None = None, after: Failpoint | None = None
    ) -> None:
        inner: Callable[..., Any] = getattr(owner, name)

        @functools.wraps(inner)
        def passing(*args: Any, **kwargs: Any) -> Any:
            if before is not None:
                self.reach(before)
            given = inner(*args, **kwargs)
            if after is not None:
                self.reach(after)
            return given

        put(owner, name, passing)

    def _around_signals(self) -> None:
        deliver = Relay._deliver

        async def passing(relay: Relay, batch: Sequence[t.Outbox]) -> str | None:
            self.reach(Failpoint.BEFORE_SIGNAL)
            note = await deliver(relay, batch)
            self.reach(Failpoint.AFTER_SIGNAL)
            return note

        put(Relay, "_deliver", passing)

    def _around_data(self) -> None:
        hand_over = SmtpMailer.hand_over

        async def passing(mailer: SmtpMailer, message: Any) -> Handed:
            self.reach(Failpoint.BEFORE_DATA)
            handed = await hand_over(mailer, message)
            if handed.outcome is Outcome.ACCEPTED:
                self.reach(Failpoint.AFTER_DATA)
            return handed

        put(SmtpMailer, "hand_over", passing)

    def _around_sent(self) -> None:
        finish, write = mails.finish_attempts, MailingActivities._write

        def passing(*args: Any) -> list[MailState]:
            states = finish(*args)
            if MailState.SENT in states:
                self.reach(Failpoint.BEFORE_SENT_COMMIT)
            return states

        def committed(*args: Any) -> Any:
            states, begun = write(*args)
            if MailState.SENT in states:
                self.reach(Failpoint.AFTER_SENT_COMMIT)
            return states, begun

        put(mails, "finish_attempts", passing)
        put(MailingActivities, "_write", committed)

    def _around_submission(self) -> None:
        submit = reporting.submit_held  # form, API and workbook all end in it

        def passing(session: Session, *args: Any) -> Any:
            given = submit(session, *args)
            self.reach(Failpoint.BEFORE_SUBMISSION_COMMIT)
            event.listen(session, "after_commit", lambda _: self.reach(Failpoint.AFTER_SUBMISSION_COMMIT), once=True)
            return given

        put(reporting, "submit_held", passing)
