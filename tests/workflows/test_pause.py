"""停止（災害対応）in skipped time, with the real activities, relay and ledger: a round, and a check-in."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlmodel import Session, select

from db import tables as t
from db.session import Database
from domain.key_project import Cadence
from japan_calendar import business_calendar
from records import check_ins, pauses
from records.change import Change
from replay.agenda import Entry, Moment, on
from tests.workflows import project_life as life
from tests.workflows.office import Office
from tests.workflows.project_life import CHAIR, MEMBER, PLANNER
from tests.workflows.test_one_year import assert_both_sides_agree, kinds, play

REASON = "大雨の災害対応のため"


def begin(office: Office, today: date) -> None:
    with office.database.writing(office.municipality) as session:
        pauses.begin(session, office.change(), REASON, today)


def end(office: Office, today: date) -> None:
    with office.database.writing(office.municipality) as session:
        pauses.end(session, office.change(), today, office.calendar)


def step_keys(office: Office, kind: str) -> set[str]:
    with office.database.reading(office.municipality) as session:
        return {mail.step_key for mail in session.exec(select(t.Mail).where(t.Mail.kind == kind))}


def test_a_round_that_is_paused_over_its_due_date_sends_nothing_and_goes_on_as_many_days_later(
    sample_database: Database,
) -> None:
    async def story(office: Office) -> None:
        await office.until(2021, 2, 10, 12)
        notices = len(office.mailer.sent)
        begin(office, date(2021, 2, 10))
        await office.until(2021, 2, 24, 10)  # due was the 15th: reminders and an escalation would have left
        assert len(office.mailer.sent) == notices
        end(office, date(2021, 2, 24))
        await office.settle()
        assert len(office.mailer.sent) == notices, "nobody gets a storm on resuming"
        await assert_both_sides_agree(office)
        with office.database.reading(office.municipality) as session:
            assert {report.due_on for report in office.reports(session).values()} == {date(2021, 3, 1)}, (
                "nine business days"
            )
        await office.until(2021, 3, 2, 10)
        assert step_keys(office, "reminder") == {"reminder-first@2021-03-02"}
        assert step_keys(office, "escalation") == set()
        await office.until(2021, 5, 1, 9)
        with office.database.reading(office.municipality) as session:
            said = Counter(
                (mail.request_id, mail.recipient, mail.step_key.split("@")[0]) for mail in session.exec(select(t.Mail))
            )
        assert set(said.values()) == {1}, "no step is sent twice"
        assert kinds(office)["escalation"] > 0

    play(sample_database, story)


def test_a_round_that_opens_while_the_city_is_paused_asks_when_it_resumes(sample_database: Database) -> None:
    async def story(office: Office) -> None:
        begin(office, date(2021, 1, 12))
        await office.until(2021, 1, 20, 10)
        with office.database.reading(office.municipality) as session:
            assert office.reports(session)["4-1-1"].due_on == date(2021, 2, 15), "the round has opened"
        assert office.mailer.sent == []
        end(office, date(2021, 1, 20))
        await office.settle()
        assert step_keys(office, "notice") == {"notice-opening@2021-01-20"}
        with office.database.reading(office.municipality) as session:
            assert office.reports(session)["4-1-1"].due_on == date(2021, 2, 19)
        await assert_both_sides_agree(office)

    play(sample_database, story)


def test_what_was_submitted_while_paused_is_asked_of_nobody_but_of_who_approves(sample_database: Database) -> None:
    async def story(office: Office) -> None:
        await office.until(2021, 2, 10, 12)
        begin(office, date(2021, 2, 10))
        await office.until(2021, 2, 12, 10)
        office.submit(office.codes(), date(2021, 2, 12))
        await office.until(2021, 2, 24, 10)
        before = kinds(office)
        end(office, date(2021, 2, 24))
        await office.until(2021, 3, 20, 9)
        after = kinds(office)
        assert {kind for kind in after if after[kind] > before[kind]} == {"approval_request"}
        await assert_both_sides_agree(office)

    play(sample_database, story)


def paused(first: date, last: date) -> list[Entry]:
    """The planning division pauses the city at noon and resumes at three in the afternoon."""

    def change(session: Session, moment: Moment) -> Change:
        user = session.exec(select(t.User).where(t.User.email == PLANNER)).one()
        return moment.change(user)

    def begin_(session: Session, moment: Moment) -> None:
        pauses.begin(session, change(session, moment), REASON, moment.today)

    def end_(session: Session, moment: Moment) -> None:
        pauses.end(session, change(session, moment), moment.today, moment.calendar)

    return [on(first, 12, 20, begin_), on(last, 15, 20, end_)]


def test_a_check_in_that_is_paused_over_its_due_date_is_reminded_of_as_many_days_later(
    empty_database: Database,
) -> None:
    # Asked on 15 April, due on the 20th; the city stands still from the 17th to the 24th, six business days.
    agenda = [*life.begin(), *paused(date(2026, 4, 17), date(2026, 4, 24))]
    city = life.play(empty_database, agenda, date(2026, 6, 30))
    (check_in,) = city.read(lambda s: list(check_ins.of_project(s, life.project_in(s))))
    calendar = business_calendar((2026,))
    due = calendar.shift(date(2026, 4, 20), 6)
    assert check_in.due_on == due == date(2026, 4, 28)
    assert [day for day, _ in city.mails(MEMBER)] == [date(2026, 4, 15), calendar.shift(due, 1)]
    assert [day for day, _ in city.mails(PLANNER)] == [calendar.shift(due, 5)]
    assert [day for day, _ in city.mails(f"strategy-committee.{CHAIR}")] == [calendar.shift(due, 15)]


def test_a_team_whose_day_comes_while_the_city_is_paused_is_asked_once_on_resuming(empty_database: Database) -> None:
    agenda = [*life.begin(Cadence.WEEKLY), *paused(date(2026, 4, 14), date(2026, 5, 8))]
    city = life.play(empty_database, agenda, date(2026, 5, 11))
    assert [day for day, _ in city.mails(MEMBER)] == [date(2026, 5, 8)]
    assert city.read(lambda s: [c.asked_on for c in check_ins.of_project(s, life.project_in(s))]) == [date(2026, 5, 8)]


def test_a_project_goes_on_when_its_team_answered_while_the_city_was_paused(empty_database: Database) -> None:
    answered = on(date(2026, 4, 20), 15, 20, life.answer)
    agenda = [*life.begin(Cadence.WEEKLY), *paused(date(2026, 4, 16), date(2026, 4, 24)), answered]
    city = life.play(empty_database, sorted(agenda, key=lambda entry: entry.at), date(2026, 4, 30))
    assert [day for day, _ in city.mails(MEMBER)] == [date(2026, 4, 15), date(2026, 4, 24)]
