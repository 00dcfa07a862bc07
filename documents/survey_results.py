"""What a survey found, arranged for reading: the table and the chart of each question, the survey before beside it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from documents.series import number_text
from domain import survey as rules
from domain.reference import Survey, SurveyAnswer
from domain.survey import AnswerPair, QuestionPair
from i18n import translate


@dataclass(frozen=True)
class AnswerRow:
    """One answer of one group. Where a figure is missing its place holds the words of the source."""

    answer: str
    group: str
    share: str
    before: str
    points: str


@dataclass(frozen=True)
class Bar:
    """One line of the chart: shares in %, None where there are only words; `had` "": nothing before it."""

    answer: str
    group: str
    share: Decimal | None
    said: str
    before: Decimal | None
    had: str


@dataclass(frozen=True)
class SurveyChart:
    """`names` are those of the survey and of the one before ("" none). `alternative` says what the picture shows."""

    bars: tuple[Bar, ...]
    names: tuple[str, str]
    unit: str
    alternative: str


@dataclass(frozen=True)
class QuestionResult:
    """A question with its answers; `chart` None: there is no figure to draw. `has_groups`: not everybody is one."""

    code: str
    question: str
    about_vision: bool
    nodes: tuple[str, ...]
    rows: tuple[AnswerRow, ...]
    has_groups: bool
    is_gone: bool
    chart: SurveyChart | None


def results_of(survey: Survey, earlier: Survey | None, language: str) -> tuple[QuestionResult, ...]:
    """Every question of a survey; with an earlier one those it alone had come last."""
    words = _Words(language, survey, earlier)
    return tuple(words.question(pair) for pair in rules.compare(earlier, survey))


class _Words:
    """Puts one survey, and the one it is compared with, into words of a language."""

    def __init__(self, language: str, survey: Survey, earlier: Survey | None) -> None:
        self.language = language
        self.names = (self._name(survey), self._name(earlier) if earlier else "")

    def _name(self, survey: Survey) -> str:
        if survey.fiscal_year is None:
            return survey.name.in_language(self.language)
        return translate(self.language, "%(year)s年度", year=survey.fiscal_year)

    def question(self, pair: QuestionPair) -> QuestionResult:
        asked = pair.after or pair.before
        assert asked is not None, "a pair holds at least one question"
        text = asked.text.in_language(self.language)
        has_groups = any(one.group.ja for p in pair.answers for one in (p.before, p.after) if one)
        bars = tuple(self._bar(p, p.after, has_groups) for p in pair.answers if p.after is not None)
        is_drawn = any(bar.share is not None for bar in bars)
        return QuestionResult(
            code=asked.code,
            question=text,
            about_vision=asked.about_vision,
            nodes=tuple(dict.fromkeys((*asked.nodes, *(node for a in asked.answers for node in a.nodes)))),
            rows=tuple(self._row(p, has_before=pair.before is not None) for p in pair.answers),
            has_groups=has_groups,
            is_gone=pair.after is None,
            chart=SurveyChart(bars, self.names, translate(self.language, "割合（％）"), self._alternative(text))
            if is_drawn
            else None,
        )

    def _row(self, pair: AnswerPair, *, has_before: bool) -> AnswerRow:
        said = pair.after or pair.before
        assert said is not None, "a pair holds at least one answer"
        points = pair.points
        return AnswerRow(
            answer=said.text.in_language(self.language),
            group=said.group.in_language(self.language) or translate(self.language, "全体"),
            share=self._share(pair.after) or translate(self.language, "今回は選択肢なし"),
            before=self._share(pair.before) or (translate(self.language, "前回は選択肢なし") if has_before else ""),
            points=f"{points:+,f}" if points is not None else translate(self.language, "－"),
        )

    def _share(self, answer: SurveyAnswer | None) -> str:
        if answer is None:
            return ""
        if answer.share is not None:
            return f"{number_text(answer.share)}%"
        return answer.approximate.in_language(self.language) or translate(self.language, "記載なし")

    def _bar(self, pair: AnswerPair, answer: SurveyAnswer, has_groups: bool) -> Bar:
        everybody = translate(self.language, "全体") if has_groups else ""
        return Bar(
            answer=answer.text.in_language(self.language),
            group=answer.group.in_language(self.language) or everybody,
            share=answer.share,
            said=self._share(answer),
            before=pair.before.share if pair.before else None,
            had=self._share(pair.before),
        )

    def _alternative(self, question: str) -> str:
        return translate(
            self.language, "「%(question)s」への回答の割合を示す横棒グラフ。値は表のとおりです。", question=question
        )
