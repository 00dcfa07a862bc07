"""Whose mails a change of a round moves, said before it is made."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime

from hypothesis import given, settings

from domain.collection import Round, RoundEvent, RoundEventKind, apply, mails_due
from domain.mail_changes import MailChange, MailFate, mail_changes
from domain.preview import PlannedMail, planned_mails
from tests.domain.rounds import DUE, HOUSING, SCHOOL, at, nine_on, owed, round_of
from tests.domain.test_collection_always import rounds
from tests.domain.test_preview import reassignments

TODAY = date(2021, 1, 20)
NOW = nine_on(TODAY)


def event(kind: RoundEventKind, measure: int = 0, due_on: date | None = None, request: int = 0) -> RoundEvent:
    return RoundEvent(measure, kind, TODAY, measure=measure, due_on=due_on, request=request)


def told(changes: tuple[MailChange, ...]) -> list[tuple[str, MailFate]]:
    return [(change.step.code, change.fate) for change in changes]


def test_an_extension_moves_every_mail_around_the_due_date_and_no_other_departments() -> None:
    round_ = round_of(owed(1), owed(2), owed(3, request=HOUSING))
    new = date(2021, 3, 1)
    events = [event(RoundEventKind.EXTENDED, measure, new) for measure in (1, 2)]
    found = mail_changes(round_, events, NOW)
    assert {change.request for change in found} == {SCHOOL}
    assert {change.fate for change in found} == {MailFate.MOVES}
    first = found[0]
    assert first.before is not None
    assert first.after is not None
    assert (first.step.code, first.before.at, first.after.at) == ("notice-before-due", at(2, 5), at(2, 19)), (
        "the 23rd is closed"
    )


def test_an_extension_by_a_few_days_tells_of_the_notice_that_leaves_at_once() -> None:
    round_ = round_of(owed(1))
    late = nine_on(date(2021, 2, 17))
    found = mail_changes(round_, [replace(event(RoundEventKind.EXTENDED, 1, date(2021, 2, 19)), on=late.date())], late)
    notice = next(change for change in found if change.step.code == "notice-before-due")
    assert notice.fate is MailFate.COMES_NEWLY
    assert notice.after is not None
    assert notice.after.at <= late


def test_what_the_ledger_has_said_already_is_not_foreseen_again() -> None:
    round_, late = round_of(owed(1)), nine_on(date(2021, 2, 8))
    same_day = [replace(event(RoundEventKind.EXTENDED, 1, DUE), on=late.date())]
    assert told(mail_changes(round_, same_day, late)) == [("notice-before-due", MailFate.COMES_NEWLY)]
    said = {(SCHOOL, "notice-before-due@2021-02-05"): frozenset({1})}
    assert mail_changes(round_, same_day, late, said) == ()


def test_an_exemption_of_one_measure_leaves_the_mails_with_fewer() -> None:
    found = mail_changes(round_of(owed(1), owed(2)), [event(RoundEventKind.EXEMPTED, 1)], NOW)
    assert {change.fate for change in found} == {MailFate.NAMES_OTHERS}
    assert {
        (change.before.mail.measures, change.after.mail.measures) for change in found if change.before and change.after
    } == {((1, 2), (2,))}


def test_an_exemption_of_all_lets_every_mail_fall_away() -> None:
    events = [event(RoundEventKind.EXEMPTED, measure) for measure in (1, 2)]
    found = mail_changes(round_of(owed(1), owed(2)), events, NOW)
    assert {change.fate for change in found} == {MailFate.FALLS_AWAY}
    assert len(found) == 7, "all but the notice at the opening, which has left"


def test_a_measure_that_passes_to_another_department_brings_its_mails_along() -> None:
    round_ = round_of(owed(1), owed(2, request=HOUSING))
    found = mail_changes(round_, [event(RoundEventKind.REASSIGNED, 1, DUE, HOUSING)], NOW)
    assert {change.fate for change in found if change.request == SCHOOL} == {MailFate.FALLS_AWAY}
    fates = {change.step.code: change.fate for change in found if change.request == HOUSING}
    assert fates["notice-opening"] is MailFate.COMES_NEWLY
    assert fates["reminder-first"] is MailFate.NAMES_OTHERS


def test_a_change_that_moves_nothing_is_silent() -> None:
    assert mail_changes(round_of(owed(1)), [], NOW) == ()


@settings(max_examples=60, deadline=None)
@given(rounds(), reassignments())
def test_what_was_to_come_and_the_changes_together_are_what_will_come(round_: Round, events: list[RoundEvent]) -> None:
    _, stands = mails_due(round_, NOW)
    changes = mail_changes(round_, events, NOW)
    coming = counted(planned_mails(stands))
    coming.subtract(counted(tuple(change.before for change in changes if change.before)))
    coming.update(counted(tuple(change.after for change in changes if change.after)))
    assert +coming == counted(planned_mails(apply(stands, events)))


def counted(planned: tuple[PlannedMail, ...]) -> Counter[tuple[datetime, int, str, tuple[int, ...]]]:
    return Counter((one.at, one.mail.request, one.mail.step_key, one.mail.measures) for one in planned)
