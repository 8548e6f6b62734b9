"""What a request's kind asks, its clock, its loop of questions, its monitor.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("request_decision", sa.Column("confirmed_by", sa.Uuid(), nullable=True))
    op.add_column("request_decision", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "push",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("supplier", sa.String(length=80), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("provision", sa.String(length=60), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disclosure_id", sa.Uuid(), nullable=True),
        sa.Column("necessity", sa.LargeBinary(), nullable=True),
        sa.Column("proportionality", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_push_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "record_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_push_partnership_record_id_case_record"),
        ),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.code"], name=op.f("fk_push_partnership_partnership")),
        sa.ForeignKeyConstraint(["recipient"], ["organisation.code"], name=op.f("fk_push_recipient_organisation")),
        sa.ForeignKeyConstraint(["supplier"], ["organisation.code"], name=op.f("fk_push_supplier_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_push_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_push_partnership_ref")),
    )
    op.create_index(op.f("ix_push_partnership"), "push", ["partnership"], unique=False)
    op.create_index(op.f("ix_push_recipient"), "push", ["recipient"], unique=False)
    op.create_index(op.f("ix_push_status"), "push", ["status"], unique=False)
    op.create_index(op.f("ix_push_supplier"), "push", ["supplier"], unique=False)
    op.create_table(
        "emergency_case",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("supplier", sa.String(length=80), nullable=False),
        sa.Column("asker", sa.String(length=80), nullable=False),
        sa.Column("allowed_by", sa.Uuid(), nullable=False),
        sa.Column("allowed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rang", sa.String(length=40), nullable=False),
        sa.Column("write_up_due_on", sa.Date(), nullable=False),
        sa.Column("review_due_on", sa.Date(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("write_up", sa.LargeBinary(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finding", sa.String(length=20), nullable=False),
        sa.Column("review_words", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["asker"], ["organisation.code"], name=op.f("fk_emergency_case_asker_organisation")),
        sa.ForeignKeyConstraint(
            ["partnership", "allowed_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_emergency_case_partnership_allowed_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "request_id"],
            ["information_request.partnership", "information_request.id"],
            name=op.f("fk_emergency_case_partnership_request_id_information_request"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_emergency_case_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["supplier"], ["organisation.code"], name=op.f("fk_emergency_case_supplier_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_case")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_emergency_case_partnership_id")),
        sa.UniqueConstraint("partnership", "request_id", name=op.f("uq_emergency_case_partnership_request_id")),
    )
    op.create_index(op.f("ix_emergency_case_asker"), "emergency_case", ["asker"], unique=False)
    op.create_index(op.f("ix_emergency_case_partnership"), "emergency_case", ["partnership"], unique=False)
    op.create_index(op.f("ix_emergency_case_supplier"), "emergency_case", ["supplier"], unique=False)
    op.create_table(
        "monitor",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("supplier", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("subject_informed", sa.Boolean(), nullable=False),
        sa.Column("informed_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_monitor_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_monitor_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "request_id"],
            ["information_request.partnership", "information_request.id"],
            name=op.f("fk_monitor_partnership_request_id_information_request"),
        ),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.code"], name=op.f("fk_monitor_partnership_partnership")),
        sa.ForeignKeyConstraint(["supplier"], ["organisation.code"], name=op.f("fk_monitor_supplier_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitor")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_monitor_partnership_id")),
        sa.UniqueConstraint("partnership", "request_id", name=op.f("uq_monitor_partnership_request_id")),
    )
    op.create_index(op.f("ix_monitor_organisation"), "monitor", ["organisation"], unique=False)
    op.create_index(op.f("ix_monitor_partnership"), "monitor", ["partnership"], unique=False)
    op.create_index(op.f("ix_monitor_supplier"), "monitor", ["supplier"], unique=False)
    op.create_table(
        "request_detail",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_request_detail_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "request_id"],
            ["information_request.partnership", "information_request.id"],
            name=op.f("fk_request_detail_partnership_request_id_information_request"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_request_detail_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_detail")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_request_detail_partnership_id")),
        sa.UniqueConstraint("partnership", "request_id", name=op.f("uq_request_detail_partnership_request_id")),
    )
    op.create_index(op.f("ix_request_detail_partnership"), "request_detail", ["partnership"], unique=False)
    op.create_table(
        "request_message",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_request_message_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_request_message_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "request_id"],
            ["information_request.partnership", "information_request.id"],
            name=op.f("fk_request_message_partnership_request_id_information_request"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_request_message_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_message")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_request_message_partnership_id")),
    )
    op.create_index(op.f("ix_request_message_partnership"), "request_message", ["partnership"], unique=False)
    op.create_index(op.f("ix_request_message_request_id"), "request_message", ["request_id"], unique=False)
    op.create_table(
        "request_result",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_request_result_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_request_result_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "request_id"],
            ["information_request.partnership", "information_request.id"],
            name=op.f("fk_request_result_partnership_request_id_information_request"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_request_result_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_result")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_request_result_partnership_id")),
    )
    op.create_index(op.f("ix_request_result_partnership"), "request_result", ["partnership"], unique=False)
    op.create_index(op.f("ix_request_result_request_id"), "request_result", ["request_id"], unique=False)


def downgrade():
    op.drop_table("request_result")
    op.drop_table("request_message")
    op.drop_table("request_detail")
    op.drop_table("monitor")
    op.drop_table("emergency_case")
    op.drop_table("push")
    with op.batch_alter_table("request_decision") as table:
        table.drop_column("confirmed_at")
        table.drop_column("confirmed_by")
