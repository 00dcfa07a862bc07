"""The form of a reorganisation: what was typed, what is wrong with it, and the successions that it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, select
from starlette.datastructures import FormData

from db import tables as t
from domain import reorganisation as rules
from domain.organisation import address, is_address
from domain.reorganisation import Span, SuccessionDefinition, SuccessionKind, SuccessorDefinition
from domain.text import half_width, typed_day, typed_text
from records import reorganisation, succession
from records.change import Conflict
from records.succession import Heir, Succession

NEW = "new"
"""Chosen instead of a department: the one that is described beside it is made."""
PLACES = range(4)
"""How many successors the form has room for; a department that falls into more is for the organisation file."""
_SHARE = "measure."


@dataclass(frozen=True)
class TypedSuccessor:
    chosen: str = ""
    code: str = ""
    name: str = ""
    name_en: str = ""
    email: str = ""


@dataclass(frozen=True)
class Typed:
    """What stands in the fields. `shares` says which successor (its place) takes a measure (its origin)."""

    kind: str = ""
    on: str = ""
    departments: tuple[str, ...] = ()
    successors: tuple[TypedSuccessor, ...] = tuple(TypedSuccessor() for _ in PLACES)
    reason: str = ""
    shares: Mapping[int, str] = field(default_factory=dict)

    @property
    def fields(self) -> Iterator[tuple[str, str]]:
        """Name and value of every field but the shares, to be carried on to the next page."""
        yield from (("kind", self.kind), ("on", self.on), ("reason", self.reason))
        yield from (("department", chosen) for chosen in self.departments)
        for place, one in enumerate(self.successors):
            yield from ((f"{name}_{place}", value) for name, value in vars(one).items())


@dataclass(frozen=True)
class Share:
    """A measure of a department that is split, with the place of the successor that takes it ("": nobody)."""

    plan: t.Plan
    node: t.Node
    chosen: str

    @property
    def name(self) -> str:
        return f"{_SHARE}{self.node.origin_id}"


@dataclass(frozen=True)
class Understood:
    """What the form says: successions to enter, or the codes of what is wrong, by field ("": the whole form).

    `successors` are place and department, for the choice of who takes a measure.
    """

    successions: tuple[Succession, ...]
    problems: Mapping[str, str]
    shares: tuple[Share, ...] = ()
    successors: tuple[tuple[str, t.Department], ...] = ()


def typed_of(posted: FormData) -> Typed:
    def said(name: str) -> str:
        value = posted.get(name, "")
        return typed_text(value) if isinstance(value, str) else ""

    origins = (name.removeprefix(_SHARE) for name in posted if name.startswith(_SHARE))
    return Typed(
        kind=said("kind"),
        on=said("on"),
        departments=tuple(str(chosen) for chosen in posted.getlist("department")),
        successors=tuple(
            TypedSuccessor(
                said(f"chosen_{i}"),
                half_width(said(f"code_{i}")),
                said(f"name_{i}"),
                said(f"name_en_{i}"),
                address(said(f"email_{i}")),
            )
            for i in PLACES
        ),
        reason=said("reason"),
        shares={int(o): said(_SHARE + o) for o in origins if o.isascii() and o.isdigit()},
    )


def understand(session: Session, typed: Typed) -> Understood:
    """The successions of the form, checked by the rules of the domain and against what is recorded."""
    return _Form(session, typed).understood()


class _Form:
    """Reads the fields one after the other and collects what is wrong with them."""

    def __init__(self, session: Session, typed: Typed) -> None:
        self.session, self.typed = session, typed
        self.problems: dict[str, str] = {}
        self.known = {str(d.id): d for d in session.exec(select(t.Department).order_by(col(t.Department.code)))}

    def understood(self) -> Understood:
        kind = SuccessionKind(self.typed.kind) if self.typed.kind in set(SuccessionKind) else None
        on = typed_day(self.typed.on)
        departments = [self.known[d] for d in dict.fromkeys(self.typed.departments) if d in self.known]
        self._refuse(kind is None, "kind", "succession_kind_missing")
        self._refuse(on is None, "on", "day_not_readable")
        self._refuse(not departments, "department", "succession_department_missing")
        self._refuse(
            len(departments) > 1 and kind is not SuccessionKind.MERGED, "department", "succession_one_department"
        )
        self._refuse(not self.typed.reason, "reason", "reason_missing")
        if kind is None or on is None or not departments:
            return Understood((), self.problems)
        successors = {i: d for i in _places(kind) if (d := self._successor(i, on)) is not None}
        if self.problems:
            return Understood((), self.problems)
        shares = self._shares(departments[0], on) if kind is SuccessionKind.SPLIT else ()
        made = [self._succession(kind, on, department, successors, shares) for department in departments]
        for one in made:
            self._check(one, list(successors))
        named = tuple((str(i), department) for i, department in successors.items())
        return Understood(() if self.problems else tuple(made), self.problems, shares, named)

    def _refuse(self, wrong: bool, name: str, problem: str) -> None:
        if wrong:
            self.problems.setdefault(name, problem)

    def _successor(self, place: int, on: date) -> t.Department | None:
        """A department that is there already, or a new one that begins on the day."""
        one = self.typed.successors[place]
        if one.chosen != NEW:
            return self.known.get(one.chosen)
        codes = {d.code for d in self.known.values()} | {
            s.code for s in self.typed.successors[:place] if s.chosen == NEW
        }
        self._refuse(not one.code, f"code_{place}", "department_code_missing")
        self._refuse(one.code in codes, f"code_{place}", "department_code_taken")
        self._refuse(not one.name, f"name_{place}", "department_name_missing")
        self._refuse(bool(one.email) and not is_address(one.email), f"email_{place}", "address_not_readable")
        return t.Department(code=one.code, name=one.name, name_en=one.name_en, email=one.email, valid_from=on)

    def _shares(self, department: t.Department, on: date) -> tuple[Share, ...]:
        own = succession.measures_of(self.session, department, on)
        return tuple(Share(plan, node, self.typed.shares.get(node.origin_id or 0, "")) for plan, node in own)

    def _succession(
        self,
        kind: SuccessionKind,
        on: date,
        department: t.Department,
        successors: Mapping[int, t.Department],
        shares: tuple[Share, ...],
    ) -> Succession:
        taken = {
            place: frozenset(s.node.origin_id for s in shares if s.chosen == str(place) and s.node.origin_id)
            for place in successors
        }
        heirs = tuple(Heir(heir, taken[place]) for place, heir in successors.items())
        return Succession(department, on, kind, heirs, self.typed.reason)

    def _check(self, one: Succession, places: list[int]) -> None:
        days: dict[str, Span] = {h.department.code: (one.on, None) for h in one.heirs if h.department.id is None}
        said = SuccessionDefinition(
            one.department.code, one.on, one.kind, tuple(SuccessorDefinition(h.department.code) for h in one.heirs)
        )
        for found in rules.problems(said, {**reorganisation.spans(self.session, but=one.department), **days}):
            match found.path:
                case ("successors", int(i), *_):
                    self._refuse(True, f"chosen_{places[i]}", found.problem.value)
                case ("successors",):
                    self._refuse(True, "chosen_0", found.problem.value)
                case _:
                    self._refuse(True, "department", found.problem.value)
        try:
            reorganisation.is_news(self.session, one)
        except Conflict as conflict:
            self._refuse(True, "department", conflict.reason)


def _places(kind: SuccessionKind) -> range:
    """Which of the fields for successors a kind reads."""
    match kind:
        case SuccessionKind.DISSOLVED:
            return range(0)
        case SuccessionKind.SPLIT:
            return PLACES
        case _:
            return range(1)
