"""The auditor's counter: disclosures made outside, samples, break-glass.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "outside_disclosure",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("allowed_by", sa.Uuid(), nullable=True),
        sa.Column("recipient", sa.String(length=80), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("subject_ref", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("judged", sa.JSON(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("told_to", sa.LargeBinary(), nullable=True),
        sa.Column("why", sa.LargeBinary(), nullable=True),
        sa.Column("harm", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_outside_disclosure_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_outside_disclosure_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "allowed_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_outside_disclosure_partnership_allowed_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "record_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_outside_disclosure_partnership_record_id_case_record"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_outside_disclosure_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["recipient"], ["organisation.code"], name=op.f("fk_outside_disclosure_recipient_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_disclosure")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_outside_disclosure_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_outside_disclosure_partnership_ref")),
    )
    op.create_index(op.f("ix_outside_disclosure_organisation"), "outside_disclosure", ["organisation"], unique=False)
    op.create_index(op.f("ix_outside_disclosure_partnership"), "outside_disclosure", ["partnership"], unique=False)
    op.create_index(op.f("ix_outside_disclosure_recipient"), "outside_disclosure", ["recipient"], unique=False)
    op.create_index(op.f("ix_outside_disclosure_told_at"), "outside_disclosure", ["told_at"], unique=False)
    op.create_index(op.f("ix_outside_disclosure_verdict"), "outside_disclosure", ["verdict"], unique=False)
    op.create_table(
        "audit_sample",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("seed_hash", sa.String(length=64), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commit_entry_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.String(length=200), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draw_entry_id", sa.Uuid(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("population_digest", sa.String(length=64), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("head", sa.Text(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_audit_sample_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_audit_sample_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sample")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_audit_sample_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_audit_sample_partnership_ref")),
    )
    op.create_index(op.f("ix_audit_sample_partnership"), "audit_sample", ["partnership"], unique=False)
    op.create_table(
        "audit_sample_item",
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("receipt", sa.String(length=12), nullable=False),
        sa.Column("receipt_finding", sa.String(length=400), nullable=False),
        sa.Column("mark", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "disclosure_id"],
            ["disclosure.partnership", "disclosure.id"],
            name=op.f("fk_audit_sample_item_partnership_disclosure_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "sample_id"],
            ["audit_sample.partnership", "audit_sample.id"],
            name=op.f("fk_audit_sample_item_partnership_sample_id_audit_sample"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_audit_sample_item_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sample_item")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_audit_sample_item_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "sample_id",
            "disclosure_id",
            name=op.f("uq_audit_sample_item_partnership_sample_id_disclosure_id"),
        ),
    )
    op.create_index(op.f("ix_audit_sample_item_partnership"), "audit_sample_item", ["partnership"], unique=False)
    op.create_table(
        "break_glass",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("supplier", sa.String(length=80), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("allowed", sa.Boolean(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times_opened", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "answered_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_break_glass_partnership_answered_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "asked_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_break_glass_partnership_asked_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "disclosure_id"],
            ["disclosure.partnership", "disclosure.id"],
            name=op.f("fk_break_glass_partnership_disclosure_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_break_glass_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["recipient"], ["organisation.code"], name=op.f("fk_break_glass_recipient_organisation")
        ),
        sa.ForeignKeyConstraint(["supplier"], ["organisation.code"], name=op.f("fk_break_glass_supplier_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_break_glass_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_break_glass_partnership_ref")),
    )
    op.create_index(op.f("ix_break_glass_disclosure_id"), "break_glass", ["disclosure_id"], unique=False)
    op.create_index(op.f("ix_break_glass_partnership"), "break_glass", ["partnership"], unique=False)
    op.create_index(op.f("ix_break_glass_recipient"), "break_glass", ["recipient"], unique=False)
    op.create_index(op.f("ix_break_glass_supplier"), "break_glass", ["supplier"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_break_glass_disclosure_id"), table_name="break_glass")
    op.drop_index(op.f("ix_break_glass_partnership"), table_name="break_glass")
    op.drop_index(op.f("ix_break_glass_recipient"), table_name="break_glass")
    op.drop_index(op.f("ix_break_glass_supplier"), table_name="break_glass")
    op.drop_table("break_glass")
    op.drop_index(op.f("ix_audit_sample_item_partnership"), table_name="audit_sample_item")
    op.drop_table("audit_sample_item")
    op.drop_index(op.f("ix_audit_sample_partnership"), table_name="audit_sample")
    op.drop_table("audit_sample")
    op.drop_index(op.f("ix_outside_disclosure_organisation"), table_name="outside_disclosure")
    op.drop_index(op.f("ix_outside_disclosure_partnership"), table_name="outside_disclosure")
    op.drop_index(op.f("ix_outside_disclosure_recipient"), table_name="outside_disclosure")
    op.drop_index(op.f("ix_outside_disclosure_told_at"), table_name="outside_disclosure")
    op.drop_index(op.f("ix_outside_disclosure_verdict"), table_name="outside_disclosure")
    op.drop_table("outside_disclosure")
