"""A plan in any of its formats: a plan file (YAML), a workbook, or CSV."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import plan_files
import yaml_files
from domain.mistakes import Mistake
from domain.plan import PlanDefinition
from exchange import archive, csv_files, wording, workbook, yaml_text
from exchange.assembly import Read
from exchange.remarks import Place, Remark, WrongTable
from exchange.rule_wording import in_words, is_worded

__all__ = ["LARGEST", "Format", "Read", "WrongTable", "located", "of_another_municipality", "read", "write"]

LARGEST = archive.LARGEST_FILE
"""Bytes; a larger file is refused before it is looked into."""


class Format(StrEnum):
    XLSX = "xlsx"
    YAML = "yaml"
    CSV = "csv"

    @property
    def suffix(self) -> str:
        return {Format.XLSX: ".xlsx", Format.YAML: ".yaml", Format.CSV: ".csv.zip"}[self]

    @property
    def media_type(self) -> str:
        return {
            Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format.YAML: "application/yaml",
            Format.CSV: "application/zip",
        }[self]


def write(definition: PlanDefinition, format_: Format) -> bytes:
    """Equal plans give equal bytes."""
    match format_:
        case Format.XLSX:
            return workbook.write(definition)
        case Format.YAML:
            return yaml_text.write(definition).encode()
        case Format.CSV:
            return csv_files.write(definition)


def read(name: str, content: bytes) -> Read:
    """The plan in a file, by the ending of its name. Raises `WrongTable` with every mistake, each with its place."""
    if len(content) > LARGEST:
        raise archive.refused(wording.TOO_LARGE, limit=LARGEST // archive.MEGABYTE)
    ending = name.lower().rpartition(".")[2]
    if ending in ("yaml", "yml"):
        try:
            return Read(plan_files.read_plan_content(content, name))
        except yaml_files.WrongFile as error:
            raise _said(error) from error
    return csv_files.read(content) if ending == "zip" else workbook.read(content)


def located(name: str, content: bytes, mistakes: Iterable[Mistake]) -> WrongTable:
    """Mistakes that showed only beside what is stored, with their places in the file that was read."""
    if name.lower().endswith((".yaml", ".yml")):
        return _said(yaml_files.located_in(content, name, mistakes))
    place_of = read(name, content).place_of
    return WrongTable(in_words(mistake.message, place_of(mistake.path)) for mistake in mistakes)


def of_another_municipality(said: str, own: str) -> WrongTable:
    return archive.refused(wording.OTHER_MUNICIPALITY, said=said, own=own)


def as_json(remark: Remark) -> dict[str, object]:
    """A remark for programs; `row` is the line of a plan file."""
    return {
        "sheet": remark.sheet or None,
        "row": remark.row,
        "column": remark.column or None,
        "field": remark.heading or None,
        "message": remark.message.ja,
        "message_en": remark.message.en,
        "remedy": remark.remedy.ja,
        "remedy_en": remark.remedy.en,
    }


def _said(error: yaml_files.WrongFile) -> WrongTable:
    return WrongTable(_remark(m.message, Place(row=m.line, heading=m.key)) for m in error.mistakes)


def _remark(sentence: str, place: Place) -> Remark:
    return in_words(sentence, place) if is_worded(sentence) else wording.NOT_ACCEPTED.at(place, reason=sentence)
