"""Editions with lineage, indicators, achievements and links"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lineage",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_lineage_edition_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_lineage_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lineage")),
    )
    with op.batch_alter_table("lineage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lineage_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lineage_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "achievement",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_achievement_municipality_id")),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name=op.f("fk_achievement_node_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_achievement_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievement")),
    )
    with op.batch_alter_table("achievement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_achievement_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_achievement_node_id"), ["node_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_achievement_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "indicator",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_indicator_municipality_id")),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name=op.f("fk_indicator_node_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_indicator_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_indicator_plan_id_code")),
    )
    with op.batch_alter_table("indicator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_indicator_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_indicator_node_id"), ["node_id"], unique=False)

    op.create_table(
        "lineageend",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lineage_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["lineage_id"], ["lineage.id"], name=op.f("fk_lineageend_lineage_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_lineageend_municipality_id")),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name=op.f("fk_lineageend_node_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lineageend")),
        sa.UniqueConstraint("lineage_id", "node_id", name=op.f("uq_lineageend_lineage_id_node_id")),
    )
    with op.batch_alter_table("lineageend", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lineageend_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lineageend_node_id"), ["node_id"], unique=False)

    op.create_table(
        "nodelink",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_nodelink_municipality_id")),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name=op.f("fk_nodelink_node_id")),
        sa.ForeignKeyConstraint(["other_id"], ["node.id"], name=op.f("fk_nodelink_other_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_nodelink_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nodelink")),
        sa.UniqueConstraint("node_id", "kind", "other_id", name=op.f("uq_nodelink_node_id_kind_other_id")),
    )
    with op.batch_alter_table("nodelink", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nodelink_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nodelink_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nodelink_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "indicatorvalue",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("upper", sa.String(), nullable=True),
        sa.Column("at", sa.Date(), nullable=True),
        sa.Column("fiscal_year", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_indicatorvalue_indicator_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_indicatorvalue_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicatorvalue")),
    )
    with op.batch_alter_table("indicatorvalue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_indicatorvalue_indicator_id"), ["indicator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_indicatorvalue_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "upload",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_upload_municipality_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_upload_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_user_id"), ["user_id"], unique=False)

    op.add_column("edition", sa.Column("is_draft", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("edition", sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("node", sa.Column("is_reported", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("node", sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))
    # In one statement, which SQLite can do too: a batch would rebuild a table that others refer to.
    op.execute("ALTER TABLE node ADD COLUMN origin_id INTEGER CONSTRAINT fk_node_origin_id REFERENCES node (id)")
    op.create_index("ix_node_origin_id", "node", ["origin_id"])
    if op.get_bind().dialect.name == "postgresql":  # the codes are the plan's own now; SQLite knows no lengths
        op.alter_column("node", "level", type_=sa.String())
        op.alter_column("node", "measure_class", type_=sa.String())
    op.execute("UPDATE node SET is_reported = (level = 'measure'), origin_id = id")
    _rewrite_definitions()


def _rewrite_definitions() -> None:
    """What version 0.1 kept inside the definition has rows now; levels, classes and documents are data."""
    plan = sa.table("plan", sa.column("id", sa.Integer), sa.column("definition", sa.JSON))
    for row in op.get_bind().execute(sa.select(plan.c.id, plan.c.definition)).all():
        told = dict(row.definition)
        told["editions"] = []
        told["levels"] = [
            {"code": one["level"], "label": one["label"], "is_reported": one["level"] == "measure"}
            for one in told.pop("level_labels", [])
        ]
        told["classes"] = _CLASSES
        source = told["source"]
        told["documents"] = [{"code": "plan", "name": source["document"]}]
        told["source"] = {"document": "plan", "heading": source["heading"]}
        op.execute(plan.update().where(plan.c.id == row.id).values(definition=told))


_CLASSES = [
    {"code": "priority", "label": {"ja": "重点", "en": "Priority"}},
    {"code": "promotion", "label": {"ja": "推進", "en": "Promotion"}},
    {"code": "research", "label": {"ja": "調査研究", "en": "Research"}},
]


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
