"""Writing the documents of a cycle into the record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio import activity

from activities.contracts import CycleStep
from activities.heartbeat import heartbeating
from db.session import Database
from documents.annual_report import AnnualReport
from documents.formats import Format
from records import annual_report, cycles, document_archive
from records.change import Change


class DocumentActivities:
    """`formats` are those in which documents are written; a replay may do without any."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], formats: tuple[Format, ...] = tuple(Format)
    ) -> None:
        self._database = database
        self._now = now
        self._formats = formats

    @activity.defn
    async def render_annual_report(self, step: CycleStep) -> int:
        """Render the annual progress report in every format; the number of documents stored."""
        async with heartbeating():
            return await asyncio.to_thread(self._render_annual_report, step)

    def _render_annual_report(self, step: CycleStep) -> int:
        with self._database.reading(step.municipality) as session:
            report = annual_report.gather(session, cycles.find(session, step.cycle), step.today)
        rendered = _rendered(report, self._formats)
        with self._database.writing(step.municipality) as session:
            cycle = cycles.find(session, step.cycle)
            for format_, content in rendered.items():
                document_archive.store(
                    session, Change("workflow", self._now()), cycle, "annual-report", format_, content, step.today
                )
        return len(rendered)


def _rendered(report: AnnualReport, formats: tuple[Format, ...]) -> dict[Format, bytes]:
    """The renderers take long to load: only where something is to be rendered."""
    if not formats:
        return {}
    from documents.render import render

    return {format_: render(report, format_) for format_ in formats}
