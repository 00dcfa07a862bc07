"""What the annual report tells beside the measures: progress by view, and the indicators by the tree of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlmodel import Session

from db import tables as t
from documents.annual_report import ReportSection, ReportTable
from documents.series import number_text, time_text, trend_labels
from domain.fiscal_year import FiscalYear
from domain.indicator import IndicatorValue
from domain.indicator_state import IndicatorState, Trend
from domain.plan import PlanDefinition
from domain.rating import formula_of, rounded
from domain.text import titled
from i18n import translate
from records import indicator_places, view_progress
from records.indicator_places import IndicatorBranch, IndicatorGroup, SeriesOn
from records.plan_pages import Placed
from records.view_progress import ValueProgress, ViewProgress
from records.words import direction_labels, report_state_in_words


def of_views(
    session: Session, cycle: t.AnnualCycle, definition: PlanDefinition, language: str
) -> tuple[ReportSection, ...]:
    """A section for each view in which the plan places something."""
    found = view_progress.of_cycle(session, cycle, definition)
    return tuple(_view(view, definition, language) for view in found)


def _view(told: ViewProgress, definition: PlanDefinition, language: str) -> ReportSection:
    say, view = partial(translate, language), told.view.label.in_language(language)
    measure = _level(definition, [m.measure for v in told.values for m in v.measures], language)
    placed = _level(definition, [p for v in told.values for m in v.measures for p in m.placed], language)
    note = say(
        "報告と評価は%(level)sごとに行うため、それぞれに当たるものがある%(level)sを数えています。"
        "一つの%(level)sを二つ以上のところで数えることがあり、件数の合計は%(level)sの数（%(total)s）と一致しません。",
        level=measure,
        total=told.measures,
    )
    names = [_value_name(value, language) for value in told.values]
    beside = () if placed == measure else (placed,)
    grades = [(g.code, g.label.in_language(language)) for g in definition.grades]
    directions = direction_labels(language)
    counts = ReportTable(
        say("報告と評価（件数）"),
        (view, *beside, measure, say("報告あり"), say("承認・確定"), say("評価済み"), *(name for _, name in grades)),
        tuple(
            (
                name,
                *((str(value.placed),) if beside else ()),
                *map(str, (len(value.measures), value.handed_in, value.approved, value.evaluated)),
                *(str(value.grades.get(code, 0)) for code, _ in grades),
            )
            for name, value in zip(names, told.values, strict=True)
        ),
        numbers_from=1,
    )
    ahead = ReportTable(
        say("今後の方向性（件数）"),
        (view, *directions.values()),
        tuple(
            (name, *(str(value.directions.get(direction, 0)) for direction in directions))
            for name, value in zip(names, told.values, strict=True)
        ),
        numbers_from=1,
    )
    columns = (measure, *beside, say("報告の状態"), *((say("評価"),) if grades else ()), say("今後の方向性"))
    each = (
        ReportTable(
            say("%(view)s：%(name)s", view=view, name=name),
            columns,
            _measures(value, definition, language, with_placed=bool(beside)),
            widths=(5, *((6,) if beside else ()), *(2,) * (len(columns) - 1 - len(beside))),
        )
        for name, value in zip(names, told.values, strict=True)
        if value.measures
    )
    return ReportSection(say("%(view)sごとの進み具合", view=view), (note,), (counts, ahead, *each))


def _measures(
    value: ValueProgress, definition: PlanDefinition, language: str, *, with_placed: bool
) -> tuple[tuple[str, ...], ...]:
    not_stated = translate(language, "記載なし")
    grades = {g.code: g.label.in_language(language) for g in definition.grades}
    directions = direction_labels(language)
    return tuple(
        (
            _node(m.measure.row, language),
            *(("\n".join(_node(p.row, language) for p in m.placed),) if with_placed else ()),
            report_state_in_words(m.report, language) or not_stated,
            *((grades.get(m.evaluation.grade if m.evaluation else "", not_stated),) if grades else ()),
            directions[m.evaluation.direction] if m.evaluation else not_stated,
        )
        for m in value.measures
    )


def _value_name(value: ValueProgress, language: str) -> str:
    return value.value.label.in_language(language) if value.value else translate(language, "記載なし")


def _level(definition: PlanDefinition, nodes: Sequence[Placed], language: str) -> str:
    """What the nodes are called: the names of their levels, mostly one."""
    levels = dict.fromkeys(definition.label_of(n.row.level).in_language(language) for n in nodes)
    return " / ".join(levels)


def of_indicators(
    session: Session, cycle: t.AnnualCycle, plan: t.Plan, definition: PlanDefinition, language: str
) -> tuple[ReportSection, ...]:
    """A section where the plan has indicators, with what is known of them at the end of the fiscal year."""
    last_day = FiscalYear(cycle.fiscal_year).last_day
    branches = indicator_places.of_edition(session, plan, definition, cycle.edition_id, last_day)
    return (_indicators(branches, definition, language),) if branches else ()


def _indicators(branches: Sequence[IndicatorBranch], definition: PlanDefinition, language: str) -> ReportSection:
    say = partial(translate, language)
    top = definition.levels[0].label.in_language(language)
    below = " / ".join(x.label.in_language(language) for x in definition.levels if x.is_reported)
    series = [one for branch in branches for one in branch.series]
    unknown = sum(one.state.latest is None for one in series)
    nowhere = sum(len(branch.series) for branch in branches if branch.top is None)
    notes = [say("この年度の終わりまでに分かっている値です。")]
    if nowhere:
        notes.append(
            say(
                "%(n)s件の指標は、どの%(level)sのものか記載がないため、資料のまとまりごとに示します。",
                n=nowhere,
                level=top,
            )
        )
    if not any(one.state.target for one in series):
        notes.append(say("目標値が記載された指標はないため、達成率は出していません。"))
    else:
        notes.append(say("達成率は、目標値が記載された指標だけに出しています。"))
    if unknown:
        notes.append(
            say(
                "指標%(n)s件のうち%(m)s件は、この時点の値の記載がないため、表に載せていません。",
                n=len(series),
                m=unknown,
            )
        )
    counts = ReportTable(
        say("%(level)s別の指標（件数）", level=top),
        (
            top,
            *(() if top == below else (below, say("指標のある%(level)s", level=below))),
            *(say("指標"), say("目標値あり"), say("良くなった"), say("悪くなった")),
        ),
        tuple(_branch_counts(branch, top == below, top, language) for branch in branches),
        numbers_from=1,
    )
    columns = (say("指標（単位）"), say("最新の値"), say("前の値からの動き"), say("目標値と達成率"), say("留意点"))
    tables = [
        ReportTable(_caption(branch, group, language), columns, rows, widths=(5, 4, 3, 3, 4))
        for branch in branches
        for group in branch.groups
        if (rows := tuple(_series(one, language) for one in group.series if one.state.latest))
    ]
    return ReportSection(say("%(level)sごとの指標", level=top), tuple(notes), (counts, *tables))


def _branch_counts(branch: IndicatorBranch, is_flat: bool, top: str, language: str) -> tuple[str, ...]:
    say = partial(translate, language)
    name = _node(branch.top, language) if branch.top else say("%(level)sの記載なし", level=top)
    below = (str(branch.reported), str(branch.covered)) if branch.top else ("—", "—")
    moved = (str(branch.moved(trend)) for trend in (Trend.BETTER, Trend.WORSE))
    if not branch.series:
        return (name, *(() if is_flat else below), say("記載なし"), *("—",) * 3)
    return (name, *(() if is_flat else below), str(len(branch.series)), str(branch.targets), *moved)


def _caption(branch: IndicatorBranch, group: IndicatorGroup, language: str) -> str:
    if group.node is None:
        return group.heading.in_language(language) or translate(language, "分類なし")
    nodes = [n for n in (branch.top, group.node) if n]
    return " › ".join(dict.fromkeys(_node(n, language) for n in nodes))


def _series(one: SeriesOn, language: str) -> tuple[str, ...]:
    said, state = one.indicator, one.state
    name = translate(
        language, "%(name)s（%(unit)s）", name=said.name.in_language(language), unit=said.unit.in_language(language)
    )
    return (
        name,
        value_text(state.latest, language),
        movement(state, language),
        target(one, language),
        remarks(state, language),
    )


def value_text(value: IndicatorValue | None, language: str) -> str:
    """A value with its time: what is not known says so."""
    if value is None or value.value is None:
        return translate(language, "値なし")
    time = time_text(value, language) or translate(language, "基準日の記載なし")
    return translate(language, "%(value)s（%(time)s）", value=value.printed or number_text(value.value), time=time)


def movement(state: IndicatorState, language: str) -> str:
    """How the latest value differs from the one before, "—" where there is none before."""
    if state.trend is None:
        return "—"
    said = trend_labels(language)[state.trend]
    return f"{state.change.difference:+,f} {said}" if state.change and state.change.difference else said


def target(one: SeriesOn, language: str) -> str:
    """The target with the rate; 記載なし where the plan names none, and then nothing is rated."""
    state = one.state
    if state.target is None:
        return translate(language, "記載なし")
    aim = translate(language, "目標値 %(value)s", value=value_text(state.target, language))
    formula = formula_of(state.rate.preset, one.indicator.direction) if state.rate else None
    if state.rate is None or formula is None:
        return aim
    return f"{aim}\n{formula.name.in_language(language)} {rounded(state.rate.percent)}%"


def remarks(state: IndicatorState, language: str) -> str:
    """What keeps the values of a series from being read as one line."""
    say = partial(translate, language)
    said = []
    if state.breaks:
        said.append(say("定義が変わったところ%(n)sか所", n=state.breaks))
    if state.has_gap:
        said.append(say("間の年度などの値なし"))
    if state.has_undated:
        said.append(say("基準日の記載なしの値あり"))
    return "\n".join(said) or "—"


def _node(node: t.Node, language: str) -> str:
    return f"{node.code} {titled(node, language)}"
