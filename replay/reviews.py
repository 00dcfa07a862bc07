"""What people do in the review of a term: the decisions of a printed edition, else 「模擬データ」 and no revision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from sqlmodel import Session, col, select

from db import tables as t
from domain.fiscal_year import FiscalYear
from domain.ladder import Rank
from domain.phase_review import ConsultationOutcome, ReviewOutcome, ReviewState, review_years
from domain.plan import REVIEW_ROUND, PlanDefinition, Term
from domain.progress_report import EDITABLE, ReportState
from domain.revision import Decision
from domain.text import Bilingual
from japan_calendar import business_calendar
from records import people, plans, reporting, review_decisions, reviews
from replay.agenda import Entry, Moment, at_once, on
from replay.answers import MARK
from replay.printed import Printed, in_a_proposal, printed_after
from replay.script import holder, planner, reports_of, submit

_WITHOUT_WORDS = Bilingual(f"{MARK}計画書に理由の記載がないため、模擬の理由です。")
_NOT_NEEDED = f"{MARK}施策は予定のとおり進み、改める必要のある変化がないため、改訂しません。"
_CRITERIA = (
    "この期の報告では、多くの施策が予定のとおり進みました。",
    "評価は、遅れのある施策を除いておおむね良好です。",
    "寄せられた意見には、次の期の取組みの中で応えます。",
    "社会の変化に合わせて、対象と進め方を確かめました。",
    "新しい技術は、費用と効果を比べながら取り入れます。",
)
_OUTCOMES = (ConsultationOutcome.APPROVED_WITH_COMMENTS, ConsultationOutcome.APPROVED)


@dataclass(frozen=True)
class PlayedReview:
    """The review of one term. `printed` None: the plan file knows no edition that followed, so nothing is revised."""

    plan: PlanDefinition
    term: Term
    printed: Printed | None

    def entries(self) -> Iterator[Entry]:
        """The review's agenda, from its opening by the calendar to the last body."""
        rule, year = self.plan.review, FiscalYear(self.term.last_fiscal_year)
        if rule is None or rule.opens is None:
            return
        calendar = business_calendar(range(year.starts_in, year.starts_in + 3))
        opens = calendar.on_or_after(year.day(rule.opens.month, rule.opens.day))
        due = calendar.shift(opens, rule.due_after_days)
        yield on(opens, 8, 30)
        for turn, days in enumerate((2, 4)):
            yield on(calendar.shift(opens, days), 14, 20, at_once(partial(self.propose, turn=turn)))
            yield on(calendar.shift(opens, days + 1), 16, 40, at_once(self.approve))
        yield on(calendar.shift(due, 1), 10, 20, self.close_proposals)
        yield on(calendar.shift(due, 3), 15, 20, at_once(self.decide))
        yield on(calendar.shift(due, 5), 14, 20, self.consult)

    def propose(self, session: Session, moment: Moment, turn: int) -> None:
        """Every second department answers at a time; what nobody is responsible for is nobody's to propose."""
        for position, request in enumerate(self._requests(session)):
            if position % 2 != turn or request.department_id is None:
                continue
            owed = reports_of(session, request, EDITABLE)
            said = [(r, self._proposal(session.get_one(t.Node, r.node_id))) for r in owed]
            submit(session, moment, request.department_id, said)

    def approve(self, session: Session, moment: Moment) -> None:
        for request in self._requests(session):
            reports = reports_of(session, request, (ReportState.SUBMITTED,))
            if not reports or request.department_id is None:
                continue
            head = holder(session, request.department_id, Rank.SECTION_HEAD, moment.today)
            actor = people.actor_of(session, head, moment.today)
            for report in reports:
                reporting.approve(session, moment.change(head), actor, report.id, moment.today)

    def close_proposals(self, session: Session, moment: Moment) -> None:
        reviews.begin_deciding(session, moment.change(planner(session)), self._review(session), moment.today)

    def decide(self, session: Session, moment: Moment) -> None:
        """The planning division answers the criteria and enters what was decided, measure by measure."""
        review, change = self._review(session), moment.change(planner(session))
        assert self.plan.review is not None
        for i, criterion in enumerate(self.plan.review.criteria):
            reviews.answer_criterion(session, change, review, criterion.code, MARK + _CRITERIA[i % len(_CRITERIA)])
        if self.printed is None:
            reviews.set_outcome(session, change, review, ReviewOutcome.NO_REVISION, _NOT_NEEDED, None)
        else:
            self._decide_as_printed(session, moment, review, self.printed)
        reviews.finish_deciding(session, change, review, moment.today)

    def consult(self, session: Session, moment: Moment) -> None:
        """The bodies agree; the first has something to say."""
        review = self._review(session)
        if review.state is not ReviewState.CONSULTING:
            return
        for turn in reviews.current_consultations(session, review):
            outcome = _OUTCOMES[min(turn.position, 1)]
            comment = f"{MARK}新しい施策の進み具合を、次の年度の報告で説明してください。"
            reviews.record_consultation(
                session,
                moment.change(planner(session)),
                review,
                turn.id,
                outcome,
                comment if outcome is ConsultationOutcome.APPROVED_WITH_COMMENTS else "",
                moment.today,
                moment.today,
            )

    def _decide_as_printed(self, session: Session, moment: Moment, review: t.PhaseReview, printed: Printed) -> None:
        change = moment.change(planner(session))
        nodes = {n.code: n for n in plans.measures_of(session, review.edition_id)}
        for decision in printed.decisions:
            review_decisions.decide(session, change, review, nodes[decision.measure].id, decision, 0)
        owners = self._owners_by_parent(session, review, moment)
        for new in printed.new_measures:
            measure = replace(new.measure, department=owners.get(new.measure.parent, ""))
            review_decisions.decide_new(session, change, review, replace(new, measure=measure))
        reviews.set_outcome(session, change, review, ReviewOutcome.REVISION, "", printed.head)

    def _owners_by_parent(self, session: Session, review: t.PhaseReview, moment: Moment) -> dict[str, str]:
        """Goal → the sample department of its first measure: the source names none for any measure (記載なし)."""
        owners = plans.owners_on(session, review.edition_id, moment.today)
        codes: dict[int | None, str] = {n.id: n.code for n in plans.nodes_of(session, review.edition_id)}
        found: dict[str, str] = {}
        for node in plans.measures_of(session, review.edition_id):
            if node.id in owners:
                found.setdefault(codes.get(node.parent_id, ""), owners[node.id].code)
        return found

    def _proposal(self, node: t.Node) -> dict[str, str]:
        """What a department proposes. A question by a class's time rule is answered with yes."""
        by_rule = {"done_in_term": "yes", "weighed_in_term": "yes", "studied_in_term": "yes"}
        told = self._by_measure().get(node.code)
        said = {"fate": "continue"} if told is None else in_a_proposal(told, node.title, _WITHOUT_WORDS)
        cls = self.plan.class_of(node.measure_class or "")
        asked = {cls.time_rule.value} if cls and cls.time_rule else set()
        if "studied_in_term" in asked:
            said["study_outcome"] = f"{MARK}調べた結果、次の期も続けることにしました。"
        return said | {key: value for key, value in by_rule.items() if key in asked}

    def _by_measure(self) -> dict[str, Decision]:
        return {d.measure: d for d in self.printed.decisions} if self.printed else {}

    def _review(self, session: Session) -> t.PhaseReview:
        review = reviews.of_term(session, plans.find(session, self.plan.code), self.term.code)
        assert review is not None, self.term.code
        return review

    def _requests(self, session: Session) -> list[t.UpdateRequest]:
        query = (
            select(t.UpdateRequest)
            .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.UpdateRequest.round_id))
            .where(t.CollectionRound.review_id == self._review(session).id, t.CollectionRound.code == REVIEW_ROUND)
            .order_by(col(t.UpdateRequest.id))
        )
        return list(session.exec(query))


def played_reviews(plan: PlanDefinition, began: PlanDefinition) -> Iterator[PlayedReview]:
    """The reviews of a plan's terms; `began` is the plan as it was on its first day."""
    years = review_years(plan)
    for term in plan.terms:
        if term.last_fiscal_year in years:
            yield PlayedReview(began, term, printed_after(plan, term))
