"""The description of the sheets leaves nothing of a plan out, and every sheet can be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from domain.plan import CalendarDay, PlanDefinition
from domain.text import Bilingual
from exchange import choices
from exchange.columns import Column, Kind, Sheet
from exchange.plan_sheets import PLAN
from exchange.sheets import BY_CODE, SHEETS, children
from exchange.tables import plain_heading
from tests.exchange.full_plan import full_plan


def leaves(type_: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all values that things of a type hold, tuples of things left to sheets of their own."""
    for name, hint in get_type_hints(type_).items():
        yield from _leaves_of(hint, (*at, name))


def _leaves_of(hint: Any, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    options = [one for one in get_args(hint) if one is not type(None)] if type(None) in get_args(hint) else [hint]
    (one,) = options
    if is_dataclass(one) and one is not CalendarDay:
        yield from leaves(one, at)
    elif get_origin(one) is tuple and get_args(one)[0] is Bilingual:
        yield from ((*at, "ja"), (*at, "en"))
    elif get_origin(one) is Mapping and get_args(one)[1] is str:
        yield from ((*at, key.value) for key in get_args(one)[0])
    else:
        yield at


def is_sheet_of_its_own(sheet: Sheet, path: tuple[str, ...]) -> bool:
    fields_of_children = [
        field for child in children(sheet) for field in ([(by, *child.field) for by in child.by] or [child.field])
    ]
    return any(path[: len(field)] == field for field in fields_of_children)


def thing_type(sheet: Sheet) -> Any:
    """The dataclass that one row of a sheet shows."""
    if sheet is PLAN:
        return PlanDefinition
    assert sheet.parent is not None
    hint = thing_type(sheet.parent)
    for part in (*sheet.by[:1], *sheet.field):
        hint = get_type_hints(hint)[part]
        hint = next((one for one in get_args(hint) if is_dataclass(one)), hint) if not get_origin(hint) else hint
        if type(None) in get_args(hint):
            hint = next(one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is Mapping:
        hint = get_args(hint)[1]
    return hint if sheet.upright else get_args(hint)[0]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.code)
def test_every_field_of_a_thing_has_a_column_or_a_sheet_of_its_own(sheet: Sheet) -> None:
    shown = {column.path for column in sheet.own}
    missing = [path for path in leaves(thing_type(sheet)) if path not in shown and not is_sheet_of_its_own(sheet, path)]
    assert missing == []


def said(value: Any, seen: dict[tuple[str, str], bool]) -> None:
    """Notes for each field of the things in `value` whether it ever says more than its default."""
    if is_dataclass(value):
        for one in fields(value):
            held = getattr(value, one.name)
            default = one.default_factory() if callable(one.default_factory) else one.default
            key = (type(value).__name__, one.name)
            seen[key] = seen.get(key, False) or held not in (default, None, "", ())
            said(held, seen)
    elif isinstance(value, tuple):
        for one in value:
            said(one, seen)
    elif isinstance(value, dict):
        said(tuple(value.values()), seen)


def test_the_full_plan_of_these_tests_says_something_in_every_field() -> None:
    seen: dict[tuple[str, str], bool] = {}
    said(full_plan(), seen)
    assert [key for key, says in seen.items() if not says] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.code)
def test_no_two_headings_of_a_sheet_are_alike_in_any_language(sheet: Sheet) -> None:
    for headings in ([c.heading.ja for c in sheet.columns], [c.heading.en for c in sheet.columns]):
        assert len({plain_heading(heading) for heading in headings}) == len(headings)


def test_names_of_sheets_can_be_names_in_a_workbook() -> None:
    names = [sheet.name.ja for sheet in SHEETS]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def every_column() -> list[Column]:
    return [column for sheet in SHEETS for column in sheet.columns]


def test_columns_refer_only_to_sheets_with_a_key() -> None:
    assert all(BY_CODE[column.refers].key for column in every_column() if column.refers)


def test_a_sheet_with_children_says_how_it_is_called_there() -> None:
    assert [
        s.code for s in SHEETS if children(s) and not s.upright and not (s.key and s.called.ja and s.called.en)
    ] == []


@pytest.mark.parametrize("enumeration", choices.LABELS, ids=lambda e: e.__name__)
def test_every_choice_has_a_label_of_its_own_in_both_languages(enumeration: type[StrEnum]) -> None:
    labels = choices.LABELS[enumeration]
    assert set(labels) == set(enumeration)
    assert len({label.ja for label in labels.values()}) == len({label.en for label in labels.values()}) == len(labels)


@pytest.mark.parametrize("enumeration", choices.LABELS, ids=lambda e: e.__name__)
def test_a_dropdown_holds_all_choices(enumeration: type[StrEnum]) -> None:
    # A workbook keeps the list of a dropdown in 255 characters.
    assert len(",".join(label.ja for label in choices.LABELS[enumeration].values())) <= 255


@pytest.mark.parametrize("enumeration", choices.LABELS, ids=lambda e: e.__name__)
def test_a_choice_is_understood_by_either_label_and_by_its_code(enumeration: type[StrEnum]) -> None:
    for member, label in choices.LABELS[enumeration].items():
        assert choices.chosen(enumeration, label.ja) is member
        assert choices.chosen(enumeration, f" {label.en.upper()} ") is member
        assert choices.chosen(enumeration, str(member)) is member


def test_every_column_of_choices_names_its_enumeration() -> None:
    assert all((c.kind is Kind.CHOICE) == (c.choices is not None) for c in every_column())


def test_every_text_for_people_is_there_in_both_languages() -> None:
    texts = [c.heading for c in every_column()] + [c.guidance for c in every_column()]
    texts += [text for sheet in SHEETS for text in (sheet.name, sheet.note)]
    assert [text for text in texts if bool(text.ja) != bool(text.en)] == []
