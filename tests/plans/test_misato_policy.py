"""The plan file of 三郷市 施策内容（案） against what the document prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

import pytest

from domain.plan import Edition, NodeView, PlanDefinition
from domain.questions import Problem, QuestionKind, check, cleaned, shown
from domain.source import Source
from domain.text import Bilingual
from plan_files import from_json, read_plan, to_json

FILE = Path(__file__).parents[2] / "plans" / "misato-policy.yaml"

POLICIES = {"経1": "地域力の醸成", "経2": "まちの魅力向上", "経3": "行財政基盤の強化"}
MEASURES = {
    "経1-1": "コミュニティ活動の促進",
    "経1-2": "世代を超えた人々がつながる機会の創出",
    "経1-3": "市民のまちづくりへの参加",
    "経2-1": "シティブランディングの強化",
    "経2-2": "広域行政の推進",
    "経2-3": "多様な主体とのパートナーシップの構築",
    "経3-1": "質の高い行政経営の確立",
    "経3-2": "公共施設マネジメントの推進",
    "経3-3": "スマート自治体の構築",
}
# Each initiative with the number of its reform view ("" where the source prints none).
INITIATIVES = {
    "経1-1": [
        ("地域コミュニティの活性化", "2"),
        ("地域コミュニティ施設整備の促進", "2"),
        ("「子どもの居場所」づくりの相談体制の整備", "2"),
        ("ボランティア活動への支援", "2"),
        ("コミュニティ組織・活動への援助", "2"),
        ("地域包括ケアシステムの推進", "2"),
    ],
    "経1-2": [
        ("多世代交流施設の整備", "2"),
        ("地域における世代間交流の推進", "1"),
        ("「子どもの居場所」づくりの推進", "2"),
        ("地域活動や身近な活動を通じた多世代交流の促進", "2"),
        ("本を通じた世代間交流の推進", "2"),
    ],
    "経1-3": [
        ("広聴活動の充実", "1"),
        ("市民参加の機会の確保", "2"),
        ("有権者の政治意識向上", "2"),
    ],
    "経2-1": [
        ("地域を知るための機会の創出", "2"),
        ("広報活動の推進", "1"),
        ("郷土の歴史・文化財の魅力発信", "2"),
        ("シティプロモーションによる魅力発信", "2"),
        ("日本一の読書のまちの推進", "2"),
    ],
    "経2-2": [
        ("自治体間連携による行政サービスの向上", "1"),
        ("友好都市交流の推進", "2"),
        ("広域的な水防体制の強化", "5"),
        ("共通する事務における連携", ""),
    ],
    "経2-3": [
        ("民間活力の導入", "1"),
        ("大学との連携", "3"),
        ("民間企業等との連携の推進", "1"),
        ("ギリシャ共和国とのホストタウンとしての交流", "2"),
        ("社会貢献活動によるまちづくり", "2"),
        ("民間事業者との災害時応援協定の締結", "1"),
    ],
    "経3-1": [
        ("市有財産の適正管理と有効活用", "6"),
        ("入札・契約・検査の適正な執行", "5"),
        ("適正な賦課徴収業務の推進", "5"),
        ("基金及び地方債の適正管理", "5"),
        ("財源確保", "6"),
        ("市民に信頼される人材の育成", "4"),
        ("社会課題に対応できる組織体制の構築", "4"),
        ("効果的な政策立案に向けたマネジメントサイクルの推進", "3"),
        ("総合計画の適正な運用", "3"),
        ("窓口サービスの向上", "1"),
    ],
    "経3-2": [
        ("計画的な施設の更新と維持管理", "6"),
        ("公共施設の長寿命化", "6"),
    ],
    "経3-3": [
        ("ゆるみない業務の改革・改善の推進", "4"),
        ("情報化基本計画の推進", "3"),
        ("情報セキュリティの向上", "4"),
        ("庁内システムの全体最適化", "3"),
    ],
}
ISSUES = dict(zip(MEASURES, [3, 3, 3, 2, 3, 4, 10, 2, 4], strict=True))
RELATED_PLANS = {
    "経2-1": ["みさとシティプロモーション方針"],
    "経2-2": ["第２次埼玉県東南部都市連絡調整会議基本方針", "江戸川水防事務組合　水防計画"],
    "経3-1": [
        "三郷市人材育成基本方針",
        "第４次三郷市定員適正化計画（改訂版）",
        "総務省「自治体戦略2040構想研究報告」",
    ],
    "経3-2": ["三郷市公共施設長寿命化計画"],
    "経3-3": ["情報化基本計画"],
}


@pytest.fixture(scope="module")
def plan() -> PlanDefinition:
    return read_plan(FILE)


@pytest.fixture(scope="module")
def edition(plan: PlanDefinition) -> Edition:
    assert [e.code for e in plan.editions] == ["draft"]
    return plan.editions[0]


@pytest.fixture(scope="module")
def views(edition: Edition) -> dict[str, NodeView]:
    """Where each initiative stands in the reform view; every one has exactly one place."""
    initiatives = [n for n in edition.nodes if n.level == "initiative"]
    assert {len(n.views) for n in initiatives} == {1}
    assert {n.views[0].view for n in initiatives} == {"reform"}
    return {n.code: n.views[0] for n in initiatives}


def inside(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Everything in a definition with its place."""
    yield path, value
    if isinstance(value, tuple):
        for i, one in enumerate(value):
            yield from inside(one, f"{path}.{i}")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from inside(one, f"{path}.{key}")
    elif is_dataclass(value):
        for part in fields(value):
            yield from inside(getattr(value, part.name), f"{path}.{part.name}")


# The tree


def test_three_policies_hold_nine_measures_and_45_initiatives(edition: Edition) -> None:
    assert Counter(n.level for n in edition.nodes) == {"policy": 3, "measure": 9, "initiative": 45}
    assert {m: len(edition.children(m)) for m in MEASURES} == dict(
        zip(MEASURES, [6, 5, 3, 5, 4, 6, 10, 2, 4], strict=True)
    )


def test_every_title_is_the_printed_one(edition: Edition) -> None:
    assert {n.code: n.title for n in edition.nodes if n.level == "policy"} == POLICIES
    assert {n.code: n.title for n in edition.nodes if n.level == "measure"} == MEASURES
    assert {m: [n.title for n in edition.children(m)] for m in MEASURES} == {
        m: [title for title, _ in rows] for m, rows in INITIATIVES.items()
    }


def test_initiatives_are_numbered_after_their_measure(edition: Edition) -> None:
    codes = [n.code for n in edition.nodes if n.level == "initiative"]
    assert codes == [f"{m}-{i}" for m, rows in INITIATIVES.items() for i in range(1, len(rows) + 1)]
    assert {n.code: n.parent for n in edition.nodes} == {n.code: n.code.rpartition("-")[0] for n in edition.nodes}


def test_every_title_has_an_english_one_of_its_own(edition: Edition) -> None:
    english = [n.title_en for n in edition.nodes]
    assert all(english)
    assert len(set(english)) == len(english)


def test_the_levels_are_called_as_the_document_calls_them_and_measures_are_reported(plan: PlanDefinition) -> None:
    assert [(lv.label.ja, lv.is_reported) for lv in plan.levels] == [
        ("経営方針", False),
        ("施策", True),
        ("取組み", False),
    ]


def test_the_document_is_a_draft_without_a_date_and_without_years(plan: PlanDefinition, edition: Edition) -> None:
    assert (edition.is_draft, edition.decided, edition.effective_on) == (True, "", date(2021, 4, 1))
    assert (plan.first_fiscal_year, plan.last_fiscal_year, plan.terms) == (None, None, ())
    assert plan.documents[0].name.ja == "施策内容（案）"
    assert (plan.documents[0].as_of, plan.indicators) == (None, ())


# The pages


def test_every_measure_says_its_target_state_its_issues_and_its_part_in_the_sdgs(edition: Edition) -> None:
    measures = [n for n in edition.nodes if n.level == "measure"]
    assert {n.code: len(n.texts["issues"]) for n in measures} == ISSUES
    assert sum(ISSUES.values()) == 34
    assert {len(n.texts[key]) for n in measures for key in ("target_state", "sdgs")} == {1}


def test_every_initiative_says_what_it_is(edition: Edition) -> None:
    initiatives = [n for n in edition.nodes if n.level == "initiative"]
    assert {(*n.texts, len(n.texts["content"])) for n in initiatives} == {("content", 1)}
    assert len({n.texts["content"][0].ja for n in initiatives}) == 45


def test_eight_related_plans_stand_on_five_measures(plan: PlanDefinition, edition: Edition) -> None:
    names = {r.code: r.name.ja for r in plan.related_plans}
    assert {n.code: [names[code] for code in n.related_plans] for n in edition.nodes if n.related_plans} == (
        RELATED_PLANS
    )
    assert len(names) == 8


def test_the_fields_of_the_sample_page_are_the_captions_of_the_form(plan: PlanDefinition) -> None:
    assert [f.label.ja for f in plan.node_fields] == [
        "目指す姿",
        "SDGsに向けた方向性",
        "現状と課題",
        "施策実現のための取組み",
        "内容",
        "行革の視点",
        "関連する個別計画",
        "写真・データ",
        "用語説明",
    ]
    assert all(f.caption.ja for f in plan.node_fields)
    assert {f.source.heading.ja for f in plan.node_fields if f.source} == {
        "記入例のページ（まちづくり方針１ 1-1-1 強靱な防災基盤の構築）"
    }


def test_the_sample_page_is_told_in_a_note_and_is_no_measure(plan: PlanDefinition, edition: Edition) -> None:
    assert edition.node("1-1-1") is None
    assert [n.ja for n in plan.notes if "施策の柱" in n.ja and "取組み7件と関連する個別計画3件" in n.ja]


def test_the_one_explained_term_is_the_places_for_children(plan: PlanDefinition) -> None:
    assert [g.term for g in plan.glossary] == ["子どもの居場所"]


# 行革の視点


def test_the_reform_view_has_its_six_printed_values(plan: PlanDefinition) -> None:
    assert [(v.code, v.label.ja) for view in plan.views for v in view.values] == [
        ("1", "市民サービス"),
        ("2", "参加と協働"),
        ("3", "政策形成"),
        ("4", "職員及び組織"),
        ("5", "財政運営"),
        ("6", "市有財産"),
    ]


def test_every_initiative_stands_in_the_view_that_is_printed(views: dict[str, NodeView]) -> None:
    assert {code: v.value for code, v in views.items()} == {
        f"{m}-{i}": view for m, rows in INITIATIVES.items() for i, (_, view) in enumerate(rows, 1)
    }
    assert Counter(v.value for v in views.values()) == {"1": 8, "2": 19, "3": 5, "4": 4, "5": 4, "6": 4, "": 1}


def test_incomplete_rows_stay_incomplete_and_say_so(edition: Edition, views: dict[str, NodeView]) -> None:
    assert {code for code, v in views.items() if not v.value} == {"経2-2-4"}
    assert {code for code, v in views.items() if not v.activities} == {"経2-2-4", "経2-3-3"}
    assert views["経2-3-3"].value == "1"
    notes = {n.code: n.note.ja for n in edition.nodes if n.code in ("経2-2-4", "経2-3-3")}
    assert all("記載なし" in note for note in notes.values())


def test_one_initiative_has_two_activities_from_its_view(views: dict[str, NodeView]) -> None:
    assert {code: len(v.activities) for code, v in views.items() if len(v.activities) > 1} == {"経3-1-3": 2}


def test_rows_that_print_the_same_activity_keep_it(views: dict[str, NodeView]) -> None:
    shared = Counter(a for v in views.values() for a in v.activities)
    same = {a: [code for code, v in views.items() if a in v.activities] for a, n in shared.items() if n > 1}
    assert list(same.values()) == [["経1-2-2", "経1-2-3"], ["経3-3-2", "経3-3-4"]]


def test_a_view_that_was_matched_by_sense_has_a_note(edition: Edition) -> None:
    noted = [n.code for n in edition.nodes if "inferred" in n.note.en]
    assert noted == ["経1-1-1", "経1-1-2", "経1-1-5", "経2-2-3"]


# The form (Meguru's own)


def test_the_yearly_evaluation_asks_of_the_measure_with_help_and_examples(plan: PlanDefinition) -> None:
    assert [(r.code, r.opens.month, r.opens.day) for r in plan.rounds] == [("yearly", 1, 15)]
    assert plan.cycle_opens is not None
    assert (plan.cycle_opens.month, plan.cycle_opens.day) == (4, 1)
    questions = plan.question_set.questions
    assert [q.id for q in questions if not (q.help.ja and q.example.ja)] == []
    too_long = [q.id for q in questions if q.limit and max(len(q.example.ja), len(q.example.en)) > q.limit]
    assert too_long == []
    assert [(q.id, q.recalls) for q in questions if q.recalls] == [("promise_outcome", "next_step")]
    assert [g.code for g in plan.grades] == ["A", "B", "C", "D"]


@pytest.mark.parametrize(("progress", "asked"), [("ahead", 0), ("on_track", 0), ("delayed", 1), ("not_started", 1)])
def test_the_cause_is_asked_and_required_only_when_a_measure_is_behind(
    plan: PlanDefinition, progress: str, asked: int
) -> None:
    answers = {"progress": progress, "done": "補助した。", "towards_target": "増えた。", "next_step": "続ける。"}
    assert [q.id for q in shown(plan.question_set, answers)].count("cause") == asked
    assert [p.question for p in check(plan.question_set, answers)] == ["cause"] * asked


def test_staff_and_budget_are_asked_in_figures_that_may_stay_empty(plan: PlanDefinition) -> None:
    asked = {q.id: q for q in plan.question_set.questions if q.kind is QuestionKind.NUMBER}
    assert {key: q.unit.ja for key, q in asked.items()} == {"staff": "人", "budget": "千円", "spent": "千円"}
    assert not any(q.required or q.required_when for q in asked.values())
    without = {"progress": "on_track", "done": "補助した。", "towards_target": "増えた。", "next_step": "続ける。"}
    assert check(plan.question_set, without) == ()
    typed = cleaned(plan.question_set, {**without, "staff": "１．４", "budget": "4,250"})
    assert check(plan.question_set, typed) == ()
    assert (typed["staff"], typed["budget"]) == ("1.4", "4250")
    wrong = check(plan.question_set, {**without, "budget": "四百万円"})
    assert [(p.question, p.problem) for p in wrong] == [("budget", Problem.NOT_A_NUMBER)]


# Sources and languages


def test_every_fact_names_a_document_that_there_is_and_a_heading(plan: PlanDefinition, edition: Edition) -> None:
    facts: list[object] = [edition, *edition.nodes, *plan.node_fields, *plan.views]
    facts += [*plan.related_plans, *plan.opinion_sources, *plan.glossary]
    assert all(isinstance(getattr(fact, "source", None), Source) for fact in facts)
    found = [(path, s) for path, s in inside(plan) if isinstance(s, Source)]
    assert len(found) == len(facts) + 1, "the facts and the plan itself"
    wrong = [path for path, s in found if plan.document_of(s) is None or not (s.heading.ja and s.heading.en)]
    assert wrong == []


def test_an_initiative_stands_under_the_heading_of_its_measure(edition: Edition) -> None:
    headings = {n.code: n.source.heading.ja for n in edition.nodes if n.source}
    for measure, title in MEASURES.items():
        below = {headings[n.code] for n in edition.children(measure)}
        assert below == {headings[measure]} == {f"{measure} {title}"}


def test_every_japanese_text_of_the_file_has_english_beside_it(plan: PlanDefinition) -> None:
    texts = [(path, text) for path, text in inside(plan) if isinstance(text, Bilingual)]
    assert [path for path, text in texts if bool(text.ja) != bool(text.en)] == []


def test_the_plan_survives_the_way_into_the_database_and_back(plan: PlanDefinition) -> None:
    assert from_json(to_json(plan)) == plan
