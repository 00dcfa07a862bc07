"""個人の名前: whatever stands in the record beside what is meant for everybody, none of it leaves the city hall."""

from __future__ import annotations

import pytest
import sqlalchemy
from sqlalchemy import JSON
from sqlmodel import SQLModel, select
from sqlmodel.sql.sqltypes import AutoString

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from documents.formats import Format
from documents.render import render
from domain.evaluation import Direction
from domain.ladder import StepKind
from domain.mail_ledger import MailState
from domain.opinion import OTHER_DEPARTMENT
from domain.phase_review import BODY_PAPERS, ReviewState
from records import annual_report, review_files, reviews
from tests.busy_project import busy
from tests.city import OPENED_AT, OPENED_ON, City
from tests.project_city import AT, ProjectCity
from tests.public_city import citizen, evaluate_last_year, hear, keep, last_year, show
from tests.review_city import DECIDED_ON, ReviewCity

SECRET = "毒山毒太郎 dokuyama@person.example"

SHOWN = {
    "municipality": {"code", "name", "name_en"},
    "department": {"code", "name", "name_en"},
    "plan": {"code", "name", "name_en", "definition", "mark", "mark_en"},
    "edition": {"code", "name", "name_en", "decided", "details"},
    "node": {"level", "code", "title", "title_en", "measure_class", "details"},
    "lineage": {"details"},
    "indicator": {"code", "name", "name_en", "details"},
    "indicatorvalue": {"details"},
    "achievement": {"term", "stage", "details"},
    "nodelink": {"details"},
    "collectionround": {"code", "question_set"},
    "evaluation": {"grade"},
    "opinion": {"source", "text", "answer"},
    "document": {"kind", "format", "file_name", "media_type", "digest"},
    "keyproject": {"code", "title", "title_en", "mark", "hypothesis", "beneficiaries", "goal", "path"}
    | {"first_goal", "first_path"},
    "routedecision": {"goal", "path"},
    "trial": {"title", "hypothesis", "learning"},
    "user": {"language"},
    "mail": {"language", "measures"},
}
"""Table → what everybody may read of it, and codes by which the record is read. All else is poisoned, new columns too:
whoever adds one decides here whether it is meant for everybody."""

READ_BY_THE_RECORD = {
    "plan": {"definition"},
    "auditentry": {"detail"},
    "progressreport": {"answers"},
    "checkin": {"question_set", "answers"},
    "phasereview": {"term", "snapshot", "edition_head"},
}
"""Columns that must keep their shape; what people wrote in them is poisoned by hand below."""


def poison(database: Database) -> int:
    """Put the secret into every text of every row that is not meant for everybody; how many columns."""
    poisoned = 0
    with database.writing(EVERY_MUNICIPALITY) as session:
        for table in SQLModel.metadata.sorted_tables:
            kept = SHOWN.get(table.name, set()) | READ_BY_THE_RECORD.get(table.name, set())
            for column in table.columns:
                if column.name in kept:
                    continue
                if type(column.type) is AutoString:
                    number = sqlalchemy.cast(next(iter(table.primary_key)), sqlalchemy.String)
                    value = sqlalchemy.literal(f"{SECRET} ") + number
                    session.connection().execute(table.update().values({column.name: value}))
                    poisoned += 1
                elif isinstance(column.type, JSON):
                    session.connection().execute(table.update().values({column.name: {"name": SECRET}}))
                    poisoned += 1
        session.flush()
        for report in session.exec(select(t.ProgressReport)):
            known = {k: v for k, v in report.answers.items() if k in ("progress", "achievements")}
            report.answers = {**known, "next_step": SECRET, "cause": SECRET}
            session.add(report)
        for check_in in session.exec(select(t.CheckIn)):
            check_in.answers = dict.fromkeys(check_in.answers, SECRET)
            session.add(check_in)
    return poisoned


def assert_nobody_is_named(database: Database, pages: dict[str, bytes]) -> None:
    parts = SECRET.split()
    with database.reading(EVERY_MUNICIPALITY) as session:
        assert all(user.name.startswith(SECRET) for user in session.exec(select(t.User)))
    named = {
        path for path, content in pages.items() if any(part in content.decode("utf-8", "replace") for part in parts)
    }
    assert named == set()


def test_no_page_table_or_catalogue_of_a_plan_names_anybody(real_city: City) -> None:
    show(real_city.database)
    evaluate_last_year(real_city, "A", Direction.EXPAND)
    hear(real_city, state=ReviewState.CLOSED)
    hear(real_city, SECRET, OTHER_DEPARTMENT)
    real_city.submit("1-1-1", "information_staff")
    with real_city.database.writing(real_city.municipality) as session:
        review = session.exec(select(t.PhaseReview)).one()
        private = [
            keep(session, f"{BODY_PAPERS}1", review_id=review.id),
            keep(session, "handover", cycle_id=last_year(session).id),
        ]
        offered = keep(session, "annual-report", cycle_id=last_year(session).id)
        for document in private:
            document.content = SECRET.encode()
            session.add(document)
        request = session.exec(select(t.UpdateRequest)).all()[0]
        mail = t.Mail(
            request_id=request.id,
            step_key="step",
            kind=StepKind.REMINDER,
            recipient="",
            state=MailState.FAILED,
            message_id="<1@test>",
            claimed_on=OPENED_ON,
            claimed_at=OPENED_AT,
        )
        session.add(mail)
    assert poison(real_city.database) > 90
    reader = citizen(real_city.database, OPENED_AT)
    pages = reader.pages_from("/public/iizuka/")
    assert {
        f"/public/iizuka/plans/iizuka-ict/documents/{offered.id}",
        "/public/iizuka/data/iizuka-ict/reports.csv",
    } <= set(pages)
    assert_nobody_is_named(real_city.database, pages)


def test_no_page_of_a_key_project_names_anybody(project_city: ProjectCity) -> None:
    busy(project_city)
    show(project_city.city.database)
    with project_city.writing() as (session, project):
        keep(session, "key-project-report", project_id=project.id).content = SECRET.encode()
    poison(project_city.city.database)
    pages = citizen(project_city.city.database, AT).pages_from("/public/tokorozawa/")
    assert "/public/tokorozawa/plans/tokorozawa-dx/projects/P1/route.svg" in pages
    assert_nobody_is_named(project_city.city.database, pages)


NAMES = {"user": ("name", "name_en", "email"), "opinion": ("author", "contact"), "department": ("email",)}


def name_everybody(database: Database) -> None:
    """Every person and mailbox bears the secret; what people wrote stays."""
    with database.writing(EVERY_MUNICIPALITY) as session:
        for name, columns in NAMES.items():
            table = SQLModel.metadata.tables[name]
            number = sqlalchemy.cast(table.c.id, sqlalchemy.String)
            for column in columns:
                values = {column: sqlalchemy.literal(f"{SECRET} ") + number}
                session.connection().execute(table.update().values(values))


def test_the_annual_report_that_is_offered_names_nobody(real_city: City) -> None:
    evaluate_last_year(real_city, "A", Direction.EXPAND)
    name_everybody(real_city.database)
    with real_city.database.reading(real_city.municipality) as session:
        content = render(annual_report.gather(session, last_year(session), OPENED_ON), Format.HTML)
    assert "昨年は電波の届き方を4か所で調べました。".encode() in content
    assert not any(part.encode() in content for part in SECRET.split())


@pytest.mark.parametrize("kind", ["phase-review-report", "comparison-table", "revised-plan"])
def test_the_documents_of_a_review_that_are_offered_name_nobody(made_city: ReviewCity, kind: str) -> None:
    hear(made_city.city, "公園でも使えるように。", state=None)
    name_everybody(made_city.city.database)
    with made_city.reading() as (session, _):
        review = reviews.find(session, made_city.review)
        found = {one.kind: one for one in review_files.documents_of(session, review, DECIDED_ON)}
    content = found[kind].render(Format.HTML)
    assert len(content) > 5_000
    assert not any(part.encode() in content for part in SECRET.split())
