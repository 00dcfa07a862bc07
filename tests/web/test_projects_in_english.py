"""The pages of key projects in English: nothing but what people typed stays Japanese."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.inquiry import Addressee
from tests.busy_project import WRITTEN, BusyProject, busy
from tests.project_city import DEPARTMENTS, GOAL, PATH, PEOPLE, PLAN, TEXTS, ProjectCity
from tests.test_texts import japanese_in
from tests.web.conftest import Answer, Browser, Site
from web import labels
from web.project_words import PROJECT_PROBLEMS

TYPED = {
    *(WRITTEN, GOAL, PATH, TEXTS.title, TEXTS.hypothesis, TEXTS.beneficiaries, "件", "課をまたぐため", "外部 太郎"),
    *("画面越しの窓口チーム", "お知らせチーム", "届くお知らせ", "なくせる業務さがし", "専門人材"),
    *("選んだ分野だけが届けば、読まれるお知らせが増える。", "なくせる業務を先に探せば、人手が空く。"),
    *(DEPARTMENTS.values()),
    *(name for name, *_ in PEOPLE.values()),
    *("日本語", "巡", "試験のための見本です。"),
}
"""What people wrote, and what has a Japanese name only."""


@pytest.fixture
def english(project_city: ProjectCity) -> BusyProject:
    found = busy(project_city)
    with project_city.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.language = "en"
            session.add(user)
    return found


@dataclass
class Reader:
    """Reads pages and remembers the Japanese that nobody typed."""

    browser: Browser
    japanese: dict[str, list[str]] = field(default_factory=dict)

    def get(self, path: str) -> None:
        answer = self.browser.get(path)
        assert answer.status == 200, path
        self._look(path, answer)

    def post(self, path: str, **values: str) -> None:
        answer = self.browser.post(path, values)
        assert answer.status in (409, 422), (path, values, answer.status)
        self._look(f"POST {path} {values}", answer)

    def _look(self, name: str, answer: Answer) -> None:
        text = answer.words
        for own in sorted(TYPED, key=len, reverse=True):
            text = text.replace(own, "")
        if found := japanese_in(text):
            self.japanese[name] = found


@pytest.mark.parametrize("who", ["planning", "leader", "member", "outsider"])
def test_every_page_of_key_projects_reads_in_english(who: str, english: BusyProject, project_site: Site) -> None:
    reader = Reader(project_site.browser(who))
    for path in english.pages:
        if reader.browser.get(path).status == 200:
            reader.get(path)
    project = f"/projects/{english.city.project}"
    if who == "planning":
        for done in ("opened", "rewritten", "cadence", "indicator", "decided", "raised", "event"):
            reader.get(f"{project}?done={done}")
        for done in ("founded", "joined", "dissolved"):
            reader.get(f"/desk{project}/team?done={done}")
        for done in ("begun", "kept"):
            reader.get(f"/trials/{english.running}?done={done}")
        reader.get(f"/check-ins/{english.asked}?done=saved")
        reader.get(f"/check-ins/{english.answered}?done=submitted")
        reader.get(f"/desk/plans/{PLAN}/projects?done=event")
    assert reader.japanese == {}


def test_what_is_refused_is_refused_in_english(english: BusyProject, project_site: Site) -> None:
    reader = Reader(project_site.browser("planning"))
    project, other = f"/projects/{english.city.project}", f"/desk/projects/{english.city.considered}"
    reader.post(f"{project}/cadence")
    reader.post(f"{project}/indicators", target="x")
    for outcome in ("", "change_path", "change_goal", "merge", "stop"):
        reader.post(f"{project}/decisions/new", outcome=outcome)
    reader.post(f"{project}/trials/new", result="worked")
    reader.post(f"/trials/{english.running}", seen="9", title="x", hypothesis="x", started_on="2026-06-10")
    reader.post(f"{project}/events/new")
    reader.post(f"/desk/plans/{PLAN}/events/new", scope="x")
    reader.post(f"/desk/plans/{PLAN}/projects/new")
    reader.post(f"/desk{project}/edit")
    reader.post(f"{other}/team")
    reader.post(f"/desk{project}/team/members")
    reader.post(f"/desk{project}/team/dissolve")
    reader.post(f"/check-ins/{english.asked}", action="submit", revision="0")
    reader.post(f"/check-ins/{english.asked}", action="save", revision="9")
    reader.post(f"/check-ins/{english.answered}", **{"answer.tried": "x"}, action="save", revision="9")
    assert reader.japanese == {}


def test_every_word_of_a_key_project_has_its_english() -> None:
    said = [labels.problem_in_words(problem, "en") for problem in PROJECT_PROBLEMS]
    said += [labels.label(one, "en") for one in Addressee]
    assert [text for text in said if japanese_in(text)] == []
