"""Settings: a wrong value is refused at start with the variable's name and what it should be."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

import settings
from mail_client import mailer
from settings import Settings, WrongSettings, variable_of


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No variable of this machine reaches a test, and none of a test the next one."""
    for name in [n for n in os.environ if n.startswith(("MEGURU_", "TEMPORAL_", "OTEL_"))]:
        monkeypatch.delenv(name)
    settings.load.cache_clear()
    yield
    settings.load.cache_clear()


KEY = b64encode(bytes(range(32))).decode()
WRONG = [
    ("MEGURU_DATABASE_URL", "mysql://localhost/meguru", "must start with sqlite:/// or postgresql+psycopg://"),
    ("MEGURU_DATABASE_URL", "meguru.sqlite", "must be a SQLAlchemy URL such as sqlite:///meguru.sqlite"),
    ("MEGURU_BASE_URL", "meguru.city.example", "Where people reach the application"),
    ("MEGURU_BASE_URL", "ftp://meguru.city.example", "Where people reach the application"),
    ("MEGURU_WEB_PORT", "0", "1 to 65535"),
    ("MEGURU_WEB_PORT", "eighty", "1 to 65535"),
    ("MEGURU_SESSION_HOURS", "0", "1 to 72"),
    ("MEGURU_SESSION_HOURS", "73", "1 to 72"),
    ("MEGURU_LOCAL_SIGN_IN", "perhaps", "false to let people in by OpenID Connect only"),
    ("MEGURU_OIDC_ISSUER", "id.city.example", "must be https://…, http:// on this machine only"),
    ("MEGURU_OIDC_ISSUER", "http://id.city.example", "must be https://…, http:// on this machine only"),
    ("MEGURU_OIDC_SCOPES", "email profile", "must contain openid"),
    ("MEGURU_OIDC_ROLES", "kikaku", "must be such as kikaku=planning, jouhou=administrator"),
    ("MEGURU_OIDC_ROLES", "kikaku=section_head", "must be such as kikaku=planning, jouhou=administrator"),
    ("TEMPORAL_ADDRESS", "localhost", "must be host:port, such as localhost:7233"),
    ("TEMPORAL_ADDRESS", "localhost:port", "must be host:port, such as localhost:7233"),
    ("TEMPORAL_ADDRESS", ":7233", "must be host:port, such as localhost:7233"),
    ("TEMPORAL_TLS", "perhaps", "true to use TLS"),
    ("TEMPORAL_TLS_CA", "/no/such/file.pem", "/no/such/file.pem is none"),
    ("MEGURU_PAYLOAD_KEYS", "2026-11", "number 1 is not an ID:KEY"),
    ("MEGURU_PAYLOAD_KEYS", "2026-11:c2hvcnQ=", "number 1 is not an ID:KEY"),
    ("MEGURU_PAYLOAD_KEYS", f"2026-11:鍵{KEY[1:]}", "number 1 is not an ID:KEY"),
    ("MEGURU_PAYLOAD_KEYS", f"two words:{KEY}", "number 1 is not an ID:KEY"),
    ("MEGURU_PAYLOAD_KEYS", f"2026-11:{KEY},", "number 2 is not an ID:KEY"),
    ("MEGURU_PAYLOAD_KEYS", f"2026-11:{KEY}, 2026-11:{KEY}", "number 2 has the id of another key"),
    ("MEGURU_SMTP_PORT", "65536", "1 to 65535"),
    ("MEGURU_SMTP_SECURITY", "ssl", "none, starttls or tls"),
    ("MEGURU_SMTP_SENDER", "meguru", "must be a mail address, such as keikaku@city.example.lg.jp"),
    ("MEGURU_SMTP_SENDER", "@city.example", "must be a mail address, such as keikaku@city.example.lg.jp"),
    ("MEGURU_RELAY_SECONDS", "0", "Seconds between two looks into the outbox"),
    ("MEGURU_SCHEDULER_MINUTES", "0", "Minutes between two looks at the calendar"),
    ("MEGURU_SCHEDULER_MINUTES", "1441", "Minutes between two looks at the calendar"),
    ("MEGURU_LOG_FORMAT", "xml", "text or json"),
    ("MEGURU_METRICS_PORT", "65533", "First of four ports for Prometheus, 1 to 65532"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "must be http://… or https://…"),
]


@pytest.mark.parametrize(
    ("variable", "value", "should_be"), WRONG, ids=[f"{w[0]}={w[1].replace(KEY[1:], 'KEY')}" for w in WRONG]
)
def test_a_wrong_value_is_refused_by_name_with_what_it_should_be(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, should_be: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(WrongSettings) as refused:
        settings.load()
    [line] = str(refused.value).splitlines()
    assert line.startswith(f"{variable}: ")
    assert should_be in line
    assert KEY[1:] not in line


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURU_WEB_PORT", "x")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "x")
    with pytest.raises(WrongSettings) as refused:
        settings.load()
    assert {line.partition(":")[0] for line in str(refused.value).splitlines()} == {
        "MEGURU_WEB_PORT",
        "TEMPORAL_ADDRESS",
    }


def test_a_secret_is_never_shown_in_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURU_DATABASE_URL", "mysql://meguru:himitsu@localhost/meguru")
    for variable in SECRET:
        monkeypatch.setenv(variable, "himitsu")
    with pytest.raises(WrongSettings) as refused:
        settings.load()
    assert "MEGURU_DATABASE_URL" in str(refused.value)
    assert "MEGURU_PAYLOAD_KEYS" in str(refused.value)
    assert "himitsu" not in f"{refused.value} {refused.value.__cause__}"


SECRET = ("MEGURU_SMTP_PASSWORD", "MEGURU_OIDC_CLIENT_SECRET", "MEGURU_PAYLOAD_KEYS", "TEMPORAL_API_KEY")


def test_a_secret_does_not_stand_in_what_a_traceback_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURU_DATABASE_URL", f"postgresql+psycopg://meguru:{KEY[:8]}@db/meguru")
    for variable in SECRET:
        monkeypatch.setenv(variable, f"1:{KEY}")
    assert settings.load().temporal_api_key == f"1:{KEY}"
    assert KEY[:8] not in repr(settings.load())


def test_a_file_may_hold_a_setting_and_the_environment_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, said in {
        "MEGURU_SMTP_PASSWORD": "himitsu\n",
        "TEMPORAL_API_KEY": "kagi",
        "MEGURU_PAYLOAD_KEYS": "",
    }.items():
        (tmp_path / name).write_text(said)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("TEMPORAL_API_KEY", "another")
    found = settings.load()
    assert (found.smtp_password, found.temporal_api_key, found.keys_of_payloads) == ("himitsu", "another", {})


@pytest.mark.parametrize("folder", ["", "/no/such/folder"])
def test_without_a_folder_of_credentials_nothing_is_read(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", folder)
    assert settings.load().smtp_password == ""


def test_the_newest_key_stands_first_and_a_new_one_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings.new_payload_key("2026-11")
    monkeypatch.setenv("MEGURU_PAYLOAD_KEYS", f" {made}, 2026-04:{KEY} ")
    found = settings.load().keys_of_payloads
    assert list(found) == ["2026-11", "2026-04"]
    assert found["2026-04"] == bytes(range(32))
    assert made != settings.new_payload_key("2026-11")


def test_a_client_certificate_and_its_key_come_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cert = tmp_path / "client.pem"
    cert.write_text("-----BEGIN CERTIFICATE-----")
    monkeypatch.setenv("TEMPORAL_TLS_CERT", str(cert))
    with pytest.raises(WrongSettings, match="TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY must be given together"):
        settings.load()
    monkeypatch.setenv("TEMPORAL_TLS_KEY", str(cert))
    assert settings.load().uses_tls


def test_the_citys_sign_in_comes_with_its_name_and_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURU_OIDC_ISSUER", "https://id.city.example/realms/city")
    monkeypatch.setenv("MEGURU_OIDC_CLIENT_ID", "meguru")
    with pytest.raises(WrongSettings, match="needs MEGURU_OIDC_CLIENT_ID and MEGURU_OIDC_CLIENT_SECRET"):
        settings.load()
    monkeypatch.setenv("MEGURU_OIDC_CLIENT_SECRET", "himitsu")
    monkeypatch.setenv("MEGURU_OIDC_ROLES", "cn=企画 = planning,jouhou=administrator,")
    found = settings.load()
    assert found.oidc_issuer == "https://id.city.example/realms/city"
    assert found.offices_of_groups == (("cn=企画", "planning"), ("jouhou", "administrator"))


def test_local_accounts_cannot_be_switched_off_where_there_is_no_other_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURU_LOCAL_SIGN_IN", "false")
    with pytest.raises(WrongSettings, match="nobody could sign in"):
        settings.load()


def test_without_any_variable_everything_has_a_value_that_works() -> None:
    found = settings.load()
    assert found.database_url == "sqlite:///meguru.sqlite"
    assert found.temporal_address == "localhost:7233"
    assert not found.uses_tls


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEGURU_WEB_PORT", "")
    assert settings.load().web_port == 8420


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MEGURU_DATABASE_URL", "postgresql+psycopg://meguru@db/meguru"),
        ("MEGURU_BASE_URL", "https://meguru.city.example.lg.jp/"),
        ("MEGURU_SMTP_SENDER", "keikaku@city.example.lg.jp"),
        ("TEMPORAL_ADDRESS", "meguru.tmprl.cloud:7233"),
        ("MEGURU_RELAY_SECONDS", "0.1"),
    ],
)
def test_a_right_value_is_taken(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    field = next(f for f in Settings.model_fields if variable_of(f) == variable)
    assert str(getattr(settings.load(), field)) == value


@pytest.mark.parametrize(
    ("variable", "value"),
    [("TEMPORAL_TLS", "true"), ("TEMPORAL_API_KEY", "key"), ("TEMPORAL_TLS_SERVER_NAME", "temporal.city.example")],
)
def test_tls_is_on_when_asked_for_or_when_a_key_must_be_kept_secret(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert settings.load().uses_tls


def test_settings_are_read_once_and_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    first = settings.load()
    monkeypatch.setenv("MEGURU_WEB_PORT", "9000")
    assert settings.load() is first
    with pytest.raises(ValueError, match="frozen"):
        setattr(first, "web_port", 9000)  # noqa: B010 (a type checker refuses it too)


def test_every_setting_says_what_it_is_and_has_a_variable_of_its_own() -> None:
    variables = [variable_of(field) for field in Settings.model_fields]
    assert len(set(variables)) == len(variables)
    assert all(name.startswith(("MEGURU_", "TEMPORAL_", "OTEL_")) for name in variables)
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("security", "use_tls", "start_tls"), [("none", False, False), ("starttls", False, True), ("tls", True, False)]
)
def test_mail_security_is_what_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, security: str, use_tls: bool, start_tls: bool
) -> None:
    monkeypatch.setenv("MEGURU_SMTP_SECURITY", security)
    server = mailer(settings.load())._server
    assert (server.use_tls, server.start_tls) == (use_tls, start_tls)
