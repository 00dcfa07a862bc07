"""Reviews of a term, and opinions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phasereview",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=True),
        sa.Column("takes_public_opinions", sa.Boolean(), nullable=False),
        sa.Column("opinions_from", sa.Date(), nullable=True),
        sa.Column("opinions_until", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("outcome_reason", sa.String(), nullable=False),
        sa.Column("edition_head", sa.JSON(), nullable=True),
        sa.Column("made_edition_id", sa.Integer(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_phasereview_edition_id")),
        sa.ForeignKeyConstraint(["made_edition_id"], ["edition.id"], name=op.f("fk_phasereview_made_edition_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_phasereview_municipality_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_phasereview_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phasereview")),
        sa.UniqueConstraint("plan_id", "term", name=op.f("uq_phasereview_plan_id_term")),
        sa.UniqueConstraint("workflow_id", name=op.f("uq_phasereview_workflow_id")),
    )
    with op.batch_alter_table("phasereview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phasereview_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_phasereview_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "consultation",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_name", sa.String(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_consultation_municipality_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_consultation_recorded_by_id")),
        sa.ForeignKeyConstraint(["review_id"], ["phasereview.id"], name=op.f("fk_consultation_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint(
            "review_id", "attempt", "position", name=op.f("uq_consultation_review_id_attempt_position")
        ),
    )
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consultation_review_id"), ["review_id"], unique=False)

    op.create_table(
        "criterionanswer",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user.id"], name=op.f("fk_criterionanswer_answered_by_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_criterionanswer_municipality_id")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["phasereview.id"], name=op.f("fk_criterionanswer_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterionanswer")),
        sa.UniqueConstraint("review_id", "criterion", name=op.f("uq_criterionanswer_review_id_criterion")),
    )
    with op.batch_alter_table("criterionanswer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_criterionanswer_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "newmeasureproposal",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("measure_class", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("declined_reason", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_newmeasureproposal_department_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_newmeasureproposal_municipality_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["node.id"], name=op.f("fk_newmeasureproposal_parent_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user.id"], name=op.f("fk_newmeasureproposal_proposed_by_id")),
        sa.ForeignKeyConstraint(["review_id"], ["phasereview.id"], name=op.f("fk_newmeasureproposal_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newmeasureproposal")),
    )
    with op.batch_alter_table("newmeasureproposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_newmeasureproposal_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_newmeasureproposal_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_newmeasureproposal_review_id"), ["review_id"], unique=False)

    op.create_table(
        "opinion",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("import_key", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("reflection", sa.String(length=40), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user.id"], name=op.f("fk_opinion_answered_by_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_opinion_municipality_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_opinion_plan_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_opinion_recorded_by_id")),
        sa.ForeignKeyConstraint(["review_id"], ["phasereview.id"], name=op.f("fk_opinion_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sa.UniqueConstraint("plan_id", "import_key", name=op.f("uq_opinion_plan_id_import_key")),
    )
    with op.batch_alter_table("opinion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opinion_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_opinion_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_opinion_review_id"), ["review_id"], unique=False)

    op.create_table(
        "measuredecision",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_measuredecision_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_measuredecision_municipality_id")
        ),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name=op.f("fk_measuredecision_node_id")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["newmeasureproposal.id"], name=op.f("fk_measuredecision_proposal_id")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["phasereview.id"], name=op.f("fk_measuredecision_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measuredecision")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_measuredecision_proposal_id")),
        sa.UniqueConstraint("review_id", "node_id", name=op.f("uq_measuredecision_review_id_node_id")),
    )
    with op.batch_alter_table("measuredecision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measuredecision_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_measuredecision_review_id"), ["review_id"], unique=False)

    op.create_table(
        "opinionnode",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opinion_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_opinionnode_municipality_id")),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name=op.f("fk_opinionnode_node_id")),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinion.id"], name=op.f("fk_opinionnode_opinion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinionnode")),
        sa.UniqueConstraint("opinion_id", "node_id", name=op.f("uq_opinionnode_opinion_id_node_id")),
    )
    with op.batch_alter_table("opinionnode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opinionnode_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_opinionnode_node_id"), ["node_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_opinionnode_opinion_id"), ["opinion_id"], unique=False)

    op.add_column("collectionround", sa.Column("plan_id", sa.Integer(), nullable=True))
    op.add_column("collectionround", sa.Column("fiscal_year", sa.Integer(), nullable=True))
    for column in ("plan_id", "fiscal_year"):
        op.execute(
            f"UPDATE collectionround SET {column} = "
            f"(SELECT {column} FROM annualcycle WHERE annualcycle.id = collectionround.cycle_id)"
        )
    with op.batch_alter_table("collectionround", schema=None) as batch_op:
        batch_op.alter_column("plan_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("fiscal_year", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("cycle_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("review_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_collectionround_plan_id"), ["plan_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_collectionround_review_id_code"), ["review_id", "code"])
        batch_op.create_foreign_key(batch_op.f("fk_collectionround_plan_id"), "plan", ["plan_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_collectionround_review_id"), "phasereview", ["review_id"], ["id"])

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.alter_column("cycle_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("review_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_document_review_id_kind_format"), ["review_id", "kind", "format"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_document_review_id"), "phasereview", ["review_id"], ["id"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
