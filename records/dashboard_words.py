"""The dashboard in words: each part with its table, and with its bars or its grid where there is one to draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from db import tables as t
from documents.content import Chart, ChartRow
from documents.table_files import Cell, Table
from documents.year_grid import Grid
from domain.plan import PlanDefinition
from domain.progress_report import ReportState
from domain.text import named, titled
from i18n import translate
from records.dashboard import MeasureOfYear, YearOfPlan
from records.words import report_state_labels

Measures = Sequence[MeasureOfYear]
_DONE = (ReportState.CONFIRMED, ReportState.APPROVED, ReportState.SUBMITTED)
_UNDONE = (ReportState.RETURNED, ReportState.DRAFT)


class Counted(StrEnum):
    """What the measures of a year are counted by."""

    PROGRESS = "progress"  # 進み具合: what the department answered
    STATE = "state"  # 報告の状態
    GRADE = "grade"  # 評価


@dataclass(frozen=True)
class Part:
    """One part of the dashboard: always a table, and the picture that says the same."""

    table: Table
    chart: Chart | None = None
    grid: Grid | None = None

    @property
    def code(self) -> str:
        return self.table.code

    @property
    def is_drawn(self) -> bool:
        return self.chart is not None or self.grid is not None


@dataclass(frozen=True)
class _Split:
    """The measures of a year under the values of one property; `is_overlapping`: one may stand under several."""

    code: str
    label: str
    groups: tuple[tuple[str, Measures], ...]
    is_overlapping: bool = False


def counted_by(year: YearOfPlan, definition: PlanDefinition) -> tuple[Counted, ...]:
    """By what a year can be counted, the most telling first: only what the plan asks and judges."""
    can = {Counted.PROGRESS: bool(year.choices), Counted.STATE: True, Counted.GRADE: bool(definition.grades)}
    return tuple(one for one in Counted if can[one])


def counted_label(counted: Counted, language: str) -> str:
    return {
        Counted.PROGRESS: translate(language, "進み具合"),
        Counted.STATE: translate(language, "報告の状態"),
        Counted.GRADE: translate(language, "評価"),
    }[counted]


def progress_parts(year: YearOfPlan, definition: PlanDefinition, counted: Counted, language: str) -> tuple[Part, ...]:
    """A year's measures by level, by department, by class and by view. None where the edition has no measures."""
    if not year.measures:
        return ()
    answers, answer_of = _answers(year, definition, counted, language)
    level = definition.label_of(year.measures[0].node.level).in_language(language)
    splits = (
        *_by_level(year, definition, language),
        _by_department(year, language),
        *_by_class(year, definition, language),
        *_by_view(year, language),
    )
    return tuple(_part(split, answers, answer_of, level, counted, year, language) for split in splits)


def _answers(
    year: YearOfPlan, definition: PlanDefinition, counted: Counted, language: str
) -> tuple[tuple[str, ...], Callable[[MeasureOfYear], str]]:
    """The answers in their order, the last of them for "nothing", and the one that a measure has."""
    say = partial(translate, language)
    if counted is Counted.PROGRESS:
        choices = [*year.choices, *(m.progress for m in year.measures if m.progress)]  # another plan's may differ
        labels = dict.fromkeys(c.label.in_language(language) for c in choices)
        nothing = say("報告なし")
        return (*labels, nothing), lambda m: m.progress.label.in_language(language) if m.progress else nothing
    if counted is Counted.GRADE:
        grades = {g.code: g.label.in_language(language) for g in definition.grades}
        nothing = say("評価なし")
        return (*grades.values(), nothing), lambda m: grades.get(m.evaluation.grade if m.evaluation else "", nothing)
    states, exempted, nothing = report_state_labels(language), say("報告免除"), say("依頼なし")

    def state_of(measure: MeasureOfYear) -> str:
        if measure.report is None:
            return nothing
        return exempted if measure.report.is_exempted else states[measure.report.state]

    done, undone = (tuple(states[one] for one in several) for several in (_DONE, _UNDONE))
    return (*done, exempted, *undone, nothing), state_of


def _by_level(year: YearOfPlan, definition: PlanDefinition, language: str) -> Iterable[_Split]:
    for level in definition.levels:
        if not any(level.code in m.above for m in year.measures):
            continue
        groups = _grouped(year.measures, lambda m, code=level.code: _node_name(m.above.get(code), language))  # type: ignore[misc]
        yield _Split(f"level-{level.code}", level.label.in_language(language), _named(groups, language))


def _by_department(year: YearOfPlan, language: str) -> _Split:
    in_order = sorted(year.measures, key=lambda m: m.department.id if m.department else 0)
    groups = _grouped(in_order, lambda m: named(m.department, language) if m.department else "")
    return _Split("department", translate(language, "所管課"), _named(groups, language))


def _by_class(year: YearOfPlan, definition: PlanDefinition, language: str) -> Iterable[_Split]:
    if definition.classes:
        found = _grouped(year.measures, lambda m: m.node.measure_class or "")
        groups = {c.label.in_language(language): found.get(c.code, []) for c in definition.classes}
        groups[""] = [m for m in year.measures if definition.class_of(m.node.measure_class or "") is None]
        yield _Split("class", translate(language, "区分"), _named(groups, language))


def _by_view(year: YearOfPlan, language: str) -> Iterable[_Split]:
    by_id = {m.node.id: m for m in year.measures}
    for told in year.views:
        groups = {
            value.value.label.in_language(language) if value.value else "": [
                by_id[m.measure.row.id] for m in value.measures
            ]
            for value in told.values
        }
        label = told.view.label.in_language(language)
        yield _Split(f"view-{told.view.code}", label, _named(groups, language), is_overlapping=True)


def _grouped(measures: Measures, key: Callable[[MeasureOfYear], str]) -> dict[str, list[MeasureOfYear]]:
    found: dict[str, list[MeasureOfYear]] = {}
    for measure in measures:
        found.setdefault(key(measure), []).append(measure)
    return found


def _named(groups: Mapping[str, Measures], language: str) -> tuple[tuple[str, Measures], ...]:
    """Groups by their names; what has none comes last and is 記載なし, if it is there at all."""
    rest = groups.get("", ())
    told = tuple((name, several) for name, several in groups.items() if name)
    return (*told, (translate(language, "記載なし"), rest)) if rest else told


def _node_name(node: t.Node | None, language: str) -> str:
    return f"{node.code} {titled(node, language)}" if node else ""


def _part(
    split: _Split,
    answers: tuple[str, ...],
    answer_of: Callable[[MeasureOfYear], str],
    level: str,
    counted: Counted,
    year: YearOfPlan,
    language: str,
) -> Part:
    say = partial(translate, language)
    rows = []
    for name, several in split.groups:
        found = Counter(answer_of(m) for m in several)
        rows.append(ChartRow(name, tuple(found[answer] for answer in answers), len(several)))
    of = counted_label(counted, language)
    chart = Chart(
        alternative=say(
            "%(by)sごとに、%(level)sの件数を「%(of)s」で分けて積み上げた横棒グラフ。内容は下の表と同じです。",
            by=split.label,
            level=level,
            of=of,
        ),
        policy_label=split.label,
        progress_label=of,
        count_label=say("件数"),
        signs=tuple(chr(0x2460 + n) for n in range(len(answers))),
        answers=answers,
        rows=tuple(rows),
        totals=tuple(sum(row.counts[n] for row in rows) for n in range(len(answers))),
        total=sum(row.total for row in rows),
    )
    notes: tuple[str, ...] = ()
    if split.is_overlapping:
        notes = (
            say(
                "報告と評価は%(level)sごとに行うため、それぞれに当たるものがある%(level)sを数えています。"
                "一つの%(level)sを二つ以上のところで数えることがあり、件数の合計は%(level)sの数（%(total)s）と一致しません。",
                level=level,
                total=len({m.node.id for _, several in split.groups for m in several}),
            ),
        )
    title = say("%(level)sごとの進捗", level=split.label)
    return Part(_counts(split, chart, title, notes, language), chart if chart.total else None)


def _counts(split: _Split, chart: Chart, title: str, notes: tuple[str, ...], language: str) -> Table:
    total = translate(language, "合計")
    signed = (f"{sign} {answer}" for sign, answer in zip(chart.signs, chart.answers, strict=True))
    rows: list[tuple[Cell, ...]] = [(row.policy, *row.counts, row.total) for row in chart.rows]
    if not split.is_overlapping:
        rows.append((total, *chart.totals, chart.total))
    columns = (chart.policy_label, *signed, total)
    return Table(split.code, title, columns, tuple(rows), notes, has_total=not split.is_overlapping)
