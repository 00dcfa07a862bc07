"""`meguru up`: all parts on one machine, for a trial or a small office."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from cli_context import fail, load_settings, open_database


def up(
    data_dir: Annotated[Path, typer.Option(help="Folder for Temporal's store, the logs and kept mails.")] = Path(
        ".meguru"
    ),
    keep_mails: Annotated[
        bool,
        typer.Option(
            "--keep-mails", help="No mail leaves this machine: each is kept as a file in DATA_DIR/mails (for a trial)."
        ),
    ] = False,
) -> None:
    """Start Temporal, worker, scheduler and web on this machine (settings from the environment)."""
    from rich.console import Console

    from db import migrate
    from one_machine import OneMachine, PartFailed, free_port, is_taken

    settings, console, started_at = load_settings(), Console(), time.monotonic()
    if is_taken(settings.web_port):
        fail(f"port {settings.web_port} is taken: choose another with MEGURU_WEB_PORT")
    temporal_port, smtp_port = free_port(), free_port()
    environment = {"TEMPORAL_ADDRESS": f"127.0.0.1:{temporal_port}"}
    if keep_mails:
        environment |= {
            "MEGURU_SMTP_HOST": "127.0.0.1", "MEGURU_SMTP_PORT": str(smtp_port), "MEGURU_SMTP_SECURITY": "none",
            "MEGURU_SMTP_USERNAME": "", "MEGURU_SMTP_PASSWORD": "",
        }  # fmt: skip
    try:
        with OneMachine(data_dir, environment, console) as parts:
            parts.start_temporal(temporal_port)
            if keep_mails:
                parts.start_module("mail", "demo.mailbox", str(data_dir / "mails"), str(smtp_port))
            migrate.upgrade(open_database(checked=False).engine)
            if keep_mails:
                parts.wait_for_port("mail", smtp_port)
            parts.start_module("web", "cli", "web")
            parts.start_script("worker", "worker.py")  # it waits for Temporal itself
            parts.wait_for_port("temporal", temporal_port)
            parts.wait_for_web("web", settings.web_port)
            parts.start_script("scheduler", "scheduler.py")  # last: nobody waits for what it opens
            console.print(
                f"[bold]Meguru is ready[/bold] after {time.monotonic() - started_at:.1f} s: {settings.base_url}"
            )
            if keep_mails:
                console.print(f"Mails are kept in {data_dir / 'mails'}.")
            console.print("Ctrl-C ends it; starting it again goes on with the same data.")
            parts.watch()
    except PartFailed as error:
        fail(str(error))
