"""Search finds what a person may open, in every way of writing it, and nothing else: of every kind there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any

import pytest
from sqlmodel import Session, col, select

from db import tables as t
from db.session import Database
from documents.formats import Format
from domain.body import SeatBasis, SeatRole
from domain.evaluation import CycleState, Direction
from domain.indicator import IndicatorDirection, IndicatorKind
from domain.key_project import CheckInReason, CheckInState
from domain.matter import StageOrigin
from domain.opinion import OpinionChannel, Reflection
from domain.phase_review import BODY_PAPERS
from domain.progress_report import ReportState
from domain.text import Bilingual
from records import document_archive, people, plans, search, search_sources
from records.change import Change
from records.search import Group
from records.search_sources import Age, Kind, Page
from tests.city import OPENED_AT, OPENED_ON, City, make_city

WORD, TYPED = "ツチノコ鑑定", "つちのこ 鑑定"
"""A word that stands nowhere else, and as somebody types it who looks for it."""
NEIGHBOURS = "ヨソモノ鑑定"
EVERYTHING = set(Kind)
_OF_A_DEPARTMENT = {Kind.REPORT, Kind.ATTACHMENT, Kind.EVALUATION, Kind.OPINION, Kind.DOCUMENT}
"""What others than the planning division and the department itself do not find."""


def found(city: City, who: str, query: str, only: Kind | None = None) -> dict[Kind, Group]:
    with city.database.reading(city.user(who).municipality_id) as session:
        actor = people.actor_of(session, city.user(who), OPENED_ON)
        return {g.kind: g for g in search.search(session, actor, query, OPENED_AT, _named, only)}


def _named(kind: str) -> Bilingual:
    return Bilingual({"annual-report": f"{WORD}書"}.get(kind, f"{kind} {WORD}"), "Report")


def pages(groups: dict[Kind, Group], kind: Kind) -> list[Page]:
    return [entry.page for entry in groups[kind].entries] if kind in groups else []


@pytest.fixture
def planted(real_city: City) -> City:
    _plant(real_city, real_city.municipality, real_city.plan, WORD, "1-1-1")
    with real_city.database.reading(real_city.neighbour) as session:
        plan = session.exec(select(t.Plan.id)).one()
    _plant(real_city, real_city.neighbour, plan, NEIGHBOURS, "1-2-3")
    return real_city


def _plant(city: City, municipality: int, plan_id: int, word: str, measure: str) -> None:
    """The word in one thing of every kind, each as it is before anybody has published or answered it."""
    said, change = f"ここに{word}が出てきます。", Change("test", OPENED_AT)
    with city.database.writing(municipality) as session:
        plan = session.get_one(t.Plan, plan_id)
        plan.name = f"{plan.name}（{word}）"
        plan.definition = {
            **plan.definition,
            "glossary": [{"term": word, "meaning": {"ja": "説明", "en": "An explanation"}}],
        }
        session.add(plan)
        edition = plans.edition_in_force(session, plan, OPENED_ON)
        node = session.exec(select(t.Node).where(t.Node.edition_id == edition.id, t.Node.code == measure)).one()
        node.details = {**node.details, "texts": {"content": [{"ja": said, "en": ""}]}}
        cycle = session.exec(select(t.AnnualCycle).where(t.AnnualCycle.fiscal_year == 2020)).one()
        report = session.exec(
            select(t.ProgressReport)
            .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
            .where(t.CollectionRound.cycle_id == cycle.id, t.ProgressReport.node_id == node.id)
        ).one()
        report.answers, report.state = {"achievements": said}, ReportState.SUBMITTED
        user = session.exec(select(t.User).order_by(col(t.User.id))).first()
        assert user is not None
        project = t.KeyProject(
            plan_id=plan_id,
            code="P1",
            title="見本",
            hypothesis=said,
            first_goal="",
            first_path="",
            goal="",
            path="",
            cadence_since=OPENED_ON,
            opened_on=OPENED_ON,
            workflow_id=f"project/{municipality}",
        )
        meeting = t.Meeting(
            plan_id=plan_id,
            body="council",
            body_name="推進会議",
            held_on=OPENED_ON,
            begins_at=time(10),
            ends_at=time(11),
            minutes=said,
            workflow_id=f"meeting/{municipality}",
        )
        matter = t.Matter(
            plan_id=plan_id,
            number=1,
            title="見本",
            question=said,
            wanted_by=OPENED_ON,
            body="council",
            workflow_id=f"matter/{municipality}",
            raised_on=OPENED_ON,
        )
        opinion = t.Opinion(
            plan_id=plan_id,
            source="citizens",
            channel=OpinionChannel.FORM,
            author="名乗った人",
            contact="renraku@example.jp",
            text=said,
            received_on=OPENED_ON,
            received_at=OPENED_AT,
        )
        session.add_all([node, report, project, meeting, matter, opinion])
        session.flush()
        session.add_all(
            [
                t.Attachment(
                    report_id=report.id,
                    name=f"{word}.pdf",
                    media_type="application/pdf",
                    size=1,
                    digest="",
                    attached_at=OPENED_AT,
                    attached_by_id=user.id,
                ),
                t.Indicator(
                    plan_id=plan_id,
                    code="planted",
                    name=word,
                    kind=IndicatorKind.COUNT,
                    direction=IndicatorDirection.HIGHER,
                    position=99,
                ),
                t.Evaluation(
                    cycle_id=cycle.id,
                    node_id=node.id,
                    direction=Direction.CONTINUE,
                    comment=said,
                    evaluated_on=OPENED_ON,
                    evaluated_by_id=user.id,
                ),
                t.CheckIn(
                    project_id=project.id,
                    number=1,
                    reason=CheckInReason.CADENCE,
                    state=CheckInState.SUBMITTED,
                    asked_on=OPENED_ON,
                    due_on=OPENED_ON,
                    question_set={"questions": [{"id": "tried"}]},
                    answers={"tried": said},
                ),
                t.Trial(
                    project_id=project.id,
                    number=1,
                    title="見本",
                    hypothesis=said,
                    started_on=OPENED_ON,
                    recorded_at=OPENED_AT,
                ),
                t.MatterStage(
                    matter_id=matter.id,
                    position=0,
                    body="council",
                    body_name="推進会議",
                    origin=StageOrigin.RAISED,
                    arrived_on=OPENED_ON,
                    due_on=OPENED_ON,
                ),
                t.Department(code="planted", name=word, valid_from=OPENED_ON),
                t.User(email=f"planted-{municipality}@city.example", name=word),
            ]
        )
        document_archive.store(session, change, meeting, "meeting-papers", Format.HTML, b"", OPENED_ON)


def test_the_planning_division_finds_every_kind_of_thing(planted: City) -> None:
    groups = found(planted, "planning", TYPED)
    assert set(groups) == EVERYTHING
    assert pages(groups, Kind.EVALUATION) == [Page.WORKBENCH]
    assert pages(groups, Kind.OPINION) == [Page.OPINION]
    assert pages(groups, Kind.PERSON) == [Page.PERSON]
    assert {len(group.entries) for group in groups.values()} == {1}


def test_a_department_finds_its_own_reports_and_what_is_shown_to_everybody(planted: City) -> None:
    groups = found(planted, "information_staff", TYPED)
    assert EVERYTHING - set(groups) == {Kind.EVALUATION, Kind.OPINION, Kind.DOCUMENT}
    assert {*pages(groups, Kind.DEPARTMENT), *pages(groups, Kind.PERSON)} == {Page.NOWHERE}


def test_another_department_finds_nothing_of_it(planted: City) -> None:
    groups = found(planted, "citizens_staff", TYPED)
    assert EVERYTHING - set(groups) == _OF_A_DEPARTMENT


def test_an_administrator_is_of_no_department(planted: City) -> None:
    groups = found(planted, "administrator", TYPED)
    assert EVERYTHING - set(groups) == _OF_A_DEPARTMENT
    assert pages(groups, Kind.PERSON) == [Page.PERSON]


@pytest.mark.parametrize("who", ["planning", "information_staff", "citizens_staff", "administrator"])
def test_nobody_finds_anything_of_another_city(planted: City, who: str) -> None:
    assert found(planted, who, NEIGHBOURS) == {}
    assert found(planted, "neighbour_staff", TYPED) == {}
    assert Kind.REPORT in found(planted, "neighbour_staff", NEIGHBOURS)


def test_a_draft_is_found_by_the_department_that_writes_it_alone(planted: City) -> None:
    _alter(planted, t.ProgressReport, lambda report: setattr(report, "state", ReportState.DRAFT))
    assert {Kind.REPORT, Kind.ATTACHMENT} <= set(found(planted, "information_colleague", TYPED))
    assert not {Kind.REPORT, Kind.ATTACHMENT} & set(found(planted, "planning", TYPED))


def test_a_check_in_is_found_once_it_was_sent_in(planted: City) -> None:
    _alter(planted, t.CheckIn, lambda check_in: setattr(check_in, "state", CheckInState.ASKED))
    assert Kind.CHECK_IN not in found(planted, "planning", TYPED)


def test_an_evaluation_is_found_by_its_department_once_decided_and_by_all_once_it_is_published(planted: City) -> None:
    _alter(planted, t.AnnualCycle, lambda cycle: setattr(cycle, "state", CycleState.CLOSING))
    assert pages(found(planted, "information_staff", TYPED), Kind.EVALUATION) == [Page.MEASURE]
    assert Kind.EVALUATION not in found(planted, "citizens_staff", TYPED)
    with planted.database.writing(planted.municipality) as session:
        cycle = session.get_one(t.AnnualCycle, planted.cycle)
        change = Change("test", OPENED_AT)
        document_archive.store(session, change, cycle, "annual-report", Format.HTML, b"", OPENED_ON)
    assert Kind.EVALUATION not in found(planted, "citizens_staff", TYPED)
    _alter(planted, t.AnnualCycle, lambda cycle: setattr(cycle, "state", CycleState.CLOSED))
    assert pages(found(planted, "citizens_staff", TYPED), Kind.EVALUATION) == [Page.DOCUMENT]


def test_an_answered_opinion_is_found_by_all_beside_its_measure_and_its_author_by_nobody(planted: City) -> None:
    with planted.database.writing(planted.municipality) as session:
        opinion = session.exec(select(t.Opinion)).one()
        session.add(t.OpinionNode(opinion_id=opinion.id, node_id=planted.report("1-1-1").node_id))
    assert Kind.OPINION not in found(planted, "citizens_staff", TYPED)
    with planted.database.writing(planted.municipality) as session:
        opinion = session.exec(select(t.Opinion)).one()
        opinion.reflection, opinion.answer = Reflection.FOR_LATER, "承りました。"
        session.add(opinion)
    groups = found(planted, "citizens_staff", "承りました")
    assert pages(groups, Kind.OPINION) == [Page.MEASURE]
    for secret in ("名乗った人", "renraku"):
        assert Kind.OPINION not in found(planted, "planning", secret)
        assert Kind.OPINION not in found(planted, "citizens_staff", secret)


def test_papers_are_found_by_those_who_sit_in_the_body(planted: City) -> None:
    staff = planted.user("citizens_staff")
    with planted.database.writing(planted.municipality) as session:
        seat = t.Seat(
            plan_id=planted.plan,
            body="council",
            user_id=staff.id,
            role=SeatRole.MEMBER,
            basis=SeatBasis.NOMINATION,
            valid_from=date(2020, 4, 1),
        )
        session.add(seat)
        review = t.PhaseReview(
            plan_id=planted.plan,
            term="early",
            fiscal_year=2020,
            edition_id=session.exec(select(t.Edition.id)).first() or 0,
            workflow_id="review",
            opened_on=OPENED_ON,
            opened_by="test",
        )
        session.add(review)
        session.flush()
        for kind in (f"{BODY_PAPERS}1", "comparison-table"):
            document_archive.store(session, Change("test", OPENED_AT), review, kind, Format.HTML, b"", OPENED_ON)
    assert len(found(planted, "planning", TYPED)[Kind.DOCUMENT].entries) == 3
    assert [e.on for e in found(planted, "citizens_staff", TYPED)[Kind.DOCUMENT].entries] == [OPENED_ON]
    assert Kind.DOCUMENT not in found(planted, "information_staff", TYPED)


def test_who_may_not_sign_in_any_more_is_not_found(planted: City) -> None:
    _alter(planted, t.User, lambda user: setattr(user, "is_active", not user.name.startswith("ツチノコ")))
    assert Kind.PERSON not in found(planted, "planning", TYPED)


@pytest.mark.parametrize("query", ["", "　", "・ - ", "どこにもない言葉", "100%", "_", "'; drop table node; --", "\\"])
def test_what_stands_nowhere_is_not_found(planted: City, query: str) -> None:
    assert found(planted, "information_staff", query) == {}


@pytest.mark.parametrize("query", ["つちのこ", "ﾂﾁﾉｺ", "鑑定　ツチノコ", "ツチ・ノコ"])
def test_it_does_not_matter_how_a_word_is_typed(planted: City, query: str) -> None:
    assert set(found(planted, "planning", query)) == EVERYTHING


def test_a_word_of_the_measure_helps_to_find_a_report_but_does_not_find_it_alone(planted: City) -> None:
    with planted.database.reading(planted.municipality) as session:
        title = session.get_one(t.Node, planted.report("1-1-1").node_id).title
    assert Kind.REPORT in found(planted, "information_staff", f"{title} {WORD}")
    assert Kind.REPORT not in found(planted, "information_staff", title)


def test_the_edition_in_force_comes_first_and_older_ones_say_so(real_city: City) -> None:
    groups = found(real_city, "planning", "公衆無線", Kind.NODE)
    ages = [entry.age for entry in groups[Kind.NODE].entries]
    assert ages[0] is Age.IN_FORCE
    assert ages == sorted(ages, key=[Age.IN_FORCE, Age.TO_COME, Age.BEFORE].index)
    assert len(set(ages)) > 1


def test_more_of_a_kind_than_is_shown_and_rows_that_were_not_read_are_told(
    planted: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = found(planted, "planning", "の")[Kind.NODE]
    assert (len(group.entries), group.has_more, group.is_cut) == (search.MOST_OF_A_KIND, True, False)
    assert len(found(planted, "planning", "の", Kind.NODE)[Kind.NODE].entries) > search.MOST_OF_A_KIND
    monkeypatch.setattr(search_sources, "READ_AT_MOST", 3)
    cut = found(planted, "planning", "どこにもない", Kind.NODE)[Kind.NODE]
    assert (cut.entries, cut.is_cut) == ((), True)


def test_postgresql_finds_the_same_as_sqlite(postgresql: Database, planted: City) -> None:
    city = make_city(postgresql)
    _plant(city, city.municipality, city.plan, WORD, "1-1-1")
    for who in ("planning", "information_staff", "citizens_staff"):
        for query in (TYPED, WORD, "公衆無線", "ＬＡＮ"):
            assert _told(found(city, who, query)) == _told(found(planted, who, query)), (who, query)


def _told(groups: dict[Kind, Group]) -> dict[Kind, Sequence[object]]:
    return {kind: [(e.page, e.title, e.texts, e.age) for e in group.entries] for kind, group in groups.items()}


def _alter(city: City, table: Any, change: Callable[..., None]) -> None:
    with city.database.writing(city.municipality) as session:
        _each(session, table, change)


def _each(session: Session, table: Any, change: Callable[..., None]) -> None:
    for row in session.exec(select(table)).all():
        change(row)
        session.add(row)
