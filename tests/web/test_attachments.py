"""添付ファイル on the pages: attaching without losing what is typed, what is refused, and how files are sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import quote

import pytest
from sqlmodel import col, select

from db import tables as t
from domain.attachment import ENDINGS, LARGEST
from tests import some_files as files
from tests.city import COMPLETE, OPENED_AT, City
from tests.project_city import AT, ProjectCity
from tests.public_city import DATA, PLAN_PAGE, citizen, show
from tests.test_texts import japanese_in
from tests.web.conftest import Answer, Browser, Clock, Site, _answer, site_of
from tests.web.test_open_data import TABLES
from web.request_size import LARGEST_REQUEST

MEASURE = "1-1-1"
STAFF = "information_staff"
SCRIPT = '"><img src=x onerror=alert(1)>.png'
PHOTO, PAPER = ("案内板.png", files.png()), ("集計.xlsx", files.XLSX)


def attach(browser: Browser, path: str, *sent: tuple[str, bytes], typed: Mapping[str, str] | None = None) -> Answer:
    """Press 「添付する」 with files chosen, as a browser sends it: none chosen is a part without a name."""
    data = {"csrf_token": browser.csrf_token, **(typed or {})}
    parts = [("files", (name, content, "image/png")) for name, content in sent] or [("files", ("", b"", ""))]
    return _answer(browser.client.post(f"{path}/attachments", data=data, files=parts))


def page_of(site: Site, measure: str = MEASURE) -> str:
    return f"/reports/{site.city.reports[measure]}"


def links(answer: Answer) -> list[str]:
    return re.findall(r'class="attachment__name" href="([^"]+)"', answer.text)


def attached(city: City) -> list[str]:
    with city.database.reading(city.municipality) as session:
        return list(session.exec(select(t.Attachment.name).order_by(col(t.Attachment.id))))


@pytest.fixture
def photo(site: Site) -> str:
    """The address of a picture beside a report."""
    browser = site.browser(STAFF)
    attach(browser, page_of(site), PHOTO)
    return links(browser.get(page_of(site)))[0]


def test_several_files_are_attached_at_once_and_what_was_typed_is_kept(site: Site) -> None:
    browser = site.browser(STAFF)
    typed = {"answer.achievements": "案内を掲示しました。", "revision": "0"}
    sent = attach(browser, page_of(site), PHOTO, PAPER, typed=typed)
    assert (sent.status, sent.to.partition("?")[0], sent.to.partition("#")[2]) == (303, page_of(site), "attachments")
    shown = browser.get(sent.to)
    assert "ファイルを添付し、入力した内容も下書きに保存しました。" in shown.words
    assert shown.field("answer.achievements") == "案内を掲示しました。"
    assert "案内板.png 1 KB 佐藤 花子 2021年1月15日（金） 09:00" in shown.words
    assert re.search(r'<img src="/attachments/\d+\?show=1" alt="案内板.png"', shown.text)
    assert len(links(shown)) == 2


def test_the_slot_belongs_to_the_form_of_the_report(site: Site) -> None:
    page = site.browser(STAFF).get(page_of(site)).text
    field = re.search(r'<input type="file"[^>]*>', page)
    assert field is not None
    assert ' form="report"' in field.group()
    accepted = re.search(r'accept="([^"]*)"', field.group())
    assert accepted is not None
    assert set(accepted.group(1).split(",")) == set(ENDINGS)
    assert f'data-largest="{LARGEST}"' in field.group()
    assert f'form="report" formaction="{page_of(site)}/attachments" formenctype="multipart/form-data"' in page


def test_bad_files_are_named_with_what_to_do_and_the_good_ones_kept(site: Site) -> None:
    browser = site.browser(STAFF)
    sent = [("絵.png", files.SVG), ("頁.jpg", files.HTML), ("道具.exe", b"MZ"), PHOTO]
    typed = {"answer.achievements": "案内を掲示しました。", "revision": "0"}
    answer = attach(browser, page_of(site), *sent, typed=typed)
    assert answer.status == 422
    assert "入力内容に問題があります（3件）" in answer.words
    for name in ("絵.png", "頁.jpg"):
        assert f"「{name}」は、拡張子とファイルの中身が合わないため添付できませんでした。" in answer.words
    assert "「道具.exe」は、添付できない種類のファイルです。PDFや画像" in answer.words
    assert "ほかの1件は添付しました。" in answer.words
    assert answer.field("answer.achievements") == "案内を掲示しました。"
    assert attached(site.city) == ["案内板.png"]
    assert site.city.report(MEASURE).answers == {"achievements": "案内を掲示しました。"}


def test_a_file_that_would_unpack_to_very_much_is_refused(site: Site) -> None:
    bomb = files.office("word/document.xml", **{"word/media/a.bin": bytes(30 * 1024 * 1024)})
    answer = attach(site.browser(STAFF), page_of(site), ("爆弾.docx", bomb))
    assert (answer.status, attached(site.city)) == (422, [])
    assert "「爆弾.docx」は、壊れているか、開くと非常に大きくなるため添付できませんでした。" in answer.words


def test_nothing_chosen_is_told_and_what_was_typed_is_kept_all_the_same(site: Site) -> None:
    answer = attach(site.browser(STAFF), page_of(site), typed={"answer.achievements": "途中", "revision": "0"})
    assert answer.status == 422
    assert "添付するファイルを選んでください。" in answer.words
    assert site.city.report(MEASURE).answers == {"achievements": "途中"}


def test_a_file_of_more_than_five_megabytes_is_named(site: Site) -> None:
    answer = attach(site.browser(STAFF), page_of(site), ("大きい.pdf", files.PDF.ljust(LARGEST + 1)))
    assert "「大きい.pdf」は、5 MBを超えるため添付できませんでした。" in answer.words
    assert attached(site.city) == []


def test_a_request_that_is_much_too_large_is_refused_before_it_is_read(site: Site) -> None:
    browser = site.browser(STAFF)
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(LARGEST_REQUEST + 1)}
    announced = browser.client.post(f"{page_of(site)}/attachments", content=b"--x", headers=headers)
    assert announced.status_code == 413
    assert "前の画面に戻り、ファイルを減らすか小さくして" in announced.text

    def endless() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
        yield from (bytes(1_000_000) for _ in range(LARGEST_REQUEST // 1_000_000 + 2))

    unannounced = browser.client.post("/sign-in", content=endless(), headers={"Content-Type": headers["Content-Type"]})
    assert unannounced.status_code == 413


def test_a_script_in_a_name_is_harmless_on_the_page_and_in_the_header(site: Site) -> None:
    browser = site.browser(STAFF)
    attach(browser, page_of(site), (SCRIPT, files.png()))
    page = browser.get(page_of(site))
    assert "<img src=x" not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;.png" in page.text
    name = attached(site.city)[0]
    headers = browser.client.get(links(page)[0]).headers
    assert headers["content-disposition"].endswith(f"; filename*=UTF-8''{quote(name, safe='')}")
    assert headers["content-disposition"].count('"') == 2


def test_a_file_is_sent_to_be_kept_and_can_do_nothing(site: Site, photo: str) -> None:
    kept = site.browser(STAFF).client.get(photo)
    assert kept.content == files.png()
    assert kept.headers["content-disposition"].startswith("attachment; ")
    assert kept.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert kept.headers["x-content-type-options"] == "nosniff"
    assert kept.headers["content-type"] == "image/png"
    assert kept.headers["cache-control"] == "no-store"


def test_pictures_may_be_shown_and_nothing_else(site: Site) -> None:
    browser = site.browser(STAFF)
    attach(browser, page_of(site), PHOTO, ("報告.pdf", files.PDF), PAPER, ("声.txt", files.TEXT))
    shown = [browser.client.get(f"{link}?show=1").headers for link in links(browser.get(page_of(site)))]
    ways = [headers["content-disposition"].partition(";")[0] for headers in shown]
    assert ways == ["inline", "attachment", "attachment", "attachment"]
    assert {headers["x-content-type-options"] for headers in shown} == {"nosniff"}
    assert all("default-src 'none'" in headers["content-security-policy"] for headers in shown)


def test_a_picture_that_was_seen_is_not_sent_again_but_still_asked_for(site: Site, photo: str) -> None:
    browser = site.browser(STAFF)
    first = browser.client.get(f"{photo}?show=1")
    assert first.headers["cache-control"] == "private, no-cache"
    again = browser.client.get(f"{photo}?show=1", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    stranger = site.browser("citizens_staff").client
    assert stranger.get(f"{photo}?show=1", headers={"If-None-Match": first.headers["etag"]}).status_code == 404


def test_a_file_is_removed_and_what_was_typed_is_kept(site: Site, photo: str) -> None:
    browser = site.browser("information_colleague")
    page = browser.get(page_of(site))
    remove = re.search(r'formaction="([^"]+/remove)"', page.text)
    assert remove is not None
    typed = {"answer.achievements": "途中", "revision": page.field("revision")}
    gone = browser.post(remove.group(1), typed)
    assert gone.status == 303
    assert "ファイルを外し、入力した内容も下書きに保存しました。" in browser.get(gone.to).words
    assert (attached(site.city), site.city.report(MEASURE).answers) == ([], {"achievements": "途中"})
    assert browser.get(photo).status == 404
    assert browser.post(remove.group(1), typed).status == 404


def test_a_report_that_was_submitted_meanwhile_shows_what_was_typed_and_takes_no_file(site: Site) -> None:
    browser = site.browser(STAFF)
    site.city.submit(MEASURE, "information_colleague")
    typed = {"answer.achievements": "これも書きました。", "revision": "0"}
    answer = attach(browser, page_of(site), PHOTO, typed=typed)
    assert (answer.status, attached(site.city)) == (409, [])
    assert "これも書きました。" in answer.words


# --- whose it is ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("information_colleague", 200),
        ("information_head", 200),
        ("planning", 200),
        ("citizens_staff", 404),
        ("citizens_head", 404),
        ("administrator", 404),
        ("neighbour_staff", 404),
    ],
)
def test_whoever_may_see_the_report_may_read_its_files(site: Site, photo: str, who: str, reads: int) -> None:
    browser = site.browser(who)
    assert browser.get(photo).status == browser.get(f"{photo}?show=1").status == reads
    assert site.stranger().get(photo).to.startswith("/sign-in")


@pytest.mark.parametrize(
    ("who", "refused"), [("citizens_staff", 404), ("administrator", 404), ("neighbour_staff", 404), ("planning", 403)]
)
def test_others_neither_attach_nor_remove(site: Site, photo: str, who: str, refused: int) -> None:
    browser, remove = site.browser(who), f"{page_of(site)}{photo}/remove"
    assert attach(browser, page_of(site), PAPER).status == refused
    assert browser.post(remove).status == refused
    assert browser.get(remove).status == 405
    assert attached(site.city) == ["案内板.png"]


def test_without_the_token_of_the_session_nothing_changes(site: Site, photo: str) -> None:
    browser = site.browser(STAFF)
    forged = Browser(browser.client, "wrong")
    assert attach(forged, page_of(site), PAPER).status == 403
    assert browser.post(f"{page_of(site)}{photo}/remove", csrf=False).status == 403
    assert attached(site.city) == ["案内板.png"]


# --- where they are read -------------------------------------------------------------------------


def test_the_approver_and_the_planning_division_find_the_files_beside_the_answers(site: Site, photo: str) -> None:
    evaluation = f"/desk/cycles/{site.city.cycle}/evaluation/{site.city.report(MEASURE).node_id}"
    planner = site.browser("planning")
    assert links(planner.get(evaluation)) == [], "a draft is nobody's word yet"
    site.city.submit(MEASURE, STAFF, COMPLETE)
    assert links(planner.get(evaluation)) == [photo]
    assert links(site.browser("information_head").get("/approvals")) == [photo]
    read = site.browser(STAFF).get(page_of(site))
    assert links(read) == [photo]
    assert 'type="file"' not in read.text
    assert "外す" not in read.words


def test_a_file_is_found_by_its_name_and_leads_to_its_report(site: Site, photo: str) -> None:
    found = site.browser(STAFF).get("/search?q=案内板")
    anchor = photo.removeprefix("/").replace("/", "-").replace("attachments", "attachment")
    assert f'href="{page_of(site)}#{anchor}"' in found.text
    assert f'id="{anchor}"' in site.browser(STAFF).get(page_of(site)).text
    assert "に当てはまるものは見つかりませんでした。" in site.browser("citizens_staff").get("/search?q=案内板").words


def test_no_public_page_and_no_open_data_name_a_file(site: Site) -> None:
    show(site.city.database)
    with site.city.database.writing(site.city.municipality) as session:
        for report in session.exec(select(t.ProgressReport)):
            session.add(
                t.Attachment(
                    report_id=report.id,
                    name="案内板.png",
                    media_type="image/png",
                    size=1,
                    digest="0",
                    attached_at=OPENED_AT,
                    attached_by_id=site.city.user(STAFF).id,
                )
            )
    reader = citizen(site.city.database, OPENED_AT)
    tables = [f"{DATA}iizuka-ict/{name}.{ending}" for name in TABLES for ending in ("csv", "json")]
    for page in (*tables, f"{DATA}catalog.jsonld", PLAN_PAGE, f"{PLAN_PAGE}/progress", f"{PLAN_PAGE}/documents"):
        answer = reader.get(page)
        assert answer.status_code == 200, page
        assert "案内板" not in answer.text, page
        assert "attachment" not in answer.text, page


# --- matters -------------------------------------------------------------------------------------


def test_a_matter_takes_files_of_who_raised_it_and_shows_them_to_everybody(project_city: ProjectCity) -> None:
    site = site_of(project_city.city, Clock(AT))
    path = f"/matters/{project_city.raise_matter('広げる範囲', date(2026, 6, 24))}"
    leader, outsider = site.browser("leader"), site.browser("outsider")
    sent = attach(leader, path, PHOTO)
    assert (sent.status, sent.to) == (303, f"{path}?attached=1#attachments")
    assert "ファイルを添付しました。" in leader.get(sent.to).words
    refused = attach(leader, path, ("絵.png", files.SVG), PAPER)
    assert refused.status == 422
    assert "「絵.png」は、拡張子とファイルの中身が合わない" in refused.words
    assert len(links(outsider.get(path))) == 2
    assert outsider.get(links(refused)[0]).status == 200
    assert 'type="file"' not in outsider.get(path).text
    remove = f"{path}{links(refused)[0]}/remove"
    assert attach(outsider, path, ("声.txt", files.TEXT)).status == outsider.post(remove).status == 403
    assert leader.post(remove).to == f"{path}?removed=1#attachments"
    assert attached(project_city.city) == ["集計.xlsx"]


def test_the_slot_reads_in_english(site: Site) -> None:
    with site.city.database.writing(site.city.municipality) as session:
        for user in session.exec(select(t.User)):
            user.language, user.name_en = "en", "Somebody"
            session.add(user)
    browser = site.browser(STAFF)
    refused = attach(browser, page_of(site), ("picture.png", files.SVG), ("photo.png", files.png()))
    done = browser.get(f"{page_of(site)}?attached=1"), browser.get(f"{page_of(site)}?removed=1")
    for page in (refused, *done):
        slot = page.text[page.text.index('id="attachments"') : page.text.index("/static/attachments.js")]
        assert japanese_in(re.sub(r"<[^>]*>", " ", slot)) == [], slot
    assert japanese_in(re.sub(r"<[^>]*>", " ", refused.text[: refused.text.index("<h1")].partition("<main")[2])) == []
