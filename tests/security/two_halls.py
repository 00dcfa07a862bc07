"""Two cities in one installation: the first with something in every table, the second with people who are curious.

Every text that people of the first wrote carries a `SECRET`, so that whatever of it is shown is recognised.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import AutoString, Session, select, update
from starlette.routing import Mount

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.ladder import Rank
from domain.roles import Office
from records import sign_in
from tests.city import FOUNDED_ON, City, email_of
from tests.databases import Databases
from tests.db.test_scope import TABLES, TwoCities, columns_of, foreign_keys_of
from tests.project_city import AT as PROJECT_AT
from tests.project_city import ProjectCity
from tests.review_city import REVIEWED_AT, ReviewCity
from tests.web.conftest import Browser, Clock, Site, site_of
from web.app import create_app

SECRET = "機密ABRACADABRA"
CURIOUS = ("curious_planning", "curious_administrator", "curious_head")

_WORDS = {
    *("answer", "author", "beneficiaries", "body_name", "cancelled_reason", "comment", "contact", "description"),
    *("dissolved_reason", "exempted_reason", "first_goal", "first_path", "founded_reason", "goal", "hypothesis"),
    *("learning", "left_reason", "minutes", "name", "name_en", "note", "outcome_reason", "place", "post", "question"),
    *("reason", "recipient_name", "return_comment", "settled_note", "subject", "text", "title", "title_en", "actor"),
}
"""Columns of texts that people read."""

PARAMETERS: Mapping[str, type[Any]] = {
    "attachment_id": t.Attachment,
    "check_in_id": t.CheckIn,
    "consultation_id": t.Consultation,
    "cycle_id": t.AnnualCycle,
    "decision_id": t.MeasureDecision,
    "department_id": t.Department,
    "document_id": t.Document,
    "mail_id": t.Mail,
    "matter_id": t.Matter,
    "meeting_id": t.Meeting,
    "node_id": t.Node,
    "opinion_id": t.Opinion,
    "project_id": t.KeyProject,
    "proposal_id": t.NewMeasureProposal,
    "report_id": t.ProgressReport,
    "request_id": t.UpdateRequest,
    "review_id": t.PhaseReview,
    "round_id": t.CollectionRound,
    "seat_id": t.Seat,
    "succession_id": t.DepartmentSuccession,
    "trial_id": t.Trial,
    "upload_id": t.Upload,
    "user_id": t.User,
    "view_id": t.SavedView,
}
"""Parameter of an address → the table whose id it is."""
NAMING = {*PARAMETERS, "id", "code", "plan", "municipality"}
"""Parameters that name something of a city; the others choose a part or a format of it."""
OF_API: Mapping[str, type[Any]] = {
    "documents": t.Document,
    "reports": t.ProgressReport,
    "requests": t.UpdateRequest,
    "reviews": t.PhaseReview,
    "rounds": t.CollectionRound,
}
"""What `{id}` is after this part of an address."""


@dataclass(frozen=True)
class TwoHalls:
    """`ids[municipality, table]` is a row of each table, as far as there is one."""

    site: Site
    mine: int
    theirs: int
    ids: Mapping[tuple[int, type[Any]], int]

    @property
    def database(self) -> Database:
        return self.site.city.database

    def values(self, path: str, municipality: int) -> dict[str, object]:
        """What stands for each parameter of an address in a city, as far as it has such a thing."""
        with self.database.reading(EVERY_MUNICIPALITY) as session:
            plan = session.get_one(t.Plan, self.ids[municipality, t.Plan])
            code = session.get_one(t.Municipality, municipality).code
        definition: Mapping[str, Any] = plan.definition
        ids = {name: self.ids.get((municipality, table), 0) for name, table in PARAMETERS.items()}
        part = path.split("/{id}")[0].rpartition("/")[2]
        return {
            **ids,
            "id": self.ids.get((municipality, OF_API.get(part, t.Plan)), 0),
            "code": plan.code,
            "plan": plan.code,
            "municipality": code,
            "term": (definition.get("terms") or [{"code": "early"}])[0]["code"],
            "body": (definition.get("bodies") or [{"code": "body"}])[0]["code"],
            "project": "P1",
            "indicator": "i1",
            "survey": "s1",
            "question": "q1",
            "year": 2020,
            "format": "csv",
            "part": "years",
            "file": "measures.csv",
            "kind": "handover",
            "language": "ja",
        }

    def browser(self, who: str) -> Browser:
        return self.site.browser(who)

    def token(self, who: str) -> str:
        with self.database.writing(EVERY_MUNICIPALITY) as session:
            return sign_in.issue_api_token(session, email_of(who), "curious", self.site.clock())

    def rows(self, municipality: int, but: Sequence[type[Any]] = ()) -> dict[str, str]:
        """A digest of all rows of a city by table."""
        found = {}
        with self.database.engine.connect() as connection:
            for table in TABLES:
                if table not in but:
                    columns = table.__table__
                    query = columns.select().where(columns.c.municipality_id == municipality).order_by(columns.c.id)
                    rows = repr([tuple(row) for row in connection.execute(query)])
                    found[table.__name__] = hashlib.sha256(rows.encode()).hexdigest()
        return found

    def astray(self) -> list[str]:
        """Columns in which a row of one city names a row of another."""
        found = []
        with self.database.engine.connect() as connection:
            for table in TABLES:
                for column, parent in foreign_keys_of(table):
                    own, above = table.__table__, parent.__table__.alias()
                    joined = own.join(above, own.c[column] == above.c.id)
                    query = select(own.c.id).select_from(joined).where(own.c.municipality_id != above.c.municipality_id)
                    if connection.execute(query).first() is not None:
                        found.append(f"{table.__name__}.{column}")
        return found


def two_halls(city: City, clock: Clock) -> TwoHalls:
    """The city with something in every table, the curious people of its neighbour, and the application.

    What it is filled up with fits the tables, not always the rules: a page of it may fail, but never for others.
    """
    database, theirs, mine = city.database, city.municipality, city.neighbour
    filled = TwoCities(database, theirs, mine)
    with database.writing(EVERY_MUNICIPALITY) as session:
        for municipality in (theirs, mine):
            for table in TABLES:
                here = table.municipality_id == municipality
                row = session.exec(select(table.id).where(here).order_by(table.id)).first()
                if row is not None:
                    filled.rows[municipality, table] = row
        for table in TABLES:
            filled._row(session, theirs, table)
        _keep_secret(session, theirs)
        _people(session, mine)
    site = site_of(city, clock)
    settings = site.app.state.parts.settings.model_copy(update={"public_site": True})
    site.app = create_app(settings, database, site.mailer)
    for part in (site.app, *(route.app for route in site.app.routes if isinstance(route, Mount))):
        if isinstance(part, FastAPI):
            part.state.parts = replace(part.state.parts, now=clock)
    return TwoHalls(site, mine, theirs, dict(filled.rows))


def _keep_secret(session: Session, municipality: int) -> None:
    for table in TABLES:
        for column in columns_of(table):
            if isinstance(column.type, AutoString) and column.name in _WORDS:
                here = table.municipality_id == municipality, column.is_not(None), column != ""
                session.execute(update(table).where(*here).values({column.name: column.concat(SECRET)}))


def _people(session: Session, municipality: int) -> None:
    department = t.Department(
        municipality_id=municipality, code="curiosity", name="物見課", valid_from=FOUNDED_ON, email="c@city.example"
    )
    session.add(department)
    session.flush()
    offices = {"curious_planning": Office.PLANNING, "curious_administrator": Office.ADMINISTRATOR}
    ranks = {"curious_head": Rank.SECTION_HEAD}
    for who in CURIOUS:
        user = t.User(municipality_id=municipality, email=email_of(who), name=who, office=offices.get(who, Office.NONE))
        session.add(user)
        session.flush()
        if who in ranks:
            held = t.Appointment(
                municipality_id=municipality,
                user_id=user.id,
                department_id=department.id,
                rank=ranks[who],
                valid_from=FOUNDED_ON,
            )
            session.add(held)


@pytest.fixture(scope="module", params=["of reviews", "of projects"])
def halls(request: pytest.FixtureRequest, databases: Databases) -> Iterator[TwoHalls]:
    """Once over a city with rounds and a review, once over one with key projects."""
    of_reviews = request.param == "of reviews"
    template, made = request.getfixturevalue("review_city_template" if of_reviews else "project_city_template")
    assert isinstance(made, ReviewCity | ProjectCity)
    with databases.copied(template) as database:
        city = replace(made.city, database=database)
        yield two_halls(city, Clock(REVIEWED_AT if of_reviews else PROJECT_AT))
