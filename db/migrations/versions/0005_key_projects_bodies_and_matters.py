"""Key projects, the seats of bodies and teams, matters and meetings, and what waits for an answer"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keyproject",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("hypothesis", sa.String(), nullable=False),
        sa.Column("beneficiaries", sa.String(), nullable=False),
        sa.Column("first_goal", sa.String(), nullable=False),
        sa.Column("first_path", sa.String(), nullable=False),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("cadence", sa.String(length=40), nullable=False),
        sa.Column("cadence_since", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("begun_on", sa.Date(), nullable=True),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into_id"], ["keyproject.id"], name=op.f("fk_keyproject_merged_into_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_keyproject_municipality_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user.id"], name=op.f("fk_keyproject_opened_by_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_keyproject_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keyproject")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_keyproject_plan_id_code")),
        sa.UniqueConstraint("workflow_id", name=op.f("uq_keyproject_workflow_id")),
    )
    with op.batch_alter_table("keyproject", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_keyproject_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_keyproject_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_name", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("begins_at", sa.Time(), nullable=False),
        sa.Column("ends_at", sa.Time(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("cancelled_reason", sa.String(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_meeting_municipality_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_meeting_plan_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_meeting_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("workflow_id", name=op.f("uq_meeting_workflow_id")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "secretariat",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_secretariat_department_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_secretariat_municipality_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_secretariat_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secretariat")),
        sa.UniqueConstraint("plan_id", "body", "valid_from", name=op.f("uq_secretariat_plan_id_body_valid_from")),
    )
    with op.batch_alter_table("secretariat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_secretariat_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_secretariat_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "projectindicator",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("dropped_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_projectindicator_municipality_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["keyproject.id"], name=op.f("fk_projectindicator_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projectindicator")),
        sa.UniqueConstraint("project_id", "label", name=op.f("uq_projectindicator_project_id_label")),
    )
    with op.batch_alter_table("projectindicator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_projectindicator_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_projectindicator_project_id"), ["project_id"], unique=False)

    op.create_table(
        "trial",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("hypothesis", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("done", sa.String(), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.Column("learning", sa.String(), nullable=False),
        sa.Column("next", sa.String(), nullable=False),
        sa.Column("abolishes", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_trial_municipality_id")),
        sa.ForeignKeyConstraint(["project_id"], ["keyproject.id"], name=op.f("fk_trial_project_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_trial_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_trial_project_id_number")),
    )
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trial_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trial_project_id"), ["project_id"], unique=False)

    op.create_table(
        "projectnode",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_projectnode_municipality_id")),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name=op.f("fk_projectnode_node_id")),
        sa.ForeignKeyConstraint(["project_id"], ["keyproject.id"], name=op.f("fk_projectnode_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projectnode")),
        sa.UniqueConstraint("project_id", "node_id", name=op.f("uq_projectnode_project_id_node_id")),
    )
    with op.batch_alter_table("projectnode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_projectnode_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_projectnode_node_id"), ["node_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_projectnode_project_id"), ["project_id"], unique=False)

    op.create_table(
        "termevaluation",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.Column("good", sa.JSON(), nullable=False),
        sa.Column("to_do", sa.JSON(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evaluated_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["evaluated_by_id"], ["user.id"], name=op.f("fk_termevaluation_evaluated_by_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_termevaluation_municipality_id")
        ),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name=op.f("fk_termevaluation_node_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_termevaluation_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_termevaluation")),
        sa.UniqueConstraint("plan_id", "term", "node_id", name=op.f("uq_termevaluation_plan_id_term_node_id")),
    )
    with op.batch_alter_table("termevaluation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_termevaluation_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_termevaluation_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "triggerevent",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("calls_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_triggerevent_municipality_id")),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name=op.f("fk_triggerevent_node_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_triggerevent_plan_id")),
        sa.ForeignKeyConstraint(["project_id"], ["keyproject.id"], name=op.f("fk_triggerevent_project_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_triggerevent_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triggerevent")),
    )
    with op.batch_alter_table("triggerevent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_triggerevent_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_triggerevent_node_id"), ["node_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_triggerevent_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_triggerevent_project_id"), ["project_id"], unique=False)

    op.create_table(
        "checkin",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("question_set", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["edited_by_id"], ["user.id"], name=op.f("fk_checkin_edited_by_id")),
        sa.ForeignKeyConstraint(["event_id"], ["triggerevent.id"], name=op.f("fk_checkin_event_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_checkin_municipality_id")),
        sa.ForeignKeyConstraint(["project_id"], ["keyproject.id"], name=op.f("fk_checkin_project_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["user.id"], name=op.f("fk_checkin_submitted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_checkin_project_id_number")),
    )
    with op.batch_alter_table("checkin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkin_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_checkin_project_id"), ["project_id"], unique=False)

    op.create_table(
        "eventcall",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["check_in_id"], ["checkin.id"], name=op.f("fk_eventcall_check_in_id")),
        sa.ForeignKeyConstraint(["event_id"], ["triggerevent.id"], name=op.f("fk_eventcall_event_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_eventcall_municipality_id")),
        sa.ForeignKeyConstraint(["project_id"], ["keyproject.id"], name=op.f("fk_eventcall_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eventcall")),
        sa.UniqueConstraint("event_id", "project_id", name=op.f("uq_eventcall_event_id_project_id")),
    )
    with op.batch_alter_table("eventcall", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_eventcall_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_eventcall_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_eventcall_project_id"), ["project_id"], unique=False)

    op.create_table(
        "matter",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("check_in_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("papers", sa.String(), nullable=False),
        sa.Column("proposal", sa.JSON(), nullable=True),
        sa.Column("wanted_by", sa.Date(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["check_in_id"], ["checkin.id"], name=op.f("fk_matter_check_in_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_matter_municipality_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_matter_plan_id")),
        sa.ForeignKeyConstraint(["project_id"], ["keyproject.id"], name=op.f("fk_matter_project_id")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["user.id"], name=op.f("fk_matter_raised_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_matter_plan_id_number")),
        sa.UniqueConstraint("workflow_id", name=op.f("uq_matter_workflow_id")),
    )
    with op.batch_alter_table("matter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matter_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matter_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matter_project_id"), ["project_id"], unique=False)

    op.create_table(
        "projectfigure",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("check_in_id", sa.Integer(), nullable=True),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["check_in_id"], ["checkin.id"], name=op.f("fk_projectfigure_check_in_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["projectindicator.id"], name=op.f("fk_projectfigure_indicator_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_projectfigure_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projectfigure")),
        sa.UniqueConstraint("indicator_id", "measured_on", name=op.f("uq_projectfigure_indicator_id_measured_on")),
    )
    with op.batch_alter_table("projectfigure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_projectfigure_indicator_id"), ["indicator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_projectfigure_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "matterstage",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_name", sa.String(), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_matterstage_matter_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_matterstage_meeting_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_matterstage_municipality_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_matterstage_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matterstage")),
        sa.UniqueConstraint("matter_id", "position", name=op.f("uq_matterstage_matter_id_position")),
    )
    with op.batch_alter_table("matterstage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matterstage_matter_id"), ["matter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matterstage_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matterstage_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "projectteam",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=False),
        sa.Column("founded_reason", sa.String(), nullable=False),
        sa.Column("founded_by", sa.String(), nullable=False),
        sa.Column("founded_matter_id", sa.Integer(), nullable=True),
        sa.Column("dissolved_on", sa.Date(), nullable=True),
        sa.Column("dissolved_reason", sa.String(), nullable=False),
        sa.Column("dissolved_by", sa.String(), nullable=False),
        sa.Column("dissolved_matter_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dissolved_matter_id"], ["matter.id"], name=op.f("fk_projectteam_dissolved_matter_id")
        ),
        sa.ForeignKeyConstraint(["founded_matter_id"], ["matter.id"], name=op.f("fk_projectteam_founded_matter_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_projectteam_municipality_id")),
        sa.ForeignKeyConstraint(["project_id"], ["keyproject.id"], name=op.f("fk_projectteam_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projectteam")),
    )
    with op.batch_alter_table("projectteam", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_projectteam_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_projectteam_project_id"), ["project_id"], unique=False)

    op.create_table(
        "routedecision",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("check_in_id", sa.Integer(), nullable=True),
        sa.Column("matter_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["check_in_id"], ["checkin.id"], name=op.f("fk_routedecision_check_in_id")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_routedecision_matter_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["keyproject.id"], name=op.f("fk_routedecision_merged_into_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_routedecision_municipality_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["keyproject.id"], name=op.f("fk_routedecision_project_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_routedecision_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routedecision")),
    )
    with op.batch_alter_table("routedecision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_routedecision_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_routedecision_project_id"), ["project_id"], unique=False)

    op.create_table(
        "meetingitem",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=True),
        sa.Column("consultation_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_meetingitem_consultation_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meetingitem_meeting_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_meetingitem_municipality_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["matterstage.id"], name=op.f("fk_meetingitem_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetingitem")),
        sa.UniqueConstraint("meeting_id", "consultation_id", name=op.f("uq_meetingitem_meeting_id_consultation_id")),
        sa.UniqueConstraint("meeting_id", "stage_id", name=op.f("uq_meetingitem_meeting_id_stage_id")),
    )
    with op.batch_alter_table("meetingitem", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetingitem_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetingitem_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "seat",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("left_reason", sa.String(), nullable=False),
        sa.Column("successor_wanted_on", sa.Date(), nullable=True),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_seat_department_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_seat_municipality_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_seat_plan_id")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["seat.id"], name=op.f("fk_seat_replaced_by_id")),
        sa.ForeignKeyConstraint(["team_id"], ["projectteam.id"], name=op.f("fk_seat_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_seat_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_user_id"), ["user_id"], unique=False)

    op.create_table(
        "inquiry",
        sa.Column("municipality_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("check_in_id", sa.Integer(), nullable=True),
        sa.Column("stage_id", sa.Integer(), nullable=True),
        sa.Column("seat_id", sa.Integer(), nullable=True),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done", sa.JSON(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["check_in_id"], ["checkin.id"], name=op.f("fk_inquiry_check_in_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_inquiry_meeting_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_inquiry_municipality_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_inquiry_plan_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_inquiry_seat_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["matterstage.id"], name=op.f("fk_inquiry_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquiry_check_in_id"), ["check_in_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiry_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiry_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiry_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiry_seat_id"), ["seat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiry_stage_id"), ["stage_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiry_workflow_id"), ["workflow_id"], unique=False)

    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_department_parent_id"), "department", ["parent_id"], ["id"])

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("project_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("meeting_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_document_meeting_id_kind_format"), ["meeting_id", "kind", "format"]
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_document_project_id_kind_format"), ["project_id", "kind", "format"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_document_project_id"), "keyproject", ["project_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_document_meeting_id"), "meeting", ["meeting_id"], ["id"])

    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("inquiry_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("addressee", sa.String(length=40), nullable=True))
        batch_op.alter_column("request_id", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column("rank", existing_type=sa.String(length=40), nullable=True)
        batch_op.create_index(batch_op.f("ix_mail_inquiry_id"), ["inquiry_id"], unique=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_mail_inquiry_id_step_key_recipient"), ["inquiry_id", "step_key", "recipient"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_mail_inquiry_id"), "inquiry", ["inquiry_id"], ["id"])

    _say_members_by_rule()


def _say_members_by_rule() -> None:
    """What a plan says of a body's members became a rule each: its words, and by what one sits there (not known)."""
    plans = sa.table("plan", sa.column("id", sa.Integer), sa.column("definition", sa.JSON))
    connection = op.get_bind()
    for plan, definition in connection.execute(sa.select(plans.c.id, plans.c.definition)).all():
        bodies = [
            {**body, "members": [{"label": member} for member in body.get("members", ())]}
            for body in definition.get("bodies", ())
        ]
        stored = {**definition, "bodies": bodies}
        connection.execute(sa.update(plans).where(plans.c.id == plan).values(definition=stored))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
