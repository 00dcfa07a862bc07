"""達成率と評価区分: how far an indicator has come, as named presets that a plan chooses from.

Every number is a `Decimal`, every rate in % and unrounded; `rounded` is for showing it. Unknown is unknown, never 0:
where a number is missing there is no rate. What no formula says (zero, a target that asks for no change, MAINTAIN,
RANGE) is Meguru's own and stands in the docstring of the function that decides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from domain.fiscal_year import FiscalYear
from domain.indicator import Indicator, IndicatorDirection, IndicatorValue, ValueType
from domain.series import best, definition_of, is_actual, time_of, year_of
from domain.text import Bilingual


class RatePreset(StrEnum):
    ACTUAL_OVER_TARGET = "actual_over_target"  # 実績 ÷ 目標
    PROGRESS_FROM_BASELINE = "progress_from_baseline"  # (実績 − 基準) ÷ (目標 − 基準)
    PACE = "pace"  # progress from the baseline, measured against the share of the years gone by


@dataclass(frozen=True)
class Band:
    """A rate of at least `at_least` % gives `grade`, the code of one of the plan's grades."""

    at_least: Decimal
    grade: str


@dataclass(frozen=True)
class Rating:
    """How the plan rates its indicators; `bands` from the highest to the lowest, the last one catches the rest."""

    rate: RatePreset
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True)
class Rate:
    """A rate in %, unrounded, with the values it was computed from (None: not needed).

    `grade` is None where the plan has no bands.
    """

    percent: Decimal
    preset: RatePreset
    actual: IndicatorValue
    target: IndicatorValue | None = None
    baseline: IndicatorValue | None = None
    grade: str | None = None

    @property
    def is_expected(self) -> bool:
        """Whether it rests on an expected value (見込), so that the final one may change it."""
        return self.actual.type is ValueType.EXPECTED


_HUNDRED = Decimal(100)
_D = IndicatorDirection


def rate(indicator: Indicator, rating: Rating, at: FiscalYear | date) -> Rate | None:
    """How far the indicator has come by a day, or by the end of a fiscal year; None where a number is unknown.

    It takes the latest actual not after that time (`series.best` of several), the latest baseline not after the
    actual, and the target in force: the next one due, after the last one the last. A value without a date counts as
    baseline or target where no dated one does, never as an actual. Values of another definition of the indicator
    are left aside, so no rate reaches across a break.
    """
    day = at.last_day if isinstance(at, FiscalYear) else at
    actual = _latest_actual(indicator.values, day)
    if actual is None:
        return None
    alike = [v for v in indicator.values if definition_of(indicator, v) == definition_of(indicator, actual)]
    baseline = _latest((v for v in alike if v.type is ValueType.BASELINE), time_of(actual) or day)
    target = _in_force([v for v in alike if v.type is ValueType.TARGET], day)
    percent, baseline, target = _percent(indicator.direction, rating.rate, actual, baseline, target)
    if percent is None:
        return None
    return Rate(percent, rating.rate, actual, target, baseline, grade_of(percent, rating.bands))


def target_on(values: Iterable[IndicatorValue], day: date) -> IndicatorValue | None:
    """The target in force on a day: the next one due, after the last one the last."""
    return _in_force([v for v in values if v.type is ValueType.TARGET], day)


def _latest_actual(values: Sequence[IndicatorValue], day: date) -> IndicatorValue | None:
    times = [t for v in values if is_actual(v) and (t := time_of(v)) is not None and t <= day]
    return best(v for v in values if time_of(v) == max(times)) if times else None


def _latest(values: Iterable[IndicatorValue], day: date) -> IndicatorValue | None:
    """The latest value not after a day, of several the last written; one without a date where there is none."""
    early = sorted(
        (v for v in values if (time_of(v) or date.min) <= day),
        key=lambda v: time_of(v) or date.min,
    )
    return early[-1] if early else None


def _in_force(targets: Sequence[IndicatorValue], day: date) -> IndicatorValue | None:
    times = sorted({t for v in targets if (t := time_of(v)) is not None})
    wanted = next((t for t in times if t >= day), times[-1] if times else None)
    return next((v for v in reversed(targets) if time_of(v) == wanted), None)


_Used = tuple[Decimal | None, IndicatorValue | None, IndicatorValue | None]


def _percent(
    direction: IndicatorDirection,
    preset: RatePreset,
    actual: IndicatorValue,
    baseline: IndicatorValue | None,
    target: IndicatorValue | None,
) -> _Used:
    """The rate with the baseline and the target that it needed."""
    a, b, t = actual.value, baseline.value if baseline else None, target.value if target else None
    if direction is _D.NONE:
        return None, None, None
    if direction is _D.MAINTAIN:
        return (kept(a, t), None, target) if target else (kept(a, b), baseline, None)
    if direction is _D.RANGE:
        return within(a, t, target.upper if target else None), None, target
    if preset is RatePreset.ACTUAL_OVER_TARGET:
        return actual_over_target(a, t, direction), None, target
    if preset is RatePreset.PROGRESS_FROM_BASELINE:
        return progress_from_baseline(a, b, t, direction), baseline, target
    years = (year_of(v) if v else None for v in (baseline, actual, target))
    return pace(a, b, t, direction, elapsed_share(*years)), baseline, target


def actual_over_target(actual: Decimal | None, target: Decimal | None, direction: IndicatorDirection) -> Decimal | None:
    """達成率. HIGHER: actual ÷ target × 100. LOWER: target ÷ actual × 100.

    The quotient means something only above zero. Meguru's own: where the number below the line is zero or negative,
    or a LOWER target is negative, the rate is 100 when the target is met and None when it is not; 100 then says
    that the target is met and nothing of how far it was passed.
    """
    if actual is None or target is None:
        return None
    above, below = (target, actual) if direction is _D.LOWER else (actual, target)
    if below > 0 and (direction is not _D.LOWER or above >= 0):
        return above * 100 / below
    return _HUNDRED if _is_met(actual, target, direction) else None


def progress_from_baseline(
    actual: Decimal | None, baseline: Decimal | None, target: Decimal | None, direction: IndicatorDirection
) -> Decimal | None:
    """基準値からの進捗: (actual − baseline) ÷ (target − baseline) × 100; baseline 10, target 20, actual 18 give 80.

    A decreasing indicator needs no other formula. Below 0: worse than the baseline. Meguru's own: a target that is
    not better than the baseline asks for no progress, so there is 100 when it is met and 0 when it is not.
    """
    if actual is None or baseline is None or target is None:
        return None
    if not _asks_for_progress(baseline, target, direction):
        return _HUNDRED if _is_met(actual, target, direction) else Decimal(0)
    return (actual - baseline) * 100 / (target - baseline)


def pace(
    actual: Decimal | None,
    baseline: Decimal | None,
    target: Decimal | None,
    direction: IndicatorDirection,
    elapsed: Decimal | None,
) -> Decimal | None:
    """進捗のペース: progress from the baseline ÷ share of the years elapsed; 100 is just on the way to the target.

    None while nothing has elapsed. Meguru's own: a target that asks for no progress (see there) is due at any time,
    so its 100 or 0 is not divided.
    """
    progress = progress_from_baseline(actual, baseline, target, direction)
    if progress is None or elapsed is None or baseline is None or target is None:
        return None
    if not _asks_for_progress(baseline, target, direction):
        return progress
    return progress / elapsed if elapsed > 0 else None


def elapsed_share(baseline_year: int | None, actual_year: int | None, target_year: int | None) -> Decimal | None:
    """Which share of the fiscal years from the baseline to the target is gone at the actual: 0 to 1."""
    if baseline_year is None or actual_year is None or target_year is None:
        return None
    if target_year <= baseline_year:
        return Decimal(1)
    return min(Decimal(1), max(Decimal(0), Decimal(actual_year - baseline_year) / (target_year - baseline_year)))


def kept(actual: Decimal | None, level: Decimal | None) -> Decimal | None:
    """MAINTAIN, under every preset (Meguru's own): 100 when not below the level, else actual ÷ level × 100.

    The level is the target, without one the baseline. Below a level that is not above zero there is no share: None.
    """
    if actual is None or level is None:
        return None
    if actual >= level:
        return _HUNDRED
    return actual * 100 / level if level > 0 else None


def within(actual: Decimal | None, lower: Decimal | None, upper: Decimal | None) -> Decimal | None:
    """RANGE, under every preset (Meguru's own): 100 from the lower to the upper limit.

    Outside: below it actual ÷ lower limit × 100, above it upper limit ÷ actual × 100, and None where that has no
    meaning (see `actual_over_target`).
    """
    if actual is None or lower is None or upper is None:
        return None
    if actual < lower:
        return actual_over_target(actual, lower, _D.HIGHER)
    return _HUNDRED if actual <= upper else actual_over_target(actual, upper, _D.LOWER)


def _is_met(actual: Decimal, target: Decimal, direction: IndicatorDirection) -> bool:
    return actual <= target if direction is _D.LOWER else actual >= target


def _asks_for_progress(baseline: Decimal, target: Decimal, direction: IndicatorDirection) -> bool:
    return target < baseline if direction is _D.LOWER else target > baseline


def grade_of(percent: Decimal | None, bands: Sequence[Band]) -> str | None:
    """The grade of an unrounded rate: of the first band that it reaches, else of the last one. None: unknown."""
    if percent is None or not bands:
        return None
    return next((band.grade for band in bands if percent >= band.at_least), bands[-1].grade)


def rounded(percent: Decimal) -> Decimal:
    """A rate as it is shown: one decimal, half up (四捨五入), never cut. Grades are given before."""
    return percent.quantize(Decimal("0.1"), ROUND_HALF_UP) + 0  # + 0: no "-0.0"


@dataclass(frozen=True)
class Formula:
    """A preset in words, for those who read a rate."""

    name: Bilingual
    formula: Bilingual


FORMULAS: Mapping[RatePreset, Formula] = {
    RatePreset.ACTUAL_OVER_TARGET: Formula(
        Bilingual("達成率", "Achievement rate"),
        Bilingual("実績値 ÷ 目標値 × 100", "actual ÷ target × 100"),
    ),
    RatePreset.PROGRESS_FROM_BASELINE: Formula(
        Bilingual("基準値からの進捗率", "Progress from the baseline"),
        Bilingual("(実績値 − 基準値) ÷ (目標値 − 基準値) × 100", "(actual − baseline) ÷ (target − baseline) × 100"),
    ),
    RatePreset.PACE: Formula(
        Bilingual("進捗のペース", "Pace"),
        Bilingual(
            "基準値からの進捗率 ÷ (基準年度からの経過年数 ÷ 基準年度から目標年度までの年数)",
            "progress from the baseline ÷ (years gone by ÷ years from the baseline to the target)",
        ),
    ),
}
"""Each preset as it applies to an indicator of direction HIGHER."""

_LOWER_OVER_TARGET = Bilingual("目標値 ÷ 実績値 × 100（少ないほど良い指標）", "target ÷ actual × 100 (lower is better)")
_MAINTAIN = Formula(
    Bilingual("維持の達成率", "Level kept"),
    Bilingual(
        "維持する水準（目標値、なければ基準値）以上なら100、下回れば 実績値 ÷ 水準 × 100",
        "100 at or above the level to keep (target, else baseline); below it actual ÷ level × 100",
    ),
)
_RANGE = Formula(
    Bilingual("範囲の達成率", "Range kept"),
    Bilingual(
        "目標の範囲内なら100、下限を下回れば 実績値 ÷ 下限 × 100、上限を上回れば 上限 ÷ 実績値 × 100",
        "100 inside the target's range; below it actual ÷ lower limit × 100, above it upper limit ÷ actual × 100",
    ),
)


def formula_of(preset: RatePreset, direction: IndicatorDirection) -> Formula | None:
    """The formula that a preset comes to for an indicator of a direction; None where no rate is computed."""
    match direction:
        case _D.NONE:
            return None
        case _D.MAINTAIN:
            return _MAINTAIN
        case _D.RANGE:
            return _RANGE
        case _D.LOWER if preset is RatePreset.ACTUAL_OVER_TARGET:
            return Formula(FORMULAS[preset].name, _LOWER_OVER_TARGET)
        case _:
            return FORMULAS[preset]
