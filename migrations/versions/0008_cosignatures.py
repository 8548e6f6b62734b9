"""Partners' co-signatures of heads, taken back in; room for the names of the successors' prescribed data sets.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    _resize_data_set(8)  # "D9-icb" and its like are longer than "D12"
    op.create_table(
        "ledger_witness",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("vkey", sa.String(length=300), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_ledger_witness_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_ledger_witness_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_witness")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_ledger_witness_partnership_id")),
        sa.UniqueConstraint("partnership", "public", name=op.f("uq_ledger_witness_partnership_public")),
    )
    op.create_index(op.f("ix_ledger_witness_organisation"), "ledger_witness", ["organisation"])
    op.create_index(op.f("ix_ledger_witness_partnership"), "ledger_witness", ["partnership"])
    op.create_table(
        "ledger_cosignature",
        sa.Column("log", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("witness_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["log"], ["ledger_log.origin"], name=op.f("fk_ledger_cosignature_log_ledger_log")),
        sa.ForeignKeyConstraint(
            ["partnership", "witness_id"],
            ["ledger_witness.partnership", "ledger_witness.id"],
            name=op.f("fk_ledger_cosignature_partnership_witness_id_ledger_witness"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_ledger_cosignature_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_cosignature")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_ledger_cosignature_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "log",
            "size",
            "witness_id",
            name=op.f("uq_ledger_cosignature_partnership_log_size_witness_id"),
        ),
    )
    op.create_index(op.f("ix_ledger_cosignature_log"), "ledger_cosignature", ["log"])
    op.create_index(op.f("ix_ledger_cosignature_partnership"), "ledger_cosignature", ["partnership"])


def downgrade():
    op.drop_table("ledger_cosignature")
    op.drop_table("ledger_witness")
    op.execute("UPDATE case_record SET data_set = NULL WHERE length(data_set) > 4")
    _resize_data_set(4)


def _resize_data_set(length):
    """A copy, not Alembic's batch mode: that makes SQLite drop the table, which its fields refer to."""
    op.add_column("case_record", sa.Column("resized", sa.String(length=length), nullable=True))
    op.execute("UPDATE case_record SET resized = data_set")
    op.execute("ALTER TABLE case_record DROP COLUMN data_set")
    op.execute("ALTER TABLE case_record RENAME COLUMN resized TO data_set")
