"""The dashboard of a plan for the planning division: progress, years, punctuality, indicators; all to take along."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from db import tables as t
from documents.labels import fiscal_year_text
from documents.series import is_drawn
from documents.table_files import Table, TableFile
from domain.text import Bilingual, named
from exchange import table_csv
from i18n import translate
from records import dashboard, indicator_places, indicators, plan_pages, plans
from records.change import NotFound
from records.dashboard import YearOfPlan
from records.dashboard_indicators import indicator_parts
from records.dashboard_words import Counted, Part, counted_by, counted_label, progress_parts
from records.dashboard_years import measures_part, punctuality_parts
from records.indicator_places import IndicatorBranch
from records.plan_pages import PlanFrame
from web.attempts import attempts_of
from web.context import PlanningPerson, Reading, language_of
from web.downloads import document_response
from web.pages import page

router = APIRouter(prefix="/desk/plans/{code}/dashboard")

FiscalYearAsked = Annotated[int | None, Query(ge=1900, le=9998)]
_MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}
_SERIES = "indicator-of-"


@dataclass
class _Dashboard:
    """The parts of a dashboard, each read when it is wanted."""

    session: Session
    frame: PlanFrame
    cycles: Sequence[t.AnnualCycle]
    cycle: t.AnnualCycle | None
    asked: Counted | None
    language: str

    def year(self) -> YearOfPlan | None:
        return dashboard.year_of(self.session, self.cycle, self.frame.definition) if self.cycle else None

    def choices(self, year: YearOfPlan | None) -> tuple[Counted, ...]:
        return counted_by(year, self.frame.definition) if year else ()

    def counted(self, year: YearOfPlan) -> Counted:
        """What was asked for, as far as the year can be counted by it."""
        known = self.choices(year)
        return self.asked if self.asked in known else known[0]

    def progress(self, year: YearOfPlan | None) -> tuple[Part, ...]:
        return progress_parts(year, self.frame.definition, self.counted(year), self.language) if year else ()

    def measures(self) -> tuple[Part, ...]:
        told, found = dashboard.measures_over_years(self.session, self.frame.plan, self.cycles)
        years = [cycle.fiscal_year for cycle in self.cycles]
        part = measures_part(told, found, years, self.frame.definition, self.language)
        return (part,) if part else ()

    def punctuality(self) -> tuple[Part, ...]:
        found = dashboard.departments_over_years(self.session, self.frame.plan, self.frame.today)
        return punctuality_parts(found, self.language)

    def branches(self) -> tuple[IndicatorBranch, ...]:
        frame = self.frame
        return indicator_places.of_edition(self.session, frame.plan, frame.definition, frame.in_force.id, frame.today)

    def indicators(self, branches: Sequence[IndicatorBranch]) -> tuple[Part, ...]:
        return indicator_parts(branches, self.frame.definition, self.language)

    def every(self) -> Iterator[Part]:
        """All parts, read one section after the other."""
        yield from self.progress(self.year())
        yield from self.measures()
        yield from self.punctuality()
        yield from self.indicators(self.branches())

    def part(self, code: str) -> Part:
        """One part, without reading more than it needs. Raises `NotFound`."""
        if code.startswith("indicator"):
            found = self.indicators(self.branches())
        elif code == "measures":
            found = self.measures()
        elif code in ("on-time", "days", "answers"):
            found = self.punctuality()
        else:
            found = self.progress(self.year())
        wanted = next((part for part in found if part.code == code), None)
        if wanted is None:
            raise NotFound(f"part {code} of the dashboard of plan {self.frame.plan.code}")
        return wanted


def _dashboard(
    request: Request, person: PlanningPerson, session: Session, code: str, year: int | None, by: str
) -> _Dashboard:
    frame = plan_pages.frame(session, code, person.at)
    cycles = dashboard.years(session, frame.plan)
    cycle = dashboard.chosen(session, cycles, year)
    asked = next((one for one in Counted if one.value == by), None)
    return _Dashboard(session, frame, cycles, cycle, asked, language_of(request))


@router.get("")
def show_dashboard(
    request: Request, person: PlanningPerson, session: Reading, code: str, year: FiscalYearAsked = None, by: str = ""
) -> Response:
    shown = _dashboard(request, person, session, code, year, by)
    told = shown.year()
    branches = shown.branches()
    return page(
        request,
        "dashboard/dashboard.html",
        frame=shown.frame,
        cycle=shown.cycle,
        cycles=shown.cycles,
        years=[(c.fiscal_year, fiscal_year_text(shown.language, c.fiscal_year)) for c in reversed(shown.cycles)],
        counted=shown.counted(told) if told else None,
        choices=[(one.value, counted_label(one, shown.language)) for one in shown.choices(told)],
        progress=shown.progress(told),
        measures=shown.measures(),
        punctuality=shown.punctuality(),
        indicators=shown.indicators(branches),
        series=[one.indicator for branch in branches for one in branch.series if is_drawn(one.indicator)],
    )


@router.get("/{part}.{format}")
def take_along(
    request: Request,
    person: PlanningPerson,
    session: Reading,
    code: str,
    part: str,
    format: Literal["xlsx", "csv", "svg", "png"],
    year: FiscalYearAsked = None,
    by: str = "",
    keep: bool = False,
) -> Response:
    """A table as a file, or a picture; a picture to `keep` has its title and the plan's marks in it."""
    if keep or format in ("xlsx", "csv"):  # the page itself has many pictures
        attempts_of(request).count_rendering(person.user.id)
    shown = _dashboard(request, person, session, code, year, by)
    plan = shown.frame.plan
    years = str(shown.cycle.fiscal_year) if shown.cycle else ""
    name = "-".join(filter(None, (code, part, years, "sample" if plan.mark else ""))) + f".{format}"
    if format in ("svg", "png"):
        title, picture = _drawn(shown, part)
        return _picture(request, shown, title, picture, name if keep else "", is_png=format == "png")
    found = tuple(shown.every()) if (part, format) == ("all", "xlsx") else (shown.part(part),)
    if format == "xlsx":
        content = _workbook(session, shown, tuple(one.table for one in found))
    else:
        content = table_csv.write(found[0].table.columns, found[0].table.rows)
    return document_response(content, _MEDIA_TYPES[format], name, keep=True)


# Writers and renderers are loaded when somebody wants the first file or picture: most processes never make one.


def _workbook(session: Session, shown: _Dashboard, tables: tuple[Table, ...]) -> bytes:
    from documents import table_files

    plan = shown.frame.plan
    title = translate(shown.language, "%(plan)s ダッシュボード", plan=named(plan, shown.language))
    city = named(plans.municipality_of(session, plan), shown.language)
    return table_files.excel(TableFile(title, city, shown.frame.today, tables, _marks(shown)))


def _drawn(shown: _Dashboard, code: str) -> tuple[str, str]:
    """The title of a picture and its specification. Raises `NotFound`."""
    from documents import dashboard_charts, series_chart

    if code.startswith(_SERIES):
        indicator = indicators.find(shown.session, shown.frame.plan, code.removeprefix(_SERIES)).indicator
        if is_drawn(indicator):
            documents = shown.frame.definition.documents
            return indicator.name.in_language(shown.language), series_chart.as_text(
                indicator, documents, shown.language
            )
    else:
        part = shown.part(code)
        if part.chart is not None:
            assert shown.cycle is not None, "bars are those of a year"
            year = fiscal_year_text(shown.language, shown.cycle.fiscal_year)
            return f"{part.table.title} {year}", dashboard_charts.bars(part.chart)
        if part.grid is not None:
            return part.table.title, dashboard_charts.grid(part.grid)
    raise NotFound(f"picture of {code}")


def _picture(request: Request, shown: _Dashboard, title: str, picture: str, keep_as: str, *, is_png: bool) -> Response:
    """Browsers keep a picture, and ask each time whether it is still the same."""
    from documents import dashboard_charts

    if keep_as:
        picture = dashboard_charts.titled(picture, f"{named(shown.frame.plan, shown.language)} {title}", _marks(shown))
    tag = f'"{hashlib.sha256(f"{is_png} {picture}".encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if keep_as:
        headers["Content-Disposition"] = f'attachment; filename="{keep_as}"'
    content = dashboard_charts.png(picture) if is_png else dashboard_charts.svg(picture).encode()
    return Response(content, media_type=_MEDIA_TYPES["png" if is_png else "svg"], headers=headers)


def _marks(shown: _Dashboard) -> tuple[str, ...]:
    plan = shown.frame.plan
    return tuple(filter(None, (Bilingual(plan.mark, plan.mark_en).in_language(shown.language),)))
