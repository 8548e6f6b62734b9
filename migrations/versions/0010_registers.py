"""Registers and referrals that ride on the gate.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "register_entry",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("review_due_on", sa.Date(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_register_entry_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_register_entry_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "record_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_register_entry_partnership_record_id_case_record"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "reviewer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_register_entry_partnership_reviewer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_register_entry_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_register_entry_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_register_entry_partnership_ref")),
    )
    op.create_index(op.f("ix_register_entry_kind"), "register_entry", ["kind"], unique=False)
    op.create_index(op.f("ix_register_entry_organisation"), "register_entry", ["organisation"], unique=False)
    op.create_index(op.f("ix_register_entry_partnership"), "register_entry", ["partnership"], unique=False)
    op.create_table(
        "register_member",
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_register_member_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "register_id"],
            ["register_entry.partnership", "register_entry.id"],
            name=op.f("fk_register_member_partnership_register_id_register_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_register_member_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_member")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_register_member_partnership_id")),
    )
    op.create_index(op.f("ix_register_member_partnership"), "register_member", ["partnership"], unique=False)
    op.create_index(op.f("ix_register_member_register_id"), "register_member", ["register_id"], unique=False)
    op.create_table(
        "register_circulation",
        sa.Column("register_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "disclosure_id"],
            ["disclosure.partnership", "disclosure.id"],
            name=op.f("fk_register_circulation_partnership_disclosure_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "register_id"],
            ["register_entry.partnership", "register_entry.id"],
            name=op.f("fk_register_circulation_partnership_register_id_register_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_register_circulation_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["recipient"], ["organisation.code"], name=op.f("fk_register_circulation_recipient_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_circulation")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_register_circulation_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "register_id",
            "recipient",
            "month",
            name=op.f("uq_register_circulation_partnership_register_id_recipient_month"),
        ),
    )
    op.create_index(op.f("ix_register_circulation_partnership"), "register_circulation", ["partnership"], unique=False)
    op.create_index(op.f("ix_register_circulation_recipient"), "register_circulation", ["recipient"], unique=False)
    op.create_table(
        "alert_contact",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_alert_contact_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "deputy_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_alert_contact_partnership_deputy_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_alert_contact_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_alert_contact_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_contact")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_alert_contact_partnership_id")),
    )
    op.create_index(op.f("ix_alert_contact_organisation"), "alert_contact", ["organisation"], unique=False)
    op.create_index(op.f("ix_alert_contact_partnership"), "alert_contact", ["partnership"], unique=False)
    op.create_table(
        "breach_alert",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("order_kind", sa.String(length=40), nullable=False),
        sa.Column("order_ref", sa.String(length=40), nullable=False),
        sa.Column("power_of_arrest", sa.Boolean(), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=False),
        sa.Column("escalates_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=True),
        sa.Column("necessity", sa.LargeBinary(), nullable=True),
        sa.Column("proportionality", sa.LargeBinary(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("result_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_breach_alert_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "contact_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_breach_alert_partnership_contact_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "deputy_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_breach_alert_partnership_deputy_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "disclosure_id"],
            ["disclosure.partnership", "disclosure.id"],
            name=op.f("fk_breach_alert_partnership_disclosure_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_breach_alert_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "record_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_breach_alert_partnership_record_id_case_record"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_breach_alert_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["recipient"], ["organisation.code"], name=op.f("fk_breach_alert_recipient_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_alert")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_breach_alert_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_breach_alert_partnership_ref")),
    )
    op.create_index(op.f("ix_breach_alert_organisation"), "breach_alert", ["organisation"], unique=False)
    op.create_index(op.f("ix_breach_alert_partnership"), "breach_alert", ["partnership"], unique=False)
    op.create_index(op.f("ix_breach_alert_recipient"), "breach_alert", ["recipient"], unique=False)
    op.create_table(
        "referral",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("gate", sa.String(length=40), nullable=False),
        sa.Column("gate_says", sa.String(length=400), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("unmet", sa.String(length=40), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_referral_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_referral_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_referral_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(["recipient"], ["organisation.code"], name=op.f("fk_referral_recipient_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_referral_partnership_id")),
        sa.UniqueConstraint("partnership", "ref", name=op.f("uq_referral_partnership_ref")),
    )
    op.create_index(op.f("ix_referral_kind"), "referral", ["kind"], unique=False)
    op.create_index(op.f("ix_referral_organisation"), "referral", ["organisation"], unique=False)
    op.create_index(op.f("ix_referral_partnership"), "referral", ["partnership"], unique=False)
    op.create_index(op.f("ix_referral_recipient"), "referral", ["recipient"], unique=False)
    op.create_table(
        "referral_part",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_referral_part_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_referral_part_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "referral_id"],
            ["referral.partnership", "referral.id"],
            name=op.f("fk_referral_part_partnership_referral_id_referral"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_referral_part_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_part")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_referral_part_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "referral_id",
            "organisation",
            name=op.f("uq_referral_part_partnership_referral_id_organisation"),
        ),
    )
    op.create_index(op.f("ix_referral_part_organisation"), "referral_part", ["organisation"], unique=False)
    op.create_index(op.f("ix_referral_part_partnership"), "referral_part", ["partnership"], unique=False)


def downgrade():
    op.drop_table("referral_part")
    op.drop_table("referral")
    op.drop_table("breach_alert")
    op.drop_table("alert_contact")
    op.drop_table("register_circulation")
    op.drop_table("register_member")
    op.drop_table("register_entry")
