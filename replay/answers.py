"""What departments answer in a replay: the facts of the source where there are any, else 「模擬データ」.

Nothing here is random: a measure answers the same in every replay, and differently from its neighbours and from its
own years before. All wording and figures are Meguru's own, but for the facts of a term.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

from domain import questions
from domain.fiscal_year import FiscalYear
from domain.plan import Achievement, PlanDefinition
from domain.questions import Question, QuestionKind, QuestionSet
from organisation_files import read_organisation
from replay.beginning import first_day
from replay.players import SAMPLES

MARK = "【模擬データ】"

_DONE = (
    "{title}に関わる{n}つの課で進め方を確かめ、手順書を{m}か所改めました。",
    "利用する方{n}人に話を聞き、要望の多かった{m}点から手を付けました。",
    "{n}か所で{m}か月試し、次の年度も続けることにしました。",
    "担当者の勉強会を{n}回開き、分かったことを{m}枚の資料にまとめました。",
    "案内を{n}回行い、前の年に寄せられた問合せ{m}件への答えを公開しました。",
    "関係する団体と{n}回話し合い、分担を{m}項目にわたって決めました。",
    "効果の測り方を{n}通り比べ、{m}か月分の記録を取りました。",
)
_COUNTED = ("利用した人（人）", "開いた講座・説明会（回）", "受け付けた件数（件）", "取り組んだ施設・課（か所）")
_CAUSES = (
    "関係する課との調整に{n}か月かかりました。調整の場を月{m}回に増やします。",
    "機器の納入が{n}か月遅れました。届いたものから{m}か所ずつ使い始めます。",
    "担当者の交代と重なり、{n}件の作業が残りました。{m}月までに終えます。",
)
_NEXT = (
    "{m}月までに対象を{n}か所増やし、結果を年度末に比べます。",
    "利用者への聞き取りを{m}月に行い、改める点を{n}つ選びます。",
    "{m}月に手順を見直し、{n}つの課で使い始めます。",
    "説明会を{n}回開き、{m}月に参加者の声をまとめます。",
)
_OUTCOMES = (
    "予定のとおり行いました。{n}か所で続けています。",
    "おおむね行いました。残る{n}件は今年度に終えました。",
    "時期を{m}月に改めて行いました。",
)


@dataclass(frozen=True)
class Asked:
    """A measure that is asked in a year. `life` is the id of the first node of its life; a code may pass to another."""

    life: int
    edition: str
    code: str
    title: str
    measure_class: str
    fiscal_year: int


class Answers:
    """The answers of all departments of a plan in all years."""

    def __init__(self, plan: PlanDefinition) -> None:
        self._plan = plan
        self._facts: dict[tuple[str, str, int], list[Achievement]] = defaultdict(list)
        for one in plan.achievements:
            term = plan.term(one.term)
            if one.node is not None and term is not None:
                self._facts[one.node.edition, one.node.code, term.last_fiscal_year].append(one)
        self._samples = _sample_answers(plan.code)

    def of(self, asked: Asked, question_set: QuestionSet) -> dict[str, str]:
        """The answers of a measure's report, ready to be submitted.

        In the last year of a term the facts of that term; what the facts do not say is 模擬データ.
        """
        written = self._samples.get((asked.fiscal_year, asked.edition, asked.code))
        if written is not None:
            return dict(written)
        facts = self._facts.get((asked.edition, asked.code, asked.fiscal_year), [])
        answers: dict[str, str] = {}
        for question in question_set.questions:
            if question in questions.shown(question_set, answers, asked.measure_class):
                answers[question.id] = self._of_facts(question, facts) or self._simulated(question, asked)
        return answers

    def _of_facts(self, question: Question, facts: list[Achievement]) -> str:
        """What the facts of the term answer to a question, in their order; "" where they are silent."""
        if not facts:
            return ""
        counted = next((q for f in facts for q in f.quantities if q.unit.ja != "年度"), None)
        match question.id:
            case "progress":  # no source grades the measures: Meguru's own
                return "on_track"
            case "achievements":
                term = self._plan.term(facts[0].term)
                heading = f"{term.name.ja if term else ''}実施状況："
                return _cut("\n".join((heading, *(f"・{f.text.ja}{self._stage(f)}" for f in facts))), question.limit)
            case "quantity_of" if counted is not None:
                return _cut(f"{counted.of.ja}（{counted.unit.ja}）", question.limit)
            case "quantity" if counted is not None:
                return str(counted.value)
            case _:
                return ""

    def _stage(self, fact: Achievement) -> str:
        label = next((s.label.ja for s in self._plan.stages if s.code == fact.stage), "")
        return f"（{label}）" if label else ""

    def _simulated(self, question: Question, asked: Asked) -> str:
        years = asked.fiscal_year - FiscalYear.of(first_day(self._plan)).starts_in
        if question.recalls and not question.required and years <= 0:  # there is no year before to come back to
            return ""
        turn = asked.life * 5 + asked.fiscal_year * 3
        match question.kind:
            case QuestionKind.CHOICE:
                return _choice(question, asked.life, years)
            case QuestionKind.NUMBER:
                return _number(question, asked.life, years)
            case QuestionKind.TEXT:
                phrase = _phrase(question, asked, turn)
                numbers = {"n": 2 + turn % 7, "m": 4 + (asked.life + years) % 8}
                return _cut(MARK + phrase.format(title=asked.title, **numbers), question.limit)


def mended(answers: Mapping[str, str], question_set: QuestionSet) -> dict[str, str]:
    """The answers of a report that came back, with its first required text completed."""
    asked = next(q for q in question_set.questions if q.kind is QuestionKind.TEXT and q.required and answers.get(q.id))
    added = f"{MARK}差戻しを受けて、実施した時期（6月と11月）と対象を書き足しました。"
    room = max(question_limit - len(added) - 1, 0) if (question_limit := asked.limit) else None
    return {**answers, asked.id: f"{answers[asked.id][:room]}\n{added}"}


def _phrase(question: Question, asked: Asked, turn: int) -> str:
    """A sentence for a question, by what it asks; the counted thing stays the same over a measure's life."""
    match question.id:
        case "quantity_of":
            return _COUNTED[asked.life % len(_COUNTED)]
        case "cause":
            return _CAUSES[turn % len(_CAUSES)]
        case _ if question.promise:
            return _NEXT[turn % len(_NEXT)]
        case _ if question.recalls:
            return _OUTCOMES[turn % len(_OUTCOMES)]
        case _:
            return _DONE[turn % len(_DONE)]


def _choice(question: Question, life: int, years: int) -> str:
    """Mostly the second of the choices from best to worst, now and then another; of a choice of two the first."""
    codes = [choice.code for choice in question.choices]
    turn = (life * 7 + years * 5) % 12
    wanted = {0: 2, 5: 0 if years > 4 else 1, 9: 2}.get(turn, 1)
    if "on_track" in codes and wanted == 1:
        return "on_track"
    return codes[min(wanted, len(codes) - 1)]


def _number(question: Question, life: int, years: int) -> str:
    """A figure of the size that its unit calls for."""
    match question.id:
        case "staff":
            return f"{Decimal(5 + life * 3 % 23 + years % 3) / 10:f}"
        case "budget":
            return str(_figure(life, years) * 120)
        case "spent":
            return str(_figure(life, years) * (108 + life % 5 * 3))
        case _:
            return str(_figure(life, years))


def _figure(life: int, years: int) -> int:
    """A figure that grows over the years, each measure at its own pace, with a setback every fourth year."""
    base, step = 8 + life * 13 % 90, 3 + life * 7 % 11
    return base + step * years - (step * 2 if years % 4 == 3 else 0)


def _cut(text: str, limit: int) -> str:
    return text[: limit - 1] + "…" if limit and len(text) > limit else text


def _sample_answers(code: str) -> dict[tuple[int, str, str], dict[str, str]]:
    """The answers that come with a plan's sample organisation, by year, edition and measure."""
    file, organisation = SAMPLES / f"{code}.yaml", SAMPLES / f"{code}.organisation.yaml"
    if not file.exists() or not organisation.exists():
        return {}
    sample: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    edition = read_organisation(organisation).edition
    year = sample["last_year"]["fiscal_year"]
    return {
        (year, edition, measure): {key: str(value) for key, value in answers.items()}
        for measure, answers in sample["last_year"]["answers"].items()
    }
