"""The plan file of 所沢市DX推進基本方針 against what the document prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domain.body import SeatBasis, SeatRole
from domain.calendar import BusinessCalendar
from domain.inquiry import Addressee, InquiryAnchor
from domain.key_project import KeyProjectRules, RouteOutcome
from domain.kick_off import cycle_due, next_opening
from domain.ladder import Rank, StepKind
from domain.plan import Edition, PlanDefinition
from domain.questions import check, shown
from domain.reference import BodyKind, PlanRelation
from domain.source import Source
from domain.text import Bilingual
from plan_files import from_json, read_plan, to_json

FILE = Path(__file__).parents[2] / "plans" / "tokorozawa-dx.yaml"

THEMES = {"1": "暮らしやすさUP", "2": "まちの活力UP", "3": "行政サービス力UP"}
DESIRED_STATES = {
    "1-1": "手続や問い合わせ、相談が簡単にできる",
    "1-2": "欲しい情報・必要な情報を簡単に受け取ることができる",
    "1-3": "市民の誰もがデジタルの恩恵を受けることができている",
    "2-1": "誰でもまちづくりへ容易に参加できる",
    "2-2": "多くの産業の分野でDXが進んでいる",
    "2-3": "地域活性化や市民生活に必要な情報を入手し活用することができる",
    "3-1": "市民に寄り添った事務事業に人員と財源を振り向けることができる",
    "3-2": "客観的な証拠に基づく政策立案ができる",
    "3-3": "職員が自己の持つ能力を成長させ最大限に発揮できている",
    "3-4": "安全・安心な行政サービスを維持できている",
}
BULLETS = {
    "1-1": 3,
    "1-2": 3,
    "1-3": 3,
    "2-1": 2,
    "2-2": 1,
    "2-3": 1,
    "3-1": 2,
    "3-2": 1,
    "3-3": 2,
    "3-4": 2,
}
BODIES = [
    ("政策会議", BodyKind.BODY),
    ("デジタル戦略会議", BodyKind.BODY),
    ("デジタル戦略委員会", BodyKind.BODY),
    ("プロジェクトチーム", BodyKind.TEAM),
    ("プロジェクトリーダー・サブリーダー", BodyKind.OFFICE),
    ("高度専門人材", BodyKind.OFFICE),
    ("DX推進リーダー", BodyKind.OFFICE),
    ("デジタル戦略課", BodyKind.SECTION),
]
PRINCIPLES = [
    "オープン・透明",
    "公平・倫理",
    "安全・安心",
    "継続・安定・強靱",
    "社会課題の解決",
    "迅速・柔軟",
    "包摂・多様性",
    "浸透",
    "新たな価値の創造",
    "飛躍",
]
GLOSSARY = [
    "IoT",
    "Society5.0",
    "AI",
    "生成AI",
    "デジタル・トランスフォーメーション",
    "ICT",
    "デジタル3原則",
    "AI-OCR",
    "ノーコード・ローコードツール",
    "デジタルデバイド",
    "オープンデータ",
    "EBPM",
]
# What each achievement of the source is about, in its order.
ACHIEVEMENTS = {
    2021: ["6窓口", "AI-OCR", "テレワーク"],
    2022: ["書かない窓口", "AI音声テキスト化", "LINE"],
    2023: ["防災ガイド・避難所マップ", "小・中学校", "ノーコード・ローコードツール", "生成AI", "Fit & Gap分析"],
    2024: ["富岡シニアスマホ学園", "教育委員会", "ところバス", "文書管理システム", "ガバメントクラウド"],
    2025: ["財務会計システム", "給水装置工事", "福祉総合システム"],
}
NO_FEELING_1, NO_FEELING_2 = "いずれも実感にくい", "いずれも実感しにくい"  # the first one sic
ANY_DATA = "市のホームページなどで必要なデータが入手できる"
EASY_NEWS = "必要な行政情報を簡単に受け取れる（例：所沢市公式LINEアカウント、ほっとメールなど）"
COMFORT = "デジタル技術によって、快適に生活できる"
PLACES = "まちづくりセンターやスマートフォン販売店など、身近にデジタルについて学習できる場がある"


@pytest.fixture(scope="module")
def plan() -> PlanDefinition:
    return read_plan(FILE)


@pytest.fixture(scope="module")
def edition(plan: PlanDefinition) -> Edition:
    assert [e.code for e in plan.editions] == ["2026-03"]
    return plan.editions[0]


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


def test_three_themes_hold_ten_desired_states_by_their_printed_titles(edition: Edition) -> None:
    assert {n.code: n.title for n in edition.nodes if n.level == "theme"} == THEMES
    assert {n.code: n.title for n in edition.nodes if n.level == "desired_state"} == DESIRED_STATES
    assert len(edition.nodes) == 13
    assert {n.code: n.parent for n in edition.nodes} == {
        n.code: n.code[0] if "-" in n.code else "" for n in edition.nodes
    }
    assert [len(edition.children(theme)) for theme in THEMES] == [3, 3, 4]


def test_the_levels_are_called_as_the_policy_calls_them_and_desired_states_are_reported(plan: PlanDefinition) -> None:
    assert [(lv.label.ja, lv.is_reported) for lv in plan.levels] == [
        ("テーマ", False),
        ("2030年時点のありたい姿", True),
    ]


def test_every_title_has_an_english_one_of_its_own(edition: Edition) -> None:
    english = [n.title_en for n in edition.nodes]
    assert all(english)
    assert len(set(english)) == len(english)


def test_every_desired_state_tells_as_many_pictures_as_the_source_has_bullets(edition: Edition) -> None:
    told = {n.code: len(n.texts["pictures"]) for n in edition.nodes if "pictures" in n.texts}
    assert told == BULLETS
    assert sum(told.values()) == 20
    assert {n.code: len(n.texts["aim"]) for n in edition.nodes if "aim" in n.texts} == dict.fromkeys(THEMES, 1)


def test_the_edition_is_the_revision_of_march_2026_with_its_reasons(plan: PlanDefinition, edition: Edition) -> None:
    assert (edition.decided, edition.effective_on, edition.is_draft) == ("2026-03", date(2026, 4, 1), False)
    assert "DX定着期間" in edition.reason.ja
    assert "人材育成・確保基本方針" in edition.reason.ja
    assert any("令和4（2022）年3月に策定" in note.ja for note in plan.notes)


# Time


def test_the_vision_is_of_2040(plan: PlanDefinition) -> None:
    assert plan.vision is not None
    assert (plan.vision.year, plan.vision.title.ja) == (2040, "人にやさしいデジタルが暮らしに浸透したまち")


def test_the_settling_period_runs_from_2022_to_2025(plan: PlanDefinition) -> None:
    assert [(t.name.ja, t.first_fiscal_year, t.last_fiscal_year) for t in plan.terms] == [("DX定着期間", 2022, 2025)]
    assert [plan.term_of(year) is not None for year in range(2021, 2027)] == [False, True, True, True, True, False]


def test_no_calendar_opens_a_cycle_because_the_policy_holds_no_yearly_plan(plan: PlanDefinition) -> None:
    calendar, today = BusinessCalendar(), date(2026, 10, 1)
    assert plan.cycle_opens is None
    assert cycle_due(plan, today, calendar) is None
    assert next_opening(plan, (), today, calendar) is None
    assert plan.runs_in(2026), "by hand it may be opened in any year"


def test_the_years_of_the_policy_stay_unknown(plan: PlanDefinition) -> None:
    assert (plan.first_fiscal_year, plan.last_fiscal_year, plan.review) == (None, None, None)


# Bodies and roles


def test_the_eight_rows_of_the_organisation_are_told_with_their_kind(plan: PlanDefinition) -> None:
    assert [(b.name.ja, b.kind) for b in plan.bodies] == BODIES
    assert all(b.role.ja for b in plan.bodies)


def test_the_committee_assists_the_conference_and_nothing_else_is_said_of_lines_upward(plan: PlanDefinition) -> None:
    names = {b.code: b.name.ja for b in plan.bodies}
    assert {b.name.ja: names[b.assists] for b in plan.bodies if b.assists} == {"デジタル戦略委員会": "デジタル戦略会議"}


def test_the_cdo_is_the_vice_mayor_and_sits_in_the_conference(plan: PlanDefinition) -> None:
    (conference,) = [b for b in plan.bodies if b.name.ja == "デジタル戦略会議"]
    assert [m.label.ja for m in conference.members] == [
        "副市長（CDO:最高デジタル責任者）",
        "副市長が指名した部長級職員",
    ]
    assert "CDO" in conference.note.ja


def test_members_sit_by_office_by_rank_or_by_nomination_as_the_source_says(plan: PlanDefinition) -> None:
    bases = {b.name.ja: [m.basis for m in b.members] for b in plan.bodies}
    office, rank, nomination = SeatBasis
    assert bases["政策会議"] == [office] * 4 + [rank]
    assert bases["デジタル戦略会議"] == [office, nomination]
    assert bases["デジタル戦略委員会"] == [nomination]
    assert set(bases["プロジェクトチーム"]) == {None}, "the source does not say by what"
    leading = [(b.name.ja, m.label.ja) for b in plan.bodies for m in b.members if m.role is SeatRole.LEADER]
    assert [name for name, _ in leading] == ["プロジェクトチーム", "プロジェクトリーダー・サブリーダー"]
    assert all("次長級職員" in label for _, label in leading)


def test_the_source_names_neither_secretariats_nor_days_of_bodies(plan: PlanDefinition) -> None:
    assert not any(b.secretariat.ja or b.valid_from or b.valid_until for b in plan.bodies)


def test_members_stand_where_the_source_names_them(plan: PlanDefinition) -> None:
    assert {b.name.ja: len(b.members) for b in plan.bodies} == {
        "政策会議": 5,
        "デジタル戦略会議": 2,
        "デジタル戦略委員会": 1,
        "プロジェクトチーム": 3,
        "プロジェクトリーダー・サブリーダー": 1,
        "高度専門人材": 0,
        "DX推進リーダー": 1,
        "デジタル戦略課": 0,
    }


def test_teams_their_leaders_and_specialists_are_not_standing(plan: PlanDefinition) -> None:
    assert [b.name.ja for b in plan.bodies if not b.is_standing] == [
        "プロジェクトチーム",
        "プロジェクトリーダー・サブリーダー",
        "高度専門人材",
    ]


# Key projects: how they are run, as the policy says it, and what it leaves open


@pytest.fixture
def rules(plan: PlanDefinition) -> KeyProjectRules:
    assert plan.key_projects is not None
    return plan.key_projects


def test_teams_are_led_by_deputy_directors_and_every_department_has_a_leader(rules: KeyProjectRules) -> None:
    assert (rules.team, rules.leaders, rules.coordinator) == ("project-team", "dx-leaders", "digital-strategy-division")
    assert rules.leader_rank is Rank.DEPUTY_DIRECTOR


def test_a_matter_goes_from_the_committee_to_the_conference_to_the_council(
    plan: PlanDefinition, rules: KeyProjectRules
) -> None:
    names = {b.code: b.name.ja for b in plan.bodies}
    assert [names[code] for code in rules.matter.line] == ["デジタル戦略委員会", "デジタル戦略会議", "政策会議"]


def test_a_team_changes_its_path_by_itself_and_asks_before_it_changes_its_goal(rules: KeyProjectRules) -> None:
    own = {outcome for outcome in RouteOutcome if not rules.decides(outcome)}
    assert own == {RouteOutcome.CONTINUE, RouteOutcome.CHANGE_PATH}


def test_a_missed_check_in_goes_to_the_team_then_to_the_coordinator_then_to_the_committee(
    rules: KeyProjectRules,
) -> None:
    steps = rules.check_in.ladder.steps
    assert [(s.kind, s.to) for s in steps] == [
        (StepKind.NOTICE, Addressee.TEAM),
        (StepKind.REMINDER, Addressee.TEAM),
        (StepKind.ESCALATION, Addressee.COORDINATOR),
        (StepKind.ESCALATION, Addressee.COMMITTEE),
    ]
    days = [s.business_days for s in steps if s.anchor is InquiryAnchor.DUE]
    assert days == sorted(days)


def test_a_check_in_asks_six_questions_each_with_help_and_offers_every_outcome(rules: KeyProjectRules) -> None:
    questions = {q.id: q for q in rules.question_set.questions}
    assert list(questions) == ["state", "tried", "learnt", "obstacle", "decision_wanted", "next_step"]
    assert all(q.help.ja for q in questions.values())
    assert {c.code for c in questions["decision_wanted"].choices} == {o.value for o in RouteOutcome}
    assert questions["tried"].recalls == "next_step"
    assert questions["next_step"].promise


# What was done, and how it was judged


def test_nineteen_achievements_stand_in_their_fiscal_years(plan: PlanDefinition) -> None:
    assert Counter(a.fiscal_year for a in plan.achievements) == {2021: 3, 2022: 3, 2023: 5, 2024: 5, 2025: 3}
    assert len(plan.achievements) == 19
    told = [(a.fiscal_year, a.text.ja) for a in plan.achievements]
    asked = [(year, about) for year, items in ACHIEVEMENTS.items() for about in items]
    assert [(y, about) for (y, text), (_, about) in zip(told, asked, strict=True) if about in text] == asked


def test_achievements_before_the_settling_period_say_so(plan: PlanDefinition) -> None:
    before = [a for a in plan.achievements if a.fiscal_year is not None and plan.term_of(a.fiscal_year) is None]
    assert {a.fiscal_year for a in before} == {2021}
    assert all(a.note.ja.startswith("DX定着期間より前の年度") for a in before)


def test_the_only_figure_among_the_achievements_counts_counters(plan: PlanDefinition) -> None:
    assert [(q.value, q.unit.ja) for a in plan.achievements for q in a.quantities] == [(Decimal(6), "窓口")]


def test_every_theme_is_looked_back_upon_without_a_grade(plan: PlanDefinition) -> None:
    assert [(e.term, e.edition, e.node) for e in plan.term_evaluations] == [
        *(("settling", "2026-03", theme) for theme in THEMES),
        ("settling", "2026-03", ""),  # 今後に向けて: the term as a whole
    ]
    assert [(len(e.good), len(e.to_do)) for e in plan.term_evaluations] == [(1, 2), (1, 1), (1, 2), (0, 3)]
    assert plan.grades == ()
    assert plan.rating is None
    assert plan.indicators == ()


def test_the_survey_has_its_shares_ranks_groups_and_approximate_words(plan: PlanDefinition) -> None:
    (survey,) = plan.surveys
    assert (survey.fiscal_year, survey.respondents, survey.allows_several_answers) == (2024, None, True)
    assert [(q.code, q.text.ja) for q in survey.questions] == [
        ("q7-1", "普段の暮らしの中で"),
        ("q7-2", "行政との関わりの中で"),
    ]
    answers = [
        [(a.text.ja, str(a.share or ""), a.rank, a.group.ja, a.approximate.ja) for a in q.answers]
        for q in survey.questions
    ]
    assert answers == [
        [
            (NO_FEELING_1, "51.9", 1, "", ""),
            (ANY_DATA, "27.2", 2, "", ""),
            (COMFORT, "", None, "18～29歳", "4割半ばを超えている"),
            (PLACES, "", None, "70歳以上", "1割を超えている"),
        ],
        [
            (NO_FEELING_2, "51.4", 1, "", ""),
            (EASY_NEWS, "24.2", 2, "", ""),
            (NO_FEELING_2, "", None, "60歳以上", "5割半ばを超えている"),
            (EASY_NEWS, "", None, "40～49歳及び50～59歳", "3割半ば近く"),
        ],
    ]


def test_the_survey_tells_its_answers_apart_by_codes_so_that_the_next_one_is_comparable(plan: PlanDefinition) -> None:
    (survey,) = plan.surveys
    codes = [[(a.code, a.group_code) for a in q.answers] for q in survey.questions]
    assert codes == [
        [("none", ""), ("data", ""), ("comfort", "18-29"), ("places", "70-over")],
        [("none", ""), ("information", ""), ("none", "60-over"), ("information", "40-59")],
    ], "the two spellings of none of these are one answer"
    assert all(q.about_vision for q in survey.questions)
    linked = {node for q in survey.questions for node in (*q.nodes, *(n for a in q.answers for n in a.nodes))}
    assert linked == {"1", "2", "1-2", "1-3", "2-3"}


# Around the policy


def test_the_ten_principles_of_the_state_stand_in_their_order(plan: PlanDefinition) -> None:
    assert [p.title.ja for p in plan.principles] == PRINCIPLES


def test_the_twelve_explained_terms_are_there(plan: PlanDefinition) -> None:
    assert [g.term for g in plan.glossary] == GLOSSARY
    assert all(g.term_en and g.meaning.ja for g in plan.glossary)


def test_the_related_plans_are_named_with_what_they_are_to_the_policy(plan: PlanDefinition) -> None:
    assert [(r.name.ja, r.relation) for r in plan.related_plans] == [
        ("自治体DX推進計画", PlanRelation.BASIS),
        ("デジタル社会の実現に向けた改革の基本方針", PlanRelation.BASIS),
        ("人材育成・確保基本方針策定指針", PlanRelation.BASIS),
        ("別冊「キープロジェクト」", PlanRelation.ANNEX),
        ("所沢市人材育成・確保基本方針", PlanRelation.RELATED),
        ("所沢市行政経営のための職員行動ガイドライン", PlanRelation.RELATED),
        ("所沢市情報セキュリティポリシー", PlanRelation.RELATED),
        ("所沢市市民意識調査報告書:2024年度版", PlanRelation.RELATED),
        ("所沢市電子市役所構築基本方針", PlanRelation.PREDECESSOR),
        ("所沢市電子市役所推進基本方針", PlanRelation.PREDECESSOR),
        ("所沢市ICT推進基本方針", PlanRelation.PREDECESSOR),
    ]
    state = plan.related_plans[0]
    assert (state.first_fiscal_year, state.last_fiscal_year) == (2020, 2025)


# The form (Meguru's own)


def test_the_status_check_asks_six_questions_each_with_help_and_an_example(plan: PlanDefinition) -> None:
    questions = plan.question_set.questions
    assert [r.code for r in plan.rounds] == ["status-check"]
    assert [q.id for q in questions] == [
        "tried",
        "learnt",
        "obstacle",
        "decision_wanted",
        "decision_reason",
        "next_trial",
    ]
    assert [q.id for q in questions if not (q.help.ja and q.example.ja)] == []
    too_long = [q.id for q in questions if q.limit and max(len(q.example.ja), len(q.example.en)) > q.limit]
    assert too_long == []
    assert [(q.id, q.recalls) for q in questions if q.recalls] == [("tried", "next_trial")]


@pytest.mark.parametrize(
    ("decision", "asked"), [("continue", 0), ("change_path", 1), ("change_goal", 1), ("widen", 1), ("stop", 1)]
)
def test_the_reason_of_a_decision_is_asked_and_required_unless_things_go_on(
    plan: PlanDefinition, decision: str, asked: int
) -> None:
    answers = {"tried": "試した。", "learnt": "分かった。", "decision_wanted": decision, "next_trial": "また試す。"}
    assert [q.id for q in shown(plan.question_set, answers)].count("decision_reason") == asked
    assert [p.question for p in check(plan.question_set, answers)] == ["decision_reason"] * asked


# Sources and languages


def test_every_fact_names_a_document_that_there_is_and_a_heading(plan: PlanDefinition, edition: Edition) -> None:
    facts: list[object] = [plan.vision, edition, *edition.nodes, *plan.terms, *plan.node_fields, *plan.achievements]
    facts += [*plan.bodies, *plan.related_plans, *plan.opinion_sources, *plan.principles, *plan.term_evaluations]
    facts += [*plan.surveys, *(a for s in plan.surveys for q in s.questions for a in q.answers), *plan.glossary]
    sources = [getattr(fact, "source", None) for fact in facts]
    assert all(isinstance(s, Source) for s in sources)
    found = [(path, s) for path, s in inside(plan) if isinstance(s, Source)]
    assert len(found) == len(facts) + 1, "the facts and the plan itself"
    wrong = [path for path, s in found if plan.document_of(s) is None or not (s.heading.ja and s.heading.en)]
    assert wrong == []


def test_every_japanese_text_of_the_file_has_english_beside_it(plan: PlanDefinition) -> None:
    texts = [(path, text) for path, text in inside(plan) if isinstance(text, Bilingual)]
    assert [path for path, text in texts if bool(text.ja) != bool(text.en)] == []


def test_the_plan_survives_the_way_into_the_database_and_back(plan: PlanDefinition) -> None:
    assert from_json(to_json(plan)) == plan
