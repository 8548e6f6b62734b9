"""Recalls, breaches and corrections, and what each recipient answered.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "recall",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("supplier", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("subject_ref", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("ended_words", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_recall_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "record_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_recall_partnership_record_id_case_record"),
        ),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.code"], name=op.f("fk_recall_partnership_partnership")),
        sa.ForeignKeyConstraint(["supplier"], ["organisation.code"], name=op.f("fk_recall_supplier_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_recall_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_recall_partnership_ref")),
    )
    op.create_index(op.f("ix_recall_partnership"), "recall", ["partnership"], unique=False)
    op.create_index(op.f("ix_recall_record_id"), "recall", ["record_id"], unique=False)
    op.create_index(op.f("ix_recall_state"), "recall", ["state"], unique=False)
    op.create_index(op.f("ix_recall_supplier"), "recall", ["supplier"], unique=False)
    op.create_table(
        "recall_answer",
        sa.Column("recall_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_entry_id", sa.Uuid(), nullable=False),
        sa.Column("kept_because", sa.String(length=30), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_entry_id", sa.Uuid(), nullable=True),
        sa.Column("copies_destroyed", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_recall_answer_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "recall_id"],
            ["recall.partnership", "recall.id"],
            name=op.f("fk_recall_answer_partnership_recall_id_recall"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_recall_answer_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["recipient"], ["organisation.code"], name=op.f("fk_recall_answer_recipient_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_answer")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_recall_answer_partnership_id")),
        sa.UniqueConstraint(
            "partnership", "recall_id", "recipient", name=op.f("uq_recall_answer_partnership_recall_id_recipient")
        ),
    )
    op.create_index(op.f("ix_recall_answer_answer_entry_id"), "recall_answer", ["answer_entry_id"], unique=False)
    op.create_index(op.f("ix_recall_answer_asked_entry_id"), "recall_answer", ["asked_entry_id"], unique=False)
    op.create_index(op.f("ix_recall_answer_partnership"), "recall_answer", ["partnership"], unique=False)
    op.create_index(op.f("ix_recall_answer_recipient"), "recall_answer", ["recipient"], unique=False)
    op.create_index(op.f("ix_recall_answer_status"), "recall_answer", ["status"], unique=False)
    op.create_table(
        "recalled_disclosure",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "answer_id"],
            ["recall_answer.partnership", "recall_answer.id"],
            name=op.f("fk_recalled_disclosure_partnership_answer_id_recall_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "disclosure_id"],
            ["disclosure.partnership", "disclosure.id"],
            name=op.f("fk_recalled_disclosure_partnership_disclosure_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_recalled_disclosure_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalled_disclosure")),
        sa.UniqueConstraint(
            "partnership",
            "answer_id",
            "disclosure_id",
            name=op.f("uq_recalled_disclosure_partnership_answer_id_disclosure_id"),
        ),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_recalled_disclosure_partnership_id")),
    )
    op.create_index(
        op.f("ix_recalled_disclosure_disclosure_id"), "recalled_disclosure", ["disclosure_id"], unique=False
    )
    op.create_index(op.f("ix_recalled_disclosure_partnership"), "recalled_disclosure", ["partnership"], unique=False)
    op.create_table(
        "breach",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("aware_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("risk", sa.String(length=10), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported", sa.Boolean(), nullable=True),
        sa.Column("report_ref", sa.String(length=40), nullable=False),
        sa.Column("report_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=True),
        sa.Column("untold_because", sa.String(length=30), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("what", sa.LargeBinary(), nullable=True),
        sa.Column("risk_words", sa.LargeBinary(), nullable=True),
        sa.Column("report_words", sa.LargeBinary(), nullable=True),
        sa.Column("told_words", sa.LargeBinary(), nullable=True),
        sa.Column("lessons", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_breach_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_breach_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(["partnership"], ["partnership.code"], name=op.f("fk_breach_partnership_partnership")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_breach_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_breach_partnership_ref")),
    )
    op.create_index(op.f("ix_breach_entry_id"), "breach", ["entry_id"], unique=False)
    op.create_index(op.f("ix_breach_organisation"), "breach", ["organisation"], unique=False)
    op.create_index(op.f("ix_breach_partnership"), "breach", ["partnership"], unique=False)
    op.create_table(
        "breach_party",
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "breach_id"],
            ["breach.partnership", "breach.id"],
            name=op.f("fk_breach_party_partnership_breach_id_breach"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_breach_party_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(["party"], ["organisation.code"], name=op.f("fk_breach_party_party_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_party")),
        sa.UniqueConstraint(
            "partnership", "breach_id", "party", name=op.f("uq_breach_party_partnership_breach_id_party")
        ),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_breach_party_partnership_id")),
    )
    op.create_index(op.f("ix_breach_party_partnership"), "breach_party", ["partnership"], unique=False)
    op.create_index(op.f("ix_breach_party_party"), "breach_party", ["party"], unique=False)
    op.create_table(
        "breach_disclosure",
        sa.Column("breach_id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("recall_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "breach_id"],
            ["breach.partnership", "breach.id"],
            name=op.f("fk_breach_disclosure_partnership_breach_id_breach"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "disclosure_id"],
            ["disclosure.partnership", "disclosure.id"],
            name=op.f("fk_breach_disclosure_partnership_disclosure_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "recall_id"],
            ["recall.partnership", "recall.id"],
            name=op.f("fk_breach_disclosure_partnership_recall_id_recall"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_breach_disclosure_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_disclosure")),
        sa.UniqueConstraint(
            "partnership",
            "breach_id",
            "disclosure_id",
            name=op.f("uq_breach_disclosure_partnership_breach_id_disclosure_id"),
        ),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_breach_disclosure_partnership_id")),
    )
    op.create_index(op.f("ix_breach_disclosure_partnership"), "breach_disclosure", ["partnership"], unique=False)
    op.create_table(
        "correction",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("supplier", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("subject_ref", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_correction_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "record_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_correction_partnership_record_id_case_record"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_correction_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(["supplier"], ["organisation.code"], name=op.f("fk_correction_supplier_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_correction_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_correction_partnership_ref")),
    )
    op.create_index(op.f("ix_correction_entry_id"), "correction", ["entry_id"], unique=False)
    op.create_index(op.f("ix_correction_partnership"), "correction", ["partnership"], unique=False)
    op.create_index(op.f("ix_correction_record_id"), "correction", ["record_id"], unique=False)
    op.create_index(op.f("ix_correction_supplier"), "correction", ["supplier"], unique=False)
    op.create_table(
        "correction_notice",
        sa.Column("correction_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("sent_id", sa.Uuid(), nullable=True),
        sa.Column("why_not", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_entry_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "correction_id"],
            ["correction.partnership", "correction.id"],
            name=op.f("fk_correction_notice_partnership_correction_id_correction"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "disclosure_id"],
            ["disclosure.partnership", "disclosure.id"],
            name=op.f("fk_correction_notice_partnership_disclosure_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_correction_notice_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "sent_id"],
            ["disclosure.partnership", "disclosure.id"],
            name=op.f("fk_correction_notice_partnership_sent_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_correction_notice_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["recipient"], ["organisation.code"], name=op.f("fk_correction_notice_recipient_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_notice")),
        sa.UniqueConstraint(
            "partnership",
            "correction_id",
            "disclosure_id",
            name=op.f("uq_correction_notice_partnership_correction_id_disclosure_id"),
        ),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_correction_notice_partnership_id")),
    )
    op.create_index(
        op.f("ix_correction_notice_acknowledged_entry_id"), "correction_notice", ["acknowledged_entry_id"], unique=False
    )
    op.create_index(op.f("ix_correction_notice_disclosure_id"), "correction_notice", ["disclosure_id"], unique=False)
    op.create_index(op.f("ix_correction_notice_entry_id"), "correction_notice", ["entry_id"], unique=False)
    op.create_index(op.f("ix_correction_notice_partnership"), "correction_notice", ["partnership"], unique=False)
    op.create_index(op.f("ix_correction_notice_recipient"), "correction_notice", ["recipient"], unique=False)


def downgrade():
    op.drop_table("correction_notice")
    op.drop_table("correction")
    op.drop_table("breach_disclosure")
    op.drop_table("breach_party")
    op.drop_table("breach")
    op.drop_table("recalled_disclosure")
    op.drop_table("recall_answer")
    op.drop_table("recall")
