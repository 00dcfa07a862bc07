"""What a department is asked of a measure in a review, and the decision that its answers suggest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import questions
from domain.plan import Level, MeasureClass, NodeField, PlanDefinition, PlanNode, TimeRule
from domain.proposal import as_it_reads, fitted, problems, suggested
from domain.questions import Problem, QuestionKind, QuestionSet
from domain.revision import Decision, Fate
from domain.text import Bilingual
from plan_files import review_questions
from tests.domain.small_plan import PLAN as SMALL
from tests.printed_revision import EARLY, IIZUKA

CLASSES = (
    MeasureClass("research", Bilingual("調査研究"), time_rule=TimeRule.STUDIED_IN_TERM, moves_to=("promotion",)),
    MeasureClass("promotion", Bilingual("推進"), time_rule=TimeRule.WEIGHED_IN_TERM, moves_to=("priority",)),
    MeasureClass("priority", Bilingual("重点"), time_rule=TimeRule.DONE_IN_TERM),
    MeasureClass("other", Bilingual("その他")),
)
PLAN = replace(
    SMALL,
    classes=CLASSES,
    node_fields=(NodeField("aim", Bilingual("目指す姿")), NodeField("content", Bilingual("内容"), levels=("measure",))),
)
STUDIED = PlanNode(
    "1-1",
    "measure",
    "電子申請の研究",
    title_en="Study of online applications",
    parent="1",
    measure_class="research",
    texts={"content": (Bilingual("方法を調べる。"), Bilingual("費用を見積もる。"))},
)
OTHERS = tuple(PlanNode(f"1-{n}", "measure", f"施策{n}", parent="1") for n in range(2, 5))
MEASURES = (STUDIED, *OTHERS)
ASKED = fitted(review_questions(), PLAN, MEASURES)
PLAIN = replace(PLAN, classes=(), node_fields=(), levels=(Level("measure", Bilingual("施策"), is_reported=True),))


def ids(asked: QuestionSet, measure_class: str, **answers: str) -> list[str]:
    return [q.id for q in questions.shown(asked, answers, measure_class)]


def suggestion(**answers: str) -> Decision:
    found = suggested(STUDIED, answers, ASKED, PLAN)
    assert found is not None
    return found


# --- what is asked -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure_class", "first"),
    [
        ("research", ["studied_in_term"]),
        ("promotion", ["weighed_in_term"]),
        ("priority", ["done_in_term"]),
        ("other", []),
        ("", []),
    ],
)
def test_a_measure_is_asked_by_the_time_rule_of_its_class(measure_class: str, first: list[str]) -> None:
    assert ids(ASKED, measure_class) == [*first, "fate", "reason"]


@pytest.mark.parametrize(
    ("measure_class", "asked", "answer", "follows"),
    [
        ("research", "studied_in_term", "yes", "study_outcome"),
        ("research", "studied_in_term", "no", "studied_in_term_why"),
        ("promotion", "weighed_in_term", "no", "weighed_in_term_why"),
        ("priority", "done_in_term", "no", "done_in_term_why"),
    ],
)
def test_what_the_time_rule_asks_for_and_is_not_there_is_asked_why(
    measure_class: str, asked: str, answer: str, follows: str
) -> None:
    assert ids(ASKED, measure_class, **{asked: answer})[:2] == [asked, follows]
    missing = questions.check(ASKED, {asked: answer, "fate": "continue"}, measure_class)
    assert [(p.question, p.problem) for p in missing] == [(follows, Problem.MISSING)]


def test_a_form_holds_no_question_of_another_class_not_even_hidden() -> None:
    held = {q.id for q in questions.that_may_be_shown(ASKED, "priority")}
    assert {"done_in_term", "done_in_term_why"} <= held
    assert held.isdisjoint({"studied_in_term", "study_outcome", "studied_in_term_why", "weighed_in_term_why"})


def test_a_plan_without_classes_or_contents_is_not_asked_about_them() -> None:
    asked = {q.id for q in fitted(review_questions(), PLAIN, OTHERS).questions}
    assert asked == {"fate", "new_title", "merge_into", "split_into", "abolish_reason", "reason"}


def test_every_measure_of_the_edition_may_take_another_up_and_is_named_with_its_code() -> None:
    measures = [n for n in EARLY.nodes if n.level in IIZUKA.reported_levels]
    (merge_into,) = (q for q in fitted(review_questions(), IIZUKA, measures).questions if q.id == "merge_into")
    assert len(merge_into.choices) == 36
    assert merge_into.choice_label("4-2-2", "ja").startswith("4-2-2 ")


def test_the_form_can_show_what_the_plan_says_now_beside_what_would_change_it() -> None:
    now = as_it_reads(STUDIED, PLAN)
    assert now["new_title"] == Bilingual("電子申請の研究", "Study of online applications")
    assert now["new_content"] == Bilingual("方法を調べる。\n費用を見積もる。")
    assert now["new_class"].ja == "調査研究"
    assert set(as_it_reads(OTHERS[0], PLAN)) == {"new_title"}, "what the plan does not say is not shown"


# --- what it suggests ----------------------------------------------------------------------------


def test_a_measure_that_goes_on_as_it_is_keeps_everything() -> None:
    (heir,) = suggestion(fate="continue").successors
    assert (heir.code, heir.title, heir.title_en, heir.parent, heir.measure_class) == (
        *("1-1", "電子申請の研究", "Study of online applications", "1", "research"),
    )
    assert heir.texts == {}, "what is not decided goes on by itself"


def test_a_change_takes_only_what_was_answered() -> None:
    (heir,) = suggestion(fate="change", new_class="promotion", reason="調べ終えた").successors
    assert (heir.title, heir.title_en, heir.measure_class, heir.texts) == (
        *("電子申請の研究", "Study of online applications", "promotion", {}),
    )
    (heir,) = suggestion(fate="change", new_title="電子申請の推進", new_content="始める。").successors
    assert (heir.title, heir.title_en) == ("電子申請の推進", ""), "the English of the old name is not that of the new"
    assert heir.texts == {"content": (Bilingual("始める。"),)}


def test_a_content_that_is_typed_again_as_it_was_is_no_new_content() -> None:
    (heir,) = suggestion(fate="change", new_title="新", new_content="方法を調べる。\n費用を見積もる。").successors
    assert heir.texts == {}


def test_the_first_part_of_a_split_keeps_the_code_and_the_others_wait_for_theirs() -> None:
    decision = suggestion(fate="split", split_into=" 窓口の申請 \n\n家からの申請", reason="二つになった")
    assert [(s.code, s.title) for s in decision.successors] == [("1-1", "窓口の申請"), ("", "家からの申請")]


def test_a_merger_names_the_measure_that_takes_it_up_and_an_abolition_its_ground() -> None:
    assert suggestion(fate="merge", merge_into="1-3").merges_into == "1-3"
    assert suggestion(fate="abolish", abolish_reason="purpose_met", reason="全施設で済んだ").reason.ja == (
        "目的を達した：全施設で済んだ"
    )


def test_who_proposes_nothing_suggests_nothing() -> None:
    assert suggested(STUDIED, {"reason": "書きかけ"}, ASKED, PLAN) is None


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "question", "problem"),
    [
        ({"fate": "merge", "merge_into": "1-1"}, "merge_into", Problem.MERGED_INTO_ITSELF),
        ({"fate": "split", "split_into": "窓口の申請\n"}, "split_into", Problem.SPLIT_INTO_ONE),
        ({"fate": "split", "split_into": "同じ\n 同じ "}, "split_into", Problem.SPLIT_INTO_ONE),
        ({"fate": "change"}, "fate", Problem.NOTHING_CHANGED),
        ({"fate": "change", "new_title": "電子申請の研究"}, "fate", Problem.NOTHING_CHANGED),
        ({"fate": "change", "new_class": "research"}, "fate", Problem.NOTHING_CHANGED),
        ({"fate": "change", "new_class": "priority"}, "new_class", Problem.CLASS_DOES_NOT_MOVE_THERE),
    ],
)
def test_a_proposal_that_proposes_nothing_or_nonsense_is_refused(
    answers: dict[str, str], question: str, problem: Problem
) -> None:
    assert [(p.question, p.problem) for p in problems(STUDIED, answers, PLAN)] == [(question, problem)]


@pytest.mark.parametrize(
    "answers",
    [
        {"fate": "continue"},
        {"fate": "merge", "merge_into": "1-2"},
        {"fate": "split", "split_into": "窓口の申請\n家からの申請"},
        {"fate": "change", "new_title": "電子申請の推進"},
        {"fate": "change", "new_content": "始める。"},
        {"fate": "change", "new_class": "promotion"},
        {"fate": "abolish", "abolish_reason": "purpose_met"},
    ],
)
def test_a_proposal_that_proposes_something_is_taken(answers: dict[str, str]) -> None:
    assert problems(STUDIED, answers, PLAN) == ()


def test_a_measure_without_a_class_may_be_given_any() -> None:
    assert problems(OTHERS[0], {"fate": "change", "new_class": "priority"}, PLAN) == ()


# --- always --------------------------------------------------------------------------------------


def answered(asked: QuestionSet) -> st.SearchStrategy[dict[str, str]]:
    """Anything that a form could hold: choices or nonsense, texts of any kind, fields that are not asked."""
    fields = {
        q.id: st.sampled_from([c.code for c in q.choices]) | st.text(max_size=5)
        if q.kind is QuestionKind.CHOICE and q.choices
        else st.text(max_size=30) | st.sampled_from(["一つ\n二つ", "一つ", "\n \n"])
        for q in asked.questions
    }
    return st.fixed_dictionaries({}, optional=fields)


@given(st.data(), st.sampled_from([PLAN, PLAIN]), st.sampled_from(MEASURES))
def test_whatever_is_answered_a_suggestion_names_the_measure_and_never_fails(
    data: st.DataObject, plan: PlanDefinition, measure: PlanNode
) -> None:
    asked = fitted(review_questions(), plan, MEASURES)
    answers = data.draw(answered(asked))
    decision = suggested(measure, answers, asked, plan)
    known = {"continue", "change", "merge", "split", "abolish"}
    assert (decision is not None) == (answers.get("fate") in known)
    if decision is not None:
        assert decision.measure == measure.code
        assert all(s.parent == measure.parent and s.title for s in decision.successors)
        assert decision.fate is not Fate.CONTINUE or [s.code for s in decision.successors] == [measure.code]
    assert {p.question for p in problems(measure, answers, plan)} <= {q.id for q in review_questions().questions}
