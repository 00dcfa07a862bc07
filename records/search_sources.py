"""What a search looks through, kind by kind: the plan itself, its documents, and the city hall.

A source gives only what the person may open. By the kanji of the words the database leaves out what cannot fit
(`domain/search_text.py::ideographs`); the comparison itself is done in `records/search.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Select, String, case, cast
from sqlmodel import Session, col, or_, select

from db import tables as t
from documents.formats import Format
from domain import search_text
from domain.plan import PlanDefinition
from domain.roles import Actor
from domain.text import Bilingual
from records import document_archive, meetings, people, plans

READ_AT_MOST = 5_000
"""Rows of a kind that are compared, the newest first: well below a second (Meguru's own limit, ADR 14)."""
_AT_ONCE = 500


class Kind(StrEnum):
    """What may be found."""

    PLAN = "plan"
    NODE = "node"
    INDICATOR = "indicator"
    REPORT = "report"
    EVALUATION = "evaluation"
    OPINION = "opinion"
    PROJECT = "project"
    CHECK_IN = "check_in"
    TRIAL = "trial"
    MATTER = "matter"
    MEETING = "meeting"
    ATTACHMENT = "attachment"
    DOCUMENT = "document"
    TERM = "term"
    DEPARTMENT = "department"
    PERSON = "person"


class Page(StrEnum):
    """Where something that was found is shown."""

    PLAN = "plan"
    MEASURE = "measure"
    INDICATORS = "indicators"
    REPORT = "report"
    WORKBENCH = "workbench"
    OPINION = "opinion"
    PROJECT = "project"
    CHECK_IN = "check_in"
    TRIAL = "trial"
    MATTER = "matter"
    MEETING = "meeting"
    DOCUMENT = "document"
    GLOSSARY = "glossary"
    DEPARTMENT = "department"
    PERSON = "person"
    NOWHERE = "nowhere"


class Age(StrEnum):
    """How an edition of a plan stands to the one in force."""

    IN_FORCE = "in_force"
    BEFORE = "before"
    TO_COME = "to_come"


@dataclass(frozen=True)
class Entry:
    """Something that may be found. `page` and `key` say where it is shown (`key` of an evaluation: cycle/node).

    `context` is where it belongs: it helps to find, but nothing is found by it alone. The rest is shown beside it.
    """

    kind: Kind
    page: Page
    key: str
    title: Bilingual
    texts: tuple[Bilingual, ...] = ()
    context: tuple[Bilingual, ...] = ()
    plan: t.Plan | None = None
    edition: t.Edition | None = None
    age: Age = Age.IN_FORCE
    fiscal_year: int | None = None
    department: t.Department | None = None
    number: int | None = None
    on: date | None = None
    is_proposal: bool = False

    @property
    def own(self) -> tuple[Bilingual, ...]:
        return self.title, *self.texts


@dataclass
class Look:
    """One search: who looks for which (folded) words. `is_cut`: the source at hand had more rows than are read."""

    session: Session
    actor: Actor
    words: tuple[str, ...]
    at: datetime
    document_names: Callable[[str], Bilingual]
    is_cut: bool = False

    @cached_property
    def plans(self) -> dict[int, t.Plan]:
        return {plan.id: plan for plan in plans.every(self.session)}

    @cached_property
    def definitions(self) -> dict[int, PlanDefinition]:
        return {plan_id: plans.definition_of(plan) for plan_id, plan in self.plans.items()}

    @cached_property
    def departments(self) -> dict[int | None, t.Department]:
        return {row.id: row for row in self.session.exec(select(t.Department))}

    @cached_property
    def in_force(self) -> dict[int, t.Edition]:
        """Plan → its edition in force on the plan's day."""
        return plans.editions_in_force(self.session, lambda plan: plans.clock_of(plan, self.at).today(self.at))

    def may_see(self, department: int | None) -> bool:
        return self.actor.is_planning if department is None else self.actor.may_see(department)

    def rows(self, query: Select[*tuple[Any, ...]], *columns: Any, as_json: Iterable[Any] = ()) -> Iterator[Any]:
        """The rows of a query that may hold the words in some columns (none: all rows), in the order of the query."""
        places = [(col(c), _as_written) for c in columns] + [(cast(c, String), _as_stored) for c in as_json]
        narrowed = query.where(*self._may_hold(places) if places else ()).limit(READ_AT_MOST)
        read = 0
        with self.session.execute(narrowed, execution_options={"yield_per": _AT_ONCE}) as rows:
            for row in rows:
                read += 1
                yield row
        self.is_cut = self.is_cut or read == READ_AT_MOST

    def _may_hold(self, places: Sequence[tuple[Any, Callable[[str], str]]]) -> Iterator[ColumnElement[bool]]:
        """That each kanji of the words stands in one of the places, in any of its forms."""
        for forms in dict.fromkeys(forms for word in self.words for forms in search_text.ideographs(word)):
            yield or_(
                *(place.contains(as_there(form), autoescape=True) for place, as_there in places for form in forms)
            )


def _as_written(letter: str) -> str:
    return letter


def _as_stored(letter: str) -> str:
    """JSON is stored in ASCII: a kanji stands there as \\uXXXX."""
    return json.dumps(letter)[1:-1]


def plans_(look: Look) -> Iterator[Entry]:
    for plan in look.plans.values():
        vision = look.definitions[plan.id].vision
        texts = (vision.title, vision.summary) if vision else ()
        yield Entry(Kind.PLAN, Page.PLAN, plan.code, Bilingual(plan.name, plan.name_en), texts, plan=plan)


def nodes(look: Look) -> Iterator[Entry]:
    """Of the editions in force first; then of the others, the latest first."""
    in_force = [edition.id for edition in look.in_force.values()]
    query = (
        sqlalchemy.select(t.Node, t.Edition)
        .join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        .order_by(
            case((col(t.Edition.id).in_(in_force), 0), else_=1),
            col(t.Edition.effective_on).desc(),
            col(t.Edition.id),
            col(t.Node.position),
        )
    )
    for node, edition in look.rows(query, t.Node.code, t.Node.title, t.Node.title_en, as_json=[t.Node.details]):
        plan = look.plans[edition.plan_id]
        yield Entry(
            Kind.NODE,
            Page.MEASURE,
            str(node.id),
            coded(node),
            tuple(_bilinguals([node.details.get("texts"), node.details.get("note")])),
            plan=plan,
            edition=edition,
            age=_age(edition, look.in_force[plan.id]),
        )


def indicators(look: Look) -> Iterator[Entry]:
    query = sqlalchemy.select(t.Indicator).order_by(col(t.Indicator.plan_id), col(t.Indicator.position))
    for (row,) in look.rows(query, t.Indicator.name, t.Indicator.name_en):
        page, key = (Page.MEASURE, str(row.node_id)) if row.node_id else (Page.INDICATORS, row.code)
        yield Entry(Kind.INDICATOR, page, key, Bilingual(row.name, row.name_en), plan=look.plans[row.plan_id])


def documents(look: Look) -> Iterator[Entry]:
    """By title, one for all its formats, the latest first. Whatever is not published is found by who may read it."""
    query = (
        sqlalchemy.select(
            *(col(t.Document.id), col(t.Document.kind), col(t.Document.issued_on)),
            *(t.AnnualCycle, t.PhaseReview, t.KeyProject, t.Meeting),
        )
        .select_from(t.Document)
        .outerjoin(t.AnnualCycle, col(t.AnnualCycle.id) == col(t.Document.cycle_id))
        .outerjoin(t.PhaseReview, col(t.PhaseReview.id) == col(t.Document.review_id))
        .outerjoin(t.KeyProject, col(t.KeyProject.id) == col(t.Document.project_id))
        .outerjoin(t.Meeting, col(t.Meeting.id) == col(t.Document.meeting_id))
        # The page to read comes before the files of the same document.
        .order_by(col(t.Document.issued_on).desc(), col(t.Document.format) != Format.HTML.value, col(t.Document.id))
    )
    if not look.actor.is_planning:
        query = query.where(or_(document_archive.is_for_everybody(), col(t.Document.meeting_id).is_not(None)))
    seen: set[tuple[object, ...]] = set()
    for row_id, kind, issued_on, cycle, review, project, meeting in look.rows(query):
        owner = cycle or review or project or meeting
        if (type(owner), owner.id, kind) in seen or not _may_read_papers(look, meeting):
            continue
        seen.add((type(owner), owner.id, kind))
        plan = look.plans[owner.plan_id]
        of = (titled(project),) if project else (body_name(look, meeting),) if meeting else ()
        yield Entry(
            Kind.DOCUMENT,
            Page.DOCUMENT,
            str(row_id),
            look.document_names(kind),
            of,
            (Bilingual(plan.name, plan.name_en),),
            plan=plan,
            fiscal_year=owner.fiscal_year if cycle or review else None,
            on=issued_on,
        )


def terms(look: Look) -> Iterator[Entry]:
    for plan_id, definition in look.definitions.items():
        for term in definition.glossary:
            title = Bilingual(term.term, term.term_en)
            texts = (*(Bilingual(other) for other in term.also), term.meaning)
            yield Entry(Kind.TERM, Page.GLOSSARY, term.term, title, texts, plan=look.plans[plan_id])


def departments(look: Look) -> Iterator[Entry]:
    """By name; those that are gone by today are marked as such."""
    today = look.at.date()
    page = Page.DEPARTMENT if _organises(look.actor) else Page.NOWHERE
    for row in sorted(look.departments.values(), key=lambda row: (row.valid_until is not None, row.code)):
        age = Age.BEFORE if row.valid_until is not None and row.valid_until < today else Age.IN_FORCE
        yield Entry(Kind.DEPARTMENT, page, str(row.id), Bilingual(row.name, row.name_en), age=age)


def people_(look: Look) -> Iterator[Entry]:
    """Names alone, and where they sit today; whoever may not sign in any more is left out."""
    page, today = Page.PERSON if _organises(look.actor) else Page.NOWHERE, look.at.date()
    query = sqlalchemy.select(t.User).where(col(t.User.is_active)).order_by(col(t.User.name), col(t.User.id))
    for (user,) in look.rows(query, t.User.name, t.User.name_en):
        entry = Entry(Kind.PERSON, page, str(user.id), Bilingual(user.name, user.name_en))
        if search_text.holds_any(f"{user.name} {user.name_en}", look.words):
            held = people.actor_of(look.session, user, today).appointments
            department = look.departments[held[0].department] if held else None
            entry = Entry(entry.kind, page, entry.key, entry.title, department=department)
        yield entry


def coded(node: t.Node) -> Bilingual:
    """A node by code and title."""
    english = f"{node.code} {node.title_en}" if node.title_en else ""
    return Bilingual(f"{node.code} {node.title}", english)


def titled(project: t.KeyProject) -> Bilingual:
    return Bilingual(project.title, project.title_en)


def body_name(look: Look, meeting: t.Meeting) -> Bilingual:
    bodies = look.definitions[meeting.plan_id].bodies
    return next((body.name for body in bodies if body.code == meeting.body), Bilingual(meeting.body_name))


def _age(edition: t.Edition, in_force: t.Edition) -> Age:
    if edition.id == in_force.id:
        return Age.IN_FORCE
    is_later = edition.is_draft or edition.effective_on > in_force.effective_on
    return Age.TO_COME if is_later else Age.BEFORE


def _bilinguals(told: Any) -> Iterator[Bilingual]:
    """Every text of a node's details, which are stored as the plan file tells them."""
    match told:
        case {"ja": str(ja)}:
            yield Bilingual(ja, told.get("en", ""))
        case dict():
            yield from _bilinguals(list(told.values()))
        case list():
            for part in told:
                yield from _bilinguals(part)


def _may_read_papers(look: Look, meeting: t.Meeting | None) -> bool:
    if meeting is None or look.actor.is_planning:
        return True
    return meetings.may_read_papers(look.session, meeting, look.actor)


def _organises(actor: Actor) -> bool:
    """Who may open the pages of departments and people."""
    return actor.is_planning or actor.is_administrator
