"""アンケート・意識調査: two surveys of one series beside each other, and what a survey says of a part of the plan.

Questions, answers and groups are told apart by their codes, never by their texts: the same answer is printed one way in
one question and another way in the next.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from domain.mistakes import Key, Mistake
from domain.reference import Survey, SurveyAnswer, SurveyQuestion


@dataclass(frozen=True)
class AnswerPair:
    """One answer of one group in two surveys; None where that survey does not have it."""

    before: SurveyAnswer | None
    after: SurveyAnswer | None

    @property
    def points(self) -> Decimal | None:
        """How many percentage points the share moved; None where either survey prints no figure."""
        if self.before is None or self.after is None or self.before.share is None or self.after.share is None:
            return None
        return self.after.share - self.before.share


@dataclass(frozen=True)
class QuestionPair:
    """One question in two surveys, its answers in the order of the later one, then those that are gone."""

    before: SurveyQuestion | None
    after: SurveyQuestion | None
    answers: tuple[AnswerPair, ...]


def in_order(surveys: Sequence[Survey]) -> tuple[Survey, ...]:
    """The newest first; a survey without a year comes last."""
    return tuple(sorted(surveys, key=lambda s: -(s.fiscal_year or 0)))


def before(surveys: Sequence[Survey], survey: Survey) -> Survey | None:
    """The survey of the same series that came last before this one."""
    if not survey.series or survey.fiscal_year is None:
        return None
    earlier = [
        s
        for s in surveys
        if s.series == survey.series and s.fiscal_year is not None and s.fiscal_year < survey.fiscal_year
    ]
    return max(earlier, key=lambda s: s.fiscal_year or 0, default=None)


def compare(earlier: Survey | None, later: Survey) -> tuple[QuestionPair, ...]:
    """Two surveys question by question; without an earlier one every question stands alone."""
    known = {q.code: q for q in earlier.questions} if earlier else {}
    asked = {q.code for q in later.questions}
    pairs = [_pair(known.get(q.code), q) for q in later.questions]
    return (*pairs, *(_pair(q, None) for code, q in known.items() if code not in asked))


def _pair(earlier: SurveyQuestion | None, later: SurveyQuestion | None) -> QuestionPair:
    known = {key: a for a in (earlier.answers if earlier else ()) if (key := _key(a))}
    answers = later.answers if later else ()
    pairs = [AnswerPair(known.get(_key(a) or ("", "")), a) for a in answers]
    given = {_key(a) for a in answers}
    gone = [a for a in (earlier.answers if earlier else ()) if _key(a) is None or _key(a) not in given]
    return QuestionPair(earlier, later, (*pairs, *(AnswerPair(a, None) for a in gone)))


def _key(answer: SurveyAnswer) -> tuple[str, str] | None:
    """What an answer is known by; None: it cannot be compared, for it or its group has no code."""
    if not answer.code or (answer.group.ja and not answer.group_code):
        return None
    return answer.code, answer.group_code


def concerning(survey: Survey, nodes: Collection[str]) -> Survey | None:
    """What of a survey tells about nodes: questions that ask about them, of others the answers that do.

    None: nothing does.
    """
    questions = [
        q if set(q.nodes) & set(nodes) else replace(q, answers=tuple(a for a in q.answers if set(a.nodes) & set(nodes)))
        for q in survey.questions
    ]
    found = tuple(q for q in questions if q.answers)
    return replace(survey, questions=found) if found else None


def mistakes(surveys: Sequence[Survey], nodes: Mapping[str, Collection[str]]) -> tuple[Mistake, ...]:
    """What contradicts itself in the surveys of a plan; `nodes` are the codes of each of its editions."""
    found: list[Mistake] = []
    for i, survey in enumerate(surveys):
        at: Key = ("surveys", i)
        if survey.edition and survey.edition not in nodes:
            found.append(Mistake((*at, "edition"), f"there is no edition {survey.edition!r}"))
            continue
        known = nodes.get(survey.edition, ())
        for j, question in enumerate(survey.questions):
            here: Key = (*at, "questions", j)
            found += _unknown((*here, "nodes"), question.nodes, survey.edition, known)
            seen = set()
            for k, answer in enumerate(question.answers):
                found += _unknown((*here, "answers", k, "nodes"), answer.nodes, survey.edition, known)
                if (key := _key(answer)) in seen:
                    said = " ".join(filter(None, key or ()))
                    found.append(Mistake((*here, "answers", k, "code"), f"{said!r} stands twice"))
                if key:
                    seen.add(key)
    return tuple(found)


def _unknown(at: Key, named: Sequence[str], edition: str, known: Collection[str]) -> list[Mistake]:
    if named and not edition:
        return [Mistake(at, "the survey does not say of which edition these are codes")]
    return [
        Mistake((*at, i), f"edition {edition} has no node {code!r}")
        for i, code in enumerate(named)
        if code not in known
    ]
