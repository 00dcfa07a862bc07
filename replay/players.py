"""Who plays: the sample organisation of a plan, or one invented for it. Every name says 「サンプル」."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from domain.fiscal_year import FiscalYear
from domain.ladder import Rank
from domain.organisation import (
    AppointmentDefinition,
    DepartmentDefinition,
    OrganisationDefinition,
    PersonDefinition,
    ResponsibilityDefinition,
)
from domain.plan import Edition, PlanDefinition, PlanNode
from domain.roles import Office
from domain.text import Bilingual
from organisation_files import read_organisation
from replay.beginning import first_day

SAMPLES = Path(__file__).parent.parent / "plans" / "samples"

MARK = Bilingual(
    "部署名・氏名はサンプルです。報告は、「前期実施状況」とあるもののほかは模擬データで、実在の組織・人物・実績とは"
    "関係ありません。",
    "Departments and people are samples. Reports are simulated data, except where they give the status of the early "
    "term, and unrelated to any real organisation, person or result.",
)
"""What stands on every page, mail and document of a replay in which some reports give facts of a term."""

MARK_WITHOUT_FACTS = Bilingual(
    "部署名・氏名はサンプル、報告と評価は模擬データで、実在の組織・人物・実績とは関係ありません。計画の内容と指標の値は出典によります。",
    "Departments and people are samples, reports and evaluations simulated data, unrelated to any real organisation, "
    "person or result. What the plan says and the values of indicators are from its source.",
)


def mark_of(plan: PlanDefinition) -> Bilingual:
    """What must stand on everything of a replay of a plan: whether some reports are facts of a term, or none."""
    begins = first_day(plan)
    ends = {term.code: FiscalYear(term.last_fiscal_year).last_day for term in plan.terms}
    has_facts = any(a.node is not None and a.term in ends and ends[a.term] > begins for a in plan.achievements)
    return MARK if has_facts else MARK_WITHOUT_FACTS


def organisation_of(plan: PlanDefinition, begins: date) -> OrganisationDefinition:
    """The sample organisation that comes with a plan; else one department for each of its topmost nodes."""
    file = SAMPLES / f"{plan.code}.organisation.yaml"
    return read_organisation(file) if file.exists() else _invented(plan, begins)


def _invented(plan: PlanDefinition, begins: date) -> OrganisationDefinition:
    edition = plan.editions[0]
    host = f"{plan.municipality.code}.example"
    reported = [n for n in edition.nodes if n.level in plan.reported_levels]
    tops = list(dict.fromkeys(_top(edition, node).code for node in reported))
    departments = {top: f"section-{number}" for number, top in enumerate(tops, 1)}
    planner = PersonDefinition(f"kikaku@{host}", Bilingual("企画 担当（サンプル）"), "ja", Office.PLANNING)
    return OrganisationDefinition(
        plan=plan.code,
        edition=edition.code,
        departments=tuple(
            DepartmentDefinition(code, _name(code), begins, email=f"{code}@{host}") for code in departments.values()
        ),
        people=(planner, *(person for code in departments.values() for person in _people(code, host))),
        responsibilities=tuple(
            ResponsibilityDefinition(node.code, departments[_top(edition, node).code]) for node in reported
        ),
    )


def _name(department: str) -> Bilingual:
    number = department.rpartition("-")[2]
    return Bilingual(f"第{number}担当課（サンプル）", f"Section {number} (sample)")


def _people(department: str, host: str) -> tuple[PersonDefinition, ...]:
    """One person for each of the ranks that writes or approves."""
    titles = {Rank.STAFF: "担当者", Rank.SECTION_HEAD: "課長"}
    name = _name(department).ja.removesuffix("（サンプル）")
    return tuple(
        PersonDefinition(
            f"{rank.value.replace('_', '-')}.{department}@{host}",
            Bilingual(f"{name}{title}（サンプル）"),
            "ja",
            Office.NONE,
            (AppointmentDefinition(department, rank),),
        )
        for rank, title in titles.items()
    )


def _top(edition: Edition, node: PlanNode) -> PlanNode:
    while (parent := edition.node(node.parent)) is not None:
        node = parent
    return node
