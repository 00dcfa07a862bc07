"""Successions of departments, and when the end of an appointment was acted upon"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "departmentsuccession",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_departmentsuccession_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_departmentsuccession_municipality_id")
        ),
        sa.ForeignKeyConstraint(["successor_id"], ["department.id"], name=op.f("fk_departmentsuccession_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departmentsuccession")),
        sa.UniqueConstraint(
            "department_id",
            "begins_on",
            "successor_id",
            name=op.f("uq_departmentsuccession_department_id_begins_on_successor_id"),
        ),
    )
    with op.batch_alter_table("departmentsuccession", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_departmentsuccession_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_departmentsuccession_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_departmentsuccession_successor_id"), ["successor_id"], unique=False)

    op.add_column("user", sa.Column("left_on", sa.Date(), nullable=True))
    op.add_column("appointment", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    # Whoever moved before this version keeps the tokens and sessions of today: an upgrade ends nothing.
    op.execute("UPDATE appointment SET left_at = CURRENT_TIMESTAMP WHERE valid_until < CURRENT_DATE")


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
