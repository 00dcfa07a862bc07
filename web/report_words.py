"""The words of a report's form: what is worth a second look, when a figure calls for more, what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass

from documents.series import number_text, time_text
from domain.indicator import IndicatorValue
from domain.questions import NumberCondition, Question
from domain.reported_figure import AskedFigure
from domain.soft_warnings import SHORT, SoftWarning, SoftWarningKind
from i18n import N_, translate


def soft_warning_in_words(warning: SoftWarning, question: Question, language: str) -> str:
    """What to look at in an answer, and why; it is a hint and refuses nothing."""
    name = question.label.in_language(language)
    match warning.kind:
        case SoftWarningKind.SAME_AS_LAST_YEAR:
            text = N_("「%(name)s」は前年度の回答と同じ文章です。今年度の動きを書き足せないか、ご確認ください。")
            return translate(language, text, name=name)
        case SoftWarningKind.SHORT:
            text = N_("「%(name)s」が%(limit)d文字以内です。何を、いつ、どれだけ行ったかが伝わるか、ご確認ください。")
            return translate(language, text, name=name, limit=SHORT)
        case SoftWarningKind.CONTRADICTS:
            assert warning.figure is not None
            given = f"{number_text(warning.figure.value)}{warning.figure.unit}"
            if warning.figure.name:
                text = N_(
                    "「%(name)s」には「%(said)s」とありますが、「%(figure)s」の欄は「%(given)s」です。"
                    "どちらが正しいか、ご確認ください。"
                )
            else:
                text = N_(
                    "「%(name)s」には「%(said)s」とありますが、数値の欄は「%(given)s」です。"
                    "どちらが正しいか、ご確認ください。"
                )
            return translate(language, text, name=name, said=warning.said, figure=warning.figure.name, given=given)


def number_condition_in_words(condition: NumberCondition, question: str, language: str) -> str:
    """When a question is asked, by the label of the one that asks for the number."""
    low, high = number_text(condition.low), number_text(condition.high)
    if low and high:
        text = N_("「%(question)s」が%(low)sより小さいか、%(high)sより大きい場合")
    elif low:
        text = N_("「%(question)s」が%(low)sより小さい場合")
    elif high:
        text = N_("「%(question)s」が%(high)sより大きい場合")
    else:
        text = N_("「%(question)s」を入力した場合")
    return translate(language, text, question=question, low=low, high=high)


@dataclass(frozen=True)
class BesideFigure:
    """What stands beside the field of an indicator's value: the last values, the target ("": 記載なし)."""

    last_values: tuple[tuple[str, str], ...]
    target: str
    target_time: str


def beside_figure(figure: AskedFigure, language: str) -> BesideFigure:
    unit = figure.indicator.unit.in_language(language)
    last = tuple((time_text(v, language), _with_unit(v, unit)) for v in figure.last_values)
    if figure.target is None or figure.target.value is None:
        return BesideFigure(last, "", "")
    return BesideFigure(last, _with_unit(figure.target, unit), time_text(figure.target, language))


def _with_unit(value: IndicatorValue, unit: str) -> str:
    upper = f"–{number_text(value.upper)}" if value.upper is not None else ""
    return f"{number_text(value.value)}{upper} {unit}".strip()
