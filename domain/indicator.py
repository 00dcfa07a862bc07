"""指標: what is counted, where it stood, where it shall stand, and where its series breaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.source import Source
from domain.text import Bilingual

_NONE = Bilingual("")


class IndicatorKind(StrEnum):
    COUNT = "count"  # ある時点の数
    RATIO = "ratio"  # 全体に対する割合
    CUMULATIVE = "cumulative"  # 累計
    YEARLY_TOTAL = "yearly_total"  # 年間の合計
    MONTHLY_MEAN = "monthly_mean"  # 月平均
    AMOUNT = "amount"  # 単価・面積など、数えるのではなく測るもの


class IndicatorDirection(StrEnum):
    """Which way is better. NONE: the source does not say, and no rate is computed."""

    HIGHER = "higher"
    LOWER = "lower"
    MAINTAIN = "maintain"  # not below the baseline
    RANGE = "range"  # inside the target's two limits
    NONE = "none"


class ValueType(StrEnum):
    BASELINE = "baseline"  # 基準値
    TARGET = "target"  # 目標値
    EXPECTED = "expected"  # 実績値（見込）
    FINAL = "final"  # 実績値（確定）


@dataclass(frozen=True)
class IndicatorValue:
    """One value of a series: of a day (`at`) or of a fiscal year; neither where the source names none (記載なし).

    `value` None: known to be missing, drawn as a gap. `upper` is the second limit of a target of direction RANGE.
    `printed` is how the source prints it. `break_reason` says why the series begins anew with this value (the
    indicator was redefined); values on both sides of a break are never compared.
    """

    value: Decimal | None
    type: ValueType = ValueType.FINAL
    at: date | None = None
    fiscal_year: int | None = None
    upper: Decimal | None = None
    printed: str = ""
    label: str = ""
    break_reason: Bilingual = _NONE
    note: Bilingual = _NONE
    source: Source | None = None


@dataclass(frozen=True)
class Indicator:
    """指標. `part` and `total` name the indicators that a ratio divides; `sum_of` the rows that a total adds up.

    `edition` and `node` say what it measures (both "": the plan as a whole, 記載なし for a measure).
    """

    code: str
    name: Bilingual
    unit: Bilingual
    kind: IndicatorKind
    direction: IndicatorDirection
    values: tuple[IndicatorValue, ...]
    group: Bilingual = _NONE
    edition: str = ""
    node: str = ""
    part: str = ""
    total: str = ""
    sum_of: tuple[str, ...] = ()
    direction_basis: Bilingual = _NONE
    note: Bilingual = _NONE
    source: Source | None = None
