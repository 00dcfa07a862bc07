"""One PDCA year of the sample city, in skipped time, with the real activities, ledger and relay."""

from __future__ import annotations

import asyncio

from db.session import Database
from tests.workflows.conftest import running_office


def test_smoke(sample_database: Database) -> None:
    async def play() -> None:
        async with running_office(sample_database) as office:
            await office.until(2021, 1, 15, 9)
            print([(str(m["To"]), str(m["Subject"])) for m in office.mailer.sent][:3], len(office.mailer.sent))
            await office.until(2021, 3, 20, 9)
            import collections
            print(collections.Counter(str(m["Subject"])[:4] for m in office.mailer.sent))
            h = office.environment.client.get_workflow_handle("collection/iizuka/iizuka-ict/2020/yearly")
            hist = await h.fetch_history()
            print(len(hist.events), sum(e.ByteSize() for e in hist.events))

    asyncio.run(play())
