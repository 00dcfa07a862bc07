"""The schema that migrations make is the one that the tables describe."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from db import migrate
from db import tables as t
from db.session import Database
from domain import plan_rules
from domain.body import MembershipRule, SeatRole
from domain.ladder import Rank
from domain.mail_ledger import MailState
from domain.text import Bilingual
from records import plan_reading, plans
from tests.databases import Databases


@pytest.fixture
def fresh(sqlite_databases: Databases) -> Iterator[Database]:
    """A database without any table: SQLite, whose words the old rows here are written in.

    `test_upgrades_with_data` upgrades from every version on either engine.
    """
    with sqlite_databases.blank() as database:
        yield database


def schema(database: Database) -> list[tuple[str, ...]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT name, sql FROM sqlite_master ORDER BY name"))]


def test_a_database_is_current_only_after_the_upgrade(fresh: Database) -> None:
    assert not migrate.is_current(fresh.engine)
    migrate.upgrade(fresh.engine)
    assert migrate.is_current(fresh.engine)


def test_a_database_of_another_version_is_not_current(empty_database: Database) -> None:
    with empty_database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not migrate.is_current(empty_database.engine)


def test_upgrading_twice_changes_nothing(fresh: Database) -> None:
    migrate.upgrade(fresh.engine)
    once = schema(fresh)
    migrate.upgrade(fresh.engine)
    assert schema(fresh) == once


def test_the_migrations_make_exactly_the_tables_of_the_code(empty_database: Database) -> None:
    with empty_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*SQLModel.metadata.tables, "alembic_version"}


def test_every_unique_key_of_the_tables_is_in_the_database(empty_database: Database) -> None:
    """Invariants lean on them: one cycle a year, one claim a mail, one place in the chain."""
    inspector = inspect(empty_database.engine)
    for expected in (
        ("annualcycle", ["plan_id", "fiscal_year"]),
        ("mail", ["request_id", "step_key", "recipient"]),
        ("mail", ["inquiry_id", "step_key", "recipient"]),
        ("keyproject", ["workflow_id"]),
        ("checkin", ["project_id", "number"]),
        ("auditentry", ["municipality_id", "sequence"]),
        ("submission", ["report_id", "revision"]),
        ("progressreport", ["round_id", "node_id"]),
    ):
        table, columns = expected
        assert columns in [key["column_names"] for key in inspector.get_unique_constraints(table)], table


OLD_DEFINITION = {
    "code": "old-plan",
    "name": {"ja": "古い計画", "en": ""},
    "municipality": {"code": "old", "name": {"ja": "古市", "en": ""}},
    "source": {"document": {"ja": "計画書", "en": "Plan"}, "heading": {"ja": "第4章", "en": ""}},
    "first_fiscal_year": 2018,
    "last_fiscal_year": 2026,
    "level_labels": [
        {"level": "policy", "label": {"ja": "基本方針", "en": ""}},
        {"level": "measure", "label": {"ja": "施策", "en": ""}},
    ],
    "terms": [],
    "cycle_opens": {"month": 4, "day": 1},
    "rounds": [],
    "question_set": {"code": "q", "version": 1, "questions": []},
    "grades": [],
    "editions": [{"code": "2018-03", "nodes": []}],
}
"""A plan as version 0.1 kept it."""


def test_a_plan_of_the_first_schema_is_read_after_the_upgrade(fresh: Database) -> None:
    with fresh.engine.begin() as connection:
        command.upgrade(migrate._config(connection), "0001")
        connection.execute(text("INSERT INTO municipality (id, code, name, name_en) VALUES (1, 'old', '古市', '')"))
        connection.execute(
            text(
                "INSERT INTO plan (municipality_id, id, code, name, name_en, definition, mark, mark_en,"
                " clock_seconds_per_day) VALUES (1, 1, 'old-plan', '古い計画', '', :definition, '', '', 86400)"
            ),
            {"definition": json.dumps(OLD_DEFINITION)},
        )
        connection.execute(
            text(
                "INSERT INTO edition (municipality_id, id, plan_id, code, name, name_en, decided, effective_on)"
                " VALUES (1, 1, 1, '2018-03', '策定', '', '2018-03', '2018-04-01')"
            )
        )
        for id_, parent, level, code, measure_class in (
            (1, None, "policy", "1", None),
            (2, 1, "measure", "1-1", "research"),
        ):
            connection.execute(
                text(
                    "INSERT INTO node (municipality_id, id, edition_id, parent_id, level, code, title, title_en,"
                    " measure_class, position) VALUES (1, :id, 1, :parent, :level, :code, '名称', '', :class, :id)"
                ),
                {"id": id_, "parent": parent, "level": level, "code": code, "class": measure_class},
            )
    migrate.upgrade(fresh.engine)
    with fresh.reading(1) as session:
        definition = plan_reading.read(session, plans.find(session, "old-plan"))
        nodes = session.exec(select(t.Node).order_by(t.Node.code)).all()
    assert [(n.is_reported, n.origin_id) for n in nodes] == [(False, 1), (True, 2)]
    assert definition.reported_levels == {"measure"}
    document = definition.document_of(definition.source)
    assert document is not None
    assert document.name.ja == "計画書"
    research = definition.class_of(definition.editions[0].nodes[1].measure_class)
    assert research is not None
    assert research.label.ja == "調査研究"
    assert plan_rules.mistakes(definition) == ()


DEFINITION_OF_0004 = {
    "code": "dx",
    "name": {"ja": "推進方針"},
    "municipality": {"code": "old", "name": {"ja": "古市"}},
    "documents": [{"code": "policy", "name": {"ja": "推進方針"}}],
    "source": {"document": "policy"},
    "levels": [{"code": "theme", "label": {"ja": "テーマ"}, "is_reported": True}],
    "rounds": [],
    "question_set": {"code": "q", "version": 1, "questions": []},
    "grades": [],
    "bodies": [
        {
            "code": "council",
            "name": {"ja": "政策会議"},
            "kind": "body",
            "role": {"ja": "決める"},
            "members": [{"ja": "市長", "en": "Mayor"}, {"ja": "部長級職員"}],
        },
        {"code": "team", "name": {"ja": "チーム"}, "kind": "team", "role": {"ja": ""}, "is_standing": False},
    ],
}
"""A plan as version 0.4 kept it: members of a body in words alone."""

ROWS_OF_0004 = (
    "INSERT INTO municipality (id, code, name, name_en) VALUES (1, 'old', '古市', '')",
    "INSERT INTO edition (municipality_id, id, plan_id, code, name, name_en, decided, effective_on, is_draft, details)"
    " VALUES (1, 1, 1, '2022-03', '策定', '', '2022-03', '2022-04-01', 0, '{}')",
    "INSERT INTO department (municipality_id, id, code, name, name_en, email, valid_from)"
    " VALUES (1, 1, 'soumu', '総務課', '', 'soumu@old.example', '2020-04-01')",
    "INSERT INTO collectionround (municipality_id, id, plan_id, fiscal_year, code, workflow_id, opened_on, due_on,"
    " question_set)"
    " VALUES (1, 1, 1, 2022, 'yearly', 'collection/old/dx/2022/yearly', '2023-02-01', '2023-03-01', '{}')",
    "INSERT INTO updaterequest (municipality_id, id, round_id, department_id, opened_on)"
    " VALUES (1, 7, 1, 1, '2023-02-01')",
    "INSERT INTO mail (municipality_id, id, request_id, step_key, kind, rank, recipient, recipient_name, language,"
    " measures, state, attempts, unknown_ends, message_id, subject, body, error, claimed_on, claimed_at, sent_at)"
    " VALUES (1, 3, 7, 'notice@2023-02-01', 'notice', 'staff', 'soumu@old.example', '', 'ja', '[4]', 'sent', 1, 0,"
    " '<3@old.example>', '進捗報告のお願い', '本文', '', '2023-02-01', '2023-02-01 00:00:00', '2023-02-01 00:01:00')",
    "INSERT INTO document (municipality_id, id, kind, format, file_name, media_type, content, digest, issued_on,"
    " rendered_at) VALUES (1, 5, 'handover', 'pdf', 'a.pdf', 'application/pdf', x'25', 'd', '2023-04-01',"
    " '2023-04-01 00:00:00')",
)


@pytest.fixture
def of_0004(fresh: Database) -> Database:
    """A database of version 0.4 in use, brought up to date."""
    with fresh.engine.begin() as connection:
        command.upgrade(migrate._config(connection), "0004")
        for row in ROWS_OF_0004[:1]:
            connection.execute(text(row))
        connection.execute(
            text(
                "INSERT INTO plan (municipality_id, id, code, name, name_en, definition, mark, mark_en,"
                " clock_seconds_per_day) VALUES (1, 1, 'dx', '推進方針', '', :definition, '', '', 86400)"
            ),
            {"definition": json.dumps(DEFINITION_OF_0004)},
        )
        for row in ROWS_OF_0004[1:]:
            connection.exec_driver_sql(row)
    migrate.upgrade(fresh.engine)
    return fresh


def test_members_of_a_body_are_rules_after_the_upgrade_and_by_what_they_sit_stays_open(of_0004: Database) -> None:
    with of_0004.reading(1) as session:
        definition = plan_reading.read(session, plans.find(session, "dx"))
    assert {b.code: b.members for b in definition.bodies} == {
        "council": (MembershipRule(Bilingual("市長", "Mayor")), MembershipRule(Bilingual("部長級職員"))),
        "team": (),
    }
    assert {m.role for b in definition.bodies for m in b.members} == {SeatRole.MEMBER}
    assert definition.key_projects is None
    assert plan_rules.mistakes(definition) == ()


def test_a_mail_keeps_its_request_and_its_rank_and_belongs_to_no_inquiry_after_the_upgrade(of_0004: Database) -> None:
    with of_0004.reading(1) as session:
        mail = session.exec(select(t.Mail)).one()
        request = session.exec(select(t.UpdateRequest)).one()
        document = session.exec(select(t.Document)).one()
    assert (mail.request_id, mail.rank, mail.inquiry_id, mail.addressee) == (request.id, Rank.STAFF, None, None)
    assert (mail.state, mail.message_id, mail.measures) == (MailState.SENT, "<3@old.example>", [4])
    assert (document.file_name, document.project_id, document.meeting_id) == ("a.pdf", None, None)


def test_one_step_of_a_request_is_still_claimed_once_per_recipient_after_the_upgrade(of_0004: Database) -> None:
    again = ROWS_OF_0004[5].replace("(1, 3, 7,", "(1, 4, 7,").replace("<3@", "<4@")
    assert again != ROWS_OF_0004[5]
    with pytest.raises(IntegrityError, match="UNIQUE"), of_0004.engine.begin() as connection:
        connection.exec_driver_sql(again)


def test_the_upgraded_database_has_exactly_the_tables_of_the_code(of_0004: Database) -> None:
    with of_0004.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, SQLModel.metadata) == []
