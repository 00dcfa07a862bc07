"""Soft warnings: what is worth a second look before a report is submitted. None of them refuses anything.

A number of a text is only held against a figure where the text itself says what it counts: the figure's unit stands
behind it, or the figure's name before it. So years, dates and the numbers of other things are left alone. All limits
here are Meguru's own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.questions import Answers, Question, QuestionKind, QuestionSet, number
from domain.text import half_width, length

SHORT = 20
"""A text of at most so many characters says little."""
ONE_LINE = 100
"""A question whose limit is no higher asks for a few words; these may be short and the same every year."""
_ROUGHLY = Decimal("0.1")  # how far 約 may be off
_NEAR = 12  # characters between a figure's name and the number that is its value


class SoftWarningKind(StrEnum):
    SAME_AS_LAST_YEAR = "same_as_last_year"
    SHORT = "short"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True)
class Figure:
    """A number that was given in a field of its own. `known`: others that a text may well name, such as last year's."""

    name: str
    value: Decimal
    unit: str = ""
    known: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class SoftWarning:
    """What to look at in the answer to `question`. CONTRADICTS: `said` stands in the text, `figure` in its field."""

    question: str
    kind: SoftWarningKind
    said: str = ""
    figure: Figure | None = None


_NONE: Mapping[str, Figure] = {}
_NO_ANSWERS: Answers = {}


def warnings(
    question_set: QuestionSet, answers: Answers, last_year_answers: Answers, figures: Mapping[str, Figure] = _NONE
) -> tuple[SoftWarning, ...]:
    """What is worth a second look, in the order of the form.

    The numbers are found in the answers (`figures_given`); `figures` has, by their questions, those of which more is
    known: the values of indicators.
    """
    given = {**figures_given(question_set, answers, last_year_answers), **figures}
    found = []
    for question in question_set.questions:
        text = answers.get(question.id, "")
        if not _is_told(question) or not text.strip():
            continue
        if _bare(text) == _bare(last_year_answers.get(question.id, "")):
            found.append(SoftWarning(question.id, SoftWarningKind.SAME_AS_LAST_YEAR))
        if length(text.strip()) <= SHORT:
            found.append(SoftWarning(question.id, SoftWarningKind.SHORT))
        for figure in given.values():
            said = contradiction(text, figure)
            if said:
                found.append(SoftWarning(question.id, SoftWarningKind.CONTRADICTS, said, figure))
    return tuple(found)


def figures_given(
    question_set: QuestionSet, answers: Answers, last_year_answers: Answers = _NO_ANSWERS
) -> dict[str, Figure]:
    """The numbers among the answers, by question.

    A one-line text just before a number says what it counts: 「相談件数（件）」. Last year's number is known beside it.
    """
    found = {}
    before: Question | None = None
    for question in question_set.questions:
        value = number(answers.get(question.id, "")) if question.kind is QuestionKind.NUMBER else None
        if value is not None:
            says = before is not None and before.kind is QuestionKind.TEXT and not _is_told(before)
            told = half_width(answers.get(before.id, "")) if says and before else ""
            name, unit = _name_and_unit(told)
            last = number(last_year_answers.get(question.id, ""))
            known = () if last is None else (last,)
            found[question.id] = Figure(name, value, unit or half_width(question.unit.ja), known)
        before = question
    return found


def contradiction(text: str, figure: Figure) -> str:
    """The first number that a text gives for a figure and that is not its value; "" where it gives the value too.

    A part (うち…), a difference (前年比…, …増) and what is only aimed at speak of something else.
    """
    plain = _without_times(_alike(text))
    told = [*_with_unit(plain, _alike(figure.unit)), *_after_name(plain, _alike(figure.name))]
    fitting = (figure.value, *figure.known)
    if any(one.may_be(figure.value) for one in told):
        return ""
    return next((one.printed for one in told if not any(one.may_be(value) for value in fitting)), "")


@dataclass(frozen=True)
class _Said:
    """A number of a text. `place`: the worth of its last written digit, as 1.2万 says nothing below a thousand."""

    printed: str
    value: Decimal
    place: Decimal
    is_rough: bool

    def may_be(self, value: Decimal) -> bool:
        allowed = max(self.place, abs(value) * _ROUGHLY) if self.is_rough else self.place
        return abs(self.value - value) < allowed or self.value == value


_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMBER = rf"(?<![\d.,\-/A-Za-z])(?=\d)(?P<number>(?:{_DIGITS}億)?(?:{_DIGITS}万)?(?:{_DIGITS}千?)?)"
_WORTH = {"": Decimal(1), "千": Decimal(1000), "万": Decimal(10_000), "億": Decimal(100_000_000)}
_PART = re.compile(rf"({_DIGITS})([億万千]?)")

# What says when, not how many: 令和3年度, R3.4.1, 2021年4月, 4/1, 10月15日, 9時30分, 第3回, 1-2-3.
_TIMES = re.compile(
    r"(?:令和|平成|昭和|[RHS])\s*(?:\d{1,2}|元)\s*(?:年度?(?:\s*\d{1,2}月(?:\s*\d{1,2}日)?)?|\.\d{1,2}(?:\.\d{1,2})?)"
    r"|(?:19|20)\d\d\s*年度?(?:\s*\d{1,2}月(?:\s*\d{1,2}日)?)?"
    r"|(?:19|20)\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?"
    r"|\d{1,2}月\s*\d{1,2}日(?!間)|\d{1,2}月(?!間)|\d{1,2}/\d{1,2}|\d{1,2}時(?!間)(?:\d{1,2}分)?|\d{1,2}:\d\d"
    r"|第\d+[^\s、。]?|\d+(?:-\d+)+"
)
_ABOUT_OTHERS = re.compile(
    r"(?:うち|内訳は|前年度?比|昨年度?比|前年度?|昨年度?|前回|従来|目標値?|予定|見込み?|あと|残り|各|毎月|毎週|1日|月平均)"
    r"(?:から|より|は|の|を|が|に|で|:|約|、)*\s*$"
)
_DIFFERENCE = re.compile(r"^\s*(?:の|が)?(?:増|減|ポイント|ずつ|上回|下回|多|少な)")
_ROUGH_BEFORE = re.compile(r"(?:約|およそ|おおよそ|ほぼ|概ね|おおむね)\s*$")
_ROUGH_AFTER = re.compile(r"^\s*(?:余|弱|強|以上|超|程度|ほど|前後|を超|を上回)")
_UNITS = (("箇所", "か所"), ("ヶ所", "か所"), ("ケ所", "か所"), ("カ所", "か所"), ("ヵ所", "か所"), ("個所", "か所"))


def _with_unit(text: str, unit: str) -> Iterable[_Said]:
    """The numbers with the figure's unit behind them."""
    if not unit:
        return
    for read in re.finditer(rf"{_NUMBER}\s*(?P<rough>余り?)?{re.escape(unit)}", text):
        before, after = text[: read.start()], text[read.end() :]
        if not _speaks_of_something_else(before, after):
            yield _said(read["number"], unit, before, "余" if read["rough"] else after)


def _after_name(text: str, name: str) -> Iterable[_Said]:
    """The first number behind each place where the figure is named, in the same clause."""
    if len(name) < 2:
        return
    for named in re.finditer(re.escape(name), text):
        near = re.match(rf"[^。\n、\d]{{0,{_NEAR}}}?{_NUMBER}", text[named.end() :])
        if near is None:
            continue
        start, end = named.end() + near.start("number"), named.end() + near.end("number")
        if not _speaks_of_something_else(text[named.end() : start], text[end:]):
            yield _said(near["number"], "", text[:start], text[end:])


def _speaks_of_something_else(before: str, after: str) -> bool:
    return bool(_ABOUT_OTHERS.search(before) or _DIFFERENCE.match(after))


def _said(written: str, unit: str, before: str, after: str) -> _Said:
    value, place = Decimal(0), Decimal(1)
    for digits, worth in _PART.findall(written):
        value += Decimal(digits.replace(",", "")) * _WORTH[worth]
        place = _WORTH[worth].scaleb(-len(digits.partition(".")[2]))
    is_rough = bool(_ROUGH_BEFORE.search(before) or _ROUGH_AFTER.match(after))
    return _Said(written + unit, value, place, is_rough)


def _without_times(text: str) -> str:
    """The text with a mark in the place of each time, so that what stood around it does not come together."""
    return _TIMES.sub("\N{HORIZONTAL ELLIPSIS}", text)


def _is_told(question: Question) -> bool:
    """Whether an answer tells something at length."""
    return question.kind is QuestionKind.TEXT and not 0 < question.limit <= ONE_LINE


def _name_and_unit(told: str) -> tuple[str, str]:
    read = re.fullmatch(r"(.*?)\s*\(([^()]*)\)", told, re.DOTALL)
    return (read[1], read[2].strip()) if read else (told, "")


def _alike(text: str) -> str:
    plain = half_width(text)
    for written, unit in _UNITS:
        plain = plain.replace(written, unit)
    return plain


def _bare(text: str) -> str:
    """A text for comparing: its letters alone, however they are typed."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if not c.isspace())
