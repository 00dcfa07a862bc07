"""A printed edition told as the decisions that made it: a replay enters them one by one, never their result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.lineage import ONE_TO_ONE, LineageKind, LineageLink
from domain.phase_review import EditionHead
from domain.plan import Edition, PlanDefinition, PlanNode, Term
from domain.revision import Decision, Fate, NewMeasure, Successor
from domain.text import Bilingual

_FATES = {LineageKind.ABOLISHED: Fate.ABOLISH, LineageKind.SPLIT: Fate.SPLIT, LineageKind.MERGED: Fate.MERGE}


@dataclass(frozen=True)
class Printed:
    """What a review of the past decided, as the plan file has it. `reviewed` is the code of the edition before."""

    reviewed: str
    head: EditionHead
    decisions: tuple[Decision, ...]
    new_measures: tuple[NewMeasure, ...]


def printed_after(plan: PlanDefinition, term: Term) -> Printed | None:
    """What the review of a term decided: the edition in force from the year after it; None where none is printed."""
    begins = date(term.last_fiscal_year + 1, 4, 1)
    for before, after in zip(plan.editions, plan.editions[1:], strict=False):
        if before.effective_on < begins <= after.effective_on and after.effective_on.year == begins.year:
            return _told(plan, before, after)
    return None


def _told(plan: PlanDefinition, before: Edition, after: Edition) -> Printed:
    nodes = {n.code: n for n in after.nodes}
    reported = {n.code for n in before.nodes if n.level in plan.reported_levels}
    lives_on = {link.after[0]: link.before[0] for link in after.lineage if link.kind in ONE_TO_ONE}
    decisions = tuple(
        _decision(link, code, nodes, lives_on) for link in after.lineage for code in link.before if code in reported
    )
    new = tuple(
        NewMeasure(_successor(node), node.level, link.reason)
        for link in after.lineage
        if link.kind is LineageKind.NEW and (node := nodes[link.after[0]]).level in plan.reported_levels
    )
    head = EditionHead(after.code, after.name, after.decided, after.effective_on, after.reason)
    return Printed(before.code, head, decisions, new)


def _decision(link: LineageLink, code: str, nodes: dict[str, PlanNode], lives_on: dict[str, str]) -> Decision:
    fate = _FATES.get(link.kind, Fate.CONTINUE)
    if fate is Fate.MERGE:
        return Decision(code, fate, merges_into=lives_on[link.after[0]], reason=link.reason)
    successors = tuple(_successor(nodes[after]) for after in link.after)
    keeps_name = link.kind in (LineageKind.CONTINUED, LineageKind.RENUMBERED) and bool(link.reason.ja)
    return Decision(code, fate, successors, keeps_name=keeps_name, reason=link.reason)


def _successor(node: PlanNode) -> Successor:
    return Successor(
        node.code,
        node.title,
        node.parent,
        title_en=node.title_en,
        measure_class=node.measure_class,
        texts=node.texts,
    )


def in_a_proposal(decision: Decision, title: str, fallback: Bilingual) -> dict[str, str]:
    """A decision as the department would have proposed it in the standard form of a review."""
    reason = decision.reason.ja or fallback.ja
    match decision.fate:
        case Fate.MERGE:
            return {"fate": "merge", "merge_into": decision.merges_into, "reason": reason}
        case Fate.ABOLISH:
            return {"fate": "abolish", "abolish_reason": "purpose_met", "reason": reason}
        case Fate.SPLIT:
            return {
                "fate": "split",
                "split_into": "\n".join(s.title for s in decision.successors),
                "reason": reason,
            }
    (successor,) = decision.successors
    if successor.title == title:
        return {"fate": "continue"}
    return {"fate": "change", "new_title": successor.title, "reason": reason}
