"""指標の実績値 in a report's form: what is asked about an indicator, and what its answer calls for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from domain.fiscal_year import FiscalYear
from domain.indicator import Indicator, IndicatorDirection, IndicatorValue, ValueType
from domain.questions import Answers, Choice, NumberCondition, Question, QuestionKind, number
from domain.rating import target_on
from domain.series import best, definition_of, is_actual, time_of, year_of
from domain.source import Source, SourceDocument
from domain.text import Bilingual

BIG_JUMP = Decimal(50)
"""A value that differs by more than this many % from the last one has to be confirmed (Meguru's own)."""
_LAST_VALUES = 3  # shown beside the field; Meguru's own
_LIMIT = 300
_CONFIRMED = "yes"
_D = IndicatorDirection

REPORTS = SourceDocument("progress-reports", Bilingual("進捗報告", "Progress reports"))
"""The document that a reported value names as its source; by it such a value is known."""
SOURCE = Source(REPORTS.code, Bilingual("指標の実績値", "Actual values of indicators"))

TYPES = {
    ValueType.EXPECTED: Bilingual("見込", "Expected"),
    ValueType.FINAL: Bilingual("確定", "Final"),
}


@dataclass(frozen=True)
class AskedFigure:
    """An indicator as the form of one fiscal year asks for it. `types`: those that nobody has told yet."""

    indicator: Indicator
    fiscal_year: int
    types: tuple[ValueType, ...] = tuple(TYPES)

    @property
    def key(self) -> str:
        """The question that asks for the value; the same in every year, whatever becomes of the measure."""
        return f"indicator.{self.indicator.code}"

    @property
    def last_values(self) -> tuple[IndicatorValue, ...]:
        """The latest actuals before the year that may be compared with its own, the last one first."""
        by_time: dict[date, list[IndicatorValue]] = {}
        for value in self._comparable:
            time, year = time_of(value), year_of(value)
            if is_actual(value) and value.value is not None and time and year is not None and year < self.fiscal_year:
                by_time.setdefault(time, []).append(value)
        latest = sorted(by_time, reverse=True)[:_LAST_VALUES]
        return tuple(told for time in latest if (told := best(by_time[time])) is not None)

    @property
    def target(self) -> IndicatorValue | None:
        """The target in force at the end of the year, if it is set in the terms of the year's definition."""
        return target_on(self._comparable, FiscalYear(self.fiscal_year).last_day)

    @property
    def is_due(self) -> bool:
        """Whether the target should be reached by the end of the year."""
        time = time_of(self.target) if self.target else None
        return time is not None and time <= FiscalYear(self.fiscal_year).last_day

    @property
    def short_of_target(self) -> NumberCondition | None:
        """When a value falls short of the target, by the indicator's direction; None: nothing says so."""
        target = self.target
        if target is None or target.value is None:
            return None
        match self.indicator.direction:
            case _D.HIGHER | _D.MAINTAIN:
                return NumberCondition(self.key, low=target.value)
            case _D.LOWER:
                return NumberCondition(self.key, high=target.value)
            case _D.RANGE:
                return NumberCondition(self.key, low=target.value, high=target.upper)
            case _D.NONE:
                return None

    @property
    def big_jump(self) -> NumberCondition | None:
        """When a value is too far from the last one to be taken unasked; from zero on there is no percentage."""
        last = self.last_values[0].value if self.last_values else None
        if last is None or last <= 0:
            return None
        return NumberCondition(self.key, low=last * (100 - BIG_JUMP) / 100, high=last * (100 + BIG_JUMP) / 100)

    @property
    def questions(self) -> tuple[Question, ...]:
        """The value; whether it is final; what it calls for: a confirmation, cause and remedy."""
        name, short, jump = self.indicator.name, self.short_of_target, self.big_jump
        given = NumberCondition(self.key)
        found = [
            Question(
                self.key,
                name,
                QuestionKind.NUMBER,
                help=Bilingual(
                    "今年度の実績値を数字だけで入力してください。まだ分からないときは空欄のままで提出できます。",
                    "This year's actual value, the number only. Leave it empty while it is not known yet.",
                ),
                unit=self.indicator.unit,
            ),
            Question(
                _key("type", self),
                _about(self, "見込か確定か", "Expected or final?"),
                QuestionKind.CHOICE,
                help=Bilingual(
                    "年度末までに変わる値は「見込」を選んでください。",
                    "Choose “Expected” where the value may change until the year ends.",
                ),
                choices=tuple(Choice(one.value, TYPES[one]) for one in self.types),
                required_when=given,
                shown_when=given,
            ),
        ]
        if jump is not None:
            found.append(
                Question(
                    _key("confirmed", self),
                    _about(self, "入力した値に間違いありません", "The value is correct"),
                    QuestionKind.CHOICE,
                    help=Bilingual(
                        f"前回の値から{BIG_JUMP}％をこえて変わっています。桁や単位をご確認ください。",
                        f"It differs by more than {BIG_JUMP} % from the last value. Please check digits and unit.",
                    ),
                    choices=(Choice(_CONFIRMED, Bilingual("確認しました", "I have checked it")),),
                    required_when=jump,
                    shown_when=jump,
                )
            )
        if short is not None:
            found += [
                Question(
                    _key(key, self),
                    _about(self, ja, en),
                    help=help_,
                    required_when=short if self.is_due else None,
                    shown_when=short,
                    limit=_LIMIT,
                )
                for key, ja, en, help_ in _SHORT
            ]
        return tuple(found)

    def value_in(self, answers: Answers) -> IndicatorValue | None:
        """The value that was given, as it enters the series; None where none was, or of a type told already."""
        value, type_ = number(answers.get(self.key, "")), answers.get(_key("type", self), "")
        if value is None or type_ not in self.types:
            return None
        return replace(self._value(value), type=ValueType(type_))

    @property
    def _comparable(self) -> list[IndicatorValue]:
        mine = definition_of(self.indicator, self._value(None))
        return [v for v in self.indicator.values if definition_of(self.indicator, v) == mine]

    def _value(self, value: Decimal | None) -> IndicatorValue:
        return IndicatorValue(value, fiscal_year=self.fiscal_year)


_SHORT = (
    (
        "cause",
        "目標に届いていない原因",
        "Why the target is not reached",
        Bilingual("主な原因を具体的に書いてください。", "Give the main cause, in concrete terms."),
    ),
    (
        "remedy",
        "目標に近づけるための対応",
        "What is done to get closer",
        Bilingual(
            "いま行っていること、これから行うことと時期を書いてください。",
            "What is being done, what will be done and by when.",
        ),
    ),
)


def asked_of(indicator: Indicator, fiscal_year: int, told: Iterable[ValueType]) -> AskedFigure | None:
    """An indicator as a year's form asks for it. `told`: the types that the plan itself gives for the year.

    None where a final value is told: nothing is left to ask.
    """
    known = {*told}
    if ValueType.FINAL in known:
        return None
    return AskedFigure(indicator, fiscal_year, tuple(one for one in TYPES if one not in known))


@dataclass(frozen=True)
class FigureSaid:
    """What a report says of an indicator: its value as typed, the cause and the remedy ("": nothing)."""

    value: str
    cause: str
    remedy: str


def said_of(code: str, answers: Answers) -> FigureSaid:
    """What a report says of the indicator of a code."""
    value, cause, remedy = (
        answers.get(f"{key}.{code}", "") for key in ("indicator", "indicator-cause", "indicator-remedy")
    )
    return FigureSaid(value, cause, remedy)


def _key(part: str, figure: AskedFigure) -> str:
    return f"indicator-{part}.{figure.indicator.code}"


def _about(figure: AskedFigure, ja: str, en: str) -> Bilingual:
    name = figure.indicator.name
    return Bilingual(f"{name.ja}：{ja}", f"{name.en or name.ja}: {en}")
