"""What a plan says beside its tree: series, comparison of editions, views, achievements, bodies, glossary."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from domain.comparison import compare
from domain.evaluation import Direction
from records import indicator_places, indicators, lineage, plan_pages, plans, view_progress
from records.change import NotFound
from web.comparison_view import comparison_rows
from web.context import Reading, SignedInPerson, language_of
from web.glossary import Glossary
from web.pages import page
from web.series_view import series_views

router = APIRouter(prefix="/plans/{code}")

SERIES_ON_A_PAGE = 60

FiscalYearAsked = Annotated[int | None, Query(ge=1900, le=9998)]


@router.get("/indicators")
def show_indicators(
    request: Request,
    person: SignedInPerson,
    session: Reading,
    code: str,
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """All series at a glance by the tree of the plan, and a part of them in full."""
    frame = plan_pages.frame(session, code, person.at)
    tree = plan_pages.tree(session, frame.in_force.id)
    branches = indicator_places.branches(session, frame.plan, frame.definition, tree, frame.today)
    every = [one for branch in branches for one in branch.series]
    shown = every[(number - 1) * SERIES_ON_A_PAGE : number * SERIES_ON_A_PAGE]
    if number > 1 and not shown:
        raise NotFound(f"page {number} of the indicators of plan {code}")
    views = series_views([one.series for one in shown], frame.definition, frame.today)
    return page(
        request,
        "plans/indicators.html",
        frame=frame,
        part="indicators",
        branches=branches,
        views={view.indicator.code: view for view in views},
        has_targets=any(one.state.target for one in every),
        names={one.indicator.code: one.indicator.name for one in every},
        total=len(every),
        number=number,
        pages=-(-len(every) // SERIES_ON_A_PAGE),
        page_of={one.indicator.code: position // SERIES_ON_A_PAGE + 1 for position, one in enumerate(every)},
        glossary=Glossary(frame.definition.glossary, language_of(request)),
    )


@router.get("/indicators/{indicator}.svg")
def show_chart(request: Request, person: SignedInPerson, session: Reading, code: str, indicator: str) -> Response:
    """The chart of a series. Browsers keep it, and ask each time whether it is still the same."""
    # The renderer is loaded when somebody looks at the first chart: most processes never draw one.
    from documents import series, series_chart

    plan = plans.find(session, code)
    found = indicators.find(session, plan, indicator).indicator
    if not series.is_drawn(found):
        raise NotFound(f"chart of indicator {indicator}")
    specification = series_chart.as_text(found, plans.definition_of(plan).documents, language_of(request))
    tag = f'"{hashlib.sha256(specification.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(series_chart.svg(specification), media_type="image/svg+xml", headers=headers)


@router.get("/comparison")
def show_comparison(
    request: Request,
    person: SignedInPerson,
    session: Reading,
    code: str,
    before: str = "",
    after: str = "",
    show: str = "changed",
) -> Response:
    """新旧対照表. Without editions it compares the two newest."""
    frame = plan_pages.frame(session, code, person.at)
    told = lineage.read(session, frame.plan)
    old, new = _compared(told, before, after)
    try:
        rows = compare(told.editions, old, new)
    except (LookupError, ValueError) as error:
        raise NotFound(f"comparison of {old} and {new} of plan {code}") from error
    language = language_of(request)
    shown = comparison_rows(rows, told, old, new, language)
    return page(
        request,
        "plans/comparison.html",
        frame=frame,
        part="comparison",
        before=told.edition(old),
        after=told.edition(new),
        choices=[(e.code, e.name.in_language(language)) for e in told.editions],
        rows=shown if show == "all" else [row for row in shown if row.is_changed],
        total=len(shown),
        changed=sum(row.is_changed for row in shown),
        show="all" if show == "all" else "changed",
        lineage=told,
    )


def _compared(told: lineage.PlanLineage, before: str, after: str) -> tuple[str, str]:
    codes = [e.code for e in told.editions]
    if len(codes) < 2:
        raise NotFound("a second edition")
    new = after or codes[-1]
    position = codes.index(new) if new in codes else 0
    return before or codes[max(position - 1, 0)], new


@router.get("/views")
def show_views(
    request: Request, person: SignedInPerson, session: Reading, code: str, year: FiscalYearAsked = None
) -> Response:
    """The views across the tree, and how far a fiscal year has come in each; the latest if none is chosen."""
    frame = plan_pages.frame(session, code, person.at)
    tree = plan_pages.tree(session, frame.in_force.id)
    cycles = view_progress.years_shown(session, frame.plan, person.actor)
    cycle = next((c for c in cycles if year in (None, c.fiscal_year)), None)
    if cycle is None and year is not None:
        raise NotFound(f"year {year} of plan {code}")
    progress = view_progress.of_cycle(session, cycle, frame.definition) if cycle else ()
    return page(
        request,
        "plans/views.html",
        frame=frame,
        part="views",
        crossed=plan_pages.crossed(frame.definition, tree),
        cycle=cycle,
        cycles=cycles,
        progress={told.view.code: told for told in progress},
        directions=tuple(Direction),
    )


@router.get("/achievements")
def show_achievements(request: Request, person: SignedInPerson, session: Reading, code: str) -> Response:
    frame = plan_pages.frame(session, code, person.at)
    return page(
        request,
        "plans/achievements.html",
        frame=frame,
        part="achievements",
        groups=plan_pages.by_time(plan_pages.achievements_of(session, frame.plan), frame.definition),
        glossary=Glossary(frame.definition.glossary, language_of(request)),
    )


@router.get("/about")
def show_about(request: Request, person: SignedInPerson, session: Reading, code: str) -> Response:
    frame = plan_pages.frame(session, code, person.at)
    told = lineage.read(session, frame.plan)
    return page(
        request,
        "plans/about.html",
        frame=frame,
        part="about",
        lineage=told,
        known_plans={plan.code for plan in plans.every(session)},
        glossary=Glossary(frame.definition.glossary, language_of(request)),
    )


@router.get("/glossary")
def show_glossary(request: Request, person: SignedInPerson, session: Reading, code: str) -> Response:
    return page(request, "plans/glossary.html", frame=plan_pages.frame(session, code, person.at), part="glossary")
