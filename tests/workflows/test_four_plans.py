"""One year of each of the four plans, by the real workflows, all in one record: opened, asked, evaluated, closed.

The years are Meguru's own choice: of the comprehensive plan one in which both source documents are known, of the DX
policy the first of its edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest
from sqlmodel import Session, col, select

import plan_files
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.evaluation import CycleState, Direction
from domain.fiscal_year import FiscalYear
from domain.ladder import StepKind
from domain.mail_ledger import MailState
from domain.plan import PlanDefinition
from domain.progress_report import ReportState
from records import audit, cycles, outbox, plans
from replay import run
from replay.answers import MARK
from tests.databases import Databases

PLANS = Path(__file__).parents[2] / "plans"
YEARS = {"iizuka-ict": 2018, "misato-policy": 2024, "tokorozawa-comprehensive": 2024, "tokorozawa-dx": 2026}
MEASURES = {"iizuka-ict": 36, "misato-policy": 9, "tokorozawa-comprehensive": 40, "tokorozawa-dx": 10}
FORMATS = ("docx", "html", "pdf", "xlsx")
SIMULATED = "模擬データ"


@dataclass(frozen=True)
class Year:
    """A plan's played year as its city's record holds it."""

    definition: PlanDefinition
    session: Session
    plan: t.Plan
    cycle: t.AnnualCycle

    def reports(self) -> list[tuple[t.ProgressReport, t.UpdateRequest]]:
        query = (
            select(t.ProgressReport, t.UpdateRequest)
            .join(t.UpdateRequest, col(t.UpdateRequest.id) == col(t.ProgressReport.request_id))
            .join(t.CollectionRound, col(t.CollectionRound.id) == col(t.ProgressReport.round_id))
            .where(t.CollectionRound.cycle_id == self.cycle.id)
        )
        return list(self.session.exec(query).all())

    def mails(self, kind: StepKind) -> list[t.Mail]:
        requests = {request.id for _, request in self.reports()}
        query = select(t.Mail).where(t.Mail.kind == kind, col(t.Mail.request_id).in_(requests))
        return list(self.session.exec(query).all())

    def evaluations(self) -> list[t.Evaluation]:
        return list(self.session.exec(select(t.Evaluation).where(t.Evaluation.cycle_id == self.cycle.id)).all())

    def documents(self) -> dict[str, bytes]:
        stored = self.session.exec(select(t.Document).where(t.Document.cycle_id == self.cycle.id)).all()
        return {document.format: document.content for document in stored}


@pytest.fixture(scope="module")
def four_years(databases: Databases) -> Iterator[Database]:
    """The years of all four plans, played one after the other in one record: three cities, two plans in one of them."""
    with databases.copied() as database:
        for name, fiscal_year in YEARS.items():
            played = run.play_year(database, plan_files.read_plan(PLANS / f"{name}.yaml"), fiscal_year)
            assert (played.cycles, played.unfinished, played.mails_not_sent) == ({fiscal_year: "closed"}, 0, {})
        yield database


@pytest.fixture(params=YEARS)
def year(four_years: Database, request: pytest.FixtureRequest) -> Iterator[Year]:
    name = request.param
    with four_years.reading(EVERY_MUNICIPALITY) as session:
        city = plans.find(session, name).municipality_id
    with four_years.reading(city) as session:
        plan = plans.find(session, name)
        cycle = cycles.cycle_of(session, plan, YEARS[name])
        assert cycle is not None
        yield Year(plan_files.read_plan(PLANS / f"{name}.yaml"), session, plan, cycle)


def only(*names: str) -> pytest.MarkDecorator:
    """Runs a test for some of the four plans."""
    return pytest.mark.parametrize("year", names, indirect=True)


def test_the_year_opens_by_the_calendar_or_by_hand(year: Year) -> None:
    by_calendar = year.definition.cycle_opens is not None
    assert (year.cycle.opened_by == "scheduler") is by_calendar
    assert by_calendar is (year.plan.code != "tokorozawa-dx"), "the DX policy holds no yearly plan on purpose"


def test_every_measure_is_asked_for_reported_and_confirmed(year: Year) -> None:
    reports = year.reports()
    assert len(reports) == MEASURES[year.plan.code]
    assert {report.state for report, _ in reports} == {ReportState.CONFIRMED}
    assert all(request.department_id for _, request in reports), "somebody answers for every measure"


def test_who_is_late_is_reminded_and_nobody_else(year: Year) -> None:
    reminded = {mail.request_id for mail in year.mails(StepKind.REMINDER)}
    late = {r.request_id for r in year.session.exec(select(t.ProgressReport)) if _was_late(year, r)}
    assert reminded == late
    assert reminded
    assert year.mails(StepKind.ESCALATION), "whoever stays silent is told to the superior"


def _was_late(year: Year, report: t.ProgressReport) -> bool:
    """Whether the first submission of a report of this year came after its round was due."""
    round_ = year.session.get_one(t.CollectionRound, report.round_id)
    said = year.session.exec(select(t.Submission).where(t.Submission.report_id == report.id)).all()
    return round_.cycle_id == year.cycle.id and min(one.submitted_on for one in said) > round_.due_on


def test_one_report_came_back_and_every_mail_reached_the_mail_server(year: Year) -> None:
    assert sum(report.returns for report, _ in year.reports()) == 1
    assert {mail.state for kind in StepKind for mail in year.mails(kind)} == {MailState.SENT}


def test_everything_is_evaluated_as_the_plan_evaluates(year: Year) -> None:
    found = year.evaluations()
    assert len(found) == MEASURES[year.plan.code]
    grades = {grade.code for grade in year.definition.grades} or {""}
    assert {e.grade for e in found} <= grades
    assert {e.direction for e in found} <= set(Direction)
    assert (grades == {""}) is (year.plan.code == "tokorozawa-dx"), "the DX policy looks back in words, without grades"


def test_the_year_ends_closed_and_nothing_waits(year: Year) -> None:
    assert year.cycle.state is CycleState.CLOSED
    assert year.cycle.closed_on is not None
    assert (
        FiscalYear.of(year.cycle.opened_on) == FiscalYear.of(year.cycle.closed_on) == FiscalYear(YEARS[year.plan.code])
    )
    assert outbox.waiting(year.session, 0, 10) == []
    assert audit.verify(year.session).broken_at is None


def test_its_report_stands_in_four_formats_and_names_every_measure(year: Year) -> None:
    documents = year.documents()
    assert tuple(sorted(documents)) == FORMATS
    edition = year.session.get_one(t.Edition, year.cycle.edition_id)
    titles = [n.title for n in plans.measures_of(year.session, edition.id)]
    for format_, text in texts_of(documents).items():
        assert [title for title in titles if _tight(title) not in text] == [], format_
        assert SIMULATED in text, format_
        assert "サンプル" in text, format_


@only("misato-policy")
def test_misato_tells_its_progress_by_reform_view_and_its_staff_and_money(year: Year) -> None:
    views = [value.label.ja for value in year.definition.views[0].values]
    for format_, text in texts_of(year.documents()).items():
        assert "行革の視点ごとの進み具合" in text, format_
        assert [view for view in views if f"行革の視点：{view}" not in text] == [], format_
        assert "携わった職員" in text, format_
        assert "千円" in text, format_
    # 19 initiatives stand in 参加と協働, in 6 measures, all of them reported, approved and evaluated.
    assert "参加と協働1966660510" in texts_of(year.documents())["html"]


@only("tokorozawa-comprehensive")
def test_the_comprehensive_plan_tells_its_indicators_by_chapter_and_rates_none_without_a_target(year: Year) -> None:
    chapters = [n.title for n in year.definition.editions[0].nodes if n.level == "chapter"]
    for format_, text in texts_of(year.documents()).items():
        assert "章ごとの指標" in text, format_
        assert [chapter for chapter in chapters if _tight(chapter) not in text] == [], format_
        assert "59件の指標は、どの章のものか記載がないため" in text, format_
        assert "目標値が記載された指標はないため、達成率は出していません。" in text, format_
        assert "変わらない（端数の扱いの違い）" in text, "3 of 19 people in both years"
        assert "リーディングプロジェクトごと" not in text, "no section is placed in one"


@only("tokorozawa-dx")
def test_the_dx_policy_tells_what_was_tried_and_learnt_without_a_grade(year: Year) -> None:
    (html,) = (text for format_, text in texts_of(year.documents()).items() if format_ == "html")
    for question in year.definition.question_set.questions[:2]:
        assert question.label.ja in html
    assert html.count(MARK) > MEASURES["tokorozawa-dx"]
    assert not re.search(r"[ABCD]（", html)


@only("iizuka-ict")
def test_iizuka_has_neither_views_nor_indicators_to_tell(year: Year) -> None:
    for format_, text in texts_of(year.documents()).items():
        assert "ごとの進み具合" not in text, format_
        assert "ごとの指標" not in text, format_


def texts_of(documents: Mapping[str, bytes]) -> dict[str, str]:
    """What each file says, without blanks: where a format breaks its lines says nothing."""
    return {format_: _text(format_, content) for format_, content in documents.items()}


@cache  # to read a long PDF takes longer than to play its year
def _text(format_: str, content: bytes) -> str:
    read = {"html": _html, "docx": _word, "pdf": _pdf, "xlsx": _excel}
    return _tight(read[format_](content))


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _html(file: bytes) -> str:
    without_style = re.sub(r"<style>.*?</style>", "", file.decode(), flags=re.DOTALL)
    return re.sub(r"<[^>]*>", "", without_style)


def _word(file: bytes) -> str:
    return "".join(str(node.text) for node in docx.Document(BytesIO(file)).element.body.iter() if node.text)


def _pdf(file: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(file)).pages)


def _excel(file: bytes) -> str:
    book = openpyxl.load_workbook(BytesIO(file))
    cells = (value for sheet in book for row in sheet.iter_rows(values_only=True) for value in row)
    return "".join(str(value) for value in cells if value is not None)
