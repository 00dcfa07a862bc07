"""Signing in: what lets a person in, for how long, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from records import sign_in
from records.change import NotFound

AT = datetime(2021, 2, 15, tzinfo=UTC)
EMAIL = "tanaka@city.example"
PASSWORD = "正しい馬の電池のホチキス"
HASH = sign_in.hash_password(PASSWORD)


@pytest.fixture
def session(empty_database: Database) -> Iterator[Session]:
    with empty_database.writing(EVERY_MUNICIPALITY) as session:
        city = t.Municipality(code="a", name="A市")
        session.add(city)
        session.flush()
        session.add(t.User(municipality_id=city.id, email=EMAIL, name="田中", password_hash=HASH))
        session.add(t.User(municipality_id=city.id, email="mail-only@city.example", name="鈴木"))
        session.flush()
        yield session


@pytest.fixture
def user(session: Session) -> t.User:
    return session.exec(select(t.User).where(t.User.email == EMAIL)).one()


def code_for(session: Session, at: datetime = AT) -> str:
    issued = sign_in.issue_code(session, EMAIL, at)
    assert issued is not None
    session.flush()
    return issued[1]


def deactivate(session: Session, user: t.User) -> None:
    user.is_active = False
    session.add(user)
    session.flush()


# Passwords


def test_the_right_password_lets_in_whatever_the_case_of_the_address(session: Session, user: t.User) -> None:
    found = sign_in.by_password(session, "  Tanaka@City.example ", PASSWORD)
    assert found is not None
    assert found.id == user.id


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, PASSWORD + "!"), (EMAIL, ""), ("nobody@city.example", PASSWORD), ("mail-only@city.example", "")],
)
def test_a_wrong_password_an_unknown_address_and_an_account_without_password_are_refused(
    session: Session, email: str, password: str
) -> None:
    assert sign_in.by_password(session, email, password) is None


def test_a_password_needs_twelve_characters() -> None:
    with pytest.raises(sign_in.PasswordTooShort):
        sign_in.hash_password("十一文字のパスワード")
    assert HASH.startswith("$argon2")


# One-time codes


def test_a_code_lets_in_once(session: Session) -> None:
    code = code_for(session)
    assert len(code) == 8
    assert sign_in.by_code(session, EMAIL, f" {code} ", AT) is not None
    assert sign_in.by_code(session, EMAIL, code, AT) is None


def test_a_code_lasts_ten_minutes(session: Session) -> None:
    code = code_for(session)
    assert sign_in.by_code(session, EMAIL, code, AT + timedelta(minutes=10)) is None
    assert sign_in.by_code(session, EMAIL, code, AT + timedelta(minutes=9, seconds=59)) is not None


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def test_five_wrong_tries_end_a_code(session: Session) -> None:
    code = code_for(session)
    for _ in range(5):
        assert sign_in.by_code(session, EMAIL, wrong(code), AT) is None
    assert sign_in.by_code(session, EMAIL, code, AT) is None


def test_four_wrong_tries_do_not(session: Session) -> None:
    code = code_for(session)
    for _ in range(4):
        assert sign_in.by_code(session, EMAIL, wrong(code), AT) is None
    assert sign_in.by_code(session, EMAIL, code, AT) is not None


def test_a_new_code_ends_the_one_before(session: Session) -> None:
    old = code_for(session)
    new = code_for(session, AT + timedelta(minutes=1))
    assert sign_in.by_code(session, EMAIL, old, AT + timedelta(minutes=1)) is None
    assert sign_in.by_code(session, EMAIL, new, AT + timedelta(minutes=1)) is not None


def test_a_code_of_one_person_does_not_let_in_another(session: Session) -> None:
    assert sign_in.by_code(session, "mail-only@city.example", code_for(session), AT) is None


def test_nobody_unknown_or_deactivated_gets_a_code_or_uses_one(session: Session, user: t.User) -> None:
    code = code_for(session)
    deactivate(session, user)
    assert sign_in.by_code(session, EMAIL, code, AT) is None
    assert sign_in.issue_code(session, EMAIL, AT) is None
    assert sign_in.issue_code(session, "nobody@city.example", AT) is None
    assert sign_in.by_password(session, EMAIL, PASSWORD) is None


def test_only_digests_of_secrets_are_stored(session: Session, user: t.User) -> None:
    code = code_for(session)
    token = sign_in.start_session(session, user, AT, 10).token
    api = sign_in.issue_api_token(session, EMAIL, "連携", AT)
    session.flush()
    stored = [
        *session.exec(select(t.LoginCode.code_digest)),
        *session.exec(select(t.SignedInSession.token_digest)),
        *session.exec(select(t.ApiToken.token_digest)),
    ]
    assert len(stored) == 3
    assert not [digest for digest in stored for secret in (code, token, api) if secret in digest]


# Sessions


def test_a_session_lasts_its_hours_while_it_is_used(session: Session, user: t.User) -> None:
    made = sign_in.start_session(session, user, AT, 10)
    at = AT
    while at < AT + timedelta(hours=10):
        found = sign_in.by_session(session, made.token, at)
        assert found is not None
        assert found.user.id == user.id
        sign_in.touch(session, found.session, at)
        session.flush()
        at += timedelta(hours=1)
    assert sign_in.by_session(session, made.token, AT + timedelta(hours=10)) is None


def test_an_idle_session_ends_after_ninety_minutes(session: Session, user: t.User) -> None:
    token = sign_in.start_session(session, user, AT, 10).token
    assert sign_in.by_session(session, token, AT + timedelta(minutes=89)) is not None
    assert sign_in.by_session(session, token, AT + timedelta(minutes=90)) is None


def test_a_session_is_touched_at_most_once_a_minute(session: Session, user: t.User) -> None:
    row = sign_in.start_session(session, user, AT, 10).session
    assert not sign_in.needs_touch(row, AT + timedelta(seconds=59))
    assert sign_in.needs_touch(row, AT + timedelta(seconds=60))


def test_a_session_ends_with_the_account_and_with_signing_out(session: Session, user: t.User) -> None:
    token, other = (sign_in.start_session(session, user, AT, 10).token for _ in range(2))
    sign_in.end_session(session, token)
    session.flush()
    assert sign_in.by_session(session, token, AT) is None
    assert sign_in.by_session(session, other, AT) is not None
    deactivate(session, user)
    assert sign_in.by_session(session, other, AT) is None


def test_every_session_has_tokens_of_its_own(session: Session, user: t.User) -> None:
    made = [sign_in.start_session(session, user, AT, 10) for _ in range(3)]
    assert len({m.token for m in made} | {m.session.csrf_token for m in made}) == 6
    assert sign_in.by_session(session, "", AT) is None


# API tokens


def test_an_api_token_acts_as_its_user_until_it_is_revoked(session: Session, user: t.User) -> None:
    token = sign_in.issue_api_token(session, EMAIL, "連携", AT)
    session.flush()
    found = sign_in.by_api_token(session, token)
    assert found is not None
    assert found.id == user.id
    row = session.exec(select(t.ApiToken)).one()
    row.revoked_at = AT
    session.add(row)
    session.flush()
    assert sign_in.by_api_token(session, token) is None


def test_an_api_token_ends_with_the_account(session: Session, user: t.User) -> None:
    token = sign_in.issue_api_token(session, EMAIL, "連携", AT)
    session.flush()
    deactivate(session, user)
    assert sign_in.by_api_token(session, token) is None
    with pytest.raises(NotFound):
        sign_in.issue_api_token(session, EMAIL, "連携", AT)
