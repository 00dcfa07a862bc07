"""意見 in the record: windows, the three ways in, links that follow a measure's life, answers, and who may do what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from db import tables as t
from domain.lineage import LineageKind
from domain.opinion import (
    OTHER_DEPARTMENT,
    OpinionChannel,
    OpinionContent,
    OpinionProblem,
    Reflection,
    WindowState,
    source_label,
)
from domain.phase_review import ReviewState
from domain.roles import Actor
from domain.text import Bilingual
from exchange.opinion_csv import OpinionLine
from records import audit, opinion_lists, opinions, people, plan_reading, plans
from records.change import Change, Conflict, NotAllowed, NotFound
from records.listing import Span
from records.opinion_lists import Show
from records.opinions import Intake, WrongOpinion
from tests.city import OPENED_AT, OPENED_ON, City

DAY = timedelta(days=1)
SAID = OpinionContent("citizens", "公園でも使えるようにしてください。", OPENED_ON, "飯塚 太郎", "0948-00-0000")
ALL = Span(0, 100)


@dataclass
class Desk:
    """A session in the city with a running review whose window is open, and who works in it."""

    session: Session
    city: City
    review: t.PhaseReview
    plan: t.Plan

    @property
    def intake(self) -> Intake:
        return Intake(self.plan, self.review)

    def by(self, who: str) -> tuple[Change, Actor]:
        user = self.city.user(who)
        return Change(user.email, OPENED_AT, user.id), people.actor_of(self.session, user, OPENED_ON)

    def record(self, content: OpinionContent = SAID, *codes: str, intake: Intake | None = None) -> t.Opinion:
        nodes = [self.node(code).id for code in codes]
        return opinions.record(self.session, *self.by("planning"), intake or self.intake, content, nodes, OPENED_ON)

    def answer(self, opinion: t.Opinion, text: str = "検討します。", reflection: Any = Reflection.FOR_LATER) -> None:
        opinions.answer(self.session, *self.by("planning"), opinion.id, text, reflection)

    def open_window(self, since: date | None, until: date | None, *, is_public: bool = True) -> None:
        opinions.set_window(self.session, *self.by("planning"), self.review.id, since, until, is_public)

    def send(self, content: OpinionContent = SAID, on: date = OPENED_ON, who: str = "") -> t.Opinion:
        change = self.by(who)[0] if who else Change("public", OPENED_AT)
        return opinions.receive(self.session, change, self.plan, content, (), on)

    def node(self, code: str, edition: str = "2018-03") -> t.Node:
        query = select(t.Node).join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
        return self.session.exec(query.where(t.Edition.code == edition, t.Node.code == code)).one()

    def bring(self, *lines: OpinionLine) -> opinions.Brought:
        return opinions.bring(self.session, *self.by("planning"), self.intake, lines, OPENED_ON)

    def listed(self, **show: Any) -> list[str]:
        return [o.opinion.text for o in opinion_lists.listed(self.session, self.intake, Show(**show), ALL).items]

    def audited(self) -> list[t.AuditEntry]:
        query = select(t.AuditEntry).where(col(t.AuditEntry.action).startswith("opinion"))
        return list(self.session.exec(query.order_by(col(t.AuditEntry.sequence))))


@pytest.fixture
def desk(real_city: City) -> Iterator[Desk]:
    with real_city.database.writing(real_city.municipality) as session:
        plan = session.get_one(t.Plan, real_city.plan)
        review = t.PhaseReview(
            plan_id=plan.id,
            term="early",
            fiscal_year=2020,
            edition_id=plans.edition_in_force(session, plan, OPENED_ON).id,
            workflow_id="phase-review/iizuka/iizuka-ict/early",
            opened_on=OPENED_ON,
            opened_by="test",
        )
        session.add(review)
        session.flush()
        found = Desk(session, real_city, review, plan)
        found.open_window(OPENED_ON, OPENED_ON + 30 * DAY)
        yield found


def test_the_public_is_heard_from_the_first_to_the_last_day_of_the_window(desk: Desk) -> None:
    for day in (OPENED_ON, OPENED_ON + 30 * DAY):
        opinion = desk.send(replace(SAID, received_on=day), day)
        assert (opinion.channel, opinion.recorded_by_id, opinion.review_id) == (
            OpinionChannel.FORM,
            None,
            desk.review.id,
        )
    for day in (OPENED_ON - DAY, OPENED_ON + 31 * DAY):
        with pytest.raises(Conflict, match="opinions_not_taken"):
            desk.send(replace(SAID, received_on=day), day)


def test_without_the_public_switch_only_staff_are_heard(desk: Desk) -> None:
    desk.open_window(OPENED_ON, None, is_public=False)
    with pytest.raises(Conflict, match="opinions_not_taken"):
        desk.send()
    opinion = desk.send(replace(SAID, source=OTHER_DEPARTMENT, author="市民窓口課"), who="citizens_staff")
    assert (opinion.source, opinion.recorded_by_id) == (OTHER_DEPARTMENT, desk.city.user("citizens_staff").id)
    states = [opinions.window_of(desk.session, desk.plan, OPENED_ON, is_staff=staff).state for staff in (False, True)]
    assert states == [WindowState.NONE, WindowState.OPEN]


def test_nobody_speaks_for_others_through_the_form(desk: Desk) -> None:
    with pytest.raises(WrongOpinion) as public:
        desk.send(replace(SAID, source=OTHER_DEPARTMENT))
    with pytest.raises(WrongOpinion) as staff:
        desk.send(SAID, who="citizens_staff")
    assert public.value.problems == staff.value.problems == (OpinionProblem.SOURCE_UNKNOWN,)


def test_the_next_window_is_announced_and_the_last_one_remembered(desk: Desk) -> None:
    def state(on: date) -> WindowState:
        return opinions.window_of(desk.session, desk.plan, on, is_staff=False).state

    days = (OPENED_ON - DAY, OPENED_ON, OPENED_ON + 31 * DAY)
    assert [state(day) for day in days] == [WindowState.AHEAD, WindowState.OPEN, WindowState.OVER]
    desk.review.state = ReviewState.CLOSED
    assert [state(day) for day in days] == [WindowState.NONE] * 3


@pytest.mark.parametrize(
    ("since", "until", "reason"),
    [
        (None, None, "opinion_window_missing"),
        (None, OPENED_ON, "opinion_window_missing"),
        (OPENED_ON, OPENED_ON - DAY, "opinion_window_reversed"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(
    desk: Desk, since: date | None, until: date | None, reason: str
) -> None:
    with pytest.raises(Conflict, match=reason):
        desk.open_window(since, until)


def test_an_opinion_that_says_nothing_is_not_recorded(desk: Desk) -> None:
    with pytest.raises(WrongOpinion) as wrong:
        desk.record(replace(SAID, text=" ", source="nobody"))
    assert wrong.value.problems == (OpinionProblem.SOURCE_UNKNOWN, OpinionProblem.TEXT_MISSING)
    assert desk.session.exec(select(t.Opinion)).all() == []


def test_the_same_file_again_adds_nothing(desk: Desk) -> None:
    lines = [OpinionLine(replace(SAID, text=f"意見{n}"), ("1-1-1",) * n) for n in range(3)]
    first, again = desk.bring(*lines), desk.bring(*lines)
    assert (len(first.new), first.known, len(again.new), again.known) == (3, 0, 0, 3)
    more = desk.bring(*lines, OpinionLine(replace(SAID, text="もう一つ"), ()))
    assert (len(more.new), more.known) == (1, 3)
    assert sorted(desk.listed()) == ["もう一つ", "意見0", "意見1", "意見2"]
    assert [entry.detail for entry in desk.audited() if entry.action == "opinions.imported"] == [
        {"added": 3, "known": 0},
        {"added": 1, "known": 3},
    ]


def test_a_line_that_says_what_came_through_the_form_is_known(desk: Desk) -> None:
    desk.send()
    assert desk.bring(OpinionLine(SAID, ())).known == 1


def test_opinions_outside_of_a_review_are_kept_apart(desk: Desk) -> None:
    standing = Intake(desk.plan, None)
    opinion = desk.record(SAID, "1-1-1", intake=standing)
    desk.answer(opinion)
    assert opinion.review_id is None
    assert desk.listed() == []
    assert opinion_lists.counts(desk.session, standing).total == 1
    assert opinion_lists.counts(desk.session, desk.intake).total == 0


def test_the_list_is_narrowed_and_counted(desk: Desk) -> None:
    first = desk.record(replace(SAID, text="一つ目", received_on=OPENED_ON - 2 * DAY), "1-1-1")
    second = desk.record(replace(SAID, text="二つ目", source="universities", received_on=OPENED_ON - DAY))
    desk.record(replace(SAID, text="三つ目"), "1-2-1")
    desk.answer(first, reflection=Reflection.PARTLY)
    assert desk.listed() == ["三つ目", "二つ目", "一つ目"]
    assert desk.listed(source="universities") == ["二つ目"]
    assert desk.listed(reflection=Reflection.PARTLY) == ["一つ目"]
    assert desk.listed(is_unanswered=True) == ["三つ目", "二つ目"]
    assert desk.listed(node_id=desk.node("1-1-1").id) == ["一つ目"]
    assert opinion_lists.listed(desk.session, desk.intake, Show(), Span(1, 1)).total == 3
    counts = opinion_lists.counts(desk.session, desk.intake)
    assert (counts.total, counts.unanswered, counts.by_reflection[Reflection.PARTLY]) == (3, 2, 1)
    assert counts.by_source == {"citizens": 2, "universities": 1}
    assert opinion_lists.next_unanswered(desk.session, desk.intake, first) != first.id
    assert opinion_lists.next_unanswered(desk.session, desk.intake, second) is not None


def test_answering_goes_from_one_to_the_next_older_and_round(desk: Desk) -> None:
    oldest, middle, latest = (
        desk.record(replace(SAID, text=f"意見{n}", received_on=OPENED_ON - n * DAY)).id for n in (2, 1, 0)
    )

    def after(opinion_id: int) -> int | None:
        found = opinions.find(desk.session, opinion_id)
        return opinion_lists.next_unanswered(desk.session, desk.intake, found)

    assert [after(latest), after(middle), after(oldest)] == [middle, oldest, latest]
    for opinion_id in (oldest, middle):
        desk.answer(opinions.find(desk.session, opinion_id))
    assert after(latest) is None


def test_a_link_follows_the_life_of_its_measure(desk: Desk) -> None:
    opinion = desk.record(SAID, "1-1-1")
    later = desk.session.exec(
        select(t.Node).where(t.Node.origin_id == desk.node("1-1-1").origin_id, t.Node.id != desk.node("1-1-1").id)
    ).one()
    assert opinion_lists.of_measure(desk.session, later) == (), "nothing before the answer"
    desk.answer(opinion, "設置を広げます。", Reflection.REFLECTED)
    (seen,) = opinion_lists.of_measure(desk.session, later)
    assert (seen.text, seen.answer, seen.reflection) == (SAID.text, "設置を広げます。", Reflection.REFLECTED)
    assert not {"author", "contact"} & set(vars(seen))
    assert opinion_lists.of_measure(desk.session, desk.node("1-2-1")) == ()
    assert desk.listed(node_id=later.id) == [SAID.text]


def test_an_opinion_is_linked_to_a_measure_once_and_unlinked(desk: Desk) -> None:
    opinion, node = desk.record(), desk.node("1-1-1")
    change, actor = desk.by("planning")
    assert opinions.link(desk.session, change, actor, opinion.id, node.id, OPENED_ON)
    assert not opinions.link(desk.session, change, actor, opinion.id, node.id, OPENED_ON)
    assert opinion_lists.nodes_of(desk.session, [opinion.id]) == {opinion.id: (node,)}
    assert opinions.unlink(desk.session, change, actor, opinion.id, node.id)
    assert not opinions.unlink(desk.session, change, actor, opinion.id, node.id)
    assert opinion_lists.nodes_of(desk.session, [opinion.id]) == {}
    assert [entry.action for entry in desk.audited()][-2:] == ["opinion.linked", "opinion.unlinked"]


def test_an_opinion_on_a_review_is_linked_to_the_edition_under_review_alone(desk: Desk) -> None:
    opinion = desk.record()
    later = desk.node("1-1-1", "2021-03")
    with pytest.raises(NotFound):
        opinions.link(desk.session, *desk.by("planning"), opinion.id, later.id, OPENED_ON)


def test_an_opinion_outlives_the_node_that_a_new_plan_file_leaves_out(desk: Desk) -> None:
    stored = plan_reading.read(desk.session, desk.plan)
    *others, last = stored.editions
    code = next(link.after[0] for link in last.lineage if link.kind is LineageKind.NEW)
    in_force = last.effective_on
    standing = Intake(desk.plan, None)
    nodes = [desk.node(code, last.code).id]
    opinion = opinions.record(desk.session, *desk.by("planning"), standing, SAID, nodes, in_force)
    shorter = replace(
        last,
        nodes=tuple(n for n in last.nodes if n.code != code),
        lineage=tuple(link for link in last.lineage if code not in link.after),
    )
    definition = replace(stored, editions=(*others, shorter))
    plans.import_definition(desk.session, desk.by("planning")[0], definition, Bilingual(""))
    assert opinions.find(desk.session, opinion.id).text == SAID.text
    assert opinion_lists.nodes_of(desk.session, [opinion.id]) == {}


def test_an_answer_is_replaced_until_the_review_is_closed(desk: Desk) -> None:
    opinion = desk.record()
    desk.answer(opinion)
    desk.answer(opinion, "見直しで取り入れました。", Reflection.REFLECTED)
    desk.answer(opinion, "見直しで取り入れました。", Reflection.REFLECTED)
    answered = [entry.detail for entry in desk.audited() if entry.action == "opinion.answered"]
    assert [detail["reflection"] for detail in answered] == ["for_later", "reflected"]
    assert (opinion.answered_at, opinion.answered_by_id) == (OPENED_AT, desk.city.user("planning").id)
    desk.review.state = ReviewState.CLOSED
    node = desk.node("1-1-1")
    change, actor = desk.by("planning")
    for attempt in (
        lambda: desk.answer(opinion, "あとから"),
        lambda: desk.record(),
        lambda: desk.bring(OpinionLine(replace(SAID, text="遅い"), ())),
        lambda: opinions.link(desk.session, change, actor, opinion.id, node.id, OPENED_ON),
        lambda: desk.open_window(OPENED_ON, None),
    ):
        with pytest.raises(Conflict, match="review_closed"):
            attempt()
    assert opinion.answer == "見直しで取り入れました。"


def test_half_an_answer_is_none(desk: Desk) -> None:
    opinion = desk.record()
    for text, reflection in (("", Reflection.PARTLY), ("言葉だけ", None)):
        with pytest.raises(WrongOpinion):
            desk.answer(opinion, text, reflection)
    assert (opinion.answer, opinion.reflection, opinion.answered_at) == ("", None, None)


@pytest.mark.parametrize("who", ["information_staff", "information_head", "administrator"])
def test_only_the_planning_division_works_on_opinions(desk: Desk, who: str) -> None:
    opinion, node = desk.record(SAID, "1-1-1"), desk.node("1-1-1")
    (change, actor), session = desk.by(who), desk.session
    attempts: tuple[Callable[[], object], ...] = (
        lambda: opinions.set_window(session, change, actor, desk.review.id, OPENED_ON, None, False),
        lambda: opinions.record(session, change, actor, desk.intake, SAID, (), OPENED_ON),
        lambda: opinions.bring(session, change, actor, desk.intake, (), OPENED_ON),
        lambda: opinions.answer(session, change, actor, opinion.id, "答え", Reflection.PARTLY),
        lambda: opinions.link(session, change, actor, opinion.id, node.id, OPENED_ON),
        lambda: opinions.unlink(session, change, actor, opinion.id, node.id),
    )
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()


def test_the_audit_log_says_what_happened_and_nobody_s_name(desk: Desk) -> None:
    desk.send()
    desk.record()
    desk.bring(OpinionLine(replace(SAID, text="別の意見"), ()))
    said = str([(entry.actor, entry.subject, entry.detail) for entry in desk.audited()])
    assert [entry.action for entry in desk.audited()] == [
        "opinions.window_set",
        "opinion.received",
        "opinion.received",
        "opinions.imported",
    ]
    assert desk.audited()[1].actor == "public"
    assert not [secret for secret in (SAID.author, SAID.contact, SAID.text) if secret in said]
    assert audit.verify(desk.session).broken_at is None


def test_a_neighbouring_city_neither_sees_nor_answers(desk: Desk) -> None:
    opinion_id = desk.record().id
    desk.session.commit()
    with desk.city.database.reading(desk.city.neighbour) as session:
        assert session.exec(select(t.Opinion)).all() == []
        for attempt in (opinions.find, opinions.intake_of_review):
            with pytest.raises(NotFound):
                attempt(session, opinion_id)


def test_every_source_has_its_words(desk: Desk) -> None:
    definition = plans.definition_of(desk.plan)
    assert [source_label(definition, code).ja for code in ("citizens", OTHER_DEPARTMENT)] == ["市民", "庁内の他部署"]
