"""The editor of a plan's questions: nothing is stored before it is saved, and nothing that was typed is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from records import plans, question_versions
from tests.city import COMPLETE, City
from tests.conftest import PLAN
from tests.web.conftest import Answer, Browser, Site
from tests.web.test_organisation_in_english import japanese_in

EDITOR = f"/desk/plans/{PLAN}/questions"
VERSIONS = f"{EDITOR}/versions"
WHY = "分かりにくいという声があったため"
_WRITTEN_IN_JAPANESE = re.compile(
    r'<textarea.*?</textarea>|<input[^>]*name="(?:draft|label_ja|choice_ja|unit_ja)"[^>]*>', re.S
)
"""The fields that hold the Japanese texts of the questions, whatever language the page is in."""
NEW = {"id": "obstacle", "label_ja": "困っていること", "label_en": "What stands in the way", "kind": "text"}


@pytest.fixture
def planner(site: Site) -> Browser:
    return site.browser("planning")


def state_of(page: Answer) -> dict[str, str]:
    """The hidden fields of the editor, as its form sends them back."""
    return {name: page.field(name) for name in ("seen", "draft", "editing")}


def ids(page: Answer) -> list[str]:
    return [q["id"] for q in json.loads(page.field("draft"))["questions"]]


def press(browser: Browser, page: Answer, action: str, typed: Mapping[str, str] | None = None) -> Answer:
    return browser.post(EDITOR, {**state_of(page), **(typed or {}), "action": action})


def stored(city: City) -> list[str]:
    with city.database.reading(city.municipality) as session:
        return [q.id for q in plans.definition_of(plans.find(session, PLAN)).question_set.questions]


def added(planner: Browser) -> Answer:
    page = press(planner, planner.get(EDITOR), "add")
    return press(planner, page, "apply", NEW)


def previewed(page: Answer) -> str:
    return page.text[page.text.index('id="preview"') :] if 'id="preview"' in page.text else page.text


def test_only_the_planning_division_edits_questions(site: Site) -> None:
    audited = site.city.audited()
    for who in ("information_staff", "information_head", "administrator"):
        browser = site.browser(who)
        assert [browser.get(path).status for path in (EDITOR, VERSIONS)] == [403, 403]
        assert [browser.post(path).status for path in (EDITOR, f"{EDITOR}/preview", VERSIONS)] == [403, 403, 403]
    planner = site.browser("planning")
    paths = (EDITOR, f"{EDITOR}/preview", VERSIONS)
    assert [planner.post(path, csrf=False).status for path in paths] == [403, 403, 403]
    assert planner.get("/desk/plans/neighbour-plan/questions").status == 404
    assert site.city.audited() == audited


def test_a_question_is_added_placed_and_stored_as_a_new_version(site: Site, planner: Browser) -> None:
    before = stored(site.city)
    page = added(planner)
    assert (page.status, ids(page)) == (200, [*before, "obstacle"])
    assert "困っていること" in previewed(page), "the form beside shows it"
    page = press(planner, page, "up:obstacle")
    assert ids(page)[-2] == "obstacle"
    assert stored(site.city) == before, "nothing is stored yet"
    refused = press(planner, page, "save", {"reason": " "})
    assert (refused.status, "理由を入力してください。" in refused.words, ids(refused)) == (422, True, ids(page))
    assert press(planner, refused, "save", {"reason": WHY}).to == f"{EDITOR}?done=saved"
    assert stored(site.city) == ids(page)
    after = planner.get(f"{EDITOR}?done=saved").words
    assert "いまの設問は第2版です" in after
    assert "始まったときの第1版のまま進みます" in after
    assert "plan.questions_changed" in site.city.audited()


def test_a_running_form_stays_as_it_is_and_answers_to_a_removed_question_stay_readable(
    site: Site, planner: Browser
) -> None:
    site.city.submit("1-1-1", "information_staff")
    page = press(planner, planner.get(EDITOR), "remove:quantity")
    page = press(planner, page, "remove:quantity_of")
    assert press(planner, page, "save", {"reason": WHY}).status == 303
    assert "quantity" not in stored(site.city)
    staff = site.browser("information_staff")
    assert 'name="answer.quantity"' in staff.get(f"/reports/{site.city.reports['1-2-1']}").text
    read = site.browser("information_head").get(f"/reports/{site.city.reports['1-1-1']}").words
    assert COMPLETE["quantity_of"] in read


def test_a_field_that_is_wrong_keeps_what_was_typed_and_says_what_to_do(planner: Browser) -> None:
    page = press(planner, planner.get(EDITOR), "add")
    typed = {**NEW, "id": "Bad id", "label_ja": "", "help_ja": "長い説明", "limit": "たくさん"}
    refused = press(planner, page, "apply", typed)
    assert refused.status == 422
    assert (refused.field("id"), refused.field("help_ja"), refused.field("limit")) == ("Bad id", "長い説明", "たくさん")
    for said in ("設問の文を入力してください", "英小文字で始め", "0以上の整数"):
        assert said in refused.words
    assert 'href="#questions--label_ja"' in refused.text
    assert press(planner, refused, "apply", {**NEW, "id": "progress"}).status == 422, "an id that is taken"
    assert press(planner, refused, "apply", {**NEW, "kind": "choice"}).status == 422, "a choice without choices"
    one_of_two = {**NEW, "shown": "when", "shown_by": "progress:delayed"}
    page = press(planner, refused, "apply", one_of_two)
    assert json.loads(page.field("draft"))["questions"][-1]["shown_when"]["question"] == "progress"


def test_a_question_that_another_one_depends_on_cannot_be_left_out(site: Site, planner: Browser) -> None:
    before = stored(site.city)
    page = press(planner, planner.get(EDITOR), "remove:progress")
    assert "このままでは保存できません" in page.words
    assert "設問「progress」はありません" in page.words
    assert press(planner, page, "save", {"reason": WHY}).status == 422
    assert stored(site.city) == before


def test_each_class_of_measures_has_a_form_of_its_own(planner: Browser) -> None:
    page = planner.get(EDITOR)
    assert "調査研究の結果" not in previewed(page)
    research = planner.post(EDITOR, {**state_of(page), "class": "research", "action": "preview"})
    assert "調査研究の結果" in previewed(research)


def test_the_preview_follows_what_is_typed_and_stores_nothing(site: Site, planner: Browser) -> None:
    before = stored(site.city)
    page = planner.get(f"{EDITOR}?edit=achievements")
    typed = {**state_of(page), "label_ja": "今年したこと", "kind": "text", "need": "always", "limit": "50"}
    fragment = planner.post(f"{EDITOR}/preview", typed)
    assert "今年したこと" in fragment.words
    assert "（50文字以内）" in fragment.words
    assert "<html" not in fragment.text
    half_typed = planner.post(f"{EDITOR}/preview", {**typed, "label_ja": ""})
    assert (half_typed.status, "今年度に実施したこと" in half_typed.words) == (200, True), (
        "as it was until it can be read"
    )
    assert stored(site.city) == before


def test_choices_are_added_and_left_out_by_their_rows(planner: Browser) -> None:
    page = planner.get(f"{EDITOR}?edit=progress")
    rows = re.findall(r'name="choice_code" value="([^"]*)".*?name="choice_ja" value="([^"]*)"', page.text, re.S)
    assert [code for code, _ in rows][-3:] == ["", "", ""], "empty rows for more"
    typed = {"label_ja": "進み具合", "kind": "choice", "need": "always", "shown": "always"}
    kept = [(code, unescape(ja)) for code, ja in rows[:4]]
    choices = {
        "choice_code": [*(code for code, _ in kept), ""],
        "choice_ja": [*(ja for _, ja in kept), "中止"],
        "choice_en": [""] * 5,
    }
    answer = planner.client.post(
        EDITOR,
        data={**state_of(page), **typed, **choices, "action": "apply", "csrf_token": planner.csrf_token},
    )
    draft = json.loads(Answer(answer.status_code, answer.text, "").field("draft"))
    codes = [c["code"] for c in draft["questions"][0]["choices"]]
    assert codes == [*(code for code, _ in kept), "choice-1"]


def test_what_somebody_else_saved_meanwhile_is_shown_and_mine_is_kept(site: Site, planner: Browser) -> None:
    mine = press(planner, planner.get(EDITOR), "down:progress")
    colleague = site.browser("planning")
    assert press(colleague, added(colleague), "save", {"reason": "同僚の変更"}).status == 303
    refused = press(planner, mine, "save", {"reason": WHY})
    assert (refused.status, ids(refused), refused.field("reason")) == (409, ids(mine), WHY)
    assert "ほかの人が変えたところ" in refused.words
    assert "questions obstacle" in refused.words or "設問 obstacle" in refused.words
    assert stored(site.city)[-1] == "obstacle"
    assert press(planner, refused, "save", {"reason": WHY}).status == 303, "knowing it, one may go on"


def test_versions_are_listed_compared_and_taken_again(site: Site, planner: Browser) -> None:
    assert "いまの設問が第1版です" in planner.get(VERSIONS).words
    before = stored(site.city)
    press(planner, added(planner), "save", {"reason": WHY})
    page = planner.get(f"{VERSIONS}?before=1&after=2").words
    assert "第1版と第2版の違い" in page
    assert "中島 さくら" in page
    assert WHY in page
    assert planner.get(f"{VERSIONS}?before=9").status == 404
    again = {"version": "1", "seen": "2"}
    assert planner.post(VERSIONS, {**again, "reason": ""}).status == 422
    assert planner.post(VERSIONS, {**again, "seen": "1", "reason": WHY}).status == 409
    assert planner.post(VERSIONS, {**again, "reason": "元に戻す"}).to == f"{EDITOR}?done=saved"
    assert stored(site.city) == before
    with site.city.database.reading(site.city.municipality) as session:
        assert question_versions.current(session, plans.find(session, PLAN)) == 3


def test_a_draft_that_cannot_be_read_begins_anew(planner: Browser) -> None:
    page = planner.get(EDITOR)
    refused = planner.post(EDITOR, {**state_of(page), "draft": "{", "action": "save"})
    assert (refused.status, ids(refused)) == (422, ids(page))


def test_the_pages_read_in_english(site: Site) -> None:
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.name_en, user.language = user.email.partition("@")[0], "en"
            session.add(user)
    planner = site.browser("planning")
    english = {**NEW, "label_ja": "What stands in the way", "help_ja": "Say it", "help_en": "Say it"}
    first = planner.get(EDITOR)
    blank = press(planner, first, "add")
    wrong = press(planner, blank, "apply", {**english, "label_ja": "", "limit": "x"})
    page = press(planner, blank, "apply", {**english, "shown": "when", "shown_by": "class:research"})
    pages = [first, planner.get(f"{EDITOR}?edit=progress"), blank, wrong, page]
    pages += [press(planner, page, "save", {"reason": ""})]
    press(planner, page, "save", {"reason": "It was hard to read"})
    pages += [press(planner, page, "save", {"reason": "again"}), planner.get(f"{EDITOR}?done=saved")]
    pages += [planner.get(VERSIONS), planner.post(VERSIONS, {"version": "1", "seen": "2", "reason": ""})]
    assert {page.status for page in pages} <= {200, 409, 422}
    shown = [replace(page, text=_WRITTEN_IN_JAPANESE.sub("", page.text)) for page in pages]
    assert [japanese_in(page) for page in shown] == [[]] * len(pages), "but for the Japanese texts that are edited"
