"""見直しの提案: what a department is asked of a measure in a review, and the decision that its answers suggest.

The classes' time rules are those of 飯塚市地域情報化計画 第4章2; the questions are Meguru's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.plan import PlanDefinition, PlanNode
from domain.questions import AnswerProblem, Answers, Choice, Problem, Question, QuestionSet
from domain.revision import Decision, Fate, Successor
from domain.text import Bilingual


def fitted(questions: QuestionSet, plan: PlanDefinition, measures: Sequence[PlanNode]) -> QuestionSet:
    """The standard questions as this plan asks them: its measures and classes as choices, its classes' time rules.

    A question that no class of the plan calls for is left out, and so are the new class of a plan without classes and
    the new content of one that has no field for it.
    """
    asked = (_fitted(q, plan, measures) for q in questions.questions)
    return replace(questions, questions=tuple(q for q in asked if q is not None))


def _fitted(question: Question, plan: PlanDefinition, measures: Sequence[PlanNode]) -> Question | None:
    match question.id:
        case "merge_into":
            return replace(question, choices=tuple(_measure_choice(m) for m in measures))
        case "new_class":
            classes = tuple(Choice(c.code, c.label) for c in plan.classes)
            return replace(question, choices=classes) if classes else None
        case "new_content":
            return question if any(content_field(plan, level) for level in plan.reported_levels) else None
    condition = question.shown_when
    if condition is None or condition.question != "class":
        return question if condition is None or _is_asked(condition.question, plan) else None
    codes = tuple(c.code for c in plan.classes if c.time_rule in condition.among)
    return replace(question, shown_when=replace(condition, among=codes)) if codes else None


def _is_asked(question: str, plan: PlanDefinition) -> bool:
    """Whether the question that another depends on is asked at all; those by time rule are called after it."""
    rules = {"done_in_term", "weighed_in_term", "studied_in_term"}
    return question not in rules or any(c.time_rule == question for c in plan.classes)


def _measure_choice(measure: PlanNode) -> Choice:
    english = f"{measure.code} {measure.title_en}" if measure.title_en else ""
    return Choice(measure.code, Bilingual(f"{measure.code} {measure.title}", english))


def content_field(plan: PlanDefinition, level: str) -> str:
    """The code of the field that says what a measure is about: `content`, else the level's first; "" without one."""
    fields = [f.code for f in plan.node_fields if level in f.levels or not f.levels]
    return "content" if "content" in fields else next(iter(fields), "")


def as_it_reads(measure: PlanNode, plan: PlanDefinition) -> dict[str, Bilingual]:
    """What stands in the plan now, by the question that would change it; nothing where the plan does not say."""
    field, known = content_field(plan, measure.level), plan.class_of(measure.measure_class)
    told = {
        "new_title": Bilingual(measure.title, measure.title_en),
        "new_content": _joined(measure.texts.get(field, ())),
        "new_class": known.label if known else Bilingual(""),
    }
    return {question: text for question, text in told.items() if text.ja}


def as_it_is(measure: PlanNode) -> Successor:
    """The measure going on unchanged."""
    return Successor(
        measure.code, measure.title, measure.parent, title_en=measure.title_en, measure_class=measure.measure_class
    )


def continued(measure: PlanNode) -> Decision:
    return Decision(measure.code, Fate.CONTINUE, (as_it_is(measure),))


def suggested(measure: PlanNode, answers: Answers, questions: QuestionSet, plan: PlanDefinition) -> Decision | None:
    """The decision that a department's answers suggest; None while it proposes nothing.

    Codes of what a split makes are the planning division's to give: the first part keeps the measure's code.
    """
    reason = Bilingual(answers.get("reason", ""))
    match answers.get("fate", ""):
        case "continue":
            return replace(continued(measure), reason=reason)
        case "change":
            return Decision(measure.code, Fate.CONTINUE, (_changed(measure, answers, plan),), reason=reason)
        case "merge":
            return Decision(measure.code, Fate.MERGE, merges_into=answers.get("merge_into", ""), reason=reason)
        case "split":
            parts = (
                replace(as_it_is(measure), code=measure.code if i == 0 else "", title=title, title_en="")
                for i, title in enumerate(_parts(answers))
            )
            return Decision(measure.code, Fate.SPLIT, tuple(parts), reason=reason)
        case "abolish":
            return Decision(measure.code, Fate.ABOLISH, reason=_grounds(answers, questions))
    return None


def problems(measure: PlanNode, answers: Answers, plan: PlanDefinition) -> tuple[AnswerProblem, ...]:
    """What keeps a proposal that is answered in full from being handed in: it would propose nothing, or nonsense."""
    moves_to = next((c.moves_to for c in plan.classes if c.code == measure.measure_class), None)
    match answers.get("fate", ""):
        case "merge" if answers.get("merge_into") == measure.code:
            return (AnswerProblem("merge_into", Problem.MERGED_INTO_ITSELF),)
        case "split" if answers.get("split_into") and len(set(_parts(answers))) < 2:
            return (AnswerProblem("split_into", Problem.SPLIT_INTO_ONE),)
        case "change" if _changed(measure, answers, plan) == as_it_is(measure):
            return (AnswerProblem("fate", Problem.NOTHING_CHANGED),)
        case "change" if moves_to is not None:
            wanted = answers.get("new_class", "")
            if wanted not in ("", measure.measure_class, *moves_to):
                return (AnswerProblem("new_class", Problem.CLASS_DOES_NOT_MOVE_THERE),)
    return ()


def _parts(answers: Answers) -> list[str]:
    """The names after a split, one on each line."""
    return [line.strip() for line in answers.get("split_into", "").splitlines() if line.strip()]


def _joined(paragraphs: Sequence[Bilingual]) -> Bilingual:
    english = "\n".join(p.en for p in paragraphs) if all(p.en for p in paragraphs) else ""
    return Bilingual("\n".join(p.ja for p in paragraphs), english)


def _changed(measure: PlanNode, answers: Answers, plan: PlanDefinition) -> Successor:
    title = answers.get("new_title", "").strip()
    field, content = content_field(plan, measure.level), answers.get("new_content", "").strip()
    is_new = content not in ("", _joined(measure.texts.get(field, ())).ja)
    return replace(
        as_it_is(measure),
        title=title or measure.title,
        title_en="" if title and title != measure.title else measure.title_en,
        measure_class=answers.get("new_class", "") or measure.measure_class,
        texts={field: (Bilingual(content),)} if field and is_new else {},
    )


def _grounds(answers: Answers, questions: QuestionSet) -> Bilingual:
    """The ground that was chosen, then the reasons in the department's own words."""
    ground = next((q for q in questions.questions if q.id == "abolish_reason"), None)
    chosen = ground.choice_label(answers.get("abolish_reason", ""), "ja") if ground else ""
    return Bilingual("：".join(part for part in (chosen, answers.get("reason", "")) if part))
