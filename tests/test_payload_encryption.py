"""Whoever reads Temporal's store learns nothing of what our processes carry, once a key is set; and keys can change."""

from __future__ import annotations

import asyncio
import secrets
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from google.protobuf import json_format
from sqlmodel import select
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.collection import ObligationState, Round
from mail.send import Handed
from payload_encryption import ENCRYPTED, Encryption, UnreadablePayload
from records import desk
from records.change import Change
from relay import Relay
from settings import Settings
from temporal_client import connect, data_converter
from tests.conftest import PLAN, RememberingMailer
from tests.databases import Databases
from worker import WORKFLOW_RUNNER, WORKFLOWS, build_worker

COLLECTION = f"collection/iizuka/{PLAN}/2020/yearly"
OLD, NEW, STRANGE = ({name: secrets.token_bytes(32)} for name in ("2026-04", "2026-11", "elsewhere"))
PLAIN: dict[str, bytes] = {}
BOTH = NEW | OLD
SAID = "relay refused yamada.taro@city.iizuka.example"
WORDS = ("municipality", "seconds_per_day", "origin_at", SAID)
"""Names of fields of the short messages that start every process (long ones are compressed), and what an error said.
None of them stands in a workflow's id."""


class FailingMailer(RememberingMailer):
    """A part that breaks, with somebody's address in what it says."""

    async def hand_over(self, message: EmailMessage) -> Handed:
        raise RuntimeError(SAID)


@dataclass
class City:
    """The sample city in a namespace of its own, as seen with some keys."""

    database: Database
    address: str
    namespace: str

    def settings(self, keys: dict[str, bytes]) -> Settings:
        given = ",".join(f"{id_}:{b64encode(key).decode()}" for id_, key in keys.items())
        return Settings(payload_keys=given, TEMPORAL_ADDRESS=self.address, TEMPORAL_NAMESPACE=self.namespace)

    @asynccontextmanager
    async def working(self, keys: dict[str, bytes]) -> AsyncIterator[Client]:
        """A worker and a relay with these keys; what waits in the outbox is delivered at once."""
        client = await connect(self.settings(keys))
        with ThreadPoolExecutor(4) as executor:
            async with build_worker(client, self.database, FailingMailer(), "http://localhost", executor):
                await Relay(self.database, client, wall_clock.now, holder="test").drain()
                yield client

    def exempt(self, measure: int) -> None:
        """The desk lets a department off one measure: the round is told."""
        with self.database.reading(EVERY_MUNICIPALITY) as session:
            reports = session.exec(select(t.ProgressReport).where(t.ProgressReport.node_id == measure))
            report = max(reports, key=lambda report: report.id)  # this year's
        with self.database.writing(report.municipality_id) as session:
            change = Change("test", wall_clock.now())
            desk.exempt(session, change, report.id, "休止中のため", date(2021, 1, 18))


async def the_round(client: Client, settled: int = 0) -> Round:
    """What the running round believes, as soon as it is open and so many of its measures are settled."""
    for _ in range(1_200):
        try:
            found: Round | None = await client.get_workflow_handle(COLLECTION).query("state", result_type=Round)
        except Exception:
            found = None
        if found and len([o for o in found.obligations if o.state is ObligationState.EXEMPTED]) >= settled:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("the round does not come to it")


async def failed_once(client: Client) -> None:
    """Wait until Temporal has been told of the error."""
    for _ in range(1_200):
        described = await client.get_workflow_handle(COLLECTION).describe()
        if any(a.HasField("last_failure") for a in described.raw_description.pending_activities):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nothing failed")


def words_in(store: Path) -> set[str]:
    """Which of the words stand in the files of Temporal's store."""
    raw = b"".join(file.read_bytes() for file in store.parent.glob(f"{store.name}*"))
    assert COLLECTION.encode() in raw, "this is where the processes are stored"
    return {word for word in WORDS if word.encode() in raw}


def codes_of(history: WorkflowHistory) -> list[str]:
    """Of every payload in a history as it is stored: the id of its key, or "" where it is not encrypted."""
    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, list):
            for one in value:
                walk(one)
        elif isinstance(value, dict):
            if "encoding" in value.get("metadata", {}):
                payload = Payload()
                json_format.ParseDict(value, payload)
                is_encrypted = payload.metadata["encoding"] == ENCRYPTED
                found.append(payload.metadata["encryption-key-id"].decode() if is_encrypted else "")
            else:
                for one in value.values():
                    walk(one)

    walk([json_format.MessageToDict(event) for event in history.events])
    return found


@dataclass
class Evidence:
    """What was seen while one city ran with a key from the start, and one whose key came later."""

    stored_encrypted: set[str]
    stored_plain: set[str]
    keys_from_the_start: list[str]
    settled: int
    keys_of_the_grown: list[str]
    history: WorkflowHistory
    strange: str
    none: str


@pytest.fixture(scope="module")
def evidence(databases: Databases, sample_template: str, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    store = tmp_path_factory.mktemp("encrypted") / "temporal.sqlite"
    with databases.copied(sample_template) as first, databases.copied(sample_template) as grown:
        return asyncio.run(play(store, first, grown))


async def play(store: Path, first_database: Database, grown_database: Database) -> Evidence:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(Path(sys.executable).parent / "temporal"),
        dev_server_database_filename=str(store),
        dev_server_extra_args=["--namespace", "grown", "--sqlite-pragma", "journal_mode=WAL"],
    ) as environment:
        address = environment.client.service_client.config.target_host
        first, grown = City(first_database, address, "default"), City(grown_database, address, "grown")
        async with first.working(OLD) as client:
            await the_round(client)
            await failed_once(client)
            stored_encrypted = words_in(store)
            from_the_start = codes_of(await client.get_workflow_handle(COLLECTION).fetch_history())
        measures = []
        async with grown.working(PLAIN) as client:
            measures = [o.measure for o in (await the_round(client)).obligations]
            await failed_once(client)
            stored_plain = words_in(store)
        for keys, measure in ((OLD, measures[0]), (BOTH, measures[1])):
            grown.exempt(measure)
            async with grown.working(keys) as client:
                settled = await the_round(client, settled=measures.index(measure) + 1)
        history = await client.get_workflow_handle(COLLECTION).fetch_history()
        return Evidence(
            stored_encrypted,
            stored_plain,
            from_the_start,
            len([o for o in settled.obligations if o.state is ObligationState.EXEMPTED]),
            codes_of(history),
            history,
            await refusal(first, STRANGE),
            await refusal(first, PLAIN),
        )


async def refusal(of: City, keys: dict[str, bytes]) -> str:
    """What somebody with other keys is told who wants to see how a process was started."""
    client = await connect(of.settings(keys))
    (started, *_) = (await client.get_workflow_handle(COLLECTION).fetch_history()).events
    order = started.workflow_execution_started_event_attributes.input.payloads
    with pytest.raises(UnreadablePayload) as refused:
        await client.data_converter.decode(order)
    return str(refused.value)


def test_nothing_of_what_a_process_carries_stands_in_temporals_store(evidence: Evidence) -> None:
    assert evidence.stored_encrypted == set()
    assert evidence.stored_plain == set(WORDS), "without a key all of it does: the search finds what is there"
    assert set(evidence.keys_from_the_start) == {"2026-04"}
    assert len(evidence.keys_from_the_start) >= 3


def test_a_running_process_goes_on_when_a_key_is_set_and_when_it_is_changed(evidence: Evidence) -> None:
    assert evidence.settled == 2, "it was told of both events"
    assert set(evidence.keys_of_the_grown) == {"", "2026-04", "2026-11"}


def test_a_history_from_before_and_after_the_keys_replays(evidence: Evidence, caplog: pytest.LogCaptureFixture) -> None:
    def replayer(keys: dict[str, bytes]) -> Replayer:
        return Replayer(workflows=WORKFLOWS, workflow_runner=WORKFLOW_RUNNER, data_converter=data_converter(keys))

    asyncio.run(replayer(BOTH).replay_workflow(evidence.history))
    with pytest.raises(Exception, match="UnreadablePayload"):
        asyncio.run(replayer(NEW).replay_workflow(evidence.history))
    assert "with the key '2026-04', which this process does not have: add it to MEGURU_PAYLOAD_KEYS" in caplog.text


def test_who_lacks_the_key_is_told_which_one_and_nothing_else(evidence: Evidence) -> None:
    for said in (evidence.strange, evidence.none):
        assert said.startswith("this was encrypted with the key '2026-04', which this process does not have")
        assert "MEGURU_PAYLOAD_KEYS" in said


def sealed(text: bytes, keys: dict[str, bytes]) -> Payload:
    (payload,) = asyncio.run(Encryption(keys).encode([Payload(metadata={"encoding": b"json/plain"}, data=text)]))
    return payload


def opened(payload: Payload, keys: dict[str, bytes]) -> bytes:
    (found,) = asyncio.run(Encryption(keys).decode([payload]))
    return found.data


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    old = sealed(b"word", OLD)
    assert opened(old, BOTH) == b"word"
    new = sealed(b"word", BOTH)
    assert (new.metadata["encryption-key-id"], b"word" in new.SerializeToString()) == (b"2026-11", False)
    assert new != sealed(b"word", BOTH), "the same twice is not seen to be the same"
    assert opened(Payload(data=b"word"), BOTH) == b"word", "what was never encrypted"


def test_what_was_changed_under_way_is_refused() -> None:
    whole = sealed(b"word", OLD)
    for wrong in (whole.data[:-1] + bytes([whole.data[-1] ^ 1]), whole.data[:5], b""):
        with pytest.raises(UnreadablePayload, match="cannot be decrypted with the key '2026-04'"):
            opened(Payload(metadata=whole.metadata, data=wrong), OLD)
    another = {"2026-04": STRANGE["elsewhere"]}
    with pytest.raises(UnreadablePayload, match="another key has the same id"):
        opened(whole, another)
    renamed = Payload(metadata={**whole.metadata, "encryption-key-id": b"elsewhere"}, data=whole.data)
    with pytest.raises(UnreadablePayload):
        opened(renamed, {"elsewhere": OLD["2026-04"]})
