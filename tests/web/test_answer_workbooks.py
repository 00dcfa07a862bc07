"""Answering in Excel on the page: taken along, sent back, looked at first, and then saved or submitted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.progress_report import ReportState
from exchange.answer_workbook import MEDIA_TYPE
from tests.city import COMPLETE
from tests.filled_workbook import cell, filled
from tests.web.conftest import Answer, Browser, Site

STAFF, COLLEAGUE = "information_staff", "information_colleague"
IN_CELLS = {**COMPLETE, "progress": "予定どおり", "quantity": 12}
Typed = Mapping[str, Mapping[str, object]]


def address(site: Site) -> str:
    return f"/requests/{site.city.requests['information']}/workbook"


def take_along(site: Site, who: str = STAFF) -> bytes:
    response = site.browser(who).client.get(address(site))
    assert response.status_code == 200
    return bytes(response.content)


def send(browser: Browser, path: str, content: bytes, *, csrf: bool = True) -> Answer:
    token = {"csrf_token": browser.csrf_token} if csrf else {}
    response = browser.client.post(path, data=token, files={"file": ("kaitou.xlsx", content)})
    return Answer(response.status_code, response.text, response.headers.get("location", ""))


def look(site: Site, typed: Typed, browser: Browser | None = None) -> Answer:
    return send(browser or site.browser(STAFF), address(site), filled(take_along(site), typed))


def decide(browser: Browser, preview: Answer, action: str, **choices: str) -> Answer:
    """Press a button of the preview with all that its form carries."""
    form = re.search(r'action="(/requests/\d+/workbook/\d+)"', preview.text)
    assert form
    seen = dict(re.findall(r'name="(seen\.\d+)"[^>]* value="([^"]*)"', preview.text))
    assert seen
    fields = re.findall(r'type="radio" name="(choice\.[^"]*)" value="workbook"', preview.text)
    chosen = dict(zip(fields, choices.values(), strict=False))
    return browser.post(form[1], {**seen, **chosen, "action": action})


def saved_on_the_page(site: Site, who: str, answers: Mapping[str, str]) -> None:
    report = site.city.report("1-1-1")
    assert site.browser(who).write(report.id, answers, report.revision, "save").status == 303


def uploads(site: Site) -> list[t.Upload]:
    with site.city.database.reading(EVERY_MUNICIPALITY) as session:
        return list(session.exec(select(t.Upload)))


def test_the_page_of_the_request_offers_both_ways(site: Site) -> None:
    page = site.browser(STAFF).get(f"/requests/{site.city.requests['information']}")
    assert f'href="{address(site)}"' in page.text
    assert "どちらでも同じ報告になります" in page.words
    response = site.browser(STAFF).client.get(address(site))
    assert response.headers["content-type"] == MEDIA_TYPE
    assert "iizuka-ict-2020-information.xlsx" in response.headers["content-disposition"]


def test_what_would_be_saved_is_shown_before_anything_is(site: Site) -> None:
    preview = look(site, {"1-1-1": IN_CELLS, "1-2-1": {"achievements": "途中の文章"}})
    assert preview.status == 200
    assert "まだ何も保存していません" in preview.words
    assert COMPLETE["achievements"] in preview.words
    assert "（空欄）" in preview.words
    assert "変わる施策：2件、そのまま提出できる施策：1件" in preview.words
    assert site.city.report("1-1-1").answers == {}


def test_what_is_missing_is_named_with_sheet_and_cell(site: Site) -> None:
    content = take_along(site)
    preview = send(site.browser(STAFF), address(site), filled(content, {"1-1-1": {"achievements": "短い文章"}}))
    assert f"{cell(content, '1-1-1', 'progress')}：「進み具合」を選んでください。" in preview.words
    assert f"{cell(content, '1-1-1', 'next_step')}：「来年度の予定」を入力してください。" in preview.words
    assert f"{cell(content, '1-1-1', 'achievements')}：「今年度に実施したこと」が20文字以内です。" in preview.words


def test_drafts_are_saved_and_reports_submitted_as_the_person_says(site: Site) -> None:
    staff = site.browser(STAFF)
    typed: Typed = {"1-1-1": IN_CELLS, "1-2-1": {"achievements": "途中の文章"}}
    back = f"/requests/{site.city.requests['information']}"
    assert decide(staff, look(site, typed), "save").to == f"{back}?workbook=taken&saved=2&submitted=0#workbook"
    assert site.city.report("1-1-1").state is ReportState.DRAFT
    again = decide(staff, look(site, typed), "submit")
    assert again.to == f"{back}?workbook=taken&saved=0&submitted=1#workbook"
    assert site.city.report("1-1-1").state is ReportState.SUBMITTED
    assert "下書きとして保存：0件、提出：1件" in staff.get(again.to.partition("#")[0]).words
    assert uploads(site) == []
    assert site.city.audited().count("request.workbook_taken") == 2


def test_it_can_be_given_up(site: Site) -> None:
    staff = site.browser(STAFF)
    preview = look(site, {"1-1-1": IN_CELLS})
    answer = decide(staff, preview, "put_away")
    assert "取込みをやめました" in staff.get(answer.to.partition("#")[0]).words
    assert site.city.report("1-1-1").answers == {}
    assert decide(staff, preview, "save").status == 409, "the file was put away with it"


def test_a_workbook_that_lay_too_long_is_asked_for_again(site: Site) -> None:
    preview = look(site, {"1-1-1": IN_CELLS})
    site.clock.at += timedelta(days=1, minutes=1)
    answer = decide(site.browser(STAFF), preview, "submit")
    assert answer.status == 409
    assert "もう一度お送りください" in answer.words
    assert site.city.report("1-1-1").answers == {}


def test_both_texts_are_shown_and_nobody_is_overwritten_without_a_choice(site: Site) -> None:
    content = filled(take_along(site), {"1-1-1": {"achievements": "ブックの文章"}})
    saved_on_the_page(site, COLLEAGUE, {"achievements": "同僚の文章"})
    staff = site.browser(STAFF)
    preview = send(staff, address(site), content)
    for words in ("同僚の文章", "ブックの文章", "画面で保存した人：鈴木 健太"):
        assert words in preview.words
    refused = decide(staff, preview, "save")
    assert refused.status == 422
    assert "のどちらを残すかを選んでください" in refused.words
    assert site.city.report("1-1-1").answers == {"achievements": "同僚の文章"}
    assert decide(staff, refused, "save", first="draft").status == 303
    assert site.city.report("1-1-1").answers == {"achievements": "同僚の文章"}
    assert decide(staff, send(staff, address(site), content), "save", first="workbook").status == 303
    assert site.city.report("1-1-1").answers == {"achievements": "ブックの文章"}


def test_what_changes_while_somebody_looks_is_shown_again(site: Site) -> None:
    staff = site.browser(STAFF)
    preview = look(site, {"1-1-1": {"achievements": "ブックの文章"}})
    saved_on_the_page(site, COLLEAGUE, {"achievements": "同僚の文章"})
    answer = decide(staff, preview, "save", first="workbook")
    assert answer.status == 422, "there is something to choose now"
    saved_on_the_page(site, COLLEAGUE, {"achievements": "同僚の文章", "next_step": "同僚の予定"})
    answer = decide(staff, answer, "save", first="workbook")
    assert answer.status == 409
    assert "確かめている間に、報告が変わりました" in answer.words
    assert "checked" in answer.text, "the choice is kept"
    assert decide(staff, answer, "save", first="workbook").status == 303
    assert site.city.report("1-1-1").answers == {"achievements": "ブックの文章", "next_step": "同僚の予定"}


def test_what_was_submitted_meanwhile_is_said_and_left_alone(site: Site) -> None:
    content = filled(
        take_along(site), {"1-1-1": {**IN_CELLS, "achievements": "別の文章です。別の文章です。別の文章です。"}}
    )
    site.city.submit("1-1-1", COLLEAGUE)
    preview = send(site.browser(STAFF), address(site), content)
    assert "いまの状態は「承認待ち」で、回答を受け付けていません。" in preview.words
    assert "保存するものはありません" in preview.words
    assert 'value="submit"' not in preview.text


def test_what_cannot_be_read_is_named_with_its_cell(site: Site) -> None:
    content = take_along(site)
    spoilt = filled(content, {"1-1-1": {**IN_CELLS, "progress": "まあまあ"}})
    preview = send(site.browser(STAFF), address(site), spoilt)
    assert f"{cell(content, '1-1-1', 'progress')}：「まあまあ」は選択肢にありません。" in preview.words
    assert 'value="save"' not in preview.text


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no workbook", "Excelブックではありません"), (b"", "ファイルが空です")],
    ids=["text", "empty"],
)
def test_what_is_no_workbook_is_refused_in_words(site: Site, content: bytes, said: str) -> None:
    answer = send(site.browser(STAFF), address(site), content)
    assert answer.status == 422
    assert said in answer.words
    assert uploads(site) == []


def test_a_plan_and_a_workbook_do_not_put_each_other_away(site: Site) -> None:
    preview = look(site, {"1-1-1": IN_CELLS})
    (upload,) = uploads(site)
    assert upload.request_id == site.city.requests["information"]
    with site.city.database.writing(site.city.municipality) as session:
        plan = t.Upload(user_id=upload.user_id, file_name="plan.xlsx", content=b"", uploaded_at=site.clock())
        session.add(plan)
    foreign = preview.text.replace(f"workbook/{upload.id}", f"workbook/{upload.id + 1}")
    staff = site.browser(STAFF)
    assert decide(staff, Answer(200, foreign, ""), "save").status == 409, "a plan is no workbook"
    assert decide(staff, preview, "save").status == 303
    assert [one.file_name for one in uploads(site)] == ["plan.xlsx"]


@pytest.mark.parametrize(
    ("who", "read", "sent"),
    [
        (STAFF, 200, 422),
        ("information_head", 200, 422),
        ("planning", 200, 403),
        ("citizens_staff", 404, 404),
        ("citizens_head", 404, 404),
        ("administrator", 404, 404),
    ],
)
def test_a_department_takes_along_and_sends_back_only_its_own(site: Site, who: str, read: int, sent: int) -> None:
    browser = site.browser(who)
    assert browser.get(address(site)).status == read
    assert send(browser, address(site), b"").status == sent
    assert browser.post(f"{address(site)}/1", {"action": "save"}).status == (409 if sent == 422 else sent)


def test_strangers_and_forms_of_other_sites_are_kept_out(site: Site) -> None:
    assert site.stranger().get(address(site)).to.startswith("/sign-in")
    assert send(site.browser(STAFF), address(site), b"", csrf=False).status == 403


def test_a_workbook_that_somebody_else_sent_is_not_to_be_had(site: Site) -> None:
    preview = look(site, {"1-1-1": IN_CELLS})
    assert decide(site.browser(COLLEAGUE), preview, "submit").status == 409
    assert site.city.report("1-1-1").answers == {}


def test_every_page_of_it_reads_in_english(site: Site) -> None:
    content = filled(take_along(site), {"1-1-1": {"achievements": "ABC"}, "1-2-1": {"progress": "XYZ"}})
    saved_on_the_page(site, COLLEAGUE, {"achievements": "DEF"})
    site.city.submit("1-2-4", COLLEAGUE)
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.name_en, user.language = user.email.partition("@")[0], "en"
            session.add(user)
        for plan in session.exec(select(t.Plan)):
            plan.mark, plan.mark_en = "", ""
            session.add(plan)
        for department in session.exec(select(t.Department)):
            department.name_en = department.code
            session.add(department)
    staff = site.browser(STAFF)
    preview = send(staff, address(site), content)
    undecided = decide(staff, preview, "save")
    home = f"/requests/{site.city.requests['information']}"
    pages = [
        preview,
        undecided,
        decide(staff, undecided, "put_away"),
        decide(staff, preview, "save"),
        send(staff, address(site), b"x"),
        *(staff.get(f"{home}{done}") for done in ("", "?workbook=put_away", "?workbook=taken&saved=1&submitted=2")),
    ]
    for page in pages:
        words = re.sub("施策1-[12]-[14]", "", page.text.replace("日本語", "").replace("巡", ""))
        assert re.findall(r"[\u3001-\u30ff\u3400-\u9fff\uff01-\uffef]+", words) == []
