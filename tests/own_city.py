"""A city that is in none of the sources, made up for tests: みどり市（サンプル） with its table of 40 measures."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

TITLE = "みどり市まちづくり計画（サンプル）　施策一覧"
HEADINGS = (
    *("基本目標", "基本施策", "番号", "施策名", "所管課", "課長", "課長メール", "担当者", "担当者メール"),
    *("施策の概要", "指標名", "単位", "基準値（令和6年度）", "目標値（令和11年度）", "令和7年度実績"),
)
TREE = {
    "安心して暮らせるまち": {"防災": "防災課", "健康": "健康課", "福祉": "福祉課"},
    "学び育つまち": {"学校教育": "学校教育課", "生涯学習": "図書館"},
    "にぎわいのあるまち": {"商工": "商工課", "観光": "観光課"},
    "続いていくまち": {"環境": "環境課", "行財政": "企画財政課", "情報": "デジタル課"},
}
WORDS = ("計画づくり", "人材の育成", "窓口の改善", "情報の発信")
ADDRESSES = {"防災課": "bosai", "健康課": "kenko", "福祉課": "fukushi", "学校教育課": "gakko", "図書館": "toshokan"} | {
    "商工課": "shoko",
    "観光課": "kanko",
    "環境課": "kankyo",
    "企画財政課": "kikaku",
    "デジタル課": "digital",
}


def rows() -> list[tuple[str | int, ...]]:
    """40 rows as a city office keeps them: some figures with their unit, in full width, or not there yet."""
    found: list[tuple[str | int, ...]] = []
    for i, (goal, themes) in enumerate(TREE.items(), 1):
        for j, (theme, department) in enumerate(themes.items(), 1):
            for k, word in enumerate(WORDS, 1):
                n = len(found) + 1
                target: str | int = f"{n + 40}件以上" if k == 2 else n + 40
                actual: str | int = "集計中" if k == 4 else "１２" if k == 3 else n + 11
                who = ADDRESSES[department]
                line = (
                    *(goal, theme, f"{i}-{j}-{k}", f"{theme}の{word}", department),
                    *(f"{department}長（サンプル）", f"{who}-kacho@midori.example"),
                    *(f"{department}担当（サンプル）", f"{who}@midori.example"),
                    *(f"{theme}について{word}を進めます。", f"{theme}の{word}の件数", "件", n + 10, target, actual),
                )
                found.append(line)
    return found


def write_table(file: Path) -> Path:
    """The workbook: a title, blank rows, headings in row 4, cells merged over what belongs together."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "施策一覧"
    sheet["A1"], sheet["A2"] = TITLE, "令和8年4月1日現在"
    for column, heading in enumerate(HEADINGS, 1):
        sheet.cell(4, column, heading).font = Font(bold=True)
    for row, cells in enumerate(rows(), 5):
        for column, value in enumerate(cells, 1):
            sheet.cell(row, column, value)
    for column in (1, 2):
        first = 5
        for _, same in groupby(cells[:column] for cells in rows()):
            last = first + len(list(same)) - 1
            sheet.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)
            first = last + 1
    sheet.cell(46, 1, "※ この表はサンプルです。実在の市とは関係ありません。")
    book.save(file)
    return file
