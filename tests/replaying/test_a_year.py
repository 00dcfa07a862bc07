"""One year of Iizuka's past, played by the real workflows: its story, its mails, its documents."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from datetime import date
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
from domain.calendar import JST
from domain.ladder import StepKind
from domain.mail_ledger import MailState
from replay import run
from replay.output import RECORD, NotOurs
from replay.summary import Summary

PLAN = plan_files.read_plan(Path(__file__).parents[2] / "plans" / "iizuka-ict.yaml")
END_OF_2018 = date(2019, 3, 31)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a replay of FY2018 leaves behind, documents and all."""
    folder = tmp_path_factory.mktemp("replay")
    run.replay(PLAN, END_OF_2018, folder)
    return folder


@pytest.fixture
def record(out: Path) -> Iterator[Session]:
    database = Database(f"sqlite:///{out / 'iizuka-ict' / RECORD}")
    with database.reading(EVERY_MUNICIPALITY) as session:
        yield session
    database.dispose()


def test_a_year_is_played_to_its_end_without_documents() -> None:
    days: list[date] = []
    played: Summary = run.replay(PLAN, END_OF_2018, None, days.append)
    assert (played.first_day, played.last_day) == (date(2018, 4, 1), END_OF_2018)
    assert played.record.cycles == {2018: "closed"}
    assert played.record.reports == {"confirmed": 36}
    assert {"notice", "reminder", "escalation", "approval_request", "return"} == set(played.record.mails)
    assert played.record.mails_not_sent == {}
    assert played.record.unfinished == 0
    assert played.record.audit_is_unbroken
    assert played.record.audit_entries > 36 * 3  # each measure was reported, approved and evaluated
    assert played.documents == ()
    (edition,) = played.record.editions
    assert (edition.code, len(edition.measures), edition.lineage) == ("2018-03", 36, {})
    assert set(played.history_events) == {
        "annual-cycle/iizuka/iizuka-ict/2018",
        "collection/iizuka/iizuka-ict/2018/yearly",
    }
    assert all(events > 0 for events in played.history_events.values())
    assert days == sorted(days)
    assert days[-1] == END_OF_2018


def test_the_record_lives_in_the_time_that_is_played(record: Session) -> None:
    mails = record.exec(select(t.Mail)).all()
    assert {mail.claimed_at.astimezone(JST).date() for mail in mails} == {mail.claimed_on for mail in mails}
    assert all(mail.sent_at and mail.sent_at.date().year == 2019 for mail in mails)
    instants = record.exec(select(t.AuditEntry.at).order_by(col(t.AuditEntry.sequence))).all()
    assert instants[0].astimezone(JST).date() == date(2018, 4, 1)
    assert instants[-1].astimezone(JST).date() <= END_OF_2018
    submitted = record.exec(select(t.Submission)).all()
    assert all(s.submitted_at.astimezone(JST).date() == s.submitted_on for s in submitted)


def test_the_mails_leave_at_the_hour_of_the_plan(record: Session) -> None:
    for mail in record.exec(select(t.Mail).where(t.Mail.kind != StepKind.RETURN)):
        assert mail.claimed_at.astimezone(JST).strftime("%H:%M") == "09:00"


def test_one_report_comes_back_and_is_sent_again(record: Session) -> None:
    (returned,) = record.exec(select(t.ProgressReport).where(t.ProgressReport.returns > 0)).all()
    said = record.exec(select(t.Submission).where(t.Submission.report_id == returned.id)).all()
    assert len(said) == 2
    assert "差戻しを受けて" in said[1].answers["achievements"]
    assert "差戻しを受けて" not in said[0].answers["achievements"]


def test_only_who_is_late_is_reminded(record: Session) -> None:
    reminded = record.exec(
        select(t.UpdateRequest.department_id)
        .join(t.Mail, col(t.Mail.request_id) == col(t.UpdateRequest.id))
        .where(t.Mail.kind == StepKind.REMINDER)
    ).all()
    assert len(set(reminded)) == 2


def test_every_mail_is_a_file_dated_in_the_plan(out: Path, record: Session) -> None:
    files = sorted((out / "iizuka-ict" / "mails").glob("*.eml"))
    sent = record.exec(select(t.Mail).where(t.Mail.state == MailState.SENT)).all()
    assert len(files) == len(sent) > 0
    messages = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
    assert {m["Message-ID"] for m in messages} == {mail.message_id for mail in sent}
    days = [m["Date"].datetime.astimezone(JST).date() for m in messages]
    assert days == sorted(days)
    assert date(2019, 1, 15) == days[0]
    assert files[0].name.startswith("2019-01-15-0900-00001-")


def test_the_report_of_the_year_stands_in_four_formats(out: Path) -> None:
    folder = out / "iizuka-ict" / "2018"
    said = "【模擬データ】"
    assert said in (folder / "annual-report.html").read_text(encoding="utf-8")
    pages = pypdf.PdfReader(folder / "annual-report.pdf").pages
    assert "模擬データ" in "".join(page.extract_text() for page in pages)
    word = docx.Document(str(folder / "annual-report.docx"))
    tables = "".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    assert said in tables + "".join(p.text for p in word.paragraphs)
    book = openpyxl.load_workbook(BytesIO((folder / "annual-report.xlsx").read_bytes()))
    assert any(said in str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    book.close()


def test_the_summary_lists_what_is_there(out: Path) -> None:
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["plan"] == "iizuka-ict"
    assert summary["cycles"] == {"2018": "closed"}
    assert {"preparing", "playing", "reading"} == set(summary["seconds"])
    written = {str(f.relative_to(out / "iizuka-ict")) for f in (out / "iizuka-ict" / "2018").iterdir()}
    assert set(summary["documents"]) == written


def test_a_replay_throws_away_only_a_replay(tmp_path: Path) -> None:
    (tmp_path / "iizuka-ict").mkdir()
    (tmp_path / "iizuka-ict" / "precious.txt").write_text("not a replay")
    with pytest.raises(NotOurs):
        run.replay(PLAN, END_OF_2018, tmp_path)
    assert (tmp_path / "iizuka-ict" / "precious.txt").read_text() == "not a replay"
