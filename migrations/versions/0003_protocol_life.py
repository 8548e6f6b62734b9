"""What a protocol's life needs: drafts, who wrote in them, who was asked; what a directory says of a partner.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "partner_note",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("funding", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_partner_note_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_partner_note_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_note")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_partner_note_partnership_id")),
        sa.UniqueConstraint("partnership", "organisation", name=op.f("uq_partner_note_partnership_organisation")),
    )
    op.create_index(op.f("ix_partner_note_partnership"), "partner_note", ["partnership"], unique=False)
    op.create_table(
        "protocol_draft",
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("begun_from", sa.String(length=200), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "started_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_protocol_draft_partnership_started_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_protocol_draft_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_draft")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_protocol_draft_partnership_id")),
    )
    op.create_index(op.f("ix_protocol_draft_partnership"), "protocol_draft", ["partnership"], unique=False)
    op.create_index(op.f("ix_protocol_draft_ref"), "protocol_draft", ["ref"], unique=False)
    op.create_table(
        "protocol_consultation",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("consulted_on", sa.Date(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_protocol_consultation_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "draft_id"],
            ["protocol_draft.partnership", "protocol_draft.id"],
            name=op.f("fk_protocol_consultation_partnership_draft_id_protocol_draft"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_protocol_consultation_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_protocol_consultation_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_consultation")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_protocol_consultation_partnership_id")),
    )
    op.create_index(
        op.f("ix_protocol_consultation_partnership"), "protocol_consultation", ["partnership"], unique=False
    )
    op.create_table(
        "protocol_contribution",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("organisation", sa.String(length=80), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_protocol_contribution_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "draft_id"],
            ["protocol_draft.partnership", "protocol_draft.id"],
            name=op.f("fk_protocol_contribution_partnership_draft_id_protocol_draft"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_protocol_contribution_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_protocol_contribution_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_contribution")),
        sa.UniqueConstraint(
            "partnership",
            "draft_id",
            "name",
            "organisation",
            name=op.f("uq_protocol_contribution_partnership_draft_id_name_organisation"),
        ),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_protocol_contribution_partnership_id")),
    )
    op.create_index(
        op.f("ix_protocol_contribution_partnership"), "protocol_contribution", ["partnership"], unique=False
    )


def downgrade():
    op.drop_index(op.f("ix_protocol_contribution_partnership"), table_name="protocol_contribution")
    op.drop_table("protocol_contribution")
    op.drop_index(op.f("ix_protocol_consultation_partnership"), table_name="protocol_consultation")
    op.drop_table("protocol_consultation")
    op.drop_index(op.f("ix_protocol_draft_ref"), table_name="protocol_draft")
    op.drop_index(op.f("ix_protocol_draft_partnership"), table_name="protocol_draft")
    op.drop_table("protocol_draft")
    op.drop_index(op.f("ix_partner_note_partnership"), table_name="partner_note")
    op.drop_table("partner_note")
