"""Handing a mail over to real mail servers on this machine: every way it can end has its outcome."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from domain.mail_ledger import Outcome
from mail import compose
from mail.compose import Letter
from mail.send import Handed, MailServer, SmtpMailer, kept_open

HOST = "127.0.0.1"
BODY = "学校教育課の次の進捗報告が、期限を過ぎてもまだ提出されていません。\n.\n..点で始まる行\n"


def letter(message_id: str = "<7@meguru.example>") -> EmailMessage:
    return compose.address(
        Letter("【督促】進捗報告が未提出です", BODY),
        "meguru@city.example",
        "sato@city.example",
        "佐藤 花子",
        message_id,
        datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    )


@dataclass
class Office:
    """A mail server that answers as it is told; what it took is in `taken`."""

    rcpt: str = "250 OK"
    data: str = "250 OK"
    hangs_up_after_data: bool = False
    taken: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.taken.append(envelope)
        if self.hangs_up_after_data:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return ""
        return self.data


@asynccontextmanager
async def listening(factory: Callable[[], asyncio.Protocol]) -> Any:
    server = await asyncio.get_running_loop().create_server(factory, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def hand_over_to(office: Office) -> Handed:
    async def run() -> Handed:
        async with listening(lambda: SMTP(office, hostname="mail.city.example")) as port:
            return await mailer(port).hand_over(letter())

    return asyncio.run(run())


def mailer(port: int, timeout: float = 5) -> SmtpMailer:
    return SmtpMailer(MailServer(HOST, port, "meguru@city.example", timeout=timeout))


def test_an_accepted_mail_arrives_whole() -> None:
    office = Office()
    assert hand_over_to(office) == Handed(Outcome.ACCEPTED)
    [envelope] = office.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("meguru@city.example", ["sato@city.example"])
    assert isinstance(envelope.content, bytes)
    arrived = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(arrived, EmailMessage)
    assert arrived["Message-ID"] == "<7@meguru.example>"
    assert arrived["Subject"] == "【督促】進捗報告が未提出です"
    assert arrived["To"].addresses[0].display_name == "佐藤 花子"
    assert arrived.get_content().replace("\r\n", "\n") == BODY


@pytest.mark.parametrize(
    ("office", "outcome", "said"),
    [
        (Office(rcpt="451 greylisted, come back"), Outcome.REFUSED_FOR_NOW, "greylisted"),
        (Office(rcpt="550 no such user"), Outcome.REFUSED_FOR_GOOD, "no such user"),
        (Office(data="451 disk full"), Outcome.REFUSED_FOR_NOW, "disk full"),
        (Office(data="554 looks like spam"), Outcome.REFUSED_FOR_GOOD, "looks like spam"),
    ],
    ids=["451 at RCPT", "550 at RCPT", "451 after DATA", "554 after DATA"],
)
def test_a_refusal_is_for_now_or_for_good_as_the_server_says(office: Office, outcome: Outcome, said: str) -> None:
    handed = hand_over_to(office)
    assert handed.outcome is outcome
    assert said in handed.error
    assert office.taken == []


def test_a_connection_cut_after_data_is_ambiguous_for_the_mail_may_have_arrived() -> None:
    office = Office(hangs_up_after_data=True)
    assert hand_over_to(office).outcome is Outcome.AMBIGUOUS
    assert len(office.taken) == 1, "this time it had"


def test_a_closed_port_is_not_reached() -> None:
    with closing(socket.socket()) as held:
        held.bind((HOST, 0))
        port = held.getsockname()[1]  # bound but not listening: refused
        handed = asyncio.run(mailer(port).hand_over(letter()))
    assert handed.outcome is Outcome.NOT_REACHED
    assert handed.error


def test_an_unknown_host_is_not_reached() -> None:
    unknown = SmtpMailer(MailServer("mail.invalid", 25, "meguru@city.example", timeout=2))
    assert asyncio.run(unknown.hand_over(letter())).outcome is Outcome.NOT_REACHED


Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def hand_over_to_script(script: Script, timeout: float) -> Handed:
    """Hand over to a server that plays a script instead of SMTP as it should be."""

    async def run() -> Handed:
        done = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await script(reader, writer)
                await done.wait()
            except ConnectionError:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(serve, HOST, 0)
        try:
            return await mailer(server.sockets[0].getsockname()[1], timeout).hand_over(letter())
        finally:
            done.set()
            server.close()
            await asyncio.sleep(0.01)

    return asyncio.run(run())


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the connection and says nothing."""


def _answers_until(last: bytes) -> Script:
    """Answers as it should and falls silent after a command (`.` ends the mail)."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.city.example\r\n")
        while line := await reader.readline():
            if line.strip().upper().startswith(last):
                return
            answer = b"354 go on\r\n" if line.strip() == b"DATA" else b"250 OK\r\n"
            writer.write(answer)
            if line.strip() == b"DATA":
                while (await reader.readline()).strip() != b".":
                    pass
                return

    return script


def test_a_server_that_says_nothing_is_not_reached() -> None:
    assert hand_over_to_script(_silent, 0.2).outcome is Outcome.NOT_REACHED


@pytest.mark.parametrize("last", [b"MAIL", b"RCPT"])
def test_a_server_that_falls_silent_before_data_took_nothing(last: bytes) -> None:
    assert hand_over_to_script(_answers_until(last), 0.2).outcome is Outcome.REFUSED_FOR_NOW


def test_a_server_that_falls_silent_after_the_final_dot_leaves_the_mails_fate_unknown() -> None:
    assert hand_over_to_script(_answers_until(b"QUIT"), 0.2).outcome is Outcome.AMBIGUOUS


def test_a_wrong_password_holds_the_mails_back_until_the_settings_are_mended() -> None:
    async def run() -> Handed:
        async with listening(lambda: SMTP(Office(), hostname="mail.city.example")) as port:
            server = MailServer(HOST, port, "meguru@city.example", username="meguru", password="wrong", timeout=5)
            return await SmtpMailer(server).hand_over(letter())

    assert asyncio.run(run()).outcome is Outcome.NOT_REACHED


def test_a_mailer_serves_several_mails_at_once() -> None:
    office = Office()

    async def run() -> list[Handed]:
        async with listening(lambda: SMTP(office, hostname="mail.city.example")) as port:
            shared = mailer(port)
            return await asyncio.gather(*(shared.hand_over(letter(f"<{n}@meguru.example>")) for n in range(10)))

    assert {handed.outcome for handed in asyncio.run(run())} == {Outcome.ACCEPTED}
    ids = {message_from_bytes(e.content)["Message-ID"] for e in office.taken if isinstance(e.content, bytes)}
    assert len(ids) == 10


@dataclass
class Counter:
    """Connections that a mail server was asked for; after `most` mails it hangs up each, as many do."""

    office: Office
    most: int = 1_000
    connections: int = 0

    def __call__(self) -> asyncio.Protocol:
        self.connections += 1
        taken_before = len(self.office.taken)

        class Tired(SMTP):
            async def smtp_MAIL(inner, arg: str | None) -> None:  # noqa: N802, N805 (aiosmtpd's name)
                if len(self.office.taken) - taken_before >= self.most:
                    await inner.push("421 enough for now")
                    assert isinstance(inner.transport, asyncio.WriteTransport)
                    inner.transport.close()
                    return
                await super().smtp_MAIL(arg)

        return Tired(self.office, hostname="mail.city.example")


def send_in_a_row(server: Counter, mails: int) -> list[Handed]:
    async def run() -> list[Handed]:
        async with listening(server) as port, kept_open(mailer(port)) as keeping:
            return [await keeping.hand_over(letter(f"<{n}@meguru.example>")) for n in range(mails)]

    return asyncio.run(run())


def test_the_mails_of_a_batch_share_a_connection() -> None:
    server = Counter(Office())
    assert send_in_a_row(server, 5) == [Handed(Outcome.ACCEPTED)] * 5
    assert (len(server.office.taken), server.connections) == (5, 1)


def test_a_mail_server_that_has_had_enough_of_a_connection_is_called_anew() -> None:
    server = Counter(Office(), most=2)
    assert send_in_a_row(server, 5) == [Handed(Outcome.ACCEPTED)] * 5
    assert (len(server.office.taken), server.connections) == (5, 3)


def test_a_refused_mail_leaves_nothing_behind_on_the_connection_of_the_next() -> None:
    server = Counter(Office(rcpt="550 no such user"))
    assert {handed.outcome for handed in send_in_a_row(server, 2)} == {Outcome.REFUSED_FOR_GOOD}
    assert server.connections == 2
