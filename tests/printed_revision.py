"""The revision of March 2021 of 飯塚市地域情報化計画, told as the decisions of the review of 2020 that made it.

The printed edition enters measure by measure as what was decided; its tree and lineage must come out of the rules.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import plan_files
from domain.lineage import ONE_TO_ONE, LineageKind, LineageLink
from domain.phase_review import EditionHead
from domain.plan import PlanDefinition, PlanNode
from domain.revision import Decision, Fate, NewMeasure, Revision, Successor

IIZUKA = plan_files.read_plan(Path(__file__).parents[1] / "plans" / "iizuka-ict.yaml")
EARLY, MIDDLE = IIZUKA.editions
HEAD = EditionHead(MIDDLE.code, MIDDLE.name, MIDDLE.decided, MIDDLE.effective_on, MIDDLE.reason)


def before_the_review() -> PlanDefinition:
    """The plan as it stood until March 2021: its first edition, and what the print says of that one."""
    return replace(
        IIZUKA,
        editions=(EARLY,),
        achievements=tuple(a for a in IIZUKA.achievements if a.node is None or a.node.edition == EARLY.code),
        indicators=tuple(i for i in IIZUKA.indicators if i.edition in ("", EARLY.code)),
    )


def printed_revision() -> Revision:
    """Every decision of 2020, one for each measure of the early term, and the new measures."""
    after = {n.code: n for n in MIDDLE.nodes}
    lives_on = {link.after[0]: link.before[0] for link in MIDDLE.lineage if link.kind in ONE_TO_ONE}
    decided = [_decision(link, after, lives_on) for link in MIDDLE.lineage if link.kind is not LineageKind.NEW]
    new = [
        NewMeasure(_successor(after[link.after[0]]), after[link.after[0]].level, link.reason)
        for link in MIDDLE.lineage
        if link.kind is LineageKind.NEW
    ]
    return Revision(tuple(decided), tuple(new))


def _decision(link: LineageLink, after: dict[str, PlanNode], lives_on: dict[str, str]) -> Decision:
    (measure,) = link.before
    match link.kind:
        case LineageKind.ABOLISHED:
            return Decision(measure, Fate.ABOLISH, reason=link.reason)
        case LineageKind.MERGED:
            return Decision(measure, Fate.MERGE, merges_into=lives_on[link.after[0]], reason=link.reason)
    keeps_name = link.kind is LineageKind.CONTINUED and bool(link.reason.ja)
    successor = _successor(after[link.after[0]])
    return Decision(measure, Fate.CONTINUE, (successor,), keeps_name=keeps_name, reason=link.reason)


def _successor(node: PlanNode) -> Successor:
    return Successor(node.code, node.title, node.parent)
