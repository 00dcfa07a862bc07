"""The plan file of 飯塚市地域情報化計画 against what the document prints: terms, editions, titles, lineage."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from domain.fiscal_year import FiscalYear
from domain.lineage import LineageKind, is_renumbered, lives_on_as, same_as_before
from domain.plan import REVIEW_ROUND, CalendarDay, Edition, PlanDefinition, TimeRule
from domain.rating import RatePreset
from domain.reference import PlanRelation
from japan_calendar import business_calendar
from plan_files import from_json, read_plan, to_json

FILE = Path(__file__).parents[2] / "plans" / "iizuka-ict.yaml"

POLICIES = {
    "1": "ICTでつながる市民協働のまちづくり",
    "2": "ICTを活用し、共に支えあう健幸なまちづくり",
    "3": "ICTで実現！活力とうるおいのあるまちづくり",
    "4": "ICTで意欲的な深い学び、豊かな心が育つまちづくり",
    "5": "ICTで安全・安心、自然あふれる快適で住みよいまちづくり",
}
GOALS = {
    "1-1": "ICTで人をつなげ、共に支えあう協働のまちづくり",
    "1-2": "いつでも、どこでも、誰でも簡単に受けられる行政サービス",
    "1-3": "効果的・効率的なICTの導入と運用",
    "1-4": "ICTマネジメントの推進",
    "2-1": "ICTでつながり、支えあう子育て支援の推進",
    "2-2": "ICTで実現する！すべての人が安心して暮らせる保健・医療・福祉の連携と充実",
    "3-1": "市の魅力を発信！ICTを活用し、地域経済の活性化を支援",
    "4-1": "ICTを効果的に活用した、特色ある学校教育の推進",
    "4-2": "ICTを活用した生涯学習、スポーツ、歴史、文化の振興並びに国際交流・多文化共生の推進",
    "5-1": "安全・安心で快適なまちづくりの支援",
}
MEASURES_2018 = {
    "1-1-1": "公衆無線LANの整備、活用促進",
    "1-1-2": "ICTを活用した市民ニーズの把握",
    "1-2-1": "情報通信基盤の整備促進",
    "1-2-2": "SNS等を活用した適時適切な情報発信の推進",
    "1-2-3": "ICTを活用した窓口サービスの改善",
    "1-2-4": "電子申請、電子入札など電子自治体の推進",
    "1-2-5": "マイナンバーカードの活用研究",
    "1-3-1": "ペーパーレス化の推進",
    "1-3-2": "自治体クラウド及び共同利用の推進",
    "1-3-3": "統合型GISの調査研究",
    "1-3-4": "モバイル端末の活用研究",
    "1-4-1": "個人情報保護、情報セキュリティ対策の強化",
    "1-4-2": "情報化に係る業務改善体制の確立",
    "1-4-3": "職員の情報リテラシー向上の取組",
    "2-1-1": "子育て支援情報の受信、発信と共有",
    "2-1-2": "子育てワンストップサービスの推進",
    "2-1-3": "こども見守りシステムの調査研究",
    "2-1-4": "子育て相談機能の調査研究",
    "2-2-1": "ICTを活用した健康づくりの推進",
    "2-2-2": "単身高齢者等の見守りシステムの調査研究",
    "2-2-3": "ICTを活用した医療連携の調査研究",
    "3-1-1": "オープンデータの活用促進",
    "3-1-2": "ICTを活用した観光の振興",
    "3-1-3": "産学官が連携したICT農業の推進",
    "3-1-4": "ITスキルを持った人材等による創業や市内企業のIT・IoT化の促進",
    "4-1-1": "教育用ICT機器等の整備推進",
    "4-1-2": "学校間ネットワークの最適化と活用の推進",
    "4-1-3": "ICTを活用した校務の効率化の推進",
    "4-1-4": "教育クラウド及び共同利用の調査研究",
    "4-2-1": "ICTによる歴史的・文化的遺産の活用推進",
    "4-2-2": "ICTを活用した施設利用の利便性向上",
    "4-2-3": "市民の情報リテラシー向上の取組",
    "5-1-1": "地域防災におけるICTの活用推進",
    "5-1-2": "ICTを活用した空き家対策の推進（空き家バンク）",
    "5-1-3": "防災・減災情報共有化の調査研究",
    "5-1-4": "安全・安心、防犯情報共有化の調査研究",
}
MEASURES_2021 = {
    "1-1-1": "公衆無線LANの整備、活用促進",
    "1-1-2": "ICTを活用した市民ニーズの把握",
    "1-2-1": "情報通信基盤の整備促進",
    "1-2-2": "SNS等を活用した適時適切な情報発信、受信の推進",
    "1-2-3": "「書かない」、「待たせない」スマート窓口の推進",
    "1-2-4": "電子申請、電子署名、電子納付等による行政手続きのオンライン化",
    "1-2-5": "マイナンバーカードの活用促進",
    "1-2-6": "AIを活用した窓口サービス改善",
    "1-3-1": "ペーパーレス化の推進",
    "1-3-2": "GISの活用推進",
    "1-3-3": "RPA活用による働き方改革の推進",
    "1-3-4": "自治体クラウド・共同利用の推進及び標準準拠システム移行への調査研究",
    "1-3-5": "テレワーク、Web会議による柔軟な働き方の推進",
    "1-4-1": "個人情報保護、情報セキュリティ対策の強化",
    "1-4-2": "職員の情報リテラシー向上の取組",
    "2-1-1": "子育て支援情報の受信、発信と共有",
    "2-1-2": "子育てワンストップサービスの推進",
    "2-1-3": "こども見守りシステムに調査研究",  # printed so
    "2-1-4": "子育て相談機能の推進",
    "2-2-1": "ICTを活用した健康づくりの推進",
    "2-2-2": "単身高齢者等の見守りシステムの調査研究",
    "2-2-3": "ICTを活用した医療連携の調査研究",
    "3-1-1": "オープンデータの活用促進",
    "3-1-2": "ICTを活用した観光の振興",
    "3-1-3": "産学官が連携した産業のICT化の推進",
    "3-1-4": "ITスキルを持った人材による市内企業のデジタル・トランスフォーメーションの促進",
    "3-1-5": "電子地域通貨導入の調査研究",
    "3-1-6": "ICTを活用した地域経済の活性化",
    "3-1-7": "ビッグデータ・パーソナルデータを活用したスマートシティの推進",
    "4-1-1": "教育用ICT機器等の活用推進",
    "4-1-2": "学校間ネットワークの最適化と活用の推進",
    "4-1-3": "ICTを活用した校務の効率化、活用推進",
    "4-1-4": "教育クラウド及び共同利用の調査研究",
    "4-2-1": "ICTによる歴史的・文化的遺産の活用推進",
    "4-2-2": "ICTを活用した施設利用の利便性向上",
    "4-2-3": "市民の情報リテラシー向上の取組",
    "4-2-4": "電子納付による施設利用の利便性向上",
    "4-2-5": "ICTを活用した生涯学習事業の推進",
    "5-1-1": "地域防災におけるICT/IoTの活用推進",
    "5-1-2": "安全安心・防災減災情報共有化の推進",
}
PER_GOAL = {  # 前期, 中期
    "1-1": (2, 2),
    "1-2": (5, 6),
    "1-3": (4, 5),
    "1-4": (3, 2),
    "2-1": (4, 4),
    "2-2": (3, 3),
    "3-1": (4, 7),
    "4-1": (4, 4),
    "4-2": (3, 5),
    "5-1": (4, 2),
}
# fmt: off
UNCHANGED = (
    "1-1-1", "1-1-2", "1-2-1", "1-3-1", "1-4-1", "2-1-1", "2-1-2", "2-2-1", "2-2-2", "2-2-3", "3-1-1", "3-1-2",
    "4-1-2", "4-1-4", "4-2-1", "4-2-2", "4-2-3",
)
RENAMED_ONLY = ("1-2-2", "1-2-3", "1-2-4", "1-2-5", "2-1-4", "3-1-3", "3-1-4", "4-1-1", "4-1-3", "5-1-1")
RENAMED_AND_RENUMBERED = {"1-3-2": "1-3-4", "1-3-3": "1-3-2", "1-3-4": "1-3-5", "5-1-4": "5-1-2"}
NEW = ("1-2-6", "1-3-3", "3-1-5", "3-1-6", "3-1-7", "4-2-4", "4-2-5")
REUSED = ("1-3-2", "1-3-3", "1-3-4", "1-4-2", "5-1-2")
# fmt: on


@pytest.fixture(scope="module")
def plan() -> PlanDefinition:
    return read_plan(FILE)


@pytest.fixture(scope="module")
def before(plan: PlanDefinition) -> Edition:
    return plan.editions[0]


@pytest.fixture(scope="module")
def after(plan: PlanDefinition) -> Edition:
    return plan.editions[1]


def titles(edition: Edition, level: str) -> dict[str, str]:
    return {n.code: n.title for n in edition.nodes if n.level == level}


def moves(edition: Edition, kind: LineageKind) -> dict[str, str]:
    """Code before → code after of the links of a kind."""
    return {"".join(link.before): "".join(link.after) for link in edition.lineage if link.kind is kind}


# The plan


def test_the_plan_is_that_of_the_title_page(plan: PlanDefinition) -> None:
    assert (plan.name.ja, plan.contact.ja) == ("飯塚市地域情報化計画", "総務部情報政策課")
    assert [d.code for d in plan.documents] == ["plan-2021-03"]
    assert (plan.first_fiscal_year, plan.last_fiscal_year) == (2018, 2026)


def test_departments_report_on_the_measures_under_policies_and_goals(plan: PlanDefinition) -> None:
    assert [(lv.label.ja, lv.is_reported) for lv in plan.levels] == [
        ("基本方針", False),
        ("基本目標", False),
        ("個別施策", True),
    ]


def test_the_three_terms_cover_the_nine_years_without_a_gap(plan: PlanDefinition) -> None:
    of_year = {year: term.code for year in range(2018, 2027) if (term := plan.term_of(year))}
    assert of_year == dict(zip(range(2018, 2027), ["early"] * 3 + ["middle"] * 3 + ["late"] * 3, strict=True))
    assert [t.name.ja for t in plan.terms] == ["前期", "中期", "後期"]


def test_the_plan_is_reviewed_in_2020_and_2023_if_needed_from_five_points_of_view(plan: PlanDefinition) -> None:
    assert plan.review is not None
    assert (plan.review.fiscal_years, plan.review.only_if_needed) == ((2020, 2023), True)
    assert [c.code for c in plan.review.criteria] == [
        "progress",
        "evaluation",
        "citizens-needs",
        "social-change",
        "technology",
    ]


def test_a_review_opens_in_march_and_is_proposed_before_the_year_ends(plan: PlanDefinition) -> None:
    assert plan.review is not None
    assert plan.review.opens == CalendarDay(3, 1)
    assert [(c.body, c.stage) for c in plan.review.consultations] == [("internal-organisation", None)]
    calendar = business_calendar(range(2020, 2025))
    for year in plan.review.fiscal_years:
        opened = calendar.on_or_after(FiscalYear(year).day(3, 1))
        due = calendar.shift(opened, plan.round_of(REVIEW_ROUND).due_after_days)
        assert FiscalYear.of(calendar.shift(due, 10)) == FiscalYear(year), "ten business days are left to decide"


def test_three_classes_are_defined_and_no_measure_has_one(plan: PlanDefinition) -> None:
    assert [(c.code, c.label.ja, c.time_rule, c.moves_to) for c in plan.classes] == [
        ("priority", "重点施策", TimeRule.DONE_IN_TERM, ()),
        ("promotion", "推進施策", TimeRule.WEIGHED_IN_TERM, ()),
        ("research", "調査研究施策", TimeRule.STUDIED_IN_TERM, ("promotion", "priority")),
    ]
    assert all(c.meaning.ja for c in plan.classes)
    assert {n.measure_class for e in plan.editions for n in e.nodes} == {""}


def test_the_plan_serves_the_comprehensive_plan_and_runs_through_its_implementation_plan(plan: PlanDefinition) -> None:
    assert [(r.name.ja, r.relation, r.last_fiscal_year) for r in plan.related_plans] == [
        ("第2次飯塚市総合計画", PlanRelation.UPPER, 2026),
        ("第2次飯塚市総合計画 実施計画", PlanRelation.IMPLEMENTATION, None),
    ]
    assert plan.vision is not None
    assert (plan.vision.title.ja, plan.vision.year) == ("人が輝き まちが飛躍する 住みたいまち 住みつづけたいまち", None)


def test_opinions_come_from_three_sides_and_no_members_of_bodies_are_named(plan: PlanDefinition) -> None:
    assert [o.label.ja for o in plan.opinion_sources] == ["市民", "民間事業者", "大学等"]
    assert [(b.name.ja, b.members) for b in plan.bodies] == [("既存の内部組織体制", ()), ("電子計算組織運営委員会", ())]


def test_a_rate_proposes_one_of_the_plans_grades(plan: PlanDefinition) -> None:
    assert plan.rating is not None
    assert plan.rating.rate is RatePreset.ACTUAL_OVER_TARGET
    assert [(int(b.at_least), b.grade) for b in plan.rating.bands] == [(100, "A"), (80, "B"), (60, "C"), (0, "D")]


def test_there_is_no_indicator_because_the_source_prints_none(plan: PlanDefinition) -> None:
    assert plan.indicators == ()


def test_the_plan_survives_the_way_into_the_database_and_back(plan: PlanDefinition) -> None:
    assert from_json(to_json(plan)) == plan


# The editions


def test_there_is_an_edition_of_the_early_and_one_of_the_middle_term(plan: PlanDefinition) -> None:
    assert [(e.code, e.decided, e.effective_on) for e in plan.editions] == [
        ("2018-03", "2018-03", date(2018, 4, 1)),
        ("2021-03", "2021-03", date(2021, 4, 1)),
    ]
    assert "中期個別施策見直し" in plan.editions[1].reason.ja


def test_every_title_is_the_printed_one(before: Edition, after: Edition) -> None:
    assert titles(before, "policy") == titles(after, "policy") == POLICIES
    assert titles(before, "goal") == titles(after, "goal") == GOALS
    assert titles(before, "measure") == MEASURES_2018
    assert titles(after, "measure") == MEASURES_2021
    assert (len(before.nodes), len(after.nodes)) == (5 + 10 + 36, 5 + 10 + 40)


def test_every_goal_has_as_many_measures_as_printed(before: Edition, after: Edition) -> None:
    assert {g: (len(before.children(g)), len(after.children(g))) for g in GOALS} == PER_GOAL


def test_every_node_hangs_under_the_one_its_code_names(plan: PlanDefinition) -> None:
    assert [n.code for e in plan.editions for n in e.nodes if n.parent != n.code.rpartition("-")[0]] == []


def test_every_title_has_an_english_one_of_its_own(plan: PlanDefinition) -> None:
    for edition in plan.editions:
        english = [n.title_en for n in edition.nodes]
        assert all(english)
        assert len(set(english)) == len(english)


def test_a_title_that_stayed_has_stayed_in_english_too(before: Edition, after: Edition) -> None:
    english = {n.title: n.title_en for n in before.nodes}
    assert [n.code for n in after.nodes if english.get(n.title, n.title_en) != n.title_en] == []


def test_the_other_wording_of_goal_4_2_is_noted(plan: PlanDefinition) -> None:
    for edition in plan.editions:
        goal = edition.node("4-2")
        assert goal is not None
        assert "ICTを活用した生涯学習やスポーツ、歴史、文化の振興" in goal.note.ja


def test_every_measure_of_the_middle_term_and_no_other_node_says_what_it_contains(plan: PlanDefinition) -> None:
    told = [(e.code, n.code) for e in plan.editions for n in e.nodes if n.texts.get("content")]
    assert told == [("2021-03", n.code) for n in plan.editions[1].nodes if n.level == "measure"]
    assert len(told) == 40


# The lineage


def test_the_lineage_has_one_link_per_measure(before: Edition, after: Edition) -> None:
    assert before.lineage == ()
    kinds = Counter(link.kind.value for link in after.lineage)
    assert kinds == {"continued": 18, "renamed": 14, "renumbered": 1, "new": 7, "abolished": 2, "merged": 1}
    assert len(after.lineage) == 43


def test_each_measure_goes_where_the_print_shows_it(after: Edition) -> None:
    assert moves(after, LineageKind.CONTINUED) == {c: c for c in (*UNCHANGED, "2-1-3")}
    assert moves(after, LineageKind.RENAMED) == {c: c for c in RENAMED_ONLY} | RENAMED_AND_RENUMBERED
    assert moves(after, LineageKind.RENUMBERED) == {"1-4-3": "1-4-2"}
    assert moves(after, LineageKind.MERGED) == {"5-1-3": "5-1-2"}
    assert moves(after, LineageKind.ABOLISHED) == {"1-4-2": "", "5-1-2": ""}
    assert [link.after for link in after.lineage if link.kind is LineageKind.NEW] == [(c,) for c in NEW]


def test_titles_change_where_a_measure_is_renamed_and_nowhere_else_but_by_one_letter(after: Edition) -> None:
    changed = {old for old, new in lives_on_as(after.lineage).items() if MEASURES_2018[old] != MEASURES_2021[new]}
    assert changed == {*RENAMED_ONLY, *RENAMED_AND_RENUMBERED, "2-1-3"}


def test_five_measures_have_a_new_number(after: Edition) -> None:
    renumbered = {link.before[0] for link in after.lineage if is_renumbered(link)}
    assert renumbered == {*RENAMED_AND_RENUMBERED, "1-4-3"}


def test_five_codes_mean_another_measure_in_the_next_edition(
    plan: PlanDefinition, before: Edition, after: Edition
) -> None:
    same = same_as_before(before.nodes, after.nodes, after.lineage)
    in_both = titles(before, "measure").keys() & titles(after, "measure").keys()
    assert {code for code in in_both if same.get(code) != code} == set(REUSED)
    noted = {n.code for n in after.nodes if f"「{MEASURES_2018.get(n.code)}」" in n.note.ja}
    assert noted == set(REUSED)
    assert any(all(code in note.ja for code in REUSED) for note in plan.notes)


def test_the_policies_and_goals_are_the_same_in_both_editions(before: Edition, after: Edition) -> None:
    same = same_as_before(before.nodes, after.nodes, after.lineage)
    assert {new: same.get(new) for new in (*POLICIES, *GOALS)} == {code: code for code in (*POLICIES, *GOALS)}


def test_what_was_abolished_merged_or_misprinted_says_why(after: Edition) -> None:
    reasons = {"".join(link.before): link.reason.ja for link in after.lineage if link.reason.ja}
    assert reasons.keys() == {"2-1-3", "1-4-2", "5-1-2", "5-1-3"}
    assert "1字" in reasons["2-1-3"]
    assert "電子計算組織運営委員会" in reasons["1-4-2"]
    assert "空き家バンク" in reasons["5-1-2"]
    assert "安全・安心、防犯情報共有化の調査研究" in reasons["5-1-3"]
