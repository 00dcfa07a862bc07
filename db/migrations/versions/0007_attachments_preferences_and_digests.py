"""Attachments, versions of question sets, what people arranged for themselves, digests, identities from outside"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("recipient_name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("digest_on", sa.Date(), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unknown_ends", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_digest_municipality_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_digest_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("message_id", name=op.f("uq_digest_message_id")),
        sa.UniqueConstraint(
            "municipality_id", "recipient", "digest_on", name=op.f("uq_digest_municipality_id_recipient_digest_on")
        ),
        sa.UniqueConstraint("workflow_id", name=op.f("uq_digest_workflow_id")),
    )
    with op.batch_alter_table("digest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_digest_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_digest_state"), ["state"], unique=False)

    op.create_table(
        "externalidentity",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_externalidentity_municipality_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_externalidentity_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_externalidentity")),
        sa.UniqueConstraint(
            "issuer", "subject", "municipality_id", name=op.f("uq_externalidentity_issuer_subject_municipality_id")
        ),
    )
    with op.batch_alter_table("externalidentity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_externalidentity_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_externalidentity_user_id"), ["user_id"], unique=False)

    op.create_table(
        "mailpreference",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("wants_digest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_mailpreference_municipality_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mailpreference_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailpreference")),
        sa.UniqueConstraint("municipality_id", "user_id", name=op.f("uq_mailpreference_municipality_id_user_id")),
    )
    with op.batch_alter_table("mailpreference", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mailpreference_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "questionsetversion",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question_set", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_questionsetversion_made_by_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_questionsetversion_municipality_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_questionsetversion_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionsetversion")),
        sa.UniqueConstraint("plan_id", "version", name=op.f("uq_questionsetversion_plan_id_version")),
    )
    with op.batch_alter_table("questionsetversion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questionsetversion_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "savedview",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_savedview_municipality_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_savedview_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savedview")),
        sa.UniqueConstraint("user_id", "page", "name", name=op.f("uq_savedview_user_id_page_name")),
    )
    with op.batch_alter_table("savedview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_savedview_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_savedview_user_id"), ["user_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("matter_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attached_by_id"], ["user.id"], name=op.f("fk_attachment_attached_by_id")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_attachment_matter_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_attachment_municipality_id")),
        sa.ForeignKeyConstraint(["report_id"], ["progressreport.id"], name=op.f("fk_attachment_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_matter_id"), ["matter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_report_id"), ["report_id"], unique=False)

    op.create_table(
        "attachmentcontent",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_attachmentcontent_attachment_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_attachmentcontent_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachmentcontent")),
        sa.UniqueConstraint(
            "municipality_id", "attachment_id", name=op.f("uq_attachmentcontent_municipality_id_attachment_id")
        ),
    )
    with op.batch_alter_table("attachmentcontent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachmentcontent_municipality_id"), ["municipality_id"], unique=False)

    with op.batch_alter_table("collectionround", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rules", sa.JSON(), nullable=True))

    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("progressreport", schema=None) as batch_op:
        batch_op.add_column(sa.Column("return_remarks", sa.JSON(), nullable=False, server_default="[]"))

    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_upload_request_id"), "updaterequest", ["request_id"], ["id"])

    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("settled_note", sa.String(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_mail_digest_id"), ["digest_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_mail_digest_id"), "digest", ["digest_id"], ["id"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
