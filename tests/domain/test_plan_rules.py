"""What contradicts itself in a plan, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from domain.mistakes import Mistake
from domain.plan import CalendarDay, Level, LevelLabel, PlanDefinition, PlanNode, Term, mistakes
from domain.questions import Choice, Condition, Question, QuestionKind
from domain.text import Bilingual
from tests.domain.rounds import PLAN

Path = tuple[str | int, ...]


def with_round(**changes: object) -> PlanDefinition:
    return replace(PLAN, rounds=(replace(PLAN.rounds[0], **changes),))  # type: ignore[arg-type]


def with_nodes(*nodes: PlanNode) -> PlanDefinition:
    return replace(PLAN, editions=(replace(PLAN.editions[0], nodes=nodes),))


def with_questions(*questions: Question) -> PlanDefinition:
    return replace(PLAN, question_set=replace(PLAN.question_set, questions=questions))


def with_doubled_step() -> PlanDefinition:
    ladder = PLAN.rounds[0].ladder
    return with_round(ladder=replace(ladder, steps=(*ladder.steps, ladder.steps[0])))


def test_the_real_plan_has_no_mistakes() -> None:
    assert mistakes(PLAN) == ()


TERM = Term("t", Bilingual("期"), 2018, 2020)
NODE = PlanNode("1", Level.POLICY, "方針")
CHOICE = Question("q", Bilingual("問"), QuestionKind.CHOICE, choices=(Choice("yes", Bilingual("はい")),))
TEXT = Question("r", Bilingual("訳"))

WRONG: list[tuple[str, Callable[[], PlanDefinition], Path]] = [
    ("the plan ends before it starts", lambda: replace(PLAN, last_fiscal_year=2017, terms=()), ("last_fiscal_year",)),
    ("a term leaves the plan", lambda: replace(PLAN, terms=(replace(TERM, last_fiscal_year=2027),)), ("terms", 0)),
    ("a term runs backwards", lambda: replace(PLAN, terms=(replace(TERM, first_fiscal_year=2021),)), ("terms", 0)),
    ("a term stands twice", lambda: replace(PLAN, terms=(TERM, TERM)), ("terms", 1)),
    ("no such day", lambda: replace(PLAN, cycle_opens=CalendarDay(4, 31)), ("cycle_opens",)),
    ("not every year has the day", lambda: with_round(opens=CalendarDay(2, 29)), ("rounds", 0, "opens")),
    ("no such month", lambda: with_round(opens=CalendarDay(13, 1)), ("rounds", 0, "opens")),
    ("due on opening", lambda: with_round(due_after_days=0), ("rounds", 0, "due_after_days")),
    ("due on the return", lambda: with_round(return_due_days=0), ("rounds", 0, "return_due_days")),
    ("a round stands twice", lambda: replace(PLAN, rounds=PLAN.rounds * 2), ("rounds", 1)),
    ("a step stands twice", with_doubled_step, ("rounds", 0, "ladder", "steps", len(PLAN.rounds[0].ladder.steps))),
    ("an edition stands twice", lambda: replace(PLAN, editions=PLAN.editions * 2), ("editions", 1)),
    ("a node stands twice", lambda: with_nodes(NODE, NODE), ("editions", 0, "nodes", 1)),
    (
        "no such parent",
        lambda: with_nodes(NODE, PlanNode("2-1", Level.GOAL, "目標", parent="2")),
        ("editions", 0, "nodes", 1, "parent"),
    ),
    (
        "a parent after its child",
        lambda: with_nodes(PlanNode("1-1", Level.GOAL, "目標", parent="1"), NODE),
        ("editions", 0, "nodes", 0, "parent"),
    ),
    (
        "its own parent",
        lambda: with_nodes(replace(NODE, parent="1")),
        ("editions", 0, "nodes", 0, "parent"),
    ),
    ("a question stands twice", lambda: with_questions(TEXT, TEXT), ("question_set", "questions", 1)),
    (
        "a choice without choices",
        lambda: with_questions(replace(CHOICE, choices=())),
        ("question_set", "questions", 0, "choices"),
    ),
    (
        "a choice stands twice",
        lambda: with_questions(replace(CHOICE, choices=CHOICE.choices * 2)),
        ("question_set", "questions", 0, "choices", 1),
    ),
    (
        "no such promise",
        lambda: with_questions(replace(TEXT, recalls="next_step")),
        ("question_set", "questions", 0, "recalls"),
    ),
    (
        "an answer recalled that is no promise",
        lambda: with_questions(TEXT, Question("s", Bilingual("結果"), recalls="r")),
        ("question_set", "questions", 1, "recalls"),
    ),
    (
        "a condition on nothing",
        lambda: with_questions(replace(TEXT, shown_when=Condition("x", ("yes",)))),
        ("question_set", "questions", 0, "shown_when", "question"),
    ),
    (
        "a condition on no choice",
        lambda: with_questions(CHOICE, replace(TEXT, required_when=Condition("q", ("yes", "no")))),
        ("question_set", "questions", 1, "required_when", "among", 1),
    ),
    (
        "a condition on no class",
        lambda: with_questions(replace(TEXT, shown_when=Condition("class", ("重点",)))),
        ("question_set", "questions", 0, "shown_when", "among", 0),
    ),
    (
        "a grade stands twice",
        lambda: replace(PLAN, grades=PLAN.grades[:1] * 2),
        ("grades", 1),
    ),
    (
        "a level stands twice",
        lambda: replace(PLAN, level_labels=(LevelLabel(Level.GOAL, Bilingual("節")),) * 2),
        ("level_labels", 1),
    ),
]


@pytest.mark.parametrize(("wrong", "place"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_mistake_is_named_with_its_place(wrong: Callable[[], PlanDefinition], place: Path) -> None:
    found = mistakes(wrong())
    assert [m.path for m in found] == [place]
    assert all(m.message for m in found)


def test_all_mistakes_are_found_at_once() -> None:
    both = replace(with_round(due_after_days=0), cycle_opens=CalendarDay(2, 30))
    assert mistakes(both) == (
        Mistake(("cycle_opens",), "there is no day 2/30 in every year"),
        Mistake(("rounds", 0, "due_after_days"), "must be at least 1 business day"),
    )
