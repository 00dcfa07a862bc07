"""The years of a plan in words: every measure over its editions, and how departments answered."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from documents.labels import fiscal_year_text, lineage_labels
from documents.table_files import Cell, Table
from documents.year_grid import Grid, GridCell, GridRow, Key
from domain.fiscal_year import FiscalYear, era_fiscal_year
from domain.lineage import LineageKind, Turn
from domain.plan import PlanDefinition
from domain.punctuality import Punctuality, Timeliness
from domain.rating import rounded
from domain.text import named, titled
from i18n import translate
from records.dashboard import DepartmentYears, MeasureYears, YearCell, YearMark
from records.dashboard_words import Part
from records.lineage import PlanLineage

# Meguru's own. Shares from which on a cell has a fill, the best first; and days up to which, the shortest first:
# a week, two, and four of business days.
_SHARES = ((Decimal(90), "0"), (Decimal(75), "2"), (Decimal(50), "3"), (Decimal(0), "5"))
_DAYS = ((Decimal(5), "0"), (Decimal(10), "1"), (Decimal(20), "3"))
_LONGER = "4"
_SIGNS = {
    YearMark.EVALUATED: "◎",
    YearMark.APPROVED: "●",
    YearMark.SUBMITTED: "○",
    YearMark.RETURNED: "▲",
    YearMark.OWED: "×",
    YearMark.EXEMPTED: "/",
    YearMark.NOT_ASKED: "–",
    YearMark.NOT_YET: "",
    YearMark.ENDED: "",
}
_OUTSIDE = (YearMark.NOT_YET, YearMark.ENDED)
_BEST_TO_WORST = 5


def measures_part(
    told: PlanLineage,
    measures: Sequence[MeasureYears],
    years: Sequence[int],
    definition: PlanDefinition,
    language: str,
) -> Part | None:
    """The heat map of measures by years: the grade of each year, before it is evaluated how far its report is."""
    if not measures or not years:
        return None
    say = partial(translate, language)
    level = definition.label_of(measures[0].node.level).in_language(language)
    title = say("%(level)sと年度の一覧", level=level)
    words = _HeatMap(told, years, definition, language)
    grid = Grid(
        code="measures",
        title=title,
        alternative=say("%(level)sごとに、各年度の評価や報告の状態を記号で示した図。内容は表と同じです。", level=level),
        row_label=level,
        years=tuple(_above(year, language) for year in years),
        rows=tuple(words.row(one) for one in measures),
        keys=words.keys,
    )
    columns = (level, *(fiscal_year_text(language, year) for year in years), say("系譜"))
    rows = tuple((row.name, *(c.words for c in row.cells for _ in range(c.span)), row.note) for row in grid.rows)
    return Part(Table(grid.code, title, columns, rows), grid=grid)


class _HeatMap:
    def __init__(self, told: PlanLineage, years: Sequence[int], definition: PlanDefinition, language: str) -> None:
        self._told, self._years, self._language = told, years, language
        self.say = partial(translate, language)
        self._kinds = lineage_labels(language)
        grades = [
            Key(g.code, g.label.in_language(language), _spread(n, len(definition.grades)))
            for n, g in enumerate(definition.grades)
        ]
        marks = [
            Key(_SIGNS[mark], words, "outside" if mark in _OUTSIDE else "none")
            for mark, words in self._mark_words().items()
        ]
        self.keys = (*grades, *marks)
        self._of_grade = {g.code: n for n, g in enumerate(definition.grades)}
        self._of_mark = {mark: n for n, mark in enumerate(self._mark_words(), len(grades))}

    def row(self, of: MeasureYears) -> GridRow:
        cells: list[GridCell] = []
        for year in self._years:
            cell = self._cell(of, of.years[year])
            joined = cells and cell.key == self._of_mark[YearMark.ENDED] == cells[-1].key
            cells[-1:] = (
                [GridCell(cell.key, cell.sign, cell.words, cells[-1].span + 1)] if joined else [*cells[-1:], cell]
            )
        return GridRow(f"{of.node.code} {titled(of.node, self._language)}", tuple(cells), self._note(of), of.node.id)

    def _cell(self, of: MeasureYears, cell: YearCell) -> GridCell:
        if cell.grade in self._of_grade:
            key = self._of_grade[cell.grade]
            return GridCell(key, self.keys[key].sign, self.keys[key].words)
        key = self._of_mark[cell.mark]
        if cell.mark is YearMark.ENDED and of.life.end is not None:
            what = self._what(of.life.end)
            return GridCell(key, what, what)
        return GridCell(key, self.keys[key].sign, self.keys[key].words)

    def _note(self, of: MeasureYears) -> str:
        """What became of it: everything but that it simply went on."""
        life = of.life
        turns = [turn for turn in (life.begin, *life.turns, *life.merged_in, life.end) if turn is not None]
        before = dict(zip((turn.edition for turn in life.turns), life.stations, strict=False))
        told = []
        for turn in dict.fromkeys(turns):
            if turn.kinds in ((), (LineageKind.CONTINUED,)):
                continue
            what = self._what(turn)
            if LineageKind.RENUMBERED in turn.kinds:
                what = self.say("%(what)s（旧番号 %(code)s）", what=what, code=before[turn.edition].code)
            edition = self._told.edition(turn.edition).name.in_language(self._language)
            told.append(self.say("%(edition)s：%(what)s", edition=edition, what=what))
        return "\n".join(told)

    def _what(self, turn: Turn) -> str:
        """「統合 → 5-1-2」 where it went into others, 「分割 ← 1-1-1」 where it came from them."""
        kinds = " / ".join(self._kinds[kind] for kind in turn.kinds) or self.say("記載なし")
        if not turn.others:
            return kinds
        sign = "→" if turn.others[0].edition == turn.edition else "←"
        return f"{kinds} {sign} {', '.join(station.code for station in turn.others)}"

    def _mark_words(self) -> dict[YearMark, str]:
        say = self.say
        return {
            YearMark.EVALUATED: say("評価済み"),
            YearMark.APPROVED: say("承認・確定"),
            YearMark.SUBMITTED: say("承認待ち"),
            YearMark.RETURNED: say("差戻し中"),
            YearMark.OWED: say("未提出"),
            YearMark.EXEMPTED: say("報告免除"),
            YearMark.NOT_ASKED: say("依頼なし"),
            YearMark.NOT_YET: say("まだない（後の版で加わる）"),
            YearMark.ENDED: say("終わり（統合・分割・廃止）"),
        }


def punctuality_parts(departments: Sequence[DepartmentYears], language: str) -> tuple[Part, ...]:
    """On-time rate and days to answer by department and year, and all the figures behind them."""
    years = sorted({year for one in departments for year in one.years})
    if not years:
        return ()
    words = _Departments(departments, years, language)
    return (words.shares(), words.days(), words.figures())


class _Departments:
    def __init__(self, departments: Sequence[DepartmentYears], years: Sequence[int], language: str) -> None:
        self._departments, self._years, self._language = departments, years, language
        self.say = partial(translate, language)

    def shares(self) -> Part:
        say = self.say
        steps = [say("%(share)s以上", share=f"{at_least}%") for at_least, _ in _SHARES[:-1]]
        keys = (*steps, say("%(share)s未満", share=f"{_SHARES[-2][0]}%"))
        title = say("期限内に提出した割合（％）")
        told = [[one.years.get(year) for year in self._years] for one in self._departments]
        cells = [[self._share(one) for one in row] for row in told]
        fills = [fill for _, fill in _SHARES]
        values = [[_shown(one.rate) if one else "" for one in row] for row in told]
        return self._part("on-time", title, tuple(map(partial(Key, ""), keys, fills)), cells, values)

    def days(self) -> Part:
        say = self.say
        keys = (*(say("%(n)s営業日まで", n=most) for most, _ in _DAYS), say("%(n)s営業日より長い", n=_DAYS[-1][0]))
        title = say("依頼から初めての提出までの営業日（中央値）")
        told = [[one.years.get(year) for year in self._years] for one in self._departments]
        cells = [[self._median(one) for one in row] for row in told]
        fills = [*(fill for _, fill in _DAYS), _LONGER]
        values = [[_shown(one.median_days) if one else "" for one in row] for row in told]
        return self._part("days", title, tuple(map(partial(Key, ""), keys, fills)), cells, values)

    def figures(self) -> Part:
        say = self.say
        counts = (say("対象の件数"), say("期限内"), say("期限後"), say("未提出"), say("期限前"), say("報告免除"))
        times = (say("期限内の割合（％）"), say("営業日（中央値）"), say("営業日（最長）"))
        columns = (say("所管課"), say("年度"), *counts, *times, say("期限延長あり"), say("差戻しあり"))
        rows = tuple(
            (self._name(one), fiscal_year_text(self._language, year), *_figures(told))
            for one in self._departments
            for year, told in one.years.items()
        )
        return Part(Table("answers", say("提出の内訳"), columns, rows))

    def _part(
        self,
        code: str,
        title: str,
        keys: tuple[Key, ...],
        cells: Sequence[Sequence[tuple[int, str, str]]],
        values: Sequence[Sequence[Cell]],
    ) -> Part:
        say = self.say
        nothing = (Key("–", say("数えるものなし"), "none"), Key("", say("依頼なし"), "outside"))
        grid = Grid(
            code=code,
            title=title,
            alternative=say("所管課と年度ごとに、%(title)sを数字で示した図。内容は表と同じです。", title=title),
            row_label=say("所管課"),
            years=tuple(_above(year, self._language) for year in self._years),
            rows=tuple(
                GridRow(self._name(one), tuple(GridCell(at % (len(keys) + 2), sign, said) for at, sign, said in row))
                for one, row in zip(self._departments, cells, strict=True)
            ),
            keys=(*keys, *nothing),
        )
        columns = (grid.row_label, *(fiscal_year_text(self._language, year) for year in self._years))
        rows = tuple((self._name(one), *row) for one, row in zip(self._departments, values, strict=True))
        return Part(Table(code, title, columns, rows, has_total=True), grid=grid)

    def _share(self, one: Punctuality | None) -> tuple[int, str, str]:
        if one is None or one.rate is None:
            return self._nothing(one)
        at, share = next(n for n, (at_least, _) in enumerate(_SHARES) if one.rate >= at_least), _shown(one.rate)
        said = self.say(
            "%(share)s（%(n)s件のうち%(on_time)s件）",
            share=f"{share}%",
            n=one.counted,
            on_time=one.counts[Timeliness.ON_TIME],
        )
        return at, f"{share}%", said

    def _median(self, one: Punctuality | None) -> tuple[int, str, str]:
        if one is None or one.median_days is None:
            return self._nothing(one)
        days = one.median_days
        at = next((n for n, (most, _) in enumerate(_DAYS) if days <= most), len(_DAYS))
        return at, str(_shown(days)), self.say("%(n)s営業日", n=_shown(days))

    def _nothing(self, one: Punctuality | None) -> tuple[int, str, str]:
        """The last two keys: asked, but nothing to count; not asked at all."""
        return (-1, "", self.say("依頼なし")) if one is None else (-2, "–", self.say("数えるものなし"))

    def _name(self, one: DepartmentYears) -> str:
        return named(one.department, self._language) if one.department else self.say("全体")


def _figures(told: Punctuality) -> tuple[Cell, ...]:
    counts = told.counts
    kinds = (Timeliness.ON_TIME, Timeliness.LATE, Timeliness.MISSING, Timeliness.PENDING, Timeliness.EXEMPTED)
    longest: Cell = "" if told.longest is None else told.longest
    times = (_shown(told.rate), _shown(told.median_days), longest)
    return (told.counted, *(counts[kind] for kind in kinds), *times, told.extended, told.returned)


def _shown(number: Decimal | None) -> Cell:
    """One decimal, none where it is 0."""
    if number is None:
        return ""
    said = rounded(number)
    return int(said) if said == said.to_integral_value() else said


def _spread(grade: int, grades: int) -> str:
    """The fill of a grade, from the best to the worst."""
    return str(round(grade * _BEST_TO_WORST / max(grades - 1, 1)))


def _above(fiscal_year: int, language: str) -> str:
    """A year above a column: the era year above the western one."""
    return f"FY{fiscal_year}" if language == "en" else f"{era_fiscal_year(FiscalYear(fiscal_year))}\n{fiscal_year}"
