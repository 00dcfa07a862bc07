"""A plan as a workbook (.xlsx), both ways: written for people to fill in, and read back with every mistake named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from domain.plan import PlanDefinition
from domain.text import Bilingual
from exchange import choices
from exchange.assembly import Read, read_definition
from exchange.columns import Column, Kind, Sheet
from exchange.formulas import DIFFERS, Layout, derived
from exchange.plan_sheets import PLAN
from exchange.rows import Row, Written, digits, rows_of, written
from exchange.sheets import BY_CODE, SHEETS
from exchange.workbook_grids import read_grids
from exchange.workbook_looks import FONT, TAB_COLOURS, Looks, height, set_up_print

_CREATED = datetime.combine(date(2000, 1, 1), time())
"""The same plan gives the same bytes, whenever it is written."""

_HEADINGS = 3
"""The row of the headings, counted from 0; a title and what the sheet is for stand above it."""

_SPARE, _CHOSEN_BELOW = 200, 1_000
"""Rows below the table that are ready for formulas; for dropdowns."""

_UPRIGHT = (40, 60, 34, 62)
"""Widths of an upright sheet: heading, value, English heading, what belongs there."""

_SMALL = 1.2
"""So much more fits into a column in the small letters of what belongs there."""

_HINTS = {
    Kind.CHOICE: Bilingual("一覧から選びます。", "Choose from the list."),
    Kind.YES_NO: Bilingual("一覧から選びます。", "Choose from the list."),
    Kind.FISCAL_YEAR: Bilingual(
        "西暦でも和暦でも書けます（2021、令和3年度）。", "A western year or a Japanese one (2021, 令和3年度)."
    ),
    Kind.DAY: Bilingual("日付です（2021-04-01、令和3年4月1日）。", "A day (2021-04-01, 令和3年4月1日)."),
    Kind.CODES: Bilingual("コードを「、」で区切ります。", "Codes, separated by 、."),
}

_HOW_TO = (
    Bilingual(
        "このブックは、計画の内容をそのまま書き出したものです。直して取り込むと、計画が書き換わります。",
        "This workbook holds the whole plan. Change it and import it: the plan changes.",
    ),
    Bilingual(
        "よく直すのは、紺色の見出し（タブ）のシートです。濃い色の列は必ず書きます。見出しにカーソルを置くと説明が出ます。",
        "Most work is done on the sheets with dark tabs. Dark columns must be filled in; each heading has a note.",
    ),
    Bilingual(
        "行を消すときは、行の中身を空にします。空の行は読み飛ばします。列や見出し、シートの名前は変えないでください。",
        "To delete a row, empty it: empty rows are skipped. Leave columns, headings and names of sheets as they are.",
    ),
    Bilingual(
        "取り込む前に、誤りがすべて場所と直し方とともに示されます。1つでもあれば、何も書き換わりません。",
        "On import every mistake is shown with its place and remedy; nothing changes until none is left.",
    ),
)


def read(content: bytes) -> Read:
    """The plan in a workbook. Raises `exchange.remarks.WrongTable` with every mistake."""
    return read_definition(read_grids(content))


def write(definition: PlanDefinition) -> bytes:
    """The plan as a workbook; equal plans give equal bytes. Raises ValueError for a text longer than a cell holds."""
    rows = rows_of(definition)
    layout = Layout(_HEADINGS + 2, {code: _HEADINGS + 1 + len(found) + _SPARE for code, found in rows.items()})
    content = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": FONT, "font_size": 10},
    }
    with Workbook(content, options) as book:
        book.set_properties(
            {"title": definition.name.ja, "author": definition.municipality.name.ja, "created": _CREATED}
        )
        looks = Looks(book)
        for sheet in SHEETS:
            page = book.add_worksheet(sheet.name.ja)
            page.set_tab_color(TAB_COLOURS[sheet.group])
            page.hide_gridlines(2)
            if sheet is PLAN:
                _write_first(page, rows, definition, layout, looks)
            elif sheet.upright:
                _write_upright(page, sheet, rows, layout, looks)
            else:
                _write_table(page, sheet, rows, layout, looks)
    return content.getvalue()


def _write_table(
    page: Worksheet, sheet: Sheet, rows: Mapping[str, Sequence[Row]], layout: Layout, looks: Looks
) -> None:
    _write_title(page, sheet, looks)
    page.set_row(_HEADINGS, 40)
    for i, column in enumerate(sheet.columns):
        page.set_column(i, i, column.width, looks.cell(column.kind, boxed=False))
        _write_heading(page, i, column, looks)
        if validation := _choices_of(column, layout):
            below = _HEADINGS + len(rows[sheet.code]) + _CHOSEN_BELOW
            page.data_validation(_HEADINGS + 1, i, below, i, validation)
    for n, row in enumerate(rows[sheet.code], _HEADINGS + 1):
        _write_row(page, n, sheet, row, looks)
    _write_derived(page, sheet, rows, layout, looks)
    last = _HEADINGS + max(len(rows[sheet.code]), 1)
    page.autofilter(_HEADINGS, 0, last, len(sheet.columns) - 1)
    page.freeze_panes(_HEADINGS + 1, min(len(sheet.above) + 1, 3))
    page.print_area(0, 0, last, len(sheet.columns) - 1)
    set_up_print(page, sheet.name.ja, _HEADINGS, [column.width for column in sheet.columns])


def _write_title(page: Worksheet, sheet: Sheet, looks: Looks) -> None:
    page.write_string(0, 0, f"{sheet.name.ja}　{sheet.name.en}", looks.title)
    page.set_row(0, 25)
    page.write_string(1, 0, sheet.note.ja, looks.note)
    page.write_string(2, 0, sheet.note.en, looks.faint)
    page.set_row(2, 16)


def _write_heading(page: Worksheet, i: int, column: Column, looks: Looks) -> None:
    style = looks.required if column.required else looks.computed if column.kind is Kind.DERIVED else looks.optional
    page.write_rich_string(_HEADINGS, i, column.heading.ja, looks.small[style], f"\n{column.heading.en}", style)
    said = (column.guidance, _HINTS.get(column.kind, Bilingual("")))
    lines = dict.fromkeys(filter(None, (*(one.ja for one in said), *(one.en for one in said))))
    if column.required:
        lines = dict.fromkeys(("必ず書きます。 Required.", *lines))
    if lines:
        size = {"x_scale": 1.9, "y_scale": 0.5 + 0.25 * len(lines)}
        page.write_comment(
            _HEADINGS, i, "\n".join(lines), {"author": "Meguru", "font_name": FONT, "font_size": 9, **size}
        )


def _choices_of(column: Column, layout: Layout) -> dict[str, object] | None:
    """The dropdown of a column: the words of an enumeration, or the codes that the sheet it refers to has."""
    validation: dict[str, object] = {
        "validate": "list",
        "error_title": "一覧にありません",
        "error_message": "一覧から選んでください。",
    }
    if column.choices:
        validation["source"] = [label.ja for label in choices.LABELS[column.choices].values()]
    elif column.kind is Kind.YES_NO:
        validation["source"] = [choices.YES.ja, choices.NO.ja]
    elif column.refers and column.kind in (Kind.CODE, Kind.DOCUMENT):
        there = BY_CODE[column.refers]
        area = layout.area(there, there.key, elsewhere=True)
        validation["source"] = f"=OFFSET({area.partition(':')[0]},0,0,MAX(1,COUNTA({area})),1)"
        validation["error_type"] = "warning"
        validation["error_message"] = f"「{there.name.ja}」シートにないコードです。このまま書きますか。"
    else:
        return None
    return validation


def _write_row(page: Worksheet, n: int, sheet: Sheet, row: Row, looks: Looks) -> None:
    texts = []
    for i, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
        cell = written(column, value)
        _write_cell(page, n, i, column, cell, looks)
        if isinstance(cell, str):
            texts.append((cell, column.width))
    page.set_row(n, height(texts))


def _write_cell(page: Worksheet, n: int, i: int, column: Column, cell: Written, looks: Looks) -> None:
    style = looks.cell(column.kind)
    match cell:
        case None:
            status = page.write_blank(n, i, None, style)
        case date() if cell.year > 1900:
            status = page.write_datetime(n, i, datetime.combine(cell, time()), style)
        case int() | Decimal() if _fits(cell):
            status = page.write_number(
                n, i, float(digits(Decimal(cell))), looks.cell(column.kind, _number_format(column, cell))
            )
        case int() | Decimal():
            status = page.write_string(n, i, digits(Decimal(cell)), style)
        case _:
            status = page.write_string(n, i, str(cell), style)
    if status:
        raise ValueError(f"{page.name} row {n + 1}: a cell cannot hold {column.heading.en}: it is too long")


def _fits(number: int | Decimal) -> bool:
    """Whether a cell keeps every digit of the number."""
    return Decimal(f"{float(number):.16G}") == Decimal(number)


def _number_format(column: Column, number: int | Decimal) -> str:
    """Thousands separated, with the digits that the number has."""
    if column.kind is not Kind.NUMBER:
        return ""
    _, point, fraction = digits(Decimal(number)).partition(".")
    return f"#,##0{point}{'0' * len(fraction)}"


def _write_derived(
    page: Worksheet, sheet: Sheet, rows: Mapping[str, Sequence[Row]], layout: Layout, looks: Looks
) -> None:
    """The formulas; so that nobody overwrites one by accident, the sheet is protected, without a password."""
    computed = [(i, column) for i, column in enumerate(sheet.columns) if column.kind is Kind.DERIVED]
    for i, column in computed:
        for n, cell in enumerate(derived(sheet, column, layout, rows), _HEADINGS + 1):
            style = looks.spare_result if n > _HEADINGS + len(rows[sheet.code]) else looks.result
            if cell is None:
                page.write_blank(n, i, None, style)
            else:
                page.write_formula(n, i, cell.formula, style, cell.result)
        area = (_HEADINGS + 1, i, layout.last_rows[sheet.code] - 1, i)
        page.conditional_format(
            *area, {"type": "cell", "criteria": "==", "value": f'"{DIFFERS}"', "format": looks.wrong}
        )
    if computed:
        may = ("insert_rows", "delete_rows", "sort", "autofilter", "format_cells", "format_columns", "format_rows")
        page.protect("", dict.fromkeys(may, True))


def _write_first(
    page: Worksheet,
    rows: Mapping[str, Sequence[Row]],
    definition: PlanDefinition,
    layout: Layout,
    looks: Looks,
) -> None:
    """The first sheet: how to go about it, the plan's own values, and where everything else stands."""
    page.write_string(0, 0, definition.name.ja, looks.title)
    page.set_row(0, 27)
    for n, said in enumerate(_HOW_TO):
        page.write_string(1 + 2 * n, 0, f"・{said.ja}", looks.note)
        page.write_string(2 + 2 * n, 0, f"　{said.en}", looks.faint)
    top = 2 * len(_HOW_TO) + 2
    _write_values(page, PLAN, top, rows[PLAN.code][0], layout, looks)
    widths = (*_UPRIGHT, 3, 22, 74, 8)
    for i, width in enumerate(widths):
        page.set_column(i, i, width)
    for i, name in ((5, "シート"), (6, "書くこと"), (7, "件数")):
        page.write_string(top, i, name, looks.head)
    for n, other in enumerate(SHEETS[1:], top + 1):
        page.write_url(n, 5, f"internal:'{other.name.ja}'!A1", looks.link, other.name.ja)
        page.write_string(n, 6, other.note.ja, looks.said)
        page.write_number(n, 7, len(rows[other.code]), looks.result)
    page.freeze_panes(top + 1, 1)
    set_up_print(page, PLAN.name.ja, top, widths)


def _write_upright(
    page: Worksheet, sheet: Sheet, rows: Mapping[str, Sequence[Row]], layout: Layout, looks: Looks
) -> None:
    _write_title(page, sheet, looks)
    for i, width in enumerate(_UPRIGHT):
        page.set_column(i, i, width)
    values = rows[sheet.code][0] if rows[sheet.code] else (None,) * len(sheet.columns)
    _write_values(page, sheet, _HEADINGS, values, layout, looks)
    page.freeze_panes(_HEADINGS + 1, 1)
    set_up_print(page, sheet.name.ja, _HEADINGS, _UPRIGHT)


def _write_values(page: Worksheet, sheet: Sheet, top: int, values: Row, layout: Layout, looks: Looks) -> None:
    """The headings down the side, each with its value and what belongs there."""
    for i, name in enumerate(("項目", "内容", "Item", "説明")):
        page.write_string(top, i, name, looks.head)
    for n, (column, value) in enumerate(zip(sheet.columns, values, strict=True), top + 1):
        is_needed = column.required and column.holder in ((), *sheet.always)
        page.write_string(n, 0, column.heading.ja, looks.needed_label if is_needed else looks.label)
        cell = written(column, value)
        _write_cell(page, n, 1, column, cell, looks)
        page.write_string(n, 2, column.heading.en, looks.said)
        page.write_string(n, 3, column.guidance.ja, looks.said)
        if column.guidance.en:
            page.write_comment(n, 2, column.guidance.en, {"author": "Meguru", "font_size": 9})
        small = round(_UPRIGHT[3] * _SMALL)
        page.set_row(n, height([(str(cell or ""), _UPRIGHT[1]), (column.guidance.ja, small)]) or 18)
        if validation := _choices_of(column, layout):
            page.data_validation(n, 1, n, 1, validation)
