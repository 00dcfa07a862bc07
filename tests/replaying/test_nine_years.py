"""Nine years of Iizuka by the real workflows: the printed edition of 2021 comes out of the decisions of 2020."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest

import plan_files
from replay import run
from replay.beginning import as_it_began
from replay.summary import Summary

PLAN = plan_files.read_plan(Path(__file__).parents[2] / "plans" / "iizuka-ict.yaml")
BEFORE, PRINTED = PLAN.editions


@pytest.fixture(scope="module")
def nine_years() -> Summary:
    return run.replay(PLAN, None, None)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the replay leaves behind of the FY2020 review: the years before it go without documents."""
    folder = tmp_path_factory.mktemp("documents")
    run.replay(PLAN, date(2021, 4, 1), folder)
    return folder / PLAN.code / "2021-03"


def test_thirty_six_measures_become_forty(nine_years: Summary) -> None:
    before, after = nine_years.record.editions
    assert (before.code, len(before.measures)) == ("2018-03", 36)
    assert (after.code, len(after.measures)) == ("2021-03", 40)
    assert after.effective_on == date(2021, 4, 1)


def test_codes_and_titles_of_the_new_edition_are_the_printed_ones(nine_years: Summary) -> None:
    made = nine_years.record.editions[1]
    assert made.measures == tuple((n.code, n.title) for n in PRINTED.nodes if n.level == "measure")


def test_the_lineage_counts_are_those_of_the_source(nine_years: Summary) -> None:
    told = nine_years.record.editions[1].lineage
    assert {kind: told.get(kind, 0) for kind in ("new", "abolished", "merged", "split", "renamed", "renumbered")} == {
        "new": 7,
        "abolished": 2,
        "merged": 1,
        "split": 0,
        "renamed": 14,
        "renumbered": 5,
    }


def test_the_plan_began_without_what_it_was_to_become() -> None:
    assert [e.code for e in as_it_began(PLAN).editions] == ["2018-03"]


def test_every_year_and_every_review_comes_to_its_end(nine_years: Summary) -> None:
    record = nine_years.record
    assert record.cycles == dict.fromkeys(range(2018, 2027), "closed")
    assert record.reviews == {"early": "revision", "middle": "no_revision", "late": "no_revision"}
    assert (record.unfinished, record.mails_not_sent, record.audit_is_unbroken) == (0, {}, True)


def test_all_measures_are_reported_each_year_and_proposed_for_in_each_review(nine_years: Summary) -> None:
    reports = nine_years.record.reports
    assert reports == {"confirmed": 3 * 36 + 6 * 40, "approved": 36 + 2 * 40}


def test_no_process_needs_a_long_history(nine_years: Summary) -> None:
    assert len(nine_years.history_events) == 9 * 2 + 3 * 2
    assert max(nine_years.history_events.values()) < 300


def test_the_review_leaves_its_documents_in_the_folder_of_its_edition(documents: Path) -> None:
    every = ("comparison-table", "phase-review-report", "revised-plan")
    expected = {f"{name}.{end}" for name in every for end in ("html", "docx", "pdf", "xlsx")}
    assert {f.name for f in documents.iterdir()} == expected | {"body-papers-1.docx", "body-papers-1.pdf"}


def test_the_comparison_table_of_the_replay_tells_the_printed_changes(documents: Path) -> None:
    sheet = openpyxl.load_workbook(documents / "comparison-table.xlsx").worksheets[0]
    text = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)
    titles = {n.title for n in (*BEFORE.nodes, *PRINTED.nodes) if n.level == "measure"}
    assert [title for title in titles if title not in text] == []
    pages = pypdf.PdfReader(documents / "comparison-table.pdf").pages
    assert "新旧対照表" in pages[0].extract_text()


def test_the_review_report_holds_the_facts_of_the_term_and_says_what_is_simulated(documents: Path) -> None:
    file = docx.Document(str(documents / "phase-review-report.docx"))
    cells = {cell.text for table in file.tables for row in table.rows for cell in row.cells}
    text = "\n".join((*(p.text for p in file.paragraphs), *cells))
    fact = next(a.text.ja for a in PLAN.achievements if a.term == "early")
    assert fact in text
    assert "模擬データ" in text
    assert "計画を改訂する" in text


def test_the_revised_plan_list_names_every_measure_of_the_new_edition(documents: Path) -> None:
    page = (documents / "revised-plan.html").read_text(encoding="utf-8")
    assert [n.title for n in PRINTED.nodes if n.title not in page] == []
