"""Looking back upon a term in the record: written theme by theme, decided as a whole, nobody's words overwritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from db.session import Database
from domain.term_evaluation import Points, Standing
from records import plans, surveys, term_evaluations, term_evidence
from records.change import Conflict, NotAllowed, NotFound
from records.term_evaluations import AS_A_WHOLE, TermSheet, WrittenMeanwhile
from records.term_evidence import TermEvidence
from tests.term_city import (
    BEFORE_ITS_END,
    CHANGE,
    IN_LAST_YEAR,
    LEARNT,
    TERM,
    TermCity,
    add_project,
    definition,
    make_term_city,
)

WRITTEN = Points(("窓口を改めました。",), ("続けて広げます。",))


@pytest.fixture
def city(empty_database: Database) -> TermCity:
    return make_term_city(empty_database)


def write(city: TermCity, theme: str, points: Points, seen: int = 0, today: date = IN_LAST_YEAR) -> TermSheet:
    with city.database.writing(city.municipality) as session:
        plan = city.plan(session)
        return term_evaluations.write(session, CHANGE, city.planner, plan, TERM, theme, points, seen, today)


def decide(city: TermCity, seen: str | None = None) -> TermSheet:
    seen = city.sheet().seen if seen is None else seen
    with city.database.writing(city.municipality) as session:
        return term_evaluations.decide(session, CHANGE, city.planner, city.plan(session), TERM, seen, IN_LAST_YEAR)


def take_over(city: TermCity) -> int:
    with city.database.writing(city.municipality) as session:
        return term_evaluations.take_over(session, CHANGE, city.planner, city.plan(session), TERM, IN_LAST_YEAR)


def evidence(city: TermCity) -> TermEvidence:
    with city.database.reading(city.municipality) as session:
        return term_evidence.gather(session, term_evaluations.sheet_of(session, city.plan(session), TERM), "ja")


def test_the_themes_of_a_term_stand_in_the_order_of_the_plan_with_what_it_prints(city: TermCity) -> None:
    sheet = city.sheet()
    assert [one.code for one in sheet.everything] == ["1", "2", "3", AS_A_WHOLE]
    assert sheet.standing is Standing.PRINTED
    assert [(len(o.good(sheet.standing)), len(o.to_do(sheet.standing))) for o in sheet.themes] == [
        (1, 2),
        (1, 1),
        (1, 2),
    ]
    assert len(sheet.whole.to_do(sheet.standing)) == 3


def test_a_term_that_the_plan_does_not_have_is_not_found(city: TermCity) -> None:
    with city.database.reading(city.municipality) as session, pytest.raises(NotFound):
        term_evaluations.sheet_of(session, city.plan(session), "never")


def test_a_draft_is_nobodys_word_until_it_is_decided(city: TermCity) -> None:
    for theme in "123":
        sheet = write(city, theme, WRITTEN)
    assert sheet.standing is Standing.PRINTED
    assert [p.ja for p in sheet.themes[0].good(sheet.standing)] != list(WRITTEN.good)
    sheet = decide(city)
    assert (sheet.standing, sheet.decided_on) == (Standing.DECIDED, IN_LAST_YEAR)
    assert [p.ja for p in sheet.themes[0].good(sheet.standing)] == list(WRITTEN.good)
    assert sheet.whole.to_do(sheet.standing) == (), "no outlook was written"


def test_nobody_writes_before_the_last_fiscal_year_or_without_the_right(city: TermCity) -> None:
    with pytest.raises(Conflict, match="term_not_at_its_end"):
        write(city, "1", WRITTEN, today=BEFORE_ITS_END)
    with city.database.writing(city.municipality) as session, pytest.raises(NotAllowed):
        term_evaluations.write(session, CHANGE, city.reader, city.plan(session), TERM, "1", WRITTEN, 0, IN_LAST_YEAR)
    assert city.sheet().themes[0].row is None


def test_two_who_write_of_one_theme_at_once_do_not_overwrite_each_other(city: TermCity) -> None:
    write(city, "1", WRITTEN)
    with pytest.raises(WrittenMeanwhile) as found:
        write(city, "1", Points(("別の文",)), seen=0)
    assert found.value.row.good == list(WRITTEN.good)
    assert city.sheet().themes[0].written == WRITTEN
    assert write(city, "1", Points(("別の文",)), seen=1).themes[0].version == 2


def test_the_same_words_saved_again_change_nothing(city: TermCity) -> None:
    write(city, "1", WRITTEN)
    before = city.audited()
    assert write(city, "1", WRITTEN, seen=1).themes[0].version == 1
    assert city.audited() == before


def test_what_the_plan_prints_becomes_the_draft_of_what_nobody_has_written(city: TermCity) -> None:
    write(city, "2", WRITTEN)
    assert take_over(city) == 3, "two themes and the outlook"
    sheet = city.sheet()
    assert sheet.themes[1].written == WRITTEN
    assert sheet.themes[0].written.good == tuple(p.ja for p in definition().term_evaluations[0].good)
    assert sheet.themes[0].good(Standing.DECIDED)[0].en, "the English of what was taken over goes along"
    assert not sheet.can_be_taken_over
    assert take_over(city) == 0


def test_a_term_is_decided_only_with_a_word_on_every_theme_and_as_it_was_seen(city: TermCity) -> None:
    write(city, "1", WRITTEN)
    with pytest.raises(Conflict, match="theme_without_points"):
        decide(city)
    take_over(city)
    seen = city.sheet().seen
    write(city, "1", Points(("書き直し",)), seen=1)
    with pytest.raises(Conflict, match="term_written_meanwhile"):
        decide(city, seen)
    decide(city)
    for refused in (lambda: decide(city), lambda: write(city, "1", WRITTEN, seen=2), lambda: take_over(city)):
        with pytest.raises(Conflict, match="term_decided"):
            refused()


def test_a_decided_term_is_opened_again_with_a_reason_and_both_are_audited(city: TermCity) -> None:
    take_over(city)
    decide(city)
    for reason, refusal in ((" ", "reason_missing"), ("誤字のため", "")):
        with city.database.writing(city.municipality) as session:
            plan = city.plan(session)
            if refusal:
                with pytest.raises(Conflict, match=refusal):
                    term_evaluations.reopen(session, CHANGE, city.planner, plan, TERM, reason)
            else:
                term_evaluations.reopen(session, CHANGE, city.planner, plan, TERM, reason)
    assert city.sheet().decided_on is None
    assert city.audited()[-2:] == ["term.decided", "term.reopened"]
    with city.database.writing(city.municipality) as session, pytest.raises(Conflict, match="term_not_decided"):
        term_evaluations.reopen(session, CHANGE, city.planner, city.plan(session), TERM, "もう一度")


def test_the_nineteen_achievements_stand_in_their_years_and_2021_is_said_to_be_earlier(city: TermCity) -> None:
    found = [(y.fiscal_year, len(y.achieved), y.precedes) for y in evidence(city).achievements]
    assert found == [(2021, 3, True), (2022, 3, False), (2023, 5, False), (2024, 5, False), (2025, 3, False)]


def test_only_what_fell_into_the_term_is_evidence_of_the_theme_that_it_worked_for(city: TermCity) -> None:
    add_project(city, "1-1", "3-2")
    found = evidence(city)
    assert {code: (one.check_ins, one.trials) for code, one in found.themes.items()} == {
        "1": (1, 1),
        "2": (0, 0),
        "3": (1, 1),
    }
    (project,) = found.themes["1"].projects
    assert [trial.learning for trial in project.trials] == [LEARNT]
    assert [said.answer for said in project.check_ins[0].said][1] == "2025年に試しました。"


def test_a_survey_of_the_term_is_evidence_of_the_themes_that_it_asks_about(city: TermCity) -> None:
    found = evidence(city)
    assert [s.code for s in found.surveys] == ["attitude-2024"]
    assert {code: sum(len(s.questions) for s in one.surveys) for code, one in found.themes.items()} == {
        "1": 2,
        "2": 2,
        "3": 0,
    }


def keep(city: TermCity, code: str, *, replaces: bool = False) -> None:
    with city.database.writing(city.municipality) as session:
        survey = replace(definition().surveys[0], code=code, fiscal_year=2027)
        surveys.keep(session, CHANGE, city.planner, city.plan(session), survey, replaces=replaces)


def test_a_survey_is_added_beside_the_others_and_replaced_only_when_asked_for(city: TermCity) -> None:
    keep(city, "attitude-2027")
    with pytest.raises(Conflict, match="survey_code_taken"):
        keep(city, "attitude-2027")
    keep(city, "attitude-2027", replaces=True)
    with city.database.reading(city.municipality) as session:
        stored = plans.definition_of(city.plan(session))
    assert [s.code for s in stored.surveys] == ["attitude-2024", "attitude-2027"]
    assert stored.surveys[0] == definition().surveys[0]
    assert city.audited()[-2:] == ["survey.added", "survey.replaced"]
    assert [s.code for s in surveys.series_of(stored)] == ["attitude-2027"]


def test_a_reader_brings_no_survey(city: TermCity) -> None:
    with city.database.writing(city.municipality) as session, pytest.raises(NotAllowed):
        surveys.keep(session, CHANGE, city.reader, city.plan(session), definition().surveys[0], replaces=True)
