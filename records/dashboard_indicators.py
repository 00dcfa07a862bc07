"""The indicators of a plan in words: at a glance with targets, gaps and breaks, and every value of every series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial

from documents.series import breaks, in_order, time_text, trend_labels, value_type_labels
from documents.table_files import Cell, Table
from domain.indicator import Indicator, IndicatorValue
from domain.indicator_state import IndicatorState
from domain.plan import PlanDefinition
from domain.rating import rounded
from domain.series import definition_of
from domain.text import titled
from i18n import translate
from records.dashboard_words import Part
from records.indicator_places import IndicatorBranch, SeriesOn


def indicator_parts(branches: Sequence[IndicatorBranch], definition: PlanDefinition, language: str) -> tuple[Part, ...]:
    """The indicators by the tree of the plan; none where the plan has no series."""
    series = [(branch, one) for branch in branches for one in branch.series]
    if not series:
        return ()
    return (_at_a_glance(series, definition, language), _values([one for _, one in series], definition, language))


def _at_a_glance(series: Sequence[tuple[IndicatorBranch, SeriesOn]], definition: PlanDefinition, language: str) -> Part:
    say = partial(translate, language)
    top = definition.levels[0].label.in_language(language)
    latest = (say("最新の値"), say("最新の値の時点"), say("前の値からの動き"))
    aim = (say("目標値"), say("目標値の時点"), say("目標値との差"), say("達成率（％）"))
    columns = (say("指標"), say("単位"), top, *latest, *aim, say("留意点"))
    rows = tuple(
        (
            one.indicator.name.in_language(language),
            one.indicator.unit.in_language(language),
            f"{branch.top.code} {titled(branch.top, language)}" if branch.top else say("記載なし"),
            *_value(one.state.latest, language),
            trend_labels(language)[one.state.trend] if one.state.trend else "",
            *_value(one.state.target, language),
            _shown(_distance(one.indicator, one.state)),
            rounded(one.state.rate.percent) if one.state.rate else "",
            " / ".join(_cautions(one.state, language)),
        )
        for branch, one in series
    )
    return Part(Table("indicators", say("指標の状況"), columns, rows))


def _values(series: Sequence[SeriesOn], definition: PlanDefinition, language: str) -> Part:
    say, types = partial(translate, language), value_type_labels(language)
    columns = (say("指標"), say("単位"), say("値の種類"), say("時点"), say("値"), say("上限"), say("留意点"))
    rows: list[tuple[Cell, ...]] = []
    for one in series:
        anew = {found.after: found for found in breaks(one.indicator, definition.documents)}
        name, unit = one.indicator.name.in_language(language), one.indicator.unit.in_language(language)
        for value in in_order(one.indicator, definition.documents):
            told = anew.get(value)
            why = say("定義が変わった：%(reason)s", reason=told.reason.in_language(language)) if told else ""
            missing = say("値なし") if value.value is None else ""
            notes = "\n".join(filter(None, (missing, why, value.note.in_language(language))))
            time = time_text(value, language) or value.label or say("記載なし")
            rows.append((name, unit, types[value.type], time, _shown(value.value), _shown(value.upper), notes))
    return Part(Table("indicator-values", say("指標の値"), columns, tuple(rows)))


def _value(value: IndicatorValue | None, language: str) -> tuple[Cell, Cell]:
    if value is None:
        return translate(language, "記載なし"), ""
    return _shown(value.value), time_text(value, language) or translate(language, "記載なし")


def _distance(indicator: Indicator, state: IndicatorState) -> Decimal | None:
    """From the target to the latest value; None where a number is unknown or the indicator was redefined between."""
    if state.latest is None or state.target is None or state.latest.value is None or state.target.value is None:
        return None
    if state.target.upper is not None or definition_of(indicator, state.latest) != definition_of(
        indicator, state.target
    ):
        return None
    return state.latest.value - state.target.value


def _cautions(state: IndicatorState, language: str) -> Iterable[str]:
    say = partial(translate, language)
    if state.breaks:
        yield say("定義が変わったところ%(n)sか所", n=state.breaks)
    if state.has_gap:
        yield say("間の年度などの値なし")
    if state.has_undated:
        yield say("基準日の記載なし")


def _shown(number: Decimal | None) -> Cell:
    return "" if number is None else number
