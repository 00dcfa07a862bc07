"""Open data of plans: tables as CSV and JSON, and their catalogue (DCAT) in JSON-LD.

Columns have the same order in both: CSV with Japanese headings, JSON with their keys. An empty cell is 記載なし.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.text import Bilingual
from exchange.csv_grid import guarded

Cell = str | int | Decimal | date | None

BYTE_ORDER_MARK = "\ufeff"
"""By which Excel reads a CSV as UTF-8."""


class TableName(StrEnum):
    MEASURES = "measures"
    REPORTS = "reports"
    INDICATORS = "indicators"
    EVALUATIONS = "evaluations"


@dataclass(frozen=True)
class Column:
    key: str
    heading: Bilingual


@dataclass(frozen=True)
class DataPlan:
    """A plan whose tables are offered; `modified_on` is the day on which what is shown of it last changed."""

    code: str
    name: Bilingual
    mark: Bilingual
    modified_on: date


@dataclass(frozen=True)
class Table:
    """A table of a plan with its rows; `mark` says that they are sample data and stands in every row."""

    name: TableName
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    mark: str


def _columns(*several: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(key, Bilingual(ja, en)) for key, ja, en in several)


_MEASURE = (
    ("edition", "版のコード", "Code of the edition"),
    ("code", "番号", "Code of the measure in that edition"),
    ("title", "名称", "Title"),
    ("title_en", "名称（英語）", "Title in English"),
    ("life", "系譜の起点", "First edition and code of the measure's life: alike in every edition"),
)
_NOTE = ("note", "注記", "Note: says where the row is sample data")

TITLES: Mapping[TableName, Bilingual] = {
    TableName.MEASURES: Bilingual("施策の一覧", "Measures"),
    TableName.REPORTS: Bilingual("終わった年度の進捗", "Progress of closed years"),
    TableName.INDICATORS: Bilingual("指標の値", "Values of indicators"),
    TableName.EVALUATIONS: Bilingual("終わった年度の評価", "Evaluations of closed years"),
}
COLUMNS: Mapping[TableName, tuple[Column, ...]] = {
    TableName.MEASURES: _columns(
        *_MEASURE,
        ("level", "階層", "Level"),
        ("parent", "上位の番号", "Code of what it belongs to"),
        ("measure_class", "区分", "Class"),
        ("department", "所管課（現在の版のみ）", "Responsible department (edition in force only)"),
        ("effective_on", "版の適用開始日", "First day of the edition"),
        ("is_in_force", "現在の版（1：はい、0：いいえ）", "Edition in force (1 yes, 0 no)"),
        _NOTE,
    ),
    TableName.REPORTS: _columns(
        ("fiscal_year", "年度", "Fiscal year (April to March)"),
        *_MEASURE,
        ("department", "報告した部署", "Department that reported"),
        ("progress_code", "進捗状況のコード", "Progress as a code"),
        ("progress", "進捗状況", "Progress"),
        ("done", "実施したこと", "What was done"),
        _NOTE,
    ),
    TableName.INDICATORS: _columns(
        ("indicator", "指標のコード", "Code of the indicator"),
        ("name", "指標の名称", "Name"),
        ("name_en", "指標の名称（英語）", "Name in English"),
        ("unit", "単位", "Unit"),
        ("measure_edition", "測る施策の版のコード", "Edition of the measure it tells of"),
        ("measure_code", "測る施策の番号", "Code of the measure it tells of"),
        ("type", "種別", "Kind of value"),
        ("fiscal_year", "年度", "Fiscal year"),
        ("at", "時点", "Day"),
        ("value", "値", "Value"),
        ("upper", "値の上限", "Upper limit"),
        ("printed", "資料での表記", "As printed"),
        ("break_reason", "系列が切れる理由", "Why the series begins anew here"),
        _NOTE,
    ),
    TableName.EVALUATIONS: _columns(
        ("fiscal_year", "年度", "Fiscal year (April to March)"),
        *_MEASURE,
        ("grade_code", "評価の区分のコード", "Grade as a code"),
        ("grade", "評価の区分", "Grade"),
        ("direction_code", "今後の方向性のコード", "Direction as a code"),
        ("direction", "今後の方向性", "Direction"),
        _NOTE,
    ),
}


def as_csv(told: Table) -> bytes:
    """UTF-8 with its mark, lines as RFC 4180 wants them; no spreadsheet takes a text for a formula."""
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow([column.heading.ja for column in told.columns])
    lines.writerows([_in_csv(cell) for cell in row] for row in told.rows)
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


def as_json(told: Table, plan: DataPlan) -> dict[str, Any]:
    """The same rows by the keys of their columns; null is 記載なし. Figures are written out, as the source has them."""
    keys = [column.key for column in told.columns]
    return {
        "plan": plan.code,
        "name": plan.name.ja,
        "table": told.name.value,
        "title": TITLES[told.name].ja,
        "note": told.mark or None,
        "columns": {column.key: column.heading.ja for column in told.columns},
        "rows": [dict(zip(keys, map(_in_json, row), strict=True)) for row in told.rows],
    }


def _in_csv(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return guarded(cell)
        case Decimal():
            return format(cell, "f")
        case date():
            return cell.isoformat()
        case int():
            return str(cell)


def _in_json(cell: Cell) -> str | int | None:
    match cell:
        case Decimal():
            return format(cell, "f")
        case date():
            return cell.isoformat()
        case _:
            return cell or None if isinstance(cell, str) else cell


def catalogue(city: Bilingual, plans: Sequence[DataPlan], address: str, licence: str) -> dict[str, Any]:
    """The tables of a city as a DCAT catalogue in JSON-LD. `address` ends with `/`; no `licence`: 記載なし."""
    publisher = {"@type": "foaf:Organization", "foaf:name": _in_both(city)}
    terms = {"dct:publisher": publisher, "dct:license": _licence(licence), "dct:language": ["ja"]}
    title = Bilingual(f"{city.ja} 計画の進み具合（オープンデータ）", city.en and f"{city.en}: progress of plans")
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": address,
        "@type": "dcat:Catalog",
        "dct:title": _in_both(title),
        "dct:description": _in_both(_ABOUT),
        **terms,
        **({"dct:modified": _day(max(plan.modified_on for plan in plans))} if plans else {}),
        "dcat:dataset": [_dataset(plan, name, address, terms) for plan in plans for name in TableName],
    }


_ABOUT = Bilingual(
    "市が公開している計画の施策、終わった年度の進捗と評価、指標の値です。",
    "Measures of the plans that the city shows, progress and evaluations of closed years, values of indicators.",
)


def _dataset(plan: DataPlan, name: TableName, address: str, terms: Mapping[str, Any]) -> dict[str, Any]:
    title, mark = TITLES[name], plan.mark
    at = f"{address}{plan.code}/{name.value}"
    headings = [column.heading for column in COLUMNS[name]]
    columns = Bilingual("、".join(h.ja for h in headings), "; ".join(h.en for h in headings))
    about = Bilingual(" ".join(filter(None, (mark.ja, columns.ja))), " ".join(filter(None, (mark.en, columns.en))))
    name_of = Bilingual(f"{plan.name.ja} {title.ja}", plan.name.en and f"{plan.name.en}: {title.en}")
    return {
        "@id": at,
        "@type": "dcat:Dataset",
        "dct:identifier": f"{plan.code}/{name.value}",
        "dct:title": _in_both(name_of),
        "dct:description": _in_both(about),
        "dct:modified": _day(plan.modified_on),
        **terms,
        "dcat:distribution": [
            {
                "@id": f"{at}.{format_}",
                "@type": "dcat:Distribution",
                "dcat:accessURL": {"@id": address},
                "dcat:downloadURL": {"@id": f"{at}.{format_}"},
                "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media_type}"},
                "dct:format": format_.upper(),
                "dct:license": terms["dct:license"],
            }
            for format_, media_type in (("csv", "text/csv"), ("json", "application/json"))
        ],
    }


def _licence(licence: str) -> dict[str, str]:
    """An address as such, words as a name."""
    if licence.startswith(("https://", "http://")):
        return {"@id": licence}
    return {"@type": "dct:LicenseDocument", "rdfs:label": licence or "記載なし"}


def _in_both(text: Bilingual) -> list[dict[str, str]]:
    return [{"@language": code, "@value": said} for code, said in (("ja", text.ja), ("en", text.en)) if said]


def _day(day: date) -> dict[str, str]:
    return {"@type": "xsd:date", "@value": day.isoformat()}
