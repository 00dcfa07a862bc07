"""The evaluation workbench: a measure's evidence on one page, the suggested grade, the sheet, and two evaluators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from sqlmodel import select

from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.evaluation import CycleState, Direction, Stage
from tests.databases import Databases
from tests.test_texts import Reader
from tests.web.desk_city import PLANNER, STAFF, DeskCity, Page, SignedInClient, counted_queries, elsewhere
from tests.web.judged_city import LEARNT, MEASURE, WHAT, WHY, WISH, evaluate, judged, with_stages

OTHER = "1-1-2"


@pytest.fixture(scope="module")
def judged_template(databases: Databases, sample_template: str) -> tuple[str, DeskCity]:
    """The city made once; every test has a copy."""
    return databases.template(judged, sample_template)


@pytest.fixture
def city(databases: Databases, judged_template: tuple[str, DeskCity]) -> Iterator[DeskCity]:
    template, made = judged_template
    with databases.copied(template) as database:
        yield DeskCity(database, made.municipality, made.cycle, made.round)


@pytest.fixture
def planner(city: DeskCity) -> SignedInClient:
    return city.client(PLANNER)


def words(page: Page) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


def of(city: DeskCity, code: str = MEASURE) -> str:
    return f"/desk/cycles/{city.cycle}/evaluation/{city.report(code).node_id}"


def sheet(city: DeskCity) -> str:
    return f"/desk/cycles/{city.cycle}/evaluations"


def evaluations(city: DeskCity) -> dict[tuple[int, Stage], t.Evaluation]:
    with city.database.reading(city.municipality) as session:
        found = session.exec(select(t.Evaluation).where(t.Evaluation.cycle_id == city.cycle)).all()
        return {(e.node_id, e.stage): e for e in found}


def hidden(page: Page) -> dict[str, str]:
    """The fields that a page carries along."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))


def form(page: Page, node: int, grade: str, direction: str = "continue", comment: str = "") -> dict[str, str]:
    """The sheet as it is sent when one row of it was written."""
    seen = {name: value for name, value in hidden(page).items() if name.startswith("seen-")}
    return {**seen, f"grade-{node}": grade, f"direction-{node}": direction, f"comment-{node}": comment}


def untouched(city: DeskCity, page: Page) -> dict[str, str]:
    """What a browser sends of the rows that nobody touched."""
    done = {node: e for (node, _), e in evaluations(city).items()}
    sent: dict[str, str] = {}
    for name in hidden(page):
        if name.startswith("seen-") and (node := int(name.removeprefix("seen-"))) in done:
            e = done[node]
            sent |= {f"grade-{node}": e.grade, f"direction-{node}": e.direction.value, f"comment-{node}": e.comment}
    return sent


def test_all_evidence_of_a_measure_stands_on_its_page(city: DeskCity, planner: SignedInClient) -> None:
    page = planner.get(of(city))
    said = words(page)
    assert "/plans/iizuka-ict/indicators/wifi-users.svg" in page.text, "the series with its chart"
    assert WHY in said, "what the department says of the cause"
    assert WHAT in said, "and of the remedy"
    assert "これまでの評価（前期） 令和元年度（2019年度） 評価の区分 C（やや遅れ）" in said
    assert LEARNT in said, "what a trial of the year taught"
    assert "第2回の状況確認" in said
    assert "第1回の状況確認" not in said, "that one was in another year"
    assert WISH in said
    assert "意見を出した人" not in said
    efforts = said.partition("差戻し 年度進捗報告")[2].partition("評価の区分の目安")[0]
    assert "期限内に提出" in efforts
    assert "1通 1通 0回" in efforts, "one reminder and one escalation were sent, the obsolete one was not"


def test_a_measure_without_evidence_shows_none_of_its_headings(city: DeskCity, planner: SignedInClient) -> None:
    said = words(planner.get(of(city, OTHER)))
    for heading in ("指標の推移", "キープロジェクトの状況確認", "寄せられた意見（", "これまでの評価（"):
        assert heading not in said
    assert "目安： 目安なし この施策には指標がありません（記載なし）。" in said


def test_the_suggested_grade_stands_with_its_formula_in_words_and_figures_and_is_not_selected(
    city: DeskCity, planner: SignedInClient
) -> None:
    page = planner.get(of(city))
    said = words(page).partition("評価の区分の目安")[2]
    assert "目安： B（おおむね順調）" in said
    assert "達成率 実績値 ÷ 目標値 × 100" in said
    assert "1,080 人 令和2年度（2020年度）" in said
    assert "1,200 人 令和2年度（2020年度）" in said
    assert "90.0% 率の範囲 80%以上 100%未満 → B（おおむね順調）" in said
    assert " checked" not in page.text.partition('id="evaluation"')[2]


def test_the_suggestion_is_filled_in_only_when_somebody_asks_for_it(city: DeskCity, planner: SignedInClient) -> None:
    (link,) = re.findall(r'href="([^"]*use=1[^"]*)"', planner.get(of(city)).text)
    page = planner.get(unescape(link).partition("#")[0])
    assert 'value="B" checked' in page.text
    assert evaluations(city) == {}, "looking stores nothing"


def test_a_judgement_that_differs_without_a_comment_is_taken_and_asked_about(
    city: DeskCity, planner: SignedInClient
) -> None:
    answer = planner.post(of(city), {"grade": "A", "direction": "continue", "revision": "0", "then": "list"})
    assert answer.status == 303
    asked = words(planner.get(answer.goes_to))
    assert "目安とちがう区分で保存しました" in asked
    again = {"grade": "A", "direction": "continue", "comment": "年度末に目標を超えた。", "revision": "1"}
    told = planner.post(of(city), again)
    assert "unexplained" not in told.goes_to
    agreed = planner.post(of(city), {"grade": "B", "direction": "continue", "revision": "2"})
    assert "unexplained" not in agreed.goes_to


def test_two_evaluators_notice_each_other_and_nothing_is_lost(city: DeskCity, planner: SignedInClient) -> None:
    page = planner.get(of(city))
    assert hidden(page)["revision"] == "0"
    evaluate(city, MEASURE, "C", "先に保存した所見")
    mine = {"grade": "B", "direction": "expand", "comment": "わたしの所見", "revision": "0"}
    refused = planner.post(of(city), mine)
    assert refused.status == 409
    assert "先に保存された評価 評価の区分 C（やや遅れ）" in words(refused)
    assert "先に保存した所見" in refused.text
    assert "わたしの所見" in refused.text
    assert 'value="B" checked' in refused.text
    (stored,) = evaluations(city).values()
    assert stored.grade == "C"
    taken = planner.post(of(city), {**mine, "revision": hidden(refused)["revision"]})
    assert taken.status == 303
    (stored,) = evaluations(city).values()
    assert (stored.grade, stored.revision) == ("B", 2)


def test_an_incomplete_form_does_not_hide_that_somebody_was_faster(city: DeskCity, planner: SignedInClient) -> None:
    evaluate(city, MEASURE, "C")
    incomplete = planner.post(of(city), {"grade": "B", "direction": "", "revision": "0"})
    assert incomplete.status == 422
    assert hidden(incomplete)["revision"] == "0"


def test_the_page_of_a_measure_asks_as_often_however_much_there_is(city: DeskCity, planner: SignedInClient) -> None:
    planner.get(of(city))
    with counted_queries(city.database.engine) as few:
        planner.get(of(city))
    with city.database.writing(city.municipality) as session:
        first = session.exec(select(t.Opinion)).one()
        for number in range(5):
            opinion = t.Opinion(**{**first.model_dump(exclude={"id"}), "text": f"意見{number}"})
            session.add(opinion)
            session.flush()
            session.add(t.OpinionNode(opinion_id=opinion.id, node_id=city.report(MEASURE).node_id))
        project = session.exec(select(t.KeyProject)).one()
        trial = session.exec(select(t.Trial)).one()
        for number in range(2, 6):
            session.add(t.Trial(**{**trial.model_dump(exclude={"id"}), "number": number, "project_id": project.id}))
    with counted_queries(city.database.engine) as many:
        page = planner.get(of(city))
    assert "意見4" in page.text
    assert len(many) == len(few)


def test_the_sheet_has_a_row_for_every_measure_and_asks_as_often_for_many_as_for_one(
    city: DeskCity, planner: SignedInClient
) -> None:
    planner.get(sheet(city))
    with counted_queries(city.database.engine) as all_of_them:
        page = planner.get(sheet(city))
    assert page.text.count('data-field="grade"') == 36
    assert 'data-suggested="B"' in page.text
    with counted_queries(city.database.engine) as one:
        filtered = planner.get(f"{sheet(city)}?direction=continue")
    assert filtered.text.count('data-field="grade"') == 0
    assert "この条件に合う施策はありません" in filtered.text
    assert len(all_of_them) == len(one)


def test_all_rows_are_saved_at_once_and_those_untouched_are_left_alone(city: DeskCity, planner: SignedInClient) -> None:
    evaluate(city, "1-2-3", "A", "すでにある所見")
    page = planner.get(sheet(city))
    first, second = (city.report(code).node_id for code in (MEASURE, OTHER))
    rows = form(page, first, "B", comment="順調。\r\n続ける。") | form(page, second, "C", "improve")
    before = city.count(t.AuditEntry)
    answer = planner.post(sheet(city), {**rows, **untouched(city, page)})
    assert (answer.status, answer.goes_to) == (303, f"{sheet(city)}?saved=2")
    stored = evaluations(city)
    assert (stored[first, Stage.PRIMARY].grade, stored[first, Stage.PRIMARY].comment) == ("B", "順調。\n続ける。")
    assert stored[second, Stage.PRIMARY].direction is Direction.IMPROVE
    assert stored[city.report("1-2-3").node_id, Stage.PRIMARY].revision == 1
    assert city.count(t.AuditEntry) == before + 2
    assert "2件の評価を保存しました" in planner.get(answer.goes_to).text
    nothing = planner.post(sheet(city), untouched(city, page) | hidden(planner.get(sheet(city))))
    assert nothing.goes_to.endswith("?saved=0")


def test_a_sheet_with_an_incomplete_row_is_refused_whole_and_keeps_every_row(
    city: DeskCity, planner: SignedInClient
) -> None:
    page = planner.get(sheet(city))
    first, second = (city.report(code).node_id for code in (MEASURE, OTHER))
    refused = planner.post(
        sheet(city), form(page, first, "B", "", "方向性を選び忘れた") | form(page, second, "A", comment="こちらはよい")
    )
    assert refused.status == 422
    assert f'href="#direction-{first}"' in refused.text
    assert f'id="direction-{first}-error"' in refused.text
    assert "方向性を選び忘れた" in refused.text
    assert "こちらはよい" in refused.text
    assert evaluations(city) == {}


def test_a_row_that_somebody_else_judged_meanwhile_is_refused_with_both_judgements(
    city: DeskCity, planner: SignedInClient
) -> None:
    page = planner.get(f"{sheet(city)}?show=missing")
    first, second, third = (city.report(code).node_id for code in (MEASURE, OTHER, "1-2-3"))
    evaluate(city, MEASURE, "C", "先に保存した所見")
    evaluate(city, OTHER, "D", "触れていない行に書かれた所見")
    evaluate(city, "1-2-3", "A")
    rows = form(page, first, "B", comment="わたしの所見") | form(page, third, "A")  # the third alike
    rows |= {f"grade-{second}": "", f"direction-{second}": "", f"comment-{second}": ""}
    refused = planner.post(f"{sheet(city)}?show=missing", rows)
    assert refused.status == 409
    row = refused.text.partition(f'id="row-{first}"')[2].partition("</tr>")[0]
    assert "ほかの人が先に評価を保存しました" in row
    assert "先に保存した所見" in row
    assert "わたしの所見" in row
    alone = refused.text.partition(f'id="row-{second}"')[2].partition("</tr>")[0]
    assert "触れていない行に書かれた所見" in alone, "a row that was not touched shows what is stored now"
    kept = {name: value for name, value in hidden(refused).items() if name.startswith("seen-")}
    again = {**untouched(city, refused), **form(refused, first, "B", comment="わたしの所見"), **kept}
    assert planner.post(sheet(city), again).goes_to.endswith("saved=1")
    stored = evaluations(city)
    assert [stored[node, Stage.PRIMARY].grade for node in (first, second, third)] == ["B", "D", "A"]


def test_the_sheet_is_narrowed_to_what_is_missing_differs_or_belongs_to_a_department(
    city: DeskCity, planner: SignedInClient
) -> None:
    evaluate(city, MEASURE, "A")
    evaluate(city, OTHER, "A")

    def codes(query: str) -> list[str]:
        page = planner.get(f"{sheet(city)}?{query}").text
        return re.findall(r'<th scope="row"><a [^>]*>([0-9-]+) ', page)

    assert codes("show=differs") == [MEASURE]
    assert OTHER not in codes("show=missing")
    assert len(codes("show=missing")) == 34
    assert codes("direction=continue") == [MEASURE, OTHER]
    departments = re.findall(r'<option value="([0-9]+)"', planner.get(sheet(city)).text.partition('id="department"')[2])
    with city.database.reading(city.municipality) as session:
        request = session.get_one(t.UpdateRequest, city.report(MEASURE).request_id)
    assert str(request.department_id) in departments
    mine = codes(f"department={request.department_id}")
    assert MEASURE in mine
    assert 0 < len(mine) < 36
    asks = planner.get(f"{sheet(city)}?show=differs").text
    assert '<p class="sheet__why">' in asks, "it asks for a reason"


def test_stages_judge_in_their_order_and_later_ones_see_the_earlier(city: DeskCity, planner: SignedInClient) -> None:
    with_stages(city, Stage.PRIMARY, Stage.EXTERNAL)
    external = f"{of(city)}?stage=external"
    early = planner.post(external, {"grade": "A", "direction": "continue", "revision": "0"})
    assert early.status == 409
    assert "前の段階の評価がまだ入力されていません" in early.text
    evaluate(city, MEASURE, "B", "一次の所見")
    page = planner.get(external)
    assert "一次の所見" in page.text
    saved = planner.post(external, {"grade": "C", "direction": "improve", "comment": "外部の所見", "revision": "0"})
    assert saved.goes_to.startswith(f"{of(city, OTHER)}?stage=external")
    node = city.report(MEASURE).node_id
    stored = evaluations(city)
    assert (stored[node, Stage.PRIMARY].grade, stored[node, Stage.EXTERNAL].grade) == ("B", "C")
    assert city.last_audit().detail["stage"] == "external"
    listed = planner.get(f"{sheet(city)}?stage=external")
    row = listed.text.partition(f'id="row-{node}"')[2].partition("</tr>")[0]
    assert "一次評価：B（おおむね順調）・継続" in row
    closed = listed.text.partition(f'id="row-{city.report(OTHER).node_id}"')[2].partition("</tr>")[0]
    assert closed.count(" disabled") == 4, "not its turn yet"


def test_a_year_is_closed_only_when_every_stage_has_judged(city: DeskCity, planner: SignedInClient) -> None:
    with_stages(city, Stage.PRIMARY, Stage.SECONDARY)
    planner.post(f"/desk/cycles/{city.cycle}/close-collection")
    page = planner.get(sheet(city))
    rows: dict[str, str] = {}
    for name in hidden(page):
        if name.startswith("seen-"):
            rows |= form(page, int(name.removeprefix("seen-")), "B")
    assert planner.post(sheet(city), rows).goes_to.endswith("saved=36")
    refused = planner.post(f"/desk/cycles/{city.cycle}/finish")
    assert refused.status == 409
    assert f"{of(city)}?stage=secondary" in refused.text
    second = planner.get(f"{sheet(city)}?stage=secondary")
    for node in [int(name.removeprefix("seen-")) for name in rows if name.startswith("seen-")]:
        rows |= form(second, node, "A")
    assert planner.post(f"{sheet(city)}?stage=secondary", rows).goes_to.endswith("stage=secondary&saved=36")
    assert planner.post(f"/desk/cycles/{city.cycle}/finish").status == 303
    with city.database.reading(city.municipality) as session:
        assert session.get_one(t.AnnualCycle, city.cycle).state is CycleState.CLOSING


def test_a_stage_that_the_plan_does_not_have_is_not_found(city: DeskCity, planner: SignedInClient) -> None:
    for page in (of(city), sheet(city), f"/desk/cycles/{city.cycle}/evaluation"):
        assert planner.get(f"{page}?stage=secondary").status == 404
    assert "二次評価" not in planner.get(of(city)).text


def test_the_sheet_is_the_planning_divisions_alone_and_of_its_own_city(city: DeskCity) -> None:
    staff = city.client(STAFF)
    assert [staff.get(sheet(city)).status, staff.post(sheet(city)).status] == [403, 403]
    email, _ = elsewhere(city.database)
    assert SignedInClient(city.database, email).get(sheet(city)).status == 404
    assert city.client(PLANNER).post(sheet(city), with_token=False).status == 403


def test_a_row_of_no_measure_of_the_year_is_not_read(city: DeskCity, planner: SignedInClient) -> None:
    answer = planner.post(sheet(city), {"seen-999999": "0.x", "grade-999999": "A", "direction-999999": "continue"})
    assert answer.goes_to.endswith("saved=0")
    assert evaluations(city) == {}


def test_the_workbench_reads_in_english(city: DeskCity) -> None:
    with_stages(city, Stage.PRIMARY, Stage.EXTERNAL)
    with city.database.writing(EVERY_MUNICIPALITY) as session:
        for user in session.exec(select(t.User)).all():
            user.language = "en"
            session.add(user)
        for opinion in session.exec(select(t.Opinion)).all():
            opinion.text = "Please extend it."
            session.add(opinion)
        for project in session.exec(select(t.KeyProject)).all():
            project.title_en = "Signs in town"
            session.add(project)
        for trial in session.exec(select(t.Trial)).all():
            trial.title, trial.learning = "Asking in shops", "It works."
            session.add(trial)
    evaluate(city, MEASURE, "A")
    reader, node = Reader(city, PLANNER), city.report(MEASURE).node_id
    assert reader.client is not None
    stale = {"grade": "B", "direction": "continue", "revision": "0"}
    for path in (of(city), f"{of(city)}?stage=external", f"{of(city)}?unexplained={node}", of(city, OTHER)):
        reader.get(path)
    for query in ("saved=1", "saved=0", "show=missing&stage=external", "direction=stop"):
        reader.get(f"{sheet(city)}?{query}")
    reader.post(of(city), stale)
    reader.post(f"{of(city, OTHER)}?stage=external", stale)
    reader.post(sheet(city), form(reader.client.get(sheet(city)), node, ""))
    assert reader.japanese == {}
    assert set(reader.statuses.values()) == {200, 409, 422}
