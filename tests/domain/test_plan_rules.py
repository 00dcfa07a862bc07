"""What contradicts itself in a plan, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.evaluation import Stage
from domain.lineage import LineageKind, LineageLink
from domain.mistakes import Mistake
from domain.plan import REVIEW_ROUND, CalendarDay, ConsultationRule, NodeView, PlanDefinition, PlanNode, ReviewRule
from domain.plan_rules import mistakes
from domain.questions import Condition, Question
from domain.rating import Band, RatePreset, Rating
from domain.source import Source
from tests.domain import rounds
from tests.domain.small_plan import APPLICATIONS, CAME, FIRST, GOAL, NEXT, ONLINE, PLAN, SECOND, USED, WAITING

Path = tuple[str | int, ...]


def with_first(field: str, **changes: Any) -> PlanDefinition:
    """The plan with its first record of a kind changed."""
    first, *others = getattr(PLAN, field)
    said: dict[str, Any] = {field: (replace(first, **changes), *others)}
    return replace(PLAN, **said)


def twice(field: str) -> PlanDefinition:
    records = getattr(PLAN, field)
    said: dict[str, Any] = {field: (*records, records[0])}
    return replace(PLAN, **said)


def with_nodes(*nodes: PlanNode) -> PlanDefinition:
    """The plan with one edition of these nodes, and with nothing that names others."""
    bare = replace(PLAN, achievements=(), indicators=(), links=(), term_evaluations=())
    return replace(bare, editions=(replace(FIRST, nodes=nodes),))


def with_measure(**changes: Any) -> PlanDefinition:
    return with_nodes(GOAL, replace(ONLINE, **changes), WAITING)


def with_second(**changes: Any) -> PlanDefinition:
    return replace(PLAN, editions=(FIRST, replace(SECOND, **changes)))


def with_questions(*questions: Question) -> PlanDefinition:
    return replace(PLAN, question_set=replace(PLAN.question_set, questions=questions))


def with_review(**changes: Any) -> PlanDefinition:
    assert PLAN.review is not None
    return replace(PLAN, review=replace(PLAN.review, **changes))


def with_lineage(*links: LineageLink, nodes: tuple[PlanNode, ...] = SECOND.nodes) -> PlanDefinition:
    return with_second(lineage=links, nodes=nodes)


@pytest.mark.parametrize("plan", [PLAN, rounds.PLAN], ids=["small", "iizuka"])
def test_a_plan_without_mistakes_has_none(plan: PlanDefinition) -> None:
    assert mistakes(plan) == ()


STEPS = PLAN.rounds[0].ladder.steps
ADDRESS = PLAN.links[0].node
WITHOUT_TERMS = replace(PLAN, terms=(), review=None, achievements=(), term_evaluations=())
NODE: Path = ("editions", 0, "nodes", 1)
LINEAGE: Path = ("editions", 1, "lineage")
ASK: Path = ("question_set", "questions")
ROUND: Path = ("rounds", 0, "code")

WRONG: list[tuple[str, Callable[[], PlanDefinition], Path]] = [
    # What stands twice
    ("a document stands twice", lambda: twice("documents"), ("documents", 1)),
    ("a level stands twice", lambda: twice("levels"), ("levels", 2)),
    ("a term stands twice", lambda: twice("terms"), ("terms", 1)),
    ("a class stands twice", lambda: twice("classes"), ("classes", 2)),
    ("a grade stands twice", lambda: twice("grades"), ("grades", 2)),
    ("a view stands twice", lambda: twice("views"), ("views", 1)),
    (
        "a value of a view stands twice",
        lambda: with_first("views", values=PLAN.views[0].values * 2),
        ("views", 0, "values", 1),
    ),
    ("a stage stands twice", lambda: twice("stages"), ("stages", 1)),
    ("a body stands twice", lambda: twice("bodies"), ("bodies", 3)),
    ("a source of opinions stands twice", lambda: twice("opinion_sources"), ("opinion_sources", 1)),
    ("a field stands twice", lambda: twice("node_fields"), ("node_fields", 1)),
    ("a related plan stands twice", lambda: twice("related_plans"), ("related_plans", 1)),
    ("a survey stands twice", lambda: twice("surveys"), ("surveys", 1)),
    ("a word stands twice in the glossary", lambda: twice("glossary"), ("glossary", 1)),
    ("a round stands twice", lambda: twice("rounds"), ("rounds", 1)),
    ("an indicator stands twice", lambda: twice("indicators"), ("indicators", 1)),
    (
        "a step stands twice",
        lambda: with_first("rounds", ladder=replace(PLAN.rounds[0].ladder, steps=STEPS * 2)),
        ("rounds", 0, "ladder", "steps", 1),
    ),
    ("a node stands twice", lambda: with_nodes(GOAL, WAITING, WAITING), ("editions", 0, "nodes", 2)),
    ("a question stands twice", lambda: with_questions(USED, USED), (*ASK, 1)),
    (
        "a choice stands twice",
        lambda: with_questions(replace(USED, choices=USED.choices * 2)),
        (*ASK, 0, "choices", 1),
    ),
    # Years and days
    (
        "the plan ends before it starts",
        lambda: replace(WITHOUT_TERMS, last_fiscal_year=2019),
        ("last_fiscal_year",),
    ),
    ("a term begins before the plan", lambda: with_first("terms", first_fiscal_year=2019), ("terms", 0)),
    ("a term outlasts the plan", lambda: with_first("terms", last_fiscal_year=2026), ("terms", 0)),
    ("a term runs backwards", lambda: with_first("terms", first_fiscal_year=2023), ("terms", 0)),
    (
        "a review outside the plan",
        lambda: replace(PLAN, review=ReviewRule((2022, 2026), True, ())),
        ("review", "fiscal_years", 1),
    ),
    ("no such day", lambda: replace(PLAN, cycle_opens=CalendarDay(4, 31)), ("cycle_opens",)),
    (
        "not every year has the day",
        lambda: with_first("rounds", opens=CalendarDay(2, 29)),
        ("rounds", 0, "opens"),
    ),
    ("no such month", lambda: with_first("rounds", opens=CalendarDay(13, 1)), ("rounds", 0, "opens")),
    ("due on opening", lambda: with_first("rounds", due_after_days=0), ("rounds", 0, "due_after_days")),
    ("due on the return", lambda: with_first("rounds", return_due_days=0), ("rounds", 0, "return_due_days")),
    # Reviews
    (
        "a review opens on no day that there is",
        lambda: with_review(opens=CalendarDay(2, 30)),
        ("review", "opens"),
    ),
    ("proposals due on opening", lambda: with_review(due_after_days=0), ("review", "due_after_days")),
    (
        "a review passes no body that there is",
        lambda: with_review(consultations=(ConsultationRule("council"), ConsultationRule("mayor"))),
        ("review", "consultations", 1, "body"),
    ),
    (
        "a review passes a body twice",
        lambda: with_review(
            consultations=(ConsultationRule("council"), ConsultationRule("council", Stage.EXTERNAL)),
        ),
        ("review", "consultations", 1),
    ),
    ("a review without a ladder", lambda: replace(PLAN, rounds=()), ("rounds",)),
    ("a round of the year under the name of a review's", lambda: with_first("rounds", code=REVIEW_ROUND), ROUND),
    (
        "a round under the name of a review's, though there are no reviews",
        lambda: replace(with_first("rounds", code=REVIEW_ROUND), review=None),
        ROUND,
    ),
    # Levels and classes
    (
        "nobody is asked for anything",
        lambda: replace(
            PLAN, levels=tuple(replace(level, is_reported=False) for level in PLAN.levels), editions=(FIRST,)
        ),
        ("levels",),
    ),
    (
        "a class moves to none that there is",
        lambda: with_first("classes", moves_to=("push", "drop")),
        ("classes", 0, "moves_to", 1),
    ),
    (
        "a field of no level that there is",
        lambda: with_first("node_fields", levels=("measure", "project")),
        ("node_fields", 0, "levels"),
    ),
    # Editions and nodes
    ("no code", lambda: with_measure(code=" "), (*NODE, "code")),
    ("no title", lambda: with_measure(title="\u3000"), (*NODE, "title")),
    ("no such level", lambda: with_measure(level="project"), (*NODE, "level")),
    ("no such parent", lambda: with_measure(parent="2"), (*NODE, "parent")),
    ("its own parent", lambda: with_measure(parent="1-1"), (*NODE, "parent")),
    ("a parent after its child", lambda: with_measure(parent="1-2"), (*NODE, "parent")),
    ("no such class", lambda: with_measure(measure_class="drop"), (*NODE, "measure_class")),
    ("no such field", lambda: with_measure(texts={"cost": ()}), (*NODE, "texts", "cost")),
    ("no such view", lambda: with_measure(views=(NodeView("sdgs"),)), (*NODE, "views", 0, "view")),
    (
        "no such value of a view",
        lambda: with_measure(views=(NodeView("reform"), NodeView("reform", "price"))),
        (*NODE, "views", 1, "value"),
    ),
    ("no such related plan", lambda: with_measure(related_plans=("upper", "old")), (*NODE, "related_plans", 1)),
    (
        "an edition in force no later than the one before",
        lambda: with_second(effective_on=FIRST.effective_on),
        ("editions", 1, "effective_on"),
    ),
    # Lineage
    (
        "a first edition with lineage",
        lambda: replace(PLAN, editions=(replace(FIRST, lineage=SECOND.lineage), SECOND)),
        ("editions", 0, "lineage"),
    ),
    ("a measure whose fate nobody tells", lambda: with_lineage(SECOND.lineage[0], SECOND.lineage[2]), LINEAGE),
    ("a measure whose origin nobody tells", lambda: with_lineage(*SECOND.lineage[:2]), LINEAGE),
    (
        "a fate of nothing that there was",
        lambda: with_lineage(*SECOND.lineage, LineageLink(LineageKind.ABOLISHED, ("1-9",))),
        (*LINEAGE, 3, "before", 0),
    ),
    # What stands beside the measures
    (
        "an achievement in no term that there is",
        lambda: with_first("achievements", term="late"),
        ("achievements", 0, "term"),
    ),
    (
        "an achievement at no stage that there is",
        lambda: with_first("achievements", stage="done"),
        ("achievements", 0, "stage"),
    ),
    (
        "an achievement of no edition that there is",
        lambda: with_first("achievements", node=replace(ADDRESS, edition="2021-03")),
        ("achievements", 0, "node", "edition"),
    ),
    (
        "an achievement of no node that there is",
        lambda: with_first("achievements", node=replace(ADDRESS, code="1-3")),
        ("achievements", 0, "node", "code"),
    ),
    (
        "a link from no node that there is",
        lambda: with_first("links", node=replace(ADDRESS, code="1-3")),
        ("links", 0, "node", "code"),
    ),
    ("a link into its own plan", lambda: with_first("links", plan=PLAN.code), ("links", 0, "plan")),
    (
        "an evaluation of no term that there is",
        lambda: with_first("term_evaluations", term="late"),
        ("term_evaluations", 0, "term"),
    ),
    (
        "an evaluation of no node that there is",
        lambda: with_first("term_evaluations", node="9"),
        ("term_evaluations", 0, "node"),
    ),
    (
        "an evaluation of a whole term in no edition that there is",
        lambda: with_first("term_evaluations", edition="2021-03", node=""),
        ("term_evaluations", 0, "edition"),
    ),
    (
        "a survey that asks how near a vision is that there is not",
        lambda: with_first(
            "surveys", questions=tuple(replace(q, about_vision=True) for q in PLAN.surveys[0].questions)
        ),
        ("surveys", 0, "questions", 0, "about_vision"),
    ),
    (
        "a survey about no node that there is",
        lambda: with_first(
            "surveys",
            edition="2020-03",
            questions=tuple(replace(q, nodes=("1-1", "1-9")) for q in PLAN.surveys[0].questions),
        ),
        ("surveys", 0, "questions", 0, "nodes", 1),
    ),
    (
        "a body that ends before it begins",
        lambda: with_first("bodies", valid_from=date(2022, 4, 1), valid_until=date(2022, 3, 31)),
        ("bodies", 0, "valid_until"),
    ),
    ("a body that assists nobody", lambda: with_first("bodies", assists="mayor"), ("bodies", 0, "assists")),
    (
        "a source in no document that there is",
        lambda: with_first("glossary", source=Source("minutes")),
        ("glossary", 0, "source", "document"),
    ),
    (
        "an indicator's value from no document that there is",
        lambda: with_first("indicators", values=(replace(APPLICATIONS.values[0], source=Source("minutes")),)),
        ("indicators", 0, "values", 0, "source", "document"),
    ),
    # Indicators and grades: the rules in full are in test_indicator_rules.py
    (
        "an indicator of no node that there is",
        lambda: with_first("indicators", node="9"),
        ("indicators", 0, "node"),
    ),
    (
        "a band with no grade that there is",
        lambda: replace(PLAN, rating=Rating(RatePreset.PACE, (Band(Decimal(0), "C"),))),
        ("rating", "bands", 0, "grade"),
    ),
    # Questions
    (
        "a choice without choices",
        lambda: with_questions(replace(USED, choices=())),
        (*ASK, 0, "choices"),
    ),
    ("no such promise", lambda: with_questions(replace(CAME, recalls="done")), (*ASK, 0, "recalls")),
    (
        "an answer recalled that is no promise",
        lambda: with_questions(replace(NEXT, promise=False), CAME),
        (*ASK, 1, "recalls"),
    ),
    (
        "a condition on nothing",
        lambda: with_questions(replace(NEXT, shown_when=Condition("x", ("yes",)))),
        (*ASK, 0, "shown_when", "question"),
    ),
    (
        "a condition on no choice",
        lambda: with_questions(USED, replace(NEXT, required_when=Condition("used", ("yes", "no")))),
        (*ASK, 1, "required_when", "among", 1),
    ),
    (
        "a condition on no class",
        lambda: with_questions(replace(NEXT, shown_when=Condition("class", ("study", "drop")))),
        (*ASK, 0, "shown_when", "among", 1),
    ),
]


@pytest.mark.parametrize(("wrong", "place"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_mistake_is_named_with_its_place(wrong: Callable[[], PlanDefinition], place: Path) -> None:
    found = mistakes(wrong())
    assert [m.path for m in found] == [place]
    assert all(m.message for m in found)


def test_all_mistakes_are_found_at_once() -> None:
    both = replace(with_first("rounds", due_after_days=0), cycle_opens=CalendarDay(2, 30))
    assert mistakes(both) == (
        Mistake(("cycle_opens",), "there is no day 2/30 in every year"),
        Mistake(("rounds", 0, "due_after_days"), "must be at least 1 business day"),
    )


def test_an_edition_that_stands_twice_is_found_by_its_code_and_by_its_day() -> None:
    again = replace(SECOND, lineage=tuple(LineageLink(LineageKind.CONTINUED, (c,), (c,)) for c in ("1-2", "1-3")))
    found = mistakes(replace(PLAN, editions=(*PLAN.editions, again)))
    assert [m.path for m in found] == [("editions", 2), ("editions", 2, "effective_on")]


def test_a_plan_whose_years_nobody_gives_may_have_terms_of_any_years() -> None:
    assert mistakes(replace(PLAN, first_fiscal_year=None, last_fiscal_year=None)) == ()


def test_a_review_may_pass_the_bodies_of_the_plan_on_a_day_of_every_year() -> None:
    passed = (ConsultationRule("office", Stage.SECONDARY), ConsultationRule("council", Stage.EXTERNAL))
    assert mistakes(with_review(opens=CalendarDay(3, 1), due_after_days=1, consultations=passed)) == ()


def test_a_body_may_last_one_day_and_a_term_be_looked_back_upon_as_a_whole() -> None:
    one_day = with_first("bodies", valid_from=date(2022, 4, 1), valid_until=date(2022, 4, 1))
    assert mistakes(one_day) == ()
    assert mistakes(with_first("term_evaluations", node="")) == ()


def test_a_plan_that_is_not_reviewed_needs_no_round() -> None:
    assert mistakes(replace(PLAN, rounds=(), review=None)) == ()


RENAMED_GOAL = (replace(GOAL, title="早い窓口"), *SECOND.nodes[1:])
OTHER_GOAL = (replace(GOAL, code="2"), *(replace(n, parent="2") for n in SECOND.nodes[1:]))


def test_a_goal_that_keeps_code_and_title_needs_no_lineage() -> None:
    assert GOAL in SECOND.nodes
    assert mistakes(PLAN) == ()


@pytest.mark.parametrize("nodes", [RENAMED_GOAL, OTHER_GOAL], ids=["title", "code"])
def test_a_goal_whose_code_or_title_changes_does(nodes: tuple[PlanNode, ...]) -> None:
    found = mistakes(with_second(nodes=nodes))
    assert [m.path for m in found] == [LINEAGE, LINEAGE], "neither its fate nor its origin is told"


@pytest.mark.parametrize(
    ("nodes", "link"),
    [
        (SECOND.nodes, LineageLink(LineageKind.CONTINUED, ("1",), ("1",))),
        (RENAMED_GOAL, LineageLink(LineageKind.RENAMED, ("1",), ("1",))),
        (OTHER_GOAL, LineageLink(LineageKind.RENUMBERED, ("1",), ("2",))),
    ],
    ids=["continued", "renamed", "renumbered"],
)
def test_the_lineage_of_a_goal_may_be_told(nodes: tuple[PlanNode, ...], link: LineageLink) -> None:
    assert mistakes(with_lineage(link, *SECOND.lineage, nodes=nodes)) == ()


def test_a_goal_that_is_abolished_and_founded_again_needs_both_links() -> None:
    abolished = LineageLink(LineageKind.ABOLISHED, ("1",))
    assert [m.path for m in mistakes(with_lineage(abolished, *SECOND.lineage))] == [LINEAGE]
    founded = LineageLink(LineageKind.NEW, (), ("1",))
    assert mistakes(with_lineage(abolished, founded, *SECOND.lineage)) == ()
