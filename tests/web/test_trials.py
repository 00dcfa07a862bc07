"""試行 in the browser: begun with a hypothesis, ended with what was learnt, whatever came of it."""

from __future__ import annotations

import pytest

from db import tables as t
from domain.key_project import TrialResult
from domain.trial import TrialTexts
from records import trials
from tests.project_city import TODAY, ProjectCity
from tests.web.conftest import Answer, Site

BEGUN = {
    "title": "予約なしの相談",
    "hypothesis": "予約をやめれば利用が増える。",
    "started_on": "２０２６年６月８日",
}
ENDED = {
    **BEGUN,
    "ended_on": "2026-06-10",
    "done": "一つの施設で三日、予約なしで受けました。",
    "result": "did_not_work",
    "learning": "混む時間に待たせてしまうと分かりました。",
    "next": "時間ごとに人数を数えます。",
    "abolishes": "窓口の予約台帳の管理",
}


def begin(site: Site, city: ProjectCity, typed: dict[str, str], who: str = "member") -> Answer:
    return site.browser(who).post(f"/projects/{city.project}/trials/new", typed)


def recorded(city: ProjectCity, number: int = 1) -> t.Trial:
    with city.reading() as (session, project):
        return trials.of_project(session, project)[number - 1]


def test_a_trial_begins_with_what_is_expected_of_it(project_site: Site, project_city: ProjectCity) -> None:
    answer = begin(project_site, project_city, BEGUN)
    trial = recorded(project_city)
    assert answer.to == f"/trials/{trial.id}?done=begun"
    assert (trial.title, trial.started_on, trial.result) == ("予約なしの相談", TODAY.replace(day=8), None)
    page = project_site.browser("outsider").get(answer.to)
    assert "実施中" in page.words
    assert "<textarea" not in page.text, "who is not of the team reads"


def test_a_trial_that_did_not_work_is_kept_with_what_was_learnt(project_site: Site, project_city: ProjectCity) -> None:
    begin(project_site, project_city, BEGUN)
    trial = recorded(project_city)
    page = project_site.browser("leader").get(f"/trials/{trial.id}")
    kept = project_site.browser("leader").post(f"/trials/{trial.id}", {**ENDED, "seen": page.field("seen")})
    assert kept.to == f"/trials/{trial.id}?done=kept"
    trial = recorded(project_city)
    assert (trial.result, trial.learning) == (TrialResult.DID_NOT_WORK, ENDED["learning"])
    project = project_site.browser("outsider").get(f"/projects/{project_city.project}").words
    assert f"分かったこと {ENDED['learning']}" in project
    assert f"なくせる業務 {ENDED['abolishes']}" in project


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        ({"learning": ""}, "分かったことを入力してください。"),
        ({"done": ""}, "したことを入力してください。"),
        ({"ended_on": ""}, "結果を選んだときは、終えた日を入力してください。"),
        ({"ended_on": "2026-06-01"}, "終えた日は、始めた日以降の日付を入力してください。"),
        ({"started_on": "2026-06-11"}, "始めた日は、今日までの日付を入力してください。"),
        ({"started_on": "きのう"}, "日付を「2021-02-15」の形で入力してください。"),
        ({"ended_on": "あした"}, "日付を「2021-02-15」の形で入力してください。"),
        ({"title": ""}, "試行の名称を入力してください。"),
        ({"hypothesis": " "}, "仮説を入力してください。"),
        ({"result": "great"}, "結果を一覧から選んでください。"),
    ],
)
def test_what_a_trial_lacks_is_said_and_nothing_typed_is_lost(
    lacks: dict[str, str], said: str, project_site: Site, project_city: ProjectCity
) -> None:
    answer = begin(project_site, project_city, {**ENDED, **lacks})
    assert answer.status == 422
    assert said in answer.words
    assert answer.field("next") == ENDED["next"]
    with project_city.reading() as (session, project):
        assert trials.of_project(session, project) == []


def test_everything_a_result_lacks_is_said_at_once(project_site: Site, project_city: ProjectCity) -> None:
    answer = begin(project_site, project_city, {**BEGUN, "result": "worked"})
    assert "入力内容に問題があります（3件）" in answer.words
    assert "うまくいかなかったことから分かったことも、同じだけ大切です。" in answer.words


def test_two_people_who_write_on_at_once_see_each_others_words(project_site: Site, project_city: ProjectCity) -> None:
    begin(project_site, project_city, BEGUN)
    trial = recorded(project_city)
    theirs = {**BEGUN, "done": "リーダーが書いたことです。", "seen": "1"}
    assert project_site.browser("leader").post(f"/trials/{trial.id}", theirs).status == 303
    both = project_site.browser("member").post(f"/trials/{trial.id}", {**BEGUN, "done": "私のです。", "seen": "1"})
    assert both.status == 409
    assert both.field("done") == "私のです。"
    assert "いまの記録" in both.words
    assert "リーダーが書いたことです。" in both.words
    assert recorded(project_city).done == "リーダーが書いたことです。"
    again = {**BEGUN, "done": "二人のです。", "seen": both.field("seen")}
    assert project_site.browser("member").post(f"/trials/{trial.id}", again).status == 303
    assert recorded(project_city).done == "二人のです。"


def test_only_the_team_and_the_coordinating_section_record_trials(
    project_site: Site, project_city: ProjectCity
) -> None:
    trial = project_city.try_out(TrialTexts("予約制", "待たせない。", TODAY))
    assert begin(project_site, project_city, BEGUN, "outsider").status == 403
    assert project_site.browser("outsider").post(f"/trials/{trial}", {**ENDED, "seen": "1"}).status == 403
    assert begin(project_site, project_city, BEGUN, "planning").status == 303
    assert [recorded(project_city, n).result for n in (1, 2)] == [None, None]


def test_no_trial_begins_before_there_is_a_team(project_site: Site, project_city: ProjectCity) -> None:
    path = f"/projects/{project_city.considered}/trials/new"
    planner = project_site.browser("planning")
    assert "取組中のプロジェクトではないため、試行は始められません。" in planner.get(path).words
    assert planner.post(path, BEGUN).status == 409
