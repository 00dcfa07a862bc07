"""オープンデータ: the tables of the plans that a city shows, and their catalogue."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from domain.text import Bilingual
from exchange import open_data as formats
from exchange.open_data import TableName
from records import open_data, public_site
from records.change import NotFound
from web.context import parts_of
from web.downloads import document_response
from web.public_visit import PublicVisit, Visit, for_everybody, public_page

router = APIRouter(prefix="/public/{municipality}/data")


@router.get("/")
def show_data(request: Request, visit: PublicVisit) -> Response:
    return public_page(
        request,
        visit,
        "public/data.html",
        cards=public_site.cards(visit.session, visit.at),
        tables=tuple(TableName),
        titles=formats.TITLES,
        columns=formats.COLUMNS,
        licence=parts_of(request).settings.public_licence,
        address=_outside(request, visit),
    )


@router.get("/catalog.jsonld")
def show_catalogue(request: Request, visit: PublicVisit) -> Response:
    frames = [visit.frame(card.plan.code) for card in public_site.cards(visit.session, visit.at)]
    shown = [open_data.plan_of(visit.session, frame) for frame in frames]
    licence = parts_of(request).settings.public_licence
    city = Bilingual(visit.city.name, visit.city.name_en)
    told = formats.catalogue(city, shown, _outside(request, visit), licence)
    return _for_programs(_json(told, "application/ld+json"))


@router.get("/{code}/{file}")
def show_table(visit: PublicVisit, code: str, file: str) -> Response:
    """A table by its name and format: `measures.csv`, `measures.json`."""
    frame = visit.frame(code)
    name, _, format_ = file.partition(".")
    if name not in set(TableName) or format_ not in ("csv", "json"):
        raise NotFound(f"open data {file}")
    table = open_data.table(visit.session, frame, TableName(name))
    if format_ == "json":
        return _for_programs(_json(formats.as_json(table, open_data.plan_of(visit.session, frame)), "application/json"))
    content = formats.as_csv(table)
    return _for_programs(document_response(content, "text/csv; charset=utf-8", f"{code}-{file}", keep=True))


def _json(told: dict[str, Any], media_type: str) -> Response:
    return Response(json.dumps(told, ensure_ascii=False, indent=1), media_type=media_type)


def _for_programs(response: Response) -> Response:
    """Pages of other sites may read it too: nothing in it is anybody's own."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return for_everybody(response)


def _outside(request: Request, visit: Visit) -> str:
    """Where the data are, as programs elsewhere must ask for it."""
    return f"{str(parts_of(request).settings.base_url).rstrip('/')}{visit.address}data/"
