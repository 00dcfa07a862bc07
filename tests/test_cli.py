"""The command line from an administrator's chair, against a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

import wall_clock
from db import migrate
from db import tables as t
from db.session import EVERY_MUNICIPALITY, Database
from domain.calendar import JST
from records import sign_in
from tests.command_line import Installation, blank, empty, installation_on
from tests.databases import Databases

__all__ = ["blank", "empty"]

PLANS = Path(__file__).parent.parent / "plans"
PLAN, ORGANISATION = PLANS / "iizuka-ict.yaml", PLANS / "samples" / "iizuka-ict.organisation.yaml"
EMAIL, PASSWORD, OTHER = "keikaku@city.example", "correct horse battery", "another horse battery"
STAFF = "sato.hanako@iizuka.example"


def twice(password: str) -> str:
    return f"{password}\n{password}\n"


@pytest.fixture(scope="module")
def city_template(databases: Databases) -> str:
    return databases.template(lambda database: told(database, "plan", "import", PLAN))[0]


@pytest.fixture(scope="module")
def staffed_template(databases: Databases, city_template: str) -> str:
    return databases.template(lambda database: told(database, "organisation", "import", ORGANISATION), city_template)[0]


@pytest.fixture
def city(databases: Databases, city_template: str) -> Iterator[Installation]:
    """An installation with the plan."""
    with databases.copied(city_template) as database, installation_on(database) as installation:
        yield installation


@pytest.fixture
def staffed(databases: Databases, staffed_template: str) -> Iterator[Installation]:
    """An installation with the plan and an organisation."""
    with databases.copied(staffed_template) as database, installation_on(database) as installation:
        yield installation


def told(database: Database, *arguments: str | Path) -> None:
    with installation_on(database) as installation:
        installation.good(*arguments)


def changed(folder: Path, file: Path, old: str, new: str) -> Path:
    """A copy of a file in which the only `old` has become `new`."""
    written = file.read_text(encoding="utf-8")
    assert written.count(old) == 1
    copy = folder / "changed.yaml"
    copy.write_text(written.replace(old, new), encoding="utf-8")
    return copy


def line_of(file: Path, words: str) -> int:
    whole = file.read_text(encoding="utf-8")
    return whole.count("\n", 0, whole.index(words)) + 1


# The schema


def test_a_new_database_gets_its_schema_and_upgrading_again_changes_nothing(blank: Installation) -> None:
    for _ in range(2):
        assert blank.good("db", "upgrade") == "the schema is current\n"
    assert migrate.is_current(blank.database.engine)


def test_a_command_refuses_a_database_without_the_schema_and_says_what_to_run(blank: Installation) -> None:
    assert "meguru db upgrade" in blank.refused("plan", "import", PLAN)


def test_a_wrong_setting_is_named_by_its_variable(blank: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURU_DATABASE_URL", "mysql://nowhere")
    assert "MEGURU_DATABASE_URL" in blank.refused("plan", "import", PLAN)


# Plans


def test_importing_a_plan_twice_stores_it_once(empty: Installation) -> None:
    assert empty.good("plan", "import", PLAN).startswith("iizuka-ict is stored for iizuka: ")
    assert empty.good("plan", "import", PLAN) == "iizuka-ict is stored for iizuka: nothing changed\n"
    assert empty.count(t.Plan) == (1,)
    assert empty.audited() == [("cli", "plan.imported")]


@pytest.mark.parametrize("command", ["import", "check"])
def test_a_wrong_plan_file_is_named_by_file_line_and_key(empty: Installation, tmp_path: Path, command: str) -> None:
    file = changed(tmp_path, PLAN, "    due_after_days: 20\n", "    due_after_days: soon\n")
    at = f"changed.yaml:{line_of(PLAN, '    due_after_days:')}: rounds.0.due_after_days: "
    assert empty.refused("plan", command, file).startswith(at)
    assert empty.count(t.Plan) == (0,)


def test_an_edition_that_was_used_keeps_its_nodes_and_the_line_is_named(city: Installation, tmp_path: Path) -> None:
    city.good("cycle", "open", "iizuka-ict", "2026")
    file = changed(tmp_path, PLAN, "title: マイナンバーカードの活用促進", "title: 別の名称")
    at = f"changed.yaml:{line_of(PLAN, 'title: マイナンバーカードの活用促進')}: "
    assert city.refused("plan", "import", file).startswith(at)
    with city.database.reading(EVERY_MUNICIPALITY) as session:
        assert "別の名称" not in session.exec(select(t.Node.title)).all()


# The organisation


def test_importing_an_organisation_twice_changes_nothing_the_second_time(city: Installation) -> None:
    first = city.good("organisation", "import", ORGANISATION)
    assert "departments: 11 new, 0 changed, 0 as before\n" in first
    assert "responsibilities: 36 new, 0 changed, 0 as before\n" in first
    second = city.good("organisation", "import", ORGANISATION)
    assert "departments: 0 new, 0 changed, 11 as before\n" in second
    assert "responsibilities: 0 new, 0 changed, 36 as before\n" in second
    assert city.audited() == [("cli", "plan.imported"), ("cli", "organisation.imported")]


def test_checking_an_organisation_says_what_would_change_and_changes_nothing(
    staffed: Installation, tmp_path: Path
) -> None:
    file = changed(
        tmp_path, ORGANISATION, "{measure: 1-1-1, department: gen-policy}", "{measure: 1-1-1, department: citizens}"
    )
    today = wall_clock.now().astimezone(JST).date()
    said = staffed.good("organisation", "check", file)
    assert "responsibilities: 0 new, 1 changed, 35 as before\n" in said
    assert any(f"  ~ 1-1-1 citizens from {day}\n" in said for day in (today, today + timedelta(days=1)))
    assert "responsibilities: 0 new, 0 changed, 36" in staffed.good("organisation", "check", ORGANISATION)


@pytest.mark.parametrize("command", ["import", "check"])
@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("5-1-4, department: disaster}", "5-1-4, department: fire}", "responsibilities.35.department"),
        ("5-1-4, department: disaster}", "5-1-5, department: disaster}", "responsibilities.35.measure"),
        ("    office: administrator\n", "    office: mayor\n", "people.1.office"),
    ],
    ids=["an unknown department", "a measure that the plan does not have", "an unknown office"],
)
def test_a_wrong_organisation_file_is_named_by_file_line_and_key_and_stores_nothing(
    city: Installation, tmp_path: Path, command: str, old: str, new: str, key: str
) -> None:
    file = changed(tmp_path, ORGANISATION, old, new)
    said = city.refused("organisation", command, file)
    assert said.startswith(f"changed.yaml:{line_of(ORGANISATION, old)}: {key}: ")
    assert city.count(t.Department, t.User) == (0, 0)


def test_a_file_that_would_undo_a_change_is_refused_with_its_line(staffed: Installation, tmp_path: Path) -> None:
    mine, theirs = "{measure: 1-1-1, department: gen-policy}", "{measure: 1-1-1, department: citizens}"
    staffed.good("organisation", "import", changed(tmp_path, ORGANISATION, mine, theirs))
    said = staffed.refused("organisation", "import", ORGANISATION)
    at = f"iizuka-ict.organisation.yaml:{line_of(ORGANISATION, mine)}: responsibilities.0.valid_from: "
    assert said.startswith(at)


def test_an_organisation_of_a_plan_that_is_not_stored_is_refused(empty: Installation) -> None:
    assert "there is no plan iizuka-ict" in empty.refused("organisation", "import", ORGANISATION)


def test_a_plan_of_several_municipalities_must_be_named_with_one(city: Installation, tmp_path: Path) -> None:
    neighbours = changed(tmp_path, PLAN, "  code: iizuka\n", "  code: neighbour\n")
    city.good("plan", "import", neighbours)
    assert "--municipality (iizuka, neighbour)" in city.refused("organisation", "import", ORGANISATION)
    city.good("organisation", "import", ORGANISATION, "--municipality", "neighbour")
    with city.database.reading(EVERY_MUNICIPALITY) as session:
        found = session.exec(select(t.Municipality.code).join(t.Department).distinct()).all()
    assert found == ["neighbour"]


# Accounts


def create_user(installation: Installation, *options: str, typed: str = twice(PASSWORD)) -> str:
    arguments = ("user", "create", EMAIL, "--name", "計画担当", "--municipality", "iizuka", *options)
    return installation.good(*arguments, typed=typed)


def test_a_new_account_signs_in_with_the_password_that_was_typed_and_never_shown(city: Installation) -> None:
    said = create_user(city, "--office", "planning")
    assert said.endswith(f"{EMAIL} may sign in\n")
    assert PASSWORD not in said
    assert city.lets_in(EMAIL, PASSWORD)
    assert city.audited()[-1] == ("cli", "user.created")


def test_an_account_without_a_password_asks_for_none(city: Installation) -> None:
    assert create_user(city, "--no-password", typed="") == f"{EMAIL} may sign in\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--municipality", "iizuka"), "has an account already"),
        (("--municipality", "nowhere"), "there is no nowhere"),
        (("--municipality", "iizuka", "--office", "mayor"), "mayor is not one of"),
    ],
)
def test_an_account_that_cannot_be_is_refused(city: Installation, options: tuple[str, ...], said: str) -> None:
    create_user(city)
    assert said in city.refused("user", "create", EMAIL, "--name", "計画担当", *options, typed=twice(PASSWORD))
    assert city.count(t.User) == (1,)


def test_a_password_that_is_too_short_is_refused(staffed: Installation) -> None:
    assert "12" in staffed.refused("user", "password", STAFF, typed=twice("short"))
    assert "12" in staffed.refused(
        "user", "create", EMAIL, "--name", "計画担当", "--municipality", "iizuka", typed=twice("short")
    )
    assert not staffed.lets_in(STAFF, "short")


def test_a_password_can_be_given_to_a_person_of_the_organisation_and_changed(staffed: Installation) -> None:
    for password in (PASSWORD, OTHER):
        assert password not in staffed.good("user", "password", STAFF, typed=twice(password))
        assert staffed.lets_in(STAFF, password)
    assert not staffed.lets_in(STAFF, PASSWORD)
    assert staffed.audited()[-2:] == [("cli", "user.password_set")] * 2


def test_a_password_that_is_typed_differently_the_second_time_is_asked_again(staffed: Installation) -> None:
    staffed.run("user", "password", STAFF, typed=f"{PASSWORD}\n{OTHER}\n{twice(OTHER)}")
    assert staffed.lets_in(STAFF, OTHER)


def test_a_blocked_account_and_its_tokens_let_nobody_in_until_it_is_unblocked(staffed: Installation) -> None:
    staffed.good("user", "password", STAFF, typed=twice(PASSWORD))
    token = staffed.good("token", "create", STAFF).strip()
    assert staffed.good("user", "block", STAFF) == f"{STAFF} is blocked\n"
    assert not staffed.lets_in(STAFF, PASSWORD)
    with staffed.database.reading(EVERY_MUNICIPALITY) as session:
        assert sign_in.by_api_token(session, token) is None
    assert staffed.good("user", "unblock", STAFF) == f"{STAFF} may sign in\n"
    assert staffed.lets_in(STAFF, PASSWORD)
    assert staffed.audited()[-2:] == [("cli", "user.blocked"), ("cli", "user.unblocked")]


@pytest.mark.parametrize("command", [("user", "password"), ("user", "block"), ("user", "unblock"), ("token", "revoke")])
def test_an_account_that_is_not_there_is_named_before_anything_is_asked(
    city: Installation, command: tuple[str, str]
) -> None:
    assert city.refused(*command, EMAIL) == f"{EMAIL} has no account; see meguru user create\n"


# Tokens


def test_a_token_is_shown_once_works_and_ends_when_it_is_revoked(staffed: Installation) -> None:
    token = staffed.good("token", "create", STAFF, "--name", "statistics").strip()
    with staffed.database.reading(EVERY_MUNICIPALITY) as session:
        user = sign_in.by_api_token(session, token)
        assert user is not None
        assert user.email == STAFF
    assert "no token named api" in staffed.refused("token", "revoke", STAFF)
    assert staffed.good("token", "revoke", STAFF, "--name", "statistics") == "1 revoked\n"
    with staffed.database.reading(EVERY_MUNICIPALITY) as session:
        assert sign_in.by_api_token(session, token) is None
    assert staffed.audited()[-1] == ("cli", "token.revoked")
    staffed.refused("token", "revoke", STAFF, "--name", "statistics")


def test_nobody_gets_a_token_without_an_account(city: Installation) -> None:
    assert "meguru user create" in city.refused("token", "create", EMAIL)


# Years


def test_opening_a_year_twice_opens_it_once(staffed: Installation) -> None:
    assert staffed.good("cycle", "open", "iizuka-ict", "2026").startswith("opened ")
    assert staffed.good("cycle", "open", "iizuka-ict", "2026").startswith("was open already: ")
    with staffed.database.reading(EVERY_MUNICIPALITY) as session:
        assert [c.fiscal_year for c in session.exec(select(t.AnnualCycle))] == [2026]
        assert len(session.exec(select(t.Outbox)).all()) == 1


def test_a_year_outside_the_plan_is_refused_with_the_years_it_has(staffed: Installation) -> None:
    assert staffed.refused("cycle", "open", "iizuka-ict", "2027") == "iizuka-ict runs from FY2018 to FY2026\n"


def test_a_year_of_a_plan_that_is_not_stored_is_refused(staffed: Installation) -> None:
    assert "there is no plan misato" in staffed.refused("cycle", "open", "misato", "2026")


# The audit log


def test_an_unbroken_audit_log_is_said_to_be_so(staffed: Installation) -> None:
    assert staffed.good("audit", "verify") == "iizuka: unbroken, 2 in all\n"


def test_an_audit_log_that_was_tampered_with_is_named_with_its_first_broken_entry(
    staffed: Installation, tmp_path: Path
) -> None:
    staffed.good("plan", "import", changed(tmp_path, PLAN, "  code: iizuka\n", "  code: neighbour\n"))
    with staffed.database.engine.begin() as connection:
        connection.execute(text("UPDATE auditentry SET actor = 'somebody' WHERE sequence = 2"))
    result = staffed.run("audit", "verify")
    assert result.exit_code == 1
    assert result.stderr == "iizuka: broken at entry 2 (rewritten)\n"
    assert result.stdout == "neighbour: unbroken, 1 in all\n"


def test_an_installation_without_municipalities_has_nothing_to_verify(empty: Installation) -> None:
    assert empty.good("audit", "verify") == ""
