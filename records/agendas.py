"""議題: what waits before a body, and what of it is on the agenda of which meeting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db import tables as t
from domain.meeting import MeetingState
from domain.phase_review import ReviewState
from domain.plan import Term
from i18n import translate
from records import matters, plans, reviews
from records.change import Conflict

Key = tuple[int | None, int | None]
"""What tells one topic from another: the id of a matter's stage or of a consultation."""
HEADING: Key = (None, None)


@dataclass(frozen=True)
class Topic:
    """What a body has to decide: its turn at a matter (`matter`, `stage`), or at a review of the plan."""

    matter: t.Matter | None = None
    stage: t.MatterStage | None = None
    review: t.PhaseReview | None = None
    consultation: t.Consultation | None = None
    term: Term | None = None

    @property
    def key(self) -> Key:
        return self.stage.id if self.stage else None, self.consultation.id if self.consultation else None

    @property
    def is_open(self) -> bool:
        """Whether the body has not decided yet."""
        turn = self.stage or self.consultation
        return turn is not None and turn.outcome is None

    def title(self, language: str) -> str:
        if self.matter is not None:
            return self.matter.title
        return translate(language, "%(term)sの見直し", term=self.term.name.in_language(language) if self.term else "")


@dataclass(frozen=True)
class Line:
    """An item of an agenda; `topic` None: a heading of its own, such as 報告."""

    item: t.MeetingItem
    topic: Topic | None

    def title(self, language: str) -> str:
        return self.item.title or (self.topic.title(language) if self.topic else "")


@dataclass(frozen=True)
class Entry:
    """An item as an agenda shall have it: a topic, or a heading with its `title`."""

    key: Key = HEADING
    title: str = ""
    note: str = ""


def of(session: Session, meeting: t.Meeting) -> list[Line]:
    """The agenda of a meeting, in its order."""
    items = session.exec(
        select(t.MeetingItem, t.MatterStage, t.Matter, t.Consultation)
        .outerjoin(t.MatterStage, col(t.MatterStage.id) == col(t.MeetingItem.stage_id))
        .outerjoin(t.Matter, col(t.Matter.id) == col(t.MatterStage.matter_id))
        .outerjoin(t.Consultation, col(t.Consultation.id) == col(t.MeetingItem.consultation_id))
        .where(t.MeetingItem.meeting_id == meeting.id)
        .order_by(col(t.MeetingItem.position), col(t.MeetingItem.id))
    ).all()
    terms = _terms(session.get_one(t.Plan, meeting.plan_id))
    found = []
    for item, stage, matter, turn in items:
        topic = None
        if turn is not None:
            review = session.get_one(t.PhaseReview, turn.review_id)
            topic = Topic(review=review, consultation=turn, term=terms.get(review.term))
        elif stage is not None:
            topic = Topic(matter, stage)
        found.append(Line(item, topic))
    return found


def waiting(session: Session, plan: t.Plan, body: str) -> list[Topic]:
    """Whatever waits before a body: matters, the most urgent first, then reviews whose turn has come to it."""
    terms = _terms(plan)
    found = [Topic(matter, stage) for matter, stage in matters.waiting_before(session, plan, body)]
    for review in reviews.of_plan(session, plan):
        if review.state is ReviewState.CONSULTING:
            turns = reviews.current_consultations(session, review)
            turn = next((c for c in turns if c.outcome is None), None)
            if turn is not None and turn.body == body:
                found.append(Topic(review=review, consultation=turn, term=terms.get(review.term)))
    return found


def free_for(session: Session, plan: t.Plan, meeting: t.Meeting) -> list[Topic]:
    """What may still be taken in: it waits, came by the day of the meeting, and is on no agenda of a planned one."""
    on_an_agenda = (
        select(t.MeetingItem.stage_id, t.MeetingItem.consultation_id)
        .join(t.Meeting, col(t.Meeting.id) == col(t.MeetingItem.meeting_id))
        .where(t.Meeting.plan_id == plan.id, t.Meeting.body == meeting.body, t.Meeting.state == MeetingState.PLANNED)
    )
    taken = set(session.exec(on_an_agenda).all())
    return [
        topic
        for topic in waiting(session, plan, meeting.body)
        if topic.key not in taken and (topic.stage is None or topic.stage.arrived_on <= meeting.held_on)
    ]


def add(session: Session, meeting: t.Meeting, topics: Iterable[Topic]) -> None:
    """Put topics at the end of an agenda."""
    last = max((line.item.position for line in of(session, meeting)), default=-1)
    for position, topic in enumerate(topics, last + 1):
        stage, consultation = topic.key
        session.add(
            t.MeetingItem(
                meeting_id=meeting.id,
                position=position,
                stage_id=stage,
                consultation_id=consultation,
                title="",
                note="",
            )
        )
    session.flush()


def write(session: Session, plan: t.Plan, meeting: t.Meeting, entries: Sequence[Entry]) -> bool:
    """Give a meeting another agenda; whether it changed. Topics keep their items, headings are written anew.

    Raises `Conflict`: `agenda_title_missing`, `agenda_item_twice`, `agenda_item_gone`.
    """
    topics = [entry.key for entry in entries if entry.key != HEADING]
    lines = of(session, meeting)
    known = {line.topic.key: line.item for line in lines if line.topic is not None}
    if any(entry.key == HEADING and not entry.title.strip() for entry in entries):
        raise Conflict("agenda_title_missing")
    if len(set(topics)) != len(topics):
        raise Conflict("agenda_item_twice")
    if set(topics) - set(known) - {topic.key for topic in free_for(session, plan, meeting)}:
        raise Conflict("agenda_item_gone")
    before = [Entry((line.item.stage_id, line.item.consultation_id), line.item.title, line.item.note) for line in lines]
    if before == list(entries):
        return False
    for line in lines:
        if line.topic is None or line.topic.key not in topics:
            session.delete(line.item)
    session.flush()
    for position, entry in enumerate(entries):
        stage, consultation = entry.key
        item = known.get(entry.key) or t.MeetingItem(meeting_id=meeting.id, position=0)
        item.stage_id, item.consultation_id, item.position = stage, consultation, position
        item.title, item.note = entry.title.strip(), entry.note.strip()
        session.add(item)
    session.flush()
    return True


def _terms(plan: t.Plan) -> dict[str, Term]:
    return {term.code: term for term in plans.definition_of(plan).terms}
