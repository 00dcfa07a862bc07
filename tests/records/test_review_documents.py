"""What the report of a review and the papers for its bodies say of the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter
from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from documents.annual_report import Answered
from documents.body_papers import BodyPapers
from documents.phase_review_report import DecidedMeasure, PhaseReviewReport
from domain.calendar import JST
from domain.evaluation import Stage
from domain.opinion import OTHER_DEPARTMENT, OpinionChannel, Reflection
from domain.phase_review import ConsultationOutcome, EditionHead, ReviewOutcome, ReviewState
from domain.plan import REVIEW_ROUND
from domain.progress_report import ReportState
from domain.questions import Choice, Question, QuestionKind, QuestionSet
from domain.review_snapshot import (
    IndicatorMovement,
    MailCount,
    MeasureOfTerm,
    MeasureYear,
    RoundOfTerm,
    SaidThen,
    Snapshot,
    Standing,
)
from domain.revision import Decision, Fate, NewMeasure, Successor
from domain.text import Bilingual
from records import review_documents
from tests.city import MARK, City

ISSUED_ON = date(2021, 3, 1)
AT = datetime(2021, 2, 1, 9, 0, tzinfo=JST)
WLAN, NEEDS = "1-1-1", "1-1-2"
PARENT, OVER = "1-1", ("1 ICTでつながる市民協働のまちづくり", "1-1 ICTで人をつなげ、共に支えあう協働のまちづくり")
ASKED = QuestionSet(
    "review-proposal",
    1,
    (
        Question(
            "fate",
            Bilingual("今後の扱い"),
            QuestionKind.CHOICE,
            choices=(Choice("continue", Bilingual("今のまま続ける")), Choice("abolish", Bilingual("廃止する"))),
        ),
        Question("reason", Bilingual("その理由")),
    ),
)
SECRET_NAME, SECRET_MAIL = "飯塚 太郎", "taro@home.example"


@dataclass
class Review:
    """A review of the early term whose rows a test makes as it needs them."""

    city: City
    id: int
    nodes: Mapping[str, int]
    titles: Mapping[str, str]

    def change(self, act: Callable[[Session, t.PhaseReview], None]) -> None:
        with self.city.database.writing(self.city.municipality) as session:
            review = session.get_one(t.PhaseReview, self.id)
            act(session, review)
            session.add(review)

    def add(self, *rows: Any) -> None:
        with self.city.database.writing(self.city.municipality) as session:
            for row in rows:
                session.add(row)
                session.flush()

    def report(self, language: str = "ja") -> PhaseReviewReport:
        with self.city.database.reading(self.city.municipality) as session:
            review = session.get_one(t.PhaseReview, self.id)
            return review_documents.gather_report(session, review, ISSUED_ON, language)

    def papers(self, body: str = "", attempt: int = 1) -> BodyPapers:
        with self.city.database.reading(self.city.municipality) as session:
            review = session.get_one(t.PhaseReview, self.id)
            asked = session.exec(
                select(t.Consultation).where(t.Consultation.body == body, t.Consultation.attempt == attempt)
            )
            return review_documents.gather_papers(session, review, asked.first(), ISSUED_ON)

    def decided(self, measure: str) -> DecidedMeasure:
        return next(d for d in self.report().decisions if d.code == measure)

    def decide(self, *decisions: Decision) -> None:
        dump = TypeAdapter(Decision).dump_python
        rows = (
            t.MeasureDecision(
                review_id=self.id, node_id=self.nodes[d.measure], decision=dump(d, mode="json"), decided_at=AT
            )
            for d in decisions
        )
        self.add(*rows)

    def going_on(self, measure: str, **changes: Any) -> Successor:
        """The measure as it is, but for what changes."""
        with self.city.database.reading(self.city.municipality) as session:
            node = session.get_one(t.Node, self.nodes[measure])
            as_it_is = Successor(node.code, node.title, PARENT, node.title_en, node.measure_class or "")
        return replace(as_it_is, **changes)


@pytest.fixture
def review(real_city: City) -> Review:
    with real_city.database.writing(real_city.municipality) as session:
        edition = session.exec(select(t.Edition).order_by(col(t.Edition.effective_on))).first()
        assert edition is not None
        row = t.PhaseReview(
            plan_id=real_city.plan,
            term="early",
            fiscal_year=2020,
            edition_id=edition.id,
            workflow_id="phase-review/test",
            state=ReviewState.DECIDING,
            opened_on=date(2020, 10, 1),
            opened_by="test",
            opinions_from=date(2020, 11, 1),
        )
        session.add(row)
        session.flush()
        nodes = session.exec(select(t.Node).where(t.Node.edition_id == edition.id)).all()
        return Review(real_city, row.id, {n.code: n.id for n in nodes}, {n.code: n.title for n in nodes})


def freeze(review: Review, **parts: Any) -> None:
    snapshot = Snapshot("early", "2018", 2018, 2020, date(2020, 10, 1), **{"measures": (), **parts})

    def act(_: Session, row: t.PhaseReview) -> None:
        row.snapshot = TypeAdapter(Snapshot).dump_python(snapshot, mode="json")

    review.change(act)


def test_the_head_names_city_plan_term_with_its_years_edition_and_mark(review: Review) -> None:
    report = review.report()
    assert (report.municipality, report.plan) == ("飯塚市", "飯塚市地域情報化計画")
    assert report.term == "前期（2018～2020年度）"
    assert report.edition == "策定（前期）"
    assert (report.issued_on, report.marks, report.measure_label) == (ISSUED_ON, (MARK.ja,), "個別施策")
    assert (report.outcome, report.is_revised, report.taken_on) == ("", None, None), "nothing is decided or frozen yet"


def test_the_frozen_term_is_told_with_its_codes_in_words(review: Review) -> None:
    years = (
        MeasureYear(
            2018, Standing.COMPLETE, "情報政策課", (SaidThen("来年度に行うこと", "調べる"),), "", "", "improve", "速く"
        ),
        MeasureYear(2019, Standing.AS_IT_STOOD),
        MeasureYear(2020, Standing.NOT_ASKED),
    )
    measure = MeasureOfTerm(WLAN, "そのときの名称", OVER, "", "情報政策課", years, ("23施設に設置した。",))
    rounds = (RoundOfTerm(2018, 36, 30, 28, (MailCount("notice", 12), MailCount("reminder", 3))),)
    freeze(review, measures=(measure,), rounds=rounds, indicators=(IndicatorMovement("k1", "設置施設数", "か所"),))
    report = review.report()
    (told,) = report.measures
    assert (told.title, told.above, told.achievements) == ("そのときの名称", OVER, ("23施設に設置した。",))
    assert [y.standing for y in told.years] == ["提出済み", "途中のまま", "依頼なし"]
    assert (told.years[0].direction, told.years[0].comment) == ("改善", "速く")
    assert told.years[0].said == (Answered("来年度に行うこと", "調べる"),)
    (collected,) = report.rounds
    assert (collected.asked, collected.handed_in, collected.on_time) == (36, 30, 28)
    assert [(m.kind, m.mails) for m in collected.mails] == [("事前通知", 12), ("督促", 3)]
    assert [i.name for i in report.indicators] == ["設置施設数"]
    assert report.taken_on == date(2020, 10, 1)
    assert {s.label for s in report.standings} >= {y.standing for y in told.years}
    assert all(s.meaning for s in report.standings)


def test_opinions_of_the_window_and_of_the_term_are_told_without_names(review: Review) -> None:
    def opinion(text: str, on: date, review_id: int | None, **more: Any) -> t.Opinion:
        values = {"source": "citizens", "channel": OpinionChannel.FORM, "received_at": AT, **more}
        return t.Opinion(
            plan_id=review.city.plan, review_id=review_id, text=text, received_on=on, author=SECRET_NAME,
            contact=SECRET_MAIL, **values,
        )  # fmt: skip

    late = opinion("窓の中", date(2021, 4, 20), review.id, answer="直します", reflection=Reflection.PARTLY)
    inside = opinion("期間の中", date(2019, 5, 1), None, source=OTHER_DEPARTMENT)
    outside = opinion("期間の前", date(2018, 3, 31), None)
    review.add(late, inside, outside)
    review.add(t.OpinionNode(opinion_id=late.id, node_id=review.nodes[WLAN]))
    report = review.report()
    assert [(o.text, o.source, o.answer, o.reflection) for o in report.opinions] == [
        ("期間の中", "庁内の他部署", "", ""),
        ("窓の中", "市民", "直します", "一部反映した"),
    ]
    assert report.opinions[1].about == (f"{WLAN} {review.titles[WLAN]}",)
    assert not any(secret in repr(report) for secret in (SECRET_NAME, SECRET_MAIL))
    assert report.sources[:3] == ("市民", "民間事業者", "大学等")


def test_the_five_criteria_stand_in_the_order_of_the_plan_answered_or_not(review: Review) -> None:
    planner = review.city.user("planning").id
    review.add(
        t.CriterionAnswer(
            review_id=review.id, criterion="technology", answer="AIが広がった", answered_at=AT, answered_by_id=planner
        )
    )
    said = review.report().criteria
    assert [c.question for c in said] == [
        "施策の進み具合",
        "施策の評価",
        "市民ニーズ",
        "社会情勢の変化",
        "情報化技術の進展",
    ]
    assert [c.answer for c in said] == ["", "", "", "", "AIが広がった"]


def test_a_decision_says_its_kind_what_the_measure_becomes_and_why(review: Review) -> None:
    title = review.titles[WLAN]
    review.decide(
        Decision(WLAN, Fate.CONTINUE, (review.going_on(WLAN, code="1-1-9"),)),
        Decision(NEEDS, Fate.MERGE, merges_into=WLAN, reason=Bilingual("同じ窓口で進めるため")),
        Decision("1-2-1", Fate.ABOLISH, reason=Bilingual("目的を果たしたため")),
        Decision("1-2-3", Fate.CONTINUE, (review.going_on("1-2-3", title="新しい名称"),)),
    )
    assert review.decided(WLAN).kind == "番号変更"
    merged, ended, renamed = (review.decided(code) for code in (NEEDS, "1-2-1", "1-2-3"))
    assert (merged.kind, merged.becomes, merged.reason) == ("統合", (f"1-1-9 {title}",), "同じ窓口で進めるため")
    assert (ended.kind, ended.becomes, ended.reason) == ("廃止", (), "目的を果たしたため")
    assert (renamed.kind, renamed.becomes) == ("名称変更", ("1-2-3 新しい名称",))
    assert all(d.is_changed for d in (merged, ended, renamed))
    assert (review.decided("1-2-4").kind, review.decided("1-2-4").is_changed) == ("", False), "not decided yet"
    assert review.decided(WLAN).above == OVER


def test_a_measure_that_keeps_name_and_number_but_not_class_content_or_department_is_changed(review: Review) -> None:
    texts = {"content": (Bilingual("新しい内容"),)}
    changed = review.going_on(WLAN, measure_class="priority", texts=texts, department="citizens")
    review.decide(Decision(WLAN, Fate.CONTINUE, (changed,)), Decision(NEEDS, Fate.CONTINUE, (review.going_on(NEEDS),)))
    told = review.decided(WLAN)
    assert (told.kind, told.is_changed) == ("継続", True)
    of_class, of_content, of_department = told.changes
    assert of_class.startswith("区分：")
    assert of_class.endswith("→ 重点施策")
    assert of_content.endswith("を改める")
    assert of_department == "所管課：市民窓口課"
    as_it_is = review.decided(NEEDS)
    assert (as_it_is.kind, as_it_is.is_changed, as_it_is.changes) == ("継続", False, ())


def test_a_decision_that_contradicts_itself_counts_as_not_decided(review: Review) -> None:
    review.decide(Decision(WLAN, Fate.CONTINUE, ()))
    assert review.decided(WLAN).kind == ""


def ask(review: Review, **reports: tuple[ReportState, dict[str, str]]) -> None:
    """The round of proposals, with what was written of measures (codes with "_")."""
    with review.city.database.writing(review.city.municipality) as session:
        round_ = t.CollectionRound(
            plan_id=review.city.plan,
            fiscal_year=2020,
            review_id=review.id,
            code=REVIEW_ROUND,
            workflow_id="proposals/test",
            opened_on=date(2020, 10, 1),
            due_on=date(2020, 10, 20),
            question_set=plan_files.to_json(ASKED),
        )
        session.add(round_)
        session.flush()
        request = t.UpdateRequest(
            round_id=round_.id, department_id=review.city.departments["information"], opened_on=round_.opened_on
        )
        session.add(request)
        session.flush()
        for code, (state, answers) in reports.items():
            session.add(
                t.ProgressReport(
                    round_id=round_.id,
                    request_id=request.id,
                    node_id=review.nodes[code.strip("_").replace("_", "-")],
                    state=state,
                    answers=answers,
                    due_on=round_.due_on,
                    since_on=round_.opened_on,
                )
            )


def test_a_departments_proposal_stands_beside_the_decision_and_says_how_far_it_came(review: Review) -> None:
    answers = {"fate": "abolish", "reason": "使う人がいないため"}
    ask(
        review,
        _1_1_1=(ReportState.APPROVED, answers),
        _1_1_2=(ReportState.DRAFT, {"fate": "continue"}),
        _1_2_1=(ReportState.DRAFT, {}),
    )
    review.decide(Decision(WLAN, Fate.CONTINUE, (review.going_on(WLAN),), reason=Bilingual("まだ要るため")))
    told = review.decided(WLAN)
    assert told.proposal is not None
    assert (told.proposal.department, told.proposal.standing) == ("情報政策課", "提出済み")
    assert told.proposal.said == (Answered("今後の扱い", "廃止する"), Answered("その理由", "使う人がいないため"))
    assert (told.kind, told.reason) == ("継続", "まだ要るため")
    draft, silent = review.decided(NEEDS).proposal, review.decided("1-2-1").proposal
    assert draft is not None
    assert silent is not None
    assert (draft.standing, len(draft.said)) == ("途中のまま", 1)
    assert (silent.standing, silent.said) == ("未入力", ())
    assert review.decided("1-2-3").proposal is None


def wanted(review: Review, title: str, **more: Any) -> t.NewMeasureProposal:
    return t.NewMeasureProposal(
        review_id=review.id,
        department_id=review.city.departments["citizens"],
        title=title,
        reason="便利になるため",
        proposed_at=AT,
        proposed_by_id=review.city.user("citizens_staff").id,
        **more,
    )


def take_up(review: Review, proposal: t.NewMeasureProposal) -> None:
    new = NewMeasure(Successor("1-1-5", "キャッシュレス決済", PARENT, "Cashless"), "measure", Bilingual("接触を減らす"))
    decision = TypeAdapter(NewMeasure).dump_python(new, mode="json")
    review.add(t.MeasureDecision(review_id=review.id, proposal_id=proposal.id, decision=decision, decided_at=AT))


def test_new_measures_name_who_proposed_them_and_those_not_taken_up_say_why(review: Review) -> None:
    taken = wanted(review, "決済")
    review.add(taken, wanted(review, "配布", declined_reason="費用が高い"), wanted(review, "検討中"))
    review.add(wanted(review, "取下げ", is_withdrawn=True))
    take_up(review, taken)
    report = review.report()
    (added,) = report.added
    assert (added.code, added.title, added.kind, added.proposed_by) == (
        "1-1-5",
        "キャッシュレス決済",
        "新規",
        "市民窓口課",
    )
    assert (added.above, added.reason) == (OVER, "接触を減らす")
    assert [(p.title, p.declined_reason) for p in report.open_proposals] == [("配布", "費用が高い"), ("検討中", "")]


def revise(review: Review, outcome: ReviewOutcome) -> None:
    head = EditionHead("2021-03", Bilingual("中期の計画"), "2021-03", date(2021, 4, 1), Bilingual("中期見直し"))

    def act(_: Session, row: t.PhaseReview) -> None:
        row.outcome, row.outcome_reason = outcome, "理由のとおり"
        row.edition_head = TypeAdapter(EditionHead).dump_python(head, mode="json")

    review.change(act)


def test_the_next_edition_is_told_with_its_month_in_words(review: Review) -> None:
    revise(review, ReviewOutcome.REVISION)
    report = review.report()
    assert (report.is_revised, report.outcome, report.outcome_reason) == (True, "計画を改訂する", "理由のとおり")
    coming = report.next_edition
    assert coming is not None
    assert (coming.code, coming.name, coming.decided) == ("2021-03", "中期の計画", "令和3年（2021年）3月")
    assert (coming.effective_on, coming.reason) == (date(2021, 4, 1), "中期見直し")


def test_a_review_that_revises_nothing_tells_no_decision_though_some_were_typed(review: Review) -> None:
    review.decide(Decision(WLAN, Fate.ABOLISH, reason=Bilingual("やめる")))
    proposal = wanted(review, "決済")
    review.add(proposal)
    take_up(review, proposal)
    revise(review, ReviewOutcome.NO_REVISION)
    report = review.report()
    assert (report.is_revised, report.outcome) == (False, "改訂は不要とする")
    assert {(d.kind, d.is_changed, d.reason) for d in report.decisions} == {("現行のまま", False, "")}
    assert len(report.decisions) == 36
    assert (report.added, report.next_edition) == ((), None)
    assert [p.title for p in report.open_proposals] == ["決済"]


def consult(review: Review) -> None:
    def turn(attempt: int, position: int, body: str, name: str, **more: Any) -> t.Consultation:
        return t.Consultation(
            review_id=review.id, attempt=attempt, position=position, body=body, body_name=name, **more
        )

    day = date(2021, 2, 8)
    returned = {"outcome": ConsultationOutcome.RETURNED, "comment": "理由を詳しく", "met_on": day}
    approved = {"outcome": ConsultationOutcome.APPROVED, "met_on": day + timedelta(7)}
    review.add(
        turn(1, 0, "computing-committee", "当時の委員会", **returned),
        turn(1, 1, "citizens", "市民会議", stage=Stage.EXTERNAL),
        turn(2, 0, "computing-committee", "当時の委員会", **approved),
        turn(2, 1, "citizens", "市民会議", stage=Stage.EXTERNAL),
    )


def test_bodies_are_told_with_stage_day_outcome_and_comment_in_the_order_of_their_turns(review: Review) -> None:
    consult(review)
    bodies = review.report().bodies
    assert [(b.attempt, b.name, b.stage, b.outcome) for b in bodies] == [
        (1, "当時の委員会", "", "差戻し"),
        (1, "市民会議", "外部評価", ""),
        (2, "当時の委員会", "", "了承"),
        (2, "市民会議", "外部評価", ""),
    ]
    assert (bodies[0].comment, bodies[0].met_on, bodies[1].met_on) == ("理由を詳しく", date(2021, 2, 8), None)


def test_papers_tell_a_body_what_was_said_before_its_turn_and_nothing_after(review: Review) -> None:
    consult(review)
    papers = review.papers("computing-committee", attempt=2)
    assert (papers.body, papers.stage, papers.attempt) == ("当時の委員会", "", 2)
    assert papers.met_on == date(2021, 2, 15)
    assert [(b.attempt, b.name) for b in papers.report.bodies] == [(1, "当時の委員会"), (1, "市民会議")]
    assert papers.outcomes == ("了承", "意見を付して了承", "差戻し")
    assert review.papers("citizens").stage == "外部評価"


def test_papers_for_no_body_in_particular_tell_the_whole_review(review: Review) -> None:
    consult(review)
    papers = review.papers()
    assert (papers.body, papers.met_on) == ("", None)
    assert len(papers.report.bodies) == 4


def test_in_english_the_plans_own_words_are_english(review: Review) -> None:
    year = MeasureYear(2018, Standing.COMPLETE, direction="improve")
    freeze(review, measures=(MeasureOfTerm(WLAN, review.titles[WLAN], OVER, "", "", (year,)),))
    review.decide(Decision(WLAN, Fate.CONTINUE, (review.going_on(WLAN, title="新名称", title_en="New name"),)))
    report = review.report("en")
    (told,) = report.measures
    assert told.title.isascii()
    assert all(heading.isascii() for heading in told.above)
    assert told.years[0].direction.isascii()
    decided = next(d for d in report.decisions if d.code == WLAN)
    assert decided.becomes == (f"{WLAN} New name",)
    assert report.municipality.isascii()
