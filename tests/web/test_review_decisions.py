"""What the planning division decides of each measure: forms, contradictions, new measures, and the end of deciding."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlmodel import col, select

from db import tables as t
from domain.plan import PlanNode
from domain.proposal import as_it_is
from domain.revision import Contradiction, Decision, Fate, NewMeasure, Refusal, Successor
from domain.text import Bilingual
from records import plans, review_decisions, reviews
from tests.web.desk_city import SignedInClient
from tests.web.desk_review import DeskReview
from tests.web.test_reviews import field, words
from web import labels
from web.review_words import CONTRADICTIONS

REASON = "目的を達したためです。"


@pytest.fixture
def city(desk_review: DeskReview) -> DeskReview:
    """Four proposals, one of them a draft; the planning division decides."""
    city = desk_review.opened()
    city.asked()
    city.propose("1-1-1", {"fate": "change", "new_title": "公衆無線LANの活用", "reason": "整備が終わったため"})
    city.propose("1-2-3", {"fate": "abolish", "abolish_reason": "purpose_met", "reason": REASON})
    city.propose("1-1-2", {"fate": "split", "split_into": "意見の収集\n意見の共有", "reason": REASON}, hand_in=False)
    city.propose("5-1-3", {"fate": "merge", "merge_into": "5-1-4", "reason": REASON})
    city.closed_proposals()
    return city


@pytest.fixture
def planner(city: DeskReview) -> SignedInClient:
    return city.client()


def address(city: DeskReview, code: str) -> str:
    return f"{city.home}/decisions/{city.node(code)}"


def form(city: DeskReview, planner: SignedInClient, code: str) -> dict[str, str]:
    """What a browser would send back of a measure's form if nobody typed anything."""
    page = planner.get(address(city, code))
    names = re.findall(r'<(?:input type="(?:text|hidden)"|textarea)[^>]* name="([^"]+)"', page.text)
    found = {name: field(page, name) for name in names if name != "csrf_token"}
    for name, inside in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', inside)
        found[name] = chosen.group(1) if chosen else ""
    for name, value in re.findall(
        r'<input type="(?:radio|checkbox)" name="([^"]+)" value="([^"]+)"[^>]* checked>', page.text
    ):
        found[name] = value
    return found


def decided(city: DeskReview, code: str) -> Decision | None:
    with city.database.reading(city.municipality) as session:
        sheet = review_decisions.sheet_of(session, reviews.find(session, city.review))
        return next(m.decision for m in sheet.measures if m.measure.code == code)


def measure(city: DeskReview, code: str) -> PlanNode:
    with city.database.reading(city.municipality) as session:
        sheet = review_decisions.sheet_of(session, reviews.find(session, city.review))
        return next(m.measure for m in sheet.measures if m.measure.code == code)


# The sheet


def test_the_sheet_shows_what_is_proposed_beside_what_is_decided(city: DeskReview, planner: SignedInClient) -> None:
    page = words(planner.get(f"{city.home}/decisions"))
    assert "決定した施策：0 / 36件" in page
    assert "名称変更 名称：公衆無線LANの活用 情報政策課（サンプル） 未決定" in page
    assert "（提出前の下書き）" in page
    assert "統合先：5-1-4 安全・安心、防犯情報共有化の調査研究" in page
    codes = re.findall(r"(\d-\d-\d) ", page[page.index("個別施策 所管課の提案") : page.index("新しい施策 次の版")])
    order = [code for i, code in enumerate(codes) if code not in codes[:i]]
    assert order == [n.code for n in _measures(city)], "in the order of the edition"


def test_what_nobody_decided_is_decided_as_proposed_at_once(city: DeskReview, planner: SignedInClient) -> None:
    typed = {**form(city, planner, "1-2-3"), "fate": "continue"}
    assert planner.post(address(city, "1-2-3"), typed).status == 303
    assert planner.post(f"{city.home}/decisions", {"rest": ""}).goes_to.endswith("?done=accepted")
    page = words(planner.get(f"{city.home}/decisions"))
    assert "決定した施策：4 / 36件" in page
    kept = decided(city, "1-2-3")
    assert kept is not None
    assert kept.fate is Fate.CONTINUE, "what was decided by hand stays"
    assert planner.post(f"{city.home}/decisions", {"rest": "continue"}).status == 303
    assert "決定した施策：36 / 36件" in words(planner.get(f"{city.home}/decisions"))


@pytest.mark.parametrize(("show", "n"), [("all", 36), ("undecided", 31), ("changes", 5), ("refused", 4)])
def test_the_sheet_shows_only_what_is_asked_for(city: DeskReview, planner: SignedInClient, show: str, n: int) -> None:
    """Four as proposed: one lacks a code, one is merged into what is not decided yet; then two bear one code."""
    planner.post(f"{city.home}/decisions", {"rest": ""})
    planner.post(address(city, "2-1-1"), {**form(city, planner, "2-1-1"), "fate": "continue", "code": "1-1-1"})
    page = planner.get(f"{city.home}/decisions?show={show}").text
    table = page[page.index('id="sheet"') : page.index("</table>")]
    assert table.count('<th scope="row">') == n


# One measure


def test_the_form_begins_with_what_the_department_proposes(city: DeskReview, planner: SignedInClient) -> None:
    page = planner.get(address(city, "1-1-1"))
    assert field(page, "title") == "公衆無線LANの活用"
    assert field(page, "title_en") == "", "the English of the old name is not that of the new one"
    assert '<option value="1-1" selected>' in page.text
    assert "所管課の提案を入力してあります" in page.text
    untouched = form(city, planner, "1-3-1")
    assert "fate" not in untouched, "nothing is chosen where nothing is proposed"
    assert untouched["title"] == "ペーパーレス化の推進"


def test_saving_what_the_form_begins_with_decides_as_proposed(city: DeskReview, planner: SignedInClient) -> None:
    for code in ("1-1-1", "1-2-3", "5-1-3"):
        answer = planner.post(address(city, code), form(city, planner, code))
        assert answer.status == 303, code
    page = planner.get(f"{city.home}/decisions").text
    assert page.count("提案どおり</span>") == 3


def test_saving_leads_to_the_next_measure_or_to_the_list(city: DeskReview, planner: SignedInClient) -> None:
    typed = {**form(city, planner, "1-1-1"), "then": "next"}
    assert planner.post(address(city, "1-1-1"), typed).goes_to == f"{address(city, '1-1-2')}?done=saved"
    last = {**form(city, planner, "5-1-4"), "fate": "continue", "then": "next"}
    assert planner.post(address(city, "5-1-4"), last).goes_to == f"{city.home}/decisions?done=saved"


def test_everything_that_may_change_of_a_measure_is_taken(city: DeskReview, planner: SignedInClient) -> None:
    typed = {
        **form(city, planner, "1-3-1"),
        "fate": "continue",
        "code": "１-３-９",
        "title": "紙を減らす",
        "parent": "1-2",
    }
    typed |= {"title_en": "Less paper", "measure_class": "priority", "content": "会議を\r\n画面で行います。"}
    typed |= {"department": "citizens", "reason": "進んだため"}
    assert planner.post(address(city, "1-3-1"), typed).status == 303
    texts = {"content": (Bilingual("会議を"), Bilingual("画面で行います。"))}
    wanted = Successor("1-3-9", "紙を減らす", "1-2", "Less paper", "priority", texts, "citizens")
    assert decided(city, "1-3-1") == Decision("1-3-1", Fate.CONTINUE, (wanted,), reason=Bilingual("進んだため"))
    page = words(planner.get(f"{city.home}/decisions"))
    assert "番号：1-3-1 → 1-3-9 名称：紙を減らす 体系での位置：1-3 → 1-2 区分：記載なし → 重点" in page
    assert "所管課：市民窓口課（サンプル）" in page


def test_a_misprint_put_right_is_no_new_name(city: DeskReview, planner: SignedInClient) -> None:
    typed = {**form(city, planner, "1-3-1"), "fate": "continue", "title": "ペーパレス化の推進", "keeps_name": "yes"}
    refused = planner.post(address(city, "1-3-1"), typed)
    assert refused.status == 422
    assert 'href="#reason"' in refused.text
    assert planner.post(address(city, "1-3-1"), {**typed, "reason": "誤植のため"}).status == 303
    found = decided(city, "1-3-1")
    assert found is not None
    assert found.keeps_name


def test_a_measure_is_split_into_the_rows_that_are_filled(city: DeskReview, planner: SignedInClient) -> None:
    typed = {**form(city, planner, "1-1-2"), "part_1_code": "1-1-3", "part_1_parent": "1-2"}
    assert typed["part_0_title"] == "意見の収集"
    assert planner.post(address(city, "1-1-2"), typed).status == 303
    found = decided(city, "1-1-2")
    assert found is not None
    assert [(s.code, s.title, s.parent) for s in found.successors] == [
        ("1-1-2", "意見の収集", "1-1"),
        ("1-1-3", "意見の共有", "1-2"),
    ]


@pytest.mark.parametrize(
    ("code", "typed", "wrong"),
    [
        ("1-3-1", {}, {"fate"}),
        ("1-3-1", {"fate": "sell"}, {"fate"}),
        ("1-3-1", {"fate": "continue", "code": "", "title": " "}, {"code", "title"}),
        ("1-3-1", {"fate": "continue", "parent": "9"}, {"parent"}),
        ("1-3-1", {"fate": "continue", "measure_class": "x", "department": "x"}, {"measure_class", "department"}),
        ("1-3-1", {"fate": "merge", "reason": REASON}, {"merges_into"}),
        ("1-3-1", {"fate": "merge", "merges_into": "1-3-1", "reason": REASON}, {"merges_into"}),
        ("1-3-1", {"fate": "merge", "merges_into": "1-3-2"}, {"reason"}),
        ("1-3-1", {"fate": "split", "reason": REASON}, {"part_0_title"}),
        ("1-3-1", {"fate": "split", "part_0_title": "a", "part_1_title": "b", "reason": REASON}, {"part_1_code"}),
        ("1-3-1", {"fate": "abolish"}, {"reason"}),
    ],
)
def test_what_is_wrong_leads_to_its_field_and_nothing_typed_is_lost(
    city: DeskReview, planner: SignedInClient, code: str, typed: dict[str, str], wrong: set[str]
) -> None:
    sent = {**form(city, planner, code), "content": "書きかけの内容", **typed}
    answer = planner.post(address(city, code), sent)
    assert answer.status == 422
    summary = answer.text[answer.text.index('class="error-summary"') :].partition("</div>")[0]
    assert set(re.findall(r'href="#([a-z0-9_]+)"', summary)) == wrong
    assert all(f'id="{name}"' in answer.text for name in wrong), "every link leads somewhere"
    assert field(answer, "content") == "書きかけの内容"
    assert decided(city, code) is None


def test_a_decision_made_meanwhile_is_shown_beside_what_was_typed(city: DeskReview, planner: SignedInClient) -> None:
    mine = {**form(city, planner, "1-3-1"), "fate": "continue", "title": "わたしの名称"}
    theirs = Decision("1-3-1", Fate.ABOLISH, reason=Bilingual("もう一人の理由"))
    city.act(lambda s, r: review_decisions.decide(s, city.change, r, city.node("1-3-1"), theirs, 0))
    answer = planner.post(address(city, "1-3-1"), mine)
    assert answer.status == 409
    assert field(answer, "title") == "わたしの名称"
    assert "もう一人の理由" in answer.text
    assert "ほかの人が先に保存したもの" in answer.text
    assert decided(city, "1-3-1") == theirs
    again = {**mine, "seen": field(answer, "seen")}
    assert planner.post(address(city, "1-3-1"), again).status == 303


def test_a_form_corrected_late_still_notices_what_was_decided_meanwhile(
    city: DeskReview, planner: SignedInClient
) -> None:
    """A refused form keeps the revision that it was opened with."""
    mine = {**form(city, planner, "1-3-1"), "fate": "abolish", "reason": ""}
    city.act(lambda s, r: review_decisions.accept_proposals(s, city.change, r, rest_continues=True))
    refused = planner.post(address(city, "1-3-1"), mine)
    assert refused.status == 422
    late = planner.post(address(city, "1-3-1"), {**mine, "reason": REASON, "seen": field(refused, "seen")})
    assert late.status == 409


def test_what_is_typed_after_the_end_of_deciding_is_still_on_the_page(
    city: DeskReview, planner: SignedInClient
) -> None:
    mine = {**form(city, planner, "1-3-1"), "fate": "continue", "title": "遅れて書いた名称"}
    planner.post(address(city, "1-1-2"), {**form(city, planner, "1-1-2"), "part_1_code": "1-1-3"})
    city.finished_deciding()
    answer = planner.post(address(city, "1-3-1"), mine)
    assert answer.status == 409
    assert field(answer, "title") == "遅れて書いた名称"


def test_english_that_the_page_has_no_field_for_is_kept(city: DeskReview, planner: SignedInClient) -> None:
    node = measure(city, "1-3-1")
    texts = {"content": (Bilingual("紙を減らす。", "Less paper."), Bilingual("会議も。", "Meetings too."))}
    heir = replace(as_it_is(node), texts=texts)
    before = Decision("1-3-1", Fate.CONTINUE, (heir,), reason=Bilingual("理由", "Why"))
    city.act(lambda s, r: review_decisions.decide(s, city.change, r, city.node("1-3-1"), before, 0))
    typed = form(city, planner, "1-3-1")
    assert typed["content"] == "紙を減らす。\n会議も。"
    assert planner.post(address(city, "1-3-1"), {**typed, "content": typed["content"] + "\r\n加筆。"}).status == 303
    after = decided(city, "1-3-1")
    assert after is not None
    assert after.successors[0].texts["content"] == (*texts["content"], Bilingual("加筆。"))
    assert after.reason == before.reason


# Contradictions


def test_contradictions_stand_at_the_top_with_a_link_to_where_they_are_mended(
    city: DeskReview, planner: SignedInClient
) -> None:
    planner.post(address(city, "5-1-3"), form(city, planner, "5-1-3"))
    planner.post(address(city, "5-1-4"), {**form(city, planner, "5-1-4"), "fate": "abolish", "reason": REASON})
    planner.post(address(city, "2-1-1"), {**form(city, planner, "2-1-1"), "fate": "continue", "code": "2-1-2"})
    planner.post(address(city, "2-1-2"), {**form(city, planner, "2-1-2"), "fate": "continue"})
    page = planner.get(f"{city.home}/decisions").text
    top = page[page.index('class="error-summary"') : page.index("</section>")]
    assert "決定の間に食い違いがあります（2件）" in top
    assert "「5-1-3」の統合先は廃止されます" in top
    assert "番号「2-1-2」が二つ以上の施策" in top
    for code in ("5-1-3", "2-1-1", "2-1-2"):
        assert f'href="{address(city, code)}"' in top
    assert "この決定には食い違いがあります" in planner.get(address(city, "5-1-3")).text


def test_every_contradiction_has_its_words() -> None:
    assert set(CONTRADICTIONS) == set(Contradiction)
    told = [labels.refusal_in_words(Refusal(one, "1-1-1"), "ja") for one in Contradiction]
    assert len(set(told)) == len(Contradiction)
    assert all("1-1-1" in text for text in told)


# New measures

NEW = {
    "code": "1-1-9",
    "title": "オンライン相談",
    "title_en": "Online advice",
    "parent": "1-1",
    "reason": "要望が多いため",
}


def test_a_new_measure_is_added_changed_and_dropped(city: DeskReview, planner: SignedInClient) -> None:
    assert planner.post(f"{city.home}/new-measures", NEW).goes_to.endswith("?done=new_added")
    (row,) = _new(city)
    assert row == NewMeasure(
        Successor("1-1-9", "オンライン相談", "1-1", "Online advice"), "measure", Bilingual("要望が多いため")
    )
    number = _new_id(city)
    page = planner.get(f"{city.home}/new-measures/{number}")
    assert field(page, "title") == "オンライン相談"
    changed = {**NEW, "title": "オンライン窓口", "seen": field(page, "seen")}
    assert planner.post(f"{city.home}/new-measures/{number}", changed).status == 303
    stale = planner.post(f"{city.home}/new-measures/{number}", {**changed, "title": "別の名称"})
    assert stale.status == 409
    assert field(stale, "title") == "別の名称"
    assert "オンライン窓口" in stale.text
    assert planner.post(f"{city.home}/new-measures/{number}/drop").goes_to.endswith("?done=new_dropped")
    assert _new(city) == []


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"code": "", "title": ""}, {"code", "title"}),
        ({"parent": ""}, {"parent"}),
        ({"measure_class": "x"}, {"measure_class"}),
        ({"reason": ""}, {"reason"}),
    ],
)
def test_a_new_measure_that_is_not_whole_is_refused_with_everything_typed(
    city: DeskReview, planner: SignedInClient, typed: dict[str, str], wrong: set[str]
) -> None:
    answer = planner.post(f"{city.home}/new-measures", {**NEW, "content": "相談の内容", **typed})
    assert answer.status == 422
    assert set(re.findall(r'<a href="#([a-z_]+)">', answer.text)) - {"main"} == wrong
    assert field(answer, "content") == "相談の内容"
    assert _new(city) == []


def test_a_departments_new_measure_is_taken_up_with_what_it_wrote(city: DeskReview, planner: SignedInClient) -> None:
    proposal = city.proposes_anew("オンライン相談の実施")
    page = planner.get(f"{city.home}/decisions").text
    assert "オンライン相談の実施" in page
    opened = planner.get(f"{city.home}/new-measures?proposal={proposal}")
    assert field(opened, "title") == "オンライン相談の実施"
    assert field(opened, "content") == "オンラインで相談を受けます。"
    assert '<option value="1-1" selected>' in opened.text
    assert planner.post(f"{city.home}/new-measures", {**NEW, "proposal": str(proposal)}).status == 303
    assert "所管課からの新しい施策の提案" not in planner.get(f"{city.home}/decisions").text
    assert planner.post(f"{city.home}/new-measures", {**NEW, "proposal": str(proposal)}).status == 404, "only once"
    planner.post(f"{city.home}/new-measures/{_new_id(city)}/drop")
    assert "所管課からの新しい施策の提案（1件）" in planner.get(f"{city.home}/decisions").text


def test_a_departments_new_measure_is_declined_with_a_reason(city: DeskReview, planner: SignedInClient) -> None:
    proposal = city.proposes_anew("オンライン相談の実施")
    decline = f"{city.home}/proposals/{proposal}/decline"
    refused = planner.post(decline, {"reason": " "})
    assert refused.status == 422
    assert f'href="#decline-{proposal}-reason"' in refused.text
    assert planner.post(decline, {"reason": "1-2-3で行うため"}).goes_to.endswith("?done=declined")
    page = words(planner.get(f"{city.home}/decisions"))
    assert "採用しなかった提案（1件）" in page
    assert "理由：1-2-3で行うため" in page


def _measures(city: DeskReview) -> list[t.Node]:
    with city.database.reading(city.municipality) as session:
        return plans.measures_of(session, reviews.find(session, city.review).edition_id)


def _new(city: DeskReview) -> list[NewMeasure]:
    with city.database.reading(city.municipality) as session:
        sheet = review_decisions.sheet_of(session, reviews.find(session, city.review))
        return [one.new for one in sheet.new]


def _new_id(city: DeskReview) -> int:
    with city.database.reading(city.municipality) as session:
        query = select(t.MeasureDecision.id).where(col(t.MeasureDecision.node_id).is_(None))
        return session.exec(query).one()
