"""Documents to render, of a length that city halls write: every answer is as long as the form's own example of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, partial
from itertools import cycle, islice
from pathlib import Path

from documents.annual_report import AnnualReport, Answered, ProgressCount, ReportedMeasure
from documents.gathered import GatheredDocument
from documents.phase_review_report import (
    CollectedYear,
    DecidedMeasure,
    MailsSent,
    PhaseReviewReport,
    Proposal,
    ReceivedOpinion,
    ReviewedMeasure,
    ReviewedYear,
    StandingKind,
)
from domain.plan import PlanDefinition, PlanNode
from domain.questions import QuestionKind, QuestionSet, in_words, shown
from plan_files import read_plan, review_questions

_PLAN = Path(__file__).parents[1] / "plans" / "iizuka-ict.yaml"
_PROGRESS = ("on_track", "on_track", "done", "delayed")
_DEPARTMENTS = ("総務部情報政策課", "市民環境部市民課", "福祉部高齢介護課", "教育部学校教育課", "都市建設部都市計画課")
_STANDINGS = (
    StandingKind("提出済み", "所管課が提出した報告です。"),
    StandingKind("記入なし", "依頼しましたが、記入がありません。"),
)
_KINDS = ("継続", "名称変更", "番号変更", "統合", "分割", "廃止", "新規")
_DIRECTIONS = ("継続", "拡充", "改善")
_COMMENT = "予定した{}件の取組を行い、ねらった効果が出ている。来年度は周知の方法を改め、{}月までに結果をまとめること。"
_OPINION = "支所の窓口が混む{}月は、電子申請の案内を{}倍に増やしてほしい。操作に慣れない人のための相談も続けてほしい。"
_MARKS = ("模擬データ：この報告書の実績と評価は架空のものです",)


def phase_review(measures: int) -> PhaseReviewReport:
    """The report of a review of three years, with so many measures (Iizuka's, over again where there are more)."""
    plan = _plan()
    edition = plan.editions[0]
    nodes = [(node, _above(plan, node)) for node in edition.nodes if not edition.children(node.code)]
    found = tuple(islice(enumerate(cycle(nodes)), measures))
    years = (2018, 2019, 2020)
    return PhaseReviewReport(
        language="ja",
        municipality=plan.municipality.name.ja,
        plan=plan.name.ja,
        term="前期（2018～2020年度）",
        edition=edition.name.ja,
        issued_on=date(2021, 2, 26),
        measure_label=plan.levels[-1].label.ja,
        is_revised=True,
        outcome="改訂する",
        outcome_reason=_own(_COMMENT.format(3, 9), 0),
        taken_on=date(2020, 10, 1),
        standings=_STANDINGS,
        measures=tuple(
            ReviewedMeasure(
                code=f"{number + 1}（{node.code}）",
                title=node.title,
                above=above,
                measure_class="推進",
                department=_DEPARTMENTS[number % 5],
                years=tuple(_year(plan, number, year) for year in years),
            )
            for number, (node, above) in found
        ),
        indicators=(),
        rounds=tuple(CollectedYear(y, measures, measures, measures, (MailsSent("督促", 9),)) for y in years),
        opinions_from=date(2020, 11, 1),
        opinions_until=date(2020, 11, 30),
        sources=tuple(source.label.ja for source in plan.opinion_sources),
        reflections=("反映した", "今後の参考"),
        opinions=tuple(
            ReceivedOpinion(
                plan.opinion_sources[number % 3].label.ja,
                date(2020, 11, 1 + number % 30),
                _own(_OPINION.format(7, 2), number),
                (f"{node.code} {node.title}",),
                _own(f"来年度の{6}月から、窓口での案内とあわせて行います。", number),
                ("反映した", "今後の参考")[number % 2],
            )
            for number, (node, _) in found[::2]
        ),
        criteria=tuple(Answered(f"観点{number}", _own(_COMMENT.format(4, 10), number)) for number in range(5)),
        kinds=_KINDS,
        decisions=tuple(
            DecidedMeasure(
                code=f"{number + 1}（{node.code}）",
                title=node.title,
                above=above,
                kind=_KINDS[number % 2],
                is_changed=bool(number % 2),
                becomes=(f"{node.code} {node.title}",),
                reason=_own(_COMMENT.format(2, 8), number) if number % 2 else "",
                proposal=Proposal(_DEPARTMENTS[number % 5], "提出済み", _said(review_questions(), {}, number)[:3]),
            )
            for number, (node, above) in found
        ),
        added=(),
        open_proposals=(),
        bodies=(),
        next_edition=None,
        marks=_MARKS,
    )


def evaluation_sheet(number: int) -> GatheredDocument:
    """What the annual report says of one measure, with its evaluation, beside the chart of the whole plan.

    A chart per sheet, each with figures of its own: no sheet is drawn from what was kept of another.
    """
    plan = _plan()
    edition = plan.editions[0]
    nodes = [node for node in edition.nodes if not edition.children(node.code)]
    node = nodes[number % len(nodes)]
    policy, goal = _above(plan, node)[:2]
    progress = _PROGRESS[number % 4]
    labels = {choice.code: choice.label.ja for choice in plan.question_set.questions[0].choices}
    measure = ReportedMeasure(
        code=node.code,
        title=node.title,
        policy=policy,
        goal=goal,
        department=_DEPARTMENTS[number % 5],
        report_state="承認済み",
        progress=labels[progress],
        answers=_said(plan.question_set, {"progress": progress}, number),
        grade=plan.grades[number % len(plan.grades)].label.ja,
        direction=_DIRECTIONS[number % 3],
        comment=_own(_COMMENT.format(5, 11), number),
    )
    policies = [f"{one.code} {one.title}" for one in edition.children("")]
    report = AnnualReport(
        language="ja",
        municipality=plan.municipality.name.ja,
        plan=plan.name.ja,
        edition=edition.name.ja,
        fiscal_year=2020,
        term="前期（2018～2020年度）",
        issued_on=date(2021, 5, 31),
        policy_label=plan.levels[0].label.ja,
        goal_label=plan.levels[1].label.ja,
        measure_label=plan.levels[-1].label.ja,
        measures=(measure,),
        progress_counts=tuple(
            ProgressCount(policy, label, 1 + (number + 3 * row + 5 * column) % 11)
            for row, policy in enumerate(policies)
            for column, label in enumerate(labels.values())
        ),
        progress_order=(*labels.values(), "未報告"),
        marks=_MARKS,
    )
    return _gathered(report)


def _gathered(report: AnnualReport) -> GatheredDocument:
    from documents.formats import Format
    from documents.render import render  # here: who times the renderers decides when they are loaded

    return GatheredDocument("annual-report", tuple(Format), partial(render, report))


@cache
def _plan() -> PlanDefinition:
    return read_plan(_PLAN)


def _above(plan: PlanDefinition, node: PlanNode) -> tuple[str, ...]:
    """ "code title" of what stands over a node, from the top."""
    parent = plan.editions[0].node(node.parent)
    return () if parent is None else (*_above(plan, parent), f"{parent.code} {parent.title}")


def _year(plan: PlanDefinition, number: int, year: int) -> ReviewedYear:
    if number % 12 == 11 and year == 2019:
        return ReviewedYear(year, "記入なし")
    progress = _PROGRESS[(number + year) % 4]
    label = plan.question_set.questions[0].choice_label(progress, "ja")
    grade = plan.grades[(number + year) % len(plan.grades)].label.ja
    said = _said(plan.question_set, {"progress": progress}, number * 3 + year)
    comment = _own(_COMMENT.format(5, 11), number * 3 + year) if number % 2 else ""
    return ReviewedYear(year, "提出済み", label, grade, _DIRECTIONS[number % 3], comment, said)


def _said(questions: QuestionSet, answers: Mapping[str, str], number: int) -> tuple[Answered, ...]:
    """What was written where the form asks for words or figures."""
    asked = (q for q in shown(questions, answers) if q.kind is not QuestionKind.CHOICE)
    return tuple(Answered(q.label.ja, in_words(q, _own(q.example.ja, number), "ja")) for q in asked)


def _own(text: str, number: int) -> str:
    """A text with figures of its own: no two are alike, so nothing can be set once and used again."""
    return re.sub(r"\d+", lambda found: str(int(found[0]) + number), text)
