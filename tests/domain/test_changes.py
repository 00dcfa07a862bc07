"""What an import would change: line by line, and nothing that stays."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.body import SeatRole
from domain.changes import Change, ChangeKind, changes
from domain.evaluation import Stage
from domain.inquiry import InquiryLadder
from domain.key_project import RouteOutcome
from domain.plan import CalendarDay, ConsultationRule, PlanDefinition, PlanNode
from domain.reference import GlossaryTerm, Vision
from domain.text import Bilingual
from exchange.sheets import BY_CODE
from tests.domain import rounds
from tests.domain.small_plan import (
    APPLICATIONS,
    ASKED,
    FIRST,
    GOAL,
    KEY_PROJECTS,
    LATE,
    ONLINE,
    PLAN,
    SECOND,
    STEP,
    WAITING,
)
from tests.exchange.full_plan import full_plan

ADDED, CHANGED, REMOVED = ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.REMOVED


def with_nodes(*nodes: PlanNode) -> PlanDefinition:
    return replace(PLAN, editions=(replace(FIRST, nodes=nodes), SECOND))


@pytest.mark.parametrize("plan", [PLAN, rounds.PLAN], ids=["small", "iizuka"])
def test_a_plan_that_stays_as_it_is_has_no_changes(plan: PlanDefinition) -> None:
    assert changes(plan, replace(plan)) == ()


def test_a_changed_title_is_one_line_with_both_texts() -> None:
    after = with_nodes(GOAL, replace(ONLINE, title="電子申請の推進"), WAITING)
    assert changes(PLAN, after) == (
        Change(CHANGED, "nodes", "2020-03/1-1", "title", "電子申請の研究", "電子申請の推進"),
    )


def test_what_is_added_and_what_is_removed_is_one_line_by_its_name() -> None:
    school = PlanNode("1-3", "measure", "学校", parent="1")
    assert changes(PLAN, with_nodes(GOAL, ONLINE, WAITING, school)) == (
        Change(ADDED, "nodes", "2020-03/1-3", after="学校"),
    )
    assert changes(PLAN, with_nodes(GOAL, ONLINE)) == (
        Change(REMOVED, "nodes", "2020-03/1-2", before="待ち時間の短縮"),
    )


def test_the_same_code_in_another_edition_is_another_node() -> None:
    renamed = tuple(replace(n, title="早い窓口") if n.code == "1" else n for n in SECOND.nodes)
    after = replace(PLAN, editions=(FIRST, replace(SECOND, nodes=renamed)))
    assert [(c.section, c.key) for c in changes(PLAN, after)] == [("nodes", "2023-03/1")]


def test_another_order_is_told_too() -> None:
    assert changes(PLAN, with_nodes(GOAL, WAITING, ONLINE)) == (
        Change(CHANGED, "nodes", "2020-03", "order", "2020-03/1-1, 2020-03/1-2", "2020-03/1-2, 2020-03/1-1"),
    )


def test_what_is_added_in_between_is_no_other_order() -> None:
    found = changes(PLAN, with_nodes(GOAL, PlanNode("1-0", "measure", "学校", parent="1"), ONLINE, WAITING))
    assert [c.kind for c in found] == [ADDED]


def test_values_of_an_indicator_are_told_by_type_and_time() -> None:
    goal, *_ = (v for v in APPLICATIONS.values if v.value == 500)
    values = tuple(replace(v, value=Decimal(600)) if v is goal else v for v in APPLICATIONS.values)
    after = replace(PLAN, indicators=(replace(APPLICATIONS, values=values),))
    assert changes(PLAN, after) == (Change(CHANGED, "values", "applications/target/2025", "value", "500", "600"),)


@pytest.mark.parametrize(
    ("after", "change"),
    [
        (
            replace(PLAN, name=Bilingual("小さな計画", "Small plan")),
            ("plan", "small-plan", "name.en", "", "Small plan"),
        ),
        (
            replace(PLAN, vision=Vision(Bilingual("便利な市"), 2030)),
            ("plan", "small-plan", "vision.title", "", "便利な市"),
        ),
        (replace(PLAN, last_fiscal_year=None), ("plan", "small-plan", "last_fiscal_year", "2025", "")),
        (
            replace(PLAN, glossary=(replace(PLAN.glossary[0], also=("オンライン申請", "e申請")),)),
            ("glossary", "電子申請", "also", "", "オンライン申請\ne申請"),
        ),
        (
            with_nodes(GOAL, replace(ONLINE, texts={}), WAITING),
            ("nodes", "2020-03/1-1", "texts.aim", "家から手続ができる", ""),
        ),
        (with_nodes(GOAL, replace(ONLINE, views=()), WAITING), ("nodes", "2020-03/1-1", "views", "reform speed", "")),
        (replace(PLAN, notes=()), ("plan", "small-plan", "notes", "作り物の計画です", "")),
        (
            replace(PLAN, editions=(FIRST, replace(SECOND, is_draft=True))),
            ("editions", "2023-03", "is_draft", "False", "True"),
        ),
    ],
    ids=["another language", "a vision", "a year", "spellings", "a field", "a view", "notes", "a draft"],
)
def test_every_field_is_told_by_its_name(after: PlanDefinition, change: tuple[str, str, str, str, str]) -> None:
    assert Change(CHANGED, *change) in changes(PLAN, after)


def test_a_link_of_another_kind_is_a_change_and_one_to_another_measure_another_link() -> None:
    first, *others = SECOND.lineage
    reasoned = replace(first, reason=Bilingual("広げる"))
    after = replace(PLAN, editions=(FIRST, replace(SECOND, lineage=(reasoned, *others))))
    assert changes(PLAN, after) == (Change(CHANGED, "lineage", "2023-03/1-1→1-2", "reason", "", "広げる"),)
    moved = replace(PLAN, editions=(FIRST, replace(SECOND, lineage=(replace(first, after=("1-3",)), *others))))
    assert Counter(c.kind for c in changes(PLAN, moved)) == {ADDED: 1, REMOVED: 1}


def test_the_bodies_that_a_review_passes_are_told_by_their_codes() -> None:
    assert PLAN.review is not None
    council, office = ConsultationRule("council"), ConsultationRule("office")
    before = replace(PLAN, review=replace(PLAN.review, consultations=(council, office)))
    later = replace(
        PLAN.review, opens=CalendarDay(3, 1), consultations=(office, replace(council, stage=Stage.EXTERNAL))
    )
    assert changes(before, replace(PLAN, review=later)) == (
        Change(CHANGED, "plan", "small-plan", "review.opens.month", "", "3"),
        Change(CHANGED, "plan", "small-plan", "review.opens.day", "", "1"),
        Change(CHANGED, "consultations", "council", "stage", "", "external"),
        Change(CHANGED, "consultations", "", "order", "council, office", "office, council"),
    )
    assert changes(before, PLAN) == (
        Change(REMOVED, "consultations", "council"),
        Change(REMOVED, "consultations", "office"),
    )


def test_how_key_projects_are_run_is_told_beside_the_plan() -> None:
    matter = replace(KEY_PROJECTS.matter, line=("office", "council"), answer_within_days=7)
    deciders = {RouteOutcome.STOP: "council", RouteOutcome.MERGE: "office"}
    after = replace(PLAN, key_projects=replace(KEY_PROJECTS, matter=matter, deciders=deciders))
    assert changes(PLAN, after) == (
        Change(CHANGED, "key_projects", "small-plan", "matter.line", "council\noffice", "office\ncouncil"),
        Change(CHANGED, "key_projects", "small-plan", "matter.answer_within_days", "10", "7"),
        Change(CHANGED, "key_projects", "small-plan", "deciders.merge", "", "office"),
    )


def test_the_steps_of_a_ladder_are_told_by_what_they_are_about() -> None:
    later = replace(KEY_PROJECTS.check_in.ladder, steps=(ASKED, replace(LATE, business_days=9)))
    check_in = replace(KEY_PROJECTS.check_in, ladder=later)
    successor = replace(KEY_PROJECTS.successor, ladder=InquiryLadder())
    after = replace(PLAN, key_projects=replace(KEY_PROJECTS, check_in=check_in, successor=successor))
    assert changes(PLAN, after) == (
        Change(CHANGED, "inquiry_steps", "check_in/late", "business_days", "5", "9"),
        Change(REMOVED, "inquiry_steps", "successor/late", before="escalation"),
    )


def test_the_questions_of_a_check_in_are_not_those_of_the_yearly_report() -> None:
    questions = tuple(replace(q, limit=200) if q is STEP else q for q in KEY_PROJECTS.question_set.questions)
    asked = replace(KEY_PROJECTS.question_set, questions=questions)
    after = replace(PLAN, key_projects=replace(KEY_PROJECTS, question_set=asked))
    assert changes(PLAN, after) == (Change(CHANGED, "check_in_questions", "step", "limit", "0", "200"),)
    assert [(c.section, c.key) for c in changes(None, PLAN) if "choices" in c.section] == [
        ("choices", "used/yes"),
        ("check_in_choices", "state/stuck"),
    ]


def test_a_plan_that_takes_up_key_projects_says_so_once() -> None:
    found = changes(replace(PLAN, key_projects=None), PLAN)
    assert {c.kind for c in found} == {ADDED}
    assert [c.key for c in found if c.section == "key_projects"] == ["small-plan"]


def test_members_of_a_body_are_told_by_the_words_of_the_source() -> None:
    council, *others = PLAN.bodies
    mayor, director = council.members
    members = (replace(mayor, role=SeatRole.CHAIR), replace(director, label=Bilingual("次長")))
    after = replace(PLAN, bodies=(replace(council, members=members, valid_from=date(2022, 4, 1)), *others))
    assert changes(PLAN, after) == (
        Change(CHANGED, "bodies", "council", "valid_from", "", "2022-04-01"),
        Change(CHANGED, "members", "council/副市長", "role", "member", "chair"),
        Change(ADDED, "members", "council/次長", after="次長"),
        Change(REMOVED, "members", "council/部長", before="部長"),
    )


def test_an_answer_of_a_survey_that_has_a_code_is_told_by_it() -> None:
    (survey,) = PLAN.surveys
    (question,) = survey.questions
    (answer,) = question.answers

    def asked(**said: Any) -> PlanDefinition:
        answers = (replace(answer, code="yes", **said),)
        return replace(PLAN, surveys=(replace(survey, questions=(replace(question, answers=answers),)),))

    assert changes(asked(), asked(text=Bilingual("はい。"), nodes=("1-1",))) == (
        Change(CHANGED, "survey_answers", "citizens/q1/yes", "text", "はい", "はい。"),
        Change(CHANGED, "survey_answers", "citizens/q1/yes", "nodes", "", "1-1"),
    )


def test_every_section_of_the_changes_is_a_sheet_of_the_tables() -> None:
    """Pages call a section by the name of its sheet."""
    assert {c.section for c in changes(None, full_plan())} <= BY_CODE.keys()


def test_two_achievements_of_the_same_words_are_two() -> None:
    twice = replace(PLAN, achievements=PLAN.achievements * 2)
    (added,) = changes(PLAN, twice)
    assert (added.kind, added.section, added.key) == (ADDED, "achievements", "2020-03/1-1/early/試行を始めた#2")


def test_of_a_new_plan_everything_is_added() -> None:
    found = changes(None, PLAN)
    assert {c.kind for c in found} == {ADDED}
    assert found[0] == Change(ADDED, "plan", "small-plan", after="小さな計画")
    assert Counter(c.section for c in found)["nodes"] == sum(len(e.nodes) for e in PLAN.editions)
    assert len({(c.section, c.key) for c in found}) == len(found), "each record has a place of its own"


def _leaves(value: Any) -> list[tuple[Any, str]]:
    """Every dataclass inside a definition with each of its text and number fields."""
    if isinstance(value, tuple):
        return [leaf for one in value for leaf in _leaves(one)]
    if not is_dataclass(value):
        return []
    found: list[tuple[Any, str]] = []
    for part in fields(value):
        one = getattr(value, part.name)
        if isinstance(one, str | int | Decimal) and not isinstance(one, bool):
            found.append((value, part.name))
        found += _leaves(one)
    return found


def _with(value: Any, changed: Any, field: str) -> Any:
    """The definition with one field of one dataclass inside it changed."""
    if value is changed:
        old = getattr(value, field)
        return replace(value, **{field: f"{old}＊" if isinstance(old, str) else old + 1})
    if isinstance(value, tuple):
        return tuple(_with(one, changed, field) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        news = {part.name: _with(getattr(value, part.name), changed, field) for part in fields(value)}
        return replace(value, **news)
    return value


def test_no_field_of_a_plan_can_change_unseen() -> None:
    leaves = _leaves(PLAN)
    assert len(leaves) > 200
    unseen = [
        f"{type(record).__name__}.{field}" for record, field in leaves if not changes(PLAN, _with(PLAN, record, field))
    ]
    assert unseen == []


def test_a_word_of_the_glossary_that_is_taken_out_is_told() -> None:
    more = replace(PLAN, glossary=(*PLAN.glossary, GlossaryTerm("AI", Bilingual("人工知能"))))
    assert changes(more, PLAN) == (Change(REMOVED, "glossary", "AI", before="人工知能"),)
