"""Writing the documents of a cycle into the record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from activities.contracts import CycleStep
from activities.heartbeat import unbroken
from activities.rendering import Renderer
from db.session import Database
from documents.formats import Format
from documents.gathered import GatheredDocument
from records import annual_report, cycles, document_archive, document_templates
from records.change import Change

_KIND = "annual-report"


class DocumentActivities:
    def __init__(self, database: Database, now: Callable[[], datetime], renderer: Renderer) -> None:
        self._database = database
        self._now = now
        self._renderer = renderer

    @unbroken
    def render_annual_report(self, step: CycleStep) -> int:
        """Render the annual progress report in every format; the number of documents stored."""
        if not self._renderer.formats:
            return 0
        from documents.render import render  # here: the renderers take long to load

        with self._database.reading(step.municipality) as session:
            report = annual_report.gather(session, cycles.find(session, step.cycle), step.today)
            own = document_templates.own(session, _KIND)
        files = self._renderer.rendered([GatheredDocument(_KIND, tuple(Format), partial(render, report), own)])
        with self._database.writing(step.municipality) as session:
            cycle, change = cycles.find(session, step.cycle), Change("workflow", self._now())
            for file in files:
                document_archive.store(session, change, cycle, file.kind, file.format, file.made, step.today)
        return len(files)
