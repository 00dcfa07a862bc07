"""The audit log: in words, in parts, taken along, verified; for the planning division and administrators alone."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from html import unescape
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from sqlmodel import select

from db import tables as t
from records import audit
from records.change import Change
from tests.city import OPENED_AT, City
from tests.test_texts import japanese_in
from tests.web.conftest import BASE_URL, Answer, Site

PAGES = ("", "/verification", "/export.csv", "/export.xlsx")


def numbers(answer: Answer) -> list[int]:
    return [int(n) for n in re.findall(r'<td class="number" data-label="[^"]*">(\d+)</td>', answer.text)]


@pytest.fixture
def busy(site: Site) -> Site:
    """More entries than a page holds: a submission, then a hundred dull ones on the next day, then a formula."""
    site.city.submit("1-1-1", "information_staff")
    with site.city.database.writing(site.city.municipality) as session:
        for n in range(100):
            audit.write(session, Change("workflow", OPENED_AT + timedelta(days=1)), "mail.sent", f"mail/{n}")
        audit.write(session, Change("cli", OPENED_AT + timedelta(days=2)), "plan.imported", "=1+1", reason="=2+2")
    return site


@pytest.mark.parametrize("page", PAGES)
def test_only_the_planning_division_and_administrators_read_it(site: Site, page: str) -> None:
    answers = {who: site.browser(who).get(f"/desk/audit{page}").status for who in ("planning", "administrator")}
    assert set(answers.values()) == {200}
    for who in ("information_staff", "information_head", "information_director", "citizens_staff"):
        assert site.browser(who).get(f"/desk/audit{page}").status == 403
    assert site.stranger().get(f"/desk/audit{page}").status == 303


def test_the_newest_stands_first_in_plain_words_with_the_name_of_who_did_it(site: Site) -> None:
    site.city.submit("1-1-1", "information_staff")
    answer = site.browser("administrator").get("/desk/audit")
    assert numbers(answer) == sorted(numbers(answer), reverse=True)
    row = answer.text[answer.text.index("<tbody>") :].split("</tr>")[0]
    assert "報告を提出した" in row
    assert "佐藤 花子" in row
    assert "information_staff@city.example" in row
    assert "report.submitted" not in answer.words


def test_turning_pages_shows_every_entry_once_in_both_directions(busy: Site) -> None:
    browser, seen, path = busy.browser("planning"), [], "/desk/audit"
    while True:
        answer = browser.get(path)
        seen += numbers(answer)
        older = re.search(r'href="(/desk/audit\?[^"]*before=\d+)"', answer.text)
        if older is None:
            break
        path = unescape(older.group(1))
    assert seen == list(range(len(seen), 0, -1))
    newer = re.search(r'href="(/desk/audit\?[^"]*after=\d+)"', answer.text)
    assert newer is not None
    assert numbers(browser.get(unescape(newer.group(1))))[-1] == numbers(answer)[0] + 1


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("by=はなこ", set()),
        ("by=花子&group=report", {"1-1-1"}),
        ("by=INFORMATION_staff", {"1-1-1"}),
        ("subject=mail/7", {"mail/7", *(f"mail/{n}" for n in range(70, 80))}),
        ("group=plan&since=2021-01-17", {"=1+1"}),
        ("since=２０２１年１月１７日&until=2021-01-17", {"=1+1"}),
        ("group=mail&until=2021-01-15", set()),
        ("subject=%25", set()),
    ],
)
def test_the_filter_narrows_by_person_kind_subject_and_day(busy: Site, query: str, subjects: set[str]) -> None:
    answer = busy.browser("planning").get(f"/desk/audit?{query}")
    found = re.findall(r'<td data-label="操作の対象">[^<]*<span class="soft small">([^<]*)</span>', answer.text)
    assert {unescape(one).rpartition("/")[2] if "1-1-1" in one else unescape(one) for one in found} == subjects
    if not subjects:
        assert "条件に合う記録はありません" in answer.words


def test_a_day_that_is_none_is_told_and_keeps_what_was_typed(busy: Site) -> None:
    answer = busy.browser("planning").get("/desk/audit?since=いつか&by=花子")
    assert "日付を「2021-02-15」の形で入力してください。" in answer.words
    assert (answer.field("since"), answer.field("by")) == ("いつか", "花子")


def test_the_filtered_list_is_taken_along_as_csv_and_excel_without_formulas(busy: Site) -> None:
    http = busy.browser("planning").client
    answer = http.get(f"{BASE_URL}/desk/audit/export.csv?group=plan&since=2021-01-17")
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][2:8] == [
        "システム担当（コマンド）",
        "cli",
        "計画を取り込んだ",
        "plan.imported",
        "'=1+1",
        '{"reason": "=2+2"}',
    ]
    book = load_workbook(BytesIO(http.get(f"{BASE_URL}/desk/audit/export.xlsx?group=plan&since=2021-01-17").content))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert "=1+1" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_an_intact_log_says_so_up_to_its_last_entry(busy: Site) -> None:
    with busy.city.database.reading(busy.city.municipality) as session:
        last = audit.verify(session).entries
    assert (
        f"1番から{last}番まで、記録は変えられていません。"
        in busy.browser("planning").get("/desk/audit/verification").words
    )


def test_a_log_that_was_rewritten_says_where_and_leads_there(busy: Site) -> None:
    with busy.city.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE auditentry SET actor = 'nobody' WHERE sequence = 5 AND municipality_id = :city"),
            {"city": busy.city.municipality},
        )
    browser = busy.browser("administrator")
    answer = browser.get("/desk/audit/verification")
    assert "5番で記録のつながりが切れています。" in answer.words
    assert "4番までは変えられていません。" in answer.words
    assert numbers(browser.get("/desk/audit?before=6"))[0] == 5


def test_a_truncated_log_is_told(busy: Site) -> None:
    with busy.city.database.engine.begin() as connection:
        city = {"city": busy.city.municipality}
        last = "(SELECT max(sequence) FROM auditentry WHERE municipality_id = :city)"
        connection.execute(text(f"DELETE FROM auditentry WHERE municipality_id = :city AND sequence = {last}"), city)
    assert "この時点の控え" not in busy.browser("planning").get("/desk/audit/verification").words
    assert "記録のつながりが切れています" in busy.browser("planning").get("/desk/audit/verification").words


def test_looking_changes_nothing_and_shows_nothing_of_another_city(real_city: City, busy: Site) -> None:
    browser = busy.browser("planning")
    before = real_city.count(t.AuditEntry, t.Outbox)
    for page in PAGES:
        browser.get(f"/desk/audit{page}")
    assert real_city.count(t.AuditEntry, t.Outbox) == before
    assert "条件に合う記録はありません" in browser.get("/desk/audit?subject=neighbour").words


def test_the_pages_read_in_english(real_city: City, busy: Site) -> None:
    with real_city.database.writing(real_city.municipality) as session:
        for user in session.exec(select(t.User)).all():
            user.language, user.name = "en", "Somebody"
            session.add(user)
    browser = busy.browser("administrator")
    for path in ("", "?group=plan", "?subject=nothing", "?since=x", "?before=60", "/verification"):
        assert set(japanese_in(browser.get(f"/desk/audit{path}").words)) <= {"日本語", "巡"}, path
