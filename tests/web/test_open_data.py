"""オープンデータ: tables and their catalogue say what the pages say, and nobody's name."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from sqlmodel import select

from db import tables as t
from domain.evaluation import Direction
from domain.indicator import IndicatorDirection, IndicatorKind, ValueType
from exchange.csv_grid import unguarded
from tests.city import OPENED_AT, City
from tests.public_city import BASE_URL, CITY, DATA, Citizen, citizen, evaluate_last_year, last_year, show

PLAN = "iizuka-ict"
TABLES = ("measures", "reports", "indicators", "evaluations")


@pytest.fixture
def public(real_city: City) -> City:
    show(real_city.database)
    evaluate_last_year(real_city, "A", Direction.EXPAND)
    with real_city.database.writing(real_city.municipality) as session:
        indicator = t.Indicator(
            plan_id=real_city.plan,
            code="change",
            name="+増減",
            kind=IndicatorKind.COUNT,
            direction=IndicatorDirection.HIGHER,
            position=0,
            details={"unit": {"ja": "件"}},
        )
        session.add(indicator)
        session.flush()
        value = t.IndicatorValue(
            indicator_id=indicator.id, position=0, type=ValueType.FINAL, value=Decimal("-5.50"), fiscal_year=2019
        )
        session.add(value)
    return real_city


@pytest.fixture
def reader(public: City) -> Citizen:
    return citizen(public.database, OPENED_AT)


def rows(reader: Citizen, table: str) -> list[dict[str, str]]:
    content = reader.get(f"{DATA}{PLAN}/{table}.csv").content
    assert content.startswith(b"\xef\xbb\xbf"), "Excel reads it as UTF-8"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("table", TABLES)
def test_csv_and_json_hold_the_same_rows(reader: Citizen, table: str) -> None:
    told = reader.get(f"{DATA}{PLAN}/{table}.json").json()
    as_csv = rows(reader, table)
    assert as_csv
    assert len(as_csv) == len(told["rows"])
    assert [[unguarded(cell) for cell in row.values()] for row in as_csv] == [
        ["" if value is None else str(value) for value in row.values()] for row in told["rows"]
    ]
    assert list(as_csv[0]) == list(told["columns"].values())


def test_a_year_has_its_reports_and_evaluations_once_it_is_closed(public: City, reader: Citizen) -> None:
    public.submit("1-1-1", "information_staff")
    [report] = rows(reader, "reports")
    assert (report["年度"], report["番号"], report["進捗状況のコード"]) == ("2019", "1-1-1", "on_track")
    assert report["報告した部署"] == "情報政策課"
    assert report["実施したこと"] == "昨年は電波の届き方を4か所で調べました。"
    [evaluation] = rows(reader, "evaluations")
    assert (evaluation["評価の区分のコード"], evaluation["今後の方向性"]) == ("A", "拡充")


def test_sample_data_says_so_in_every_row(reader: Citizen) -> None:
    for table in TABLES:
        assert {row["注記"] for row in rows(reader, table)} == {"試験のための見本です。"}
    assert "試験のための見本です。" in reader.get(f"{DATA}catalog.jsonld").text


def test_no_spreadsheet_takes_a_text_for_a_formula_and_numbers_stay_numbers(public: City, reader: Citizen) -> None:
    with public.database.writing(public.municipality) as session:
        node = session.exec(select(t.Node).where(t.Node.code == "1-1-1")).all()[0]
        node.title = '=HYPERLINK("https://evil.example")'
        session.add(node)
    assert "'=HYPERLINK" in reader.get(f"{DATA}{PLAN}/measures.csv").text
    assert "-5.50" in {row["値"] for row in rows(reader, "indicators")}
    for table in TABLES:
        grid = csv.reader(io.StringIO(reader.get(f"{DATA}{PLAN}/{table}.csv").text))
        assert not [cell for line in grid for cell in line if cell.startswith(("=", "+", "@", "\t"))]


def test_the_catalogue_tells_programs_what_there_is(public: City, reader: Citizen) -> None:
    answer = reader.get(f"{DATA}catalog.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    told = answer.json()
    assert told["@type"] == "dcat:Catalog"
    assert told["@id"] == f"{BASE_URL}{DATA}"
    assert told["dct:publisher"]["foaf:name"][0]["@value"] == "飯塚市"
    assert told["dct:license"] == {"@type": "dct:LicenseDocument", "rdfs:label": "記載なし"}
    with public.database.reading(public.municipality) as session:
        closed_on = last_year(session).closed_on
    assert closed_on is not None
    assert told["dct:modified"]["@value"] >= closed_on.isoformat()
    datasets = {one["dct:identifier"]: one for one in told["dcat:dataset"]}
    assert set(datasets) == {f"{PLAN}/{table}" for table in TABLES}
    for dataset in datasets.values():
        for distribution in dataset["dcat:distribution"]:
            found = reader.get(distribution["dcat:downloadURL"]["@id"])
            media_type = distribution["dcat:mediaType"]["@id"].removeprefix(
                "https://www.iana.org/assignments/media-types/"
            )
            assert (found.status_code, found.headers["content-type"].partition(";")[0]) == (200, media_type)
            assert found.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("licence", "told"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", {"@id": "https://creativecommons.org/licenses/by/4.0/"}),
        ("市の利用規約", {"@type": "dct:LicenseDocument", "rdfs:label": "市の利用規約"}),
    ],
)
def test_the_licence_is_the_one_of_the_installation(public: City, licence: str, told: dict[str, str]) -> None:
    reader = citizen(public.database, OPENED_AT, licence=licence)
    assert reader.get(f"{DATA}catalog.jsonld").json()["dct:license"] == told
    assert licence in reader.read(DATA)


@pytest.mark.parametrize("file", ["people.csv", "measures.xlsx", "measures", ".csv", "measures.csv.json"])
def test_there_are_no_other_tables(reader: Citizen, file: str) -> None:
    assert reader.get(f"{DATA}{PLAN}/{file}").status_code == 404


def test_data_of_a_plan_that_is_not_shown_are_not_there(public: City, reader: Citizen) -> None:
    show(public.database, is_public=False)
    assert reader.get(f"{DATA}{PLAN}/measures.csv").status_code == 404
    assert reader.get(f"{DATA}catalog.jsonld").json()["dcat:dataset"] == []
    assert reader.get(f"/public/{CITY}/data/").status_code == 200
