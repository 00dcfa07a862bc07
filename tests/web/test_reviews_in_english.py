"""The pages of a review in English: nothing but what people typed stays Japanese."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import Session, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.phase_review import ConsultationOutcome, ReviewOutcome, ReviewState
from domain.progress_report import ReportState
from domain.review_snapshot import Standing
from domain.revision import Contradiction, Decision, Fate, NewMeasure, Refusal, Successor
from domain.text import Bilingual
from records import plan_reading, plans, review_decisions, reviews
from tests.conftest import PLAN
from tests.test_texts import _japanese_of, japanese_in
from tests.web.desk_city import SignedInClient
from tests.web.desk_review import DeskReview
from tests.web.test_reviews import words
from web import labels
from web.review_words import DOCUMENTS, HAPPENED, REVIEW_PROBLEMS

WRITTEN = "人が入力した文章です。"


@pytest.fixture
def planner(desk_review: DeskReview) -> SignedInClient:
    with desk_review.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.language = "en"
            session.add(user)
    return desk_review.client()


class Reading:
    """Reads pages and remembers the Japanese that is neither the plan's own nor typed."""

    def __init__(self, city: DeskReview, planner: SignedInClient) -> None:
        self.city, self.planner = city, planner
        self.japanese: dict[str, list[str]] = {}

    def get(self, path: str) -> None:
        self._look(path, words(self.planner.get(path)))

    def post(self, path: str, values: dict[str, str]) -> None:
        page = self.planner.post(path, values)
        assert page.status in (409, 422), (path, values, page.status)
        self._look(f"POST {path} {values}", words(page))

    def _look(self, name: str, page: str) -> None:
        for text in sorted(self._own(), key=len, reverse=True):
            page = page.replace(" ".join(text.split()), "")
        if found := japanese_in(page):
            self.japanese[name] = found

    def _own(self) -> set[str]:
        with self.city.database.reading(EVERY_MUNICIPALITY) as session:
            found = {
                "日本語",
                "巡",
                WRITTEN,
                "模擬データ",
                "改訂（中期）",
                "大きな変化はありません。",
                "オンライン相談",
            }
            found |= {"オンラインで相談を受けます。", "来庁できない人からの相談が増えたためです。", "見直し"}
            plan = plans.find(session, PLAN)
            found |= _japanese_of(plan_reading.read(session, plan))
            for review in session.exec(select(t.PhaseReview)):
                snapshot = reviews.snapshot_of(review)
                for measure in snapshot.measures if snapshot else ():
                    found |= {measure.title, measure.department, *measure.achievements}
                for turn in reviews.consultations_of(session, review):
                    found.add(turn.body_name)
        return {text for text in found if text}


def test_every_page_of_a_review_reads_in_english(desk_review: DeskReview, planner: SignedInClient) -> None:
    city = desk_review.opened()
    reader = Reading(city, planner)
    parts = ["", "/term", "/proposals", "/close-proposals", "/criteria", "/decisions", "/new-measures", "/outcome"]
    pages = [f"{city.home}{part}" for part in (*parts, "/bodies", "/undo")]
    pages += [f"{city.home}/decisions/{city.node(code)}" for code in ("1-1-1", "1-1-2", "5-1-3", "5-1-4")]
    pages += ["/desk", f"/plans/{PLAN}", f"/desk/plans/{PLAN}/correction"]

    def look() -> None:
        for page in pages:
            reader.get(page)

    look()
    city.asked()
    city.propose("1-1-1", {"fate": "change", "new_title": WRITTEN, "reason": WRITTEN})
    city.propose("1-1-2", {"fate": "split", "split_into": f"{WRITTEN}\n{WRITTEN}", "reason": WRITTEN}, hand_in=False)
    city.propose("5-1-3", {"fate": "merge", "merge_into": "5-1-4", "reason": WRITTEN})
    city.proposes_anew("オンライン相談")
    declined = city.proposes_anew("オンライン相談")
    look()
    city.closed_proposals()
    look()
    city.act(lambda s, r: review_decisions.accept_proposals(s, city.change, r, rest_continues=False))
    city.act(lambda s, r: review_decisions.decline(s, city.change, r, declined, WRITTEN))
    new = NewMeasure(Successor("1-1-1", WRITTEN, "1-1"), "measure", Bilingual(WRITTEN))
    city.act(lambda s, r: review_decisions.decide_new(s, city.change, r, new))
    abolished = Decision("5-1-4", Fate.ABOLISH, reason=Bilingual(WRITTEN))
    city.act(lambda s, r: review_decisions.decide(s, city.change, r, city.node("5-1-4"), abolished, 0))
    look()
    for done in ("proposals_closed", "accepted", "saved", "new_added", "new_saved", "new_dropped", "declined"):
        reader.get(f"{city.home}/decisions?done={done}")
    for done in ("opened", "already_open", "decided", "agreed", "returned", "undone"):
        reader.get(f"{city.home}?done={done}")
    for page in (f"{city.home}/criteria", f"{city.home}/outcome", f"{city.home}/decisions/{city.node('1-3-1')}"):
        reader.get(f"{page}?done=saved")
    assert reader.japanese == {}
    correction = words(planner.get(f"/desk/plans/{PLAN}/correction?measure={city.node('1-1-1')}"))
    assert japanese_in(correction.replace("公衆無線LANの整備、活用促進", "").replace("模擬データ", "")) == [
        "巡",
        "日本語",
    ]


def test_the_end_of_a_review_reads_in_english(desk_review: DeskReview, planner: SignedInClient) -> None:
    city = desk_review.opened()
    city.asked()
    city.closed_proposals()
    reader = Reading(city, planner)
    pages = [f"{city.home}{part}" for part in ("", "/decisions", "/outcome", "/bodies", "/undo", "/criteria")]
    pages += [f"/plans/{PLAN}", f"/plans/{PLAN}?done=corrected", "/desk", f"{city.home}/bodies?done=recorded"]
    pages += [f"{city.home}/decisions/{city.node('1-1-1')}"]

    def record(outcome: ConsultationOutcome) -> None:
        def act(session: Session, review: t.PhaseReview) -> None:
            turn, day = reviews.current_consultations(session, review)[0], date(2021, 3, 2)
            reviews.record_consultation(session, city.change, review, turn.id, outcome, WRITTEN, day, day)

        city.act(act)

    city.finished_deciding()
    for outcome in (ConsultationOutcome.RETURNED, ConsultationOutcome.APPROVED_WITH_COMMENTS):
        for page in pages:
            reader.get(page)
        record(outcome)
        for page in pages:
            reader.get(page)
        if outcome is ConsultationOutcome.RETURNED:
            city.finished_deciding()
    city.made()
    for page in pages:
        reader.get(page)
    city.act(lambda session, review: reviews.close(session, city.change, review, date(2021, 4, 1)))
    for page in pages:
        reader.get(page)
    assert reader.japanese == {}


def test_refused_forms_of_a_review_read_in_english(desk_review: DeskReview, planner: SignedInClient) -> None:
    reader = Reading(desk_review, planner)
    reader.post(f"/desk/plans/{PLAN}/reviews", {"term": "middle"})
    city = desk_review.opened()
    city.asked()
    measure = f"{city.home}/decisions/{city.node('1-3-1')}"
    reader.post(f"{city.home}/decisions", {"rest": ""})
    proposal = city.proposes_anew("オンライン相談")
    city.closed_proposals()
    for fate in ("", "continue", "merge", "split", "abolish"):
        reader.post(measure, {"fate": fate})
    reader.post(f"{city.home}/close-proposals", {})
    reader.post(f"{city.home}/new-measures", {"measure_class": "x", "department": "x"})
    reader.post(f"{city.home}/proposals/{proposal}/decline", {"reason": ""})
    reader.post(f"{city.home}/outcome", {"outcome": ""})
    reader.post(f"{city.home}/outcome", {"outcome": "no_revision", "then": "finish"})
    reader.post(f"{city.home}/outcome", {"outcome": "revision", "effective_on": "soon"})
    reader.post(f"{city.home}/undo", {})
    reader.post(f"/desk/plans/{PLAN}/correction", {"reason": ""})
    reader.post(f"/desk/plans/{PLAN}/correction", {"reason": "Why"})
    city.finished_deciding()
    reader.post(f"{city.home}/bodies/1", {})
    reader.post(measure, {"fate": "abolish", "reason": "Late"})
    assert reader.japanese == {}


def test_every_word_of_a_review_has_its_english() -> None:
    codes = (*ReviewState, *ReviewOutcome, *ConsultationOutcome, *Standing, *Fate, *ReportState)
    said = [labels.label(code, "en") for code in codes]
    said += [labels.problem_in_words(problem, "en") for problem in REVIEW_PROBLEMS]
    said += [labels.refusal_in_words(Refusal(one, "1-1-1"), "en") for one in Contradiction]
    said += [labels.happened_in_words(action, "A body", "approved", "en") for action in HAPPENED]
    said += [labels.document_in_words(kind, "en") for kind in (*DOCUMENTS, "body-papers-1")]
    said += [labels.standing_in_words(one, "en") for one in Standing]
    said += [labels.review_step_in_words(one, "en") for one in ReviewState]
    assert [text for text in said if japanese_in(text)] == []
