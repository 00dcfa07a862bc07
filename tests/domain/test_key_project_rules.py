"""What contradicts itself in how a plan runs its key projects, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from domain.inquiry import Addressee, InquiryKind, InquiryLadder, InquiryRule, InquiryStep
from domain.key_project import KeyProjectRules, MatterRule, RouteOutcome
from domain.key_project_rules import ADDRESSEES
from domain.ladder import StepKind
from domain.mistakes import Mistake
from domain.plan_rules import mistakes
from domain.questions import Condition, Question
from tests.domain.small_plan import ASKED, KEY_PROJECTS, LATE, PLAN, STATE, STEP, TRIED

Path = tuple[str | int, ...]
AT: Path = ("key_projects",)


def rules(**changes: Any) -> KeyProjectRules:
    return replace(KEY_PROJECTS, **changes)


def matter(**changes: Any) -> KeyProjectRules:
    return rules(matter=replace(KEY_PROJECTS.matter, **changes))


def asking(*questions: Question) -> KeyProjectRules:
    return rules(question_set=replace(KEY_PROJECTS.question_set, questions=questions))


def with_step(kind: InquiryKind, step: InquiryStep) -> KeyProjectRules:
    """The rules with one step on the ladder of this kind of inquiry."""
    ladder = InquiryLadder((step,))
    rule = getattr(KEY_PROJECTS, kind.value)
    return rules(**{kind.value: replace(rule, ladder=ladder)})


def found(of: KeyProjectRules) -> tuple[Mistake, ...]:
    return mistakes(replace(PLAN, key_projects=of))


WRONG: list[tuple[str, Callable[[], KeyProjectRules], Path]] = [
    # Bodies
    ("teams of no kind that there is", lambda: rules(team="crew"), ("team",)),
    ("no word on what teams are", lambda: rules(team=" "), ("team",)),
    ("a coordinator that there is not", lambda: rules(coordinator="mayor"), ("coordinator",)),
    ("no coordinator", lambda: rules(coordinator=""), ("coordinator",)),
    ("leaders that there are not", lambda: rules(leaders="stars"), ("leaders",)),
    ("teams founded by nobody", lambda: rules(founds_teams="mayor"), ("founds_teams",)),
    ("an outcome that nobody decides", lambda: rules(deciders={RouteOutcome.SCALE: "mayor"}), ("deciders", "scale")),
    ("a matter that goes up to nobody", lambda: matter(line=("council", "mayor")), ("matter", "line", 1)),
    ("a matter that comes back", lambda: matter(line=("council", "office", "council")), ("matter", "line", 2)),
    ("a matter that goes nowhere", lambda: matter(line=()), ("matter", "line")),
    # Days
    ("a check-in due at once", lambda: rules(check_in=InquiryRule(0)), ("check_in", "due_after_days")),
    ("a successor due before", lambda: rules(successor=InquiryRule(-1)), ("successor", "due_after_days")),
    ("a meeting at once", lambda: rules(meeting=InquiryRule(0)), ("meeting", "due_after_days")),
    ("no day for an answer", lambda: matter(answer_within_days=0), ("matter", "answer_within_days")),
    ("a matter that goes up when it is due", lambda: matter(goes_up_after_days=0), ("matter", "goes_up_after_days")),
    # Ladders
    (
        "a step stands twice",
        lambda: rules(check_in=InquiryRule(3, InquiryLadder((ASKED, LATE, replace(ASKED, business_days=1))))),
        ("check_in", "ladder", "steps", 2),
    ),
    (
        "an approval that nobody gives",
        lambda: with_step(InquiryKind.MATTER, replace(LATE, kind=StepKind.APPROVAL_REQUEST)),
        ("matter", "ladder", "steps", 0, "kind"),
    ),
    (
        "a return of what is not returned",
        lambda: with_step(InquiryKind.CHECK_IN, replace(LATE, kind=StepKind.RETURN)),
        ("check_in", "ladder", "steps", 0, "kind"),
    ),
    # Questions
    ("a question stands twice", lambda: asking(STATE, STATE), ("question_set", "questions", 1)),
    (
        "a choice without choices",
        lambda: asking(replace(STATE, choices=())),
        ("question_set", "questions", 0, "choices"),
    ),
    ("no such promise", lambda: asking(TRIED), ("question_set", "questions", 0, "recalls")),
    (
        "a condition on no choice",
        lambda: asking(STATE, replace(STEP, shown_when=Condition("state", ("moving",)))),
        ("question_set", "questions", 1, "shown_when", "among", 0),
    ),
    (
        "a condition on the class of a measure, where no measure is asked about",
        lambda: asking(replace(STEP, required_when=Condition("class", ("study",)))),
        ("question_set", "questions", 0, "required_when", "question"),
    ),
]


@pytest.mark.parametrize(("wrong", "place"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_mistake_is_named_with_its_place(wrong: Callable[[], KeyProjectRules], place: Path) -> None:
    (said,) = found(wrong())
    assert said.path == (*AT, *place)
    assert said.message


_ONLY = {
    Addressee.TEAM: {InquiryKind.CHECK_IN, InquiryKind.SUCCESSOR},
    Addressee.LEADER: {InquiryKind.CHECK_IN, InquiryKind.SUCCESSOR},
    Addressee.MEMBERS: {InquiryKind.MEETING},
    Addressee.SECRETARIAT: {InquiryKind.MATTER, InquiryKind.MEETING},
    Addressee.CHAIR: {InquiryKind.MATTER, InquiryKind.MEETING},
    Addressee.COORDINATOR: set(InquiryKind),
    Addressee.COMMITTEE: set(InquiryKind),
}


@pytest.mark.parametrize("kind", InquiryKind)
@pytest.mark.parametrize("to", Addressee)
def test_a_step_goes_to_somebody_whom_the_inquiry_is_about(kind: InquiryKind, to: Addressee) -> None:
    said = found(with_step(kind, replace(LATE, to=to)))
    if kind in _ONLY[to]:
        assert said == ()
    else:
        at = (*AT, kind.value, "ladder", "steps", 0, "to")
        assert said == (Mistake(at, f"{to.value} cannot be written to about a {kind.value}"),)


def test_every_kind_of_inquiry_has_somebody_to_write_to() -> None:
    assert ADDRESSEES.keys() == set(InquiryKind)


def test_what_a_plan_may_leave_open_is_no_mistake() -> None:
    bare = rules(leaders="", founds_teams="", deciders={RouteOutcome.STOP: ""}, matter=MatterRule(("council",), 1, 1))
    assert found(bare) == ()
    assert mistakes(replace(PLAN, key_projects=None)) == ()


def test_the_same_step_may_stand_on_two_ladders() -> None:
    assert LATE in KEY_PROJECTS.check_in.ladder.steps
    assert LATE in KEY_PROJECTS.matter.ladder.steps
    assert found(KEY_PROJECTS) == ()


def test_all_mistakes_are_found_at_once() -> None:
    said = found(rules(team="crew", check_in=InquiryRule(0)))
    assert said == (
        Mistake((*AT, "team"), "there is no body 'crew'"),
        Mistake((*AT, "check_in", "due_after_days"), "must be at least 1 business day"),
    )
