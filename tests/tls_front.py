"""TLS before a server that has none, as a proxy or Temporal Cloud puts it there: certificates, and what came in."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

_NOW = datetime.now(UTC)  # noqa: TID251 (TLS looks at the clock of this machine)


@dataclass(frozen=True)
class Authority:
    """Somebody who signs certificates; its own is in `file`."""

    folder: Path
    name: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def file(self) -> Path:
        return self.folder / f"{self.name}.pem"

    def __post_init__(self) -> None:
        own = self._certificate(self.name, self.key, 30).add_extension(x509.BasicConstraints(True, None), critical=True)
        self.file.write_bytes(own.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, days_left: int = 30) -> tuple[Path, Path]:
        """The files of a certificate for a name, and of its key. With days below zero it has ended."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name)])
        made = self._certificate(name, key, days_left).add_extension(alternatives, critical=False)
        certificate, secret = (self.folder / f"{name}-{self.name}-{days_left}.{end}" for end in ("pem", "key"))
        certificate.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        form = serialization.PrivateFormat.PKCS8
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
        return certificate, secret

    def _certificate(self, name: str, key: ec.EllipticCurvePrivateKey, days_left: int) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_NOW + timedelta(days=days_left - 90))
            .not_valid_after(_NOW + timedelta(days=days_left))
        )


@dataclass
class Front:
    """What listens with TLS at `address`, and the headers of the requests that came through."""

    address: str = ""
    requests: list[dict[str, str]] = field(default_factory=list)


@asynccontextmanager
async def tls_before(
    address: str, certificate: tuple[Path, Path], clients: Authority | None = None
) -> AsyncIterator[Front]:
    """TLS before `address`. With `clients` only those are let through that this authority vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    context.set_alpn_protocols(["h2"])
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients.file)
    front = Front()
    host, _, port = address.rpartition(":")
    carrying: set[asyncio.Task[None]] = set()
    ends: list[asyncio.StreamWriter] = []

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            carrying.add(task)
        inner_reader, inner_writer = await asyncio.open_connection(host, int(port))
        ends.extend((writer, inner_writer))
        heard = H2Connection(H2Configuration(client_side=False))
        heard.initiate_connection()

        def hear(said: bytes) -> None:
            for event in heard.receive_data(said):
                if isinstance(event, RequestReceived):
                    front.requests.append({name.decode(): value.decode() for name, value in event.headers})
            heard.clear_outbound_data_buffer()

        await asyncio.gather(_pour(reader, inner_writer, hear), _pour(inner_reader, writer, lambda _: None))

    server = await asyncio.start_server(carry, "127.0.0.1", 0, ssl=context)
    front.address = f"localhost:{server.sockets[0].getsockname()[1]}"
    try:
        yield front
    finally:
        server.close()
        for end in ends:
            end.transport.abort()
        await asyncio.gather(*carrying)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hear: Callable[[bytes], None]) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        while said := await reader.read(65_536):
            hear(said)
            writer.write(said)
            await writer.drain()
    writer.close()
