"""The demo's web process: the application, the mail server and the demo's own pages. `python -m demo.site`"""

from __future__ import annotations

import logging
import os
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import uvicorn
from sqlmodel import Session, col, select

import settings as settings_module
import wall_clock
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from demo import mailbox
from records import plans


def main() -> None:
    """The mail server comes first: the rest takes long to load, and a worker may have mails by then."""
    logging.basicConfig(level=logging.WARNING)
    settings = settings_module.load()
    database = Database(settings.database_url)

    def plan_time(message: EmailMessage) -> datetime:
        with database.reading(EVERY_MUNICIPALITY) as session:
            at = wall_clock.now()
            return plans.clock_of(_plan_of(session, message), at).plan_time(at)

    box = mailbox.Mailbox(Path(os.environ["MEGURU_DEMO_INBOX"]), plan_time)
    server = mailbox.serve(box, settings.smtp_port)

    from demo import pages
    from web.app import create_app
    from web.pages import TEMPLATE_FOLDERS

    TEMPLATE_FOLDERS.append(pages.TEMPLATES)
    app = create_app(settings, database)
    app.include_router(pages.build(box), include_in_schema=False)
    uvicorn.run(app, host=settings.web_host, port=settings.web_port, log_level="warning", access_log=False)
    server.stop()


def _plan_of(session: Session, message: EmailMessage) -> t.Plan:
    """The plan that a mail is about; of one that is in no ledger, such as a code to sign in, the recipient's first."""
    of_round = (
        select(t.Plan)
        .join(t.CollectionRound, col(t.CollectionRound.plan_id) == col(t.Plan.id))
        .join(t.UpdateRequest, col(t.UpdateRequest.round_id) == col(t.CollectionRound.id))
        .join(t.Mail, col(t.Mail.request_id) == col(t.UpdateRequest.id))
    )
    of_inquiry = (
        select(t.Plan)
        .join(t.Inquiry, col(t.Inquiry.plan_id) == col(t.Plan.id))
        .join(t.Mail, col(t.Mail.inquiry_id) == col(t.Inquiry.id))
    )
    of_recipient = (
        select(t.Plan)
        .join(t.User, col(t.User.municipality_id) == col(t.Plan.municipality_id))
        .where(t.User.email == message["To"].addresses[0].addr_spec)
    )
    same = t.Mail.message_id == str(message["Message-ID"])
    for query in (of_round.where(same), of_inquiry.where(same), of_recipient.order_by(t.Plan.code), select(t.Plan)):
        found = session.exec(query).first()
        if found is not None:
            return found
    raise AssertionError("the demo has plans")


if __name__ == "__main__":
    main()
