"""The cities of `tests.city` and `tests.project_city` as their plans are shown to everybody, and marks to look for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from html.parser import HTMLParser

from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import AnyHttpUrl
from sqlmodel import Session, col, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.evaluation import Direction, Stage
from domain.opinion import OpinionChannel, Reflection
from domain.phase_review import ReviewState
from settings import Settings
from tests.city import LAST_YEAR_AT, City
from tests.conftest import RememberingMailer
from web.app import create_app

BASE_URL = "https://meguru.city.example"
CITY = "iizuka"
PLAN_PAGE = f"/public/{CITY}/plans/iizuka-ict"
DATA = f"/public/{CITY}/data/"
OPINION, ANSWERED = "公園の桜の名所で使えるようにしてほしい。", "来年度の候補に加えました。"


def show(database: Database, *, is_public: bool = True) -> None:
    """Every plan of the installation is marked as public, or none."""
    with database.writing(EVERY_MUNICIPALITY) as session:
        for plan in session.exec(select(t.Plan)):
            plan.definition = {**plan.definition, "is_public": is_public}
            session.add(plan)


def evaluate_last_year(city: City, grade: str, direction: Direction) -> None:
    """The measure that was reported last year, as the planning division judged it."""
    with city.database.writing(city.municipality) as session:
        cycle, node = last_year(session), measure(session, "1-1-1")
        session.add(
            t.Evaluation(
                cycle_id=cycle.id,
                node_id=node.id,
                stage=Stage.PRIMARY,
                grade=grade,
                direction=direction,
                comment="庁内向けの所見です。",
                evaluated_on=date(2020, 3, 30),
                evaluated_by_id=city.user("planning").id,
            )
        )


def hear(city: City, text: str = OPINION, source: str = "citizens", state: ReviewState | None = None) -> None:
    """An answered opinion on a measure: at any time, or in a review that stands as `state`."""
    with city.database.writing(city.municipality) as session:
        review = _review(session, city, state) if state else None
        opinion = t.Opinion(
            plan_id=city.plan,
            review_id=review.id if review else None,
            source=source,
            channel=OpinionChannel.FORM,
            author="氏名 太郎",
            contact="taro@person.example",
            text=text,
            received_on=date(2020, 9, 1),
            received_at=LAST_YEAR_AT,
            answer=ANSWERED,
            reflection=Reflection.PARTLY,
            answered_at=LAST_YEAR_AT,
            answered_by_id=city.user("planning").id,
        )
        session.add(opinion)
        session.flush()
        session.add(t.OpinionNode(opinion_id=opinion.id, node_id=measure(session, "1-1-1").id))


def _review(session: Session, city: City, state: ReviewState) -> t.PhaseReview:
    found = session.exec(select(t.PhaseReview)).first()
    edition = session.exec(select(t.Edition).where(t.Edition.plan_id == city.plan)).all()[0]
    review = found or t.PhaseReview(
        plan_id=city.plan,
        term="early",
        fiscal_year=2020,
        edition_id=edition.id,
        workflow_id="phase-review/test",
        opened_on=date(2020, 9, 1),
        opened_by="test",
    )
    review.state = state
    session.add(review)
    session.flush()
    return review


def keep(session: Session, kind: str, **owner: int) -> t.Document:
    """A document of a kind that belongs to a cycle, a review, a project or a meeting."""
    document = t.Document(
        **owner,  # type: ignore[arg-type]  # names of columns that hold numbers
        kind=kind,
        format="pdf",
        file_name=f"{kind}.pdf",
        media_type="application/pdf",
        content=f"content of {kind}".encode(),
        digest=kind,
        issued_on=date(2020, 4, 10),
        rendered_at=LAST_YEAR_AT,
    )
    session.add(document)
    session.flush()
    return document


def last_year(session: Session) -> t.AnnualCycle:
    return session.exec(select(t.AnnualCycle).where(t.AnnualCycle.fiscal_year == 2019)).one()


def measure(session: Session, code: str) -> t.Node:
    """A measure of the first edition."""
    query = select(t.Node).where(t.Node.code == code).order_by(col(t.Node.id))
    return session.exec(query).all()[0]


@dataclass(frozen=True)
class Citizen:
    """Somebody without an account, with their browser."""

    http: TestClient

    def get(self, path: str) -> Response:
        return self.http.get(path)

    def read(self, path: str) -> str:
        answer = self.http.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def speaks_english(self) -> None:
        self.http.cookies.set("__Host-meguru_language", "en")

    def pages_from(self, path: str) -> dict[str, bytes]:
        """Every page, picture and file that can be reached from a page without leaving the public ones."""
        found: dict[str, bytes] = {}
        waiting = [path]
        while waiting:
            at = waiting.pop()
            if at in found:
                continue
            answer = self.http.get(at)
            assert answer.status_code == 200, (at, answer.status_code)
            found[at] = answer.content
            if answer.headers["content-type"].startswith("text/html"):
                links = _Links()
                links.feed(answer.text)
                here = at.partition("?")[0]
                hrefs = (here + link if link.startswith("?") else link for link in links.found)
                waiting += [link.partition("#")[0] for link in hrefs if link.startswith("/public/")]
        return found


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def citizen(database: Database, at: datetime, *, is_on: bool = True, licence: str = "") -> Citizen:
    """A citizen before the application; `is_on`: its public site is switched on."""
    settings = Settings(public_site=is_on, public_licence=licence, base_url=AnyHttpUrl(BASE_URL))
    app = create_app(settings, database, RememberingMailer())
    app.state.parts = replace(app.state.parts, now=lambda: at)
    return Citizen(TestClient(app, base_url=BASE_URL, follow_redirects=False))
