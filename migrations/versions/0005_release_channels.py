"""How a release leaves and ends: links for partners without an account, holds.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "retention_hold",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=63), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("row_ref", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("put_by", sa.Uuid(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lift_reason", sa.String(length=30), nullable=False),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_retention_hold_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "lifted_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_retention_hold_partnership_lifted_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "put_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_retention_hold_partnership_put_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_retention_hold_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_hold")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_retention_hold_partnership_id")),
    )
    op.create_index(op.f("ix_retention_hold_organisation"), "retention_hold", ["organisation"], unique=False)
    op.create_index(op.f("ix_retention_hold_partnership"), "retention_hold", ["partnership"], unique=False)
    op.create_index(
        "uq_retention_hold_live",
        "retention_hold",
        ["partnership", "row_id"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "release_link",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("supplier", sa.String(length=80), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "disclosure_id"],
            ["disclosure.partnership", "disclosure.id"],
            name=op.f("fk_release_link_partnership_disclosure_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "made_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_release_link_partnership_made_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_release_link_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["recipient"], ["organisation.code"], name=op.f("fk_release_link_recipient_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["supplier"], ["organisation.code"], name=op.f("fk_release_link_supplier_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_link")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_release_link_partnership_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_release_link_token_hash")),
    )
    op.create_index(op.f("ix_release_link_disclosure_id"), "release_link", ["disclosure_id"], unique=False)
    op.create_index(op.f("ix_release_link_partnership"), "release_link", ["partnership"], unique=False)
    op.create_index(op.f("ix_release_link_recipient"), "release_link", ["recipient"], unique=False)
    op.create_index(op.f("ix_release_link_supplier"), "release_link", ["supplier"], unique=False)


def downgrade():
    op.drop_table("release_link")
    op.drop_table("retention_hold")
