"""What the record holds of a cycle, per measure: the report that speaks for it, who made it, how it was judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db import tables as t
from domain.plan import LinkKind
from records import evaluations, linked_reports, plans
from records.linked_reports import LinkedReport


@dataclass(frozen=True)
class CycleYear:
    """By node: the report of the year's last round, else that of the same work in another plan (`elsewhere`).

    `linked` has all that was reported in other plans on work that a node is linked to.
    """

    reports: Mapping[int, t.ProgressReport]
    departments: Mapping[int, t.Department | None]
    evaluations: Mapping[int, t.Evaluation]
    elsewhere: Mapping[int, LinkedReport]
    linked: Mapping[int, tuple[LinkedReport, ...]]


def read(session: Session, cycle: t.AnnualCycle) -> CycleYear:
    query = (
        select(t.ProgressReport, t.Department)
        .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
        .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
        .outerjoin(t.Department, col(t.Department.id) == col(t.UpdateRequest.department_id))
        .where(t.CollectionRound.cycle_id == cycle.id)
        .order_by(col(t.CollectionRound.id))
    )
    reports: dict[int, t.ProgressReport] = {}
    departments: dict[int, t.Department | None] = {}
    for report, department in session.exec(query):
        reports[report.node_id], departments[report.node_id] = report, department
    linked = linked_reports.of_nodes(session, plans.measures_of(session, cycle.edition_id), cycle.fiscal_year)
    elsewhere = {node: one for node, several in linked.items() if node not in reports and (one := _same_work(several))}
    for node, one in elsewhere.items():
        reports[node], departments[node] = one.report, one.department
    judged = evaluations.by_node(session.exec(select(t.Evaluation).where(t.Evaluation.cycle_id == cycle.id)))
    return CycleYear(reports, departments, judged, elsewhere, linked)


def _same_work(linked: Sequence[LinkedReport]) -> LinkedReport | None:
    """The report of the same work that another plan asked for (ワンスオンリー)."""
    return next((one for one in linked if one.kind is LinkKind.REPORTED_IN), None)
