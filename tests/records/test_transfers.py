"""人事異動: appointments with their dates, and what ends for the person who leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

import scheduler
from db import tables as t
from db.session import EVERY_MUNICIPALITY
from domain.calendar import JST
from domain.ladder import Rank
from domain.organisation import AppointmentDefinition, DepartmentDefinition, OrganisationDefinition, PersonDefinition
from domain.text import Bilingual
from records import accounts, organisation, people, reporting, requests, sign_in, transfers
from records.change import Change, Conflict
from tests.changing_hall import Hall
from tests.city import FOUNDED_ON, OPENED_AT, City, email_of

NEW_YEAR = date(2021, 4, 1)
LAST_DAY = date(2021, 3, 31)
MARCH = datetime(2021, 3, 20, 10, 0, tzinfo=JST)
LAST_EVENING = datetime(2021, 3, 31, 23, 50, tzinfo=JST)
MORNING = datetime(2021, 4, 1, 0, 10, tzinfo=JST)
LATER = datetime(2021, 4, 12, 9, 0, tzinfo=JST)

INFORMATION = DepartmentDefinition("information", Bilingual("情報政策課"), FOUNDED_ON, email="information@city.example")
CITIZENS = DepartmentDefinition("citizens", Bilingual("市民窓口課"), FOUNDED_ON, email="citizens@city.example")

Posts = Sequence[tuple[str, Rank]]
STAFF: Posts = [("information", Rank.STAFF)]


@pytest.fixture
def hall(real_city: City) -> Hall:
    return Hall(real_city)


def transfer(hall: Hall, who: str, leaves: Posts, takes: Posts, at: datetime = MARCH, on: date = NEW_YEAR) -> bool:
    with hall.city.database.writing(hall.city.municipality) as session:
        by_code = {d.code: d for d in session.exec(select(t.Department))}
        user = session.exec(select(t.User).where(t.User.email == email_of(who))).one()
        left, taken = ([(by_code[code], rank) for code, rank in posts] for posts in (leaves, takes))
        return transfers.transfer(session, Change("planner", at), user, left, taken, on)


def preview(hall: Hall, who: str, leaves: Posts, takes: Posts) -> transfers.Preview:
    with hall.city.database.reading(hall.city.municipality) as session:
        by_code = {d.code: d for d in session.exec(select(t.Department))}
        left, taken = ([(by_code[code], rank) for code, rank in posts] for posts in (leaves, takes))
        return transfers.preview(session, hall.city.user(who), left, taken, NEW_YEAR)


def sign_in_everywhere(hall: Hall, who: str, at: datetime = MARCH) -> None:
    """A session, a one-time code and an API token."""
    with hall.city.database.writing(EVERY_MUNICIPALITY) as session:
        sign_in.start_session(session, hall.city.user(who), at, 24 * 365)
        sign_in.issue_code(session, email_of(who), at)
        sign_in.issue_api_token(session, email_of(who), "帳票", at)


def signed_in(hall: Hall, who: str) -> tuple[int, int, int]:
    """How many sessions, codes and tokens of a person still work."""
    user = hall.city.user(who).id
    with hall.city.database.reading(EVERY_MUNICIPALITY) as session:
        sessions = session.exec(select(t.SignedInSession).where(t.SignedInSession.user_id == user)).all()
        codes = session.exec(
            select(t.LoginCode).where(t.LoginCode.user_id == user, col(t.LoginCode.used_at).is_(None))
        ).all()
        tokens = session.exec(
            select(t.ApiToken).where(t.ApiToken.user_id == user, col(t.ApiToken.revoked_at).is_(None))
        ).all()
        return len(sessions), len(codes), len(tokens)


def day_comes(hall: Hall, at: datetime = MORNING) -> list[str]:
    return scheduler.let_changes_take_effect(hall.city.database, at)


def test_a_person_who_left_on_31_march_has_no_session_on_1_april_but_history_keeps_the_name(hall: Hall) -> None:
    hall.city.submit("1-1-1", "information_staff")
    sign_in_everywhere(hall, "information_staff")
    transfer(hall, "information_staff", STAFF, [])
    assert day_comes(hall, LAST_EVENING) == []
    assert signed_in(hall, "information_staff") == (1, 1, 1), "sessions end on the day, not before"
    assert day_comes(hall) == ["iizuka: information_staff@city.example"]
    assert signed_in(hall, "information_staff") == (0, 0, 0)
    user = hall.city.user("information_staff")
    assert (user.is_active, user.left_on) == (False, NEW_YEAR)
    with hall.city.database.reading(hall.city.municipality) as session:
        head = people.actor_of(session, hall.city.user("information_head"), NEW_YEAR)
        held = reporting.find(session, hall.city.reports["1-1-1"], head)
        editor = requests.editor_of(session, held)
    assert editor is not None
    assert editor.name == "佐藤 花子"
    assert hall.appointments("information_staff") == [("information", Rank.STAFF, FOUNDED_ON, LAST_DAY)]


def test_whoever_left_cannot_sign_in_any_more(hall: Hall) -> None:
    transfer(hall, "information_staff", STAFF, [])
    day_comes(hall)
    with hall.city.database.writing(EVERY_MUNICIPALITY) as session:
        assert sign_in.issue_code(session, email_of("information_staff"), MORNING) is None


def test_who_moves_to_another_department_signs_in_again_and_keeps_the_account(hall: Hall) -> None:
    sign_in_everywhere(hall, "information_staff")
    transfer(hall, "information_staff", STAFF, [("citizens", Rank.SUBSECTION_CHIEF)])
    day_comes(hall)
    assert signed_in(hall, "information_staff") == (0, 0, 0)
    assert hall.city.user("information_staff").is_active
    assert hall.appointments("information_staff") == [
        ("information", Rank.STAFF, FOUNDED_ON, LAST_DAY),
        ("citizens", Rank.SUBSECTION_CHIEF, NEW_YEAR, None),
    ]


def test_who_rises_inside_the_department_stays_signed_in(hall: Hall) -> None:
    sign_in_everywhere(hall, "information_staff")
    transfer(hall, "information_staff", STAFF, [("information", Rank.SUBSECTION_CHIEF)])
    assert day_comes(hall) == []
    assert signed_in(hall, "information_staff") == (1, 1, 1)


def test_an_office_for_the_whole_city_keeps_the_account(hall: Hall) -> None:
    transfer(hall, "planning", [], STAFF, on=date(2021, 3, 1))
    transfer(hall, "planning", STAFF, [])
    day_comes(hall)
    assert hall.city.user("planning").is_active


def test_who_begins_later_elsewhere_keeps_the_account_meanwhile(hall: Hall) -> None:
    transfer(hall, "information_staff", STAFF, [])
    transfer(hall, "information_staff", [], [("citizens", Rank.STAFF)], on=date(2021, 5, 1))
    day_comes(hall)
    assert hall.city.user("information_staff").is_active


def test_a_transfer_of_a_past_day_ends_what_is_signed_in_now(hall: Hall) -> None:
    sign_in_everywhere(hall, "information_staff", LATER - timedelta(days=1))
    transfer(hall, "information_staff", STAFF, [("citizens", Rank.STAFF)], at=LATER)
    assert signed_in(hall, "information_staff") == (0, 0, 0)


def test_transferring_and_taking_effect_twice_changes_nothing(hall: Hall) -> None:
    takes: Posts = [("citizens", Rank.STAFF)]
    assert transfer(hall, "information_staff", STAFF, takes)
    entered = hall.rows()
    assert not transfer(hall, "information_staff", STAFF, takes)
    assert hall.rows() == entered
    day_comes(hall)
    sign_in_everywhere(hall, "information_staff", MORNING)
    once = hall.rows()
    assert day_comes(hall, MORNING + timedelta(days=1)) == []
    assert hall.rows() == once
    assert signed_in(hall, "information_staff") == (1, 1, 1), "what they signed in with since is theirs"


def test_a_new_appointment_opens_the_account_of_who_had_left(hall: Hall) -> None:
    transfer(hall, "information_staff", STAFF, [])
    day_comes(hall)
    transfer(hall, "information_staff", [], [("citizens", Rank.STAFF)], at=LATER)
    user = hall.city.user("information_staff")
    assert (user.is_active, user.left_on) == (True, None)


def test_who_was_blocked_stays_blocked_whatever_the_appointments(hall: Hall) -> None:
    transfer(hall, "information_staff", STAFF, [])
    day_comes(hall)
    with hall.city.database.writing(hall.city.municipality) as session:
        accounts.block(session, Change("cli", MORNING), email_of("information_staff"))
    transfer(hall, "information_staff", [], [("citizens", Rank.STAFF)], at=LATER)
    day_comes(hall, LATER)
    assert not hall.city.user("information_staff").is_active


def test_who_was_let_in_again_by_the_administrator_stays_in(hall: Hall) -> None:
    transfer(hall, "information_staff", STAFF, [])
    day_comes(hall)
    with hall.city.database.writing(hall.city.municipality) as session:
        accounts.unblock(session, Change("cli", MORNING), email_of("information_staff"))
    assert day_comes(hall, LATER) == []
    assert hall.city.user("information_staff").is_active


def test_drafts_and_open_reports_stay_with_the_department_and_its_people_are_asked(hall: Hall) -> None:
    with hall.city.database.writing(hall.city.municipality) as session:
        staff = people.actor_of(session, hall.city.user("information_staff"), OPENED_AT.date())
        report = hall.city.reports["1-1-1"]
        reporting.save_draft(
            session, Change("staff", OPENED_AT, staff.user), staff, report, {"achievements": "途中"}, 0
        )
    before = hall.city.report("1-1-1")
    transfer(hall, "information_staff", STAFF, [])
    transfer(hall, "information_colleague", STAFF, [])
    transfer(hall, "citizens_staff", [("citizens", Rank.STAFF)], STAFF)
    day_comes(hall)
    assert hall.city.report("1-1-1") == before
    with hall.city.database.reading(hall.city.municipality) as session:
        asked = people.recipients(session, hall.city.departments["information"], Rank.STAFF, NEW_YEAR)
        successor = people.actor_of(session, hall.city.user("citizens_staff"), NEW_YEAR)
        (request,) = requests.open_for(session, successor, lambda _: NEW_YEAR)
    assert [r.name for r in asked] == ["伊藤 直樹"]
    assert [m.has_draft for m in request.measures] == [True, False, False]


def test_an_organisation_file_that_ends_an_appointment_ends_the_sessions_too(hall: Hall) -> None:
    sign_in_everywhere(hall, "information_staff", LATER)
    left = AppointmentDefinition("information", Rank.STAFF, valid_until=LAST_DAY)
    person = PersonDefinition(email_of("information_staff"), Bilingual("佐藤 花子"), appointments=(left,))
    department = DepartmentDefinition(
        "information", Bilingual("情報政策課"), FOUNDED_ON, email="information@city.example"
    )
    file = OrganisationDefinition("iizuka-ict", (department,), (person,))
    with hall.city.database.writing(hall.city.municipality) as session:
        plan = session.get_one(t.Plan, hall.city.plan)
        organisation.import_organisation(session, Change("cli", LATER), plan, file)
    assert signed_in(hall, "information_staff") == (0, 0, 0)
    assert not hall.city.user("information_staff").is_active


def test_who_stays_a_month_longer_by_the_file_comes_back_and_leaves_a_month_later(hall: Hall) -> None:
    transfer(hall, "information_staff", STAFF, [])
    day_comes(hall)
    longer = AppointmentDefinition("information", Rank.STAFF, valid_until=date(2021, 4, 30))
    person = PersonDefinition(email_of("information_staff"), Bilingual("佐藤 花子"), appointments=(longer,))
    with hall.city.database.writing(hall.city.municipality) as session:
        plan = session.get_one(t.Plan, hall.city.plan)
        file = OrganisationDefinition("iizuka-ict", (INFORMATION,), (person,))
        organisation.import_organisation(session, Change("cli", MORNING), plan, file)
    assert hall.city.user("information_staff").is_active
    sign_in_everywhere(hall, "information_staff", MORNING)
    day_comes(hall, datetime(2021, 5, 1, 0, 10, tzinfo=JST))
    assert signed_in(hall, "information_staff") == (0, 0, 0)
    assert hall.city.user("information_staff").left_on == date(2021, 5, 1)


def test_an_earlier_term_that_a_file_tells_afterwards_ends_nothing(hall: Hall) -> None:
    sign_in_everywhere(hall, "information_staff")
    earlier = AppointmentDefinition("citizens", Rank.STAFF, date(2018, 4, 1), date(2018, 9, 30))
    person = PersonDefinition(email_of("information_staff"), Bilingual("佐藤 花子"), appointments=(earlier,))
    with hall.city.database.writing(hall.city.municipality) as session:
        plan = session.get_one(t.Plan, hall.city.plan)
        file = OrganisationDefinition("iizuka-ict", (CITIZENS,), (person,))
        organisation.import_organisation(session, Change("cli", MARCH), plan, file)
    assert day_comes(hall) == []
    assert signed_in(hall, "information_staff") == (1, 1, 1)


# Previews


def test_a_preview_says_who_is_there_afterwards_and_changes_nothing(hall: Hall) -> None:
    before = hall.rows()
    seen = preview(hall, "information_staff", STAFF, [("citizens", Rank.STAFF)])
    (left,) = seen.leaves
    assert ([u.name for u in left.holders], left.mails_go_to) == (["鈴木 健太"], ())
    assert [d.code for d in seen.gone_from] == ["information"]
    assert (seen.closes_account, seen.opens_account) == (False, False)
    assert hall.rows() == before


def test_a_preview_says_that_nobody_holds_the_rank_afterwards_and_who_gets_the_mails(hall: Hall) -> None:
    seen = preview(hall, "information_head", [("information", Rank.SECTION_HEAD)], [])
    (left,) = seen.leaves
    assert left.holders == ()
    assert [r.email for r in left.mails_go_to] == ["information@city.example"]
    assert seen.closes_account


def test_a_colleague_who_leaves_too_is_not_counted_on(hall: Hall) -> None:
    transfer(hall, "information_colleague", STAFF, [])
    (left,) = preview(hall, "information_staff", STAFF, []).leaves
    assert left.holders == ()


# Refusals


@pytest.mark.parametrize(
    ("leaves", "takes", "on", "refusal"),
    [
        ([], [], NEW_YEAR, "nothing_transferred"),
        ([("citizens", Rank.STAFF)], [], NEW_YEAR, "appointment_not_held"),
        ([("information", Rank.SECTION_HEAD)], [], NEW_YEAR, "appointment_not_held"),
        (STAFF, [], FOUNDED_ON, "appointment_not_held"),
        ([], [("citizens", Rank.PLANNING)], NEW_YEAR, "rank_of_no_department"),
        ([], [("citizens", Rank.STAFF)], date(2018, 3, 31), "department_not_there"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused_and_changes_nothing(
    hall: Hall, leaves: Posts, takes: Posts, on: date, refusal: str
) -> None:
    before = hall.rows()
    with pytest.raises(Conflict, match=refusal):
        transfer(hall, "information_staff", leaves, takes, on=on)
    assert hall.rows() == before


def test_transfers_are_in_the_audit_log_as_entered_and_as_they_took_effect(hall: Hall) -> None:
    sign_in_everywhere(hall, "information_staff")
    transfer(hall, "information_staff", STAFF, [])
    day_comes(hall)
    with hall.city.database.reading(hall.city.municipality) as session:
        entries = session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence).desc()).limit(2)).all()
    assert [(e.actor, e.action, e.subject) for e in entries] == [
        ("scheduler", "user.left", "user/information_staff@city.example"),
        ("planner", "user.transferred", "user/information_staff@city.example"),
    ]
    assert entries[1].detail == {"on": "2021-04-01", "leaves": ["information/staff"], "takes": []}
    assert entries[0].detail == {"departments": ["information"], "tokens": ["帳票"], "closed": True}


def test_the_neighbouring_city_is_left_alone(hall: Hall) -> None:
    before = hall.rows(hall.city.neighbour)
    transfer(hall, "information_staff", STAFF, [])
    day_comes(hall)
    assert hall.rows(hall.city.neighbour) == before


def test_one_citys_trouble_does_not_keep_the_others_changes_from_taking_effect(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    transfer(hall, "information_staff", STAFF, [])
    take_effect = transfers.take_effect

    def fail_next_door(session: Session, change: Change, today: date) -> list[str]:
        if session.info["scope"] == hall.city.neighbour:
            raise RuntimeError("unforeseen")
        return take_effect(session, change, today)

    monkeypatch.setattr(transfers, "take_effect", fail_next_door)
    assert day_comes(hall) == ["iizuka: information_staff@city.example"]
    assert [record.getMessage() for record in caplog.records] == ["the changes of neighbour were skipped"]
