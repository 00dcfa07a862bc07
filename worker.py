"""The worker: runs workflows and activities, and relays the outbox. `python worker.py`"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from importlib.metadata import version

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

import settings as settings_module
import telemetry
import wall_clock
from activities.cycle import CycleActivities
from activities.documents import DocumentActivities
from activities.heartbeat import Heartbeats
from activities.inquiry import InquiryActivities
from activities.key_project import KeyProjectActivities
from activities.mailing import MailingActivities
from activities.rendering import Renderer
from activities.review import ReviewActivities
from db import migrate
from db.session import Database
from documents.formats import Format
from domain.identifiers import TASK_QUEUE
from mail import compose
from mail.send import Mailer
from mail_client import mailer
from relay import Relay
from settings import Settings
from temporal_client import connect
from workflows.annual_cycle import AnnualCycleWorkflow
from workflows.collection import CollectionWorkflow
from workflows.digest import DigestWorkflow
from workflows.inquiry import InquiryWorkflow
from workflows.key_project import KeyProjectWorkflow
from workflows.mail import MailWorkflow
from workflows.matter import MatterWorkflow
from workflows.phase_review import PhaseReviewWorkflow

WORKFLOWS = (
    AnnualCycleWorkflow,
    CollectionWorkflow,
    PhaseReviewWorkflow,
    KeyProjectWorkflow,
    MatterWorkflow,
    InquiryWorkflow,
    DigestWorkflow,
    MailWorkflow,
)
# Both or neither: passing only one through would give the workflows two copies of its classes.
WORKFLOW_RUNNER = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules("domain", "activities")
)

_log = logging.getLogger("meguru.worker")
GRACE = timedelta(seconds=20)
"""For how long activities may go on when the worker is to end."""

_CACHED_WORKFLOWS = 4_000
_THREADS = 16
_TEMPORAL_RETRY_SECONDS = 1.0


def build_worker(
    client: Client,
    database: Database,
    to: Mailer,
    base_url: str,
    executor: ThreadPoolExecutor,
    *,
    now: Callable[[], datetime] = wall_clock.now,
    formats: tuple[Format, ...] = tuple(Format),
) -> Worker:
    """A worker of this application; tests and replays build theirs here too, so that all run the same parts.

    A replay gives a `now` of its own, and the `formats` it wants documents in: none, for one that must be quick.
    """
    cycle = CycleActivities(database, now)
    mailing = MailingActivities(database, to, base_url, now)
    renderer = Renderer(formats)
    documents = DocumentActivities(database, now, renderer)
    review = ReviewActivities(database, now, renderer)
    inquiry = InquiryActivities(database, compose.domain_of(to.sender), now)
    key_project = KeyProjectActivities(database, compose.domain_of(to.sender), now, renderer)
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=WORKFLOWS,
        workflow_runner=WORKFLOW_RUNNER,
        activities=[
            cycle.freeze_owners,
            cycle.open_round,
            cycle.load_round,
            cycle.close_cycle,
            mailing.send_mails,
            mailing.send_waiting,
            mailing.send_digest,
            mailing.send_again,
            documents.render_annual_report,
            review.freeze_term,
            review.ask_for_proposals,
            review.make_edition,
            review.render_papers,
            review.render_review,
            review.await_effect,
            review.take_effect,
            review.close_review,
            key_project.ask_and_remind,
            key_project.has_dissolved,
            key_project.render_report,
            inquiry.remind,
            inquiry.remind_or_send_up,
        ],
        activity_executor=executor,
        interceptors=[Heartbeats()],
        max_cached_workflows=_CACHED_WORKFLOWS,
        build_id=version("meguru"),  # else the SDK reads and hashes the code of every loaded module
        graceful_shutdown_timeout=GRACE,
    )


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop`; Temporal being away at the start or later is waited out."""
    database = Database(settings.database_url)
    migrate.require_current(database.engine)
    stopping = asyncio.create_task(stop.wait())
    client = await _connected(settings, stop)
    if client is not None:
        relay = Relay(database, client, wall_clock.now, holder=f"{socket.gethostname()}/{os.getpid()}")
        relaying = asyncio.create_task(relay.run(settings.relay_seconds))
        with ThreadPoolExecutor(max_workers=_THREADS) as executor:
            async with build_worker(client, database, mailer(settings), str(settings.base_url), executor):
                _log.info("working on %s", settings.temporal_address)
                await stopping
        relaying.cancel()
    database.dispose()


async def _connected(settings: Settings, stop: asyncio.Event) -> Client | None:
    """A client, however long Temporal takes to be there; None when the worker is stopped before."""
    while not stop.is_set():
        try:
            return await connect(settings, telemetry.client_interceptors(settings))
        except RuntimeError as error:
            _log.warning("Temporal at %s is not there (%s); trying again", settings.temporal_address, error)
            await asyncio.sleep(_TEMPORAL_RETRY_SECONDS)
    return None


async def main() -> None:
    settings = settings_module.load()
    telemetry.set_up(settings, "worker")
    stop = asyncio.Event()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_, stop.set)
    await run(settings, stop)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except settings_module.WrongSettings as error:
        raise SystemExit(f"wrong settings:\n{error}") from None
    except migrate.OldSchema as error:
        raise SystemExit(str(error)) from None
