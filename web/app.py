"""The web application as a whole."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.routing import BaseRoute, Mount

import settings as settings_module
import telemetry
import wall_clock
from db.session import Database
from mail.send import Mailer
from mail_client import mailer as smtp_mailer
from settings import Settings
from web import api, errors, guide
from web.context import Parts
from web.request_size import LimitedRequests
from web.routes import (
    accounts,
    answer_workbooks,
    approvals,
    attachments,
    audit,
    bodies,
    check_ins,
    city_board,
    corrections,
    dashboard,
    desk,
    desk_mails,
    document_templates,
    documents,
    evaluation,
    evaluation_bulk,
    health,
    home,
    mail_settings,
    matters,
    meetings,
    new_measures,
    oidc,
    opinions,
    organisation,
    password,
    pauses,
    plan_calendar,
    plan_exchange,
    plan_parts,
    plan_questions,
    plan_settings,
    plans,
    project_decisions,
    project_events,
    project_teams,
    projects,
    projects_desk,
    public_data,
    public_opinions,
    public_site,
    reorganisation,
    reports,
    reviews,
    reviews_bodies,
    reviews_criteria,
    reviews_decisions,
    reviews_new_measures,
    reviews_outcome,
    saved_views,
    search,
    sign_in,
    sittings,
    surveys,
    terms,
    transfers,
    trials,
)
from web.safe_answers import SafeAnswers
from web.watched import NOT_BY_FASTAPI, Watched

STATIC = Path(__file__).parent / "static"


def create_app(settings: Settings, database: Database, mailer: Mailer | None = None) -> FastAPI:
    """The application over a migrated database."""
    parts = Parts(settings, database, mailer or smtp_mailer(settings), wall_clock.now)
    app = FastAPI(
        title="Meguru",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry=NOT_BY_FASTAPI,
        # The API first: programs ask most often, and each address is looked for from the first one on.
        routes=[Mount("/api/v1", api.create_api(parts)), *_routes(settings.public_site)],
    )
    app.state.parts = parts
    errors.install(app)
    app.add_middleware(LimitedRequests)
    app.add_middleware(SafeAnswers)
    app.add_middleware(Watched)  # the last is the outermost
    return app


@cache
def _routes(is_public: bool) -> tuple[BaseRoute, ...]:
    """All addresses but those of the API. FastAPI reads their signatures once for all applications of a process."""
    pages = APIRouter()
    for module in (
        health,
        sign_in,
        oidc,
        password,
        mail_settings,
        accounts,
        home,
        answer_workbooks,
        new_measures,
        reports,
        attachments,
        approvals,
        desk,
        desk_mails,
        city_board,
        saved_views,
        dashboard,
        pauses,
        evaluation,
        evaluation_bulk,
        plan_exchange,
        plan_questions,
        plan_calendar,
        plan_settings,
        plans,
        plan_parts,
        surveys,
        terms,
        bodies,
        document_templates,
        documents,
        search,
        audit,
        organisation,
        reorganisation,
        transfers,
        opinions,
        public_opinions,
        reviews,
        reviews_criteria,
        reviews_decisions,
        reviews_new_measures,
        reviews_outcome,
        reviews_bodies,
        corrections,
        matters,
        meetings,
        sittings,
        check_ins,
        trials,
        projects_desk,
        projects,
        project_teams,
        project_events,
        project_decisions,
        *((public_site, public_data) if is_public else ()),  # off: as if there were no such pages
    ):
        pages.include_router(module.router, include_in_schema=False)
    return (
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
        Mount(guide.ADDRESS, StaticFiles(directory=guide.FOLDER, html=True), name="help"),
        *pages.routes,
    )


def from_environment() -> FastAPI:
    """The application of this process's settings, for `uvicorn --factory web.app:from_environment`."""
    settings = settings_module.load()
    telemetry.set_up(settings, "web")
    return create_app(settings, Database(settings.database_url))
