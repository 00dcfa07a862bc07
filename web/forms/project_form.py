"""The form of a key project: what will change for whom, the goal, the way there, and which desired states it serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData

from db import tables as t
from domain.key_project import Cadence
from domain.text import typed_text
from i18n import N_
from records.key_projects import ProjectTexts
from records.plan_pages import Placed

_TEXTS = ("title", "title_en", "hypothesis", "beneficiaries")
_FIELDS = ("code", *_TEXTS, "goal", "path", "cadence", "mark")
MARK = N_("サンプル")
"""What stands beside a project that is sample data."""


@dataclass(frozen=True)
class ProjectForm:
    """What stands in the fields; `nodes` are the origins of the chosen desired states."""

    typed: Mapping[str, str]
    nodes: frozenset[int]

    @property
    def texts(self) -> ProjectTexts:
        return ProjectTexts(**{name: self.typed[name] for name in _TEXTS})

    def missing(self, *, is_new: bool) -> list[str]:
        """Everything that is left empty, by reason code."""
        wanted = {"title": "project_title_missing", "hypothesis": "hypothesis_missing"}
        if is_new:
            wanted |= {"code": "project_code_missing", "goal": "goal_missing"}
        found = [reason for name, reason in wanted.items() if not self.typed[name]]
        if is_new and self.typed["cadence"] not in set(Cadence):
            found.append("cadence_missing")
        return found + ([] if self.nodes else ["desired_state_missing"])


def empty(cadence: Cadence) -> ProjectForm:
    return ProjectForm(dict.fromkeys(_FIELDS, "") | {"cadence": cadence.value}, frozenset())


def as_recorded(project: t.KeyProject, states: Sequence[t.Node]) -> ProjectForm:
    typed = {name: str(getattr(project, name)) for name in _FIELDS} | {"cadence": project.cadence.value}
    return ProjectForm(typed, frozenset(node.origin_id for node in states if node.origin_id is not None))


def posted(form: FormData, states: Sequence[Placed]) -> ProjectForm:
    chosen = {str(value) for value in form.getlist("nodes")}
    known = (placed.row.origin_id for placed in states)
    typed = {name: typed_text(str(form.get(name, ""))) for name in _FIELDS}
    return ProjectForm(typed, frozenset(origin for origin in known if origin is not None and str(origin) in chosen))
