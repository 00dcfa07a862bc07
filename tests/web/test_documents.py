"""The documents of a cycle: read in the browser, kept as files, closed to other municipalities."""

from __future__ import annotations

import pytest

from db.session import Database
from documents.formats import Format
from domain.phase_review import ReviewState
from records import cycles, document_archive, reviews
from tests.web.desk_city import DUE_ON, PLANNER, STAFF, DeskCity, collecting, elsewhere
from tests.web.desk_review import DeskReview

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@pytest.fixture
def city(sample_database: Database) -> DeskCity:
    return collecting(sample_database)


def test_a_file_is_downloaded_whole_under_its_name(city: DeskCity) -> None:
    document = _stored(city, Format.PDF, b"%PDF-1.7 content")
    answer = city.client(STAFF).http.get(f"/documents/{document}")
    assert answer.status_code == 200
    assert answer.content == b"%PDF-1.7 content"
    assert answer.headers["content-type"] == "application/pdf"
    name = "annual-report-iizuka-ict-2020.pdf"
    assert answer.headers["content-disposition"] == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_japanese_file_name_survives_the_header(city: DeskCity) -> None:
    document = _stored(city, Format.DOCX, b"word", name='進捗"報告\r\n書.docx')
    said = city.client(STAFF).http.get(f"/documents/{document}").headers["content-disposition"]
    assert said == (
        'attachment; filename="________.docx"; '
        "filename*=UTF-8''%E9%80%B2%E6%8D%97%22%E5%A0%B1%E5%91%8A%0D%0A%E6%9B%B8.docx"
    )


def test_a_page_is_shown_in_a_sandbox_with_its_own_style_and_downloaded_on_demand(city: DeskCity) -> None:
    document = _stored(city, Format.HTML, "<style>p{}</style><p>報告書</p>".encode())
    client = city.client(STAFF)
    shown, kept = (client.http.get(f"/documents/{document}{query}") for query in ("", "?download=1"))
    assert shown.headers["content-disposition"].startswith("inline;")
    assert kept.headers["content-disposition"].startswith("attachment;")
    assert shown.headers["content-security-policy"] == kept.headers["content-security-policy"] == POLICY
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert "報告書" in shown.text


def test_the_board_links_every_document_of_its_cycle(city: DeskCity) -> None:
    made = [_stored(city, format_, b"x") for format_ in Format]
    page = city.client(PLANNER).get(f"/desk/cycles/{city.cycle}").text
    for document in made:
        assert f'href="/documents/{document}"' in page
    assert "年度進捗報告書（Word）" in page


def test_a_document_is_closed_to_other_municipalities_and_to_whoever_is_not_signed_in(city: DeskCity) -> None:
    document = _stored(city, Format.PDF, b"content")
    email, _ = elsewhere(city.database)
    assert city.client(email).get(f"/documents/{document}").status == 404
    nobody = city.client(STAFF)
    nobody.http.cookies.clear()
    assert nobody.get(f"/documents/{document}").status == 303


@pytest.mark.parametrize(
    ("state", "kind", "readable"),
    [
        (ReviewState.CONSULTING, "phase-review-report", False),
        (ReviewState.CONSULTING, "body-papers-1", False),
        (ReviewState.AWAITING_EFFECT, "phase-review-report", True),
        (ReviewState.CLOSED, "comparison-table", True),
        (ReviewState.CLOSED, "body-papers-1", False),
    ],
)
def test_a_review_shows_departments_what_is_published_and_never_the_papers_of_its_bodies(
    desk_review: DeskReview, state: ReviewState, kind: str, readable: bool
) -> None:
    review = desk_review.opened()
    with review.database.writing(review.municipality) as session:
        row = reviews.find(session, review.review)
        row.state = state
        session.add(row)
        document = document_archive.store(session, review.change, row, kind, Format.PDF, b"%PDF", DUE_ON)
        session.flush()
        number = document.id
    assert review.client(PLANNER).get(f"/documents/{number}").status == 200
    assert review.client(STAFF).get(f"/documents/{number}").status == (200 if readable else 404)


def _stored(city: DeskCity, format_: Format, content: bytes, name: str = "") -> int:
    with city.database.writing(city.municipality) as session:
        cycle = cycles.find(session, city.cycle)
        document = document_archive.store(session, city.change, cycle, "annual-report", format_, content, DUE_ON)
        document.file_name = name or document.file_name
        session.add(document)
        session.flush()
        return document.id
