"""What contradicts itself in a plan file: doubled codes, names of nothing, spans that run backwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date

from domain import indicator_rules, key_project_rules, lineage, question_rules, survey
from domain.mistakes import Key, Mistake, doubled, unknown
from domain.plan import REVIEW_ROUND, CalendarDay, Edition, NodeAddress, NodeView, PlanDefinition, PlanNode
from domain.source import Source


def mistakes(plan: PlanDefinition) -> tuple[Mistake, ...]:
    """What the types cannot see, everything at once."""
    classes, bodies = {c.code for c in plan.classes}, {b.code for b in plan.bodies}
    return (
        *_doubled_codes(plan),
        *_span_mistakes(plan),
        *_day_mistakes(plan),
        *_round_mistakes(plan),
        *_review_mistakes(plan),
        *_level_mistakes(plan),
        *_class_mistakes(plan),
        *_edition_mistakes(plan),
        *question_rules.mistakes(("question_set", "questions"), plan.question_set, classes),
        *_beside_mistakes(plan),
        *_body_mistakes(plan),
        *key_project_rules.mistakes(("key_projects",), plan.key_projects, bodies),
        *_source_mistakes(plan),
        *indicator_rules.mistakes(plan.indicators, {e.code: {n.code for n in e.nodes} for e in plan.editions}),
        *survey.mistakes(plan.surveys, {e.code: {n.code for n in e.nodes} for e in plan.editions}),
        *_stage_mistakes(plan),
        *indicator_rules.rating_mistakes(plan.rating, [g.code for g in plan.grades]),
    )


def _doubled_codes(plan: PlanDefinition) -> list[Mistake]:
    found = []
    for key in ("documents", "levels", "terms", "classes", "grades", "views", "stages", "bodies", "opinion_sources"):
        found += doubled((key,), [one.code for one in getattr(plan, key)])
    for key in ("node_fields", "related_plans", "surveys", "editions", "rounds"):
        found += doubled((key,), [one.code for one in getattr(plan, key)])
    found += doubled(("glossary",), [one.term for one in plan.glossary])
    for i, view in enumerate(plan.views):
        found += doubled(("views", i, "values"), [v.code for v in view.values])
    for i, asked in enumerate(plan.surveys):
        found += doubled(("surveys", i, "questions"), [q.code for q in asked.questions])
    if plan.review is not None:
        found += doubled(("review", "criteria"), [c.code for c in plan.review.criteria])
        found += doubled(("review", "consultations"), [c.body for c in plan.review.consultations])
    return found


def _stage_mistakes(plan: PlanDefinition) -> list[Mistake]:
    if not plan.evaluation_stages:
        return [Mistake(("evaluation_stages",), "a year needs at least one stage of evaluation")]
    return doubled(("evaluation_stages",), [stage.value for stage in plan.evaluation_stages])


def _span_mistakes(plan: PlanDefinition) -> list[Mistake]:
    found = []
    first, last = plan.first_fiscal_year or 0, plan.last_fiscal_year or 9999
    if first > last:
        found.append(Mistake(("last_fiscal_year",), "the plan ends before it starts"))
    for i, term in enumerate(plan.terms):
        if not first <= term.first_fiscal_year <= term.last_fiscal_year <= last:
            found.append(Mistake(("terms", i), f"term {term.code} does not lie inside the plan's years"))
    if plan.review is not None:
        found += [
            Mistake(("review", "fiscal_years", i), f"{year} does not lie inside the plan's years")
            for i, year in enumerate(plan.review.fiscal_years)
            if not first <= year <= last
        ]
    return found


def _day_mistakes(plan: PlanDefinition) -> list[Mistake]:
    days: list[tuple[Key, CalendarDay]] = [(("cycle_opens",), plan.cycle_opens)] if plan.cycle_opens else []
    days += [(("rounds", i, "opens"), r.opens) for i, r in enumerate(plan.rounds)]
    days += [(("review", "opens"), plan.review.opens)] if plan.review and plan.review.opens else []
    return [
        Mistake(path, f"there is no day {day.month}/{day.day} in every year")
        for path, day in days
        if not _in_every_year(day)
    ]


def _in_every_year(day: CalendarDay) -> bool:
    try:
        date(2001, day.month, day.day)
    except ValueError:
        return False
    return True


def _round_mistakes(plan: PlanDefinition) -> list[Mistake]:
    found = []
    for i, round_ in enumerate(plan.rounds):
        if round_.code == REVIEW_ROUND:
            found.append(Mistake(("rounds", i, "code"), f"{round_.code!r} is kept for the round of a review"))
        found += doubled(("rounds", i, "ladder", "steps"), [s.code for s in round_.ladder.steps])
        if round_.due_after_days < 1:
            found.append(Mistake(("rounds", i, "due_after_days"), "must be at least 1 business day"))
        if round_.return_due_days < 1:
            found.append(Mistake(("rounds", i, "return_due_days"), "must be at least 1 business day"))
    return found


def _review_mistakes(plan: PlanDefinition) -> list[Mistake]:
    if plan.review is None:
        return []
    found = []
    if not plan.rounds:
        found.append(Mistake(("rounds",), "a review goes by the ladder of the first round: there is none"))
    if plan.review.due_after_days < 1:
        found.append(Mistake(("review", "due_after_days"), "must be at least 1 business day"))
    bodies = {b.code for b in plan.bodies}
    for i, consultation in enumerate(plan.review.consultations):
        at: Key = ("review", "consultations", i, "body")
        found += unknown(at, [consultation.body], bodies, "body", inside=False)
    return found


def _level_mistakes(plan: PlanDefinition) -> list[Mistake]:
    if plan.levels and not plan.reported_levels:
        return [Mistake(("levels",), "no level says is_reported: nobody would be asked for anything")]
    return []


def _class_mistakes(plan: PlanDefinition) -> list[Mistake]:
    codes = [c.code for c in plan.classes]
    return [
        Mistake(("classes", i, "moves_to", j), f"there is no class {code!r}")
        for i, one in enumerate(plan.classes)
        for j, code in enumerate(one.moves_to)
        if code not in codes
    ]


def _edition_mistakes(plan: PlanDefinition) -> list[Mistake]:
    found: list[Mistake] = []
    before: Edition | None = None
    for i, edition in enumerate(plan.editions):
        at: Key = ("editions", i)
        codes = [n.code for n in edition.nodes]
        found += doubled((*at, "nodes"), codes)
        for j, node in enumerate(edition.nodes):
            found += _node_mistakes((*at, "nodes", j), node, j, codes, plan)
        if before is not None and edition.effective_on <= before.effective_on:
            found.append(
                Mistake((*at, "effective_on"), f"must come after {before.code}: editions stand in their order")
            )
        found += lineage.mistakes((*at, "lineage"), edition.lineage, *_to_be_told(plan, before, edition))
        before = edition
    return found


def _to_be_told(
    plan: PlanDefinition, before: Edition | None, after: Edition
) -> tuple[dict[str, str] | None, dict[str, str]]:
    """Code and title of the nodes of both editions whose lineage must be told (None: there is no edition before).

    All of the reported levels; of the others those that a link names or that do not keep code and title.
    """
    named = {code for link in after.lineage for code in link.after}
    same = lineage.same_as_before(before.nodes, after.nodes, after.lineage) if before else {}
    untold = same.keys() - named

    def told(edition: Edition) -> dict[str, str]:
        return {n.code: n.title for n in edition.nodes if n.level in plan.reported_levels or n.code not in untold}

    return told(before) if before else None, told(after)


def _node_mistakes(at: Key, node: PlanNode, position: int, codes: list[str], plan: PlanDefinition) -> list[Mistake]:
    found = []
    if not node.code.strip():
        found.append(Mistake((*at, "code"), "must not be empty"))
    if not node.title.strip():
        found.append(Mistake((*at, "title"), "must not be empty"))
    if node.level not in [level.code for level in plan.levels]:
        found.append(Mistake((*at, "level"), f"there is no level {node.level!r}"))
    if node.parent and node.parent not in codes:
        found.append(Mistake((*at, "parent"), f"there is no node with code {node.parent!r}"))
    elif node.parent and codes.index(node.parent) >= position:
        found.append(Mistake((*at, "parent"), f"{node.parent!r} must stand before its children"))
    if node.measure_class and plan.class_of(node.measure_class) is None:
        found.append(Mistake((*at, "measure_class"), f"there is no class {node.measure_class!r}"))
    found += unknown((*at, "texts"), node.texts, {f.code for f in plan.node_fields}, "field")
    found += [m for k, view in enumerate(node.views) for m in _view_mistakes((*at, "views", k), view, plan)]
    related = {r.code for r in plan.related_plans}
    found += [
        Mistake((*at, "related_plans", k), f"there is no related plan {code!r}")
        for k, code in enumerate(node.related_plans)
        if code not in related
    ]
    return found


def _view_mistakes(at: Key, placed: NodeView, plan: PlanDefinition) -> list[Mistake]:
    view = next((v for v in plan.views if v.code == placed.view), None)
    if view is None:
        return [Mistake((*at, "view"), f"there is no view {placed.view!r}")]
    if placed.value and placed.value not in [v.code for v in view.values]:
        return [Mistake((*at, "value"), f"{placed.value!r} is no value of {view.code!r}")]
    return []


def _beside_mistakes(plan: PlanDefinition) -> list[Mistake]:
    """What names a node, a term or a stage that there is not."""
    terms, stages = {t.code for t in plan.terms}, {s.code for s in plan.stages}
    levels = {level.code for level in plan.levels}
    found: list[Mistake] = []
    for i, one in enumerate(plan.achievements):
        at: Key = ("achievements", i)
        if one.node is not None:
            found += _address_mistakes((*at, "node"), one.node, plan)
        found += unknown((*at, "term"), [one.term] if one.term else [], terms, "term", inside=False)
        found += unknown((*at, "stage"), [one.stage] if one.stage else [], stages, "stage", inside=False)
    for i, link in enumerate(plan.links):
        found += _address_mistakes(("links", i, "node"), link.node, plan)
        if link.plan == plan.code:
            found.append(Mistake(("links", i, "plan"), "a link leads to another plan"))
    for i, evaluation in enumerate(plan.term_evaluations):
        at = ("term_evaluations", i)
        found += unknown((*at, "term"), [evaluation.term], terms, "term", inside=False)
        address = NodeAddress(evaluation.edition, evaluation.node)
        found += _address_mistakes(at, address, plan, code_key="node", may_be_whole=True)
    for i, asked in enumerate(plan.surveys):
        found += [
            Mistake(("surveys", i, "questions", j, "about_vision"), "the plan has no vision")
            for j, question in enumerate(asked.questions)
            if question.about_vision and plan.vision is None
        ]
    for i, node_field in enumerate(plan.node_fields):
        found += unknown(("node_fields", i, "levels"), node_field.levels, levels, "level", inside=False)
    return found


def _address_mistakes(
    at: Key, address: NodeAddress, plan: PlanDefinition, *, code_key: str = "code", may_be_whole: bool = False
) -> list[Mistake]:
    """`may_be_whole`: without a code the edition as a whole is meant."""
    edition = plan.edition(address.edition)
    if edition is None:
        return [Mistake((*at, "edition"), f"there is no edition {address.edition!r}")]
    if edition.node(address.code) is None and not (may_be_whole and not address.code):
        return [Mistake((*at, code_key), f"edition {edition.code} has no node {address.code!r}")]
    return []


def _body_mistakes(plan: PlanDefinition) -> list[Mistake]:
    bodies = {b.code for b in plan.bodies}
    found: list[Mistake] = []
    for i, body in enumerate(plan.bodies):
        at: Key = ("bodies", i)
        found += unknown((*at, "assists"), [body.assists] if body.assists else [], bodies, "body", inside=False)
        if body.valid_from and body.valid_until and body.valid_until < body.valid_from:
            found.append(Mistake((*at, "valid_until"), "the last day comes before the first"))
    return found


def _source_mistakes(plan: PlanDefinition) -> list[Mistake]:
    """Every source, wherever it stands, must name one of the plan's documents."""
    known = {d.code for d in plan.documents}
    return [
        Mistake((*at, "document"), f"there is no document {source.document!r}")
        for at, source in _sources((), plan)
        if source.document and source.document not in known
    ]


def _sources(at: Key, value: object) -> Iterable[tuple[Key, Source]]:
    if isinstance(value, Source):
        yield at, value
    elif isinstance(value, tuple):
        for i, one in enumerate(value):
            yield from _sources((*at, i), one)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _sources((*at, part.name), getattr(value, part.name))
