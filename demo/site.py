"""The demo's web process: the application, the mail server and the demo's own pages. `python -m demo.site`"""

from __future__ import annotations

import logging
import os
from datetime import datetime
from pathlib import Path

import uvicorn

import settings as settings_module
import wall_clock
from db.session import EVERY_MUNICIPALITY, Database
from demo import mailbox
from demo.samples import PLAN
from records import plans


def main() -> None:
    """The mail server comes first: the rest takes long to load, and a worker may have mails by then."""
    logging.basicConfig(level=logging.WARNING)
    settings = settings_module.load()
    database = Database(settings.database_url)

    def plan_time() -> datetime:
        with database.reading(EVERY_MUNICIPALITY) as session:
            at = wall_clock.now()
            return plans.clock_of(plans.find(session, PLAN), at).plan_time(at)

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


if __name__ == "__main__":
    main()
