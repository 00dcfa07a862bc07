"""Two people in one draft: what they write comes together, each sees what the other changed, nothing is lost."""

from __future__ import annotations

import re

from domain.progress_report import ReportState
from tests.city import COMPLETE
from tests.web.conftest import Answer, Browser, Site
from tests.web.test_reports import submissions

MEASURE = "1-1-1"
FIRST, SECOND, THIRD = "案内を掲示しました。", "電波を調べました。", "声を集めました。"


class Form:
    """The form as a browser without JavaScript holds it: it sends every field and every mark that it was given."""

    def __init__(self, browser: Browser, report: int) -> None:
        self.browser, self.path = browser, f"/reports/{report}"
        self.fields: dict[str, str] = {}
        self.takes(browser.get(self.path))

    def takes(self, answer: Answer) -> Answer:
        """What the page of an answer has in its fields; choices are left as they were typed."""
        marked = re.findall(r'name="(seen\.[^"]+)" value="([^"]*)"', answer.text)
        texts = re.findall(r'<textarea[^>]* name="(answer\.[^"]+)"', answer.text)
        inputs = re.findall(r'<input type="text"[^>]* name="(answer\.[^"]+)"', answer.text)
        self.fields |= {**dict(marked), **{name: answer.field(name) for name in (*texts, *inputs)}}
        assert marked
        return answer

    def types(self, **answers: str) -> Form:
        self.fields |= {f"answer.{question}": text for question, text in answers.items()}
        return self

    def presses(self, action: str = "save") -> Answer:
        answer = self.browser.post(self.path, {**self.fields, "action": action})
        if answer.to.startswith(self.path):
            self.takes(self.browser.get(answer.to))
        elif answer.status in (409, 422):
            self.takes(answer)
        return answer


def two(site: Site) -> tuple[Form, Form]:
    report = site.city.reports[MEASURE]
    return Form(site.browser("information_staff"), report), Form(site.browser("information_colleague"), report)


def test_what_two_people_write_in_different_fields_is_saved_together(site: Site) -> None:
    mine, theirs = two(site)
    assert theirs.types(achievements=FIRST).presses().status == 303
    answer = mine.types(next_step=SECOND).presses()
    assert answer.to == f"{mine.path}?saved=joined"
    assert site.city.report(MEASURE).answers == {"achievements": FIRST, "next_step": SECOND}
    assert mine.fields["answer.achievements"] == FIRST
    assert "ほかの人が保存した内容も入っています" in mine.browser.get(answer.to).words


def test_what_both_changed_shows_both_texts_and_the_rest_is_saved(site: Site) -> None:
    mine, theirs = two(site)
    theirs.types(achievements=FIRST, quantity_of="掲示した施設").presses()
    answer = mine.types(achievements=SECOND, next_step=THIRD).presses()
    assert answer.status == 409
    assert "鈴木 健太 さんが、あなたの編集中にこの回答を保存しました。" in answer.words
    assert f"鈴木 健太 さんが保存した内容 {FIRST}" in answer.words
    assert answer.words.count("さんが保存した内容") == 1
    assert mine.fields["answer.achievements"] == SECOND
    expected = {"achievements": FIRST, "quantity_of": "掲示した施設", "next_step": THIRD}
    assert site.city.report(MEASURE).answers == expected
    assert mine.presses().status == 303, "now that both were shown, what is in the field goes"
    assert site.city.report(MEASURE).answers == {**expected, "achievements": SECOND}


def test_a_third_text_in_between_is_shown_again(site: Site) -> None:
    mine, theirs = two(site)
    theirs.types(achievements=FIRST).presses()
    assert mine.types(achievements=SECOND).presses().status == 409
    theirs.types(achievements=THIRD).presses()
    answer = mine.presses()
    assert answer.status == 409
    assert f"さんが保存した内容 {THIRD}" in answer.words
    assert site.city.report(MEASURE).answers == {"achievements": THIRD}


def test_nobody_submits_what_somebody_else_wrote_without_having_seen_it(site: Site) -> None:
    mine, theirs = two(site)
    theirs.types(quantity_of="掲示した施設").presses()
    typed = {**COMPLETE, "quantity_of": ""}
    answer = mine.types(**typed).presses("submit")
    assert answer.to == f"{mine.path}?look=joined"
    assert (site.city.report(MEASURE).state, submissions(site)) == (ReportState.DRAFT, [])
    assert mine.fields["answer.quantity_of"] == "掲示した施設"
    assert mine.presses("submit").to.startswith("/requests/")
    assert submissions(site)[0].answers["quantity_of"] == "掲示した施設"


def test_an_answer_that_was_emptied_is_not_brought_back_by_the_other(site: Site) -> None:
    mine, _ = two(site)
    mine.types(achievements=FIRST).presses()
    theirs = Form(site.browser("information_colleague"), site.city.reports[MEASURE])
    theirs.types(achievements="").presses()
    mine.types(next_step=SECOND).presses()
    assert site.city.report(MEASURE).answers == {"next_step": SECOND}


def test_a_save_that_changes_nothing_is_no_new_revision(site: Site) -> None:
    mine, _ = two(site)
    mine.types(achievements=FIRST).presses()
    mine.presses()
    assert site.city.report(MEASURE).revision == 1


# --- what an open form asks ----------------------------------------------------------------------


def test_an_open_form_is_told_of_a_save_of_somebody_else_once(site: Site) -> None:
    report = site.city.reports[MEASURE]
    browser = site.browser("information_staff")
    assert browser.get(f"/reports/{report}/draft?since=0").json == {"revision": 0}
    site.clock.passes(minutes=5)
    site.browser("information_colleague").autosave(report, {"achievements": FIRST}, 0)
    told = browser.get(f"/reports/{report}/draft?since=0").json
    assert (told["revision"], told["editor"], told["answers"]) == (1, "鈴木 健太", {"achievements": FIRST})
    assert told["editor_saved_at"] == "2021-01-15T00:05:00+00:00"
    assert browser.get(f"/reports/{report}/draft?since=1").json == {"revision": 1}


def test_an_open_form_is_told_that_the_report_was_submitted(site: Site) -> None:
    site.city.submit(MEASURE, "information_colleague")
    answer = site.browser("information_staff").get(f"/reports/{site.city.reports[MEASURE]}/draft?since=0")
    assert (answer.status, answer.json) == (410, {"error": "closed"})


def test_a_draft_is_looked_at_only_by_who_may_write_it(site: Site) -> None:
    path = f"/reports/{site.city.reports[MEASURE]}/draft"
    statuses = {
        who: site.browser(who).get(path).status
        for who in ("information_staff", "information_head", "planning", "citizens_staff", "administrator")
    }
    assert statuses == {
        "information_staff": 200,
        "information_head": 200,
        "planning": 410,
        "citizens_staff": 404,
        "administrator": 404,
    }
    assert site.stranger().get(path).status == 303


def test_the_answer_to_a_save_says_what_is_stored_now(site: Site) -> None:
    report = site.city.reports[MEASURE]
    site.browser("information_colleague").autosave(report, {"achievements": FIRST}, 0)
    body = {"answers": {"achievements": "", "next_step": SECOND}, "revision": 0, "seen": {"achievements": ""}}
    browser = site.browser("information_staff")
    response = browser.client.put(f"/reports/{report}/draft", json=body, headers={"X-CSRF-Token": browser.csrf_token})
    assert response.status_code == 200
    assert response.json()["answers"] == {"achievements": FIRST, "next_step": SECOND}
    body["answers"] = {"achievements": THIRD, "next_step": SECOND}
    response = browser.client.put(f"/reports/{report}/draft", json=body, headers={"X-CSRF-Token": browser.csrf_token})
    assert response.status_code == 409
    assert site.city.report(MEASURE).answers == {"achievements": FIRST, "next_step": SECOND}
