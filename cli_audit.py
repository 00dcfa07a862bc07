"""The part of the command line for the audit log: verifying its chains, and anchoring them elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli_context import fail, open_database

if TYPE_CHECKING:  # for the types alone: importing these at every start would make --help slow
    from domain.audit_chain import Anchor
    from records.audit import Verification

audit_app = typer.Typer(no_args_is_help=True, help="The audit log.")

_SHORTEST_KEY = 32
_Key = Annotated[
    Path | None, typer.Option("--key", help="File with the secret that seals anchors; keep it off this machine's disk.")
]


@audit_app.command("anchor")
def audit_anchor(
    to: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="File to append to, or folder for a new file.")],
    key: _Key = None,
) -> None:
    """Write down where the audit chain of every municipality stands, to be kept where this machine cannot change it.

    What is printed is the same in short, for paper. Nothing is anchored that contradicts the anchors already there.
    """
    import wall_clock
    from domain.audit_chain import Anchor

    secret, at = _secret(key), wall_clock.now()
    anchors, good = _anchors(to, secret) if to.exists() else ([], True)
    made = []
    for code, found in _verified(anchors):
        good = _tell(code, found, anchors, only_faults=True) and good
        if found.is_sound and found.entries:
            anchor = Anchor(code, found.entries, found.last, at)
            made.append(anchor.sealed(secret) if secret else anchor)
    if made:
        _append(to / f"audit-anchor-{at:%Y%m%dT%H%M%S%fZ}.jsonl" if to.is_dir() else to, made)
    for anchor in made:
        typer.echo(anchor.on_paper)
    raise typer.Exit(0 if good else 1)


@audit_app.command("verify")
def audit_verify(
    anchor: Annotated[
        Path | None, typer.Option("--anchor", metavar="FILE|DIR", help="Anchors to compare the chains with.")
    ] = None,
    paper: Annotated[
        list[str] | None, typer.Option(help='An anchor as it was printed: "CODE NUMBER GROUPS". May be given again.')
    ] = None,
    key: _Key = None,
) -> None:
    """Recompute the audit chain of every municipality: rewriting, reordering and truncation show.

    Only with anchors does it show that a chain was made anew with right digests, or cut off together with its end.
    """
    anchors, good = _anchors(anchor, _secret(key)) if anchor else ([], True)
    anchors += [_typed(text) for text in paper or ()]
    missing = {one.municipality for one in anchors}
    for code, found in _verified(anchors):
        missing.discard(code)
        good = _tell(code, found, [one for one in anchors if one.municipality == code]) and good
    for code in sorted(missing):
        typer.echo(f"{code}: there are anchors of it, but no such municipality", err=True)
    raise typer.Exit(0 if good and not missing else 1)


def _verified(anchors: Sequence[Anchor]) -> Iterator[tuple[str, Verification]]:
    """Each municipality's code with the state of its chain."""
    from db.session import EVERY_MUNICIPALITY
    from records import audit, people

    database = open_database()
    with database.reading(EVERY_MUNICIPALITY) as session:
        municipalities = people.municipalities(session)
    for city in municipalities:
        with database.reading(city.id) as session:
            yield city.code, audit.verify(session, [one for one in anchors if one.municipality == city.code])


def _tell(code: str, found: Verification, anchors: Sequence[Anchor], *, only_faults: bool = False) -> bool:
    """Say what was found of a chain; whether it is sound."""
    from domain.audit_chain import Fault

    if found.broken_at is not None:
        vouched = f", up to entry {found.compared.vouched} as anchored" if found.compared.vouched else ""
        typer.echo(f"{code}: broken at entry {found.broken_at} ({found.fault}){vouched}", err=True)
    if contradiction := found.compared.contradiction:
        where = f"entries {contradiction.first} to {contradiction.last}"
        match contradiction.fault:
            case Fault.TRUNCATED:
                typer.echo(f"{code}: truncated: {where} were anchored and are missing", err=True)
            case Fault.REPLACED:
                typer.echo(f"{code}: replaced: not one anchor fits; made anew from entry 1 on", err=True)
            case _:
                typer.echo(
                    f"{code}: rewritten and chained anew: in or before entry {contradiction.last}, ", nl=False, err=True
                )
                typer.echo(f"not before entry {contradiction.first}", err=True)
    if found.is_sound and not only_faults:
        said = f"; {len(anchors)} anchors fit, the last at entry {found.compared.vouched}" if anchors else ""
        typer.echo(f"{code}: unbroken, {found.entries} in all{said}")
    return found.is_sound


def _secret(key: Path | None) -> bytes | None:
    if key is None:
        return None
    try:
        secret = key.read_bytes().strip()
    except OSError as error:
        fail(f"{key} cannot be read: {error.strerror}")
    if len(secret) < _SHORTEST_KEY:
        fail(f"{key}: a key needs at least {_SHORTEST_KEY} characters")
    return secret


def _anchors(at: Path, secret: bytes | None) -> tuple[list[Anchor], bool]:
    """The anchors of a file or of all files of a folder; whether all of them can be believed.

    With a key an anchor without a right seal is told and left out: whoever could write the file has no key.
    """
    from domain.audit_chain import UnreadableAnchor, read

    found, good, unchecked = [], True, 0
    for file in sorted(at.glob("*.jsonl")) if at.is_dir() else [at]:
        try:
            anchors = read(file.read_text(encoding="utf-8"))
        except OSError as error:
            fail(f"{file} cannot be read: {error.strerror}")
        except (UnreadableAnchor, UnicodeDecodeError) as error:
            fail(f"{file}: not an anchor, line {error}")
        for number, anchor in enumerate(anchors, 1):
            if secret and not anchor.is_sealed_with(secret):
                good = False
                typer.echo(f"{file}: anchor {number}: the seal does not fit; it is left out", err=True)
            else:
                unchecked += bool(anchor.seal and not secret)
                found.append(anchor)
    if unchecked:
        typer.echo(f"{at}: {unchecked} seals not checked; give --key", err=True)
    return found, good


def _typed(text: str) -> Anchor:
    from domain.audit_chain import from_paper

    anchor = from_paper(text)
    if anchor is None or not anchor.municipality:
        fail(f'"{text}" is not an anchor; it should be: CODE NUMBER and twelve groups of four')
    return anchor


def _append(file: Path, anchors: Sequence[Anchor]) -> None:
    """On the disk before anybody is told: one write of whole lines, at the end."""
    try:
        with file.open("ab") as out:
            out.write("".join(f"{anchor.line}\n" for anchor in anchors).encode())
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")
