"""The plan file of Iizuka, what a wrong plan file is told, and the sample people of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.ladder import Anchor, Rank, StepKind
from domain.organisation import OrganisationDefinition, unknown_measures
from domain.plan import Edition, Level, PlanDefinition, PlanNode
from domain.questions import Question, check, cleaned, shown
from domain.roles import Office
from domain.text import Bilingual
from organisation_files import read_organisation
from plan_files import from_json, read_plan, to_json
from yaml_files import FileMistake, WrongFile

PLANS = Path(__file__).parents[2] / "plans"
FILE = PLANS / "iizuka-ict.yaml"
SAMPLE_FILE = PLANS / "samples" / "iizuka-ict.yaml"
ORGANISATION_FILE = PLANS / "samples" / "iizuka-ict.organisation.yaml"

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
MEASURES = {
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


@pytest.fixture(scope="module")
def plan() -> PlanDefinition:
    return read_plan(FILE)


@pytest.fixture(scope="module")
def edition(plan: PlanDefinition) -> Edition:
    assert [e.code for e in plan.editions] == ["2018-03"]
    return plan.editions[0]


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(SAMPLE_FILE.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def organisation() -> OrganisationDefinition:
    return read_organisation(ORGANISATION_FILE)


def of_level(edition: Edition, level: Level) -> dict[str, PlanNode]:
    return {node.code: node for node in edition.nodes if node.level is level}


def titles(nodes: dict[str, PlanNode]) -> dict[str, str]:
    return {code: node.title for code, node in nodes.items()}


def texts(value: object, path: str = "") -> Iterator[tuple[str, Bilingual]]:
    """Every bilingual text inside a definition, with its place."""
    if isinstance(value, Bilingual):
        yield path, value
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from texts(item, f"{path}.{i}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name), f"{path}.{field.name}")


# The plan


def test_the_edition_of_2018_has_5_policies_10_goals_and_36_measures(edition: Edition) -> None:
    counts = [len(of_level(edition, level)) for level in (Level.POLICY, Level.GOAL, Level.MEASURE)]
    assert counts == [5, 10, 36]
    assert len(edition.nodes) == 51


def test_every_title_is_the_printed_one(edition: Edition) -> None:
    assert titles(of_level(edition, Level.POLICY)) == POLICIES
    assert titles(of_level(edition, Level.GOAL)) == GOALS
    assert titles(of_level(edition, Level.MEASURE)) == MEASURES


def test_every_node_hangs_under_the_one_its_code_names(edition: Edition) -> None:
    assert {n.code: n.parent for n in edition.nodes} == {n.code: n.code.rpartition("-")[0] for n in edition.nodes}


def test_every_title_has_an_english_one_of_its_own(edition: Edition) -> None:
    english = [n.title_en for n in edition.nodes]
    assert all(english)
    assert len(set(english)) == len(english)


def test_no_measure_has_a_class_because_the_source_prints_none(edition: Edition) -> None:
    assert {node.measure_class for node in edition.nodes} == {None}


def test_the_edition_is_in_force_from_the_first_day_of_the_plan(plan: PlanDefinition, edition: Edition) -> None:
    assert (edition.decided, edition.effective_on) == ("2018-03", date(2018, 4, 1))
    assert (plan.first_fiscal_year, plan.last_fiscal_year) == (2018, 2026)


def test_the_three_terms_cover_the_nine_years_without_a_gap(plan: PlanDefinition) -> None:
    of_year = {year: term.code for year in range(2018, 2027) if (term := plan.term_of(year))}
    assert of_year == dict(zip(range(2018, 2027), ["early"] * 3 + ["middle"] * 3 + ["late"] * 3, strict=True))
    assert [t.name.ja for t in plan.terms] == ["前期", "中期", "後期"]


def test_the_levels_are_called_as_the_plan_calls_them(plan: PlanDefinition) -> None:
    labels = [plan.label_of(level).ja for level in (Level.POLICY, Level.GOAL, Level.MEASURE)]
    assert labels == ["基本方針", "基本目標", "個別施策"]


def test_the_ladder_climbs_from_the_gentlest_step_to_the_most_serious(plan: PlanDefinition) -> None:
    round_ = plan.round_of("yearly")
    assert [(s.code, s.kind, s.anchor, s.business_days, s.to) for s in round_.ladder.steps] == [
        ("notice-opening", StepKind.NOTICE, Anchor.OPENED, 0, Rank.STAFF),
        ("notice-before-due", StepKind.NOTICE, Anchor.DUE, -5, Rank.STAFF),
        ("reminder-first", StepKind.REMINDER, Anchor.DUE, 1, Rank.STAFF),
        ("reminder-second", StepKind.REMINDER, Anchor.DUE, 3, Rank.STAFF),
        ("escalation-subsection-chief", StepKind.ESCALATION, Anchor.DUE, 3, Rank.SUBSECTION_CHIEF),
        ("escalation-section-head", StepKind.ESCALATION, Anchor.DUE, 5, Rank.SECTION_HEAD),
        ("escalation-director", StepKind.ESCALATION, Anchor.DUE, 8, Rank.DIRECTOR),
        ("escalation-planning", StepKind.ESCALATION, Anchor.DUE, 10, Rank.PLANNING),
        ("approval-request", StepKind.APPROVAL_REQUEST, Anchor.SUBMITTED, 1, Rank.SECTION_HEAD),
        ("approval-reminder", StepKind.APPROVAL_REQUEST, Anchor.SUBMITTED, 4, Rank.SECTION_HEAD),
        ("approval-director", StepKind.APPROVAL_REQUEST, Anchor.SUBMITTED, 7, Rank.DIRECTOR),
        ("approval-planning", StepKind.APPROVAL_REQUEST, Anchor.SUBMITTED, 10, Rank.PLANNING),
        ("return", StepKind.RETURN, Anchor.RETURNED, 0, Rank.STAFF),
    ]
    assert (round_.ladder.send_at, round_.ladder.grace_days) == (time(9, 0), 0)
    assert (round_.opens.month, round_.opens.day, round_.due_after_days, round_.return_due_days) == (1, 15, 20, 5)


def test_every_japanese_text_of_the_file_has_english_beside_it(plan: PlanDefinition) -> None:
    assert [path for path, text in texts(plan) if bool(text.ja) != bool(text.en)] == []


def test_every_question_has_a_help_text_and_an_example(plan: PlanDefinition) -> None:
    assert [q.id for q in plan.question_set.questions if not (q.help.ja and q.example.ja)] == []


def test_no_example_is_longer_than_what_its_question_accepts(plan: PlanDefinition) -> None:
    def is_too_long(q: Question) -> bool:
        return bool(q.limit) and max(len(q.example.ja), len(q.example.en)) > q.limit

    assert [q.id for q in plan.question_set.questions if is_too_long(q)] == []


@pytest.mark.parametrize(("progress", "asked"), [("done", 0), ("on_track", 0), ("delayed", 1), ("not_started", 1)])
def test_the_cause_is_asked_and_required_only_when_a_measure_is_behind(
    plan: PlanDefinition, progress: str, asked: int
) -> None:
    answers = {"progress": progress, "achievements": "研修を2回開きました。", "next_step": "6月に3回目を開きます。"}
    assert [q.id for q in shown(plan.question_set, answers)].count("cause") == asked
    assert [p.question for p in check(plan.question_set, answers)] == ["cause"] * asked


def test_the_outcome_of_a_study_is_asked_only_of_research_measures(plan: PlanDefinition) -> None:
    asking = [c for c in ("", "priority", "promotion", "research") if is_asked(plan, "study_outcome", c)]
    assert asking == ["research"]


def is_asked(plan: PlanDefinition, question: str, measure_class: str) -> bool:
    return question in {q.id for q in shown(plan.question_set, {}, measure_class)}


def test_next_years_schedule_is_the_promise_that_is_asked_back(plan: PlanDefinition) -> None:
    assert [q.id for q in plan.question_set.questions if q.promise] == ["next_step"]


def test_the_plan_survives_the_way_into_the_database_and_back(plan: PlanDefinition) -> None:
    assert from_json(to_json(plan)) == plan


# Wrong files


def mistakes_of(tmp_path: Path, old: str, new: str) -> tuple[FileMistake, ...]:
    """What is said about the file after its only `old` has become `new`."""
    text = FILE.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must stand in the file exactly once"
    file = tmp_path / "wrong.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(WrongFile) as raised:
        read_plan(file)
    assert all(m.file == "wrong.yaml" for m in raised.value.mistakes)
    assert all(str(m) in str(raised.value) for m in raised.value.mistakes)
    return raised.value.mistakes


def line_of(text: str) -> int:
    """The line of the real file on which `text` begins."""
    whole = FILE.read_text(encoding="utf-8")
    return whole.count("\n", 0, whole.index(text)) + 1


def test_a_yaml_syntax_error_is_named_with_its_line(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, "name: {ja: 飯塚市, en: Iizuka City}", "name: {ja: 飯塚市, en: Iizuka City")
    # The parser sees that the brace is missing where the next key begins.
    assert (mistake.line, mistake.key) == (line_of("source:\n"), "(YAML)")


def test_a_character_that_yaml_forbids_is_named_with_its_line(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, "effective_on: 2018-04-01", "effective_on: 2018-04-01\a")
    assert (mistake.line, mistake.key) == (line_of("    effective_on:"), "(YAML)")


def test_an_unknown_key_is_named_with_its_line(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, "cycle_opens: {month: 4, day: 1}", "cycle_opens: {month: 4, day: 1, year: 2018}")
    assert (mistake.line, mistake.key) == (line_of("cycle_opens: {"), "cycle_opens.year")
    assert mistake.message == "unknown key"


def test_a_parent_that_is_missing_is_named_with_its_line(tmp_path: Path) -> None:
    node = "      - code: 5-1-4\n        level: measure\n"
    (mistake,) = mistakes_of(tmp_path, f"{node}        parent: 5-1\n", f"{node}        parent: 5-9\n")
    assert (mistake.line, mistake.key) == (line_of(node) + 2, "editions.0.nodes.50.parent")
    assert "5-9" in mistake.message


def test_a_code_that_stands_twice_is_named_with_the_line_of_the_second(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, "- code: 1-1-2\n", "- code: 1-1-1\n")
    assert (mistake.line, mistake.key) == (line_of("      - code: 1-1-2\n"), "editions.0.nodes.3")
    assert "1-1-1" in mistake.message


def test_a_key_that_stands_twice_is_named_with_the_line_of_the_second(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, "    decided: ", '    decided: "2017-03"\n    decided: ')
    assert (mistake.line, mistake.key) == (line_of("    decided: ") + 1, "editions.0.decided")


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("first_fiscal_year", "\nfirst_fiscal_year: 2018\n", "\nfirst_fiscal_year: 平成30年度\n"),
        ("rounds.0.due_after_days", "    due_after_days: 20\n", "    due_after_days: [20]\n"),
        ("editions.0.decided", '    decided: "2018-03"\n', "    decided: 2018\n"),
        ("editions.0.effective_on", "    effective_on: 2018-04-01\n", "    effective_on: 2018-04-31\n"),
        ("rounds.0.ladder.steps.7.to", "due, business_days: 10, to: planning}", "due, business_days: 10, to: mayor}"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_its_line(tmp_path: Path, key: str, right: str, wrong: str) -> None:
    (mistake,) = mistakes_of(tmp_path, right, wrong)
    assert (mistake.line, mistake.key) == (line_of(right.lstrip("\n")), key)


def test_a_time_without_quotation_marks_is_read_as_a_time_of_day(tmp_path: Path) -> None:
    file = tmp_path / "unquoted.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace('send_at: "09:00"', "send_at: 17:15"), encoding="utf-8")
    assert read_plan(file).round_of("yearly").ladder.send_at == time(17, 15)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongFile) as raised:
        read_plan(tmp_path / "nowhere.yaml")
    assert [(m.file, m.key) for m in raised.value.mistakes] == [("nowhere.yaml", "(file)")]


# The sample people and last year's answers


def ranks(organisation: OrganisationDefinition, department: str) -> list[Rank]:
    appointments = [a for person in organisation.people for a in person.appointments]
    return [a.rank for a in appointments if a.department == department]


def test_the_sample_belongs_to_the_plan_and_says_what_it_is(
    plan: PlanDefinition, organisation: OrganisationDefinition, sample: dict[str, Any]
) -> None:
    assert sample["plan"] == organisation.plan == plan.code
    assert "サンプル" in sample["mark"]["ja"]
    assert "模擬データ" in sample["mark"]["ja"]
    assert "sample" in sample["mark"]["en"]


def test_every_measure_has_exactly_one_known_sample_department(organisation: OrganisationDefinition) -> None:
    responsibilities = organisation.responsibilities
    assert sorted(r.measure for r in responsibilities) == sorted(MEASURES)
    assert {r.department for r in responsibilities} == {d.code for d in organisation.departments}
    assert unknown_measures(organisation, MEASURES) == ()


def test_the_sample_departments_exist_from_the_first_day_of_the_plan_on(
    plan: PlanDefinition, organisation: OrganisationDefinition
) -> None:
    first_day = date(plan.first_fiscal_year, 4, 1)
    assert {(d.valid_from, d.valid_until) for d in organisation.departments} == {(first_day, None)}
    appointments = [a for person in organisation.people for a in person.appointments]
    assert {(a.valid_from, a.valid_until) for a in appointments} == {(None, None)}
    assert {r.valid_from for r in organisation.responsibilities} == {None}


def test_every_department_and_person_is_marked_as_a_sample(organisation: OrganisationDefinition) -> None:
    names = [d.name for d in organisation.departments] + [p.name for p in organisation.people]
    assert [n for n in names if "サンプル" not in n.ja or "sample" not in n.en] == []


def test_every_department_has_staff_a_subsection_chief_a_section_head_and_a_director(
    organisation: OrganisationDefinition,
) -> None:
    for department in organisation.departments:
        held = ranks(organisation, department.code)
        assert 1 <= held.count(Rank.STAFF) <= 2, department.code
        assert [held.count(r) for r in (Rank.SUBSECTION_CHIEF, Rank.SECTION_HEAD, Rank.DIRECTOR)] == [1, 1, 1]
        assert Rank.PLANNING not in held


def test_every_sample_person_has_a_place_and_an_address_that_leads_nowhere(
    organisation: OrganisationDefinition,
) -> None:
    known = {d.code for d in organisation.departments}
    emails = [d.email for d in organisation.departments] + [p.email for p in organisation.people]
    assert len(set(emails)) == len(emails)
    assert all(email.endswith("@iizuka.example") for email in emails)
    for person in organisation.people:
        assert {a.department for a in person.appointments} <= known
        assert bool(person.appointments) == (person.office is Office.NONE), person.email
        assert person.language in ("ja", "en")


def test_the_sample_has_one_planner_one_administrator_one_english_reader_and_one_user_of_mail_codes(
    organisation: OrganisationDefinition, sample: dict[str, Any]
) -> None:
    people = organisation.people
    assert [p.office for p in people].count(Office.PLANNING) == 1
    assert [p.office for p in people].count(Office.ADMINISTRATOR) == 1
    assert [p.language for p in people].count("en") == 1
    assert len(sample["password"]) >= 12
    without = [p for p in people if p.email in sample["without_password"]]
    assert len(without) == len(sample["without_password"])
    assert [[a.rank for a in p.appointments] for p in without] == [[Rank.STAFF]]


def test_last_year_has_an_answer_for_every_measure_that_the_form_would_accept(
    plan: PlanDefinition, sample: dict[str, Any]
) -> None:
    answers = sample["last_year"]["answers"]
    assert sorted(answers) == sorted(MEASURES)
    for measure, given in answers.items():
        assert check(plan.question_set, given) == (), measure
        assert cleaned(plan.question_set, given) == given, measure
        asked = {q.id for q in shown(plan.question_set, given)}
        assert set(given) <= asked, measure


def test_every_text_of_last_year_is_marked_as_simulated_and_none_is_a_copy(sample: dict[str, Any]) -> None:
    written = [
        text
        for given in sample["last_year"]["answers"].values()
        for key, text in given.items()
        if key not in ("progress", "quantity")
    ]
    assert [text for text in written if not text.startswith("【模擬データ】")] == []
    assert len(set(written)) == len(written)


def test_last_year_holds_every_kind_of_progress(plan: PlanDefinition, sample: dict[str, Any]) -> None:
    choices = {c.code for q in plan.question_set.questions if q.id == "progress" for c in q.choices}
    assert {given["progress"] for given in sample["last_year"]["answers"].values()} == choices


def test_the_demo_starts_on_the_morning_the_round_opens_a_year_after_last_year(
    plan: PlanDefinition, sample: dict[str, Any]
) -> None:
    opens, clock = plan.round_of("yearly").opens, sample["clock"]
    japan = timezone(timedelta(hours=9))
    assert clock["fiscal_year"] == sample["last_year"]["fiscal_year"] + 1
    assert clock["origin_at"] == datetime(clock["fiscal_year"] + 1, opens.month, opens.day, 9, tzinfo=japan)
