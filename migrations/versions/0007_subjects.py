"""What is needed to find a person and to answer them.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("person_index", "subject_request", "subject_item", "subject_question", "subject_link", "outside_attempt")


def upgrade():
    op.create_table(
        "person_index",
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_person_index_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_person_index_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_index")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_person_index_partnership_id")),
    )
    op.create_index("ix_person_index_lookup", "person_index", ["partnership", "name", "token"], unique=False)
    op.create_index(op.f("ix_person_index_partnership"), "person_index", ["partnership"], unique=False)
    op.create_index(op.f("ix_person_index_row_id"), "person_index", ["row_id"], unique=False)
    op.create_table(
        "subject_request",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("identity", sa.String(length=20), nullable=False),
        sa.Column("identity_on", sa.Date(), nullable=True),
        sa.Column("extension", sa.String(length=20), nullable=False),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("packed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_subject_request_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_subject_request_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_subject_request_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_request")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_subject_request_partnership_id")),
        sa.UniqueConstraint(
            "partnership", "organisation", "ref", name=op.f("uq_subject_request_partnership_organisation_ref")
        ),
    )
    op.create_index(op.f("ix_subject_request_organisation"), "subject_request", ["organisation"], unique=False)
    op.create_index(op.f("ix_subject_request_partnership"), "subject_request", ["partnership"], unique=False)
    op.create_index(op.f("ix_subject_request_status"), "subject_request", ["status"], unique=False)
    op.create_table(
        "subject_item",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.String(length=12), nullable=False),
        sa.Column("supplier", sa.String(length=80), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("re_examine_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership", "decided_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_subject_item_partnership_decided_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "request_id"],
            ["subject_request.partnership", "subject_request.id"],
            name=op.f("fk_subject_item_partnership_request_id_subject_request"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_subject_item_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["supplier"], ["organisation.code"], name=op.f("fk_subject_item_supplier_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_item")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_subject_item_partnership_id")),
        sa.UniqueConstraint(
            "partnership",
            "request_id",
            "kind",
            "row_id",
            name=op.f("uq_subject_item_partnership_request_id_kind_row_id"),
        ),
    )
    op.create_index(op.f("ix_subject_item_partnership"), "subject_item", ["partnership"], unique=False)
    op.create_index(op.f("ix_subject_item_re_examine_on"), "subject_item", ["re_examine_on"], unique=False)
    op.create_table(
        "subject_question",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("asker", sa.String(length=80), nullable=False),
        sa.Column("supplier", sa.String(length=80), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_ref", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=False),
        sa.Column("advice", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["asker"], ["organisation.code"], name=op.f("fk_subject_question_asker_organisation")),
        sa.ForeignKeyConstraint(
            ["partnership", "answered_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_subject_question_partnership_answered_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "asked_by"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_subject_question_partnership_asked_by_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "disclosure_id"],
            ["disclosure.partnership", "disclosure.id"],
            name=op.f("fk_subject_question_partnership_disclosure_id_disclosure"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "item_id"],
            ["subject_item.partnership", "subject_item.id"],
            name=op.f("fk_subject_question_partnership_item_id_subject_item"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_subject_question_partnership_partnership")
        ),
        sa.ForeignKeyConstraint(
            ["supplier"], ["organisation.code"], name=op.f("fk_subject_question_supplier_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_question")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_subject_question_partnership_id")),
        sa.UniqueConstraint("partnership", "item_id", name=op.f("uq_subject_question_partnership_item_id")),
    )
    op.create_index(op.f("ix_subject_question_partnership"), "subject_question", ["partnership"], unique=False)
    op.create_index(op.f("ix_subject_question_supplier"), "subject_question", ["supplier"], unique=False)
    op.create_table(
        "subject_link",
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["holder"], ["organisation.code"], name=op.f("fk_subject_link_holder_organisation")),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_subject_link_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "other_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_subject_link_partnership_other_id_case_record"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "record_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_subject_link_partnership_record_id_case_record"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_subject_link_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_link")),
        sa.UniqueConstraint(
            "partnership",
            "holder",
            "kind",
            "record_id",
            "other_id",
            name=op.f("uq_subject_link_partnership_holder_kind_record_id_other_id"),
        ),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_subject_link_partnership_id")),
    )
    op.create_index(op.f("ix_subject_link_partnership"), "subject_link", ["partnership"], unique=False)
    op.create_table(
        "outside_attempt",
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_kind", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_outside_attempt_organisation_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "officer_id"],
            ["officer.partnership", "officer.id"],
            name=op.f("fk_outside_attempt_partnership_officer_id_officer"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership", "record_id"],
            ["case_record.partnership", "case_record.id"],
            name=op.f("fk_outside_attempt_partnership_record_id_case_record"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership"], ["partnership.code"], name=op.f("fk_outside_attempt_partnership_partnership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_attempt")),
        sa.UniqueConstraint("partnership", "id", name=op.f("uq_outside_attempt_partnership_id")),
        sa.UniqueConstraint(
            "partnership", "organisation", "ref", name=op.f("uq_outside_attempt_partnership_organisation_ref")
        ),
    )
    op.create_index(op.f("ix_outside_attempt_organisation"), "outside_attempt", ["organisation"], unique=False)
    op.create_index(op.f("ix_outside_attempt_partnership"), "outside_attempt", ["partnership"], unique=False)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
