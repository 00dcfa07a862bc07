"""組織と人事: what the planning division sees and enters, what it is shown first, and that nobody else gets there."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

import docx
import pytest
from sqlmodel import SQLModel, select

from db import tables as t
from domain.ladder import Rank
from domain.reorganisation import SuccessionKind
from domain.roles import Office
from tests.changing_hall import Hall
from tests.city import MARK
from tests.web.conftest import Answer, Browser, Site

NEW_YEAR = "2021-04-01"
RENAME = {
    "kind": "renamed",
    "on": NEW_YEAR,
    "chosen_0": "new",
    "code_0": "digital",
    "name_0": "デジタル推進課",
    "name_en_0": "Digital Section",
    "email_0": "digital@city.example",
    "reason": "行政組織条例の改正",
}


@pytest.fixture
def planner(site: Site) -> Browser:
    return site.browser("planning")


def department(site: Site, code: str = "information") -> str:
    return str(site.city.departments[code])


def person(site: Site, who: str = "information_staff") -> str:
    return f"/organisation/people/{site.city.user(who).id}"


def pages(site: Site) -> list[str]:
    return [
        "/organisation",
        f"/organisation/departments/{department(site)}",
        f"/organisation/departments/{department(site)}/handover",
        person(site, "citizens_staff"),
        f"{person(site, 'citizens_staff')}/handover",
        f"{person(site)}/transfer",
        "/organisation/reorganisations/new",
    ]


def forms(site: Site) -> list[str]:
    hall = Hall(site.city)
    if not hall.look(lambda s: s.exec(select(t.DepartmentSuccession)).all()):
        hall.enter("citizens", SuccessionKind.DISSOLVED, {}, on=date(2021, 6, 1))
    (waiting,) = hall.look(lambda s: s.exec(select(t.DepartmentSuccession.id)).all())
    return [
        f"{person(site)}/transfer/preview",
        f"{person(site)}/transfer",
        "/organisation/reorganisations/preview",
        "/organisation/reorganisations",
        f"/organisation/reorganisations/{waiting}/withdraw",
    ]


def stored(site: Site) -> list[dict[str, Any]]:
    """Every row that these pages may change."""
    tables: tuple[type[SQLModel], ...] = (
        *(t.Department, t.DepartmentSuccession, t.User, t.Appointment, t.Responsibility, t.UpdateRequest),
        *(t.ProgressReport, t.Outbox, t.AuditEntry),
    )
    with site.city.database.reading(site.city.municipality) as session:
        return [row.model_dump() for table in tables for row in session.exec(select(table))]


# Who may


@pytest.mark.parametrize("who", ["information_staff", "information_head", "information_director"])
def test_a_department_is_refused_every_page_and_form(site: Site, who: str) -> None:
    browser = site.browser(who)
    assert {path: browser.get(path).status for path in pages(site)} == dict.fromkeys(pages(site), 403)
    paths = forms(site)
    before = stored(site)
    assert {path: browser.post(path, RENAME).status for path in paths} == dict.fromkeys(paths, 403)
    assert stored(site) == before


@pytest.mark.parametrize("who", ["planning", "administrator"])
def test_the_planning_division_and_the_administrator_see_every_page(site: Site, who: str) -> None:
    browser = site.browser(who)
    assert {path: browser.get(path).status for path in pages(site)} == dict.fromkeys(pages(site), 200)
    assert 'href="/organisation"' in browser.get("/plans").text
    assert 'href="/organisation"' not in site.browser("information_staff").get("/plans").text


def test_every_form_is_refused_without_the_token_of_its_session(site: Site, planner: Browser) -> None:
    paths = forms(site)
    before = stored(site)
    assert {path: planner.post(path, RENAME, csrf=False).status for path in paths} == dict.fromkeys(paths, 403)
    assert stored(site) == before


def test_another_city_finds_nothing_of_this_one(site: Site) -> None:
    with site.city.database.writing(site.city.neighbour) as session:
        neighbour = session.exec(select(t.User)).one()
        neighbour.office = Office.PLANNING
        session.add(neighbour)
    stranger = site.browser("neighbour_staff")
    own, *others = [path for path in pages(site) if not path.endswith("/new")]
    assert {path: stranger.get(path).status for path in others} == dict.fromkeys(others, 404)
    assert "佐藤 花子" not in stranger.get(own).text
    before = stored(site)
    assert stranger.post(f"{person(site)}/transfer", {"on": NEW_YEAR}).status == 404
    refused = stranger.post("/organisation/reorganisations", {**RENAME, "department": department(site)})
    assert refused.status == 422
    assert stored(site) == before


# The directory


def test_the_departments_of_a_day_are_listed_with_their_people_and_measures(site: Site, planner: Browser) -> None:
    page = planner.get("/organisation")
    assert (
        "情報政策課 information 部長 福田 邦夫 課長 田中 誠 係長 高橋 美香 担当者 鈴木 健太 担当者 佐藤 花子 3件"
        in page.words
    )
    assert "（2021年1月15日（金）現在）" in page.words
    assert MARK.ja in page.words


def test_history_is_shown_with_what_came_before_and_after(site: Site, planner: Browser) -> None:
    Hall(site.city).enter("information", SuccessionKind.RENAMED, {"digital": ()}, on=date(2021, 1, 1))
    assert (
        "情報政策課 →" not in planner.get("/organisation?on=2020-12-31").words.split("実施された")[0].split("部署（")[0]
    )
    past = planner.get("/organisation?on=2020-12-31").words
    assert "情報政策課 information" in past
    today = planner.get("/organisation").words
    assert "情報政策課 information" not in today
    assert "digital digital" in today
    assert "実施された機構改革（1件）" in today
    old = planner.get(f"/organisation/departments/{department(site)}").words
    assert "2018年4月1日（日）から2020年12月31日（木）まで" in old
    assert "改称" in old


def test_the_planning_division_is_shown_the_measures_that_lost_their_department(site: Site, planner: Browser) -> None:
    assert "所管課がなくなった施策" not in planner.get("/organisation").words
    Hall(site.city).enter("information", SuccessionKind.DISSOLVED, {}, on=date(2021, 1, 10))
    page = planner.get("/organisation").words
    assert "所管課がなくなった施策（3件）" in page
    assert "1-1-1 公衆無線LAN" in page


# Reorganisations


def test_a_preview_says_what_moves_and_changes_nothing(site: Site, planner: Browser) -> None:
    before = stored(site)
    page = planner.post("/organisation/reorganisations/preview", {**RENAME, "department": department(site)})
    assert page.status == 200
    assert "まだ何も変わっていません" in page.words
    assert "移る所管（3件）" in page.words
    assert "移る受付中の報告（3件）" in page.words
    assert "同じ職のままデジタル推進課に移ります" in page.words
    assert stored(site) == before


def test_what_was_confirmed_is_entered_with_its_new_department_and_waits_for_its_day(
    site: Site, planner: Browser
) -> None:
    values = {**RENAME, "department": department(site)}
    preview = planner.post("/organisation/reorganisations/preview", values)
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', preview.text))
    assert planner.post("/organisation/reorganisations", carried).to == "/organisation?done=entered"
    hall = Hall(site.city)
    digital = hall.department("digital")
    assert (digital.name, digital.name_en, digital.email) == (
        "デジタル推進課",
        "Digital Section",
        "digital@city.example",
    )
    assert digital.valid_from == date(2021, 4, 1)
    assert hall.asked_for("1-1-1") == "information"
    page = planner.get("/organisation").words
    assert "これから実施される機構改革" in page
    assert "行政組織条例の改正" in page
    site.clock.passes(days=80)
    hall.day_comes(site.clock())
    assert hall.asked_for("1-1-1") == "digital"


def test_a_reorganisation_that_waits_can_be_withdrawn(site: Site, planner: Browser) -> None:
    *_, withdraw = forms(site)
    assert planner.post(withdraw).to == "/organisation?done=withdrawn"
    assert "これから実施される機構改革" not in planner.get("/organisation").words
    assert planner.post(withdraw).status == 404


def test_one_that_has_taken_effect_cannot_be_withdrawn_and_the_page_says_so(site: Site, planner: Browser) -> None:
    hall = Hall(site.city)
    hall.enter("information", SuccessionKind.DISSOLVED, {}, on=date(2021, 1, 10))
    (row,) = hall.look(lambda s: s.exec(select(t.DepartmentSuccession)).all())
    refused = planner.post(f"/organisation/reorganisations/{row.id}/withdraw")
    assert refused.status == 409
    assert "すでに実施された改編は取り下げられません" in refused.words


def test_several_departments_become_one_in_one_form(site: Site, planner: Browser) -> None:
    values: dict[str, Any] = {
        **RENAME,
        "kind": "merged",
        "department": [department(site), department(site, "citizens")],
    }
    assert "移る受付中の報告（2件）" in planner.post("/organisation/reorganisations/preview", values).words
    planner.post("/organisation/reorganisations", values)
    rows = Hall(site.city).look(lambda s: s.exec(select(t.DepartmentSuccession)).all())
    assert {row.department_id for row in rows} == set(site.city.departments.values())
    assert len({row.successor_id for row in rows}) == 1


def test_a_split_asks_who_takes_which_measure(site: Site, planner: Browser) -> None:
    values = {
        **RENAME,
        "kind": "split",
        "department": department(site),
        "chosen_1": department(site, "citizens"),
        "on": "2021-01-10",
    }
    page = planner.post("/organisation/reorganisations/preview", values)
    names = re.findall(r'<select name="(measure\.\d+)"', page.text)
    assert len(names) == 3
    assert page.words.count("→ 記載なし") == 3, "nothing is given to anybody yet"
    chosen = {**values, names[0]: "0", names[1]: "1"}
    page = planner.post("/organisation/reorganisations/preview", chosen)
    assert (page.words.count("→ デジタル推進課"), page.words.count("→ 市民窓口課")) == (1, 1)
    planner.post("/organisation/reorganisations", chosen)
    hall = Hall(site.city)
    assert [hall.asked_for(code) for code in ("1-1-1", "1-2-1", "1-2-4")] == ["digital", "citizens", None]


def said_beside(page: Answer, field: str) -> str:
    """The error beside a field, or inside a group of fields."""
    group = rf'<fieldset[^>]* id="{field}">(?:(?!</fieldset>).)*?form-field__error">([^<]*)<'
    found = re.search(rf'id="{field}-error">([^<]*)<', page.text) or re.search(group, page.text, re.DOTALL)
    assert found, f"nothing is said beside {field}"
    return found.group(1)


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"kind": ""}, "kind", "どのような改編かを一つ選んでください。"),
        ({"on": "4月1日"}, "on", "日付を「2021-02-15」の形で入力してください。"),
        ({"department": ""}, "department", "対象の部署を選んでください。"),
        ({"reason": " "}, "reason", "理由を入力してください。"),
        ({"on": "2018-04-01"}, "department", "改編の前の日に存在しない部署です"),
        ({"chosen_0": ""}, "chosen_0", "引き継ぐ部署を一つ選んでください。"),
        ({"chosen_0": "citizens"}, "chosen_0", "以前からある部署です。この場合は、改称ではなく統合を選んでください。"),
        ({"kind": "split"}, "chosen_0", "分割では、引き継ぐ部署を二つ以上選んでください。"),
        ({"code_0": ""}, "code_0", "新しい部署のコードを入力してください。"),
        ({"code_0": "ｃｉｔｉｚｅｎｓ"}, "code_0", "このコードはすでに使われています。"),
        ({"name_0": ""}, "name_0", "新しい部署の名前を入力してください。"),
        ({"email_0": "digital"}, "email_0", "メールアドレスの形で入力してください。"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    site: Site, planner: Browser, changed: dict[str, str], field: str, said: str
) -> None:
    values = {**RENAME, "department": department(site), **changed}
    if values["chosen_0"] == "citizens":
        values["chosen_0"] = department(site, "citizens")
    before = stored(site)
    for path in ("/organisation/reorganisations/preview", "/organisation/reorganisations"):
        page = planner.post(path, values)
        assert page.status == 422
        assert said in said_beside(page, field)
        assert page.field("name_en_0") == "Digital Section"
    assert stored(site) == before


def test_a_department_that_waits_for_another_change_is_refused(site: Site, planner: Browser) -> None:
    Hall(site.city).enter("information", SuccessionKind.DISSOLVED, {}, on=date(2021, 6, 1))
    page = planner.post("/organisation/reorganisations/preview", {**RENAME, "department": department(site)})
    assert page.status == 422
    assert "まだ実施されていない改編があります" in said_beside(page, "department")


# Transfers


def test_a_transfer_is_shown_first_and_changes_nothing_until_it_is_confirmed(site: Site, planner: Browser) -> None:
    values = {
        "on": NEW_YEAR,
        "leaves": f"{department(site)}:staff",
        "department_0": department(site, "citizens"),
        "rank_0": "subsection_chief",
    }
    before = stored(site)
    page = planner.post(f"{person(site)}/transfer/preview", values)
    assert page.status == 200
    assert "所管している施策：3件 受付中の報告：3件" in page.words
    assert "同じ職に残る人：鈴木 健太" in page.words
    assert "情報政策課を離れるため" in page.words
    assert stored(site) == before
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    assert planner.post(f"{person(site)}/transfer", carried).to == f"{person(site)}?done=transferred"
    assert Hall(site.city).appointments("information_staff") == [
        ("information", Rank.STAFF, date(2018, 4, 1), date(2021, 3, 31)),
        ("citizens", Rank.SUBSECTION_CHIEF, date(2021, 4, 1), None),
    ]
    shown = planner.get(f"{person(site)}?done=transferred").words
    assert "異動を登録しました。" in shown
    assert "市民窓口課 係長 2021年4月1日（木）から これから" in shown


def test_a_preview_warns_where_nobody_holds_the_rank_any_more(site: Site, planner: Browser) -> None:
    values = {"on": NEW_YEAR, "leaves": f"{department(site)}:section_head"}
    page = planner.post(f"{person(site, 'information_head')}/transfer/preview", values)
    assert "この職の人がいなくなります。 お知らせは、代わりに information@city.example に送られます。" in page.words
    assert "アカウントは停止されます" in page.words


@pytest.mark.parametrize(
    ("values", "status", "said"),
    [
        ({"on": "", "leaves": "mine"}, 422, "日付を「2021-02-15」の形で入力してください。"),
        ({"on": NEW_YEAR}, 409, "終わる職か、新しい職を選んでください。"),
        ({"on": "2018-04-01", "leaves": "mine"}, 409, "その日の前の日に就いていない職です。"),
        ({"on": "2018-03-31", "department_0": "citizens"}, 422, "異動の日に存在しない部署です。"),
        ({"on": NEW_YEAR, "department_0": "999999"}, 422, "異動の日に存在しない部署です。"),
    ],
)
def test_a_transfer_that_cannot_be_says_why(
    site: Site, planner: Browser, values: dict[str, str], status: int, said: str
) -> None:
    own, other = department(site), department(site, "citizens")
    typed = {name: {"mine": f"{own}:staff", "citizens": other}.get(value, value) for name, value in values.items()}
    before = stored(site)
    for path in (f"{person(site)}/transfer/preview", f"{person(site)}/transfer"):
        page = planner.post(path, {"rank_0": "staff", **typed})
        assert page.status == status
        assert said in page.words
    assert stored(site) == before


# Handover sheets


def test_the_sheet_of_a_person_is_read_on_the_page_and_kept_as_word_and_pdf(site: Site, planner: Browser) -> None:
    address = f"{person(site)}/handover"
    page = planner.get(address)
    assert "事務引継書" in page.words
    assert "1-1-1 公衆無線LAN" in page.words
    assert MARK.ja in page.words
    for format_, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
        response = planner.client.get(f"{address}?format={format_}")
        assert response.content.startswith(begins)
        assert response.headers["content-disposition"].startswith("attachment; ")
        assert "2021-01-15" in response.headers["content-disposition"]
    word = docx.Document(BytesIO(planner.client.get(f"{address}?format=docx").content))
    assert "事務引継書" in [p.text for p in word.paragraphs]


def test_a_sheet_is_a_page_in_which_nothing_may_run(site: Site, planner: Browser) -> None:
    policy = planner.client.get(f"{person(site)}/handover").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")


def test_there_is_no_sheet_for_excel_nor_in_a_format_that_does_not_exist(site: Site, planner: Browser) -> None:
    assert planner.get(f"{person(site)}/handover?format=xlsx").status == 404
    assert planner.get(f"{person(site)}/handover?format=odt").status == 422


def test_everybody_may_write_down_what_they_hand_over_themselves(site: Site) -> None:
    staff = site.browser("information_staff")
    assert staff.get(f"{person(site)}/handover").status == 200
    assert f'href="{person(site)}/handover"' in staff.get("/requests").text
    assert staff.get(f"{person(site, 'information_colleague')}/handover").status == 403


def test_the_sheet_of_a_department_names_its_successor(site: Site, planner: Browser) -> None:
    Hall(site.city).enter("information", SuccessionKind.RENAMED, {"digital": ()}, on=date(2021, 4, 1))
    page = planner.get(f"/organisation/departments/{department(site)}/handover")
    assert "2018年4月1日から2021年3月31日まで digital" in page.words


def test_looking_changes_nothing(site: Site, planner: Browser) -> None:
    before = stored(site)
    for path in pages(site):
        planner.get(path)
    assert stored(site) == before
