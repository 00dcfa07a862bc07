"""Pauses of a city, and requests that were taken back"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pause",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["begun_by_id"], ["user.id"], name=op.f("fk_pause_begun_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user.id"], name=op.f("fk_pause_ended_by_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_pause_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    lasting = sa.text("ended_on IS NULL")
    with op.batch_alter_table("pause", schema=None) as batch_op:
        batch_op.create_index(
            "ix_pause_lasting", ["municipality_id"], unique=True, sqlite_where=lasting, postgresql_where=lasting
        )
        batch_op.create_index(batch_op.f("ix_pause_municipality_id"), ["municipality_id"], unique=False)

    op.add_column("updaterequest", sa.Column("withdrawn_on", sa.Date(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
