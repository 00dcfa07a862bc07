"""What Meguru itself put into the plan file of Iizuka: the round, the form; and the sample people of the demo."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo import samples
from domain.ladder import Anchor, Rank, StepKind
from domain.organisation import OrganisationDefinition, unknown_measures
from domain.plan import PlanDefinition
from domain.questions import Question, check, cleaned, shown
from domain.roles import Office
from organisation_files import read_organisation
from plan_files import read_plan

PLANS = Path(__file__).parents[2] / "plans"
FILE = PLANS / "iizuka-ict.yaml"
SAMPLE_FILE = PLANS / "samples" / "iizuka-ict.yaml"
ORGANISATION_FILE = PLANS / "samples" / "iizuka-ict.organisation.yaml"


@pytest.fixture(scope="module")
def plan() -> PlanDefinition:
    return read_plan(FILE)


@pytest.fixture(scope="module")
def measures(plan: PlanDefinition) -> list[str]:
    """Those of the edition in force in the year of the demo."""
    return sorted(n.code for n in plan.editions[0].nodes if n.level == "measure")


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(SAMPLE_FILE.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def organisation() -> OrganisationDefinition:
    return read_organisation(ORGANISATION_FILE)


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


# The sample people and last year's answers


def ranks(organisation: OrganisationDefinition, department: str) -> list[Rank]:
    appointments = [a for person in organisation.people for a in person.appointments]
    return [a.rank for a in appointments if a.department == department]


def test_the_sample_belongs_to_the_plan(
    plan: PlanDefinition, organisation: OrganisationDefinition, sample: dict[str, Any]
) -> None:
    assert sample["plan"] == organisation.plan == plan.code


def test_every_measure_has_exactly_one_known_sample_department(
    organisation: OrganisationDefinition, measures: list[str]
) -> None:
    responsibilities = organisation.responsibilities
    assert sorted(r.measure for r in responsibilities) == measures
    assert {r.department for r in responsibilities} == {d.code for d in organisation.departments}
    assert unknown_measures(organisation, measures) == ()


def test_the_sample_departments_exist_from_the_first_day_of_the_plan_on(
    plan: PlanDefinition, organisation: OrganisationDefinition
) -> None:
    first_day = plan.editions[0].effective_on
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
    organisation: OrganisationDefinition,
) -> None:
    rule = samples.sample("demo")
    people = organisation.people
    assert [p.office for p in people].count(Office.PLANNING) == 1
    assert [p.office for p in people].count(Office.ADMINISTRATOR) == 1
    assert [p.language for p in people].count("en") == 1
    assert len(rule["password"]) >= 12
    without = [p for p in people if p.email in rule["without_password"]]
    assert len(without) == len(rule["without_password"])
    assert [[a.rank for a in p.appointments] for p in without] == [[Rank.STAFF]]


def test_last_year_has_an_answer_for_every_measure_that_the_form_would_accept(
    plan: PlanDefinition, sample: dict[str, Any], measures: list[str]
) -> None:
    answers = sample["last_year"]["answers"]
    assert sorted(answers) == measures
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


def test_the_demo_starts_on_the_morning_the_round_opens_in_a_year_whose_review_is_still_to_come(
    plan: PlanDefinition,
) -> None:
    opens = plan.round_of("yearly").opens
    begins = next(one.origin_at for one in samples.living_plans() if one.code == plan.code)
    assert plan.review is not None
    fiscal_year = max(plan.review.fiscal_years)
    assert begins == datetime(fiscal_year + 1, opens.month, opens.day, 9, tzinfo=timezone(timedelta(hours=9)))
