"""The board of the city: narrowed, put in order, taken along, and several departments changed at once."""

from __future__ import annotations

import csv
import re
from datetime import date
from io import BytesIO, StringIO
from urllib.parse import quote

import openpyxl
import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from tests.web.conftest import Browser, Site
from tests.web.test_organisation_in_english import japanese_in

BOARD = "/desk/board"
DOWNLOADS = (f"{BOARD}/export.csv", f"{BOARD}/export.xlsx")


@pytest.fixture
def planner(site: Site) -> Browser:
    return site.browser("planning")


def several(site: Site, *departments: str, **values: str) -> dict[str, str]:
    """What the form of the board sends; several values of one name as a browser sends them."""
    typed = {"what": "extend", "due_on": "2021-03-08", "reason": "豪雨の災害対応のため", **values}
    return {"requests": [str(site.city.requests[one]) for one in departments], **typed}  # type: ignore[dict-item]


def departments(page: str) -> list[str]:
    """The rows of the page, in their order."""
    return re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page)


def test_only_the_planning_division_sees_and_changes_the_board_of_the_city(site: Site) -> None:
    audited = site.city.audited()
    round_ = f"/desk/rounds/{site.city.round}"
    pages = (BOARD, *DOWNLOADS, f"{round_}/export.csv", f"{round_}/withdraw")
    forms = (f"{BOARD}/change", f"{round_}/withdraw")
    for who in ("information_staff", "information_head", "administrator"):
        browser = site.browser(who)
        assert {browser.get(path).status for path in pages} == {403}
        assert {browser.post(path, several(site, "information")).status for path in forms} == {403}
    planner = site.browser("planning")
    assert {planner.get(path).status for path in pages} == {200}
    assert {planner.post(path, several(site, "information"), csrf=False).status for path in forms} == {403}
    assert {site.stranger().get(path).status for path in pages} == {303}
    neighbours = {"requests": str(site.city.neighbours_request), "what": "exempt", "reason": "訳"}
    assert planner.post(f"{BOARD}/change", neighbours).status == 404
    assert planner.post(f"{BOARD}/change", {**neighbours, "requests": "9" * 30}).status == 404
    assert site.city.audited() == audited


def test_every_department_of_every_open_round_has_a_row_with_its_plan(planner: Browser) -> None:
    page = planner.get(BOARD)
    assert departments(page.text) == ["情報政策課", "所管課が未定の施策", "市民窓口課"]
    assert "飯塚市地域情報化計画 令和2年度（2020年度） 年度進捗報告" in page.words
    assert "事前通知（担当者） 2021年2月5日（金） 09:00" in page.words
    assert "3行" in page.words
    assert "絞り込み中" not in page.words


def test_filters_stand_in_the_address_are_told_and_can_be_undone(site: Site, planner: Browser) -> None:
    address = f"{BOARD}?department={site.city.departments['citizens']}&turn=department&due=2021-02-15"
    page = planner.get(address)
    assert departments(page.text) == ["市民窓口課"]
    assert "絞り込み中 部署：市民窓口課、次に動く人：所管課、期限がこの日まで：2021-02-15（1行）" in page.words
    assert f'<a href="{BOARD}">絞り込みを解く</a>' in page.text
    assert departments(planner.get(f"{BOARD}?due=2021-02-14").text) == []
    assert departments(planner.get(f"{BOARD}?q={quote('４－１－１')}").text) == ["所管課が未定の施策"]
    assert departments(planner.get(f"{BOARD}?q={quote('９－９－９')}").text) == []
    assert departments(planner.get(f"{BOARD}?q={quote('１－２－３')}").text) == ["市民窓口課"]


def test_what_is_no_choice_narrows_nothing_and_a_day_that_is_none_is_told(planner: Browser) -> None:
    odd = planner.get(f"{BOARD}?show=x&turn=y&sort=z&round=abc&department={'9' * 40}&order=up")
    assert (odd.status, len(departments(odd.text))) == (200, 3)
    unreadable = planner.get(f"{BOARD}?due=soon")
    assert "日付を「2021-02-15」の形で入力してください。" in unreadable.words
    assert unreadable.field("due") == "soon"
    assert len(departments(unreadable.text)) == 3


def test_the_head_of_a_column_puts_the_rows_in_order_and_says_so(site: Site, planner: Browser) -> None:
    for measure in ("1-2-3", "1-2-5"):
        site.city.submit(measure, "citizens_staff")
    up = planner.get(f"{BOARD}?sort=share")
    assert departments(up.text)[-1] == "市民窓口課"
    assert 'aria-sort="ascending"><a href="/desk/board?sort=share&amp;order=desc">提出' in up.text
    down = planner.get(f"{BOARD}?sort=share&order=desc")
    assert departments(down.text)[0] == "市民窓口課"
    assert down.text.count('aria-sort="descending"') == 1
    assert down.text.count('aria-sort="none"') == 4


def test_what_is_shown_is_what_is_taken_along(site: Site, planner: Browser) -> None:
    query = f"?department={site.city.departments['citizens']}"
    lines = list(csv.DictReader(StringIO(planner.get(DOWNLOADS[0] + query).text.removeprefix("\ufeff"))))
    assert [(line["依頼先"], line["報告する数"], line["期限"]) for line in lines] == [("市民窓口課", "2", "2021-02-15")]
    book = openpyxl.load_workbook(BytesIO(planner.client.get(DOWNLOADS[1] + query).content))
    cells = [str(cell.value) for row in book.active for cell in row if cell.value is not None]  # type: ignore[union-attr]
    assert "市民窓口課" in cells
    assert "情報政策課" not in cells
    assert any("試験のための見本です。" in cell for cell in cells), "the mark of a sample goes along"
    closed = planner.get(f"/desk/rounds/{site.city.round}/export.csv?show=late")
    assert closed.text.count("\r\n") == 1, "the heading alone: nobody is late"


def test_several_departments_are_extended_after_a_look_at_whose_mails_move(site: Site, planner: Browser) -> None:
    audited = site.city.audited()
    considered = planner.post(
        f"{BOARD}/change", {**several(site, "information", "citizens"), "query": "show=all&sort=due"}
    )
    assert considered.status == 200
    assert "選んだ2部署の期限を延ばす" in considered.words
    assert "事前通知（担当者） 日が変わる 2021年2月5日（金） 09:00 2021年3月1日（月） 09:00" in considered.words
    assert "佐藤 花子 information_staff@city.example" in considered.words
    assert site.city.audited() == audited
    assert site.city.report("1-1-1").due_on == date(2021, 2, 15)
    confirmed = planner.post(
        f"{BOARD}/change",
        {**several(site, "information", "citizens"), "query": "show=all&sort=due", "action": "confirm"},
    )
    assert confirmed.to == f"{BOARD}?show=all&sort=due&done=extended&n=2"
    assert "2部署の期限を延長しました。" in planner.get(confirmed.to).words
    assert {site.city.report(code).due_on for code in ("1-1-1", "1-2-3")} == {date(2021, 3, 8)}
    assert site.city.audited() == [*audited, "request.extended", "request.extended"]


def test_several_departments_are_exempted_at_once(site: Site, planner: Browser) -> None:
    site.city.submit("1-1-1", "information_staff")
    typed = several(site, "information", "citizens", what="exempt", due_on="")
    considered = planner.post(f"{BOARD}/change", typed)
    assert "選んだ2部署の報告を免除する" in considered.words
    assert "送らなくなる" in considered.words
    assert planner.post(f"{BOARD}/change", {**typed, "action": "confirm"}).to == f"{BOARD}?done=exempted&n=2"
    assert not site.city.report("1-1-1").is_exempted, "handed in"
    assert site.city.report("1-2-3").is_exempted
    again = planner.post(f"{BOARD}/change", typed)
    assert (again.status, "選んだ部署には、未提出の施策がありません" in again.words) == (409, True)


def test_a_form_that_is_not_filled_in_keeps_what_was_chosen_and_typed(site: Site, planner: Browser) -> None:
    empty = planner.post(f"{BOARD}/change", {"due_on": "soon", "query": "sort=due"})
    assert empty.status == 422
    for problem in ("部署を一つ以上選んで", "どちらかを選んで", "理由を入力して"):
        assert problem in empty.words
    kept = planner.post(f"{BOARD}/change", several(site, "citizens", due_on="soon"))
    chosen = f'value="{site.city.requests["citizens"]}"'
    assert kept.status == 422
    assert kept.field("reason") == "豪雨の災害対応のため"
    assert kept.field("due_on") == "soon"
    assert " checked" in kept.text[kept.text.index(chosen) :].split(">")[0]
    past = planner.post(f"{BOARD}/change", several(site, "citizens", due_on="2021-01-15"))
    assert (past.status, "明日以降の日付" in past.words) == (409, True)


def test_all_rows_that_are_shown_are_marked_by_one_link(site: Site, planner: Browser) -> None:
    page = planner.get(f"{BOARD}?department={site.city.departments['citizens']}")
    marked = page.text[page.text.index("<tbody>") :].count(" checked")
    assert marked == 1, "of the two kinds of change the first"
    link = f"{BOARD}?department={site.city.departments['citizens']}&amp;select=all#change"
    assert link in page.text
    page = planner.get(f"{BOARD}?select=all")
    assert page.text[page.text.index("<tbody>") : page.text.index("</tbody>")].count(" checked") == 3


def test_the_board_of_a_year_is_narrowed_alike_and_leads_to_the_city(site: Site, planner: Browser) -> None:
    address = f"/desk/cycles/{site.city.cycle}"
    page = planner.get(f"{address}?department={site.city.departments['citizens']}")
    assert "絞り込み中 部署：市民窓口課（1行）" in page.words
    assert f"request-{site.city.requests['information']}" not in page.text
    assert f'href="{BOARD}?round={site.city.round}#change"' in page.text
    assert departments(planner.get(f"{BOARD}?round={site.city.round + 1}").text) == []


def test_a_city_without_an_open_round_says_so(site: Site, planner: Browser) -> None:
    planner.post(f"/desk/cycles/{site.city.cycle}/close-collection")
    assert "受付中の回はありません。" in planner.get(BOARD).words


def speak_english(site: Site) -> None:
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.name_en, user.language = user.email.partition("@")[0], "en"
            user.name = user.name_en
            session.add(user)
        for department in session.exec(select(t.Department)):
            department.name_en = department.code.title()
            session.add(department)
        for node in session.exec(select(t.Node)):
            node.title_en = f"Measure {node.code}"
            session.add(node)


def test_the_board_reads_in_english(site: Site) -> None:
    speak_english(site)
    planner = site.browser("planning")
    department = site.city.departments["citizens"]
    chosen = {**several(site, "citizens"), "reason": "Heavy rain"}
    pages = [
        planner.get(BOARD),
        planner.get(f"{BOARD}?department={department}&turn=department&due=2021-03-01&q=Citizens&sort=due&select=all"),
        planner.get(f"{BOARD}?due=soon&round={site.city.round}&plan=iizuka-ict"),
        planner.get(f"{BOARD}?done=extended&n=2"),
        planner.get(f"{BOARD}?done=exempted&n=2"),
        planner.get(DOWNLOADS[0]),
        planner.post(f"{BOARD}/change", {}),
        planner.post(f"{BOARD}/change", chosen),
        planner.post(f"{BOARD}/change", {**chosen, "what": "exempt"}),
        planner.get(f"/desk/cycles/{site.city.cycle}?show=late&done=round_withdrawn"),
        planner.get(f"/desk/rounds/{site.city.round}/withdraw"),
        planner.post(f"/desk/rounds/{site.city.round}/withdraw", {}),
    ]
    planner.post(f"/desk/rounds/{site.city.round}/withdraw", {"reason": "By mistake", "confirmed": "yes"})
    pages += [planner.get(BOARD), planner.get(f"/desk/rounds/{site.city.round}/withdraw")]
    assert {page.status for page in pages} == {200, 422}
    assert [japanese_in(page) for page in pages] == [[]] * len(pages)
