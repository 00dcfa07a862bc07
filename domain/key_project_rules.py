"""What contradicts itself in how a plan runs its key projects: bodies that there are not, steps to nobody."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from domain import question_rules
from domain.inquiry import Addressee, InquiryKind, InquiryLadder
from domain.key_project import KeyProjectRules
from domain.ladder import StepKind
from domain.mistakes import Key, Mistake, doubled, unknown

_EVERYWHERE = frozenset({Addressee.COORDINATOR, Addressee.COMMITTEE})
_TEAM = frozenset({Addressee.TEAM, Addressee.LEADER})
_OF_BODY = frozenset({Addressee.SECRETARIAT, Addressee.CHAIR})

ADDRESSEES: Mapping[InquiryKind, frozenset[Addressee]] = {
    InquiryKind.CHECK_IN: _EVERYWHERE | _TEAM,
    InquiryKind.SUCCESSOR: _EVERYWHERE | _TEAM,
    InquiryKind.MATTER: _EVERYWHERE | _OF_BODY,
    InquiryKind.MEETING: _EVERYWHERE | _OF_BODY | {Addressee.MEMBERS},
}
"""Who can be written to about each kind of inquiry: a check-in has no chair, a meeting no team."""

STEP_KINDS = frozenset({StepKind.NOTICE, StepKind.REMINDER, StepKind.ESCALATION})
"""Approval and return belong to the rounds of a year: nobody approves the answer to an inquiry."""


def mistakes(at: Key, rules: KeyProjectRules | None, bodies: Collection[str]) -> list[Mistake]:
    """What is wrong with the rules that stand at `at`; `bodies` are the codes of the plan's bodies."""
    if rules is None:
        return []
    found = _body_mistakes(at, rules, bodies)
    found += _day_mistakes(at, rules)
    for kind, ladder in rules.ladders.items():
        found += _ladder_mistakes((*at, kind.value, "ladder", "steps"), kind, ladder)
    return [*found, *question_rules.mistakes((*at, "question_set", "questions"), rules.question_set)]


def _body_mistakes(at: Key, rules: KeyProjectRules, bodies: Collection[str]) -> list[Mistake]:
    found = []
    needed = {"team": rules.team, "coordinator": rules.coordinator}
    named: dict[Key, str] = {(*at, name): code for name, code in needed.items()}
    named |= {
        (*at, name): code for name, code in (("leaders", rules.leaders), ("founds_teams", rules.founds_teams)) if code
    }
    named |= {(*at, "deciders", outcome.value): code for outcome, code in rules.deciders.items() if code}
    named |= {(*at, "matter", "line", i): code for i, code in enumerate(rules.matter.line)}
    for place, code in named.items():
        if not code.strip():
            found.append(Mistake(place, "must not be empty"))
        else:
            found += unknown(place, [code], bodies, "body", inside=False)
    if not rules.matter.line:
        found.append(Mistake((*at, "matter", "line"), "names no body that a matter could go to"))
    return [*found, *doubled((*at, "matter", "line"), rules.matter.line)]


def _day_mistakes(at: Key, rules: KeyProjectRules) -> list[Mistake]:
    days: dict[Key, int] = {
        ("check_in", "due_after_days"): rules.check_in.due_after_days,
        ("successor", "due_after_days"): rules.successor.due_after_days,
        ("matter", "answer_within_days"): rules.matter.answer_within_days,
        ("matter", "goes_up_after_days"): rules.matter.goes_up_after_days,
        ("meeting", "due_after_days"): rules.meeting.due_after_days,
    }
    return [Mistake((*at, *place), "must be at least 1 business day") for place, number in days.items() if number < 1]


def _ladder_mistakes(at: Key, kind: InquiryKind, ladder: InquiryLadder) -> list[Mistake]:
    found = doubled(at, [step.code for step in ladder.steps])
    for i, step in enumerate(ladder.steps):
        if step.kind not in STEP_KINDS:
            found.append(Mistake((*at, i, "kind"), f"{step.kind.value} belongs to the rounds of a year"))
        if step.to not in ADDRESSEES[kind]:
            found.append(Mistake((*at, i, "to"), f"{step.to.value} cannot be written to about a {kind.value}"))
    return found
