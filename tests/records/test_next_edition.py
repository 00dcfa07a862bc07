"""The edition that a review makes: as printed, once, undone before its day, corrected after it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlmodel import Session, col, select

from db import tables as t
from domain.calendar import JST
from domain.clock import real_clock
from domain.lineage import LineageKind, tally
from domain.phase_review import ConsultationOutcome, ReviewState
from domain.proposal import as_it_is
from domain.revision import Decision, Fate, Successor
from domain.text import Bilingual
from records import cycles, lineage, measure_history, next_edition, plan_reading, plans, reviews
from records.change import Change, Conflict, DoesNotFit
from records.reviews import NotDecided
from tests.printed_revision import EARLY, IIZUKA, MIDDLE, before_the_review
from tests.review_city import NEW_TERM, ReviewCity, all_kept, merged

BEFORE_THE_DAY = date(2021, 3, 31)
LATER = date(2021, 6, 1)
SPLIT = Decision(
    "1-1-1",
    Fate.SPLIT,
    (Successor("1-1-1", "公衆無線LANの整備", "1-1"), Successor("1-1-9", "公衆無線LANの活用", "1-1")),
    reason=Bilingual("整備と活用を分けて進めるため"),
)


@pytest.fixture
def made(made_city: ReviewCity) -> ReviewCity:
    """The edition of March 2021 is made and awaits its day."""
    return made_city


def edition(session: Session, city: ReviewCity, code: str) -> t.Edition:
    query = select(t.Edition).where(t.Edition.code == code, t.Edition.plan_id == city.city.plan)
    return session.exec(query).one()


def node(session: Session, city: ReviewCity, edition_code: str, code: str) -> t.Node:
    found = edition(session, city, edition_code)
    return session.exec(select(t.Node).where(t.Node.edition_id == found.id, t.Node.code == code)).one()


def plan_of(session: Session, city: ReviewCity) -> t.Plan:
    return session.get_one(t.Plan, city.city.plan)


def owners(session: Session, city: ReviewCity, edition_code: str, day: date) -> dict[str, str]:
    """Code of a measure → code of the department that answers for it on a day."""
    nodes = {n.id: n.code for n in plans.measures_of(session, edition(session, city, edition_code).id)}
    answering = plans.owners_on(session, edition(session, city, edition_code).id, day)
    return {nodes[i]: department.code for i, department in answering.items()}


def everything(session: Session, city: ReviewCity) -> tuple[object, ...]:
    """All that a plan is made of in the database, and who answers for what."""
    nodes = session.exec(select(t.Node).order_by(col(t.Node.id))).all()
    held = session.exec(select(t.Responsibility).order_by(col(t.Responsibility.id))).all()
    return (
        plan_reading.read(session, plan_of(session, city)),
        [n.model_dump() for n in nodes],
        [r.model_dump() for r in held],
        len(session.exec(select(t.LineageEnd)).all()),
    )


# --- made ----------------------------------------------------------------------------------------


def test_the_decisions_of_2020_make_the_printed_edition_in_the_database(made: ReviewCity) -> None:
    with made.reading() as (session, review):
        stored = plan_reading.read(session, plan_of(session, made)).edition("2021-03")
        assert stored is not None
        assert (stored.name, stored.decided, stored.effective_on) == (MIDDLE.name, MIDDLE.decided, NEW_TERM)
        assert [(n.code, n.title, n.parent) for n in stored.nodes] == [
            (n.code, n.title, n.parent) for n in MIDDLE.nodes
        ]
        assert len(plans.measures_of(session, edition(session, made, "2021-03").id)) == 40
        told = {(link.kind, link.before, link.after, link.reason.ja) for link in stored.lineage}
        assert told == {(link.kind, link.before, link.after, link.reason.ja) for link in MIDDLE.lineage}
        assert review.made_edition_id == edition(session, made, "2021-03").id
        assert review.state is ReviewState.AWAITING_EFFECT


def test_the_lineage_has_the_counts_of_the_print(made: ReviewCity) -> None:
    with made.reading() as (session, _):
        kinds = Counter(session.exec(select(t.Lineage.kind)).all())
        (told,) = session.exec(select(t.AuditEntry).where(t.AuditEntry.action == "edition.made")).all()
    assert {kind.value: told.detail[kind.value] for kind in LineageKind} == {k.value: kinds[k] for k in LineageKind}
    counts = {LineageKind.NEW: 7, LineageKind.ABOLISHED: 2, LineageKind.MERGED: 1, LineageKind.RENAMED: 14}
    assert {kind: kinds[kind] for kind in counts} == counts
    with made.reading() as (session, _):
        made_edition = lineage.read(session, plan_of(session, made)).edition("2021-03")
    assert tally(made_edition.lineage).renumbered_total == 5, "four of them were renamed as well"


def test_a_measure_that_lives_on_keeps_its_origin_and_a_new_one_begins_its_own(made: ReviewCity) -> None:
    with made.reading() as (session, _):
        for link in MIDDLE.lineage:
            after = [node(session, made, "2021-03", code) for code in link.after]
            before = [node(session, made, "2018-03", code) for code in link.before]
            if link.kind is LineageKind.NEW:
                assert after[0].origin_id == after[0].id
            elif link.kind is LineageKind.MERGED:
                assert before[0].origin_id == before[0].id != after[0].origin_id
            elif after:
                assert after[0].origin_id == before[0].id


def test_who_answers_for_a_measure_goes_on_under_its_new_code(made: ReviewCity) -> None:
    heirs = {link.before[0]: link.after[0] for link in MIDDLE.lineage if len(link.before) == len(link.after) == 1}
    with made.reading() as (session, _):
        before, after = owners(session, made, "2018-03", BEFORE_THE_DAY), owners(session, made, "2021-03", NEW_TERM)
    assert before
    assert after == {heirs[code]: department for code, department in before.items() if code in heirs}


def test_a_department_that_is_named_answers_from_the_day_on_and_not_before(review_city: ReviewCity) -> None:
    (kept,) = all_kept().decisions[:1]
    handed_over = replace(kept, successors=(replace(kept.successors[0], department="citizens"),))
    review_city.decide(all_kept(m1_1_1=handed_over))
    review_city.make()
    with review_city.reading() as (session, _):
        assert owners(session, review_city, "2018-03", BEFORE_THE_DAY)["1-1-1"] == "information"
        assert owners(session, review_city, "2021-03", NEW_TERM)["1-1-1"] == "citizens"
    review_city.take_effect()
    with review_city.reading() as (session, _):
        origin = node(session, review_city, "2018-03", "1-1-1").id
        held = session.exec(select(t.Responsibility).where(t.Responsibility.node_id == origin)).all()
        assert [(r.valid_from, r.valid_until) for r in held] == [
            (date(2018, 4, 1), BEFORE_THE_DAY),
            (NEW_TERM, None),
        ], "only one department answers at a time"


def test_whoever_answered_for_a_measure_answers_for_the_parts_it_is_split_into(review_city: ReviewCity) -> None:
    review_city.decide(all_kept(m1_1_1=SPLIT))
    review_city.make()
    with review_city.reading() as (session, _):
        after = owners(session, review_city, "2021-03", NEW_TERM)
        assert (after["1-1-1"], after["1-1-9"]) == ("information", "information")
        parts = [node(session, review_city, "2021-03", code) for code in ("1-1-1", "1-1-9")]
        assert all(part.origin_id == part.id for part in parts), "a part is another measure, even under the same code"


def test_making_it_again_finds_the_one_that_is_there(made: ReviewCity) -> None:
    with made.reading() as (session, _):
        before = everything(session, made)
    made.make()
    with made.reading() as (session, _):
        assert everything(session, made) == before
        assert len(session.exec(select(t.AuditEntry).where(t.AuditEntry.action == "edition.made")).all()) == 1


def test_the_edition_is_in_force_from_its_day_and_the_one_before_until_then(made: ReviewCity) -> None:
    with made.reading() as (session, _):
        plan = plan_of(session, made)
        days = (BEFORE_THE_DAY, NEW_TERM)
        assert [plans.edition_in_force(session, plan, day).code for day in days] == ["2018-03", "2021-03"]


def test_reports_of_the_term_stay_reachable_from_every_measure_that_came_of_them(made: ReviewCity) -> None:
    """1-1-1 was reported in 2019; under whatever code it goes on, its life leads there."""
    with made.reading() as (session, _):
        heir = node(session, made, "2021-03", "1-1-1")
        assert heir.origin_id == node(session, made, "2018-03", "1-1-1").id
        years = {y.cycle.fiscal_year for y in measure_history.years_of(session, heir)}
        assert years == {2019, 2020}


def test_a_merged_measure_and_a_split_one_are_reached_from_what_they_live_on_in(review_city: ReviewCity) -> None:
    review_city.decide(all_kept(m1_1_1=SPLIT, m1_2_3=merged("1-2-3", "1-2-5")))
    review_city.make()
    with review_city.reading() as (session, _):
        told = lineage.read(session, plan_of(session, review_city))
        part = told.life_of(node(session, review_city, "2021-03", "1-1-9"))
        assert part.split_from is not None
        target = told.life_of(node(session, review_city, "2021-03", "1-2-5"))
        ((taken,),) = [turn.others for turn in target.merged_in]
        reached = [session.get_one(t.Node, told.id_of(station)) for station in (part.split_from, taken)]
        assert [n.code for n in reached] == ["1-1-1", "1-2-3"]
        assert [{y.cycle.fiscal_year for y in measure_history.years_of(session, n)} for n in reached] == [
            {2019, 2020},
            {2019, 2020},
        ]


def test_decisions_that_contradict_each_other_make_nothing(review_city: ReviewCity) -> None:
    with pytest.raises(NotDecided):
        review_city.decide(all_kept(m1_1_1=merged("1-1-1", "1-1-2"), m1_1_2=merged("1-1-2", "1-1-1")))
    with review_city.reading() as (session, _):
        assert len(plans.editions_of(session, plan_of(session, review_city))) == 1


# --- undone --------------------------------------------------------------------------------------


def undo(city: ReviewCity, today: date = BEFORE_THE_DAY) -> None:
    with city.writing() as (session, review):
        next_edition.undo(session, city.change(), review, today)


def test_undone_before_its_day_everything_is_as_it_was(review_city: ReviewCity) -> None:
    (kept,) = all_kept().decisions[1:2]
    named = replace(kept, successors=(replace(kept.successors[0], department="citizens"),))
    revision = all_kept(m1_1_1=SPLIT, **{f"m{kept.measure.replace('-', '_')}": named})
    review_city.decide(revision)
    with review_city.reading() as (session, _):
        before = everything(session, review_city)
    review_city.make()
    with review_city.reading() as (session, _):
        assert everything(session, review_city) != before
    undo(review_city)
    with review_city.reading() as (session, review):
        assert everything(session, review_city) == before
        assert plans.edition_in_force(session, plan_of(session, review_city), NEW_TERM).code == "2018-03"
        assert (review.state, review.made_edition_id) == (ReviewState.DECIDING, None)


def test_what_begins_on_the_same_day_for_another_reason_is_not_undone(review_city: ReviewCity) -> None:
    with review_city.writing() as (session, _):
        origin = node(session, review_city, "2018-03", "1-2-1").id
        citizens = review_city.city.departments["citizens"]
        session.add(t.Responsibility(node_id=origin, department_id=citizens, valid_from=NEW_TERM))
    review_city.decide()
    review_city.make()
    undo(review_city)
    with review_city.reading() as (session, _):
        assert owners(session, review_city, "2018-03", NEW_TERM)["1-2-1"] == "citizens"


def test_after_an_undo_the_edition_can_be_made_again(made: ReviewCity) -> None:
    undo(made)
    with made.writing() as (session, review):
        reviews.finish_deciding(session, made.change(), review, BEFORE_THE_DAY)
        for turn in reviews.current_consultations(session, review):
            reviews.record_consultation(
                *(session, made.change(), review, turn.id, ConsultationOutcome.APPROVED, ""),
                *(BEFORE_THE_DAY, BEFORE_THE_DAY),
            )
    made.make()
    with made.reading() as (session, _):
        assert plans.edition_in_force(session, plan_of(session, made), NEW_TERM).code == "2021-03"


@pytest.mark.parametrize("today", [NEW_TERM, LATER])
def test_from_its_day_on_it_cannot_be_undone(made: ReviewCity, today: date) -> None:
    with pytest.raises(Conflict, match="edition_in_force"):
        undo(made, today)


def test_an_edition_on_which_a_year_was_opened_cannot_be_undone(made: ReviewCity) -> None:
    at = datetime(2021, 3, 25, 9, tzinfo=JST)
    with made.writing() as (session, _):
        cycle, _ = cycles.open_cycle(session, Change("test", at), plan_of(session, made), 2021, real_clock(at))
        assert cycle.edition_id == edition(session, made, "2021-03").id
    with pytest.raises(Conflict, match="edition_used"):
        undo(made)


def test_before_anything_is_made_there_is_nothing_to_undo(review_city: ReviewCity) -> None:
    with pytest.raises(Conflict, match="nothing_to_undo"):
        undo(review_city)


# --- corrected -----------------------------------------------------------------------------------


def over(city: ReviewCity) -> ReviewCity:
    """The edition took effect and the review is closed."""
    city.take_effect()
    with city.writing() as (session, review):
        reviews.close(session, city.change(), review, NEW_TERM)
    return city


def correct(city: ReviewCity, today: date = LATER, reason: str = "誤植のため") -> str:
    printed = MIDDLE.node("1-1-1")
    assert printed is not None
    right = replace(as_it_is(printed), title="公衆無線LANの整備と活用促進")
    with city.writing() as (session, _):
        plan = plan_of(session, city)
        return next_edition.correct(session, city.change(), plan, {"1-1-1": right}, reason, today).code


def test_a_correction_is_a_further_edition_and_overwrites_nothing(made: ReviewCity) -> None:
    over(made)
    with made.reading() as (session, _):
        before = plan_reading.read(session, plan_of(session, made))
    code = correct(made)
    with made.reading() as (session, _):
        after = plan_reading.read(session, plan_of(session, made))
        assert after.editions[:2] == before.editions
        assert [e.code for e in after.editions] == ["2018-03", "2021-03", code]
        assert plans.edition_in_force(session, plan_of(session, made), LATER).code == code
        changed = [n.code for n, m in zip(after.editions[2].nodes, MIDDLE.nodes, strict=True) if n.title != m.title]
        assert changed == ["1-1-1"]
        assert {link.kind for link in after.editions[2].lineage} == {LineageKind.CONTINUED}
        assert node(session, made, code, "1-1-1").origin_id == node(session, made, "2018-03", "1-1-1").id


def test_corrections_follow_each_other_but_not_on_one_day(made: ReviewCity) -> None:
    over(made)
    first = correct(made)
    with pytest.raises(Conflict, match="corrected_today"):
        correct(made)
    with made.reading() as (session, _):
        assert first == "2021-03-c1"
        assert len(plans.editions_of(session, plan_of(session, made))) == 3


@pytest.mark.parametrize(
    ("reason", "today", "refused"), [(" ", LATER, "reason_missing"), ("誤植", BEFORE_THE_DAY, "edition_ahead")]
)
def test_a_correction_needs_its_reason_and_an_edition_in_force(
    made: ReviewCity, reason: str, today: date, refused: str
) -> None:
    with pytest.raises(Conflict, match=refused):
        correct(made, today, reason)


# --- a plan file afterwards ----------------------------------------------------------------------


def test_a_plan_file_from_before_the_review_is_refused_by_the_name_of_what_it_leaves_out(made: ReviewCity) -> None:
    older = replace(before_the_review(), name=Bilingual("別の名の計画"))
    with pytest.raises(DoesNotFit, match="'2021-03' is stored and missing here"), made.writing() as (session, _):
        plans.import_definition(session, made.change(), older, Bilingual(""))
    with made.reading() as (session, _):
        assert len(plans.editions_of(session, plan_of(session, made))) == 2


def test_the_printed_plan_may_be_imported_over_what_the_review_made(made: ReviewCity) -> None:
    with made.writing() as (session, _):
        plans.import_definition(session, made.change(), IIZUKA, Bilingual(""))
        assert plan_reading.read(session, plan_of(session, made)).editions == (EARLY, MIDDLE)
