"""公開サイト: the plans that a city shows to everybody. Only there when the installation has it switched on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from db import tables as t
from documents import series
from documents.content import Content, content_of
from domain.comparison import compare
from domain.opinion import WindowState, source_label
from records import (
    annual_report,
    change_log,
    indicators,
    lineage,
    opinions,
    plan_pages,
    plans,
    public_projects,
    public_site,
)
from records.change import NotFound
from records.plan_pages import PlanFrame
from web.comparison_view import comparison_rows
from web.context import language_of
from web.downloads import document_response
from web.glossary import Glossary
from web.paths import RowId
from web.public_visit import PublicVisit, Visit, for_everybody, plan_page, public_page
from web.series_view import series_views

router = APIRouter(prefix="/public/{municipality}")

SERIES_ON_A_PAGE = 20  # citizens read on phones, where each chart fills the screen

FiscalYearAsked = Annotated[int | None, Query(ge=1900, le=9998)]


@router.get("/")
def show_plans(request: Request, visit: PublicVisit) -> Response:
    cards = public_site.cards(visit.session, visit.at)
    asking = {card.plan.id for card in cards if _takes_opinions(visit, card.plan)}
    return public_page(request, visit, "public/plans.html", cards=cards, asking=asking)


@router.get("/plans/{code}")
def show_plan(request: Request, visit: PublicVisit, code: str, edition: str = "") -> Response:
    frame, session = visit.frame(code), visit.session
    shown = frame.edition(edition)
    tree = plan_pages.tree(session, shown.id)
    is_in_force = shown.id == frame.in_force.id
    editions = {e.id for e in frame.editions}
    return plan_page(
        request,
        visit,
        "public/plan.html",
        frame,
        "tree",
        edition=shown,
        details=lineage.edition_of(shown),
        tree=tree,
        nodes=plan_pages.everything(tree),
        views=plan_pages.views_of(frame.definition, tree),
        owners=plans.owners_on(session, shown.id, frame.today) if is_in_force else {},
        glossary=Glossary(frame.definition.glossary, language_of(request)),
        changes=[c for c in change_log.changes_of_plan(session, frame.plan) if c.edition.id in editions],
        shown_editions=editions,
        takes_opinions=_takes_opinions(visit, frame.plan),
    )


@router.get("/plans/{code}/measures/{node_id}")
def show_measure(request: Request, visit: PublicVisit, code: str, node_id: RowId) -> Response:
    """A node of any level; of what departments report on the closed years as well."""
    frame, session, language = visit.frame(code), visit.session, language_of(request)
    node = public_site.node_of(session, frame, node_id)
    edition = next(e for e in frame.editions if e.id == node.edition_id)
    tree = plan_pages.tree(session, edition.id)
    told = public_site.lineage_of(session, frame)
    years = public_site.years_of(session, frame, [node])
    return plan_page(
        request,
        visit,
        "public/measure.html",
        frame,
        "measure",
        node=node,
        placed=next(p for p in plan_pages.everything(tree) if p.row.id == node_id),
        edition=edition,
        above=plan_pages.above(tree, node),
        views=plan_pages.views_of(frame.definition, tree),
        fields=plan_pages.fields_in_use(session, frame.plan),
        owner=plans.owners_on(session, edition.id, frame.today).get(node_id),
        lineage=told,
        steps=public_site.steps_of(told, told.life_of(node), frame),
        series=series_views(
            [one for one in indicators.of_life(session, node) if public_site.is_shown(frame, one)],
            frame.definition,
            frame.today,
        ),
        achievements=plan_pages.by_time(plan_pages.achievements_of_life(session, node), frame.definition),
        years=[
            (year, year.said(node, language), public_site.evaluation_in_words(year, frame.definition, language))
            for year in years.values()
        ],
        opinions=public_site.opinions_of(session, frame.plan, node),
        opinion_source=source_label,
        projects=public_projects.themes(public_projects.of_plan(session, frame), node),
        glossary=Glossary(frame.definition.glossary, language),
    )


@router.get("/plans/{code}/progress")
def show_progress(request: Request, visit: PublicVisit, code: str, year: FiscalYearAsked = None) -> Response:
    """A closed year in counts, the latest if none is chosen; as its annual report counts them."""
    frame = visit.frame(code)
    cycles = public_site.closed_cycles(visit.session, frame.plan)
    cycle = _cycle(cycles, year)
    language = language_of(request)
    return plan_page(
        request,
        visit,
        "public/progress.html",
        frame,
        "progress",
        cycles=cycles,
        cycle=cycle,
        content=_counted(visit.session, cycle, frame, language) if cycle else None,
        measures=public_site.measures_in_words(visit.session, frame, cycle, language) if cycle else (),
    )


@router.get("/plans/{code}/progress/{year}.svg")
def show_progress_chart(request: Request, visit: PublicVisit, code: str, year: int) -> Response:
    from documents import charts  # loads the renderer: only who looks at a chart waits for it

    frame = visit.frame(code)
    cycle = _cycle(public_site.closed_cycles(visit.session, frame.plan), year)
    content = _counted(visit.session, cycle, frame, language_of(request)) if cycle else None
    if content is None or content.chart is None:
        raise NotFound(f"chart of {year} of plan {code}")
    return for_everybody(Response(charts.svg(content.chart), media_type="image/svg+xml"))


@router.get("/plans/{code}/indicators")
def show_indicators(
    request: Request,
    visit: PublicVisit,
    code: str,
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> Response:
    """All series at a glance by the tree of the plan, and a part of them in full."""
    frame, session = visit.frame(code), visit.session
    tree = plan_pages.tree(session, frame.in_force.id)
    branches = public_site.branches_of(session, frame, tree)
    every = [one for branch in branches for one in branch.series]
    shown = every[(number - 1) * SERIES_ON_A_PAGE : number * SERIES_ON_A_PAGE]
    if not shown:
        raise NotFound(f"page {number} of the indicators of plan {code}")
    views = series_views([one.series for one in shown], frame.definition, frame.today)
    return plan_page(
        request,
        visit,
        "plans/indicators.html",
        frame,
        "indicators",
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


@router.get("/plans/{code}/indicators/{indicator}.svg")
def show_chart(request: Request, visit: PublicVisit, code: str, indicator: str) -> Response:
    from documents import series_chart

    frame = visit.frame(code)
    stored = indicators.find(visit.session, frame.plan, indicator)
    found = stored.indicator
    if not (series.is_drawn(found) and public_site.is_shown(frame, stored)):
        raise NotFound(f"chart of indicator {indicator}")
    drawn = series_chart.svg(series_chart.as_text(found, frame.definition.documents, language_of(request)))
    return for_everybody(Response(drawn, media_type="image/svg+xml"))


@router.get("/plans/{code}/comparison")
def show_comparison(
    request: Request, visit: PublicVisit, code: str, before: str = "", after: str = "", show: str = "changed"
) -> Response:
    """新旧対照表 of two editions, of the two newest if none are chosen."""
    frame, language = visit.frame(code), language_of(request)
    codes = [e.code for e in frame.editions]
    new = after or codes[-1]
    old = before or codes[max(codes.index(new) - 1, 0) if new in codes else 0]
    told = public_site.lineage_of(visit.session, frame)
    try:
        rows = compare(told.editions, old, new) if {old, new} <= set(codes) else None
    except (LookupError, ValueError):
        rows = None
    if rows is None:
        raise NotFound(f"comparison of {old} and {new} of plan {code}")
    shown = comparison_rows(rows, told, old, new, language)
    return plan_page(
        request,
        visit,
        "plans/comparison.html",
        frame,
        "comparison",
        before=told.edition(old),
        after=told.edition(new),
        choices=[(e.code, e.name.in_language(language)) for e in told.editions if e.code in codes],
        rows=shown if show == "all" else [row for row in shown if row.is_changed],
        total=len(shown),
        changed=sum(row.is_changed for row in shown),
        show="all" if show == "all" else "changed",
        lineage=told,
    )


@router.get("/plans/{code}/documents")
def show_documents(request: Request, visit: PublicVisit, code: str) -> Response:
    frame = visit.frame(code)
    found = public_site.documents_of(visit.session, frame.plan)
    return plan_page(request, visit, "public/documents.html", frame, "documents", found=found)


@router.get("/plans/{code}/documents/{document_id}")
def show_document(visit: PublicVisit, code: str, document_id: RowId, download: str = "") -> Response:
    found = public_site.document(visit.session, visit.frame(code).plan, document_id)
    return for_everybody(
        document_response(found.content, found.media_type, found.file_name, keep=bool(download), digest=found.digest)
    )


@router.get("/plans/{code}/projects")
def show_projects(request: Request, visit: PublicVisit, code: str) -> Response:
    frame = visit.frame(code)
    if frame.definition.key_projects is None:
        raise NotFound(f"key projects of plan {code}")
    found = public_projects.of_plan(visit.session, frame)
    return plan_page(request, visit, "public/projects.html", frame, "projects", projects=found)


@router.get("/plans/{code}/projects/{project}")
def show_project(request: Request, visit: PublicVisit, code: str, project: str) -> Response:
    from documents import route_picture_words

    frame, language = visit.frame(code), language_of(request)
    found = public_projects.find(visit.session, frame, project)
    way = public_projects.route_of(visit.session, frame, found.project, language)
    return plan_page(
        request,
        visit,
        "public/project.html",
        frame,
        "projects",
        one=found,
        picture=route_picture_words.summary(way, language),
        told_route=route_picture_words.told(way, language),
    )


@router.get("/plans/{code}/projects/{project}/route.svg")
def show_route(request: Request, visit: PublicVisit, code: str, project: str) -> Response:
    from documents import route_picture

    frame, language = visit.frame(code), language_of(request)
    found = public_projects.find(visit.session, frame, project)
    drawn = route_picture.svg(public_projects.route_of(visit.session, frame, found.project, language), language)
    return for_everybody(Response(drawn, media_type="image/svg+xml"))


@router.get("/plans/{code}/opinions")
def show_opinions(request: Request, visit: PublicVisit, code: str) -> Response:
    """What was said of the plan and what the city answered; without names."""
    frame = visit.frame(code)
    return plan_page(
        request,
        visit,
        "public/opinions.html",
        frame,
        "opinions",
        opinions=public_site.opinions_of(visit.session, frame.plan),
        opinion_source=source_label,
        shown_editions={e.id for e in frame.editions},
        takes_opinions=_takes_opinions(visit, frame.plan),
    )


def _takes_opinions(visit: Visit, plan: t.Plan) -> bool:
    today = plans.clock_of(plan, visit.at).plan_time(visit.at).date()
    return opinions.window_of(visit.session, plan, today, is_staff=False).state is WindowState.OPEN


def _cycle(cycles: Sequence[t.AnnualCycle], year: int | None) -> t.AnnualCycle | None:
    """The year that is asked for, the latest without one (None: no year is closed). Raises `NotFound`."""
    found = next((c for c in cycles if year in (None, c.fiscal_year)), None)
    if found is None and year is not None:
        raise NotFound(f"closed year {year}")
    return found


def _counted(session: Session, cycle: t.AnnualCycle, frame: PlanFrame, language: str) -> Content:
    return content_of(annual_report.gather(session, cycle, frame.today, language))
