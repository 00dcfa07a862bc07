"""Surveys on the pages: figures and words as the source has them, and the next survey from a CSV beside the last."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest

from db.session import Database
from exchange import survey_csv
from records import plans
from tests.term_city import PLANNER, READER, TermCity, definition, make_term_city
from tests.web.desk_city import Page, SignedInClient
from tests.web.small_city import words

PAGE, DESK = "/plans/tokorozawa-dx/surveys", "/desk/plans/tokorozawa-dx/surveys"
SURVEY = definition().surveys[0]
TYPED = {
    "name": "所沢市市民意識調査（2027年度版）",
    "survey_code": "attitude-2027",
    "fiscal_year": "２０２７",
    "series": "attitude",
    "respondents": "1,234",
    "several": "1",
}


def csv_of(points: str = "2") -> bytes:
    """The next survey: every share moved by so many points."""
    questions = tuple(
        replace(
            q,
            answers=tuple(replace(a, share=None if a.share is None else a.share + Decimal(points)) for a in q.answers),
        )
        for q in SURVEY.questions
    )
    return survey_csv.write(replace(SURVEY, questions=questions))


@pytest.fixture
def city(empty_database: Database) -> TermCity:
    return make_term_city(empty_database)


@pytest.fixture
def planner(city: TermCity) -> SignedInClient:
    return SignedInClient(city.database, PLANNER)


@pytest.fixture
def reader(city: TermCity) -> SignedInClient:
    return SignedInClient(city.database, READER)


def send(client: SignedInClient, content: bytes, **typed: str) -> Page:
    data = {"csrf_token": client.csrf_token, **TYPED, **typed}
    answer = client.http.post(f"{DESK}/uploads", data=data, files={"file": ("next.csv", content)})
    return Page(answer.status_code, answer.text, dict(answer.headers))


def take(client: SignedInClient, preview: Page, action: str = "import") -> Page:
    (address,) = re.findall(rf'action="({DESK}/uploads/\d+)"', preview.text)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', preview.text))
    fields.pop("csrf_token")
    return client.post(address, {**{name: unescape(value) for name, value in fields.items()}, "action": action})


def stored(city: TermCity) -> list[str]:
    with city.database.reading(city.municipality) as session:
        return [s.code for s in plans.definition_of(city.plan(session)).surveys]


def test_every_figure_and_every_statement_in_words_is_read_with_what_it_is_about(reader: SignedInClient) -> None:
    text = reader.get(PAGE).text
    page = words(text)
    for answer in (a for q in SURVEY.questions for a in q.answers):
        assert (f"{answer.share}%" if answer.share else answer.approximate.ja) in page
        assert answer.text.ja in page
    assert "回答者数：記載なし" in page
    assert "ビジョンについての設問" in page
    assert "暮らしやすさUP" in page
    assert "前回との差" not in page
    assert "アンケート・意識調査" not in reader.get("/plans/tokorozawa-dx/about").text, "it has a page of its own"


def test_a_chart_is_a_picture_that_the_browser_may_keep(reader: SignedInClient) -> None:
    path = f"{PAGE}/attitude-2024/q7-1.svg"
    assert f'src="{path}"' in reader.get(PAGE).text
    first = reader.http.get(path)
    assert first.headers["content-type"] == "image/svg+xml"
    assert "51.9%" in first.text
    assert "4割半ばを超えている" in first.text, "words stand where there is no figure"
    assert reader.http.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    for unknown in (f"{PAGE}/attitude-2024/q9.svg", f"{PAGE}/none/q7-1.svg"):
        assert reader.get(unknown).status == 404


def test_the_next_survey_is_shown_before_it_is_stored_and_then_compared(
    city: TermCity, planner: SignedInClient, reader: SignedInClient
) -> None:
    preview = send(planner, csv_of())
    assert preview.status == 200
    assert "まだ何も登録していません" in preview.text
    assert "+2.0" in preview.text
    assert stored(city) == ["attitude-2024"]
    assert take(planner, preview).goes_to == f"{DESK}?done=imported"
    assert stored(city) == ["attitude-2024", "attitude-2027"]
    page = words(reader.get(PAGE).text)
    assert page.index("2027年度版") < page.index("2024年度版"), "the newest first"
    assert re.findall(r"回答者数：\S+", page) == ["回答者数：1,234人", "回答者数：記載なし"]
    assert "53.9% 51.9% +2.0" in page
    assert page.count("出典：") == 1, "what came in at the desk stands in no document of the plan"
    assert "4割半ばを超えている 4割半ばを超えている －" in page


def test_the_template_holds_the_last_survey_without_its_figures(planner: SignedInClient) -> None:
    assert f"{DESK}/template.csv?survey=attitude-2024" in planner.get(DESK).text
    template = planner.http.get(f"{DESK}/template.csv?survey=attitude-2024").content.decode("utf-8-sig")
    assert "いずれも実感しにくい" in template
    assert "51.4" not in template
    filled = planner.http.get(f"{DESK}/template.csv?survey=attitude-2024&filled=1").content.decode("utf-8-sig")
    assert "51.4" in filled


def test_mistakes_in_the_file_are_named_by_line_and_column_and_what_was_typed_stays(
    city: TermCity, planner: SignedInClient
) -> None:
    refused = send(planner, csv_of("60"))
    assert refused.status == 422
    assert "2行目、G列（割合（％））" in refused.text
    assert 'value="attitude-2027"' in refused.text
    assert stored(city) == ["attitude-2024"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " "}, "調査の名称を入力してください"),
        ({"survey_code": "意識調査"}, "半角の英数字とハイフン"),
        ({"survey_code": "attitude-2024"}, "このコードの調査がすでにあります"),
        ({"fiscal_year": "来年"}, "4桁の西暦"),
        ({"respondents": "多数"}, "0以上の数字"),
    ],
    ids=["name", "code", "taken", "year", "respondents"],
)
def test_what_is_missing_about_the_survey_is_said_at_its_field(
    city: TermCity, planner: SignedInClient, typed: dict[str, str], said: str
) -> None:
    refused = send(planner, csv_of(), **typed)
    assert refused.status == 422
    assert said in refused.text
    assert stored(city) == ["attitude-2024"]


def test_a_survey_is_replaced_only_when_that_is_ticked(city: TermCity, planner: SignedInClient) -> None:
    typed = {"survey_code": "attitude-2024", "fiscal_year": "2024", "replaces": "1", "name": SURVEY.name.ja}
    take(planner, send(planner, csv_of("-1.9"), **typed))
    with city.database.reading(city.municipality) as session:
        (survey,) = plans.definition_of(city.plan(session)).surveys
    assert survey.questions[0].answers[0].share == Decimal("50.0")
    assert (survey.name, survey.note, survey.source) == (SURVEY.name, SURVEY.note, SURVEY.source)


def test_a_file_that_was_put_away_is_not_stored(city: TermCity, planner: SignedInClient) -> None:
    preview = send(planner, csv_of())
    assert take(planner, preview, "put_away").goes_to == f"{DESK}?done=put_away"
    assert take(planner, preview).status == 409
    assert stored(city) == ["attitude-2024"]


def test_only_the_planning_division_brings_surveys(
    city: TermCity, planner: SignedInClient, reader: SignedInClient
) -> None:
    for path in (DESK, f"{DESK}/template.csv"):
        assert reader.get(path).status == 403, path
    assert send(reader, csv_of()).status == 403
    preview = send(planner, csv_of())
    assert take(reader, preview).status == 403
    answer = planner.http.post(f"{DESK}/uploads", data=TYPED, files={"file": ("next.csv", csv_of())})
    assert answer.status_code == 403, "without the token"
    assert stored(city) == ["attitude-2024"]


def test_nobody_reads_a_survey_without_signing_in(reader: SignedInClient) -> None:
    reader.http.cookies.clear()
    for path in (PAGE, f"{PAGE}/attitude-2024/q7-1.svg", DESK):
        assert reader.get(path).status == 303, path
