"""意見 on the pages: the public form and what keeps it safe, and the desk where opinions are gathered and answered."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
from sqlmodel import col, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.opinion import OTHER_DEPARTMENT, OpinionChannel, OpinionContent, Reflection
from domain.phase_review import ReviewState
from records import opinions, people, plans
from records.change import Change
from tests.city import OPENED_AT, OPENED_ON
from tests.web.conftest import Answer, Browser, Site
from web.labels import problem_in_words
from web.opinion_words import OPINION_PROBLEMS

FORM = "/opinions/iizuka/iizuka-ict"
LAST_DAY = OPENED_ON + timedelta(days=10)
TYPED = {"source": "citizens", "text": "公園でも\n使えるように。", "author": "飯塚 太郎", "contact": "0948-00-0000"}
HEADINGS = "受付日,意見の出どころ,意見,氏名・団体名,連絡先,関連する施策の番号"


@dataclass
class Hearing:
    """The site with a running review; its window is open to the public until `LAST_DAY`."""

    site: Site
    review: int

    @property
    def desk(self) -> str:
        return f"/desk/reviews/{self.review}/opinions"

    def change_review(self, **values: object) -> None:
        with self.site.city.database.writing(self.site.city.municipality) as session:
            review = session.get_one(t.PhaseReview, self.review)
            for name, value in values.items():
                setattr(review, name, value)
            session.add(review)

    def stored(self) -> Sequence[t.Opinion]:
        with self.site.city.database.reading(EVERY_MUNICIPALITY) as session:
            return session.exec(select(t.Opinion).order_by(col(t.Opinion.id))).all()

    def node(self, code: str, edition: str = "2018-03") -> int:
        with self.site.city.database.reading(self.site.city.municipality) as session:
            query = select(t.Node.id).join(t.Edition, col(t.Edition.id) == col(t.Node.edition_id))
            return session.exec(query.where(t.Edition.code == edition, t.Node.code == code)).one()

    def recorded(self, text: str, *codes: str, reflection: Reflection | None = None, **said: str) -> int:
        """An opinion that is there already, answered where a reflection is given."""
        city, nodes = self.site.city, [self.node(code) for code in codes]
        user = city.user("planning")
        change = Change(user.email, OPENED_AT, user.id)
        content = replace(OpinionContent("citizens", text, OPENED_ON), **said)  # type: ignore[arg-type]  # texts only
        with city.database.writing(city.municipality) as session:
            actor = people.actor_of(session, user, OPENED_ON)
            intake = opinions.intake_of_review(session, self.review)
            opinion = opinions.record(session, change, actor, intake, content, nodes, OPENED_ON)
            if reflection:
                opinions.answer(session, change, actor, opinion.id, "市の考えです。", reflection)
            return opinion.id


@pytest.fixture
def hearing(site: Site) -> Hearing:
    city = site.city
    with city.database.writing(city.municipality) as session:
        edition = plans.edition_in_force(session, session.get_one(t.Plan, city.plan), OPENED_ON)
        review = t.PhaseReview(
            plan_id=city.plan,
            term="early",
            fiscal_year=2020,
            edition_id=edition.id,
            workflow_id="phase-review/iizuka/iizuka-ict/early",
            opened_on=OPENED_ON,
            opened_by="test",
            state=ReviewState.PROPOSING,
            takes_public_opinions=True,
            opinions_from=OPENED_ON,
            opinions_until=LAST_DAY,
        )
        session.add(review)
        session.flush()
        return Hearing(site, review.id)


def send_file(browser: Browser, address: str, content: bytes) -> Answer:
    files = {"file": ("意見.csv", content)}
    response = browser.client.post(f"{address}/uploads", data={"csrf_token": browser.csrf_token}, files=files)
    return Answer(response.status_code, response.text, response.headers.get("location", ""))


def csv_of(*rows: str, encoding: str = "cp932") -> bytes:
    return "\r\n".join((HEADINGS, *rows)).encode(encoding)


def decide(browser: Browser, preview: Answer, action: str = "import") -> Answer:
    found = re.search(r'action="(/desk/[^"]+/uploads/\d+)"', preview.text)
    assert found
    return browser.post(found[1], {"action": action})


# The public form


def test_anybody_sends_an_opinion_without_signing_in_and_gets_a_receipt(hearing: Hearing) -> None:
    stranger = hearing.site.stranger()
    form = stranger.get(FORM)
    assert form.status == 200
    assert [word in form.words for word in ("市民", "民間事業者", "大学等", "庁内の他部署")] == [True] * 3 + [False]
    answer = stranger.post(FORM, {**TYPED, "measure": str(hearing.node("1-1-1"))})
    (opinion,) = hearing.stored()
    assert answer.to == f"{FORM}/received?number=20210115-{opinion.id}"
    assert f"20210115-{opinion.id}" in stranger.get(answer.to).words
    said = (opinion.source, opinion.text, opinion.author, opinion.contact, opinion.channel, opinion.recorded_by_id)
    assert said == (*TYPED.values(), OpinionChannel.FORM, None)
    with hearing.site.city.database.reading(hearing.site.city.municipality) as session:
        assert session.exec(select(t.OpinionNode.node_id)).all() == [hearing.node("1-1-1")]
    assert hearing.site.city.audited()[-1] == "opinion.received"


def test_name_and_contact_may_stay_empty(hearing: Hearing) -> None:
    assert hearing.site.stranger().post(FORM, {"source": "businesses", "text": "一言"}).status == 303


def test_nothing_typed_is_lost_on_an_error(hearing: Hearing) -> None:
    measure = str(hearing.node("1-1-1"))
    typed = {**TYPED, "source": "", "text": "あ" * 2_001, "measure": measure}
    answer = hearing.site.stranger().post(FORM, typed)
    assert answer.status == 422
    assert 'id="error-summary"' in answer.text
    assert 'href="#source"' in answer.text
    assert 'href="#text"' in answer.text
    assert "現在2001文字" in answer.words
    assert [answer.field(name) for name in ("text", "author", "contact")] == ["あ" * 2_001, "飯塚 太郎", "0948-00-0000"]
    assert f'<option value="{measure}" selected>' in answer.text
    assert hearing.stored() == []


@pytest.mark.parametrize("wrong", [{"source": OTHER_DEPARTMENT}, {"source": "<b>"}, {"measure": "999999"}])
def test_what_no_form_offers_is_refused(hearing: Hearing, wrong: dict[str, str]) -> None:
    assert hearing.site.stranger().post(FORM, {**TYPED, **wrong}).status == 422
    assert hearing.stored() == []


def test_a_program_that_fills_in_every_field_is_not_heard_and_a_person_loses_nothing(hearing: Hearing) -> None:
    stranger = hearing.site.stranger()
    answer = stranger.post(FORM, {**TYPED, "website": "https://spam.example"})
    assert (answer.status, hearing.stored()) == (422, [])
    assert (answer.field("text"), answer.field("website")) == (TYPED["text"], "")


def test_a_flood_from_one_address_is_stopped_for_a_while(hearing: Hearing) -> None:
    stranger = hearing.site.stranger()
    sent = [stranger.post(FORM, {**TYPED, "text": f"意見{n}"}) for n in range(21)]
    assert [answer.status for answer in sent] == [303] * 20 + [429]
    assert sent[-1].field("text") == "意見20"
    assert len(hearing.stored()) == 20
    staff = hearing.site.browser("citizens_staff")
    assert staff.post(FORM, {"text": "庁内から"}).status == 303, "a city hall behind one address is not held up"


def test_pages_of_other_sites_cannot_send(hearing: Hearing) -> None:
    stranger = hearing.site.stranger()
    assert stranger.post(FORM, TYPED, sec_fetch_site="cross-site").status == 403
    assert stranger.post(FORM, TYPED, origin="https://evil.example").status == 403
    assert hearing.stored() == []


def test_before_and_after_the_window_the_page_says_when_opinions_are_taken(hearing: Hearing) -> None:
    stranger = hearing.site.stranger()
    hearing.site.clock.at = OPENED_AT - timedelta(days=1)
    assert "まだ始まっていません" in stranger.get(FORM).words
    assert "令和3年（2021年）1月15日" in stranger.get(FORM).words
    hearing.site.clock.at = OPENED_AT + timedelta(days=10)
    assert "送信する" in stranger.get(FORM).words, "the last day belongs to it"
    hearing.site.clock.at = OPENED_AT + timedelta(days=11)
    assert "募集は終わりました" in stranger.get(FORM).words
    late = stranger.post(FORM, TYPED)
    assert (late.status, hearing.stored()) == (409, [])
    assert "公園でも 使えるように。" in late.words, "what was typed can still be copied"


def test_a_form_that_is_switched_off_tells_a_stranger_nothing_of_the_review(hearing: Hearing) -> None:
    hearing.change_review(takes_public_opinions=False)
    stranger = hearing.site.stranger()
    nowhere = "/opinions/iizuka/nothing"
    for path in (FORM, f"{FORM}/received?number=20210115-1"):
        assert (stranger.get(path).status, stranger.get(path).text) == (404, stranger.get(nowhere).text)
    sent = stranger.post(FORM, TYPED)
    assert (sent.status, sent.text) == (404, stranger.post(nowhere, TYPED).text)
    assert "公園でも 使えるように。" in sent.words, "what was typed can still be copied"
    assert (hearing.site.browser("planning").get(FORM).status, hearing.stored()) == (200, [])


def test_a_plan_that_everybody_may_read_says_that_nothing_is_asked(hearing: Hearing) -> None:
    hearing.change_review(takes_public_opinions=False)
    parts = hearing.site.app.state.parts
    settings = parts.settings.model_copy(update={"public_site": True})
    hearing.site.app.state.parts = replace(parts, settings=settings)
    with hearing.site.city.database.writing(hearing.site.city.municipality) as session:
        plan = plans.find(session, "iizuka-ict")
        plan.definition = {**plan.definition, "is_public": True}
        session.add(plan)
    page = hearing.site.stranger().get(FORM)
    assert (page.status, "募集していません" in page.words, "2021年" in page.words) == (200, True, False)


def test_a_closed_review_hears_nobody(hearing: Hearing) -> None:
    hearing.change_review(state=ReviewState.CLOSED)
    assert hearing.site.stranger().get(FORM).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/opinions/iizuka/nothing",
        "/opinions/nowhere/iizuka-ict",
        "/opinions/neighbour/iizuka-ict",
        "/opinions/iizuka/neighbour-plan",
        "/opinions/iizuka/%00",
        "/opinions/iizuka/iizuka-ict/received?number=%3Cb%3E",
    ],
)
def test_what_is_no_plan_of_this_city_is_not_found(hearing: Hearing, path: str) -> None:
    stranger = hearing.site.stranger()
    assert stranger.get(path).status == 404
    if "received" not in path:
        assert stranger.post(path, TYPED).status == 404


def test_another_department_sends_under_its_own_name(hearing: Hearing) -> None:
    hearing.change_review(takes_public_opinions=False)
    staff = hearing.site.browser("citizens_staff")
    assert "「市民窓口課」の意見として送信します" in staff.get(FORM).words
    answer = staff.post(FORM, {"text": "窓口からの意見です。", "source": "citizens", "author": "somebody"})
    assert answer.status == 303
    (opinion,) = hearing.stored()
    assert (opinion.source, opinion.author) == (OTHER_DEPARTMENT, "市民窓口課")
    assert opinion.recorded_by_id == hearing.site.city.user("citizens_staff").id


def test_a_page_that_was_open_too_long_keeps_what_was_typed(hearing: Hearing) -> None:
    staff = hearing.site.browser("citizens_staff")
    answer = staff.post(FORM, {"text": "長い意見"}, csrf=False)
    assert (answer.status, hearing.stored()) == (422, [])
    assert answer.field("text") == "長い意見"
    assert answer.field("csrf_token") == staff.csrf_token


def test_staff_of_another_city_are_the_public_here(hearing: Hearing) -> None:
    neighbour = hearing.site.browser("neighbour_staff")
    assert "どなたのご意見ですか" in neighbour.get(FORM).words
    assert neighbour.post(FORM, TYPED).status == 303
    (opinion,) = hearing.stored()
    assert (opinion.source, opinion.recorded_by_id) == ("citizens", None)
    assert opinion.municipality_id == hearing.site.city.municipality


@pytest.mark.parametrize("who", ["planning", "administrator"])
def test_the_hosts_see_the_form_and_do_not_send_it(hearing: Hearing, who: str) -> None:
    host = hearing.site.browser(who)
    page = host.get(FORM)
    assert "確認用です" in page.words
    assert "送信する" not in page.words
    assert host.post(FORM, TYPED).status == 403


# The desk


def test_the_window_is_opened_and_closed_at_the_desk(hearing: Hearing) -> None:
    planner, window = hearing.site.browser("planning"), f"{hearing.desk}/window"
    assert planner.post(window, {"since": "2021-01-20", "until": "2021-02-20"}).to == f"{hearing.desk}?done=window"
    assert "公開フォームは出していません" in planner.get(hearing.desk).words
    assert planner.post(window, {"since": "2021-01-20", "until": "", "public": "1"}).status == 303
    page = planner.get(hearing.desk)
    assert "2021年1月20日（水）から公開フォームで受付" in page.words
    assert page.field("public_address") == f"https://meguru.city.example{FORM}"
    wrong = planner.post(window, {"since": "2021-02-20", "until": "2021-01-20", "public": "1"})
    assert (wrong.status, wrong.field("since")) == (409, "2021-02-20")
    assert 'href="#until"' in wrong.text
    unreadable = planner.post(window, {"since": "あした", "public": "1"})
    assert (unreadable.status, unreadable.field("since")) == (422, "あした")


@pytest.mark.parametrize("standing", [False, True])
def test_an_opinion_is_entered_by_hand(hearing: Hearing, standing: bool) -> None:
    planner, address = hearing.site.browser("planning"), "/desk/plans/iizuka-ict/opinions" if standing else hearing.desk
    typed = {**TYPED, "source": OTHER_DEPARTMENT, "received_on": "2021-01-10", "measure": str(hearing.node("1-1-1"))}
    wrong = planner.post(address, {**typed, "received_on": "2021-01-16", "text": ""})
    assert (wrong.status, wrong.field("author")) == (422, "飯塚 太郎")
    assert 'href="#received_on"' in wrong.text
    assert 'href="#text"' in wrong.text
    answer = planner.post(address, typed)
    (opinion,) = hearing.stored()
    assert answer.to == f"/desk/opinions/{opinion.id}?done=recorded"
    assert (opinion.channel, opinion.review_id) == (OpinionChannel.BY_HAND, None if standing else hearing.review)
    page = planner.get(answer.to)
    assert "飯塚 太郎" in page.words
    assert "0948-00-0000" in page.words
    assert "1-1-1" in page.words
    assert "公園でも" in planner.get(address).words


def test_a_file_is_looked_at_before_anything_is_stored(hearing: Hearing) -> None:
    planner = hearing.site.browser("planning")
    rows = ("2021-01-10,市民,ファイルの意見,飯塚 花子,,1-1-1", "R3.1.11,大学等,大学の意見,,,")
    preview = send_file(planner, hearing.desk, csv_of(*rows))
    assert preview.status == 200
    assert "登録する意見（2件）" in preview.words
    assert "大学の意見" in preview.words
    assert hearing.stored() == []
    assert decide(planner, preview).to == f"{hearing.desk}?done=imported&n=2"
    assert [o.text for o in hearing.stored()] == ["ファイルの意見", "大学の意見"]
    again = send_file(planner, hearing.desk, csv_of(*rows, encoding="utf-8-sig"))
    assert "新しい意見はありません" in again.words
    assert 'value="import"' not in again.text
    assert decide(planner, again).to == f"{hearing.desk}?done=imported&n=0"
    assert len(hearing.stored()) == 2


def test_a_file_with_a_mistake_brings_nothing_and_every_mistake_is_named(hearing: Hearing) -> None:
    planner = hearing.site.browser("planning")
    rows = ("2021-01-10,市民,正しい意見,,,", "2021-01-10,だれか,意見,,,9-9-9")
    wrong = send_file(planner, hearing.desk, csv_of(*rows))
    assert (wrong.status, hearing.stored()) == (422, [])
    assert "3行目、B列（意見の出どころ）" in wrong.words
    assert "3行目、F列（関連する施策の番号）" in wrong.words
    assert send_file(planner, hearing.desk, b"").status == 422
    assert send_file(planner, hearing.desk, b"PK\x03\x04\x00\xff").status == 422


def test_an_import_is_given_up_and_a_file_that_lay_too_long_is_asked_for_again(hearing: Hearing) -> None:
    planner = hearing.site.browser("planning")
    preview = send_file(planner, hearing.desk, csv_of("2021-01-10,市民,やめる意見,,,"))
    assert decide(planner, preview, "put_away").to == f"{hearing.desk}?done=put_away"
    gone = decide(planner, preview)
    assert gone.status == 409
    assert "もう一度ファイルを選んでください" in gone.words
    assert hearing.stored() == []


def test_the_template_is_read_back_once_it_is_filled_in(hearing: Hearing) -> None:
    planner = hearing.site.browser("planning")
    template = planner.client.get(f"{hearing.desk}/template.csv")
    assert "attachment" in template.headers["content-disposition"]
    filled = template.content + "2021-01-10,市民,ひな形の意見,,,\r\n".encode()
    assert "登録する意見（1件）" in send_file(planner, hearing.desk, filled).words


def test_all_opinions_are_taken_along_and_no_cell_is_a_formula(hearing: Hearing) -> None:
    hearing.recorded('=HYPERLINK("https://evil.example")', "1-1-1", author="@SUM(1)", reflection=Reflection.PARTLY)
    hearing.recorded("ふつうの意見", contact="+81-948")
    exported = hearing.site.browser("planning").client.get(f"{hearing.desk}/export.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(exported, newline="")))
    assert [row["意見"] for row in rows] == ["ふつうの意見", '\'=HYPERLINK("https://evil.example")']
    assert (rows[0]["連絡先"], rows[1]["氏名・団体名"]) == ("'+81-948", "'@SUM(1)")
    kept = (rows[1]["関連する施策の番号"], rows[1]["反映状況"], rows[1]["回答"], rows[1]["回答日"])
    assert kept == ("1-1-1", "一部反映した", "市の考えです。", "2021-01-15")


def test_the_list_is_narrowed_by_source_state_and_measure(hearing: Hearing) -> None:
    hearing.recorded("市民の意見", "1-1-1", reflection=Reflection.REFLECTED)
    hearing.recorded("大学の意見", source="universities")
    planner = hearing.site.browser("planning")

    def shown(query: str) -> list[bool]:
        page = planner.get(f"{hearing.desk}?{query}").words
        return ["市民の意見" in page, "大学の意見" in page]

    assert shown("") == [True, True]
    assert shown("status=unanswered") == [False, True]
    assert shown("status=reflected") == [True, False]
    assert shown("source=universities") == [False, True]
    assert shown(f"measure={hearing.node('1-1-1')}") == [True, False]
    assert shown("status=nonsense&measure=x&page=zero") == [True, True]
    assert shown("source=businesses") == [False, False]


def test_a_long_list_is_turned_page_by_page(hearing: Hearing) -> None:
    for n in range(51):
        hearing.recorded(f"意見その{n}番")
    planner = hearing.site.browser("planning")
    first, second = planner.get(hearing.desk), planner.get(f"{hearing.desk}?page=2")
    assert "意見その50番" in first.words
    assert "意見その0番" not in first.words
    assert "意見その0番" in second.words
    assert "2 / 2" in second.words


def test_an_opinion_is_answered_and_the_next_one_offered(hearing: Hearing) -> None:
    waiting, opinion = hearing.recorded("待っている意見"), hearing.recorded("答える意見")
    planner, page = hearing.site.browser("planning"), f"/desk/opinions/{opinion}"
    half = planner.post(f"{page}/answer", {"answer": "言葉だけ"})
    assert (half.status, half.field("answer")) == (422, "言葉だけ")
    assert 'href="#reflection"' in half.text
    done = planner.post(f"{page}/answer", {"answer": "取り入れました。", "reflection": "reflected"})
    assert done.to == f"{page}?done=answered"
    after = planner.get(done.to)
    assert f'href="/desk/opinions/{waiting}"' in after.text
    assert after.field("answer") == "取り入れました。"
    hearing.change_review(state=ReviewState.CLOSED)
    assert planner.post(f"{page}/answer", {"answer": "あとから", "reflection": "partly"}).status == 409
    assert "保存する" not in planner.get(page).words


def test_measures_are_linked_and_unlinked(hearing: Hearing) -> None:
    opinion, node = hearing.recorded("つなぐ意見"), hearing.node("1-1-1")
    planner, page = hearing.site.browser("planning"), f"/desk/opinions/{opinion}"
    assert planner.post(f"{page}/links", {"node": ""}).status == 422
    assert planner.post(f"{page}/links", {"node": str(node)}).status == 303
    assert f'href="/plans/iizuka-ict/measures/{node}"' in planner.get(page).text
    assert planner.post(f"{page}/links", {"node": str(hearing.node("1-1-1", "2021-03"))}).status == 404
    assert planner.post(f"{page}/links/{node}/remove").status == 303
    assert "つながりはまだありません" in planner.get(page).words


def test_the_page_of_a_measure_shows_what_was_answered_and_nobody_s_name(hearing: Hearing) -> None:
    name, contact = "飯塚 太郎", "0948-00-0000"
    hearing.recorded("答えた意見", "1-1-1", reflection=Reflection.FOR_LATER, author=name, contact=contact)
    hearing.recorded("まだ答えていない意見", "1-1-1", author=name, contact=contact)
    for edition in ("2018-03", "2021-03"):
        path = f"/plans/iizuka-ict/measures/{hearing.node('1-1-1', edition)}"
        for who in ("citizens_staff", "planning"):
            words = hearing.site.browser(who).get(path).words
            assert "寄せられた意見（1件）" in words
            assert "答えた意見" in words
            assert "市の考えです。" in words
            assert "今後の参考" in words
            assert "まだ答えていない意見" not in words
            assert "飯塚 太郎" not in words
            assert "0948" not in words
    other = hearing.site.browser("planning").get(f"/plans/iizuka-ict/measures/{hearing.node('1-2-1')}")
    assert "寄せられた意見" not in other.words


@pytest.mark.parametrize("who", ["citizens_staff", "information_head", "administrator", "neighbour_staff", ""])
def test_only_the_planning_division_opens_the_desk_s_pages(hearing: Hearing, who: str) -> None:
    opinion = hearing.recorded("意見", "1-1-1")
    somebody = hearing.site.browser(who) if who else hearing.site.stranger()
    standing = "/desk/plans/iizuka-ict/opinions"
    pages = [f"{list_}{page}" for list_ in (hearing.desk, standing) for page in ("", "/template.csv", "/export.csv")]
    expected = 403 if who else 303
    for path in (*pages, f"/desk/opinions/{opinion}"):
        assert somebody.get(path).status == expected, path
    forms = [hearing.desk, standing, f"{hearing.desk}/window", f"{hearing.desk}/uploads/1", f"{standing}/uploads/1"]
    forms += [
        f"/desk/opinions/{opinion}/{what}" for what in ("answer", "links", f"links/{hearing.node('1-1-1')}/remove")
    ]
    for path in forms:
        assert somebody.post(path).status == expected, path
    assert len(hearing.stored()) == 1


def test_no_form_of_the_desk_is_taken_without_its_token(hearing: Hearing) -> None:
    opinion, planner = hearing.recorded("意見"), hearing.site.browser("planning")
    for path in (hearing.desk, f"{hearing.desk}/window", f"/desk/opinions/{opinion}/answer"):
        assert planner.post(path, csrf=False).status == 403


@pytest.mark.parametrize(
    "path", ["/desk/reviews/0/opinions", "/desk/reviews/99999999999/opinions", "/desk/reviews/x/opinions"]
)
def test_a_review_that_is_not_there_is_not_found(hearing: Hearing, path: str) -> None:
    assert hearing.site.browser("planning").get(path).status == 404


# In English

JAPANESE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uff01-\uffef]+")


def test_every_page_reads_in_english(hearing: Hearing) -> None:
    site = hearing.site
    with site.city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)):
            user.name_en, user.language = user.email.partition("@")[0], "en"
            session.add(user)
        for row in (*session.exec(select(t.Department)), *session.exec(select(t.Municipality))):
            row.name_en = row.code.title()
            session.add(row)
        for node in session.exec(select(t.Node)):
            node.title_en = f"Measure {node.code}"
            session.add(node)
    answered = hearing.recorded("An opinion", "1-1-1", reflection=Reflection.REFLECTED)
    waiting = hearing.recorded("Another", source=OTHER_DEPARTMENT)
    planner, staff, stranger = site.browser("planning"), site.browser("citizens_staff"), site.stranger()
    stranger.client.cookies.set("__Host-meguru_language", "en")
    typed = {"source": "citizens", "text": "Said"}
    seen = {f"{who}": browser.get(FORM) for who, browser in (("host", planner), ("staff", staff), ("all", stranger))}
    seen["empty"] = stranger.post(FORM)
    seen["too long"] = stranger.post(FORM, dict.fromkeys(("text", "author", "contact", "measure"), "a" * 2001))
    seen["trap"] = stranger.post(FORM, {**typed, "website": "x"})
    seen["late"] = staff.post(FORM, {"text": "Said"}, csrf=False)
    seen["received"] = stranger.get(f"{FORM}/received?number=20210115-1")
    desk, standing = hearing.desk, "/desk/plans/iizuka-ict/opinions"
    for done in ("window", "imported&n=2", "put_away", "gone"):
        seen[done] = planner.get(f"{desk}?done={done}")
    seen["standing"], seen["none"] = planner.get(standing), planner.get(f"{desk}?source=businesses")
    seen["window refused"] = planner.post(f"{desk}/window", {"since": "x", "public": "1"})
    seen["window reversed"] = planner.post(f"{desk}/window", {"since": "2021-02-02", "until": "2021-02-01"})
    seen["record refused"] = planner.post(desk, {"received_on": "2030-01-01"})
    seen["preview"] = send_file(planner, desk, csv_of("2021-01-10,citizens,New,,,", "2021-01-10,citizens,New,,,"))
    seen["known"] = send_file(planner, desk, csv_of("2021-01-15,citizens,An opinion,,,"))
    for done in ("answered", "recorded", "linked", "unlinked"):
        seen[f"answered, {done}"] = planner.get(f"/desk/opinions/{answered}?done={done}")
    seen["waiting"] = planner.get(f"/desk/opinions/{waiting}")
    seen["half"] = planner.post(f"/desk/opinions/{waiting}/answer", {"answer": "a" * 2_001})
    seen["no node"] = planner.post(f"/desk/opinions/{waiting}/links")
    seen["measure"] = staff.get(f"/plans/iizuka-ict/measures/{hearing.node('1-1-1')}")
    for n in range(20):
        stranger.post(FORM, {**typed, "text": str(n)})
    seen["flood"] = stranger.post(FORM, typed)
    for name, values in (
        ("ahead", {"opinions_from": LAST_DAY}),
        ("over", {"opinions_from": OPENED_ON, "opinions_until": OPENED_ON}),
    ):
        hearing.change_review(**values)
        site.clock.at = OPENED_AT + timedelta(days=1)
        seen[name] = stranger.get(FORM)
        planner = site.browser("planning")  # the session of the day before has ended
        seen[f"desk {name}"] = planner.get(desk)
    seen["over, sent"] = stranger.post(FORM, typed)
    hearing.change_review(takes_public_opinions=False, state=ReviewState.CLOSED)
    seen["off"], seen["closed"] = stranger.get(FORM), planner.get(desk)
    seen["closed opinion"] = planner.get(f"/desk/opinions/{answered}")
    assert {page.status for page in seen.values()} == {200, 404, 409, 422, 429}
    assert {name: found for name, page in seen.items() if (found := _japanese_in(page))} == {}


def _japanese_in(page: Answer) -> list[str]:
    """What is left of Japanese beside the language switch, the sign of Meguru, the file and the plan's own facts."""
    text = unescape(page.text)
    if "/static/plans.css" in text:  # of the measure's page only what it says of opinions is looked at here
        text = text[text.index('id="opinions"') :].partition("</section>")[0]
    for typed in ("日本語", "巡", "意見.csv", "意見の出どころ", "市の考えです。"):
        text = text.replace(typed, "")
    return JAPANESE.findall(text)


def test_every_problem_is_said_in_english() -> None:
    places = {"limit": 1, "length": 2}
    said = {problem: problem_in_words(problem, "en", **places) for problem in OPINION_PROBLEMS}
    assert {problem: words for problem, words in said.items() if JAPANESE.search(words)} == {}
